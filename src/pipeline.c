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

/* Of what is decompressed this much is kept in a temporary file, so that texts can be compared
 * without decompressing again: 1 GB of newspapers in one .gz took 2.2 s, where only reading
 * them took 2.0 s (two threads; Xeon, Sapphire Rapids class, 2026-11).  Of larger inputs the rest
 * is decompressed twice. */
#define STASH_BYTES_MAX ((uint64_t)2 << 30)

/* Marks are one to two bytes a shingle, about a quarter of an English text.  The same newspapers
 * took 1.0 s with them and 1.16 without, since of 46,303 texts only 20,128 were read again. */
#define MARK_BYTES_MAX ((size_t)384 << 20)

/* Gives the group stage texts through the reader: a chunk a thread as room. */
struct text_room {
    struct syndic_reader *reader;
    const struct syndic_documents *documents;
    struct syndic_chunk **chunk;
    uint32_t chunk_count;
    const _Atomic bool *cancel;
    bool known; /* sources are still to be located */
};

static enum syndic_status prepare_texts(void *context, const uint8_t *wanted, size_t rows,
                                        struct syndic_error *error)
{
    const struct text_room *const room = context;
    const struct syndic_place *const place = room->documents->place;
    const enum syndic_status status =
        room->known ? syndic_reader_locate(room->reader, place, wanted, rows, error) : SYNDIC_OK;

    return status ? status : syndic_reader_prepare_fetch(room->reader, place, wanted, rows, error);
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

static enum syndic_status text_changed(void *context, uint32_t row, struct syndic_error *error)
{
    const struct text_room *const room = context;
    const struct syndic_documents *const documents = room->documents;

    return syndic_fail_at(
        error, SYNDIC_IO, syndic_reader_source(room->reader, documents->place[row].source)->path,
        documents->line[row], SYNDIC_NO_BYTE, "has another text than when it was sketched");
}

static void room_clear(struct text_room *room, struct syndic_memory *memory)
{
    for (uint32_t t = 0; room->chunk && t < room->chunk_count; t++)
        syndic_chunk_destroy(room->chunk[t]);
    syndic_release(memory, room->chunk);
}

static enum syndic_status room_init(struct text_room *room, struct syndic_run *run,
                                    const struct syndic_run_options *options)
{
    *room = (struct text_room){run->reader,  &run->documents, NULL,
                               run->threads, options->cancel, options->read.known != NULL};
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
    const enum syndic_status status = options->fill
                                          ? options->fill(options->fill_context, run, error)
                                          : syndic_ingest(run, options, error);
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
    enum syndic_status status = room_init(&room, run, options);
    const struct syndic_texts texts = {.fetch = fetch_text,
                                       .prepare = prepare_texts,
                                       .context = &room,
                                       .exact = room.known ? run->sketches.exact : NULL,
                                       .changed = text_changed,
                                       .marks = run->marking.row};

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
    syndic_marking_clear(&run->marking);
    return status;
}

/* Whether texts will be compared, where there are candidates. */
static bool verifies_exactly(const struct syndic_run_options *options)
{
    const enum syndic_verify verify = options->job.verify;

    if (options->read_only || options->sketch_only || options->tokens || options->regroup)
        return false;
    return options->job.by == SYNDIC_BY_SYNDICATION ||
           (options->job.by == SYNDIC_BY_NEAR &&
            (verify == SYNDIC_VERIFY_DEFAULT || verify == SYNDIC_VERIFY_EXACT));
}

/* Little of what may be used at all: marks save time and nothing else. */
static size_t mark_bytes_max(size_t cap_bytes)
{
    return cap_bytes && cap_bytes / 8 < MARK_BYTES_MAX ? cap_bytes / 8 : MARK_BYTES_MAX;
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
    syndic_samples_init(&run->samples, run->memory);
    struct syndic_read_options read = options->read;
    read.threads = run->threads;
    if (verifies_exactly(options)) {
        read.stash_bytes = STASH_BYTES_MAX;
        if (options->job.by == SYNDIC_BY_NEAR)
            syndic_marking_init(&run->marking, run->memory, mark_bytes_max(run->memory->cap_bytes));
    }
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
    if (options->read_only || options->sketch_only)
        return SYNDIC_OK;
    status = cancelled(options, error);
    if (!status && options->regroup) {
        status = options->regroup(options->regroup_context, run, error);
        return status ? status : cancelled(options, error);
    }
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
    syndic_release(run->memory, run->kept_id);
    syndic_release(run->memory, run->order);
    syndic_grouping_clear(&run->grouping);
    syndic_marking_clear(&run->marking);
    syndic_sketches_clear(&run->sketches);
    syndic_samples_clear(&run->samples);
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
