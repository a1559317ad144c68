/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - words of the command line in; struct syndic_cli, or a complaint with a hint, out. */
#define _GNU_SOURCE
#include "cli/options.h"

#include "cli/messages.h"
#include "cli/signals.h"
#include "kernel.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS_MAX 64

static const char default_id_field[] =
    "id"; /* known by its address, so that "id" can be asked for */

void syndic_cli_init(struct syndic_cli *cli)
{
    *cli = (struct syndic_cli){.completions = SYNDIC_CLI_SHELL_NONE};
    syndic_options_init(&cli->run.job);
    cli->run.read = (struct syndic_read_options){
        .text_field = "text", .id_field = default_id_field, .max_record_bytes = (size_t)1 << 30};
    cli->passages.min_words = 20;
    cli->run.cancel = cli->run.read.cancel = &syndic_cancel;
}

const struct syndic_command *syndic_cli_find(const char *name)
{
    for (const struct syndic_command *command = syndic_commands; command->name; command++)
        if (!strcmp(command->name, name))
            return command;
    return NULL;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits between two words, up to 31 letters of each (Levenshtein, 1965). */
static size_t distance(const char *a, const char *b)
{
    size_t row[32];
    const size_t a_length = least(strlen(a), 31), b_length = least(strlen(b), 31);

    for (size_t j = 0; j <= b_length; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t corner = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            const size_t above = row[j];
            row[j] = least(least(row[j], row[j - 1]) + 1, corner + (a[i - 1] != b[j - 1]));
            corner = above;
        }
    }
    return row[b_length];
}

/* The likelier of two corrections, if it is near enough to be one.  A part of the name, as "field"
 * is of "text-field", counts as two edits. */
static void consider(const char *word, const char *candidate, const char **best, size_t *edits)
{
    const bool part = strlen(word) >= 4 && strstr(candidate, word);
    const size_t now = part ? least(distance(word, candidate), 2) : distance(word, candidate);

    if (now < *edits) {
        *edits = now;
        *best = candidate;
    }
}

int syndic_cli_unknown_command(const char *name)
{
    const char *best = NULL;
    size_t edits = 3;

    if (!name) {
        syndic_message("what shall be done? 'syndic --help' lists the commands");
        return SYNDIC_EXIT_FAILED;
    }
    for (const struct syndic_command *command = syndic_commands; command->name; command++)
        consider(name, command->name, &best, &edits);
    if (best)
        syndic_message("unknown command '%s'; did you mean '%s'?", name, best);
    else
        syndic_message("unknown command '%s'; 'syndic --help' lists the commands", name);
    return SYNDIC_EXIT_FAILED;
}

static void unknown_option(const struct syndic_command *command, const char *word)
{
    const char *best = NULL;
    size_t edits = 4;

    for (const struct syndic_option *option = syndic_option_table;
         !strncmp(word, "--", 2) && option->name; option++)
        if (option->commands & command->bit)
            consider(word + 2, option->name, &best, &edits);
    if (best)
        syndic_message("unknown option '%s'; did you mean '--%s'?", word, best);
    else
        syndic_message("unknown option '%s'; 'syndic %s --help' lists the options", word,
                       command->name);
}

/* The table as getopt_long() takes it, for one command. */
struct getopt_table {
    struct option option[OPTIONS_MAX];
    const struct syndic_option *row[OPTIONS_MAX];
    char letters[OPTIONS_MAX * 2 + 2];
};

static void fill_table(struct getopt_table *table, unsigned command)
{
    size_t n = 0;
    char *letter = table->letters;

    *letter++ = ':'; /* a missing argument is told apart */
    for (const struct syndic_option *row = syndic_option_table; row->name; row++) {
        if (!(row->commands & command) || n == OPTIONS_MAX - 1)
            continue;
        table->option[n] = (struct option){
            row->name, row->argument ? required_argument : no_argument, NULL, (int)n + 256};
        table->row[n++] = row;
        if (row->letter)
            *letter++ = row->letter;
        if (row->letter && row->argument)
            *letter++ = ':';
    }
    table->option[n] = (struct option){0};
    *letter = '\0';
}

static const struct syndic_option *chosen(const struct getopt_table *table, int code)
{
    if (code >= 256)
        return table->row[code - 256];
    for (size_t i = 0; table->option[i].name; i++)
        if (table->row[i]->letter == code)
            return table->row[i];
    return NULL;
}

static void complain(const struct syndic_cli *cli, int code, char **argv)
{
    char letter[] = {'-', (char)optopt, '\0'};
    const bool is_letter = optopt > 0 && optopt < 256;

    if (code == ':')
        syndic_message("option '%s' needs an argument", is_letter ? letter : argv[optind - 1]);
    else if (optopt >= 256)
        syndic_message("option '%s' takes no argument", argv[optind - 1]);
    else
        unknown_option(cli->command, is_letter ? letter : argv[optind - 1]);
}

/* What depends on more than one option. */
static bool check_together(const struct syndic_cli *cli)
{
    const struct syndic_options *const job = &cli->run.job;

    if (!job->bands != !job->rows)
        syndic_message("--bands and --rows go together");
    else if (job->normalize == SYNDIC_NORMALIZE_NONE && job->by != SYNDIC_BY_EXACT)
        syndic_message("--normalize none needs --by exact");
    else
        return true;
    return false;
}

/* The library passes over a SYNDIC_KERNELS that it cannot follow, since it may not print; here a
 * measurement would be of something else than was asked for. */
static bool check_kernels(const char *name)
{
    const char *const where = name ? "" : "SYNDIC_KERNELS: ";
    char list[160] = "";
    size_t used = 0;

    if (!name)
        name = getenv("SYNDIC_KERNELS");
    if (!name || !syndic_kernels_use(name))
        return true;
    for (const char *const *word = syndic_kernel_words(); *word && used < sizeof(list); word++)
        used += (size_t)snprintf(list + used, sizeof(list) - used, " %s", *word);
    syndic_message("%skernels '%.100s' are not in this build or not for this CPU; there are:%s",
                   where, name, list);
    return false;
}

bool syndic_cli_given(const struct syndic_cli *cli, const char *name)
{
    const struct syndic_option *const table = syndic_option_table;

    for (size_t i = 0; table[i].name && i + 1 < SYNDIC_CLI_OPTIONS_MAX; i++)
        if (!strcmp(table[i].name, name) &&
            (cli->given[i] || (table[i + 1].name && !table[i + 1].help && cli->given[i + 1])))
            return true;
    return false;
}

bool syndic_cli_parse(struct syndic_cli *cli, int argc, char **argv)
{
    struct getopt_table table;
    int code;

    fill_table(&table, cli->command->bit);
    opterr = 0;
    while ((code = getopt_long(argc, argv, table.letters, table.option, NULL)) != -1) {
        const struct syndic_option *const option =
            code == '?' || code == ':' ? NULL : chosen(&table, code);
        if (!option) {
            complain(cli, code, argv);
            return false;
        }
        if (!syndic_option_read(cli, option, optarg))
            return false;
        cli->given[option - syndic_option_table] = true;
    }
    cli->operands = (const char *const *)(argv + optind);
    cli->operand_count = (size_t)(argc - optind);
    cli->run.read.paths = cli->operands;
    cli->run.read.path_count = cli->operand_count;
    cli->run.read.threads = cli->run.job.threads;
    cli->id_field_given = cli->run.read.id_field != default_id_field;
    if (cli->help || cli->command->bit == SYNDIC_FOR_HELP)
        return true;
    return (cli->version || check_together(cli)) && check_kernels(cli->run.job.kernels);
}
