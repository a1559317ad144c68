/* SPDX-License-Identifier: Apache-2.0 */
/* test_pairs.c - lists of verified pairs against brute force. */
#include "set_corpus.h"

static void expect_pairs(const struct corpus *c, const struct syndic_pair *pair, size_t count)
{
    size_t p = 0;

    for (uint32_t a = 0; a < c->count; a++)
        for (uint32_t b = a + 1; b < c->count; b++) {
            bool a_first = true, b_first = true;
            for (uint32_t i = 0; i < b; i++) {
                a_first &= i >= a || !same_text(c, i, a);
                b_first &= !same_text(c, i, b);
            }
            const bool exact = a_first && same_text(c, a, b);
            const bool near = a_first && b_first && jaccard(c, a, b) >= c->options.threshold;
            if (!exact && !near)
                continue;
            cr_assert_lt(p, count);
            cr_assert_eq(pair[p].a, a);
            cr_assert_eq(pair[p].b, b);
            cr_assert_eq(pair[p].how, exact ? SYNDIC_HOW_EXACT : SYNDIC_HOW_NEAR);
            cr_assert_eq(pair[p].known, SYNDIC_KNOWN_EXACTLY);
            cr_assert_float_eq(pair[p].similarity, jaccard(c, a, b), 1e-6);
            p++;
        }
    cr_assert_eq(p, count);
}

Test(pairs, pairs_equal_brute_force)
{
    uint64_t state = 99;
    size_t total = 0;

    cr_log_info("seed 99");
    for (int round = 0; round < 50; round++) {
        struct corpus c;
        struct syndic_pair *pair;
        struct syndic_group_counts counts;
        struct syndic_error error = {.status = SYNDIC_OK};
        size_t count;

        corpus_init(&c, 32);
        c.options.threshold = 0.4 + 0.1 * (round % 5);
        c.options.threads = 1 + (uint32_t)round % 3;
        add_random(&c, 32, 1 + (unsigned)round % 5, &state);
        corpus_sketch(&c, NULL);
        make_all_candidates(&c);
        const struct syndic_texts texts = {.fetch = fetch, .prepare = prepare, .context = &c};
        cr_assert_eq(syndic_verified_pairs(&c.sketches, c.plan, &c.options, c.order, &texts,
                                           &memory, &pair, &count, &counts, &error),
                     SYNDIC_OK, "%s", error.message);
        expect_pairs(&c, pair, count);
        cr_expect_eq(counts.exact + counts.near, count);
        total += count;
        syndic_release(&memory, pair);
        corpus_clear(&c);
    }
    cr_expect_gt(total, 1000);
}
