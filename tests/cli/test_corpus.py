# SPDX-License-Identifier: Apache-2.0
"""The corpus and its truth: corpus/truth.jsonl says how any two articles of corpus/articles.jsonl
are related, with figures that another program computed, and every command must agree.

No two articles have a Jaccard similarity between 0.77 and 0.83, so 0.8, the default, has one right
answer; and articles that are `exact` or `near` are so in whole sets, so each set is one group.
Bands may miss a pair by chance, but it is the same chance on every machine: here none is missed."""
import os
import random
from collections import defaultdict

from harness import CORPUS, case, equal, json_lines, main, read, syndic, tables, true, write

ARTICLES = json_lines(CORPUS)
ORDER = [article["id"] for article in ARTICLES]
TRUTH = [r for r in json_lines(os.path.join(os.path.dirname(CORPUS), "truth.jsonl"))
         if r["kind"] == "document"]
OF_PAIR = {frozenset((r["a"], r["b"])): r for r in TRUTH}
RELATIONS = {"exact", "near", "syndicated", "contained", "quotes", "paraphrase", "stranger"}
COPIES = ("exact", "near")
ROUNDED = 1e-4  # the truth has four places
VERIFY = ("default", "exact", "signature")


def jaccard(a, b):
    """By the truth; pairs that it does not list are below 0.05."""
    return 1.0 if a == b else OF_PAIR.get(frozenset((a, b)), {"jaccard5": 0.0})["jaccard5"]


def relation(a, b):
    return OF_PAIR.get(frozenset((a, b)), {"relation": None})["relation"]


def copies():
    """The sets of articles that are exact or near, in order of their first, each in input order."""
    sets, seen = [], set()
    for a in ORDER:
        if a not in seen:
            members = [b for b in ORDER if a == b or relation(a, b) in COPIES]
            seen.update(members)
            sets.append(members)
    return [members for members in sets if len(members) > 1]


def grouped(*options):
    return syndic("group", "--format", "jsonl", *options, CORPUS).lines()


def ids(group):
    return [member["id"] for member in group["members"]]


def agrees(found, wanted, known, what):
    """A similarity known exactly is the truth's; an estimate lies within 4.5 standard errors."""
    slack = ROUNDED if known == "exact" else 4.5 * (wanted * (1 - wanted) / 128) ** 0.5 + ROUNDED
    true(abs(found - wanted) <= slack, "%s: got %s (%s), wanted %s" % (what, found, known, wanted))


@case
def truth_has_one_answer():
    """What the other cases rest on."""
    equal({r["relation"] for r in TRUTH}, RELATIONS)
    for r in TRUTH:
        equal(r["jaccard5"] >= 0.8, r["relation"] in COPIES, "%(a)s %(b)s" % r)
    for members in copies():
        for a in members:
            equal([b for b in ORDER if a == b or relation(a, b) in COPIES], members, a)


@case
def groups_are_the_copies_and_no_more():
    for table in tables():
        for verify in VERIFY:
            groups = grouped("--kernels", table, "--verify", verify, "--threshold", "0.8")
            equal([ids(group) for group in groups], copies(), "groups by " + verify)
            equal(groups, grouped("--kernels", table, "--verify", verify), "0.8 is the default")
            for group in groups:
                equal(group["kept"], ids(group)[0], "kept: the first")
                for member in group["members"]:
                    says_what_is_true(group["kept"], member)


def says_what_is_true(kept, member):
    pair = "%s %s" % (kept, member["id"])
    equal(member["how"], "kept" if member["id"] == kept else relation(kept, member["id"]), pair)
    agrees(member["similarity"], jaccard(kept, member["id"]), member["known"], pair)


@case
def the_longest_can_be_kept():
    """Who is kept changes, and not who is in a group: the sets hold together from any member."""
    size = {article["id"]: len(article["text"].encode()) for article in ARTICLES}
    groups = grouped("--keep", "longest", "--verify", "exact")
    equal([ids(group) for group in groups], copies())
    for group in groups:
        equal(group["kept"], max(ids(group), key=lambda i: size[i]), "the first of the longest")
        for member in group["members"]:
            says_what_is_true(group["kept"], member)


def wanted_pairs():
    """Each exact copy with the first of its kind, and near pairs between such firsts."""
    first = {a: next(b for b in ORDER if a == b or relation(a, b) == "exact") for a in ORDER}
    firsts = [a for a in ORDER if first[a] == a]
    return {(first[a], a): "exact" for a in ORDER if first[a] != a} | \
           {(a, b): "near" for i, a in enumerate(firsts) for b in firsts[i + 1:]
            if relation(a, b) == "near"}


@case
def pairs_are_those_of_the_truth():
    for table in tables():
        for verify in VERIFY:
            pairs = syndic("group", "--format", "pairs", "--kernels", table, "--verify", verify,
                           CORPUS).lines()
            equal({(p["a"], p["b"]): p["how"] for p in pairs}, wanted_pairs(), "pairs by " + verify)
            equal(len(pairs), len(wanted_pairs()), "no pair is listed twice")
            for p in pairs:
                agrees(p["similarity"], jaccard(p["a"], p["b"]), p["known"], "%(a)s %(b)s" % p)
                true(p["known"] == "exact" or verify != "exact", "verified exactly")


def sample(most):
    """The records of each relation, or some of them where there are many."""
    of_relation = defaultdict(list)
    for r in TRUTH:
        of_relation[r["relation"]].append(r)
    source = random.Random("corpus")
    return [r for some in of_relation.values()
            for r in source.sample(some, min(most, len(some)))]


@case
def compare_gives_the_figures_of_the_truth():
    some = sample(40)
    true(len(some) >= 11 + 25 + 16 + 32 + 3 * 40, "pairs of every relation")
    for table in tables():
        for r in some:
            got = syndic("compare", "--format", "jsonl", "--kernels", table, CORPUS, r["a"],
                         r["b"]).lines()[0]
            for name, wanted in (("jaccard", r["jaccard5"]), ("a_in_b", r["containment_a_in_b"]),
                                 ("b_in_a", r["containment_b_in_a"])):
                agrees(got[name], wanted, "exact", "%s of %s %s" % (name, r["a"], r["b"]))
            agrees(got["estimated"], r["jaccard5"], "estimated", "%(a)s %(b)s" % r)


@case
def strangers_are_never_together():
    """They have 0.09 at most; no threshold from 0.2 up may join them, whichever way is asked."""
    strangers = [(r["a"], r["b"]) for r in TRUTH if r["relation"] == "stranger"]
    true(len(strangers) >= 70, "there are strangers")
    for table in tables():
        for threshold in ("0.2", "0.3", "0.5", "0.8"):
            for verify in VERIFY:
                groups = grouped("--kernels", table, "--verify", verify, "--threshold", threshold)
                group_of = {i: group["group"] for group in groups for i in ids(group)}
                for a, b in strangers:
                    true(a not in group_of or group_of[a] != group_of.get(b),
                         "%s and %s together at %s by %s" % (a, b, threshold, verify))


@case
def low_thresholds_keep_the_guarantee():
    """At thresholds at which groups are not simply sets of copies, by the truth: every member is
    within the threshold of the kept one, and nobody is kept who is clearly within it of one kept
    before.  Clearly: a signature more than 2 standard errors below the threshold is refused, so
    4.5 are left to chance; bands of one row leave nothing to it."""
    for minhash in ("onep", "kperm"):
        for threshold in (0.3, 0.4, 0.5, 0.6, 0.7):
            groups = grouped("--verify", "exact", "--threshold", threshold, "--minhash", minhash,
                             "--bands", "128", "--rows", "1")
            true(len(groups) > 20, "there are groups")
            for group in groups:
                within(group, threshold)
            removed = {i for group in groups for i in ids(group) if i != group["kept"]}
            kept = [a for a in ORDER if a not in removed]
            clearly = threshold + 2.5 * (threshold * (1 - threshold) / 128) ** 0.5
            for i, a in enumerate(kept):
                for b in kept[i + 1:]:
                    true(jaccard(a, b) < clearly, "%s and %s are both kept at %s by %s" %
                         (a, b, threshold, minhash))


def within(group, threshold):
    for member in group["members"]:
        pair = "%s %s" % (group["kept"], member["id"])
        agrees(member["similarity"], jaccard(group["kept"], member["id"]), member["known"], pair)
        equal(member["known"], "exact", pair)
        true(member["similarity"] >= threshold, pair + " within the threshold")


@case
def dedup_removes_all_but_the_kept():
    lines = read(CORPUS).splitlines(keepends=True)
    for table in tables():
        for verify in VERIFY:
            options = ["--kernels", table, "--verify", verify]
            groups = grouped(*options)
            wanted = {m["id"]: (group["kept"], m["similarity"], m["how"], m["record"])
                      for group in groups for m in group["members"] if m["how"] != "kept"}
            out = "out-%s-%s" % (table, verify)
            syndic("dedup", *options, CORPUS, "-o", out)
            removed = json_lines(os.path.join(out, "removed.jsonl"))
            equal({r["id"]: (r["kept"], r["similarity"], r["how"], r["record"]) for r in removed},
                  wanted, "removed by " + verify)
            equal([r["id"] for r in removed], [a for a in ORDER if a in wanted], "input order")
            equal(read(os.path.join(out, "articles.jsonl")),
                  b"".join(line for line, a in zip(lines, ORDER) if a not in wanted), "kept bytes")
            equal(len(wanted), sum(len(members) - 1 for members in copies()))


@case
def chains_are_not_followed():
    """Three cuts of one text, each 20 words further on: neighbours share 236 of 276 runs of five
    (0.855), and the outer two 216 of 296 (0.730)."""
    words = [word for article in ARTICLES if article["lang"] == "en"
             for word in article["text"].split() if word.isalpha()]
    words = list(dict.fromkeys(words))[:300]
    cuts = {name: " ".join(words[at:at + 260]) for name, at in (("a", 0), ("b", 20), ("c", 40))}
    for order, wanted in (("abc", [("a", 1.0), ("b", 0.855072)]),
                          ("bac", [("b", 1.0), ("a", 0.855072), ("c", 0.855072)])):
        names = [write("%s/%s.txt" % (order, name), cuts[name]) for name in order]
        groups = syndic("group", "--verify", "exact", *names).lines()
        equal([[(os.path.basename(m["source"])[0], m["similarity"]) for m in g["members"]]
               for g in groups], [wanted], "in the order " + order)


if __name__ == "__main__":
    main()
