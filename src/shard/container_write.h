/* SPDX-License-Identifier: Apache-2.0 */
/* container_write.h - sections, one after the other, in; the file that container.h describes, from
 * front to back, out.  What an output cannot take it remembers, so the puts need no status. */
#ifndef SYNDIC_SHARD_CONTAINER_WRITE_H
#define SYNDIC_SHARD_CONTAINER_WRITE_H

#include "shard/container.h"
#include "write/output.h"

enum syndic_section_kind {
    SYNDIC_SECTION_STREAM, /* compressed where it pays, up to SYNDIC_STREAM_RATIO_MAX */
    SYNDIC_SECTION_COLUMN, /* compressed where it pays; its size follows from the rows */
    SYNDIC_SECTION_PLAIN,  /* a column of hashes, which nothing compresses */
};

struct syndic_container_writer;

/* Begin a file on `output`, which is borrowed. */
SYNDIC_MUST_USE enum syndic_status syndic_container_begin(struct syndic_memory *memory,
                                                          struct syndic_output *output,
                                                          struct syndic_container_writer **writer);

/* Begin a section; the one before ends.  tag: 1 to 8 letters a to z, each once. */
void syndic_section_begin(struct syndic_container_writer *writer, const char *tag,
                          enum syndic_section_kind kind, uint32_t flags);

void syndic_section_put(struct syndic_container_writer *writer, const void *bytes, size_t n);
void syndic_section_put_u32(struct syndic_container_writer *writer, uint32_t number);
void syndic_section_put_u64(struct syndic_container_writer *writer, uint64_t number);
void syndic_section_put_text(struct syndic_container_writer *writer, const char *text);

/* End the last section and the file. */
void syndic_container_end(struct syndic_container_writer *writer, uint64_t rows);
void syndic_container_writer_destroy(struct syndic_container_writer *writer);

#endif
