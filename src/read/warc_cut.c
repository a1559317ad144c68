/* SPDX-License-Identifier: Apache-2.0 */
/* warc_cut.c - an open WARC input in, its next run of whole records out.
 *
 * Only headers are looked at here; their Content-Length leads from one to the next.  Where it leads
 * astray more is read, up to the limit of a record, until the next record is found: beyond the
 * limit bytes are passed over without being held. */
#define _GNU_SOURCE
#include "read/reader.h"
#include "read/spool.h"
#include "read/warc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What was read so far, and how much of it is whole records. */
struct piece {
    struct syndic_input *input;
    struct syndic_chunk_room *room;
    size_t have, whole;
    uint64_t dropped; /* bytes before those in the room that are not held any more */
    uint64_t need;    /* of the record after `whole`, in all, where that is known */
    bool ended;
    enum syndic_status status; /* of the stream at its end */
    struct syndic_damage damage;
};

/* Read until the room holds `target` bytes, or the input ends.  NO_MEMORY: no room. */
static enum syndic_status pull(struct piece *piece, size_t target)
{
    struct syndic_input *const input = piece->input;
    struct syndic_chunk_room *const room = piece->room;
    size_t got = 0;

    if (piece->ended)
        return SYNDIC_OK;
    if (!syndic_chunk_reserve(room, target, true))
        return SYNDIC_NO_MEMORY;
    uint8_t *const to = room->chunk.bytes + piece->have;
    const size_t n = target - piece->have;
    if (input->stream) {
        piece->status = syndic_stream_read(input->stream, to, n, &got, &piece->damage);
        piece->ended = piece->status || got < n;
        piece->have += got;
        return piece->status == SYNDIC_NO_MEMORY ? SYNDIC_NO_MEMORY : SYNDIC_OK;
    }
    const uint64_t at = input->position + piece->dropped + piece->have;
    const uint64_t left = input->size > at ? input->size - at : 0;
    const size_t want = left < n ? (size_t)left : n;
    const ssize_t read = syndic_read_at(input->fd, to, want, input->base + at);
    if (read < 0 || (size_t)read < want) {
        snprintf(piece->damage.message, sizeof(piece->damage.message), "%s",
                 read < 0 ? "the file cannot be read"
                          : "the file became shorter while it was being read");
        piece->damage.byte = UINT64_MAX;
        piece->status = SYNDIC_FORMAT;
    }
    piece->have += read > 0 ? (size_t)read : 0;
    piece->ended = piece->status || want == left;
    return SYNDIC_OK;
}

/* Go on from record to record as far as whole ones go. */
static void scan(struct piece *piece)
{
    const uint8_t *const bytes = piece->room->chunk.bytes;
    struct syndic_warc_record record;

    piece->need = 0;
    while (piece->whole < piece->have &&
           syndic_warc_next(bytes + piece->whole, piece->have - piece->whole,
                            piece->ended ? SYNDIC_WARC_RECORD : SYNDIC_WARC_UNSEEN, &record,
                            &piece->need))
        piece->whole += record.bytes;
}

static enum syndic_status read_records(struct syndic_input *input, struct piece *piece)
{
    const uint64_t limit = piece->room->reader->options.max_record_bytes + SYNDIC_WARC_HEADER_MAX;
    const uint64_t noise = limit < SYNDIC_WARC_NOISE_MAX ? limit : SYNDIC_WARC_NOISE_MAX;
    size_t target = input->carry_bytes + SYNDIC_CHUNK_BYTES;

    if (!syndic_chunk_reserve(piece->room, target, false))
        return SYNDIC_NO_MEMORY;
    if (input->carry_bytes)
        memcpy(piece->room->chunk.bytes, input->carry, input->carry_bytes);
    piece->have = input->carry_bytes;
    for (;;) {
        const enum syndic_status status = pull(piece, target);
        if (status)
            return status;
        scan(piece);
        /* So long a record is not held, if it is one: mostly its length is wrong. */
        const bool held = piece->need && piece->need <= limit;
        size_t at;
        if (!piece->whole && piece->need > limit &&
            syndic_warc_find(piece->room->chunk.bytes, piece->have, 1, piece->ended, &at))
            piece->whole = at;
        if (piece->whole || piece->ended || piece->have > (held ? limit : noise))
            return SYNDIC_OK;
        /* By doubling, because a header may promise what never comes. */
        target += target;
        if (held && piece->need < target && piece->need > piece->have)
            target = (size_t)piece->need;
    }
}

/* The record at the start of the room is too long: find where the next begins, and hold only what
 * may be a part of its header.  A length is not trusted so far: one wrong digit would cost all the
 * records that it covers. */
static enum syndic_status pass_over(struct piece *piece)
{
    for (;;) {
        uint8_t *const bytes = piece->room->chunk.bytes;
        size_t at;
        const bool found = syndic_warc_find(bytes, piece->have, 1, piece->ended, &at);
        if (!found && piece->ended)
            at = piece->have;
        /* The byte before `at` stays, since records begin behind a line end. */
        const size_t gone = found || piece->ended ? at : at - 1;
        piece->dropped += gone;
        piece->have -= gone;
        memmove(bytes, bytes + gone, piece->have);
        if (found || piece->ended)
            return SYNDIC_OK;
        const enum syndic_status status = pull(piece, piece->have + SYNDIC_CHUNK_BYTES);
        if (status)
            return status;
    }
}

static enum syndic_status report_gaps(struct syndic_chunk_room *room, struct syndic_stream *stream)
{
    enum syndic_status status = SYNDIC_OK;
    struct syndic_gap gap;

    while (!status && stream && syndic_stream_gap(stream, &gap)) {
        struct syndic_problem problem = {
            .source = room->chunk.source, .line = ++room->chunk.line_count, .byte = gap.from};
        if (gap.at_end)
            snprintf(problem.message, sizeof(problem.message), "%s; nothing good follows", gap.why);
        else
            snprintf(problem.message, sizeof(problem.message),
                     "%s; reading goes on at byte %" PRIu64 " of the file", gap.why, gap.to);
        status = syndic_chunk_problem(room, problem);
    }
    return status;
}

/* The chunk is the whole records; the rest waits for the next. */
static enum syndic_status keep_rest(struct syndic_reader *reader, struct piece *piece)
{
    struct syndic_input *const input = piece->input;
    struct syndic_chunk_room *const room = piece->room;
    const size_t rest = piece->have - piece->whole;
    enum syndic_status status = SYNDIC_OK;

    room->after = syndic_warc_after(room->chunk.bytes + piece->whole, rest);
    if (input->stream) {
        status = syndic_chunk_carry(reader, input, room->chunk.bytes + piece->whole, rest);
        syndic_chunk_set_bytes(room, piece->whole);
    } else { /* read again outside of this input's turn, by syndic_chunk_fill() */
        room->read_offset = input->base + input->position;
        room->chunk.bytes_count = piece->whole;
    }
    input->position += piece->whole + room->skipped_bytes;
    input->finished = piece->ended && !rest;
    return status;
}

enum syndic_status syndic_warc_cut(struct syndic_reader *reader, struct syndic_input *input,
                                   struct syndic_chunk_room *room)
{
    struct piece piece = {.input = input, .room = room};
    enum syndic_status status = read_records(input, &piece);

    if (!status && !piece.whole && !piece.ended) {
        room->skipped_claim = piece.need;
        status = pass_over(&piece);
        room->skipped_bytes = piece.dropped;
    }
    if (!status)
        status = keep_rest(reader, &piece);
    if (!status)
        status = report_gaps(room, input->stream);
    if (status)
        return status;
    if (piece.status && input->finished)
        syndic_chunk_damaged(room, piece.damage.byte, "%s", piece.damage.message);
    return piece.status == SYNDIC_FORMAT ? SYNDIC_OK : piece.status;
}
