/* SPDX-License-Identifier: Apache-2.0 */
/* simhash_rows.h - for the tests of SimHash: rows with random and with adverse SimHashes, without
 * any texts. */
#ifndef SYNDIC_TESTS_SIMHASH_ROWS_H
#define SYNDIC_TESTS_SIMHASH_ROWS_H

#include "sketch/sketch.h"

#include <criterion/criterion.h>
#include <string.h>

static struct syndic_memory memory;

static inline void start(void)
{
    syndic_memory_init(&memory, NULL, 0);
}

static inline void finish(void)
{
    cr_assert_eq(memory.used_bytes, 0, "%zu bytes were not released", (size_t)memory.used_bytes);
}

/* `count` rows, each of a text of its own, in their order. */
struct rows {
    struct syndic_sketches sketches;
    uint32_t *order;
};

static inline struct rows make_rows(size_t count)
{
    struct rows r = {{.count = count, .by_simhash = true, .memory = &memory}, NULL};

    r.sketches.simhash = syndic_allocate_zeroed(&memory, count, 8);
    r.sketches.exact = syndic_allocate_zeroed(&memory, count, sizeof(*r.sketches.exact));
    r.sketches.token_count = syndic_allocate(&memory, count, 4);
    r.order = syndic_allocate(&memory, count, 4);
    for (size_t i = 0; i < count; i++) {
        r.sketches.exact[i].low = i * 0x9e3779b97f4a7c15u;
        r.sketches.token_count[i] = 9;
        r.order[i] = (uint32_t)i;
    }
    return r;
}

static inline void drop_rows(struct rows *r)
{
    syndic_sketches_clear(&r->sketches);
    syndic_release(&memory, r->order);
}

static inline void shuffle(uint32_t *order, size_t n, uint64_t *state)
{
    for (size_t i = n; i > 1; i--) {
        const size_t j = (size_t)(syndic_splitmix64(state) % i);
        const uint32_t x = order[i - 1];
        order[i - 1] = order[j];
        order[j] = x;
    }
}

enum kind { ANY, CLUSTERS, ONE_BLOCK, BALL, FEW_BITS, KINDS };

static inline uint64_t flip(uint64_t x, unsigned flips, uint64_t *state)
{
    for (; flips; flips--)
        x ^= (uint64_t)1 << (syndic_splitmix64(state) & 63);
    return x;
}

/* CLUSTERS: copies of others with up to 9 bits turned.  ONE_BLOCK: the same 16 bits at both ends,
 * so that every bucket of a table is hot.  BALL: 0 to 4 bits set.  FEW_BITS: 10 bits vary. */
static inline void fill(struct rows *r, enum kind kind, uint64_t *state)
{
    uint64_t *const v = r->sketches.simhash;

    for (size_t i = 0; i < r->sketches.count; i++) {
        const uint64_t x = syndic_splitmix64(state);
        const bool copy = i && x % 3;
        v[i] = copy ? flip(v[x / 3 % i], (unsigned)(x >> 60) % 10, state) : x;
        if (kind == ANY)
            v[i] = x;
        else if (kind == ONE_BLOCK)
            v[i] = (v[i] & 0x0000ffffffff0000u) | 0x1234000000005678u;
        else if (kind == BALL)
            v[i] = flip(0, (unsigned)(x % 5), state);
        else if (kind == FEW_BITS)
            v[i] = x & 0x8040201008040203u;
    }
}

static inline uint32_t distance_of(const struct rows *r, uint32_t a, uint32_t b)
{
    return (uint32_t)__builtin_popcountll(r->sketches.simhash[a] ^ r->sketches.simhash[b]);
}

#endif
