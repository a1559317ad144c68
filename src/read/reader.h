/* SPDX-License-Identifier: Apache-2.0 */
/* reader.h - what the parts of the read stage share: the reader, its inputs, a chunk's room. */
#ifndef SYNDIC_READ_READER_H
#define SYNDIC_READ_READER_H

#include "kernel.h"
#include "read/json.h"
#include "read/read.h"
#include "read/stash.h"
#include "read/stream.h"
#include "read/warc.h"

#include <locale.h>
#include <pthread.h>
#include <time.h>

/* Plain files are cut into pieces of about this size: a few stay in the second-level cache. */
#define SYNDIC_CHUNK_BYTES ((size_t)1 << 20)

/* A chunk that grew beyond this for a long line gives its room back. */
#define SYNDIC_CHUNK_BYTES_KEPT ((size_t)16 << 20)

#define SYNDIC_BOM       "\xef\xbb\xbf"
#define SYNDIC_BOM_BYTES 3

/* One source, and how far it was read. */
struct syndic_input {
    struct syndic_source source;
    bool standard;   /* input */
    bool explicitly; /* named, not found in a directory */
    uint64_t device, inode;

    const char *found; /* where to open it; NULL: at source.path */
    bool known;        /* was opened before, when it looked like this: */
    uint64_t known_bytes;
    struct timespec known_time;

    /* This pass; the thread that holds `busy` has it for itself. */
    bool busy;
    int fd;                       /* -1: not open */
    uint64_t base;                /* offset in fd of the source's first byte */
    uint64_t size;                /* of a source that is read at offsets */
    struct syndic_stream *stream; /* NULL: read at offsets */
    uint64_t position;            /* in the decompressed source: where the next chunk starts */
    uint64_t sequence;            /* of the next chunk */
    uint64_t used_bytes;          /* of the file, as counted in done_bytes */
    bool finished;                /* all is cut into chunks */
    uint8_t *carry;               /* from a stream: the beginning of the next chunk */
    size_t carry_bytes, carry_capacity;

    /* Under the reader's lock. */
    unsigned users;         /* threads that still read at offsets */
    _Atomic bool shortened; /* said once */
};

/* A text kept for syndic_reader_fetch(): place number, and where it lies in the spool. */
struct syndic_spooled {
    size_t place;
    uint64_t offset;
    size_t bytes;
};

struct syndic_reader {
    struct syndic_memory *memory;
    struct syndic_arena strings;
    struct syndic_read_options options; /* strings copied */

    struct syndic_input *inputs;
    size_t input_count, input_capacity;
    struct syndic_problem *problems;
    size_t problem_count, problem_capacity;
    uint64_t left_out_count;         /* files of other types in directories */
    struct syndic_error first_error; /* of the problems */

    pthread_mutex_t lock;
    pthread_cond_t freed;
    uint32_t *active; /* inputs being cut, in order */
    size_t active_count, next_input;
    struct syndic_error error; /* of syndic_reader_next() */

    _Atomic uint64_t done_bytes;
    uint64_t total_bytes; /* 0: unknown */
    int stdin_spool;      /* -1: none */

    struct syndic_stash *stash; /* NULL: nothing is kept */
    bool stashing;              /* this is the first pass */
    const struct syndic_place *places;
    struct syndic_spooled *spooled; /* by place */
    size_t spooled_count;
    int text_spool; /* -1: none */
    _Atomic uint64_t text_spool_bytes;
};

#define SYNDIC_FETCH_FILES 16 /* files that a chunk keeps open for fetching */

struct syndic_chunk_room {
    struct syndic_chunk chunk; /* what the caller sees */
    struct syndic_reader *reader;
    struct syndic_json *json;
    locale_t number_locale;
    size_t bytes_capacity;
    size_t at;                    /* of the next line in chunk.bytes */
    uint64_t read_offset;         /* the chunk's bytes are still to be read there */
    uint64_t skipped_bytes;       /* of a record too long to hold, which follows chunk.bytes */
    enum syndic_warc_after after; /* of WARC: what follows chunk.bytes */
    uint64_t skipped_claim;       /* of WARC: what its header said, or 0 */
    bool text_given;              /* the one record of a txt */
    bool damaged;                 /* to be reported after the last record: */
    struct syndic_problem damage;
    struct syndic_problem *problems;
    size_t problem_capacity;
    struct syndic_extract *extract; /* NULL: no WARC was met */
    int fetch_fd[SYNDIC_FETCH_FILES];
    uint32_t fetch_source[SYNDIC_FETCH_FILES];
};

/* ---- sources.c ---- */

/* Find the inputs that options.paths mean; what is wrong becomes problems. */
SYNDIC_MUST_USE enum syndic_status syndic_sources_find(struct syndic_reader *reader);

/* A problem of the reader itself with a path; false: no memory. */
bool syndic_sources_problem(struct syndic_reader *reader, const char *path, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- known.c ---- */

/* Take options.known for the inputs. */
SYNDIC_MUST_USE enum syndic_status syndic_sources_take_known(struct syndic_reader *reader);

/* ---- input.c ---- */

/* Open the file of an input for reading and check that it is the one that was first opened; *fd is
 * the caller's.  SYNDIC_IO: *damage says why not. */
SYNDIC_MUST_USE enum syndic_status syndic_input_open_file(struct syndic_input *input, int *fd,
                                                          struct syndic_damage *damage);

/* Get an input ready for its first chunk.  NO_MEMORY; SYNDIC_FORMAT: *damage says what is wrong
 * with the file; SYNDIC_IO: standard input cannot be spooled, *damage says why. */
SYNDIC_MUST_USE enum syndic_status syndic_input_open(struct syndic_reader *reader,
                                                     struct syndic_input *input,
                                                     struct syndic_damage *damage);

/* A stream over the open compressed file fd, from its beginning. */
SYNDIC_MUST_USE enum syndic_status syndic_input_stream(struct syndic_reader *reader,
                                                       const struct syndic_input *input, int fd,
                                                       struct syndic_stream **stream);

/* Close what is open. */
void syndic_input_close(struct syndic_reader *reader, struct syndic_input *input);

/* Close, and start again at the first chunk. */
void syndic_input_reset(struct syndic_reader *reader, struct syndic_input *input);

/* ---- chunk.c ---- */

/* Cut the next chunk off an input, which the calling thread holds.  Bytes at offsets are read
 * later, by syndic_chunk_fill().  NO_MEMORY, or SYNDIC_IO with room->damage: standard input's
 * spool. */
SYNDIC_MUST_USE enum syndic_status syndic_chunk_cut(struct syndic_reader *reader,
                                                    struct syndic_input *input,
                                                    struct syndic_chunk_room *room);

/* Read the bytes of a chunk that was only cut; any number of threads at once. */
SYNDIC_MUST_USE enum syndic_status syndic_chunk_fill(struct syndic_chunk_room *room);

/* Room for n bytes and the padding.  What was held may be lost unless keep. */
SYNDIC_MUST_USE bool syndic_chunk_reserve(struct syndic_chunk_room *room, size_t n, bool keep);

/* Report at the end of the chunk that its source is damaged at `byte` of the file. */
void syndic_chunk_damaged(struct syndic_chunk_room *room, uint64_t byte, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Keep bytes[0, n) of a stream for the next chunk. */
SYNDIC_MUST_USE enum syndic_status syndic_chunk_carry(struct syndic_reader *reader,
                                                      struct syndic_input *input,
                                                      const uint8_t *bytes, size_t n);

/* The chunk holds `count` bytes. */
void syndic_chunk_set_bytes(struct syndic_chunk_room *room, size_t count);

/* ---- warc_cut.c ---- */

/* syndic_chunk_cut() for WARC. */
SYNDIC_MUST_USE enum syndic_status syndic_warc_cut(struct syndic_reader *reader,
                                                   struct syndic_input *input,
                                                   struct syndic_chunk_room *room);

/* ---- warc_record.c ---- */

/* syndic_chunk_record() for WARC, but for what follows the last record. */
SYNDIC_MUST_USE enum syndic_status syndic_warc_record(struct syndic_chunk_room *room,
                                                      struct syndic_record *record, bool *more);

/* Report the record that the chunk was cut after, and which is not held. */
SYNDIC_MUST_USE enum syndic_status syndic_warc_skipped(struct syndic_chunk_room *room,
                                                       uint64_t offset, uint64_t bytes);

/* syndic_record_text() for WARC. */
SYNDIC_MUST_USE enum syndic_status syndic_warc_text(struct syndic_chunk_room *room,
                                                    const uint8_t *raw, size_t raw_bytes,
                                                    const uint8_t **text, size_t *text_bytes);

/* ---- record.c ---- */

/* Add a problem to the chunk. */
SYNDIC_MUST_USE enum syndic_status syndic_chunk_problem(struct syndic_chunk_room *room,
                                                        struct syndic_problem problem);

/* The text of one raw record again: the text field, or all of a txt without its BOM.  SYNDIC_FORMAT
 * where there is none. */
SYNDIC_MUST_USE enum syndic_status syndic_record_text(struct syndic_chunk_room *room,
                                                      enum syndic_format format, const uint8_t *raw,
                                                      size_t raw_bytes, const uint8_t **text,
                                                      size_t *text_bytes);

#endif
