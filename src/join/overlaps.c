/* SPDX-License-Identifier: Apache-2.0 */
/* overlaps.c - pairs are counted document by document: each term of a document adds one to the
 * counter of every earlier document that has it (ScanCount: Li, Lu and Lu, Efficient merging and
 * filtering algorithms for approximate string searches, 2008).  Documents go to threads in runs,
 * whose pairs are then laid one after the other. */
#include "join/overlaps.h"

#include "join/partition.h"

#include <stdlib.h>
#include <string.h>

#define RUN_POSITIONS 256

/* Pairs of one run of positions, in order. */
struct run {
    struct syndic_overlap_pair *pair;
    size_t count, capacity;
    uint64_t crowded;
};

/* One thread's counters: zero between positions. */
struct counters {
    uint32_t *count;
    uint32_t *touched;
    size_t touched_count;
    uint64_t *keys; /* touched ones in order of preference, where there are too many */
};

struct finding {
    const struct syndic_sample_index *index;
    struct syndic_overlaps *overlaps;
    uint32_t shared_min;
    double share_min;
    size_t pairs_max;
    struct syndic_memory *memory;
};

static bool counters_create(struct syndic_memory *memory, size_t count, struct counters *counters)
{
    counters->count = syndic_allocate_zeroed(memory, count, sizeof(*counters->count));
    counters->touched = syndic_allocate(memory, count, sizeof(*counters->touched));
    counters->keys = syndic_allocate(memory, count, sizeof(*counters->keys));
    return counters->count && counters->touched && counters->keys;
}

static void counters_clear(struct syndic_memory *memory, struct counters *counters)
{
    syndic_release(memory, counters->keys);
    syndic_release(memory, counters->touched);
    syndic_release(memory, counters->count);
}

static void count_shared(const struct syndic_sample_index *index, size_t position,
                         struct counters *counters)
{
    counters->touched_count = 0;
    for (size_t i = index->term_start[position]; i < index->term_start[position + 1]; i++) {
        const uint32_t *at = index->posting + index->posting_start[index->term[i]];
        for (; *at < position; at++)
            if (!counters->count[*at]++)
                counters->touched[counters->touched_count++] = *at;
    }
}

static int ascending(const void *left, const void *right)
{
    const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

static size_t sample_size(const struct syndic_sample_index *index, size_t position, bool dense)
{
    if (!dense)
        return index->sparse[position];
    return index->own[position] + index->term_start[position + 1] - index->term_start[position];
}

/* Enough, or little of very little. */
static bool is_enough(const struct finding *finding, size_t position, size_t other, uint32_t shared)
{
    const bool dense = finding->index->dense[position] && finding->index->dense[other];
    const size_t a = sample_size(finding->index, position, dense);
    const size_t b = sample_size(finding->index, other, dense);
    const size_t least = a < b ? a : b;

    if (shared < finding->shared_min)
        return least <= SYNDIC_SMALL_SAMPLE;
    return (double)shared >= finding->share_min * (double)least;
}

/* Leave the touched positions that share enough, ascending, and no more than pairs_max. */
static size_t select_pairs(const struct finding *finding, size_t position,
                           struct counters *counters, bool *crowded)
{
    size_t n = 0;

    for (size_t i = 0; i < counters->touched_count; i++) {
        const uint32_t other = counters->touched[i];
        if (is_enough(finding, position, other, counters->count[other]))
            counters->keys[n++] = (uint64_t)(UINT32_MAX - counters->count[other]) << 32 | other;
    }
    *crowded = n > finding->pairs_max;
    if (*crowded) {
        qsort(counters->keys, n, sizeof(*counters->keys), ascending);
        n = finding->pairs_max;
    }
    for (size_t i = 0; i < n; i++) /* other first, so that they can be put in order */
        counters->keys[i] = counters->keys[i] << 32 | counters->keys[i] >> 32;
    qsort(counters->keys, n, sizeof(*counters->keys), ascending);
    return n;
}

static bool find_pairs(const struct finding *finding, size_t position, struct counters *counters,
                       struct run *run)
{
    bool crowded;

    count_shared(finding->index, position, counters);
    const size_t n = select_pairs(finding, position, counters, &crowded);
    if (!syndic_reserve(finding->memory, (void **)&run->pair, &run->capacity, run->count + n,
                        sizeof(*run->pair)))
        return false;
    for (size_t i = 0; i < n; i++)
        run->pair[run->count++] = (struct syndic_overlap_pair){
            (uint32_t)(counters->keys[i] >> 32), UINT32_MAX - (uint32_t)counters->keys[i]};
    for (size_t i = 0; i < counters->touched_count; i++)
        counters->count[counters->touched[i]] = 0;
    run->crowded += crowded;
    finding->overlaps->start[position] = n; /* summed up later */
    return true;
}

static bool find_run(const struct finding *finding, size_t number, struct counters *counters,
                     struct run *run)
{
    const size_t from = number * RUN_POSITIONS, count = finding->index->count;
    const size_t to = count - from < RUN_POSITIONS ? count : from + RUN_POSITIONS;
    bool fine = true;

    for (size_t position = from; fine && position < to; position++)
        fine = find_pairs(finding, position, counters, run);
    return fine;
}

static bool find_runs(const struct finding *finding, struct run *runs, size_t run_count,
                      uint32_t threads)
{
    bool fine = true;

#pragma omp parallel num_threads((int)threads) reduction(&& : fine)
    {
        struct counters counters = {0};
        fine = counters_create(finding->memory, finding->index->count, &counters);
#pragma omp for schedule(dynamic, 1)
        for (size_t run = 0; run < run_count; run++)
            fine = fine && find_run(finding, run, &counters, &runs[run]);
        counters_clear(finding->memory, &counters);
    }
    return fine;
}

/* Lay the runs one after the other. */
static enum syndic_status join_runs(struct syndic_overlaps *overlaps, const struct run *runs,
                                    size_t run_count)
{
    size_t sum = 0;

    for (size_t p = 0; p <= overlaps->count; p++) {
        const size_t here = p < overlaps->count ? overlaps->start[p] : 0;
        overlaps->start[p] = sum;
        sum += here;
    }
    overlaps->pair = syndic_allocate(overlaps->memory, sum, sizeof(*overlaps->pair));
    if (!overlaps->pair)
        return SYNDIC_NO_MEMORY;
    for (size_t r = 0; r < run_count; r++) {
        overlaps->crowded += runs[r].crowded;
        if (runs[r].count)
            memcpy(overlaps->pair + overlaps->start[r * RUN_POSITIONS], runs[r].pair,
                   runs[r].count * sizeof(*overlaps->pair));
    }
    return SYNDIC_OK;
}

enum syndic_status syndic_overlaps_find(struct syndic_memory *memory,
                                        const struct syndic_sample_index *index,
                                        uint32_t shared_min, double share_min, size_t pairs_max,
                                        uint32_t threads, struct syndic_overlaps *overlaps)
{
    const struct finding finding = {index,     overlaps,  shared_min ? shared_min : 1,
                                    share_min, pairs_max, memory};
    const size_t run_count = (index->count + RUN_POSITIONS - 1) / RUN_POSITIONS;
    struct run *const runs = syndic_allocate_zeroed(memory, run_count, sizeof(*runs));
    enum syndic_status status = SYNDIC_NO_MEMORY;

    *overlaps = (struct syndic_overlaps){.memory = memory, .count = index->count};
    overlaps->start = syndic_allocate_zeroed(memory, index->count + 1, sizeof(*overlaps->start));
    if (runs && overlaps->start &&
        find_runs(&finding, runs, run_count, syndic_thread_count(threads)))
        status = join_runs(overlaps, runs, run_count);
    for (size_t r = 0; runs && r < run_count; r++)
        syndic_release(memory, runs[r].pair);
    syndic_release(memory, runs);
    if (status)
        syndic_overlaps_clear(overlaps);
    return status;
}

void syndic_overlaps_clear(struct syndic_overlaps *overlaps)
{
    if (!overlaps->memory)
        return;
    syndic_release(overlaps->memory, overlaps->pair);
    syndic_release(overlaps->memory, overlaps->start);
    *overlaps = (struct syndic_overlaps){0};
}

/* Terms that weigh less than one are few: what they lack is taken off.  lack[p] counts for the
 * earlier positions that a pair is with; the others keep what they had. */
static void weigh_position(const struct syndic_overlaps *overlaps,
                           const struct syndic_sample_index *index, const uint32_t *term_weight,
                           size_t position, uint64_t *lack, uint64_t *weight)
{
    const size_t from = overlaps->start[position], to = overlaps->start[position + 1];

    if (from == to)
        return;
    for (size_t i = from; i < to; i++)
        lack[overlaps->pair[i].other] = 0;
    for (size_t i = index->term_start[position]; i < index->term_start[position + 1]; i++) {
        const uint32_t less = SYNDIC_TERM_WEIGHT_ONE - term_weight[index->term[i]];
        const uint32_t *at = index->posting + index->posting_start[index->term[i]];
        for (; less && *at < position; at++)
            lack[*at] += less;
    }
    for (size_t i = from; i < to; i++)
        weight[i] = (uint64_t)overlaps->pair[i].shared * SYNDIC_TERM_WEIGHT_ONE -
                    lack[overlaps->pair[i].other];
}

enum syndic_status syndic_overlaps_weigh(const struct syndic_overlaps *overlaps,
                                         const struct syndic_sample_index *index,
                                         const uint32_t *term_weight, uint32_t threads,
                                         uint64_t *weight)
{
    bool fine = true;

#pragma omp parallel num_threads((int)syndic_thread_count(threads)) reduction(&& : fine)
    {
        uint64_t *const lack =
            syndic_allocate_zeroed(overlaps->memory, overlaps->count, sizeof(*lack));
        fine = lack != NULL;
#pragma omp for schedule(dynamic, RUN_POSITIONS)
        for (size_t position = 0; position < overlaps->count; position++)
            if (fine)
                weigh_position(overlaps, index, term_weight, position, lack, weight);
        syndic_release(overlaps->memory, lack);
    }
    return fine ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}
