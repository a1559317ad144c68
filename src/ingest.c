/* SPDX-License-Identifier: Apache-2.0 */
/* ingest.c - a reader in; the document table and the sketches out.
 *
 * Threads take chunks as they come and turn each into a unit: the chunk's documents as small
 * columns. Units know their source and their place in it, so sorting them gives the input order
 * back, and one more pass moves them, unit by unit, into the whole table. */
#include "ingest.h"

#include "base/error.h"
#include "passages/tokens.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* What one chunk became. */
struct unit {
    uint32_t source;
    uint64_t sequence;
    uint64_t line_count;
    uint64_t input_bytes, text_bytes, replaced_count;
    struct syndic_documents documents; /* lines count from 1 within the chunk */
    struct syndic_sketches sketches;
    const uint64_t **marks; /* by row */
    size_t marks_capacity;
    struct syndic_token_span *spans; /* where words go to a store */
    size_t span_capacity;
    struct syndic_problem *problems;
    size_t problem_count;
};

/* What one thread works with. */
struct hand {
    struct syndic_chunk *chunk;
    struct syndic_sketcher *sketcher;
    struct syndic_mark_room marks;
    struct syndic_token_writer words;
};

/* All units so far, and why to stop early. */
struct intake {
    struct syndic_run *run;
    const struct syndic_run_options *options;
    struct unit *units;
    size_t unit_count, unit_capacity;
    _Atomic int status; /* the first failure */
};

static void unit_clear(struct unit *unit, struct syndic_memory *memory)
{
    syndic_documents_clear(&unit->documents);
    syndic_sketches_clear(&unit->sketches);
    syndic_release(memory, (void *)unit->marks);
    syndic_release(memory, unit->spans);
    syndic_release(memory, unit->problems);
    unit->marks = NULL;
    unit->spans = NULL;
    unit->problems = NULL;
}

/* Of a document whose words are wanted nothing else is. */
static enum syndic_status add_words(struct intake *intake, struct unit *unit, size_t row,
                                    struct hand *hand, const struct syndic_record *record)
{
    struct syndic_text *const text = hand->sketcher->text;

    if (!syndic_reserve(intake->run->memory, (void **)&unit->spans, &unit->span_capacity, row + 1,
                        sizeof(*unit->spans)))
        return SYNDIC_NO_MEMORY;
    const enum syndic_status status = syndic_text_read(text, record->text, record->text_bytes);
    if (status)
        return status;
    unit->replaced_count += text->replaced_count;
    return syndic_tokens_add(&hand->words, text->token_hash, text->token_count, &unit->spans[row]);
}

static enum syndic_status mark(struct intake *intake, struct unit *unit, size_t row,
                               struct hand *hand)
{
    const struct syndic_text *const text = hand->sketcher->text;
    const uint64_t *const marks =
        syndic_marking_add(&intake->run->marking, &hand->marks, text->shingle, text->shingle_count);

    if (!marks)
        return SYNDIC_OK;
    if (!syndic_reserve(intake->run->memory, (void **)&unit->marks, &unit->marks_capacity, row + 1,
                        sizeof(*unit->marks)))
        return SYNDIC_NO_MEMORY;
    unit->marks[row] = marks;
    return SYNDIC_OK;
}

static enum syndic_status add_record(struct intake *intake, struct unit *unit, struct hand *hand,
                                     const struct syndic_record *record)
{
    struct syndic_sketcher *const sketcher = hand->sketcher;
    const struct syndic_plan *const plan = intake->run->plan;
    const size_t row = unit->documents.count;
    enum syndic_status status;

    unit->text_bytes += record->text_bytes;
    if (intake->options->read_only) {
        unit->documents.count++; /* counted, not stored */
        return SYNDIC_OK;
    }
    status = syndic_documents_add(&unit->documents, unit->source, record,
                                  intake->options->read.rank_field != NULL);
    if (status)
        return status;
    if (intake->options->tokens)
        return add_words(intake, unit, row, hand, record);
    if (row == unit->sketches.capacity) {
        status = syndic_sketches_reserve(&unit->sketches, row ? row * 2 : 64);
        if (status)
            return status;
    }
    status = syndic_sketch_document(sketcher, record->text, record->text_bytes);
    if (status)
        return status;
    sketcher->signature.origin = record->origin;
    syndic_sketches_put(&unit->sketches, plan, row, &sketcher->signature, record->text_bytes);
    unit->sketches.count = row + 1;
    unit->replaced_count += sketcher->text->replaced_count;
    return mark(intake, unit, row, hand);
}

static enum syndic_status copy_problems(struct unit *unit, const struct syndic_chunk *chunk,
                                        struct syndic_memory *memory)
{
    if (!chunk->problem_count)
        return SYNDIC_OK;
    unit->problems = syndic_allocate(memory, chunk->problem_count, sizeof(*unit->problems));
    if (!unit->problems)
        return SYNDIC_NO_MEMORY;
    memcpy(unit->problems, chunk->problems, chunk->problem_count * sizeof(*unit->problems));
    unit->problem_count = chunk->problem_count;
    return SYNDIC_OK;
}

/* Turn a chunk into a unit, which the caller clears whatever the status. */
static enum syndic_status read_unit(struct intake *intake, struct hand *hand, struct unit *unit)
{
    struct syndic_chunk *const chunk = hand->chunk;
    struct syndic_memory *const memory = intake->run->memory;
    struct syndic_record record;
    bool more = true;

    *unit = (struct unit){.source = chunk->source, .sequence = chunk->sequence};
    syndic_documents_init(&unit->documents, memory);
    syndic_sketches_init(&unit->sketches, memory, intake->run->plan);
    for (;;) {
        enum syndic_status status = syndic_chunk_record(chunk, &record, &more);
        if (!status && !more)
            break;
        if (!status)
            status = add_record(intake, unit, hand, &record);
        if (status)
            return status;
    }
    unit->line_count = chunk->line_count;
    unit->input_bytes = chunk->bytes_count;
    return copy_problems(unit, chunk, memory);
}

static enum syndic_status keep_unit(struct intake *intake, const struct unit *unit)
{
    enum syndic_status status = SYNDIC_OK;

#pragma omp critical(syndic_intake)
    {
        if (syndic_reserve(intake->run->memory, (void **)&intake->units, &intake->unit_capacity,
                           intake->unit_count + 1, sizeof(*intake->units)))
            intake->units[intake->unit_count++] = *unit;
        else
            status = SYNDIC_NO_MEMORY;
    }
    return status;
}

static void note_progress(struct intake *intake, const struct unit *unit)
{
    struct syndic_progress *const progress = intake->options->progress;
    uint64_t done, total;

    if (!progress)
        return;
    syndic_reader_progress(intake->run->reader, &done, &total);
    atomic_store(&progress->done, done);
    atomic_store(&progress->total, total);
    atomic_fetch_add(&progress->documents, unit->documents.count);
}

/* One thread's share: chunks until there are no more, or somebody failed. */
static enum syndic_status work(struct intake *intake, struct hand *hand)
{
    const _Atomic bool *const cancel = intake->options->cancel;
    bool more = true;

    while (!atomic_load(&intake->status)) {
        if (cancel && atomic_load(cancel))
            return SYNDIC_INTERRUPTED;
        enum syndic_status status = syndic_reader_next(intake->run->reader, hand->chunk, &more);
        if (status == SYNDIC_IO && cancel && atomic_load(cancel))
            return SYNDIC_INTERRUPTED;
        if (status || !more)
            return status;
        struct unit unit;
        status = read_unit(intake, hand, &unit);
        if (!status) {
            note_progress(intake, &unit);
            status = keep_unit(intake, &unit);
        }
        if (status) {
            unit_clear(&unit, intake->run->memory);
            return status;
        }
    }
    return SYNDIC_OK;
}

static void worker(struct intake *intake)
{
    struct hand hand = {.words = {.tokens = intake->options->tokens}};
    enum syndic_status status = syndic_chunk_create(intake->run->reader, &hand.chunk);

    if (!status)
        status = syndic_sketcher_create(intake->run->memory, intake->run->plan, &hand.sketcher);
    if (!status)
        hand.sketcher->samples = &intake->run->samples;
    if (!status)
        status = work(intake, &hand);
    if (status) {
        int none = SYNDIC_OK;
        atomic_compare_exchange_strong(&intake->status, &none, (int)status);
    }
    syndic_sketcher_destroy(hand.sketcher);
    syndic_chunk_destroy(hand.chunk);
}

static int by_place(const void *left, const void *right)
{
    const struct unit *const a = left, *const b = right;

    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

static enum syndic_status reserve_whole(struct intake *intake)
{
    struct syndic_run *const run = intake->run;
    size_t documents = 0, problems = 0;

    for (size_t u = 0; u < intake->unit_count; u++) {
        documents += intake->units[u].documents.count;
        problems += intake->units[u].problem_count;
    }
    if (documents > UINT32_MAX - 1)
        return SYNDIC_LIMIT;
    run->problems = syndic_allocate(run->memory, problems, sizeof(*run->problems));
    if (!run->problems)
        return SYNDIC_NO_MEMORY;
    if (intake->options->read_only)
        return SYNDIC_OK;
    syndic_marking_reserve(&run->marking, documents);
    const enum syndic_status status =
        intake->options->tokens ? SYNDIC_OK : syndic_sketches_reserve(&run->sketches, documents);
    if (status)
        return status;
    return syndic_documents_reserve(&run->documents, documents,
                                    intake->options->read.rank_field != NULL);
}

/* Append a unit to the whole; *line is the number of lines of its source before it. */
static void absorb_unit(struct intake *intake, struct unit *unit, uint64_t *line)
{
    struct syndic_run *const run = intake->run;
    const size_t at = run->documents.count;

    for (size_t i = 0; i < unit->problem_count; i++) {
        struct syndic_problem *const problem = &run->problems[run->problem_count++];
        *problem = unit->problems[i];
        if (problem->line)
            problem->line += *line;
    }
    run->input_bytes += unit->input_bytes;
    run->text_bytes += unit->text_bytes;
    run->replaced_count += unit->replaced_count;
    if (intake->options->read_only) {
        run->documents.count += unit->documents.count;
        return;
    }
    syndic_sketches_copy(&run->sketches, at, &unit->sketches);
    run->sketches.count = at + unit->sketches.count;
    if (run->marking.row && unit->marks)
        memcpy(run->marking.row + at, unit->marks, unit->sketches.count * sizeof(*unit->marks));
    syndic_documents_absorb(&run->documents, &unit->documents, *line);
}

static enum syndic_status reserve_spans(struct intake *intake, struct syndic_token_span **spans)
{
    size_t documents = 0;

    for (size_t u = 0; u < intake->unit_count; u++)
        documents += intake->units[u].documents.count;
    *spans = syndic_allocate(intake->run->memory, documents, sizeof(**spans));
    return *spans ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

static enum syndic_status merge(struct intake *intake)
{
    struct syndic_tokens *const tokens = intake->options->tokens;
    struct syndic_token_span *spans = NULL;
    uint32_t source = 0;
    uint64_t line = 0;

    qsort(intake->units, intake->unit_count, sizeof(*intake->units), by_place);
    enum syndic_status status = reserve_whole(intake);
    if (!status && tokens)
        status = reserve_spans(intake, &spans);
    if (status)
        return status;
    for (size_t u = 0; u < intake->unit_count; u++) {
        struct unit *const unit = &intake->units[u];
        if (unit->source != source)
            line = 0;
        source = unit->source;
        if (spans && unit->spans)
            memcpy(spans + intake->run->documents.count, unit->spans,
                   unit->documents.count * sizeof(*spans));
        absorb_unit(intake, unit, &line);
        line += unit->line_count;
        unit_clear(unit, intake->run->memory);
    }
    return spans ? syndic_tokens_index(tokens, spans, intake->run->documents.count) : SYNDIC_OK;
}

enum syndic_status syndic_ingest(struct syndic_run *run, const struct syndic_run_options *options,
                                 struct syndic_error *error)
{
    struct intake intake = {.run = run, .options = options};

#pragma omp parallel num_threads((int)run->threads)
    worker(&intake);

    enum syndic_status status = (enum syndic_status)atomic_load(&intake.status);
    if (!status && intake.unit_count)
        status = merge(&intake);
    for (size_t u = 0; u < intake.unit_count; u++)
        unit_clear(&intake.units[u], run->memory);
    syndic_release(run->memory, intake.units);
    if (status == SYNDIC_NO_MEMORY)
        return syndic_fail_memory(error);
    const struct syndic_error *const detail = syndic_reader_error(run->reader);
    if (status && detail && detail->status == status) {
        if (error)
            *error = *detail;
        return status;
    }
    if (status)
        return syndic_fail(error, status, "%s", syndic_status_text(status));
    return SYNDIC_OK;
}
