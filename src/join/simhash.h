/* SPDX-License-Identifier: Apache-2.0 */
/* simhash.h - SimHashes in; edges out: all pairs within a Hamming distance. */
#ifndef SYNDIC_JOIN_SIMHASH_H
#define SYNDIC_JOIN_SIMHASH_H

#include "join/join.h"

struct syndic_simhash_options {
    uint32_t distance; /* 0 to SYNDIC_DISTANCE_MAX */
    uint32_t threads;
    size_t pairs_max; /* give up beyond */
    uint32_t blocks;  /* that 64 bits are cut into, distance + 1 to 10; 0: by the number of rows */
};

/* Join the rows order[0, count), in preference order: an edge, with 64 - distance equal bits, for
 * every pair within the distance.  NO_MEMORY, or LIMIT where there are more than pairs_max.  The
 * result does not depend on threads or blocks. */
SYNDIC_MUST_USE enum syndic_status syndic_join_simhash(const struct syndic_sketches *sketches,
                                                       const struct syndic_simhash_options *options,
                                                       const uint32_t *order, size_t count,
                                                       struct syndic_edges *edges,
                                                       struct syndic_join_counts *counts);

#endif
