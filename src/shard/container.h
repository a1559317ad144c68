/* SPDX-License-Identifier: Apache-2.0 */
/* container.h - named sections of bytes in; one checksummed file out, and back.
 *
 *   header   32 bytes: magic 8, version 4, zero 4, the writer's version as text 8, checksum 8
 *   sections one behind the other, without gaps
 *   table    48 bytes a section: tag 8, offset 8, stored bytes 8, bytes 8, checksum 8, flags 4,
 *            zero 4
 *   tail     56 bytes: offset of the table 8, sections 4, zero 4, rows 8, bytes of the file 8,
 *            checksum of the table 8, checksum of the tail so far 8, end magic 8
 *
 * A section is a run of blocks: bytes 4, stored bytes 4, and these.  Stored bytes are a zstd frame
 * where they are fewer, else the bytes themselves.  Numbers have their least byte first.  Checksums
 * are XXH3-64: of a section, of all its blocks as stored; of the header, of what is before it.
 * Every byte of the file is under one of them.
 *
 * A file is written from front to back, so it can go through a pipe, and it is whole only with its
 * tail.  What a reader allocates is bounded by what the file holds: a section is either a column,
 * whose size follows from the number of rows, or a stream, which is never more than
 * SYNDIC_STREAM_RATIO_MAX times what is stored. */
#ifndef SYNDIC_SHARD_CONTAINER_H
#define SYNDIC_SHARD_CONTAINER_H

#include "base/memory.h"

#define SYNDIC_CONTAINER_VERSION      1
#define SYNDIC_CONTAINER_SECTIONS_MAX 64
#define SYNDIC_SECTION_TAG_BYTES      8
#define SYNDIC_SECTION_BLOCK_BYTES    ((size_t)1 << 18)
#define SYNDIC_STREAM_RATIO_MAX       128

#define SYNDIC_CONTAINER_HEADER_BYTES 32
#define SYNDIC_CONTAINER_ENTRY_BYTES  48
#define SYNDIC_CONTAINER_TAIL_BYTES   56
#define SYNDIC_CONTAINER_MAGIC        "\x89SYN\r\n\x1a\n"
#define SYNDIC_CONTAINER_END_MAGIC    "SYN.END\n"
#define SYNDIC_CONTAINER_MAGIC_BYTES  8

enum {
    SYNDIC_SECTION_OPTIONAL = 1, /* a reader that does not know the tag passes over it */
};

struct syndic_section {
    char tag[SYNDIC_SECTION_TAG_BYTES + 1];
    uint64_t offset, stored_bytes, bytes, checksum;
    uint32_t flags;
};

/* An open file whose header, table and tail are sound.  Used by one thread. */
struct syndic_container {
    struct syndic_memory *memory;
    const char *path; /* borrowed */
    int fd;
    uint64_t file_bytes, rows;
    char writer[9]; /* version of the program that wrote it */
    size_t section_count;
    struct syndic_section section[SYNDIC_CONTAINER_SECTIONS_MAX];
};

/* SYNDIC_FORMAT: not such a file, of another version, cut off or damaged; SYNDIC_IO.  On OK the
 * caller closes. */
SYNDIC_MUST_USE enum syndic_status syndic_container_open(struct syndic_memory *memory,
                                                         const char *path,
                                                         struct syndic_container *container,
                                                         struct syndic_error *error);
void syndic_container_close(struct syndic_container *container);

/* NULL: there is none. */
const struct syndic_section *syndic_container_find(const struct syndic_container *container,
                                                   const char *tag);

/* Read a whole section and compare its checksum; SYNDIC_FORMAT where it differs.  Allocates a
 * buffer of fixed size only. */
SYNDIC_MUST_USE enum syndic_status syndic_container_check(const struct syndic_container *container,
                                                          const struct syndic_section *section,
                                                          struct syndic_error *error);

/* ---- the bytes of one section, from first to last ---- */

struct syndic_section_reader;

/* A stream: what is missing or claims too much is refused. */
SYNDIC_MUST_USE enum syndic_status syndic_section_open(const struct syndic_container *container,
                                                       const char *tag,
                                                       struct syndic_section_reader **reader,
                                                       struct syndic_error *error);

/* A column: it must have container->rows * width bytes. */
SYNDIC_MUST_USE enum syndic_status syndic_section_open_column(
    const struct syndic_container *container, const char *tag, size_t width,
    struct syndic_section_reader **reader, struct syndic_error *error);

/* The next n bytes. */
SYNDIC_MUST_USE enum syndic_status syndic_section_read(struct syndic_section_reader *reader,
                                                       void *bytes, size_t n,
                                                       struct syndic_error *error);

SYNDIC_MUST_USE enum syndic_status syndic_section_u32(struct syndic_section_reader *reader,
                                                      uint32_t *number, struct syndic_error *error);
SYNDIC_MUST_USE enum syndic_status syndic_section_u64(struct syndic_section_reader *reader,
                                                      uint64_t *number, struct syndic_error *error);

/* A length and as many bytes without NUL, copied into the arena with a NUL behind. */
SYNDIC_MUST_USE enum syndic_status syndic_section_text(struct syndic_section_reader *reader,
                                                       struct syndic_arena *strings,
                                                       const char **text,
                                                       struct syndic_error *error);

/* The same of a known length. */
SYNDIC_MUST_USE enum syndic_status syndic_section_string(struct syndic_section_reader *reader,
                                                         size_t n, struct syndic_arena *strings,
                                                         const char **text,
                                                         struct syndic_error *error);

/* Bytes not yet read. */
uint64_t syndic_section_left(const struct syndic_section_reader *reader);

/* SYNDIC_FORMAT: what was read makes no sense, and why; or that the checksum tells as much. */
enum syndic_status syndic_section_refuse(struct syndic_section_reader *reader,
                                         struct syndic_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* After the last byte: the checksum must be right.  SYNDIC_FORMAT otherwise, or where bytes are
 * left. */
SYNDIC_MUST_USE enum syndic_status syndic_section_finish(struct syndic_section_reader *reader,
                                                         struct syndic_error *error);
void syndic_section_close(struct syndic_section_reader *reader);

#endif
