/* SPDX-License-Identifier: Apache-2.0 */
/* immintrin.h - stands before the compiler's own, so that kernels/avx512.c is compiled for a CPU
 * that has AVX2 only: SIMDe carries out each AVX-512 intrinsic in narrower ones.  Compile with this
 * folder first in the include path and without any -mavx512 option. */
#ifndef SYNDIC_SIMDE_IMMINTRIN_H
#define SYNDIC_SIMDE_IMMINTRIN_H

#include_next <immintrin.h>

#define SIMDE_ENABLE_NATIVE_ALIASES
#include <simde/x86/avx512.h>

#include <string.h>

/* What SIMDe 0.7.2 lacks, by the letter of the definitions. */

static inline __m512i syndic_mask_shuffle_epi32(__m512i otherwise, __mmask16 mask, __m512i v,
                                                int order)
{
    uint32_t in[16], out[16];

    memcpy(in, &v, sizeof(in));
    memcpy(out, &otherwise, sizeof(out));
    for (int i = 0; i < 16; i++)
        if (mask >> i & 1)
            out[i] = in[(i & ~3) + (order >> 2 * (i & 3) & 3)];
    memcpy(&v, out, sizeof(out));
    return v;
}

static inline long long syndic_reduce_add_epi64(__m512i v)
{
    uint64_t in[8], sum = 0;

    memcpy(in, &v, sizeof(in));
    for (int i = 0; i < 8; i++)
        sum += in[i];
    return (long long)sum;
}

static inline __mmask8 syndic_mask_cmpneq_epi64_mask(__mmask8 mask, __m512i a, __m512i b)
{
    return mask & (__mmask8)~_mm512_cmpeq_epi64_mask(a, b);
}

static inline __mmask8 syndic_cmplt_epu64_mask(__m512i a, __m512i b)
{
    return (__mmask8)~_mm512_cmpge_epu64_mask(a, b);
}

#undef _mm512_cmplt_epu64_mask
#undef _mm512_mask_shuffle_epi32
#undef _mm512_reduce_add_epi64
#undef _mm512_mask_cmpneq_epi64_mask
#undef _mm512_extracti64x2_epi64
#define _mm512_cmplt_epu64_mask(a, b)             syndic_cmplt_epu64_mask(a, b)
#define _mm512_mask_shuffle_epi32(o, k, v, order) syndic_mask_shuffle_epi32(o, k, v, order)
#define _mm512_reduce_add_epi64(v)                syndic_reduce_add_epi64(v)
#define _mm512_mask_cmpneq_epi64_mask(mask, a, b) syndic_mask_cmpneq_epi64_mask(mask, a, b)
#define _mm512_extracti64x2_epi64(v, i)           _mm512_extracti32x4_epi32(v, i)

#endif
