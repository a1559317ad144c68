/* SPDX-License-Identifier: Apache-2.0 */
/* simhash.h - SimHashes in; rows joined to kept rows within the distance, out. */
#ifndef SYNDIC_GROUP_SIMHASH_H
#define SYNDIC_GROUP_SIMHASH_H

#include "group/group.h"

/* first[row] = the row, earliest in order[0, count), with the same SimHash; set for the rows in
 * order only.  NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_collapse_simhash(const struct syndic_sketches *sketches,
                                                           const uint32_t *order, size_t count,
                                                           uint32_t threads, uint32_t *first);

/* list = those rows of order[0, count) that are their own first; returns how many.  list may be
 * order. */
size_t syndic_list_own_firsts(const uint32_t *order, size_t count, const uint32_t *first,
                              uint32_t *list);

/* Group the rows order[0, count), all of which are kept in `grouping`, none empty, no two of the
 * same text.  Rows of the same SimHash are one, at the place of the first of them; each such joins
 * the kept one that is nearest and within the distance, ties by preference, or is kept.
 * pairs_max: of a join; 0: the default, 2^24.  Adds to counts. */
SYNDIC_MUST_USE enum syndic_status syndic_group_simhash(
    const struct syndic_sketches *sketches, const struct syndic_plan *plan,
    const struct syndic_options *options, size_t pairs_max, const uint32_t *order, size_t count,
    struct syndic_grouping *grouping, struct syndic_group_counts *counts,
    struct syndic_error *error);

#endif
