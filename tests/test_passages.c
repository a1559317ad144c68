/* SPDX-License-Identifier: Apache-2.0 */
/* test_passages.c - the parts of the passages stage: the store of words, the choice of runs, the
 * order of the tree, chains with gaps, and paragraphs to be cut. */
#include "passages/chain.h"
#include "passages/cut.h"
#include "passages/passages.h"
#include "passages/tokens.h"
#include "passages/tree.h"
#include "passages/winnow.h"

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

TestSuite(passages, .init = set_up, .fini = tear_down);

/* ---- the store ---- */

Test(passages, words_are_found_by_their_address)
{
    struct syndic_tokens tokens;
    uint64_t hash[3000];
    struct syndic_token_span *const span = syndic_allocate(&memory, 2000, sizeof(*span));
    uint32_t word;

    for (size_t i = 0; i < 3000; i++)
        hash[i] = (uint64_t)i << 33;
    cr_assert_eq(syndic_tokens_init(&tokens, &memory), SYNDIC_OK);
    struct syndic_token_writer writer = {.tokens = &tokens};
    for (size_t d = 0; d < 2000;
         d++) /* 0 to 1,999 words: some slots, and documents without words */
        cr_assert_eq(syndic_tokens_add(&writer, hash, d, &span[d]), SYNDIC_OK);
    cr_assert_eq(syndic_tokens_index(&tokens, span, 2000), SYNDIC_OK);
    cr_expect_eq(atomic_load(&tokens.words), 1999 * 1000);
    for (uint32_t d = 1; d < 2000; d++) {
        const uint32_t *const words = syndic_token_at(&tokens, span[d].address);
        cr_assert_eq(words[d - 1], d - 1);
        cr_assert_geq(words[d], SYNDIC_TOKEN_SEPARATOR, "a separator follows");
        cr_assert_geq(words[-1], SYNDIC_TOKEN_SEPARATOR, "and is before");
        cr_assert_eq(syndic_tokens_locate(&tokens, span[d].address, &word), d);
        cr_assert_eq(word, 0);
        cr_assert_eq(syndic_tokens_locate(&tokens, span[d].address + d - 1, &word), d);
        cr_assert_eq(word, d - 1);
    }
    syndic_tokens_clear(&tokens);
}

Test(passages, a_document_longer_than_a_slot)
{
    const size_t n = 3 * SYNDIC_TOKEN_SLOT_WORDS + 5;
    uint64_t *const hash = syndic_allocate_zeroed(&memory, n, sizeof(*hash));
    struct syndic_token_span *const span = syndic_allocate(&memory, 2, sizeof(*span));
    struct syndic_tokens tokens;
    uint32_t word;

    for (size_t i = 0; i < n; i++)
        hash[i] = (uint64_t)(i % 1000) << 33;
    cr_assert_eq(syndic_tokens_init(&tokens, &memory), SYNDIC_OK);
    struct syndic_token_writer writer = {.tokens = &tokens};
    cr_assert_eq(syndic_tokens_add(&writer, hash, n, &span[0]), SYNDIC_OK);
    cr_assert_eq(syndic_tokens_add(&writer, hash, 10, &span[1]), SYNDIC_OK);
    cr_assert_eq(syndic_tokens_index(&tokens, span, 2), SYNDIC_OK);
    for (size_t i = 0; i < n; i += 99991) {
        cr_assert_eq(*syndic_token_at(&tokens, span[0].address + i), i % 1000);
        cr_assert_eq(syndic_tokens_locate(&tokens, span[0].address + i, &word), 0);
        cr_assert_eq(word, i);
    }
    cr_expect_eq(syndic_tokens_locate(&tokens, span[1].address + 3, &word), 1);
    cr_expect_eq(word, 3);
    syndic_release(&memory, hash);
    syndic_tokens_clear(&tokens);
}

/* ---- the choice of runs ---- */

struct choice {
    uint64_t at[4096];
    uint32_t before[4096];
    size_t count;
};

static void note(void *context, const struct syndic_chosen *chosen, size_t count)
{
    struct choice *const choice = context;

    for (size_t i = 0; i < count; i++) {
        choice->before[choice->count] = chosen[i].before;
        choice->at[choice->count++] = chosen[i].address;
    }
}

/* What is chosen in words[0, count), slowly. */
static bool is_chosen(const struct syndic_winnow *winnow, const uint32_t *words, size_t count,
                      size_t at)
{
    const size_t windows = count - winnow->run - winnow->window + 2;

    for (size_t s = 0; s < windows; s++)
        if (at >= s && at < s + winnow->window && syndic_winnow_first(winnow, words + s, at - s))
            return true;
    return false;
}

Test(passages, every_window_has_its_choice)
{
    static uint32_t words[2100];
    struct syndic_winnow winnow;
    struct syndic_winnower winnower;
    uint64_t state = 7;

    for (size_t least = 2; least <= 60; least += 7) {
        for (size_t i = 0; i < 2100; i++)
            words[i] = (uint32_t)(syndic_splitmix64(&state) % 50);
        memset(words + 500, 0, 300 * sizeof(*words)); /* equal runs */
        syndic_winnow_init(&winnow, least);
        cr_assert_eq(winnow.run + winnow.window - 1, least);
        cr_assert_eq(syndic_winnower_init(&winnower, &memory, &winnow), SYNDIC_OK);
        struct choice choice = {.count = 0};
        syndic_winnow_words(&winnower, words, 2000, 1000, note, &choice);
        size_t c = 0;
        for (size_t at = 0; at + winnow.run <= 2000; at++)
            if (is_chosen(&winnow, words, 2000, at)) {
                cr_assert_lt(c, choice.count, "at least %zu words", least);
                cr_assert_eq(choice.at[c++], 1000 + at, "at least %zu words", least);
            }
        cr_assert_eq(c, choice.count);
        choice.count = 0;
        syndic_winnow_words(&winnower, words, least - 1, 0, note, &choice);
        cr_expect_eq(choice.count, 0, "too short for a passage");
        syndic_winnower_clear(&winnower);
    }
}

Test(passages, words_before_are_told_apart)
{
    static uint32_t words[2][40];
    struct syndic_winnow winnow;
    struct syndic_winnower winnower;
    struct choice choice[2];
    size_t same = 0;

    syndic_winnow_init(&winnow, 20);
    cr_assert_eq(winnow.window, 15);
    cr_assert_eq(syndic_winnower_init(&winnower, &memory, &winnow), SYNDIC_OK);
    for (uint32_t changed = 0; changed < 20; changed++) {
        for (uint32_t i = 0; i < 40; i++)
            words[0][i] = words[1][i] = 1000 + i;
        words[1][changed] = 7;
        for (int t = 0; t < 2; t++) {
            choice[t].count = 0;
            syndic_winnow_words(&winnower, words[t], 40, 0, note, &choice[t]);
        }
        for (size_t i = 0, j = 0; i < choice[0].count; i++) {
            const size_t at = choice[0].at[i];
            while (j < choice[1].count && choice[1].at[j] < at)
                j++;
            if (j == choice[1].count || choice[1].at[j] != at || at <= changed || at < 15)
                continue;
            same++;
            cr_expect_eq(choice[0].before[i] == choice[1].before[j], at - changed > 15,
                         "word %u changed, run at %zu", changed, at);
        }
    }
    cr_expect_gt(same, 10);
    syndic_winnower_clear(&winnower);
}

Test(passages, pieces_do_not_show)
{
    const size_t n = 40000; /* words: more than two pieces */
    uint32_t *const words = syndic_allocate(&memory, n + 64, sizeof(*words));
    struct syndic_winnow winnow;
    struct syndic_winnower winnower;
    uint64_t state = 3, before = 0;
    struct choice choice;

    for (size_t i = 0; i < n + 64; i++)
        words[i] = (uint32_t)(syndic_splitmix64(&state) >> 33);
    syndic_winnow_init(&winnow, 20);
    cr_assert_eq(syndic_winnower_init(&winnower, &memory, &winnow), SYNDIC_OK);
    for (size_t from = 0; from + 2000 <= n; from += 1900) { /* parts of a text choose the same */
        choice.count = 0;
        syndic_winnow_words(&winnower, words + from, 2000, from, note, &choice);
        for (size_t i = 0; i < choice.count; i++)
            cr_assert(is_chosen(&winnow, words + from, 2000, choice.at[i] - from));
        cr_assert_geq(choice.at[choice.count - 1], before);
        before = choice.at[choice.count - 1];
    }
    syndic_winnower_clear(&winnower);
    syndic_release(&memory, words);
}

/* ---- the tree ---- */

Test(passages, a_tree_tells_what_any_two_places_share)
{
    enum { PLACES = 200, WORDS = 12 };
    static uint32_t words[PLACES][2 * WORDS + 4];
    struct syndic_tree_room room = {.memory = &memory};
    struct syndic_twig twig[PLACES];

    for (uint64_t seed = 1; seed <= 40; seed++) {
        uint64_t state = seed;
        for (uint32_t p = 0; p < PLACES; p++) {
            for (size_t i = 0; i < 2 * WORDS; i++)
                words[p][i] = (uint32_t)(syndic_splitmix64(&state) % (1 + seed % 4));
            words[p][2 * WORDS] = SYNDIC_TOKEN_SEPARATOR + p;
            twig[p] = (struct syndic_twig){words[p] + WORDS, p, 99};
        }
        for (int left = 0; left < 2; left++) {
            cr_assert_eq(left ? syndic_tree_left(&room, twig, PLACES, 7)
                              : syndic_tree_right(&room, twig, PLACES),
                         SYNDIC_OK);
            for (size_t i = 0; i < PLACES; i++) {
                size_t shared = SIZE_MAX;
                for (size_t j = i + 1; j < PLACES; j++) {
                    shared = twig[j].shared < shared ? twig[j].shared : shared;
                    cr_assert_eq(shared,
                                 left ? syndic_shared_left(twig[i].word, twig[j].word, 7)
                                      : syndic_shared_right(twig[i].word, twig[j].word),
                                 "seed %llu", (unsigned long long)seed);
                }
            }
        }
    }
    syndic_tree_room_clear(&room);
}

/* ---- chains ---- */

/* Words of a document as the store has them: a separator before and after. */
static void set_words(uint32_t *words, const char *text, uint32_t separator)
{
    words[0] = SYNDIC_TOKEN_SEPARATOR + separator;
    for (size_t i = 0; text[i]; i++)
        words[i + 1] = (uint8_t)text[i];
    words[strlen(text) + 1] = SYNDIC_TOKEN_SEPARATOR + separator + 1;
}

Test(passages, chains_pass_over_gaps)
{
    struct syndic_chain_room room = {.memory = &memory};
    uint32_t a[80], b[80];
    const struct syndic_seed seeds[] = {{2, 0}, {3, 1}, {12, 11}, {13, 12}, {30, 40}};

    set_words(a, "..abcdefg...hijklmnop.........qrstuv", 0);
    set_words(b, "abcdefg-__-hijklmnop_______-_-________--qrstuv", 10);
    cr_assert_eq(syndic_chain(&room, a + 1, b + 1, seeds, 5, 10), SYNDIC_OK);
    /* qrstuv is 9 words further on in one and 20 in the other: too far. */
    cr_assert_eq(room.found_count, 1);
    cr_expect_eq(room.found[0].a, 2);
    cr_expect_eq(room.found[0].a_end, 21);
    cr_expect_eq(room.found[0].b, 0);
    cr_expect_eq(room.found[0].b_end, 20);
    cr_expect_eq(room.found[0].same, 16);
    cr_assert_eq(syndic_chain(&room, a + 1, b + 1, seeds, 5, 17), SYNDIC_OK);
    cr_expect_eq(room.found_count, 0);
    cr_assert_eq(syndic_chain(&room, a + 1, b + 1, seeds, 5, 6), SYNDIC_OK);
    cr_expect_eq(room.found_count, 2);
    syndic_chain_room_clear(&room);
}

static size_t same_words(const char *a, const char *b)
{
    uint32_t x[300], y[300];
    size_t same = 99;

    set_words(x, a, 0);
    set_words(y, b, 0);
    cr_assert_eq(syndic_same_words(&memory, x + 1, strlen(a), y + 1, strlen(b), &same), SYNDIC_OK);
    return same;
}

Test(passages, same_words_in_order)
{
    char a[200], b[200];

    cr_expect_eq(same_words("abcdef", "abcdef"), 6);
    cr_expect_eq(same_words("abcdef", "axcdxef"), 5);
    cr_expect_eq(same_words("abcdef", "fedcba"), 1);
    cr_expect_eq(same_words("", "abc"), 0);
    cr_expect_eq(same_words("aaaa", "aa"), 2);
    memset(a, 'x', 199); /* over a word of bits, with carries */
    memset(b, 'x', 199);
    a[199] = b[199] = 0;
    b[70] = b[150] = 'y';
    cr_expect_eq(same_words(a, b), 197);
}

/* ---- cuts ---- */

static void expect_cuts(const char *bytes, const struct syndic_repeated *repeated, size_t count,
                        const char *left)
{
    struct syndic_text *text = NULL;
    struct syndic_cut *cut = NULL;
    size_t capacity = 0, cuts = 0, at = 0, n = 0;
    char rest[300];

    cr_assert_eq(
        syndic_text_create(&memory, (struct syndic_shingling){SYNDIC_SHINGLE_WORD, 1}, true, &text),
        SYNDIC_OK);
    cr_assert_eq(syndic_text_read(text, (const uint8_t *)bytes, strlen(bytes)), SYNDIC_OK);
    cr_assert_eq(syndic_cut_text(&memory, text, (const uint8_t *)bytes, strlen(bytes), repeated,
                                 count, &cut, &capacity, &cuts),
                 SYNDIC_OK);
    for (size_t i = 0; i <= cuts; i++) {
        const size_t to = i < cuts ? cut[i].byte : strlen(bytes);
        cr_assert_leq(at, to, "cuts are apart");
        memcpy(rest + n, bytes + at, to - at);
        n += to - at;
        at = i < cuts ? cut[i].byte_end : to;
    }
    rest[n] = 0;
    cr_expect_str_eq(rest, left);
    syndic_release(&memory, cut);
    syndic_text_destroy(text);
}

Test(passages, whole_paragraphs_are_cut)
{
    const struct syndic_repeated second[] = {{2, 4, 0}}, most[] = {{1, 4, 0}},
                                 first[] = {{0, 2, 0}}, all[] = {{0, 6, 0}}, end[] = {{4, 6, 0}},
                                 parts[] = {{2, 3, 0}, {3, 4, 1}};

    expect_cuts("a b.\n\nc d.\n\ne f.\n", second, 1, "a b.\n\ne f.\n");
    expect_cuts("a b.\n\nc d.\n\ne f.\n", most, 1, "a b.\n\ne f.\n");
    expect_cuts("a b.\n\nc d.\n\ne f.\n", first, 1, "c d.\n\ne f.\n");
    expect_cuts("a b.\n\nc d.\n\ne f.", end, 1, "a b.\n\nc d.");
    expect_cuts("a b.\n\nc d.\n\ne f.\n", all, 1, "\n");
    expect_cuts("a b.\n\nc d.\n\ne f.\n", parts, 2, "a b.\n\nc d.\n\ne f.\n");
    expect_cuts("a b.\n\n* * *\n\nc d.", all, 1, "* * *"); /* what has no word stays */
}

Test(passages, lines_are_paragraphs_where_no_line_is_blank)
{
    const struct syndic_repeated second[] = {{2, 4, 0}};

    expect_cuts("a b.\nc d.\ne f.\n", second, 1, "a b.\ne f.\n");
    expect_cuts("a b.\r\nc d.\r\ne f.", second, 1, "a b.\r\ne f.");
    expect_cuts("a b.\nc d.\n\ne f.\n", second, 1, "a b.\nc d.\n\ne f.\n");
    expect_cuts("a b c d e f", second, 1, "a b c d e f");
}
