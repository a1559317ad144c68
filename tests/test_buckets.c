/* SPDX-License-Identifier: Apache-2.0 */
/* test_buckets.c - partition and buckets against a full sort. */
#include "base/hash.h"
#include "join/buckets.h"
#include "join/partition.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct syndic_memory memory;

static void set_up(void)
{
    syndic_memory_init(&memory, NULL, 0);
}

TestSuite(buckets, .init = set_up);

Test(buckets, partition_is_stable_for_any_threads)
{
    enum { N = 500000, PARTS = 64 };
    uint64_t *const from = syndic_allocate(&memory, N, 8), *const to =
                                                               syndic_allocate(&memory, N, 8);
    size_t start[PARTS + 1];
    uint64_t state = 1;

    for (size_t i = 0; i < N; i++)
        from[i] = syndic_splitmix64(&state) << 32 | i;
    for (uint32_t threads = 1; threads <= 7; threads += 3) {
        cr_assert_eq(syndic_partition(&memory, from, N, 58, PARTS, threads, to, start), SYNDIC_OK);
        cr_assert_eq(start[0], 0);
        cr_assert_eq(start[PARTS], N);
        for (size_t p = 0; p < PARTS; p++)
            for (size_t i = start[p]; i < start[p + 1]; i++) {
                cr_assert_eq(to[i] >> 58, p);
                cr_assert(i == start[p] || (uint32_t)to[i - 1] < (uint32_t)to[i]);
            }
    }
    syndic_release(&memory, to);
    syndic_release(&memory, from);
}

/* Members and buckets seen, and a sum that tells sets of buckets apart. */
struct seen {
    size_t buckets[8], members[8];
    uint64_t sum[8];
};

static uint64_t mix_bucket(const uint64_t *records, size_t count)
{
    uint64_t state = count, sum = 0;

    for (size_t i = 0; i < count; i++) {
        state ^= records[i];
        sum = syndic_splitmix64(&state);
    }
    return sum;
}

static void see(void *context, uint32_t thread, const uint64_t *records, size_t count)
{
    struct seen *const seen = context;

    seen->buckets[thread]++;
    seen->members[thread] += count;
    seen->sum[thread] += mix_bucket(records, count);
}

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

static void expect_buckets(const uint32_t *key, size_t n)
{
    uint64_t *const sorted = syndic_allocate(&memory, n, 8), sum = 0;
    size_t buckets = 0, members = 0, end;

    for (size_t i = 0; i < n; i++)
        sorted[i] = syndic_record(key[i], (uint32_t)i);
    qsort(sorted, n, sizeof(*sorted), by_value);
    for (size_t i = 0; i < n; i = end) {
        for (end = i + 1; end < n && sorted[end] >> 32 == sorted[i] >> 32; end++)
            ;
        if (end - i < 2)
            continue;
        buckets++;
        members += end - i;
        sum += mix_bucket(sorted + i, end - i);
    }
    for (uint32_t threads = 1; threads <= 7; threads++) {
        uint64_t *const records = syndic_allocate(&memory, n, 8);
        uint64_t *const scratch = syndic_allocate(&memory, n, 8);
        struct seen seen = {0};
        const struct syndic_bucket_visitor visitor = {see, &seen};
        for (size_t i = 0; i < n; i++)
            records[i] = syndic_record(key[i], (uint32_t)i);
        cr_assert_eq(syndic_buckets_visit(&memory, records, scratch, n, threads, &visitor), 0);
        for (size_t t = 1; t < 8; t++) {
            seen.buckets[0] += seen.buckets[t];
            seen.members[0] += seen.members[t];
            seen.sum[0] += seen.sum[t];
        }
        cr_expect_eq(seen.buckets[0], buckets);
        cr_expect_eq(seen.members[0], members);
        cr_expect_eq(seen.sum[0], sum);
        syndic_release(&memory, scratch);
        syndic_release(&memory, records);
    }
    syndic_release(&memory, sorted);
}

Test(buckets, buckets_are_those_of_a_full_sort)
{
    enum { N = 200000 };
    uint32_t *const key = syndic_allocate(&memory, N, sizeof(*key));
    uint64_t state = 7;

    cr_log_info("seed 7");
    for (size_t i = 0; i < N; i++)
        key[i] = (uint32_t)syndic_splitmix64(&state); /* few equal */
    expect_buckets(key, N);
    for (size_t i = 0; i < N; i++)
        key[i] &= 0xfff00fffu; /* many equal leading bits */
    expect_buckets(key, N);
    for (size_t i = 0; i < N; i++)
        key[i] = 0xabcdef00u + (i % 3 == 0) + 2 * (i % 7 == 0); /* four hot keys, interleaved */
    expect_buckets(key, N);
    for (size_t n = 0; n < 70; n++)
        expect_buckets(key, n);
    syndic_release(&memory, key);
}
