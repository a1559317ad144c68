/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c - the command: two files, or an input and two ids, in; how the documents overlap, out.
 */
#include "base/error.h"
#include "cli/messages.h"
#include "cli/overlap.h"
#include "cli/result.h"
#include "cli/skipped.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* What is looked for in an input. */
struct search {
    struct syndic_cli *cli;
    struct syndic_reader *reader;
    struct syndic_chunk *chunk;
    struct syndic_side *side; /* to be filled: the only record, or those of the wanted ids */
    const char *const *ids;   /* NULL: the only record */
    size_t count;             /* of sides */
    uint64_t found[2];        /* records of each id */
    uint64_t line;            /* before the chunk, in its source */
    size_t skipped, records;
    struct syndic_skipped problems;
};

static enum syndic_status copy_bytes(struct syndic_memory *memory, const void *bytes, size_t n,
                                     void **copy)
{
    *copy = syndic_allocate(memory, n + 1, 1);
    if (!*copy)
        return SYNDIC_NO_MEMORY;
    if (n)
        memcpy(*copy, bytes, n);
    ((char *)*copy)[n] = '\0';
    return SYNDIC_OK;
}

static enum syndic_status take(struct search *search, struct syndic_side *side,
                               const struct syndic_record *record, const char *name)
{
    void *bytes = NULL, *label = NULL;
    enum syndic_status status =
        copy_bytes(&search->cli->memory, record->text, record->text_bytes, &bytes);

    if (!status)
        status = copy_bytes(&search->cli->memory, name, strlen(name), &label);
    side->bytes = bytes;
    side->n = record->text_bytes;
    side->name = label;
    return status;
}

static bool has_id(const struct search *search, const struct syndic_record *record, const char *id)
{
    const struct syndic_source *const source =
        syndic_reader_source(search->reader, search->chunk->source);
    char own[4200];

    if (record->id)
        return strlen(id) == record->id_bytes && !memcmp(id, record->id, record->id_bytes);
    snprintf(own, sizeof(own), "%s:%" PRIu64, source->path, search->line + record->line);
    return !strcmp(id, own);
}

/* The first record of an id counts; the others are counted. */
static enum syndic_status look_at(struct search *search, const struct syndic_record *record)
{
    enum syndic_status status = SYNDIC_OK;

    search->records++;
    if (!search->ids && search->records == 1)
        return take(search, search->side, record, search->cli->run.read.paths[0]);
    for (size_t i = 0; !status && search->ids && i < search->count; i++)
        if (has_id(search, record, search->ids[i]) && !search->found[i]++)
            status = take(search, &search->side[i], record, search->ids[i]);
    return status;
}

static void report_chunk(struct search *search)
{
    const struct syndic_chunk *const chunk = search->chunk;

    for (size_t i = 0; i < chunk->problem_count; i++) {
        struct syndic_problem problem = chunk->problems[i];
        problem.line += problem.line ? search->line : 0;
        syndic_skipped_report(&search->problems,
                              syndic_reader_source(search->reader, chunk->source), &problem);
    }
    search->skipped += chunk->problem_count;
}

static enum syndic_status walk(struct search *search)
{
    struct syndic_record record;
    bool more = true, more_records;
    enum syndic_status status = syndic_chunk_create(search->reader, &search->chunk);

    while (!status) {
        status = syndic_reader_next(search->reader, search->chunk, &more);
        if (status || !more)
            break;
        if (!search->chunk->sequence)
            search->line = 0;
        do {
            status = syndic_chunk_record(search->chunk, &record, &more_records);
            if (!status && more_records)
                status = look_at(search, &record);
        } while (!status && more_records);
        report_chunk(search);
        search->line += search->chunk->line_count;
    }
    syndic_chunk_destroy(search->chunk);
    return status;
}

/* Is what was looked for there? */
static enum syndic_status check_found(const struct search *search, struct syndic_error *error)
{
    const char *path = search->cli->run.read.paths[0];

    if (!strcmp(path, "-"))
        path = "standard input";
    if (!search->ids && !search->records)
        return syndic_fail_at(error, SYNDIC_FORMAT, path, 0, SYNDIC_NO_BYTE, "holds no record");
    if (!search->ids && search->records > 1)
        return syndic_fail_at(error, SYNDIC_FORMAT, path, 0, SYNDIC_NO_BYTE,
                              "holds %zu records; name two of them: compare INPUT ID ID",
                              search->records);
    for (size_t i = 0; search->ids && i < search->count; i++)
        if (!search->found[i])
            return syndic_fail_at(error, SYNDIC_INVALID_ARGUMENT, path, 0, SYNDIC_NO_BYTE,
                                  "has no record of id '%.150s'", search->ids[i]);
    return SYNDIC_OK;
}

static void warn_of_repeats(const struct search *search)
{
    for (size_t i = 0; search->ids && i < search->count; i++)
        if (search->found[i] > 1 && !(i && !strcmp(search->ids[0], search->ids[1])))
            syndic_message("warning: %" PRIu64 " records have the id '%.200s'; the first was taken",
                           search->found[i], search->ids[i]);
}

/* Fill the sides from the input at cli->run.read.paths[0]. */
static enum syndic_status search_input(struct search *search, struct syndic_error *error)
{
    struct syndic_cli *const cli = search->cli;

    cli->run.read.path_count = 1;
    cli->run.read.threads = 1; /* records come in order */
    enum syndic_status status =
        syndic_reader_open(&cli->memory, &cli->run.read, &search->reader, error);
    if (status)
        return status;
    search->skipped += syndic_message_inputs(search->reader);
    search->problems.all = cli->verbose;
    status = walk(search);
    syndic_skipped_finish(&search->problems, cli, search->records);
    if (status)
        status = syndic_fail(error, status, "%s", syndic_status_text(status));
    else
        status = check_found(search, error);
    if (!status)
        warn_of_repeats(search);
    syndic_reader_close(search->reader);
    return status;
}

static enum syndic_status find_sides(struct syndic_cli *cli, struct syndic_overlap *overlap,
                                     size_t *skipped, struct syndic_error *error)
{
    enum syndic_status status = SYNDIC_OK;

    if (cli->operand_count == 3) {
        struct search search = {
            .cli = cli, .side = overlap->side, .ids = cli->operands + 1, .count = 2};
        status = search_input(&search, error);
        *skipped = search.skipped;
        return status;
    }
    for (size_t i = 0; !status && i < 2; i++) {
        struct search search = {.cli = cli, .side = &overlap->side[i], .count = 1};
        cli->run.read.paths = cli->operands + i;
        status = search_input(&search, error);
        *skipped += search.skipped;
    }
    return status;
}

static enum syndic_status write_result(struct syndic_cli *cli, const struct syndic_overlap *overlap,
                                       struct syndic_error *error)
{
    struct syndic_result result;
    const enum syndic_status status = syndic_result_open(&result, &cli->memory, NULL, error);

    if (status)
        return status;
    if (cli->format == SYNDIC_CLI_FORMAT_JSONL)
        syndic_write_overlap_json(overlap, &result.output);
    else
        syndic_write_overlap(overlap, &result.output);
    return syndic_result_finish(&result, error);
}

int syndic_cli_compare(struct syndic_cli *cli)
{
    struct syndic_overlap overlap = {.memory = &cli->memory};
    struct syndic_error error;
    size_t skipped = 0;

    if (cli->operand_count != 2 && cli->operand_count != 3) {
        syndic_message("compare what? 'syndic compare A B', or 'syndic compare INPUT ID ID'");
        return SYNDIC_EXIT_FAILED;
    }
    syndic_memory_init(&cli->memory, NULL, cli->run.job.memory_cap_bytes);
    enum syndic_status status = find_sides(cli, &overlap, &skipped, &error);
    const bool unfound = status == SYNDIC_INVALID_ARGUMENT || status == SYNDIC_IO;
    if (!status)
        status = syndic_overlap_measure(&overlap, &cli->run.job, &error);
    if (!status)
        status = write_result(cli, &overlap, &error);
    if (status)
        syndic_message_error(cli, &error);
    if (unfound && cli->operand_count == 3)
        syndic_message("usage: syndic compare A B, or syndic compare INPUT ID ID");
    syndic_overlap_clear(&overlap);
    return status ? SYNDIC_EXIT_FAILED : skipped ? SYNDIC_EXIT_SKIPPED : SYNDIC_EXIT_DONE;
}
