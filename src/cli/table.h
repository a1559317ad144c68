/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - groups in; a table for people out. */
#ifndef SYNDIC_CLI_TABLE_H
#define SYNDIC_CLI_TABLE_H

#include "group/members.h"
#include "pipeline.h"
#include "write/output.h"

/* A heading for each group, then a line for each member, cut to the width of the terminal. */
void syndic_write_groups_table(const struct syndic_run *run, const struct syndic_members *members,
                               struct syndic_output *output);

#endif
