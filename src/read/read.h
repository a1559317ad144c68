/* SPDX-License-Identifier: Apache-2.0 */
/* read.h - paths in; chunks of whole records out, to several threads at once; and later any
 * record's text again, for exact verification.
 *
 * A source is one file (or stdin): .jsonl or .ndjson, .txt (one document), or .warc or .wet, each
 * plain, .gz (several members too) or .zst (several frames too).  Formats go by name, stdin by
 * input_format.  Reading cuts a source into chunks of whole lines, or of whole WARC records, in
 * order; different threads may hold chunks of the same source at the same time, and up to `threads`
 * sources are open at once.
 *
 * Of WARC files the documents are conversion records of plain text, and responses over HTTP that
 * are plain text or HTML; a record's "line" is its number among the records of all kinds.
 *
 * What is wrong with an input is an ordinary event: a struct syndic_problem names the place and
 * reason and everything else goes on. */
#ifndef SYNDIC_READ_READ_H
#define SYNDIC_READ_READ_H

#include "base/memory.h"
#include "syndic.h"

enum syndic_format { SYNDIC_FORMAT_JSONL, SYNDIC_FORMAT_TXT, SYNDIC_FORMAT_WARC };

enum syndic_compression { SYNDIC_PLAIN, SYNDIC_GZIP, SYNDIC_ZSTD };

struct syndic_known_source;

struct syndic_read_options {
    const char *const *paths; /* files, directories, "-" */
    size_t path_count;
    const struct syndic_known_source *known; /* read before: instead of looking at the paths */
    size_t known_count;
    const char *text_field;   /* dotted path; default "text" */
    const char *id_field;     /* dotted path; default "id"; of WARC a header field, "id" means
                               * WARC-Record-ID */
    const char *source_field; /* NULL: none; what tells the outlet or site that a record is from */
    const char *rank_field;   /* NULL: none; the field of --keep; of WARC a header field */
    enum syndic_html { SYNDIC_HTML_STRIP, SYNDIC_HTML_SKIP } html; /* is HTML a document? */
    enum syndic_format input_format;                               /* of stdin */
    size_t max_record_bytes; /* a longer line, or txt file, is skipped; default 1 GiB */
    const char *tmp;         /* folder for spools; NULL: $TMPDIR, else /tmp */
    uint64_t stash_bytes;    /* of what is decompressed, kept in tmp to fetch texts from: at most */
    uint32_t threads;
    const _Atomic bool *cancel; /* NULL, or raised to stop waiting for standard input */
};

/* One input file.  Strings belong to the reader. */
struct syndic_source {
    const char *path; /* as given, or found below a directory as given */
    const char *name; /* relative to the argument: the place below an output directory */
    enum syndic_format format;
    enum syndic_compression compression;
    uint64_t file_bytes; /* size on disk; 0 for stdin */
    bool has_bom;        /* known once the first chunk was read */
};

/* A source whose places are known from an earlier pass, perhaps on another machine.  It is looked
 * for only by syndic_reader_locate(). */
struct syndic_known_source {
    struct syndic_source source; /* file_bytes: as it was then */
    const char *folder;          /* looked in where path leads nowhere; NULL: nowhere else */
    bool standard;               /* it was standard input, which is gone */
};

/* How the message of a record without the text field begins. */
#define SYNDIC_MISSING_FIELD "missing field '"

/* A place where input was skipped.  line 0: the file as a whole. */
struct syndic_problem {
    uint32_t source;
    uint64_t line; /* within the chunk while in a chunk; absolute after syndic_chunk_problems */
    uint64_t byte; /* in the line, or in the compressed file where line is 0; UINT64_MAX: none; of
                    * WARC: where the record lies in the decompressed source, or the damaged member
                    * in the compressed file */
    uint64_t offset, bytes; /* the raw record skipped, in the decompressed source; bytes 0: none */
    char message[160];
};

/* One record with a text.  Spans borrow from the chunk until its next record. */
struct syndic_record {
    uint64_t line;       /* from 1 within the chunk; blank and bad lines count */
    uint64_t offset;     /* of the raw record in the decompressed source, after a BOM */
    uint64_t bytes;      /* of the raw record, its line end included */
    const uint8_t *text; /* unescaped; SYNDIC_TEXT_PADDING readable bytes follow */
    size_t text_bytes;
    const char *id; /* unescaped; NULL: the record has none */
    size_t id_bytes;
    enum syndic_rank_kind { SYNDIC_RANK_NONE, SYNDIC_RANK_NUMBER, SYNDIC_RANK_STRING } rank_kind;
    double rank;           /* RANK_NUMBER */
    const char *rank_text; /* RANK_STRING; borrowed */
    size_t rank_text_bytes;
    uint64_t origin; /* a hash of the source field's value; 0: none */
};

struct syndic_reader;

/* A run of whole records of one source; one object a thread, used again for each chunk. */
struct syndic_chunk {
    uint32_t source;
    uint64_t sequence; /* of the chunk in its source, from 0 */
    uint64_t offset;   /* of bytes[0] in the decompressed source */
    uint8_t *bytes;
    size_t bytes_count;
    bool last;           /* of its source */
    uint64_t line_count; /* lines begun so far by syndic_chunk_record(); all of them at its end */

    /* Problems met in this chunk so far, in order; lines count from 1 within the chunk. */
    const struct syndic_problem *problems;
    size_t problem_count;
    struct syndic_chunk_room *room;
};

/* Find and check the inputs: expands directories (recursive, sorted by bytes of the relative path,
 * files of other types left out silently, loops by symbolic links refused) and drops nothing
 * silently that was named.  A named path that is missing, unreadable or of an unknown type becomes
 * a problem of the reader (syndic_reader_problems), and the others are read.  Fails only where
 * nothing can be read at all. */
SYNDIC_MUST_USE enum syndic_status syndic_reader_open(struct syndic_memory *memory,
                                                      const struct syndic_read_options *options,
                                                      struct syndic_reader **reader,
                                                      struct syndic_error *error);

size_t syndic_reader_source_count(const struct syndic_reader *reader);
const struct syndic_source *syndic_reader_source(const struct syndic_reader *reader, size_t source);

/* Problems found while opening; source is UINT32_MAX and the message names the path. */
const struct syndic_problem *syndic_reader_problems(const struct syndic_reader *reader,
                                                    size_t *count);

/* Add to them what an earlier pass said. */
SYNDIC_MUST_USE enum syndic_status syndic_reader_add_problem(struct syndic_reader *reader,
                                                             const struct syndic_problem *problem);

/* Files in directories that were left out because their names end in none of the known types. */
uint64_t syndic_reader_left_out(const struct syndic_reader *reader);

/* Bytes read from disk so far, and in all (0: unknown), for progress.  Any thread. */
void syndic_reader_progress(const struct syndic_reader *reader, uint64_t *done, uint64_t *total);

enum syndic_status syndic_chunk_create(struct syndic_reader *reader, struct syndic_chunk **chunk);
void syndic_chunk_destroy(struct syndic_chunk *chunk);

/* The next chunk of some source: *more is false at the end of all.  Any number of threads, each
 * with its own chunk.  A corrupt or truncated stream ends its source with a problem in the chunk,
 * after the whole records before the damage.  Fails only with NO_MEMORY, or with SYNDIC_IO when
 * standard input cannot be spooled; syndic_reader_error() has the detail. */
SYNDIC_MUST_USE enum syndic_status syndic_reader_next(struct syndic_reader *reader,
                                                      struct syndic_chunk *chunk, bool *more);

/* Why syndic_reader_next() failed. */
const struct syndic_error *syndic_reader_error(const struct syndic_reader *reader);

/* The chunk's next good record: *more is false after the last.  Bad records become problems. */
SYNDIC_MUST_USE enum syndic_status syndic_chunk_record(struct syndic_chunk *chunk,
                                                       struct syndic_record *record, bool *more);

/* The raw records of a chunk of WARC, documents or not, one after the other without regard to
 * syndic_chunk_record(): *at starts at 0.  False after the last. */
bool syndic_chunk_raw(const struct syndic_chunk *chunk, size_t *at, uint64_t *offset,
                      size_t *bytes);

/* Start again at the first chunk (stdin: from its spool).  No chunk may be in use. */
SYNDIC_MUST_USE enum syndic_status syndic_reader_rewind(struct syndic_reader *reader,
                                                        struct syndic_error *error);

/* ---- any record again ---- */

struct syndic_place {
    uint64_t offset; /* as in struct syndic_record */
    uint32_t source;
    uint32_t bytes;
};

/* Known sources: find the files of the places i with wanted[i] != 0, where their paths say or below
 * `folder`.  SYNDIC_IO names one that is not there, or is not as large as it was. */
SYNDIC_MUST_USE enum syndic_status syndic_reader_locate(struct syndic_reader *reader,
                                                        const struct syndic_place *places,
                                                        const uint8_t *wanted, size_t count,
                                                        struct syndic_error *error);

/* Prepare to fetch the texts of the places i with wanted[i] != 0; places are in order of source and
 * offset.  Plain files are read where they lie; of compressed ones, what was
 * kept is there; the others are read once more, and the wanted texts spooled to an unlinked file in
 * tmp.  `places` is borrowed while the reader lives. */
SYNDIC_MUST_USE enum syndic_status syndic_reader_prepare_fetch(struct syndic_reader *reader,
                                                               const struct syndic_place *places,
                                                               const uint8_t *wanted, size_t count,
                                                               struct syndic_error *error);

/* The text of a wanted place, borrowed until the chunk's next use (the chunk serves as room).  Any
 * thread, each with its own chunk.  SYNDIC_IO when the file changed since it was first read. */
SYNDIC_MUST_USE enum syndic_status syndic_reader_fetch(struct syndic_reader *reader, size_t place,
                                                       struct syndic_chunk *chunk,
                                                       const uint8_t **text, size_t *text_bytes,
                                                       struct syndic_error *error);

void syndic_reader_close(struct syndic_reader *reader);

#endif
