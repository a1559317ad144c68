/* SPDX-License-Identifier: Apache-2.0 */
/* pipeline.h - the stages in order: inputs in; documents, sketches and groups out. */
#ifndef SYNDIC_PIPELINE_H
#define SYNDIC_PIPELINE_H

#include "documents.h"
#include "group/group.h"
#include "marking.h"
#include "read/read.h"

/* Stages that are timed. */
enum syndic_stage {
    SYNDIC_STAGE_READ, /* read, extract, sketch: threads overlap, so they are one stage */
    SYNDIC_STAGE_EXACT,
    SYNDIC_STAGE_JOIN,
    SYNDIC_STAGE_VERIFY,
    SYNDIC_STAGE_WRITE,
    SYNDIC_STAGE_COUNT,
};

struct syndic_stage_time {
    double seconds;
    uint64_t bytes; /* of decompressed input */
};

/* How far the work is, for a progress line; read by another thread at any time. */
struct syndic_progress {
    _Atomic int stage;
    _Atomic uint64_t done, total; /* bytes or documents; total 0: unknown */
    _Atomic uint64_t documents;
};

struct syndic_run;
struct syndic_tokens;

struct syndic_run_options {
    struct syndic_read_options read;
    struct syndic_options job;
    bool pairs;                   /* list verified pairs instead of grouping */
    bool read_only;               /* --dry-run=read: read and extract only */
    bool sketch_only;             /* read and sketch, and group nothing */
    struct syndic_tokens *tokens; /* NULL, or where words go, and no sketches are made */

    /* NULL, or where documents and sketches come from instead of reading: fills in what
     * syndic_ingest() does.  The reader has read.known for its sources then. */
    enum syndic_status (*fill)(void *context, struct syndic_run *run, struct syndic_error *error);
    void *fill_context;

    /* NULL, or where run->grouping comes from instead of joining. */
    enum syndic_status (*regroup)(void *context, struct syndic_run *run,
                                  struct syndic_error *error);
    void *regroup_context;

    const _Atomic bool *cancel;       /* NULL, or raised to stop with SYNDIC_INTERRUPTED */
    struct syndic_progress *progress; /* NULL or updated while running */
    /* Called for each problem in input order, on one thread; `problem->line` is absolute. */
    void (*report)(void *context, const struct syndic_source *source,
                   const struct syndic_problem *problem);
    void *report_context;
};

struct syndic_run {
    struct syndic_memory *memory;
    struct syndic_reader *reader;
    struct syndic_plan *plan;
    struct syndic_documents documents;
    struct syndic_sketches sketches;
    struct syndic_marking marking;
    struct syndic_samples samples;
    uint32_t *order; /* rows in preference order */
    struct syndic_grouping grouping;
    const char **kept_id; /* only with given groups: by row, of the kept one that stands for it */
    struct syndic_pair *pairs; /* only when asked for */
    size_t pair_count;
    struct syndic_problem *problems; /* all of them, input order, absolute lines */
    size_t problem_count;
    struct syndic_group_counts counts;
    struct syndic_stage_time stage[SYNDIC_STAGE_COUNT];
    uint64_t input_bytes; /* decompressed */
    uint64_t text_bytes;
    uint64_t replaced_count; /* invalid UTF-8 sequences */
    uint32_t threads;        /* really used */
};

/* Run everything up to groups (or pairs).  Whatever the status, the caller destroys *run when it is
 * not NULL. */
SYNDIC_MUST_USE enum syndic_status syndic_run(struct syndic_memory *memory,
                                              const struct syndic_run_options *options,
                                              struct syndic_run **run, struct syndic_error *error);
void syndic_run_destroy(struct syndic_run *run);

/* The document's id: its own, or "file:record" written into room. */
const char *syndic_document_id(const struct syndic_run *run, uint32_t ordinal, char *room,
                               size_t room_bytes);

#endif
