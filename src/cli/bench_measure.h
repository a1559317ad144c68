/* SPDX-License-Identifier: Apache-2.0 */
/* bench_measure.h - made-up text in; how fast this machine reads, sketches and groups it, out. */
#ifndef SYNDIC_CLI_BENCH_MEASURE_H
#define SYNDIC_CLI_BENCH_MEASURE_H

#include "cli/bench_text.h"

#define SYNDIC_BENCH_TABLES_MAX 8

/* Rates are in bytes a second, medians of several rounds. */
struct syndic_bench_result {
    struct {
        const char *name;
        double sketch; /* whole sketch, one core */
    } table[SYNDIC_BENCH_TABLES_MAX];
    size_t table_count;
    const char *kernels; /* the table in use; what follows is measured with it */
    uint32_t threads;
    size_t documents, text_bytes;
    double memory_one, memory_all; /* reading memory: one thread, all threads */
    double json_one, json_all;     /* fields of JSON lines extracted */
    double sketch_one, sketch_all;
    double group_seconds; /* sketch and group all documents, all threads */
    double floor_seconds; /* only extract their fields, all threads */
};

/* options: threads, kernels and how to group.  Stops with SYNDIC_INTERRUPTED once *cancel. */
SYNDIC_MUST_USE enum syndic_status syndic_bench_measure(struct syndic_memory *memory,
                                                        const struct syndic_options *options,
                                                        const _Atomic bool *cancel,
                                                        struct syndic_bench_result *result,
                                                        struct syndic_error *error);

#endif
