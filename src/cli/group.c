/* SPDX-License-Identifier: Apache-2.0 */
/* group.c - the command: inputs in; groups, or pairs, out. */
#include "base/error.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/result.h"
#include "cli/sketch.h"
#include "cli/skipped.h"
#include "cli/table.h"
#include "cli/terminal.h"
#include "write/groups.h"

#include <string.h>
#include <unistd.h>

static enum syndic_cli_format format_of(const struct syndic_cli *cli)
{
    if (cli->format != SYNDIC_CLI_FORMAT_AUTO)
        return cli->format;
    return !cli->output && syndic_is_terminal(STDOUT_FILENO) ? SYNDIC_CLI_FORMAT_TABLE
                                                             : SYNDIC_CLI_FORMAT_JSONL;
}

/* An output that is an input would take the user's data away: find out before the long run. */
static enum syndic_status check_output(struct syndic_cli *cli, struct syndic_error *error)
{
    struct syndic_reader *reader = NULL;

    if (!cli->output || access(cli->output, F_OK))
        return SYNDIC_OK;
    enum syndic_status status = syndic_reader_open(&cli->memory, &cli->run.read, &reader, error);
    if (!status &&
        (syndic_is_source(reader, cli->output) || syndic_cli_is_operand(cli, cli->output)))
        status = syndic_fail_at(error, SYNDIC_INVALID_ARGUMENT, cli->output, 0, SYNDIC_NO_BYTE,
                                "is an input and cannot be the output too");
    if (reader)
        syndic_reader_close(reader);
    return status;
}

static void write_read_only(const struct syndic_run *run, struct syndic_output *output)
{
    const struct syndic_stage_time *const time = &run->stage[SYNDIC_STAGE_READ];

    syndic_put_text(output, "{\"documents\":");
    syndic_put_number(output, run->documents.count);
    syndic_put_text(output, ",\"bytes\":");
    syndic_put_number(output, run->input_bytes);
    syndic_put_text(output, ",\"text_bytes\":");
    syndic_put_number(output, run->text_bytes);
    syndic_put_text(output, ",\"seconds\":");
    syndic_put_decimal(output, time->seconds, 6);
    syndic_put_text(output, ",\"mb_per_s\":");
    syndic_put_decimal(output, (double)run->input_bytes / 1e6 / time->seconds, 1);
    syndic_put_text(output, "}\n");
}

static enum syndic_status write_groups(struct syndic_run *run, enum syndic_cli_format format,
                                       struct syndic_output *output, struct syndic_error *error)
{
    struct syndic_members members;

    if (syndic_members_list(run->memory, &run->grouping, &members))
        return syndic_fail_memory(error);
    if (format == SYNDIC_CLI_FORMAT_TSV)
        syndic_write_groups_tsv(run, &members, output);
    else if (format == SYNDIC_CLI_FORMAT_TABLE)
        syndic_write_groups_table(run, &members, output);
    else
        syndic_write_groups_jsonl(run, &members, output);
    syndic_members_clear(&members);
    return SYNDIC_OK;
}

static enum syndic_status write_result(const struct syndic_cli *cli, struct syndic_run *run,
                                       struct syndic_error *error)
{
    const enum syndic_cli_format format = format_of(cli);
    struct syndic_result result;
    enum syndic_status status = syndic_result_open(&result, run->memory, cli->output, error);

    if (status)
        return status;
    if (cli->run.read_only)
        write_read_only(run, &result.output);
    else if (format == SYNDIC_CLI_FORMAT_PAIRS)
        syndic_write_pairs(run, &result.output);
    else
        status = write_groups(run, format, &result.output, error);
    if (!status && atomic_load(cli->run.cancel))
        status = syndic_fail(error, SYNDIC_INTERRUPTED, "interrupted");
    if (!status)
        return syndic_result_finish(&result, error);
    syndic_result_abandon(&result);
    return status;
}

int syndic_cli_group(struct syndic_cli *cli)
{
    struct syndic_run *run = NULL;
    struct syndic_shards *shards = NULL;
    struct syndic_skipped problems = {.all = cli->verbose};
    struct syndic_error error;
    size_t skipped = 0;

    if (!cli->operand_count) {
        syndic_message("nothing to read; try 'syndic group FILE...', or - for standard input");
        return SYNDIC_EXIT_FAILED;
    }
    if (cli->run.job.by == SYNDIC_BY_SYNDICATION && cli->format == SYNDIC_CLI_FORMAT_PAIRS) {
        syndic_message(
            "--format pairs: --by syndication makes groups; 'syndic passages' lists what "
            "pairs of documents share");
        return SYNDIC_EXIT_FAILED;
    }
    syndic_memory_init(&cli->memory, NULL, cli->run.job.memory_cap_bytes);
    cli->run.pairs = cli->format == SYNDIC_CLI_FORMAT_PAIRS;
    cli->run.report = syndic_skipped_report;
    cli->run.report_context = &problems;
    if (cli->output && !strcmp(cli->output, "-"))
        cli->output = NULL;
    syndic_progress_start(cli);
    enum syndic_status status = syndic_cli_open_shards(cli, &shards, &error);
    if (!status)
        status = check_output(cli, &error);
    if (!status)
        status = syndic_run(&cli->memory, &cli->run, &run, &error);
    syndic_progress_stop();
    if (run && run->reader) {
        syndic_skipped_finish(&problems, cli, run->documents.count);
        skipped = syndic_message_inputs(run->reader) + run->problem_count;
    }
    if (!status && !cli->run.read_only) {
        syndic_message_duplicate_ids(run);
        syndic_message_hot(cli, run);
        syndic_message_missing_fields(cli, run);
    }
    if (!status)
        status = write_result(cli, run, &error);
    if (status)
        syndic_message_error(cli, &error);
    else
        syndic_message_summary(cli, run, NULL);
    if (status == SYNDIC_IO && shards && run && run->sketches.count && *error.path)
        syndic_message("close pairs are compared by their texts; --verify signature needs none");
    syndic_run_destroy(run);
    syndic_shards_close(shards);
    return status ? SYNDIC_EXIT_FAILED : skipped ? SYNDIC_EXIT_SKIPPED : SYNDIC_EXIT_DONE;
}
