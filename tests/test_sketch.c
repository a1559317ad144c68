/* SPDX-License-Identifier: Apache-2.0 */
/* test_sketch.c - signatures, sketches of documents, and shingle sets.  The golden values come from
 * the definition in sketch.h, computed by a Python program that shares nothing with this code:
 * another value means another format version. */
#include "sketch/sketch.h"

#include "kernel.h"

#include <criterion/criterion.h>
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

TestSuite(sketch, .init = start, .fini = finish);

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

static const uint32_t onep_16_of_20[] = {
    0x82906ab8, 0x88d17bc3, 0x561670b8, 0x8453b398, 0x48b8c6f0, 0x84c51a87, 0x3baee3b8, 0x0ddaa6c0,
    0x2f3dd878, 0x08516f60, 0x29a53530, 0x775c6d08, 0x1a685ff8, 0x05d686d0, 0x04cf6360, 0x449d1770};
static const uint32_t kperm_16_of_20[] = {
    0x1c04fe39, 0x03f93258, 0x268ad3e5, 0x07c33680, 0x08ff189a, 0x0505b35e, 0x0e4f92d8, 0x12f9191c,
    0x01ca768c, 0x12ad297d, 0x11bf3cfe, 0x180f0564, 0x04f1c273, 0x1544cefd, 0x14b1c996, 0x0a5166ad};

static const struct {
    enum syndic_minhash kind;
    uint32_t slots;
    size_t shingles;
    uint32_t first, last;
    uint64_t fnv;
} golden[] = {
    {SYNDIC_MINHASH_ONEP, 16, 1, 0xd2df979au, 0xb052727au, 0x479124c1f4933d1au},
    {SYNDIC_MINHASH_ONEP, 16, 50, 0x5998b228u, 0x449d1770u, 0x375a09a4b397faf5u},
    {SYNDIC_MINHASH_ONEP, 16, 3000, 0x003bdd48u, 0x00170ff0u, 0xca275bee5242a583u},
    {SYNDIC_MINHASH_ONEP, 100, 1, 0xd2df979au, 0xc2922ee2u, 0x87140a8b6fd8f609u},
    {SYNDIC_MINHASH_ONEP, 100, 50, 0x81eb808eu, 0x632c4b50u, 0xf96c4fdc56c58c88u},
    {SYNDIC_MINHASH_ONEP, 100, 3000, 0x01762702u, 0x0230121eu, 0x4723705638db3299u},
    {SYNDIC_MINHASH_ONEP, 128, 1, 0xd2df979au, 0xb2106056u, 0x31fb5f35a72a3019u},
    {SYNDIC_MINHASH_ONEP, 128, 50, 0x81eb808eu, 0x5b19fa00u, 0xcdad977adf49fa4bu},
    {SYNDIC_MINHASH_ONEP, 128, 3000, 0x01deea40u, 0x085a5040u, 0xd6c0e4b5f64555c2u},
    {SYNDIC_MINHASH_ONEP, 1024, 1, 0xd2df979au, 0xd17556eeu, 0x88294824a0a21e4cu},
    {SYNDIC_MINHASH_ONEP, 1024, 50, 0x81eb808eu, 0x8d4363c4u, 0xa68994f752eb9c14u},
    {SYNDIC_MINHASH_ONEP, 1024, 3000, 0x0ef75200u, 0x63497800u, 0x3b552fd738efb545u},
    {SYNDIC_MINHASH_KPERM, 16, 1, 0xd439872bu, 0xce72739au, 0x0a462bad74817c85u},
    {SYNDIC_MINHASH_KPERM, 16, 50, 0x0a3791b7u, 0x0a5166adu, 0x50b6a8b8006d05ddu},
    {SYNDIC_MINHASH_KPERM, 16, 3000, 0x0008992cu, 0x003c633cu, 0xe9265d0e17404207u},
    {SYNDIC_MINHASH_KPERM, 100, 1, 0xd439872bu, 0xacbeaafcu, 0x42092a985d2b28cfu},
    {SYNDIC_MINHASH_KPERM, 100, 50, 0x0a3791b7u, 0x0270509fu, 0xaac9848e7e2ec302u},
    {SYNDIC_MINHASH_KPERM, 100, 3000, 0x0008992cu, 0x00012acdu, 0xb2adf215dcd5be7eu},
    {SYNDIC_MINHASH_KPERM, 128, 1, 0xd439872bu, 0x391d8f83u, 0x62499ee1180275c3u},
    {SYNDIC_MINHASH_KPERM, 128, 50, 0x0a3791b7u, 0x0be8bb7eu, 0x3865f5c86eb76430u},
    {SYNDIC_MINHASH_KPERM, 128, 3000, 0x0008992cu, 0x0003abafu, 0x974b2b7eb2557e2fu},
    {SYNDIC_MINHASH_KPERM, 1024, 1, 0xd439872bu, 0xbaaaa78bu, 0xd9cbeacdacef57f7u},
    {SYNDIC_MINHASH_KPERM, 1024, 50, 0x0a3791b7u, 0x05e58af8u, 0xcd5eb86f21290385u},
    {SYNDIC_MINHASH_KPERM, 1024, 3000, 0x0008992cu, 0x00070605u, 0x23794d507fc23b67u},
};

static uint64_t shingles[3000];
static uint32_t slots[2][1024], table[2048];

static void check_golden(size_t i, const char *kernels)
{
    struct syndic_plan *const plan = plan_with(golden[i].kind, golden[i].slots);
    uint32_t *const slot = slots[0];

    memset(slot, 0x5a, sizeof(slots[0]));
    syndic_minhash(plan, shingles, golden[i].shingles, slot, table);
    cr_assert_eq(slot[0], golden[i].first, "%s, case %zu: first %08x", kernels, i, slot[0]);
    cr_assert_eq(slot[plan->slots - 1], golden[i].last, "%s, case %zu", kernels, i);
    cr_assert_eq(fnv(slot, plan->slots), golden[i].fnv, "%s, case %zu", kernels, i);
    for (uint32_t k = plan->slots; k < plan->stride; k++)
        cr_assert_eq(slot[k], 0, "%s, case %zu: lane %u", kernels, i, k);
    syndic_plan_destroy(plan);
}

Test(sketch, golden_signatures_from_every_table)
{
    fill_shingles(shingles, 3000);
    for (size_t t = 0; syndic_kernels_at(t); t++) {
        const char *const name = syndic_kernels_at(t)->name;
        if (syndic_kernels_use(name))
            continue; /* not on this CPU */
        for (size_t i = 0; i < sizeof(golden) / sizeof(*golden); i++)
            check_golden(i, name);
    }
}

Test(sketch, golden_slots_in_full)
{
    struct syndic_plan *const onep = plan_with(SYNDIC_MINHASH_ONEP, 16);
    struct syndic_plan *const kperm = plan_with(SYNDIC_MINHASH_KPERM, 16);

    fill_shingles(shingles, 20);
    syndic_minhash(onep, shingles, 20, slots[0], table);
    cr_assert_eq(memcmp(slots[0], onep_16_of_20, sizeof(onep_16_of_20)), 0);
    syndic_minhash(kperm, shingles, 20, slots[0], table);
    cr_assert_eq(memcmp(slots[0], kperm_16_of_20, sizeof(kperm_16_of_20)), 0);
    syndic_plan_destroy(onep);
    syndic_plan_destroy(kperm);
}

/* A signature is of a set. */
Test(sketch, order_and_repeats_do_not_matter)
{
    for (int kind = SYNDIC_MINHASH_ONEP; kind <= SYNDIC_MINHASH_KPERM; kind++)
        for (uint32_t k = 16; k <= 1024; k += 37) {
            struct syndic_plan *const plan = plan_with((enum syndic_minhash)kind, k);
            fill_shingles(shingles, 300);
            syndic_minhash(plan, shingles, 300, slots[0], table);
            for (size_t i = 0; i < 300; i++) { /* backwards, each one twice */
                shingles[600 + i] = shingles[299 - i];
                shingles[900 + i] = shingles[299 - i];
            }
            syndic_minhash(plan, shingles + 600, 600, slots[1], table);
            cr_assert_eq(memcmp(slots[0], slots[1], plan->stride * sizeof(uint32_t)), 0);
            cr_assert_eq(syndic_signature_similarity(plan, slots[0], slots[1]), 1);
            syndic_plan_destroy(plan);
        }
}

Test(sketch, similarity_is_the_share_of_equal_slots)
{
    struct syndic_plan *const plan = plan_with(SYNDIC_MINHASH_KPERM, 100);

    for (uint32_t k = 0; k < 128; k++) {
        slots[0][k] = k;
        slots[1][k] = k < 25 ? k : k < 100 ? k + 1 : k;
    }
    cr_assert_eq(syndic_signature_similarity(plan, slots[0], slots[1]), 0.25);
    cr_assert_eq(syndic_slots_similarity(128, 128), 1);
    cr_assert_eq(syndic_slots_similarity(0, 128), 0);
    cr_assert_float_eq(syndic_slots_similarity(64, 128), 63.5 / 127.5, 1e-12);
    cr_assert_float_eq(syndic_slots_similarity(90, 100), (90 - 100 / 256.0) / (100 - 100 / 256.0),
                       1e-12);
    syndic_plan_destroy(plan);
}

/* ---- documents ---- */

static const char words[] =
    "One fish, two fish: RED fish; blue fish. One fish, two fish, red fish!";

Test(sketch, a_document_becomes_its_shingles_signature)
{
    struct syndic_plan *const plan = plan_with(SYNDIC_MINHASH_ONEP, 128);
    struct syndic_sketcher *sketcher;

    cr_assert_eq(syndic_sketcher_create(&memory, plan, &sketcher), SYNDIC_OK);
    cr_assert_eq(syndic_sketch_document(sketcher, (const uint8_t *)words, strlen(words)),
                 SYNDIC_OK);
    cr_assert_eq(sketcher->signature.token_count, 14);
    cr_assert_eq(sketcher->text->shingle_count, 10);
    const struct syndic_hash128 exact = sketcher->signature.exact;
    cr_assert(syndic_hash128_equal(
        exact,
        syndic_hash128("one fish two fish red fish blue fish one fish two fish red fish", 63)));
    syndic_minhash(plan, sketcher->text->shingle, 10, slots[0], table);
    cr_assert_eq(memcmp(slots[0], sketcher->signature.slot, 512), 0);

    cr_assert_eq(syndic_sketch_document(sketcher, (const uint8_t *)"--- ?", 5), SYNDIC_OK);
    cr_assert_eq(sketcher->signature.token_count, 0);
    for (size_t k = 0; k < 128; k++)
        cr_assert_eq(sketcher->signature.slot[k], UINT32_MAX);
    syndic_sketcher_destroy(sketcher);
    syndic_plan_destroy(plan);
}

Test(sketch, a_shingle_set_has_no_repeats)
{
    struct syndic_options options = options_with(SYNDIC_MINHASH_ONEP, 128);
    struct syndic_plan *plan;
    struct syndic_sketcher *sketcher;
    uint64_t set[26];

    options.shingle_width =
        2; /* one fish, fish two, two fish, fish red, red fish, fish blue, ... */
    cr_assert_eq(syndic_plan_create(&memory, &options, &plan, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_sketcher_create(&memory, plan, &sketcher), SYNDIC_OK);
    cr_assert_eq(syndic_sketch_document(sketcher, (const uint8_t *)words, strlen(words)),
                 SYNDIC_OK);
    cr_assert_eq(sketcher->text->shingle_count, 13);
    cr_assert_eq(syndic_shingle_set(sketcher->text, set), 8);
    for (size_t i = 1; i < 8; i++)
        cr_assert_lt(set[i - 1], set[i]);
    cr_assert_eq(syndic_sketch_document(sketcher, NULL, 0), SYNDIC_OK);
    cr_assert_eq(syndic_shingle_set(sketcher->text, set), 0);
    syndic_sketcher_destroy(sketcher);
    syndic_plan_destroy(plan);
}

/* ---- what is refused ---- */

static void expect_refused(struct syndic_options options, const char *message)
{
    struct syndic_error error;
    struct syndic_plan *plan;

    cr_assert_eq(syndic_plan_create(&memory, &options, &plan, &error), SYNDIC_INVALID_ARGUMENT);
    cr_assert_str_eq(error.message, message);
}

Test(sketch, options_out_of_range)
{
    const struct syndic_options good = options_with(SYNDIC_MINHASH_ONEP, 128);
    struct syndic_options bad = good;

    bad.shingle_width = 0;
    expect_refused(bad, "shingle width must be 1 to 32, not 0");
    bad.shingle_width = 33;
    expect_refused(bad, "shingle width must be 1 to 32, not 33");
    bad = good;
    bad.shingle_unit = (enum syndic_shingle_unit)2;
    expect_refused(bad, "unknown shingle unit 2");
    bad = good;
    bad.minhash = (enum syndic_minhash)7;
    expect_refused(bad, "unknown MinHash kind 7");
    bad = good;
    bad.threshold = -1;
    expect_refused(bad, "threshold must be above 0 and at most 1, not -1");
    bad = good;
    bad.normalize = SYNDIC_NORMALIZE_NONE;
    expect_refused(bad, "text without normalisation is for grouping by exact copies only");
    bad = good;
    bad.verify = (enum syndic_verify)4;
    expect_refused(bad, "unknown way to verify 4");
    bad = good;
    bad.keep = (enum syndic_keep)4;
    expect_refused(bad, "unknown rule to keep by 4");
}

Test(sketch, memory_may_end_anywhere)
{
    const struct syndic_options options = options_with(SYNDIC_MINHASH_ONEP, 128);
    struct syndic_plan *plan = NULL;
    struct syndic_sketcher *sketcher = NULL;
    struct syndic_sketches sketches;
    bool made = false;

    for (size_t cap = 128; !made; cap += 64) {
        cr_assert_lt(cap, 1 << 20);
        syndic_memory_init(&memory, NULL, cap);
        if (syndic_plan_create(&memory, &options, &plan, NULL) != SYNDIC_OK) {
            cr_assert_eq(memory.used_bytes, 0);
            continue;
        }
        syndic_sketches_init(&sketches, &memory, plan);
        made = syndic_sketches_reserve(&sketches, 4) == SYNDIC_OK;
        cr_assert_eq(sketches.capacity, made ? 4 : 0);
        syndic_sketches_clear(&sketches);
        if (syndic_sketcher_create(&memory, plan, &sketcher) == SYNDIC_OK)
            syndic_sketcher_destroy(sketcher);
        else
            made = false;
        syndic_plan_destroy(plan);
        cr_assert_eq(memory.used_bytes, 0);
    }
    syndic_sketcher_destroy(NULL);
    syndic_plan_destroy(NULL);
}
