/* SPDX-License-Identifier: Apache-2.0 */
/* bench_input.h - text of the corpus in; documents of some number of words, and what the stages
 * make of them, out. */
#ifndef SYNDIC_BENCH_INPUT_H
#define SYNDIC_BENCH_INPUT_H

#include "kernel.h"
#include "sketch/sketch.h"

#define BENCH_SLOTS         128 /* the default K */
#define BENCH_SHINGLE_WORDS 5

enum bench_language { BENCH_ENGLISH, BENCH_RUSSIAN, BENCH_CHINESE, BENCH_LANGUAGES };

/* What a sketch is: the names of benchmarks say it. */
enum bench_plan { BENCH_ONEP, BENCH_KPERM, BENCH_SIMHASH, BENCH_PLANS };

extern const char *const bench_language_codes[BENCH_LANGUAGES];

/* One document and the input of every kernel, made by scalar code. */
struct bench_document {
    const uint8_t *ascii; /* English without what is not ASCII, no quotes, no backslashes */
    size_t ascii_bytes, blocks;
    uint8_t *folded;
    uint32_t *edge;
    uint64_t *token_hash, *shingle, *sorted, *other, *bits[2];
    size_t shingle_count, sorted_count, other_count, bit_words;
    uint8_t *signature[2];
    const uint8_t *escaped; /* the English text as it stands in JSON, escapes and all */
    size_t escaped_bytes;
    const uint8_t *text[BENCH_LANGUAGES];
    size_t text_bytes[BENCH_LANGUAGES];
};

/* Records of JSONL, each with a text of so many words. */
struct bench_lines {
    uint8_t *bytes;
    size_t n, count;
};

/* Documents of one number of words, and room for what kernels write.  Warm: there is one, so that
 * all stays in the first-level caches.  Cold: as many as fill BENCH_COLD_BYTES, one a run. */
struct bench_input {
    size_t words;
    bool cold;
    struct bench_document *document;
    size_t count, next;
    struct bench_document mean;                /* only its sizes */
    struct bench_lines lines[BENCH_LANGUAGES]; /* 128 KiB of them warm, 8 MiB cold; or none */
    uint8_t *folded, *normal;
    uint32_t *edge, *token_end, *slot, *table;
    uint64_t *token_hash, *shingle;
    uint64_t mul[32];
    struct syndic_plan *plan[BENCH_PLANS];
};

#define BENCH_COLD_BYTES ((size_t)64 << 20)

/* Does not return where the corpus cannot be read: says why and exits with 2. */
struct bench_input *bench_input_make(size_t words, bool cold);

/* The document of the next run. */
static inline const struct bench_document *bench_next(struct bench_input *input)
{
    input->next = input->next + 1 < input->count ? input->next + 1 : 0;
    return &input->document[input->next];
}

/* The tables that this CPU can run, best first: 0 <= t < bench_table_count(). */
size_t bench_table_count(void);
const struct syndic_kernels *bench_table(size_t t);

/* name = what/isa/words, or what/isa/words/cold; at most 64 bytes. */
void bench_name(char *name, const char *what, const char *isa, const struct bench_input *input);

/* Zeroed memory that lives as long as the program, or exit(2). */
void *bench_room(size_t count, size_t size);

extern struct syndic_memory bench_memory;

#endif
