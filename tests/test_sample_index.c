/* SPDX-License-Identifier: Apache-2.0 */
/* test_sample_index.c - the inverted index against a naive one: terms, postings, what is hot. */
#include "join/sample_index.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

enum { DOCUMENTS_MAX = 400, LENGTH_MAX = 64 };

static struct syndic_memory memory;

struct set {
    uint64_t word[DOCUMENTS_MAX][LENGTH_MAX + 1]; /* a sample each */
    const uint64_t *sample[DOCUMENTS_MAX];
    size_t count;
};

/* Hash number i, the same one each time; below UINT64_MAX / 8. */
static uint64_t hash(uint64_t i)
{
    return syndic_splitmix64(&i) / 9;
}

static void add(struct set *set, size_t n, const unsigned *number)
{
    uint64_t *const word = set->word[set->count];

    word[0] = n;
    for (size_t i = 0; i < n; i++)
        word[i + 1] = hash(number[i]);
    set->sample[set->count++] = word;
}

static void build(const struct set *set, uint32_t documents_max, uint32_t threads,
                  struct syndic_sample_index *index)
{
    cr_assert_eq(syndic_sample_index_create(&memory, set->sample, set->count, 8, documents_max,
                                            threads, index),
                 SYNDIC_OK);
}

static void clear(struct syndic_sample_index *index)
{
    syndic_sample_index_clear(index);
    syndic_sample_index_clear(index); /* does nothing */
    cr_assert_eq(memory.used_bytes, 0);
}

/* Number 1 is in 0, 1 and 2, number 2 twice in 1 and once in 3, number 3 in 0 only, number 4 in all
 * but 2 and thus, with at most three documents a term, in a hot place; 4 is empty. */
static void fill_by_hand(struct set *set)
{
    add(set, 3, (const unsigned[]){1, 3, 4});
    add(set, 4, (const unsigned[]){2, 1, 2, 4});
    add(set, 1, (const unsigned[]){1});
    add(set, 3, (const unsigned[]){4, 2, 5});
    add(set, 0, NULL);
    add(set, 2, (const unsigned[]){4, 6});
}

Test(sample_index, has_what_was_worked_out_by_hand)
{
    static struct set set;
    struct syndic_sample_index index;

    syndic_memory_init(&memory, NULL, 0);
    fill_by_hand(&set);
    build(&set, 3, 1, &index);
    cr_assert_eq(index.count, 6);
    cr_assert_eq(index.term_count, 2);
    cr_assert_arr_eq(index.posting_start, ((const size_t[]){0, 3, 5}), 3 * sizeof(size_t));
    cr_assert_arr_eq(index.posting, ((const uint32_t[]){0, 1, 2, 1, 3}), 5 * sizeof(uint32_t));
    cr_assert_arr_eq(index.term_start, ((const size_t[]){0, 1, 3, 4, 5, 5, 5}), 7 * sizeof(size_t));
    cr_assert_arr_eq(index.term, ((const uint32_t[]){0, 0, 1, 0, 1}), 5 * sizeof(uint32_t));
    cr_assert_arr_eq(index.own, ((const uint32_t[]){1, 0, 0, 1, 0, 1}), 6 * sizeof(uint32_t));
    cr_assert_eq(index.hot, 4);
    cr_assert_eq(index.sampled, 12);
    clear(&index);
}

/* One document more a term, and number 4 is the third. */
Test(sample_index, a_term_has_as_many_documents_as_allowed)
{
    static struct set set;
    struct syndic_sample_index index;

    syndic_memory_init(&memory, NULL, 0);
    fill_by_hand(&set);
    build(&set, 4, 1, &index);
    cr_assert_eq(index.term_count, 3);
    cr_assert_eq(index.posting_start[3], 9);
    cr_assert_eq(index.hot, 0);
    cr_assert_eq(index.sampled, 12);
    clear(&index);
}

Test(sample_index, nothing_in_nothing_out)
{
    static struct set set;
    struct syndic_sample_index index;

    syndic_memory_init(&memory, NULL, 0);
    build(&set, 1000, 4, &index);
    cr_assert_eq(index.term_count, 0);
    cr_assert_eq(index.sampled, 0);
    cr_assert_eq(index.posting_start[0], 0);
    cr_assert_eq(index.term_start[0], 0);
    clear(&index);
    add(&set, 0, NULL);
    set.sample[set.count++] = NULL; /* no sample is an empty one */
    add(&set, 0, NULL);
    build(&set, UINT32_MAX, 1, &index);
    cr_assert_eq(index.term_count, 0);
    cr_assert_arr_eq(index.term_start, ((const size_t[]){0, 0, 0, 0}), 4 * sizeof(size_t));
    clear(&index);
}

/* Hashes at both ends of their range. */
Test(sample_index, extreme_hashes_are_told_apart)
{
    static const uint64_t a[] = {3, 0, UINT64_MAX / 8 - 1, 5},
                          b[] = {2, UINT64_MAX / 8 - 1, UINT64_MAX / 16}, c[] = {1, 0};
    const uint64_t *const sample[] = {a, b, c};
    struct syndic_sample_index index;

    syndic_memory_init(&memory, NULL, 0);
    cr_assert_eq(syndic_sample_index_create(&memory, sample, 3, 8, 10, 1, &index), SYNDIC_OK);
    /* 5 * 8 is 0 but for its last 6 bits, of which 2 are the position's: still another hash. */
    cr_assert_eq(index.term_count, 2);
    cr_assert_arr_eq(index.own, ((const uint32_t[]){1, 1, 0}), 3 * sizeof(uint32_t));
    cr_assert_arr_eq(index.posting_start, ((const size_t[]){0, 2, 4}), 3 * sizeof(size_t));
    clear(&index);
}

/* ---- against brute force ---- */

static bool has(const uint64_t *sample, uint64_t word)
{
    for (size_t i = 1; i <= sample[0]; i++)
        if (sample[i] == word)
            return true;
    return false;
}

static size_t documents_with(const struct set *set, uint64_t word)
{
    size_t n = 0;

    for (size_t p = 0; p < set->count; p++)
        n += has(set->sample[p], word);
    return n;
}

/* Is there a term with just the documents that have the word, and do they list it? */
static bool is_listed(const struct set *set, const struct syndic_sample_index *index, size_t first,
                      uint64_t word)
{
    for (size_t i = index->term_start[first]; i < index->term_start[first + 1]; i++) {
        const size_t t = index->term[i];
        size_t at = index->posting_start[t];
        bool same = true;
        for (size_t p = 0; same && p < set->count; p++)
            if (has(set->sample[p], word))
                same = at < index->posting_start[t + 1] && index->posting[at++] == p;
        if (same && at == index->posting_start[t + 1])
            return true;
    }
    return false;
}

static void expect_naive(const struct set *set, uint32_t documents_max,
                         const struct syndic_sample_index *index)
{
    size_t terms = 0, postings = 0, sampled = 0, hot = 0;

    for (size_t p = 0; p < set->count; p++) {
        const uint64_t *const sample = set->sample[p];
        size_t own = 0, listed = 0;
        for (size_t i = 1; i <= sample[0]; i++) {
            bool repeat = false, first = true;
            for (size_t j = 1; j < i; j++)
                repeat = repeat || sample[j] == sample[i];
            if (repeat)
                continue;
            const size_t df = documents_with(set, sample[i]);
            for (size_t q = 0; q < p; q++)
                first = first && !has(set->sample[q], sample[i]);
            sampled++;
            own += df == 1;
            hot += df > documents_max;
            listed += df > 1 && df <= documents_max;
            if (df < 2 || df > documents_max || !first)
                continue;
            terms++;
            postings += df;
            cr_assert(is_listed(set, index, p, sample[i]), "document %zu, hash %zu", p, i);
        }
        cr_assert_eq(index->own[p], own);
        cr_assert_eq(index->term_start[p + 1] - index->term_start[p], listed);
    }
    cr_assert_eq(index->term_count, terms);
    cr_assert_eq(index->posting_start[terms], postings);
    cr_assert_eq(index->term_start[set->count], postings);
    cr_assert_eq(index->sampled, sampled);
    cr_assert_eq(index->hot, hot);
}

/* Term lists and postings ascend, and terms are numbered by their first documents. */
static void expect_order(const struct syndic_sample_index *index)
{
    for (size_t t = 0; t < index->term_count; t++) {
        const uint32_t *const posting = index->posting;
        for (size_t i = index->posting_start[t] + 1; i < index->posting_start[t + 1]; i++)
            cr_assert_lt(posting[i - 1], posting[i]);
        if (t)
            cr_assert_leq(posting[index->posting_start[t - 1]], posting[index->posting_start[t]]);
    }
    for (size_t p = 0; p < index->count; p++)
        for (size_t i = index->term_start[p] + 1; i < index->term_start[p + 1]; i++)
            cr_assert_lt(index->term[i - 1], index->term[i]);
}

static void expect_equal(const struct syndic_sample_index *a, const struct syndic_sample_index *b)
{
    const size_t n = a->count;

    cr_assert_eq(a->term_count, b->term_count);
    cr_assert_arr_eq(a->posting_start, b->posting_start, (a->term_count + 1) * sizeof(size_t));
    cr_assert_arr_eq(a->posting, b->posting, a->posting_start[a->term_count] * sizeof(uint32_t));
    cr_assert_arr_eq(a->term_start, b->term_start, (n + 1) * sizeof(size_t));
    cr_assert_arr_eq(a->term, b->term, a->term_start[n] * sizeof(uint32_t));
    cr_assert_arr_eq(a->own, b->own, n * sizeof(uint32_t));
    cr_assert_eq(a->hot, b->hot);
    cr_assert_eq(a->sampled, b->sampled);
}

/* Samples of up to 64 of so many kinds, the small numbers often, with repeats. */
static void add_random(struct set *set, size_t count, unsigned kinds, uint64_t *state)
{
    for (size_t d = 0; d < count; d++) {
        unsigned number[LENGTH_MAX];
        const size_t n = syndic_splitmix64(state) % (LENGTH_MAX + 1);
        for (size_t i = 0; i < n; i++) {
            const unsigned any = (unsigned)(syndic_splitmix64(state) % kinds);
            number[i] = syndic_splitmix64(state) % 3 ? any : any % 7;
        }
        add(set, n, number);
    }
}

Test(sample_index, equals_the_naive_index)
{
    static struct set set;
    uint64_t state = 31;
    uint64_t hot = 0;

    cr_log_info("seed 31");
    syndic_memory_init(&memory, NULL, 0);
    for (int round = 0; round < 60; round++) {
        struct syndic_sample_index index, other;
        const uint32_t documents_max = 2 + (uint32_t)(syndic_splitmix64(&state) % 12);
        set.count = 0;
        add_random(&set, 1 + syndic_splitmix64(&state) % 40, 20u << round % 8, &state);
        build(&set, documents_max, 1, &index);
        expect_naive(&set, documents_max, &index);
        expect_order(&index);
        build(&set, documents_max, 4, &other);
        expect_equal(&index, &other);
        hot += index.hot;
        syndic_sample_index_clear(&other);
        clear(&index);
    }
    cr_assert_gt(hot, 1000);
}

/* 400 documents of 64 hashes are several partitions. */
Test(sample_index, equals_the_naive_index_over_partitions)
{
    static struct set set;
    static unsigned number[LENGTH_MAX];
    uint64_t state = 5;
    struct syndic_sample_index index, other;

    syndic_memory_init(&memory, NULL, 0);
    for (size_t d = 0; d < DOCUMENTS_MAX; d++) {
        for (size_t i = 0; i < LENGTH_MAX; i++)
            number[i] = (unsigned)(syndic_splitmix64(&state) % 3000);
        add(&set, LENGTH_MAX, number);
    }
    build(&set, 12, 1, &index);
    expect_naive(&set, 12, &index);
    expect_order(&index);
    cr_assert_gt(index.hot, 0);
    build(&set, 12, 4, &other);
    expect_equal(&index, &other);
    syndic_sample_index_clear(&other);
    clear(&index);
}
