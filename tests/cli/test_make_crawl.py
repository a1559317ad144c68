#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Check make_crawl, the generator of synthetic crawls.

    test_make_crawl.py path/to/make_crawl [path/to/articles.jsonl]

Prints one line a check, and exits 1 at the end if one failed.
"""
import collections
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

BINARY = sys.argv[1]
CORPUS = sys.argv[2:3]
PROFILES = "web mirrors near syndication passages noise unique short mixed".split()
KINDS = "original mirror near furniture cut lead noise edit quote stranger".split()
# Maximal runs of letters and digits; a Han character is a token.
TOKEN = re.compile(r"[\u4e00-\u9fff]|[^\W_\u4e00-\u9fff]+")
failures = 0


def check(good, what):
    global failures
    failures += not good
    print(("ok      " if good else "FAILED  ") + what, flush=True)


def run(*options):
    corpus = ["--corpus", CORPUS[0]] if CORPUS else []
    return subprocess.run([BINARY, *corpus, *map(str, options)], check=True,
                          stdout=subprocess.PIPE).stdout


def records(*options):
    return [json.loads(line) for line in run(*options).splitlines()]


def tokens(text):
    return TOKEN.findall(text.lower())


def shingles(text):
    words = tokens(text)
    return {tuple(words[i:i + 5]) for i in range(len(words) - 4)}


def jaccard(a, b):
    return len(a & b) / max(1, len(a | b))


def containment(a, b):
    return len(a & b) / max(1, min(len(a), len(b)))


def spread(values):
    """10th, 50th and 90th percentile."""
    values = sorted(values)
    return [round(values[int(p * (len(values) - 1))], 3) for p in (0.1, 0.5, 0.9)]


def check_determinism():
    for profile in PROFILES:
        options = ("--profile", profile, "--documents", 700)
        whole = run(*options)
        shards = b"".join(run(*options, "--shard", f"{i}/3") for i in (1, 2, 3))
        parts = run(*options, "--count", 123) + run(*options, "--start", 123)
        check(whole == run(*options), f"{profile}: the same bytes twice")
        check(whole == shards == parts, f"{profile}: shards and ranges join to the whole")
        check(whole != run(*options, "--seed", 2), f"{profile}: another seed, other bytes")


def record_is_sound(record, position, by_id, documents):
    if record["id"] != f"c{position:07d}" or record["how"] not in KINDS or not record["text"]:
        return False
    if not re.fullmatch(r"20[12]\d-\d\d-\d\d", record["date"]):
        return False
    if record["base"] is None:
        return record["how"] == "original"
    base = by_id[record["base"]]
    apart = record["how"] in ("quote", "stranger")
    return (base["how"] == "original" and base["lang"] == record["lang"]
            and (base["cluster"] == record["cluster"]) != apart)


def check_records():
    for profile in PROFILES:
        made = records("--profile", profile, "--documents", 1500)
        by_id = {r["id"]: r for r in made}
        sound = all(record_is_sound(r, i, by_id, len(made)) for i, r in enumerate(made))
        check(len(made) == 1500 and sound, f"{profile}: 1500 valid records, bases as labelled")
        originals = collections.Counter(r["cluster"] for r in made if r["base"] is None
                                        or r["how"] in ("quote", "stranger"))
        check(set(originals.values()) == {1} and originals.keys() == {r["cluster"] for r in made},
              f"{profile}: one original a cluster")


def check_lengths():
    made = records("--profile", "unique", "--documents", 6000)
    lengths = sorted(len(tokens(r["text"])) for r in made)
    found = statistics.median(lengths)
    check(abs(found - 400) <= 40, f"unique: median length {found} words")
    spreads = [lengths[60], lengths[600], lengths[5400], lengths[5940], lengths[-1]]
    check(spreads[0] < 90 and spreads[3] > 2000 and spreads[4] <= 21000,
          f"unique: 1, 10, 90, 99 and 100 % of the lengths are below {spreads}")
    made = [r for r in records("--profile", "short", "--documents", 6000) if r["base"] is None]
    found = statistics.median(len(tokens(r["text"])) for r in made)
    check(54 <= found <= 66, f"short: median length {found} words")
    made = records("--profile", "unique", "--documents", 2000, "--median-words", 150)
    found = statistics.median(len(tokens(r["text"])) for r in made)
    check(abs(found - 150) <= 15, f"--median-words 150: median length {found} words")


def check_clusters():
    made = records("--profile", "mirrors", "--documents", 30000, "--median-words", 12)
    sizes = collections.Counter(r["cluster"] for r in made)
    most = [size for _, size in sizes.most_common(3)]
    check(most[0] > 2000 and most[0] < 3 * most[1], f"mirrors: the largest clusters are {most}")
    texts = collections.defaultdict(set)
    for r in made:
        texts[r["cluster"]].add(r["text"])
    check(all(len(t) == 1 for t in texts.values()), "mirrors: one text a cluster")
    gaps = [i for i, r in enumerate(made) if sizes[r["cluster"]] == most[0]]
    check(gaps[0] < 1000 and gaps[-1] > 29000, "mirrors: copies are spread over the crawl")

    made = records("--documents", 20000, "--median-words", 30)
    sizes = collections.Counter(r["cluster"] for r in made)
    alone = sum(1 for size in sizes.values() if size == 1) / len(made)
    check(0.58 <= alone <= 0.70, f"web: {alone:.1%} of the documents are alone in their cluster")
    kinds = collections.Counter(r["how"] for r in made)
    check(set(kinds) == set(KINDS), "web: every kind occurs")
    twos = sum(1 for size in sizes.values() if size == 2)
    threes = sum(1 for size in sizes.values() if size == 3)
    check(1.4 * threes < twos < 3 * threes, f"web: sizes fall as Zipf: {twos} twos, {threes} threes")
    langs = collections.Counter(r["lang"] for r in made)
    check(0.6 < langs["en"] / len(made) < 0.8 and len(langs) == 5, f"web: {dict(langs)}")


def similarities(made):
    """By kind, Jaccard and containment of each copy and its original."""
    sets = {r["id"]: shingles(r["text"]) for r in made}
    near, inside = collections.defaultdict(list), collections.defaultdict(list)
    for r in made:
        if r["base"]:
            near[r["how"]].append(jaccard(sets[r["id"]], sets[r["base"]]))
            inside[r["how"]].append(containment(sets[r["id"]], sets[r["base"]]))
    return near, inside


def check_similarities():
    near, inside = similarities(records("--profile", "near", "--documents", 4000))
    high = sum(1 for j in near["near"] if j >= 0.85) / len(near["near"])
    check(high > 0.85, f"near: {high:.1%} have Jaccard >= 0.85; deciles {spread(near['near'])}")
    low, middle, top = spread(near["edit"])
    check(0.25 < low < 0.45 and 0.5 < middle < 0.7 and 0.75 < top < 0.92,
          f"edit: Jaccard deciles {[low, middle, top]}")
    near, inside = similarities(records("--profile", "syndication", "--documents", 4000))
    # Some originals carry their own outlet's furniture, which these copies have not.
    for kind, least in (("furniture", 0.8), ("cut", 0.95), ("lead", 0.4), ("quote", 0.05)):
        check(spread(inside[kind])[0] >= least,
              f"{kind}: containment {spread(inside[kind])}, Jaccard {spread(near[kind])}")
    check(spread(inside["stranger"])[2] < 0.1,
          f"stranger: containment {spread(inside['stranger'])}")
    made = records("--profile", "mixed", "--documents", 4000)
    near, inside = similarities(made)
    check(set(KINDS) - {"mirror"} == {r["how"] for r in made}, "mixed: every kind but mirrors")
    check(spread(inside["cut"])[0] < 0.9 < spread(inside["cut"])[2],
          f"mixed: containment of cuts {spread(inside['cut'])}, some are framed")
    near, _ = similarities(records("--profile", "noise", "--documents", 3000))
    low, _, top = spread(near["noise"])
    check(low < 0.45 and top > 0.7, f"noise: Jaccard deciles {spread(near['noise'])}")


def check_planted():
    made = records("--profile", "passages", "--documents", 3000)
    places = collections.defaultdict(list)
    twice = 0
    for number, r in enumerate(made):
        words = tokens(r["text"])
        names = [p["passage"] for p in r["planted"]]
        twice += len(names) > len(set(names))
        for p in r["planted"]:
            places[p["passage"]].append((number, words[p["word_start"]:p["word_end"]]))
    alike = all(len({tuple(words) for _, words in found}) == 1 for found in places.values())
    check(alike, f"passages: {len(places)} passages, the same words wherever planted")
    check(min(len(found[0][1]) for found in places.values()) >= 30, "passages: 30 words or more")
    check(sum(len(found) > 1 for found in places.values()) > 0.98 * len(places),
          "passages: planted more than once")
    check(twice > 100, f"passages: {twice} documents have one twice")


def check_strangers():
    made = records("--profile", "unique", "--documents", 3000)
    sets = [shingles(r["text"]) for r in made]
    count = collections.Counter(gram for grams in sets for gram in grams)
    shares = [sum(count[g] > 1 for g in grams) / len(grams) for grams in sets if grams]
    mean = statistics.mean(shares)
    check(mean < 0.02, f"unique: a document shares {mean:.2%} of its 5-grams with all the others")
    pairs = collections.Counter()
    owners = collections.defaultdict(list)
    for number, grams in enumerate(sets):
        for gram in grams:
            if count[gram] > 1:
                owners[gram].append(number)
    for numbers in owners.values():
        for i, a in enumerate(numbers[:50]):
            for b in numbers[i + 1:50]:
                pairs[a, b] += 1
    worst = max(n / len(sets[a] | sets[b]) for (a, b), n in pairs.items())
    check(worst < 0.25, f"unique: no two documents have Jaccard above {worst:.2f}")


def check_files():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "crawl.jsonl")
        run("--documents", 50, "-o", path)
        with open(path, "rb") as file:
            check(file.read() == run("--documents", 50), "-o writes the same bytes")
        check(os.listdir(folder) == ["crawl.jsonl"], "-o leaves nothing else behind")
        for bad in (["--documents", "0"], ["--profile", "nothing"], ["--shard", "4/3"], ["extra"],
                    ["-o", os.path.join(folder, "no", "such")], ["--corpus", folder + "/none"]):
            done = subprocess.run([BINARY, *bad], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            check(done.returncode == 2 and done.stderr and not done.stdout,
                  f"{' '.join(bad)[:24]}: exit 2 and a message")
    if os.path.exists("/dev/full"):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BINARY], stdout=full, stderr=subprocess.PIPE)
        check(done.returncode == 2, "a full disk is an error")
    listed = subprocess.run([BINARY, "--help"], stdout=subprocess.PIPE, check=True).stdout.decode()
    check(all(f"  {p} " in listed for p in PROFILES), "--help lists the profiles")


def main():
    for step in (check_determinism, check_records, check_lengths, check_clusters,
                 check_similarities, check_planted, check_strangers, check_files):
        step()
    print(f"{failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
