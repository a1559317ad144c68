/* SPDX-License-Identifier: Apache-2.0 */
/* test_sketches.c - signatures packed into columns.  The golden values come from a Python program
 * that shares nothing with this code: another value means another format version. */
#include "sketch/sketch.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static struct syndic_memory memory;
static void start(void)
{
    syndic_memory_init(&memory, NULL, 0);
}

static void finish(void)
{
    cr_assert_eq(memory.used_bytes, 0, "%zu bytes were not released", (size_t)memory.used_bytes);
}

TestSuite(sketches, .init = start, .fini = finish);

static struct syndic_options options_with(enum syndic_minhash kind, uint32_t slots)
{
    return (struct syndic_options){
        .threshold = 0.8, .shingle_width = 5, .signature_slots = slots, .minhash = kind};
}

static struct syndic_plan *plan_with(enum syndic_minhash kind, uint32_t slots)
{
    const struct syndic_options options = options_with(kind, slots);
    struct syndic_plan *plan = NULL;

    cr_assert_eq(syndic_plan_create(&memory, &options, &plan, NULL), SYNDIC_OK);
    return plan;
}

/* The first n numbers of splitmix64 from 1 on. */
static void fill_shingles(uint64_t *shingle, size_t n)
{
    uint64_t state = 1;

    for (size_t i = 0; i < n; i++)
        shingle[i] = syndic_splitmix64(&state);
}

/* FNV-1a over the slots as little-endian bytes. */
static uint64_t fnv(const uint32_t *slot, size_t n)
{
    uint64_t hash = 0xcbf29ce484222325u;

    for (size_t i = 0; i < 4 * n; i++)
        hash = (hash ^ (slot[i / 4] >> 8 * (i % 4) & 255)) * 0x100000001b3u;
    return hash;
}

static uint64_t shingles[20000];
static uint32_t slots[2][1024], table[2048];

static void put_golden(struct syndic_sketches *sketches, const struct syndic_plan *plan, size_t row)
{
    struct syndic_signature signature = {.exact = {1, 2}, .slot = slots[0], .token_count = 77};

    fill_shingles(shingles, 50);
    syndic_minhash(plan, shingles, 50, slots[0], table);
    syndic_sketches_put(sketches, plan, row, &signature, 999);
}

Test(sketches, golden_keys_and_short_slots)
{
    struct syndic_plan *const plan = plan_with(SYNDIC_MINHASH_ONEP, 128);
    struct syndic_sketches sketches;

    syndic_sketches_init(&sketches, &memory, plan);
    cr_assert_eq(sketches.bands, 16);
    cr_assert_eq(sketches.slot_stride, 128);
    cr_assert_eq(syndic_sketches_reserve(&sketches, 3), SYNDIC_OK);
    put_golden(&sketches, plan, 2);
    const uint32_t *const key = sketches.key + 2 * 16;
    cr_assert_eq(key[0], 0x382e498a);
    cr_assert_eq(key[1], 0x1848805e);
    cr_assert_eq(key[15], 0xf0dfec18);
    cr_assert_eq(fnv(key, 16), 0x2d4a4651174838f6);
    const uint8_t first[] = {102, 254, 217, 115};
    cr_assert_eq(memcmp(sketches.slot + 2 * 128, first, 4), 0);
    cr_assert_eq(sketches.exact[2].low, 1);
    cr_assert_eq(sketches.token_count[2], 77);
    cr_assert_eq(sketches.text_bytes[2], 999);
    cr_assert_eq(sketches.count, 0); /* the caller's */
    syndic_sketches_clear(&sketches);
    syndic_plan_destroy(plan);
}

Test(sketches, odd_rows_and_padding)
{
    struct syndic_options options = options_with(SYNDIC_MINHASH_ONEP, 100);
    struct syndic_plan *plan;
    struct syndic_sketches sketches;

    options.bands = 20;
    options.rows = 5;
    cr_assert_eq(syndic_plan_create(&memory, &options, &plan, NULL), SYNDIC_OK);
    syndic_sketches_init(&sketches, &memory, plan);
    cr_assert_eq(sketches.slot_stride, 128);
    cr_assert_eq(syndic_sketches_reserve(&sketches, 1), SYNDIC_OK);
    memset(sketches.slot, 0xee, 128);
    put_golden(&sketches, plan, 0);
    cr_assert_eq(sketches.key[0], 0x34ed6084);
    cr_assert_eq(sketches.key[19], 0x028d5979);
    cr_assert_eq(sketches.slot[99], 15);
    for (size_t k = 100; k < 128; k++)
        cr_assert_eq(sketches.slot[k], 0);
    syndic_sketches_clear(&sketches);
    syndic_plan_destroy(plan);
}

Test(sketches, columns_grow_and_copy)
{
    struct syndic_plan *const plan = plan_with(SYNDIC_MINHASH_ONEP, 128);
    struct syndic_sketches from, to;
    struct syndic_signature signature = {.slot = slots[1]};

    syndic_sketches_init(&from, &memory, plan);
    syndic_sketches_init(&to, &memory, plan);
    for (size_t row = 0; row < 40; row++) {
        cr_assert_eq(syndic_sketches_reserve(&from, row + 1), SYNDIC_OK);
        for (uint32_t k = 0; k < 128; k++)
            slots[1][k] = (uint32_t)(row * 128 + k);
        signature.token_count = row ? row : (size_t)UINT32_MAX + 5;
        signature.exact = (struct syndic_hash128){row, 2 * row};
        syndic_sketches_put(&from, plan, row, &signature, 3 * row);
    }
    from.count = 40;
    cr_assert_eq(from.token_count[0], UINT32_MAX);
    cr_assert_eq(syndic_sketches_reserve(&to, 50), SYNDIC_OK);
    syndic_sketches_copy(&to, 10, &from);
    cr_assert_eq(memcmp(to.key + 10 * 16, from.key, sizeof(uint32_t) * 40 * 16), 0);
    cr_assert_eq(memcmp(to.slot + 10 * 128, from.slot, (size_t)40 * 128), 0);
    cr_assert_eq(to.exact[49].high, 78);
    cr_assert_eq(to.token_count[49], 39);
    cr_assert_eq(to.text_bytes[49], 117);
    cr_assert_eq(to.count, 0);
    syndic_sketches_clear(&from);
    syndic_sketches_copy(&to, 0, &from); /* nothing */
    cr_assert_eq(from.capacity, 0);
    cr_assert_eq(syndic_sketches_reserve(&from, 1), SYNDIC_OK); /* usable again */
    syndic_sketches_clear(&from);
    syndic_sketches_clear(&to);
    syndic_plan_destroy(plan);
}

/* Short slots of unrelated documents agree 1 time in 256, whatever their size. */
Test(sketches, chance_agreement)
{
    static const size_t sizes[] = {1, 20, 300, 10000};
    static const int pairs[] = {4000, 4000, 2000, 200};

    for (int kind = SYNDIC_MINHASH_ONEP; kind <= SYNDIC_MINHASH_KPERM; kind++)
        for (size_t s = 0; s < 4; s++) {
            struct syndic_plan *const plan = plan_with((enum syndic_minhash)kind, 128);
            struct syndic_sketches sketches;
            uint64_t state = 99 + s;
            double equal = 0;
            syndic_sketches_init(&sketches, &memory, plan);
            cr_assert_eq(syndic_sketches_reserve(&sketches, 2), SYNDIC_OK);
            for (int pair = 0; pair < pairs[s]; pair++) {
                for (size_t side = 0; side < 2; side++) {
                    const struct syndic_signature signature = {.slot = slots[side]};
                    for (size_t i = 0; i < sizes[s]; i++)
                        shingles[i] = syndic_splitmix64(&state);
                    syndic_minhash(plan, shingles, sizes[s], slots[side], table);
                    syndic_sketches_put(&sketches, plan, side, &signature, 0);
                }
                for (size_t k = 0; k < 128; k++)
                    equal += sketches.slot[k] == sketches.slot[128 + k];
            }
            const double expected = pairs[s] * 128 / 256.0;
            cr_assert(fabs(equal - expected) < 4 * sqrt(expected),
                      "kind %d, %zu shingles: %g of %g", kind, sizes[s], equal, expected);
            syndic_sketches_clear(&sketches);
            syndic_plan_destroy(plan);
        }
}
