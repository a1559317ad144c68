/* SPDX-License-Identifier: Apache-2.0 */
/* avx2.c - AVX2 and BMI: the vector type and its operations, then the templates.  The operations
 * that avx512.c shares are in avx2.h. */
#include "avx2.h"
#include "kernel.h"
#include "text/hash.h"

#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#define ISA   avx2
#define NEEDS SYNDIC_CPU_AVX2
typedef __m256i vec, match_vec, word_vec;

/* ---- operations for text.inc.h ---- */

/* Bytes of x in [first, first + span], as 0xff. */
static inline vec in_range(vec x, char first, char span)
{
    const vec from_first = _mm256_sub_epi8(x, _mm256_set1_epi8(first));

    return _mm256_cmpeq_epi8(_mm256_min_epu8(from_first, _mm256_set1_epi8(span)), from_first);
}

static inline uint32_t classify32(const uint8_t *in, uint8_t *folded)
{
    const vec space = _mm256_set1_epi8(0x20), x = _mm256_loadu_si256((const vec *)in);
    const vec lower = _mm256_or_si256(x, space);
    const vec letter = in_range(lower, 'a', 25);

    _mm256_storeu_si256((vec *)folded, _mm256_or_si256(x, _mm256_and_si256(letter, space)));
    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(letter, in_range(x, '0', 9)));
}

static inline bool classify(const uint8_t *in, uint8_t *folded, uint64_t *letters)
{
    const vec both = _mm256_or_si256(_mm256_loadu_si256((const vec *)in),
                                     _mm256_loadu_si256((const vec *)(in + 32)));

    if (_mm256_movemask_epi8(both))
        return false;
    const uint64_t low = classify32(in, folded);
    *letters = low | (uint64_t)classify32(in + 32, folded + 32) << 32;
    return true;
}

/* ---- edges ---- */

#define OWN_EDGES_OF

/* The places of the bits of a byte, a byte each, lowest first: those of its lower half, then those
 * of its upper half.  ROW: all bytes with one upper half. */
#define BOTH(high, low, count) ((uint64_t)(low) | (uint64_t)(0x04040404u + (high)) << 8 * (count))
#define ROW(h)                                                                                     \
    BOTH(h, 0, 0), BOTH(h, 0, 1), BOTH(h, 1, 1), BOTH(h, 0x100, 2), BOTH(h, 2, 1),                 \
        BOTH(h, 0x200, 2), BOTH(h, 0x201, 2), BOTH(h, 0x20100, 3), BOTH(h, 3, 1),                  \
        BOTH(h, 0x300, 2), BOTH(h, 0x301, 2), BOTH(h, 0x30100, 3), BOTH(h, 0x302, 2),              \
        BOTH(h, 0x30200, 3), BOTH(h, 0x30201, 3), BOTH(h, 0x3020100, 4)

static const uint64_t places_of_byte[256] = {
    ROW(0),     ROW(0),       ROW(1),       ROW(0x100),     ROW(2),     ROW(0x200),
    ROW(0x201), ROW(0x20100), ROW(3),       ROW(0x300),     ROW(0x301), ROW(0x30100),
    ROW(0x302), ROW(0x30200), ROW(0x30201), ROW(0x3020100),
};

/* A byte of the mask at a time by table, with no branch: ascii_edges is 1.45 times as fast as with
 * the lowest bit at a time (Xeon, Sapphire Rapids class, 2026-11, gcc 12, 500 words). */
static inline uint32_t *edges_of(uint64_t bits, uint32_t at, uint32_t *edge)
{
#pragma GCC unroll 8
    for (uint32_t i = 0; i < 64; i += 8) {
        const uint32_t byte = (uint32_t)(bits >> i) & 0xff;
        const __m128i places = _mm_loadl_epi64((const __m128i *)&places_of_byte[byte]);
        const vec base = _mm256_set1_epi32((int)(at + i));
        _mm256_storeu_si256((vec *)edge, _mm256_add_epi32(_mm256_cvtepu8_epi32(places), base));
        edge += _mm_popcnt_u32(byte);
    }
    return edge;
}

/* ---- tokens ---- */

static inline void copy16(uint8_t *out, const uint8_t *in)
{
    _mm_storeu_si128((__m128i *)out, _mm_loadu_si128((const __m128i *)in));
}

#define OWN_SHORT_TOKEN_HASH

/* syndic_token_hash() for n <= 16, with a mask from memory for both words: emit_tokens takes 0.83
 * of the time that it takes with bzhi for each (same CPU). */
static inline uint64_t short_token_hash(const uint8_t *token, uint32_t n)
{
    static const uint8_t keep[32] __attribute__((aligned(32))) = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    };
    const uint64_t low = SYNDIC_TOKEN_LOW, high = SYNDIC_TOKEN_HIGH;
    const __m128i mask = _mm_loadu_si128((const __m128i *)(keep + 16 - n));
    const __m128i bytes = _mm_and_si128(_mm_loadu_si128((const __m128i *)token), mask);
    const __m128i x = _mm_xor_si128(bytes, _mm_set_epi64x((long long)high, (long long)low));

    return syndic_fold_multiply((uint64_t)_mm_cvtsi128_si64(x),
                                (uint64_t)_mm_extract_epi64(x, 1) ^ n);
}

#define HASH_LANES 4

/* AVX2 multiplies no 64-bit lanes.  x * m = low + (cross << 32), where low is the product of the
 * low halves and cross the sum of low times high both ways; crosses are summed before they are
 * moved. */
struct sum {
    vec low, cross;
};
#define SUM struct sum

static inline struct sum no_sum(void)
{
    return (struct sum){_mm256_setzero_si256(), _mm256_setzero_si256()};
}

static inline struct sum add_product(struct sum s, const uint64_t *x, uint64_t m)
{
    const vec v = _mm256_loadu_si256((const vec *)x), w = _mm256_set1_epi64x((long long)m);
    const vec swapped = _mm256_shuffle_epi32(w, 0xb1);

    return (struct sum){_mm256_add_epi64(s.low, _mm256_mul_epu32(v, w)),
                        _mm256_add_epi32(s.cross, _mm256_mullo_epi32(v, swapped))};
}

static inline vec sum_value(struct sum s)
{
    const vec high = _mm256_add_epi32(s.cross, _mm256_slli_epi64(s.cross, 32));
    const vec keep = _mm256_set1_epi64x((long long)0xffffffff00000000u);

    return _mm256_add_epi64(s.low, _mm256_and_si256(high, keep));
}

static inline void store_finalised(uint64_t *out, struct sum s)
{
    const uint64_t odd = SYNDIC_SHINGLE_ODD;
    const vec sum = sum_value(s);
    const vec mixed = _mm256_xor_si256(sum, _mm256_srli_epi64(sum, 32));
    const vec w = _mm256_set1_epi64x((long long)odd);
    const struct sum product = {_mm256_mul_epu32(mixed, w),
                                _mm256_mullo_epi32(mixed, _mm256_shuffle_epi32(w, 0xb1))};
    const vec x = sum_value(product);

    _mm256_storeu_si256((vec *)out, _mm256_xor_si256(x, _mm256_srli_epi64(x, 32)));
}

/* ---- operations for minhash.inc.h ---- */

static inline size_t lanes(void)
{
    return 8;
}

static inline vec load_lanes(const uint32_t *p)
{
    return _mm256_loadu_si256((const vec *)p);
}

static inline void store_lanes(uint32_t *p, vec v)
{
    _mm256_storeu_si256((vec *)p, v);
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
    return _mm256_set1_epi32((int)(*shingle >> 32));
}

static inline vec splat(uint32_t x)
{
    return _mm256_set1_epi32((int)x);
}

static inline vec load_highs(const uint64_t *shingle)
{
    const vec a = _mm256_loadu_si256((const vec *)shingle);
    const vec b = _mm256_loadu_si256((const vec *)(shingle + 4));

    return _mm256_blend_epi32(_mm256_srli_epi64(a, 32), b, 0xaa);
}

static inline uint32_t least_lane(vec v)
{
    return least_of_8(v);
}

static inline vec multiply_add(vec a, vec b, vec c)
{
    return _mm256_add_epi32(_mm256_mullo_epi32(a, b), c);
}

static inline vec min_lanes(vec a, vec b)
{
    return _mm256_min_epu32(a, b);
}

/* ---- operations for simhash.inc.h ---- */

#define WORD_LANES 4
#define FOLDS      2

static inline vec load_words(const uint64_t *p)
{
    return _mm256_loadu_si256((const vec *)p);
}

static inline vec no_words(void)
{
    return _mm256_setzero_si256();
}

static inline uint64_t first_word(vec v)
{
    return (uint64_t)_mm_cvtsi128_si64(_mm256_castsi256_si128(v));
}

static inline vec full_add(vec *sum, vec a, vec b)
{
    const vec either = _mm256_xor_si256(*sum, a), both = _mm256_and_si256(*sum, a);

    *sum = _mm256_xor_si256(either, b);
    return _mm256_or_si256(both, _mm256_and_si256(either, b));
}

static inline vec turn_words(vec v, int fold)
{
    return fold ? _mm256_shuffle_epi32(v, 0x4e) : _mm256_permute4x64_epi64(v, 0x4e);
}

#define NEAR_STEP 8
#define NEAR_BITS 1

/* Ones of each lane: of its 16 halves of bytes by table, added up. */
static inline vec ones_of(vec v)
{
    const vec ones = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2, 1,
                                      2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
    const vec half = _mm256_set1_epi8(0x0f);
    const vec low = _mm256_shuffle_epi8(ones, _mm256_and_si256(v, half));
    const vec high = _mm256_shuffle_epi8(ones, _mm256_and_si256(_mm256_srli_epi16(v, 4), half));

    return _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
}

static inline uint32_t far4(const uint64_t *p, vec word, vec distance)
{
    const vec differ = _mm256_xor_si256(_mm256_loadu_si256((const vec *)p), word);
    const vec far = _mm256_cmpgt_epi64(ones_of(differ), distance);

    return (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(far));
}

static inline uint64_t near_words(const uint64_t *p, uint64_t word, uint32_t distance)
{
    const vec w = _mm256_set1_epi64x((long long)word), d = _mm256_set1_epi64x(distance);

    return 0xff ^ (far4(p, w, d) | far4(p + 4, w, d) << 4);
}

/* ---- operations for sample.inc.h ---- */

/* AVX2 compares signed numbers only: the top bit of both is turned. */
static inline uint32_t below_4(const uint64_t *p, uint64_t limit)
{
    const uint64_t top = (uint64_t)1 << 63;
    const vec x = _mm256_loadu_si256((const vec *)p), turn = _mm256_set1_epi64x((long long)top);
    const vec most = _mm256_set1_epi64x((long long)(limit ^ top));
    const vec low = _mm256_cmpgt_epi64(most, _mm256_xor_si256(x, turn));

    return (uint32_t)_mm256_movemask_pd(_mm256_castsi256_pd(low));
}

static inline uint32_t below_8(const uint64_t *p, uint64_t limit)
{
    return below_4(p, limit) | below_4(p + 4, limit) << 4;
}

static inline void put_places(uint32_t *index, const uint32_t *place, uint32_t at)
{
    const __m128i places = _mm_loadu_si128((const __m128i *)place);

    _mm_storeu_si128((__m128i *)index, _mm_add_epi32(places, _mm_set1_epi32((int)at)));
}

/* ---- operations for join.inc.h ---- */

static inline vec no_bytes(void)
{
    return _mm256_setzero_si256();
}

static inline vec count_equal_bytes(vec count, vec a, vec b)
{
    return _mm256_sub_epi8(count, _mm256_cmpeq_epi8(a, b));
}

/* The four 64-bit lanes of v, added up. */
static inline size_t sum_words(vec v)
{
    const __m128i two = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));

    return (size_t)_mm_cvtsi128_si64(two) + (size_t)_mm_extract_epi64(two, 1);
}

static inline size_t sum_bytes(vec count)
{
    return sum_words(_mm256_sad_epu8(count, _mm256_setzero_si256()));
}

#define SET_STEP 4

static inline match_vec no_matches(void)
{
    return _mm256_setzero_si256();
}

static inline match_vec count_matches(match_vec count, const uint64_t *p, const uint64_t *q)
{
    const vec a = _mm256_loadu_si256((const vec *)p), b = _mm256_loadu_si256((const vec *)q);
    const vec turned1 = _mm256_permute4x64_epi64(b, _MM_SHUFFLE(0, 3, 2, 1));
    const vec turned2 = _mm256_permute4x64_epi64(b, _MM_SHUFFLE(1, 0, 3, 2));
    const vec turned3 = _mm256_permute4x64_epi64(b, _MM_SHUFFLE(2, 1, 0, 3));
    const vec near = _mm256_or_si256(_mm256_cmpeq_epi64(a, b), _mm256_cmpeq_epi64(a, turned1));
    const vec far = _mm256_or_si256(_mm256_cmpeq_epi64(a, turned2), _mm256_cmpeq_epi64(a, turned3));

    return _mm256_sub_epi64(count, _mm256_or_si256(near, far));
}

static inline size_t sum_matches(match_vec count)
{
    return sum_words(count);
}

#include "join.inc.h"
#include "json.inc.h"
#include "minhash.inc.h"
#include "sample.inc.h"
#include "simhash.inc.h"
#include "text.inc.h"

#include "table.inc.h"
