/* SPDX-License-Identifier: Apache-2.0 */
/* messages.c - what happened, in; words on stderr, out. */
#define _GNU_SOURCE
#include "cli/messages.h"

#include "base/sort.h"
#include "cli/terminal.h"
#include "write/names.h"

#include <inttypes.h>
#include <omp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void syndic_message(const char *format, ...)
{
    char line[2048]; /* one write, so that lines of several processes do not mix */
    va_list arguments;
    int n = snprintf(line, sizeof(line), "syndic: ");

    va_start(arguments, format);
    n += vsnprintf(line + n, sizeof(line) - (size_t)n, format, arguments);
    va_end(arguments);
    if ((size_t)n > sizeof(line) - 2)
        n = (int)sizeof(line) - 2;
    line[n] = '\n';
    syndic_clear_progress_line();
    fwrite(line, 1, (size_t)n + 1, stderr);
}

/* "path:line: byte 33: ", as far as they are known. */
static void place(char *room, size_t n, const char *path, uint64_t line, uint64_t byte)
{
    size_t used = 0;

    *room = '\0';
    if (path && *path)
        used += (size_t)snprintf(room, n, line ? "%.600s:%" PRIu64 ": " : "%.600s: ", path, line);
    if (byte != UINT64_MAX && used < n)
        snprintf(room + used, n - used, "byte %" PRIu64 ": ", byte);
}

void syndic_message_error(const struct syndic_cli *cli, const struct syndic_error *error)
{
    char where[700];

    const bool capped = error->status == SYNDIC_NO_MEMORY && cli->run.job.memory_cap_bytes;

    place(where, sizeof(where), error->path, error->line, error->byte);
    syndic_message("%s%s%s", where, error->message,
                   capped ? " within the limit that --memory sets" : "");
}

void syndic_message_problem(const struct syndic_source *source,
                            const struct syndic_problem *problem)
{
    char where[700];

    place(where, sizeof(where), source ? source->path : NULL, problem->line, problem->byte);
    syndic_message("%s%s%s", where, problem->message, problem->line ? "; record skipped" : "");
}

size_t syndic_message_inputs(const struct syndic_reader *reader)
{
    size_t count;
    const struct syndic_problem *const problems = syndic_reader_problems(reader, &count);

    for (size_t i = 0; i < count; i++)
        syndic_message_problem(NULL, &problems[i]);
    return count;
}

static uint64_t id_hash(const char *id)
{
    return syndic_hash128(id, strlen(id)).low;
}

/* The place of the first item of sorted[0, n) that is not less than x. */
static size_t lower_bound(const uint64_t *sorted, size_t n, uint64_t x)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (sorted[middle] < x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void name_duplicates(const struct syndic_documents *documents, const uint64_t *sorted,
                            size_t n, size_t repeats)
{
    for (size_t row = 0; row < documents->count; row++) {
        const char *const id = documents->id[row];
        const uint64_t hash = id ? id_hash(id) : 0;
        const size_t at = lower_bound(sorted, n, hash);
        if (id && at + 1 < n && sorted[at + 1] == hash) {
            syndic_message("warning: %zu %s the id of an earlier one, '%.200s' first", repeats,
                           syndic_words_for(repeats, "document has", "documents have"), id);
            return;
        }
    }
}

/* Equal 64-bit hashes stand for equal ids: a false warning is one in billions of runs. */
void syndic_message_hot(const struct syndic_cli *cli, const struct syndic_run *run)
{
    const struct syndic_group_counts *const counts = &run->counts;

    if (cli->quiet)
        return;
    if (counts->hot_documents)
        syndic_message("warning: %" PRIu64 " %s of shingles that more than %u documents have; "
                       "a larger --max-df would group them",
                       counts->hot_documents,
                       syndic_words_for(counts->hot_documents, "document consists mostly",
                                        "documents consist mostly"),
                       cli->run.job.max_df);
    if (counts->crowded)
        syndic_message(
            "warning: %" PRIu64 " %s with more others than are looked at", counts->crowded,
            syndic_words_for(counts->crowded, "document shares text", "documents share text"));
}

void syndic_message_duplicate_ids(const struct syndic_run *run)
{
    const struct syndic_documents *const documents = &run->documents;
    uint64_t *const hash = syndic_allocate(run->memory, documents->count, 2 * sizeof(*hash));
    size_t n = 0, repeats = 0;

    if (!hash)
        return;
    for (size_t row = 0; row < documents->count; row++)
        if (documents->id[row])
            hash[n++] = id_hash(documents->id[row]);
    syndic_sort_u64(hash, n, hash + documents->count);
    for (size_t i = 1; i < n; i++)
        repeats += hash[i] == hash[i - 1];
    if (repeats)
        name_duplicates(documents, hash, n, repeats);
    syndic_release(run->memory, hash);
}

void syndic_message_missing_fields(const struct syndic_cli *cli, const struct syndic_run *run)
{
    const struct syndic_documents *const documents = &run->documents;
    bool id = !cli->id_field_given, rank = !documents->value;

    for (size_t row = 0; row < documents->count && !(id && rank); row++) {
        id = id || documents->id[row];
        rank = rank || documents->value[row].kind != SYNDIC_RANK_NONE;
    }
    if (documents->count && !id)
        syndic_message("warning: no record has the field '%.100s' that --id-field names",
                       cli->run.read.id_field);
    if (documents->count && !rank)
        syndic_message(
            "warning: no record has a number or a string in the field '%.100s' that --keep names",
            cli->run.read.rank_field);
}

static void print_stages(const struct syndic_run *run)
{
    for (int s = 0; s < SYNDIC_STAGE_COUNT; s++) {
        const struct syndic_stage_time *const time = &run->stage[s];
        if (time->seconds <= 0)
            continue;
        fprintf(stderr, "  %-7s %8.3f s", syndic_stage_names[s], time->seconds);
        if (time->bytes)
            fprintf(stderr, " %9.1f MB/s", (double)time->bytes / 1e6 / time->seconds);
        fputc('\n', stderr);
    }
}

static const char *documents_word(uint64_t n)
{
    return syndic_words_for(n, "document", "documents");
}

static const char *copies(uint64_t n)
{
    return syndic_words_for(n, "copy", "copies");
}

static void print_removed(const struct syndic_dedup_counts *counts)
{
    fprintf(stderr, "kept %" PRIu64 ", removed %" PRIu64 " exact %s and %" PRIu64 " near %s",
            counts->kept, counts->removed_exact, copies(counts->removed_exact),
            counts->removed_near, copies(counts->removed_near));
    if (counts->removed_contained)
        fprintf(stderr, " and %" PRIu64 " contained %s", counts->removed_contained,
                documents_word(counts->removed_contained));
    if (counts->removed_empty)
        fprintf(stderr, " and %" PRIu64 " empty %s", counts->removed_empty,
                documents_word(counts->removed_empty));
    fputc('\n', stderr);
}

static void print_expectation(const struct syndic_cli *cli, const struct syndic_run *run)
{
    if (cli->run.job.by == SYNDIC_BY_SIMHASH)
        fprintf(stderr, "every pair of SimHashes within a distance of %u was found\n",
                cli->run.job.distance);
    if (cli->run.job.by == SYNDIC_BY_SYNDICATION)
        fprintf(stderr,
                "%" PRIu64 " of %" PRIu64 " sampled shingles were in more than %u documents and "
                "left out\n",
                run->counts.hot, run->counts.sampled, cli->run.job.max_df);
    if (cli->run.job.by != SYNDIC_BY_NEAR)
        return;
    fprintf(
        stderr, "expected recall of pairs right at the threshold %g: %.3f (%u bands of %u rows)\n",
        cli->run.job.threshold, run->plan->recall_at_threshold, run->plan->bands, run->plan->rows);
    if (run->counts.join.bounded_buckets)
        fprintf(stderr,
                "%" PRIu64 " large %s compared by leaders, the largest of %" PRIu64 " documents\n",
                run->counts.join.bounded_buckets,
                syndic_words_for(run->counts.join.bounded_buckets, "bucket was", "buckets were"),
                run->counts.join.largest_bucket);
}

void syndic_message_summary(const struct syndic_cli *cli, const struct syndic_run *run,
                            const struct syndic_dedup_counts *counts)
{
    const double seconds = omp_get_wtime() - cli->start_seconds;
    const size_t sources = syndic_reader_source_count(run->reader);
    size_t opening;

    if (cli->quiet || !(cli->verbose || syndic_is_terminal(2)))
        return;
    syndic_reader_problems(run->reader, &opening);
    fprintf(stderr, "%zu %s from %zu %s, %.1f MB, in %.2f s: %.1f MB/s, %.1f MB memory\n",
            run->documents.count, documents_word(run->documents.count), sources,
            syndic_words_for(sources, "file", "files"), (double)run->input_bytes / 1e6, seconds,
            (double)run->input_bytes / 1e6 / seconds,
            (double)atomic_load(&run->memory->peak_bytes) / 1e6);
    print_stages(run);
    fprintf(stderr,
            "%" PRIu64 " %s, %" PRIu64 " empty %s, %zu skipped, %" PRIu64
            " invalid UTF-8 %s replaced\n",
            run->counts.groups, syndic_words_for(run->counts.groups, "group", "groups"),
            run->counts.empty, documents_word(run->counts.empty), run->problem_count + opening,
            run->replaced_count, syndic_words_for(run->replaced_count, "sequence", "sequences"));
    if (counts)
        print_removed(counts);
    print_expectation(cli, run);
}
