// SPDX-License-Identifier: Apache-2.0
// bench.cc - the timing loop.  In: functions registered from C.  Out: google-benchmark's report.
#include "bench.h"

#include <benchmark/benchmark.h>

void bench_register(const char *name, void (*run)(void *), void *arg, size_t bytes, size_t items)
{
    benchmark::RegisterBenchmark(name, [=](benchmark::State &state) {
        for (auto _ : state) {
            run(arg);
            benchmark::ClobberMemory();
        }
        if (bytes)
            state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes));
        if (items)
            state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * items));
    });
}

int bench_run(int argc, char **argv)
{
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
