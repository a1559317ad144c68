/* SPDX-License-Identifier: Apache-2.0 */
/* chunk.c - an open input in, its next run of whole lines out.
 *
 * Files read at offsets are cut by looking for a line end near the end of the piece; the bytes
 * themselves are read later, outside the input's turn, so that many threads read one file at once.
 * Streams are read in turn: what follows the last line end is carried over to the next chunk.  A
 * line beyond the limit is passed over without being held. */
#define _GNU_SOURCE
#include "base/error.h"
#include "read/reader.h"
#include "read/spool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* A line of news is some KiB, so this nearly always holds a line end. */
#define TAIL_BYTES ((size_t)16 << 10)

/* Passing over long lines goes in steps of this. */
#define SEARCH_BYTES ((size_t)256 << 10)

/* ---- room ---- */

bool syndic_chunk_reserve(struct syndic_chunk_room *room, size_t n, bool keep)
{
    struct syndic_memory *const memory = room->reader->memory;
    const size_t need = n + SYNDIC_TEXT_PADDING;
    const bool huge =
        room->bytes_capacity > SYNDIC_CHUNK_BYTES_KEPT && !keep && need <= SYNDIC_CHUNK_BYTES_KEPT;

    if (!huge && need <= room->bytes_capacity)
        return true;
    if (!keep) {
        syndic_release(memory, room->chunk.bytes);
        room->chunk.bytes = NULL;
        room->bytes_capacity = 0;
    }
    uint8_t *const moved = syndic_resize(memory, room->chunk.bytes, need, 1);
    if (!moved)
        return false;
    room->chunk.bytes = moved;
    room->bytes_capacity = need;
    return true;
}

void syndic_chunk_set_bytes(struct syndic_chunk_room *room, size_t count)
{
    room->chunk.bytes_count = count;
    memset(room->chunk.bytes + count, 0, SYNDIC_TEXT_PADDING);
}

void syndic_chunk_damaged(struct syndic_chunk_room *room, uint64_t byte, const char *format, ...)
{
    va_list arguments;

    room->damaged = true;
    room->damage = (struct syndic_problem){.source = room->chunk.source, .byte = byte};
    va_start(arguments, format);
    vsnprintf(room->damage.message, sizeof(room->damage.message), format, arguments);
    va_end(arguments);
}

static void damaged_by_system(struct syndic_chunk_room *room)
{
    char words[64];

    syndic_errno_words(errno, words, sizeof(words));
    syndic_chunk_damaged(room, UINT64_MAX, "cannot read: %s", words);
}

static uint8_t *last_line_end(const uint8_t *bytes, size_t n)
{
    while (n--)
        if (bytes[n] == '\n')
            return (uint8_t *)(uintptr_t)(bytes + n);
    return NULL;
}

/* ---- files read at offsets ---- */

/* Read n bytes of the source into the chunk's room; false: the file ends early, or fails. */
static bool look(const struct syndic_input *input, struct syndic_chunk_room *room, uint64_t offset,
                 size_t n)
{
    const ssize_t got = syndic_read_at(input->fd, room->chunk.bytes, n, input->base + offset);

    if (got < 0)
        damaged_by_system(room);
    else if ((size_t)got < n)
        syndic_chunk_damaged(room, UINT64_MAX, "the file became shorter while it was being read");
    return got >= 0 && (size_t)got == n;
}

/* How many of the first SYNDIC_CHUNK_BYTES belong to whole lines; 0: there is no line end. */
static bool cut_before(const struct syndic_input *input, struct syndic_chunk_room *room,
                       uint64_t *bytes)
{
    size_t end = SYNDIC_CHUNK_BYTES;

    *bytes = 0;
    while (end) {
        const size_t n = end < TAIL_BYTES ? end : TAIL_BYTES;
        if (!look(input, room, input->position + end - n, n))
            return false;
        const uint8_t *const found = last_line_end(room->chunk.bytes, n);
        if (found) {
            *bytes = end - n + (size_t)(found - room->chunk.bytes) + 1;
            return true;
        }
        end -= n;
    }
    return true;
}

/* The length of a first line that is longer than SYNDIC_CHUNK_BYTES. */
static bool cut_after(const struct syndic_input *input, struct syndic_chunk_room *room,
                      uint64_t *bytes)
{
    const uint64_t left = input->size - input->position;
    uint64_t at = SYNDIC_CHUNK_BYTES;

    while (at < left) {
        const size_t n = left - at < SEARCH_BYTES ? (size_t)(left - at) : SEARCH_BYTES;
        if (!look(input, room, input->position + at, n))
            return false;
        const uint8_t *const found = memchr(room->chunk.bytes, '\n', n);
        if (found) {
            *bytes = at + (size_t)(found - room->chunk.bytes) + 1;
            return true;
        }
        at += n;
    }
    *bytes = left;
    return true;
}

static enum syndic_status cut_file(struct syndic_input *input, struct syndic_chunk_room *room)
{
    const uint64_t left = input->size > input->position ? input->size - input->position : 0;
    uint64_t bytes = left;

    if (!syndic_chunk_reserve(room, SYNDIC_CHUNK_BYTES, false))
        return SYNDIC_NO_MEMORY;
    syndic_chunk_set_bytes(room, 0);
    if (input->source.format == SYNDIC_FORMAT_JSONL && left > SYNDIC_CHUNK_BYTES) {
        bool good = cut_before(input, room, &bytes);
        if (good && !bytes)
            good = cut_after(input, room, &bytes);
        if (!good) { /* damage is noted; nothing more of this file */
            input->finished = true;
            return SYNDIC_OK;
        }
    }
    /* More than a piece: it is one line, or one text. */
    if (bytes > SYNDIC_CHUNK_BYTES && bytes > room->reader->options.max_record_bytes) {
        room->skipped_bytes = bytes;
    } else {
        room->read_offset = input->base + input->position;
        room->chunk.bytes_count = (size_t)bytes;
    }
    input->position += bytes;
    input->finished = bytes == left;
    return SYNDIC_OK;
}

enum syndic_status syndic_chunk_fill(struct syndic_chunk_room *room)
{
    struct syndic_input *const input = &room->reader->inputs[room->chunk.source];
    const size_t n = room->chunk.bytes_count;

    if (!syndic_chunk_reserve(room, n, false))
        return SYNDIC_NO_MEMORY;
    const ssize_t got = syndic_read_at(input->fd, room->chunk.bytes, n, room->read_offset);
    if (got >= 0 && (size_t)got == n) {
        syndic_chunk_set_bytes(room, n);
        return SYNDIC_OK;
    }
    const uint8_t *const end = got > 0 ? last_line_end(room->chunk.bytes, (size_t)got) : NULL;
    syndic_chunk_set_bytes(room, end ? (size_t)(end - room->chunk.bytes) + 1 : 0);
    if (got < 0)
        damaged_by_system(room);
    else if (!atomic_exchange(&input->shortened, true)) /* every later chunk would say so again */
        syndic_chunk_damaged(room, UINT64_MAX, "the file became shorter while it was being read");
    return SYNDIC_OK;
}

/* ---- streams ---- */

/* What was found while reading on. */
struct piece {
    size_t have;  /* bytes in the room */
    size_t whole; /* of them, in whole lines */
    bool ended;
    enum syndic_status status; /* of the stream at its end */
    struct syndic_damage damage;
};

/* Read until there is a line end, the end, or more than the limit. */
static enum syndic_status read_lines(struct syndic_input *input, struct syndic_chunk_room *room,
                                     struct piece *piece)
{
    const bool lines = input->source.format == SYNDIC_FORMAT_JSONL;
    size_t target = input->carry_bytes + SYNDIC_CHUNK_BYTES, searched = 0;

    if (!syndic_chunk_reserve(room, target, false))
        return SYNDIC_NO_MEMORY;
    if (input->carry_bytes)
        memcpy(room->chunk.bytes, input->carry, input->carry_bytes);
    piece->have = input->carry_bytes;
    for (;;) {
        size_t got = 0;
        piece->status = syndic_stream_read(input->stream, room->chunk.bytes + piece->have,
                                           target - piece->have, &got, &piece->damage);
        piece->have += got;
        piece->ended = piece->status || piece->have < target;
        const uint8_t *const found =
            lines ? last_line_end(room->chunk.bytes + searched, piece->have - searched) : NULL;
        piece->whole = found ? (size_t)(found - room->chunk.bytes) + 1 : 0;
        searched = piece->have;
        if (piece->whole || piece->ended || piece->have > room->reader->options.max_record_bytes)
            return SYNDIC_OK;
        target += target;
        if (!syndic_chunk_reserve(room, target, true))
            return SYNDIC_NO_MEMORY;
    }
}

enum syndic_status syndic_chunk_carry(struct syndic_reader *reader, struct syndic_input *input,
                                      const uint8_t *bytes, size_t n)
{
    if (!syndic_reserve(reader->memory, (void **)&input->carry, &input->carry_capacity, n, 1))
        return SYNDIC_NO_MEMORY;
    if (n)
        memcpy(input->carry, bytes, n);
    input->carry_bytes = n;
    return SYNDIC_OK;
}

/* The record at the start of the room is too long: find its end, holding nothing of it. */
static enum syndic_status pass_over(struct syndic_input *input, struct syndic_chunk_room *room,
                                    struct piece *piece)
{
    const bool lines = input->source.format == SYNDIC_FORMAT_JSONL;
    uint8_t *const bytes = room->chunk.bytes;

    room->skipped_bytes = piece->have;
    input->carry_bytes = 0;
    piece->have = 0;
    while (!piece->ended) {
        size_t got = 0;
        piece->status =
            syndic_stream_read(input->stream, bytes, SEARCH_BYTES, &got, &piece->damage);
        piece->ended = piece->status || got < SEARCH_BYTES;
        const uint8_t *const found = lines ? memchr(bytes, '\n', got) : NULL;
        if (found) {
            const size_t line_bytes = (size_t)(found - bytes) + 1;
            room->skipped_bytes += line_bytes;
            piece->have = got - line_bytes;
            return syndic_chunk_carry(room->reader, input, bytes + line_bytes, piece->have);
        }
        room->skipped_bytes += got;
    }
    return SYNDIC_OK;
}

/* The stream broke off; `dropped` bytes belong to no whole record. */
static void broken(struct syndic_chunk_room *room, const struct piece *piece, size_t dropped)
{
    if (dropped)
        syndic_chunk_damaged(room, piece->damage.byte, "%s; %zu bytes of an unfinished record lost",
                             piece->damage.message, dropped);
    else
        syndic_chunk_damaged(room, piece->damage.byte, "%s", piece->damage.message);
}

static enum syndic_status cut_stream(struct syndic_reader *reader, struct syndic_input *input,
                                     struct syndic_chunk_room *room)
{
    struct piece piece = {.have = 0};
    enum syndic_status status = read_lines(input, room, &piece);

    if (status)
        return status;
    if (!piece.whole && piece.have > reader->options.max_record_bytes) {
        status = pass_over(input, room, &piece);
        syndic_chunk_set_bytes(room, 0);
        /* After the long record more may be carried, which the next chunk takes, ended or not. */
        piece.ended = piece.ended && !input->carry_bytes;
        if (!piece.ended)
            piece.status = SYNDIC_OK;
    } else if (piece.ended && !piece.status) {
        syndic_chunk_set_bytes(room, piece.have);
    } else {
        status = syndic_chunk_carry(reader, input, room->chunk.bytes + piece.whole,
                                    piece.status ? 0 : piece.have - piece.whole);
        syndic_chunk_set_bytes(room, piece.whole);
    }
    if (status)
        return status;
    input->position += room->chunk.bytes_count + room->skipped_bytes;
    if (piece.status)
        broken(room, &piece, piece.status == SYNDIC_FORMAT ? piece.have - piece.whole : 0);
    input->finished = piece.ended;
    return piece.status == SYNDIC_FORMAT ? SYNDIC_OK : piece.status;
}

enum syndic_status syndic_chunk_cut(struct syndic_reader *reader, struct syndic_input *input,
                                    struct syndic_chunk_room *room)
{
    if (input->source.format == SYNDIC_FORMAT_WARC)
        return syndic_warc_cut(reader, input, room);
    return input->stream ? cut_stream(reader, input, room) : cut_file(input, room);
}
