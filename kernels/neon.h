/* SPDX-License-Identifier: Apache-2.0 */
/* neon.h - the operations of NEON that neon.c uses and that sve.c borrows: text, JSON, the
 * scatter of MinHash and the joins.  Every CPU with SVE has NEON. */
#ifndef SYNDIC_NEON_TEXT_H
#define SYNDIC_NEON_TEXT_H

#include <arm_neon.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8x16_t byte_vec;

/* ---- operations for text.inc.h ---- */

/* Bytes of x in [first, first + span], as 0xff. */
static inline uint8x16_t in_range(uint8x16_t x, uint8_t first, uint8_t span)
{
    return vcleq_u8(vsubq_u8(x, vdupq_n_u8(first)), vdupq_n_u8(span));
}

static inline uint8x16_t classify16(uint8x16_t x, uint8_t *folded)
{
    const uint8x16_t lower = vorrq_u8(x, vdupq_n_u8(0x20));
    const uint8x16_t letter = in_range(lower, 'a', 25);

    vst1q_u8(folded, vbslq_u8(letter, lower, x));
    return vorrq_u8(letter, in_range(x, '0', 9));
}

/* One bit for each byte of a, b, c and d, all of which are 0 or 0xff: bytes keep one bit each and
 * neighbours are added until 8 of them share a byte. */
static inline uint64_t mask64(uint8x16_t a, uint8x16_t b, uint8x16_t c, uint8x16_t d)
{
    const uint8x16_t bit = vreinterpretq_u8_u64(vdupq_n_u64(0x8040201008040201u));
    const uint8x16_t ab = vpaddq_u8(vandq_u8(a, bit), vandq_u8(b, bit));
    const uint8x16_t cd = vpaddq_u8(vandq_u8(c, bit), vandq_u8(d, bit));
    const uint8x16_t abcd = vpaddq_u8(ab, cd);

    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(abcd, abcd)), 0);
}

static inline bool classify(const uint8_t *in, uint8_t *folded, uint64_t *letters)
{
    const uint8x16_t a = vld1q_u8(in), b = vld1q_u8(in + 16);
    const uint8x16_t c = vld1q_u8(in + 32), d = vld1q_u8(in + 48);

    if (vmaxvq_u8(vorrq_u8(vorrq_u8(a, b), vorrq_u8(c, d))) >= 0x80)
        return false;
    *letters = mask64(classify16(a, folded), classify16(b, folded + 16), classify16(c, folded + 32),
                      classify16(d, folded + 48));
    return true;
}

static inline void copy16(uint8_t *out, const uint8_t *in)
{
    vst1q_u8(out, vld1q_u8(in));
}

static inline uint64_t keep_low(uint64_t x, uint32_t bits)
{
    return bits < 64 ? x & (((uint64_t)1 << bits) - 1) : x;
}

static inline uint32_t lowest_bit(uint64_t bits)
{
    return bits ? (uint32_t)__builtin_ctzll(bits) : 64;
}

/* ---- the scatter of minhash.inc.h ---- */

#define SCATTER_STEP 2

static inline void min_into(uint32_t *cell, uint32_t value)
{
    *cell = value < *cell ? value : *cell;
}

/* Integer registers: what gains here is only that the two tables take turns (llvm-mca 19: 2.0, 1.5,
 * 1.0 cycles a shingle on neoverse-n2, v1, v2 against 2.6, 2.1, 1.5 for one table). */
static inline void scatter_step(const uint64_t *s, uint32_t bins, uint32_t *even, uint32_t *odd)
{
    const uint64_t p = (s[0] >> 32) * bins, q = (s[1] >> 32) * bins;

    min_into(even + (p >> 32), (uint32_t)p >> 1);
    min_into(odd + (q >> 32), (uint32_t)q >> 1);
}

/* ---- operations for simhash.inc.h ---- */

#define WORD_LANES 2
#define FOLDS      1
typedef uint64x2_t word_vec;

static inline word_vec load_words(const uint64_t *p)
{
    return vld1q_u64(p);
}

static inline word_vec no_words(void)
{
    return vdupq_n_u64(0);
}

static inline uint64_t first_word(word_vec v)
{
    return vgetq_lane_u64(v, 0);
}

/* Three instructions: where two bits are unequal the carry is the third, else either of them. */
static inline word_vec full_add(word_vec *sum, word_vec a, word_vec b)
{
    const word_vec unequal = veorq_u64(*sum, a);

    *sum = veorq_u64(unequal, b);
    return vbslq_u64(unequal, b, a);
}

static inline word_vec turn_words(word_vec v, int fold)
{
    (void)fold;
    return vextq_u64(v, v, 1);
}

#define NEAR_STEP 8
#define NEAR_BITS 8

/* Ones of each byte in which two numbers differ from the word. */
static inline uint8x16_t ones_of(const uint64_t *p, uint64x2_t word)
{
    return vcntq_u8(vreinterpretq_u8_u64(veorq_u64(vld1q_u64(p), word)));
}

/* Neighbouring bytes are added three times over, so that one is left for each number. */
static inline uint64_t near_words(const uint64_t *p, uint64_t word, uint32_t distance)
{
    const uint64x2_t w = vdupq_n_u64(word);
    const uint8x16_t four = vpaddq_u8(ones_of(p, w), ones_of(p + 2, w));
    const uint8x16_t more = vpaddq_u8(ones_of(p + 4, w), ones_of(p + 6, w));
    const uint8x16_t eight = vpaddq_u8(four, more);
    const uint8x8_t ones = vget_low_u8(vpaddq_u8(eight, eight));
    const uint8x8_t near = vcle_u8(ones, vdup_n_u8((uint8_t)distance));

    return vget_lane_u64(vreinterpret_u64_u8(near), 0) & 0x0101010101010101u;
}

/* ---- operations for sample.inc.h ---- */

static inline uint32x4_t below_4(const uint64_t *p, uint64x2_t limit)
{
    return vuzp1q_u32(vreinterpretq_u32_u64(vcltq_u64(vld1q_u64(p), limit)),
                      vreinterpretq_u32_u64(vcltq_u64(vld1q_u64(p + 2), limit)));
}

/* Eight numbers by table, llvm-mca 19, in cycles on neoverse-v1, v2, n2: 6.1, 4.7, 8.9; one by one
 * without branches 8.0, 8.0, 9.0. */
static inline uint32_t below_8(const uint64_t *p, uint64_t limit)
{
    const uint16x8_t bit = {1, 2, 4, 8, 16, 32, 64, 128};
    const uint16x8_t low = vreinterpretq_u16_u32(below_4(p, vdupq_n_u64(limit)));
    const uint16x8_t high = vreinterpretq_u16_u32(below_4(p + 4, vdupq_n_u64(limit)));

    return vaddvq_u16(vandq_u16(vuzp1q_u16(low, high), bit));
}

static inline void put_places(uint32_t *index, const uint32_t *place, uint32_t at)
{
    vst1q_u32(index, vaddq_u32(vld1q_u32(place), vdupq_n_u32(at)));
}

/* ---- operations for join.inc.h ---- */

static inline byte_vec load_bytes(const uint8_t *p)
{
    return vld1q_u8(p);
}

static inline byte_vec no_bytes(void)
{
    return vdupq_n_u8(0);
}

static inline byte_vec count_equal_bytes(byte_vec count, byte_vec a, byte_vec b)
{
    return vsubq_u8(count, vceqq_u8(a, b));
}

static inline size_t sum_bytes(byte_vec count)
{
    return vaddlvq_u8(count);
}

/* Two vectors a side: a block of two numbers would spend its time waiting for which side gives way.
 * 10 cycles a block by llvm-mca 19 on neoverse-n2, v1 and v2, against 6 a number for scalar; that
 * knows nothing of branches missed. */
#define SET_STEP 4
typedef uint64x2_t match_vec;

static inline match_vec no_matches(void)
{
    return vdupq_n_u64(0);
}

/* Numbers of a that are among b0 and b1, as ones. */
static inline uint64x2_t among_4(uint64x2_t a, uint64x2_t b0, uint64x2_t b1)
{
    const uint64x2_t turned0 = vextq_u64(b0, b0, 1), turned1 = vextq_u64(b1, b1, 1);

    return vorrq_u64(vorrq_u64(vceqq_u64(a, b0), vceqq_u64(a, turned0)),
                     vorrq_u64(vceqq_u64(a, b1), vceqq_u64(a, turned1)));
}

static inline match_vec count_matches(match_vec count, const uint64_t *a, const uint64_t *b)
{
    const uint64x2_t b0 = vld1q_u64(b), b1 = vld1q_u64(b + 2);
    const uint64x2_t both =
        vaddq_u64(among_4(vld1q_u64(a), b0, b1), among_4(vld1q_u64(a + 2), b0, b1));

    return vsubq_u64(count, both);
}

static inline size_t sum_matches(match_vec count)
{
    return (size_t)vaddvq_u64(count);
}

/* ---- operations for json.inc.h; load_bytes() is above ---- */

static inline void store_text(uint8_t *p, byte_vec v)
{
    vst1q_u8(p, v);
}

/* Four bits of the mask stand for one byte: narrowing by 4 bits is one instruction. */
static inline uint64_t string_stops(byte_vec v)
{
    const uint8x16_t named = vorrq_u8(vceqq_u8(v, vdupq_n_u8('"')), vceqq_u8(v, vdupq_n_u8('\\')));
    const uint8x16_t stop = vorrq_u8(named, vcltq_u8(v, vdupq_n_u8(0x20)));
    const uint8x8_t nibbles = vshrn_n_u16(vreinterpretq_u16_u8(stop), 4);

    return vget_lane_u64(vreinterpret_u64_u8(nibbles), 0);
}

static inline size_t first_stop(uint64_t stops)
{
    return (size_t)__builtin_ctzll(stops) / 4;
}

#endif
