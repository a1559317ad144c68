/* SPDX-License-Identifier: Apache-2.0 */
/* record.c - a chunk of whole lines in; one record after the other out, and a problem for each line
 * that is none. */
#define _GNU_SOURCE
#include "base/hash.h"
#include "read/extract.h"
#include "read/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

enum { TEXT, ID, RANK, SOURCE, FIELDS }; /* the order of the extractor's values */

/* ---- chunks ---- */

enum syndic_status syndic_chunk_create(struct syndic_reader *reader, struct syndic_chunk **chunk)
{
    const struct syndic_read_options *const options = &reader->options;
    const char *const paths[FIELDS] = {
        options->text_field, options->id_field,
        options->rank_field ? options->rank_field : options->source_field, options->source_field};
    const size_t count = options->source_field ? FIELDS : options->rank_field ? SOURCE : RANK;
    struct syndic_chunk_room *const room = syndic_allocate_zeroed(reader->memory, 1, sizeof(*room));

    if (!room)
        return SYNDIC_NO_MEMORY;
    room->reader = reader;
    room->chunk.room = room;
    for (size_t i = 0; i < SYNDIC_FETCH_FILES; i++)
        room->fetch_fd[i] = -1;
    enum syndic_status status = syndic_json_create(reader->memory, paths, count, &room->json);
    if (!status) {
        room->number_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
        if (!room->number_locale)
            status = SYNDIC_NO_MEMORY;
    }
    if (status) {
        syndic_chunk_destroy(&room->chunk);
        return status;
    }
    *chunk = &room->chunk;
    return SYNDIC_OK;
}

void syndic_chunk_destroy(struct syndic_chunk *chunk)
{
    if (!chunk)
        return;
    struct syndic_chunk_room *const room = chunk->room;
    struct syndic_memory *const memory = room->reader->memory;
    for (size_t i = 0; i < SYNDIC_FETCH_FILES; i++)
        if (room->fetch_fd[i] >= 0)
            close(room->fetch_fd[i]);
    if (room->number_locale)
        freelocale(room->number_locale);
    syndic_json_destroy(room->json);
    syndic_extract_destroy(room->extract);
    syndic_release(memory, room->problems);
    syndic_release(memory, chunk->bytes);
    syndic_release(memory, room);
}

/* ---- problems ---- */

enum syndic_status syndic_chunk_problem(struct syndic_chunk_room *room,
                                        struct syndic_problem problem)
{
    if (!syndic_reserve(room->reader->memory, (void **)&room->problems, &room->problem_capacity,
                        room->chunk.problem_count + 1, sizeof(*room->problems)))
        return SYNDIC_NO_MEMORY;
    room->problems[room->chunk.problem_count++] = problem;
    room->chunk.problems = room->problems;
    return SYNDIC_OK;
}

/* A raw record as it lies in the chunk. */
struct raw {
    uint64_t line, offset;
    const uint8_t *bytes;
    uint64_t count;
};

static struct syndic_problem problem_of(const struct syndic_chunk_room *room, const struct raw *raw)
{
    return (struct syndic_problem){.source = room->chunk.source,
                                   .line = raw->line,
                                   .byte = UINT64_MAX,
                                   .offset = raw->offset,
                                   .bytes = raw->count};
}

static enum syndic_status too_long(struct syndic_chunk_room *room, const struct raw *raw)
{
    struct syndic_problem problem = problem_of(room, raw);

    snprintf(problem.message, sizeof(problem.message),
             "record of %" PRIu64 " bytes is longer than the limit of %zu", raw->count,
             room->reader->options.max_record_bytes);
    return syndic_chunk_problem(room, problem);
}

/* What follows the lines of a chunk: a record that was too long to hold, then a broken stream. */
static enum syndic_status report_end(struct syndic_chunk_room *room)
{
    enum syndic_status status = SYNDIC_OK;

    if (room->skipped_bytes) {
        const struct raw raw = {++room->chunk.line_count,
                                room->chunk.offset + room->chunk.bytes_count, NULL,
                                room->skipped_bytes};
        const bool warc =
            room->reader->inputs[room->chunk.source].source.format == SYNDIC_FORMAT_WARC;
        room->skipped_bytes = 0;
        status = warc ? syndic_warc_skipped(room, raw.offset, raw.count) : too_long(room, &raw);
    }
    if (!status && room->damaged) {
        room->damaged = false;
        status = syndic_chunk_problem(room, room->damage);
    }
    return status;
}

/* ---- JSON lines ---- */

static const char *type_words(enum syndic_json_type type)
{
    static const char *const words[] = {
        [SYNDIC_JSON_MISSING] = "missing",  [SYNDIC_JSON_STRING] = "a string",
        [SYNDIC_JSON_NUMBER] = "a number",  [SYNDIC_JSON_TRUE] = "true",
        [SYNDIC_JSON_FALSE] = "false",      [SYNDIC_JSON_NULL] = "null",
        [SYNDIC_JSON_OBJECT] = "an object", [SYNDIC_JSON_ARRAY] = "an array",
    };

    return words[type];
}

/* What is wrong with the values of a well-formed record; false: nothing. */
static bool find_fault(const struct syndic_read_options *options,
                       const struct syndic_json_value *values, struct syndic_problem *problem)
{
    const enum syndic_json_type text = values[TEXT].type, id = values[ID].type;

    if (text == SYNDIC_JSON_MISSING)
        snprintf(problem->message, sizeof(problem->message), SYNDIC_MISSING_FIELD "%.100s'",
                 options->text_field);
    else if (text != SYNDIC_JSON_STRING)
        snprintf(problem->message, sizeof(problem->message), "field '%.100s' is %s, not a string",
                 options->text_field, type_words(text));
    else if (id == SYNDIC_JSON_TRUE || id == SYNDIC_JSON_FALSE || id == SYNDIC_JSON_OBJECT ||
             id == SYNDIC_JSON_ARRAY)
        snprintf(problem->message, sizeof(problem->message),
                 "field '%.100s' is %s, not a string or a number", options->id_field,
                 type_words(id));
    else
        return false;
    return true;
}

static void set_rank(const struct syndic_chunk_room *room, const struct syndic_json_value *value,
                     struct syndic_record *record)
{
    record->rank_kind = SYNDIC_RANK_NONE;
    if (!room->reader->options.rank_field)
        return;
    if (value->type == SYNDIC_JSON_STRING) {
        record->rank_kind = SYNDIC_RANK_STRING;
        record->rank_text = (const char *)value->bytes;
        record->rank_text_bytes = value->length;
    } else if (value->type == SYNDIC_JSON_NUMBER) { /* what follows a number in JSON ends it */
        record->rank_kind = SYNDIC_RANK_NUMBER;
        record->rank = strtod_l((const char *)value->bytes, NULL, room->number_locale);
    }
}

/* *good is false when the line was a problem. */
static enum syndic_status read_line(struct syndic_chunk_room *room, const struct raw *raw,
                                    struct syndic_record *record, bool *good)
{
    struct syndic_json_value values[FIELDS] = {{.type = SYNDIC_JSON_MISSING}};
    struct syndic_problem problem = problem_of(room, raw);
    const char *reason;
    size_t byte, n = (size_t)raw->count; /* without the line end, which is no part of the JSON */

    n -= n && raw->bytes[n - 1] == '\n';
    n -= n && raw->bytes[n - 1] == '\r';
    const enum syndic_status status =
        syndic_json_extract(room->json, raw->bytes, n, values, &reason, &byte);

    *good = false;
    if (status == SYNDIC_FORMAT) {
        problem.byte = byte;
        snprintf(problem.message, sizeof(problem.message), "invalid JSON: %s", reason);
        return syndic_chunk_problem(room, problem);
    }
    if (status)
        return status;
    if (find_fault(&room->reader->options, values, &problem))
        return syndic_chunk_problem(room, problem);
    *good = true;
    *record = (struct syndic_record){.line = raw->line, .offset = raw->offset, .bytes = raw->count};
    record->text = values[TEXT].bytes;
    record->text_bytes = values[TEXT].length;
    if (values[ID].type == SYNDIC_JSON_STRING || values[ID].type == SYNDIC_JSON_NUMBER) {
        record->id = (const char *)values[ID].bytes;
        record->id_bytes = values[ID].length;
    }
    set_rank(room, &values[RANK], record);
    if (values[SOURCE].type == SYNDIC_JSON_STRING || values[SOURCE].type == SYNDIC_JSON_NUMBER)
        record->origin = syndic_hash64(values[SOURCE].bytes, values[SOURCE].length) | 1;
    return SYNDIC_OK;
}

static bool is_blank(const struct raw *raw)
{
    for (uint64_t i = 0; i < raw->count; i++)
        if (!memchr(" \t\r\n", raw->bytes[i], 4))
            return false;
    return true;
}

static struct raw next_line(struct syndic_chunk_room *room)
{
    const uint8_t *const bytes = room->chunk.bytes + room->at;
    const size_t left = room->chunk.bytes_count - room->at;
    const uint8_t *const end = memchr(bytes, '\n', left);
    const size_t count = end ? (size_t)(end - bytes) + 1 : left;
    const struct raw raw = {++room->chunk.line_count, room->chunk.offset + room->at, bytes, count};

    room->at += count;
    return raw;
}

static enum syndic_status next_record(struct syndic_chunk_room *room, struct syndic_record *record,
                                      bool *more)
{
    enum syndic_status status = SYNDIC_OK;

    *more = false;
    while (!status && !*more && room->at < room->chunk.bytes_count) {
        const struct raw raw = next_line(room);
        if (raw.count > room->reader->options.max_record_bytes)
            status = too_long(room, &raw);
        else if (!is_blank(&raw))
            status = read_line(room, &raw, record, more);
    }
    return status;
}

/* ---- texts ---- */

static void strip_bom(const uint8_t **text, size_t *text_bytes)
{
    if (*text_bytes >= SYNDIC_BOM_BYTES && !memcmp(*text, SYNDIC_BOM, SYNDIC_BOM_BYTES)) {
        *text += SYNDIC_BOM_BYTES;
        *text_bytes -= SYNDIC_BOM_BYTES;
    }
}

/* The one record of a txt, empty or not, unless it could not be read as a whole. */
static enum syndic_status next_text(struct syndic_chunk_room *room, struct syndic_record *record,
                                    bool *more)
{
    const struct syndic_chunk *const chunk = &room->chunk;
    const struct raw raw = {1, 0, chunk->bytes, chunk->bytes_count};

    *more = false;
    if (room->text_given || room->skipped_bytes || room->damaged)
        return SYNDIC_OK;
    room->text_given = true;
    room->chunk.line_count = 1;
    if (raw.count > room->reader->options.max_record_bytes)
        return too_long(room, &raw);
    *more = true;
    *record = (struct syndic_record){.line = 1, .bytes = raw.count, .text = raw.bytes};
    record->text_bytes = chunk->bytes_count;
    strip_bom(&record->text, &record->text_bytes);
    return SYNDIC_OK;
}

enum syndic_status syndic_chunk_record(struct syndic_chunk *chunk, struct syndic_record *record,
                                       bool *more)
{
    struct syndic_chunk_room *const room = chunk->room;
    enum syndic_status status;

    switch (room->reader->inputs[chunk->source].source.format) {
    case SYNDIC_FORMAT_WARC:
        status = syndic_warc_record(room, record, more);
        break;
    case SYNDIC_FORMAT_TXT:
        status = next_text(room, record, more);
        break;
    default:
        status = next_record(room, record, more);
    }

    if (status || *more)
        return status;
    room->text_given = true;
    return report_end(room);
}

enum syndic_status syndic_record_text(struct syndic_chunk_room *room, enum syndic_format format,
                                      const uint8_t *raw, size_t raw_bytes, const uint8_t **text,
                                      size_t *text_bytes)
{
    struct syndic_json_value values[FIELDS] = {{.type = SYNDIC_JSON_MISSING}};
    const char *reason;
    size_t byte;

    if (format == SYNDIC_FORMAT_TXT) {
        *text = raw;
        *text_bytes = raw_bytes;
        strip_bom(text, text_bytes);
        return SYNDIC_OK;
    }
    if (format == SYNDIC_FORMAT_WARC)
        return syndic_warc_text(room, raw, raw_bytes, text, text_bytes);
    const enum syndic_status status =
        syndic_json_extract(room->json, raw, raw_bytes, values, &reason, &byte);
    if (status)
        return status;
    *text = values[TEXT].bytes;
    *text_bytes = values[TEXT].length;
    return values[TEXT].type == SYNDIC_JSON_STRING ? SYNDIC_OK : SYNDIC_FORMAT;
}
