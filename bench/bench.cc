// SPDX-License-Identifier: Apache-2.0
// bench.cc - the timing loop.  In: functions registered from C.  Out: google-benchmark's report,
// with a column that says how many times faster than scalar code a kernel is.
#include "bench.h"

#include <benchmark/benchmark.h>

#include <cstdio>
#include <map>
#include <string>

namespace
{

// A line for each benchmark, or for the median of its repetitions.
class reporter : public benchmark::BenchmarkReporter
{
  public:
    bool ReportContext(const Context &context) override
    {
        PrintBasicContext(&GetErrorStream(), context);
        std::printf("%-36s %12s %10s %12s %9s\n", "kernel/isa/words", "ns", "GB/s", "items/s",
                    "x scalar");
        return true;
    }

    void ReportRuns(const std::vector<Run> &runs) override
    {
        for (const Run &run : runs)
            if (!run.error_occurred && (run.repetitions < 2 || run.aggregate_name == "median"))
                print(run);
    }

  private:
    std::map<std::string, double> scalar; // nanoseconds, by the name without its ISA

    void print(const Run &run)
    {
        const std::string name = run.run_name.function_name;
        const std::size_t first = name.find('/'), second = name.find('/', first + 1);
        const std::string key = name.substr(0, first) + name.substr(second);
        const double ns = run.GetAdjustedCPUTime();

        if (name.substr(first, second - first) == "/scalar")
            scalar[key] = ns;
        std::printf("%-36s %12.1f %10.3f %12.4g", name.c_str(), ns,
                    counter(run, "bytes_per_second") / 1e9, counter(run, "items_per_second"));
        if (scalar.count(key))
            std::printf(" %9.2f", scalar[key] / ns);
        std::printf("\n");
        std::fflush(stdout);
    }

    static double counter(const Run &run, const char *name)
    {
        const auto found = run.counters.find(name);
        return found == run.counters.end() ? 0 : double(found->second);
    }
};

} // namespace

void bench_register(const struct bench *registered)
{
    const struct bench bench = *registered;
    benchmark::RegisterBenchmark(bench.name, [bench](benchmark::State &state) {
        if (bench.prepare)
            bench.prepare(bench.arg);
        for (auto _ : state) {
            bench.run(bench.arg);
            benchmark::ClobberMemory();
        }
        if (bench.bytes)
            state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bench.bytes));
        if (bench.items)
            state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * bench.items));
    });
}

int bench_run(int argc, char **argv)
{
    reporter report;

    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks(&report);
    benchmark::Shutdown();
    return 0;
}
