/* SPDX-License-Identifier: Apache-2.0 */
/* dedup.h - a finished run in; a folder with the kept records, and who was removed in whose favour,
 * out.
 *
 * OUTDIR/<name of each input>   its kept records, byte for byte, in their order; a byte order mark
 * stays, blank lines go.  A .txt input is there when it is kept; of WARC, records that are no
 * documents stay too. OUTDIR/removed.jsonl          a
 * line for each record removed, in input order OUTDIR/skipped.jsonl          a line for each place
 * where input was skipped, with the raw record; only where there is any OUTDIR/summary.json
 * options, counts, times
 *
 * The input is read a second time and kept records are copied by their places; JSON is not parsed.
 * All but summary.json, which holds times, depends on the input and the options only. */
#ifndef SYNDIC_WRITE_DEDUP_H
#define SYNDIC_WRITE_DEDUP_H

#include "pipeline.h"
#include "write/folder.h"
#include "write/output.h"
#include "write/rewrite.h"

#define SYNDIC_REMOVED_NAME "removed.jsonl"
#define SYNDIC_SKIPPED_NAME "skipped.jsonl"
#define SYNDIC_SUMMARY_NAME "summary.json"

enum syndic_recompress {
    SYNDIC_RECOMPRESS_SAME, /* as the input */
    SYNDIC_RECOMPRESS_NONE,
    SYNDIC_RECOMPRESS_GZIP,
    SYNDIC_RECOMPRESS_ZSTD,
};

struct syndic_dedup_options {
    const char *folder;
    bool force;      /* write into an existing folder */
    bool drop_empty; /* documents without a token are removed */
    enum syndic_recompress compress;
    const char *groups;   /* where they come from, for summary.json; NULL: this run */
    double start_seconds; /* omp_get_wtime() when the program began, for the total */
    const struct syndic_run_options *run; /* for summary.json, cancel and progress */
    const struct syndic_rewrite *rewrite; /* NULL, or what is written instead of the records */
};

struct syndic_dedup_counts {
    uint64_t kept, removed_exact, removed_near, removed_empty;
    uint64_t removed_contained; /* BY_SYNDICATION: parts of longer documents */
    uint64_t bytes_out;         /* in the copies of inputs, compressed */
};

/* Is this document in the output? */
static inline bool syndic_dedup_keeps(const struct syndic_run *run, bool drop_empty, size_t row)
{
    return !run->grouping.kept ||
           (run->grouping.kept[row] == row && !(drop_empty && !run->sketches.token_count[row]));
}

/* May these inputs be written to this folder?  Refuses (INVALID_ARGUMENT or EXISTS) two inputs with
 * one output name, names of our own files, a folder that holds an input or is inside one, and
 * outputs that are inputs by another name.  Call before a long run; syndic_dedup_write() checks
 * again. */
SYNDIC_MUST_USE enum syndic_status syndic_dedup_check(struct syndic_memory *memory,
                                                      const struct syndic_reader *reader,
                                                      const struct syndic_dedup_options *options,
                                                      struct syndic_error *error);

/* Write everything.  Whatever fails, nothing half-written remains. */
SYNDIC_MUST_USE enum syndic_status syndic_dedup_write(struct syndic_run *run,
                                                      const struct syndic_dedup_options *options,
                                                      struct syndic_dedup_counts *counts,
                                                      struct syndic_error *error);

/* ---- the parts, for each other ---- */

/* The output name of a source: its own, with the ending that its output's compression asks for. The
 * result is in room; false when it is too long. */
bool syndic_output_name(const struct syndic_source *source, enum syndic_recompress compress,
                        char *room, size_t room_bytes);

enum syndic_compression syndic_output_compression(const struct syndic_source *source,
                                                  enum syndic_recompress compress);

/* Where the raw bytes of skipped records were spooled during the second pass. */
struct syndic_spool {
    int fd; /* -1: nothing was skipped */
    _Atomic uint64_t end;
    uint64_t *at; /* for each problem of the run; UINT64_MAX: no raw bytes */
};

/* The second pass: kept records into files below the folder, skipped ones into the spool. */
SYNDIC_MUST_USE enum syndic_status syndic_copy_records(struct syndic_run *run,
                                                       const struct syndic_dedup_options *options,
                                                       struct syndic_folder *folder,
                                                       struct syndic_spool *spool,
                                                       struct syndic_dedup_counts *counts,
                                                       struct syndic_error *error);

void syndic_write_removed(const struct syndic_run *run, bool drop_empty,
                          struct syndic_dedup_counts *counts, struct syndic_output *output);

SYNDIC_MUST_USE enum syndic_status syndic_write_skipped(const struct syndic_run *run,
                                                        const struct syndic_spool *spool,
                                                        struct syndic_output *output,
                                                        struct syndic_error *error);

void syndic_write_summary(const struct syndic_run *run, const struct syndic_dedup_options *options,
                          const struct syndic_dedup_counts *counts, struct syndic_output *output);

#endif
