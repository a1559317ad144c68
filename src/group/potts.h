/* SPDX-License-Identifier: Apache-2.0 */
/* potts.h - one connected weighted graph in; a division of its nodes that no single move betters,
 * out.  See communities.h for what is maximised. */
#ifndef SYNDIC_GROUP_POTTS_H
#define SYNDIC_GROUP_POTTS_H

#include "base/memory.h"

struct syndic_potts_edge {
    uint32_t node;
    uint64_t weight;
};

/* A node stands for size[i] documents.  Each edge stands with both of its nodes. */
struct syndic_potts_graph {
    size_t count;
    size_t *start; /* count + 1 */
    struct syndic_potts_edge *edge;
    uint64_t *size;
};

SYNDIC_MUST_USE enum syndic_status syndic_potts_graph_create(struct syndic_memory *memory,
                                                             size_t count, size_t edges,
                                                             struct syndic_potts_graph *graph);
void syndic_potts_graph_clear(struct syndic_memory *memory, struct syndic_potts_graph *graph);

/* community[i] < graph->count, the same for nodes of one community. */
SYNDIC_MUST_USE enum syndic_status syndic_potts_divide(struct syndic_memory *memory,
                                                       const struct syndic_potts_graph *graph,
                                                       uint32_t gamma, uint32_t *community);

/* Sum over pairs of one community of weight - gamma * size * size. */
int64_t syndic_potts_score(const struct syndic_potts_graph *graph, uint32_t gamma,
                           const uint32_t *community);

#endif
