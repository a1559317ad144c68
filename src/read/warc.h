/* SPDX-License-Identifier: Apache-2.0 */
/* warc.h - bytes of a WARC file in; where its records begin and end, out.
 *
 * A record is a version line, header fields, an empty line, Content-Length bytes and two line ends
 * (ISO 28500).  Files in the wild are cut off, count wrongly and hold things between records, so a
 * record is believed only where what follows it is an end or another record; else its bytes are
 * passed over up to the next version line that begins a whole header. */
#ifndef SYNDIC_READ_WARC_H
#define SYNDIC_READ_WARC_H

#include "read/fields.h"

/* A longer header is none; and how far beyond a record one must see to believe it. */
#define SYNDIC_WARC_HEADER_MAX ((size_t)64 << 10)
#define SYNDIC_WARC_BEYOND     ((size_t)72)

/* Bytes that are no record are not held beyond this. */
#define SYNDIC_WARC_NOISE_MAX ((size_t)8 << 20)

struct syndic_warc_record {
    size_t bytes;        /* up to the next record, line ends included */
    size_t header_bytes; /* the empty line included */
    size_t body_bytes;
    const char *fault; /* NULL: a good record; else what is wrong with these bytes */
};

/* What comes after the bytes that are seen. */
enum syndic_warc_after {
    SYNDIC_WARC_UNSEEN,
    SYNDIC_WARC_RECORD, /* a record, or the end of the file */
    SYNDIC_WARC_NOISE,  /* something else */
};

/* The record, or the bytes that are none, at the start of bytes[0, n), n > 0.  False: more bytes
 * are needed, *need in all as far as that is known, else 0. */
bool syndic_warc_next(const uint8_t *bytes, size_t n, enum syndic_warc_after after,
                      struct syndic_warc_record *record, uint64_t *need);

/* What bytes[0, n) are as what comes after others; n 0: the end of the file. */
enum syndic_warc_after syndic_warc_after(const uint8_t *bytes, size_t n);

/* The first place from `from` (> 0) on where a record seems to begin.  False: there is none, or
 * more bytes must be seen; either way the search goes on at *at. */
bool syndic_warc_find(const uint8_t *bytes, size_t n, size_t from, bool ended, size_t *at);

#endif
