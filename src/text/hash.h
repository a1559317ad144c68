/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - what the hash of a token and of a shingle is.  Kernels give the same bits as these.
 *
 * A token of up to 16 bytes: its bytes as two little-endian words padded with zeros, one 64x64->128
 * multiplication of the two words (each mixed with a constant, one of them with the length), halves
 * folded by xor.  A longer token: XXH3-64.  A shingle: the multilinear sum of its token hashes with
 * odd multipliers (Lemire and Kaser, Strongly universal string hashing is fast, 2014), then one
 * finalising multiplication. */
#ifndef SYNDIC_TEXT_HASH_H
#define SYNDIC_TEXT_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Fractional bits of sqrt(2) and sqrt(3): numbers with nothing up their sleeve. */
#define SYNDIC_TOKEN_LOW  0x6a09e667f3bcc908u
#define SYNDIC_TOKEN_HIGH 0xbb67ae8584caa73bu

/* The multiplier of the finaliser of rrmxmx (Evensen, 2018). */
#define SYNDIC_SHINGLE_ODD 0x9fb21c651e98df25u

/* XXH3-64 of a token longer than 16 bytes; in hash.c so that kernels need no xxhash.h. */
uint64_t syndic_long_token_hash(const uint8_t *token, size_t n);

static inline uint64_t syndic_load_le64(const uint8_t *p)
{
    uint64_t x;

    memcpy(&x, p, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

static inline uint64_t syndic_fold_multiply(uint64_t a, uint64_t b)
{
    const unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Hash of token[0, n), n >= 1; 16 bytes from token on must be readable. */
static inline uint64_t syndic_token_hash(const uint8_t *token, size_t n)
{
    if (n > 16)
        return syndic_long_token_hash(token, n);
    uint64_t low = syndic_load_le64(token), high = syndic_load_le64(token + 8);
    if (n <= 8) {
        low &= UINT64_MAX >> (64 - 8 * n);
        high = 0;
    } else {
        high &= UINT64_MAX >> (128 - 8 * n);
    }
    return syndic_fold_multiply(low ^ SYNDIC_TOKEN_LOW, high ^ SYNDIC_TOKEN_HIGH ^ n);
}

/* Hash of `width` tokens; mul comes from syndic_shingle_multipliers(). */
static inline uint64_t syndic_shingle_hash(const uint64_t *token_hash, const uint64_t *mul,
                                           size_t width)
{
    uint64_t x = 0;

    for (size_t j = 0; j < width; j++)
        x += mul[j] * token_hash[j];
    x ^= x >> 32;
    x *= SYNDIC_SHINGLE_ODD;
    return x ^ x >> 32;
}

#define SYNDIC_SHINGLE_WIDTH_MAX 32

/* The first SYNDIC_SHINGLE_WIDTH_MAX odd multipliers, the same in every run and build. */
void syndic_shingle_multipliers(uint64_t mul[SYNDIC_SHINGLE_WIDTH_MAX]);

#endif
