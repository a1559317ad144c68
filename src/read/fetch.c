/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.c - places of records in, their texts out, as they were when first read.
 *
 * Plain files are read where they lie.  Compressed ones cannot be, so what was not kept when they
 * were first decompressed is decompressed once more, side by side, and the wanted texts go to an
 * unnamed file in the temporary folder. */
#define _GNU_SOURCE
#include "read/reader.h"

#include "base/error.h"
#include "read/spool.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_compressed(const struct syndic_reader *reader, uint32_t source)
{
    return reader->inputs[source].source.compression != SYNDIC_PLAIN;
}

static enum syndic_status changed(const struct syndic_input *input, struct syndic_error *error)
{
    return syndic_fail_at(error, SYNDIC_IO, input->source.path, 0, SYNDIC_NO_BYTE,
                          "the file was changed while it was being read");
}

static enum syndic_status failed(const char *path, const char *what, struct syndic_error *error)
{
    char words[64];

    syndic_errno_words(errno, words, sizeof(words));
    return syndic_fail_at(error, SYNDIC_IO, path, 0, SYNDIC_NO_BYTE, "cannot %s: %s", what, words);
}

/* ---- the wanted texts of compressed files ---- */

/* Has this place to be read from the beginning of its source? */
static bool needs_spool(const struct syndic_reader *reader, const struct syndic_place *place)
{
    uint64_t offset;
    int fd;

    return is_compressed(reader, place->source) &&
           !(reader->stash && syndic_stash_find(reader->stash, place, &fd, &offset));
}

static enum syndic_status list_wanted(struct syndic_reader *reader, const uint8_t *wanted,
                                      size_t count)
{
    size_t spooled = 0;

    for (size_t i = 0; i < count; i++)
        spooled += wanted[i] && needs_spool(reader, &reader->places[i]);
    syndic_release(reader->memory, reader->spooled);
    reader->spooled_count = 0;
    reader->spooled = syndic_allocate(reader->memory, spooled, sizeof(*reader->spooled));
    if (!reader->spooled)
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        if (wanted[i] && needs_spool(reader, &reader->places[i]))
            reader->spooled[reader->spooled_count++] = (struct syndic_spooled){.place = i};
    return SYNDIC_OK;
}

/* One compressed source, read once more. */
struct again {
    struct syndic_reader *reader;
    struct syndic_input *input;
    struct syndic_stream *stream;
    struct syndic_chunk_room *room;
    uint64_t position; /* in the decompressed source */
};

/* Read up to `offset`, and keep nothing. */
static enum syndic_status pass_to(struct again *again, uint64_t offset, struct syndic_error *error)
{
    struct syndic_damage damage;

    if (!syndic_chunk_reserve(again->room, SYNDIC_CHUNK_BYTES, false))
        return syndic_fail_memory(error);
    while (again->position < offset) {
        const uint64_t left = offset - again->position;
        const size_t n = left < SYNDIC_CHUNK_BYTES ? (size_t)left : SYNDIC_CHUNK_BYTES;
        size_t got;
        if (syndic_stream_read(again->stream, again->room->chunk.bytes, n, &got, &damage) ||
            got < n)
            return changed(again->input, error);
        again->position += n;
    }
    return SYNDIC_OK;
}

static enum syndic_status spool_text(struct again *again, struct syndic_spooled *spooled,
                                     struct syndic_error *error)
{
    struct syndic_reader *const reader = again->reader;
    const struct syndic_place *const place = &reader->places[spooled->place];
    struct syndic_damage damage;
    const uint8_t *text;
    size_t got = 0;
    enum syndic_status status = pass_to(again, place->offset, error);

    if (status)
        return status;
    if (!syndic_chunk_reserve(again->room, place->bytes, false))
        return syndic_fail_memory(error);
    uint8_t *const raw = again->room->chunk.bytes;
    if (place->bytes &&
        (syndic_stream_read(again->stream, raw, place->bytes, &got, &damage) || got < place->bytes))
        return changed(again->input, error);
    again->position += got;
    memset(raw + got, 0, SYNDIC_TEXT_PADDING);
    status = syndic_record_text(again->room, again->input->source.format, raw, got, &text,
                                &spooled->bytes);
    if (status == SYNDIC_NO_MEMORY)
        return syndic_fail_memory(error);
    if (status)
        return changed(again->input, error);
    spooled->offset = atomic_fetch_add(&reader->text_spool_bytes, spooled->bytes);
    if (!syndic_write_at(reader->text_spool, text, spooled->bytes, spooled->offset))
        return failed(syndic_spool_folder(reader->options.tmp), "write a temporary file", error);
    return SYNDIC_OK;
}

/* All wanted texts spooled[0, count) of one source. */
static enum syndic_status spool_source(struct syndic_reader *reader, struct syndic_spooled *spooled,
                                       size_t count, struct syndic_error *error)
{
    struct again again = {.reader = reader};
    struct syndic_chunk *chunk = NULL;
    struct syndic_damage damage;
    int fd = -1;

    again.input = &reader->inputs[reader->places[spooled->place].source];
    if (syndic_input_open_file(again.input, &fd, &damage))
        return syndic_fail_at(error, SYNDIC_IO, again.input->source.path, 0, SYNDIC_NO_BYTE, "%s",
                              damage.message);
    enum syndic_status status = syndic_chunk_create(reader, &chunk);
    if (!status)
        status = syndic_input_stream(reader, again.input, fd, &again.stream);
    if (status)
        status = syndic_fail_memory(error);
    again.room = chunk ? chunk->room : NULL;
    for (size_t i = 0; !status && i < count; i++)
        status = spool_text(&again, &spooled[i], error);
    syndic_stream_destroy(again.stream);
    syndic_chunk_destroy(chunk);
    close(fd);
    return status;
}

static size_t source_end(const struct syndic_reader *reader, size_t first)
{
    const uint32_t source = reader->places[reader->spooled[first].place].source;
    size_t end = first + 1;

    while (end < reader->spooled_count &&
           reader->places[reader->spooled[end].place].source == source)
        end++;
    return end;
}

static enum syndic_status spool_sources(struct syndic_reader *reader, struct syndic_error *error)
{
    enum syndic_status result = SYNDIC_OK;
    size_t next = 0;

#if defined(_OPENMP)
#pragma omp parallel num_threads((int)reader->options.threads)
#endif
    for (;;) {
        struct syndic_error detail = {.status = SYNDIC_OK};
        size_t first, end = 0;
        bool stop;
        pthread_mutex_lock(&reader->lock);
        first = next;
        stop = result || first >= reader->spooled_count;
        if (!stop)
            next = end = source_end(reader, first);
        pthread_mutex_unlock(&reader->lock);
        if (stop)
            break;
        const enum syndic_status status =
            spool_source(reader, reader->spooled + first, end - first, &detail);
        pthread_mutex_lock(&reader->lock);
        if (status && !result) {
            result = status;
            if (error)
                *error = detail;
        }
        pthread_mutex_unlock(&reader->lock);
    }
    return result;
}

enum syndic_status syndic_reader_prepare_fetch(struct syndic_reader *reader,
                                               const struct syndic_place *places,
                                               const uint8_t *wanted, size_t count,
                                               struct syndic_error *error)
{
    reader->places = places;
    if (reader->stash)
        syndic_stash_sort(reader->stash);
    if (list_wanted(reader, wanted, count))
        return syndic_fail_memory(error);
    if (!reader->spooled_count)
        return SYNDIC_OK;
    if (reader->text_spool < 0) {
        const enum syndic_status status =
            syndic_spool_open(reader->options.tmp, &reader->text_spool, error);
        if (status)
            return status;
    }
    return spool_sources(reader, error);
}

/* ---- one text ---- */

static int by_place(const void *left, const void *right)
{
    const struct syndic_spooled *const a = left, *const b = right;

    return (a->place > b->place) - (a->place < b->place);
}

/* n bytes into the room; the file ends after fewer only if it was changed. */
static enum syndic_status read_into(struct syndic_chunk_room *room, int fd, uint64_t offset,
                                    size_t n, const struct syndic_input *input,
                                    struct syndic_error *error)
{
    if (!syndic_chunk_reserve(room, n, false))
        return syndic_fail_memory(error);
    const ssize_t got = syndic_read_at(fd, room->chunk.bytes, n, offset);
    if (got < 0)
        return failed(input->source.path, "read", error);
    if ((size_t)got < n)
        return changed(input, error);
    memset(room->chunk.bytes + n, 0, SYNDIC_TEXT_PADDING);
    return SYNDIC_OK;
}

static enum syndic_status fetch_spooled(struct syndic_reader *reader, size_t place,
                                        struct syndic_chunk_room *room,
                                        const struct syndic_input *input, const uint8_t **text,
                                        size_t *text_bytes, struct syndic_error *error)
{
    const struct syndic_spooled key = {.place = place};
    const struct syndic_spooled *const found =
        bsearch(&key, reader->spooled, reader->spooled_count, sizeof(*reader->spooled), by_place);

    if (!found)
        return syndic_fail(error, SYNDIC_STATE, "this text was not prepared to be fetched");
    *text_bytes = found->bytes;
    const enum syndic_status status =
        read_into(room, reader->text_spool, found->offset, found->bytes, input, error);
    *text = room->chunk.bytes;
    return status;
}

/* The chunk's own descriptor of a plain file. */
static enum syndic_status fetch_file(struct syndic_chunk_room *room, uint32_t source, int *fd,
                                     struct syndic_error *error)
{
    struct syndic_input *const input = &room->reader->inputs[source];
    const size_t slot = source % SYNDIC_FETCH_FILES;
    struct syndic_damage damage;

    if (input->standard) {
        *fd = room->reader->stdin_spool >= 0 ? room->reader->stdin_spool : STDIN_FILENO;
        return SYNDIC_OK;
    }
    if (room->fetch_fd[slot] < 0 || room->fetch_source[slot] != source) {
        if (room->fetch_fd[slot] >= 0)
            close(room->fetch_fd[slot]);
        room->fetch_fd[slot] = -1;
        if (syndic_input_open_file(input, &room->fetch_fd[slot], &damage))
            return syndic_fail_at(error, SYNDIC_IO, input->source.path, 0, SYNDIC_NO_BYTE, "%s",
                                  damage.message);
        room->fetch_source[slot] = source;
    }
    *fd = room->fetch_fd[slot];
    return SYNDIC_OK;
}

enum syndic_status syndic_reader_fetch(struct syndic_reader *reader, size_t place,
                                       struct syndic_chunk *chunk, const uint8_t **text,
                                       size_t *text_bytes, struct syndic_error *error)
{
    const struct syndic_place *const where = &reader->places[place];
    const struct syndic_input *const input = &reader->inputs[where->source];
    struct syndic_chunk_room *const room = chunk->room;
    uint64_t offset = input->base + where->offset;
    enum syndic_status status = SYNDIC_OK;
    int fd = -1;

    if (!is_compressed(reader, where->source))
        status = fetch_file(room, where->source, &fd, error);
    else if (!reader->stash || !syndic_stash_find(reader->stash, where, &fd, &offset))
        return fetch_spooled(reader, place, room, input, text, text_bytes, error);
    if (!status)
        status = read_into(room, fd, offset, where->bytes, input, error);
    if (status)
        return status;
    status = syndic_record_text(room, input->source.format, room->chunk.bytes, where->bytes, text,
                                text_bytes);
    if (status == SYNDIC_NO_MEMORY)
        return syndic_fail_memory(error);
    return status ? changed(input, error) : SYNDIC_OK;
}
