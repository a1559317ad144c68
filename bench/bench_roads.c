/* SPDX-License-Identifier: Apache-2.0 */
/* bench_roads.c - the whole roads that kernels serve, with each table: text to shingles (text), to
 * a signature (sketch_onep, sketch_kperm, sketch_simhash), shingles to a signature (minhash_onep,
 * minhash_kperm), records to fields (json; simdjson on-demand beside it).  Russian and Chinese have
 * names of their own, such as text_ru. */
#include "bench.h"
#include "read/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct task {
    const struct syndic_kernels *kernels;
    struct bench_input *input;
    size_t language;
    struct syndic_sketcher *sketcher;
    struct syndic_json *json;
    struct bench_simdjson *simdjson;
};

static volatile size_t sink;

static void check(enum syndic_status status)
{
    if (status) {
        fprintf(stderr, "bench: %s\n", syndic_status_text(status));
        exit(2);
    }
}

static void use_kernels(void *arg)
{
    const struct task *const t = arg;

    if (syndic_kernels_use(t->kernels->name))
        check(SYNDIC_INVALID_ARGUMENT);
}

static void text(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    check(syndic_text_read(t->sketcher->text, d->text[t->language], d->text_bytes[t->language]));
}

static void sketch(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    check(syndic_sketch_document(t->sketcher, d->text[t->language], d->text_bytes[t->language]));
}

static void minhash(void *arg)
{
    const struct task *const t = arg;
    const struct bench_document *const d = bench_next(t->input);

    syndic_minhash(t->sketcher->plan, d->shingle, d->shingle_count, t->sketcher->signature.slot,
                   t->sketcher->table);
}

static void json(void *arg)
{
    const struct task *const t = arg;
    const struct bench_lines *const lines = &t->input->lines[t->language];
    struct syndic_json_value value[2];
    const char *reason;
    size_t byte, bytes = 0;

    for (const uint8_t *line = lines->bytes, *const end = line + lines->n; line < end;) {
        const uint8_t *const stop = memchr(line, '\n', (size_t)(end - line));
        check(syndic_json_extract(t->json, line, (size_t)(stop - line), value, &reason, &byte));
        bytes += value[1].length;
        line = stop + 1;
    }
    sink = bytes;
}

#ifdef BENCH_SIMDJSON
static void simdjson_lines(void *arg)
{
    const struct task *const t = arg;
    const struct bench_lines *const lines = &t->input->lines[t->language];

    sink = bench_simdjson_lines(t->simdjson, (const char *)lines->bytes, lines->n);
}

static void simdjson_stream(void *arg)
{
    const struct task *const t = arg;
    const struct bench_lines *const lines = &t->input->lines[t->language];

    sink = bench_simdjson_stream(t->simdjson, (const char *)lines->bytes, lines->n);
}
#endif

/* ---- registration ---- */

/* Whose input one run goes over. */
enum whose { DOCUMENT_TEXT, DOCUMENT_SHINGLES, LINES };

static void add(const struct task *model, const char *what, const char *isa, void (*run)(void *),
                enum whose whose)
{
    struct task *const task = bench_room(1, sizeof(*task));
    const struct bench_document *const d = &model->input->mean;
    const struct bench_lines *const lines = &model->input->lines[model->language];
    struct bench bench = {.prepare = model->kernels ? use_kernels : NULL, .run = run, .arg = task};
    char stem[32], name[64];

    *task = *model;
    snprintf(stem, sizeof(stem), "%s%s%s", what, model->language ? "_" : "",
             model->language ? bench_language_codes[model->language] : "");
    bench_name(name, stem, isa, model->input);
    bench.name = name;
    bench.bytes = whose == LINES           ? lines->n
                  : whose == DOCUMENT_TEXT ? d->text_bytes[model->language]
                                           : d->shingle_count * 8;
    bench.items = whose == LINES           ? lines->count
                  : whose == DOCUMENT_TEXT ? model->input->words
                                           : d->shingle_count;
    bench_register(&bench);
}

static void add_sketches(struct task *task, enum bench_plan kind)
{
    static const char *const sketch_name[] = {"sketch_onep", "sketch_kperm", "sketch_simhash"};
    static const char *const minhash_name[] = {"minhash_onep", "minhash_kperm"};

    check(syndic_sketcher_create(&bench_memory, task->input->plan[kind], &task->sketcher));
    for (task->language = 0; task->language < BENCH_LANGUAGES; task->language++) {
        if (!task->input->mean.text_bytes[task->language])
            continue;
        if (kind == BENCH_ONEP)
            add(task, "text", task->kernels->name, text, DOCUMENT_TEXT);
        add(task, sketch_name[kind], task->kernels->name, sketch, DOCUMENT_TEXT);
    }
    task->language = 0;
    if (kind != BENCH_SIMHASH)
        add(task, minhash_name[kind], task->kernels->name, minhash, DOCUMENT_SHINGLES);
}

static void add_json(struct task *task)
{
    use_kernels(task); /* it keeps the table that it was made with */
    check(syndic_json_create(&bench_memory, (const char *const[]){"id", "text"}, 2, &task->json));
    for (task->language = 0; task->language < BENCH_LANGUAGES; task->language++)
        if (task->input->lines[task->language].n)
            add(task, "json", task->kernels->name, json, LINES);
}

void bench_add_roads(struct bench_input *input)
{
    for (size_t t = bench_table_count(); t-- > 0;) {
        struct task task = {.kernels = bench_table(t), .input = input};
        for (int kind = 0; kind < BENCH_PLANS; kind++)
            add_sketches(&task, (enum bench_plan)kind);
        add_json(&task);
    }
}

void bench_add_simdjson(struct bench_input *input)
{
#ifdef BENCH_SIMDJSON
    struct task task = {.input = input, .simdjson = bench_simdjson_create()};

    for (; task.language < BENCH_LANGUAGES; task.language++) {
        if (!input->lines[task.language].n)
            continue;
        add(&task, "json", "simdjson", simdjson_lines, LINES);
        add(&task, "json", "simdjson_stream", simdjson_stream, LINES);
    }
#else
    (void)input;
#endif
}
