/* SPDX-License-Identifier: Apache-2.0 */
/* hash.h - content hashes, checksums and the constants stream. */
#ifndef SYNDIC_BASE_HASH_H
#define SYNDIC_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct syndic_hash128 {
    uint64_t low, high;
};

/* XXH3-128 of bytes[0, n). */
struct syndic_hash128 syndic_hash128(const void *bytes, size_t n);

/* XXH3-64 of bytes[0, n). */
uint64_t syndic_hash64(const void *bytes, size_t n);

static inline bool syndic_hash128_equal(struct syndic_hash128 a, struct syndic_hash128 b)
{
    return a.low == b.low && a.high == b.high;
}

/* splitmix64 (Steele, Lea and Flood, OOPSLA 2014): the next number of the stream in *state. */
static inline uint64_t syndic_splitmix64(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

#endif
