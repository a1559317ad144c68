/* SPDX-License-Identifier: Apache-2.0 */
/* unicode.h - decode and encode UTF-8, and look up what the text stage asks of a code point. */
#ifndef SYNDIC_TEXT_UNICODE_H
#define SYNDIC_TEXT_UNICODE_H

#include "text/unicode_tables.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define SYNDIC_REPLACEMENT 0xfffdu

/* The table entry of a code point: what follows is read from it. */
static inline uint32_t syndic_unicode_entry(uint32_t code_point)
{
    const uint32_t mask = (1u << SYNDIC_UNICODE_BLOCK_BITS) - 1;
    const uint32_t block = syndic_unicode_index[code_point >> SYNDIC_UNICODE_BLOCK_BITS];

    return syndic_unicode_block[block][code_point & mask];
}

/* Simple case folding adds this, modulo 2^32; 0 for most code points. */
static inline uint32_t syndic_fold_delta(uint32_t entry)
{
    return (uint32_t)((int32_t)entry >> SYNDIC_UNICODE_DELTA_SHIFT);
}

/* Canonical combining class. */
static inline uint32_t syndic_combining_class(uint32_t entry)
{
    return entry >> SYNDIC_UNICODE_CCC_SHIFT & 0xff;
}

/* A starter that passes the quick check: normalisation never looks past it. */
static inline bool syndic_is_safe_starter(uint32_t entry)
{
    return !(entry & (0xffu << SYNDIC_UNICODE_CCC_SHIFT | SYNDIC_UNICODE_NOT_NFC));
}

struct syndic_decoded {
    uint32_t code_point; /* SYNDIC_REPLACEMENT where the bytes are not valid */
    uint32_t bytes;      /* how many bytes it took, at least 1 */
    bool valid;
};

/* What may follow the lead byte (Unicode Standard, table 3-7): continuation bytes have 10 in the
 * top bits, and the first of them is narrower after E0, ED, F0 and F4. */
static inline bool syndic_second_byte_fits(uint32_t lead, uint32_t second)
{
    switch (lead) {
    case 0xe0:
        return second >= 0xa0 && second <= 0xbf;
    case 0xed:
        return second >= 0x80 && second <= 0x9f;
    case 0xf0:
        return second >= 0x90 && second <= 0xbf;
    case 0xf4:
        return second >= 0x80 && second <= 0x8f;
    default:
        return second >= 0x80 && second <= 0xbf;
    }
}

/* The code point of a sequence of three or four bytes, or its maximal subpart. */
static __attribute__((noinline)) struct syndic_decoded syndic_decode_long(const uint8_t *p,
                                                                          size_t room)
{
    const uint32_t lead = p[0], length = lead < 0xf0 ? 3 : 4;
    uint32_t code_point = lead & (lead < 0xf0 ? 0x0f : 0x07), i = 1;

    if (lead < 0xe0 || lead > 0xf4 || room < 2 || !syndic_second_byte_fits(lead, p[1]))
        return (struct syndic_decoded){SYNDIC_REPLACEMENT, 1, false};
    for (; i < length && i < room && (p[i] & 0xc0) == 0x80; i++)
        code_point = code_point << 6 | (p[i] & 0x3f);
    if (i < length)
        return (struct syndic_decoded){SYNDIC_REPLACEMENT, i, false};
    return (struct syndic_decoded){code_point, length, true};
}

/* Decode the sequence at p, of which `room` >= 1 bytes may be read. */
static inline __attribute__((always_inline)) struct syndic_decoded syndic_decode(const uint8_t *p,
                                                                                 size_t room)
{
    if (p[0] < 0x80)
        return (struct syndic_decoded){p[0], 1, true};
    if (p[0] >= 0xc2 && p[0] <= 0xdf && room >= 2 && (p[1] & 0xc0) == 0x80)
        return (struct syndic_decoded){(p[0] & 0x1fu) << 6 | (p[1] & 0x3fu), 2, true};
    /* Three bytes, but for the leads that narrow what may follow. */
    if ((p[0] & 0xf0) == 0xe0 && p[0] != 0xe0 && p[0] != 0xed && room >= 3 &&
        (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80)
        return (struct syndic_decoded){(p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu),
                                       3, true};
    return syndic_decode_long(p, room);
}

/* A code point as UTF-8: `bytes` bytes, the first one in the lowest bits of `word`, zeros above. */
struct syndic_utf8 {
    uint32_t word;
    uint32_t bytes;
};

static inline struct syndic_utf8 syndic_encode(uint32_t c)
{
    if (c < 0x80)
        return (struct syndic_utf8){c, 1};
    if (c < 0x800)
        return (struct syndic_utf8){0x80c0 | c >> 6 | (c & 0x3f) << 8, 2};
    if (c < 0x10000)
        return (struct syndic_utf8){0x8080e0 | c >> 12 | (c >> 6 & 0x3f) << 8 | (c & 0x3f) << 16,
                                    3};
    return (struct syndic_utf8){
        0x808080f0 | c >> 18 | (c >> 12 & 0x3f) << 8 | (c >> 6 & 0x3f) << 16 | (c & 0x3f) << 24, 4};
}

static inline uint32_t syndic_little_endian32(uint32_t x)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap32(x);
#endif
    return x;
}

static inline uint32_t syndic_load_le32(const uint8_t *p)
{
    uint32_t x;

    memcpy(&x, p, 4);
    return syndic_little_endian32(x);
}

static inline void syndic_store_le32(uint8_t *p, uint32_t x)
{
    x = syndic_little_endian32(x);
    memcpy(p, &x, 4);
}

#endif
