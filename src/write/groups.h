/* SPDX-License-Identifier: Apache-2.0 */
/* groups.h - groups or pairs in; JSON lines or tab-separated lines out. */
#ifndef SYNDIC_WRITE_GROUPS_H
#define SYNDIC_WRITE_GROUPS_H

#include "group/members.h"
#include "pipeline.h"
#include "write/output.h"

/* Room for "path:record", the id of a document that has none. */
#define SYNDIC_ID_ROOM_BYTES 4200

/* "kept", "exact", "near" */
const char *syndic_how_text(enum syndic_how how);

/* "exact", "estimated" */
const char *syndic_known_text(enum syndic_known known);

/* The path of the file that a document came from. */
const char *syndic_document_source(const struct syndic_run *run, uint32_t row);

/* One JSON object a line for each group.  Stops early once a write has failed. */
void syndic_write_groups_jsonl(const struct syndic_run *run, const struct syndic_members *members,
                               struct syndic_output *output);

/* Group, id, similarity and how, separated by tabs, for each member; tabs, line ends and
 * backslashes in ids become \t, \n, \r and \\. */
void syndic_write_groups_tsv(const struct syndic_run *run, const struct syndic_members *members,
                             struct syndic_output *output);

/* One JSON object a line for each verified pair. */
void syndic_write_pairs(const struct syndic_run *run, struct syndic_output *output);

#endif
