# SPDX-License-Identifier: Apache-2.0
"""--by simhash: every pair within the distance and no other, by a SimHash that is computed here from
its definition; greedy groups; the same bytes for any threads and kernels."""
import json
import os
import random

from harness import (CORPUS, case, edited, equal, has, json_lines, main, read, record, story, syndic,
                     tables, tree, true, write)

MASK = (1 << 64) - 1


def splitmix64(state):
    while True:
        state = state + 0x9e3779b97f4a7c15 & MASK
        z = (state ^ state >> 30) * 0xbf58476d1ce4e5b9 & MASK
        z = (z ^ z >> 27) * 0x94d049bb133111eb & MASK
        yield z ^ z >> 31


STREAM = splitmix64(0x73796e6469630001)
MULTIPLIERS = [next(STREAM) | 1 for _ in range(5)]


def token_hash(token):
    """Of up to 16 bytes."""
    data = token.encode()
    low, high = int.from_bytes(data[:8], "little"), int.from_bytes(data[8:], "little")
    product = (low ^ 0x6a09e667f3bcc908) * (high ^ 0xbb67ae8584caa73b ^ len(data))
    return product & MASK ^ product >> 64


def shingle_hash(hashes):
    x = sum(m * h for m, h in zip(MULTIPLIERS, hashes)) & MASK
    x = (x ^ x >> 32) * 0x9fb21c651e98df25 & MASK
    return x ^ x >> 32


def simhash(text):
    """Of words in lower case, separated by single spaces."""
    hashes = [token_hash(word) for word in text.split(" ")]
    shingles = [shingle_hash(hashes[i:i + 5]) for i in range(max(1, len(hashes) - 4))]
    return sum(1 << bit for bit in range(64)
               if 2 * sum(s >> bit & 1 for s in shingles) > len(shingles))


def apart(a, b):
    return bin(a ^ b).count("1")


def crawl(documents=400):
    """Texts of 1 to 300 words: new ones, the same again, and ones with a few words changed."""
    source = random.Random("simhash crawl")
    texts = []
    for i in range(documents):
        kind = source.random()
        text = source.choice(texts) if texts and kind < 0.8 else story(i, source.randint(1, 300))
        if kind < 0.7:
            for _ in range(source.randint(1, 3)):
                text = edited(text, source.randrange(300))
        texts.append(text)
    return texts


def expected_pairs(texts, distance):
    """As --format pairs gives them: copies with the first of the same text, or else SimHash."""
    hashes = [simhash(text) for text in texts]
    pairs = []
    for b, text in enumerate(texts):
        if texts.index(text) < b:
            pairs.append((texts.index(text), b, 1.0, "exact"))
        elif hashes.index(hashes[b]) < b:
            pairs.append((hashes.index(hashes[b]), b, 1.0, "near"))
        else:
            pairs += [(a, b, 1 - apart(hashes[a], hashes[b]) / 64, "near") for a in range(b)
                      if hashes.index(hashes[a]) == a and apart(hashes[a], hashes[b]) <= distance]
    return sorted(pairs)


@case
def all_pairs_within_the_distance():
    texts = crawl()
    write("a.jsonl", "".join(record(i, text) for i, text in enumerate(texts)))
    found = 0
    for distance in range(7):
        run = syndic("group", "--by", "simhash", "--distance", distance, "-f", "pairs", "a.jsonl")
        pairs = [(int(p["a"]), int(p["b"]), p["similarity"], p["how"]) for p in run.lines()]
        wanted = [(a, b, round(s, 6), how) for a, b, s, how in expected_pairs(texts, distance)]
        equal(pairs, wanted, "distance %d" % distance)
        equal({p["known"] for p in run.lines()}, {"exact"})
        true(len(pairs) > found, "a larger distance finds more")
        found = len(pairs)


@case
def every_copy_is_within_the_distance_of_what_is_kept():
    texts = crawl()
    hashes = [simhash(text) for text in texts]
    write("a.jsonl", "".join(record(i, text) for i, text in enumerate(texts)))
    for distance in (0, 3, 6):
        syndic("dedup", "--by", "simhash", "--distance", distance, "--force", "-o", "out", "a.jsonl")
        kept = [int(line["id"]) for line in json_lines("out/a.jsonl")]
        removed = json_lines("out/removed.jsonl")
        equal(len(kept) + len(removed), len(texts))
        for line in removed:
            bits = apart(hashes[int(line["id"])], hashes[int(line["kept"])])
            true(bits <= distance, "%s is %d from %s" % (line["id"], bits, line["kept"]))
            equal(line["similarity"], round(1 - bits / 64, 6))
        for i, a in enumerate(kept): # no two kept ones are near, as all of them are found
            for b in kept[:i]:
                true(apart(hashes[a], hashes[b]) > distance, "%d and %d are near" % (a, b))
        summary = json.loads(read("out/summary.json"))
        equal([summary["options"]["by"], summary["options"]["distance"]], ["simhash", distance])
        equal([summary["bands"], summary["rows"], summary["recall_at_threshold"]], [0, 0, 1.0])


def relations():
    """The figure of each pair of the corpus that its truth lists."""
    truth = json_lines(os.path.join(os.path.dirname(CORPUS), "truth.jsonl"))
    return {frozenset((t["a"], t["b"])): t for t in truth if t["kind"] == "document"}


@case
def mirrors_together_and_strangers_apart():
    truth = relations()
    mirrors = {pair for pair, t in truth.items() if t["relation"] == "exact"}
    equal(len(mirrors), 11)
    for distance in (0, 3, 6):
        run = syndic("group", "--by", "simhash", "--distance", distance, CORPUS)
        of = {m["id"]: g["group"] for g in run.lines() for m in g["members"]}
        for a, b in map(sorted, mirrors):
            true(a in of and of[a] == of[b], "%s and %s are one" % (a, b))
        for group in run.lines():
            for member in group["members"]:
                pair = frozenset((member["id"], group["kept"]))
                true(len(pair) == 1 or truth[pair]["jaccard5"] > 0.7, "%s are no copies" % pair)


@case
def any_threads_and_kernels():
    texts = crawl(2000)
    write("a.jsonl", "".join(record(i, text) for i, text in enumerate(texts)))

    def outputs(*options):
        found = {}
        for more in ((), ("-f", "tsv"), ("-f", "pairs"), ("--keep", "longest", "--distance", "5")):
            found[more] = syndic("group", "--by", "simhash", *more, *options, "a.jsonl").out
        syndic("dedup", "--by", "simhash", "--force", "-o", "out", *options, "a.jsonl")
        found.update(tree("out"))
        del found["summary.json"]
        return found

    scalar = outputs("--kernels", "scalar", "--threads", "1")
    for name in tables():
        for threads in ("1", "2", "5"):
            equal(outputs("--kernels", name, "--threads", threads), scalar, name)


@case
def options():
    write("a.jsonl", record("a", story(1)) + record("e", "") + record("b", story(1)))
    for command in ("group", "dedup"):
        has(syndic(command, "--help").out.decode(), "--distance")
    for bad in ("7", "-1", "x", ""):
        run = syndic("group", "--by", "simhash", "--distance", bad, "a.jsonl", code=2)
        has(run.err, "not a whole number from 0 to 6")
    run = syndic("group", "--by", "simhash", "a.jsonl").lines()
    equal([m["id"] for g in run for m in g["members"]], ["a", "b"])
    has(syndic("group", "--by", "hash", "a.jsonl", code=2).err, "not one of near, exact, simhash")


if __name__ == "__main__":
    main()
