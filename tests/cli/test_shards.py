#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Sketch files: whatever the inputs are cut into, groups and clean files are the bytes of one run; and
what does not belong together is refused by name and reason."""
import os
import random
import shutil

from harness import *

MAKE = {"near": [], "exact": ["--by", "exact"], "simhash": ["--by", "simhash"]}


def warc(identity, text):
    body = text.encode()
    return (b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Record-ID: <urn:%s>\r\n"
            b"WARC-Target-URI: http://a.example/%s\r\nContent-Type: text/plain\r\n"
            b"Content-Length: %d\r\n\r\n%s\r\n\r\n"
            % (identity.encode(), identity.encode(), len(body), body))


def inputs(seed=1):
    """Files of every kind with exact and near copies across them; their names in order."""
    source = random.Random(seed)
    texts = [story("%d %d" % (seed, i)) for i in range(12)]

    def text():
        base = source.choice(texts)
        kind = source.random()
        if kind < 0.3:
            return base
        words = base.split(" ")
        for _ in range(source.randint(1, 4)):
            words[source.randrange(len(words))] = "w%d" % source.randrange(9999)
        return " ".join(words)

    def lines(name, n):
        rows = [record("%s-%d" % (name, i), text(), date="2026-%02d" % source.randint(1, 12),
                       score=source.random()) for i in range(n)]
        rows.insert(n // 2, "{broken\n")
        rows.append(json.dumps({"text": text()}) + "\n")
        rows.append(record(name + "-empty", " . "))
        return "".join(rows).encode()

    write("in/a.jsonl", lines("a", 30))
    write("in/b.jsonl.gz", gz(lines("b", 25)) + gz(lines("bb", 5)))
    write("in/c.txt", text())
    write("in/d.jsonl", b"\xef\xbb\xbf" + lines("d", 10))
    write("in/e.jsonl", b"")
    names = ["in/a.jsonl", "in/b.jsonl.gz", "in/c.txt", "in/d.jsonl", "in/e.jsonl"]
    write("in/f.warc.gz", b"".join(gz(warc("f%d" % i, text())) for i in range(8)))
    names.append("in/f.warc.gz")
    if have_zstd():
        write("in/g.jsonl.zst", zstd(lines("g", 20)))
        names.append("in/g.jsonl.zst")
    return names


def shardings(names, seed):
    """All in one, each alone, and some cuts by chance."""
    yield [names]
    yield [[name] for name in names]
    source = random.Random(seed)
    for _ in range(3):
        cuts = sorted(source.sample(range(1, len(names)), source.randint(1, len(names) - 2)))
        yield [names[a:b] for a, b in zip([0] + cuts, cuts + [len(names)])]


def sketch(shards, *options):
    """A sketch file of each shard; their names."""
    made = []
    for i, shard in enumerate(shards):
        made.append("s%d.syn" % i)
        syndic("sketch", *options, *shard, "-o", made[-1], code=None)
    return made


def same(shards, names, make, group=()):
    wanted = syndic("group", *make, *group, *names, code=None)
    got = syndic("group", *group, *sketch(shards, *make), code=wanted.code)
    equal(got.out, wanted.out, "groups of %s with %s %s" % (shards, make, group))
    return wanted, got


@case
def any_sharding_gives_the_same_groups():
    names = inputs()
    for number, shards in enumerate(shardings(names, 5)):
        for form in ("jsonl", "tsv", "pairs", "table"):
            wanted, got = same(shards, names, [], ["--format", form])
        true(len(wanted.out) > 1000, "there are groups")
        equal(got.err, wanted.err, "messages, sharding %d" % number)
    equal(got.code, 1, "exit status: records were skipped")


@case
def with_every_relation_and_every_way_to_verify():
    names = inputs(2)
    shards = list(shardings(names, 7))[3]
    for make in MAKE.values():
        for form in ("jsonl", "pairs"):
            same(shards, names, make, ["--format", form])
    for verify in ("default", "signature", "exact", "none"):
        same(shards, names, [], ["--verify", verify])
    same(shards, names, ["--by", "exact", "--normalize", "none"])
    same(shards, names, ["--by", "simhash"], ["--distance", "6"])


@case
def with_options_that_decide_sketches():
    names = inputs(3)
    shards = list(shardings(names, 9))[2]
    for make in (["--threshold", "0.5"], ["--shingle", "char:9"], ["--minhash", "kperm"],
                 ["--signature-slots", "200"], ["--bands", "10", "--rows", "5"],
                 ["--num-perm", "64", "--threshold", "0.65"], ["--keep", "longest"],
                 ["--keep", "min:date"], ["--keep", "max:score"], ["--id-field", "date"],
                 ["--max-record", "700"], ["--threshold", "0.123456789"]):
        same(shards, names, make)


@case
def options_of_grouping_may_come_later():
    names = inputs(4)
    made = sketch(list(shardings(names, 3))[2], "--keep", "min:date")
    for later in (["--threshold", "0.81"], ["--keep", "max:date"], ["--keep", "first"],
                  ["--keep", "longest"], ["--by", "exact"], ["--threads", "1"],
                  ["--shingle", "word:5", "--bands", "16", "--rows", "8"]):
        wanted = syndic("group", "--keep", "min:date", *later, *names, code=1)
        equal(syndic("group", *later, *made, code=1).out, wanted.out, "groups with %s" % later)


@case
def dedup_by_groups_is_the_same_as_one_run():
    names = inputs()
    for empty in ("keep", "drop"):
        syndic("dedup", *names, "--empty", empty, "-o", "one-" + empty, code=1)
        one = tree("one-" + empty)
        shards = list(shardings(names, 11))[2]
        syndic("group", *sketch(shards), "-o", "groups.jsonl", code=1)
        syndic("dedup", "--groups", "groups.jsonl", *names, "--empty", empty, "-o",
               "all-" + empty, code=1)
        got = tree("all-" + empty)
        summaries = json.loads(one.pop("summary.json")), json.loads(got.pop("summary.json"))
        equal(summaries[0]["counts"], summaries[1]["counts"], "counts")
        equal(summaries[1]["options"]["groups"], "groups.jsonl")
        equal(got, one, "all inputs")
        parts, removed, skipped = {}, b"", b""
        for i, shard in enumerate(shards):
            folder = "part-%s-%d" % (empty, i)
            syndic("dedup", "--groups", "groups.jsonl", *shard, "--empty", empty, "-o", folder,
                   code=None)
            part = tree(folder)
            removed += part.pop("removed.jsonl")
            skipped += part.pop("skipped.jsonl", b"")
            part.pop("summary.json")
            parts.update(part)
        equal(removed, one.pop("removed.jsonl"), "removed of all parts")
        equal(skipped, one.pop("skipped.jsonl"), "skipped of all parts")
        equal(parts, one, "all parts")


@case
def groups_from_a_pipe_and_compressed():
    names = inputs()
    groups = syndic("group", *names, code=1).out
    syndic("dedup", *names, "-o", "one", code=1)
    write("groups.jsonl.gz", gz(groups))
    syndic("dedup", "--groups", "-", *names, "-o", "pipe", code=1, input=groups)
    syndic("dedup", "--groups", "groups.jsonl.gz", *names, "-o", "packed", code=1)
    equal(read("pipe/removed.jsonl"), read("one/removed.jsonl"))
    equal(read("packed/removed.jsonl"), read("one/removed.jsonl"))


@case
def sketch_files_do_not_depend_on_threads_and_kernels():
    names = inputs()
    syndic("sketch", *names, "-o", "a.syn", "--threads", "1", code=1)
    for options in (["--threads", "4"], ["--kernels", "scalar"]):
        syndic("sketch", *names, "-o", "b.syn", *options, code=1)
        equal(read("b.syn"), read("a.syn"))
    equal(syndic("sketch", *names, "-o", "-", code=1).out, read("a.syn"))


@case
def a_shard_with_an_input_that_is_missing():
    write("a.jsonl", record("1", story(1)) + record("2", story(1)))
    wanted = syndic("group", "a.jsonl", "gone.jsonl", code=1)
    syndic("sketch", "a.jsonl", "gone.jsonl", "-o", "a.syn", code=1)
    got = syndic("group", "a.syn", code=1)
    equal(got.out, wanted.out)
    equal(got.err, wanted.err)


def close_pair():
    """Two documents near the threshold, so that signatures do not decide."""
    words = story("close", 300).split(" ")
    other = list(words)
    for i in range(5):
        other[i * 50 + 20] = "other%d" % i
    write("a.jsonl", record("1", " ".join(words)))
    write("b.jsonl", record("2", " ".join(other)))
    syndic("sketch", "a.jsonl", "-o", "a.syn")
    syndic("sketch", "b.jsonl", "-o", "b.syn")
    wanted = syndic("group", "a.jsonl", "b.jsonl", "--verify", "exact").out
    equal(wanted.count(b"\n"), 1, "groups")
    return wanted


@case
def texts_are_looked_for_beside_the_sketch_file_too():
    wanted = close_pair()
    os.makedirs("elsewhere")
    for name in ("a.jsonl", "b.jsonl", "a.syn", "b.syn"):
        shutil.move(name, "elsewhere/" + name)
    equal(syndic("group", "elsewhere/a.syn", "elsewhere/b.syn", "--verify", "exact").out, wanted)


@case
def texts_that_are_gone_or_changed_are_refused():
    close_pair()
    text = read("b.jsonl")
    run = lambda: syndic("group", "a.syn", "b.syn", "--verify", "exact", code=2)
    os.remove("b.jsonl")
    gone = run()
    has(gone.err, "b.jsonl: cannot open: no such file or directory")
    has(gone.err, "--verify signature needs none")
    equal(gone.out, b"")
    write("b.jsonl", text + b"\n")
    has(run().err, "b.jsonl: is not the file that was sketched: %d bytes, not %d"
        % (len(text) + 1, len(text)))
    write("b.jsonl", text.replace(b"other3", b"xther3"))
    has(run().err, "b.jsonl:1: has another text than when it was sketched")
    write("b.jsonl", text.replace(b'"text"', b'"test"'))
    run()
    write("b.jsonl", b"x" * len(text))
    run()
    os.remove("b.jsonl")
    os.mkdir("b.jsonl")
    run()
    for verify in ("signature", "none"):
        syndic("group", "a.syn", "b.syn", "--verify", verify)


@case
def standard_input_can_be_sketched_and_not_be_read_again():
    close_pair()
    syndic("sketch", "-", "-o", "c.syn", input=read("b.jsonl"))
    has(syndic("group", "a.syn", "c.syn", "--verify", "exact", code=2).err,
        "-: was standard input, which cannot be read again")
    syndic("group", "a.syn", "c.syn", "--verify", "signature")


@case
def files_of_other_parameters_are_refused():
    write("a.jsonl", record("1", story(1)))
    syndic("sketch", "a.jsonl", "-o", "a.syn")
    for option, value, made in (("shingle", "word:4", "word:5"), ("signature-slots", "64", "128"),
                                ("threshold", "0.9", "0.8"), ("minhash", "kperm", "onep"),
                                ("by", "simhash", "near"), ("text-field", "id", "text"),
                                ("max-record", "1000", "1073741824"), ("keep", "longest", "first")):
        syndic("sketch", "a.jsonl", "-o", "b.syn", "--" + option, value)
        error = syndic("group", "a.syn", "b.syn", code=2).err
        has(error, "b.syn: was made with ")
        if option != "threshold" and option != "by" and option != "signature-slots":
            has(error, "%s '%s', and 'a.syn' with '%s'" % (option, value, made))


@case
def options_that_need_other_sketches_are_refused():
    write("a.jsonl", record("1", story(1), date=1))
    syndic("sketch", "a.jsonl", "-o", "a.syn")
    for options, reason in (
            (["--shingle", "word:4"], "a.syn: was made with --shingle word:5; --shingle word:4 "
                                      "needs new sketches"),
            (["--signature-slots", "64"], "--signature-slots 64 needs new sketches"),
            (["--num-perm", "64"], "--signature-slots 64 needs new sketches"),
            (["--bands", "4", "--rows", "4"], "--bands 4 needs new sketches"),
            (["--minhash", "kperm"], "--minhash kperm needs new sketches"),
            (["--text-field", "body"], "--text-field body needs new sketches"),
            (["--by", "simhash"], "was made with --by near; --by simhash needs new sketches"),
            (["--by", "exact", "--normalize", "none"], "--normalize none needs new sketches"),
            (["--by", "syndication"], "was made with --by near; --by syndication needs"),
            (["--threshold", "0.5"], "has 16 bands of 8 rows, good for --threshold 0.8; 0.5 needs "
                                     "42 of 3 and new sketches"),
            (["--keep", "min:date"], "holds no values of the field 'date' that --keep names"),
            (["--dry-run=read"], "--dry-run=read is for inputs")):
        has(syndic("group", *options, "a.syn", code=2).err, reason)
    has(syndic("sketch", "--by", "syndication", "a.jsonl", "-o", "y.syn", code=2).err,
        "--by syndication: sketch files do not hold what it needs; group the inputs")
    syndic("sketch", "--by", "exact", "a.jsonl", "-o", "e.syn")
    has(syndic("group", "--by", "near", "e.syn", code=2).err,
        "was made with --by exact; --by near needs new sketches")


@case
def what_is_no_sketch_file_is_refused():
    write("a.jsonl", record("1", story(1)))
    syndic("sketch", "a.jsonl", "-o", "a.syn")
    good = read("a.syn")
    version = bytearray(good)
    version[8] = 2
    for content, reason in ((b"", "not a sketch file"), (b"hello\n", "not a sketch file"),
                            (good[:10], "the sketch file is cut off"),
                            (good[:-1], "the sketch file is cut off, or something follows its end"),
                            (good + b"\n", "the sketch file is cut off, or something follows"),
                            (bytes(version), "sketch file of format version 2; this syndic")):
        write("b.syn", content)
        for command in (["group", "a.syn", "b.syn"], ["inspect", "b.syn"]):
            run = syndic(*command, code=2)
            has(run.err, "b.syn: ")
            has(run.err, reason)
            equal(run.out, b"")
    os.remove("b.syn")
    os.mkdir("b.syn")
    has(syndic("group", "b.syn", code=2).err, "b.syn: not a regular file")
    has(syndic("group", "gone.syn", code=2).err, "gone.syn: cannot open: no such file")


@case
def damage_anywhere_is_refused():
    write("a.jsonl", record("1", story(1)) + record("2", story(2)))
    syndic("sketch", "a.jsonl", "-o", "a.syn")
    good = read("a.syn")
    for at in range(0, len(good), 41):
        bad = bytearray(good)
        bad[at] ^= 0x10
        write("b.syn", bytes(bad))
        for command in ("inspect", "group"):
            has(syndic(command, "b.syn", code=2).err, "b.syn: ")


@case
def sketch_files_and_inputs_are_not_mixed_up():
    write("a.jsonl", record("1", story(1)))
    syndic("sketch", "a.jsonl", "-o", "a.syn")
    before = read("a.syn")
    has(syndic("group", "a.syn", "a.jsonl", code=2).err, "sketch files and inputs cannot be mixed")
    has(syndic("dedup", "a.syn", "-o", "out", code=2).err, "a.syn: is a sketch file; find its groups")
    has(syndic("sketch", "a.syn", "-o", "b.syn", code=2).err, "a.syn: is a sketch file")
    has(syndic("sketch", "a.jsonl", "-o", "b.bin", code=2).err, "must end in .syn")
    has(syndic("sketch", "a.jsonl", code=2).err, "needs -o FILE.syn")
    has(syndic("group", "a.syn", "-o", "a.syn", code=2).err, "is an input and cannot be the output")
    has(syndic("group", "a.syn", "-o", "a.jsonl", code=2).err, "is an input and cannot be")
    equal(read("a.syn"), before)
    true(not os.path.exists("out") and not os.path.exists("b.syn"), "nothing was written")


@case
def groups_that_do_not_fit_the_inputs_are_refused():
    text = story(1)
    write("a.jsonl", record("1", text) + record("2", text) + record("3", story(3)))
    line = syndic("group", "a.jsonl").out.decode()
    tries = (
        (line.replace('"id":"2"', '"id":"x"'), "record 2 of 'a.jsonl' has another id than here"),
        (line.replace('"record":2', '"record":9'), "'a.jsonl' has no record 9: not what was grouped"),
        (line.replace('"record":2', '"record":1').replace('"id":"2"', '"id":"1"'),
         "a document that an earlier group has too"),
        (line + line, "groups.jsonl:2: groups are missing, or not in their order"),
        (line[:-1], "the last line has no end: the file is cut off"),
        (line[:100] + "\n", "groups.jsonl:1: byte 99: unterminated string"),
        ("{}\n", "not a group as 'syndic group --format jsonl' writes it"),
        (line.replace('"how":"exact"', '"how":"odd"'), "a member without source, record and how"),
        (line.replace('"similarity":1.0', '"similarity":2.0'), "a similarity that is not 0 to 1"),
        (line.replace('"members":[', '"members":[1,'), "a member that is no object"),
        ("0\t1\t1.0\tkept\n", "groups.jsonl:1: "))
    for content, reason in tries:
        write("groups.jsonl", content)
        has(syndic("dedup", "--groups", "groups.jsonl", "a.jsonl", "-o", "out", code=2).err, reason)
        true(not os.path.exists("out"), "nothing was written")
    for parts in (line.replace('"how":"exact"', '"how":"overlaps"'),
                  line.replace('"similarity":1.0', '"similarity":1.0,"contained":1.0')):
        write("groups.jsonl", parts)
        has(syndic("dedup", "--groups", "groups.jsonl", "a.jsonl", "-o", "out", code=2).err,
            "groups by syndication are not all copies of the kept document")
    write("groups.jsonl", line)
    has(syndic("dedup", "--groups", "gone", "a.jsonl", "-o", "out", code=2).err, "gone: cannot open")
    has(syndic("dedup", "--groups", "groups.jsonl", "--threshold", ".9", "a.jsonl", "-o", "out",
               code=2).err, "--threshold cannot change groups that were found already")
    has(syndic("dedup", "--groups", "-", "-", "-o", "out", code=2, input=b"").err,
        "standard input can be read only once")
    has(syndic("dedup", "--groups", "groups.jsonl", "./a.jsonl", "-o", "out").err,
        "warning: no group of 'groups.jsonl' has a document of these inputs")


@case
def no_groups_and_no_documents():
    write("groups.jsonl", "")
    write("a.jsonl", record("1", story(1)))
    write("b.jsonl", "")
    syndic("dedup", "--groups", "groups.jsonl", "a.jsonl", "b.jsonl", "-o", "out")
    equal(read("out/a.jsonl"), read("a.jsonl"))
    equal(read("out/removed.jsonl"), b"")
    syndic("sketch", "b.jsonl", "-o", "b.syn")
    equal(syndic("group", "b.syn").out, b"")
    syndic("inspect", "b.syn")


@case
def inspect_says_what_is_there():
    write("a.jsonl", record("1", story(1)) + record("2", story(2)))
    syndic("sketch", "--keep", "max:date", "--threshold", "0.7", "a.jsonl", "-o", "a.syn")
    run = syndic("inspect", "--json", "a.syn", "a.syn")
    equal(len(run.lines()), 2)
    said = run.lines()[0]
    equal((said["file"], said["good"], said["reason"]), ("a.syn", True, None))
    equal((said["format_version"], said["documents"], said["bytes"]), (1, 2, len(read("a.syn"))))
    for name, value in (("by", "near"), ("threshold", "0.7"), ("keep", "max"),
                        ("keep-field", "date"), ("shingle", "word:5"), ("bands", "21"),
                        ("rows", "6")):
        equal(said["parameters"][name], value, name)
    equal(said["sources"], [{"path": "a.jsonl", "format": "jsonl", "compression": "none",
                             "bytes": len(read("a.jsonl")), "documents": 2}])
    equal([s["name"] for s in said["sections"]],
          ["params", "counts", "sources", "problems", "ids", "values", "gap", "step", "size",
           "exact", "tokens", "text", "keys", "slots"])
    true(all(s["good"] for s in said["sections"]), "checksums")
    text = syndic("inspect", "a.syn").out.decode()
    has(text, "a.syn: sketch file of format version 1, ")
    has(text, "2 documents\n")
    bad = bytearray(read("a.syn"))
    bad[said["bytes"] // 2] ^= 1
    write("b.syn", bytes(bad))
    run = syndic("inspect", "--json", "b.syn", "a.syn", code=2)
    equal([said["good"] for said in run.lines()], [False, True])
    equal([s["good"] for s in run.lines()[0]["sections"]].count(False), 1)
    has(run.err, "b.syn: byte ")
    has(run.err, "of the sketch file is damaged: wrong checksum")
    has(syndic("inspect", code=2).err, "nothing to read")


@case
def golden_files_of_this_version():
    for name in os.listdir(os.path.join(ROOT, "tests", "golden")):
        path = os.path.join(ROOT, "tests", "golden", name)
        if not name.endswith(".syn"):
            shutil.copy(path, name)
    for name, inputs_, options in (
            ("near-1", ["a.jsonl", "b.txt"],
             ["--keep", "max:date", "--signature-slots", "20", "--threshold", "0.7"]),
            ("simhash-1", ["a.jsonl", "b.txt"], ["--by", "simhash"]),
            ("exact-1", ["c.jsonl"], ["--by", "exact"])):
        golden = os.path.join(ROOT, "tests", "golden", name + ".syn")
        equal(syndic("group", golden, code=None).out,
              syndic("group", *options, *inputs_, code=None).out, name)
        if name != "exact-1":  # its blocks are compressed, as this version of libzstd does
            syndic("sketch", *options, *inputs_, "-o", "new.syn", code=None)
            equal(read("new.syn"), read(golden), name)


if __name__ == "__main__":
    main()
