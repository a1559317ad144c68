/* SPDX-License-Identifier: Apache-2.0 */
/* passages.c - the command: inputs in; the passages that repeat, out. */
#include "write/passages.h"
#include "base/error.h"
#include "cli/messages.h"
#include "cli/progress.h"
#include "cli/result.h"
#include "cli/skipped.h"
#include "cli/terminal.h"
#include "passages_run.h"
#include "write/repeats.h"

#include <inttypes.h>
#include <omp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print_summary(const struct syndic_cli *cli, const struct syndic_run *run,
                          const struct syndic_passages *passages)
{
    static const struct {
        enum syndic_stage stage;
        const char *words;
    } stages[] = {{SYNDIC_STAGE_READ, "read"},
                  {SYNDIC_STAGE_JOIN, "find"},
                  {SYNDIC_STAGE_VERIFY, "fill in"},
                  {SYNDIC_STAGE_WRITE, "write"}};
    const double seconds = omp_get_wtime() - cli->start_seconds;

    if (cli->quiet || !(cli->verbose || syndic_is_terminal(2)))
        return;
    fprintf(stderr, "%zu %s, %.1f MB, in %.2f s: %.1f MB/s, %.1f MB memory\n", run->documents.count,
            syndic_words_for(run->documents.count, "document", "documents"),
            (double)run->input_bytes / 1e6, seconds, (double)run->input_bytes / 1e6 / seconds,
            (double)atomic_load(&run->memory->peak_bytes) / 1e6);
    for (size_t i = 0; i < sizeof(stages) / sizeof(*stages); i++)
        fprintf(stderr, "  %-7s %8.3f s\n", stages[i].words, run->stage[stages[i].stage].seconds);
    fprintf(stderr, "%zu %s at %zu %s\n", passages->passage_count,
            syndic_words_for(passages->passage_count, "passage", "passages"), passages->place_count,
            syndic_words_for(passages->place_count, "place", "places"));
}

static enum syndic_status write_list(const struct syndic_cli *cli, const struct syndic_run *run,
                                     const struct syndic_passages *passages,
                                     struct syndic_error *error)
{
    struct syndic_result result;
    enum syndic_status status = syndic_result_open(&result, run->memory, cli->output, error);

    if (status)
        return status;
    syndic_write_passages(run, passages, &result.output);
    if (atomic_load(cli->run.cancel))
        status = syndic_fail(error, SYNDIC_INTERRUPTED, "interrupted");
    if (!status)
        return syndic_result_finish(&result, error);
    syndic_result_abandon(&result);
    return status;
}

static struct syndic_dedup_options folder_options(const struct syndic_cli *cli,
                                                  const struct syndic_rewrite *rewrite)
{
    return (struct syndic_dedup_options){.folder = cli->output,
                                         .force = cli->force,
                                         .compress = cli->compress,
                                         .start_seconds = cli->start_seconds,
                                         .run = &cli->run,
                                         .rewrite = rewrite};
}

/* Find out before the long run whether its output could be written. */
static enum syndic_status check_first(struct syndic_cli *cli, struct syndic_error *error)
{
    struct syndic_reader *reader = NULL;
    enum syndic_status status = syndic_reader_open(&cli->memory, &cli->run.read, &reader, error);
    const bool folder = cli->annotate || cli->remove_repeats;

    if (!status && folder) {
        const struct syndic_dedup_options options = folder_options(cli, NULL);
        status = syndic_dedup_check(&cli->memory, reader, &options, error);
    }
    for (size_t i = 0; !status && folder && i < syndic_reader_source_count(reader); i++) {
        const struct syndic_source *const source = syndic_reader_source(reader, i);
        const bool can = source->format == SYNDIC_FORMAT_JSONL ||
                         (cli->remove_repeats && source->format == SYNDIC_FORMAT_TXT);
        if (!can)
            status = syndic_fail_at(error, SYNDIC_INVALID_ARGUMENT, source->path, 0, SYNDIC_NO_BYTE,
                                    "is not JSON lines%s, which is what %s writes",
                                    cli->annotate ? "" : " and not a text",
                                    cli->annotate ? "--annotate" : "--remove-repeats");
    }
    if (!status && !folder && cli->output && syndic_is_source(reader, cli->output))
        status = syndic_fail_at(error, SYNDIC_INVALID_ARGUMENT, cli->output, 0, SYNDIC_NO_BYTE,
                                "is an input and cannot be the output too");
    if (reader)
        syndic_reader_close(reader);
    return status;
}

static enum syndic_status write_folder(const struct syndic_cli *cli, struct syndic_run *run,
                                       const struct syndic_passages *passages,
                                       struct syndic_error *error)
{
    struct syndic_repeat_writer writer;
    struct syndic_dedup_counts counts;
    enum syndic_status status =
        syndic_repeat_writer_init(&writer, run, &cli->run, passages, &cli->passages);

    if (status) {
        status = syndic_fail_memory(error);
    } else {
        const struct syndic_rewrite rewrite =
            cli->annotate ? syndic_rewrite_annotated(&writer) : syndic_rewrite_cut(&writer);
        const struct syndic_dedup_options options = folder_options(cli, &rewrite);
        status = syndic_dedup_write(run, &options, &counts, error);
    }
    syndic_repeat_writer_clear(&writer);
    return status;
}

static bool check_words(const struct syndic_cli *cli)
{
    if (!cli->operand_count)
        syndic_message("nothing to read; try 'syndic passages FILE...', or - for standard input");
    else if (cli->within && cli->across)
        syndic_message("--within and --across exclude each other; without them both are listed");
    else if (cli->annotate && cli->remove_repeats)
        syndic_message("--annotate and --remove-repeats exclude each other");
    else if (cli->passages.fuzzy && cli->remove_repeats)
        syndic_message("--fuzzy and --remove-repeats exclude each other: what is cut must be there "
                       "earlier in full");
    else if ((cli->annotate || cli->remove_repeats) && !cli->output)
        syndic_message("where to? '%s' needs -o OUTDIR",
                       cli->annotate ? "--annotate" : "--remove-repeats");
    else if ((cli->annotate || cli->remove_repeats) && !strcmp(cli->output, "-"))
        syndic_message("-o -: the output is a folder, and cannot be standard output");
    else
        return true;
    return false;
}

int syndic_cli_passages(struct syndic_cli *cli)
{
    struct syndic_run *run = NULL;
    struct syndic_passages passages = {0};
    struct syndic_skipped problems = {.all = cli->verbose};
    struct syndic_error error;
    size_t skipped = 0;

    if (!check_words(cli))
        return SYNDIC_EXIT_FAILED;
    cli->passages.scope = cli->within   ? SYNDIC_PASSAGE_WITHIN
                          : cli->across ? SYNDIC_PASSAGE_ACROSS
                                        : SYNDIC_PASSAGE_ANYWHERE;
    syndic_memory_init(&cli->memory, NULL, cli->run.job.memory_cap_bytes);
    cli->run.report = syndic_skipped_report;
    cli->run.report_context = &problems;
    if (cli->output && !strcmp(cli->output, "-"))
        cli->output = NULL;
    syndic_progress_start(cli);
    enum syndic_status status = check_first(cli, &error);
    if (!status)
        status =
            syndic_run_passages(&cli->memory, &cli->run, &cli->passages, &run, &passages, &error);
    if (run && run->reader) {
        syndic_skipped_finish(&problems, cli, run->documents.count);
        skipped = syndic_message_inputs(run->reader) + run->problem_count;
    }
    if (!status)
        syndic_message_duplicate_ids(run);
    const double start = omp_get_wtime();
    if (!status)
        status = cli->annotate || cli->remove_repeats ? write_folder(cli, run, &passages, &error)
                                                      : write_list(cli, run, &passages, &error);
    syndic_progress_stop();
    if (status) {
        syndic_message_error(cli, &error);
    } else {
        run->stage[SYNDIC_STAGE_WRITE].seconds = omp_get_wtime() - start;
        print_summary(cli, run, &passages);
    }
    syndic_passages_clear(&passages);
    syndic_run_destroy(run);
    return status ? SYNDIC_EXIT_FAILED : skipped ? SYNDIC_EXIT_SKIPPED : SYNDIC_EXIT_DONE;
}
