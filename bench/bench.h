/* SPDX-License-Identifier: Apache-2.0 */
/* bench.h - register C functions to be timed; bench.cc times them with google-benchmark. */
#ifndef SYNDIC_BENCH_H
#define SYNDIC_BENCH_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Time run(arg) under `name`, which is copied; one call goes over `bytes` bytes and `items` items
 * (0: not reported).  `arg` must live until bench_run() returns. */
void bench_register(const char *name, void (*run)(void *arg), void *arg, size_t bytes,
                    size_t items);

/* Run what the options of google-benchmark select; what main() returns. */
int bench_run(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
