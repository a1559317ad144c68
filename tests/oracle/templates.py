#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Pages of one template, as JSON lines on standard output.

templates.py PAIRS: 2 * PAIRS pages of 570 words that share 500 of them.  Pages come in pairs of word-5
Jaccard similarity 0.915; pages of different pairs have 0.76, so nearly all share the large buckets of
a join at thresholds near 0.9 and yet are no copies."""
import json
import random
import sys


def main():
    pairs = int(sys.argv[1])
    draw = random.Random(9)
    words = ["v%d" % i for i in range(20000)]
    template = draw.choices(words, k=500)
    pages = []
    for pair in range(pairs):
        own = draw.choices(words, k=70)
        other = own[:-25] + draw.choices(words, k=25)
        pages += [("a%d" % pair, template + own), ("b%d" % pair, template + other)]
    draw.shuffle(pages)
    for name, page in pages:
        print(json.dumps({"id": name, "text": " ".join(page)}))


if __name__ == "__main__":
    main()
