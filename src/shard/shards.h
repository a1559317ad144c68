/* SPDX-License-Identifier: Apache-2.0 */
/* shards.h - a read and sketched run in, a sketch file out; and sketch files in, a run that is
 * ready to be grouped out, the same as if all their inputs had been read at once.
 *
 * Sections of a sketch file, streams but where a column is meant; a text is its length 4 and bytes:
 *
 *   params    name and value of each parameter, as texts
 *   counts    bytes of input 8, of text 8, invalid UTF-8 sequences 8
 *   sources   for each: path, name, format and compression as texts, 1 for standard input 4, bytes
 *             of the file 8, documents 8
 *   problems  for each place skipped: source 4 (all ones: none), line 8, byte 8, offset 8, bytes 8,
 *             message as text
 *   ids       for each document: 1 more than the length 4, and the id; 0 for none
 *   values    only with a field of --keep: kind 4, and the number as IEEE 754 bits 8, or the text
 *   gap       column: offset less the end of the record before in the same source, 8
 *   step      column: line less the line before in the same source, 8
 *   size      column: bytes of the record, 4
 *   exact     column: hash of the normalised text, low half 8, high half 8
 *   tokens    column: tokens, 4
 *   text      column: bytes of text, 8
 *   keys      column, by near: a key for each band, 4
 *   slots     column, by near: the 8-bit slots
 *   simhash   column, by simhash: 8
 *
 * Documents are in order of sources, and of places in them. */
#ifndef SYNDIC_SHARD_SHARDS_H
#define SYNDIC_SHARD_SHARDS_H

#include "shard/parameters.h"

/* The ending that tells sketch files from inputs. */
#define SYNDIC_SKETCH_ENDING ".syn"

bool syndic_is_sketch_name(const char *path);

/* Write what syndic_run() with sketch_only has made.  Output remembers its own failures. */
SYNDIC_MUST_USE enum syndic_status syndic_sketch_write(const struct syndic_run *run,
                                                       const struct syndic_run_options *options,
                                                       struct syndic_output *output,
                                                       struct syndic_error *error);

/* Opened sketch files that were made with the same parameters. */
struct syndic_shards;

/* paths are borrowed.  Refuses (SYNDIC_FORMAT) files that are damaged, of another version, made
 * with different parameters, or with unknown sections that matter. */
SYNDIC_MUST_USE enum syndic_status syndic_shards_open(struct syndic_memory *memory,
                                                      const char *const *paths, size_t count,
                                                      struct syndic_shards **shards,
                                                      struct syndic_error *error);

/* Let run options be those that the files were made with, and fill from the files.  given[p]: the
 * option of parameter p was asked for; the threshold, what to group by and which copy to keep may
 * differ from the files' as far as these hold enough, others are refused (INVALID_ARGUMENT). */
SYNDIC_MUST_USE enum syndic_status syndic_shards_apply(struct syndic_shards *shards,
                                                       const bool *given,
                                                       struct syndic_run_options *options,
                                                       struct syndic_error *error);

/* For struct syndic_run_options.fill; context: the shards. */
SYNDIC_MUST_USE enum syndic_status syndic_shards_fill(void *context, struct syndic_run *run,
                                                      struct syndic_error *error);

void syndic_shards_close(struct syndic_shards *shards);

/* ---- the parts, for each other and for inspect ---- */

/* The sources of an open file; strings go into the arena.  *sources and *documents (how many of
 * each) grow as needed. */
struct syndic_source_list {
    struct syndic_known_source *source;
    uint64_t *documents;
    size_t count, capacity, documents_capacity;
};
SYNDIC_MUST_USE enum syndic_status syndic_sources_read(const struct syndic_container *container,
                                                       struct syndic_arena *strings,
                                                       struct syndic_source_list *list,
                                                       struct syndic_error *error);

/* Those of one file among all. */
struct syndic_file_sources {
    const struct syndic_known_source *source;
    const uint64_t *documents;
    size_t count;
    size_t first;              /* number of the first one in the run */
    uint64_t record_bytes_max; /* by the parameters */
};

/* Rows [run->documents.count, + container->rows), for which there is room, from the columns of one
 * open file. */
SYNDIC_MUST_USE enum syndic_status syndic_columns_read(const struct syndic_container *container,
                                                       const struct syndic_file_sources *sources,
                                                       struct syndic_run *run,
                                                       struct syndic_error *error);

/* Append to run->problems, which has room for *capacity, and to those of its reader. */
SYNDIC_MUST_USE enum syndic_status syndic_problems_read(const struct syndic_container *container,
                                                        const struct syndic_file_sources *sources,
                                                        struct syndic_run *run, size_t *capacity,
                                                        struct syndic_error *error);

/* Of sources: "jsonl", "gzip" and so on; NULL-terminated. */
extern const char *const syndic_format_words[], *const syndic_compression_words[];

#endif
