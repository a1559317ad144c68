/* SPDX-License-Identifier: Apache-2.0 */
/* test_near.c - the greedy choice and its guarantee, against brute force and in large
 * buckets. */
#include "set_corpus.h"

static uint32_t equal_slots(const struct corpus *c, size_t a, size_t b)
{
    uint32_t equal = 0;

    for (uint32_t i = 0; i < c->plan->slots; i++)
        equal += c->sketches.slot[a * c->sketches.slot_stride + i] ==
                 c->sketches.slot[b * c->sketches.slot_stride + i];
    return equal;
}

/* The sequential choice as group.h words it, over all pairs. */
static void choose_by_brute_force(const struct corpus *c, uint32_t *kept)
{
    for (size_t i = 0; i < c->count; i++) {
        const uint32_t row = c->order[i];
        uint32_t best = 0;
        kept[row] = row;
        for (size_t j = 0; j < i && kept[row] == row; j++) /* exact copies go first */
            if (same_text(c, row, c->order[j]))
                kept[row] = kept[c->order[j]];
        if (kept[row] != row)
            continue;
        for (size_t j = 0; j < i; j++) {
            const uint32_t other = c->order[j];
            if (kept[other] != other || jaccard(c, row, other) < c->options.threshold)
                continue;
            if (kept[row] == row || equal_slots(c, row, other) > best) {
                kept[row] = other;
                best = equal_slots(c, row, other);
            }
        }
    }
}

/* 32 rows are an unbounded bucket, so nothing is lost and every choice can be foretold. */
Test(near, equals_the_sequential_choice)
{
    static const enum syndic_keep keeps[] = {SYNDIC_KEEP_FIRST, SYNDIC_KEEP_LONGEST,
                                             SYNDIC_KEEP_MIN, SYNDIC_KEEP_MAX};
    uint64_t state = 2024;
    size_t joined = 0;

    cr_log_info("seed 2024");
    for (int round = 0; round < 200; round++) {
        struct corpus c;
        struct syndic_grouping g;
        struct syndic_group_counts counts;
        uint32_t expected[32];
        double rank[32];

        corpus_init(&c, 32);
        c.options.keep = keeps[round % 4];
        c.options.threshold = 0.5 + 0.1 * (round % 5);
        c.options.threads = 1 + (uint32_t)round % 3;
        add_random(&c, 32, 1 + (unsigned)round % 4, &state);
        for (size_t i = 0; i < 32; i++)
            rank[i] = (double)(syndic_splitmix64(&state) % 10);
        corpus_sketch(&c, rank);
        make_all_candidates(&c);
        for (size_t i = 0; i < 32; i++) /* so that pairs differ in equal slots, but pass */
            for (int k = 0; k < 4; k++)
                c.sketches.slot[i * c.sketches.slot_stride + syndic_splitmix64(&state) % 128] =
                    (uint8_t)syndic_splitmix64(&state);
        const uint32_t reject =
            syndic_verify_limits(c.plan->threshold, c.plan->slots, c.options.verify).reject;
        cr_assert(reject <= 120 || c.options.threshold > 0.89);
        if (reject <= 120) {
            group(&c, &g, &counts);
            choose_by_brute_force(&c, expected);
            cr_assert_arr_eq(g.kept, expected, sizeof(expected));
            expect_guarantee(&c, &g);
            joined += counts.near;
            syndic_grouping_clear(&g);
        }
        corpus_clear(&c);
    }
    cr_expect_gt(joined, 500); /* the property was not tested on strangers */
}

/* Real sketches, all threads and tables, with and without huge buckets. */
Test(near, guarantee_and_determinism)
{
    uint64_t state = 77, exact = 0;

    cr_log_info("seed 77");
    for (int round = 0; round < 6; round++) {
        struct corpus c;
        struct syndic_grouping once = {0}, g;
        struct syndic_group_counts first = {0}, counts;

        corpus_init(&c, 1500);
        c.options.threshold = round % 2 ? 0.8 : 0.6;
        c.options.keep = round % 3 ? SYNDIC_KEEP_LONGEST : SYNDIC_KEEP_FIRST;
        add_random(&c, 1500, round < 4 ? 200 : 3, &state);
        corpus_sketch(&c, NULL);
        if (round >= 2) /* one bucket of everything in the first band */
            for (size_t row = 0; row < c.count; row++)
                c.sketches.key[row * c.sketches.bands] = 5;
        for (uint32_t threads = 1; threads <= 7; threads += threads < 3 ? 1 : 4)
            for (size_t k = 0; syndic_kernels_at(k); k++) {
                if (syndic_kernels_use(syndic_kernels_at(k)->name))
                    continue;
                c.options.threads = threads;
                group(&c, &g, &counts);
                if (!once.count) {
                    expect_guarantee(&c, &g);
                    cr_expect_gt(counts.near, 100);
                    exact += counts.exact;
                    cr_expect_eq(counts.rounds > 1, round >= 2);
                    once = g;
                    first = counts;
                    continue;
                }
                expect_same(&once, &g);
                cr_assert_eq(first.verified_exactly, counts.verified_exactly);
                cr_assert_eq(first.refused_exactly, counts.refused_exactly);
                cr_assert_eq(first.join.compared, counts.join.compared);
                syndic_grouping_clear(&g);
            }
        syndic_grouping_clear(&once);
        corpus_clear(&c);
    }
    cr_expect_gt(exact, 10);
}

/* ---- large buckets ---- */

/* Row 0 and row 1 are alike in one band.  Rows 1 to 40 share another, where row 1 leads and covers
 * the rest; then it joins row 0, which is like none of them.  A second round finds row 2 instead.
 * K = 128, t = 0.8, by signature: 103 equal slots are enough. */
Test(near, another_round_finds_what_a_removed_leader_hid)
{
    enum { N = 41 };
    struct corpus c;
    struct syndic_grouping g;
    struct syndic_group_counts counts;

    corpus_init(&c, N);
    for (uint16_t row = 0; row < N; row++)
        add_range(&c, (uint16_t)(row * 8), (uint16_t)(row * 8 + 8));
    c.options.verify = SYNDIC_VERIFY_SIGNATURE;
    corpus_sketch(&c, NULL);
    memset(c.sketches.slot, 0, c.count * c.sketches.slot_stride);
    for (size_t row = 0; row < N; row++) {
        uint32_t *const key = c.sketches.key + row * c.sketches.bands;
        for (uint32_t band = 0; band < c.sketches.bands; band++)
            key[band] = (uint32_t)(row * c.sketches.bands + band) * 0x9e3779b1u;
        key[0] = row < 2 ? 1 : key[0];
        key[1] = row > 0 ? 2 : key[1];
        uint8_t *const slot = c.sketches.slot + row * c.sketches.slot_stride;
        memset(slot, row == 0 ? 1 : 0, 20);     /* row 0 and 1: 108 equal */
        memset(slot + 20, row > 1 ? 1 : 0, 20); /* row 1 and others: 108; row 0 and others: 88 */
    }
    group(&c, &g, &counts);
    cr_expect_eq(g.kept[0], 0);
    cr_expect_eq(g.kept[1], 0);
    for (size_t row = 2; row < N; row++)
        cr_expect_eq(g.kept[row], 2);
    cr_expect_eq(counts.rounds, 2);
    cr_expect_eq(counts.near, 39);
    cr_expect_eq(counts.groups, 2);
    cr_expect_eq(counts.join.bounded_buckets, 1);
    cr_expect_eq(c.fetches, 0);
    syndic_grouping_clear(&g);
    corpus_clear(&c);
}

/* 5,000 rows with the same keys: near copies of one text, each with one word of its own. */
Test(near, huge_bucket_of_near_copies)
{
    enum { N = 5000 };
    struct corpus c;
    struct syndic_grouping g;
    struct syndic_group_counts counts;

    corpus_init(&c, N);
    for (size_t row = 0; row < N; row++) {
        add_range(&c, 0, 30);
        if (row)
            c.word[row][29] = (uint16_t)(100 + row);
    }
    corpus_sketch(&c, NULL);
    memset(c.sketches.key, 0, N * c.sketches.bands * sizeof(*c.sketches.key));
    memset(c.sketches.slot, 0, N * c.sketches.slot_stride);
    c.options.threads = 2;
    group(&c, &g, &counts);
    for (size_t row = 0; row < N; row++)
        cr_assert_eq(g.kept[row], 0);
    cr_expect_eq(counts.near, N - 1);
    cr_expect_eq(counts.verified_exactly, N - 1);
    cr_expect_eq(counts.rounds, 1);
    syndic_grouping_clear(&g);
    corpus_clear(&c);
}
