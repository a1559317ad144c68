/* SPDX-License-Identifier: Apache-2.0 */
/* spool.h - whole reads and writes at an offset, and files without a name for what must be read
 * again. */
#ifndef SYNDIC_READ_SPOOL_H
#define SYNDIC_READ_SPOOL_H

#include "syndic.h"

#include <stdbool.h>
#include <sys/types.h>

/* An open file in the folder tmp (NULL: $TMPDIR, else /tmp) that vanishes when it is closed. */
SYNDIC_MUST_USE enum syndic_status syndic_spool_open(const char *tmp, int *fd,
                                                     struct syndic_error *error);

/* The folder that is meant. */
const char *syndic_spool_folder(const char *tmp);

/* All n bytes at the offset; false: errno says why. */
bool syndic_write_at(int fd, const void *bytes, size_t n, uint64_t offset);

/* As many of n bytes as the file has at the offset; -1: errno says why. */
ssize_t syndic_read_at(int fd, void *bytes, size_t n, uint64_t offset);

/* As many of n bytes as there are before the end of a file or pipe; -1: errno says why.  cancel, or
 * NULL: ECANCELED once it is raised, however long the pipe gives nothing. */
ssize_t syndic_read_on(int fd, void *bytes, size_t n, const _Atomic bool *cancel);

#endif
