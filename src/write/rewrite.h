/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite.h - what a command other than dedup does with the records that it writes again: another
 * text, or one field more. */
#ifndef SYNDIC_WRITE_REWRITE_H
#define SYNDIC_WRITE_REWRITE_H

#include "pipeline.h"
#include "write/output.h"

#define SYNDIC_CUT_NAME      "cut.jsonl"
#define SYNDIC_PASSAGES_NAME "passages.jsonl"

/* Bytes that grow. */
struct syndic_room {
    uint8_t *bytes;
    size_t n, capacity;
    struct syndic_memory *memory;
};

/* Append; false: no memory. */
bool syndic_room_put(struct syndic_room *room, const void *bytes, size_t n);

struct syndic_rewrite {
    const char *command, *list_name; /* "passages"; the file that says what was done */
    void *context;

    /* Append to room what stands for the raw record, raw[0, n), of document `row`, line end
     * included.  Threads call at once, each with a room of its own.  NO_MEMORY, or FORMAT where the
     * record is not what it was. */
    enum syndic_status (*record)(void *context, uint32_t row, const uint8_t *raw, size_t n,
                                 struct syndic_room *room);

    /* Write the list; before any record is written. */
    enum syndic_status (*list)(void *context, struct syndic_output *output,
                               struct syndic_error *error);

    /* Members of summary.json, each with a comma before it: options, then counts. */
    void (*summary)(void *context, struct syndic_output *output);
};

/* raw[0, n) is a JSON object and perhaps a line end: append it with member "key":value behind the
 * others; value is JSON text. */
bool syndic_put_member(struct syndic_room *room, const uint8_t *raw, size_t n, const char *key,
                       const uint8_t *value, size_t value_bytes);

/* A string of JSON, quotes included, without the bytes [from[i], to[i]) of what it means, which are
 * ascending and apart and begin and end between characters; what stays is as it was. */
struct syndic_byte_range {
    uint64_t from, to;
};
bool syndic_put_string_without(struct syndic_room *room, const uint8_t *string, size_t n,
                               const struct syndic_byte_range *range, size_t count);

#endif
