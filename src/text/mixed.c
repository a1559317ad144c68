/* SPDX-License-Identifier: Apache-2.0 */
/* mixed.c - the middle road: text in alphabets, accents and typographic signs among its ASCII in,
 * at nearly the speed of ASCII.
 *
 * Most code points outside ASCII are letters or signs that fold to as many bytes as they have and
 * have nothing to do with their neighbours.  In a copy of the text they are replaced by ASCII bytes
 * of the same class, so that the kernel finds the edges of tokens; then the folded bytes are put in
 * their places, and tokens are emitted as from ASCII.  The first code point that is something else
 * (a mark, ignorable, of a script without spaces, of another length when folded, invalid) ends the
 * piece before it, and the general road goes on.  Against the general road alone, German and French
 * news are read twice as fast; Russian and Arabic, where little is ASCII, as fast (Xeon, AVX2).  */
#include "text/room.h"

#include <string.h>

/* Two to four bytes; exactly these, since a wider store would make the loads that follow wait. */
static inline void store_exactly(uint8_t *p, uint32_t word, uint32_t bytes)
{
    p[0] = (uint8_t)word;
    p[1] = (uint8_t)(word >> 8);
    if (bytes > 2)
        p[2] = (uint8_t)(word >> 16);
    if (bytes > 3)
        p[3] = (uint8_t)(word >> 24);
}

/* Replace a code point of the document, when it is a plain one: in `plain` by ASCII, in `blend`,
 * which holds it, by what it folds to.  Returns its bytes, or 0. */
static inline size_t replace(const uint8_t *in, size_t room, uint8_t *plain, uint8_t *blend)
{
    const uint32_t rare = SYNDIC_UNICODE_SINGLE | SYNDIC_UNICODE_IGNORABLE;
    const struct syndic_decoded d = syndic_decode(in, room);
    const uint32_t entry = syndic_unicode_entry(d.code_point);
    const uint32_t delta = syndic_fold_delta(entry);

    if (!d.valid || !syndic_is_safe_starter(entry) || (entry & rare))
        return 0;
    if (delta) {
        const struct syndic_utf8 folded = syndic_encode(d.code_point + delta);
        if (folded.bytes != d.bytes)
            return 0;
        store_exactly(blend, folded.word, d.bytes);
    }
    /* 'x' for a letter, a space for a sign */
    store_exactly(plain, 0x20202020 + 0x58585858 * (entry & SYNDIC_UNICODE_LETTER), d.bytes);
    return d.bytes;
}

/* Place of the next byte >= 0x80 at or after `at`, or a place past `n`; zeros follow the text. */
static inline size_t next_high(const uint8_t *plain, size_t at, size_t n)
{
    for (; at < n; at += 8) {
        const uint64_t high = syndic_load_le64(plain + at) & 0x8080808080808080u;
        if (high)
            return at + (size_t)__builtin_ctzll(high) / 8;
    }
    return at;
}

/* Copy text from `from` on and replace what is not ASCII.  Returns the length of the piece, which
 * ends between two code points. */
static size_t copy_replaced(struct syndic_text_room *room, size_t from)
{
    const uint8_t *const in = room->bytes + from;
    const size_t left = room->n - from;
    const size_t n = left < SYNDIC_MIXED_BYTES ? left : SYNDIC_MIXED_BYTES;

    memcpy(room->plain, in, n);
    memset(room->plain + n, 0, 8);
    memcpy(room->blend, room->plain, n + 8);
    for (size_t at = 0;;) {
        if (room->plain[at] < 0x80)
            at = next_high(room->plain, at, n);
        if (at >= n)
            return n;
        const size_t bytes = replace(in + at, left - at, room->plain + at, room->blend + at);
        if (!bytes || at + bytes > n)
            return at;
        at += bytes;
    }
}

/* Put the bytes that are not ASCII into the folded text. */
static void blend(struct syndic_text_room *room, size_t blocks)
{
    for (size_t i = 0; i < 64 * blocks; i += 8) {
        uint64_t mixed, folded;
        memcpy(&mixed, room->blend + i, 8);
        memcpy(&folded, room->folded + i, 8);
        const uint64_t high = ((mixed & 0x8080808080808080u) >> 7) * 0xff;
        folded = (folded & ~high) | (mixed & high);
        memcpy(room->folded + i, &folded, 8);
    }
}

/* The lead bytes of ideographs, and of 64 signs: a text that goes on so is not for this road, and
 * need not be copied to find out. */
static bool begins_ideograph(uint8_t lead)
{
    return lead >= 0xe4 && lead <= 0xe9;
}

size_t syndic_mixed_edges(struct syndic_text_room *room, size_t from, size_t *edge_count)
{
    if (begins_ideograph(room->bytes[from]))
        return 0;
    const size_t bytes = copy_replaced(room, from), blocks = (bytes + 63) / 64;
    uint32_t inside = syndic_token_is_open(room);

    /* A short piece does not pay, unless it is the end. */
    if (bytes < 64 && bytes < room->n - from)
        return 0;
    /* More of the last byte's class has no edges. */
    memset(room->plain + bytes, room->plain[bytes - 1], 64 * blocks - bytes);
    syndic_kernels()->ascii_edges(room->plain, blocks, room->folded, room->edge, edge_count,
                                  &inside);
    blend(room, blocks);
    return bytes;
}
