/* SPDX-License-Identifier: Apache-2.0 */
/* test_group.c - groups that can be told by hand, what is fetched for them, and failures. */
#include "set_corpus.h"

/* a = 0..9, b = 1..10, c = 2..11: a and b, b and c share 9 of 11 (0.82), a and c 8 of 12 (0.67). */
Test(group, a_chain_is_not_a_group)
{
    struct corpus c;
    struct syndic_grouping g;
    struct syndic_group_counts counts;

    corpus_init(&c, 3);
    add_range(&c, 0, 10);
    add_range(&c, 1, 11);
    add_range(&c, 2, 12);
    corpus_sketch(&c, NULL);
    make_all_candidates(&c);
    group(&c, &g, &counts);
    cr_expect_eq(g.kept[0], 0);
    cr_expect_eq(g.kept[1], 0);
    cr_expect_eq(g.kept[2], 2);
    cr_expect_float_eq(g.similarity[1], 9.0 / 11, 1e-6);
    cr_expect_eq(counts.near, 1);
    cr_expect_eq(counts.groups, 1);
    cr_expect_eq(counts.verified_exactly, 1);
    cr_expect_eq(counts.refused_exactly, 1);
    cr_expect_eq(counts.rounds, 1);
    syndic_grouping_clear(&g);
    corpus_clear(&c);
}

/* The same with the middle one preferred: both others join it. */
Test(group, the_preferred_document_is_kept)
{
    const double rank[] = {2, 1, 3}, worst[] = {1, 3, 2};
    struct corpus c;
    struct syndic_grouping g;
    struct syndic_group_counts counts;

    for (int max = 0; max < 2; max++) {
        corpus_init(&c, 3);
        add_range(&c, 0, 10);
        add_range(&c, 1, 11);
        add_range(&c, 2, 12);
        c.options.keep = max ? SYNDIC_KEEP_MAX : SYNDIC_KEEP_MIN;
        corpus_sketch(&c, max ? worst : rank);
        make_all_candidates(&c);
        group(&c, &g, &counts);
        cr_expect_eq(g.kept[0], 1);
        cr_expect_eq(g.kept[1], 1);
        cr_expect_eq(g.kept[2], 1);
        syndic_grouping_clear(&g);
        corpus_clear(&c);
    }
}

/* 8 of 10 words is exactly the threshold of 0.8, and 4 of 5; 7 of 9 is below it. */
Test(group, similarity_at_the_threshold_counts)
{
    struct corpus c;
    struct syndic_grouping g;
    struct syndic_group_counts counts;

    corpus_init(&c, 6);
    add_range(&c, 0, 10);
    add_range(&c, 0, 8);
    add_range(&c, 100, 105);
    add_range(&c, 100, 104);
    add_range(&c, 200, 209);
    add_range(&c, 200, 207);
    corpus_sketch(&c, NULL);
    make_all_candidates(&c);
    group(&c, &g, &counts);
    cr_expect_arr_eq(g.kept, ((const uint32_t[]){0, 0, 2, 2, 4, 5}), 6 * sizeof(uint32_t));
    cr_expect_float_eq(g.similarity[1], 0.8, 1e-6);
    syndic_grouping_clear(&g);
    corpus_clear(&c);
}

/* Copies of a kept row are exact; copies of a removed one follow it, as near. */
Test(group, exact_copies_follow_their_first)
{
    struct corpus c;
    struct syndic_grouping g;
    struct syndic_group_counts counts;

    corpus_init(&c, 6);
    add_range(&c, 0, 10);
    add_range(&c, 0, 9);
    add_range(&c, 0, 10);
    add_range(&c, 0, 9);
    add_range(&c, 0, 0);
    add_range(&c, 0, 0);
    corpus_sketch(&c, NULL);
    make_all_candidates(&c);
    group(&c, &g, &counts);
    cr_expect_arr_eq(g.kept, ((const uint32_t[]){0, 0, 0, 0, 4, 5}), 6 * sizeof(uint32_t));
    cr_expect_arr_eq(g.how,
                     ((const uint8_t[]){SYNDIC_HOW_KEPT, SYNDIC_HOW_NEAR, SYNDIC_HOW_EXACT,
                                        SYNDIC_HOW_NEAR, SYNDIC_HOW_KEPT, SYNDIC_HOW_KEPT}),
                     6);
    cr_expect_float_eq(g.similarity[2], 1, 1e-9);
    cr_expect_float_eq(g.similarity[3], 0.9, 1e-6);
    cr_expect_eq(counts.exact, 1);
    cr_expect_eq(counts.near, 2);
    cr_expect_eq(counts.empty, 2);
    cr_expect_eq(counts.groups, 1);
    syndic_grouping_clear(&g);

    c.options.by = SYNDIC_BY_EXACT;
    group(&c, &g, &counts);
    cr_expect_arr_eq(g.kept, ((const uint32_t[]){0, 1, 0, 1, 4, 5}), 6 * sizeof(uint32_t));
    cr_expect_eq(counts.exact, 2);
    cr_expect_eq(counts.groups, 2);
    cr_expect_eq(counts.rounds, 0);
    cr_expect_eq(c.fetches, 0);
    syndic_grouping_clear(&g);
    corpus_clear(&c);
}

/* Hashes that agree in the 32 bits that bucket them are still told apart. */
Test(group, exact_hashes_are_compared_whole)
{
    struct corpus c;
    struct syndic_grouping g;
    struct syndic_group_counts counts;

    corpus_init(&c, 5);
    for (uint16_t row = 0; row < 5; row++)
        add_range(&c, (uint16_t)(100 * row), (uint16_t)(100 * row + 5));
    c.options.by = SYNDIC_BY_EXACT;
    corpus_sketch(&c, NULL);
    for (size_t row = 0; row < 5; row++)
        c.sketches.exact[row] = (struct syndic_hash128){(uint64_t)7 << 32, row % 2};
    c.sketches.exact[4].low++;
    group(&c, &g, &counts);
    cr_expect_arr_eq(g.kept, ((const uint32_t[]){0, 1, 0, 1, 4}), 5 * sizeof(uint32_t));
    syndic_grouping_clear(&g);
    corpus_clear(&c);
}

/* ---- how much is verified ---- */

/* Default limits: 121 slots accept unseen, 89 to 120 are looked at, fewer are refused. */
Test(group, default_verification_fetches_the_grey_zone_only)
{
    struct corpus c;
    struct syndic_grouping g;
    struct syndic_group_counts counts;
    static const uint8_t differ[] = {0, 7, 0, 8, 0, 40};

    corpus_init(&c, 6);
    for (uint16_t pair = 0; pair < 3; pair++) {
        add_range(&c, (uint16_t)(100 * pair), (uint16_t)(100 * pair + 20));
        add_range(&c, (uint16_t)(100 * pair), (uint16_t)(100 * pair + 19));
    }
    c.options.verify = SYNDIC_VERIFY_DEFAULT;
    corpus_sketch(&c, NULL);
    memset(c.sketches.slot, 0, 6 * c.sketches.slot_stride);
    for (size_t row = 0; row < 6; row++) {
        for (uint32_t band = 0; band < c.sketches.bands; band++)
            c.sketches.key[row * c.sketches.bands + band] = (uint32_t)(row / 2) * 0x10000001u;
        memset(c.sketches.slot + row * c.sketches.slot_stride, 1, differ[row]);
    }
    group(&c, &g, &counts);
    cr_expect_arr_eq(g.kept, ((const uint32_t[]){0, 0, 2, 2, 4, 5}), 6 * sizeof(uint32_t));
    cr_expect_eq(g.known[1], SYNDIC_KNOWN_ESTIMATED);
    cr_expect_float_eq(g.similarity[1], (121.0 / 128 - 1.0 / 256) * 256 / 255, 1e-6);
    cr_expect_eq(g.known[3], SYNDIC_KNOWN_EXACTLY);
    cr_expect_float_eq(g.similarity[3], 0.95, 1e-6);
    cr_expect_eq(counts.accepted_by_signature, 1);
    cr_expect_eq(counts.verified_exactly, 1);
    cr_expect_eq(c.fetches, 2);
    cr_expect_arr_eq(c.wanted, ((const uint8_t[]){0, 0, 1, 1, 0, 0}), 6);
    syndic_grouping_clear(&g);

    c.options.verify = SYNDIC_VERIFY_NONE;
    group(&c, &g, &counts);
    cr_expect_arr_eq(g.kept, ((const uint32_t[]){0, 0, 2, 2, 4, 4}), 6 * sizeof(uint32_t));
    cr_expect_eq(c.prepared, 0);
    syndic_grouping_clear(&g);
    corpus_clear(&c);
}

Test(group, a_failing_fetch_is_reported_and_nothing_leaks)
{
    uint64_t state = 5;
    struct corpus c;

    cr_log_info("seed 5");
    corpus_init(&c, 500);
    add_random(&c, 500, 20, &state);
    corpus_sketch(&c, NULL);
    const size_t held = memory.used_bytes;
    for (c.fail_at = 1; c.fail_at < 200; c.fail_at += 33) {
        struct syndic_grouping g;
        struct syndic_group_counts counts;
        struct syndic_error error = {.status = SYNDIC_OK};
        c.options.threads = 1 + c.fail_at % 3;
        cr_expect_eq(group_status(&c, &g, &counts, &error), SYNDIC_IO);
        cr_expect_eq(error.status, SYNDIC_IO);
        cr_expect_str_eq(error.message, "gone");
        cr_expect_eq(memory.used_bytes, held);
    }
    corpus_clear(&c);
}

Test(group, runs_out_of_memory_cleanly)
{
    uint64_t state = 6;
    struct corpus c;
    size_t refused = 0, done = 0;

    cr_log_info("seed 6");
    corpus_init(&c, 300);
    add_random(&c, 300, 20, &state);
    corpus_sketch(&c, NULL);
    c.options.threads = 2;
    const size_t held = memory.used_bytes;
    for (size_t more = 1; more < 32000000; more += 1 + more / 4) {
        struct syndic_grouping g;
        struct syndic_group_counts counts;
        struct syndic_error error = {.status = SYNDIC_OK};
        memory.cap_bytes = held + more;
        const enum syndic_status status = group_status(&c, &g, &counts, &error);
        if (status == SYNDIC_OK) {
            done++;
            expect_guarantee(&c, &g);
            syndic_grouping_clear(&g);
        } else {
            refused++;
            cr_expect_eq(status, SYNDIC_NO_MEMORY);
        }
        cr_assert_eq(memory.used_bytes, held);
    }
    cr_expect_gt(refused, 10);
    cr_expect_gt(done, 0);
    memory.cap_bytes = 0;
    corpus_clear(&c);
}
