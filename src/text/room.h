/* SPDX-License-Identifier: Apache-2.0 */
/* room.h - what the files of the text stage share: the buffers of a struct syndic_text and the
 * state of the document being read.
 *
 * A token that is not finished yet is the end of normal[0, normal_bytes): a token is open exactly
 * when normal_bytes is past the place where the next token starts.  So either road goes on where
 * the other stopped, in the middle of a token too. */
#ifndef SYNDIC_TEXT_ROOM_H
#define SYNDIC_TEXT_ROOM_H

#include "kernel.h"
#include "text/hash.h"
#include "text/text.h"
#include "text/unicode.h"

/* ASCII is read in pieces of this many blocks: 4 KiB of text and 16 KiB of edges stay in L1. */
#define SYNDIC_PIECE_BLOCKS 64
#define SYNDIC_PIECE_BYTES  ((size_t)64 * SYNDIC_PIECE_BLOCKS)

/* Text that is mostly letters of one or another alphabet is read in pieces of this many bytes. */
#define SYNDIC_MIXED_BYTES ((size_t)1024)

/* The general road goes on for this long before another is tried; while the others fail, for twice
 * as long each time. */
#define SYNDIC_GENERAL_BYTES_MIN ((size_t)64)
#define SYNDIC_GENERAL_BYTES_MAX ((size_t)1024)

struct syndic_array {
    void *items;
    size_t capacity;
};

/* Where normalisation may have to go back to: before the last safe starter (a code point that never
 * combines with what is before it) this many bytes and tokens had been written. */
struct syndic_safe_point {
    size_t source;
    size_t normal_bytes;
    size_t token_count;
};

/* A run of code points on its way through normalisation. */
struct syndic_segment {
    struct syndic_array code_points; /* int32_t, as utf8proc has it */
    struct syndic_array sorted;      /* int32_t, scratch */
    struct syndic_array places;      /* uint32_t: where each code point of the source begins */
    size_t count;
    size_t place_count;
};

struct syndic_text_room {
    struct syndic_memory *memory;
    struct syndic_shingling shingling;
    bool places;
    bool general_only; /* for tests: leave the other roads unused */
    uint64_t mul[SYNDIC_SHINGLE_WIDTH_MAX];

    struct syndic_array normal;       /* uint8_t */
    struct syndic_array token_end;    /* uint32_t */
    struct syndic_array token_hash;   /* uint64_t */
    struct syndic_array source_start; /* uint32_t */
    struct syndic_array source_end;   /* uint32_t */
    struct syndic_array shingle;      /* uint64_t */
    struct syndic_segment segment;

    /* the document */
    const uint8_t *bytes;
    size_t n;
    size_t normal_bytes;
    size_t token_count;  /* finished tokens */
    size_t hashed_count; /* those of them whose hash is known */
    uint64_t replaced_count;
    struct syndic_safe_point safe;
    uint32_t last_class;  /* combining class of the last code point read */
    size_t general_bytes; /* how long the general road goes on next time */

    uint8_t folded[SYNDIC_PIECE_BYTES + SYNDIC_TEXT_PADDING];
    uint8_t plain[SYNDIC_MIXED_BYTES + SYNDIC_TEXT_PADDING];
    uint8_t blend[SYNDIC_MIXED_BYTES + SYNDIC_TEXT_PADDING];
    uint32_t edge[SYNDIC_PIECE_BYTES + 64];
};

/* Room for `need` items of `size` bytes in array. */
bool syndic_array_reserve(struct syndic_text_room *room, struct syndic_array *array, size_t need,
                          size_t size);

/* Room for this much more normalised text and this many more tokens.  NO_MEMORY or LIMIT. */
enum syndic_status syndic_reserve_output(struct syndic_text_room *room, size_t bytes,
                                         size_t tokens);

static inline size_t syndic_token_start(const struct syndic_text_room *room, size_t i)
{
    const uint32_t *const token_end = room->token_end.items;

    return i ? (size_t)token_end[i - 1] + 1 : 0;
}

static inline bool syndic_token_is_open(const struct syndic_text_room *room)
{
    return room->normal_bytes > syndic_token_start(room, room->token_count);
}

/* Hash the finished tokens that have no hash yet. */
void syndic_hash_tokens(struct syndic_text_room *room);

/* The general road (general.c): read from `from` up to the first code point that begins at `stop`
 * or later; *reached is where that is.  Output is reserved inside. */
enum syndic_status syndic_read_general(struct syndic_text_room *room, size_t from, size_t stop,
                                       size_t *reached);

/* The middle road (mixed.c): fold the text from `from` on into room->folded and find its edges.
 * Returns how many bytes of the document, at most SYNDIC_MIXED_BYTES; 0: not a text for this road.
 */
size_t syndic_mixed_edges(struct syndic_text_room *room, size_t from, size_t *edge_count);

/* Normalise (nfc.c) the code points from room->safe.source up to the next safe starter into
 * room->segment, folded; *reached is where that starter begins. */
enum syndic_status syndic_normalise_segment(struct syndic_text_room *room, size_t *reached);

/* Shingles of code points (chars.c): fills room->shingle; *count is how many. */
enum syndic_status syndic_char_shingles(struct syndic_text_room *room, size_t *count);

/* Use the general road only, for every later read: the tests compare the two. */
void syndic_text_read_general_only(struct syndic_text *text, bool general_only);

#endif
