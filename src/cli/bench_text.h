/* SPDX-License-Identifier: Apache-2.0 */
/* bench_text.h - a number of bytes in; made-up documents, and the same as JSON lines, out. */
#ifndef SYNDIC_CLI_BENCH_TEXT_H
#define SYNDIC_CLI_BENCH_TEXT_H

#include "base/memory.h"

/* Document i is bytes[start[i], start[i + 1]), its record lines[line_start[i], line_start[i + 1]),
 * the line end included; SYNDIC_TEXT_PADDING readable bytes follow both. */
struct syndic_bench_text {
    size_t count;
    uint8_t *bytes, *lines;
    size_t *start, *line_start;
    struct syndic_memory *memory;
};

/* Documents of about `bytes` bytes in all: the same on every machine.  *text is to be cleared
 * whatever the status. */
SYNDIC_MUST_USE enum syndic_status syndic_bench_text_make(struct syndic_memory *memory,
                                                          size_t bytes,
                                                          struct syndic_bench_text *text);
void syndic_bench_text_clear(struct syndic_bench_text *text);

#endif
