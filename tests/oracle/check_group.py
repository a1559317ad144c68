#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds `syndic group` against the exact answer.

usage: check_group.py SYNDIC ORACLE FILE [--threshold T] [--bands B --rows R] [--guarantee-only]

SYNDIC is the command, ORACLE the all_pairs program beside this script, FILE JSON lines with distinct
ids.  What is checked, in this order:

guarantee   Every member of every group has a Jaccard similarity of at least T with the kept member, by
            the oracle; no document is in two groups.  For --verify exact, and for the default
            verification.  Where a similarity is said to be known exactly it is the oracle's.
precision   Every pair that `--format pairs --verify exact` lists reaches T: precision is 1.000, and
            similarities known exactly are the oracle's within 1e-6.
recall      Of the pairs of documents at or above T, the share that is found is at least what the bands
            promise at the threshold, 1 - (1 - T^R)^B, minus two standard errors.

How recall is counted.  The oracle groups documents by equal sets of shingles (classes) and lists pairs
of classes.  syndic lists each exact copy with the first of its kind, so both sides are reduced to
one document for each class first, and a pair of classes counts once, however many copies there are:
the standard error is that of the number of class pairs, which are the independent trials.  Documents
of one class must all have been found: their signatures are equal.

In a bucket of more than LEADERS documents each is compared with the first few only, by design.  So a
pair also counts as found when both documents are listed with a common one that has at least LEADERS
listed neighbours; a document with fewer cannot have led such a bucket."""
import argparse
import json
import math
import subprocess
import sys
from collections import defaultdict

LEADERS = 32
EXACT = 1e-6


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        sys.exit(f"check_group: {' '.join(command)} gave {done.returncode}")
    return done.stdout.decode("utf-8")


class Truth:
    """The oracle's answer: classes of equal sets, and pairs of classes."""

    def __init__(self, oracle, path, threshold):
        self.first = {}
        self.members = defaultdict(list)
        self.jaccard = {}
        for line in run([oracle, "--classes", "--threshold", repr(threshold), path]).splitlines():
            field = line.split("\t")
            if len(field) == 2:
                self.first[field[0]] = field[1]
                self.members[field[1]].append(field[0])
            else:
                self.jaccard[frozenset(field[:2])] = float(field[2])

    def class_of(self, document):
        return self.first.get(document, document)

    def similarity(self, a, b):
        """None: below the threshold."""
        a, b = self.class_of(a), self.class_of(b)
        return 1.0 if a == b else self.jaccard.get(frozenset((a, b)))


class Failures:
    def __init__(self):
        self.count = 0

    def add(self, message):
        self.count += 1
        if self.count <= 20:
            print("FAIL", message)


def check_guarantee(options, truth, failures, verify):
    seen = set()
    removed = 0
    command = base(options) + ["--format", "jsonl"] + (["--verify", verify] if verify else [])
    for line in run(command + [options.file]).splitlines():
        group = json.loads(line)
        if group["size"] != len(group["members"]) or group["size"] < 2:
            failures.add(f"group {group['group']} has a wrong size")
        for member in group["members"]:
            name = member["id"]
            if name in seen:
                failures.add(f"{name} is in two groups")
            seen.add(name)
            if name == group["kept"]:
                continue
            removed += 1
            similarity = truth.similarity(name, group["kept"])
            if similarity is None:
                failures.add(f"{name} is not within the threshold of the kept {group['kept']}")
            elif verify == "exact" and abs(similarity - member["similarity"]) > EXACT:
                failures.add(f"{name}: {member['similarity']} instead of {similarity}")
    print(f"guarantee: verify {verify or 'default'}, {removed} removed documents checked")
    return removed


class Listed:
    """The pairs that syndic lists, copies reduced to the first of their kind."""

    def __init__(self, options):
        self.first = {}
        self.pairs = []
        command = base(options) + ["--format", "pairs", "--verify", "exact", options.file]
        for line in run(command).splitlines():
            pair = json.loads(line)
            self.pairs.append(pair)
            if pair["how"] == "exact":
                self.unite(pair["a"], pair["b"])
        self.neighbours = defaultdict(set)
        for pair in self.pairs:
            a, b = self.find(pair["a"]), self.find(pair["b"])
            if a != b:
                self.neighbours[a].add(b)
                self.neighbours[b].add(a)

    def find(self, x):
        while x in self.first:
            x = self.first[x]
        return x

    def unite(self, a, b):
        a, b = self.find(a), self.find(b)
        if a != b:
            self.first[b] = a

    def found(self, a, b):
        a, b = self.find(a), self.find(b)
        if a == b or b in self.neighbours[a]:
            return True
        common = self.neighbours[a] & self.neighbours[b]
        return any(len(self.neighbours[c]) >= LEADERS for c in common)


def check_precision(truth, listed, failures):
    for pair in listed.pairs:
        similarity = truth.similarity(pair["a"], pair["b"])
        if similarity is None:
            failures.add(f"listed below the threshold: {pair['a']} {pair['b']}")
        elif pair["known"] == "exact" and abs(similarity - pair["similarity"]) > EXACT:
            failures.add(f"{pair['a']} {pair['b']}: {pair['similarity']} is really {similarity}")
        if pair["known"] != "exact":
            failures.add(f"{pair['a']} {pair['b']}: not verified exactly")
    print(f"precision: {len(listed.pairs)} listed pairs checked")


def check_recall(options, truth, listed, failures):
    for first, copies in truth.members.items():
        for copy in copies:
            if not listed.found(first, copy):
                failures.add(f"the same shingles, not found: {first} {copy}")
    total = len(truth.jaccard)
    if not total:
        print("recall: no near pair to find")
        return
    found = sum(listed.found(*pair) for pair in truth.jaccard)
    promised = 1 - (1 - options.threshold**options.rows) ** options.bands
    error = math.sqrt(promised * (1 - promised) / total)
    print(f"recall: {found} of {total} near pairs, {found / total:.4f}; "
          f"promised {promised:.4f} - {2 * error:.4f}")
    if found / total < promised - 2 * error:
        failures.add("recall is below what the bands promise")


def documented_bands(threshold):
    """What the manual says of 128 slots: the most rows that still find 0.9 at the threshold."""
    if threshold == 0.8:
        return 16, 8
    rows = max(r for r in range(1, 129)
               if r == 1 or 1 - (1 - threshold**r) ** (128 // r) >= 0.9)
    return 128 // rows, rows


def base(options):
    command = [options.syndic, "group", "--threshold", repr(options.threshold)]
    if options.banded:
        command += ["--bands", str(options.bands), "--rows", str(options.rows)]
    return command


def main():
    parser = argparse.ArgumentParser(description="Hold `syndic group` against the exact answer.")
    parser.add_argument("syndic")
    parser.add_argument("oracle")
    parser.add_argument("file")
    parser.add_argument("--threshold", type=float, default=0.8)
    parser.add_argument("--bands", type=int, default=0)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--guarantee-only", action="store_true")
    options = parser.parse_args()
    options.banded = options.bands > 0 and options.rows > 0
    if not options.banded:
        options.bands, options.rows = documented_bands(options.threshold)
    failures = Failures()
    truth = Truth(options.oracle, options.file, options.threshold)
    removed = check_guarantee(options, truth, failures, "exact")
    removed += check_guarantee(options, truth, failures, None)
    if (truth.jaccard or truth.first) and not removed:
        failures.add("there are near-duplicates, but no document was grouped")
    if not options.guarantee_only:
        listed = Listed(options)
        check_precision(truth, listed, failures)
        check_recall(options, truth, listed, failures)
    if failures.count:
        sys.exit(f"check_group: {failures.count} failures")
    print("ok")


if __name__ == "__main__":
    main()
