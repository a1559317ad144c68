/* SPDX-License-Identifier: Apache-2.0 */
/* join.h - sketches in; edges out: pairs of documents that share a band and whose signatures do not
 * rule the threshold out. */
#ifndef SYNDIC_JOIN_JOIN_H
#define SYNDIC_JOIN_JOIN_H

#include "sketch/limits.h"
#include "sketch/sketch.h"

/* A pair a < b in *preference* order is stored by rows: `first` is the row that is preferred. */
struct syndic_edge {
    uint32_t first, second; /* rows of the sketches */
    uint32_t equal;         /* equal 8-bit slots, or equal bits of SimHashes */
};

struct syndic_join_options {
    enum syndic_verify verify;
    uint32_t threads;
    uint32_t
        leaders; /* most rows compared pair by pair, and most leaders; 0: as syndic_join() says */
};

struct syndic_join_counts {
    uint64_t buckets;         /* of two or more rows */
    uint64_t bounded_buckets; /* larger than the leaders: not every pair was compared */
    uint64_t largest_bucket;
    uint64_t compared; /* signature comparisons */
};

struct syndic_edges {
    struct syndic_edge *edge; /* by first, then second, in preference order; no repeats */
    size_t count;
    uint8_t *bounded; /* bounded[i] != 0: order[i] was in a bounded bucket; NULL: there was none */
    struct syndic_memory *memory;
};

/* Join the rows order[0, count), none of them empty: rows in preference order, the one to keep
 * first.  Buckets of up to 32 rows are compared pair by pair; in larger, bounded ones each row with
 * the leaders: the first rows that no earlier leader covers, 128 of them, or 32 from 4,096 rows on.
 * The result does not depend on threads. */
SYNDIC_MUST_USE enum syndic_status syndic_join(
    const struct syndic_sketches *sketches, const struct syndic_plan *plan,
    const struct syndic_join_options *options, const uint32_t *order, size_t count,
    struct syndic_edges *edges, struct syndic_join_counts *counts, struct syndic_error *error);
void syndic_edges_clear(struct syndic_edges *edges);

#endif
