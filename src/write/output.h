/* SPDX-License-Identifier: Apache-2.0 */
/* output.h - bytes in, a file descriptor out: buffered, and the first failure is remembered, so
 * that writers need not look after every call. */
#ifndef SYNDIC_WRITE_OUTPUT_H
#define SYNDIC_WRITE_OUTPUT_H

#include "base/memory.h"

struct syndic_output {
    int fd;
    const char *path; /* for messages; borrowed */
    uint8_t *buffer;
    size_t used_bytes;
    uint64_t written_bytes; /* put so far, the buffer included */
    int error_number;       /* errno of the first failed write, or 0; later puts do nothing */
    struct syndic_memory *memory;
};

/* Write to fd, which stays the caller's. */
SYNDIC_MUST_USE enum syndic_status syndic_output_open(struct syndic_output *output,
                                                      struct syndic_memory *memory, int fd,
                                                      const char *path);

void syndic_put(struct syndic_output *output, const void *bytes, size_t n);
void syndic_put_text(struct syndic_output *output, const char *text);
void syndic_put_number(struct syndic_output *output, uint64_t number);

/* A number of 0 or more with at most `decimals` (up to 9) digits after the point and at least
 * one: 1.0, 0.93.  NaN and infinity are written as 0.0. */
void syndic_put_decimal(struct syndic_output *output, double number, int decimals);

/* How similarities are written everywhere. */
#define SYNDIC_SIMILARITY_DECIMALS 6

/* Write what is buffered; SYNDIC_IO with the path and the reason of the first failure. */
SYNDIC_MUST_USE enum syndic_status syndic_output_flush(struct syndic_output *output,
                                                       struct syndic_error *error);

/* Give the buffer back; what was not flushed is lost. */
void syndic_output_close(struct syndic_output *output);

/* All of bytes[0, n) to fd: at `offset`, or where the file stands when offset is -1.  Returns 0, or
 * errno. */
int syndic_write_all(int fd, const void *bytes, size_t n, int64_t offset);

#endif
