/* SPDX-License-Identifier: Apache-2.0 */
/* members.h - a grouping in; its groups, each with its members, out. */
#ifndef SYNDIC_GROUP_MEMBERS_H
#define SYNDIC_GROUP_MEMBERS_H

#include "group/group.h"

/* Groups of two or more rows, in order of their first rows. */
struct syndic_members {
    size_t group_count;
    size_t *start; /* group g is row[start[g], start[g + 1]) */
    uint32_t *row; /* ascending within a group */
    struct syndic_memory *memory;
};

SYNDIC_MUST_USE enum syndic_status syndic_members_list(struct syndic_memory *memory,
                                                       const struct syndic_grouping *grouping,
                                                       struct syndic_members *members);
void syndic_members_clear(struct syndic_members *members);

#endif
