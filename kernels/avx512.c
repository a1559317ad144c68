/* SPDX-License-Identifier: Apache-2.0 */
/* avx512.c - AVX-512 F, BW, DQ and VL: the vector type and its operations, then the templates.
 *
 * Faster than AVX2 on newspapers, 50 / 500 / 5,000 words (Xeon, Sapphire Rapids class, 2026-11, gcc
 * 12, medians of interleaved runs): ascii_edges 1.6 / 1.6 / 1.6, emit_tokens 1.3 / 1.3 / 1.2,
 * shingle_hashes 1.9 / 1.9 / 1.8, minhash_lanes 1.4, count_equal 1.7, intersect 0.93 / 1.4 / 1.5,
 * string_end 1.3 / 1.6 / 1.7, simhash 0.87 / 1.3 / 1.7 (1.1 from 200 words on; what is lost at 50
 * words is 9 ns), hamming_within of 8 / 256 / 4,096 numbers 1.2 / 1.5 / 1.4, below 1.1 / 2.1 / 2.1.
 * Left to the code of AVX2, in avx2.h: minhash_scatter, eight shingles a step: 0.96 to 1.04, with
 * bins read back from the stack 0.7; unescape by 64 bytes: 0.82 to 1.1 where an escape stands every
 * 31 bytes, which is what newspapers have, 1.3 to 1.7 without any. */
#include "avx2.h"
#include "kernel.h"
#include "text/hash.h"

#include <immintrin.h>
#include <stdbool.h>
#include <string.h>

#ifndef ISA
#define ISA   avx512
#define NEEDS SYNDIC_CPU_AVX512
#endif
typedef __m512i vec, match_vec, word_vec;

/* ---- operations for text.inc.h ---- */

static inline __mmask64 in_range(vec x, char first, char span)
{
    return _mm512_cmple_epu8_mask(_mm512_sub_epi8(x, _mm512_set1_epi8(first)),
                                  _mm512_set1_epi8(span));
}

static inline bool classify(const uint8_t *in, uint8_t *folded, uint64_t *letters)
{
    const vec x = _mm512_loadu_si512(in);
    const vec lower = _mm512_or_si512(x, _mm512_set1_epi8(0x20));
    const __mmask64 letter = in_range(lower, 'a', 25);

    if (_mm512_movepi8_mask(x))
        return false;
    _mm512_storeu_si512(folded, _mm512_mask_blend_epi8(letter, x, lower));
    *letters = letter | in_range(x, '0', 9);
    return true;
}

#ifndef OWN_EDGES_OF
#define OWN_EDGES_OF

/* Sixteen places at a time, those whose bit is set moved to the front. */
static inline uint32_t *edges_of(uint64_t bits, uint32_t at, uint32_t *edge)
{
    vec place =
        _mm512_add_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                         _mm512_set1_epi32((int)at));

    for (int i = 0; i < 64; i += 16) {
        const __mmask16 some = (__mmask16)(bits >> i);
        _mm512_storeu_si512(edge, _mm512_maskz_compress_epi32(some, place));
        edge += __builtin_popcount(some);
        place = _mm512_add_epi32(place, _mm512_set1_epi32(16));
    }
    return edge;
}
#endif

static inline void copy16(uint8_t *out, const uint8_t *in)
{
    _mm_storeu_si128((__m128i *)out, _mm_loadu_si128((const __m128i *)in));
}

static inline uint64_t keep_low(uint64_t x, uint32_t bits)
{
    return _bzhi_u64(x, bits);
}

#define HASH_LANES 8
#define SUM        vec

static inline vec no_sum(void)
{
    return _mm512_setzero_si512();
}

static inline vec add_product(vec sum, const uint64_t *x, uint64_t m)
{
    const vec v = _mm512_loadu_si512(x);

    return _mm512_add_epi64(sum, _mm512_mullo_epi64(v, _mm512_set1_epi64((long long)m)));
}

static inline vec mix_halves(vec x)
{
    return _mm512_xor_si512(x, _mm512_srli_epi64(x, 32));
}

static inline void store_finalised(uint64_t *out, vec sum)
{
    const uint64_t odd = SYNDIC_SHINGLE_ODD;
    const vec product = _mm512_mullo_epi64(mix_halves(sum), _mm512_set1_epi64((long long)odd));

    _mm512_storeu_si512(out, mix_halves(product));
}

/* ---- operations for minhash.inc.h ---- */

static inline size_t lanes(void)
{
    return 16;
}

static inline vec load_lanes(const uint32_t *p)
{
    return _mm512_loadu_si512(p);
}

static inline void store_lanes(uint32_t *p, vec v)
{
    _mm512_storeu_si512(p, v);
}

/* Lanes come in multiples of 8. */
static inline vec load_some_lanes(const uint32_t *p, size_t n)
{
    return n < 16 ? _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)p)) : load_lanes(p);
}

static inline void store_some_lanes(uint32_t *p, vec v, size_t n)
{
    if (n < 16)
        _mm256_storeu_si256((__m256i *)p, _mm512_castsi512_si256(v));
    else
        store_lanes(p, v);
}

static inline vec splat_high(const uint64_t *shingle)
{
    return _mm512_set1_epi32((int)(*shingle >> 32));
}

static inline vec splat(uint32_t x)
{
    return _mm512_set1_epi32((int)x);
}

static inline vec load_highs(const uint64_t *shingle)
{
    const vec a = _mm512_loadu_si512(shingle), b = _mm512_loadu_si512(shingle + 8);

    return _mm512_mask_mov_epi32(_mm512_srli_epi64(a, 32), 0xaaaa, b);
}

static inline uint32_t least_lane(vec v)
{
    return least_of_8(_mm256_min_epu32(_mm512_castsi512_si256(v), _mm512_extracti64x4_epi64(v, 1)));
}

static inline vec multiply_add(vec a, vec b, vec c)
{
    return _mm512_add_epi32(_mm512_mullo_epi32(a, b), c);
}

static inline vec min_lanes(vec a, vec b)
{
    return _mm512_min_epu32(a, b);
}

/* ---- operations for simhash.inc.h ---- */

#define WORD_LANES 8
#define FOLDS      3

static inline vec load_words(const uint64_t *p)
{
    return _mm512_loadu_si512(p);
}

static inline vec no_words(void)
{
    return _mm512_setzero_si512();
}

static inline uint64_t first_word(vec v)
{
    return (uint64_t)_mm_cvtsi128_si64(_mm512_castsi512_si128(v));
}

/* One instruction each: the truth tables of "an odd number of" and of "two or more of". */
static inline vec full_add(vec *sum, vec a, vec b)
{
    const vec carry = _mm512_ternarylogic_epi64(*sum, a, b, 0xe8);

    *sum = _mm512_ternarylogic_epi64(*sum, a, b, 0x96);
    return carry;
}

static inline vec turn_words(vec v, int fold)
{
    const vec from =
        _mm512_xor_si512(_mm512_setr_epi64(0, 1, 2, 3, 4, 5, 6, 7), _mm512_set1_epi64(4 >> fold));

    return _mm512_permutexvar_epi64(from, v);
}

#define NEAR_STEP 8
#define NEAR_BITS 1

#ifndef OWN_ONES_OF

/* Ones of each lane: of its 16 halves of bytes by table, added up. */
static inline vec ones_of(vec v)
{
    const vec ones =
        _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const vec half = _mm512_set1_epi8(0x0f);
    const vec low = _mm512_shuffle_epi8(ones, _mm512_and_si512(v, half));
    const vec high = _mm512_shuffle_epi8(ones, _mm512_and_si512(_mm512_srli_epi16(v, 4), half));

    return _mm512_sad_epu8(_mm512_add_epi8(low, high), _mm512_setzero_si512());
}

#endif

static inline uint64_t near_words(const uint64_t *p, uint64_t word, uint32_t distance)
{
    const vec differ = _mm512_xor_si512(_mm512_loadu_si512(p), _mm512_set1_epi64((long long)word));

    return _mm512_cmple_epu64_mask(ones_of(differ), _mm512_set1_epi64(distance));
}

/* ---- operations for sample.inc.h ---- */

#define OWN_BELOW_STEP
#define BELOW_STEP 16

static inline size_t below_step(const uint64_t *p, uint64_t limit, uint32_t at, uint32_t *index)
{
    const vec most = _mm512_set1_epi64((long long)limit);
    const vec place =
        _mm512_add_epi32(_mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
                         _mm512_set1_epi32((int)at));
    const __mmask8 low = _mm512_cmplt_epu64_mask(_mm512_loadu_si512(p), most);
    const __mmask8 high = _mm512_cmplt_epu64_mask(_mm512_loadu_si512(p + 8), most);
    const __mmask16 mask = (__mmask16)(low | high << 8);

    _mm512_storeu_si512(index, _mm512_maskz_compress_epi32(mask, place));
    return (size_t)__builtin_popcount(mask);
}

/* ---- operations for join.inc.h ---- */

#define OWN_COUNT_EQUAL

static size_t count_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t equal = 0;

    for (size_t i = 0; i < n; i += 64) {
        const __mmask64 same =
            _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(a + i), _mm512_loadu_si512(b + i));
        equal += (size_t)__builtin_popcountll(same);
    }
    return equal;
}

#define SET_STEP 8

static inline match_vec no_matches(void)
{
    return _mm512_setzero_si512();
}

/* Those of `some` numbers of a that are not q[0] to q[3] either. */
static inline __mmask8 not_in_4(__mmask8 some, vec a, const uint64_t *q)
{
    for (int i = 0; i < 4; i++)
        some = _mm512_mask_cmpneq_epi64_mask(some, a, _mm512_set1_epi64((long long)q[i]));
    return some;
}

/* Each number of the second block is compared with the whole first one, from memory: turning a
 * vector would take the port that compares. */
static inline match_vec count_matches(match_vec count, const uint64_t *p, const uint64_t *q)
{
    const vec a = _mm512_loadu_si512(p);
    const __mmask8 strange = not_in_4(0xff, a, q) & not_in_4(0xff, a, q + 4);

    return _mm512_mask_sub_epi64(count, (__mmask8)~strange, count, _mm512_set1_epi64(-1));
}

static inline size_t sum_matches(match_vec count)
{
    return (size_t)_mm512_reduce_add_epi64(count);
}

/* ---- JSON; the other operations are in avx2.h ---- */

#define OWN_STRING_END

static size_t string_end(const uint8_t *in, size_t n)
{
    for (size_t i = 0; i < n; i += 64) {
        const vec v = _mm512_loadu_si512(in + i);
        const __mmask64 stops = _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('"')) |
                                _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8('\\')) |
                                _mm512_cmplt_epu8_mask(v, _mm512_set1_epi8(0x20));
        if (stops) {
            const size_t end = i + (size_t)_tzcnt_u64(stops);
            return end < n ? end : n;
        }
    }
    return n;
}

#include "join.inc.h"
#include "json.inc.h"
#include "minhash.inc.h"
#include "sample.inc.h"
#include "simhash.inc.h"
#include "text.inc.h"

/* ---- tokens, eight at a time ----
 *
 * Their bytes become two vectors of 64-bit words, and one vector multiplication hashes them
 * all: 1.1 ns a token against 1.45 for AVX2 (gcc).  The bound is the
 * two ports that take 512-bit instructions, so what can be done elsewhere is: the ends are added up
 * in integer registers (running sums in a vector: no gain), and each space is stored with its
 * token. */

/* Eight tokens of 1 to 15 bytes as 64-bit lanes: lane i is about token i. */
struct eight {
    vec low, high; /* its bytes, then zeros */
    vec bits;      /* eight times its length */
};

static inline __m128i load16(const uint8_t *p)
{
    return _mm_loadu_si128((const __m128i *)p);
}

/* Every other token. */
static inline vec load_four(const uint8_t *text, const uint32_t *edge)
{
    vec four = _mm512_castsi128_si512(load16(text + edge[0]));

    four = _mm512_inserti64x2(four, load16(text + edge[4]), 1);
    four = _mm512_inserti64x2(four, load16(text + edge[8]), 2);
    return _mm512_inserti64x2(four, load16(text + edge[12]), 3);
}

static inline struct eight load_eight(const uint8_t *text, const uint32_t *edge, vec lengths)
{
    const vec even = load_four(text, edge), odd = load_four(text, edge + 2);
    const vec bits = _mm512_slli_epi64(lengths, 3), ones = _mm512_set1_epi64(-1);
    const vec past_low = _mm512_subs_epu16(_mm512_set1_epi64(64), bits); /* 0 from 8 bytes on */
    const vec past_high = _mm512_sub_epi64(_mm512_set1_epi64(128), bits);
    const vec mask_low = _mm512_srlv_epi64(ones, past_low);
    const vec mask_high = _mm512_srlv_epi64(ones, past_high);

    return (struct eight){_mm512_and_si512(_mm512_unpacklo_epi64(even, odd), mask_low),
                          _mm512_and_si512(_mm512_unpackhi_epi64(even, odd), mask_high), bits};
}

/* syndic_fold_multiply() of each lane. */
static inline vec fold_multiply(vec a, vec b)
{
    const vec a_high = _mm512_srli_epi64(a, 32), b_high = _mm512_srli_epi64(b, 32);
    const vec low = _mm512_mul_epu32(a, b), high = _mm512_mul_epu32(a_high, b_high);
    const vec x = _mm512_add_epi64(_mm512_mul_epu32(a_high, b), _mm512_srli_epi64(low, 32));
    const vec x_low = _mm512_maskz_mov_epi32(0x5555, x);
    const vec y = _mm512_add_epi64(_mm512_mul_epu32(a, b_high), x_low);
    const vec carried = _mm512_add_epi64(_mm512_srli_epi64(x, 32), _mm512_srli_epi64(y, 32));

    return _mm512_xor_si512(_mm512_add_epi64(high, carried),
                            _mm512_mask_shuffle_epi32(low, 0xaaaa, y, 0xa0));
}

static inline vec hash_eight(struct eight t, vec lengths)
{
    const uint64_t low = SYNDIC_TOKEN_LOW, high = SYNDIC_TOKEN_HIGH;
    const vec mixed_length = _mm512_xor_si512(lengths, _mm512_set1_epi64((long long)high));

    return fold_multiply(_mm512_xor_si512(t.low, _mm512_set1_epi64((long long)low)),
                         _mm512_xor_si512(t.high, mixed_length));
}

/* One token from `at` on; returns where the next one begins. */
static inline size_t put(uint8_t *normal, size_t at, __m128i token, const uint32_t *edge,
                         uint32_t *end)
{
    _mm_storeu_si128((__m128i *)(normal + at), token);
    at += edge[1] - edge[0];
    *end = (uint32_t)at;
    return at + 1;
}

static inline size_t put_eight(uint8_t *normal, size_t at, struct eight t, const uint32_t *edge,
                               uint32_t *end)
{
    const vec space = _mm512_set1_epi64(' ');
    const vec bits_high = _mm512_sub_epi64(t.bits, _mm512_set1_epi64(64));
    const vec low = _mm512_or_si512(t.low, _mm512_sllv_epi64(space, t.bits));
    const vec high = _mm512_or_si512(t.high, _mm512_sllv_epi64(space, bits_high));
    const vec even = _mm512_unpacklo_epi64(low, high), odd = _mm512_unpackhi_epi64(low, high);

    at = put(normal, at, _mm512_castsi512_si128(even), edge, end);
    at = put(normal, at, _mm512_castsi512_si128(odd), edge + 2, end + 1);
    at = put(normal, at, _mm512_extracti64x2_epi64(even, 1), edge + 4, end + 2);
    at = put(normal, at, _mm512_extracti64x2_epi64(odd, 1), edge + 6, end + 3);
    at = put(normal, at, _mm512_extracti64x2_epi64(even, 2), edge + 8, end + 4);
    at = put(normal, at, _mm512_extracti64x2_epi64(odd, 2), edge + 10, end + 5);
    at = put(normal, at, _mm512_extracti64x2_epi64(even, 3), edge + 12, end + 6);
    return put(normal, at, _mm512_extracti64x2_epi64(odd, 3), edge + 14, end + 7);
}

/* Eights from token i on, up to one that holds a token of 16 bytes or more (3 in 1,000 eights of
 * newspapers).  No call is inside the loop: it would cost the constants their registers. */
static inline size_t emit_eights(const uint8_t *text, const uint32_t *edge, size_t i, size_t count,
                                 uint8_t *normal, size_t *normal_bytes, uint32_t *token_end,
                                 uint64_t *token_hash)
{
    size_t at = *normal_bytes;

    for (; i + 8 <= count; i += 8) {
        const vec edges = _mm512_loadu_si512(edge + 2 * i);
        const vec lengths = _mm512_maskz_sub_epi32(0x5555, _mm512_srli_epi64(edges, 32), edges);
        if (_mm512_cmpgt_epi64_mask(lengths, _mm512_set1_epi64(15)))
            break;
        const struct eight t = load_eight(text, edge + 2 * i, lengths);
        _mm512_storeu_si512(token_hash + i, hash_eight(t, lengths));
        at = put_eight(normal, at, t, edge + 2 * i, token_end + i);
    }
    *normal_bytes = at;
    return i;
}

static void emit_tokens_by_8(const uint8_t *text, const uint32_t *edge, size_t token_count,
                             uint8_t *normal, size_t *normal_bytes, uint32_t *token_end,
                             uint64_t *token_hash)
{
    for (size_t i = 0; i < token_count;) {
        i = emit_eights(text, edge, i, token_count, normal, normal_bytes, token_end, token_hash);
        const size_t some = token_count - i < 8 ? token_count - i : 8;
        emit_tokens(text, edge + 2 * i, some, normal, normal_bytes, token_end + i, token_hash + i);
        i += some;
    }
}

#define EMIT_TOKENS emit_tokens_by_8
#include "table.inc.h"
