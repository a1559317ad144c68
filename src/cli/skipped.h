/* SPDX-License-Identifier: Apache-2.0 */
/* skipped.h - what was skipped of the inputs, in; words on stderr, out: a run over the wrong field
 * skips millions of records, and nobody reads as many lines. */
#ifndef SYNDIC_CLI_SKIPPED_H
#define SYNDIC_CLI_SKIPPED_H

#include "cli/cli.h"

/* Begin with all zero but `all`. */
struct syndic_skipped {
    bool all; /* name every record, not the first hundred of each source */
    const struct syndic_source *source; /* the latest */
    uint64_t named, more;               /* records of it: named, and not */
    uint64_t records;                   /* skipped, of all sources */
    uint64_t without_text;              /* of these, for want of the text field */
};

/* The shape of syndic_run_options.report; context is a struct syndic_skipped, and problems come
 * source by source. */
void syndic_skipped_report(void *context, const struct syndic_source *source,
                           const struct syndic_problem *problem);

/* After the last one: what was not named is counted, and where no record at all had the text field
 * that is said.  `documents` is how many were read. */
void syndic_skipped_finish(struct syndic_skipped *skipped, const struct syndic_cli *cli,
                           uint64_t documents);

#endif
