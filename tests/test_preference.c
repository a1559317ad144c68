/* SPDX-License-Identifier: Apache-2.0 */
/* test_preference.c - which document is rather kept. */
#include "set_corpus.h"

#include <math.h>

static struct syndic_sketches five_rows(uint64_t *text_bytes)
{
    syndic_memory_init(&memory, NULL, 0);
    return (struct syndic_sketches){.count = 5, .text_bytes = text_bytes, .memory = &memory};
}

static void expect_order(enum syndic_keep keep, const double *rank, const uint32_t *expected)
{
    uint64_t text_bytes[] = {10, 30, 20, 30, 0};
    const struct syndic_sketches s = five_rows(text_bytes);
    uint32_t order[5];

    cr_assert_eq(syndic_preference(&s, keep, rank, order), SYNDIC_OK);
    cr_expect_arr_eq(order, expected, sizeof(order));
    cr_expect_eq(memory.used_bytes, 0);
}

Test(preference, preference)
{
    const double rank[] = {-1.5, NAN, 3e300, -0.0, 0.0};
    const double infinite[] = {NAN, INFINITY, -INFINITY, 1, -NAN};

    expect_order(SYNDIC_KEEP_FIRST, NULL, (const uint32_t[]){0, 1, 2, 3, 4});
    expect_order(SYNDIC_KEEP_LONGEST, NULL, (const uint32_t[]){1, 3, 2, 0, 4});
    expect_order(SYNDIC_KEEP_MIN, rank, (const uint32_t[]){0, 3, 4, 2, 1});
    expect_order(SYNDIC_KEEP_MAX, rank, (const uint32_t[]){2, 3, 4, 0, 1});
    expect_order(SYNDIC_KEEP_MIN, infinite, (const uint32_t[]){2, 3, 1, 0, 4});
    expect_order(SYNDIC_KEEP_MAX, infinite, (const uint32_t[]){1, 3, 2, 0, 4});
}
