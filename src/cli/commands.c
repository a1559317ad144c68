/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - the one table of commands, in the order of the help text. */
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/options.h"

const struct syndic_command syndic_commands[] = {
    {"group", SYNDIC_FOR_GROUP, "INPUT... | FILE.syn...", "list the groups of copies",
     syndic_cli_group},
    {"dedup", SYNDIC_FOR_DEDUP, "INPUT... -o OUTDIR",
     "write the corpus without its copies, and who was removed in whose favour", syndic_cli_dedup},
    {"sketch", SYNDIC_FOR_SKETCH, "INPUT... -o FILE.syn",
     "write the sketches of a part of a corpus, which 'syndic group' takes instead of inputs",
     syndic_cli_sketch},
    {"inspect", SYNDIC_FOR_INSPECT, "FILE.syn...", "show and check sketch files",
     syndic_cli_inspect},
    {"passages", SYNDIC_FOR_PASSAGES, "INPUT...", "list the text that repeats, and where",
     syndic_cli_passages},
    {"compare", SYNDIC_FOR_COMPARE, "A B | INPUT ID ID", "show how two documents overlap",
     syndic_cli_compare},
    {"bench", SYNDIC_FOR_BENCH, "", "measure how fast this machine finds copies", syndic_cli_bench},
    {"version", SYNDIC_FOR_VERSION, "", "print the version and what this build and CPU can do",
     syndic_cli_version},
    {"help", SYNDIC_FOR_HELP, "[COMMAND]", "print help, the man page or shell completions",
     syndic_cli_help},
    {0},
};
