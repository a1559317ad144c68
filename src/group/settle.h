/* SPDX-License-Identifier: Apache-2.0 */
/* settle.h - communities of documents in; groups whose every figure comes from the texts, out. */
#ifndef SYNDIC_GROUP_SETTLE_H
#define SYNDIC_GROUP_SETTLE_H

#include "group/group.h"
#include "group/ties.h"

/* What settling works on.  Position p of the ties is row row[p]; list has the same rows, preferred
 * first. */
struct syndic_settling {
    const struct syndic_sketches *sketches;
    const struct syndic_plan *plan;
    const struct syndic_options *options;
    const struct syndic_texts *texts;
    const struct syndic_ties *ties;
    const uint32_t *row;
    const uint32_t *list;
    size_t count;
    struct syndic_grouping *grouping;
    struct syndic_group_counts *counts;
};

/* Cut communities that only set phrases hold together, and compare each member with the preferred
 * one of its group, which is kept. */
SYNDIC_MUST_USE enum syndic_status syndic_settle(const struct syndic_settling *settling,
                                                 struct syndic_error *error);

#endif
