/* SPDX-License-Identifier: Apache-2.0 */
/* lines.h - the path of a file, plain or compressed, in; its lines, of any length, out. */
#ifndef SYNDIC_SHARD_LINES_H
#define SYNDIC_SHARD_LINES_H

#include "base/memory.h"

struct syndic_lines;

/* path: "-" for standard input; a name that ends in .gz or .zst is decompressed.  Borrowed while
 * the lines are read.  On OK the caller closes. */
SYNDIC_MUST_USE enum syndic_status syndic_lines_open(struct syndic_memory *memory, const char *path,
                                                     struct syndic_lines **lines,
                                                     struct syndic_error *error);

/* The next line without its end, borrowed until the next call, with SYNDIC_TEXT_PADDING readable
 * bytes behind it; NULL after the last.  SYNDIC_FORMAT: the file is damaged, or its last line has
 * no end. */
SYNDIC_MUST_USE enum syndic_status syndic_lines_next(struct syndic_lines *lines,
                                                     const uint8_t **line, size_t *n,
                                                     struct syndic_error *error);
void syndic_lines_close(struct syndic_lines *lines);

#endif
