/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline.c - the stages in order: read and sketch, join, group.  Writing is the command's. */
#include "pipeline.h"

#include "base/error.h"
#include "group/preference.h"
#include "ingest.h"
#include "kernel.h"

#include <inttypes.h>
#include <omp.h>
#include <stdio.h>

/* Gives the group stage texts through the reader: a chunk a thread as room. */
struct text_room {
    struct syndic_reader *reader;
    const struct syndic_documents *documents;
    struct syndic_chunk **chunk;
    uint32_t chunk_count;
    const _Atomic bool *cancel;
};

static enum syndic_status prepare_texts(void *context, const uint8_t *wanted, size_t rows,
                                        struct syndic_error *error)
{
    const struct text_room *const room = context;

    return syndic_reader_prepare_fetch(room->reader, room->documents->place, wanted, rows, error);
}

static enum syndic_status fetch_text(void *context, uint32_t thread, uint32_t row,
                                     const uint8_t **text, size_t *text_bytes,
                                     struct syndic_error *error)
{
    const struct text_room *const room = context;

    if (room->cancel && atomic_load(room->cancel))
        return syndic_fail(error, SYNDIC_INTERRUPTED, "interrupted");
    return syndic_reader_fetch(room->reader, row, room->chunk[thread], text, text_bytes, error);
}

static void room_clear(struct text_room *room, struct syndic_memory *memory)
{
    for (uint32_t t = 0; room->chunk && t < room->chunk_count; t++)
        syndic_chunk_destroy(room->chunk[t]);
    syndic_release(memory, room->chunk);
}

static enum syndic_status room_init(struct text_room *room, struct syndic_run *run,
                                    const _Atomic bool *cancel)
{
    *room = (struct text_room){run->reader, &run->documents, NULL, run->threads, cancel};
    room->chunk = syndic_allocate_zeroed(run->memory, run->threads, sizeof(struct syndic_chunk *));
    enum syndic_status status = room->chunk ? SYNDIC_OK : SYNDIC_NO_MEMORY;
    for (uint32_t t = 0; !status && t < run->threads; t++)
        status = syndic_chunk_create(run->reader, &room->chunk[t]);
    return status;
}

static void enter(const struct syndic_run_options *options, enum syndic_stage stage)
{
    if (!options->progress)
        return;
    atomic_store(&options->progress->done, 0);
    atomic_store(&options->progress->total, 0);
    atomic_store(&options->progress->stage, (int)stage);
}

static enum syndic_status ingest(struct syndic_run *run, const struct syndic_run_options *options,
                                 struct syndic_error *error)
{
    const double start = omp_get_wtime();

    enter(options, SYNDIC_STAGE_READ);
    const enum syndic_status status = syndic_ingest(run, options, error);
    run->stage[SYNDIC_STAGE_READ] =
        (struct syndic_stage_time){omp_get_wtime() - start, run->input_bytes};
    return status;
}

static void report_problems(const struct syndic_run *run, const struct syndic_run_options *options)
{
    for (size_t i = 0; options->report && i < run->problem_count; i++) {
        const struct syndic_problem *const problem = &run->problems[i];
        options->report(options->report_context, syndic_reader_source(run->reader, problem->source),
                        problem);
    }
}

/* Which document of several is rather kept. */
static enum syndic_status prefer(struct syndic_run *run, const struct syndic_options *job,
                                 struct syndic_error *error)
{
    const size_t n = run->documents.count;
    const bool ranked = run->documents.value != NULL;
    double *const rank = ranked ? syndic_allocate(run->memory, n, sizeof(*rank)) : NULL;
    enum syndic_status status = ranked && !rank ? SYNDIC_NO_MEMORY : SYNDIC_OK;

    run->order = syndic_allocate(run->memory, n, sizeof(*run->order));
    if (!run->order)
        status = SYNDIC_NO_MEMORY;
    if (!status && ranked)
        status = syndic_documents_rank(&run->documents, rank);
    if (!status)
        status = syndic_preference(&run->sketches, job->keep, rank, run->order);
    syndic_release(run->memory, rank);
    return status ? syndic_fail_memory(error) : SYNDIC_OK;
}

static enum syndic_status group(struct syndic_run *run, const struct syndic_run_options *options,
                                struct syndic_error *error)
{
    struct syndic_options job = options->job;
    struct text_room room;
    enum syndic_status status = room_init(&room, run, options->cancel);
    const struct syndic_texts texts = {fetch_text, prepare_texts, &room};

    job.threads = run->threads;
    enter(options, SYNDIC_STAGE_JOIN);
    if (status)
        status = syndic_fail_memory(error);
    else if (options->pairs)
        status =
            syndic_verified_pairs(&run->sketches, run->plan, &job, run->order, &texts, run->memory,
                                  &run->pairs, &run->pair_count, &run->counts, error);
    else
        status = syndic_group_documents(&run->sketches, run->plan, &job, run->order, &texts,
                                        &run->grouping, &run->counts, error);
    run->stage[SYNDIC_STAGE_EXACT].seconds = run->counts.exact_seconds;
    run->stage[SYNDIC_STAGE_JOIN].seconds = run->counts.join_seconds;
    run->stage[SYNDIC_STAGE_VERIFY].seconds = run->counts.verify_seconds;
    for (int stage = SYNDIC_STAGE_EXACT; stage <= SYNDIC_STAGE_VERIFY; stage++)
        run->stage[stage].bytes = run->input_bytes;
    room_clear(&room, run->memory);
    return status;
}

static enum syndic_status open_run(struct syndic_run *run, const struct syndic_run_options *options,
                                   struct syndic_error *error)
{
    const uint32_t threads = options->job.threads;

    if (options->job.kernels && syndic_kernels_use(options->job.kernels))
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "kernels '%s' are unknown or need another CPU", options->job.kernels);
    run->threads = threads ? threads : (uint32_t)omp_get_max_threads();
    enum syndic_status status = syndic_plan_create(run->memory, &options->job, &run->plan, error);
    if (status)
        return status;
    syndic_documents_init(&run->documents, run->memory);
    syndic_sketches_init(&run->sketches, run->memory, run->plan);
    struct syndic_read_options read = options->read;
    read.threads = run->threads;
    return syndic_reader_open(run->memory, &read, &run->reader, error);
}

static enum syndic_status cancelled(const struct syndic_run_options *options,
                                    struct syndic_error *error)
{
    if (options->cancel && atomic_load(options->cancel))
        return syndic_fail(error, SYNDIC_INTERRUPTED, "interrupted");
    return SYNDIC_OK;
}

enum syndic_status syndic_run(struct syndic_memory *memory,
                              const struct syndic_run_options *options, struct syndic_run **out,
                              struct syndic_error *error)
{
    struct syndic_run *const run = syndic_allocate_zeroed(memory, 1, sizeof(*run));

    *out = run;
    if (!run)
        return syndic_fail_memory(error);
    run->memory = memory;
    enum syndic_status status = open_run(run, options, error);
    if (!status)
        status = ingest(run, options, error);
    if (status)
        return status;
    report_problems(run, options);
    if (options->read_only)
        return SYNDIC_OK;
    status = cancelled(options, error);
    if (!status)
        status = prefer(run, &options->job, error);
    if (!status)
        status = group(run, options, error);
    return status ? status : cancelled(options, error);
}

void syndic_run_destroy(struct syndic_run *run)
{
    if (!run)
        return;
    syndic_release(run->memory, run->problems);
    syndic_release(run->memory, run->pairs);
    syndic_release(run->memory, run->order);
    syndic_grouping_clear(&run->grouping);
    syndic_sketches_clear(&run->sketches);
    syndic_documents_clear(&run->documents);
    syndic_reader_close(run->reader);
    syndic_plan_destroy(run->plan);
    syndic_release(run->memory, run);
}

const char *syndic_document_id(const struct syndic_run *run, uint32_t ordinal, char *room,
                               size_t room_bytes)
{
    const struct syndic_documents *const documents = &run->documents;

    if (documents->id[ordinal])
        return documents->id[ordinal];
    const struct syndic_source *const source =
        syndic_reader_source(run->reader, documents->place[ordinal].source);
    snprintf(room, room_bytes, "%s:%" PRIu64, source->path, documents->line[ordinal]);
    return room;
}
