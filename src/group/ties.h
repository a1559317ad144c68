/* SPDX-License-Identifier: Apache-2.0 */
/* ties.h - samples in; the graph of documents that have something in common, and its communities,
 * out. */
#ifndef SYNDIC_GROUP_TIES_H
#define SYNDIC_GROUP_TIES_H

#include "group/communities.h"
#include "join/overlaps.h"

/* Positions are those of the index. */
struct syndic_ties {
    struct syndic_memory *memory;
    const uint64_t *origin; /* NULL, or of each position the source; 0: unknown; borrowed */
    struct syndic_sample_index index;
    struct syndic_overlaps overlaps;
    uint64_t *shared; /* of each pair, in terms of SYNDIC_TERM_WEIGHT_ONE */
    uint64_t *mass;   /* of each position, in the same terms */
    uint64_t *sparse; /* the same of what a long document's sample could have */
    size_t *start;
    struct syndic_graph_edge *edge; /* a graph with edges by ascending node */
    uint32_t *community;            /* the least position of each position's community */
};

struct syndic_ties_options {
    uint32_t one_in, documents_max, shared_min;
    double gamma;
    uint32_t threads;
};

/* Find pairs; ties->shared and mass count each term as one, and there are no communities. */
SYNDIC_MUST_USE enum syndic_status syndic_ties_create(struct syndic_memory *memory,
                                                      const uint64_t *const *sample, size_t count,
                                                      const struct syndic_ties_options *options,
                                                      struct syndic_ties *ties);

/* Find communities, with what several of them have in common weighing less.  NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_ties_divide(struct syndic_ties *ties,
                                                      const struct syndic_ties_options *options);
void syndic_ties_clear(struct syndic_ties *ties);

/* The masses by which two positions are to be compared. */
void syndic_tie_masses(const struct syndic_ties *ties, size_t a, size_t b, uint64_t *mass_a,
                       uint64_t *mass_b);

/* How much two documents of masses a and b are tied that share x: the containment c of the smaller
 * and the Jaccard similarity j as c^(3/4) * j^(1/4), of SYNDIC_WEIGHT_ONE. */
uint32_t syndic_tie_weight(uint64_t a, uint64_t b, uint64_t x);

#endif
