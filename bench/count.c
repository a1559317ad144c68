/* SPDX-License-Identifier: Apache-2.0 */
/* count.c - every kernel and road once, on one document of 500 words of the corpus, for callgrind
 * to count.  count.py runs it as
 *
 *   valgrind --tool=callgrind --collect-atstart=no --toggle-collect=bench_counted
 *            --dump-after=bench_counted count_kernels
 *
 * so that callgrind writes one file of counts for each line that is printed here: name, bytes,
 * items, of what ran.  The first line says what it was compiled with, on which counts depend. */
#include "bench.h"

#include <stdio.h>

#define WORDS 500

struct stored {
    struct bench bench;
    char name[64];
};

static struct stored stored[1024];
static size_t stored_count;

void bench_register(const struct bench *bench)
{
    if (stored_count == sizeof(stored) / sizeof(stored[0]))
        return;
    struct stored *const to = &stored[stored_count++];
    to->bench = *bench;
    snprintf(to->name, sizeof(to->name), "%s", bench->name);
}

void bench_counted(const struct bench *bench); /* external, so that callgrind finds its name */

__attribute__((noinline)) void bench_counted(const struct bench *bench)
{
    bench->run(bench->arg);
    __asm__ volatile("" ::: "memory"); /* no tail call: it would leave this function early */
}

int bench_run(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    puts(BENCH_COMPILER);
    for (size_t i = 0; i < stored_count; i++) {
        const struct bench *const bench = &stored[i].bench;
        if (bench->prepare)
            bench->prepare(bench->arg);
        bench->run(bench->arg); /* the first allocates, and binds symbols */
        bench_counted(bench);
        printf("%s %zu %zu\n", stored[i].name, bench->bytes, bench->items);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct bench_input *const input = bench_input_make(WORDS, false);

    bench_add_kernels(input);
    bench_add_roads(input);
    return bench_run(argc, argv);
}
