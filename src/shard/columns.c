/* SPDX-License-Identifier: Apache-2.0 */
/* columns.c - the sections of one open sketch file in; sources, and rows of a run, out.  Sizes and
 * places are compared with each other before they are believed. */
#include "base/bytes.h"
#include "base/error.h"
#include "shard/shards.h"

#include <inttypes.h>
#include <string.h>

#define PART 4096 /* numbers turned at once */

/* ---- sources ---- */

static bool word_of(const char *const *words, const char *word, int *number)
{
    for (*number = 0; words[*number]; (*number)++)
        if (!strcmp(words[*number], word))
            return true;
    return false;
}

static enum syndic_status read_source(struct syndic_section_reader *reader,
                                      struct syndic_arena *strings,
                                      struct syndic_known_source *known, uint64_t *documents,
                                      struct syndic_error *error)
{
    const char *format = NULL, *compression = NULL;
    uint32_t standard = 0;
    int format_number, compression_number;

    *known = (struct syndic_known_source){0};
    enum syndic_status status = syndic_section_text(reader, strings, &known->source.path, error);
    if (!status)
        status = syndic_section_text(reader, strings, &known->source.name, error);
    if (!status)
        status = syndic_section_text(reader, strings, &format, error);
    if (!status)
        status = syndic_section_text(reader, strings, &compression, error);
    if (!status)
        status = syndic_section_u32(reader, &standard, error);
    if (!status)
        status = syndic_section_u64(reader, &known->source.file_bytes, error);
    if (!status)
        status = syndic_section_u64(reader, documents, error);
    if (status)
        return status;
    if (!word_of(syndic_format_words, format, &format_number) ||
        !word_of(syndic_compression_words, compression, &compression_number) ||
        standard != !strcmp(known->source.path, "-"))
        return syndic_section_refuse(reader, error, "a source of unknown kind '%.20s', '%.20s'",
                                     format, compression);
    known->source.format = (enum syndic_format)format_number;
    known->source.compression = (enum syndic_compression)compression_number;
    known->standard = standard == 1;
    return SYNDIC_OK;
}

enum syndic_status syndic_sources_read(const struct syndic_container *container,
                                       struct syndic_arena *strings,
                                       struct syndic_source_list *list, struct syndic_error *error)
{
    struct syndic_memory *const memory = container->memory;
    struct syndic_section_reader *reader = NULL;
    enum syndic_status status = syndic_section_open(container, "sources", &reader, error);
    uint64_t left = container->rows;

    while (!status && syndic_section_left(reader)) {
        if (!syndic_reserve(memory, (void **)&list->source, &list->capacity, list->count + 1,
                            sizeof(*list->source)) ||
            !syndic_reserve(memory, (void **)&list->documents, &list->documents_capacity,
                            list->count + 1, sizeof(*list->documents))) {
            status = syndic_fail_memory(error);
            break;
        }
        uint64_t *const documents = &list->documents[list->count];
        status = read_source(reader, strings, &list->source[list->count], documents, error);
        if (!status && *documents > left)
            status = syndic_section_refuse(reader, error, "more documents than there are");
        if (!status) {
            left -= *documents;
            list->count++;
        }
    }
    if (!status && left)
        status = syndic_section_refuse(reader, error, "fewer documents than there are");
    if (!status)
        status = syndic_section_finish(reader, error);
    syndic_section_close(reader);
    return status;
}

/* ---- columns of numbers ---- */

static enum syndic_status read_u32s(struct syndic_section_reader *reader, uint32_t *numbers,
                                    size_t n, struct syndic_error *error)
{
    uint8_t bytes[PART * 4];

    for (size_t at = 0; at < n; at += PART) {
        const size_t part = n - at < PART ? n - at : PART;
        const enum syndic_status status = syndic_section_read(reader, bytes, part * 4, error);
        if (status)
            return status;
        for (size_t i = 0; i < part; i++)
            numbers[at + i] = syndic_get_le32(bytes + i * 4);
    }
    return SYNDIC_OK;
}

static enum syndic_status read_u64s(struct syndic_section_reader *reader, uint64_t *numbers,
                                    size_t n, struct syndic_error *error)
{
    uint8_t bytes[PART * 8];

    for (size_t at = 0; at < n; at += PART) {
        const size_t part = n - at < PART ? n - at : PART;
        const enum syndic_status status = syndic_section_read(reader, bytes, part * 8, error);
        if (status)
            return status;
        for (size_t i = 0; i < part; i++)
            numbers[at + i] = syndic_get_le64(bytes + i * 8);
    }
    return SYNDIC_OK;
}

/* A column whose reading is all there is to it. */
struct column {
    const char *tag;
    size_t width;
    enum syndic_status (*read)(struct syndic_section_reader *reader, void *to, size_t rows,
                               struct syndic_error *error);
    void *to;
};

static enum syndic_status read_column(const struct syndic_container *container,
                                      const struct column *column, struct syndic_error *error)
{
    struct syndic_section_reader *reader = NULL;
    enum syndic_status status =
        syndic_section_open_column(container, column->tag, column->width, &reader, error);

    if (!status)
        status = column->read(reader, column->to, (size_t)container->rows, error);
    if (!status)
        status = syndic_section_finish(reader, error);
    syndic_section_close(reader);
    return status;
}

static enum syndic_status read_narrow(struct syndic_section_reader *reader, void *to, size_t rows,
                                      struct syndic_error *error)
{
    return read_u32s(reader, to, rows, error);
}

static enum syndic_status read_wide(struct syndic_section_reader *reader, void *to, size_t rows,
                                    struct syndic_error *error)
{
    return read_u64s(reader, to, rows, error);
}

static enum syndic_status read_exact(struct syndic_section_reader *reader, void *to, size_t rows,
                                     struct syndic_error *error)
{
    struct syndic_hash128 *const exact = to;
    enum syndic_status status = SYNDIC_OK;

    for (size_t row = 0; row < rows && !status; row++) {
        uint64_t halves[2] = {0, 0};
        status = read_u64s(reader, halves, 2, error);
        exact[row] = (struct syndic_hash128){halves[0], halves[1]};
    }
    return status;
}

/* ---- places ---- */

/* Offsets and lines of one source from what they grow by. */
static enum syndic_status read_places(const struct syndic_container *container,
                                      const struct syndic_file_sources *sources,
                                      struct syndic_place *place, uint64_t *line,
                                      struct syndic_error *error)
{
    struct syndic_section_reader *gap = NULL, *step = NULL, *size = NULL;
    enum syndic_status status = syndic_section_open_column(container, "gap", 8, &gap, error);
    size_t row = 0;

    if (!status)
        status = syndic_section_open_column(container, "step", 8, &step, error);
    if (!status)
        status = syndic_section_open_column(container, "size", 4, &size, error);
    for (size_t s = 0; s < sources->count && !status; s++) {
        uint64_t offset = 0, at = 0, gap_bytes = 0, step_lines = 0;
        for (uint64_t d = 0; d < sources->documents[s] && !status; d++, row++) {
            const uint64_t before = offset - (d ? place[row - 1].bytes : 0);
            place[row] = (struct syndic_place){.source = (uint32_t)(sources->first + s)};
            status = syndic_section_u64(gap, &gap_bytes, error);
            if (!status)
                status = syndic_section_u64(step, &step_lines, error);
            if (!status)
                status = syndic_section_u32(size, &place[row].bytes, error);
            if (status)
                break;
            place[row].offset = offset + gap_bytes;
            line[row] = at + step_lines;
            const uint64_t end = place[row].offset + place[row].bytes;
            if ((d && place[row].offset < before) || end < place[row].offset || line[row] < at)
                status = syndic_section_refuse(gap, error, "records are not in order");
            offset = end;
            at = line[row];
        }
    }
    if (!status)
        status = syndic_section_finish(gap, error);
    if (!status)
        status = syndic_section_finish(step, error);
    if (!status)
        status = syndic_section_finish(size, error);
    syndic_section_close(size);
    syndic_section_close(step);
    syndic_section_close(gap);
    return status;
}

/* A fetch makes room for a record before it reads it. */
static enum syndic_status check_places(const struct syndic_container *container,
                                       const struct syndic_file_sources *sources,
                                       const struct syndic_place *place, struct syndic_error *error)
{
    for (size_t row = 0; row < container->rows; row++) {
        const struct syndic_known_source *const known =
            &sources->source[place[row].source - sources->first];
        const uint64_t end = place[row].offset + place[row].bytes;
        const bool sized = known->source.compression == SYNDIC_PLAIN && !known->standard;
        if (place[row].bytes > sources->record_bytes_max ||
            (sized && end > known->source.file_bytes))
            return syndic_fail_at(error, SYNDIC_FORMAT, container->path, 0, SYNDIC_NO_BYTE,
                                  "the sketch file has a record of %" PRIu32 " bytes at %" PRIu64
                                  " of '%.60s', which cannot be",
                                  place[row].bytes, place[row].offset, known->source.path);
    }
    return SYNDIC_OK;
}

/* ---- ids and values ---- */

static enum syndic_status read_ids(const struct syndic_container *container,
                                   struct syndic_arena *strings, const char **id,
                                   struct syndic_error *error)
{
    struct syndic_section_reader *reader = NULL;
    enum syndic_status status = syndic_section_open(container, "ids", &reader, error);

    for (size_t row = 0; row < container->rows && !status; row++) {
        uint32_t n = 0;
        id[row] = NULL;
        status = syndic_section_u32(reader, &n, error);
        if (!status && n)
            status = syndic_section_string(reader, n - 1, strings, &id[row], error);
    }
    if (!status)
        status = syndic_section_finish(reader, error);
    syndic_section_close(reader);
    return status;
}

static enum syndic_status read_value(struct syndic_section_reader *reader,
                                     struct syndic_arena *strings, struct syndic_rank_value *value,
                                     struct syndic_error *error)
{
    uint32_t kind = 0;
    uint64_t bits = 0;
    enum syndic_status status = syndic_section_u32(reader, &kind, error);

    *value = (struct syndic_rank_value){.kind = SYNDIC_RANK_NONE};
    if (!status && kind > SYNDIC_RANK_STRING)
        status = syndic_section_refuse(reader, error, "a value of unknown kind %" PRIu32, kind);
    if (!status && kind == SYNDIC_RANK_NUMBER)
        status = syndic_section_u64(reader, &bits, error);
    if (!status && kind == SYNDIC_RANK_STRING)
        status = syndic_section_text(reader, strings, &value->text, error);
    value->kind = (enum syndic_rank_kind)kind;
    memcpy(&value->number, &bits, sizeof(bits));
    if (!status && value->number != value->number)
        status = syndic_section_refuse(reader, error, "a value that is no number");
    return status;
}

static enum syndic_status read_values(const struct syndic_container *container,
                                      struct syndic_arena *strings, struct syndic_rank_value *value,
                                      struct syndic_error *error)
{
    struct syndic_section_reader *reader = NULL;
    enum syndic_status status = syndic_section_open(container, "values", &reader, error);

    for (size_t row = 0; row < container->rows && !status; row++)
        status = read_value(reader, strings, &value[row], error);
    if (!status)
        status = syndic_section_finish(reader, error);
    syndic_section_close(reader);
    return status;
}

static enum syndic_status read_documents(const struct syndic_container *container,
                                         const struct syndic_file_sources *sources,
                                         struct syndic_documents *documents,
                                         struct syndic_error *error)
{
    const size_t at = documents->count;
    enum syndic_status status =
        read_places(container, sources, documents->place + at, documents->line + at, error);

    if (!status)
        status = check_places(container, sources, documents->place + at, error);
    if (!status)
        status = read_ids(container, &documents->strings, documents->id + at, error);
    if (!status && documents->value)
        status = read_values(container, &documents->strings, documents->value + at, error);
    return status;
}

/* ---- sketches ---- */

static enum syndic_status read_slots(const struct syndic_container *container,
                                     const struct syndic_plan *plan, uint8_t *slot,
                                     struct syndic_error *error)
{
    struct syndic_section_reader *reader = NULL;
    enum syndic_status status =
        syndic_section_open_column(container, "slots", plan->slots, &reader, error);

    for (size_t row = 0; row < container->rows && !status; row++, slot += plan->stride) {
        status = syndic_section_read(reader, slot, plan->slots, error);
        memset(slot + plan->slots, 0, plan->stride - plan->slots);
    }
    if (!status)
        status = syndic_section_finish(reader, error);
    syndic_section_close(reader);
    return status;
}

static enum syndic_status read_keys(const struct syndic_container *container,
                                    const struct syndic_plan *plan, uint32_t *key,
                                    struct syndic_error *error)
{
    struct syndic_section_reader *reader = NULL;
    enum syndic_status status =
        syndic_section_open_column(container, "keys", 4 * (size_t)plan->bands, &reader, error);

    if (!status)
        status = read_u32s(reader, key, (size_t)container->rows * plan->bands, error);
    if (!status)
        status = syndic_section_finish(reader, error);
    syndic_section_close(reader);
    return status;
}

static enum syndic_status read_sketches(const struct syndic_container *container,
                                        const struct syndic_plan *plan,
                                        struct syndic_sketches *sketches, size_t at,
                                        struct syndic_error *error)
{
    const struct column columns[] = {
        {"exact", 16, read_exact, sketches->exact + at},
        {"tokens", 4, read_narrow, sketches->token_count + at},
        {"text", 8, read_wide, sketches->text_bytes + at},
    };
    enum syndic_status status = SYNDIC_OK;

    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns) && !status; i++)
        status = read_column(container, &columns[i], error);
    if (!status && plan->by == SYNDIC_BY_SIMHASH)
        status = read_column(
            container, &(struct column){"simhash", 8, read_wide, sketches->simhash + at}, error);
    if (!status && plan->by == SYNDIC_BY_NEAR)
        status = read_keys(container, plan, sketches->key + at * plan->bands, error);
    if (!status && plan->by == SYNDIC_BY_NEAR)
        status = read_slots(container, plan, sketches->slot + at * plan->stride, error);
    return status;
}

enum syndic_status syndic_columns_read(const struct syndic_container *container,
                                       const struct syndic_file_sources *sources,
                                       struct syndic_run *run, struct syndic_error *error)
{
    const size_t at = run->documents.count;
    enum syndic_status status = read_documents(container, sources, &run->documents, error);

    if (!status)
        status = read_sketches(container, run->plan, &run->sketches, at, error);
    if (!status) {
        run->documents.count += (size_t)container->rows;
        run->sketches.count = run->documents.count;
    }
    return status;
}
