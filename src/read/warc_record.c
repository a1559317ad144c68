/* SPDX-License-Identifier: Apache-2.0 */
/* warc_record.c - a chunk of whole WARC records in; one document after the other out, and a problem
 * for each place that should have been one. */
#define _GNU_SOURCE
#include "base/hash.h"
#include "read/extract.h"
#include "read/reader.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum syndic_status extract_of(struct syndic_chunk_room *room,
                                     struct syndic_extract **extract)
{
    enum syndic_status status = SYNDIC_OK;

    if (!room->extract)
        status = syndic_extract_create(room->reader->memory, &room->extract);
    *extract = room->extract;
    return status;
}

/* "<urn:uuid:1>" is written with its brackets and means what is between them. */
static struct syndic_span without_brackets(struct syndic_span value)
{
    if (value.n >= 2 && value.at[0] == '<' && value.at[value.n - 1] == '>')
        return (struct syndic_span){value.at + 1, value.n - 2};
    return value;
}

static void set_id(const struct syndic_read_options *options, struct syndic_span fields,
                   struct syndic_record *record)
{
    const char *const name = strcmp(options->id_field, "id") ? options->id_field : "WARC-Record-ID";
    struct syndic_span value;

    if (!syndic_fields_find(fields, name, &value))
        return;
    value = without_brackets(value);
    if (!value.n)
        return;
    record->id = (const char *)value.at;
    record->id_bytes = value.n;
}

static void set_origin(const struct syndic_read_options *options, struct syndic_span fields,
                       struct syndic_record *record)
{
    struct syndic_span value;

    if (options->source_field && syndic_fields_find(fields, options->source_field, &value))
        record->origin = syndic_hash64(value.at, value.n) | 1;
}

/* A value of digits only, such as Content-Length, is a number; others, such as WARC-Date, compare
 * as strings. */
static void set_rank(const struct syndic_read_options *options, struct syndic_span fields,
                     struct syndic_record *record)
{
    struct syndic_span value;
    uint64_t number;

    if (!options->rank_field || !syndic_fields_find(fields, options->rank_field, &value))
        return;
    if (syndic_span_number(value, &number)) {
        record->rank_kind = SYNDIC_RANK_NUMBER;
        record->rank = (double)number;
    } else {
        record->rank_kind = SYNDIC_RANK_STRING;
        record->rank_text = (const char *)value.at;
        record->rank_text_bytes = value.n;
    }
}

static enum syndic_status add_fault(struct syndic_chunk_room *room, uint64_t offset, uint64_t bytes,
                                    const char *fault)
{
    struct syndic_problem problem = {.source = room->chunk.source,
                                     .line = room->chunk.line_count,
                                     .byte = offset,
                                     .offset = offset,
                                     .bytes = bytes};

    snprintf(problem.message, sizeof(problem.message), "%s", fault);
    return syndic_chunk_problem(room, problem);
}

static enum syndic_status too_long(struct syndic_chunk_room *room, uint64_t offset, uint64_t bytes)
{
    char words[100];

    snprintf(words, sizeof(words), "record of %" PRIu64 " bytes is longer than the limit of %zu",
             bytes, room->reader->options.max_record_bytes);
    return add_fault(room, offset, bytes, words);
}

enum syndic_status syndic_warc_skipped(struct syndic_chunk_room *room, uint64_t offset,
                                       uint64_t bytes)
{
    if (room->skipped_claim && bytes > room->reader->options.max_record_bytes)
        return too_long(room, offset, bytes);
    return add_fault(room, offset, bytes,
                     room->skipped_claim ? "the record is cut off, or its Content-Length is wrong"
                                         : "not a WARC record");
}

/* More line ends than belong between two records are no record, and nothing that was lost. */
static bool is_blank(const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (bytes[i] != '\r' && bytes[i] != '\n')
            return false;
    return true;
}

/* *more is false where the raw record is no document. */
static enum syndic_status read_raw(struct syndic_chunk_room *room, const uint8_t *bytes,
                                   const struct syndic_warc_record *raw, uint64_t offset,
                                   struct syndic_record *record, bool *more)
{
    const struct syndic_read_options *const options = &room->reader->options;
    const struct syndic_span fields = {bytes, raw->header_bytes};
    struct syndic_extracted extracted;
    struct syndic_extract *extract;

    if (raw->fault && is_blank(bytes, raw->bytes))
        return SYNDIC_OK;
    if (raw->fault)
        return add_fault(room, offset, raw->bytes, raw->fault);
    if (raw->bytes > options->max_record_bytes)
        return too_long(room, offset, raw->bytes);
    enum syndic_status status = extract_of(room, &extract);
    if (!status)
        status = syndic_extract_text(extract, options, bytes, raw, &extracted);
    if (status)
        return status;
    if (extracted.kind == SYNDIC_EXTRACT_BROKEN)
        return add_fault(room, offset, raw->bytes, extracted.fault);
    if (extracted.kind == SYNDIC_EXTRACT_OTHER)
        return SYNDIC_OK;
    *more = true;
    *record = (struct syndic_record){.line = room->chunk.line_count,
                                     .offset = offset,
                                     .bytes = raw->bytes,
                                     .text = extracted.text,
                                     .text_bytes = extracted.text_bytes};
    set_id(options, fields, record);
    set_rank(options, fields, record);
    set_origin(options, fields, record);
    return SYNDIC_OK;
}

enum syndic_status syndic_warc_record(struct syndic_chunk_room *room, struct syndic_record *record,
                                      bool *more)
{
    struct syndic_chunk *const chunk = &room->chunk;
    enum syndic_status status = SYNDIC_OK;
    struct syndic_warc_record raw;
    uint64_t need;

    *more = false;
    while (!status && !*more && room->at < chunk->bytes_count) {
        const uint8_t *const bytes = chunk->bytes + room->at;
        const uint64_t offset = chunk->offset + room->at;
        if (!syndic_warc_next(bytes, chunk->bytes_count - room->at, room->after, &raw, &need))
            break; /* never, as all of it is there */
        room->at += raw.bytes;
        chunk->line_count++;
        status = read_raw(room, bytes, &raw, offset, record, more);
    }
    return status;
}

bool syndic_chunk_raw(const struct syndic_chunk *chunk, size_t *at, uint64_t *offset, size_t *bytes)
{
    struct syndic_warc_record raw;
    uint64_t need;

    if (*at >= chunk->bytes_count)
        return false;
    if (!syndic_warc_next(chunk->bytes + *at, chunk->bytes_count - *at, chunk->room->after, &raw,
                          &need))
        return false;
    *offset = chunk->offset + *at;
    *bytes = raw.bytes;
    *at += raw.bytes;
    return true;
}

enum syndic_status syndic_warc_text(struct syndic_chunk_room *room, const uint8_t *raw,
                                    size_t raw_bytes, const uint8_t **text, size_t *text_bytes)
{
    struct syndic_warc_record record;
    struct syndic_extracted extracted;
    struct syndic_extract *extract;
    uint64_t need;

    if (!raw_bytes || !syndic_warc_next(raw, raw_bytes, SYNDIC_WARC_RECORD, &record, &need) ||
        record.fault || record.bytes != raw_bytes)
        return SYNDIC_FORMAT;
    enum syndic_status status = extract_of(room, &extract);
    if (!status)
        status = syndic_extract_text(extract, &room->reader->options, raw, &record, &extracted);
    if (status)
        return status;
    *text = extracted.text;
    *text_bytes = extracted.text_bytes;
    return extracted.kind == SYNDIC_EXTRACT_DOCUMENT ? SYNDIC_OK : SYNDIC_FORMAT;
}
