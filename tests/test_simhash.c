/* SPDX-License-Identifier: Apache-2.0 */
/* test_simhash.c - SimHashes of shingles and texts, and all pairs within a distance.  The golden
 * values come from a Python program that shares nothing with this code; joins are compared with
 * brute force. */
#include "join/simhash.h"
#include "kernel.h"
#include "simhash_rows.h"

TestSuite(simhash, .init = start, .fini = finish);

/* ---- one document ---- */

Test(simhash, of_random_shingles)
{
    static const struct {
        size_t n;
        uint64_t simhash;
    } golden[] = {
        {1, 0x910a2dec89025cc1u},    {2, 0x9748041008941642u},   {3, 0x9d4b6ca6db018d89u},
        {63, 0x6af82141cb345a43u},   {64, 0x65d07aeaeab9021eu},  {65, 0x7ac574c61d0383ebu},
        {128, 0xcf1738787e50156cu},  {129, 0x43963b0422b182ecu}, {1000, 0xe793f6aaf617aacdu},
        {4097, 0x0c492a70ee54a418u},
    };
    static uint64_t shingle[4097];

    for (size_t t = 0; syndic_kernels_at(t); t++) {
        const struct syndic_kernels *const k = syndic_kernels_at(t);
        if (k->needs & ~syndic_cpu_features())
            continue;
        cr_expect_eq(k->simhash(shingle, 0), 0);
        for (size_t g = 0; g < sizeof(golden) / sizeof(*golden); g++) {
            uint64_t state = golden[g].n;
            for (size_t i = 0; i < golden[g].n; i++)
                shingle[i] = syndic_splitmix64(&state);
            cr_expect_eq(k->simhash(shingle, golden[g].n), golden[g].simhash, "%s, %zu shingles",
                         k->name, golden[g].n);
        }
    }
}

Test(simhash, as_many_ones_as_zeros_is_zero)
{
    const uint64_t x = 0x0123456789abcdefu;
    const uint64_t tie[] = {x, ~x}, three[] = {x, ~x, x}, four[] = {x, ~x, ~x, x};

    cr_expect_eq(syndic_kernels()->simhash(tie, 2), 0);
    cr_expect_eq(syndic_kernels()->simhash(three, 3), x);
    cr_expect_eq(syndic_kernels()->simhash(four, 4), 0);
}

static uint64_t simhash_of(const char *text, uint32_t width)
{
    struct syndic_options options;
    struct syndic_plan *plan;
    struct syndic_sketcher *sketcher;

    syndic_options_init(&options);
    options.by = SYNDIC_BY_SIMHASH;
    options.shingle_width = width;
    cr_assert_eq(syndic_plan_create(&memory, &options, &plan, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_sketcher_create(&memory, plan, &sketcher), SYNDIC_OK);
    cr_assert_eq(syndic_sketch_document(sketcher, (const uint8_t *)text, strlen(text)), SYNDIC_OK);
    const uint64_t simhash = sketcher->signature.simhash;
    syndic_sketcher_destroy(sketcher);
    syndic_plan_destroy(plan);
    return simhash;
}

Test(simhash, of_texts)
{
    cr_expect_eq(simhash_of("The quick brown fox jumps over the lazy dog.", 5),
                 0x2969c9316199a9dcu);
    cr_expect_eq(simhash_of("The quick brown fox jumps over the lazy dog.", 1),
                 0x1e7e17b6ea742bcbu);
    cr_expect_eq(simhash_of("A", 5), 0x499a724fdecc525bu);
    cr_expect_eq(simhash_of("one two three four five six", 5), 0x8008028610d80932u);
    cr_expect_eq(simhash_of("one two three four five six seven", 5), 0x8268028693fa1d3au);
    /* Shingles count as often as they occur. */
    cr_expect_eq(
        simhash_of("to be or not to be or not to be or not to be or not to be or not to be", 5),
        0xb43b016444040ac2u);
    cr_expect_eq(simhash_of(" - ", 5), 0);
}

Test(simhash, options_are_checked)
{
    struct syndic_options options;
    struct syndic_bands bands;
    struct syndic_error error;

    syndic_options_init(&options);
    cr_expect_eq(options.distance, 3);
    options.by = SYNDIC_BY_SIMHASH;
    options.distance = 7;
    cr_expect_eq(syndic_bands_for(&options, &bands, &error), SYNDIC_INVALID_ARGUMENT);
    cr_expect_str_eq(error.message, "distance of SimHashes must be 0 to 6, not 7");
    options.distance = 6;
    cr_expect_eq(syndic_bands_for(&options, &bands, &error), SYNDIC_OK);
    cr_expect_eq(bands.bands, 0);
    cr_expect_eq(bands.rows, 0);
    cr_expect_eq(bands.recall_at_threshold, 1);
}

/* ---- all pairs ---- */

static size_t expect_all_pairs(const struct rows *r, uint32_t distance,
                               const struct syndic_edges *edges)
{
    const size_t n = r->sketches.count;
    size_t e = 0;

    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            const uint32_t a = r->order[i], b = r->order[j], apart = distance_of(r, a, b);
            if (apart > distance)
                continue;
            cr_assert_lt(e, edges->count);
            cr_assert_eq(edges->edge[e].first, a);
            cr_assert_eq(edges->edge[e].second, b);
            cr_assert_eq(edges->edge[e].equal, 64 - apart);
            e++;
        }
    cr_assert_eq(e, edges->count);
    return e;
}

static enum syndic_status join(const struct rows *r, struct syndic_simhash_options options,
                               struct syndic_edges *edges, struct syndic_join_counts *counts)
{
    return syndic_join_simhash(&r->sketches, &options, r->order, r->sketches.count, edges, counts);
}

Test(simhash, all_pairs_equal_brute_force)
{
    uint64_t state = 4;
    size_t total = 0;

    cr_log_info("seed 4");
    for (uint32_t round = 0; round < 7 * KINDS * 4; round++) {
        const uint32_t distance = round % 7;
        struct rows r = make_rows(round % 3 ? 300 : round % 5);
        fill(&r, (enum kind)(round / 7 % KINDS), &state);
        shuffle(r.order, r.sketches.count, &state);
        for (uint32_t blocks = distance; blocks <= 10; blocks++) { /* distance itself: no choice */
            struct syndic_edges edges;
            struct syndic_join_counts counts;
            const uint32_t asked = blocks == distance ? 0 : blocks;
            const struct syndic_simhash_options options = {distance, 1, SIZE_MAX, asked};
            cr_assert_eq(join(&r, options, &edges, &counts), SYNDIC_OK);
            total += expect_all_pairs(&r, distance, &edges);
            syndic_edges_clear(&edges);
        }
        drop_rows(&r);
    }
    cr_expect_gt(total, 100000);
}

/* Two tables of four have one bucket of all rows: it is bucketed again, and nothing is lost. */
Test(simhash, a_block_that_all_share)
{
    uint64_t state = 5;
    struct rows r = make_rows(20000);
    struct syndic_edges edges;
    struct syndic_join_counts counts;

    fill(&r, ONE_BLOCK, &state);
    const struct syndic_simhash_options options = {3, 1, SIZE_MAX, 4};
    cr_assert_eq(join(&r, options, &edges, &counts), SYNDIC_OK);
    cr_expect_gt(expect_all_pairs(&r, 3, &edges), 10000);
    cr_expect_eq(counts.largest_bucket, 20000);
    cr_expect_lt(counts.compared, 10000000, "%zu comparisons, of %zu for all with all",
                 (size_t)counts.compared, (size_t)20000 * 19999 / 2);
    syndic_edges_clear(&edges);
    drop_rows(&r);
}

Test(simhash, threads_and_blocks_change_nothing)
{
    uint64_t state = 6;
    struct rows r = make_rows(150000);
    struct syndic_edges one, other;
    struct syndic_join_counts counts;

    fill(&r, CLUSTERS, &state);
    const struct syndic_simhash_options alone = {3, 1, SIZE_MAX, 4};
    cr_assert_eq(join(&r, alone, &one, &counts), SYNDIC_OK);
    cr_expect_gt(one.count, 50000);
    for (uint32_t threads = 1; threads <= 3; threads++) {
        const struct syndic_simhash_options options = {3, threads, SIZE_MAX, 4 + threads};
        cr_assert_eq(join(&r, options, &other, &counts), SYNDIC_OK);
        cr_assert_eq(other.count, one.count);
        cr_expect(!memcmp(one.edge, other.edge, one.count * sizeof(*one.edge)));
        syndic_edges_clear(&other);
    }
    syndic_edges_clear(&one);
    drop_rows(&r);
}

Test(simhash, too_many_pairs)
{
    uint64_t state = 7;
    struct rows r = make_rows(3000);
    struct syndic_edges edges;
    struct syndic_join_counts counts;

    fill(&r, FEW_BITS, &state);
    const struct syndic_simhash_options options = {6, 2, 1000, 0};
    cr_expect_eq(join(&r, options, &edges, &counts), SYNDIC_LIMIT);
    syndic_edges_clear(&edges);
    drop_rows(&r);
}
