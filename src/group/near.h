/* SPDX-License-Identifier: Apache-2.0 */
/* near.h - neighbours in; for each position, kept or joined to a kept one, out. */
#ifndef SYNDIC_GROUP_NEAR_H
#define SYNDIC_GROUP_NEAR_H

#include "group/neighbours.h"
#include "group/verify.h"

/* What the near stages share.  verifier has an entry for each of `threads` threads. */
struct syndic_near {
    const struct syndic_plan *plan;
    struct syndic_verify_limits limits;
    struct syndic_verifier *verifier;
    uint32_t threads;
    struct syndic_memory *memory;
    uint64_t accepted_by_signature, verified_exactly, refused_exactly; /* sums so far */
};

/* token_count: by row. */
SYNDIC_MUST_USE enum syndic_status syndic_near_create(struct syndic_memory *memory,
                                                      const struct syndic_plan *plan,
                                                      const struct syndic_options *options,
                                                      const struct syndic_texts *texts,
                                                      const uint32_t *token_count,
                                                      struct syndic_near *near);
void syndic_near_clear(struct syndic_near *near);

/* How one edge came out. */
struct syndic_decision {
    bool within;
    float similarity;
    float contained, contains; /* BY_SYNDICATION only: shares of `row` and of `kept` */
    uint8_t how;               /* enum syndic_how */
    uint8_t known;             /* enum syndic_known */
};

/* Decide the edge of `row` and `kept` on thread `thread`. */
SYNDIC_MUST_USE enum syndic_status syndic_near_decide(const struct syndic_near *near,
                                                      uint32_t thread, uint32_t row, uint32_t kept,
                                                      uint32_t equal,
                                                      struct syndic_decision *decision,
                                                      struct syndic_error *error);

/* Tell the rows whose texts deciding `edges` may need, and those flagged in edges->bounded, which
 * may get more edges in a later round; order is what the edges were joined from. */
SYNDIC_MUST_USE enum syndic_status syndic_near_prepare(const struct syndic_near *near,
                                                       const struct syndic_texts *texts,
                                                       const struct syndic_edges *edges,
                                                       const uint32_t *order, size_t count,
                                                       size_t rows, struct syndic_error *error);

/* Take the positions in order: each joins the kept neighbour that has most equal slots with it and
 * is within the threshold, or is kept.  Positions p with fixed[p] are kept whatever their
 * neighbours are (fixed may be NULL).  Writes the entries of rows that join into grouping.
 * neighbours->schedule is used up. */
SYNDIC_MUST_USE enum syndic_status syndic_near_group(struct syndic_near *near,
                                                     struct syndic_neighbours *neighbours,
                                                     const uint8_t *fixed,
                                                     struct syndic_grouping *grouping,
                                                     struct syndic_error *error);

#endif
