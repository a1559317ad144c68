/* SPDX-License-Identifier: Apache-2.0 */
/* sketch_write.c - a read and sketched run in; the sections of a sketch file out.
 *
 * Ids, places and sizes of generated articles shrink from 44 to 7 bytes a document; the hashes, 208
 * bytes of 128 slots and 16 bands, would not shrink.  Sets of shingles, which exact comparison
 * needs, would be 8 bytes a word: more than the text, and so texts are read again instead. */
#include "base/bytes.h"
#include "base/error.h"
#include "shard/shards.h"

#include <string.h>

const char *const syndic_format_words[] = {[SYNDIC_FORMAT_JSONL] = "jsonl",
                                           [SYNDIC_FORMAT_TXT] = "txt",
                                           [SYNDIC_FORMAT_WARC] = "warc",
                                           NULL};
const char *const syndic_compression_words[] = {
    [SYNDIC_PLAIN] = "none", [SYNDIC_GZIP] = "gzip", [SYNDIC_ZSTD] = "zstd", NULL};

bool syndic_is_sketch_name(const char *path)
{
    const size_t n = strlen(path), ending = strlen(SYNDIC_SKETCH_ENDING);

    return n > ending && !strcmp(path + n - ending, SYNDIC_SKETCH_ENDING);
}

static void put_counts(struct syndic_container_writer *writer, const struct syndic_run *run)
{
    syndic_section_begin(writer, "counts", SYNDIC_SECTION_STREAM, 0);
    syndic_section_put_u64(writer, run->input_bytes);
    syndic_section_put_u64(writer, run->text_bytes);
    syndic_section_put_u64(writer, run->replaced_count);
}

static void put_sources(struct syndic_container_writer *writer, const struct syndic_run *run)
{
    const struct syndic_documents *const documents = &run->documents;
    size_t row = 0;

    syndic_section_begin(writer, "sources", SYNDIC_SECTION_STREAM, 0);
    for (size_t s = 0; s < syndic_reader_source_count(run->reader); s++) {
        const struct syndic_source *const source = syndic_reader_source(run->reader, s);
        const size_t first = row;
        while (row < documents->count && documents->place[row].source == s)
            row++;
        syndic_section_put_text(writer, source->path);
        syndic_section_put_text(writer, source->name);
        syndic_section_put_text(writer, syndic_format_words[source->format]);
        syndic_section_put_text(writer, syndic_compression_words[source->compression]);
        syndic_section_put_u32(writer, !strcmp(source->path, "-"));
        syndic_section_put_u64(writer, source->file_bytes);
        syndic_section_put_u64(writer, row - first);
    }
}

static void put_problem(struct syndic_container_writer *writer,
                        const struct syndic_problem *problem)
{
    syndic_section_put_u32(writer, problem->source);
    syndic_section_put_u64(writer, problem->line);
    syndic_section_put_u64(writer, problem->byte);
    syndic_section_put_u64(writer, problem->offset);
    syndic_section_put_u64(writer, problem->bytes);
    syndic_section_put_text(writer, problem->message);
}

static void put_problems(struct syndic_container_writer *writer, const struct syndic_run *run)
{
    size_t opening;
    const struct syndic_problem *const problems = syndic_reader_problems(run->reader, &opening);

    syndic_section_begin(writer, "problems", SYNDIC_SECTION_STREAM, 0);
    for (size_t i = 0; i < opening; i++)
        put_problem(writer, &problems[i]);
    for (size_t i = 0; i < run->problem_count; i++)
        put_problem(writer, &run->problems[i]);
}

static void put_ids(struct syndic_container_writer *writer,
                    const struct syndic_documents *documents)
{
    syndic_section_begin(writer, "ids", SYNDIC_SECTION_STREAM, 0);
    for (size_t row = 0; row < documents->count; row++) {
        const char *const id = documents->id[row];
        const size_t n = id ? strlen(id) : 0;
        syndic_section_put_u32(writer, id ? (uint32_t)n + 1 : 0);
        syndic_section_put(writer, id, n);
    }
}

static void put_values(struct syndic_container_writer *writer,
                       const struct syndic_documents *documents)
{
    syndic_section_begin(writer, "values", SYNDIC_SECTION_STREAM, 0);
    for (size_t row = 0; row < documents->count; row++) {
        const struct syndic_rank_value *const value = &documents->value[row];
        uint64_t bits;
        memcpy(&bits, &value->number, sizeof(bits));
        syndic_section_put_u32(writer, (uint32_t)value->kind);
        if (value->kind == SYNDIC_RANK_NUMBER)
            syndic_section_put_u64(writer, bits);
        else if (value->kind == SYNDIC_RANK_STRING)
            syndic_section_put_text(writer, value->text);
    }
}

/* Records mostly lie one behind the other, a line each: then gap is 0 and step is 1. */
static void put_places(struct syndic_container_writer *writer,
                       const struct syndic_documents *documents)
{
    const struct syndic_place *const place = documents->place;

    syndic_section_begin(writer, "gap", SYNDIC_SECTION_COLUMN, 0);
    for (size_t row = 0; row < documents->count; row++) {
        const bool first = !row || place[row].source != place[row - 1].source;
        const uint64_t end = first ? 0 : place[row - 1].offset + place[row - 1].bytes;
        syndic_section_put_u64(writer, place[row].offset - end);
    }
    syndic_section_begin(writer, "step", SYNDIC_SECTION_COLUMN, 0);
    for (size_t row = 0; row < documents->count; row++) {
        const bool first = !row || place[row].source != place[row - 1].source;
        syndic_section_put_u64(writer,
                               documents->line[row] - (first ? 0 : documents->line[row - 1]));
    }
    syndic_section_begin(writer, "size", SYNDIC_SECTION_COLUMN, 0);
    for (size_t row = 0; row < documents->count; row++)
        syndic_section_put_u32(writer, place[row].bytes);
}

static void put_texts(struct syndic_container_writer *writer,
                      const struct syndic_sketches *sketches)
{
    syndic_section_begin(writer, "exact", SYNDIC_SECTION_PLAIN, 0);
    for (size_t row = 0; row < sketches->count; row++) {
        syndic_section_put_u64(writer, sketches->exact[row].low);
        syndic_section_put_u64(writer, sketches->exact[row].high);
    }
    syndic_section_begin(writer, "tokens", SYNDIC_SECTION_COLUMN, 0);
    for (size_t row = 0; row < sketches->count; row++)
        syndic_section_put_u32(writer, sketches->token_count[row]);
    syndic_section_begin(writer, "text", SYNDIC_SECTION_COLUMN, 0);
    for (size_t row = 0; row < sketches->count; row++)
        syndic_section_put_u64(writer, sketches->text_bytes[row]);
}

static void put_minhash(struct syndic_container_writer *writer, const struct syndic_plan *plan,
                        const struct syndic_sketches *sketches)
{
    syndic_section_begin(writer, "keys", SYNDIC_SECTION_PLAIN, 0);
    for (size_t i = 0; i < sketches->count * sketches->bands; i++)
        syndic_section_put_u32(writer, sketches->key[i]);
    syndic_section_begin(writer, "slots", SYNDIC_SECTION_PLAIN, 0);
    for (size_t row = 0; row < sketches->count; row++)
        syndic_section_put(writer, sketches->slot + row * sketches->slot_stride, plan->slots);
}

static void put_simhash(struct syndic_container_writer *writer,
                        const struct syndic_sketches *sketches)
{
    syndic_section_begin(writer, "simhash", SYNDIC_SECTION_PLAIN, 0);
    for (size_t row = 0; row < sketches->count; row++)
        syndic_section_put_u64(writer, sketches->simhash[row]);
}

enum syndic_status syndic_sketch_write(const struct syndic_run *run,
                                       const struct syndic_run_options *options,
                                       struct syndic_output *output, struct syndic_error *error)
{
    struct syndic_container_writer *writer = NULL;
    struct syndic_parameters parameters;
    struct syndic_arena strings;

    syndic_arena_init(&strings, run->memory);
    enum syndic_status status = syndic_parameters_from(options, &strings, &parameters, error);
    if (!status && syndic_container_begin(run->memory, output, &writer))
        status = syndic_fail_memory(error);
    if (!status) {
        syndic_parameters_put(&parameters, writer);
        put_counts(writer, run);
        put_sources(writer, run);
        put_problems(writer, run);
        put_ids(writer, &run->documents);
        if (run->documents.value)
            put_values(writer, &run->documents);
        put_places(writer, &run->documents);
        put_texts(writer, &run->sketches);
        if (run->plan->by == SYNDIC_BY_NEAR)
            put_minhash(writer, run->plan, &run->sketches);
        else if (run->plan->by == SYNDIC_BY_SIMHASH)
            put_simhash(writer, &run->sketches);
        syndic_container_end(writer, run->documents.count);
    }
    syndic_container_writer_destroy(writer);
    syndic_arena_clear(&strings);
    return status;
}
