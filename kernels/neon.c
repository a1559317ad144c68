/* SPDX-License-Identifier: Apache-2.0 */
/* neon.c - NEON: the vector type and its operations, then the templates. */
#include "neon.h"
#include "kernel.h"
#include "text/hash.h"

#define ISA   neon
#define NEEDS SYNDIC_CPU_NEON
typedef uint32x4_t vec;

/* ---- operations for text.inc.h; those that sve.c shares are in neon.h ---- */

#define HASH_LANES 2

/* NEON multiplies no 64-bit lanes.  x * m = low + (cross << 32), where low is the product of the
 * low halves and cross the sum of low times high both ways; crosses are summed before they are
 * moved. */
struct sum {
    uint64x2_t low;
    uint32x4_t cross;
};
#define SUM struct sum

static inline struct sum no_sum(void)
{
    return (struct sum){vdupq_n_u64(0), vdupq_n_u32(0)};
}

static inline struct sum add_vector_product(struct sum s, uint64x2_t x, uint64_t m)
{
    const uint32x4_t w = vreinterpretq_u32_u64(vdupq_n_u64(m));

    return (struct sum){vmlal_u32(s.low, vmovn_u64(x), vget_low_u32(vdupq_n_u32((uint32_t)m))),
                        vmlaq_u32(s.cross, vreinterpretq_u32_u64(x), vrev64q_u32(w))};
}

static inline struct sum add_product(struct sum s, const uint64_t *x, uint64_t m)
{
    return add_vector_product(s, vld1q_u64(x), m);
}

static inline uint64x2_t sum_value(struct sum s)
{
    const uint64x2_t cross = vpaddlq_u32(s.cross);

    return vaddq_u64(s.low, vshlq_n_u64(cross, 32));
}

static inline uint64x2_t mix_halves(uint64x2_t x)
{
    return veorq_u64(x, vshrq_n_u64(x, 32));
}

static inline void store_finalised(uint64_t *out, struct sum s)
{
    const struct sum product =
        add_vector_product(no_sum(), mix_halves(sum_value(s)), SYNDIC_SHINGLE_ODD);

    vst1q_u64(out, mix_halves(sum_value(product)));
}

/* ---- operations for minhash.inc.h ---- */

static inline size_t lanes(void)
{
    return 4;
}

static inline vec load_lanes(const uint32_t *p)
{
    return vld1q_u32(p);
}

static inline void store_lanes(uint32_t *p, vec v)
{
    vst1q_u32(p, v);
}

/* Lanes come in multiples of 8, so there are never fewer than a vector. */
static inline vec load_some_lanes(const uint32_t *p, size_t n)
{
    (void)n;
    return load_lanes(p);
}

static inline void store_some_lanes(uint32_t *p, vec v, size_t n)
{
    (void)n;
    store_lanes(p, v);
}

static inline vec splat_high(const uint64_t *shingle)
{
    uint32_t high;

    memcpy(&high, (const uint8_t *)shingle + 4, sizeof(high));
    return vdupq_n_u32(high);
}

static inline vec splat(uint32_t x)
{
    return vdupq_n_u32(x);
}

static inline vec load_highs(const uint64_t *shingle)
{
    return vuzp2q_u32(vreinterpretq_u32_u64(vld1q_u64(shingle)),
                      vreinterpretq_u32_u64(vld1q_u64(shingle + 2)));
}

static inline uint32_t least_lane(vec v)
{
    return vminvq_u32(v);
}

static inline vec multiply_add(vec a, vec b, vec c)
{
    return vmlaq_u32(c, a, b);
}

static inline vec min_lanes(vec a, vec b)
{
    return vminq_u32(a, b);
}

#include "join.inc.h"
#include "json.inc.h"
#include "minhash.inc.h"
#include "sample.inc.h"
#include "simhash.inc.h"
#include "text.inc.h"

#include "table.inc.h"
