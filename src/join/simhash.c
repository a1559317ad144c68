/* SPDX-License-Identifier: Apache-2.0 */
/* simhash.c - SimHashes in; all pairs within a Hamming distance out, by the pigeonhole principle:
 * of `blocks` blocks of bits, two numbers that differ in `distance` bits have blocks - distance in
 * common.  So there is a table for each choice of so many blocks: rows are bucketed by the bits of
 * these blocks, and those of a bucket compared (Manku, Jain and Das Sarma, Detecting
 * near-duplicates for web crawling, 2007).  A pair counts in the first table whose bits it has in
 * common, and so once. */
#include "join/simhash.h"

#include "base/sort.h"
#include "join/buckets.h"
#include "join/edges.h"
#include "join/partition.h"
#include "kernel.h"

#define BLOCKS_MAX 10
#define TABLES_MAX 252 /* 5 of 10 */

/* A larger bucket is bucketed again, by other bits. */
#define RUN_MAX 2048

/* What a record costs, in comparisons: some 20 ns against 0.1 to 0.3 (AVX-512, AVX2; Xeon, Sapphire
 * Rapids class, 2026-11). */
#define RECORD_COST 100.0

struct tables {
    uint64_t mask[TABLES_MAX];
    uint32_t count;
};

/* Rows to compare all with all. */
struct run {
    const uint64_t *value;
    const uint32_t *position; /* ascending */
    uint32_t *index;          /* room for the kernel */
    size_t count;
};

struct worker {
    _Alignas(SYNDIC_ALIGNMENT) struct syndic_pair_list found;
    struct syndic_join_counts counts;
    enum syndic_status status;
    uint64_t value[RUN_MAX];
    uint32_t position[RUN_MAX], index[RUN_MAX + SYNDIC_LANE_MULTIPLE];
};

struct join {
    const struct syndic_simhash_options *options;
    const struct syndic_kernels *kernels;
    struct syndic_memory *memory;
    uint64_t *value; /* by position */
    struct tables tables;
    uint32_t table; /* the current one */
    struct worker *worker;
};

/* ---- the choice of tables ---- */

static uint64_t low_bits(unsigned n)
{
    return n < 64 ? ((uint64_t)1 << n) - 1 : UINT64_MAX;
}

static uint64_t mask_of(uint32_t chosen, unsigned blocks)
{
    uint64_t mask = 0;

    for (unsigned b = 0; b < blocks; b++)
        if (chosen >> b & 1)
            mask |= low_bits(64 * (b + 1) / blocks) & ~low_bits(64 * b / blocks);
    return mask;
}

static void make_tables(unsigned blocks, unsigned distance, struct tables *tables)
{
    const uint32_t end = (uint32_t)1 << blocks;

    tables->count = 0;
    for (uint32_t chosen = 0; chosen < end; chosen++)
        if ((unsigned)__builtin_popcount(chosen) == blocks - distance)
            tables->mask[tables->count++] = mask_of(chosen, blocks);
}

/* In comparisons, were SimHashes random.  Keys have 32 bits at most. */
static double cost(unsigned blocks, unsigned distance, double rows)
{
    const unsigned bits = 64 * (blocks - distance) / blocks;
    const double keys = (double)low_bits(bits < 32 ? bits : 32) + 1;
    double tables = 1;

    for (unsigned i = 0; i < distance; i++)
        tables = tables * (blocks - i) / (i + 1);
    return tables * rows * (RECORD_COST + rows / 2 / keys);
}

static unsigned choose_blocks(unsigned distance, size_t rows)
{
    unsigned best = distance + 1;

    for (unsigned blocks = best + 1; blocks <= BLOCKS_MAX; blocks++)
        if (cost(blocks, distance, (double)rows) < cost(best, distance, (double)rows))
            best = blocks;
    return best;
}

/* ---- one bucket ---- */

/* Fibonacci hashing (Knuth, volume 3, section 6.4); collisions only mean more to compare. */
static uint32_t key_of(uint64_t value, uint64_t mask)
{
    return (uint32_t)((value & mask) * 0x9e3779b97f4a7c15u >> 32);
}

/* Is mask[i] the first that leaves nothing of the difference? */
static bool is_first(const uint64_t *mask, uint32_t i, uint64_t differ)
{
    for (uint32_t earlier = 0; earlier < i; earlier++)
        if (!(differ & mask[earlier]))
            return false;
    return !(differ & mask[i]);
}

/* Compare all with all.  The run is part of a bucket of the current table, bucketed again by the
 * bits split[s]: a pair must be its first there too. */
static void compare_run(const struct join *join, struct worker *worker, const struct run *run,
                        const uint64_t *split, uint32_t s)
{
    const uint64_t *const v = run->value;
    const size_t n = run->count;

    for (size_t i = 0; i + 1 < n && !worker->status; i++) {
        const size_t near = join->kernels->hamming_within(v[i], v + i + 1, n - i - 1,
                                                          join->options->distance, run->index);
        for (size_t k = 0; k < near; k++) {
            const size_t j = i + 1 + run->index[k];
            const uint64_t pair = syndic_position_pair(run->position[i], run->position[j]);
            if (is_first(join->tables.mask, join->table, v[i] ^ v[j]) &&
                is_first(split, s, v[i] ^ v[j]) &&
                !syndic_pair_list_add(&worker->found, join->memory, pair))
                worker->status = SYNDIC_NO_MEMORY;
        }
        worker->counts.compared += n - i - 1;
        if (worker->found.count > join->options->pairs_max && !worker->status)
            worker->status = SYNDIC_LIMIT;
    }
}

/* Deal out the bits that vary among value[0, n), those that vary most first: blocks of a hot bucket
 * that hardly vary would leave it whole. */
static void deal_bits(const uint64_t *value, size_t n, unsigned blocks, uint64_t *split)
{
    uint64_t weight[64]; /* of the rarer value of a bit << 6 | the bit */
    uint64_t scratch[64];

    for (unsigned bit = 0; bit < 64; bit++) {
        size_t ones = 0;
        for (size_t i = 0; i < n; i++)
            ones += value[i] >> bit & 1;
        weight[bit] = (uint64_t)(ones < n - ones ? ones : n - ones) << 6 | bit;
    }
    syndic_sort_u64(weight, 64, scratch);
    for (unsigned b = 0; b < blocks; b++)
        split[b] = 0;
    for (unsigned i = 0; i < 64 && weight[63 - i] >> 6; i++)
        split[i % blocks] |= (uint64_t)1 << (weight[63 - i] & 63);
}

/* A bucket of any size, and room for the run of it that is being compared. */
struct large {
    const uint64_t *records;
    size_t count;
    uint64_t *whole, *sorted, *scratch, *value;
    uint32_t *position, *index;
};

static bool allocate_large(struct syndic_memory *memory, struct large *large)
{
    const size_t n = large->count;
    uint64_t *const words = syndic_allocate(memory, n, 4 * sizeof(*words));
    uint32_t *const halves = syndic_allocate(memory, 2 * n + SYNDIC_LANE_MULTIPLE, sizeof(*halves));

    large->whole = words;
    large->position = halves;
    if (!words || !halves)
        return false;
    large->sorted = words + n;
    large->scratch = words + 2 * n;
    large->value = words + 3 * n;
    large->index = halves + n;
    return true;
}

static void compare_split(const struct join *join, struct worker *worker, const struct large *large,
                          const uint64_t *split, uint32_t s)
{
    const uint64_t *const sorted = large->sorted;
    const size_t count = large->count;
    size_t end;

    for (size_t i = 0; i < count; i++)
        large->sorted[i] = syndic_record(key_of(large->whole[i], split[s]), (uint32_t)i);
    syndic_sort_u64(large->sorted, count, large->scratch);
    for (size_t begin = 0; begin < count; begin = end) {
        for (end = begin; end < count && sorted[end] >> 32 == sorted[begin] >> 32; end++) {
            const uint32_t i = (uint32_t)sorted[end];
            large->value[end - begin] = large->whole[i];
            large->position[end - begin] = (uint32_t)large->records[i];
        }
        const struct run run = {large->value, large->position, large->index, end - begin};
        compare_run(join, worker, &run, split, s);
    }
}

/* The same principle over the bits that vary, in as few blocks as will do. */
static void visit_large(const struct join *join, struct worker *worker, const uint64_t *records,
                        size_t count)
{
    const uint32_t blocks = join->options->distance + 1;
    uint64_t split[SYNDIC_DISTANCE_MAX + 1];
    struct large large = {.records = records, .count = count};

    if (allocate_large(join->memory, &large)) {
        for (size_t i = 0; i < count; i++)
            large.whole[i] = join->value[(uint32_t)records[i]];
        deal_bits(large.whole, count, blocks, split);
        for (uint32_t s = 0; s < blocks && !worker->status; s++)
            compare_split(join, worker, &large, split, s);
    } else {
        worker->status = SYNDIC_NO_MEMORY;
    }
    syndic_release(join->memory, large.position);
    syndic_release(join->memory, large.whole);
}

static void visit_small(const struct join *join, struct worker *worker, const uint64_t *records,
                        size_t count)
{
    static const uint64_t no_bits = 0;
    const struct run run = {worker->value, worker->position, worker->index, count};

    for (size_t i = 0; i < count; i++) {
        worker->position[i] = (uint32_t)records[i];
        worker->value[i] = join->value[worker->position[i]];
    }
    compare_run(join, worker, &run, &no_bits, 0);
}

static void visit(void *context, uint32_t thread, const uint64_t *records, size_t count)
{
    const struct join *const join = context;
    struct worker *const worker = &join->worker[thread];

    worker->counts.buckets++;
    if (count > worker->counts.largest_bucket)
        worker->counts.largest_bucket = count;
    if (worker->status)
        return;
    if (count > RUN_MAX)
        visit_large(join, worker, records, count);
    else
        visit_small(join, worker, records, count);
}

/* ---- all of them ---- */

static enum syndic_status gather(const struct join *join, uint32_t threads,
                                 struct syndic_pair_list *all)
{
    for (uint32_t t = 0; t < threads; t++) {
        struct worker *const worker = &join->worker[t];
        if (worker->status)
            return worker->status;
        if (!syndic_pair_list_take(all, &worker->found, join->memory))
            return SYNDIC_NO_MEMORY;
    }
    return all->count > join->options->pairs_max ? SYNDIC_LIMIT : SYNDIC_OK;
}

static enum syndic_status join_tables(struct join *join, size_t count, uint32_t threads,
                                      struct syndic_pair_list *all)
{
    struct syndic_memory *const memory = join->memory;
    uint64_t *const records = syndic_allocate(memory, count, sizeof(*records));
    uint64_t *const scratch = syndic_allocate(memory, count, sizeof(*scratch));
    const struct syndic_bucket_visitor visitor = {visit, join};
    enum syndic_status status = records && scratch ? SYNDIC_OK : SYNDIC_NO_MEMORY;

    for (join->table = 0; join->table < join->tables.count && !status; join->table++) {
        const uint64_t mask = join->tables.mask[join->table];
#pragma omp parallel for num_threads((int)threads) schedule(static)
        for (size_t i = 0; i < count; i++)
            records[i] = syndic_record(key_of(join->value[i], mask), (uint32_t)i);
        status = syndic_buckets_visit(memory, records, scratch, count, threads, &visitor);
        if (!status)
            status = gather(join, threads, all);
    }
    syndic_release(memory, scratch);
    syndic_release(memory, records);
    return status ? status : syndic_pair_list_compact(all, memory, count, threads);
}

static enum syndic_status make_edges(const struct join *join, const uint32_t *order,
                                     const struct syndic_pair_list *all, struct syndic_edges *edges)
{
    struct syndic_edge *const edge = syndic_allocate(join->memory, all->count, sizeof(*edge));

    if (!edge)
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < all->count; i++) {
        const uint32_t a = (uint32_t)(all->pair[i] >> 32), b = (uint32_t)all->pair[i];
        const int differ = __builtin_popcountll(join->value[a] ^ join->value[b]);
        edge[i] = (struct syndic_edge){order[a], order[b], 64 - (uint32_t)differ};
    }
    edges->edge = edge;
    edges->count = all->count;
    return SYNDIC_OK;
}

static void destroy_workers(struct join *join, uint32_t threads, struct syndic_join_counts *counts)
{
    for (uint32_t t = 0; join->worker && t < threads; t++) {
        struct worker *const worker = &join->worker[t];
        counts->buckets += worker->counts.buckets;
        counts->compared += worker->counts.compared;
        if (worker->counts.largest_bucket > counts->largest_bucket)
            counts->largest_bucket = worker->counts.largest_bucket;
        syndic_pair_list_clear(&worker->found, join->memory);
    }
    syndic_release(join->memory, join->worker);
}

enum syndic_status syndic_join_simhash(const struct syndic_sketches *sketches,
                                       const struct syndic_simhash_options *options,
                                       const uint32_t *order, size_t count,
                                       struct syndic_edges *edges,
                                       struct syndic_join_counts *counts)
{
    struct syndic_memory *const memory = sketches->memory;
    const uint32_t threads = syndic_useful_threads(options->threads, count);
    const unsigned distance = options->distance;
    struct syndic_pair_list all = {0};
    struct join join = {
        .options = options,
        .kernels = syndic_kernels(),
        .memory = memory,
        .value = syndic_allocate(memory, count, sizeof(*join.value)),
        .worker = syndic_allocate_zeroed(memory, threads, sizeof(*join.worker)),
    };
    enum syndic_status status = SYNDIC_NO_MEMORY;

    *counts = (struct syndic_join_counts){0};
    *edges = (struct syndic_edges){.memory = memory};
    make_tables(options->blocks ? options->blocks : choose_blocks(distance, count), distance,
                &join.tables);
    if (join.value && join.worker) {
        for (size_t i = 0; i < count; i++)
            join.value[i] = sketches->simhash[order[i]];
        status = join_tables(&join, count, threads, &all);
    }
    if (!status)
        status = make_edges(&join, order, &all, edges);
    syndic_pair_list_clear(&all, memory);
    destroy_workers(&join, threads, counts);
    syndic_release(memory, join.value);
    return status;
}
