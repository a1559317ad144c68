/* SPDX-License-Identifier: Apache-2.0 */
/* result.h - where a command's data goes: standard output, or a file that appears when it is
 * complete. */
#ifndef SYNDIC_CLI_RESULT_H
#define SYNDIC_CLI_RESULT_H

#include "read/read.h"
#include "write/output.h"

struct syndic_result {
    struct syndic_output output;
    char *path;      /* the file's final name, links resolved; NULL: standard output or a device */
    char *temporary; /* what it is called until then */
    struct syndic_memory *memory;
};

/* file NULL: standard output.  A file that is there already is replaced; a device or pipe is
 * written to as it is. */
SYNDIC_MUST_USE enum syndic_status syndic_result_open(struct syndic_result *result,
                                                      struct syndic_memory *memory,
                                                      const char *file, struct syndic_error *error);

/* Flush, and give the file its name; whatever fails, nothing is left behind.  A closed pipe on
 * standard output is no failure: its reader has seen enough. */
SYNDIC_MUST_USE enum syndic_status syndic_result_finish(struct syndic_result *result,
                                                        struct syndic_error *error);

/* Instead of finishing. */
void syndic_result_abandon(struct syndic_result *result);

/* Before the process ends in the middle of work: remove the temporary file, if there is one. */
void syndic_result_remove_unfinished(void);

/* Is `file` one of the reader's sources, by whatever name? */
bool syndic_is_source(const struct syndic_reader *reader, const char *file);

#endif
