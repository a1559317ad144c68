/* SPDX-License-Identifier: Apache-2.0 */
/* removed.c - a finished run in; removed.jsonl and skipped.jsonl, the records that are not in the
 * output and why, out. */
#define _GNU_SOURCE
#include "base/error.h"
#include "write/dedup.h"
#include "write/groups.h"
#include "write/json_text.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void put_place(struct syndic_output *output, const struct syndic_run *run, uint32_t row)
{
    syndic_put_json_key(output, ",", "source");
    syndic_put_json_text(output, syndic_document_source(run, row));
    syndic_put_json_key(output, ",", "record");
    syndic_put_number(output, run->documents.line[row]);
}

/* A document without a token that --empty=drop removes: nobody stands for it. */
static void put_empty(struct syndic_output *output, struct syndic_dedup_counts *counts)
{
    counts->removed_empty++;
    syndic_put_text(output, ",\"kept\":null,\"similarity\":0.0,\"how\":\"empty\"}\n");
}

static void put_copy(struct syndic_output *output, const struct syndic_run *run, uint32_t row,
                     struct syndic_dedup_counts *counts)
{
    const enum syndic_how how = (enum syndic_how)run->grouping.how[row];
    char room[SYNDIC_ID_ROOM_BYTES];

    if (how == SYNDIC_HOW_EXACT)
        counts->removed_exact++;
    else if (how != SYNDIC_HOW_NEAR)
        counts->removed_contained++;
    else
        counts->removed_near++;
    syndic_put_json_key(output, ",", "kept");
    syndic_put_json_text(output, run->kept_id ? run->kept_id[row]
                                              : syndic_document_id(run, run->grouping.kept[row],
                                                                   room, sizeof(room)));
    syndic_put_json_key(output, ",", "similarity");
    syndic_put_decimal(output, (double)run->grouping.similarity[row], SYNDIC_SIMILARITY_DECIMALS);
    if (run->grouping.contained) {
        syndic_put_json_key(output, ",", "contained");
        syndic_put_decimal(output, (double)run->grouping.contained[row],
                           SYNDIC_SIMILARITY_DECIMALS);
    }
    syndic_put_json_key(output, ",", "how");
    syndic_put_json_text(output, syndic_how_text(how));
    syndic_put_text(output, "}\n");
}

void syndic_write_removed(const struct syndic_run *run, bool drop_empty,
                          struct syndic_dedup_counts *counts, struct syndic_output *output)
{
    char room[SYNDIC_ID_ROOM_BYTES];

    for (size_t i = 0; i < run->documents.count && !output->error_number; i++) {
        const uint32_t row = (uint32_t)i;
        if (syndic_dedup_keeps(run, drop_empty, row)) {
            counts->kept++;
            continue;
        }
        syndic_put_json_key(output, "{", "id");
        syndic_put_json_text(output, syndic_document_id(run, row, room, sizeof(room)));
        put_place(output, run, row);
        if (drop_empty && !run->sketches.token_count[row])
            put_empty(output, counts);
        else
            put_copy(output, run, row, counts);
    }
}

static int read_all(int fd, uint8_t *bytes, size_t n, uint64_t at)
{
    while (n) {
        const ssize_t done = pread(fd, bytes, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done ? errno : EIO;
        bytes += done;
        at += (uint64_t)done;
        n -= (size_t)done;
    }
    return 0;
}

/* The raw record: as text where it is UTF-8, and in base 64 otherwise. */
static enum syndic_status put_raw(struct syndic_output *output, const struct syndic_run *run,
                                  const struct syndic_spool *spool, size_t problem,
                                  struct syndic_error *error)
{
    const size_t n = run->problems[problem].bytes;
    uint8_t *const bytes = syndic_allocate(run->memory, n, 1);

    if (!bytes)
        return syndic_fail_memory(error);
    errno = read_all(spool->fd, bytes, n, spool->at[problem]);
    const int number = errno;
    if (!number && syndic_utf8_valid(bytes, n)) {
        syndic_put_json_key(output, ",", "raw");
        syndic_put_json_string(output, (const char *)bytes, n);
    } else if (!number) {
        syndic_put_json_key(output, ",", "raw_base64");
        syndic_put_json_base64(output, bytes, n);
    }
    syndic_release(run->memory, bytes);
    errno = number;
    return number ? syndic_fail_errno(error, SYNDIC_SKIPPED_NAME, "read the spool of") : SYNDIC_OK;
}

static void put_number_or_null(struct syndic_output *output, bool there, uint64_t number)
{
    if (there)
        syndic_put_number(output, number);
    else
        syndic_put_text(output, "null");
}

static void put_problem(struct syndic_output *output, const struct syndic_run *run,
                        const struct syndic_problem *problem)
{
    const bool placed = problem->source < syndic_reader_source_count(run->reader);

    syndic_put_json_key(output, "{", "source");
    syndic_put_json_text(output,
                         placed ? syndic_reader_source(run->reader, problem->source)->path : NULL);
    syndic_put_json_key(output, ",", "record");
    put_number_or_null(output, problem->line != 0, problem->line);
    syndic_put_json_key(output, ",", "byte");
    put_number_or_null(output, problem->byte != SYNDIC_NO_BYTE, problem->byte);
    syndic_put_json_key(output, ",", "reason");
    syndic_put_json_text(output, problem->message);
}

enum syndic_status syndic_write_skipped(const struct syndic_run *run,
                                        const struct syndic_spool *spool,
                                        struct syndic_output *output, struct syndic_error *error)
{
    size_t opening;
    const struct syndic_problem *const problems = syndic_reader_problems(run->reader, &opening);
    enum syndic_status status = SYNDIC_OK;

    for (size_t i = 0; i < opening; i++) {
        put_problem(output, run, &problems[i]);
        syndic_put_text(output, "}\n");
    }
    for (size_t i = 0; !status && i < run->problem_count; i++) {
        put_problem(output, run, &run->problems[i]);
        if (spool->at[i] != UINT64_MAX)
            status = put_raw(output, run, spool, i, error);
        syndic_put_text(output, "}\n");
    }
    return status;
}
