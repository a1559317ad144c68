#!/usr/bin/env python3
"""Check truth.jsonl against articles.jsonl, or fill in its figures.

    check_truth.py           recompute every figure and verify the records
    check_truth.py --write   keep the document and story records, rewrite the
                             numbers and the paragraph records, then verify

Exit status 0 when everything agrees, 1 when anything does not.
"""

import json
import sys
import unicodedata
from collections import defaultdict
from itertools import combinations
from pathlib import Path

HERE = Path(__file__).resolve().parent
MIN_WORDS = 20              # shortest paragraph that makes a paragraph record
RELATIONS = ("exact", "near", "syndicated", "contained", "quotes",
             "paraphrase", "stranger")
# Scripts written without spaces: each character is a token of its own.
SINGLE = ((0x0E01, 0x0E3A), (0x0E40, 0x0E4E), (0x3005, 0x3007),
          (0x3041, 0x309F), (0x30A0, 0x30FF), (0x31F0, 0x31FF),
          (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
          (0x20000, 0x323AF))


def tokens(text):
    """Casefolded runs of letters, digits and marks; one token a character
    in Han, Hiragana, Katakana and Thai."""
    out, run = [], ""
    for c in text.casefold():
        word = c.isalnum() or unicodedata.category(c)[0] == "M"
        single = word and any(lo <= ord(c) <= hi for lo, hi in SINGLE)
        if word and not single:
            run += c
            continue
        if run:
            out.append(run)
            run = ""
        if single:
            out.append(c)
    return out + [run] if run else out


def grams(toks, n=5):
    return {tuple(toks[i:i + n]) for i in range(len(toks) - n + 1)}


class Article:
    def __init__(self, record):
        self.__dict__.update(record)
        self.tokens = tokens(self.text)
        self.grams = grams(self.tokens)
        self.paragraphs = [tokens(p) for p in self.text.split("\n\n")]


def figures(a, b):
    both = len(a.grams & b.grams)
    return {"jaccard5": round(both / len(a.grams | b.grams), 4),
            "containment_a_in_b": round(both / len(a.grams), 4),
            "containment_b_in_a": round(both / len(b.grams), 4)}


def paragraph_records(articles):
    """Every paragraph of MIN_WORDS or more that occurs in two places."""
    places = defaultdict(list)
    for a in articles:
        for i, p in enumerate(a.paragraphs):
            if len(p) >= MIN_WORDS:
                places[tuple(p)].append((a.id, i))
    return [{"kind": "paragraph", "a": a, "b": b, "a_paragraph": i,
             "b_paragraph": j, "words": len(p)}
            for p, where in places.items()
            for (a, i), (b, j) in combinations(where, 2)]


def relation_holds(rel, a, b, f, shares_paragraph):
    """Do the figures of the pair agree with the relation claimed for it?"""
    j = f["jaccard5"]
    c_ab, c_ba = f["containment_a_in_b"], f["containment_b_in_a"]
    if rel == "exact":
        return a.tokens == b.tokens
    if rel == "near":
        return j >= 0.8 and a.tokens != b.tokens
    if rel == "syndicated":
        return j < 0.8 and max(c_ab, c_ba) >= 0.5
    if rel == "contained":
        return j < 0.8 and c_ab >= 0.9
    if rel == "quotes":
        return j < 0.5 and (shares_paragraph or c_ab >= 0.1)
    if rel == "paraphrase":
        return 0.05 <= j < 0.8
    return rel == "stranger" and j < 0.2 and not shares_paragraph


def verify(articles, truth):
    errors = []
    by_id = {a.id: a for a in articles}
    documents = [r for r in truth if r["kind"] == "document"]
    stories = [r for r in truth if r["kind"] == "story"]
    claimed = [r for r in truth if r["kind"] == "paragraph"]
    found = paragraph_records(articles)
    sharing = {frozenset((r["a"], r["b"])) for r in found}

    if len(by_id) != len(articles):
        errors.append("an article id occurs twice")

    key = lambda r: json.dumps(r, sort_keys=True)
    want, have = set(map(key, found)), set(map(key, claimed))
    errors += [f"paragraph record missing: {k}" for k in sorted(want - have)]
    errors += [f"paragraph record wrong: {k}" for k in sorted(have - want)]
    if len(have) != len(claimed):
        errors.append("a paragraph record occurs twice")

    related = {}
    for r in documents:
        pair = frozenset((r["a"], r["b"]))
        if len(pair) != 2 or pair in related or not pair <= by_id.keys():
            errors.append(f"bad pair: {r['a']} {r['b']}")
            continue
        related[pair] = r["relation"]
        a, b = by_id[r["a"]], by_id[r["b"]]
        f = figures(a, b)
        if any(r.get(k) != v for k, v in f.items()):
            errors.append(f"figures of {a.id} {b.id}: should be {f}")
        if r["relation"] not in RELATIONS or not relation_holds(
                r["relation"], a, b, f, pair in sharing):
            errors.append(f"{a.id} {b.id} is not {r['relation']}: {f}")

    for a, b in combinations(articles, 2):
        pair, j = frozenset((a.id, b.id)), figures(a, b)["jaccard5"]
        if 0.77 <= j <= 0.83:
            errors.append(f"{a.id} {b.id} is too near the boundary: {j}")
        if pair not in related and (j >= 0.05 or pair in sharing):
            errors.append(f"{a.id} {b.id} share text but are not listed: {j}")

    story_of = {}
    for s in stories:
        dates = [by_id[d].date for d in s["documents"]]
        if dates[0] != min(dates):
            errors.append(f"story {s['story']}: the original is not earliest")
        for d in s["documents"]:
            if d in story_of:
                errors.append(f"{d} is in two stories")
            story_of[d] = s["story"]
    for a, b in combinations(articles, 2):
        rel = related.get(frozenset((a.id, b.id)))
        same = a.id in story_of and story_of[a.id] == story_of.get(b.id)
        if same != (rel not in (None, "quotes", "stranger")):
            errors.append(f"{a.id} {b.id}: {rel} does not fit their stories")
    return errors


def load(name):
    with open(HERE / name, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def main():
    articles = [Article(r) for r in load("articles.jsonl")]
    truth = load("truth.jsonl")
    if "--write" in sys.argv[1:]:
        by_id = {a.id: a for a in articles}
        for r in truth:
            if r["kind"] == "document":
                r.update(figures(by_id[r["a"]], by_id[r["b"]]))
        truth = [r for r in truth if r["kind"] != "paragraph"]
        truth += paragraph_records(articles)
        with open(HERE / "truth.jsonl", "w", encoding="utf-8") as f:
            for r in truth:
                f.write(json.dumps(r, ensure_ascii=False) + "\n")
    errors = verify(articles, truth)
    for e in errors:
        print(e, file=sys.stderr)
    print(f"{len(articles)} articles, {len(truth)} records, "
          f"{len(errors)} errors")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
