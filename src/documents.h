/* SPDX-License-Identifier: Apache-2.0 */
/* documents.h - the document table: what is known of each document besides its sketch. */
#ifndef SYNDIC_DOCUMENTS_H
#define SYNDIC_DOCUMENTS_H

#include "read/read.h"

/* The value of the field that --keep min:FIELD or max:FIELD names. */
struct syndic_rank_value {
    enum syndic_rank_kind kind;
    double number;
    const char *text; /* owned by the table's strings */
};

/* Columns by ordinal, which is also the row in the sketches. */
struct syndic_documents {
    size_t count, capacity;
    struct syndic_place *place;
    uint64_t *line;                  /* in its source, from 1 */
    const char **id;                 /* NULL: none of its own */
    struct syndic_rank_value *value; /* NULL without a rank field */
    struct syndic_arena strings;
    struct syndic_memory *memory;
};

void syndic_documents_init(struct syndic_documents *documents, struct syndic_memory *memory);

/* Room for `capacity` documents in all; with_values: the value column too. */
SYNDIC_MUST_USE enum syndic_status syndic_documents_reserve(struct syndic_documents *documents,
                                                            size_t capacity, bool with_values);

/* Append a record of `source`; strings are copied. */
SYNDIC_MUST_USE enum syndic_status syndic_documents_add(struct syndic_documents *documents,
                                                        uint32_t source,
                                                        const struct syndic_record *record,
                                                        bool with_values);

/* Move all of `from` to the end of `to`, which has room; lines of `from` grow by line_base. */
void syndic_documents_absorb(struct syndic_documents *to, struct syndic_documents *from,
                             uint64_t line_base);

/* rank[i] = place of document i's value in the order of all values: numbers by size, then strings
 * by bytes; equal values have equal ranks; no value: NaN. */
SYNDIC_MUST_USE enum syndic_status syndic_documents_rank(const struct syndic_documents *documents,
                                                         double *rank);

void syndic_documents_clear(struct syndic_documents *documents);

#endif
