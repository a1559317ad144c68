/* SPDX-License-Identifier: Apache-2.0 */
/* rounds.h - rows that are kept so far in; some of them joined to others, out. */
#ifndef SYNDIC_GROUP_ROUNDS_H
#define SYNDIC_GROUP_ROUNDS_H

#include "group/near.h"

/* Join and group the rows order[0, count), all of which are kept in `grouping`, none empty, no two
 * of the same text.  order is overwritten.  Adds to counts. */
SYNDIC_MUST_USE enum syndic_status syndic_group_near(
    const struct syndic_sketches *sketches, const struct syndic_plan *plan,
    const struct syndic_options *options, const struct syndic_texts *texts, uint32_t *order,
    size_t count, struct syndic_grouping *grouping, struct syndic_group_counts *counts,
    struct syndic_error *error);

#endif
