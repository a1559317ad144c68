/* SPDX-License-Identifier: Apache-2.0 */
/* word_texts.h - for the tests of syndication: texts that are runs of numbered words, so that what
 * they share can be counted by hand: words from a to b have b - a - 4 shingles. */
#ifndef SYNDIC_TESTS_WORD_TEXTS_H
#define SYNDIC_TESTS_WORD_TEXTS_H

#include "syndic.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS_MAX = 1200, BYTES_MAX = 16384 };

static char text[TEXTS_MAX][BYTES_MAX];
static size_t text_count;

static inline void put(const char *format, unsigned from, unsigned to)
{
    char *const here = text[text_count - 1];
    size_t n = strlen(here);

    for (unsigned w = from; w < to; w++) {
        n += (size_t)snprintf(here + n, BYTES_MAX - n, format, w);
        cr_assert_lt(n, BYTES_MAX);
    }
}

/* Words from, ... to - 1 at the end of the last text. */
static inline void more(unsigned from, unsigned to)
{
    put("word%u ", from, to);
}

static inline void begin(unsigned from, unsigned to)
{
    text[text_count++][0] = 0;
    more(from, to);
}

/* The same words in another shape. */
static inline void begin_loud(unsigned from, unsigned to)
{
    text[text_count++][0] = 0;
    put("WORD%u, ", from, to);
}

static inline struct syndic_options syndication(void)
{
    struct syndic_options options;

    syndic_options_init(&options);
    options.by = SYNDIC_BY_SYNDICATION;
    return options;
}

static inline struct syndic_options removal(void)
{
    struct syndic_options options = syndication();

    options.only_contained = true;
    return options;
}

/* Two documents with so many phrases of so many words in common, and 20 others after each. */
static inline void share_phrases(unsigned words, unsigned times)
{
    for (unsigned document = 0; document < 2; document++) {
        begin(0, 0);
        for (unsigned i = 0; i < times; i++) {
            more(100 * i, 100 * i + words);
            more(1000 + 1000 * document + 100 * i, 1000 + 1000 * document + 100 * i + 20);
        }
    }
}

static inline enum syndic_status push_all(const struct syndic_options *options,
                                          struct syndic **corpus)
{
    struct syndic_error error;
    enum syndic_status status = syndic_create(options, corpus, &error);

    for (size_t i = 0; !status && i < text_count; i++)
        status = syndic_push(*corpus,
                             &(struct syndic_document){
                                 .text = text[i], .text_bytes = strlen(text[i]), .rank = (double)i},
                             &error);
    return status;
}

static inline struct syndic *grouped(const struct syndic_options *options)
{
    struct syndic *corpus = NULL;
    struct syndic_error error;

    cr_assert_eq(push_all(options, &corpus), SYNDIC_OK);
    cr_assert_eq(syndic_finish(corpus, &error), SYNDIC_OK, "%s", error.message);
    text_count = 0;
    return corpus;
}

/* Members are wanted in order; shares are of shingles. */
struct wanted {
    uint64_t ordinal;
    enum syndic_how how;
    double similarity, contained, contains;
};

static inline void expect_group(struct syndic *corpus, uint64_t number, uint64_t kept, size_t count,
                                const struct wanted *wanted)
{
    struct syndic_group group;

    cr_assert_eq(syndic_group_at(corpus, number, &group), SYNDIC_OK);
    cr_assert_eq(group.number, number);
    cr_assert_eq(group.kept, kept, "kept %zu", (size_t)group.kept);
    cr_assert_eq(group.member_count, count, "%zu members", group.member_count);
    for (size_t i = 0; i < count; i++) {
        const struct syndic_member *const member = &group.members[i];
        cr_assert_eq(member->ordinal, wanted[i].ordinal);
        cr_assert_eq(member->how, wanted[i].how, "member %zu: %d", i, (int)member->how);
        cr_assert_float_eq(member->similarity, wanted[i].similarity, 1e-6, "member %zu: %f", i,
                           member->similarity);
        cr_assert_float_eq(member->contained, wanted[i].contained, 1e-6, "member %zu: %f", i,
                           member->contained);
        cr_assert_float_eq(member->contains, wanted[i].contains, 1e-6, "member %zu: %f", i,
                           member->contains);
        cr_assert_eq(member->known, SYNDIC_KNOWN_EXACTLY);
        cr_assert_eq(syndic_kept(corpus, member->ordinal), kept);
    }
}

#define KEPT(ordinal)                                                                              \
    {                                                                                              \
        ordinal, SYNDIC_HOW_KEPT, 1, 1, 1                                                          \
    }

#endif
