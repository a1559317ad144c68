#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Estimate the speed of the main loops on CPUs that are not at hand, with llvm-mca 19.

  mca.py [--out FILE]     (bench/results/mca-estimates.md)

Compiles kernels/<isa>.c to assembly with the flags of kernels/CMakeLists.txt, cuts the main loop out
of each function, and lets llvm-mca run it a thousand times.  Branches inside a loop are taken to
fall through, all loads to hit the first-level cache, and no branch to be missed: good to about a
factor of two, and for comparing tables on one CPU rather than CPUs."""
import argparse
import datetime
import re
import subprocess
import sys
import tempfile

import results

MCA = "llvm-mca-19"
ITERATIONS = 1000
CPUS = [ # name, triple, compiler, tables
    ("znver4", "x86_64", "gcc", ["avx2", "avx512", "avx512vbmi2"]),
    ("sapphirerapids", "x86_64", "gcc", ["avx2", "avx512", "avx512vbmi2"]),
    ("neoverse-v1", "aarch64", "aarch64-linux-gnu-gcc", ["neon", "sve"]),
    ("neoverse-v2", "aarch64", "aarch64-linux-gnu-gcc", ["neon", "sve"]),
    ("neoverse-n2", "aarch64", "aarch64-linux-gnu-gcc", ["neon", "sve"]),
]
# Function, and which of its loops: the largest without a loop in it, or the largest of all.
LOOPS = [("ascii_edges", "outer"), ("shingle_hashes", "inner"), ("minhash_scatter", "inner"),
         ("minhash_lanes", "inner"), ("simhash", "inner")]
# Turns of the loop inside a block of ascii_edges: AVX-512 looks at 16 bits in each; the others write
# eight edges, and 64 bytes of English hold 21 to 24.
INNER_TURNS = {"avx512": 4}
INNER_TURNS_ELSE = 3
LABEL = re.compile(r"^(\.L\w+|\d+):")
JUMP = {"x86_64": re.compile(r"^\tj\w+\s+(\.L\w+)"),
        "aarch64": re.compile(r"^\t(?:b|b\.?\w+|cbn?z|tbn?z)\s+(?:.*,\s*)?(\.L\w+)$")}


def isa_flags(isa):
    """The flags of one file, as kernels/CMakeLists.txt gives them."""
    text = (results.ROOT / "kernels/CMakeLists.txt").read_text()
    values = dict(re.findall(r"set\((\w+) ([^)]*)\)", text))
    flags = re.search(r"syndic_isa\(%s *([^)]*)\)" % isa, text).group(1)
    return re.sub(r"\$\{(\w+)\}", lambda name: values[name.group(1)], flags).split()


def assembly(compiler, isa):
    command = [compiler, "-std=c17", "-O2", "-DNDEBUG", "-ffp-contract=off", "-fPIC", *isa_flags(isa),
               "-Ikernels", "-Isrc", "-Iinclude", "-S", "-o", "-", "kernels/%s.c" % isa]
    return subprocess.run(command, cwd=results.ROOT, check=True, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout.splitlines()


def function_of(lines, name):
    """The lines of a function; loops may have been left in one that it calls."""
    for symbol in (name.replace("minhash_lanes", "lanes_by_4"), name):
        if symbol + ":" in lines:
            start = lines.index(symbol + ":")
            end = next(i for i in range(start, len(lines)) if ".size\t" + symbol + "," in lines[i])
            return lines[start:end]
    sys.exit("mca.py: there is no function '%s' any more" % name)


def loops_of(lines, jump):
    """(first, last) line of each loop: from a label to a jump back to it."""
    labels, loops = {}, []
    for i, line in enumerate(lines):
        label, back = LABEL.match(line), jump.match(line)
        if label:
            labels[label.group(1)] = i
        elif back and back.group(1) in labels:
            loops.append((labels[back.group(1)], i))
    return loops


def instructions(lines, loop):
    return [line for line in lines[loop[0]:loop[1] + 1]
            if line.startswith("\t") and not line.startswith("\t.")]


def largest(loops):
    return max(loops, key=lambda loop: loop[1] - loop[0])


def main_loop(lines, jump, which):
    """(the loop, the loop in it or None)."""
    loops = loops_of(lines, jump)
    inner = [a for a in loops if not any(a != b and a[0] <= b[0] and b[1] <= a[1] for b in loops)]
    if which == "inner":
        return instructions(lines, largest(inner)), None
    outer = largest(loops)
    inside = [a for a in inner if a != outer and outer[0] <= a[0] and a[1] <= outer[1]]
    return instructions(lines, outer), instructions(lines, largest(inside)) if inside else None


def estimate(cpu, triple, loop):
    """(cycles of an iteration, its instructions, its micro-operations)."""
    with tempfile.NamedTemporaryFile("w", suffix=".s") as file:
        file.write("\n".join(loop) + "\n")
        file.flush()
        done = subprocess.run([MCA, "-mtriple=" + triple + "-linux-gnu", "-mcpu=" + cpu,
                               "--skip-unsupported-instructions=any",
                               "-iterations=%d" % ITERATIONS, file.name],
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              encoding="utf-8")
    def number(key):
        return int(re.search(r"^%s: +(\d+)" % key, done.stdout, re.M).group(1))
    if number("Instructions") != ITERATIONS * len(loop):
        print("mca.py: %s: %d of %d instructions are unknown" % (
            cpu, len(loop) - number("Instructions") // ITERATIONS, len(loop)), file=sys.stderr)
    return number("Total Cycles") / ITERATIONS, len(loop), number("Total uOps") / ITERATIONS


HEAD = """<!-- SPDX-License-Identifier: Apache-2.0 -->
# Estimates, not measurements

Cycles of one turn of the main loops by llvm-mca %s, made by `bench/mca.py` on %s with
%s.
Nothing here ran on the CPUs named.  Branches inside a loop are taken to fall through, loads to hit
the first-level cache: good to about a factor of two.

One turn of `ascii_edges` is a block of 64 bytes with up to 24 edges; of `shingle_hashes`, all five
words of the shingles done at once, or one word where the compiler left a loop over words; of
`minhash_scatter`, the shingles of one step; of `minhash_lanes`, one shingle and four vectors of
lanes (AVX2: 32 lanes, AVX-512: 64, NEON: 16, SVE: 16 at 128 bits, 32 at 256 bits as on
neoverse-v1); of `simhash`, one step of its adders.

| loop | table | CPU | cycles | instructions | micro-operations |
|---|---|---|---|---|---|
"""


def first_line(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE,
                          encoding="utf-8").stdout.splitlines()[0].strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--out", default=str(results.RESULTS / "mca-estimates.md"))
    options = parser.parse_args()
    texts = {}
    rows = []
    for name, which in LOOPS:
        for cpu, triple, compiler, isas in CPUS:
            for isa in isas:
                if isa not in texts:
                    texts[isa] = assembly(compiler, isa)
                loop, inside = main_loop(function_of(texts[isa], name), JUMP[triple], which)
                sums = estimate(cpu, triple, loop)
                if inside: # once is in the loop already
                    more = INNER_TURNS.get(isa, INNER_TURNS_ELSE) - 1
                    sums = [a + more * b for a, b in zip(sums, estimate(cpu, triple, inside))]
                rows.append("| %s | %s | %s | %.1f | %d | %.0f |" % (name, isa, cpu, *sums))
    mca = re.search(r"[0-9.]+[0-9]", first_line(MCA, "--version")).group(0)
    compilers = " and\n".join(sorted({first_line(c[2], "--version") for c in CPUS}))
    with open(options.out, "w", encoding="utf-8") as file:
        file.write(HEAD % (mca, datetime.date.today(), compilers))
        file.write("\n".join(rows) + "\n")
    print("\n".join(rows))


if __name__ == "__main__":
    main()
