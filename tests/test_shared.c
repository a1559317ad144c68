/* SPDX-License-Identifier: Apache-2.0 */
/* test_shared.c - the passages that two texts share. */
#include "passages/shared.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <string.h>

static struct syndic_memory memory;

static void set_up(void)
{
    syndic_memory_init(&memory, NULL, 0);
}

static void tear_down(void)
{
    cr_expect_eq(atomic_load(&memory.used_bytes), 0, "everything was given back");
}

TestSuite(shared, .init = set_up, .fini = tear_down);

#define TOKENS 300
#define LEAST  4

/* Is word i of A the start of LEAST words that B has somewhere? */
static bool starts_shared(const uint64_t *a, size_t i, const uint64_t *b)
{
    for (size_t j = 0; i + LEAST <= TOKENS && j + LEAST <= TOKENS; j++)
        if (!memcmp(a + i, b + j, LEAST * sizeof(*a)))
            return true;
    return false;
}

static void check_passages(const uint64_t *a, const uint64_t *b, uint64_t seed)
{
    struct syndic_shared *passages = NULL;
    uint8_t seen[TOKENS] = {0};
    size_t count = 0, end = 0;

    cr_assert_eq(syndic_shared_passages(&memory, a, TOKENS, b, TOKENS, LEAST, &passages, &count),
                 SYNDIC_OK);
    for (size_t i = 0; i < count; i++) {
        const struct syndic_shared p = passages[i];
        cr_assert_geq(p.count, LEAST);
        cr_assert_geq(p.a_from, end, "apart and in order, seed %llu", (unsigned long long)seed);
        end = (size_t)p.a_from + p.count;
        cr_assert_eq(memcmp(a + p.a_from, b + p.b_from, p.count * sizeof(*a)), 0);
        cr_assert(end == TOKENS || p.b_from + p.count == TOKENS || a[end] != b[p.b_from + p.count],
                  "could go on, seed %llu", (unsigned long long)seed);
        memset(seen + p.a_from, 1, p.count);
    }
    for (size_t i = 0; i < TOKENS; i++)
        cr_assert(seen[i] || !starts_shared(a, i, b), "word %zu was missed, seed %llu", i,
                  (unsigned long long)seed);
    syndic_release(&memory, passages);
}

Test(shared, of_random_texts)
{
    uint64_t a[TOKENS], b[TOKENS], state;

    for (uint64_t seed = 1; seed <= 200; seed++) {
        state = seed;
        const uint64_t words = 2 + seed % 9; /* few words: many repeats */
        for (size_t i = 0; i < TOKENS; i++) {
            a[i] = syndic_splitmix64(&state) % words;
            b[i] = syndic_splitmix64(&state) % words;
        }
        for (size_t i = 0; i < TOKENS / 3; i++)
            b[i + 50] = a[i + 100];
        check_passages(a, b, seed);
    }
}

Test(shared, cover_words_once)
{
    const struct syndic_shared passages[] = {{0, 2, 5}, {10, 4, 5}, {20, 20, 1}};
    uint8_t seen[30];

    cr_expect_eq(syndic_shared_cover(passages, 3, seen, 30), 8); /* 2 to 8, and 20 */
    cr_expect_eq(syndic_shared_cover(passages, 0, seen, 30), 0);
}

Test(shared, of_short_texts)
{
    const uint64_t a[] = {1, 2, 3};
    struct syndic_shared *passages = NULL;
    size_t count = 9;

    cr_assert_eq(syndic_shared_passages(&memory, a, 3, a, 3, 8, &passages, &count), SYNDIC_OK);
    cr_expect_eq(count, 0);
    syndic_release(&memory, passages);
}
