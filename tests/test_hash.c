/* SPDX-License-Identifier: Apache-2.0 */
/* Token and shingle hashes: golden vectors, and sets of near-alike tokens, numbers above all, that
 * must not collide more often than random numbers would. */
#include "base/sort.h"
#include "text/hash.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t token_hash(const char *token)
{
    uint8_t room[128] = {0};

    memcpy(room, token, strlen(token));
    return syndic_token_hash(room, strlen(token));
}

/* From a separate implementation of the definition in text/hash.h, in Python. */
Test(hash, golden_token_hashes)
{
    cr_assert_eq(token_hash("a"), 0xdcd88278da9d7f68u);
    cr_assert_eq(token_hash("the"), 0x7a5228aa00784a06u);
    cr_assert_eq(token_hash("straight"), 0xf743345ebbe4a1c5u);
    cr_assert_eq(token_hash("ninechars"), 0x75cf1100931fef9du);
    cr_assert_eq(token_hash("sixteenxbytesx16"), 0xffe96bc0de51f042u);
    cr_assert_eq(token_hash("\u00e9t\u00e9"), 0x15c156e01047c799u);
    cr_assert_eq(token_hash("\u4f60"), 0x6eadf03d1b9e875bu);
    /* XXH3-64 */
    cr_assert_eq(token_hash("abcdefghijklmnopq"), 0xca7f3571df47cacfu);
    cr_assert_eq(token_hash("antidisestablishmentarianism"), 0x286f005c74f768fcu);
}

/* ---- collisions ---- */

struct hashes {
    uint64_t *hash, *sorted, *scratch;
    size_t count, room;
};

static struct hashes new_hashes(size_t room)
{
    return (struct hashes){malloc(8 * room), malloc(8 * room), malloc(8 * room), 0, room};
}

static void add(struct hashes *set, uint64_t hash)
{
    cr_assert_lt(set->count, set->room);
    set->hash[set->count++] = hash;
}

static void add_token(struct hashes *set, const char *token, size_t n)
{
    uint8_t padded[32] = {0};

    memcpy(padded, token, n);
    add(set, syndic_token_hash(padded, n));
}

/* How many of the hashes, shifted so that only some bits are left, equal one before them. */
static size_t repeats(struct hashes *set, int left, int right)
{
    size_t count = 0;

    for (size_t i = 0; i < set->count; i++)
        set->sorted[i] = set->hash[i] << left >> right;
    syndic_sort_u64(set->sorted, set->count, set->scratch);
    for (size_t i = 1; i < set->count; i++)
        count += set->sorted[i] == set->sorted[i - 1];
    return count;
}

/* No two are equal, and either half repeats at most five standard deviations more often than in
 * n random numbers, where n^2 / 2^33 of 32 bits do. */
static void check_collisions(struct hashes *set, const char *what)
{
    const double n = (double)set->count, expected = n * n / 8589934592.0;
    const double most = expected + 5 * sqrt(expected) + 3;

    cr_assert_eq(repeats(set, 0, 0), 0, "%s", what);
    cr_assert_leq(repeats(set, 0, 32), most, "%s, high half: more than %.0f", what, most);
    cr_assert_leq(repeats(set, 32, 0), most, "%s, low half: more than %.0f", what, most);
    set->count = 0;
}

static void free_hashes(struct hashes *set)
{
    free(set->hash);
    free(set->sorted);
    free(set->scratch);
}

static void add_numbers(struct hashes *set, uint64_t below, int digits, uint64_t step)
{
    char token[24];

    for (uint64_t i = 0; i < below; i++) {
        const int n =
            snprintf(token, sizeof(token), "%0*llu", digits, (unsigned long long)(i * step));
        add_token(set, token, (size_t)n);
    }
}

Test(hash, numbers_do_not_collide)
{
    struct hashes set = new_hashes(10000000);

    add_numbers(&set, 10000000, 1, 1);
    check_collisions(&set, "numbers of 1 to 7 digits");
    add_numbers(&set, 1000000, 6, 1);
    check_collisions(&set, "numbers of six digits");
    add_numbers(&set, 1000000, 9, 97);
    check_collisions(&set, "numbers of nine digits");
    add_numbers(&set, 1000000, 14, 99991);
    check_collisions(&set, "numbers of fourteen digits");
    free_hashes(&set);
}

Test(hash, short_words_do_not_collide)
{
    struct hashes set = new_hashes(26 + 26 * 26 + 26 * 26 * 26);
    char token[3];

    for (int n = 1; n <= 3; n++)
        for (int i = 0; i < (n == 1 ? 26 : n == 2 ? 676 : 17576); i++) {
            for (int j = 0, rest = i; j < n; j++, rest /= 26)
                token[j] = (char)('a' + rest % 26);
            add_token(&set, token, (size_t)n);
        }
    check_collisions(&set, "words of 1 to 3 letters");
    free_hashes(&set);
}

/* A word of random letters, and all that differ from it in one of them. */
static void add_neighbours(struct hashes *set, size_t n, uint64_t *state)
{
    char word[17], other[17];

    for (size_t i = 0; i < n; i++)
        word[i] =
            (char)('a' + (*state = *state * 6364136223846793005u + 1442695040888963407u) / 7 % 26);
    add_token(set, word, n);
    for (size_t i = 0; i < n; i++)
        for (char c = 'a'; c <= 'z'; c++)
            if (c != word[i]) {
                memcpy(other, word, n);
                other[i] = c;
                add_token(set, other, n);
            }
}

Test(hash, near_identical_words_do_not_collide)
{
    struct hashes set = new_hashes(3000000);
    uint64_t state = 1;

    for (size_t n = 10; n <= 16; n++)
        for (int i = 0; i < 1000; i++)
            add_neighbours(&set, n, &state);
    check_collisions(&set, "words that differ in one letter");
    free_hashes(&set);
}

static void add_shingles(struct hashes *set, const uint64_t *token, size_t count, size_t width)
{
    uint64_t mul[SYNDIC_SHINGLE_WIDTH_MAX];

    syndic_shingle_multipliers(mul);
    for (size_t i = 0; i + width <= count; i++)
        add(set, syndic_shingle_hash(token + i, mul, width));
}

Test(hash, shingles_of_numbers_do_not_collide)
{
    struct hashes tokens = new_hashes(1000000), set = new_hashes(1000000);
    const size_t widths[] = {1, 2, 3, 5, 13, 32};

    add_numbers(&tokens, 1000000, 1, 1);
    for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++) {
        add_shingles(&set, tokens.hash, tokens.count, widths[i]);
        check_collisions(&set, "shingles of consecutive numbers");
    }
    for (size_t i = 0; i < 1000; i++) /* tables of small numbers: all pairs */
        for (size_t j = 0; j < 1000; j++) {
            const uint64_t pair[2] = {tokens.hash[i], tokens.hash[j]};
            add_shingles(&set, pair, 2, 2);
        }
    check_collisions(&set, "shingles of two small numbers");
    free_hashes(&tokens);
    free_hashes(&set);
}
