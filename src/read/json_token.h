/* SPDX-License-Identifier: Apache-2.0 */
/* json_token.h - a place in a line of JSON in; the place after one string, number or word out.
 *
 * All functions return false on malformed input, with cursor->reason set and cursor->at at the
 * offending byte. */
#ifndef SYNDIC_READ_JSON_TOKEN_H
#define SYNDIC_READ_JSON_TOKEN_H

#include "kernel.h"

#include <stdbool.h>

struct syndic_json_cursor {
    const uint8_t *line; /* SYNDIC_TEXT_PADDING readable bytes follow line[n - 1] */
    size_t n, at;
    const char *reason; /* static */
    const struct syndic_kernels *kernels;
};

/* The byte at the cursor, or 0 at the end of the line (a NUL byte is no JSON either). */
static inline uint8_t syndic_json_peek(const struct syndic_json_cursor *cursor)
{
    return cursor->at < cursor->n ? cursor->line[cursor->at] : 0;
}

static inline void syndic_json_skip_space(struct syndic_json_cursor *cursor)
{
    for (; cursor->at < cursor->n; cursor->at++) {
        const uint8_t byte = cursor->line[cursor->at];
        if (byte > ' ' || (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r'))
            return;
    }
}

/* Always false: the line is malformed at `at`. */
bool syndic_json_malformed(struct syndic_json_cursor *cursor, size_t at, const char *reason);

/* From just after the opening quote to just after the closing one. */
bool syndic_json_pass_string(struct syndic_json_cursor *cursor);

/* The same, and the string's unescaped bytes.  They are in the line where nothing was escaped, else
 * in room, which takes as many bytes as are left of the line and SYNDIC_TEXT_PADDING more. */
bool syndic_json_take_string(struct syndic_json_cursor *cursor, uint8_t *room,
                             const uint8_t **bytes, size_t *length);

/* A number, or one of the words true, false and null, whose first byte is at the cursor. */
bool syndic_json_pass_number(struct syndic_json_cursor *cursor);
bool syndic_json_pass_word(struct syndic_json_cursor *cursor, const char *word);

#endif
