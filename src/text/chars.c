/* SPDX-License-Identifier: Apache-2.0 */
/* chars.c - normalised text in, hashes of runs of `width` code points out, spaces included.  Code
 * points are hashed as tokens are, a piece at a time, so that their hashes stay in L1. */
#include "text/room.h"

#include <string.h>

enum { PIECE = 2048 };

/* Bytes of a sequence of valid UTF-8. */
static size_t sequence_bytes(uint8_t lead)
{
    return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Hash up to `most` code points from *at on; returns how many. */
static size_t hash_code_points(const struct syndic_text_room *room, size_t *at, uint64_t *hash,
                               size_t most)
{
    const uint8_t *const normal = room->normal.items;
    size_t count = 0;

    while (count < most && *at < room->normal_bytes) {
        const size_t bytes = sequence_bytes(normal[*at]);
        hash[count++] = syndic_token_hash(normal + *at, bytes);
        *at += bytes;
    }
    return count;
}

enum syndic_status syndic_char_shingles(struct syndic_text_room *room, size_t *count)
{
    const size_t width = room->shingling.width;
    uint64_t hash[SYNDIC_SHINGLE_WIDTH_MAX + PIECE];
    size_t at = 0, held = 0, total = 0;

    while (at < room->normal_bytes) {
        held += hash_code_points(room, &at, hash + held, PIECE);
        const size_t ready = held >= width ? held - width + 1 : 0;
        if (!syndic_array_reserve(room, &room->shingle, total + ready + 1, sizeof(uint64_t)))
            return SYNDIC_NO_MEMORY;
        uint64_t *const shingle = room->shingle.items;
        syndic_kernels()->shingle_hashes(hash, ready, room->mul, width, shingle + total);
        total += ready;
        held -= ready;
        memmove(hash, hash + ready, held * sizeof(hash[0]));
    }
    if (!total && held)
        syndic_kernels()->shingle_hashes(hash, total = 1, room->mul, held, room->shingle.items);
    *count = total;
    return SYNDIC_OK;
}
