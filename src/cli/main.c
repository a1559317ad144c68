/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - arguments in, exit status out. */
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/signals.h"

#include <omp.h>
#include <string.h>

/* "--version" and the like are commands too. */
static const char *command_name(int argc, char **argv)
{
    if (argc < 2)
        return NULL;
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
        return "version";
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
        return "help";
    return argv[1];
}

int syndic_cli_main(int argc, char **argv)
{
    struct syndic_cli cli;
    const char *const name = command_name(argc, argv);

    syndic_cli_init(&cli);
    cli.start_seconds = omp_get_wtime();
    cli.command = name ? syndic_cli_find(name) : NULL;
    if (!cli.command)
        return syndic_cli_unknown_command(name);
    if (!syndic_cli_parse(&cli, argc - 1, argv + 1))
        return SYNDIC_EXIT_FAILED;
    if (cli.help)
        return syndic_cli_command_help(cli.command);
    return cli.version ? syndic_cli_version(&cli) : cli.command->run(&cli);
}

int main(int argc, char **argv)
{
    syndic_guard_streams();
    syndic_guard_exit();
    syndic_catch_signals();
    return syndic_finish_process(syndic_cli_main(argc, argv));
}
