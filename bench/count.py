#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Count the instructions of every kernel and road by callgrind, and compare with what is recorded
in bench/results/instructions.json.  Counts do not feel what else a machine does, so that a change
of a few percent shows anywhere.

  count.py COUNT_KERNELS            complain about what needs over 3 % more than recorded
  count.py COUNT_KERNELS --record   record

Ends with 77, for "skipped", where valgrind is missing or the compiler, its flags or the kind of CPU
are not those of the record: counts depend on them.  Valgrind 3.19 knows no AVX-512, so that the
tables counted on x86-64 are scalar and avx2."""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import results

RECORD = results.RESULTS / "instructions.json"
LIMIT = 1.03
SKIPPED = 77


def skip(why):
    print("SKIPPED instructions: " + why)
    sys.exit(SKIPPED)


def count(program):
    """(what it was compiled with, name -> {instructions, per_byte, per_item})."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--collect-atstart=no",
             "--toggle-collect=bench_counted", "--dump-after=bench_counted",
             "--callgrind-out-file=" + folder + "/counts", program],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        if done.returncode:
            sys.exit("count.py: %s under valgrind ended with %d:\n%s" % (
                program, done.returncode, done.stderr))
        compiler, *lines = done.stdout.splitlines()
        counts = {}
        for number, line in enumerate(lines, 1):
            name, size, items = line.split()
            text = pathlib.Path(folder, "counts.%d" % number).read_text()
            total = int(re.search(r"^totals: (\d+)", text, re.M).group(1))
            counts[name] = {"instructions": total}
            for key, n in (("per_byte", int(size)), ("per_item", int(items))):
                if n:
                    counts[name][key] = round(total / n, 3)
    return compiler, counts


def record(compiler, counts):
    valgrind = subprocess.run(["valgrind", "--version"], check=True, stdout=subprocess.PIPE,
                              encoding="utf-8").stdout.strip()
    lines = ",\n".join('  %s: %s' % (json.dumps(name), json.dumps(one))
                       for name, one in counts.items())
    head = {"command": "bench/count.py build/release/count_kernels --record",
            "compiler": compiler, "valgrind": valgrind}
    RECORD.parent.mkdir(parents=True, exist_ok=True)
    RECORD.write_text("{\n" + "".join(' %s: %s,\n' % (json.dumps(key), json.dumps(value))
                                      for key, value in head.items()) +
                      ' "counts": {\n' + lines + "\n }\n}\n")
    print("recorded %d counts" % len(counts))


def check(compiler, counts):
    known = json.loads(RECORD.read_text())
    if known["compiler"] != compiler:
        skip("recorded with '%s', but this is '%s'" % (known["compiler"], compiler))
    missing = sorted(set(known["counts"]) - set(counts))
    if any("/avx2/" in name for name in missing) and not any("/avx2/" in name for name in counts):
        skip("this CPU has no AVX2")
    worse = 0
    for name, one in counts.items():
        if name not in known["counts"]:
            print("%-32s not recorded yet: run bench/count.py --record" % name)
            continue
        ratio = one["instructions"] / known["counts"][name]["instructions"]
        if abs(ratio - 1) > 0.001:
            print("%-32s %9d instructions, %.3f of what is recorded%s" % (
                name, one["instructions"], ratio, "  TOO MANY" if ratio > LIMIT else ""))
        worse += ratio > LIMIT
    for name in missing:
        print("%-32s is recorded, but did not run" % name)
    print("%d counts, %d over the limit of %.2f" % (len(counts), worse, LIMIT))
    sys.exit(1 if worse or missing else 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("program")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    if not shutil.which("valgrind"):
        skip("there is no valgrind; .ci/setup test installs it")
    (record if options.record else check)(*count(options.program))


if __name__ == "__main__":
    main()
