/* SPDX-License-Identifier: Apache-2.0 */
/* reader.c - sources in; a next chunk for whichever thread asks.
 *
 * A thread takes the first open source that no other thread is cutting, opens one more source if
 * all are taken, and waits only when `threads` are open.  So plain files are read one after the
 * other by all threads, and compressed ones decompress side by side. */
#define _GNU_SOURCE
#include "read/reader.h"

#include "base/error.h"
#include "read/spool.h"

#include <string.h>
#include <unistd.h>

/* ---- open and close ---- */

static bool copy_string(struct syndic_reader *reader, const char **string, const char *otherwise)
{
    if (!*string)
        *string = otherwise;
    if (!*string)
        return true;
    *string = syndic_arena_copy(&reader->strings, *string, strlen(*string));
    return *string != NULL;
}

static enum syndic_status take_options(struct syndic_reader *reader,
                                       const struct syndic_read_options *options,
                                       struct syndic_error *error)
{
    struct syndic_read_options *const own = &reader->options;

    *own = *options;
    if (!own->max_record_bytes)
        own->max_record_bytes = SYNDIC_TEXT_BYTES_MAX;
    if (own->max_record_bytes > SYNDIC_TEXT_BYTES_MAX)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "the longest record must not be above %zu bytes", SYNDIC_TEXT_BYTES_MAX);
    if (!own->threads)
        own->threads = 1;
    if (!own->path_count)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "no input was named");
    if (!copy_string(reader, &own->text_field, "text") ||
        !copy_string(reader, &own->id_field, "id") ||
        !copy_string(reader, &own->rank_field, NULL) ||
        !copy_string(reader, &own->source_field, NULL) || !copy_string(reader, &own->tmp, NULL))
        return syndic_fail_memory(error);
    return SYNDIC_OK;
}

/* Refuse field names that no chunk could be made for. */
static enum syndic_status check_fields(struct syndic_reader *reader, struct syndic_error *error)
{
    struct syndic_chunk *chunk = NULL;
    const enum syndic_status status = syndic_chunk_create(reader, &chunk);

    syndic_chunk_destroy(chunk);
    if (status == SYNDIC_INVALID_ARGUMENT)
        return syndic_fail(error, status, "a field name has more than %d parts",
                           SYNDIC_JSON_PARTS_MAX);
    return status ? syndic_fail_memory(error) : SYNDIC_OK;
}

static enum syndic_status find_sources(struct syndic_reader *reader, struct syndic_error *error)
{
    const enum syndic_status status =
        reader->options.known ? syndic_sources_take_known(reader) : syndic_sources_find(reader);

    if (status == SYNDIC_LIMIT)
        return syndic_fail(error, status, "too many input files");
    if (status)
        return syndic_fail_memory(error);
    if (!reader->input_count && reader->problem_count && !reader->options.known) {
        const struct syndic_error *const first = &reader->first_error;
        if (reader->problem_count == 1)
            return syndic_fail_at(error, first->status, first->path, 0, SYNDIC_NO_BYTE, "%s",
                                  first->message);
        return syndic_fail_at(error, first->status, first->path, 0, SYNDIC_NO_BYTE,
                              "%s; and %zu more cannot be read", first->message,
                              reader->problem_count - 1);
    }
    if (!reader->input_count && !reader->options.known)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "no .jsonl, .ndjson, .txt, .warc or .wet file in the given directories");
    for (size_t i = 0; i < reader->input_count; i++) {
        reader->total_bytes += reader->inputs[i].source.file_bytes;
        if (reader->inputs[i].standard) {
            reader->total_bytes = 0;
            break;
        }
    }
    return SYNDIC_OK;
}

enum syndic_status syndic_reader_open(struct syndic_memory *memory,
                                      const struct syndic_read_options *options,
                                      struct syndic_reader **reader, struct syndic_error *error)
{
    struct syndic_reader *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));

    if (!made)
        return syndic_fail_memory(error);
    made->memory = memory;
    made->stdin_spool = -1;
    made->text_spool = -1;
    syndic_arena_init(&made->strings, memory);
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->freed, NULL);
    enum syndic_status status = take_options(made, options, error);
    if (!status)
        status = check_fields(made, error);
    if (!status)
        status = find_sources(made, error);
    if (!status) {
        made->active = syndic_allocate(memory, made->options.threads, sizeof(*made->active));
        if (!made->active)
            status = syndic_fail_memory(error);
    }
    if (!status && options->stash_bytes) {
        made->stashing = true;
        if (syndic_stash_create(memory, &made->options, &made->stash))
            status = syndic_fail_memory(error);
    }
    if (status) {
        syndic_reader_close(made);
        return status;
    }
    *reader = made;
    return SYNDIC_OK;
}

void syndic_reader_close(struct syndic_reader *reader)
{
    if (!reader)
        return;
    for (size_t i = 0; i < reader->input_count; i++)
        syndic_input_close(reader, &reader->inputs[i]);
    if (reader->stdin_spool >= 0)
        close(reader->stdin_spool);
    if (reader->text_spool >= 0)
        close(reader->text_spool);
    syndic_stash_destroy(reader->stash);
    syndic_release(reader->memory, reader->spooled);
    syndic_release(reader->memory, reader->active);
    syndic_release(reader->memory, reader->problems);
    syndic_release(reader->memory, reader->inputs);
    syndic_arena_clear(&reader->strings);
    pthread_cond_destroy(&reader->freed);
    pthread_mutex_destroy(&reader->lock);
    syndic_release(reader->memory, reader);
}

/* ---- what is known ---- */

size_t syndic_reader_source_count(const struct syndic_reader *reader)
{
    return reader->input_count;
}

const struct syndic_source *syndic_reader_source(const struct syndic_reader *reader, size_t source)
{
    return &reader->inputs[source].source;
}

const struct syndic_problem *syndic_reader_problems(const struct syndic_reader *reader,
                                                    size_t *count)
{
    *count = reader->problem_count;
    return reader->problems;
}

uint64_t syndic_reader_left_out(const struct syndic_reader *reader)
{
    return reader->left_out_count;
}

void syndic_reader_progress(const struct syndic_reader *reader, uint64_t *done, uint64_t *total)
{
    *done = atomic_load_explicit(&reader->done_bytes, memory_order_relaxed);
    *total = reader->total_bytes;
}

const struct syndic_error *syndic_reader_error(const struct syndic_reader *reader)
{
    return &reader->error;
}

/* ---- whose turn ---- */

/* An input to cut, held by this thread until give_back(); NULL at the end of all. */
static struct syndic_input *hold(struct syndic_reader *reader)
{
    struct syndic_input *held = NULL;

    pthread_mutex_lock(&reader->lock);
    for (;;) {
        for (size_t i = 0; !held && i < reader->active_count; i++)
            if (!reader->inputs[reader->active[i]].busy)
                held = &reader->inputs[reader->active[i]];
        if (!held && reader->active_count < reader->options.threads &&
            reader->next_input < reader->input_count) {
            held = &reader->inputs[reader->next_input];
            reader->active[reader->active_count++] = (uint32_t)reader->next_input++;
        }
        if (held || !reader->active_count)
            break;
        pthread_cond_wait(&reader->freed, &reader->lock);
    }
    if (held)
        held->busy = true;
    pthread_mutex_unlock(&reader->lock);
    return held;
}

static void retire(struct syndic_reader *reader, uint32_t source)
{
    size_t kept = 0;

    for (size_t i = 0; i < reader->active_count; i++)
        if (reader->active[i] != source)
            reader->active[kept++] = reader->active[i];
    reader->active_count = kept;
}

/* filling: this thread goes on to read the chunk's bytes, and says filled() then. */
static void give_back(struct syndic_reader *reader, struct syndic_input *input, bool filling)
{
    pthread_mutex_lock(&reader->lock);
    input->busy = false;
    input->users += filling;
    if (input->finished) {
        retire(reader, (uint32_t)(input - reader->inputs));
        if (!input->users)
            syndic_input_close(reader, input);
    }
    pthread_cond_broadcast(&reader->freed);
    pthread_mutex_unlock(&reader->lock);
}

static void filled(struct syndic_reader *reader, struct syndic_input *input)
{
    pthread_mutex_lock(&reader->lock);
    input->users--;
    /* While a thread is cutting, `finished` is that thread's, and closing is left to give_back().
     */
    if (!input->busy && input->finished && !input->users)
        syndic_input_close(reader, input);
    pthread_mutex_unlock(&reader->lock);
}

/* ---- the next chunk ---- */

static void note_used(struct syndic_reader *reader, struct syndic_input *input)
{
    const uint64_t used = input->stream ? syndic_stream_used(input->stream) : input->position;

    atomic_fetch_add_explicit(&reader->done_bytes, used - input->used_bytes, memory_order_relaxed);
    input->used_bytes = used;
    if (input->standard && input->stream)
        input->known_bytes = input->position;
}

/* Open the input if this is its first chunk, and cut. */
static enum syndic_status open_and_cut(struct syndic_reader *reader, struct syndic_input *input,
                                       struct syndic_chunk_room *room)
{
    struct syndic_damage damage;
    enum syndic_status status = SYNDIC_OK;

    if (input->fd < 0)
        status = syndic_input_open(reader, input, &damage);
    if (status == SYNDIC_FORMAT || status == SYNDIC_IO) {
        syndic_chunk_damaged(room, damage.byte, "%s", damage.message);
        input->finished = true;
        return status == SYNDIC_FORMAT ? SYNDIC_OK : status;
    }
    if (!status)
        status = syndic_chunk_cut(reader, input, room);
    if (status)
        input->finished = true;
    note_used(reader, input);
    return status;
}

static void begin_chunk(struct syndic_chunk_room *room, const struct syndic_input *input)
{
    struct syndic_chunk *const chunk = &room->chunk;

    chunk->source = (uint32_t)(input - room->reader->inputs);
    chunk->sequence = input->sequence;
    chunk->offset = input->position;
    chunk->bytes_count = 0;
    chunk->last = false;
    chunk->line_count = 0;
    chunk->problem_count = 0;
    room->at = 0;
    room->text_given = false;
    room->skipped_bytes = 0;
    room->damaged = false;
}

static void pass_bom(struct syndic_reader *reader, struct syndic_input *input,
                     struct syndic_chunk_room *room)
{
    const struct syndic_chunk *const chunk = &room->chunk;

    if (input->source.format == SYNDIC_FORMAT_WARC || chunk->sequence ||
        chunk->bytes_count < SYNDIC_BOM_BYTES ||
        memcmp(chunk->bytes, SYNDIC_BOM, SYNDIC_BOM_BYTES) != 0)
        return;
    room->at = SYNDIC_BOM_BYTES;
    pthread_mutex_lock(&reader->lock);
    input->source.has_bom = true;
    pthread_mutex_unlock(&reader->lock);
}

static void note_failure(struct syndic_reader *reader, enum syndic_status status,
                         const struct syndic_chunk_room *room)
{
    pthread_mutex_lock(&reader->lock);
    if (!reader->error.status && status == SYNDIC_IO)
        syndic_fail_at(&reader->error, status, syndic_spool_folder(reader->options.tmp), 0,
                       SYNDIC_NO_BYTE, "%s", room->damage.message);
    else if (!reader->error.status)
        syndic_fail_memory(&reader->error);
    pthread_mutex_unlock(&reader->lock);
}

enum syndic_status syndic_reader_next(struct syndic_reader *reader, struct syndic_chunk *chunk,
                                      bool *more)
{
    struct syndic_chunk_room *const room = chunk->room;
    struct syndic_input *const input = hold(reader);

    *more = input != NULL;
    if (!input)
        return SYNDIC_OK;
    begin_chunk(room, input);
    enum syndic_status status = open_and_cut(reader, input, room);
    input->sequence++;
    chunk->last = input->finished;
    const bool filling = !status && !input->stream && chunk->bytes_count;
    give_back(reader, input, filling);
    if (filling) {
        status = syndic_chunk_fill(room);
        filled(reader, input);
    }
    if (!status && reader->stashing && input->source.compression != SYNDIC_PLAIN)
        syndic_stash_chunk(reader->stash, chunk);
    if (!status)
        pass_bom(reader, input, room);
    if (status)
        note_failure(reader, status, room);
    return status;
}

/* ---- again ---- */

/* Read the rest of a pipe, so that its spool is whole. */
static enum syndic_status drain(struct syndic_reader *reader, struct syndic_input *input,
                                struct syndic_error *error)
{
    uint8_t *const bytes = syndic_allocate(reader->memory, SYNDIC_CHUNK_BYTES, 1);
    struct syndic_damage damage;
    size_t got = SYNDIC_CHUNK_BYTES;
    enum syndic_status status = SYNDIC_OK;

    if (!bytes)
        return syndic_fail_memory(error);
    while (!status && got == SYNDIC_CHUNK_BYTES)
        status = syndic_stream_read(input->stream, bytes, SYNDIC_CHUNK_BYTES, &got, &damage);
    syndic_release(reader->memory, bytes);
    input->known_bytes = syndic_stream_used(input->stream);
    if (status)
        return syndic_fail_at(error, SYNDIC_IO, "-", 0, SYNDIC_NO_BYTE, "%s", damage.message);
    return SYNDIC_OK;
}

enum syndic_status syndic_reader_rewind(struct syndic_reader *reader, struct syndic_error *error)
{
    for (size_t i = 0; i < reader->input_count; i++) {
        struct syndic_input *const input = &reader->inputs[i];
        if (input->standard && input->stream) {
            const enum syndic_status status = drain(reader, input, error);
            if (status)
                return status;
        }
        syndic_input_reset(reader, input);
    }
    reader->stashing = false;
    reader->active_count = 0;
    reader->next_input = 0;
    atomic_store(&reader->done_bytes, 0);
    return SYNDIC_OK;
}
