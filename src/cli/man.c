/* SPDX-License-Identifier: Apache-2.0 */
/* man.c - the tables of commands and options in; the manual page, in man(7) macros, out. */
#include "cli/help.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

/* Of SYNDIC_VERSION: the date of the build would make every build differ. */
#define RELEASE_DATE "2026-11-22"

/* Text with what troff would take as its own escaped. */
static void print_troff(const char *text)
{
    for (; *text; text++) {
        if (*text == '-')
            fputs("\\-", stdout);
        else if (*text == '\\')
            fputs("\\e", stdout);
        else if (*text == '\'')
            fputs("\\(aq", stdout);
        else
            putchar(*text);
    }
}

static void print_option(const struct syndic_option *option)
{
    puts(".TP");
    fputs(".B ", stdout);
    if (option->letter)
        printf("\\-%c\\fR, \\fB", option->letter);
    fputs("\\-\\-", stdout);
    print_troff(option->name);
    if (option->argument) {
        fputs(" \\fI", stdout);
        print_troff(option->argument);
    }
    puts("\\fR");
    print_troff(option->help ? option->help : "The same as the option before");
    puts(".");
}

static void print_command(const struct syndic_command *command)
{
    printf(".SS \"syndic %s%s%s\"\n", command->name, *command->operands ? " " : "",
           command->operands);
    print_troff(command->summary);
    puts(".");
    for (const struct syndic_option *option = syndic_option_table; option->name; option++)
        if (option->commands & command->bit && strcmp(option->name, "help") &&
            strcmp(option->name, "version"))
            print_option(option);
}

static const char files_text[] =
    ".SH INPUT\n"
    "INPUT is a file, a folder that is searched for such files, or \\- for standard input.\n"
    "Files end in .jsonl or .ndjson (a JSON object a line) or .txt (one document), and may be\n"
    "compressed as .gz or .zst.\n"
    "A record that cannot be used is named on standard error and skipped; after the first 100 of\n"
    "a file the others are only counted, unless \\-\\-verbose asks for all.\n"
    ".SH \"OUTPUT OF DEDUP\"\n"
    ".TP\n.I OUTDIR/NAME\n"
    "The kept records of the input of that name, byte for byte.\n"
    "A .txt input is there when it is kept.\n"
    ".TP\n.I OUTDIR/removed.jsonl\n"
    "A line for each record removed: id, source, record, kept, similarity, how.\n"
    ".TP\n.I OUTDIR/skipped.jsonl\n"
    "A line for each record skipped, with its raw text; only where there is one.\n"
    ".TP\n.I OUTDIR/summary.json\n"
    "Options, counts and times.\n"
    "The only file that differs between runs on the same input, because of the times.\n"
    ".PP\n"
    "Everything is written to a temporary folder first, beside OUTDIR, and renamed when it is\n"
    "complete.\n"
    "With \\-\\-force and an existing OUTDIR the temporary folder is inside it, each file is "
    "renamed\n"
    "to its place, and summary.json comes last: a folder that holds it is complete.\n";

static const char sketch_text[] =
    ".SH \"SKETCH FILES\"\n"
    "A FILE.syn holds what grouping needs of the inputs that it was made of: signatures, hashes, "
    "ids\n"
    "and places, but no texts.\n"
    ".B syndic group\n"
    "gives the same output for sketch files as for all their inputs in the same order, however "
    "these\n"
    "were divided.\n"
    "Close pairs are compared by their texts, which are read again from where they were, or from "
    "the\n"
    "same path below the folder of FILE.syn, and must be as they were; with \\-\\-verify "
    "signature\n"
    "the inputs are not needed.\n"
    "Files made with different options, by another version, or damaged, are refused.\n";

static const char compare_text[] =
    ".SH \"OUTPUT OF COMPARE\"\n"
    "The Jaccard similarity is exact.\n"
    "Beside it is what the signatures estimate, and the standard error that such an estimate has "
    "at\n"
    "this similarity J with K slots, sqrt(J (1 \\- J) / K); at 0 and at 1 there is none.\n"
    "A shared passage has at least 8 words (and at least those of a shingle), or is the whole of\n"
    "the shorter text.\n";

static const char end_text[] =
    ".SH \"EXIT STATUS\"\n"
    "0: done.\n"
    "1: done, but some input was skipped, and named on standard error.\n"
    "2: could not run, and nothing half\\-written remains.\n"
    "When the reader of standard output goes away, as head(1) does, syndic stops quietly with 0.\n"
    "Stopped by a signal, it cleans up and dies of that signal; a second one ends it at once.\n"
    ".SH ENVIRONMENT\n"
    ".TP\n.B SYNDIC_KERNELS\n"
    "The kernel table to use, where \\-\\-kernels does not say; one that is unknown or not for "
    "this\n"
    "CPU is refused.\n"
    ".TP\n.B NO_COLOR\n"
    "No colour on terminals.\n"
    ".TP\n.B TMPDIR\n"
    "Folder for temporary files, where \\-\\-tmp does not say.\n"
    ".TP\n.B OMP_NUM_THREADS\n"
    "Threads, where \\-\\-threads does not say.\n";

void syndic_print_man(void)
{
    puts(".TH SYNDIC 1 \"" RELEASE_DATE "\" \"syndic " SYNDIC_VERSION "\" \"User Commands\"\n"
         ".SH NAME\nsyndic \\- find near\\-duplicate text\n"
         ".SH SYNOPSIS\n.B syndic\n.I COMMAND\n.RI [ OPTION... ]\n.RI [ OPERAND... ]\n.PP\n"
         "Every command also takes \\-\\-help and \\-\\-version.\n"
         ".SH DESCRIPTION\n"
         "Finds documents that are copies of each other, edited or not, by the Jaccard similarity\n"
         "of their runs of words.\nThe output depends on the input and the options only.\n"
         ".SH COMMANDS");
    for (const struct syndic_command *command = syndic_commands; command->name; command++)
        print_command(command);
    fputs(files_text, stdout);
    fputs(sketch_text, stdout);
    fputs(compare_text, stdout);
    fputs(end_text, stdout);
}
