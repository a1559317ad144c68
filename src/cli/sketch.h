/* SPDX-License-Identifier: Apache-2.0 */
/* sketch.h - operands in; whether they are sketch files, and these opened, out. */
#ifndef SYNDIC_CLI_SKETCH_H
#define SYNDIC_CLI_SKETCH_H

#include "cli/cli.h"
#include "shard/shards.h"

/* False, after a complaint, where an operand is a sketch file: the command takes none. */
bool syndic_cli_no_sketches(const struct syndic_cli *cli, const char *remedy);

/* Is `file` one of the operands, by whatever name? */
bool syndic_cli_is_operand(const struct syndic_cli *cli, const char *file);

/* Where the operands are sketch files, open them and let cli->run read them, with the options that
 * they were made with; else *shards is NULL.  The caller closes *shards after the run, whatever the
 * status. */
SYNDIC_MUST_USE enum syndic_status syndic_cli_open_shards(struct syndic_cli *cli,
                                                          struct syndic_shards **shards,
                                                          struct syndic_error *error);

#endif
