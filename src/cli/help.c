/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - the tables of commands and options in; help for people out. */
#include "cli/help.h"

#include "cli/messages.h"
#include "cli/options.h"
#include "kernel.h"

#include <stdio.h>
#include <string.h>

#define HELP_COLUMN 29
#define HELP_WIDTH  100

/* Words from column `column` on, lines broken before HELP_WIDTH. */
static void print_wrapped(const char *text, size_t at, size_t column)
{
    int gap = at < column ? (int)(column - at) : 1;

    while (*text) {
        const size_t n = strcspn(text, " ");
        if (at + (size_t)gap + n > HELP_WIDTH) {
            putchar('\n');
            at = 0;
            gap = (int)column;
        }
        printf("%*s%.*s", gap, "", (int)n, text);
        at += (size_t)gap + n;
        gap = 1;
        text += n + (text[n] == ' ');
    }
    putchar('\n');
}

static void print_option(const struct syndic_option *option)
{
    char head[80];
    const int n =
        snprintf(head, sizeof(head), "  %c%c%c --%s%s%s", option->letter ? '-' : ' ',
                 option->letter ? option->letter : ' ', option->letter ? ',' : ' ', option->name,
                 option->argument ? " " : "", option->argument ? option->argument : "");

    fputs(head, stdout);
    if (option->help)
        print_wrapped(option->help, (size_t)n, HELP_COLUMN);
    else
        print_wrapped("the same", (size_t)n, HELP_COLUMN);
}

int syndic_cli_command_help(const struct syndic_command *command)
{
    printf("syndic %s - %s\n\nusage: syndic %s [OPTION...]%s%s\n\noptions:\n", command->name,
           command->summary, command->name, *command->operands ? " " : "", command->operands);
    for (const struct syndic_option *option = syndic_option_table; option->name; option++)
        if (option->commands & command->bit)
            print_option(option);
    if (command->bit & SYNDIC_FOR_READING)
        puts("\nINPUT is a .jsonl, .ndjson, .txt, .warc or .wet file, plain, .gz or .zst, a folder "
             "of "
             "these,\nor - for standard input.");
    if (command->bit & (SYNDIC_FOR_GROUP | SYNDIC_FOR_INSPECT))
        printf("%sFILE.syn is what 'syndic sketch' wrote.\n",
               command->bit & SYNDIC_FOR_READING ? "" : "\n");
    return SYNDIC_EXIT_DONE;
}

static void print_overview(void)
{
    puts("syndic - find near-duplicate text\n\nusage: syndic COMMAND [OPTION...] [OPERAND...]\n\n"
         "commands:");
    for (const struct syndic_command *command = syndic_commands; command->name; command++) {
        const int n = printf("  %s", command->name);
        print_wrapped(command->summary, (size_t)n, 12);
    }
    puts("\n'syndic COMMAND --help' lists the options of a command.\n\n"
         "  syndic group news.jsonl               the groups of copies, one JSON object a line\n"
         "  syndic dedup news.jsonl.gz -o clean   clean/news.jsonl.gz without copies\n"
         "  syndic compare a.txt b.txt            what two texts share\n\n"
         "exit status: 0 done; 1 done, but some input was skipped; 2 could not run.");
}

int syndic_cli_help(struct syndic_cli *cli)
{
    const struct syndic_command *command = NULL;

    if (cli->man) {
        syndic_print_man();
        return SYNDIC_EXIT_DONE;
    }
    if (cli->completions != SYNDIC_CLI_SHELL_NONE) {
        syndic_print_completions(cli->completions);
        return SYNDIC_EXIT_DONE;
    }
    if (!cli->operand_count) {
        print_overview();
        return SYNDIC_EXIT_DONE;
    }
    if (cli->operand_count > 1) {
        syndic_message("help takes one command; '%s' is one too many", cli->operands[1]);
        return SYNDIC_EXIT_FAILED;
    }
    command = syndic_cli_find(cli->operands[0]);
    return command ? syndic_cli_command_help(command)
                   : syndic_cli_unknown_command(cli->operands[0]);
}

int syndic_cli_version(struct syndic_cli *cli)
{
    const uint32_t cpu = syndic_cpu_features();

    if (!cli->version && cli->operand_count) { /* where it is an option, they are the command's */
        syndic_message("version takes no operands; '%s' is one too many", cli->operands[0]);
        return SYNDIC_EXIT_FAILED;
    }
    printf("syndic %s\nkernels in use: %s\nkernels here:", SYNDIC_VERSION, syndic_kernels()->name);
    for (size_t i = 0; syndic_kernels_at(i); i++)
        printf(" %s%s", syndic_kernels_at(i)->name,
               syndic_kernels_at(i)->needs & ~cpu ? " (not on this CPU)" : "");
#if defined(__clang__)
    printf("\ncompiler: clang %s\n", __clang_version__);
#else
    printf("\ncompiler: gcc %s\n", __VERSION__);
#endif
    return SYNDIC_EXIT_DONE;
}
