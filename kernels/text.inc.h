/* SPDX-License-Identifier: Apache-2.0 */
/* text.inc.h - the text kernels, for any ISA file that defines before it includes this:
 *
 *   bool classify(const uint8_t *in, uint8_t *folded, uint64_t *letters)
 *       64 bytes: lower A-Z into folded, set a bit for each letter or digit; false: not all ASCII
 *   uint32_t lowest_bit(uint64_t bits)
 *       its place; anything where bits is 0
 *   void copy16(uint8_t *out, const uint8_t *in)
 *   uint64_t keep_low(uint64_t x, uint32_t bits)
 *       the lowest `bits` bits of x; all of them from 64 on
 *   HASH_LANES, SUM
 *       64-bit lanes of a vector, and the type of a vector of multilinear sums
 *   SUM no_sum(void)
 *   SUM add_product(SUM s, const uint64_t *x, uint64_t m)
 *       s + x[lane] * m
 *   void store_finalised(uint64_t *out, SUM s)
 *       as syndic_shingle_hash() ends
 *
 * An ISA file that finds edges in a better way defines OWN_EDGES_OF and edges_of(); one that hashes
 * tokens so, OWN_SHORT_TOKEN_HASH and short_token_hash(), and needs no keep_low().
 *
 * Why the edges are written eight at a time: how many there are in a block cannot be predicted, how
 * many eights can, and a write too many costs less than a branch missed. */
#include "text/hash.h"

#ifndef OWN_EDGES_OF
static inline uint32_t *edges_of(uint64_t bits, uint32_t at, uint32_t *edge)
{
    const uint32_t count = (uint32_t)__builtin_popcountll(bits);

    for (uint32_t done = 0; done < count; done += 8)
#pragma GCC unroll 8
        for (uint32_t i = 0; i < 8; i++) {
            edge[done + i] = at + lowest_bit(bits);
            bits &= bits - 1;
        }
    return edge + count;
}
#endif

static size_t ascii_edges(const uint8_t *in, size_t blocks, uint8_t *folded, uint32_t *edge,
                          size_t *edge_count, uint32_t *inside)
{
    uint64_t letters, before = *inside;
    uint32_t *next = edge;
    size_t b = 0;

    for (; b < blocks && classify(in + 64 * b, folded + 64 * b, &letters); b++) {
        next = edges_of(letters ^ (letters << 1 | before), (uint32_t)(64 * b), next);
        before = letters >> 63;
    }
    *edge_count = (size_t)(next - edge);
    *inside = (uint32_t)before;
    return b;
}

/* Sixteen bytes at a time; the last copy may write 15 bytes too many. */
static inline uint64_t copy_long(uint8_t *out, const uint8_t *in, size_t n)
{
    for (size_t i = 16; i < n; i += 16)
        copy16(out + i, in + i);
    return syndic_long_token_hash(in, n);
}

#ifndef OWN_SHORT_TOKEN_HASH
/* syndic_token_hash() without branches, for n <= 16. */
static inline uint64_t short_token_hash(const uint8_t *token, uint32_t n)
{
    const uint64_t low = keep_low(syndic_load_le64(token), 8 * n);
    const uint64_t high = keep_low(syndic_load_le64(token + 8), n > 8 ? 8 * n - 64 : 0);

    return syndic_fold_multiply(low ^ SYNDIC_TOKEN_LOW, high ^ SYNDIC_TOKEN_HIGH ^ n);
}
#endif

/* From token i on, up to one of more than 16 bytes: no call is inside the loop, which would cost
 * the constants their registers.  Returns which that is. */
static inline size_t emit_short(const uint8_t *text, const uint32_t *edge, size_t i, size_t count,
                                uint8_t *normal, size_t *normal_bytes, uint32_t *token_end,
                                uint64_t *token_hash)
{
    size_t at = *normal_bytes;

    for (; i < count; i++) {
        const uint8_t *const token = text + edge[2 * i];
        const uint32_t n = edge[2 * i + 1] - edge[2 * i];
        if (n > 16)
            break;
        copy16(normal + at, token);
        token_hash[i] = short_token_hash(token, n);
        at += n;
        normal[at] = ' ';
        token_end[i] = (uint32_t)at++;
    }
    *normal_bytes = at;
    return i;
}

static void emit_tokens(const uint8_t *text, const uint32_t *edge, size_t token_count,
                        uint8_t *normal, size_t *normal_bytes, uint32_t *token_end,
                        uint64_t *token_hash)
{
    for (size_t i = 0;; i++) {
        i = emit_short(text, edge, i, token_count, normal, normal_bytes, token_end, token_hash);
        if (i == token_count)
            return;
        const size_t n = edge[2 * i + 1] - edge[2 * i];
        copy16(normal + *normal_bytes, text + edge[2 * i]);
        token_hash[i] = copy_long(normal + *normal_bytes, text + edge[2 * i], n);
        *normal_bytes += n;
        normal[*normal_bytes] = ' ';
        token_end[i] = (uint32_t)(*normal_bytes)++;
    }
}

/* Two vectors at once, so that the multipliers are loaded half as often. */
static inline __attribute__((always_inline)) void hash_shingles(const uint64_t *token_hash,
                                                                const uint64_t *mul, size_t width,
                                                                uint64_t *shingle)
{
    SUM a = no_sum(), b = no_sum();

#pragma GCC unroll 5
    for (size_t j = 0; j < width; j++) {
        a = add_product(a, token_hash + j, mul[j]);
        b = add_product(b, token_hash + j + HASH_LANES, mul[j]);
    }
    store_finalised(shingle, a);
    store_finalised(shingle + HASH_LANES, b);
}

static inline __attribute__((always_inline)) void shingles_of(const uint64_t *token_hash,
                                                              size_t count, const uint64_t *mul,
                                                              size_t width, uint64_t *shingle)
{
    const size_t step = (size_t)2 * HASH_LANES;
    size_t i = 0;

    for (; i + step <= count; i += step)
        hash_shingles(token_hash + i, mul, width, shingle + i);
    if (i < count && count >= step) /* the rest again with some that are done */
        hash_shingles(token_hash + count - step, mul, width, shingle + count - step);
    else
        for (; i < count; i++)
            shingle[i] = syndic_shingle_hash(token_hash + i, mul, width);
}

/* The default width as a constant keeps the multipliers in registers. */
static void shingle_hashes(const uint64_t *token_hash, size_t count, const uint64_t *mul,
                           size_t width, uint64_t *shingle)
{
    if (width == 5)
        shingles_of(token_hash, count, mul, 5, shingle);
    else
        shingles_of(token_hash, count, mul, width, shingle);
}
