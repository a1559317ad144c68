/* SPDX-License-Identifier: Apache-2.0 */
/* test_join.c - verification limits and the join, on sketches filled in by
 * hand. */
#include "join/join.h"
#include "kernel.h"

#include <criterion/criterion.h>
#include <string.h>

static struct syndic_memory memory;

static void set_up(void)
{
    syndic_memory_init(&memory, NULL, 0);
}

TestSuite(join, .init = set_up);

static struct syndic_plan make_plan(uint32_t slots, uint32_t bands, double threshold)
{
    const uint32_t stride =
        (slots + SYNDIC_LANE_MULTIPLE - 1) / SYNDIC_LANE_MULTIPLE * SYNDIC_LANE_MULTIPLE;

    return (struct syndic_plan){.slots = slots,
                                .stride = stride,
                                .bands = bands,
                                .rows = slots / bands,
                                .threshold = threshold,
                                .memory = &memory};
}

/* Rows whose keys are all different (row * bands + band) and whose slots are all 0. */
static struct syndic_sketches make_sketches(const struct syndic_plan *plan, size_t count)
{
    struct syndic_sketches s = {
        .count = count,
        .capacity = count,
        .bands = plan->bands,
        .slot_stride = plan->stride,
        .key = syndic_allocate(&memory, count * plan->bands, sizeof(uint32_t)),
        .slot = syndic_allocate_zeroed(&memory, count, plan->stride),
        .memory = &memory,
    };

    for (size_t i = 0; i < count * plan->bands; i++)
        s.key[i] = (uint32_t)i * 0x9e3779b1u; /* odd: a bijection */
    return s;
}

static void drop_sketches(struct syndic_sketches *s)
{
    syndic_release(&memory, s->key);
    syndic_release(&memory, s->slot);
}

static uint32_t *make_order(size_t count)
{
    uint32_t *const order = syndic_allocate(&memory, count, sizeof(*order));

    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    return order;
}

static void run(const struct syndic_sketches *s, const struct syndic_plan *plan,
                const uint32_t *order, struct syndic_join_options options,
                struct syndic_edges *edges, struct syndic_join_counts *counts)
{
    struct syndic_error error = {0};

    cr_assert_eq(syndic_join(s, plan, &options, order, s->count, edges, counts, &error), SYNDIC_OK,
                 "%s", error.message);
}

static void expect_edge(const struct syndic_edge *edge, uint32_t first, uint32_t second,
                        uint32_t equal)
{
    cr_expect_eq(edge->first, first);
    cr_expect_eq(edge->second, second);
    cr_expect_eq(edge->equal, equal);
}

/* ---- limits ---- */

/* K = 128, t = 0.8: 128 * (0.8 + 0.2 / 256) = 102.5 expected, deviation sqrt(20.48) = 4.5255:
 * 3 below are 88.92, 4 above 120.6. */
Test(join, limits_at_the_default)
{
    const struct syndic_plan plan = make_plan(128, 16, 0.8);
    struct syndic_verify_limits l =
        syndic_verify_limits(plan.threshold, plan.slots, SYNDIC_VERIFY_DEFAULT);

    cr_expect_eq(l.reject, 89);
    cr_expect_eq(l.accept, 121);
    l = syndic_verify_limits(plan.threshold, plan.slots, SYNDIC_VERIFY_SIGNATURE);
    cr_expect_eq(l.reject, 103);
    cr_expect_eq(l.accept, 103);
    l = syndic_verify_limits(plan.threshold, plan.slots, SYNDIC_VERIFY_EXACT);
    cr_expect_eq(l.reject, 89);
    cr_expect_eq(l.accept, 129);
    l = syndic_verify_limits(plan.threshold, plan.slots, SYNDIC_VERIFY_NONE);
    cr_expect_eq(l.reject, 0);
    cr_expect_eq(l.accept, 0);
}

Test(join, limits_near_one_never_accept_by_signature)
{
    const struct syndic_plan one = make_plan(128, 16, 1.0), high = make_plan(128, 16, 0.95);
    struct syndic_verify_limits l =
        syndic_verify_limits(one.threshold, one.slots, SYNDIC_VERIFY_DEFAULT);

    cr_expect_eq(l.reject, 128);
    cr_expect_eq(l.accept, 129);
    cr_expect_eq(syndic_verify_limits(one.threshold, one.slots, SYNDIC_VERIFY_SIGNATURE).accept,
                 128);
    /* 121.625 + 4 * 2.466 is beyond 128. */
    cr_expect_eq(syndic_verify_limits(high.threshold, high.slots, SYNDIC_VERIFY_DEFAULT).accept,
                 129);
}

/* 16 * 0.05 - 3 * sqrt(16 * 0.05 * 0.95) is below 0. */
Test(join, limits_near_zero_reject_nothing)
{
    const struct syndic_plan plan = make_plan(16, 16, 0.05);

    cr_expect_eq(syndic_verify_limits(plan.threshold, plan.slots, SYNDIC_VERIFY_DEFAULT).reject, 0);
}

/* ---- the join ---- */

Test(join, pairs_of_shared_bands_in_preference_order)
{
    const struct syndic_plan plan = make_plan(64, 2, 0.8);
    struct syndic_sketches s = make_sketches(&plan, 4);
    const uint32_t order[] = {3, 2, 1, 0};
    struct syndic_edges edges;
    struct syndic_join_counts counts;

    s.key[0] = s.key[2] = 5;            /* band 0: rows 0 and 1 */
    s.key[1] = s.key[3] = s.key[7] = 6; /* band 1: rows 0, 1 and 3 */
    memset(s.slot + 0 * 64, 1, 10);     /* row 0 differs from all in 10 slots */
    run(&s, &plan, order, (struct syndic_join_options){SYNDIC_VERIFY_DEFAULT, 2, 0}, &edges,
        &counts);
    cr_assert_eq(edges.count, 3);
    expect_edge(&edges.edge[0], 3, 1, 64);
    expect_edge(&edges.edge[1], 3, 0, 54);
    expect_edge(&edges.edge[2], 1, 0, 54);
    cr_expect_null(edges.bounded);
    cr_expect_eq(counts.buckets, 2);
    cr_expect_eq(counts.bounded_buckets, 0);
    cr_expect_eq(counts.largest_bucket, 3);
    cr_expect_eq(counts.compared, 3); /* rows 0 and 1 once, not in both bands */
    syndic_edges_clear(&edges);
    drop_sketches(&s);
    cr_expect_eq(memory.used_bytes, 0);
}

/* K = 64, t = 0.8: 51.25 expected, deviation 3.2: 41.65, so 42 slots are a candidate and 41 not. */
Test(join, rejects_by_signature_but_not_with_verify_none)
{
    const struct syndic_plan plan = make_plan(64, 1, 0.8);
    struct syndic_sketches s = make_sketches(&plan, 3);
    uint32_t *const order = make_order(3);
    struct syndic_edges edges;
    struct syndic_join_counts counts;

    s.key[0] = s.key[1] = s.key[2] = 9;
    memset(s.slot + 64, 1, 23);
    memset(s.slot + 128, 2, 22);
    run(&s, &plan, order, (struct syndic_join_options){SYNDIC_VERIFY_DEFAULT, 1, 0}, &edges,
        &counts);
    cr_assert_eq(edges.count, 1);
    expect_edge(&edges.edge[0], 0, 2, 42);
    syndic_edges_clear(&edges);
    run(&s, &plan, order, (struct syndic_join_options){SYNDIC_VERIFY_NONE, 1, 0}, &edges, &counts);
    cr_expect_eq(edges.count, 3);
    syndic_edges_clear(&edges);
    syndic_release(&memory, order);
    drop_sketches(&s);
}

/* 20 slots in a stride of 64: the padding must not count. */
Test(join, padding_is_not_counted)
{
    const struct syndic_plan plan = make_plan(20, 1, 0.8);
    struct syndic_sketches s = make_sketches(&plan, 2);
    const uint32_t order[] = {0, 1};
    struct syndic_edges edges;
    struct syndic_join_counts counts;

    s.key[0] = s.key[1] = 9;
    s.slot[19] = 1;
    run(&s, &plan, order, (struct syndic_join_options){SYNDIC_VERIFY_EXACT, 1, 0}, &edges, &counts);
    cr_assert_eq(edges.count, 1);
    expect_edge(&edges.edge[0], 0, 1, 19);
    syndic_edges_clear(&edges);
    drop_sketches(&s);
}

Test(join, nothing_and_one_row)
{
    const struct syndic_plan plan = make_plan(64, 4, 0.8);
    struct syndic_edges edges;
    struct syndic_join_counts counts;

    for (size_t n = 0; n < 2; n++) {
        struct syndic_sketches s = make_sketches(&plan, n);
        const uint32_t order[] = {0};
        run(&s, &plan, order, (struct syndic_join_options){SYNDIC_VERIFY_DEFAULT, 2, 0}, &edges,
            &counts);
        cr_expect_eq(edges.count, 0);
        cr_expect_eq(counts.buckets, 0);
        syndic_edges_clear(&edges);
        drop_sketches(&s);
    }
    cr_expect_eq(memory.used_bytes, 0);
}

static bool share_band(const struct syndic_sketches *s, size_t a, size_t b)
{
    for (uint32_t band = 0; band < s->bands; band++)
        if (s->key[a * s->bands + band] == s->key[b * s->bands + band])
            return true;
    return false;
}

static uint32_t count_same(const struct syndic_sketches *s, size_t a, size_t b, uint32_t slots)
{
    uint32_t equal = 0;

    for (uint32_t i = 0; i < slots; i++)
        equal += s->slot[a * s->slot_stride + i] == s->slot[b * s->slot_stride + i];
    return equal;
}

/* Random rows of a few keys, any preference order, against all pairs. */
Test(join, equals_brute_force_where_no_bucket_is_bounded)
{
    enum { N = 300, K = 64 };
    const struct syndic_plan plan = make_plan(K, 4, 0.5);
    const uint32_t reject =
        syndic_verify_limits(plan.threshold, plan.slots, SYNDIC_VERIFY_DEFAULT).reject;
    uint64_t state = 42;

    cr_log_info("seed 42");
    for (int round = 0; round < 20; round++) {
        struct syndic_sketches s = make_sketches(&plan, N);
        uint32_t *const order = make_order(N);
        for (size_t i = 0; i < N * 4; i++)
            s.key[i] = (uint32_t)(syndic_splitmix64(&state) % 60) * 0x04000001u;
        for (size_t i = 0; i < N * K; i++)
            s.slot[i] = (uint8_t)(syndic_splitmix64(&state) % 2);
        for (size_t i = N - 1; i > 0; i--) {
            const size_t j = syndic_splitmix64(&state) % (i + 1);
            const uint32_t swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        for (uint32_t threads = 1; threads <= 7; threads += 2)
            for (size_t k = 0; syndic_kernels_at(k); k++) {
                struct syndic_edges edges;
                struct syndic_join_counts counts;
                size_t e = 0;
                if (syndic_kernels_use(syndic_kernels_at(k)->name))
                    continue;
                run(&s, &plan, order,
                    (struct syndic_join_options){SYNDIC_VERIFY_DEFAULT, threads, N}, &edges,
                    &counts);
                for (size_t a = 0; a < N; a++)
                    for (size_t b = a + 1; b < N; b++) {
                        const uint32_t equal = count_same(&s, order[a], order[b], K);
                        if (equal < reject || !share_band(&s, order[a], order[b]))
                            continue;
                        cr_assert_lt(e, edges.count);
                        expect_edge(&edges.edge[e++], order[a], order[b], equal);
                    }
                cr_assert_eq(e, edges.count);
                syndic_edges_clear(&edges);
            }
        syndic_release(&memory, order);
        drop_sketches(&s);
    }
}

/* Enough rows for several threads: row i and row i + N / 2 are alike and share band i % 4 alone. */
Test(join, threads_do_not_change_the_edges)
{
    enum { N = 240000 };
    const struct syndic_plan plan = make_plan(64, 4, 0.8);
    struct syndic_sketches s = make_sketches(&plan, N);
    uint32_t *const order = make_order(N);

    for (size_t i = 0; i < N / 2; i++)
        s.key[4 * (i + N / 2) + i % 4] = s.key[4 * i + i % 4];
    for (uint32_t threads = 1; threads <= 7; threads += 2) {
        struct syndic_edges edges;
        struct syndic_join_counts counts;
        run(&s, &plan, order, (struct syndic_join_options){SYNDIC_VERIFY_DEFAULT, threads, 0},
            &edges, &counts);
        cr_assert_eq(edges.count, N / 2);
        for (uint32_t i = 0; i < N / 2; i++) {
            cr_assert_eq(edges.edge[i].first, i);
            cr_assert_eq(edges.edge[i].second, i + N / 2);
        }
        cr_expect_eq(counts.buckets, N / 2);
        cr_expect_eq(counts.compared, N / 2);
        syndic_edges_clear(&edges);
    }
    syndic_release(&memory, order);
    drop_sketches(&s);
}

/* 5,000 rows with all keys and slots equal: the first covers all others, so it is the only leader.
 */
Test(join, huge_bucket_of_copies_makes_a_star)
{
    enum { N = 5000 };
    const struct syndic_plan plan = make_plan(64, 2, 0.8);
    struct syndic_sketches s = make_sketches(&plan, N);
    uint32_t *const order = make_order(N);
    struct syndic_edges edges;
    struct syndic_join_counts counts;

    for (size_t i = 0; i < N * 2; i++)
        s.key[i] = 77;
    run(&s, &plan, order, (struct syndic_join_options){SYNDIC_VERIFY_EXACT, 2, 0}, &edges, &counts);
    cr_assert_eq(edges.count, N - 1);
    for (size_t i = 0; i < N - 1; i++)
        expect_edge(&edges.edge[i], 0, (uint32_t)i + 1, 64);
    cr_expect_eq(counts.bounded_buckets, 2);
    cr_expect_eq(counts.largest_bucket, N);
    cr_expect_eq(counts.compared, 2 * (N - 1));
    cr_assert_not_null(edges.bounded);
    for (size_t i = 0; i < N; i++)
        cr_expect(edges.bounded[i]);
    syndic_edges_clear(&edges);
    syndic_release(&memory, order);
    drop_sketches(&s);
}

/* The same with slots that have nothing in common: 32 leaders, so 0 + 1 + ... + 31 comparisons and
 * then 32 for each of the other 4,968 rows. */
Test(join, huge_bucket_of_strangers_stays_linear)
{
    enum { N = 5000 };
    const struct syndic_plan plan = make_plan(64, 1, 0.8);
    struct syndic_sketches s = make_sketches(&plan, N);
    uint32_t *const order = make_order(N);
    uint64_t state = 3;
    struct syndic_edges edges;
    struct syndic_join_counts counts;

    for (size_t i = 0; i < N; i++)
        s.key[i] = 77;
    for (size_t i = 0; i < N * 64; i++)
        s.slot[i] = (uint8_t)syndic_splitmix64(&state);
    run(&s, &plan, order, (struct syndic_join_options){SYNDIC_VERIFY_DEFAULT, 2, 0}, &edges,
        &counts);
    cr_expect_eq(edges.count, 0);
    cr_expect_eq(counts.compared, 159472);
    syndic_edges_clear(&edges);
    syndic_release(&memory, order);
    drop_sketches(&s);
}

/* Rows 0 to 39 share band 0 (bounded), and rows 38 and 39, which no leader covers and which became
 * none, share band 1 as well: there they must be compared in spite of the shared band 0. */
Test(join, pairs_of_bounded_buckets_are_compared_in_later_bands)
{
    enum { N = 40 };
    const struct syndic_plan plan = make_plan(64, 2, 0.8);
    struct syndic_sketches s = make_sketches(&plan, N);
    uint32_t *const order = make_order(N);
    struct syndic_edges edges;
    struct syndic_join_counts counts;

    for (size_t i = 0; i < N; i++) {
        s.key[2 * i] = 77;
        memset(s.slot + 64 * i, (int)(i < 38 ? i : 200), 64);
    }
    run(&s, &plan, order, (struct syndic_join_options){SYNDIC_VERIFY_DEFAULT, 1, 32}, &edges,
        &counts);
    cr_expect_eq(edges.count, 0);
    syndic_edges_clear(&edges);
    s.key[2 * 38 + 1] = s.key[2 * 39 + 1] = 78;
    run(&s, &plan, order, (struct syndic_join_options){SYNDIC_VERIFY_DEFAULT, 1, 32}, &edges,
        &counts);
    cr_assert_eq(edges.count, 1);
    expect_edge(&edges.edge[0], 38, 39, 64);
    syndic_edges_clear(&edges);
    syndic_release(&memory, order);
    drop_sketches(&s);
}

/* Whatever the cap, the answer is OK or NO_MEMORY, and nothing is left behind. */
Test(join, runs_out_of_memory_cleanly)
{
    enum { N = 2000 };
    const struct syndic_plan plan = make_plan(64, 2, 0.8);
    struct syndic_sketches s = make_sketches(&plan, N);
    uint32_t *const order = make_order(N);
    const size_t held = memory.used_bytes;
    size_t refused = 0;

    for (size_t i = 0; i < N * 2; i++)
        s.key[i] = (uint32_t)(i / 8) * 0x9e3779b1u;
    for (size_t more = 1; more < 400000; more += 4001) {
        struct syndic_edges edges;
        struct syndic_join_counts counts;
        struct syndic_error error;
        memory.cap_bytes = held + more;
        const enum syndic_status status =
            syndic_join(&s, &plan, &(struct syndic_join_options){SYNDIC_VERIFY_DEFAULT, 2, 0},
                        order, N, &edges, &counts, &error);
        if (status == SYNDIC_OK) {
            syndic_edges_clear(&edges);
        } else {
            cr_assert_eq(status, SYNDIC_NO_MEMORY);
            refused++;
        }
        cr_assert_eq(memory.used_bytes, held);
    }
    cr_expect_gt(refused, 10);
    cr_expect_lt(refused, 99);
    memory.cap_bytes = 0;
    syndic_release(&memory, order);
    drop_sketches(&s);
}
