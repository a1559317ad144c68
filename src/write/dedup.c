/* SPDX-License-Identifier: Apache-2.0 */
/* dedup.c - a finished run in; the output folder, whole or not at all, out. */
#define _GNU_SOURCE
#include "write/dedup.h"

#include "base/error.h"

#include <errno.h>
#include <omp.h>
#include <string.h>
#include <unistd.h>

/* A file of ours, opened, written by the caller, and finished by finish_own(). */
static enum syndic_status begin_own(struct syndic_run *run, struct syndic_folder *folder,
                                    const char *name, struct syndic_output *output,
                                    struct syndic_error *error)
{
    int fd;
    const enum syndic_status status = syndic_folder_file(folder, name, &fd, error);

    if (status)
        return status;
    if (syndic_output_open(output, run->memory, fd, name)) {
        close(fd);
        return syndic_fail_memory(error);
    }
    return SYNDIC_OK;
}

static enum syndic_status finish_own(struct syndic_output *output, enum syndic_status status,
                                     struct syndic_error *error)
{
    const char *const name = output->path;
    const int fd = output->fd;

    if (!status)
        status = syndic_output_flush(output, error);
    syndic_output_close(output);
    if (close(fd) && !status)
        status = syndic_fail_errno(error, name, "write");
    return status;
}

static enum syndic_status write_removed(struct syndic_run *run,
                                        const struct syndic_dedup_options *options,
                                        struct syndic_folder *folder,
                                        struct syndic_dedup_counts *counts,
                                        struct syndic_error *error)
{
    const struct syndic_rewrite *const rewrite = options->rewrite;
    struct syndic_output output;
    const enum syndic_status status =
        begin_own(run, folder, rewrite ? rewrite->list_name : SYNDIC_REMOVED_NAME, &output, error);

    if (status)
        return status;
    if (rewrite)
        return finish_own(&output, rewrite->list(rewrite->context, &output, error), error);
    syndic_write_removed(run, options->drop_empty, counts, &output);
    return finish_own(&output, SYNDIC_OK, error);
}

static bool has_skipped(const struct syndic_run *run)
{
    size_t opening;

    syndic_reader_problems(run->reader, &opening);
    return opening || run->problem_count;
}

static enum syndic_status write_skipped(struct syndic_run *run, struct syndic_folder *folder,
                                        const struct syndic_spool *spool,
                                        struct syndic_error *error)
{
    struct syndic_output output;

    if (!has_skipped(run))
        return SYNDIC_OK;
    const enum syndic_status status = begin_own(run, folder, SYNDIC_SKIPPED_NAME, &output, error);
    if (status)
        return status;
    return finish_own(&output, syndic_write_skipped(run, spool, &output, error), error);
}

static enum syndic_status write_summary(struct syndic_run *run,
                                        const struct syndic_dedup_options *options,
                                        struct syndic_folder *folder,
                                        const struct syndic_dedup_counts *counts,
                                        struct syndic_error *error)
{
    struct syndic_output output;
    const enum syndic_status status = begin_own(run, folder, SYNDIC_SUMMARY_NAME, &output, error);

    if (status)
        return status;
    syndic_write_summary(run, options, counts, &output);
    return finish_own(&output, SYNDIC_OK, error);
}

static enum syndic_status open_spool(struct syndic_run *run, struct syndic_folder *folder,
                                     struct syndic_spool *spool, struct syndic_error *error)
{
    spool->fd = -1;
    spool->at = syndic_allocate(run->memory, run->problem_count, sizeof(*spool->at));
    if (!spool->at)
        return syndic_fail_memory(error);
    memset(spool->at, 0xff, run->problem_count * sizeof(*spool->at));
    return run->problem_count ? syndic_folder_spool(folder, &spool->fd, error) : SYNDIC_OK;
}

/* What this run does not write under names of its own must not stay from an earlier one. */
static enum syndic_status drop_stale(struct syndic_run *run,
                                     const struct syndic_dedup_options *options,
                                     struct syndic_folder *folder, struct syndic_error *error)
{
    enum syndic_status status = SYNDIC_OK;
    char name[4096];

    if (!has_skipped(run))
        status = syndic_folder_drop(folder, SYNDIC_SKIPPED_NAME, error);
    for (size_t row = 0; !status && row < run->documents.count; row++) {
        const struct syndic_source *const source =
            syndic_reader_source(run->reader, run->documents.place[row].source);
        if (source->format != SYNDIC_FORMAT_TXT ||
            syndic_dedup_keeps(run, options->drop_empty, row))
            continue;
        if (syndic_output_name(source, options->compress, name, sizeof(name)))
            status = syndic_folder_drop(folder, name, error);
    }
    return status;
}

static enum syndic_status write_parts(struct syndic_run *run,
                                      const struct syndic_dedup_options *options,
                                      struct syndic_folder *folder, struct syndic_spool *spool,
                                      struct syndic_dedup_counts *counts,
                                      struct syndic_error *error)
{
    const double start = omp_get_wtime();
    enum syndic_status status = open_spool(run, folder, spool, error);

    if (!status)
        status = write_removed(run, options, folder, counts, error);
    if (!status)
        status = syndic_copy_records(run, options, folder, spool, counts, error);
    if (!status)
        status = write_skipped(run, folder, spool, error);
    run->stage[SYNDIC_STAGE_WRITE] =
        (struct syndic_stage_time){omp_get_wtime() - start, run->input_bytes};
    if (!status)
        status = write_summary(run, options, folder, counts, error);
    return status;
}

static bool is_cancelled(const struct syndic_dedup_options *options)
{
    const _Atomic bool *const cancel = options->run->cancel;

    return cancel && atomic_load(cancel);
}

enum syndic_status syndic_dedup_write(struct syndic_run *run,
                                      const struct syndic_dedup_options *options,
                                      struct syndic_dedup_counts *counts,
                                      struct syndic_error *error)
{
    struct syndic_folder *folder = NULL;
    struct syndic_spool spool = {.fd = -1};
    struct syndic_progress *const progress = options->run->progress;

    *counts = (struct syndic_dedup_counts){0};
    if (progress)
        atomic_store(&progress->stage, (int)SYNDIC_STAGE_WRITE);
    enum syndic_status status = syndic_dedup_check(run->memory, run->reader, options, error);
    if (!status)
        status = syndic_folder_create(run->memory, options->folder, options->force, &folder, error);
    if (!status)
        status = write_parts(run, options, folder, &spool, counts, error);
    if (!status && is_cancelled(options))
        status = syndic_fail(error, SYNDIC_INTERRUPTED, "interrupted");
    if (!status)
        status = syndic_folder_prepare(folder, SYNDIC_SUMMARY_NAME, error);
    if (!status)
        status = drop_stale(run, options, folder, error);
    if (!status)
        status = syndic_folder_commit(folder, SYNDIC_SUMMARY_NAME, error);
    if (spool.fd >= 0)
        close(spool.fd);
    syndic_release(run->memory, spool.at);
    syndic_folder_destroy(folder);
    return status;
}
