/* SPDX-License-Identifier: Apache-2.0 */
/* bench_kernels.c - every kernel of every table that this CPU can run, over documents of 50 to
 * 5,000 words from corpus/, named kernel/isa/words.  Scalar runs in the same process, so that
 * ratios hold on a shared machine. */
#include "base/hash.h"
#include "base/memory.h"
#include "bench.h"
#include "kernel.h"
#include "text/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS         128 /* the default K */
#define SHINGLE_WORDS 5
#define TEXT_BYTES    (1 << 18) /* of the corpus: more than 5,000 words of any language */

/* Input and room for output of all kernels, for one number of words. */
struct input {
    size_t words, blocks, text_bytes, shingle_count;
    uint8_t *text, *folded, *normal, *escaped;
    uint32_t *edge, *token_end, *slot, *table;
    uint64_t *token_hash, *shingle, *sorted, *other;
    uint64_t mul[SYNDIC_SHINGLE_WIDTH_MAX];
    uint32_t lane_mul[SLOTS], lane_add[SLOTS];
    uint8_t signature[2][SLOTS];
};

struct task {
    const struct syndic_kernels *kernels;
    struct input *input;
};

static struct syndic_memory memory;
static volatile size_t sink;

static void *room(size_t count, size_t size)
{
    void *const block = syndic_allocate_zeroed(&memory, count, size);

    if (!block) {
        fprintf(stderr, "bench_kernels: out of memory\n");
        exit(2);
    }
    return block;
}

/* ---- one function a kernel ---- */

static void ascii_edges(void *arg)
{
    const struct task *const t = arg;
    size_t count = 0;
    uint32_t inside = 0;

    sink = t->kernels->ascii_edges(t->input->text, t->input->blocks, t->input->folded,
                                   t->input->edge, &count, &inside);
}

static void emit_tokens(void *arg)
{
    const struct task *const t = arg;
    size_t bytes = 0;

    t->kernels->emit_tokens(t->input->folded, t->input->edge, t->input->words, t->input->normal,
                            &bytes, t->input->token_end, t->input->token_hash);
}

static void shingle_hashes(void *arg)
{
    const struct task *const t = arg;

    t->kernels->shingle_hashes(t->input->token_hash, t->input->shingle_count, t->input->mul,
                               SHINGLE_WORDS, t->input->shingle);
}

static void minhash_scatter(void *arg)
{
    const struct task *const t = arg;

    memset(t->input->table, 0xff, 2 * SLOTS * sizeof(uint32_t));
    t->kernels->minhash_scatter(t->input->shingle, t->input->shingle_count, SLOTS, t->input->table);
}

static void minhash_lanes(void *arg)
{
    const struct task *const t = arg;

    memset(t->input->slot, 0xff, SLOTS * sizeof(uint32_t));
    t->kernels->minhash_lanes(t->input->shingle, t->input->shingle_count, t->input->lane_mul,
                              t->input->lane_add, t->input->slot, SLOTS);
}

static void intersect(void *arg)
{
    const struct task *const t = arg;

    sink = t->kernels->intersect(t->input->sorted, t->input->shingle_count, t->input->other,
                                 t->input->shingle_count);
}

static void count_equal(void *arg)
{
    const struct task *const t = arg;

    sink = t->kernels->count_equal(t->input->signature[0], t->input->signature[1], SLOTS);
}

static void string_end(void *arg)
{
    const struct task *const t = arg;

    sink = t->kernels->string_end(t->input->folded, t->input->text_bytes);
}

static void unescape(void *arg)
{
    const struct task *const t = arg;
    size_t bytes = 0;

    sink = t->kernels->unescape(t->input->folded, t->input->text_bytes, t->input->escaped, &bytes);
}

/* ---- the input ---- */

/* ASCII text of the corpus, quotes, backslashes and controls made spaces. */
static size_t read_text(uint8_t *text, size_t most)
{
    FILE *const file = fopen(SYNDIC_SOURCE_DIR "/corpus/articles.jsonl", "rb");
    size_t n = 0;
    int c;

    if (!file) {
        perror("bench_kernels: " SYNDIC_SOURCE_DIR "/corpus/articles.jsonl");
        exit(2);
    }
    while (n < most && (c = getc(file)) != EOF)
        if (c < 0x80)
            text[n++] = c < 0x20 || c == '"' || c == '\\' ? ' ' : (uint8_t)c;
    fclose(file);
    return n;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Bytes of the text's first `words` words, by the scalar kernel. */
static size_t cut(struct input *in, size_t text_bytes)
{
    size_t count = 0;
    uint32_t inside = 0;

    syndic_scalar.ascii_edges(in->text, text_bytes / 64, in->folded, in->edge, &count, &inside);
    if (count < 2 * in->words) {
        fprintf(stderr, "bench_kernels: the corpus has fewer than %zu words\n", in->words);
        exit(2);
    }
    return in->edge[2 * in->words - 1];
}

static void make_numbers(struct input *in)
{
    uint64_t seed = 1;

    syndic_shingle_multipliers(in->mul);
    for (size_t k = 0; k < SLOTS; k++) {
        in->lane_mul[k] = (uint32_t)syndic_splitmix64(&seed) | 1;
        in->lane_add[k] = (uint32_t)syndic_splitmix64(&seed);
        in->signature[0][k] = (uint8_t)syndic_splitmix64(&seed);
        in->signature[1][k] = k % 4 ? in->signature[0][k] : 0;
    }
    for (size_t i = 0; i < in->shingle_count; i++) {
        in->sorted[i] = in->shingle[i];
        in->other[i] = i % 4 ? in->shingle[i] : syndic_splitmix64(&seed);
    }
    qsort(in->sorted, in->shingle_count, sizeof(uint64_t), by_value);
    qsort(in->other, in->shingle_count, sizeof(uint64_t), by_value);
}

static struct input *make_input(size_t words)
{
    struct input *const in = room(1, sizeof(*in));

    in->words = words;
    in->text = room(TEXT_BYTES + SYNDIC_TEXT_PADDING, 1);
    in->folded = room(TEXT_BYTES + SYNDIC_TEXT_PADDING, 1);
    in->normal = room(2 * TEXT_BYTES + SYNDIC_TEXT_PADDING, 1);
    in->escaped = room(TEXT_BYTES + SYNDIC_TEXT_PADDING, 1);
    in->edge = room(TEXT_BYTES + 64, sizeof(uint32_t));
    in->token_end = room(words + 64, sizeof(uint32_t));
    in->slot = room(SLOTS, sizeof(uint32_t));
    in->table = room(2 * SLOTS, sizeof(uint32_t));
    in->token_hash = room(words + 64, sizeof(uint64_t));
    in->shingle = room(words + 64, sizeof(uint64_t));
    in->sorted = room(words + 64, sizeof(uint64_t));
    in->other = room(words + 64, sizeof(uint64_t));
    in->text_bytes = cut(in, read_text(in->text, TEXT_BYTES));
    in->blocks = in->text_bytes / 64;
    in->shingle_count = words - (SHINGLE_WORDS - 1);
    struct task scalar = {&syndic_scalar, in};
    emit_tokens(&scalar);
    syndic_shingle_multipliers(in->mul);
    shingle_hashes(&scalar);
    make_numbers(in);
    return in;
}

/* ---- registration ---- */

static void add(const struct syndic_kernels *kernels, struct input *in, const char *what,
                void (*run)(void *), size_t bytes, size_t items)
{
    struct task *const task = room(1, sizeof(*task));
    char name[64];

    *task = (struct task){kernels, in};
    snprintf(name, sizeof(name), "%s/%s/%zu", what, kernels->name, in->words);
    bench_register(name, run, task, bytes, items);
}

static void add_all(const struct syndic_kernels *k, struct input *in)
{
    const size_t shingles = in->shingle_count;

    add(k, in, "ascii_edges", ascii_edges, in->blocks * 64, in->words);
    add(k, in, "emit_tokens", emit_tokens, in->text_bytes, in->words);
    add(k, in, "shingle_hashes", shingle_hashes, shingles * 8, shingles);
    add(k, in, "minhash_scatter", minhash_scatter, shingles * 8, shingles);
    add(k, in, "minhash_lanes", minhash_lanes, shingles * 8, shingles);
    add(k, in, "intersect", intersect, shingles * 16, 2 * shingles);
    add(k, in, "count_equal", count_equal, SLOTS * 2, 1);
    add(k, in, "string_end", string_end, in->text_bytes, 0);
    add(k, in, "unescape", unescape, in->text_bytes, 0);
}

int main(int argc, char **argv)
{
    static const size_t words[] = {50, 200, 500, 2000, 5000};
    const uint32_t cpu = syndic_cpu_features();

    syndic_memory_init(&memory, NULL, 0);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        struct input *const in = make_input(words[i]);
        for (size_t t = 0; syndic_kernels_at(t); t++)
            if (!(syndic_kernels_at(t)->needs & ~cpu))
                add_all(syndic_kernels_at(t), in);
    }
    return bench_run(argc, argv);
}
