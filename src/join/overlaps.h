/* SPDX-License-Identifier: Apache-2.0 */
/* overlaps.h - an inverted index of samples in; the pairs of documents that share enough of them,
 * with what they share, out. */
#ifndef SYNDIC_JOIN_OVERLAPS_H
#define SYNDIC_JOIN_OVERLAPS_H

#include "join/sample_index.h"

/* Shared weights are whole numbers, so that sums are the same in any order. */
#define SYNDIC_TERM_WEIGHT_ONE (1u << 16)

/* The pairs of a position are those with positions before it. */
struct syndic_overlaps {
    struct syndic_memory *memory;
    size_t count;  /* of positions */
    size_t *start; /* position p has pair[start[p], start[p + 1]), by ascending `other` */
    struct syndic_overlap_pair {
        uint32_t other;
        uint32_t shared; /* terms in common */
    } * pair;
    uint64_t crowded; /* positions that had more pairs than are kept */
};

/* Where a document's sample is no larger than this, one shared shingle is already a large part. */
#define SYNDIC_SMALL_SAMPLE 10

/* Pairs with shared_min terms in common or more, of which the smaller
 * sample has share_min or more; or any, where it is small; of one position no more than
 * pairs_max, those that share most.  NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_overlaps_find(struct syndic_memory *memory,
                                                        const struct syndic_sample_index *index,
                                                        uint32_t shared_min, double share_min,
                                                        size_t pairs_max, uint32_t threads,
                                                        struct syndic_overlaps *overlaps);
void syndic_overlaps_clear(struct syndic_overlaps *overlaps);

/* weight[i] = sum of term_weight[t], at most SYNDIC_TERM_WEIGHT_ONE each, over the terms that pair
 * i has in common. */
SYNDIC_MUST_USE enum syndic_status syndic_overlaps_weigh(const struct syndic_overlaps *overlaps,
                                                         const struct syndic_sample_index *index,
                                                         const uint32_t *term_weight,
                                                         uint32_t threads, uint64_t *weight);

#endif
