/* SPDX-License-Identifier: Apache-2.0 */
/* test_overlaps.c - pairs of documents with enough in common, against counts over all pairs. */
#include "join/overlaps.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENTS_MAX = 700, LENGTH_MAX = 48 };

static struct syndic_memory memory;

struct set {
    unsigned number[DOCUMENTS_MAX][LENGTH_MAX]; /* different ones */
    uint64_t word[DOCUMENTS_MAX][LENGTH_MAX + 1];
    const uint64_t *sample[DOCUMENTS_MAX];
    size_t length[DOCUMENTS_MAX], count;
};

static struct set set;

static void add(const unsigned *number, size_t n)
{
    const size_t d = set.count++;

    set.length[d] = set.word[d][0] = n;
    for (size_t i = 0; i < n; i++) {
        uint64_t seed = number[i];
        set.number[d][i] = number[i];
        set.word[d][i + 1] = syndic_splitmix64(&seed) / 9;
    }
    set.sample[d] = set.word[d];
}

/* Numbers from, from + 1, ... to - 1. */
static void add_range(unsigned from, unsigned to)
{
    unsigned number[LENGTH_MAX] = {0};

    for (unsigned i = from; i < to; i++)
        number[i - from] = i;
    add(number, to - from);
}

static void index_set(uint32_t documents_max, struct syndic_sample_index *index)
{
    cr_assert_eq(
        syndic_sample_index_create(&memory, set.sample, set.count, 8, documents_max, 1, index),
        SYNDIC_OK);
}

static void find(const struct syndic_sample_index *index, uint32_t shared_min, double share_min,
                 size_t pairs_max, uint32_t threads, struct syndic_overlaps *overlaps)
{
    cr_assert_eq(
        syndic_overlaps_find(&memory, index, shared_min, share_min, pairs_max, threads, overlaps),
        SYNDIC_OK);
}

static void clear(struct syndic_sample_index *index, struct syndic_overlaps *overlaps)
{
    syndic_overlaps_clear(overlaps);
    syndic_overlaps_clear(overlaps); /* does nothing */
    syndic_sample_index_clear(index);
    cr_assert_eq(memory.used_bytes, 0);
}

static void expect_pairs(const struct syndic_overlaps *overlaps, size_t position, size_t count,
                         const uint32_t (*pair)[2])
{
    const size_t from = overlaps->start[position];

    cr_assert_eq(overlaps->start[position + 1] - from, count, "position %zu has %zu pairs",
                 position, overlaps->start[position + 1] - from);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(overlaps->pair[from + i].other, pair[i][0]);
        cr_assert_eq(overlaps->pair[from + i].shared, pair[i][1]);
    }
}

/* Of 0 = [0, 20) 1 has 10 and 3 one in 12; 2 has one of 1, and a sample of ten. */
static void fill_by_hand(void)
{
    set.count = 0;
    add_range(0, 20);
    add_range(10, 40);
    add_range(39, 49);
    add((const unsigned[]){0, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110}, 12);
}

Test(overlaps, has_what_was_worked_out_by_hand)
{
    struct syndic_sample_index index;
    struct syndic_overlaps overlaps;

    syndic_memory_init(&memory, NULL, 0);
    fill_by_hand();
    index_set(10, &index);
    find(&index, 2, 0.025, 100, 1, &overlaps);
    expect_pairs(&overlaps, 0, 0, NULL);
    expect_pairs(&overlaps, 1, 1, (const uint32_t[][2]){{0, 10}});
    expect_pairs(&overlaps, 2, 1, (const uint32_t[][2]){{1, 1}});
    expect_pairs(&overlaps, 3, 0, NULL); /* 1 of 12 is a sample larger than ten, and less than 2 */
    cr_assert_eq(overlaps.crowded, 0);
    syndic_overlaps_clear(&overlaps);
    find(&index, 1, 0.025, 100, 1, &overlaps);
    expect_pairs(&overlaps, 3, 1, (const uint32_t[][2]){{0, 1}});
    syndic_overlaps_clear(&overlaps);
    find(&index, 1, 0.5, 100, 1, &overlaps); /* 10 of 20 is a half, 1 of 10 is not */
    expect_pairs(&overlaps, 1, 1, (const uint32_t[][2]){{0, 10}});
    expect_pairs(&overlaps, 2, 0, NULL);
    expect_pairs(&overlaps, 3, 0, NULL);
    syndic_overlaps_clear(&overlaps);
    find(&index, 0, 0.51, 100, 1, &overlaps); /* no minimum is one of 1 */
    cr_assert_eq(overlaps.start[4], 0);
    clear(&index, &overlaps);
}

/* The last of five has 3, 5, 1 and 5 of its 40 in common with those before. */
Test(overlaps, a_crowded_position_keeps_those_that_share_most)
{
    struct syndic_sample_index index;
    struct syndic_overlaps overlaps;

    syndic_memory_init(&memory, NULL, 0);
    set.count = 0;
    add_range(0, 3);
    add_range(3, 8);
    add_range(8, 9);
    add_range(9, 14);
    add_range(0, 40);
    index_set(10, &index);
    find(&index, 1, 0, 4, 1, &overlaps);
    expect_pairs(&overlaps, 4, 4, (const uint32_t[][2]){{0, 3}, {1, 5}, {2, 1}, {3, 5}});
    cr_assert_eq(overlaps.crowded, 0);
    syndic_overlaps_clear(&overlaps);
    find(&index, 1, 0, 3, 1, &overlaps);
    expect_pairs(&overlaps, 4, 3, (const uint32_t[][2]){{0, 3}, {1, 5}, {3, 5}});
    cr_assert_eq(overlaps.crowded, 1);
    syndic_overlaps_clear(&overlaps);
    find(&index, 1, 0, 1, 1, &overlaps); /* of equals the first */
    expect_pairs(&overlaps, 4, 1, (const uint32_t[][2]){{1, 5}});
    cr_assert_eq(overlaps.crowded, 1);
    clear(&index, &overlaps);
}

Test(overlaps, nothing_in_nothing_out)
{
    struct syndic_sample_index index;
    struct syndic_overlaps overlaps;

    syndic_memory_init(&memory, NULL, 0);
    set.count = 0;
    index_set(10, &index);
    find(&index, 2, 0.1, 10, 4, &overlaps);
    cr_assert_eq(overlaps.start[0], 0);
    clear(&index, &overlaps);
    add_range(0, 0);
    add_range(0, 30);
    index_set(10, &index);
    find(&index, 2, 0.1, 10, 4, &overlaps);
    cr_assert_eq(overlaps.start[2], 0);
    clear(&index, &overlaps);
}

/* ---- against all pairs ---- */

static size_t documents_with(unsigned number)
{
    size_t n = 0;

    for (size_t d = 0; d < set.count; d++)
        for (size_t i = 0; i < set.length[d]; i++)
            n += set.number[d][i] == number;
    return n;
}

/* By document, its numbers that count: those that more than documents_max have do not. */
static size_t counted[DOCUMENTS_MAX];
static bool counts[DOCUMENTS_MAX][LENGTH_MAX];

static void count_numbers(uint32_t documents_max)
{
    for (size_t d = 0; d < set.count; d++) {
        counted[d] = 0;
        for (size_t i = 0; i < set.length[d]; i++) {
            counts[d][i] = documents_with(set.number[d][i]) <= documents_max;
            counted[d] += counts[d][i];
        }
    }
}

/* What weighing gives where number n weighs 1 / (1 + n % 4), or counting where weigh is not set. */
static uint64_t in_common(size_t a, size_t b, bool weigh)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < set.length[a]; i++)
        for (size_t j = 0; j < set.length[b]; j++)
            if (set.number[a][i] == set.number[b][j] && counts[a][i])
                sum += weigh ? SYNDIC_TERM_WEIGHT_ONE / (1 + set.number[a][i] % 4) : 1;
    return sum;
}

static void expect_naive(const struct syndic_overlaps *overlaps, uint32_t shared_min,
                         double share_min, const uint64_t *weight)
{
    size_t at = 0;

    for (size_t p = 0; p < set.count; p++) {
        cr_assert_eq(overlaps->start[p], at);
        for (size_t q = 0; q < p; q++) {
            const uint64_t shared = in_common(p, q, false);
            const size_t least = counted[p] < counted[q] ? counted[p] : counted[q];
            const bool enough = shared >= shared_min ? (double)shared >= share_min * (double)least
                                                     : shared && least <= 10;
            if (!enough)
                continue;
            cr_assert_lt(at, overlaps->start[p + 1], "%zu and %zu are missing", p, q);
            cr_assert_eq(overlaps->pair[at].other, q);
            cr_assert_eq(overlaps->pair[at].shared, shared);
            cr_assert_eq(weight[at], in_common(p, q, true));
            at++;
        }
    }
    cr_assert_eq(overlaps->start[set.count], at);
}

/* Number n weighs 1 / (1 + n % 4).  Which term it is: terms are numbered by their first documents,
 * and those of one first document by their hashes. */
static void weigh_terms(const struct syndic_sample_index *index, uint32_t documents_max,
                        uint32_t *term_weight)
{
    size_t term = 0;

    for (size_t d = 0; d < set.count; d++) {
        uint64_t order[LENGTH_MAX];
        size_t n = 0;
        for (size_t i = 0; i < set.length[d]; i++) {
            bool first = true;
            const size_t df = documents_with(set.number[d][i]);
            for (size_t q = 0; q < d; q++)
                for (size_t j = 0; j < set.length[q]; j++)
                    first = first && set.number[q][j] != set.number[d][i];
            if (first && df > 1 && df <= documents_max)
                order[n++] = set.word[d][i + 1];
        }
        for (size_t i = 1; i < n; i++)
            for (size_t j = i; j > 0 && order[j] < order[j - 1]; j--) {
                const uint64_t swap = order[j];
                order[j] = order[j - 1];
                order[j - 1] = swap;
            }
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < set.length[d]; j++)
                if (set.word[d][j + 1] == order[i])
                    term_weight[term++] = SYNDIC_TERM_WEIGHT_ONE / (1 + set.number[d][j] % 4);
    }
    cr_assert_eq(term, index->term_count);
}

static void add_random(size_t count, unsigned kinds, uint64_t *state)
{
    for (size_t d = 0; d < count; d++) {
        const unsigned step = 1 + (unsigned)(syndic_splitmix64(state) % 3);
        const unsigned from = (unsigned)(syndic_splitmix64(state) % kinds);
        const size_t n = syndic_splitmix64(state) % (LENGTH_MAX - 8);
        unsigned number[LENGTH_MAX];
        size_t length = 0;
        for (; length < n; length++)
            number[length] = 10 + from + (unsigned)length * step;
        for (unsigned i = 0; i < 8; i++) /* set phrases */
            if (syndic_splitmix64(state) % 4 == 0)
                number[length++] = i;
        add(number, length);
    }
}

static void compare_with_naive(uint64_t *state, size_t *pairs, size_t *small)
{
    struct syndic_sample_index index;
    struct syndic_overlaps overlaps, other;
    const uint32_t documents_max = 2 + (uint32_t)(syndic_splitmix64(state) % 9);
    const uint32_t shared_min = 1 + (uint32_t)(syndic_splitmix64(state) % 4);
    const double share_min = (double)(syndic_splitmix64(state) % 20) / 100;

    set.count = 0;
    add_random(2 + syndic_splitmix64(state) % 60, 300, state);
    count_numbers(documents_max);
    index_set(documents_max, &index);
    find(&index, shared_min, share_min, 100, 1, &overlaps);
    uint32_t *const term_weight = calloc(index.term_count + 1, sizeof(*term_weight));
    uint64_t *const weight = calloc(overlaps.start[set.count] + 1, 2 * sizeof(*weight));
    uint64_t *const again = weight + overlaps.start[set.count] + 1;
    weigh_terms(&index, documents_max, term_weight);
    cr_assert_eq(syndic_overlaps_weigh(&overlaps, &index, term_weight, 1, weight), SYNDIC_OK);
    cr_assert_eq(syndic_overlaps_weigh(&overlaps, &index, term_weight, 4, again), SYNDIC_OK);
    cr_assert_arr_eq(weight, again, overlaps.start[set.count] * sizeof(*weight));
    expect_naive(&overlaps, shared_min, share_min, weight);
    find(&index, shared_min, share_min, 100, 4, &other);
    cr_assert_arr_eq(overlaps.start, other.start, (set.count + 1) * sizeof(size_t));
    cr_assert_arr_eq(overlaps.pair, other.pair, overlaps.start[set.count] * sizeof(*overlaps.pair));
    *pairs += overlaps.start[set.count];
    for (size_t i = 0; i < overlaps.start[set.count]; i++)
        *small += overlaps.pair[i].shared < shared_min;
    free(weight);
    free(term_weight);
    syndic_overlaps_clear(&other);
    clear(&index, &overlaps);
}

Test(overlaps, equal_those_of_all_pairs)
{
    uint64_t state = 12;
    size_t pairs = 0, small = 0;

    cr_log_info("seed 12");
    syndic_memory_init(&memory, NULL, 0);
    for (int round = 0; round < 60; round++)
        compare_with_naive(&state, &pairs, &small);
    cr_assert_gt(pairs, 2000, "%zu", pairs);
    cr_assert_gt(small, 20, "%zu", small);
}

/* 700 documents are three runs of positions; any number of threads gives the same, crowded or not.
 */
Test(overlaps, do_not_depend_on_threads)
{
    struct syndic_sample_index index;
    struct syndic_overlaps once, other;
    uint64_t state = 99;

    syndic_memory_init(&memory, NULL, 0);
    set.count = 0;
    add_random(DOCUMENTS_MAX, 900, &state);
    index_set(50, &index);
    for (size_t pairs_max = 3; pairs_max < 10000; pairs_max *= 1000) {
        find(&index, 2, 0.02, pairs_max, 1, &once);
        cr_assert_gt(once.start[set.count], 1000);
        cr_assert_eq(once.crowded > 0, pairs_max == 3);
        for (size_t p = 0; p < set.count; p++)
            cr_assert_leq(once.start[p + 1] - once.start[p], pairs_max);
        for (uint32_t threads = 2; threads < 9; threads += 3) {
            find(&index, 2, 0.02, pairs_max, threads, &other);
            cr_assert_eq(once.crowded, other.crowded);
            cr_assert_arr_eq(once.start, other.start, (set.count + 1) * sizeof(size_t));
            cr_assert_arr_eq(once.pair, other.pair, once.start[set.count] * sizeof(*once.pair));
            syndic_overlaps_clear(&other);
        }
        syndic_overlaps_clear(&once);
    }
    syndic_sample_index_clear(&index);
    cr_assert_eq(memory.used_bytes, 0);
}
