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
#define LANE_GROUP 8 /* what minhash_lanes asks for */

/* The multipliers of the empty bins, close together; returns how many. */
static size_t gather_empty(const struct syndic_plan *plan, const uint32_t *slot, uint32_t *mul)
{
    size_t n = 0;

    for (uint32_t k = 0; k < plan->slots; k++) {
        mul[n] = plan->mul[k];
        n += slot[k] == EMPTY_BIN;
    }
    return n;
}

/* Only empty bins are computed: with 500 shingles and K = 128 these are two or three. */
static void fill_empty(const struct syndic_plan *plan, const uint64_t *shingles, size_t n,
                       uint32_t *slot, uint32_t *mul, uint32_t *least)
{
    const size_t empty = gather_empty(plan, slot, mul);
    const size_t lanes = (empty + LANE_GROUP - 1) / LANE_GROUP * LANE_GROUP;

    if (!empty)
        return;
    memset(mul + empty, 0, (lanes - empty) * sizeof(*mul));
    memset(least, 0xff, lanes * sizeof(*least));
    syndic_kernels()->minhash_lanes(shingles, n, mul, plan->add, least, lanes);
    for (uint32_t k = 0; k < plan->slots; k++) {
        const uint32_t filled = FILLED_BIN | *least >> 1;
        const bool was_empty = slot[k] == EMPTY_BIN;
        slot[k] = was_empty ? filled : slot[k];
        least += was_empty;
    }
}

static void one_permutation(const struct syndic_plan *plan, const uint64_t *shingles, size_t n,
                            uint32_t *slot, uint32_t *table)
{
    memset(table, 0xff, plan->stride * sizeof(*table));
    syndic_kernels()->minhash_scatter(shingles, n, plan->slots, table);
    memcpy(slot, table, plan->slots * sizeof(*slot));
    /* The table has served: it becomes room for the lanes. */
    fill_empty(plan, shingles, n, slot, table + plan->stride, table);
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
