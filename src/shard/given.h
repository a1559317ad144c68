/* SPDX-License-Identifier: Apache-2.0 */
/* given.h - groups that were found elsewhere, as 'syndic group --format jsonl' writes them, in; the
 * grouping of those of their documents that are in a run, out. */
#ifndef SYNDIC_SHARD_GIVEN_H
#define SYNDIC_SHARD_GIVEN_H

#include "pipeline.h"

/* For struct syndic_run_options.regroup; context: a const char *, the path of the groups, "-" for
 * standard input; its name may end in .gz or .zst.
 *
 * Members are found by source, which must be named as it was when the groups were made, and record.
 * SYNDIC_FORMAT: a line is no group, or its documents are not those of the run: no such record,
 * another id, or twice.  Fills run->grouping, run->kept_id and run->counts, where groups are those
 * with a document of the run. */
SYNDIC_MUST_USE enum syndic_status syndic_given_groups(void *context, struct syndic_run *run,
                                                       struct syndic_error *error);

#endif
