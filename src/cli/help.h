/* SPDX-License-Identifier: Apache-2.0 */
/* help.h - the tables of commands and options in; help, the man page and completions, out to
 * stdout. */
#ifndef SYNDIC_CLI_HELP_H
#define SYNDIC_CLI_HELP_H

#include "cli/cli.h"

/* syndic help, with a command or not, or --man or --completions. */
int syndic_cli_help(struct syndic_cli *cli);

/* syndic COMMAND --help */
int syndic_cli_command_help(const struct syndic_command *command);

int syndic_cli_version(struct syndic_cli *cli);

void syndic_print_man(void);
void syndic_print_completions(enum syndic_cli_shell shell);

#endif
