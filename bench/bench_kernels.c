/* SPDX-License-Identifier: Apache-2.0 */
/* bench_kernels.c - every kernel of every table that this CPU can run, named kernel/isa/words.
 * Scalar comes first and runs in the same process, so that ratios hold on a shared machine. */
#include "bench.h"

#include <string.h>

#define DISTANCE     3                    /* the default */
#define SAMPLE_LIMIT (UINT64_MAX / 8 + 1) /* one hash in eight */

struct task {
    const struct syndic_kernels *kernels;
    struct bench_input *input;
};

static volatile size_t sink;

/* ---- one function a kernel ---- */

static void ascii_edges(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);
    size_t count = 0;
    uint32_t inside = 0;

    sink = t->kernels->ascii_edges(d->ascii, d->blocks, t->input->folded, t->input->edge, &count,
                                   &inside);
}

static void emit_tokens(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);
    size_t bytes = 0;

    t->kernels->emit_tokens(d->folded, d->edge, t->input->words, t->input->normal, &bytes,
                            t->input->token_end, t->input->token_hash);
}

static void shingle_hashes(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    t->kernels->shingle_hashes(d->token_hash, d->shingle_count, t->input->mul, BENCH_SHINGLE_WORDS,
                               t->input->shingle);
}

static void minhash_scatter(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    memset(t->input->table, 0xff, 2 * BENCH_SLOTS * sizeof(uint32_t));
    t->kernels->minhash_scatter(d->shingle, d->shingle_count, BENCH_SLOTS, t->input->table);
}

static void minhash_lanes(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);
    const struct syndic_plan *const plan = t->input->plan[BENCH_KPERM];

    memset(t->input->slot, 0xff, BENCH_SLOTS * sizeof(uint32_t));
    t->kernels->minhash_lanes(d->shingle, d->shingle_count, plan->mul, plan->add, t->input->slot,
                              BENCH_SLOTS);
}

static void simhash(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    sink = (size_t)t->kernels->simhash(d->shingle, d->shingle_count);
}

static void hamming_within(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    sink = t->kernels->hamming_within(d->shingle[0], d->shingle, d->shingle_count, DISTANCE,
                                      t->input->edge);
}

static void below(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    sink = t->kernels->below(d->shingle, d->shingle_count, SAMPLE_LIMIT, t->input->edge);
}

static void count_equal(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    sink = t->kernels->count_equal(d->signature[0], d->signature[1], BENCH_SLOTS);
}

static void intersect(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    sink = t->kernels->intersect(d->sorted, d->sorted_count, d->other, d->other_count);
}

static void common_bits(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    sink = t->kernels->common_bits(d->bits[0], d->bits[1], d->bit_words);
}

static void string_end(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    sink = t->kernels->string_end(d->ascii, d->ascii_bytes);
}

static void unescape(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);
    size_t bytes = 0;

    sink = t->kernels->unescape(d->escaped, d->escaped_bytes, t->input->normal, &bytes);
}

/* ---- registration ---- */

static void add(const struct syndic_kernels *kernels, struct bench_input *input, const char *what,
                void (*run)(void *), size_t bytes, size_t items)
{
    struct task *const task = bench_room(1, sizeof(*task));
    char name[64];

    *task = (struct task){kernels, input};
    bench_name(name, what, kernels->name, input);
    bench_register(&(struct bench){name, NULL, run, task, bytes, items});
}

static void add_table(const struct syndic_kernels *k, struct bench_input *in)
{
    const struct bench_document *const d = &in->mean;
    const size_t shingles = d->shingle_count;

    add(k, in, "ascii_edges", ascii_edges, d->blocks * 64, in->words);
    add(k, in, "emit_tokens", emit_tokens, d->ascii_bytes, in->words);
    add(k, in, "shingle_hashes", shingle_hashes, shingles * 8, shingles);
    add(k, in, "minhash_scatter", minhash_scatter, shingles * 8, shingles);
    add(k, in, "minhash_lanes", minhash_lanes, shingles * 8, shingles);
    add(k, in, "simhash", simhash, shingles * 8, shingles);
    add(k, in, "hamming_within", hamming_within, shingles * 8, shingles);
    add(k, in, "below", below, shingles * 8, shingles);
    add(k, in, "count_equal", count_equal, (size_t)BENCH_SLOTS * 2, 1);
    add(k, in, "intersect", intersect, (d->sorted_count + d->other_count) * 8,
        d->sorted_count + d->other_count);
    add(k, in, "common_bits", common_bits, d->bit_words * 16, d->bit_words);
    add(k, in, "string_end", string_end, d->ascii_bytes, 0);
    add(k, in, "unescape", unescape, d->escaped_bytes, 0);
}

void bench_add_kernels(struct bench_input *input)
{
    for (size_t t = bench_table_count(); t-- > 0;)
        add_table(bench_table(t), input);
}
