/* SPDX-License-Identifier: Apache-2.0 */
/* parameters.h - what decides the sketches of a document: options in; words that are kept in sketch
 * files, compared and shown, out; and back. */
#ifndef SYNDIC_SHARD_PARAMETERS_H
#define SYNDIC_SHARD_PARAMETERS_H

#include "pipeline.h"
#include "shard/container_write.h"

/* Named as the options that they come from. */
enum syndic_parameter {
    SYNDIC_PARAMETER_BY,
    SYNDIC_PARAMETER_NORMALIZE,
    SYNDIC_PARAMETER_SHINGLE,
    SYNDIC_PARAMETER_MINHASH,
    SYNDIC_PARAMETER_SLOTS,
    SYNDIC_PARAMETER_BANDS,
    SYNDIC_PARAMETER_ROWS,
    SYNDIC_PARAMETER_BANDS_FROM, /* "threshold", or "options" */
    SYNDIC_PARAMETER_THRESHOLD,
    SYNDIC_PARAMETER_KEEP,
    SYNDIC_PARAMETER_KEEP_FIELD,
    SYNDIC_PARAMETER_TEXT_FIELD,
    SYNDIC_PARAMETER_ID_FIELD,
    SYNDIC_PARAMETER_HTML,
    SYNDIC_PARAMETER_MAX_RECORD,
    SYNDIC_PARAMETER_FINGERPRINT, /* of the sketch of a text of ours: another way to compute */
    SYNDIC_PARAMETER_COUNT,
};

extern const char *const syndic_parameter_names[];

/* Is there a section for what this relation is found by? */
bool syndic_sketch_files_hold(enum syndic_by by);

struct syndic_parameters {
    const char *value[SYNDIC_PARAMETER_COUNT];
};

/* Strings go into the arena.  INVALID_ARGUMENT where the options make no plan. */
SYNDIC_MUST_USE enum syndic_status syndic_parameters_from(const struct syndic_run_options *options,
                                                          struct syndic_arena *strings,
                                                          struct syndic_parameters *parameters,
                                                          struct syndic_error *error);

/* The options that lead to these parameters; others of `options` stay as they are.  Words borrow
 * from the parameters.  SYNDIC_FORMAT: a value makes no sense, or has another fingerprint here. */
SYNDIC_MUST_USE enum syndic_status syndic_parameters_to(const struct syndic_parameters *parameters,
                                                        const char *path,
                                                        struct syndic_memory *memory,
                                                        struct syndic_run_options *options,
                                                        struct syndic_error *error);

void syndic_parameters_put(const struct syndic_parameters *parameters,
                           struct syndic_container_writer *writer);

/* Of an open file; SYNDIC_FORMAT also names a parameter that is unknown or missing. */
SYNDIC_MUST_USE enum syndic_status syndic_parameters_read(const struct syndic_container *container,
                                                          struct syndic_arena *strings,
                                                          struct syndic_parameters *parameters,
                                                          struct syndic_error *error);

#endif
