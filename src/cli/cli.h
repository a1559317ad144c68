/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h - what the command line says, and the commands that act on it. */
#ifndef SYNDIC_CLI_CLI_H
#define SYNDIC_CLI_CLI_H

#include "passages/passages.h"
#include "pipeline.h"
#include "write/dedup.h"

enum { /* exit statuses */
       SYNDIC_EXIT_DONE = 0,
       SYNDIC_EXIT_SKIPPED = 1, /* done, but some input was skipped, and named */
       SYNDIC_EXIT_FAILED = 2,  /* could not run, and nothing half-written remains */
};

enum syndic_cli_format {
    SYNDIC_CLI_FORMAT_AUTO, /* table on a terminal, else jsonl */
    SYNDIC_CLI_FORMAT_JSONL,
    SYNDIC_CLI_FORMAT_TSV,
    SYNDIC_CLI_FORMAT_TABLE,
    SYNDIC_CLI_FORMAT_PAIRS,
};

enum syndic_cli_progress {
    SYNDIC_CLI_PROGRESS_AUTO,  /* a line that is rewritten, on a terminal */
    SYNDIC_CLI_PROGRESS_PLAIN, /* a line now and then */
    SYNDIC_CLI_PROGRESS_NONE,
};

enum syndic_cli_shell {
    SYNDIC_CLI_SHELL_NONE = -1,
    SYNDIC_CLI_SHELL_BASH,
    SYNDIC_CLI_SHELL_ZSH,
    SYNDIC_CLI_SHELL_FISH,
};

#define SYNDIC_CLI_OPTIONS_MAX 128 /* rows of the table of options */

enum syndic_cli_empty { SYNDIC_CLI_EMPTY_KEEP, SYNDIC_CLI_EMPTY_DROP };

/* Defaults first (syndic_cli_init()), then what the options say. */
struct syndic_cli {
    const struct syndic_command *command;
    const char *const *operands;
    size_t operand_count;
    struct syndic_run_options run; /* its read.paths are the operands */
    struct syndic_passage_options passages;
    bool within, across, annotate, remove_repeats; /* of passages */
    enum syndic_cli_format format;
    enum syndic_cli_progress progress;
    enum syndic_recompress compress;
    const char *output; /* NULL: stdout */
    enum syndic_cli_empty empty;
    enum syndic_cli_shell completions;
    bool force, quiet, verbose, help, version, man, json;
    bool id_field_given;                /* by --id-field */
    const char *groups;                 /* NULL: find them */
    bool given[SYNDIC_CLI_OPTIONS_MAX]; /* rows of the table of options that were there */
    struct syndic_memory memory;
    double start_seconds;
};

struct syndic_command {
    const char *name;
    unsigned bit;         /* in struct syndic_option.commands; 0: takes none */
    const char *operands; /* as the usage line shows them */
    const char *summary;  /* one line */
    int (*run)(struct syndic_cli *cli);
};

/* Ends with a name of NULL. */
extern const struct syndic_command syndic_commands[];

int syndic_cli_group(struct syndic_cli *cli);
int syndic_cli_dedup(struct syndic_cli *cli);
int syndic_cli_sketch(struct syndic_cli *cli);
int syndic_cli_inspect(struct syndic_cli *cli);
int syndic_cli_passages(struct syndic_cli *cli);
int syndic_cli_compare(struct syndic_cli *cli);
int syndic_cli_bench(struct syndic_cli *cli);

/* Run the command that argv asks for; returns the exit status. */
int syndic_cli_main(int argc, char **argv);

#endif
