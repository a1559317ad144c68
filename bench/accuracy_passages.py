# SPDX-License-Identifier: Apache-2.0
"""How well `syndic passages` finds repeated text: recorded places and its output in, shares out.

recall      The share of recorded pairs of places (two places that hold the same passage, in two
            documents or in one) that are found: one reported passage has places that cover both.
bounds      Of those found: how many are reported exactly as recorded, and how many with more words
            that both places truly have (chance, or a neighbour that is repeated too).
precision   The share of reported places whose words, counted and compared here by other code, are
            those of another place of their passage; with their byte offsets, and with bounds that
            no further common word would move.

Sets: planted (make_crawl --profile passages), corpus (the paragraph records of truth.jsonl),
newspapers (pages of one day that share 50 or more word 5-grams), or a FILE, whose records may say
what is planted, as those of make_crawl do."""
import bisect
import collections
import itertools
import json
import re
import sys
import unicodedata

import accuracy_groups as groups
import accuracy_sets as sets

NAMES = ("planted", "corpus", "newspapers")
MIN_WORDS = 30
DAY = "19160601"
SHARED = 50
# Han, Kana, Thai, Lao, Khmer and Myanmar: a letter, mark or digit of these is a word.
ALONE = ((0x0e01, 0x0e5b), (0x0e81, 0x0edf), (0x1000, 0x109f), (0x1780, 0x17f9), (0x19e0, 0x19ff),
         (0x2e80, 0x2fd5), (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303b), (0x3041, 0x3096),
         (0x309d, 0x309f), (0x30a1, 0x30fa), (0x30fd, 0x30ff), (0x31f0, 0x31ff), (0x3400, 0x4dbf),
         (0x4e00, 0x9fff), (0xa9e0, 0xa9fe), (0xaa60, 0xaa7f), (0xf900, 0xfaff), (0xff66, 0xff6f),
         (0xff71, 0xff9d), (0x16fe2, 0x16fe3), (0x16ff0, 0x16ff1), (0x1aff0, 0x1b167),
         (0x20000, 0x323af))
# Default_Ignorable_Code_Point: these do not part a word, and do not count.
IGNORED = ((0xad, 0xad), (0x34f, 0x34f), (0x61c, 0x61c), (0x180b, 0x180f), (0x200b, 0x200f),
           (0x202a, 0x202e), (0x2060, 0x206f), (0x3164, 0x3164), (0xfe00, 0xfe0f), (0xfeff, 0xfeff))


# ---- words ----
def members(codes):
    """[a-bc-d...] of ascending code points."""
    parts = []
    for _, run in itertools.groupby(enumerate(codes), lambda item: item[1] - item[0]):
        run = [code for _, code in run]
        parts.append("%s-%s" % (re.escape(chr(run[0])), re.escape(chr(run[-1]))))
    return "[" + "".join(parts) + "]"


def make_token():
    ignored = {code for first, last in IGNORED for code in range(first, last + 1)}
    single = {code for first, last in ALONE for code in range(first, last + 1)}
    wordy = [code for code in range(sys.maxunicode + 1)
             if unicodedata.category(chr(code))[0] in "LMN" and code not in ignored]
    nothing = members(sorted(ignored))
    return "(?:%s)|(?:%s%s*)+" % (members([code for code in wordy if code in single]),
                                  members([code for code in wordy if code not in single]),
                                  nothing), nothing


PATTERN, NOTHING = make_token()
TOKEN = re.compile(PATTERN)


def words_of(text):
    """A number for each word; numbers of equal words are equal within one run of this program."""
    if text.isascii():
        return [hash(word) for word in TOKEN.findall(text.lower())]
    return [hash(unicodedata.normalize("NFC", unicodedata.normalize(
        "NFC", re.sub(NOTHING, "", word)).casefold())) for word in TOKEN.findall(text)]


# ---- what is reported ----
class Place:
    """One place of a passage; check() says what the document's text has to say about it."""
    __slots__ = ("passage", "start", "end", "byte_start", "byte_end", "words", "before", "after",
                 "good")

    def __init__(self, passage, found):
        self.passage = passage
        self.start, self.end = found["word_start"], found["word_end"]
        self.byte_start, self.byte_end = found["byte_start"], found["byte_end"]
        self.words, self.good = None, False
        self.before = self.after = None

    def check(self, words, text):
        """`good`: the byte offsets hold just these words."""
        mine = tuple(words[self.start:self.end])
        self.words = hash(mine)
        self.before = words[self.start - 1] if self.start > 0 else self
        self.after = words[self.end] if self.end < len(words) else self
        part = text[self.byte_start:self.byte_end].decode("utf-8", "replace")
        ends = TOKEN.match(part) and TOKEN.match(part[-1])
        self.good = bool(ends) and tuple(words_of(part)) == mine


class Report:
    def __init__(self, text):
        self.passages, self.places = [], collections.defaultdict(list)
        self.said = []
        for line in text.splitlines():
            passage = json.loads(line)
            mine = []
            for found in passage["places"]:
                mine.append(Place(len(self.passages), found))
                self.places[str(found["id"])].append(mine[-1])
            self.passages.append(mine)
            self.said.append(passage["words"])
        for places in self.places.values():
            places.sort(key=lambda place: place.start)

    def check(self, documents):
        for name, text in documents:
            if name in self.places:
                words, raw = words_of(text), text.encode("utf-8", "surrogatepass")
                for place in self.places[name]:
                    place.check(words, raw)

    def covering(self, name, start, end):
        places = self.places.get(name, ())
        last = bisect.bisect_right(places, start, key=lambda place: place.start)
        return [place for place in places[:last] if place.end >= end]


def split(places):
    """Places of one passage -> (right ones: those that share their words with another, others)."""
    count = collections.Counter(place.words for place in places)
    right = [place for place in places if place.words is not None and count[place.words] > 1]
    return right, len(places) - len(right)


def precision(report, recorded):
    made = collections.Counter()
    for places, said in zip(report.passages, report.said):
        right, wrong = split(places)
        made["passages"] += 1
        made["places"] += len(places)
        made["right"] += len(right)
        made["wrong"] += wrong
        made["bytes_right"] += sum(place.good for place in places)
        made["words_right"] += all(place.end - place.start == said for place in places)
        made["maximal"] += (len({place.before for place in places}) > 1 and
                            len({place.after for place in places}) > 1)
    for name, places in report.places.items():
        for place in places:
            made["planted"] += any(min(end, place.end) - max(start, place.start) >=
                                   (place.end - place.start) / 2
                                   for start, end in recorded.get(name, ()))
    return made


# ---- recall ----
def pair_found(report, one, two):
    """None, "exact" or "longer"."""
    first, second = report.covering(*one), report.covering(*two)
    best = None
    for a in first:
        for b in second:
            if a.passage == b.passage and a is not b and a.words == b.words:
                if (a.start, a.end, b.start, b.end) == (*one[1:], *two[1:]):
                    return "exact"
                best = "longer"
    return best


def recall(report, pairs):
    made, missing = collections.Counter(), []
    for one, two in pairs:
        found = pair_found(report, one, two)
        made["pairs"] += 1
        made["within"] += one[0] == two[0]
        made[found or "missing"] += 1
        if not found:
            missing.append((one, two))
    return made, missing


# ---- sets ----
def documents_of(path):
    for line in sets.lines(path):
        record = sets.parse(line)
        if record and isinstance(record.get("text"), str):
            yield record


def planted(path):
    """Pairs of places of one passage, from the records' own notes."""
    places = collections.defaultdict(list)
    for record in documents_of(path):
        for plant in record.get("planted", ()):
            if plant["word_end"] - plant["word_start"] >= MIN_WORDS:
                places[plant["passage"]].append(
                    (record["id"], plant["word_start"], plant["word_end"]))
    return [pair for some in places.values() for pair in itertools.combinations(some, 2)]


def corpus_pairs(path):
    starts = {}
    for record in documents_of(path):
        counts = [len(words_of(paragraph)) for paragraph in record["text"].split("\n\n")]
        starts[record["id"]] = [0, *itertools.accumulate(counts)]
    _, records = sets.stories()

    def place(name, paragraph):
        return name, *starts[name][paragraph:paragraph + 2]
    return [(place(r["a"], r["a_paragraph"]), place(r["b"], r["b_paragraph"]))
            for r in records if r["kind"] == "paragraph"]


def newspapers(folder):
    """The pages of one day, and the pairs that share many 5-grams."""
    path, grams = folder / "newspapers.jsonl", collections.defaultdict(set)
    pages = [record for record in documents_of(sets.shared("newspapers-1916-06.jsonl.zst"))
             if record["date"] == DAY]
    sets.write(path, pages)
    for number, page in enumerate(pages):
        words = words_of(page["text"])
        for gram in zip(*(words[i:] for i in range(5))):
            grams[gram].add(number)
    count = collections.Counter(pair for some in grams.values() if len(some) > 1
                                for pair in itertools.combinations(sorted(some), 2))
    found = [tuple(pages[i]["id"] for i in pair) for pair, shared in count.items()
             if shared >= SHARED]
    if not found:
        raise sets.Absent("no two pages of %s share %d 5-grams" % (DAY, SHARED))
    return path, found


def show(name, part, whole, note=""):
    print("  %-34s%9d of %9d  %.4f%s" % (name, part, whole, part / whole if whole else 1, note),
          flush=True)
    return part / whole if whole else 1.0


def judge_pages(report, pairs):
    """Newspapers: a pair of pages is found if a passage has places on both."""
    pages = {name: {place.passage for place in places} for name, places in report.places.items()}
    found = sum(bool(pages.get(a, set()) & pages.get(b, set())) for a, b in pairs)
    return show("pairs of pages found", found, len(pairs), "  (%d or more 5-grams)" % SHARED)


def judge_pairs(options, report, pairs):
    made, missing = recall(report, pairs)
    share = show("recorded pairs found", made["pairs"] - made["missing"], made["pairs"],
                 "  (%d within one document)" % made["within"])
    show("  exactly as recorded", made["exact"], made["exact"] + made["longer"])
    show("  with more common words", made["longer"], made["exact"] + made["longer"])
    for one, two in missing[:options.wrong]:
        print("    missing: %s words %d-%d, %s words %d-%d" % (*one, *two))
    return share


def judge_report(report, recorded):
    made = precision(report, recorded)
    share = show("places that are repeats", made["right"], made["places"],
                 "  in %d passages" % made["passages"])
    show("  with right byte offsets", made["bytes_right"], made["places"])
    show("  of recorded passages", made["planted"], made["places"])
    show("passages with a right word count", made["words_right"], made["passages"])
    show("passages that cannot be longer", made["maximal"], made["passages"])
    return share, made


def judge(options, folder, name, words):
    """One set: (numbers, whether they reach --at-least)."""
    pairs, page_pairs = [], None
    if name == "planted":
        path = sets.crawl(options, folder, "passages")
        pairs = planted(path)
    elif name == "corpus":
        path = sets.ROOT / "corpus/articles.jsonl"
        pairs = corpus_pairs(path)
    elif name == "newspapers":
        path, page_pairs = newspapers(folder)
    else:
        path = name
        pairs = planted(path)
    text, seconds = groups.run([options.syndic, "passages", "--quiet", *words, str(path)])
    report = Report(text)
    report.check((record["id"], record["text"]) for record in documents_of(path))
    recorded = collections.defaultdict(set)
    for pair in pairs:
        for document, start, end in pair:
            recorded[document].add((start, end))
    print("\n%s: %s, %.2f s" % (name, " ".join(["syndic passages", *words]), seconds))
    found = (judge_pages(report, page_pairs) if page_pairs is not None else
             judge_pairs(options, report, pairs) if pairs else 1.0)
    right, made = judge_report(report, recorded)
    reached = options.at_least is None or min(found, right) >= options.at_least
    return dict(made, recall=found, precision=right, seconds=seconds), reached
