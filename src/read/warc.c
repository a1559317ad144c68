/* SPDX-License-Identifier: Apache-2.0 */
/* warc.c - bytes of a WARC file in; its next record, or how many bytes are none, out.
 *
 * Every byte is looked at a bounded number of times, whatever the file holds: header blocks end at
 * the next version line at the latest, and only the search for one runs over bodies. */
#define _GNU_SOURCE
#include "read/warc.h"

#include <string.h>

#define MAGIC       "WARC/"
#define MAGIC_BYTES 5

/* Two line ends belong behind a record; some writers are more generous. */
#define LINE_END_BYTES_MAX 64

/* The length of a line "WARC/1.0" with its end; 0: it is none. */
static size_t version_line(const uint8_t *bytes, size_t n)
{
    size_t i = MAGIC_BYTES;

    if (n < MAGIC_BYTES + 4 || memcmp(bytes, MAGIC, MAGIC_BYTES) != 0)
        return 0;
    while (i < n && i < 16 && ((bytes[i] >= '0' && bytes[i] <= '9') || bytes[i] == '.'))
        i++;
    if (i == MAGIC_BYTES)
        return 0;
    while (i < n && i < 24 && (bytes[i] == ' ' || bytes[i] == '\r'))
        i++;
    return i < n && bytes[i] == '\n' ? i + 1 : 0;
}

/* One reason for both, since which it looks like depends on how much of the file is seen. */
static const char wrong_length[] = "the record is cut off, or its Content-Length is wrong";

enum header { HEADER_GOOD, HEADER_BAD, HEADER_CUT };

/* The header block at the start.  CUT: it goes on beyond n. */
static enum header read_header(const uint8_t *bytes, size_t n, bool ended,
                               struct syndic_warc_record *record)
{
    const size_t most = n < SYNDIC_WARC_HEADER_MAX ? n : SYNDIC_WARC_HEADER_MAX;
    const enum header open =
        ended || most < n || n == SYNDIC_WARC_HEADER_MAX ? HEADER_BAD : HEADER_CUT;
    struct syndic_span value;
    uint64_t body;
    size_t at = version_line(bytes, most);

    record->fault = "not a WARC record";
    if (!at && n < 24 && !ended)
        return memcmp(bytes, MAGIC, n < MAGIC_BYTES ? n : MAGIC_BYTES) ? HEADER_BAD : HEADER_CUT;
    if (!at)
        return HEADER_BAD;
    for (;;) {
        const uint8_t *const end = memchr(bytes + at, '\n', most - at);
        record->fault = open == HEADER_BAD && !ended ? "the WARC header is too long"
                                                     : "the WARC header is cut off";
        if (!end)
            return open;
        const size_t line = (size_t)(end - bytes) - at;
        if (version_line(bytes + at, most - at))
            return HEADER_BAD;
        const bool empty = !line || (line == 1 && bytes[at] == '\r');
        at += line + 1;
        if (empty)
            break;
    }
    const struct syndic_span fields = {bytes, at};
    record->fault = "the WARC header has no Content-Length";
    if (!syndic_fields_find(fields, "Content-Length", &value) ||
        !syndic_span_number(value, &body) || body > SIZE_MAX / 2)
        return HEADER_BAD;
    record->fault = "the WARC header has no WARC-Type";
    if (!syndic_fields_find(fields, "WARC-Type", &value))
        return HEADER_BAD;
    record->fault = NULL;
    record->header_bytes = at;
    record->body_bytes = (size_t)body;
    return HEADER_GOOD;
}

bool syndic_warc_find(const uint8_t *bytes, size_t n, size_t from, bool ended, size_t *at)
{
    struct syndic_warc_record record;

    for (size_t i = from; i < n;) {
        const uint8_t *const end = memchr(bytes + i - 1, '\n', n - i + 1);
        if (!end)
            break;
        i = (size_t)(end - bytes) + 1;
        *at = i;
        if (i == n)
            return false;
        if (bytes[i] == 'W') {
            const enum header header = read_header(bytes + i, n - i, ended, &record);
            if (header != HEADER_BAD)
                return header == HEADER_GOOD;
        }
        i++;
    }
    *at = n;
    return false;
}

/* What is at the end of a record's body. */
enum end { END_GOOD, END_BAD, END_CUT };

static enum end read_end(const uint8_t *bytes, size_t n, enum syndic_warc_after after, size_t *at)
{
    const size_t start = *at;
    size_t i = start;

    while (i < n && i - start < LINE_END_BYTES_MAX && (bytes[i] == '\r' || bytes[i] == '\n'))
        i++;
    *at = i;
    if (i == n && after == SYNDIC_WARC_UNSEEN)
        return END_CUT;
    /* Whatever comes then: the record itself was ended as it should be. */
    if (i - start >= 4 && !memcmp(bytes + start, "\r\n\r\n", 4))
        return END_GOOD;
    if (i == n)
        return after == SYNDIC_WARC_RECORD ? END_GOOD : END_BAD;
    const size_t seen = n - i < MAGIC_BYTES ? n - i : MAGIC_BYTES;
    if (memcmp(bytes + i, MAGIC, seen) != 0)
        return END_BAD;
    return seen == MAGIC_BYTES ? END_GOOD : after == SYNDIC_WARC_UNSEEN ? END_CUT : END_BAD;
}

enum syndic_warc_after syndic_warc_after(const uint8_t *bytes, size_t n)
{
    const size_t seen = n < MAGIC_BYTES ? n : MAGIC_BYTES;

    return seen && memcmp(bytes, MAGIC, seen) != 0 ? SYNDIC_WARC_NOISE : SYNDIC_WARC_RECORD;
}

/* The bytes at the start are no record: up to where one begins. */
static bool pass_over(const uint8_t *bytes, size_t n, bool ended, struct syndic_warc_record *record)
{
    size_t at;

    record->header_bytes = record->body_bytes = 0;
    if (!syndic_warc_find(bytes, n, 1, ended, &at)) {
        if (!ended)
            return false;
        at = n;
    }
    record->bytes = at;
    return true;
}

bool syndic_warc_next(const uint8_t *bytes, size_t n, enum syndic_warc_after after,
                      struct syndic_warc_record *record, uint64_t *need)
{
    const bool ended = after != SYNDIC_WARC_UNSEEN;
    const enum header header = read_header(bytes, n, ended, record);

    *need = 0;
    if (header == HEADER_CUT)
        return false;
    if (header == HEADER_BAD)
        return pass_over(bytes, n, ended, record);
    if (record->body_bytes > n - record->header_bytes) {
        if (!ended) {
            *need = (uint64_t)record->header_bytes + record->body_bytes + SYNDIC_WARC_BEYOND;
            return false;
        }
        record->fault = wrong_length;
        return pass_over(bytes, n, ended, record);
    }
    record->bytes = record->header_bytes + record->body_bytes;
    *need = (uint64_t)record->bytes + SYNDIC_WARC_BEYOND;
    switch (read_end(bytes, n, after, &record->bytes)) {
    case END_GOOD:
        return true;
    case END_CUT:
        return false;
    default:
        *need = 0;
        record->fault = wrong_length;
        return pass_over(bytes, n, ended, record);
    }
}
