/* SPDX-License-Identifier: Apache-2.0 */
/* minhash.inc.h - shingle hashes in, least values of bins and of lanes out; written once over an
 * abstract vector of 32-bit lanes.
 *
 * The ISA file defines `vec`, lanes(): how many it has, which may be known only at run time,
 * load_lanes(), store_lanes(), load_some_lanes(p, n), store_some_lanes(p, v, n): only the first n
 * lanes where there are more, n being a multiple of 8, splat(x): x in every lane,
 * splat_high(shingle): the high half of *shingle in every lane, load_highs(shingle): the high
 * halves of lanes() shingles in any order, multiply_add(), min_lanes(), least_lane(), SCATTER_STEP
 * and scatter_step(shingle, bins, even, odd): SCATTER_STEP shingles into two tables by turns. */

/* One table's worth of the definition, for the shingles that fill no step. */
static void scatter_few(const uint64_t *shingle, size_t count, uint32_t bins, uint32_t *table)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t product = (shingle[i] >> 32) * bins;
        const uint32_t value = (uint32_t)product >> 1;
        uint32_t *const cell = table + (product >> 32);
        *cell = value < *cell ? value : *cell;
    }
}

/* Neighbours go to different tables, so that a shingle seldom waits for the store of the one before
 * it: 0.47 against 0.71 ns a shingle from 2,000 shingles on, and equal at about 150, below which
 * clearing and merging the second table costs more (Xeon, Sapphire Rapids class, 2026-11, K =
 * 128).  A branch instead of the minimum: 1.3 to 4.6 ns. */
#define SCATTER_TWO_TABLES_MIN 160

static void minhash_scatter(const uint64_t *shingle, size_t count, uint32_t bins, uint32_t *table)
{
    const size_t stride =
        (bins + SYNDIC_LANE_MULTIPLE - 1) / SYNDIC_LANE_MULTIPLE * SYNDIC_LANE_MULTIPLE;
    uint32_t *const odd = table + stride;
    size_t i = 0;

    if (count < SCATTER_TWO_TABLES_MIN) {
        scatter_few(shingle, count, bins, table);
        return;
    }
    memset(odd, 0xff, stride * sizeof(*odd));
    for (; i + SCATTER_STEP <= count; i += SCATTER_STEP)
        scatter_step(shingle + i, bins, table, odd);
    scatter_few(shingle + i, count - i, bins, table);
    for (size_t k = 0; k < stride; k += lanes())
        store_lanes(table + k, min_lanes(load_lanes(table + k), load_lanes(odd + k)));
}

/* One vector of lanes over all shingles, or the first n of its lanes. */
static void lanes_by_1(const uint64_t *shingle, size_t count, const uint32_t *mul,
                       const uint32_t *add, uint32_t *slot, size_t n)
{
    const vec m = load_some_lanes(mul, n), a = load_some_lanes(add, n);
    vec least = load_some_lanes(slot, n);

    for (size_t i = 0; i < count; i++)
        least = min_lanes(least, multiply_add(splat_high(shingle + i), m, a));
    store_some_lanes(slot, least, n);
}

/* Four vectors: twelve registers hold all that the loop needs, so it loads nothing but the shingle.
 * Eight vectors with operands from memory were 7 % slower, one at a time up to 17 % on short
 * documents (same CPU).  A function of its own, so that bench/mca.py finds the loop. */
static __attribute__((noinline)) void lanes_by_4(const uint64_t *shingle, size_t count,
                                                 const uint32_t *mul, const uint32_t *add,
                                                 uint32_t *slot)
{
    const size_t n = lanes();
    const vec m0 = load_lanes(mul), m1 = load_lanes(mul + n);
    const vec m2 = load_lanes(mul + 2 * n), m3 = load_lanes(mul + 3 * n);
    const vec a0 = load_lanes(add), a1 = load_lanes(add + n);
    const vec a2 = load_lanes(add + 2 * n), a3 = load_lanes(add + 3 * n);
    vec least0 = load_lanes(slot), least1 = load_lanes(slot + n);
    vec least2 = load_lanes(slot + 2 * n), least3 = load_lanes(slot + 3 * n);

    for (size_t i = 0; i < count; i++) {
        const vec h = splat_high(shingle + i);
        least0 = min_lanes(least0, multiply_add(h, m0, a0));
        least1 = min_lanes(least1, multiply_add(h, m1, a1));
        least2 = min_lanes(least2, multiply_add(h, m2, a2));
        least3 = min_lanes(least3, multiply_add(h, m3, a3));
    }
    store_lanes(slot, least0);
    store_lanes(slot + n, least1);
    store_lanes(slot + 2 * n, least2);
    store_lanes(slot + 3 * n, least3);
}

/* One to four lanes, with shingles side by side in the vector: one multiplication for each of the
 * lanes where lanes_by_1 does one for each that a vector has.  The whole sketch of the shingles of
 * 500 words, of whose 128 bins two or three are mostly empty: 0.82 against 0.94 us with AVX2, 0.71
 * against 0.95 with AVX-512 (same CPU, documents from memory). */
static void few_lanes(const uint64_t *shingle, size_t count, const uint32_t *mul,
                      const uint32_t *add, uint32_t *slot, size_t few)
{
    const size_t n = lanes(), k1 = few > 1 ? 1 : 0, k2 = few > 2 ? 2 : 0, k3 = few > 3 ? 3 : 0;
    const vec m0 = splat(mul[0]), m1 = splat(mul[k1]), m2 = splat(mul[k2]), m3 = splat(mul[k3]);
    const vec a0 = splat(add[0]), a1 = splat(add[k1]), a2 = splat(add[k2]), a3 = splat(add[k3]);
    vec least0 = splat(slot[0]), least1 = splat(slot[k1]);
    vec least2 = splat(slot[k2]), least3 = splat(slot[k3]);

    for (size_t i = 0; i < count; i += n) {
        const vec h = load_highs(shingle + (i + n <= count ? i : count - n));
        least0 = min_lanes(least0, multiply_add(h, m0, a0));
        least1 = min_lanes(least1, multiply_add(h, m1, a1));
        least2 = min_lanes(least2, multiply_add(h, m2, a2));
        least3 = min_lanes(least3, multiply_add(h, m3, a3));
    }
    slot[k3] = least_lane(least3); /* where there are fewer, the same again: slot[0] */
    slot[k2] = least_lane(least2);
    slot[k1] = least_lane(least1);
    slot[0] = least_lane(least0);
}

/* Fewer shingles than fill a vector: few_lanes() cannot load them. */
static void few_of_few(const uint64_t *shingle, size_t count, const uint32_t *mul,
                       const uint32_t *add, uint32_t *slot, size_t lane_count)
{
    for (size_t k = 0; k < lane_count; k++)
        for (size_t i = 0; i < count; i++) {
            const uint32_t value = (uint32_t)(shingle[i] >> 32) * mul[k] + add[k];
            slot[k] = value < slot[k] ? value : slot[k];
        }
}

static void minhash_lanes(const uint64_t *shingle, size_t count, const uint32_t *mul,
                          const uint32_t *add, uint32_t *slot, size_t lane_count)
{
    const size_t whole = lane_count / 8 * 8;
    size_t k = 0;

    for (; k + 4 * lanes() <= lane_count; k += 4 * lanes())
        lanes_by_4(shingle, count, mul + k, add + k, slot + k);
    for (; k < whole && (whole - k > lanes() / 2 || count < lanes()); k += lanes())
        lanes_by_1(shingle, count, mul + k, add + k, slot + k, whole - k);
    k = k < whole ? k : whole; /* a wide vector may have gone beyond */
    if (count < lanes())
        few_of_few(shingle, count, mul + k, add + k, slot + k, lane_count - k);
    else
        for (; k < lane_count; k += 4)
            few_lanes(shingle, count, mul + k, add + k, slot + k,
                      lane_count - k < 4 ? lane_count - k : 4);
}
