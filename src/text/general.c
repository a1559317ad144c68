/* SPDX-License-Identifier: Apache-2.0 */
/* general.c - any text in, the same tokens as the fast road out, one code point at a time.
 *
 * Whether a code point ends a token cannot be predicted, so nothing branches on it: every code
 * point is written together with the token end that it would be, and only the counters decide what
 * stays. Hashes are made afterwards, in a loop of their own.  A code point that fails the NFC quick
 * check takes the output back to the last safe starter, and nfc.c supplies what is written instead.
 */
#include "text/room.h"

/* The state of the output in registers. */
struct output {
    uint8_t *normal;
    uint32_t *token_end;
    uint32_t *source_start, *source_end; /* only with places */
    size_t at, count;
    size_t open; /* 0 or 1 */
};

static struct output output_of(const struct syndic_text_room *room)
{
    return (struct output){room->normal.items,        room->token_end.items,
                           room->source_start.items,  room->source_end.items,
                           room->normal_bytes,        room->token_count,
                           syndic_token_is_open(room)};
}

static void keep(struct syndic_text_room *room, const struct output *out)
{
    room->normal_bytes = out->at;
    room->token_count = out->count;
}

/* End the open token, if there is one. */
static inline void end_token(struct output *out)
{
    out->token_end[out->count] = (uint32_t)out->at;
    out->normal[out->at] = ' ';
    out->at += out->open;
    out->count += out->open;
    out->open = 0;
}

/* Write a code point that is part of a run (letter 1), or separates (0, and utf8 is a space), and
 * which came from the document's [from, to).  Four bytes are written, of which utf8.bytes count. */
static inline void put(struct output *out, struct syndic_utf8 utf8, size_t letter, size_t from,
                       size_t to, bool places)
{
    const size_t mask = (size_t)0 - letter; /* a ?: here becomes a branch */

    syndic_store_le32(out->normal + out->at, utf8.word);
    out->token_end[out->count] = (uint32_t)out->at;
    if (places && letter) {
        if (!out->open)
            out->source_start[out->count] = (uint32_t)from;
        out->source_end[out->count] = (uint32_t)to;
    }
    out->at += (utf8.bytes & mask) | (out->open & ~mask);
    out->count += out->open & ~letter;
    out->open = letter;
}

/* The same for a code point with its flags. */
static inline void put_flagged(struct output *out, struct syndic_utf8 utf8, uint32_t flags,
                               size_t from, size_t to, bool places)
{
    if (flags & SYNDIC_UNICODE_IGNORABLE)
        return;
    if (flags & SYNDIC_UNICODE_SINGLE) {
        end_token(out);
        put(out, utf8, 1, from, to, places);
        end_token(out);
        return;
    }
    const size_t letter = flags & SYNDIC_UNICODE_LETTER;
    const uint32_t mask = (uint32_t)0 - (uint32_t)letter;
    utf8.word = (utf8.word & mask) | (' ' & ~mask);
    put(out, utf8, letter, from, to, places);
}

/* What is written for the code point at p: its own bytes, or what it folds to. */
static inline struct syndic_utf8 folded_utf8(const uint8_t *p, size_t room, struct syndic_decoded d,
                                             uint32_t entry)
{
    const uint32_t delta = syndic_fold_delta(entry);

    if (delta || room < 4)
        return syndic_encode(d.code_point + delta);
    return (struct syndic_utf8){syndic_load_le32(p), d.bytes};
}

/* Whether four bytes begin with one of the ideographs U+4E00 to U+9FFF.  All of them fold to
 * themselves, are safe starters and tokens of their own, so that no table is needed: with it
 * Chinese news take 1.4 times as long (Xeon, Sapphire Rapids class, 2026-11). */
static inline bool is_ideograph(uint32_t word)
{
    const uint32_t c = (word & 0x0f) << 12 | (word >> 2 & 0x0fc0) | (word >> 16 & 0x3f);

    return (word & 0xc0c0f0) == 0x8080e0 && c - 0x4e00 < 0xa000 - 0x4e00;
}

/* Write it as a token. */
static inline void put_ideograph(struct output *out, uint32_t word, size_t from, bool places)
{
    end_token(out);
    syndic_store_le32(out->normal + out->at, (word & 0xffffff) | (uint32_t)' ' << 24);
    out->token_end[out->count] = (uint32_t)out->at + 3;
    if (places) {
        out->source_start[out->count] = (uint32_t)from;
        out->source_end[out->count] = (uint32_t)from + 3;
    }
    out->at += 4;
    out->count++;
}

/* Read from `at` to `stop` or a little beyond; *failed: up to a code point that is not known to be
 * in NFC.  Returns how far. */
static inline __attribute__((always_inline)) size_t scan(struct syndic_text_room *room, size_t at,
                                                         size_t stop, bool places, bool *failed)
{
    const uint8_t *const bytes = room->bytes;
    const size_t n = room->n;
    struct output out = output_of(room);
    struct syndic_safe_point safe = room->safe;
    uint32_t last_class = room->last_class;
    uint64_t replaced = 0;

    *failed = false;
    while (at < stop) {
        if (bytes[at] < 0x80) {
            const uint8_t folded = syndic_ascii_fold[bytes[at]];
            safe = (struct syndic_safe_point){at, out.at, out.count};
            last_class = 0;
            put(&out, (struct syndic_utf8){folded, 1}, folded != ' ', at, at + 1, places);
            at++;
            continue;
        }
        if (bytes[at] >= 0xe4 && n - at >= 4 && is_ideograph(syndic_load_le32(bytes + at))) {
            safe = (struct syndic_safe_point){at, out.at, out.count};
            last_class = 0;
            put_ideograph(&out, syndic_load_le32(bytes + at), at, places);
            at += 3;
            continue;
        }
        const struct syndic_decoded d = syndic_decode(bytes + at, n - at);
        const uint32_t entry = syndic_unicode_entry(d.code_point);
        const uint32_t this_class = syndic_combining_class(entry);
        if (syndic_is_safe_starter(entry)) {
            safe = (struct syndic_safe_point){at, out.at, out.count};
        } else if ((entry & SYNDIC_UNICODE_NOT_NFC) || this_class < last_class) {
            *failed = true;
            break;
        }
        last_class = this_class;
        replaced += !d.valid;
        const struct syndic_utf8 utf8 = folded_utf8(bytes + at, n - at, d, entry);
        put_flagged(&out, utf8, entry, at, at + d.bytes, places);
        at += d.bytes;
    }
    keep(room, &out);
    room->safe = safe;
    room->last_class = last_class;
    room->replaced_count += replaced;
    return at;
}

static size_t scan_plain(struct syndic_text_room *room, size_t at, size_t stop, bool *failed)
{
    return scan(room, at, stop, false, failed);
}

static size_t scan_with_places(struct syndic_text_room *room, size_t at, size_t stop, bool *failed)
{
    return scan(room, at, stop, true, failed);
}

/* Where code point i of the normalised segment came from.  Which of the source's it was is not
 * known after composition; shares in proportion are exact when nothing, or everything, was
 * composed. */
static size_t place_of(const struct syndic_segment *segment, size_t i)
{
    const uint32_t *const places = segment->places.items;

    return places[i * segment->place_count / segment->count];
}

static size_t place_after(const struct syndic_segment *segment, size_t i)
{
    const uint32_t *const places = segment->places.items;
    const size_t first = i * segment->place_count / segment->count;
    const size_t next = (i + 1) * segment->place_count / segment->count;

    return places[next > first ? next : first + 1];
}

/* Write the normalised and folded segment. */
static void put_segment(struct syndic_text_room *room)
{
    const struct syndic_segment *const segment = &room->segment;
    const int32_t *const code_points = segment->code_points.items;
    struct output out = output_of(room);

    for (size_t i = 0; i < segment->count; i++) {
        const uint32_t code_point = (uint32_t)code_points[i];
        const size_t from = room->places ? place_of(segment, i) : 0;
        const size_t to = room->places ? place_after(segment, i) : 0;
        put_flagged(&out, syndic_encode(code_point), syndic_unicode_entry(code_point), from, to,
                    room->places);
    }
    keep(room, &out);
}

/* Take the output back to what it was before the last safe starter. */
static void go_back(struct syndic_text_room *room)
{
    const size_t source = room->safe.source;

    room->normal_bytes = room->safe.normal_bytes;
    room->token_count = room->safe.token_count;
    if (room->hashed_count > room->token_count)
        room->hashed_count = room->token_count;
    if (room->places && syndic_token_is_open(room)) {
        uint32_t *const source_end = (uint32_t *)room->source_end.items + room->token_count;
        if (*source_end > source)
            *source_end = (uint32_t)source;
    }
}

/* Write what the last safe starter and its marks become, instead of what has been written. */
static enum syndic_status rewrite(struct syndic_text_room *room, size_t *reached)
{
    enum syndic_status status = syndic_normalise_segment(room, reached);

    if (status != SYNDIC_OK)
        return status;
    go_back(room);
    /* A code point takes up to four bytes and a space, and may end a token before its own. */
    status = syndic_reserve_output(room, 6 * room->segment.count, 2 * room->segment.count + 2);
    if (status != SYNDIC_OK)
        return status;
    put_segment(room);
    room->safe = (struct syndic_safe_point){*reached, room->normal_bytes, room->token_count};
    room->last_class = 0;
    return SYNDIC_OK;
}

enum syndic_status syndic_read_general(struct syndic_text_room *room, size_t from, size_t stop,
                                       size_t *reached)
{
    while (from < stop) {
        bool failed;
        /* No code point writes more than twice its bytes; the last may begin just before `stop`. */
        const size_t bytes = stop - from + 4;
        enum syndic_status status = syndic_reserve_output(room, 2 * bytes, bytes + 2);
        if (status != SYNDIC_OK)
            return status;
        from = room->places ? scan_with_places(room, from, stop, &failed)
                            : scan_plain(room, from, stop, &failed);
        if (failed)
            status = rewrite(room, &from);
        if (status != SYNDIC_OK)
            return status;
    }
    syndic_hash_tokens(room);
    *reached = from;
    return SYNDIC_OK;
}
