/* SPDX-License-Identifier: Apache-2.0 */
/* fill.c - passages with words in, the same with bytes, hashes and snippets out.  Documents are
 * read again one by one, each by one thread, and all places in it are filled in. */
#include "passages/fill.h"

#include "base/error.h"
#include "passages/places.h"
#include "text/text.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* About a line of a terminal. */
#define SNIPPET_BYTES 80

#define PLACES_AHEAD 8 /* fetched from memory before they are filled in */

struct fill {
    struct syndic_run *run;
    const struct syndic_run_options *options;
    struct syndic_passages *passages;
    struct syndic_places_index index;
    _Atomic int status; /* the first failure; error belongs to it */
    struct syndic_error *error;
};

/* What one thread works with. */
struct reading {
    struct syndic_chunk *chunk;
    struct syndic_text *text;
    struct syndic_arena snippets;
    struct syndic_error error;
};

/* ---- one document ---- */

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* The first words of the document from `word` on, each white space one blank. */
static const char *snippet(struct reading *reading, const uint8_t *bytes, size_t word, size_t words)
{
    const struct syndic_text *const text = reading->text;
    const size_t from = text->source_start[word];
    size_t end = text->source_end[word], n = 0;
    char room[SNIPPET_BYTES];

    for (size_t i = 1; i < words && text->source_end[word + i] - from <= SNIPPET_BYTES; i++)
        end = text->source_end[word + i];
    if (end - from > SNIPPET_BYTES) /* a word so long that it is cut, between code points */
        for (end = from + SNIPPET_BYTES; end > from && (bytes[end] & 0xc0) == 0x80;)
            end--;
    for (size_t i = from; i < end; i++)
        if (!is_space(bytes[i]))
            room[n++] = (char)bytes[i];
        else if (n && room[n - 1] != ' ')
            room[n++] = ' ';
    return syndic_arena_copy(&reading->snippets, room, n);
}

static bool fill_place(const struct fill *fill, struct reading *reading, const uint8_t *bytes,
                       uint32_t number)
{
    struct syndic_passages *const passages = fill->passages;
    struct syndic_passage_place *const place = &passages->place[number];
    struct syndic_passage *const passage = &passages->passage[fill->index.passage_of[number]];
    const struct syndic_text *const text = reading->text;
    const size_t last = (size_t)place->word + place->words - 1;
    const size_t from = place->word ? (size_t)text->token_end[place->word - 1] + 1 : 0;
    const struct syndic_hash128 hash =
        syndic_hash128(text->normal + from, text->token_end[last] - from);

    place->byte_start = text->source_start[place->word];
    place->byte_end = text->source_end[last];
    place->hash = hash.low;
    if (number != passage->first)
        return true;
    passage->hash = hash;
    passage->snippet = snippet(reading, bytes, place->word, passage->words);
    return passage->snippet;
}

/* Places of a document lie far apart. */
static void prefetch_place(const struct fill *fill, uint32_t number)
{
    __builtin_prefetch(&fill->passages->place[number], 1);
    __builtin_prefetch(&fill->index.passage_of[number]);
}

static enum syndic_status fill_document(struct fill *fill, struct reading *reading, uint32_t row)
{
    struct syndic_run *const run = fill->run;
    const uint8_t *bytes;
    size_t n;
    enum syndic_status status =
        syndic_reader_fetch(run->reader, row, reading->chunk, &bytes, &n, &reading->error);

    if (status)
        return status;
    status = syndic_text_read(reading->text, bytes, n);
    if (status)
        return syndic_fail(&reading->error, status, "%s", syndic_status_text(status));
    for (size_t i = fill->index.start[row]; i < fill->index.start[row + 1]; i++) {
        if (i + PLACES_AHEAD < fill->index.start[row + 1])
            prefetch_place(fill, fill->index.place[i + PLACES_AHEAD]);
        const struct syndic_passage_place *const place =
            &fill->passages->place[fill->index.place[i]];
        if (reading->text->token_count < (size_t)place->word + place->words)
            return syndic_fail_at(
                &reading->error, SYNDIC_IO,
                syndic_reader_source(run->reader, run->documents.place[row].source)->path, 0,
                SYNDIC_NO_BYTE, "the file was changed while it was being read");
        if (!fill_place(fill, reading, bytes, fill->index.place[i]))
            return syndic_fail_memory(&reading->error);
    }
    return SYNDIC_OK;
}

/* ---- all of them ---- */

static void note(struct fill *fill, enum syndic_status status, const struct syndic_error *error)
{
    int none = SYNDIC_OK;

    if (status && atomic_compare_exchange_strong(&fill->status, &none, (int)status) && fill->error)
        *fill->error = *error;
}

static bool stopped(const struct fill *fill)
{
    const _Atomic bool *const cancel = fill->options->cancel;

    return atomic_load(&fill->status) || (cancel && atomic_load(cancel));
}

static enum syndic_status open_reading(const struct fill *fill, struct reading *reading)
{
    struct syndic_memory *const memory = fill->passages->memory;
    enum syndic_status status = syndic_chunk_create(fill->run->reader, &reading->chunk);

    syndic_arena_init(&reading->snippets, memory);
    if (!status)
        status = syndic_text_create(memory, (struct syndic_shingling){SYNDIC_SHINGLE_WORD, 1}, true,
                                    &reading->text);
    if (status)
        syndic_fail_memory(&reading->error);
    return status;
}

static void read_again(struct fill *fill)
{
    struct syndic_progress *const progress = fill->options->progress;
    const size_t documents = fill->run->documents.count;

#pragma omp parallel num_threads((int)fill->run->threads)
    {
        struct reading reading = {0};
        note(fill, open_reading(fill, &reading), &reading.error);
#pragma omp for schedule(dynamic, 16)
        for (size_t row = 0; row < documents; row++) {
            if (progress)
                atomic_fetch_add(&progress->done, 1);
            if (fill->index.start[row] < fill->index.start[row + 1] && !stopped(fill))
                note(fill, fill_document(fill, &reading, (uint32_t)row), &reading.error);
        }
#pragma omp critical(syndic_fill)
        syndic_arena_absorb(&fill->passages->snippets, &reading.snippets);
        syndic_text_destroy(reading.text);
        syndic_chunk_destroy(reading.chunk);
    }
}

static enum syndic_status prepare(struct fill *fill, struct syndic_error *error)
{
    struct syndic_memory *const memory = fill->passages->memory;
    const size_t documents = fill->run->documents.count;
    uint8_t *const wanted = syndic_allocate(memory, documents, 1);
    enum syndic_status status = syndic_places_index(fill->passages, documents, &fill->index);

    if (status || !wanted) {
        syndic_release(memory, wanted);
        return syndic_fail_memory(error);
    }
    for (size_t d = 0; d < documents; d++)
        wanted[d] = fill->index.start[d] < fill->index.start[d + 1];
    status = syndic_reader_prepare_fetch(fill->run->reader, fill->run->documents.place, wanted,
                                         documents, error);
    syndic_release(memory, wanted);
    if (fill->options->progress)
        atomic_store(&fill->options->progress->total, documents);
    return status;
}

/* ---- afterwards ---- */

/* Take out what is not what its passage says. */
static void drop_false(struct syndic_passages *passages)
{
    size_t passage_count = 0, place_count = 0;

    for (size_t i = 0; i < passages->passage_count; i++) {
        struct syndic_passage passage = passages->passage[i];
        const uint64_t from = passage.first;
        const uint32_t count = passage.count;
        passage.first = place_count;
        passage.count = 0;
        for (uint32_t p = 0; p < count; p++)
            if (passages->place[from + p].hash == passage.hash.low) {
                passages->place[place_count + passage.count++] = passages->place[from + p];
            }
        if (passage.count < 2)
            continue;
        place_count += passage.count;
        passages->passage[passage_count++] = passage;
    }
    passages->passage_count = passage_count;
    passages->place_count = place_count;
}

/* To bring passages of one text together: by hash, and then as they are. */
struct twin {
    struct syndic_hash128 hash;
    size_t number;
};

static int by_hash(const void *left, const void *right)
{
    const struct twin *const a = left, *const b = right;

    if (a->hash.high != b->hash.high)
        return a->hash.high < b->hash.high ? -1 : 1;
    if (a->hash.low != b->hash.low)
        return a->hash.low < b->hash.low ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

static int by_number(const void *left, const void *right)
{
    const struct twin *const a = left, *const b = right;

    return (a->number > b->number) - (a->number < b->number);
}

/* next[i]: the next passage of the same text, or SIZE_MAX; returns how many texts there are,
 * first[] being the first passage of each, ascending. */
static size_t link_twins(const struct syndic_passages *passages, struct twin *twin, size_t *next)
{
    const size_t n = passages->passage_count;
    size_t texts = 0;

    for (size_t i = 0; i < n; i++)
        twin[i] = (struct twin){passages->passage[i].hash, i};
    qsort(twin, n, sizeof(*twin), by_hash);
    for (size_t i = 0; i < n; i++) {
        const bool more = i + 1 < n && syndic_hash128_equal(twin[i].hash, twin[i + 1].hash);
        next[twin[i].number] = more ? twin[i + 1].number : SIZE_MAX;
    }
    for (size_t i = 0; i < n; i++)
        if (!i || !syndic_hash128_equal(twin[i].hash, twin[texts - 1].hash))
            twin[texts++] = twin[i];
    qsort(twin, texts, sizeof(*twin), by_number);
    return texts;
}

/* Passages of one text, found in several documents each by itself, become one. */
static enum syndic_status merge_twins(struct syndic_passages *passages)
{
    struct syndic_memory *const memory = passages->memory;
    const size_t n = passages->passage_count;
    struct twin *const twin = syndic_allocate(memory, n, sizeof(*twin));
    size_t *const next = syndic_allocate(memory, n, sizeof(*next));
    struct syndic_passage *const passage = syndic_allocate(memory, n, sizeof(*passage));
    struct syndic_passage_place *const place =
        syndic_allocate(memory, passages->place_count, sizeof(*place));
    const bool good = twin && next && passage && place;

    if (good) {
        const size_t texts = link_twins(passages, twin, next);
        size_t places = 0;
        for (size_t t = 0; t < texts; t++) {
            passage[t] = passages->passage[twin[t].number];
            passage[t].first = places;
            passage[t].left_out = 0;
            for (size_t i = twin[t].number; i != SIZE_MAX; i = next[i]) {
                const struct syndic_passage *const from = &passages->passage[i];
                memcpy(place + places, passages->place + from->first, from->count * sizeof(*place));
                places += from->count;
                passage[t].left_out += from->left_out;
            }
            passage[t].count = (uint32_t)(places - passage[t].first);
        }
        syndic_release(memory, passages->passage);
        syndic_release(memory, passages->place);
        passages->passage = passage;
        passages->place = place;
        passages->passage_count = texts;
    } else {
        syndic_release(memory, passage);
        syndic_release(memory, place);
    }
    syndic_release(memory, twin);
    syndic_release(memory, next);
    return good ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

enum syndic_status syndic_passages_fill(struct syndic_run *run,
                                        const struct syndic_passage_options *wanted,
                                        const struct syndic_run_options *options,
                                        struct syndic_passages *passages,
                                        struct syndic_error *error)
{
    struct fill fill = {.run = run, .options = options, .passages = passages, .error = error};
    enum syndic_status status = prepare(&fill, error);

    if (!status) {
        read_again(&fill);
        status = (enum syndic_status)atomic_load(&fill.status);
        if (!status && stopped(&fill))
            status = syndic_fail(error, SYNDIC_INTERRUPTED, "interrupted");
    }
    syndic_places_index_clear(&fill.index);
    if (!status && !wanted->fuzzy)
        drop_false(passages);
    if (!status && !wanted->fuzzy && wanted->scope == SYNDIC_PASSAGE_WITHIN &&
        merge_twins(passages))
        status = syndic_fail_memory(error);
    return status;
}
