/* SPDX-License-Identifier: Apache-2.0 */
/* extract.h - one WARC record in; its text, where it has one, out. */
#ifndef SYNDIC_READ_EXTRACT_H
#define SYNDIC_READ_EXTRACT_H

#include "read/read.h"
#include "read/warc.h"

enum syndic_extract_kind {
    SYNDIC_EXTRACT_DOCUMENT,
    SYNDIC_EXTRACT_OTHER,  /* a record of another kind: not ours */
    SYNDIC_EXTRACT_BROKEN, /* should have been a document; fault says why it is none */
};

struct syndic_extracted {
    enum syndic_extract_kind kind;
    const uint8_t *text; /* borrowed from the record or the room; padding follows */
    size_t text_bytes;
    char fault[120];
};

/* Buffers and converters of one thread. */
struct syndic_extract;

SYNDIC_MUST_USE enum syndic_status syndic_extract_create(struct syndic_memory *memory,
                                                         struct syndic_extract **extract);
void syndic_extract_destroy(struct syndic_extract *extract);

/* The text of the good record at `bytes`, which lies as `record` says; SYNDIC_TEXT_PADDING readable
 * bytes follow it.  Fails with NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_extract_text(struct syndic_extract *extract,
                                                       const struct syndic_read_options *options,
                                                       const uint8_t *bytes,
                                                       const struct syndic_warc_record *record,
                                                       struct syndic_extracted *extracted);

#endif
