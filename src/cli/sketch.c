/* SPDX-License-Identifier: Apache-2.0 */
/* sketch.c - the command: inputs in; a sketch file out.  And what commands that take sketch files
 * ask first. */
#define _GNU_SOURCE
#include "cli/sketch.h"

#include "base/error.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/result.h"
#include "cli/skipped.h"
#include "write/names.h"

#include <string.h>
#include <sys/stat.h>

bool syndic_cli_no_sketches(const struct syndic_cli *cli, const char *remedy)
{
    for (size_t i = 0; i < cli->operand_count; i++)
        if (syndic_is_sketch_name(cli->operands[i])) {
            syndic_message("%.600s: is a sketch file; %s", cli->operands[i], remedy);
            return false;
        }
    return true;
}

bool syndic_cli_is_operand(const struct syndic_cli *cli, const char *file)
{
    struct stat target, info;

    for (size_t i = 0; i < cli->operand_count; i++)
        if (!stat(file, &target) && !stat(cli->operands[i], &info) &&
            info.st_dev == target.st_dev && info.st_ino == target.st_ino)
            return true;
    return false;
}

enum syndic_status syndic_cli_open_shards(struct syndic_cli *cli, struct syndic_shards **shards,
                                          struct syndic_error *error)
{
    bool given[SYNDIC_PARAMETER_COUNT];
    size_t count = 0;

    *shards = NULL;
    for (size_t i = 0; i < cli->operand_count; i++)
        count += syndic_is_sketch_name(cli->operands[i]);
    if (!count)
        return SYNDIC_OK;
    if (count < cli->operand_count)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "sketch files and inputs cannot be mixed; 'syndic sketch INPUT... -o "
                           "FILE.syn' makes a sketch file of inputs");
    if (cli->run.read_only)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "--dry-run=read is for inputs");
    for (int i = 0; i < SYNDIC_PARAMETER_COUNT; i++)
        given[i] = syndic_cli_given(cli, syndic_parameter_names[i]);
    enum syndic_status status =
        syndic_shards_open(&cli->memory, cli->operands, count, shards, error);
    if (!status)
        status = syndic_shards_apply(*shards, given, &cli->run, error);
    if (!status)
        cli->id_field_given = false; /* whether a record had it was said when they were sketched */
    return status;
}

static bool check_operands(struct syndic_cli *cli)
{
    if (!cli->operand_count)
        syndic_message("nothing to read; try 'syndic sketch FILE... -o FILE.syn'");
    else if (!cli->output)
        syndic_message("where to? 'syndic sketch' needs -o FILE.syn");
    else if (strcmp(cli->output, "-") != 0 && !syndic_is_sketch_name(cli->output))
        syndic_message("%.600s: the name of a sketch file must end in " SYNDIC_SKETCH_ENDING,
                       cli->output);
    else if (!syndic_sketch_files_hold(cli->run.job.by))
        syndic_message("--by %s: sketch files do not hold what it needs; group the inputs",
                       syndic_by_names[cli->run.job.by]);
    else
        return syndic_cli_no_sketches(cli, "there is nothing to do");
    return false;
}

static enum syndic_status write_sketches(struct syndic_cli *cli, const struct syndic_run *run,
                                         struct syndic_error *error)
{
    const bool standard = !strcmp(cli->output, "-");
    struct syndic_result result;
    enum syndic_status status =
        syndic_result_open(&result, run->memory, standard ? NULL : cli->output, error);

    if (status)
        return status;
    status = syndic_sketch_write(run, &cli->run, &result.output, error);
    if (!status && atomic_load(cli->run.cancel))
        status = syndic_fail(error, SYNDIC_INTERRUPTED, "interrupted");
    if (!status)
        return syndic_result_finish(&result, error);
    syndic_result_abandon(&result);
    return status;
}

int syndic_cli_sketch(struct syndic_cli *cli)
{
    struct syndic_run *run = NULL;
    struct syndic_skipped problems = {.all = cli->verbose};
    struct syndic_error error;
    size_t skipped = 0;

    if (!check_operands(cli))
        return SYNDIC_EXIT_FAILED;
    syndic_memory_init(&cli->memory, NULL, cli->run.job.memory_cap_bytes);
    cli->run.sketch_only = true;
    cli->run.report = syndic_skipped_report;
    cli->run.report_context = &problems;
    syndic_progress_start(cli);
    enum syndic_status status = syndic_run(&cli->memory, &cli->run, &run, &error);
    syndic_progress_stop();
    if (run && run->reader) {
        syndic_skipped_finish(&problems, cli, run->documents.count);
        skipped = syndic_message_inputs(run->reader) + run->problem_count;
    }
    if (!status) {
        syndic_message_missing_fields(cli, run);
        status = write_sketches(cli, run, &error);
    }
    if (status)
        syndic_message_error(cli, &error);
    else
        syndic_message_summary(cli, run, NULL);
    syndic_run_destroy(run);
    return status ? SYNDIC_EXIT_FAILED : skipped ? SYNDIC_EXIT_SKIPPED : SYNDIC_EXIT_DONE;
}
