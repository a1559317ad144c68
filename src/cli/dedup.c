/* SPDX-License-Identifier: Apache-2.0 */
/* dedup.c - the command: inputs in; a folder with the corpus without its copies out. */
#include "base/error.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/sketch.h"
#include "cli/skipped.h"
#include "shard/given.h"

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
        return syndic_cli_no_sketches(cli,
                                      "find its groups with 'syndic group', and name the inputs "
                                      "and '--groups FILE' here");
    return false;
}

/* Groups that were found elsewhere: nothing is left to decide by similarity, and sketches need hold
 * no more than the number of words. */
static bool take_groups(struct syndic_cli *cli)
{
    static const char *const decided[] = {
        "threshold",       "by",     "distance",   "normalize", "shingle", "minhash",
        "signature-slots", "bands",  "rows",       "verify",    "keep",    "sample",
        "gamma",           "max-df", "min-shared", NULL};

    if (!cli->groups)
        return true;
    for (size_t i = 0; decided[i]; i++)
        if (syndic_cli_given(cli, decided[i])) {
            syndic_message("--%s cannot change groups that were found already: it is an option of "
                           "'syndic sketch' and 'syndic group'",
                           decided[i]);
            return false;
        }
    for (size_t i = 0; i < cli->operand_count; i++)
        if (!strcmp(cli->groups, "-") && !strcmp(cli->operands[i], "-")) {
            syndic_message("standard input can be read only once");
            return false;
        }
    cli->run.job.by = SYNDIC_BY_EXACT;
    cli->run.job.signature_slots = 16;
    cli->run.job.bands = cli->run.job.rows = 1;
    cli->run.regroup = syndic_given_groups;
    cli->run.regroup_context = (void *)(uintptr_t)cli->groups;
    return true;
}

int syndic_cli_dedup(struct syndic_cli *cli)
{
    struct syndic_run *run = NULL;
    struct syndic_dedup_counts counts;
    struct syndic_skipped problems = {.all = cli->verbose};
    struct syndic_error error;
    size_t skipped = 0;

    if (!check_operands(cli) || !take_groups(cli))
        return SYNDIC_EXIT_FAILED;
    syndic_memory_init(&cli->memory, NULL, cli->run.job.memory_cap_bytes);
    cli->run.report = syndic_skipped_report;
    cli->run.report_context = &problems;
    cli->run.job.only_contained = true;
    syndic_progress_start(cli);
    const struct syndic_dedup_options options = {
        .folder = cli->output,
        .force = cli->force,
        .drop_empty = cli->empty == SYNDIC_CLI_EMPTY_DROP,
        .compress = cli->compress,
        .groups = cli->groups,
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
        syndic_message_hot(cli, run);
        syndic_message_missing_fields(cli, run);
        if (cli->groups && !run->counts.groups && run->documents.count)
            syndic_message(
                "warning: no group of '%.600s' has a document of these inputs, which must "
                "be named as they were when it was made",
                cli->groups);
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
