/* SPDX-License-Identifier: Apache-2.0 */
/* join.c - sketches in; edges out.  One band at a time: records of band key and position are
 * bucketed, the rows of a bucket compared by their 8-bit slots, and the pairs that pass are kept.
 *
 * A pair that shared an unbounded bucket of an earlier band was compared there, so it is skipped:
 * its band keys, one cache line a row, tell. */
#include "join/join.h"

#include "base/error.h"
#include "join/buckets.h"
#include "join/edges.h"
#include "join/partition.h"
#include "kernel.h"

#include <string.h>

#define LEADERS_DEFAULT 32

/* A bucket of 2,000 pages of one template then has 128 leaders; from 4,096 rows on it has 32, and
 * rows that are probably near a leader are none.  With 32 leaders throughout, 12 % of the pairs at
 * a threshold of 0.9 were missed among 4,000 such pages; with 1,024, grouping 100,000 near copies
 * of one text took 163 s instead of 18 (Xeon, Sapphire Rapids class, 2026-11). */
#define LEADERS_MAX  128
#define COMPARED_MAX ((size_t)1 << 18)

/* Pairs wait in a ring while what they need is on its way from memory: most buckets hold two rows
 * that were never near each other in memory. */
#define RING 16

struct worker {
    _Alignas(SYNDIC_ALIGNMENT) struct syndic_pair_list found;
    struct syndic_join_counts counts;
    uint64_t ring[RING];
    size_t waiting; /* pairs ever put into the ring, modulo nothing */
    size_t served;
    uint32_t *leader; /* room for the leaders of a bucket, as positions */
    bool failed;
};

struct join {
    const struct syndic_sketches *sketches;
    const struct syndic_plan *plan;
    const struct syndic_kernels *kernels;
    const uint32_t *order;
    struct syndic_memory *memory;
    uint8_t *bounded;                                   /* by position */
    uint32_t reject, near, same, leaders, leaders_most; /* near, same: see leadership_of() */
    uint32_t band;
    struct worker *worker;
};

static const uint8_t *slots_of(const struct join *join, uint32_t position)
{
    return join->sketches->slot + (size_t)join->order[position] * join->sketches->slot_stride;
}

static const uint32_t *keys_of(const struct join *join, uint32_t position)
{
    return join->sketches->key + (size_t)join->order[position] * join->sketches->bands;
}

static uint32_t equal_slots(const struct join *join, uint32_t a, uint32_t b)
{
    const size_t stride = join->sketches->slot_stride;

    return (uint32_t)(join->kernels->count_equal(slots_of(join, a), slots_of(join, b), stride) -
                      (stride - join->plan->slots));
}

/* Two rows of a bounded bucket are both flagged, so a pair with a row that is not flagged was
 * compared in whatever earlier bucket it shared. */
static bool compared_before(const struct join *join, uint32_t a, uint32_t b)
{
    if (join->bounded[a] && join->bounded[b])
        return false;
    const uint32_t *const x = keys_of(join, a), *const y = keys_of(join, b);
    uint32_t shared = 0;
    for (uint32_t band = 0; band < join->band; band++)
        shared |= x[band] == y[band];
    return shared;
}

static void compare(const struct join *join, struct worker *worker, uint64_t pair)
{
    const uint32_t a = (uint32_t)(pair >> 32), b = (uint32_t)pair;

    if (compared_before(join, a, b))
        return;
    worker->counts.compared++;
    if (equal_slots(join, a, b) >= join->reject &&
        !syndic_pair_list_add(&worker->found, join->memory, pair))
        worker->failed = true;
}

static void serve(const struct join *join, struct worker *worker, size_t until)
{
    for (; worker->served < until; worker->served++)
        compare(join, worker, worker->ring[worker->served % RING]);
}

static void prefetch_row(const struct join *join, uint32_t position)
{
    const uint8_t *const slots = slots_of(join, position);

    __builtin_prefetch(keys_of(join, position));
    for (uint32_t i = 0; i < join->sketches->slot_stride; i += SYNDIC_ALIGNMENT)
        __builtin_prefetch(slots + i);
}

static void enqueue(const struct join *join, struct worker *worker, uint32_t a, uint32_t b)
{
    if (worker->waiting - worker->served == RING)
        serve(join, worker, worker->served + 1);
    prefetch_row(join, a);
    prefetch_row(join, b);
    worker->ring[worker->waiting++ % RING] = syndic_position_pair(a, b);
}

static void visit_unbounded(const struct join *join, struct worker *worker, const uint64_t *records,
                            size_t count)
{
    for (size_t j = 1; j < count; j++)
        for (size_t i = 0; i < j; i++)
            enqueue(join, worker, (uint32_t)records[i], (uint32_t)records[j]);
}

/* What the leaders of a bucket are: at most `most`, none of them sharing `covered` slots with one
 * before it. */
struct leadership {
    uint32_t most, covered;
};

/* Many, and covered only where there is no doubt, so that pages of one template, which share a
 * bucket though they differ, are still compared with each other: among a thousand of them some
 * always look alike by chance.  In huge buckets, few. */
static struct leadership leadership_of(const struct join *join, size_t count)
{
    const size_t most = COMPARED_MAX / count;

    if (most < (size_t)2 * join->leaders)
        return (struct leadership){join->leaders, join->near};
    return (struct leadership){most < join->leaders_most ? (uint32_t)most : join->leaders_most,
                               join->same};
}

/* Every row against all leaders so far, not only up to the first that covers it: grouping wants the
 * kept row that is most like it. */
static void visit_bounded(const struct join *join, struct worker *worker, const uint64_t *records,
                          size_t count)
{
    const struct leadership limit = leadership_of(join, count);
    uint32_t leaders = 0;

    for (size_t i = 0; i < count; i++) {
        const uint32_t position = (uint32_t)records[i];
        bool covered = false;
        for (uint32_t l = 0; l < leaders; l++) {
            const uint32_t equal = equal_slots(join, worker->leader[l], position);
            const uint64_t pair = syndic_position_pair(worker->leader[l], position);
            covered |= equal >= limit.covered;
            if (equal >= join->reject && !syndic_pair_list_add(&worker->found, join->memory, pair))
                worker->failed = true;
        }
        worker->counts.compared += leaders;
        join->bounded[position] = 1;
        if (!covered && leaders < limit.most)
            worker->leader[leaders++] = position;
    }
}

static void visit(void *context, uint32_t thread, const uint64_t *records, size_t count)
{
    const struct join *const join = context;
    struct worker *const worker = &join->worker[thread];

    worker->counts.buckets++;
    if (count > worker->counts.largest_bucket)
        worker->counts.largest_bucket = count;
    if (count <= join->leaders) {
        visit_unbounded(join, worker, records, count);
    } else {
        worker->counts.bounded_buckets++;
        visit_bounded(join, worker, records, count);
    }
}

/* What the threads found in this band goes to `all`. */
static enum syndic_status gather(const struct join *join, uint32_t threads, size_t count,
                                 struct syndic_pair_list *all)
{
    for (uint32_t t = 0; t < threads; t++) {
        struct worker *const worker = &join->worker[t];
        serve(join, worker, worker->waiting);
        if (worker->failed || !syndic_pair_list_take(all, &worker->found, join->memory))
            return SYNDIC_NO_MEMORY;
    }
    return syndic_pair_list_tidy(all, join->memory, count, threads);
}

static enum syndic_status join_bands(struct join *join, size_t count, uint32_t threads,
                                     struct syndic_pair_list *all)
{
    struct syndic_memory *const memory = join->memory;
    uint64_t *const records = syndic_allocate(memory, count, sizeof(*records));
    uint64_t *const scratch = syndic_allocate(memory, count, sizeof(*scratch));
    const struct syndic_bucket_visitor visitor = {visit, join};
    enum syndic_status status = records && scratch ? SYNDIC_OK : SYNDIC_NO_MEMORY;

    for (join->band = 0; join->band < join->plan->bands && !status; join->band++) {
#pragma omp parallel for num_threads((int)threads) schedule(static)
        for (size_t i = 0; i < count; i++)
            records[i] = syndic_record(keys_of(join, (uint32_t)i)[join->band], (uint32_t)i);
        status = syndic_buckets_visit(memory, records, scratch, count, threads, &visitor);
        if (!status)
            status = gather(join, threads, count, all);
    }
    syndic_release(memory, scratch);
    syndic_release(memory, records);
    return status ? status : syndic_pair_list_compact(all, memory, count, threads);
}

/* The pairs with rows for positions and with their equal slots, counted once more: cheaper than to
 * carry the count through every sort. */
static enum syndic_status make_edges(const struct join *join, uint32_t threads,
                                     const struct syndic_pair_list *all, struct syndic_edges *edges)
{
    struct syndic_edge *const edge = syndic_allocate(join->memory, all->count, sizeof(*edge));

    if (!edge)
        return SYNDIC_NO_MEMORY;
#pragma omp parallel for num_threads((int)threads) schedule(static)
    for (size_t i = 0; i < all->count; i++) {
        const uint32_t a = (uint32_t)(all->pair[i] >> 32), b = (uint32_t)all->pair[i];
        if (i + RING < all->count)
            prefetch_row(join, (uint32_t)all->pair[i + RING]);
        edge[i] = (struct syndic_edge){join->order[a], join->order[b], equal_slots(join, a, b)};
    }
    edges->edge = edge;
    edges->count = all->count;
    return SYNDIC_OK;
}

static void add_counts(struct syndic_join_counts *sum, const struct syndic_join_counts *part)
{
    sum->buckets += part->buckets;
    sum->bounded_buckets += part->bounded_buckets;
    sum->compared += part->compared;
    if (part->largest_bucket > sum->largest_bucket)
        sum->largest_bucket = part->largest_bucket;
}

static struct worker *create_workers(struct syndic_memory *memory, uint32_t threads,
                                     uint32_t leaders)
{
    struct worker *const worker = syndic_allocate_zeroed(memory, threads, sizeof(*worker));
    uint32_t *const leader = syndic_allocate(memory, (size_t)threads * leaders, sizeof(*leader));

    if (!worker || !leader) {
        syndic_release(memory, leader);
        syndic_release(memory, worker);
        return NULL;
    }
    for (uint32_t t = 0; t < threads; t++)
        worker[t].leader = leader + (size_t)t * leaders;
    return worker;
}

static void destroy_workers(struct syndic_memory *memory, struct worker *worker, uint32_t threads)
{
    for (uint32_t t = 0; worker && t < threads; t++)
        syndic_pair_list_clear(&worker[t].found, memory);
    if (worker)
        syndic_release(memory, worker[0].leader);
    syndic_release(memory, worker);
}

/* Slots that leave no doubt of a signature. */
static uint32_t same_slots(const struct syndic_plan *plan)
{
    const uint32_t accept =
        syndic_verify_limits(plan->threshold, plan->slots, SYNDIC_VERIFY_DEFAULT).accept;

    return accept < plan->slots ? accept : plan->slots;
}

enum syndic_status syndic_join(const struct syndic_sketches *sketches,
                               const struct syndic_plan *plan,
                               const struct syndic_join_options *options, const uint32_t *order,
                               size_t count, struct syndic_edges *edges,
                               struct syndic_join_counts *counts, struct syndic_error *error)
{
    struct syndic_memory *const memory = sketches->memory;
    const uint32_t threads = syndic_useful_threads(options->threads, count);
    struct syndic_pair_list all = {0};
    struct join join = {
        .sketches = sketches,
        .plan = plan,
        .kernels = syndic_kernels(),
        .order = order,
        .memory = memory,
        .bounded = syndic_allocate_zeroed(memory, count, 1),
        .reject = syndic_verify_limits(plan->threshold, plan->slots, options->verify).reject,
        .near = syndic_verify_limits(plan->threshold, plan->slots, SYNDIC_VERIFY_SIGNATURE).accept,
        .same = same_slots(plan),
        .leaders = options->leaders ? options->leaders : LEADERS_DEFAULT,
        .leaders_most = options->leaders ? options->leaders : LEADERS_MAX,
    };
    enum syndic_status status = SYNDIC_NO_MEMORY;

    *counts = (struct syndic_join_counts){0};
    *edges = (struct syndic_edges){.memory = memory};
    join.worker = create_workers(memory, threads, join.leaders_most);
    if (join.bounded && join.worker)
        status = join_bands(&join, count, threads, &all);
    if (!status)
        status = make_edges(&join, threads, &all, edges);
    for (uint32_t t = 0; join.worker && t < threads; t++)
        add_counts(counts, &join.worker[t].counts);
    if (!status && counts->bounded_buckets) {
        edges->bounded = join.bounded;
        join.bounded = NULL;
    }
    syndic_pair_list_clear(&all, memory);
    destroy_workers(memory, join.worker, threads);
    syndic_release(memory, join.bounded);
    return status ? syndic_fail_memory(error) : SYNDIC_OK;
}

void syndic_edges_clear(struct syndic_edges *edges)
{
    if (!edges->memory)
        return;
    syndic_release(edges->memory, edges->edge);
    syndic_release(edges->memory, edges->bounded);
    *edges = (struct syndic_edges){0};
}
