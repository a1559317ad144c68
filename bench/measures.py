# SPDX-License-Identifier: Apache-2.0
"""Measures of one partition of documents against another: labels in, numbers out.

A partition is a list that holds for each document the name of its part; documents that are alone
have names of their own.  All measures compare `found` with `true`:

pairs       precision: the share of pairs in one part of `found` that are in one part of `true`;
            recall: the other way round; f1: their harmonic mean
bcubed      the same for a document: the share of its part of `found`, itself included, that is in
            its part of `true`, and the other way round; means over documents (Bagga and Baldwin,
            1998)
ari         adjusted Rand index: pairs on which both agree, 0 where only chance agrees, 1 where all
            do (Hubert and Arabie, 1985)

Where there is nothing to be right about (no pairs in a partition) a share is 1."""
from collections import Counter


def share(part, whole):
    return part / whole if whole else 1.0


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def pairs_in(sizes):
    return sum(n * (n - 1) // 2 for n in sizes)


def compare(true, found):
    """All measures of two lists of labels, as a dict."""
    both, in_true, in_found = Counter(zip(true, found)), Counter(true), Counter(found)
    count = len(true)
    right, wanted, made = (pairs_in(c.values()) for c in (both, in_true, in_found))
    precision, recall = share(right, made), share(right, wanted)
    b_precision = share(sum(n * n / in_found[f] for (_, f), n in both.items()), count)
    b_recall = share(sum(n * n / in_true[t] for (t, _), n in both.items()), count)
    by_chance = share(wanted * made, pairs_in([count])) if count > 1 else 0
    most = (wanted + made) / 2
    return {"precision": precision, "recall": recall, "f1": f1(precision, recall),
            "b3_precision": b_precision, "b3_recall": b_recall, "b3_f1": f1(b_precision, b_recall),
            "ari": 1.0 if most == by_chance else (right - by_chance) / (most - by_chance)}


class Union:
    """Connected components, grown edge by edge; find() names one by its first document."""

    def __init__(self, count):
        self.parent = list(range(count))

    def find(self, x):
        while self.parent[x] != x:
            self.parent[x] = x = self.parent[self.parent[x]]
        return x

    def unite(self, x, y):
        x, y = self.find(x), self.find(y)
        self.parent[max(x, y)] = min(x, y)

    def labels(self):
        return [self.find(x) for x in range(len(self.parent))]
