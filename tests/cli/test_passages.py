# SPDX-License-Identifier: Apache-2.0
"""syndic passages: what repeats and where, against literal expectations and a slow oracle; and the
corpus written again with its repeats listed, or cut and put back."""
import collections
import itertools
import json
import os
import random
import re
import shutil

from harness import (CORPUS, ROOT, Skip, case, equal, gz, has, json_lines, main, read, record, story,
                     syndic, tables, tree, true, unzstd, write)

# From another program: xxhash.xxh3_128_hexdigest(b"word0 word1 ... word29").
HASH_OF_30_WORDS = "9897f9d76d92b99e2173a5c89ab09f2e"


def words(name, count):
    return [name + str(i) for i in range(count)]


def passages(*arguments, **options):
    return syndic("passages", *arguments, **options).lines()


def places(passage):
    return [(p["id"], p["word_start"], p["word_end"]) for p in passage["places"]]


def listing(*arguments, **options):
    return [(p["words"], places(p)) for p in passages(*arguments, **options)]


# ---- literal expectations ----
@case
def one_passage_of_two_documents():
    same = words("word", 30)
    write("in.jsonl", record("a", "Lead, of A: " + " ".join(same) + ". End of a!") +
          record("b", "“" + " ".join(same).upper() + "” was all."))
    got = passages("in.jsonl")
    equal(got, [{"hash": HASH_OF_30_WORDS, "words": 30,
                 "snippet": " ".join(same[:12]) + " word12",
                 "places": [{"id": "a", "byte_start": 12, "byte_end": 211, "word_start": 3,
                             "word_end": 33},
                            {"id": "b", "byte_start": 3, "byte_end": 202, "word_start": 0,
                             "word_end": 30}]}])


@case
def twenty_words_count_unless_told_otherwise():
    for count, found in ((19, 0), (20, 1), (21, 1)):
        same = " ".join(words("w", count))
        write("in.jsonl", record("a", "one " + same) + record("b", "two " + same))
        equal(len(passages("in.jsonl")), found, "%d words" % count)
    same = " ".join(words("w", 7))
    write("in.jsonl", record("a", "one " + same) + record("b", "two " + same + " more"))
    equal(listing("--min-words", 7, "in.jsonl"), [(7, [("a", 1, 8), ("b", 1, 8)])])
    equal(listing("--min-words", 8, "in.jsonl"), [])
    equal(listing("--min-words", 2, "in.jsonl"), [(7, [("a", 1, 8), ("b", 1, 8)])])


@case
def longer_and_shorter_ones():
    one, two, three = words("one", 25), words("two", 25), words("three", 25)
    write("in.jsonl", record("abc", " ".join(one + two + three)) +
          record("ab", " ".join(one + two + ["x"])) + record("bc", " ".join(["y"] + two + three)))
    # What ab and bc share lies in longer ones everywhere, but these are not the same.
    equal(listing("in.jsonl"),
          [(50, [("abc", 0, 50), ("ab", 0, 50)]),
           (50, [("abc", 25, 75), ("bc", 1, 51)]),
           (25, [("abc", 25, 50), ("ab", 25, 50), ("bc", 1, 26)])])


@case
def within_and_across():
    one, two = words("one", 25), words("two", 30)
    write("in.jsonl", record("a", " ".join(one + ["x"] + two + ["y"] + one)) +
          record("b", " ".join(["z"] + two)) + record("c", " ".join(one + ["q"] + one)))
    of_one = (25, [("a", 0, 25), ("a", 57, 82), ("c", 0, 25), ("c", 26, 51)])
    of_two = (30, [("a", 26, 56), ("b", 1, 31)])
    equal(listing("in.jsonl"), [of_one, of_two])
    equal(listing("--within", "in.jsonl"), [of_one])
    equal(listing("--across", "in.jsonl"), [of_one, of_two])
    write("in.jsonl", record("a", " ".join(one + ["y"] + one)) + record("b", " ".join(two)))
    equal(listing("--across", "in.jsonl"), [])


@case
def places_do_not_overlap():
    one = words("w", 25)
    write("in.jsonl", record("a", " ".join(one * 3)) + record("b", " ".join(["no"] * 500)))
    # What repeats itself from word to word counts at its ends.
    equal(listing("in.jsonl"), [(25, [("a", 0, 25), ("a", 25, 50), ("a", 50, 75)]),
                                (20, [("b", 0, 20), ("b", 480, 500)])])


@case
def a_notice_on_many_pages_is_one_passage():
    notice = " ".join(words("notice", 40))
    write("in.jsonl", "".join(record(i, story(i, 30) + " " + notice + " " + story(-i - 1, 30))
                              for i in range(3000)))
    (passage,) = passages("in.jsonl")
    equal(passage["words"], 40)
    equal(places(passage), [(str(i), 30, 70) for i in range(3000)])


@case
def pages_that_are_nearly_the_same():
    """Each of 600 copies of a text has words of its own at three places: lines and places stay few."""
    source = random.Random("near")
    base = words("w", 300)
    lines = []
    for i in range(600):
        text = list(base)
        for at in source.sample(range(300), 3):
            text[at] = "own%dx%d" % (i, at)
        lines.append(record(i, " ".join(text)))
    write("in.jsonl", "".join(lines))
    got = passages("in.jsonl")
    true(len(got) <= 4 * 600, "%d passages of 600 documents with 4 parts each" % len(got))
    listed = sum(len(p["places"]) for p in got)
    true(listed < 600 * 4 * 66, "%d places" % listed)
    covered = collections.defaultdict(set)
    for p in got:
        for q in p["places"]:
            covered[q["id"]].update(range(q["word_start"], q["word_end"]))
            true("left_out" not in p or p["left_out"] > 0, "a count")
    for line in lines:
        d = json.loads(line)
        text = d["text"].split()
        run = 0
        for at in range(301):
            own = at == 300 or text[at].startswith("own")
            if own and run >= 20:
                missed = set(range(at - run, at)) - covered[str(d["id"])]
                true(not missed, "words %s of document %s are nowhere listed" % (missed, d["id"]))
            run = 0 if own else run + 1


@case
def one_word_more_by_chance_is_not_listed():
    same = " ".join(words("w", 30))
    ends = ["end%d" % i for i in range(8)] + ["the", "the"]
    write("in.jsonl", "".join(record(i, "start%d %s %s tail%d" % (i, same, end, i))
                              for i, end in enumerate(ends)))
    equal([p["words"] for p in passages("in.jsonl")], [30])
    write("in.jsonl", "".join(record(i, "start%d %s %s tail%d" % (i, same, end, i))
                              for i, end in enumerate(ends[-3:])))
    equal(sorted(p["words"] for p in passages("in.jsonl")), [30, 31])


@case
def snippets_are_short_and_on_one_line():
    same = "First\n\n\tline  of \x07 it " + " ".join(words("word", 40))
    write("in.jsonl", record("a", "x " + same) + record("b", "y " + same))
    (passage,) = passages("in.jsonl")
    equal(passage["snippet"], "First line of \x07 it word0 word1 word2 word3 word4 word5 word6 word7 word8")
    long = "é" * 200
    write("in.jsonl", record("a", "x " + long + " " + same) + record("b", "y " + long + " " + same))
    (passage,) = passages("in.jsonl")
    equal(passage["snippet"], "é" * 40)


@case
def offsets_are_of_the_unescaped_text():
    same = " ".join(words("wörd", 22))
    line = '{"id":"a","text":"\\u00e9\\n\\ud83d\\ude00 %s"}\n' % same
    write("in.jsonl", line + record("b", "«" + same + "»"))
    (passage,) = passages("in.jsonl")
    text = same.encode()
    equal([(p["byte_start"], p["byte_end"]) for p in passage["places"]],
          [(8, 8 + len(text)), (2, 2 + len(text))])


@case
def scripts_without_spaces():
    same = "".join(chr(0x4e00 + i) for i in range(25))
    write("in.jsonl", record("a", "甲" + same + "。") + record("b", "乙乙" + same))
    (passage,) = passages("in.jsonl")
    equal((passage["words"], places(passage)), (25, [("a", 1, 26), ("b", 2, 27)]))
    equal([(p["byte_start"], p["byte_end"]) for p in passage["places"]], [(3, 78), (6, 81)])


# ---- real and made texts ----
def blocks(text):
    """Byte ranges of the blocks of an article, without what is not a word at their ends."""
    at = 0
    for block in text.split("\n\n"):
        start, end = 0, len(block)
        while start < end and not block[start].isalnum():
            start += 1
        while end > start and not block[end - 1].isalnum():
            end -= 1
        yield at + len(block[:start].encode()), at + len(block[:end].encode())
        at += len(block.encode()) + 2


@case
def paragraphs_of_the_corpus():
    texts = {d["id"]: d["text"] for d in json_lines(CORPUS)}
    found = collections.defaultdict(list)
    for number, passage in enumerate(passages(CORPUS)):
        for place in passage["places"]:
            found[place["id"]].append((number, place["byte_start"], place["byte_end"]))
    truth = [t for t in json_lines(os.path.join(ROOT, "corpus", "truth.jsonl"))
             if t["kind"] == "paragraph"]
    equal(len(truth), 874)
    for t in truth:
        holders = []
        for document, paragraph in ((t["a"], t["a_paragraph"]), (t["b"], t["b_paragraph"])):
            start, end = list(blocks(texts[document]))[paragraph]
            holders.append({(n, s) for n, s, e in found[document] if s <= start and e >= end})
        both = {n for n, _ in holders[0]} & {n for n, _ in holders[1]}
        if t["a"] == t["b"]:  # two places of it
            both = {n for n in both if len({s for m, s in holders[0] | holders[1] if m == n}) > 1}
        true(both, "not found: %s" % t)


@case
def five_paragraphs_of_an_article():
    folder = os.path.join(os.path.dirname(ROOT), "shared", "data", "articles")
    if not os.path.isdir(folder):
        raise Skip("there is no %s" % folder)
    name = "004_c7a8278b624e5278.txt"
    text = read(os.path.join(folder, name))
    (passage,) = passages("--within", os.path.join(folder, name))
    equal([(p["byte_start"], p["byte_end"], p["word_start"], p["word_end"])
           for p in passage["places"]], [(17, 1453, 4, 246), (2852, 4288, 466, 708)])
    for start, end in ((17, 1453), (2852, 4288)):
        part = text[start:end].decode()
        true(part.startswith("Previous talks on May 16"), part[:40])
        true(part.endswith("the Ukrainian capital Kyiv"), part[-40:])
        equal(part.count("\n"), 5)
    equal(text[17:1453], text[2852:4288])


# ---- noise ----
def noisy(text, share, seed):
    """Words of a text, some of them misread, split or lost."""
    source, out = random.Random(seed), []
    for word in text.split():
        kind = source.random() / share
        if kind > 1:
            out.append(word)
        elif kind > 0.4:
            out.append(word[:-1] + "q")
        elif kind > 0.2:
            out += [word[:2], word[2:] or "x"]
    return " ".join(out)


@case
def fuzzy_passages_have_gaps():
    one, two = words("one", 15), words("two", 15)
    write("in.jsonl", record("a", " ".join(["x", "y"] + one + ["lost", "of", "a"] + two + ["z"])) +
          record("b", " ".join(one + ["b", "b"] + two + ["end"])) +
          record("c", " ".join(one + ["c"] + words("three", 15))))
    equal(passages("in.jsonl"), [])
    (passage,) = passages("--fuzzy", "in.jsonl")
    equal((passage["words"], places(passage)), (33, [("a", 2, 35), ("b", 0, 32)]))
    equal([p["similarity"] for p in passage["places"]], [1.0, 0.909091])  # 30 of 33
    equal([(p["byte_start"], p["byte_end"]) for p in passage["places"]], [(4, 173), (0, 163)])
    equal(passages("--fuzzy", "--min-words", 31, "in.jsonl"), [])
    equal([places(p) for p in passages("--fuzzy", "--min-words", 15, "in.jsonl")],
          [[("a", 2, 35), ("b", 0, 32)], [("a", 2, 17), ("b", 0, 15), ("c", 0, 15)]])


@case
def fuzzy_finds_noisy_stories():
    """20 pages of two stories each; every story is on four pages, each time with other errors."""
    stories = [story("noise %d" % i, 150) for i in range(10)]
    lines = [record(page, noisy(stories[page % 10] + " " + story(page, 100) + " " +
                                stories[(page * 3 + 1) % 10], 0.08, page)) for page in range(20)]
    write("in.jsonl", "".join(lines))
    got = passages("--fuzzy", "in.jsonl")
    together = {frozenset((p["id"], q["id"])) for passage in got
                for p, q in itertools.combinations(passage["places"], 2)}
    for a, b in itertools.combinations(range(20), 2):
        shared = {a % 10, (a * 3 + 1) % 10} & {b % 10, (b * 3 + 1) % 10}
        equal(frozenset((str(a), str(b))) in together, bool(shared), "pages %d and %d" % (a, b))
    for passage in got:
        equal(passage["places"][0]["similarity"], 1.0)
        true(all(0.3 < p["similarity"] <= 1 for p in passage["places"]), str(passage))
    equal(passages("--fuzzy", "--within", "in.jsonl"), [])
    equal(passages("--fuzzy", "--across", "in.jsonl"), got)


@case
def newspapers_of_one_day():
    """Of the pairs of pages that share 50 word 5-grams 95 in 100 are found by --fuzzy."""
    path = os.path.join(os.path.dirname(ROOT), "shared", "data", "newspapers-1916-06.jsonl.zst")
    if not os.path.exists(path):
        raise Skip("there is no %s" % path)
    pages = [page for page in map(json.loads, unzstd(read(path)).splitlines())
             if page["date"] in ("1916-06-01", "19160601")]
    write("day.jsonl", "".join(record(i, page["text"]) for i, page in enumerate(pages)))
    grams = collections.defaultdict(set)
    for i, page in enumerate(pages):
        text = re.findall(r"[^\W_]+", page["text"].lower())
        for gram in zip(*(text[j:] for j in range(5))):
            grams[gram].add(i)
    counts = collections.Counter(pair for some in grams.values() if len(some) > 1
                                 for pair in itertools.combinations(sorted(some), 2))
    wanted = {pair for pair, shared in counts.items() if shared >= 50}
    equal(len(wanted), 180)
    for options in (["--fuzzy"], ["--min-words", 12]):
        found = set()
        for passage in passages(*options, "day.jsonl"):
            ids = sorted({int(p["id"]) for p in passage["places"]})
            found.update(itertools.combinations(ids, 2))
        true(len(wanted & found) >= 0.95 * 180, "%s: %d of 180" % (options, len(wanted & found)))


# ---- the corpus written again ----
def put_back(text, cuts):
    text = text.encode()
    for cut in cuts:
        text = text[:cut["byte_start"]] + cut["text"].encode() + text[cut["byte_start"]:]
    return text.decode()


def word_list(text):
    """Words of an article of the corpus, near enough: letters of scripts without spaces are words."""
    return re.findall(r"[\u3041-\u30ff\u4e00-\u9fff\u3005]|(?:(?![\u3041-\u30ff\u4e00-\u9fff\u3005])"
                      r"[^\W_]|[\u064b-\u0652\u0670])+", text.casefold())


@case
def repeats_are_cut_and_can_be_put_back():
    syndic("passages", "--remove-repeats", CORPUS, "-o", "out")
    equal(sorted(os.listdir("out")), ["articles.jsonl", "cut.jsonl", "summary.json"])
    cuts = collections.defaultdict(list)
    for cut in json_lines("out/cut.jsonl"):
        cuts[cut["id"]].append(cut)
    before, after = json_lines(CORPUS), json_lines("out/articles.jsonl")
    texts = {old["id"]: old["text"] for old in before}
    seen = set()
    for old, new, line, raw in zip(before, after, read(CORPUS).splitlines(),
                                   read("out/articles.jsonl").splitlines()):
        mine = cuts[old["id"]]
        equal(put_back(new["text"], mine), old["text"])
        equal({k: v for k, v in new.items() if k != "text"},
              {k: v for k, v in old.items() if k != "text"})
        if not mine:
            equal(raw, line)
        for cut in mine:
            true(cut["text"].strip() in old["text"].split("\n\n"), "a whole paragraph: %s" % cut)
            kept = word_list(texts[cut["kept"]["id"]])
            equal(word_list(cut["text"]), kept[cut["kept"]["word_start"]:cut["kept"]["word_end"]])
        for paragraph in new["text"].split("\n\n"):
            if len(paragraph.split()) >= 25:
                key = " ".join(re.findall(r"\w+", paragraph.casefold()))
                true(key not in seen, "twice: %s" % paragraph)
                seen.add(key)
    summary = json.loads(read("out/summary.json"))
    equal(summary["command"], "passages")
    equal(summary["counts"]["cut"], sum(map(len, cuts.values())))
    true(summary["counts"]["cut"] > 400, "much is cut")


@case
def only_repeats_within_are_cut_when_asked():
    twice, other = " ".join(words("twice", 25)), " ".join(words("other", 25))
    text = "%s.\n\n%s.\n\n%s!\n\nEnd of it." % (twice, other, twice.upper())
    write("in.jsonl", record("a", text, more=[1]) + record("b", text))
    syndic("passages", "--remove-repeats", "--within", "in.jsonl", "-o", "within")
    equal(read("within/in.jsonl").decode(),
          "".join(record(i, "%s.\n\n%s.\n\nEnd of it." % (twice, other), **more)
                  for i, more in (("a", {"more": [1]}), ("b", {}))))
    equal([(c["id"], c["record"], c["byte_start"], c["byte_end"], c["word_start"], c["word_end"],
            c["text"], c["kept"]) for c in json_lines("within/cut.jsonl")][0],
          ("a", 1, len(twice + other) + 4, len(twice + other + twice) + 7, 50, 75,
           "\n\n" + twice.upper() + "!", {"id": "a", "word_start": 0, "word_end": 25}))
    syndic("passages", "--remove-repeats", "--across", "in.jsonl", "-o", "across")
    equal([d["text"] for d in json_lines("across/in.jsonl")], [text, ""])
    syndic("passages", "--remove-repeats", "in.jsonl", "-o", "both")
    equal([d["text"] for d in json_lines("both/in.jsonl")],
          ["%s.\n\n%s.\n\nEnd of it." % (twice, other), ""])


@case
def a_paragraph_with_a_word_of_its_own_stays():
    same = " ".join(words("same", 25))
    text = "One %s.\n\n%s.\n\nShort one.\n\n%s last." % (same, same, same)
    write("in.jsonl", record("a", text))
    syndic("passages", "--remove-repeats", "in.jsonl", "-o", "out")
    equal([d["text"] for d in json_lines("out/in.jsonl")],
          ["One %s.\n\nShort one.\n\n%s last." % (same, same)])


@case
def records_keep_their_bytes():
    same = " ".join(words("same", 25))
    raw = ('{ "x":1.50, "text" : "%s\\n\\nT\\u00fcr \\/ \\ud83d\\ude00\\n\\n%s", "id":"b" }\r\n' %
           ("lead " * 3, same)).encode()
    write("in/a.jsonl", b"\xef\xbb\xbf" + record("a", same).encode())
    write("in/b.jsonl.gz", gz(raw))
    write("in/c.txt", "\ufeff%s\n\nRest of it\n" % same)
    syndic("passages", "--remove-repeats", "--compress", "none", "in", "-o", "out")
    equal(read("out/a.jsonl"), read("in/a.jsonl"))
    equal(read("out/b.jsonl"), raw.replace(b"\\n\\n" + same.encode(), b""))
    equal(read("out/c.txt"), "\ufeffRest of it\n".encode())
    syndic("passages", "--annotate", "--compress", "none", "in/b.jsonl.gz", "-o", "marked")
    equal(read("marked/b.jsonl"), raw.replace(b" }\r\n", b' ,"repeats":[]}\r\n'))


@case
def repeats_are_listed_in_a_field():
    same, other = words("same", 25), words("other", 30)
    write("in.jsonl", record("a", " ".join(["x"] + same + ["y"] + other), of="a") +
          record("b", " ".join(other + same)) + record("c", "nothing") + "\n{bad\n")
    syndic("passages", "--annotate", "in.jsonl", "-o", "out", code=1)
    equal(sorted(os.listdir("out")), ["in.jsonl", "passages.jsonl", "skipped.jsonl", "summary.json"])
    equal(read("out/passages.jsonl"), syndic("passages", "in.jsonl", code=1).out)
    hashes = {p["words"]: p["hash"] for p in json_lines("out/passages.jsonl")}
    a, b, c = json_lines("out/in.jsonl")
    equal([(r["hash"], r["words"], r["word_start"], r["word_end"]) for r in a["repeats"]],
          [(hashes[25], 25, 1, 26), (hashes[30], 30, 27, 57)])
    equal([(r["words"], a["text"][r["byte_start"]:r["byte_end"]].split()) for r in a["repeats"]],
          [(25, same), (30, other)])
    equal([r["words"] for r in b["repeats"]], [30, 25])
    equal((c["repeats"], a["of"], list(a)), ([], "a", ["id", "text", "of", "repeats"]))


# ---- mistakes, and what the output does not depend on ----
@case
def mistakes_are_named():
    write("in.jsonl", record("a", "b"))
    write("a.txt", "b")
    for arguments, part in (
            ([], "nothing to read"),
            (["--within", "--across", "in.jsonl"], "exclude each other"),
            (["--annotate", "--remove-repeats", "in.jsonl", "-o", "x"], "exclude each other"),
            (["--annotate", "in.jsonl"], "needs -o OUTDIR"),
            (["--remove-repeats", "in.jsonl", "-o", "-"], "cannot be standard output"),
            (["--fuzzy", "--remove-repeats", "in.jsonl", "-o", "x"], "exclude each other"),
            (["--annotate", "a.txt", "-o", "x"], "is not JSON lines"),
            (["--min-words", "1", "in.jsonl"], "from 2 to 1000"),
            (["gone.jsonl"], "gone.jsonl"),
            (["in.jsonl", "-o", "in.jsonl"], "cannot be the output too")):
        has(syndic("passages", *arguments, code=2).err, part)
        true(not os.path.exists("x"), "nothing is left behind")
    os.mkdir("there")
    has(syndic("passages", "--annotate", "in.jsonl", "-o", "there", code=2).err, "--force")
    syndic("passages", "--annotate", "--force", "in.jsonl", "-o", "there")
    write("out/cut.jsonl", record("a", "b"))
    has(syndic("passages", "--remove-repeats", "out/cut.jsonl", "-o", "x", code=2).err, "our own file")
    has(syndic("passages", "--memory", "1M", "in.jsonl", code=2).err, "memory")


@case
def nothing_gives_nothing():
    write("in.jsonl", "")
    equal(syndic("passages", "in.jsonl").out, b"")
    equal(syndic("passages", "--fuzzy", "in.jsonl").out, b"")
    write("in.jsonl", record("a", "") + record("b", " ... "))
    equal(syndic("passages", "in.jsonl").out, b"")
    equal(syndic("passages", "-", input=record("a", "one two").encode()).out, b"")


@case
def any_number_of_threads_and_any_kernels():
    source = random.Random("threads")
    parts = [story("part %d" % i, 60) for i in range(40)]
    lines = [record(i, "\n\n".join(source.choice(parts) if source.random() < 0.8 else
                                    story(i, 30) for _ in range(source.randint(1, 12))))
             for i in range(800)]
    write("in/1.jsonl", "".join(lines[:500]))
    write("in/2.jsonl.gz", gz("".join(lines[500:]).encode()))

    def outputs(*options):
        made = [syndic("passages", *more, *options, "in").out
                for more in ([], ["--within"], ["--across"], ["--min-words", 7], ["--fuzzy"])]
        syndic("passages", "--remove-repeats", *options, "in", "-o", "out")
        found = tree("out")
        del found["summary.json"]
        shutil.rmtree("out")
        return made + [found]
    one = outputs("--threads", 1)
    true(all(one), "there are passages")
    for threads in (2, 5):
        equal(outputs("--threads", threads), one, "%d threads" % threads)
    for name in tables():
        equal(outputs("--kernels", name), one, name)


# ---- an oracle that knows the definition, and nothing else ----
def maximal_matches(documents, least, across):
    """The words that some two places have in common as far as they go -> all places of them."""
    where = [(d, i) for d, text in enumerate(documents) for i in range(len(text))]
    found = set()
    for (d, i), (e, j) in itertools.combinations(where, 2):
        a, b = documents[d], documents[e]
        if a[i] != b[j] or (i and j and a[i - 1] == b[j - 1]) or (across and d == e):
            continue
        n = 0
        while i + n < len(a) and j + n < len(b) and a[i + n] == b[j + n]:
            n += 1
        if n >= least:
            found.add(tuple(a[i:i + n]))
    return {text: [(d, i) for d, i in where if tuple(documents[d][i:i + len(text)]) == text]
            for text in found}


def count(documents, text):
    return sum(tuple(words[i:i + len(text)]) == text for words in documents
               for i in range(len(words)))


def is_chance(documents, text, places, least):
    for more, times in ((1, 2), (2, 20), (3, 200)):
        for left in range(more + 1):
            part = text[left:len(text) - (more - left)]
            if len(part) >= least and count(documents, part) > times * places:
                return True
    return False


def expected_of(documents, least, across):
    """[(words, places)] of some documents by themselves."""
    repeats = {text: places for text, places in maximal_matches(documents, least, across).items()
               if not is_chance(documents, text, len(places), least)}
    spans = collections.defaultdict(set)
    for text, places in repeats.items():
        for d, i in places:
            spans[d].add((i, i + len(text)))
    wanted = []
    for text, places in repeats.items():
        n, kept = len(text), []
        own = sum(not any(s <= i and i + n <= e and e - s > n for s, e in spans[d])
                  for d, i in places)
        if not own and len(places) > 8:
            continue
        for d, i in places:
            if not kept or kept[-1][0] != d or i - kept[-1][1] >= n:
                kept.append((d, i))
        if len(kept) > 1 and not (across and len({d for d, _ in kept}) == 1):
            wanted.append((text, kept))
    return wanted


def expected(documents, least, scope):
    if scope == "within":
        merged = collections.defaultdict(list)
        for d, text in enumerate(documents):
            for repeat, places in expected_of([text], least, False):
                merged[repeat] += [(d, i) for _, i in places]
        wanted = list(merged.items())
    else:
        wanted = expected_of(documents, least, scope == "across")
    wanted.sort(key=lambda item: (item[1][0], -len(item[0])))
    return [(len(text), [("d%d" % d, i, i + len(text)) for d, i in places])
            for text, places in wanted]


def made_of_parts(source):
    """Documents of parts that several of them have, whole or cut, in any order."""
    parts = [words("p%dx" % i, source.randint(3, 14)) for i in range(source.randint(2, 6))]
    documents = []
    for d in range(source.randint(1, 4)):
        text = []
        for part in source.sample(parts, source.randint(1, len(parts))) * source.randint(1, 2):
            a, b = sorted(source.sample(range(len(part) + 1), 2))
            text += part if source.random() < 0.7 else part[a:b]
            if source.random() < 0.4:
                text.append("own%d" % len(text))
        documents.append(text)
    return documents


@case
def the_oracle_agrees():
    listed = 0
    for seed in range(120):
        source = random.Random(seed)
        documents = made_of_parts(source)
        least = source.choice((3, 4, 6, 9))
        write("in.jsonl", "".join(record("d%d" % d, " ".join(text))
                                  for d, text in enumerate(documents)))
        for scope in ("anywhere", "within", "across"):
            options = [] if scope == "anywhere" else ["--" + scope]
            got = listing("--min-words", least, *options, "in.jsonl")
            equal(got, expected(documents, least, scope), "seed %d, %s, at least %d words of %s" %
                  (seed, scope, least, [" ".join(t) for t in documents]))
            listed += len(got)
    true(listed > 300, "%d passages were compared" % listed)


if __name__ == "__main__":
    main()
