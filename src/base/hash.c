/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c - bytes in, XXH3 out. */
#include "base/hash.h"

#include <xxhash.h>

struct syndic_hash128 syndic_hash128(const void *bytes, size_t n)
{
    const XXH128_hash_t hash = XXH3_128bits(bytes, n);

    return (struct syndic_hash128){hash.low64, hash.high64};
}

uint64_t syndic_hash64(const void *bytes, size_t n)
{
    return XXH3_64bits(bytes, n);
}
