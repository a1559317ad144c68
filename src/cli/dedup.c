/* SPDX-License-Identifier: Apache-2.0 */
/* dedup.c - the command: inputs in; a folder with the corpus without its copies out. */
#include "base/error.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/skipped.h"

#include <string.h>

/* Find out before the long run whether its output could be written. */
static enum syndic_status check_first(struct syndic_cli *cli,
                                      const struct syndic_dedup_options *options,
                                      struct syndic_error *error)
{
    struct syndic_reader *reader = NULL;
    enum syndic_status status = syndic_reader_open(&cli->memory, &cli->run.read, &reader, error);

    if (!status)
        status = syndic_dedup_check(&cli->memory, reader, options, error);
    if (reader)
        syndic_reader_close(reader);
    return status;
}

static bool check_operands(const struct syndic_cli *cli)
{
    if (!cli->operand_count)
        syndic_message("nothing to read; try 'syndic dedup FILE... -o OUTDIR'");
    else if (!cli->output)
        syndic_message("where to? 'syndic dedup' needs -o OUTDIR");
    else if (!strcmp(cli->output, "-"))
        syndic_message("-o -: the output is a folder, and cannot be standard output");
    else
        return true;
    return false;
}

int syndic_cli_dedup(struct syndic_cli *cli)
{
    struct syndic_run *run = NULL;
    struct syndic_dedup_counts counts;
    struct syndic_skipped problems = {.all = cli->verbose};
    struct syndic_error error;
    size_t skipped = 0;

    if (!check_operands(cli))
        return SYNDIC_EXIT_FAILED;
    syndic_memory_init(&cli->memory, NULL, cli->run.job.memory_cap_bytes);
    cli->run.report = syndic_skipped_report;
    cli->run.report_context = &problems;
    syndic_progress_start(cli);
    const struct syndic_dedup_options options = {
        .folder = cli->output,
        .force = cli->force,
        .drop_empty = cli->empty == SYNDIC_CLI_EMPTY_DROP,
        .compress = cli->compress,
        .start_seconds = cli->start_seconds,
        .run = &cli->run,
    };
    enum syndic_status status = check_first(cli, &options, &error);
    if (!status)
        status = syndic_run(&cli->memory, &cli->run, &run, &error);
    if (run && run->reader) {
        syndic_skipped_finish(&problems, cli, run->documents.count);
        skipped = syndic_message_inputs(run->reader) + run->problem_count;
    }
    if (!status) {
        syndic_message_duplicate_ids(run);
        syndic_message_missing_fields(cli, run);
        status = syndic_dedup_write(run, &options, &counts, &error);
    }
    syndic_progress_stop();
    if (status)
        syndic_message_error(cli, &error);
    else
        syndic_message_summary(cli, run, &counts);
    syndic_run_destroy(run);
    return status ? SYNDIC_EXIT_FAILED : skipped ? SYNDIC_EXIT_SKIPPED : SYNDIC_EXIT_DONE;
}
