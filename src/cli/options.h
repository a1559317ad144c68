/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - the one table of options: parsing, help, the man page and completions come from it.
 */
#ifndef SYNDIC_CLI_OPTIONS_H
#define SYNDIC_CLI_OPTIONS_H

#include "cli/cli.h"

enum { /* which commands take an option */
       SYNDIC_FOR_GROUP = 1,
       SYNDIC_FOR_DEDUP = 2,
       SYNDIC_FOR_COMPARE = 4,
       SYNDIC_FOR_HELP = 8,
       SYNDIC_FOR_BENCH = 16,
       SYNDIC_FOR_VERSION = 32,
       SYNDIC_FOR_SKETCH = 64,
       SYNDIC_FOR_INSPECT = 128,
       SYNDIC_FOR_PASSAGES = 256,
       SYNDIC_FOR_BOTH = SYNDIC_FOR_GROUP | SYNDIC_FOR_DEDUP,
       SYNDIC_FOR_SKETCHED = SYNDIC_FOR_BOTH | SYNDIC_FOR_SKETCH, /* what sketches a corpus */
       SYNDIC_FOR_ALL = SYNDIC_FOR_SKETCHED | SYNDIC_FOR_COMPARE, /* what compares documents */
       SYNDIC_FOR_READING = SYNDIC_FOR_ALL | SYNDIC_FOR_PASSAGES, /* what reads documents */
       SYNDIC_FOR_EVERY = SYNDIC_FOR_READING | SYNDIC_FOR_BENCH | SYNDIC_FOR_VERSION |
                          SYNDIC_FOR_HELP | SYNDIC_FOR_INSPECT,
};

/* How the argument is read into the member of struct syndic_cli at `offset`. */
enum syndic_option_kind {
    SYNDIC_OPTION_FLAG,    /* no argument: bool = true */
    SYNDIC_OPTION_WORD,    /* one of `words`: enum = its place in the list */
    SYNDIC_OPTION_NUMBER,  /* uint32_t, from `least` to `most` */
    SYNDIC_OPTION_SHARE,   /* double, above 0 and up to 1 */
    SYNDIC_OPTION_SIZE,    /* size_t, in bytes, with a unit such as 512M or 2G */
    SYNDIC_OPTION_TEXT,    /* const char * */
    SYNDIC_OPTION_FILE,    /* the same; completions offer files */
    SYNDIC_OPTION_SHINGLE, /* word:N or char:N */
    SYNDIC_OPTION_KEEP,    /* first, longest, min:FIELD or max:FIELD */
    SYNDIC_OPTION_DRY_RUN, /* read */
};

struct syndic_option {
    const char *name;
    char letter; /* 0: none */
    unsigned commands;
    enum syndic_option_kind kind;
    size_t offset;
    const char *argument;     /* as help shows it; NULL for flags */
    const char *const *words; /* for WORD, and completions of others; ends with NULL */
    uint32_t least, most;
    const char *help; /* without a full stop; NULL: another name of the option before */
};

/* Ends with a name of NULL; in the order of the help text. */
extern const struct syndic_option syndic_option_table[];

/* Words of tables in this build, after "auto". */
const char *const *syndic_kernel_words(void);

void syndic_cli_init(struct syndic_cli *cli);

/* NULL where there is no such command. */
const struct syndic_command *syndic_cli_find(const char *name);

/* Complain, with a hint; name NULL: there was none.  Returns SYNDIC_EXIT_FAILED. */
int syndic_cli_unknown_command(const char *name);

/* argv[0] is the command.  False after a complaint. */
bool syndic_cli_parse(struct syndic_cli *cli, int argc, char **argv);

/* Was the option of this name, or of the row after it that is another name of it, on the command
 * line? */
bool syndic_cli_given(const struct syndic_cli *cli, const char *name);

/* Read one argument into cli; false after a complaint. */
bool syndic_option_read(struct syndic_cli *cli, const struct syndic_option *option,
                        const char *argument);

#endif
