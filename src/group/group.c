/* SPDX-License-Identifier: Apache-2.0 */
/* group.c - exact copies are collapsed onto the first of their kind, the firsts are grouped by
 * nearness, and then the copies follow: to their first where it is kept, else to where it went. */
#include "group/group.h"

#include "base/error.h"
#include "group/exact.h"
#include "group/rounds.h"
#include "group/simhash.h"
#include "group/syndication.h"
#include "join/partition.h"

#include <omp.h>

enum syndic_status syndic_grouping_create(struct syndic_memory *memory, size_t n,
                                          struct syndic_grouping *grouping)
{
    *grouping = (struct syndic_grouping){
        .count = n,
        .kept = syndic_allocate(memory, n, sizeof(*grouping->kept)),
        .similarity = syndic_allocate(memory, n, sizeof(*grouping->similarity)),
        .how = syndic_allocate(memory, n, sizeof(*grouping->how)),
        .known = syndic_allocate(memory, n, sizeof(*grouping->known)),
        .memory = memory,
    };
    if (!grouping->kept || !grouping->similarity || !grouping->how || !grouping->known)
        return SYNDIC_NO_MEMORY;
    for (size_t row = 0; row < n; row++) {
        grouping->kept[row] = (uint32_t)row;
        grouping->similarity[row] = 1;
        grouping->how[row] = SYNDIC_HOW_KEPT;
        grouping->known[row] = SYNDIC_KNOWN_EXACTLY;
    }
    return SYNDIC_OK;
}

/* Room for what only syndication tells. */
static enum syndic_status add_containment(struct syndic_grouping *grouping)
{
    const size_t n = grouping->count;

    grouping->contained = syndic_allocate(grouping->memory, n, sizeof(*grouping->contained));
    grouping->contains = syndic_allocate(grouping->memory, n, sizeof(*grouping->contains));
    if (!grouping->contained || !grouping->contains)
        return SYNDIC_NO_MEMORY;
    for (size_t row = 0; row < n; row++)
        grouping->contained[row] = grouping->contains[row] = 1;
    return SYNDIC_OK;
}

static void follow_firsts(const uint32_t *first, struct syndic_grouping *grouping)
{
    for (size_t row = 0; row < grouping->count; row++) {
        const uint32_t head = first[row];
        if (head == row)
            continue;
        grouping->kept[row] = grouping->kept[head];
        grouping->similarity[row] = grouping->similarity[head];
        grouping->known[row] = grouping->known[head];
        grouping->how[row] = grouping->kept[head] == head ? SYNDIC_HOW_EXACT : grouping->how[head];
        if (!grouping->contained)
            continue;
        grouping->contained[row] = grouping->contained[head];
        grouping->contains[row] = grouping->contains[head];
    }
}

/* marked, by row, is overwritten. */
static void count_rows(const struct syndic_grouping *grouping, uint32_t *marked,
                       struct syndic_group_counts *counts)
{
    for (size_t row = 0; row < grouping->count; row++) {
        marked[row] = 0;
        counts->exact += grouping->how[row] == SYNDIC_HOW_EXACT;
        counts->near += grouping->how[row] == SYNDIC_HOW_NEAR;
        counts->part += grouping->how[row] > SYNDIC_HOW_NEAR;
    }
    for (size_t row = 0; row < grouping->count; row++) {
        const uint32_t kept = grouping->kept[row];
        if (kept != row && !marked[kept]) {
            marked[kept] = 1;
            counts->groups++;
        }
    }
}

enum syndic_status syndic_group_documents(const struct syndic_sketches *sketches,
                                          const struct syndic_plan *plan,
                                          const struct syndic_options *options,
                                          const uint32_t *order, const struct syndic_texts *texts,
                                          struct syndic_grouping *grouping,
                                          struct syndic_group_counts *counts,
                                          struct syndic_error *error)
{
    struct syndic_memory *const memory = sketches->memory;
    uint32_t *const first = syndic_allocate(memory, sketches->count, sizeof(*first));
    uint32_t *const list = syndic_allocate(memory, sketches->count, sizeof(*list));
    const double began = omp_get_wtime();
    enum syndic_status status = syndic_grouping_create(memory, sketches->count, grouping);

    if (!status && options->by == SYNDIC_BY_SYNDICATION)
        status = add_containment(grouping);
    *counts = (struct syndic_group_counts){0};
    if (!status && first && list)
        status = syndic_collapse_exact(sketches, order, options->threads, first);
    else
        status = SYNDIC_NO_MEMORY;
    if (status) {
        syndic_fail_memory(error);
        goto out_grouping;
    }
    const size_t firsts = syndic_list_firsts(sketches, order, first, list);
    counts->exact_seconds = omp_get_wtime() - began;
    if (options->by == SYNDIC_BY_NEAR)
        status = syndic_group_near(sketches, plan, options, texts, list, firsts, grouping, counts,
                                   error);
    else if (options->by == SYNDIC_BY_SIMHASH)
        status =
            syndic_group_simhash(sketches, plan, options, 0, list, firsts, grouping, counts, error);
    else if (options->by == SYNDIC_BY_SYNDICATION)
        status = syndic_group_syndication(sketches, plan, options, texts, first, list, firsts,
                                          grouping, counts, error);
    if (!status) {
        follow_firsts(first, grouping);
        count_rows(grouping, list, counts);
        counts->empty = syndic_count_empty(sketches);
    }
out_grouping:
    if (status)
        syndic_grouping_clear(grouping);
    syndic_release(memory, list);
    syndic_release(memory, first);
    return status;
}

void syndic_grouping_clear(struct syndic_grouping *grouping)
{
    if (!grouping->memory)
        return;
    syndic_release(grouping->memory, grouping->contains);
    syndic_release(grouping->memory, grouping->contained);
    syndic_release(grouping->memory, grouping->known);
    syndic_release(grouping->memory, grouping->how);
    syndic_release(grouping->memory, grouping->similarity);
    syndic_release(grouping->memory, grouping->kept);
    *grouping = (struct syndic_grouping){0};
}
