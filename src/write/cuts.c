/* SPDX-License-Identifier: Apache-2.0 */
/* cuts.c - passages in; which paragraphs are cut out of which documents, and cut.jsonl, out.  The
 * texts of documents with repeats are read again, some hundreds at a time side by side, and their
 * lines written in order. */
#include "base/error.h"
#include "passages/cut.h"
#include "write/groups.h"
#include "write/json_text.h"
#include "write/repeats.h"

#include <omp.h>
#include <string.h>

#define ROWS_AT_ONCE 512

/* A document whose cuts are being found. */
struct sheet {
    uint32_t row;
    uint8_t *bytes; /* its text, when there is something to cut */
    struct syndic_cut *cut;
    size_t cut_count, cut_capacity;
    enum syndic_status status;
    struct syndic_error error;
};

/* What one thread works with. */
struct reading {
    struct syndic_chunk *chunk;
    struct syndic_text *text;
    struct syndic_repeated *repeated;
    size_t repeated_capacity;
};

/* The place before this one that counts, and so makes it a repeat: the first of the passage, or of
 * the document.  SIZE_MAX: there is none. */
static size_t earlier(const struct syndic_repeat_writer *writer, size_t place)
{
    const struct syndic_passages *const passages = writer->passages;
    const struct syndic_passage *const passage =
        &passages->passage[writer->index.passage_of[place]];
    const uint32_t document = passages->place[place].document;
    size_t first = passage->first;

    if (writer->wanted->scope == SYNDIC_PASSAGE_WITHIN)
        for (first = place;
             first > passage->first && passages->place[first - 1].document == document;)
            first--;
    if (first == place || (writer->wanted->scope == SYNDIC_PASSAGE_ACROSS &&
                           passages->place[first].document == document))
        return SIZE_MAX;
    return first;
}

/* What of a document repeats; returns how many spans. */
static enum syndic_status list_repeated(const struct syndic_repeat_writer *writer, uint32_t row,
                                        struct reading *reading, size_t *count)
{
    const struct syndic_places_index *const index = &writer->index;

    *count = 0;
    for (size_t i = index->start[row]; i < index->start[row + 1]; i++) {
        const size_t place = index->place[i], kept = earlier(writer, place);
        const uint32_t word = writer->passages->place[place].word;
        if (kept == SIZE_MAX)
            continue;
        if (!syndic_reserve(writer->run->memory, (void **)&reading->repeated,
                            &reading->repeated_capacity, *count + 1, sizeof(*reading->repeated)))
            return SYNDIC_NO_MEMORY;
        reading->repeated[(*count)++] = (struct syndic_repeated){
            word, word + writer->passages->passage[index->passage_of[place]].words, kept};
    }
    return SYNDIC_OK;
}

static bool may_have_cuts(const struct syndic_repeat_writer *writer, uint32_t row)
{
    for (size_t i = writer->index.start[row]; i < writer->index.start[row + 1]; i++)
        if (earlier(writer, writer->index.place[i]) != SIZE_MAX)
            return true;
    return false;
}

static enum syndic_status fill_sheet(const struct syndic_repeat_writer *writer,
                                     struct reading *reading, struct sheet *sheet)
{
    struct syndic_memory *const memory = writer->run->memory;
    const uint8_t *bytes;
    size_t n, repeated;
    enum syndic_status status = syndic_reader_fetch(writer->run->reader, sheet->row, reading->chunk,
                                                    &bytes, &n, &sheet->error);

    if (status)
        return status;
    status = syndic_text_read(reading->text, bytes, n);
    if (!status)
        status = list_repeated(writer, sheet->row, reading, &repeated);
    if (!status)
        status = syndic_cut_text(memory, reading->text, bytes, n, reading->repeated, repeated,
                                 &sheet->cut, &sheet->cut_capacity, &sheet->cut_count);
    for (size_t i = 0; !status && i < sheet->cut_count; i++) /* from words of the span to its own */
        sheet->cut[i].repeated =
            sheet->cut[i].word - reading->repeated[sheet->cut[i].repeated].word;
    if (!status && sheet->cut_count) {
        sheet->bytes = syndic_allocate(memory, n, 1);
        if (sheet->bytes)
            memcpy(sheet->bytes, bytes, n);
        else
            status = SYNDIC_NO_MEMORY;
    }
    if (status)
        syndic_fail(&sheet->error, status, "%s", syndic_status_text(status));
    return status;
}

/* ---- cut.jsonl ---- */

static void put_number(struct syndic_output *output, const char *key, uint64_t value)
{
    syndic_put_json_key(output, ",", key);
    syndic_put_number(output, value);
}

static void put_cut(const struct syndic_repeat_writer *writer, const struct sheet *sheet,
                    const struct syndic_cut *cut, struct syndic_output *output)
{
    const struct syndic_run *const run = writer->run;
    const struct syndic_passage_place *const kept = &writer->passages->place[cut->kept];
    const uint32_t word = kept->word + cut->repeated;
    char room[SYNDIC_ID_ROOM_BYTES];

    syndic_put_json_key(output, "{", "id");
    syndic_put_json_text(output, syndic_document_id(run, sheet->row, room, sizeof(room)));
    syndic_put_json_key(output, ",", "source");
    syndic_put_json_text(output, syndic_document_source(run, sheet->row));
    put_number(output, "record", run->documents.line[sheet->row]);
    put_number(output, "byte_start", cut->byte);
    put_number(output, "byte_end", cut->byte_end);
    put_number(output, "word_start", cut->word);
    put_number(output, "word_end", cut->word_end);
    syndic_put_json_key(output, ",", "text");
    syndic_put_json_string(output, (const char *)sheet->bytes + cut->byte,
                           cut->byte_end - cut->byte);
    syndic_put_json_key(output, ",\"kept\":{", "id");
    syndic_put_json_text(output, syndic_document_id(run, kept->document, room, sizeof(room)));
    put_number(output, "word_start", word);
    put_number(output, "word_end", (uint64_t)word + cut->word_end - cut->word);
    syndic_put_text(output, "}}\n");
}

/* Remember what is cut, and write its lines. */
static enum syndic_status take_sheet(struct syndic_repeat_writer *writer, const struct sheet *sheet,
                                     struct syndic_output *output)
{
    if (!syndic_reserve(writer->run->memory, (void **)&writer->range, &writer->range_capacity,
                        writer->range_count + sheet->cut_count, sizeof(*writer->range)))
        return SYNDIC_NO_MEMORY;
    writer->cut_documents += sheet->cut_count > 0;
    writer->range_start[sheet->row + 1] = sheet->cut_count;
    for (size_t i = 0; i < sheet->cut_count; i++) {
        const struct syndic_cut *const cut = &sheet->cut[i];
        writer->range[writer->range_count++] = (struct syndic_byte_range){cut->byte, cut->byte_end};
        writer->cut_bytes += cut->byte_end - cut->byte;
        writer->cut_words += cut->word_end - cut->word;
        put_cut(writer, sheet, cut, output);
    }
    return SYNDIC_OK;
}

/* ---- all documents ---- */

static enum syndic_status do_sheets(struct syndic_repeat_writer *writer, struct reading *reading,
                                    struct sheet *sheet, size_t count, struct syndic_output *output,
                                    struct syndic_error *error)
{
    const _Atomic bool *const cancel = writer->options->cancel;
    enum syndic_status status = SYNDIC_OK;

#pragma omp parallel for num_threads((int)writer->run->threads) schedule(dynamic, 1)
    for (size_t i = 0; i < count; i++)
        sheet[i].status = fill_sheet(writer, &reading[omp_get_thread_num()], &sheet[i]);
    for (size_t i = 0; i < count; i++) {
        if (!status && sheet[i].status) {
            status = sheet[i].status;
            *error = sheet[i].error;
        }
        if (!status && take_sheet(writer, &sheet[i], output))
            status = syndic_fail_memory(error);
        syndic_release(writer->run->memory, sheet[i].bytes);
        syndic_release(writer->run->memory, sheet[i].cut);
    }
    if (!status && cancel && atomic_load(cancel))
        status = syndic_fail(error, SYNDIC_INTERRUPTED, "interrupted");
    return status;
}

static enum syndic_status do_all(struct syndic_repeat_writer *writer, struct reading *reading,
                                 const uint8_t *wanted, struct syndic_output *output,
                                 struct syndic_error *error)
{
    const size_t documents = writer->run->documents.count;
    struct sheet *const sheet = syndic_allocate(writer->run->memory, ROWS_AT_ONCE, sizeof(*sheet));
    enum syndic_status status = SYNDIC_OK;

    if (!sheet)
        return syndic_fail_memory(error);
    for (size_t row = 0; !status && row < documents;) {
        size_t count = 0;
        for (; row < documents && count < ROWS_AT_ONCE; row++)
            if (wanted[row])
                sheet[count++] = (struct sheet){.row = (uint32_t)row};
        status = do_sheets(writer, reading, sheet, count, output, error);
    }
    syndic_release(writer->run->memory, sheet);
    for (size_t row = 0; row < documents; row++)
        writer->range_start[row + 1] += writer->range_start[row];
    return status;
}

static enum syndic_status open_readings(const struct syndic_repeat_writer *writer,
                                        struct reading *reading)
{
    enum syndic_status status = SYNDIC_OK;

    for (uint32_t t = 0; !status && t < writer->run->threads; t++) {
        status = syndic_chunk_create(writer->run->reader, &reading[t].chunk);
        if (!status)
            status = syndic_text_create(writer->run->memory,
                                        (struct syndic_shingling){SYNDIC_SHINGLE_WORD, 1}, true,
                                        &reading[t].text);
    }
    return status;
}

enum syndic_status syndic_cuts_list(void *context, struct syndic_output *output,
                                    struct syndic_error *error)
{
    struct syndic_repeat_writer *const writer = context;
    struct syndic_run *const run = writer->run;
    const size_t documents = run->documents.count;
    struct reading *const reading =
        syndic_allocate_zeroed(run->memory, run->threads, sizeof(*reading));
    uint8_t *const wanted = syndic_allocate(run->memory, documents, 1);
    enum syndic_status status = SYNDIC_NO_MEMORY;

    writer->range_start =
        syndic_allocate_zeroed(run->memory, documents + 1, sizeof(*writer->range_start));
    if (reading && wanted && writer->range_start)
        status = open_readings(writer, reading);
    if (status)
        syndic_fail_memory(error);
    for (size_t row = 0; !status && row < documents; row++)
        wanted[row] = may_have_cuts(writer, (uint32_t)row);
    if (!status)
        status = syndic_reader_prepare_fetch(run->reader, run->documents.place, wanted, documents,
                                             error);
    if (!status)
        status = do_all(writer, reading, wanted, output, error);
    for (uint32_t t = 0; reading && t < run->threads; t++) {
        syndic_text_destroy(reading[t].text);
        syndic_chunk_destroy(reading[t].chunk);
        syndic_release(run->memory, reading[t].repeated);
    }
    syndic_release(run->memory, reading);
    syndic_release(run->memory, wanted);
    return status;
}
