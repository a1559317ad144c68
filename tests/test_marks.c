/* SPDX-License-Identifier: Apache-2.0 */
/* test_marks.c - what marks prove, that they never prove what is wrong, and when there are none. */
#include "base/hash.h"
#include "marking.h"

#include <criterion/criterion.h>

static struct syndic_memory memory;

static void begin(void)
{
    syndic_memory_init(&memory, NULL, 0);
}

static void end(void)
{
    cr_expect_eq(atomic_load(&memory.used_bytes), 0);
}

TestSuite(marks, .init = begin, .fini = end);

/* Up to 64 shingles have 512 places, so that numbers below 512 are their own places. */
static bool refused(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count,
                    double threshold)
{
    static _Alignas(64) uint64_t first[2048], second[2048];

    cr_assert(syndic_marks_words(a_count) <= 2048 && syndic_marks_words(b_count) <= 2048);
    syndic_marks_make(a, a_count, first);
    syndic_marks_make(b, b_count, second);
    const bool refused = syndic_marks_refuse(first, second, threshold);

    cr_expect_eq(syndic_marks_refuse(second, first, threshold), refused);
    return refused;
}

Test(marks, places_of_their_own_prove_the_similarity_itself)
{
    const uint64_t a[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    const uint64_t b[] = {0, 1, 2, 3, 4, 5, 6, 7, 500, 501}; /* 8 of 12 are shared */

    cr_expect(refused(a, 10, b, 10, 0.67));
    cr_expect_not(refused(a, 10, b, 10, 8.0 / 12));
    cr_expect_not(refused(a, 10, b, 10, 0.66));
    cr_expect(refused(a, 10, b + 8, 2, 0.001));
    cr_expect_not(refused(a, 10, a, 10, 1));
}

Test(marks, shingles_on_one_place_prove_nothing)
{
    const uint64_t a[] = {1, 2, 3}, b[] = {513, 514, 515};

    cr_expect_not(refused(a, 3, b, 3, 1));
}

Test(marks, repeats_prove_nothing)
{
    const uint64_t a[] = {7, 7, 7, 8}, b[] = {7, 8};

    cr_expect_not(refused(a, 4, b, 2, 1));
}

Test(marks, bitmaps_of_different_sizes)
{
    uint64_t number[400];

    for (size_t i = 0; i < 400; i++)
        number[i] = i;
    cr_expect(refused(number, 64, number, 129, 0.497)); /* 64 / 129 = 0.4961 */
    cr_expect_not(refused(number, 64, number, 129, 0.496));
    cr_expect(refused(number, 10, number, 400, 0.026)); /* 10 / 400, in an eighth of the size */
    cr_expect_not(refused(number, 10, number, 400, 0.025));
}

/* Two sets of n hashes, `shared` of them the same. */
static void fill(uint64_t *a, uint64_t *b, size_t n, size_t shared, uint64_t *state)
{
    for (size_t i = 0; i < n; i++) {
        a[i] = syndic_splitmix64(state);
        b[i] = i < shared ? a[i] : syndic_splitmix64(state);
    }
}

Test(marks, refused_only_below_the_threshold)
{
    static uint64_t a[5000], b[5000];
    uint64_t state = 1;

    for (int round = 0; round < 3000; round++) {
        const size_t n = 1 + syndic_splitmix64(&state) % (round % 10 ? 300 : 5000);
        const size_t shared = n - syndic_splitmix64(&state) % (n / 4 + 1);
        const size_t b_count = shared + syndic_splitmix64(&state) % (n - shared + 1);
        const double similarity = (double)shared / (double)(n + b_count - shared);
        fill(a, b, n, shared, &state);
        cr_assert_not(refused(a, n, b, b_count, similarity), "%zu and %zu, %zu shared", n, b_count,
                      shared);
        cr_assert_not(refused(a, n, b, b_count, similarity * 0.999));
    }
}

/* 8 to 16 places a shingle: 0.74 is refused, and 0.79 is too near for 8. */
Test(marks, most_below_the_threshold_are_refused)
{
    static uint64_t a[4096], b[4096];
    uint64_t state = 2;

    for (size_t n = 2048; n <= 4096; n += 256) {
        fill(a, b, n, n * 85 / 100, &state);
        cr_expect(refused(a, n, b, n, 0.8), "%zu", n);
    }
    fill(a, b, 4096, 3616, &state); /* 0.790 */
    cr_expect_not(refused(a, 4096, b, 4096, 0.8));
}

Test(marks, words_are_bounded)
{
    cr_expect_eq(syndic_marks_words(0), 8 + 8);
    cr_expect_eq(syndic_marks_words(64), 8 + 8);
    cr_expect_eq(syndic_marks_words(100), 8 + 16);
    cr_expect_eq(syndic_marks_words(4096), 8 + 512);
    cr_expect_eq(syndic_marks_words((size_t)1 << 40), SYNDIC_MARKS_WORDS_MAX);
}

/* ---- of a whole input ---- */

Test(marks, those_of_many_documents)
{
    enum { DOCUMENTS = 300, SHINGLES = 8192 }; /* 8.5 KiB each: more than a slab in all */
    static uint64_t shingle[SHINGLES];
    static const uint64_t *marks[DOCUMENTS];
    struct syndic_marking marking;
    struct syndic_mark_room room[2] = {{NULL, 0}, {NULL, 0}};
    uint64_t state = 3;

    syndic_marking_init(&marking, &memory, 16 << 20);
    for (size_t d = 0; d < DOCUMENTS; d++) {
        for (size_t i = 0; i < SHINGLES; i++)
            shingle[i] = syndic_splitmix64(&state);
        marks[d] = syndic_marking_add(&marking, &room[d % 2], shingle, SHINGLES);
        cr_assert_not_null(marks[d]);
    }
    syndic_marking_reserve(&marking, DOCUMENTS);
    cr_assert_not_null(marking.row);
    cr_expect_null(marking.row[DOCUMENTS - 1]);
    for (size_t d = 0; d < DOCUMENTS; d++)
        for (size_t e = 0; e < DOCUMENTS; e += 37)
            cr_assert_eq(syndic_marks_refuse(marks[d], marks[e], 0.5), d != e);
    syndic_marking_clear(&marking);
    cr_expect_null(marking.row);
}

Test(marks, none_where_they_take_too_much)
{
    struct syndic_marking marking;
    struct syndic_mark_room room = {NULL, 0};
    const uint64_t shingle = 1;
    size_t marked = 0;

    syndic_marking_init(&marking, &memory, 5 << 20); /* two slabs, of documents of 128 bytes */
    while (syndic_marking_add(&marking, &room, &shingle, 1))
        marked++;
    cr_expect_eq(marked, 2 * (2 << 20) / 128);
    cr_expect_null(syndic_marking_add(&marking, &room, &shingle, 1));
    syndic_marking_reserve(&marking, marked);
    cr_expect_null(marking.row);
    cr_expect_eq(atomic_load(&memory.used_bytes), 0);
    syndic_marking_clear(&marking);
}

Test(marks, none_where_there_is_no_memory)
{
    struct syndic_marking marking;
    struct syndic_mark_room room = {NULL, 0};
    const uint64_t shingle = 1;

    memory.cap_bytes = 1 << 20;
    syndic_marking_init(&marking, &memory, 16 << 20);
    cr_expect_null(syndic_marking_add(&marking, &room, &shingle, 1));
    syndic_marking_clear(&marking);
    syndic_marking_init(&marking, &memory, 1000); /* less than a slab */
    cr_expect_null(syndic_marking_add(&marking, &room, &shingle, 1));
    syndic_marking_clear(&marking);
}
