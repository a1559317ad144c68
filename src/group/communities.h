/* SPDX-License-Identifier: Apache-2.0 */
/* communities.h - a graph of weighted pairs in; for each node its community, out.
 *
 * A partition is good where the sum over all pairs of nodes of one community of (weight - gamma) is
 * large; a pair without an edge weighs 0, so that every stranger in a community costs gamma and a
 * chain of single edges ties nothing.  This is correlation clustering (Bansal, Blum and Chawla,
 * 2004), and the constant Potts model (Traag, Van Dooren and Nesterov, Narrow scope for
 * resolution-limit-free community detection, 2011).  Nodes move one at a time to where the sum
 * grows most, communities become the nodes of a smaller graph, and so on (Blondel and others, Fast
 * unfolding of communities in large networks, 2008); then single nodes move again, until nothing
 * does. */
#ifndef SYNDIC_GROUP_COMMUNITIES_H
#define SYNDIC_GROUP_COMMUNITIES_H

#include "base/memory.h"

/* Weights are fractions of this: whole numbers, so that sums are the same in any order. */
#define SYNDIC_WEIGHT_ONE (1 << 20)

/* Each edge stands with both of its nodes; none with itself. */
struct syndic_graph {
    size_t count;
    const size_t *start; /* node i has edge[start[i], start[i + 1]) */
    const struct syndic_graph_edge {
        uint32_t node;
        uint32_t weight; /* at most SYNDIC_WEIGHT_ONE */
    } * edge;
};

/* community[i] = the least node of the community of node i.  gamma: of SYNDIC_WEIGHT_ONE.  The
 * result does not depend on threads.  NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_communities(struct syndic_memory *memory,
                                                      const struct syndic_graph *graph,
                                                      uint32_t gamma, uint32_t threads,
                                                      uint32_t *community);

#endif
