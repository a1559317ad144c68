/* SPDX-License-Identifier: Apache-2.0 */
/* option_table.c - the one table of options. */
#include "cli/options.h"
#include "kernel.h"
#include "write/names.h"

#include <stddef.h>

static const char *const keep_words[] = {"first", "longest", "min:", "max:", NULL};
static const char *const shingle_words[] = {"word:5", "char:5", NULL};
static const char *const empty_words[] = {"keep", "drop", NULL};
static const char *const input_words[] = {"jsonl", "txt", "warc", NULL};
static const char *const dry_run_words[] = {"read", NULL};
static const char *const format_words[] = {"auto", "jsonl", "tsv", "table", "pairs", NULL};
static const char *const compare_words[] = {"auto", "jsonl", NULL};
static const char *const progress_words[] = {"auto", "plain", "none", NULL};
static const char *const shell_words[] = {"bash", "zsh", "fish", NULL};

#define AT(member) offsetof(struct syndic_cli, member)

#define JOB(member)  AT(run.job.member)
#define READ(member) AT(run.read.member)

const struct syndic_option syndic_option_table[] = {
    {"threshold", 't', SYNDIC_FOR_SKETCHED, SYNDIC_OPTION_SHARE, JOB(threshold), "T", NULL, 0, 0,
     "Jaccard similarity from which two documents are copies, or, with dedup --by syndication, the "
     "share of a document that a kept one must have (0.8)"},
    {"by", 0, SYNDIC_FOR_SKETCHED, SYNDIC_OPTION_WORD, JOB(by), "WHAT", syndic_by_names, 0, 0,
     "near: copies by similarity; syndication: copies whole and in part, such as a story in other "
     "furniture, cut or quoted; exact: the same text only; simhash: copies by SimHash, cheaper and "
     "less accurate (near)"},
    {"sample", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_NUMBER, JOB(sample), "S", NULL, 1, 4096,
     "with --by syndication: look at one shingle in S first (8)"},
    {"gamma", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_SHARE, JOB(gamma), "G", NULL, 0, 0,
     "with --by syndication: least average tie of a group (0.1)"},
    {"max-df", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_NUMBER, JOB(max_df), "N", NULL, 2, UINT32_MAX,
     "with --by syndication: leave out shingles that more than N documents have (1000)"},
    {"min-shared", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_NUMBER, JOB(min_shared), "N", NULL, 1,
     UINT32_MAX, "with --by syndication: sampled shingles that two documents must share (2)"},
    {"distance", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_NUMBER, JOB(distance), "K", NULL, 0,
     SYNDIC_DISTANCE_MAX,
     "with --by simhash: bits in which the SimHashes of two copies may differ (3)"},
    {"normalize", 0, SYNDIC_FOR_SKETCHED, SYNDIC_OPTION_WORD, JOB(normalize), "HOW",
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
    {"bands", 'b', SYNDIC_FOR_SKETCHED, SYNDIC_OPTION_NUMBER, JOB(bands), "B", NULL, 1, 1024,
     "bands of a signature, with --rows (from the threshold)"},
    {"rows", 'r', SYNDIC_FOR_SKETCHED, SYNDIC_OPTION_NUMBER, JOB(rows), "R", NULL, 1, 1024,
     "rows of a band, with --bands; B times R is at most K"},
    {"verify", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_WORD, JOB(verify), "HOW", syndic_verify_names, 0,
     0,
     "default: by signature, and exactly where that does not decide; signature: by it alone, which "
     "finds only about half of the pairs right at the threshold; exact: no copy is accepted "
     "without "
     "its exact similarity (clearly different signatures are still refused); none: every candidate "
     "is a copy"},
    {"keep", 0, SYNDIC_FOR_SKETCHED, SYNDIC_OPTION_KEEP, 0, "WHICH", keep_words, 0, 0,
     "which copy is kept: first, longest, min:FIELD or max:FIELD (first)"},
    {"empty", 0, SYNDIC_FOR_DEDUP, SYNDIC_OPTION_WORD, AT(empty), "WHAT", empty_words, 0, 0,
     "keep or drop documents without a word (keep)"},
    {"text-field", 0, SYNDIC_FOR_READING, SYNDIC_OPTION_TEXT, READ(text_field), "PATH", NULL, 0, 0,
     "where a record's text is; dots lead into objects (text)"},
    {"id-field", 0, SYNDIC_FOR_READING, SYNDIC_OPTION_TEXT, READ(id_field), "PATH", NULL, 0, 0,
     "where a record's id is (id), or which WARC header field it is (WARC-Record-ID); without one "
     "it "
     "is file:record"},
    {"source-field", 0, SYNDIC_FOR_BOTH, SYNDIC_OPTION_TEXT, READ(source_field), "PATH", NULL, 0, 0,
     "with --by syndication: which outlet or site a record is from; what many groups of one have "
     "counts as its furniture"},
    {"input-format", 0, SYNDIC_FOR_READING, SYNDIC_OPTION_WORD, READ(input_format), "FORMAT",
     input_words, 0, 0, "what standard input holds: jsonl, txt or warc (jsonl)"},
    {"html", 0, SYNDIC_FOR_READING, SYNDIC_OPTION_WORD, READ(html), "HOW", syndic_html_names, 0, 0,
     "strip: HTML responses in WARC files are documents, without their markup; skip: they are none "
     "(strip)"},
    {"max-record", 0, SYNDIC_FOR_READING, SYNDIC_OPTION_SIZE, READ(max_record_bytes), "SIZE", NULL,
     0, 0, "skip records longer than this (1G)"},
    {"threads", 'j', SYNDIC_FOR_READING | SYNDIC_FOR_BENCH, SYNDIC_OPTION_NUMBER, JOB(threads), "N",
     NULL, 1, 1024, "threads (one for each CPU)"},
    {"kernels", 0, SYNDIC_FOR_READING | SYNDIC_FOR_BENCH, SYNDIC_OPTION_TEXT, JOB(kernels), "NAME",
     NULL, 0, 0, "auto, or a table that 'syndic version' lists (auto)"},
    {"memory", 'm', SYNDIC_FOR_READING | SYNDIC_FOR_BENCH, SYNDIC_OPTION_SIZE,
     JOB(memory_cap_bytes), "SIZE", NULL, 0, 0,
     "fail rather than use more memory than this, such as 4G (no limit)"},
    {"tmp", 0, SYNDIC_FOR_READING, SYNDIC_OPTION_FILE, READ(tmp), "DIR", NULL, 0, 0,
     "folder for temporary files ($TMPDIR, or /tmp)"},
    {"format", 'f', SYNDIC_FOR_GROUP, SYNDIC_OPTION_WORD, AT(format), "FORMAT", format_words, 0, 0,
     "jsonl, tsv, table or pairs; auto: a table on a terminal, else jsonl (auto)"},
    {"format", 'f', SYNDIC_FOR_COMPARE, SYNDIC_OPTION_WORD, AT(format), "FORMAT", compare_words, 0,
     0, "jsonl, or auto: for people (auto)"},
    {"min-words", 0, SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_NUMBER, AT(passages.min_words), "N", NULL,
     SYNDIC_PASSAGE_WORDS_MIN, SYNDIC_PASSAGE_WORDS_MAX, "words from which a passage counts (20)"},
    {"within", 0, SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_FLAG, AT(within), NULL, NULL, 0, 0,
     "only what one document has twice"},
    {"across", 0, SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_FLAG, AT(across), NULL, NULL, 0, 0,
     "only what different documents share"},
    {"fuzzy", 0, SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_FLAG, AT(passages.fuzzy), NULL, NULL, 0, 0,
     "allow for words lost or changed between runs of five or more, as in text read by OCR"},
    {"annotate", 0, SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_FLAG, AT(annotate), NULL, NULL, 0, 0,
     "write the corpus to -o OUTDIR, each record with a field \"repeats\" that lists its repeated "
     "spans"},
    {"remove-repeats", 0, SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_FLAG, AT(remove_repeats), NULL, NULL,
     0, 0,
     "write the corpus to -o OUTDIR without the paragraphs that are there earlier in full, and "
     "what "
     "was cut to OUTDIR/cut.jsonl"},
    {"output", 'o', SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_FILE, AT(output), "FILE", NULL, 0, 0,
     "write there instead of standard output (-); with --annotate or --remove-repeats a folder, "
     "which "
     "must not exist; it appears when it is complete"},
    {"output", 'o', SYNDIC_FOR_GROUP, SYNDIC_OPTION_FILE, AT(output), "FILE", NULL, 0, 0,
     "write there instead of standard output (-); FILE appears when it is complete"},
    {"output", 'o', SYNDIC_FOR_SKETCH, SYNDIC_OPTION_FILE, AT(output), "FILE.syn", NULL, 0, 0,
     "write the sketches there, or to standard output (-); FILE.syn appears when it is complete"},
    {"output", 'o', SYNDIC_FOR_DEDUP, SYNDIC_OPTION_FILE, AT(output), "OUTDIR", NULL, 0, 0,
     "folder for the output, which must not exist; it appears when it is complete"},
    {"groups", 0, SYNDIC_FOR_DEDUP, SYNDIC_OPTION_FILE, AT(groups), "FILE", NULL, 0, 0,
     "find no groups, but take those that 'syndic group --format jsonl' wrote to FILE (-: standard "
     "input); inputs must be named as they were then, and may be some of those"},
    {"force", 0, SYNDIC_FOR_DEDUP | SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_FLAG, AT(force), NULL, NULL,
     0, 0, "write into an existing OUTDIR: files of the same names are replaced, others stay"},
    {"compress", 0, SYNDIC_FOR_DEDUP | SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_WORD, AT(compress), "HOW",
     syndic_recompress_names, 0, 0, "same as the input, none, gzip or zstd (same)"},
    {"dry-run", 0, SYNDIC_FOR_GROUP, SYNDIC_OPTION_DRY_RUN, 0, "read", dry_run_words, 0, 0,
     "only read the input and print how much and how fast"},
    {"progress", 0, SYNDIC_FOR_SKETCHED | SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_WORD, AT(progress),
     "HOW", progress_words, 0, 0,
     "auto: one line on a terminal; plain: a line now and then; none (auto)"},
    {"quiet", 'q', SYNDIC_FOR_SKETCHED | SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_FLAG, AT(quiet), NULL,
     NULL, 0, 0, "no progress and no summary; warnings and skipped records are still named"},
    {"verbose", 'v', SYNDIC_FOR_SKETCHED | SYNDIC_FOR_PASSAGES, SYNDIC_OPTION_FLAG, AT(verbose),
     NULL, NULL, 0, 0,
     "name every record skipped, not the first 100 of each file; print the summary even where "
     "standard error is no terminal"},
    {"verbose", 'v', SYNDIC_FOR_COMPARE, SYNDIC_OPTION_FLAG, AT(verbose), NULL, NULL, 0, 0,
     "name every record skipped, not the first 100 of each file"},
    {"json", 0, SYNDIC_FOR_BENCH | SYNDIC_FOR_INSPECT, SYNDIC_OPTION_FLAG, AT(json), NULL, NULL, 0,
     0, "print JSON instead of a table"},
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
