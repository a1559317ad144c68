#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the oracle itself against the definition, on small random files: all_pairs must print what two
nested loops over Python sets find.  usage: check_oracle.py ORACLE"""
import json
import random
import subprocess
import sys

SEED = 20240229


def shingles(text, width):
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    if 0 < len(words) < width:
        return {tuple(words)}
    return {tuple(words[i:i + width]) for i in range(len(words) - width + 1)}


def expected(records, threshold, width):
    sets = [shingles(record["text"], width) for record in records]
    pairs = {}
    for b, second in enumerate(sets):
        for a, first in enumerate(sets[:b]):
            either = len(first | second)
            if first and second and len(first & second) / either >= threshold:
                pairs[records[a]["id"], records[b]["id"]] = len(first & second) / either
    return pairs


def make_records(rng):
    records = []
    vocabulary = [f"w{i}" for i in range(rng.choice([5, 50, 500]))]
    for i in range(120):
        if records and rng.random() < 0.7:
            words = rng.choice(records)["text"].split()
            for _ in range(rng.randrange(3)):
                if words:
                    words[rng.randrange(len(words))] = rng.choice(vocabulary)
            words = words[:rng.choice([len(words), max(len(words) - 3, 0)])]
        else:
            words = rng.choices(vocabulary, k=rng.choice([0, 1, 3, 10, 40, 80]))
        records.append({"id": f"d{i}", "text": " ".join(words)})
    return records


def main():
    rng = random.Random(SEED)
    print("seed", SEED)
    compared = 0
    for _ in range(40):
        records = make_records(rng)
        threshold, width = rng.choice([0.1, 0.5, 0.8, 0.9, 1.0]), rng.choice([1, 2, 5])
        text = "".join(json.dumps(record) + "\n" for record in records)
        done = subprocess.run([sys.argv[1], "--threshold", str(threshold), "--width", str(width)],
                              input=text.encode(), stdout=subprocess.PIPE, check=True)
        printed = {}
        for line in done.stdout.decode().splitlines():
            a, b, similarity = line.split("\t")
            if (a, b) in printed:
                sys.exit(f"check_oracle: {a} {b} twice")
            printed[a, b] = float(similarity)
        truth = expected(records, threshold, width)
        if printed.keys() != truth.keys():
            sys.exit(f"check_oracle: {sorted(printed.keys() ^ truth.keys())[:5]} differ")
        if any(abs(printed[pair] - truth[pair]) > 1e-8 for pair in truth):
            sys.exit("check_oracle: similarities differ")
        compared += len(truth)
    if compared < 1000:
        sys.exit("check_oracle: too few pairs to mean anything")
    print("ok:", compared, "pairs")


if __name__ == "__main__":
    main()
