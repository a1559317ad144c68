/* SPDX-License-Identifier: Apache-2.0 */
/* sve.c - SVE at any vector length: the multiplications of MinHash and of shingle hashes; the rest
 * is NEON's code, compiled once more.
 *
 * Unmeasured; estimates by llvm-mca 19, gcc 12, in cycles, NEON then SVE.
 *   shingle_hashes, 8 shingles a word: neoverse-v1 (256 bits) 8.1, 5.0; n2 (128 bits) 11.1, 10.0;
 *     v2 (128 bits) 5.6, 6.1.  minhash_lanes, 32 lanes a shingle: v1 6.0, 5.5; n2 12.0, 11.0;
 * v2 6.0, 9.5.  So the table is chosen by itself only where vectors are wider than 128 bits. Left
 * out, 32 bytes: count_equal by cmpeq and cntp: v1 2.0, 4.0; v2 2.0, 4.1.  string_end by three
 *   compares and brkb: v1 3.6, 8.0; v2 4.1, 10.1: a predicate is slow to become a number.
 *   simhash, 32 shingles: v1 18, 19; n2 23, 38; v2 18, 32: without a bitwise select, which comes
 *   with SVE2, a full adder is 5 instructions, not 3.  hamming_within, 8 numbers: v1 3.7, 4.1; n2
 *   6.7, 6.2; v2 3.9, 7.2.
 *   below, compact and cntp, 8 numbers: v1 6.1, 8.0; n2 8.9, 12.1; v2 4.7, 12.0.
 *   intersect, blocks of four: 10.0, 9.0 on each, but a block would have to be one vector. */
#include "kernel.h"
#include "neon.h"
#include "text/hash.h"

#include <arm_sve.h>

#define ISA   sve
#define NEEDS SYNDIC_CPU_SVE
#define WANTS SYNDIC_CPU_SVE_WIDE
typedef svuint32_t vec;

/* ---- operations for text.inc.h; the others are in neon.h ---- */

#define HASH_LANES svcntd()
#define SUM        svuint64_t

static inline svuint64_t no_sum(void)
{
    return svdup_n_u64(0);
}

static inline svuint64_t add_product(svuint64_t sum, const uint64_t *x, uint64_t m)
{
    return svmla_n_u64_x(svptrue_b64(), sum, svld1_u64(svptrue_b64(), x), m);
}

static inline svuint64_t mix_halves(svuint64_t x)
{
    return sveor_u64_x(svptrue_b64(), x, svlsr_n_u64_x(svptrue_b64(), x, 32));
}

static inline void store_finalised(uint64_t *out, svuint64_t sum)
{
    const svuint64_t product = svmul_n_u64_x(svptrue_b64(), mix_halves(sum), SYNDIC_SHINGLE_ODD);

    svst1_u64(svptrue_b64(), out, mix_halves(product));
}

/* ---- operations for minhash.inc.h ---- */

static inline size_t lanes(void)
{
    return svcntw();
}

static inline vec load_lanes(const uint32_t *p)
{
    return svld1_u32(svptrue_b32(), p);
}

static inline void store_lanes(uint32_t *p, vec v)
{
    svst1_u32(svptrue_b32(), p, v);
}

static inline vec load_some_lanes(const uint32_t *p, size_t n)
{
    return svld1_u32(svwhilelt_b32_u64(0, n), p);
}

static inline void store_some_lanes(uint32_t *p, vec v, size_t n)
{
    svst1_u32(svwhilelt_b32_u64(0, n), p, v);
}

static inline vec splat_high(const uint64_t *shingle)
{
    return svdup_n_u32((uint32_t)(*shingle >> 32));
}

static inline vec splat(uint32_t x)
{
    return svdup_n_u32(x);
}

static inline vec load_highs(const uint64_t *shingle)
{
    const svuint64_t a = svld1_u64(svptrue_b64(), shingle);
    const svuint64_t b = svld1_u64(svptrue_b64(), shingle + svcntd());

    return svuzp2_u32(svreinterpret_u32_u64(a), svreinterpret_u32_u64(b));
}

static inline uint32_t least_lane(vec v)
{
    return svminv_u32(svptrue_b32(), v);
}

static inline vec multiply_add(vec a, vec b, vec c)
{
    return svmla_u32_x(svptrue_b32(), c, a, b);
}

static inline vec min_lanes(vec a, vec b)
{
    return svmin_u32_x(svptrue_b32(), a, b);
}

#include "join.inc.h"
#include "json.inc.h"
#include "minhash.inc.h"
#include "sample.inc.h"
#include "simhash.inc.h"
#include "text.inc.h"

#include "table.inc.h"
