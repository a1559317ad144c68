/* SPDX-License-Identifier: Apache-2.0 */
/* set_corpus.h - for the tests of grouping: corpora that are sets of words with one-word shingles,
 * so that Jaccard similarities can be counted by hand or by brute force over word numbers.  The
 * brute force shares nothing with the stages: it knows words, not hashes. */
#ifndef SYNDIC_TESTS_SET_CORPUS_H
#define SYNDIC_TESTS_SET_CORPUS_H

#include "group/group.h"
#include "group/preference.h"
#include "kernel.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 40, WORD_KINDS = 4096, TEXT_BYTES = WORDS_MAX * 8 };

static struct syndic_memory memory;

struct corpus {
    struct syndic_options options;
    struct syndic_plan *plan;
    struct syndic_sketches sketches;
    size_t count;
    uint16_t (*word)[WORDS_MAX]; /* by document, distinct */
    size_t *word_count;
    char (*text)[TEXT_BYTES];
    uint32_t *order;
    uint8_t *wanted; /* what prepare was told, or NULL */
    size_t prepared, fetches;
    size_t fail_at; /* the fetch that fails; 0: none */
};

static inline void corpus_init(struct corpus *c, size_t room)
{
    *c = (struct corpus){.count = 0};
    syndic_memory_init(&memory, NULL, 0);
    syndic_options_init(&c->options);
    c->options.shingle_width = 1;
    c->options.verify = SYNDIC_VERIFY_EXACT;
    c->word = calloc(room, sizeof(*c->word));
    c->word_count = calloc(room, sizeof(*c->word_count));
    c->text = calloc(room, sizeof(*c->text));
    c->order = calloc(room, sizeof(*c->order));
    c->wanted = calloc(room, 1);
}

/* Words from, from + 1, ... to - 1. */
static inline size_t add_range(struct corpus *c, uint16_t from, uint16_t to)
{
    for (uint16_t w = from; w < to; w++)
        c->word[c->count][c->word_count[c->count]++] = w;
    return c->count++;
}

static inline void write_text(struct corpus *c, size_t row)
{
    size_t n = 0;

    c->text[row][0] = 0;
    for (size_t i = 0; i < c->word_count[row]; i++)
        n += (size_t)snprintf(c->text[row] + n, TEXT_BYTES - n, "w%x ", (unsigned)c->word[row][i]);
}

/* Sketch all documents; the preference is by `keep`. */
static inline void corpus_sketch(struct corpus *c, const double *rank)
{
    struct syndic_sketcher *sketcher;
    struct syndic_error error;

    cr_assert_eq(syndic_plan_create(&memory, &c->options, &c->plan, &error), SYNDIC_OK, "%s",
                 error.message);
    syndic_sketches_init(&c->sketches, &memory, c->plan);
    cr_assert_eq(syndic_sketches_reserve(&c->sketches, c->count), SYNDIC_OK);
    cr_assert_eq(syndic_sketcher_create(&memory, c->plan, &sketcher), SYNDIC_OK);
    for (size_t row = 0; row < c->count; row++) {
        write_text(c, row);
        const size_t n = strlen(c->text[row]);
        cr_assert_eq(syndic_sketch_document(sketcher, (const uint8_t *)c->text[row], n), 0);
        syndic_sketches_put(&c->sketches, c->plan, row, &sketcher->signature, n);
    }
    c->sketches.count = c->count;
    syndic_sketcher_destroy(sketcher);
    cr_assert_eq(syndic_preference(&c->sketches, c->options.keep, rank, c->order), SYNDIC_OK);
}

/* Let every pair share a band and pass the signatures, so that only exact similarities decide. */
static inline void make_all_candidates(struct corpus *c)
{
    memset(c->sketches.key, 0, c->count * c->sketches.bands * sizeof(*c->sketches.key));
    memset(c->sketches.slot, 0, c->count * c->sketches.slot_stride);
}

static inline void corpus_clear(struct corpus *c)
{
    syndic_sketches_clear(&c->sketches);
    syndic_plan_destroy(c->plan);
    cr_expect_eq(memory.used_bytes, 0);
    free(c->word);
    free(c->word_count);
    free(c->text);
    free(c->order);
    free(c->wanted);
}

static inline enum syndic_status fetch(void *context, uint32_t thread, uint32_t row,
                                       const uint8_t **text, size_t *text_bytes,
                                       struct syndic_error *error)
{
    struct corpus *const c = context;
    size_t fetches;

    cr_assert_lt(thread, 8);
    cr_assert(c->wanted[row], "row %u was not announced", row);
#pragma omp atomic capture
    fetches = ++c->fetches;
    if (fetches == c->fail_at) {
        *error = (struct syndic_error){.status = SYNDIC_IO, .message = "gone"};
        return SYNDIC_IO;
    }
    *text = (const uint8_t *)c->text[row];
    *text_bytes = strlen(c->text[row]);
    return SYNDIC_OK;
}

static inline enum syndic_status prepare(void *context, const uint8_t *wanted, size_t rows,
                                         struct syndic_error *error)
{
    struct corpus *const c = context;

    (void)error;
    cr_assert_eq(rows, c->count);
    c->prepared++;
    memcpy(c->wanted, wanted, rows);
    return SYNDIC_OK;
}

static inline enum syndic_status group_status(struct corpus *c, struct syndic_grouping *grouping,
                                              struct syndic_group_counts *counts,
                                              struct syndic_error *error)
{
    const struct syndic_texts texts = {.fetch = fetch, .prepare = prepare, .context = c};

    c->prepared = c->fetches = 0;
    memset(c->wanted, 0, c->count);
    return syndic_group_documents(&c->sketches, c->plan, &c->options, c->order, &texts, grouping,
                                  counts, error);
}

static inline void group(struct corpus *c, struct syndic_grouping *grouping,
                         struct syndic_group_counts *counts)
{
    struct syndic_error error = {.status = SYNDIC_OK};

    cr_assert_eq(group_status(c, grouping, counts, &error), SYNDIC_OK, "%s", error.message);
    cr_assert_leq(c->prepared, 1);
}

/* ---- brute force ---- */

static inline double jaccard(const struct corpus *c, size_t a, size_t b)
{
    size_t both = 0;

    for (size_t i = 0; i < c->word_count[a]; i++)
        for (size_t j = 0; j < c->word_count[b]; j++)
            both += c->word[a][i] == c->word[b][j];
    const size_t either = c->word_count[a] + c->word_count[b] - both;
    return either ? (double)both / (double)either : 0;
}

static inline bool same_text(const struct corpus *c, size_t a, size_t b)
{
    return c->word_count[a] && c->word_count[a] == c->word_count[b] &&
           !memcmp(c->word[a], c->word[b], c->word_count[a] * sizeof(**c->word));
}

/* Every row that is not kept is within the threshold of its kept row, and says so rightly. */
static inline void expect_guarantee(const struct corpus *c, const struct syndic_grouping *g)
{
    for (size_t row = 0; row < c->count; row++) {
        const uint32_t kept = g->kept[row];
        cr_assert_eq(g->kept[kept], kept);
        if (kept == row) {
            cr_assert_eq(g->how[row], SYNDIC_HOW_KEPT);
            continue;
        }
        const double similarity = jaccard(c, row, kept);
        cr_assert_geq(similarity, c->options.threshold, "row %zu, kept %u", row, kept);
        cr_assert_eq(g->how[row], same_text(c, row, kept) ? SYNDIC_HOW_EXACT : SYNDIC_HOW_NEAR);
        cr_assert_eq(g->known[row], SYNDIC_KNOWN_EXACTLY);
        cr_assert_float_eq(g->similarity[row], similarity, 1e-6);
    }
}

static inline void expect_same(const struct syndic_grouping *a, const struct syndic_grouping *b)
{
    cr_assert_eq(a->count, b->count);
    cr_assert_arr_eq(a->kept, b->kept, a->count * sizeof(*a->kept));
    cr_assert_arr_eq(a->similarity, b->similarity, a->count * sizeof(*a->similarity));
    cr_assert_arr_eq(a->how, b->how, a->count);
    cr_assert_arr_eq(a->known, b->known, a->count);
}

/* Clusters of edited sets: a random range of words, some of them replaced. */
static inline void add_random(struct corpus *c, size_t count, unsigned clusters, uint64_t *state)
{
    for (size_t i = 0; i < count; i++) {
        const size_t row = c->count++;
        const unsigned cluster = (unsigned)(syndic_splitmix64(state) % clusters);
        const unsigned words = 20 + cluster % 17;
        const unsigned edits = (unsigned)(syndic_splitmix64(state) % 6);
        for (unsigned w = 0; w < words; w++)
            c->word[row][w] = (uint16_t)(cluster * WORDS_MAX + w);
        for (unsigned e = 0; e < edits; e++) /* above the clusters' words, one stretch a place */
            c->word[row][syndic_splitmix64(state) % words] =
                (uint16_t)(40000 + e * 64 + syndic_splitmix64(state) % 64);
        c->word_count[row] = words - (unsigned)(syndic_splitmix64(state) % 3);
    }
}

#endif
