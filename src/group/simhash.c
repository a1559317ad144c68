/* SPDX-License-Identifier: Apache-2.0 */
/* simhash.c - rows of the same SimHash are collapsed; the firsts of them are joined, and chosen
 * from greedily; the others follow.
 *
 * Templates can put tens of thousands of rows within the distance of each other, and pairs grow
 * with the square.  So a join that finds too many is given up, and the rows are taken in portions,
 * each with the rows kept before it: the greedy choice looks at kept rows before a row, and at no
 * others, so portions do not change what comes out. */
#include "group/simhash.h"

#include "base/error.h"
#include "group/near.h"
#include "join/buckets.h"
#include "join/simhash.h"

#include <omp.h>
#include <string.h>

/* Some 30 bytes each while they are sorted: 0.5 GB. */
#define PAIRS_MAX_DEFAULT ((size_t)1 << 24)

/* ---- equal SimHashes ---- */

struct collapse {
    const struct syndic_sketches *sketches;
    const uint32_t *order;
    uint32_t *first;
};

/* As many passes as there are different SimHashes in the bucket, which is one but for chance. */
static void collapse_bucket(void *context, uint32_t thread, const uint64_t *records, size_t count)
{
    const struct collapse *const collapse = context;
    const uint64_t *const simhash = collapse->sketches->simhash;

    (void)thread;
    for (size_t i = 0; i + 1 < count; i++) {
        const uint32_t head = collapse->order[(uint32_t)records[i]];
        if (collapse->first[head] != head)
            continue;
        for (size_t j = i + 1; j < count; j++) {
            const uint32_t row = collapse->order[(uint32_t)records[j]];
            if (simhash[row] == simhash[head])
                collapse->first[row] = head;
        }
    }
}

/* Every bit of the SimHash counts, so that only chance puts different ones into a bucket. */
static uint32_t key_of(uint64_t simhash)
{
    simhash *= 0x9fb21c651e98df25u;
    simhash ^= simhash >> 32;
    return (uint32_t)(simhash * 0x9e3779b97f4a7c15u >> 32);
}

enum syndic_status syndic_collapse_simhash(const struct syndic_sketches *sketches,
                                           const uint32_t *order, size_t count, uint32_t threads,
                                           uint32_t *first)
{
    struct syndic_memory *const memory = sketches->memory;
    uint64_t *const records = syndic_allocate(memory, count, sizeof(*records));
    uint64_t *const scratch = syndic_allocate(memory, count, sizeof(*scratch));
    struct collapse collapse = {sketches, order, first};
    const struct syndic_bucket_visitor visitor = {collapse_bucket, &collapse};
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (records && scratch) {
        for (size_t i = 0; i < count; i++) {
            first[order[i]] = order[i];
            records[i] = syndic_record(key_of(sketches->simhash[order[i]]), (uint32_t)i);
        }
        status = syndic_buckets_visit(memory, records, scratch, count, threads, &visitor);
    }
    syndic_release(memory, scratch);
    syndic_release(memory, records);
    return status;
}

size_t syndic_list_own_firsts(const uint32_t *order, size_t count, const uint32_t *first,
                              uint32_t *list)
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++)
        if (first[order[i]] == order[i])
            list[n++] = order[i];
    return n;
}

/* ---- the firsts of them ---- */

struct job {
    const struct syndic_sketches *sketches;
    const struct syndic_options *options;
    struct syndic_grouping *grouping;
    struct syndic_group_counts *counts;
    struct syndic_near near;
    uint32_t *place; /* by row: work space of the neighbours */
    size_t pairs_max;
    struct syndic_error *error;
};

static enum syndic_status choose(struct job *job, const uint32_t *order, size_t count,
                                 const struct syndic_edges *edges)
{
    struct syndic_neighbours neighbours;

    if (syndic_neighbours_create(job->sketches->memory, order, count, edges, job->place,
                                 &neighbours))
        return syndic_fail_memory(job->error);
    const enum syndic_status status =
        syndic_near_group(&job->near, &neighbours, NULL, job->grouping, job->error);
    syndic_neighbours_clear(&neighbours);
    return status;
}

/* LIMIT: there are too many pairs, and nothing was chosen. */
static enum syndic_status join_and_choose(struct job *job, const uint32_t *order, size_t count,
                                          size_t pairs_max)
{
    const struct syndic_simhash_options options = {job->options->distance, job->near.threads,
                                                   pairs_max, 0};
    struct syndic_group_counts *const counts = job->counts;
    const double began = omp_get_wtime();
    struct syndic_join_counts join;
    struct syndic_edges edges;

    enum syndic_status status =
        syndic_join_simhash(job->sketches, &options, order, count, &edges, &join);
    const double joined = omp_get_wtime();
    join.compared += counts->join.compared;
    if (counts->rounds++ == 0)
        counts->join = join;
    counts->join.compared = join.compared;
    if (!status)
        status = choose(job, order, count, &edges);
    else if (status == SYNDIC_NO_MEMORY)
        syndic_fail_memory(job->error);
    syndic_edges_clear(&edges);
    counts->join_seconds += joined - began;
    counts->verify_seconds += omp_get_wtime() - joined;
    return status;
}

/* row[0, kept) are the kept rows before row[at], where the next portion begins. */
static enum syndic_status group_firsts(struct job *job, uint32_t *row, size_t count)
{
    size_t kept = 0, portion = count;

    for (size_t at = 0; at < count;) {
        const size_t n = portion < count - at ? portion : count - at;
        memmove(row + kept, row + at, n * sizeof(*row));
        /* One row has few kept ones about it, since they are not near each other. */
        const enum syndic_status status =
            join_and_choose(job, row, kept + n, n > 1 ? job->pairs_max : SIZE_MAX);
        if (status == SYNDIC_LIMIT) {
            memmove(row + at, row + kept, n * sizeof(*row));
            portion = n / 2;
            continue;
        }
        if (status)
            return status;
        kept = syndic_list_own_firsts(row, kept + n, job->grouping->kept, row);
        at += n;
        portion = 2 * n;
    }
    return SYNDIC_OK;
}

static void follow_firsts(const uint32_t *order, size_t count, const uint32_t *first,
                          struct syndic_grouping *grouping)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t row = order[i], head = first[row];
        if (head == row)
            continue;
        grouping->kept[row] = grouping->kept[head];
        grouping->similarity[row] = grouping->similarity[head];
        grouping->known[row] = grouping->known[head];
        grouping->how[row] = SYNDIC_HOW_NEAR;
    }
}

enum syndic_status syndic_group_simhash(const struct syndic_sketches *sketches,
                                        const struct syndic_plan *plan,
                                        const struct syndic_options *options, size_t pairs_max,
                                        const uint32_t *order, size_t count,
                                        struct syndic_grouping *grouping,
                                        struct syndic_group_counts *counts,
                                        struct syndic_error *error)
{
    struct syndic_memory *const memory = sketches->memory;
    uint32_t *const first = syndic_allocate(memory, sketches->count, sizeof(*first));
    uint32_t *const row = syndic_allocate(memory, count, sizeof(*row));
    struct job job = {
        .sketches = sketches,
        .options = options,
        .grouping = grouping,
        .counts = counts,
        .place = syndic_allocate(memory, sketches->count, sizeof(*job.place)),
        .pairs_max = pairs_max ? pairs_max : PAIRS_MAX_DEFAULT,
        .error = error,
    };
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (first && row && job.place)
        status = syndic_near_create(memory, plan, options, NULL, sketches->token_count, &job.near);
    if (!status)
        status = syndic_collapse_simhash(sketches, order, count, options->threads, first);
    if (status)
        syndic_fail_memory(error);
    else
        status = group_firsts(&job, row, syndic_list_own_firsts(order, count, first, row));
    if (!status)
        follow_firsts(order, count, first, grouping);
    syndic_near_clear(&job.near);
    syndic_release(memory, job.place);
    syndic_release(memory, row);
    syndic_release(memory, first);
    return status;
}
