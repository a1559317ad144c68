#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Time whole runs of the command: group and dedup over JSONL that is plain, .gz and .zst, with 1
and 2 threads, beside the floor: the same file only read, decompressed and its text extracted.

  e2e.py [--input FILE | --newspapers FILE] [--megabytes N] [--copies N] [--kinds plain,gz,zst]
         [--threads 1,2] [--repeats N] [--compress none|same] [--tmp DIR] [--cpu NAME] [--out FILE]

Input is a generated crawl of --megabytes, or a file of your own (also by SYNDIC_BENCH_INPUT), or
--newspapers: a JSONL file repeated by repeat.py.  Everything is in the page cache, and what is
compared runs in turn in each repeat.  dedup writes plain files (--compress none), since writing
.gz or .zst would measure zlib or libzstd."""
import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

import results

PACK = {"gz": ["gzip", "-6", "-c"], "zst": ["zstd", "-q", "-3", "-c"]}
STAGE = re.compile(r"^  (\w+) +([0-9.]+) s", re.M)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    build = results.ROOT / "build/release"
    parser.add_argument("--syndic", default=str(build / "syndic"))
    parser.add_argument("--make-crawl", default=str(build / "make_crawl"))
    parser.add_argument("--input", default=os.environ.get("SYNDIC_BENCH_INPUT"))
    parser.add_argument("--newspapers", metavar="FILE", help="JSONL, plain or .zst, to be repeated")
    parser.add_argument("--copies", type=int, default=19, help="of the newspapers (19)")
    parser.add_argument("--megabytes", type=int, default=500, help="of the generated crawl (500)")
    parser.add_argument("--kinds", default="plain,gz,zst")
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--compress", default="none", help="what dedup writes")
    parser.add_argument("--tmp", help="folder for the inputs and outputs ($TMPDIR, or /tmp)")
    parser.add_argument("--cpu", default=results.cpu_name(), help="its name in the results")
    parser.add_argument("--out", help="file of results (bench/results/<cpu>-<date>.json)")
    return parser.parse_args()


# ---- input ----

def make_crawl(options, path):
    """A crawl has about 4 KB a document; ask for what gives the wanted size."""
    def make(documents):
        subprocess.run([options.make_crawl, "--documents", str(documents), "--corpus",
                        str(results.ROOT / "corpus/articles.jsonl"), "-o", path], check=True)
        return os.path.getsize(path)
    make(max(1000, options.megabytes * 1000000 * 5000 // make(5000)))


def make_input(options, folder):
    """(name, path of the plain JSONL)."""
    if options.newspapers:
        path = os.path.join(folder, "newspapers.jsonl")
        with open(path, "wb") as file:
            subprocess.run([sys.executable, str(results.ROOT / "bench/repeat.py"),
                            options.newspapers, str(options.copies)], check=True, stdout=file)
        return "newspapers", path
    if options.input:
        path = os.path.join(folder, "input.jsonl")
        with open(path, "wb") as file:
            # zstd copies what is not compressed
            subprocess.run(["zstd", "-dfqc", options.input], check=True, stdout=file)
        return os.path.basename(options.input).split(".")[0], path
    path = os.path.join(folder, "crawl.jsonl")
    make_crawl(options, path)
    return "crawl", path


def pack(plain, kind):
    if kind == "plain":
        return plain
    with open(plain, "rb") as file, open(plain + "." + kind, "wb") as packed:
        subprocess.run(PACK[kind], stdin=file, stdout=packed, check=True)
    return packed.name


# ---- runs ----

def run(command):
    """({seconds, cpu_seconds, memory_mb}, standard output, standard error) of one run."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        started = time.monotonic()
        process = subprocess.Popen(command, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text, words = out.read().decode(), err.read().decode()
    if process.returncode not in (0, 1):
        sys.exit("e2e.py: %s ended with %d:\n%s" % (" ".join(command), process.returncode, words))
    return ({"seconds": seconds, "cpu_seconds": usage.ru_utime + usage.ru_stime,
             "memory_mb": usage.ru_maxrss / 1024}, text, words)


def run_floor(options, path, threads, folder):
    took, text, _ = run([options.syndic, "group", "--dry-run=read", "-j", threads, path])
    return dict(took, stages={"read": json.loads(text)["seconds"]})


def run_group(options, path, threads, folder):
    out = os.path.join(folder, "groups.jsonl")
    took, _, words = run([options.syndic, "group", "--verbose", "--progress", "none",
                          "-j", threads, "-o", out, path])
    return dict(took, stages={name: float(text) for name, text in STAGE.findall(words)})


def run_dedup(options, path, threads, folder):
    out = os.path.join(folder, "out")
    shutil.rmtree(out, ignore_errors=True)
    took, _, _ = run([options.syndic, "dedup", "--quiet", "--compress", options.compress,
                      "-j", threads, "-o", out, path])
    with open(os.path.join(out, "summary.json"), encoding="utf-8") as file:
        stages = {stage["name"]: stage["seconds"] for stage in json.load(file)["stages"]}
    return dict(took, stages=stages)


JOBS = {"floor": run_floor, "group": run_group, "dedup": run_dedup}


def measure(options, name, path, threads, plain_bytes, folder):
    """One kind of input and number of threads: the jobs in turn, repeated."""
    runs = {job: [] for job in JOBS}
    for job in JOBS: # once without counting, to have the files in the page cache
        JOBS[job](options, path, threads, folder)
    for _ in range(options.repeats):
        for job, go in JOBS.items():
            runs[job].append(go(options, path, threads, folder))
    made = {}
    for job, repeats in runs.items():
        one = results.result("%s/%s/%s" % (job, name, threads), "s",
                             [run["seconds"] for run in repeats])
        one["bytes_per_second"] = plain_bytes / one["median"]
        one["best_bytes_per_second"] = plain_bytes / one["best"]
        # Far below the threads where the work is all theirs: other processes had the CPUs.
        one["cpus_busy"] = statistics.median(run["cpu_seconds"] / run["seconds"] for run in repeats)
        one["memory_mb"] = max(run["memory_mb"] for run in repeats)
        one["stages"] = {stage: statistics.median(run["stages"].get(stage, 0) for run in repeats)
                         for stage in repeats[0]["stages"]}
        made[job] = one
        if job != "floor": # of runs that stood side by side
            one["x_floor"] = statistics.median(
                a["seconds"] / b["seconds"] for a, b in zip(repeats, runs["floor"]))
    return made


def show(made):
    for one in made.values():
        stages = "  ".join("%s %.3f" % item for item in one["stages"].items() if item[1])
        print("%-28s %8.3f s  best %8.3f s  %6.3f GB/s  best %6.3f  %5s x floor  %4.2f CPUs  "
              "%4.0f MB   %s" % (
            one["name"], one["median"], one["best"], one["bytes_per_second"] / 1e9,
            one["best_bytes_per_second"] / 1e9,
            "%.2f" % one["x_floor"] if "x_floor" in one else "1", one["cpus_busy"],
            one["memory_mb"], stages), flush=True)


def main():
    options = arguments()
    made = []
    with tempfile.TemporaryDirectory(prefix="syndic-bench-", dir=options.tmp) as folder:
        name, plain = make_input(options, folder)
        size = os.path.getsize(plain)
        print("%s: %.1f MB" % (name, size / 1e6))
        for kind in options.kinds.split(","):
            path = pack(plain, kind)
            for threads in options.threads.split(","):
                some = measure(options, "%s.%s" % (name, kind), path, threads, size, folder)
                show(some)
                made += some.values()
    version = subprocess.run([options.syndic, "version"], check=True, stdout=subprocess.PIPE,
                             encoding="utf-8").stdout.splitlines()
    results.write("e2e-" + name, made, options.cpu, options.out, bytes=size, syndic=version)


if __name__ == "__main__":
    main()
