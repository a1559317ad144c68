/* SPDX-License-Identifier: Apache-2.0 */
/* passages_run.c - inputs in, passages out.  The words are given back before the texts are read
 * again. */
#include "passages_run.h"

#include "base/error.h"
#include "passages/fill.h"
#include "passages/fuzzy.h"
#include "passages/tokens.h"

#include <omp.h>

struct job {
    const struct syndic_run_options *options;
    const struct syndic_passage_options *wanted;
    struct syndic_tokens *tokens;
    struct syndic_passages *passages;
};

static void enter(const struct job *job, enum syndic_stage stage)
{
    struct syndic_progress *const progress = job->options->progress;

    if (!progress)
        return;
    atomic_store(&progress->done, 0);
    atomic_store(&progress->total, 0);
    atomic_store(&progress->stage, (int)stage);
}

static enum syndic_status find(void *context, struct syndic_run *run, struct syndic_error *error)
{
    const struct job *const job = context;
    struct syndic_progress *const progress = job->options->progress;
    const double start = omp_get_wtime();

    enter(job, SYNDIC_STAGE_JOIN);
    enum syndic_status status =
        job->wanted->fuzzy
            ? syndic_fuzzy_find(job->tokens, job->wanted, run->threads, job->options->cancel,
                                job->passages)
            : syndic_passages_find(job->tokens, job->wanted, run->threads, job->options->cancel,
                                   progress ? &progress->done : NULL,
                                   progress ? &progress->total : NULL, job->passages);
    syndic_tokens_clear(job->tokens);
    run->stage[SYNDIC_STAGE_JOIN] =
        (struct syndic_stage_time){omp_get_wtime() - start, run->input_bytes};
    if (status)
        return status == SYNDIC_NO_MEMORY
                   ? syndic_fail_memory(error)
                   : syndic_fail(error, status, "%s", syndic_status_text(status));
    const double again = omp_get_wtime();
    enter(job, SYNDIC_STAGE_VERIFY);
    status = syndic_passages_fill(run, job->wanted, job->options, job->passages, error);
    run->stage[SYNDIC_STAGE_VERIFY] =
        (struct syndic_stage_time){omp_get_wtime() - again, run->input_bytes};
    return status;
}

enum syndic_status syndic_run_passages(struct syndic_memory *memory,
                                       const struct syndic_run_options *options,
                                       const struct syndic_passage_options *wanted,
                                       struct syndic_run **run, struct syndic_passages *passages,
                                       struct syndic_error *error)
{
    struct syndic_run_options own = *options;
    struct syndic_tokens tokens;
    struct job job = {options, wanted, &tokens, passages};

    *run = NULL;
    *passages = (struct syndic_passages){0};
    if (syndic_tokens_init(&tokens, memory))
        return syndic_fail_memory(error);
    own.tokens = &tokens;
    own.regroup = find;
    own.regroup_context = &job;
    own.job.by = SYNDIC_BY_EXACT;
    own.job.shingle_unit = SYNDIC_SHINGLE_WORD;
    own.job.shingle_width = 1;
    const enum syndic_status status = syndic_run(memory, &own, run, error);
    syndic_tokens_clear(&tokens);
    return status;
}
