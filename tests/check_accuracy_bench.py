#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""bench/accuracy itself, against values worked out by hand.

  check_accuracy_bench.py SYNDIC JACCARD_FOREST
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent.parent / "bench"
sys.path.insert(0, str(BENCH))
import accuracy_passages as passages # noqa: E402
import measures # noqa: E402

SEED = 1916


def close(got, wanted, what):
    assert abs(got - wanted) < 1e-12, "%s: got %r, wanted %r" % (what, got, wanted)


def check_measures():
    # 4 pairs are wanted, 4 made, 2 right; of 15 pairs 4 * 4 / 15 would be right by chance.
    got = measures.compare("aaabbc", "112223")
    for key, wanted in (("precision", 1 / 2), ("recall", 1 / 2), ("f1", 1 / 2),
                        ("b3_precision", 7 / 9), ("b3_recall", 7 / 9), ("ari", 7 / 22)):
        close(got[key], wanted, key)
    # All in one part: 6 pairs made, 2 right, which is what chance gives.
    got = measures.compare("aabb", "1111")
    for key, wanted in (("precision", 1 / 3), ("recall", 1), ("f1", 1 / 2), ("b3_precision", 1 / 2),
                        ("b3_recall", 1), ("b3_f1", 2 / 3), ("ari", 0)):
        close(got[key], wanted, key)
    # 1 right pair, 1 made, 2 wanted, 1/3 by chance: (1 - 1/3) / (3/2 - 1/3).
    got = measures.compare("aabb", "1123")
    for key, wanted in (("precision", 1), ("recall", 1 / 2), ("f1", 2 / 3), ("b3_precision", 1),
                        ("b3_recall", 3 / 4), ("ari", 4 / 7)):
        close(got[key], wanted, key)
    for true, found in (("abc", "xyz"), ("aab", "xxy"), ("a", "x"), ("", "")):
        for key, value in measures.compare(true, found).items():
            close(value, 1, "%s of %s and %s" % (key, true, found))


# ---- the baseline ----
def forest(program, texts, *options):
    text = "".join(json.dumps({"text": text}) + "\n" for text in texts)
    done = subprocess.run([program, *options, "-"], input=text.encode(), stdout=subprocess.PIPE,
                          check=True)
    return [(int(a) - 1, int(b) - 1, float(jaccard))
            for a, b, jaccard in map(str.split, done.stdout.decode().splitlines())]


def components(count, edges, threshold):
    union = measures.Union(count)
    for a, b, jaccard in edges:
        if jaccard >= threshold:
            union.unite(a, b)
    return union.labels()


def check_forest(program):
    texts = ["one two three four", "Four, three; two: one!", "one two three five", "one six seven",
             "", "eight nine"]
    got = forest(program, texts, "--width", "1")
    # {1 2 3 4} twice, 3 of 5 with {1 2 3 5}, 1 of 6 with {1 6 7}; the rest share nothing.
    assert [edge[:2] for edge in got] == [(0, 1), (0, 2), (0, 3)], got
    for edge, wanted in zip(got, (1, 3 / 5, 1 / 6)):
        assert abs(edge[2] - wanted) < 1e-9, got
    assert forest(program, texts, "--width", "1", "--least", "0.5") == got[:2]


def check_forest_at_random(program):
    """Components at every threshold are those of all pairs, found by two loops."""
    rng, joined = random.Random(SEED), 0
    for _ in range(30):
        words = ["w%d" % i for i in range(rng.choice([12, 60, 300]))]
        texts = [" ".join(rng.choices(words, k=rng.choice([0, 1, 4, 9, 30]))) for _ in range(70)]
        for i in range(40):
            kept = [word for word in texts[i].split() if rng.random() < 0.85]
            texts.append(" ".join(kept + rng.choices(words, k=rng.randrange(4))))
        sets = [set(text.split()) for text in texts]
        pairs = [(a, b, len(x & y) / len(x | y)) for b, x in enumerate(sets)
                 for a, y in enumerate(sets[:b]) if x and y]
        edges = forest(program, texts, "--width", "1")
        for threshold in (0.1, 0.15, 0.2, 0.3, 0.45, 0.5, 0.62, 0.8, 0.95, 1.0):
            wanted = components(len(texts), pairs, threshold - 1e-9)
            assert components(len(texts), edges, threshold - 1e-9) == wanted, threshold
            joined += len(texts) - len(set(wanted))
    assert joined > 1000, "too few components to mean anything"


# ---- the whole script ----
def accuracy(code, *arguments):
    done = subprocess.run([sys.executable, BENCH / "accuracy", *map(str, arguments)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    output = done.stdout.decode()
    assert done.returncode == code, "%d, not %d:\n%s" % (done.returncode, code, output)
    return output


def check_script(folder, syndic, program):
    common = "the gale tore nine roofs off the harbour sheds at dawn and nobody was hurt at all "
    other = "a jury of bakers gave the prize for rye bread to two sisters from the hill farm "
    records = [("a", "x", common), ("b", "x", common), ("c", "x", common + "they said so today"),
               ("d", "y", other), ("e", "y", other), ("f", None, "six short words on a line")]
    path = folder / "six.jsonl"
    path.write_text("".join(json.dumps({"id": i, "story": {"name": story}, "text": text}) + "\n"
                            for i, story, text in records))
    made = folder / "groups.jsonl"
    made.write_text('{"members":["a","b"]}\n{"members":[{"id":"c"},{"id":"d"}]}\n')
    out = folder / "out.json"
    options = ("--cluster-field", "story.name", "--forest", program, "--syndic", syndic,
               "--out", out)
    accuracy(0, path, "--groups", made, *options)
    got = json.loads(out.read_text())[str(path)]
    # Wanted are ab ac bc de, made ab cd, right ab, by chance 4 * 2 / 15.
    close(got["syndic"]["precision"], 1 / 2, "precision")
    close(got["syndic"]["recall"], 1 / 4, "recall")
    close(got["syndic"]["ari"], (1 - 8 / 15) / (3 - 8 / 15), "ari")
    close(got["components"]["0.5"]["ari"], 1, "ari of components at 0.5") # 13 of 17 in common
    close(got["components"]["0.8"]["recall"], 2 / 4, "recall of components at 0.8")
    assert got["grouped"] == [4, 2, 2], got
    accuracy(1, path, "--groups", made, "--at-least", "0.9", *options)
    accuracy(0, path, "--by", "near", "--threshold", "0.5", "--at-least", "1", *options)
    text = accuracy(0, path, "--sensitivity", "--threshold", "0.5,0.9", *options)
    assert list(json.loads(out.read_text())[str(path)]) == [
        "default", "--threshold 0.5", "--threshold 0.9"], text
    accuracy(0, path, "--curve", "--threshold", "0.5,0.9", *options)
    assert len(json.loads(out.read_text())[str(path)]["components"]) == 17
    assert "neither a file" in accuracy(2, "nowhere.jsonl", *options)


# ---- passages ----
def place(name, word_start, word_end, byte_start, byte_end):
    return {"id": name, "word_start": word_start, "word_end": word_end,
            "byte_start": byte_start, "byte_end": byte_end}


def check_passages():
    texts = {"a": "Zero ONE two, three. Four five", "b": "néant one two three four\u00a0six",
             "c": "one two three one two three"}
    text = "\u65e5\u672c\u8a9e n\u00e4he \u0e44\u0e17\u0e22 3.14 ab\u00adc" # 3 + 1 + 3 + 2 + 1
    assert len(passages.words_of(text)) == 10
    reported = [
        # One word too short at the right; both places are repeats.
        {"words": 3, "places": [place("a", 1, 4, 5, 19), place("b", 1, 4, 7, 20)]},
        # Within one document, and as long as can be; the second has a wrong byte offset.
        {"words": 3, "places": [place("c", 0, 3, 0, 13), place("c", 3, 6, 13, 27)]},
        # Not the same words.
        {"words": 2, "places": [place("a", 4, 6, 21, 30), place("b", 4, 6, 21, 30)]}]
    report = passages.Report("\n".join(map(json.dumps, reported)))
    report.check(texts.items())
    made = passages.precision(report, {"a": {(1, 4)}, "c": {(0, 3), (3, 6)}})
    assert (made["passages"], made["places"], made["right"]) == (3, 6, 4), made
    assert (made["bytes_right"], made["words_right"], made["planted"]) == (5, 3, 3), made
    assert made["maximal"] == 1, made # the third has "three" before both
    found, missing = passages.recall(report, [
        (("a", 1, 4), ("b", 1, 4)), (("a", 1, 3), ("b", 1, 3)), (("a", 1, 5), ("b", 1, 5)),
        (("c", 0, 3), ("c", 3, 6)), (("a", 4, 6), ("b", 4, 6))])
    assert (found["exact"], found["longer"], found["missing"]) == (2, 1, 2), found
    assert [pair[0] for pair in missing] == [("a", 1, 5), ("a", 4, 6)], missing


def main():
    syndic, program = sys.argv[1:]
    print("seed", SEED)
    check_measures()
    check_forest(program)
    check_forest_at_random(program)
    check_passages()
    with tempfile.TemporaryDirectory(prefix="syndic-accuracy-") as folder:
        check_script(pathlib.Path(folder), syndic, program)
    print("check_accuracy_bench: ok")


if __name__ == "__main__":
    main()
