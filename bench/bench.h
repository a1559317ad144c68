/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - what is measured, and who measures it.  The files bench_*.c register C functions; one
 * of two programs runs them: bench_kernels times them (bench.cc), count_kernels counts their
 * instructions (count.c). */
#ifndef SYNDIC_BENCH_H
#define SYNDIC_BENCH_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What this was compiled with, as results name it. */
#if defined(__clang__)
#define BENCH_COMPILER "clang " __clang_version__ ", " SYNDIC_BUILD
#else
#define BENCH_COMPILER "gcc " __VERSION__ ", " SYNDIC_BUILD
#endif

struct bench {
    const char *name;        /* kernel/isa/words; /cold after it where the input is cold */
    void (*prepare)(void *); /* once before the runs, not measured; NULL: nothing to do */
    void (*run)(void *);
    void *arg;
    size_t bytes, items; /* that one run goes over; 0: not reported */
};

/* Copied, but for arg, which must live until bench_run() returns. */
void bench_register(const struct bench *bench);

/* Run what the command line selects; what main() returns. */
int bench_run(int argc, char **argv);

/* ---- what can be registered ---- */

#ifndef __cplusplus
#include "bench_input.h"
void bench_add_kernels(struct bench_input *input);
void bench_add_roads(struct bench_input *input);
void bench_add_simdjson(struct bench_input *input); /* nothing where simdjson is missing */
#endif

/* ---- simdjson.cc: simdjson on-demand, for comparison ---- */

struct bench_simdjson;
struct bench_simdjson *bench_simdjson_create(void);

/* The values of "id" and "text" of each line of lines[0, n), which has 64 readable bytes after it;
 * returns the bytes of the texts.  One line at a time, or all in one stream. */
size_t bench_simdjson_lines(struct bench_simdjson *simdjson, const char *lines, size_t n);
size_t bench_simdjson_stream(struct bench_simdjson *simdjson, const char *lines, size_t n);

#ifdef __cplusplus
}
#endif

#endif
