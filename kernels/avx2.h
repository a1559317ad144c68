/* SPDX-License-Identifier: Apache-2.0 */
/* avx2.h - the operations of AVX2 that avx2.c uses and that avx512.c borrows, because 512 bits are
 * no faster there: the scatter of MinHash, the text of JSON. */
#ifndef SYNDIC_AVX2_H
#define SYNDIC_AVX2_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

typedef __m256i byte_vec;

/* ---- the scatter of minhash.inc.h ---- */

#define SCATTER_STEP 4

static inline void min_into(uint32_t *cell, __m128i value)
{
    _mm_storeu_si32(cell, _mm_min_epu32(_mm_loadu_si32(cell), value));
}

/* The values stay in vector registers and only the bins go through integer ones: 0.47 ns a shingle
 * with gcc against 0.60 with all of it in integer registers. */
static inline void scatter_step(const uint64_t *s, uint32_t bins, uint32_t *even, uint32_t *odd)
{
    const __m256i h = _mm256_srli_epi64(_mm256_loadu_si256((const __m256i *)s), 32);
    const __m256i value = _mm256_srli_epi32(_mm256_mul_epu32(h, _mm256_set1_epi64x(bins)), 1);
    const __m128i low = _mm256_castsi256_si128(value), high = _mm256_extracti128_si256(value, 1);

    min_into(even + ((s[0] >> 32) * bins >> 32), low);
    min_into(odd + ((s[1] >> 32) * bins >> 32), _mm_unpackhi_epi64(low, low));
    min_into(even + ((s[2] >> 32) * bins >> 32), high);
    min_into(odd + ((s[3] >> 32) * bins >> 32), _mm_unpackhi_epi64(high, high));
}

static inline uint32_t least_of_8(__m256i v)
{
    const __m128i four = _mm_min_epu32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    const __m128i two = _mm_min_epu32(four, _mm_shuffle_epi32(four, 0x4e));

    return (uint32_t)_mm_cvtsi128_si32(_mm_min_epu32(two, _mm_shuffle_epi32(two, 0xb1)));
}

/* ---- operations for json.inc.h ---- */

static inline byte_vec load_bytes(const uint8_t *p)
{
    return _mm256_loadu_si256((const __m256i *)p);
}

static inline void store_text(uint8_t *p, byte_vec v)
{
    _mm256_storeu_si256((__m256i *)p, v);
}

static inline uint64_t string_stops(byte_vec v)
{
    const __m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
    const __m256i backslash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
    const __m256i past_control = _mm256_subs_epu8(v, _mm256_set1_epi8(0x1f)); /* 0: a control */
    const __m256i control = _mm256_cmpeq_epi8(past_control, _mm256_setzero_si256());

    return (uint32_t)_mm256_movemask_epi8(
        _mm256_or_si256(_mm256_or_si256(quote, backslash), control));
}

static inline size_t first_stop(uint64_t stops)
{
    return (size_t)__builtin_ctz((uint32_t)stops);
}

#endif
