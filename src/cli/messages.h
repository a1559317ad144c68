/* SPDX-License-Identifier: Apache-2.0 */
/* messages.h - what happened, in; words on stderr, out. */
#ifndef SYNDIC_CLI_MESSAGES_H
#define SYNDIC_CLI_MESSAGES_H

#include "cli/cli.h"

/* "syndic: ..." and a line end. */
void syndic_message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Why a command failed, with its place. */
void syndic_message_error(const struct syndic_cli *cli, const struct syndic_error *error);

/* "1 group", "2 groups": the word that goes with the number. */
static inline const char *syndic_words_for(uint64_t n, const char *one, const char *many)
{
    return n == 1 ? one : many;
}

/* "syndic: file.jsonl:17: byte 33: unterminated string; record skipped"; source may be NULL. */
void syndic_message_problem(const struct syndic_source *source,
                            const struct syndic_problem *problem);

/* Inputs that could not be opened, each named.  Returns how many. */
size_t syndic_message_inputs(const struct syndic_reader *reader);

/* Documents that share an id, if there are any. */
void syndic_message_duplicate_ids(const struct syndic_run *run);

/* Warn where --by syndication could not look at most of a document. */
void syndic_message_hot(const struct syndic_cli *cli, const struct syndic_run *run);

/* A warning for --id-field, and for the field of --keep, where no record has it. */
void syndic_message_missing_fields(const struct syndic_cli *cli, const struct syndic_run *run);

/* The summary at the end of a run; counts is NULL for group. */
void syndic_message_summary(const struct syndic_cli *cli, const struct syndic_run *run,
                            const struct syndic_dedup_counts *counts);

#endif
