# SPDX-License-Identifier: Apache-2.0
"""Copies whole and in part: syndic group and dedup --by syndication, against the truth of the
corpus and against shares of word 5-grams that this script counts itself."""
import json
import os
import random
import subprocess
import sys
from collections import defaultdict

from harness import (BINARY, CORPUS, ROOT, Skip, case, edited, equal, gz, has, json_lines, main,
                     read, record, story, syndic, tables, tree, true, unzstd, write)

sys.path[:0] = [os.path.join(ROOT, "bench"), os.path.join(ROOT, "corpus")]
import measures  # noqa: E402
from check_truth import grams, tokens  # noqa: E402

MAKE_CRAWL = os.path.join(os.path.dirname(BINARY), "make_crawl")
REVISIONS = os.path.join(ROOT, "..", "shared", "data", "revisions.jsonl.zst")
TRUTH = json_lines(os.path.join(os.path.dirname(CORPUS), "truth.jsonl"))
OF_PAIR = {frozenset((r["a"], r["b"])): r for r in TRUTH if r["kind"] == "document"}
STORY_OF = {d: r["story"] for r in TRUTH if r["kind"] == "story" for d in r["documents"]}
ORDER = [article["id"] for article in json_lines(CORPUS)]
ROUNDED = 1e-4  # the truth has four places
BY = ("--by", "syndication")


def grouped(*arguments, **options):
    return syndic("group", *BY, "-f", "jsonl", *arguments, **options).lines()


def ids(group):
    return [member["id"] for member in group["members"]]


def crawl(documents, profile="mixed", seed=3):
    if not os.access(MAKE_CRAWL, os.X_OK):
        raise Skip("there is no make_crawl beside the command")
    subprocess.run([MAKE_CRAWL, "--documents", str(documents), "--profile", profile, "--seed",
                    str(seed), "--corpus", CORPUS, "-o", "crawl.jsonl"], check=True, timeout=60)
    return "crawl.jsonl"


# ---- the corpus ----

@case
def each_story_is_one_group():
    stories = defaultdict(list)
    for identity in ORDER:
        stories[STORY_OF.get(identity)].append(identity)
    roundups = stories.pop(None)
    equal(len(roundups), 3, "roundups")
    wanted = [members for members in stories.values() if len(members) > 1]
    for table in tables():
        equal([ids(group) for group in grouped("--kernels", table, CORPUS)], wanted, table)


@case
def every_relation_of_the_truth_is_right():
    group_of = {i: group["group"] for group in grouped(CORPUS) for i in ids(group)}
    together = {"exact", "near", "syndicated", "contained"}
    for r in OF_PAIR.values():
        one = group_of.get(r["a"], r["a"]) == group_of.get(r["b"], r["b"])
        what = "%(a)s and %(b)s, %(relation)s" % r
        if r["relation"] in together:
            true(one, what)
        elif r["relation"] in ("stranger", "quotes"):
            true(not one, what)


@case
def figures_are_those_of_the_truth():
    for keep in ("first", "longest"):
        for group in grouped("--keep", keep, CORPUS):
            equal(sum(m["how"] == "kept" for m in group["members"]), 1, "kept ones")
            for member in group["members"]:
                figures(member, group["kept"])


def figures(member, kept):
    found = [member[name] for name in ("similarity", "contained", "contains")]
    equal(member["known"], "exact")
    if member["id"] == kept:
        equal((found, member["how"]), ([1.0, 1.0, 1.0], "kept"))
        return
    r = OF_PAIR[frozenset((member["id"], kept))]
    shares = [r["containment_a_in_b"], r["containment_b_in_a"]]
    wanted = [r["jaccard5"]] + (shares if r["a"] == member["id"] else shares[::-1])
    what = "%s in the group of %s: %r, wanted %r" % (member["id"], kept, found, wanted)
    true(all(abs(a - b) <= ROUNDED for a, b in zip(found, wanted)), what)
    alike, contained, contains = found
    equal(member["how"], "exact" if r["relation"] == "exact" else
          "near" if alike >= 0.8 else
          "contained" if contained >= 0.8 and contained >= contains else
          "contains" if contains >= 0.8 else "overlaps", what)


@case
def every_way_of_being_a_copy_occurs():
    hows = {m["how"] for group in grouped(CORPUS) for m in group["members"]}
    equal(hows, {"kept", "exact", "near", "contained", "contains", "overlaps"})


# ---- output ----

def three():
    """A story, its first 60 of 120 words, and the same in capitals."""
    a = story("a")
    write("in.jsonl", record("a", a) + record("cut", " ".join(a.split()[:60])) +
          record("other", story("b")) + record("loud", a.upper()))


@case
def json_is_as_documented():
    three()
    run = syndic("group", *BY, "in.jsonl")
    # 116 runs of five, of which the cut has the first 56.
    equal(run.out.decode(), '{"group":0,"size":3,"kept":"a","members":['
          '{"id":"a","source":"in.jsonl","record":1,"similarity":1.0,"contained":1.0,'
          '"contains":1.0,"how":"kept","known":"exact"},'
          '{"id":"cut","source":"in.jsonl","record":2,"similarity":0.482759,"contained":1.0,'
          '"contains":0.482759,"how":"contained","known":"exact"},'
          '{"id":"loud","source":"in.jsonl","record":4,"similarity":1.0,"contained":1.0,'
          '"contains":1.0,"how":"exact","known":"exact"}]}\n')
    equal(run.err, "", "standard error")


@case
def tsv_and_table_are_as_documented():
    three()
    equal(syndic("group", *BY, "-f", "tsv", "in.jsonl").out.decode(),
          "0\ta\t1.0\tkept\n0\tcut\t0.482759\tcontained\n0\tloud\t1.0\texact\n")
    table = syndic("group", *BY, "-f", "table", "in.jsonl").out.decode()
    equal(table.splitlines()[0], "group 0: 3 documents, kept a")
    has(table, "contained")


@case
def removed_and_summary_are_as_documented():
    three()
    syndic("dedup", *BY, "in.jsonl", "-o", "out")
    equal(read("out/removed.jsonl").decode(),
          '{"id":"cut","source":"in.jsonl","record":2,"kept":"a","similarity":0.482759,'
          '"contained":1.0,"how":"contained"}\n'
          '{"id":"loud","source":"in.jsonl","record":4,"kept":"a","similarity":1.0,'
          '"contained":1.0,"how":"exact"}\n')
    equal([r["id"] for r in json_lines("out/in.jsonl")], ["a", "other"])
    summary = json.loads(read("out/summary.json"))
    equal({name: summary["options"][name] for name in ("by", "threshold", "sample", "max_df",
                                                       "min_shared")},
          {"by": "syndication", "threshold": 0.8, "sample": 8, "max_df": 1000, "min_shared": 2})
    counts = summary["counts"]
    equal([counts[name] for name in ("documents", "kept", "removed_exact", "removed_near",
                                     "removed_contained", "removed_empty", "groups")],
          [4, 2, 1, 0, 1, 0, 1])


# ---- dedup ----

def expect_guarantee(path, records, threshold, *options):
    """Every removed document is contained in its kept one, which has as many words or more."""
    syndic("dedup", *BY, "-t", threshold, *options, path, "-o", "out")
    kept = {r["id"] for r in json_lines(os.path.join("out", os.path.basename(path)))}
    removed = json_lines("out/removed.jsonl")
    equal(len(kept) + len(removed), len(records), "nothing is lost")
    for r in removed:
        what = "%(id)s in %(kept)s" % r
        true(r["kept"] in kept and r["id"] not in kept, what)
        a, b = records[r["id"]], records[r["kept"]]
        true(len(b) >= len(a), what + ": the kept one is shorter")
        x, y = grams(a) or {tuple(a)}, grams(b) or {tuple(b)}
        both = len(x & y)
        true(both / len(x) >= threshold, what)
        true(abs(r["contained"] - both / len(x)) < 1e-6, what)
        true(abs(r["similarity"] - both / len(x | y)) < 1e-6, what)
        equal(r["how"], "exact" if a == b else "near" if both / len(x | y) >= threshold
              else "contained", what)
    return removed


@case
def what_is_removed_is_contained_in_a_crawl():
    hows = defaultdict(int)
    records = {r["id"]: tokens(r["text"]) for r in json_lines(crawl(2000))}
    for r in expect_guarantee("crawl.jsonl", records, 0.8):
        hows[r["how"]] += 1
    true(min(hows[how] for how in ("exact", "near", "contained")) > 20, dict(hows))
    os.rename("out", "once")
    more = expect_guarantee("crawl.jsonl", records, 0.5, "--keep", "longest")
    true(len(more) > sum(hows.values()), "a lower threshold removes more")


@case
def what_is_removed_is_contained_in_the_corpus():
    """By the truth, which knows words of all languages."""
    syndic("dedup", *BY, CORPUS, "-o", "out")
    removed = json_lines("out/removed.jsonl")
    true(len(removed) > 60, "copies are removed")
    for r in removed:
        pair = OF_PAIR[frozenset((r["id"], r["kept"]))]
        contained = pair["containment_a_in_b" if pair["a"] == r["id"] else "containment_b_in_a"]
        true(contained >= 0.8 and abs(r["contained"] - contained) <= ROUNDED, "%(id)s" % r)
    whole = {r["a"] if r["containment_a_in_b"] >= 0.85 else r["b"] for r in OF_PAIR.values()
             if r["relation"] == "contained"}
    equal(whole - {r["id"] for r in removed}, set(), "cuts that were not removed")


@case
def a_longer_document_is_never_removed_for_a_part_of_it():
    a = story("a", 300)
    cuts = [" ".join(a.split()[from_:to]) for from_, to in ((0, 100), (0, 300), (100, 250))]
    for order in ((0, 1, 2), (2, 1, 0), (1, 2, 0)):
        for keep in ("first", "longest"):
            write("in.jsonl", "".join(record(i, cuts[i]) for i in order))
            syndic("dedup", *BY, "--keep", keep, "--force", "in.jsonl", "-o", "out")
            equal([r["id"] for r in json_lines("out/in.jsonl")], [1], "kept")


# ---- the same bytes ----

def without_places(groups):
    for group in groups:
        for member in group["members"]:
            del member["source"], member["record"]
    return groups


def outputs(path, *options):
    everything = {"group": syndic("group", *BY, *options, path).out}
    syndic("dedup", *BY, *options, path, "-o", "out", "--force")
    everything.update(tree("out"))
    del everything["summary.json"]
    return everything


@case
def the_same_for_any_threads_and_kernels():
    crawl(3000)
    write("in.jsonl", read(CORPUS) + read("crawl.jsonl"))
    one = outputs("in.jsonl", "--threads", 1, "--kernels", "scalar")
    true(one["group"].count(b"\n") > 200, "there are groups")
    for threads in (2, 4):
        equal(outputs("in.jsonl", "--threads", threads), one, "%d threads" % threads)
    for table in tables():
        equal(outputs("in.jsonl", "--kernels", table), one, table)


@case
def the_same_for_any_split_and_compression():
    lines = read(crawl(3000)).splitlines(keepends=True)
    whole = without_places(grouped("crawl.jsonl"))
    true(len(whole) > 200, "there are groups")
    write("a.jsonl", b"".join(lines[:1234]))
    write("b.jsonl.gz", gz(b"".join(lines[1234:])))
    equal(without_places(grouped("a.jsonl", "b.jsonl.gz")), whole, "two files")
    equal(without_places(grouped("-", input=b"".join(lines))), whole, "standard input")


def pieces(seed):
    """Texts put together from stretches of eight stories, many of them more than once."""
    source = random.Random("pieces %d" % seed)
    texts = []
    for i in range(source.randint(20, 200)):
        if texts and source.random() < 0.4:
            texts.append(source.choice(texts))
            continue
        words = []
        for _ in range(source.randint(1, 4)):
            at = source.randrange(8) * 100 + source.randrange(150)
            words += range(at, at + source.randint(10, 80))
            words += range(10000 + 100 * i, 10000 + 100 * i + source.choice((0, 5, 20, 60)))
        texts.append(" ".join("w%d" % word for word in words))
    ranks = list(range(len(texts)))
    source.shuffle(ranks)
    return "".join(record(i, text, rank=rank) for i, (text, rank) in enumerate(zip(texts, ranks)))


@case
def what_is_kept_does_not_change_the_groups():
    for seed in range(6):
        write("in.jsonl", pieces(seed))
        groups = [sorted(ids(g) for g in grouped("--sample", 1, "--keep", keep, "in.jsonl"))
                  for keep in ("first", "longest", "max:rank", "min:rank")]
        true(len(groups[0]) > 1, "there are groups")
        for other in groups[1:]:
            equal(other, groups[0], "seed %d" % seed)


# ---- options ----

@case
def options_out_of_range_are_named():
    three()
    for option, values, reason in (
            ("--gamma", ("0", "1.5", "-1", "x", "nan"), "not a number above 0 and up to 1"),
            ("--sample", ("0", "4097", "1.5"), "not a whole number from 1 to 4096"),
            ("--max-df", ("1", "-2"), "not a whole number from 2 to 4294967295"),
            ("--min-shared", ("0", "99999999999"), "not a whole number from 1 to 4294967295")):
        for value in values:
            run = syndic("group", *BY, option + "=" + value, "in.jsonl", code=2)
            has(run.err, "%s %s: %s" % (option, value, reason))
            equal(run.out, b"")
    has(syndic("group", *BY, "--gamma", "1", "in.jsonl", code=2).err, "gamma")


@case
def what_cannot_be_done_is_refused():
    three()
    run = syndic("group", *BY, "-f", "pairs", "in.jsonl", code=2)
    has(run.err, "--format pairs: --by syndication makes groups")
    run = syndic("sketch", *BY, "in.jsonl", "-o", "x.syn", code=2)
    has(run.err, "syndication")
    true(not os.path.exists("x.syn"), "nothing was written")
    syndic("sketch", "in.jsonl", "-o", "near.syn")
    run = syndic("group", *BY, "near.syn", code=2)
    has(run.err, "near.syn")
    equal(run.out, b"")


@case
def a_pair_needs_shared_samples():
    """A long story and one that quotes 24 of its words: 20 runs of five, where 30 are asked for."""
    a, b = story("a", 60), story("b", 40)
    write("in.jsonl", record("a", a) + record("b", b + " " + " ".join(a.split()[10:34])))
    equal(len(grouped("--sample", 1, "in.jsonl")), 1)
    equal(len(grouped("--sample", 1, "--gamma", "0.9", "in.jsonl")), 0)
    equal(len(grouped("--sample", 1, "--max-df", 2, "in.jsonl")), 1)
    write("two.jsonl", read("in.jsonl") + record("c", a).encode() +
          record("d", story("d", 40) + " " + " ".join(a.split()[10:34])).encode())
    equal(len(grouped("--sample", 1, "--max-df", 2, "two.jsonl")[0]["members"]), 2,
          "what three documents have is left out: a and c are the same")


# ---- small and odd inputs ----

@case
def odd_inputs():
    a = story("a", 400)
    for name, content in (("none", ""), ("one", record(1, a)), ("empty", record(1, "") * 3),
                          ("tiny", record(1, "a") + record(2, "b") + record(3, "a b c"))):
        path = write(name + ".jsonl", content)
        for more in ((), ("--sample", 1), ("--max-df", 4294967295), ("--threads", 4)):
            equal(syndic("group", *BY, *more, path).out, b"", name)
        syndic("dedup", *BY, path, "-o", name)
        equal(read("%s/%s.jsonl" % (name, name)).decode(), content, name)
    path = write("many.jsonl", "".join(record(i, a) for i in range(1000)))
    groups = grouped(path)
    equal([len(g["members"]) for g in groups], [1000])
    equal({m["how"] for m in groups[0]["members"]}, {"kept", "exact"})


@case
def more_copies_than_a_shingle_may_have_documents():
    """With a limit of a hundred documents a thousand edited copies share no shingle that counts,
    and are told so; with one of 2,000 they are one group."""
    a = story("a", 200)
    write("in.jsonl", "".join(record(i, edited(a, 60) + " end%d" % i) for i in range(1000)))
    equal([g["size"] for g in grouped("--max-df", 2000, "in.jsonl")], [1000])
    run = syndic("group", *BY, "-v", "--max-df", 100, "in.jsonl")
    equal(run.out, b"")
    has(run.err, "left out")


# ---- accuracy ----

def adjusted_rand_index(path, field):
    labels, at = [], {}
    for number, line in enumerate(read(path).decode().splitlines(), 1):
        value = json.loads(line).get(field)
        at[number] = len(labels)
        labels.append(("alone", number) if value is None else value)
    found = list(range(len(labels)))
    for group in grouped("--quiet", path):
        members = [at[m["record"]] for m in group["members"]]
        for member in members:
            found[member] = members[0]
    return measures.compare(labels, found)["ari"]


@case
def revisions_are_grouped():
    if not os.path.exists(REVISIONS):
        raise Skip("there is no %s" % os.path.normpath(REVISIONS))
    write("revisions.jsonl", unzstd(read(REVISIONS)))
    ari = adjusted_rand_index("revisions.jsonl", "cluster")
    true(ari >= 0.91, "adjusted Rand index %.4f" % ari)


@case
def a_mixed_crawl_is_grouped():
    ari = adjusted_rand_index(crawl(20000, seed=1), "cluster")
    true(ari >= 0.97, "adjusted Rand index %.4f" % ari)


if __name__ == "__main__":
    main()
