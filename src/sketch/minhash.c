/* SPDX-License-Identifier: Apache-2.0 */
/* minhash.c - shingle hashes in, a signature out; two signatures in, their similarity out.
 *
 * One permutation (Li, Owen and Zhang, One Permutation Hashing, 2012) sends each shingle to one
 * bin, so that a long document costs one multiplication a shingle whatever K is.  Short ones leave
 * bins empty.  Such a bin is filled as a slot of classic k-permutation MinHash, over the whole set:
 * every shingle of the union of two documents is equally likely to decide a slot, so that the
 * estimate is unbiased at any size.  The top bit keeps filled and hit bins apart: a bin that is
 * empty in only one of two documents is decided by a shingle that only the other has. */
#include "sketch/sketch.h"

#include "kernel.h"

#include <string.h>

#define EMPTY_BIN  0xffffffffu /* hit bins are below FILLED_BIN */
#define FILLED_BIN 0x80000000u
#define LANE_GROUP 8  /* what minhash_lanes does fastest; lanes have room for it */
#define SHORT      2  /* with fewer than K / SHORT shingles a document leaves most bins empty */
#define STEP       16 /* a constant count of bins, so that compilers make vectors of them */

/* Which are empty; returns how many.  Unless the document is short these are few, and which cannot
 * be predicted, so that bins are looked at sixteen at a time first. */
static size_t find_empty(const struct syndic_plan *plan, const uint32_t *slot, uint16_t *empty)
{
    size_t n = 0;

    for (size_t k = 0; k < plan->stride; k += STEP) {
        uint32_t all = 0;
        for (uint32_t i = 0; i < STEP; i++)
            all |= slot[k + i];
        if (all < FILLED_BIN)
            continue;
        for (size_t i = k; i < k + STEP && i < plan->slots; i++) {
            empty[n] = (uint16_t)i;
            n += slot[i] == EMPTY_BIN;
        }
    }
    return n;
}

/* Only empty bins are computed: with 500 shingles and K = 128 these are two or three. */
static void fill_empty(const struct syndic_plan *plan, const uint64_t *shingles, size_t n,
                       uint32_t *slot, uint32_t *mul, uint32_t *least)
{
    uint16_t empty[SYNDIC_SLOTS_MAX];
    const size_t count = find_empty(plan, slot, empty);

    for (size_t i = 0; i < count; i++)
        mul[i] = plan->mul[empty[i]];
    memset(least, 0xff, count * sizeof(*least));
    syndic_kernels()->minhash_lanes(shingles, n, mul, plan->add, least, count);
    for (size_t i = 0; i < count; i++)
        slot[empty[i]] = FILLED_BIN | least[i] >> 1;
}

/* To compute all slots is faster than to find most of them empty: 148 against 277 ns for 8
 * shingles, 447 against 491 for 46 (K = 128, AVX2; Xeon, Sapphire Rapids class, 2026-11). */
static void fill_most(const struct syndic_plan *plan, const uint64_t *shingles, size_t n,
                      const uint32_t *restrict table, uint32_t *least, uint32_t *restrict slot)
{
    memset(least, 0xff, plan->stride * sizeof(*least));
    syndic_kernels()->minhash_lanes(shingles, n, plan->mul, plan->add, least,
                                    (plan->slots + LANE_GROUP - 1) / LANE_GROUP * LANE_GROUP);
    for (size_t k = 0; k < plan->stride; k += STEP)
        for (uint32_t i = 0; i < STEP; i++) {
            const uint32_t filled = FILLED_BIN | least[k + i] >> 1;
            slot[k + i] = table[k + i] == EMPTY_BIN ? filled : table[k + i];
        }
}

static void one_permutation(const struct syndic_plan *plan, const uint64_t *shingles, size_t n,
                            uint32_t *slot, uint32_t *table)
{
    uint32_t *const second = table + plan->stride; /* has served when the bins are there */

    memset(table, 0xff, plan->stride * sizeof(*table));
    syndic_kernels()->minhash_scatter(shingles, n, plan->slots, table);
    if (n < plan->slots / SHORT) {
        fill_most(plan, shingles, n, table, second, slot);
        return;
    }
    memcpy(slot, table, plan->stride * sizeof(*slot));
    fill_empty(plan, shingles, n, slot, second, table);
}

static void k_permutations(const struct syndic_plan *plan, const uint64_t *shingles, size_t n,
                           uint32_t *slot)
{
    memset(slot, 0xff, plan->stride * sizeof(*slot));
    syndic_kernels()->minhash_lanes(shingles, n, plan->mul, plan->add, slot,
                                    (plan->slots + LANE_GROUP - 1) / LANE_GROUP * LANE_GROUP);
}

void syndic_minhash(const struct syndic_plan *plan, const uint64_t *shingles, size_t n,
                    uint32_t *slot, uint32_t *table)
{
    if (plan->minhash == SYNDIC_MINHASH_KPERM)
        k_permutations(plan, shingles, n, slot);
    else
        one_permutation(plan, shingles, n, slot, table);
    memset(slot + plan->slots, 0, (plan->stride - plan->slots) * sizeof(*slot));
}

double syndic_signature_similarity(const struct syndic_plan *plan, const uint32_t *a,
                                   const uint32_t *b)
{
    uint32_t equal = 0;

    for (uint32_t k = 0; k < plan->slots; k++)
        equal += a[k] == b[k];
    return (double)equal / plan->slots;
}

/* Of the unequal slots 1 in 256 agrees by chance: equal = K (s + (1 - s) / 256), solved for s. */
double syndic_slots_similarity(uint32_t equal, uint32_t slots)
{
    const double chance = slots / 256.0;

    return equal > chance ? (equal - chance) / (slots - chance) : 0;
}
