# SPDX-License-Identifier: Apache-2.0
"""syndic compare: figures that can be counted by hand, and the passages that two texts share."""
import json
import os
import pty
import subprocess

from harness import BINARY, CORPUS, case, equal, gz, has, lacks, main, record, story, syndic, true, write


def words(name, count):
    return [name + str(i) for i in range(count)]


@case
def figures_are_those_of_a_hand_count():
    shared = words("same", 20)
    write("a.txt", " ".join(words("a", 10) + shared))
    write("b.txt", " ".join(shared + words("b", 30)))
    got = syndic("compare", "--format", "jsonl", "a.txt", "b.txt").lines()[0]
    # Of 26 and 46 runs of five words 16 are shared: 16 of 56.
    equal(got["a"], {"name": "a.txt", "words": 30, "shingles": 26, "only_here": 10})
    equal(got["b"], {"name": "b.txt", "words": 50, "shingles": 46, "only_here": 30})
    equal(got["jaccard"], 0.285714)
    equal(got["a_in_b"], 0.615385)
    equal(got["b_in_a"], 0.347826)
    true(abs(got["estimated"] - 0.285714) < 0.16, "four standard errors of the estimate")
    true(0.03 < got["standard_error"] < 0.045, "sqrt(s (1 - s) / 128)")
    equal(got["passages"], [{"words": 20, "a": [11, 30], "b": [1, 20], "text": " ".join(shared)}])
    equal(got["only_a"], [{"words": 10, "a": [1, 10], "text": " ".join(words("a", 10))}])
    equal(got["only_b"], [{"words": 30, "b": [21, 50], "text": " ".join(words("b", 30))}])


@case
def passages_are_maximal_and_in_place():
    one, two, short = words("one", 9), words("two", 12), words("short", 7)
    write("a.txt", " ".join(words("a", 3) + one + words("b", 2) + short + ["c"] + two))
    write("b.txt", " ".join(two + words("d", 4) + short + ["e"] + one + ["f"] + one))
    got = syndic("compare", "--format", "jsonl", "a.txt", "b.txt").lines()[0]
    equal([(p["words"], p["a"], p["b"]) for p in got["passages"]],
          [(9, [4, 12], [25, 33]), (12, [23, 34], [1, 12])])
    equal(got["a"]["only_here"], 34 - 21)
    equal(got["b"]["only_here"], 43 - 21)
    equal([p["a"] for p in got["only_a"]], [[1, 3], [13, 22]])
    equal([p["b"] for p in got["only_b"]], [[13, 24], [34, 43]])


@case
def passages_show_the_first_text_as_it_is():
    write("a.txt", "Before it. “The Quick, brown FOX —\njumps over the lazy dog” again!  After.")
    write("b.txt", "the quick brown fox jumps over the lazy dog again and so on")
    got = syndic("compare", "--format", "jsonl", "a.txt", "b.txt").lines()[0]
    equal([p["text"] for p in got["passages"]],
          ["The Quick, brown FOX —\njumps over the lazy dog” again"])


@case
def people_get_words():
    a = story("a")
    write("a.txt", "lead of one " + a)
    write("b.txt", a + " tail of the other")
    text = syndic("compare", "a.txt", "b.txt", environment={"COLUMNS": "60"}).out.decode()
    has(text, "A  a.txt\n   123 words, 119 different shingles; 3 words only here\n")
    has(text, "B  b.txt\n   124 words, 120 different shingles; 4 words only here\n")
    has(text, "Jaccard similarity   0.9431\n")  # 116 of 123
    has(text, "120 words: 4-123 of A, 1-120 of B\n")
    has(text, "[…]")
    has(text, " ".join(a.split()[:3]))
    true(text.endswith("\n3 words only in A: 1-3\n  lead of one\n"
                       "\n4 words only in B: 121-124\n  tail of the other\n"), text)
    lacks(text, "\033")
    true(all(len(line) <= 60 for line in text.splitlines()), "wrapped:\n" + text)


@case
def colour_only_on_a_terminal():
    write("a.txt", story("a"))
    for variable, coloured in (("1", False), ("", True)):
        leader, follower = pty.openpty()
        done = subprocess.run([BINARY, "compare", "a.txt", "a.txt"], stdout=follower,
                              env=dict(os.environ, TERM="xterm", NO_COLOR=variable), timeout=60)
        os.close(follower)
        text = os.read(leader, 65536).decode()
        os.close(leader)
        equal(done.returncode, 0)
        equal("\033[32m" in text, coloured)


@case
def two_ids_of_one_input():
    got = syndic("compare", "--format", "jsonl", CORPUS, "harbour-crane-01",
                 "harbour-crane-04").lines()[0]
    group = syndic("group", "--verify", "exact", CORPUS).lines()[0]
    equal(got["jaccard"], [m["similarity"] for m in group["members"]
                           if m["id"] == "harbour-crane-04"][0])
    write("in.jsonl", json.dumps({"text": story("a")}) + "\n" + record(7, story("b")))
    got = syndic("compare", "--format", "jsonl", "in.jsonl", "in.jsonl:1", "7").lines()[0]
    equal((got["a"]["name"], got["b"]["name"], got["jaccard"]), ("in.jsonl:1", "7", 0.0))


@case
def files_of_one_record():
    write("a.jsonl.gz", gz(record("a", story("a")).encode()))
    write("a.txt", story("a"))
    equal(syndic("compare", "--format", "jsonl", "a.jsonl.gz", "a.txt").lines()[0]["jaccard"], 1.0)
    equal(syndic("compare", "--format", "jsonl", "-", "a.txt", "--input-format", "txt",
                 input=story("a").encode()).lines()[0]["jaccard"], 1.0)


@case
def texts_without_words():
    write("a.txt", " ... ")
    write("b.txt", story("b"))
    for one, other in (("a.txt", "b.txt"), ("b.txt", "a.txt"), ("a.txt", "a.txt")):
        got = syndic("compare", "--format", "jsonl", one, other).lines()[0]
        equal((got["jaccard"], got["estimated"], got["passages"]), (0.0, 0.0, []))
        has(syndic("compare", one, other).out.decode(), "Jaccard similarity   0.0000")


@case
def mistakes_are_named():
    write("two.jsonl", record("a", story("a")) + record("b", story("b")))
    write("none.jsonl", "")
    write("a.txt", story("a"))
    has(syndic("compare", "two.jsonl", "a.txt", code=2).err, "holds 2 records")
    has(syndic("compare", "none.jsonl", "a.txt", code=2).err, "holds no record")
    has(syndic("compare", "two.jsonl", "a", "z", code=2).err, "no record of id 'z'")
    has(syndic("compare", "gone.txt", "a.txt", code=2).err, "gone.txt")
    write("bad.jsonl", "{\n" + record("a", story("a")) + record("b", story("b")))
    has(syndic("compare", "bad.jsonl", "a", "b", code=1).err, "bad.jsonl:1: byte 1: invalid JSON")


if __name__ == "__main__":
    main()
