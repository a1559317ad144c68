/* SPDX-License-Identifier: Apache-2.0 */
/* test_simhash_groups.c - groups and lists of pairs by SimHash, against brute force that follows
 * the definition. */
#include "group/group.h"
#include "group/simhash.h"
#include "simhash_rows.h"

TestSuite(simhash_groups, .init = start, .fini = finish);

/* ---- groups ---- */

/* What becomes of each row, by the definition: rows of the same text, then of the same SimHash, go
 * where the first of them goes; the others, in order, to the nearest kept one. */
static void group_by_hand(const struct rows *r, uint32_t distance, uint32_t *kept, uint8_t *how)
{
    const size_t n = r->sketches.count;

    for (size_t i = 0; i < n; i++) {
        const uint32_t row = r->order[i];
        uint32_t nearest = distance + 1;
        kept[row] = row;
        how[row] = SYNDIC_HOW_KEPT;
        for (size_t j = 0; j < i; j++) {
            const uint32_t other = r->order[j], apart = distance_of(r, row, other);
            if (syndic_hash128_equal(r->sketches.exact[row], r->sketches.exact[other])) {
                kept[row] = kept[other];
                how[row] = kept[other] == other ? SYNDIC_HOW_EXACT : SYNDIC_HOW_NEAR;
                break;
            }
            if (apart == 0 && nearest) { /* the first of them, for ties go to the first */
                nearest = 0;
                kept[row] = kept[other];
                how[row] = SYNDIC_HOW_NEAR;
            } else if (kept[other] == other && apart < nearest) {
                nearest = apart;
                kept[row] = other;
                how[row] = SYNDIC_HOW_NEAR;
            }
        }
    }
}

static void expect_grouping(const struct rows *r, uint32_t distance,
                            const struct syndic_grouping *grouping)
{
    const size_t n = r->sketches.count;
    uint32_t *const kept = syndic_allocate(&memory, n, sizeof(*kept));
    uint8_t *const how = syndic_allocate(&memory, n, 1);

    group_by_hand(r, distance, kept, how);
    for (uint32_t row = 0; row < n; row++) {
        const uint32_t apart = distance_of(r, row, kept[row]);
        cr_assert_eq(grouping->kept[row], kept[row], "row %u: %u, not %u", row, grouping->kept[row],
                     kept[row]);
        cr_assert_eq(grouping->how[row], how[row]);
        cr_assert_leq(apart, distance);
        cr_assert_eq(grouping->similarity[row], (float)(64 - apart) / 64);
        cr_assert_eq(grouping->known[row], SYNDIC_KNOWN_EXACTLY);
    }
    syndic_release(&memory, how);
    syndic_release(&memory, kept);
}

/* Some rows get the text, and so the SimHash, of others. */
static void copy_some(struct rows *r, uint64_t *state)
{
    for (size_t i = 1; i < r->sketches.count; i++) {
        const uint64_t x = syndic_splitmix64(state);
        if (x % 8)
            continue;
        r->sketches.simhash[i] = r->sketches.simhash[x / 8 % i];
        r->sketches.exact[i] = r->sketches.exact[x / 8 % i];
    }
}

static struct syndic_plan *make_plan(struct syndic_options *options, uint32_t distance)
{
    struct syndic_plan *plan;

    syndic_options_init(options);
    options->by = SYNDIC_BY_SIMHASH;
    options->distance = distance;
    cr_assert_eq(syndic_plan_create(&memory, options, &plan, NULL), SYNDIC_OK);
    return plan;
}

Test(simhash_groups, groups_equal_the_greedy_choice)
{
    uint64_t state = 8;

    cr_log_info("seed 8");
    for (uint32_t round = 0; round < 7 * KINDS * 2; round++) {
        struct syndic_options options;
        struct syndic_plan *const plan = make_plan(&options, round % 7);
        struct rows r = make_rows(round % 4 ? 200 : 1500);
        fill(&r, (enum kind)(round / 7 % KINDS), &state);
        copy_some(&r, &state);
        shuffle(r.order, r.sketches.count, &state);
        for (options.threads = 1; options.threads <= 3; options.threads++) {
            struct syndic_grouping grouping;
            struct syndic_group_counts counts;
            cr_assert_eq(syndic_group_documents(&r.sketches, plan, &options, r.order, NULL,
                                                &grouping, &counts, NULL),
                         SYNDIC_OK);
            expect_grouping(&r, options.distance, &grouping);
            syndic_grouping_clear(&grouping);
        }
        drop_rows(&r);
        syndic_plan_destroy(plan);
    }
}

static void fill_grouping(struct syndic_grouping *grouping, size_t n)
{
    *grouping = (struct syndic_grouping){.count = n,
                                         .kept = syndic_allocate(&memory, n, 4),
                                         .similarity = syndic_allocate(&memory, n, 4),
                                         .how = syndic_allocate_zeroed(&memory, n, 1),
                                         .known = syndic_allocate_zeroed(&memory, n, 1),
                                         .memory = &memory};
    for (size_t i = 0; i < n; i++) {
        grouping->kept[i] = (uint32_t)i;
        grouping->similarity[i] = 1;
    }
}

Test(simhash_groups, portions_change_nothing)
{
    static const size_t pairs_max[] = {1, 2, 30, 1000, 100000};
    uint64_t state = 9;

    for (uint32_t round = 0; round < 10; round++) {
        struct syndic_options options;
        struct syndic_plan *const plan = make_plan(&options, 2 + round % 4);
        struct rows r = make_rows(600);
        struct syndic_grouping grouping;
        struct syndic_group_counts counts = {0};
        fill(&r, round % 2 ? BALL : CLUSTERS, &state);
        shuffle(r.order, r.sketches.count, &state);
        fill_grouping(&grouping, r.sketches.count);
        cr_assert_eq(syndic_group_simhash(&r.sketches, plan, &options, pairs_max[round / 2],
                                          r.order, r.sketches.count, &grouping, &counts, NULL),
                     SYNDIC_OK);
        expect_grouping(&r, options.distance, &grouping);
        cr_expect(pairs_max[round / 2] > 30 || counts.rounds > 1, "%zu joins",
                  (size_t)counts.rounds);
        syndic_grouping_clear(&grouping);
        drop_rows(&r);
        syndic_plan_destroy(plan);
    }
}

/* ---- lists of pairs ---- */

/* The first row in order with the same text, or SimHash. */
static uint32_t first_of(const struct rows *r, uint32_t row, bool text)
{
    for (size_t i = 0;; i++) {
        const uint32_t other = r->order[i];
        if (text ? syndic_hash128_equal(r->sketches.exact[row], r->sketches.exact[other])
                 : r->sketches.simhash[row] == r->sketches.simhash[other])
            return other;
    }
}

Test(simhash_groups, lists_of_pairs_equal_brute_force)
{
    uint64_t state = 10;

    for (uint32_t round = 0; round < 14; round++) {
        struct syndic_options options;
        struct syndic_plan *const plan = make_plan(&options, round % 7);
        struct rows r = make_rows(150);
        struct syndic_pair *pair;
        struct syndic_group_counts counts;
        size_t count, p = 0;
        fill(&r, round % 2 ? CLUSTERS : FEW_BITS, &state);
        copy_some(&r, &state);
        shuffle(r.order, r.sketches.count, &state);
        cr_assert_eq(syndic_verified_pairs(&r.sketches, plan, &options, r.order, NULL, &memory,
                                           &pair, &count, &counts, NULL),
                     SYNDIC_OK);
        for (uint32_t a = 0; a < 150; a++)
            for (uint32_t b = a + 1; b < 150; b++) {
                const uint32_t a_text = first_of(&r, a, true), b_text = first_of(&r, b, true);
                const uint32_t a_same = first_of(&r, a, false), b_same = first_of(&r, b, false);
                const bool exact = a_text == b_text && (a_text == a || b_text == b);
                const bool same = !exact && a_text == a && b_text == b && a_same == b_same &&
                                  (a_same == a || b_same == b);
                const bool near =
                    a_same == a && b_same == b && distance_of(&r, a, b) <= options.distance;
                if (!exact && !same && !near)
                    continue;
                cr_assert_lt(p, count);
                cr_assert(pair[p].a == a && pair[p].b == b);
                cr_assert_eq(pair[p].how, exact ? SYNDIC_HOW_EXACT : SYNDIC_HOW_NEAR);
                cr_assert_eq(pair[p].similarity, (float)(64 - distance_of(&r, a, b)) / 64);
                p++;
            }
        cr_assert_eq(p, count);
        syndic_release(&memory, pair);
        drop_rows(&r);
        syndic_plan_destroy(plan);
    }
}
