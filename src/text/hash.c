/* SPDX-License-Identifier: Apache-2.0 */
/* hash.c - the parts of token and shingle hashes that need not be inline. */
#include "text/hash.h"

#include "base/hash.h"

#include <xxhash.h>

uint64_t syndic_long_token_hash(const uint8_t *token, size_t n)
{
    return XXH3_64bits(token, n);
}

void syndic_shingle_multipliers(uint64_t mul[SYNDIC_SHINGLE_WIDTH_MAX])
{
    uint64_t state = 0x73796e6469630001u; /* "syndic", 1 */

    for (size_t j = 0; j < SYNDIC_SHINGLE_WIDTH_MAX; j++)
        mul[j] = syndic_splitmix64(&state) | 1;
}
