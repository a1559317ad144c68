/* SPDX-License-Identifier: Apache-2.0 */
/* bench_main.c - all benchmarks: documents of 50 to 5,000 words, warm and cold.
 *
 *   bench_kernels [option of google-benchmark...]
 *   bench_kernels --compiler */
#include "bench.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    static const size_t words[] = {50, 200, 500, 2000, 5000};

    if (argc == 2 && !strcmp(argv[1], "--compiler"))
        return puts(BENCH_COMPILER) < 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        for (int cold = 0; cold < 2; cold++) {
            struct bench_input *const input = bench_input_make(words[i], cold);
            bench_add_kernels(input);
            bench_add_roads(input);
            bench_add_simdjson(input);
        }
    }
    return bench_run(argc, argv);
}
