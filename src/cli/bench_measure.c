/* SPDX-License-Identifier: Apache-2.0 */
/* bench_measure.c - made-up text in; how fast this machine reads, sketches and groups it, out.
 *
 * Each measurement repeats a task until it has taken some time, and takes the median: a few tenths
 * of a second are enough for two digits, and all of them stay below 20 seconds. */
#include "cli/bench_measure.h"

#include "base/error.h"
#include "kernel.h"
#include "read/json.h"
#include "sketch/sketch.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_BYTES    ((size_t)48 << 20) /* beyond the caches of most CPUs */
#define ONE_CORE_PART 8                  /* of the text: scalar code on one core gets an eighth */
#define MEMORY_BYTES  ((size_t)256 << 20)
#define ROUND_SECONDS 0.4
#define ROUNDS_MIN    3
#define ROUNDS_MAX    99

struct bench {
    struct syndic_memory *memory;
    const struct syndic_options *options;
    const _Atomic bool *cancel;
    struct syndic_error *error;
    struct syndic_bench_text text;
    struct syndic_plan *plan;
    uint32_t threads; /* of the task that runs */
    size_t count;     /* its documents: the first so many */
    uint8_t *block;   /* MEMORY_BYTES */
};

/* ---- rounds ---- */

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Median seconds of a task, which goes over `count` documents with `threads` threads. */
static enum syndic_status time_task(struct bench *bench, enum syndic_status (*task)(struct bench *),
                                    uint32_t threads, size_t count, double *median)
{
    const double begin = omp_get_wtime();
    double seconds[ROUNDS_MAX];
    size_t rounds = 0;

    bench->threads = threads;
    bench->count = count;
    do {
        if (atomic_load(bench->cancel))
            return syndic_fail(bench->error, SYNDIC_INTERRUPTED, "interrupted");
        const double start = omp_get_wtime();
        const enum syndic_status status = task(bench);
        if (status)
            return syndic_fail(bench->error, status, "%s", syndic_status_text(status));
        seconds[rounds++] = omp_get_wtime() - start;
    } while (rounds < ROUNDS_MIN ||
             (rounds < ROUNDS_MAX && omp_get_wtime() - begin < ROUND_SECONDS));
    qsort(seconds, rounds, sizeof(*seconds), by_value);
    *median = seconds[rounds / 2];
    return SYNDIC_OK;
}

/* ---- tasks ---- */

/* The C library's memchr() reads as fast as any loop of ours, on every CPU. */
static enum syndic_status read_memory(struct bench *bench)
{
    const size_t share = MEMORY_BYTES / bench->threads;
    int found = 0;

#pragma omp parallel for num_threads((int)bench->threads) schedule(static) reduction(| : found)
    for (uint32_t t = 0; t < bench->threads; t++)
        found |= memchr(bench->block + t * share, 1, share) != NULL;
    return found ? SYNDIC_STATE : SYNDIC_OK;
}

static enum syndic_status extract_share(struct bench *bench, size_t from, size_t to)
{
    const struct syndic_bench_text *const text = &bench->text;
    struct syndic_json_value value[2];
    struct syndic_json *json = NULL;
    const char *reason;
    size_t byte;
    enum syndic_status status =
        syndic_json_create(bench->memory, (const char *const[]){"id", "text"}, 2, &json);

    for (size_t i = from; !status && i < to; i++)
        status = syndic_json_extract(json, text->lines + text->line_start[i],
                                     text->line_start[i + 1] - text->line_start[i], value, &reason,
                                     &byte);
    syndic_json_destroy(json);
    return status;
}

static enum syndic_status sketch_share(struct bench *bench, size_t from, size_t to)
{
    const struct syndic_bench_text *const text = &bench->text;
    struct syndic_sketcher *sketcher = NULL;
    enum syndic_status status = syndic_sketcher_create(bench->memory, bench->plan, &sketcher);

    for (size_t i = from; !status && i < to; i++)
        status = syndic_sketch_document(sketcher, text->bytes + text->start[i],
                                        text->start[i + 1] - text->start[i]);
    syndic_sketcher_destroy(sketcher);
    return status;
}

/* Shares of 256 documents, so that threads end together. */
static enum syndic_status run_shares(struct bench *bench,
                                     enum syndic_status (*share)(struct bench *, size_t, size_t))
{
    const size_t width = bench->threads == 1 ? bench->count : 256;
    int failed = SYNDIC_OK;

#pragma omp parallel for num_threads((int)bench->threads) schedule(dynamic) reduction(max : failed)
    for (size_t from = 0; from < bench->count; from += width) {
        const size_t to = from + width < bench->count ? from + width : bench->count;
        const int status = (int)share(bench, from, to);
        failed = status > failed ? status : failed;
    }
    return (enum syndic_status)failed;
}

static enum syndic_status extract(struct bench *bench)
{
    return run_shares(bench, extract_share);
}

static enum syndic_status sketch(struct bench *bench)
{
    return run_shares(bench, sketch_share);
}

static enum syndic_status fetch(void *context, uint64_t ordinal, const char **bytes, size_t *n)
{
    const struct syndic_bench_text *const text = context;

    *bytes = (const char *)text->bytes + text->start[ordinal];
    *n = text->start[ordinal + 1] - text->start[ordinal];
    return SYNDIC_OK;
}

static enum syndic_status group(struct bench *bench)
{
    struct syndic_document *const documents =
        syndic_allocate_zeroed(bench->memory, bench->count, sizeof(*documents));
    struct syndic_options options = *bench->options;
    struct syndic *corpus = NULL;

    if (!documents)
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < bench->count; i++)
        fetch(&bench->text, i, &documents[i].text, &documents[i].text_bytes);
    options.threads = bench->threads;
    options.fetch = fetch;
    options.fetch_context = &bench->text;
    enum syndic_status status = syndic_create(&options, &corpus, bench->error);
    if (!status)
        status = syndic_push_batch(corpus, documents, bench->count, bench->error);
    if (!status)
        status = syndic_finish(corpus, bench->error);
    syndic_destroy(corpus);
    syndic_release(bench->memory, documents);
    return status;
}

/* ---- measurements ---- */

static enum syndic_status measure_memory(struct bench *bench, struct syndic_bench_result *result)
{
    double one, all;

    bench->block = syndic_allocate(bench->memory, MEMORY_BYTES, 1);
    if (!bench->block)
        return syndic_fail_memory(bench->error);
    memset(bench->block, 2, MEMORY_BYTES);
    enum syndic_status status = time_task(bench, read_memory, 1, 0, &one);
    if (!status)
        status = time_task(bench, read_memory, result->threads, 0, &all);
    syndic_release(bench->memory, bench->block);
    if (status)
        return status;
    result->memory_one = (double)MEMORY_BYTES / one;
    result->memory_all = (double)MEMORY_BYTES / all;
    return SYNDIC_OK;
}

/* Every table that this CPU runs, then the one in use again. */
static enum syndic_status measure_tables(struct bench *bench, struct syndic_bench_result *result)
{
    const uint32_t cpu = syndic_cpu_features();
    const size_t part = bench->text.count / ONE_CORE_PART + 1;
    enum syndic_status status = SYNDIC_OK;

    for (size_t i = 0; syndic_kernels_at(i) && result->table_count < SYNDIC_BENCH_TABLES_MAX; i++) {
        const struct syndic_kernels *const table = syndic_kernels_at(i);
        double seconds;
        if (table->needs & ~cpu || syndic_kernels_use(table->name))
            continue;
        status = time_task(bench, sketch, 1, part, &seconds);
        if (status)
            break;
        const double rate = (double)bench->text.start[part] / seconds;
        result->table[result->table_count].name = table->name;
        result->table[result->table_count++].sketch = rate;
        if (!strcmp(table->name, result->kernels))
            result->sketch_one = rate;
    }
    if (syndic_kernels_use(result->kernels) && !status)
        return syndic_fail(bench->error, SYNDIC_STATE, "no kernels '%s'", result->kernels);
    return status;
}

static enum syndic_status measure_whole(struct bench *bench, struct syndic_bench_result *result)
{
    const struct syndic_bench_text *const text = &bench->text;
    double one, all;
    enum syndic_status status = time_task(bench, extract, 1, text->count, &one);

    if (!status)
        status = time_task(bench, extract, result->threads, text->count, &result->floor_seconds);
    if (!status)
        status = time_task(bench, sketch, result->threads, text->count, &all);
    if (!status)
        status = time_task(bench, group, result->threads, text->count, &result->group_seconds);
    if (status)
        return status;
    result->json_one = (double)text->line_start[text->count] / one;
    result->json_all = (double)text->line_start[text->count] / result->floor_seconds;
    result->sketch_all = (double)text->start[text->count] / all;
    return SYNDIC_OK;
}

enum syndic_status syndic_bench_measure(struct syndic_memory *memory,
                                        const struct syndic_options *options,
                                        const _Atomic bool *cancel,
                                        struct syndic_bench_result *result,
                                        struct syndic_error *error)
{
    struct bench bench = {.memory = memory, .options = options, .cancel = cancel, .error = error};
    const uint32_t threads = options->threads;

    *result = (struct syndic_bench_result){.kernels = syndic_kernels()->name,
                                           .threads =
                                               threads ? threads : (uint32_t)omp_get_max_threads()};
    enum syndic_status status = syndic_plan_create(memory, options, &bench.plan, error);
    if (!status)
        status = measure_memory(&bench, result);
    if (!status && syndic_bench_text_make(memory, TEXT_BYTES, &bench.text))
        status = syndic_fail_memory(error);
    if (!status) {
        result->documents = bench.text.count;
        result->text_bytes = bench.text.start[bench.text.count];
        status = measure_tables(&bench, result);
    }
    if (!status)
        status = measure_whole(&bench, result);
    syndic_bench_text_clear(&bench.text);
    syndic_plan_destroy(bench.plan);
    return status;
}
