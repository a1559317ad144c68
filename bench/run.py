#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run bench_kernels and store what it measured: medians of repeats, in random order, so that what
else the machine does meanwhile falls on all of them.

  run.py [--filter REGEX] [--input FILE] [--repeats N] [--seconds S] [--cpu NAME] [--out FILE]

Prints kernel/isa/words, nanoseconds, GB/s, items/s and the ratio to scalar code of the same run."""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import results


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(results.ROOT / "build/release/bench_kernels"))
    parser.add_argument("--filter", default=".", help="names that match this regular expression")
    parser.add_argument("--input", help="JSONL whose text to use (corpus/articles.jsonl)")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seconds", default="0.01", help="least time of one repeat")
    parser.add_argument("--cpu", default=results.cpu_name(), help="its name in the results")
    parser.add_argument("--out", help="file of results (bench/results/<cpu>-<date>.json)")
    return parser.parse_args()


def measure(options):
    """name -> list of runs, as google-benchmark reports them, which is in random order."""
    environment = dict(os.environ)
    if options.input:
        environment["SYNDIC_BENCH_TEXT"] = options.input
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run([options.program, "--benchmark_filter=" + options.filter,
                        "--benchmark_min_time=" + options.seconds,
                        "--benchmark_repetitions=%d" % options.repeats,
                        "--benchmark_enable_random_interleaving=true",
                        "--benchmark_out=" + file.name, "--benchmark_out_format=json"],
                       env=environment, stdout=subprocess.DEVNULL, check=True)
        report = json.load(file)
    runs = {}
    for run in report["benchmarks"]:
        if run.get("run_type") == "iteration":
            runs.setdefault(run["run_name"].split("/repeats:")[0], []).append(run)
    return dict(sorted(runs.items(), key=lambda item: order(item[0])))


def order(name):
    what, isa, words, *cold = name.split("/")
    return what, int(words), cold, isa != "scalar", isa


def add_ratios(made):
    for name, one in made.items():
        what, isa, *rest = name.split("/")
        scalar = made.get("/".join([what, "scalar"] + rest))
        if scalar:
            one["x_scalar"] = scalar["median"] / one["median"]


def show(one):
    print("%-36s %12.1f ns %8.3f GB/s %10.4g items/s %7.2f x scalar" % (
        one["name"], one["median"], one.get("bytes_per_second", 0) / 1e9,
        one.get("items_per_second", 0), one.get("x_scalar", 0)))


def main():
    options = arguments()
    runs = measure(options)
    if not runs:
        sys.exit("run.py: nothing has a name that matches '%s'" % options.filter)
    made = {}
    for name, repeats in runs.items():
        one = results.result(name, "ns", [run["cpu_time"] for run in repeats])
        for counter in ("bytes_per_second", "items_per_second"):
            if counter in repeats[0]: # as of the median run
                one[counter] = repeats[0][counter] * repeats[0]["cpu_time"] / one["median"]
        made[name] = one
    add_ratios(made)
    for one in made.values():
        show(one)
    version = subprocess.run([options.program, "--compiler"], check=True, stdout=subprocess.PIPE,
                             encoding="utf-8").stdout.strip()
    results.write("kernels", list(made.values()), options.cpu, options.out, compiler=version)


if __name__ == "__main__":
    main()
