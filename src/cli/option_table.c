/* SPDX-License-Identifier: Apache-2.0 */
/* option_table.c - the one table of options. */
#include "cli/options.h"
#include "kernel.h"
#include "write/names.h"

#include <stddef.h>

static const char *const keep_words[] = {"first", "longest", "min:", "max:", NULL};
static const char *const shingle_words[] = {"word:5", "char:5", NULL};
static const char *const empty_words[] = {"keep", "drop", NULL};
static const char *const input_words[] = {"jsonl", "txt", NULL};
static const char *const dry_run_words[] = {"read", NULL};
static const char *const format_words[] = {"auto", "jsonl", "tsv", "table", "pairs", NULL};
static const char *const compare_words[] = {"auto", "jsonl", NULL};
static const char *const progress_words[] = {"auto", "plain", "none", NULL};
static const char *const shell_words[] = {"bash", "zsh", "fish", NULL};

#define AT(member) offsetof(struct syndic_cli, member)

#define JOB(member)  AT(run.job.member)
#define READ(member) AT(run.read.member)

const struct syndic_option syndic_option_table[] = {
    {"threshold", 't', SYNDIC_FOR_BOTH, SYNDIC_OPTION_SHARE, JOB(threshold), "T", NULL, 0, 0,
     "Jaccard similarity from which two documents are copies (0.8)"},
    {"by", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_WORD, JOB(by), "WHAT", syndic_by_names, 0, 0,
     "near: copies by similarity; exact: the same text only; simhash: copies by SimHash, cheaper "
     "and "
     "less accurate (near)"},
    {"distance", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_NUMBER, JOB(distance), "K", NULL, 0,
     SYNDIC_DISTANCE_MAX,
     "with --by simhash: bits in which the SimHashes of two copies may differ (3)"},
    {"normalize", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_WORD, JOB(normalize), "HOW",
     syndic_normalize_names, 0, 0,
     "with --by exact, tokens: case, punctuation and space do not count; none: every byte does "
     "(tokens)"},
    {"shingle", 0, SYNDIC_FOR_ALL, SYNDIC_OPTION_SHINGLE, 0, "UNIT:N", shingle_words, 0, 0,
     "compare runs of N words or characters (word:5)"},
    {"minhash", 0, SYNDIC_FOR_ALL, SYNDIC_OPTION_WORD, JOB(minhash), "KIND", syndic_minhash_names,
     0, 0, "onep: one permutation; kperm: K permutations, as most tools do (onep)"},
    {"signature-slots", 'k', SYNDIC_FOR_ALL, SYNDIC_OPTION_NUMBER, JOB(signature_slots), "K", NULL,
     16, 1024, "slots of a signature (128)"},
    {"num-perm", 0, SYNDIC_FOR_ALL, SYNDIC_OPTION_NUMBER, JOB(signature_slots), "K", NULL, 16, 1024,
     NULL},
    {"bands", 'b', SYNDIC_FOR_BOTH, SYNDIC_OPTION_NUMBER, JOB(bands), "B", NULL, 1, 1024,
     "bands of a signature, with --rows (from the threshold)"},
    {"rows", 'r', SYNDIC_FOR_BOTH, SYNDIC_OPTION_NUMBER, JOB(rows), "R", NULL, 1, 1024,
     "rows of a band, with --bands; B times R is at most K"},
    {"verify", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_WORD, JOB(verify), "HOW", syndic_verify_names, 0,
     0,
     "default: by signature, and exactly where that does not decide; signature: by it alone, which "
     "finds only about half of the pairs right at the threshold; exact: no copy is accepted "
     "without "
     "its exact similarity (clearly different signatures are still refused); none: every candidate "
     "is a copy"},
    {"keep", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_KEEP, 0, "WHICH", keep_words, 0, 0,
     "which copy is kept: first, longest, min:FIELD or max:FIELD (first)"},
    {"empty", 0, SYNDIC_FOR_DEDUP, SYNDIC_OPTION_WORD, AT(empty), "WHAT", empty_words, 0, 0,
     "keep or drop documents without a word (keep)"},
    {"text-field", 0, SYNDIC_FOR_ALL, SYNDIC_OPTION_TEXT, READ(text_field), "PATH", NULL, 0, 0,
     "where a record's text is; dots lead into objects (text)"},
    {"id-field", 0, SYNDIC_FOR_ALL, SYNDIC_OPTION_TEXT, READ(id_field), "PATH", NULL, 0, 0,
     "where a record's id is (id); without one it is file:record"},
    {"input-format", 0, SYNDIC_FOR_ALL, SYNDIC_OPTION_WORD, READ(input_format), "FORMAT",
     input_words, 0, 0, "what standard input holds: jsonl or txt (jsonl)"},
    {"max-record", 0, SYNDIC_FOR_ALL, SYNDIC_OPTION_SIZE, READ(max_record_bytes), "SIZE", NULL, 0,
     0, "skip records longer than this (1G)"},
    {"threads", 'j', SYNDIC_FOR_ALL | SYNDIC_FOR_BENCH, SYNDIC_OPTION_NUMBER, JOB(threads), "N",
     NULL, 1, 1024, "threads (one for each CPU)"},
    {"kernels", 0, SYNDIC_FOR_ALL | SYNDIC_FOR_BENCH, SYNDIC_OPTION_TEXT, JOB(kernels), "NAME",
     NULL, 0, 0, "auto, or a table that 'syndic version' lists (auto)"},
    {"memory", 'm', SYNDIC_FOR_ALL | SYNDIC_FOR_BENCH, SYNDIC_OPTION_SIZE, JOB(memory_cap_bytes),
     "SIZE", NULL, 0, 0, "fail rather than use more memory than this, such as 4G (no limit)"},
    {"tmp", 0, SYNDIC_FOR_ALL, SYNDIC_OPTION_FILE, READ(tmp), "DIR", NULL, 0, 0,
     "folder for temporary files ($TMPDIR, or /tmp)"},
    {"format", 'f', SYNDIC_FOR_GROUP, SYNDIC_OPTION_WORD, AT(format), "FORMAT", format_words, 0, 0,
     "jsonl, tsv, table or pairs; auto: a table on a terminal, else jsonl (auto)"},
    {"format", 'f', SYNDIC_FOR_COMPARE, SYNDIC_OPTION_WORD, AT(format), "FORMAT", compare_words, 0,
     0, "jsonl, or auto: for people (auto)"},
    {"output", 'o', SYNDIC_FOR_GROUP, SYNDIC_OPTION_FILE, AT(output), "FILE", NULL, 0, 0,
     "write there instead of standard output (-); FILE appears when it is complete"},
    {"output", 'o', SYNDIC_FOR_DEDUP, SYNDIC_OPTION_FILE, AT(output), "OUTDIR", NULL, 0, 0,
     "folder for the output, which must not exist; it appears when it is complete"},
    {"force", 0, SYNDIC_FOR_DEDUP, SYNDIC_OPTION_FLAG, AT(force), NULL, NULL, 0, 0,
     "write into an existing OUTDIR: files of the same names are replaced, others stay"},
    {"compress", 0, SYNDIC_FOR_DEDUP, SYNDIC_OPTION_WORD, AT(compress), "HOW",
     syndic_recompress_names, 0, 0, "same as the input, none, gzip or zstd (same)"},
    {"dry-run", 0, SYNDIC_FOR_GROUP, SYNDIC_OPTION_DRY_RUN, 0, "read", dry_run_words, 0, 0,
     "only read the input and print how much and how fast"},
    {"progress", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_WORD, AT(progress), "HOW", progress_words, 0, 0,
     "auto: one line on a terminal; plain: a line now and then; none (auto)"},
    {"quiet", 'q', SYNDIC_FOR_BOTH, SYNDIC_OPTION_FLAG, AT(quiet), NULL, NULL, 0, 0,
     "no progress and no summary; warnings and skipped records are still named"},
    {"verbose", 'v', SYNDIC_FOR_BOTH, SYNDIC_OPTION_FLAG, AT(verbose), NULL, NULL, 0, 0,
     "name every record skipped, not the first 100 of each file; print the summary even where "
     "standard error is no terminal"},
    {"verbose", 'v', SYNDIC_FOR_COMPARE, SYNDIC_OPTION_FLAG, AT(verbose), NULL, NULL, 0, 0,
     "name every record skipped, not the first 100 of each file"},
    {"json", 0, SYNDIC_FOR_BENCH, SYNDIC_OPTION_FLAG, AT(json), NULL, NULL, 0, 0,
     "print JSON instead of a table"},
    {"man", 0, SYNDIC_FOR_HELP, SYNDIC_OPTION_FLAG, AT(man), NULL, NULL, 0, 0,
     "print the manual page"},
    {"completions", 0, SYNDIC_FOR_HELP, SYNDIC_OPTION_WORD, AT(completions), "SHELL", shell_words,
     0, 0, "print completions for bash, zsh or fish"},
    {"help", 'h', SYNDIC_FOR_EVERY, SYNDIC_OPTION_FLAG, AT(help), NULL, NULL, 0, 0,
     "print this help"},
    {"version", 'V', SYNDIC_FOR_EVERY, SYNDIC_OPTION_FLAG, AT(version), NULL, NULL, 0, 0,
     "print the version and what this build and CPU can do"},
    {0},
};

const char *const *syndic_kernel_words(void)
{
    static const char *words[16] = {"auto"};

    for (size_t i = 0; syndic_kernels_at(i) && i + 2 < sizeof(words) / sizeof(*words); i++)
        words[i + 1] = syndic_kernels_at(i)->name;
    return words;
}
