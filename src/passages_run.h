/* SPDX-License-Identifier: Apache-2.0 */
/* passages_run.h - inputs in; the passages that occur in them twice or more, out: reading and
 * finding, then a second look at the texts for what is in bytes. */
#ifndef SYNDIC_PASSAGES_RUN_H
#define SYNDIC_PASSAGES_RUN_H

#include "passages/passages.h"
#include "pipeline.h"

/* Run everything up to passages.  options->tokens and ->regroup are set here, and the job's
 * shingles, which nobody needs, are words.  Whatever the status, the caller destroys *run when it
 * is not NULL, and clears *passages. */
SYNDIC_MUST_USE enum syndic_status syndic_run_passages(struct syndic_memory *memory,
                                                       const struct syndic_run_options *options,
                                                       const struct syndic_passage_options *wanted,
                                                       struct syndic_run **run,
                                                       struct syndic_passages *passages,
                                                       struct syndic_error *error);

#endif
