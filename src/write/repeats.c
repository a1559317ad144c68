/* SPDX-License-Identifier: Apache-2.0 */
/* repeats.c - raw records and passages in; the records with a list of their repeats, or without
 * them, out. */
#include "write/repeats.h"

#include "read/json.h"
#include "write/json_text.h"
#include "write/passages.h"

#include <inttypes.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOM       "\xef\xbb\xbf"
#define BOM_BYTES 3

/* What the places of a document are sorted by; qsort() has no context. */
struct ordered {
    uint32_t word, words, place;
};

static int by_word(const void *left, const void *right)
{
    const struct ordered *const a = left, *const b = right;

    if (a->word != b->word)
        return a->word < b->word ? -1 : 1;
    if (a->words != b->words)
        return a->words > b->words ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

static enum syndic_status sort_places(struct syndic_repeat_writer *writer)
{
    const struct syndic_passages *const passages = writer->passages;
    const size_t documents = writer->run->documents.count;
    struct ordered *item = NULL;
    size_t capacity = 0;

    for (size_t d = 0; d < documents; d++) {
        uint32_t *const place = writer->index.place + writer->index.start[d];
        const size_t n = writer->index.start[d + 1] - writer->index.start[d];
        if (!syndic_reserve(passages->memory, (void **)&item, &capacity, n, sizeof(*item))) {
            syndic_release(passages->memory, item);
            return SYNDIC_NO_MEMORY;
        }
        for (size_t i = 0; i < n; i++)
            item[i] = (struct ordered){passages->place[place[i]].word,
                                       passages->place[place[i]].words, place[i]};
        if (n)
            qsort(item, n, sizeof(*item), by_word);
        for (size_t i = 0; i < n; i++)
            place[i] = item[i].place;
    }
    syndic_release(passages->memory, item);
    return SYNDIC_OK;
}

enum syndic_status syndic_repeat_writer_init(struct syndic_repeat_writer *writer,
                                             struct syndic_run *run,
                                             const struct syndic_run_options *options,
                                             const struct syndic_passages *passages,
                                             const struct syndic_passage_options *wanted)
{
    *writer = (struct syndic_repeat_writer){
        .run = run, .options = options, .passages = passages, .wanted = wanted};
    writer->json = syndic_allocate_zeroed(run->memory, run->threads, sizeof(struct syndic_json *));
    if (!writer->json || syndic_places_index(passages, run->documents.count, &writer->index))
        return SYNDIC_NO_MEMORY;
    return sort_places(writer);
}

void syndic_repeat_writer_clear(struct syndic_repeat_writer *writer)
{
    if (!writer->run)
        return;
    for (uint32_t t = 0; writer->json && t < writer->run->threads; t++)
        syndic_json_destroy(writer->json[t]);
    syndic_release(writer->run->memory, writer->json);
    syndic_release(writer->run->memory, writer->range);
    syndic_release(writer->run->memory, writer->range_start);
    syndic_places_index_clear(&writer->index);
}

/* ---- annotated ---- */

static bool put_span(struct syndic_room *room, const struct syndic_passage *passage,
                     const struct syndic_passage_place *place, bool first)
{
    char line[256];
    const int n = snprintf(
        line, sizeof(line),
        "%s{\"hash\":\"%016" PRIx64 "%016" PRIx64 "\",\"words\":%" PRIu32 ",\"byte_start\":%" PRIu32
        ",\"byte_end\":%" PRIu32 ",\"word_start\":%" PRIu32 ",\"word_end\":%" PRIu32 "}",
        first ? "[" : ",", passage->hash.high, passage->hash.low, place->words, place->byte_start,
        place->byte_end, place->word, place->word + place->words);

    return syndic_room_put(room, line, (size_t)n);
}

static enum syndic_status annotate(void *context, uint32_t row, const uint8_t *raw, size_t n,
                                   struct syndic_room *room)
{
    const struct syndic_repeat_writer *const writer = context;
    const struct syndic_places_index *const index = &writer->index;
    struct syndic_room value = {.memory = room->memory};
    bool good = true;

    for (size_t i = index->start[row]; good && i < index->start[row + 1]; i++)
        good = put_span(&value, &writer->passages->passage[index->passage_of[index->place[i]]],
                        &writer->passages->place[index->place[i]], i == index->start[row]);
    good = good && syndic_room_put(&value, value.n ? "]" : "[]", value.n ? 1 : 2) &&
           syndic_put_member(room, raw, n, "repeats", value.bytes, value.n);
    syndic_release(room->memory, value.bytes);
    return good ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

static enum syndic_status list_passages(void *context, struct syndic_output *output,
                                        struct syndic_error *error)
{
    const struct syndic_repeat_writer *const writer = context;

    (void)error;
    syndic_write_passages(writer->run, writer->passages, output);
    return SYNDIC_OK;
}

/* ---- cut ---- */

static enum syndic_status cut_text(const struct syndic_byte_range *range, size_t count,
                                   const uint8_t *raw, size_t n, struct syndic_room *room)
{
    const size_t mark = n >= BOM_BYTES && !memcmp(raw, BOM, BOM_BYTES) ? BOM_BYTES : 0;
    size_t from = 0;

    for (size_t i = 0; i < count; i++) {
        if (range[i].to > n - mark)
            return SYNDIC_FORMAT;
        if (!syndic_room_put(room, raw + from, mark + range[i].from - from))
            return SYNDIC_NO_MEMORY;
        from = mark + range[i].to;
    }
    return syndic_room_put(room, raw + from, n - from) ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

static enum syndic_status cut_json(const struct syndic_repeat_writer *writer,
                                   const struct syndic_byte_range *range, size_t count,
                                   const uint8_t *raw, size_t n, struct syndic_room *room)
{
    struct syndic_json **const json = &writer->json[omp_get_thread_num()];
    struct syndic_json_value value = {.type = SYNDIC_JSON_MISSING};
    const char *reason;
    size_t byte, line = n;

    if (!*json && syndic_json_create(room->memory, &writer->options->read.text_field, 1, json))
        return SYNDIC_NO_MEMORY;
    line -= line && raw[line - 1] == '\n';
    line -= line && raw[line - 1] == '\r';
    const enum syndic_status status = syndic_json_extract(*json, raw, line, &value, &reason, &byte);
    if (status)
        return status;
    if (value.type != SYNDIC_JSON_STRING || range[count - 1].to > value.length)
        return SYNDIC_FORMAT;
    const size_t end = value.raw_at + value.raw_length;
    return syndic_room_put(room, raw, value.raw_at) &&
                   syndic_put_string_without(room, raw + value.raw_at, value.raw_length, range,
                                             count) &&
                   syndic_room_put(room, raw + end, n - end)
               ? SYNDIC_OK
               : SYNDIC_NO_MEMORY;
}

static enum syndic_status cut(void *context, uint32_t row, const uint8_t *raw, size_t n,
                              struct syndic_room *room)
{
    const struct syndic_repeat_writer *const writer = context;
    const size_t count = writer->range_start[row + 1] - writer->range_start[row];
    const struct syndic_byte_range *const range = writer->range + writer->range_start[row];
    const struct syndic_source *const source =
        syndic_reader_source(writer->run->reader, writer->run->documents.place[row].source);

    if (!count)
        return syndic_room_put(room, raw, n) ? SYNDIC_OK : SYNDIC_NO_MEMORY;
    return source->format == SYNDIC_FORMAT_TXT ? cut_text(range, count, raw, n, room)
                                               : cut_json(writer, range, count, raw, n, room);
}

/* ---- summary.json ---- */

static void put_number(struct syndic_output *output, const char *key, uint64_t value)
{
    syndic_put_json_key(output, ",", key);
    syndic_put_number(output, value);
}

static void put_options(const struct syndic_repeat_writer *writer, const char *write,
                        struct syndic_output *output)
{
    static const char *const scopes[] = {[SYNDIC_PASSAGE_ANYWHERE] = "anywhere",
                                         [SYNDIC_PASSAGE_WITHIN] = "within",
                                         [SYNDIC_PASSAGE_ACROSS] = "across"};

    syndic_put_json_key(output, ",\"options\":{", "write");
    syndic_put_json_text(output, write);
    syndic_put_json_key(output, ",", "scope");
    syndic_put_json_text(output, scopes[writer->wanted->scope]);
    put_number(output, "min_words", writer->wanted->min_words);
    syndic_put_json_key(output, ",", "text_field");
    syndic_put_json_text(output, writer->options->read.text_field);
    syndic_put_json_key(output, ",", "id_field");
    syndic_put_json_text(output, writer->options->read.id_field);
    syndic_put_text(output, "}");
}

static void put_counts(const struct syndic_repeat_writer *writer, struct syndic_output *output)
{
    size_t opening;

    syndic_reader_problems(writer->run->reader, &opening);
    syndic_put_json_key(output, ",\"counts\":{", "documents");
    syndic_put_number(output, writer->run->documents.count);
    put_number(output, "passages", writer->passages->passage_count);
    put_number(output, "places", writer->passages->place_count);
    if (writer->range_start) {
        put_number(output, "cut", writer->range_count);
        put_number(output, "cut_documents", writer->cut_documents);
        put_number(output, "cut_words", writer->cut_words);
        put_number(output, "cut_bytes", writer->cut_bytes);
    }
    put_number(output, "skipped", writer->run->problem_count + opening);
    put_number(output, "replaced_utf8", writer->run->replaced_count);
    syndic_put_text(output, "}");
}

static void summarise_annotated(void *context, struct syndic_output *output)
{
    put_options(context, "annotate", output);
    put_counts(context, output);
}

static void summarise_cut(void *context, struct syndic_output *output)
{
    put_options(context, "remove-repeats", output);
    put_counts(context, output);
}

struct syndic_rewrite syndic_rewrite_annotated(struct syndic_repeat_writer *writer)
{
    return (struct syndic_rewrite){"passages", SYNDIC_PASSAGES_NAME, writer,
                                   annotate,   list_passages,        summarise_annotated};
}

struct syndic_rewrite syndic_rewrite_cut(struct syndic_repeat_writer *writer)
{
    return (struct syndic_rewrite){"passages", SYNDIC_CUT_NAME,  writer,
                                   cut,        syndic_cuts_list, summarise_cut};
}
