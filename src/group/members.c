/* SPDX-License-Identifier: Apache-2.0 */
/* members.c - a grouping in; its groups, each with its members, out.  One pass numbers the groups
 * by their first rows, a counting sort fills them. */
#include "group/members.h"

#include <string.h>

#define NO_GROUP UINT32_MAX

/* size[k] = rows that stand on k. */
static void count_sizes(const struct syndic_grouping *grouping, uint32_t *size)
{
    memset(size, 0, grouping->count * sizeof(*size));
    for (size_t i = 0; i < grouping->count; i++)
        size[grouping->kept[i]]++;
}

/* Number groups of two or more in order of first rows: number[k] for each kept row k; fills start.
 */
static void number_groups(const struct syndic_grouping *grouping, const uint32_t *size,
                          uint32_t *number, struct syndic_members *members)
{
    size_t sum = 0;

    memset(number, 0xff, grouping->count * sizeof(*number));
    for (size_t i = 0; i < grouping->count; i++) {
        const uint32_t kept = grouping->kept[i];
        if (size[kept] < 2 || number[kept] != NO_GROUP)
            continue;
        number[kept] = (uint32_t)members->group_count;
        members->start[members->group_count++] = sum;
        sum += size[kept];
    }
    members->start[members->group_count] = sum;
}

static void fill_groups(const struct syndic_grouping *grouping, const uint32_t *number,
                        struct syndic_members *members)
{
    for (size_t i = 0; i < grouping->count; i++) {
        const uint32_t group = number[grouping->kept[i]];
        if (group != NO_GROUP)
            members->row[members->start[group]++] = (uint32_t)i;
    }
    for (size_t g = members->group_count; g > 0; g--)
        members->start[g] = members->start[g - 1];
    members->start[0] = 0;
}

enum syndic_status syndic_members_list(struct syndic_memory *memory,
                                       const struct syndic_grouping *grouping,
                                       struct syndic_members *members)
{
    const size_t n = grouping->count;
    enum syndic_status status = SYNDIC_NO_MEMORY;
    uint32_t *const size = syndic_allocate(memory, n, sizeof(*size));
    uint32_t *const number = syndic_allocate(memory, n, sizeof(*number));

    *members = (struct syndic_members){.memory = memory};
    members->start = syndic_allocate(memory, n / 2 + 2, sizeof(*members->start));
    members->row = syndic_allocate(memory, n, sizeof(*members->row));
    if (size && number && members->start && members->row) {
        count_sizes(grouping, size);
        number_groups(grouping, size, number, members);
        fill_groups(grouping, number, members);
        status = SYNDIC_OK;
    } else {
        syndic_members_clear(members);
    }
    syndic_release(memory, number);
    syndic_release(memory, size);
    return status;
}

void syndic_members_clear(struct syndic_members *members)
{
    if (!members->memory)
        return;
    syndic_release(members->memory, members->row);
    syndic_release(members->memory, members->start);
    *members = (struct syndic_members){0};
}
