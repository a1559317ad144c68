/* SPDX-License-Identifier: Apache-2.0 */
/* The text stage: what known documents become, their shingles, and what it costs in memory. */
#include "kernel.h"
#include "text/hash.h"
#include "text/room.h"
#include "text/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct syndic_memory memory;

static struct syndic_text *new_text(enum syndic_shingle_unit unit, uint32_t width, bool places)
{
    struct syndic_text *text = NULL;

    syndic_memory_init(&memory, NULL, 0);
    cr_assert_eq(syndic_text_create(&memory, (struct syndic_shingling){unit, width}, places, &text),
                 SYNDIC_OK);
    return text;
}

/* Read a document of n bytes at the end of a block, so that a read past it can be seen. */
static void read_bytes(struct syndic_text *text, const void *bytes, size_t n)
{
    uint8_t *const copy = malloc(n + !n);

    memcpy(copy, bytes, n);
    cr_assert_eq(syndic_text_read(text, copy, n), SYNDIC_OK);
    free(copy);
}

/* The document, and the document pushed by 0 to 130 spaces over the edges of blocks, by either road
 * and every table, has this normalised text. */
static void expect_n(const char *document, size_t n, const char *normal, uint64_t replaced)
{
    struct syndic_text *const text = new_text(SYNDIC_SHINGLE_WORD, 5, true);
    const size_t normal_bytes = strlen(normal);
    char *const pushed = malloc(n + 130);

    for (size_t k = 0; syndic_kernels_at(k); k++) {
        if (syndic_kernels_use(syndic_kernels_at(k)->name))
            continue;
        for (size_t i = 0; i < (size_t)2 * 130; i++) {
            const size_t spaces = i / 2;
            memset(pushed, ' ', spaces);
            memcpy(pushed + spaces, document, n);
            syndic_text_read_general_only(text, i % 2);
            read_bytes(text, pushed, spaces + n);
            cr_assert_eq(text->normal_bytes, normal_bytes, "%s: \"%.*s\"", normal,
                         (int)text->normal_bytes, (const char *)text->normal);
            cr_assert(!memcmp(text->normal, normal, normal_bytes), "%s: \"%.*s\"", normal,
                      (int)text->normal_bytes, (const char *)text->normal);
            cr_assert_eq(text->replaced_count, replaced, "%s", normal);
        }
    }
    free(pushed);
    syndic_text_destroy(text);
    cr_assert_eq(memory.used_bytes, 0);
}

static void expect(const char *document, const char *normal)
{
    expect_n(document, strlen(document), normal, 0);
}

/* ---- tokens ---- */

Test(text, words)
{
    expect("Hello, World's 2nd!", "hello world s 2nd");
    expect("x", "x");
    expect("one_two-three/four\\five", "one two three four five");
    expect("THE LAZY DOG [@`{]^ 0123456789", "the lazy dog 0123456789");
    expect("tab\tnewline\r\nend.", "tab newline end");
}

Test(text, nothing)
{
    expect("", "");
    expect("...!?  \n", "");
    expect("\u2014\u201c\u201d\u20ac\u3002", "");
    expect_n("\0\0\0", 3, "", 0);
    expect_n("a\0b\0", 4, "a b", 0);
}

Test(text, simple_case_folding)
{
    expect("Straße STRASSE", "straße strasse");
    expect("ẞ", "ß");
    expect("İstanbul ISPARTA ılık", "İstanbul isparta ılık");
    expect("ſo leſs", "so less");
    expect("ΣΊΣΥΦΟΣ ς", "σίσυφοσ σ");
    expect("Ⱥ ȺȺȺ", "ⱥ ⱥⱥⱥ"); /* two bytes become three */
    expect("ÉCOLE Жуковский ＡＢＣ", "école жуковский ａｂｃ");
    expect("\U00010400", "\U00010428"); /* Deseret */
}

Test(text, scripts_without_spaces)
{
    expect("你好", "你 好");
    expect("ab你cd", "ab 你 cd");
    expect("2024年6月", "2024 年 6 月");
    expect("ラーメン", "ラ ー メ ン"); /* the long-vowel mark is of no script: a run of its own */
    expect("ไทย", "ไ ท ย");
    expect("你、好。", "你 好");
    expect("한국어 조선", "한국어 조선");
}

Test(text, normalisation)
{
    expect("e\u0301", "\u00e9");
    expect("cafe\u0301 CAFE\u0301 caf\u00e9", "caf\u00e9 caf\u00e9 caf\u00e9");
    expect("\u304b\u3099", "\u304c");                  /* KA and a voicing mark: GA */
    expect("\u1112\u1161\u11ab", "\ud55c");            /* Hangul letters: one syllable */
    expect("a\u0301\u0323", "\u1ea1\u0301");           /* marks in canonical order */
    expect("\u212b \u2126 \u212a", "\u00e5 \u03c9 k"); /* Angstrom, Ohm, Kelvin */
    expect("a=\u0338b", "a b");                        /* not equal: no letter */
    expect("W\u030a \u1e98", "\u1e98 \u1e98");         /* composed only after folding */
    expect("\u03aa\u0301", "\u0390");
    expect("\u0301", "\u0301");
    expect("\u0915\u093c \u0958", "\u0915\u093c \u0915\u093c"); /* excluded from composition */
    expect("\u064e\u0651\u064e", "\u064e\u064e\u0651");
}

Test(text, ignorables_vanish)
{
    expect("soft\u00adware", "software");
    expect("\ufeffzero\u200bwidth\u200d", "zerowidth");
    expect("a \u200b b \u00ad", "a b");
    expect("e\u00ad\u0301", "e\u0301"); /* after normalisation: a joiner keeps them apart */
}

Test(text, invalid_utf8_separates_and_is_counted)
{
    expect_n("a\x80"
             "b",
             3, "a b", 1);
    expect_n("a\xff\xfe"
             "b",
             4, "a b", 2);
    expect_n("\xc0\xaf", 2, "", 2);         /* overlong */
    expect_n("\xed\xa0\x80", 3, "", 3);     /* a surrogate */
    expect_n("\xf4\x90\x80\x80", 4, "", 4); /* beyond U+10FFFF */
    expect_n("x\xe2\x82y", 4, "x y", 1);    /* cut short: one maximal subpart */
    expect_n("x\xf0\x9f\x98", 4, "x", 1);
    expect_n("\xf1\x80\x80\xe1\x80\xc2"
             "b\x80\xbf\xc3",
             10, "b", 6);
    expect("a\ufffd"
           "b",
           "a b"); /* not counted: it was there */
}

Test(text, long_tokens)
{
    char document[2200], normal[2200];

    for (size_t n = 1; n <= 1000; n = n < 140 ? n + 1 : n * 2 - 100) {
        memset(document, 'A', n);
        memset(normal, 'a', n);
        memcpy(document + n, "-\u00c9", 4);
        memcpy(normal + n, " \u00e9", 4);
        memset(document + n + 3, 'B', n);
        memset(normal + n + 3, 'b', n);
        document[2 * n + 3] = normal[2 * n + 3] = 0;
        expect(document, normal);
    }
}

Test(text, token_ends)
{
    struct syndic_text *const text = new_text(SYNDIC_SHINGLE_WORD, 5, false);

    read_bytes(text, "Hello, World's 2nd!", 19);
    const uint32_t ends[] = {5, 11, 13, 17};
    cr_assert_eq(text->token_count, 4);
    cr_assert_arr_eq(text->token_end, ends, sizeof(ends));
    cr_assert_null(text->source_start);
    syndic_text_destroy(text);
}

Test(text, places)
{
    struct syndic_text *const text = new_text(SYNDIC_SHINGLE_WORD, 5, true);
    /*                     0         4 (2)   8 (3+3)  16 (2+1+3) */
    const char document[] = "An, \u00c9t \u4f60\u597d, e\u0301a\u00ad-\u304b\u3099!";
    const uint32_t start[] = {0, 4, 8, 11, 16, 23}, end[] = {2, 7, 11, 14, 20, 29};

    for (int general = 0; general < 2; general++) {
        syndic_text_read_general_only(text, general);
        read_bytes(text, document, sizeof(document) - 1);
        cr_assert_eq(text->token_count, 6);
        cr_assert_arr_eq(text->source_start, start, sizeof(start));
        cr_assert_arr_eq(text->source_end, end, sizeof(end));
    }
    syndic_text_destroy(text);
}

/* ---- shingles ---- */

static void expect_shingles(enum syndic_shingle_unit unit, uint32_t width, const char *document,
                            size_t count, const uint64_t *shingles)
{
    struct syndic_text *const text = new_text(unit, width, false);

    for (size_t k = 0; syndic_kernels_at(k); k++) {
        if (syndic_kernels_use(syndic_kernels_at(k)->name))
            continue;
        read_bytes(text, document, strlen(document));
        cr_assert_eq(text->shingle_count, count);
        for (size_t i = 0; i < count && shingles; i++)
            cr_assert_eq(text->shingle[i], shingles[i]);
    }
    syndic_text_destroy(text);
}

/* From a separate implementation of the definition in text/hash.h, in Python. */
Test(text, golden_shingle_hashes)
{
    const char *const nine = "The quick brown fox jumps over the lazy dog.";
    const uint64_t five[] = {0x09f8eeb8709189d3u, 0x2929ba196461e0d8u, 0x2c4dc921651bbd7du,
                             0xb3f24150419d995cu, 0x8d6f8df5a3ce21ceu};
    const uint64_t one[] = {0x3aae549d3a042f42u}, two[] = {0xbbc0335db56b9dbfu};
    const uint64_t four[] = {0x415cc7bdd6f2c41bu};
    const uint64_t three_chars[] = {0xb707ef0f700fce8eu, 0x6a6d668e80e66ee6u};

    expect_shingles(SYNDIC_SHINGLE_WORD, 5, nine, 5, five);
    expect_shingles(SYNDIC_SHINGLE_WORD, 5, "the", 1, one);
    expect_shingles(SYNDIC_SHINGLE_WORD, 5, "the quick", 1, two);
    expect_shingles(SYNDIC_SHINGLE_WORD, 5, "the quick brown fox", 1, four);
    expect_shingles(SYNDIC_SHINGLE_CHAR, 3, "Ab,  c", 2, three_chars);
}

Test(text, shingle_counts)
{
    expect_shingles(SYNDIC_SHINGLE_WORD, 5, "", 0, NULL);
    expect_shingles(SYNDIC_SHINGLE_WORD, 5, "a b c d e", 1, NULL);
    expect_shingles(SYNDIC_SHINGLE_WORD, 5, "a b c d e f", 2, NULL);
    expect_shingles(SYNDIC_SHINGLE_WORD, 1, "a b a", 3, NULL);
    expect_shingles(SYNDIC_SHINGLE_WORD, 32, "a b a", 1, NULL);
    expect_shingles(SYNDIC_SHINGLE_CHAR, 5, "", 0, NULL);
    expect_shingles(SYNDIC_SHINGLE_CHAR, 5, "\u00c9t\u00e9", 1, NULL);
    expect_shingles(SYNDIC_SHINGLE_CHAR, 5, "\u00c9t\u00e9 \u00c9t\u00e9", 3, NULL);
}

/* Character shingles across the pieces they are made in. */
Test(text, many_char_shingles)
{
    enum { N = 7001, WIDTH = 7 };
    struct syndic_text *const text = new_text(SYNDIC_SHINGLE_CHAR, WIDTH, false);
    uint64_t mul[SYNDIC_SHINGLE_WIDTH_MAX], hash[WIDTH];
    uint8_t *const document = malloc(N + 16);

    syndic_shingle_multipliers(mul);
    for (size_t i = 0; i < N + 16; i++)
        document[i] = (uint8_t)('a' + i * i % 23);
    read_bytes(text, document, N);
    cr_assert_eq(text->shingle_count, N - WIDTH + 1);
    for (size_t i = 0; i < text->shingle_count; i++) {
        for (size_t j = 0; j < WIDTH; j++)
            hash[j] = syndic_token_hash(document + i + j, 1);
        cr_assert_eq(text->shingle[i], syndic_shingle_hash(hash, mul, WIDTH), "shingle %zu", i);
    }
    free(document);
    syndic_text_destroy(text);
}

Test(text, equal_tokens_have_an_equal_hash)
{
    struct syndic_text *const text = new_text(SYNDIC_SHINGLE_WORD, 5, false);

    read_bytes(text, "Hello, World's 2nd!", 19);
    const struct syndic_hash128 hash = syndic_text_hash(text);
    cr_assert_eq(hash.high, 0xe243b42d71cabfd0u); /* XXH3-128 of "hello world s 2nd" */
    cr_assert_eq(hash.low, 0x96fedf0b1a365baau);
    read_bytes(text, "HELLO WORLD S 2ND", 17);
    cr_assert(syndic_hash128_equal(hash, syndic_text_hash(text)));
    read_bytes(text, "hello worlds 2nd", 16);
    cr_assert_not(syndic_hash128_equal(hash, syndic_text_hash(text)));
    syndic_text_destroy(text);
}

/* ---- memory ---- */

Test(text, no_memory_is_a_status)
{
    uint8_t document[5000];
    struct syndic_text *text;

    memset(document, 'x', sizeof(document));
    memcpy(document + 3000, "e\u0301", 3);
    for (size_t cap = 0; cap < 90000; cap += 500) {
        syndic_memory_init(&memory, NULL, cap + 1);
        enum syndic_status status = syndic_text_create(
            &memory, (struct syndic_shingling){SYNDIC_SHINGLE_WORD, 5}, true, &text);
        if (status == SYNDIC_OK) {
            status = syndic_text_read(text, document, sizeof(document));
            syndic_text_destroy(text);
        }
        cr_assert(status == SYNDIC_NO_MEMORY || (status == SYNDIC_OK && cap > 40000));
        cr_assert(status == SYNDIC_OK || cap < 89500);
        cr_assert_eq(memory.used_bytes, 0);
    }
    syndic_text_destroy(NULL);
}

static size_t allocations;

static void *counting_allocate(void *context, size_t bytes)
{
    (void)context;
    allocations++;
    return malloc(bytes);
}

static void counting_release(void *context, void *block, size_t bytes)
{
    (void)context;
    (void)bytes;
    free(block);
}

Test(text, no_allocation_once_the_buffers_fit)
{
    const struct syndic_allocator counting = {counting_allocate, counting_release, NULL};
    const char document[] = "The cafe\u0301 on the corner, \u4f60\u597d, and so on";
    struct syndic_text *text;

    syndic_memory_init(&memory, &counting, 0);
    cr_assert_eq(
        syndic_text_create(&memory, (struct syndic_shingling){SYNDIC_SHINGLE_WORD, 5}, true, &text),
        SYNDIC_OK);
    read_bytes(text, document, sizeof(document) - 1);
    const size_t before = allocations;
    for (int i = 0; i < 100; i++)
        read_bytes(text, document, sizeof(document) - 1);
    cr_assert_eq(allocations, before);
    syndic_text_destroy(text);
}

/* A run of a million marks in the worst order takes no quadratic time (ten minutes, if it did). */
Test(text, a_long_run_of_marks_is_sorted_quickly, .timeout = 20)
{
    enum { MARKS = 1000000 };
    struct syndic_text *const text = new_text(SYNDIC_SHINGLE_WORD, 5, true);
    uint8_t *const document = malloc(2 * MARKS);

    for (size_t i = 0; i < MARKS; i++)
        memcpy(document + 2 * i, i % 2 ? "\u0316" : "\u0301", 2);
    read_bytes(text, document, 2 * MARKS);
    cr_assert_eq(text->token_count, 1);
    cr_assert_eq(text->normal_bytes, 2 * MARKS);
    cr_assert(!memcmp(text->normal, "\u0316", 2));
    cr_assert(!memcmp(text->normal + text->normal_bytes - 2, "\u0301", 2));
    free(document);
    syndic_text_destroy(text);
}
