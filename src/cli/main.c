/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - arguments in, exit status out. */
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/messages.h"
#include "cli/options.h"
#include "cli/signals.h"

#include <omp.h>
#include <string.h>

const struct syndic_command syndic_commands[] = {
    {"group", SYNDIC_FOR_GROUP, "INPUT...", "list the groups of copies", syndic_cli_group},
    {"dedup", SYNDIC_FOR_DEDUP, "INPUT... -o OUTDIR",
     "write the corpus without its copies, and who was removed in whose favour", syndic_cli_dedup},
    {"compare", SYNDIC_FOR_COMPARE, "A B | INPUT ID ID", "show how two documents overlap",
     syndic_cli_compare},
    {"bench", SYNDIC_FOR_BENCH, "", "measure how fast this machine finds copies", syndic_cli_bench},
    {"version", SYNDIC_FOR_VERSION, "", "print the version and what this build and CPU can do",
     syndic_cli_version},
    {"help", SYNDIC_FOR_HELP, "[COMMAND]", "print help, the man page or shell completions",
     syndic_cli_help},
    {0},
};

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
    syndic_catch_signals();
    return syndic_finish_process(syndic_cli_main(argc, argv));
}
