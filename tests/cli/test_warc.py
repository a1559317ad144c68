# SPDX-License-Identifier: Apache-2.0
"""WARC and WET files through the command: groups, what dedup leaves, what is said of bad records, and
the same bytes whatever they are packed in and however many threads read them."""
import gzip
import os
import zlib

from harness import (ROOT, Skip, case, edited, equal, has, have_zstd, json_lines, lacks, main, read,
                     story, syndic, true, tree, unzstd, write)

SHARED = os.path.join(ROOT, "..", "shared", "data", "warc")


def warc(fields, block, length=None):
    block = block.encode("utf-8") if isinstance(block, str) else block
    head = "WARC/1.0\r\n" + "".join("%s: %s\r\n" % field for field in fields)
    length = len(block) if length is None else length
    return head.encode() + b"Content-Length: %d\r\n\r\n" % length + block + b"\r\n\r\n"


def conversion(name, text, **more):
    return warc([("WARC-Type", "conversion"), ("WARC-Record-ID", "<urn:%s>" % name),
                 ("WARC-Target-URI", "http://example.org/%s" % name),
                 ("WARC-Date", "2026-11-%02dT00:00:00Z" % more.pop("day", 1)),
                 ("Content-Type", "text/plain")], text, **more)


def response(name, text, kind="text/html"):
    block = "HTTP/1.1 200 OK\r\nContent-Type: %s; charset=utf-8\r\n\r\n%s" % (kind, text)
    return warc([("WARC-Type", "response"), ("WARC-Record-ID", "<urn:%s>" % name),
                 ("Content-Type", "application/http; msgtype=response")], block)


def info():
    return warc([("WARC-Type", "warcinfo")], "software: none\r\n")


def page(text):
    return "<!doctype html><title>%s</title><script>no()</script><p>%s</p>" % (text[:20], text)


def members(records):
    return b"".join(gzip.compress(one, mtime=0) for one in records)


def split(data):
    """The members of a gzip file."""
    found = []
    while data:
        member = zlib.decompressobj(31)
        found.append(member.decompress(data))
        data = member.unused_data
    return found


def some():
    a, b = story("a"), story("b")
    return [info(), conversion("a1", a), conversion("b1", b), conversion("a2", edited(a), day=3),
            conversion("b2", b.upper(), day=2)]


def groups(*arguments, **more):
    return [[m["id"] for m in g["members"]] for g in syndic("group", *arguments, **more).lines()]


@case
def wet_files_are_grouped():
    write("a.wet", b"".join(some()))
    wanted = [["urn:a1", "urn:a2"], ["urn:b1", "urn:b2"]]
    equal(groups("a.wet"), wanted)
    equal(groups("a.wet", "--id-field", "warc-target-uri"),
          [["http://example.org/a1", "http://example.org/a2"],
           ["http://example.org/b1", "http://example.org/b2"]])
    equal(groups("a.wet", "--id-field", "nonesuch")[0], ["a.wet:2", "a.wet:4"])
    write("a.wet.gz", members(some()))
    equal(groups("a.wet.gz"), wanted)
    with open("a.wet", "rb") as file:
        equal(groups("--input-format", "warc", "-", stdin=file), wanted)
    kept = [g["kept"] for g in syndic("group", "a.wet", "--keep", "max:WARC-Date").lines()]
    equal(kept, ["urn:a2", "urn:b2"])


@case
def pages_are_grouped():
    a = story("a")
    write("a.warc", info() + response("a1", page(a)) + response("a2", page(edited(a))) +
          response("p", a, "text/plain") + response("i", a, "image/png"))
    run = syndic("group", "a.warc", "--html", "skip", "--format", "tsv")
    equal(run.out, b"")
    equal(sorted(groups("a.warc")[0]), ["urn:a1", "urn:a2", "urn:p"])
    equal(syndic("group", "a.warc", "--html", "raw", code=2).err,
          "syndic: --html raw: not one of strip, skip\n")


@case
def dedup_passes_records_through():
    records = some()
    write("in/a.wet.gz", members(records))
    write("in/b.warc", b"".join([info(), response("p", page(story("c"))), records[1]]))
    syndic("dedup", "in", "-o", "out")
    equal(split(read("out/a.wet.gz")), records[:3])
    equal(read("out/b.warc"), info() + response("p", page(story("c"))))
    removed = json_lines("out/removed.jsonl")
    equal([(r["id"], r["kept"], r["record"]) for r in removed],
          [("urn:a2", "urn:a1", 4), ("urn:b2", "urn:b1", 5), ("urn:a1", "urn:a1", 3)])
    syndic("dedup", "in", "-o", "plain", "--compress", "none")
    equal(read("plain/a.wet"), b"".join(records[:3]))
    if have_zstd():
        syndic("dedup", "in", "-o", "frames", "--compress", "zstd")
        equal(unzstd(read("frames/a.wet.zst")), b"".join(records[:3]))


@case
def bad_records_are_named_and_kept_apart():
    a, lie = story("a"), conversion("lie", "short text", length=5000)
    records = [info(), conversion("a1", a), lie, conversion("a2", a)]
    start = len(records[0]) + len(records[1])
    write("a.warc", b"".join(records) + b"noise\n" + conversion("b", story("b"))[:-30])
    run = syndic("dedup", "a.warc", "-o", "out", code=1)
    words = "the record is cut off, or its Content-Length is wrong; record skipped"
    lines = run.err.splitlines()
    equal(lines[0], "syndic: a.warc:3: byte %d: %s" % (start, words))
    has(lines[1], "a.warc:5: byte %d: not a WARC record; record skipped"
        % sum(len(r) for r in records))
    has(lines[2], "a.warc:6: ")
    equal(read("out/a.warc"), records[0] + records[1])
    skipped = json_lines("out/skipped.jsonl")
    equal([s["record"] for s in skipped], [3, 5, 6])
    equal(skipped[0]["raw"].encode(), lie)


@case
def damaged_members_cost_themselves():
    records = some()
    packed = [gzip.compress(one, mtime=0) for one in records]
    broken = bytearray(packed[2])
    broken[12:40] = b"\xff" * 28
    write("a.wet.gz", b"".join(packed[:2]) + broken + b"".join(packed[3:]) + packed[1][:50])
    run = syndic("group", "a.wet.gz", code=1)
    equal([[m["id"] for m in g["members"]] for g in run.lines()], [["urn:a1", "urn:a2"]])
    at = len(packed[0]) + len(packed[1])
    has(run.err, "byte %d: gzip data is corrupt; reading goes on at byte %d of the file; record "
        "skipped" % (at, at + len(packed[2])))
    has(run.err, "gzip stream is truncated; nothing good follows")


@case
def bombs_are_bounded():
    bomb = gzip.compress(gzip.compress(b"\n" * 300000000, mtime=0), mtime=0)
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Encoding: gzip, gzip\r\n\r\n"
    write("a.warc.gz", gzip.compress(warc([("WARC-Type", "response"),
                                           ("Content-Type", "application/http")],
                                          head.encode() + bomb)) +
          gzip.compress(b"\n" * 200000000) + members(some()))
    run = syndic("group", "a.warc.gz", "--max-record", "1M", "--memory", "64M", code=1)
    equal(len(run.lines()), 2)
    has(run.err, "its payload is longer than the limit of 1048576 bytes")


@case
def the_same_bytes_for_any_threads_and_packing():
    records = [info()]
    for i in range(900):
        text = story("s%d" % (i % 300), 60 + i % 300)
        records.append(conversion("r%d" % i, edited(text, i) if i % 3 else text))
        if i % 50 == 7:
            records.append(response("p%d" % i, page(text)))
        if i % 90 == 11:
            records.append(conversion("bad%d" % i, text, length=len(text) + 100 + i))
    write("plain/a.warc", b"".join(records))
    write("members/a.warc.gz", members(records))
    wanted = None
    for folder in ("plain", "members"):
        for threads in ("1", "4"):
            name = "out-%s-%s" % (folder, threads)
            syndic("dedup", folder, "-o", name, "--compress", "none", "-j", threads, code=1)
            files = tree(name)
            del files["summary.json"]
            for key in ("removed.jsonl", "skipped.jsonl"):
                files[key] = files[key].replace(b"members/a.warc.gz", b"plain/a.warc")
            wanted = wanted or files
            equal(sorted(files), sorted(wanted))
            for key in wanted:
                true(files[key] == wanted[key], "%s of %s" % (key, name))
    true(len(wanted["removed.jsonl"].splitlines()) > 500, "enough copies")


@case
def genuine_files():
    folder = os.path.join(SHARED, "resiliparse", "tests", "data")
    if not os.path.isdir(folder):
        raise Skip("there is no " + folder)
    crawl = os.path.join(folder, "warcfile.warc")
    plain, packed = groups(crawl, "--threshold", "0.3"), groups(crawl + ".gz", "--threshold", "0.3")
    equal(plain, packed)
    counted = syndic("group", "--dry-run", "read", crawl + ".gz").lines()[0]
    equal((counted["documents"], counted["bytes"]), (16, 550336))
    clueweb = syndic("group", "--dry-run", "read", os.path.join(folder, "clueweb-quirk.warc.gz"))
    equal(clueweb.lines()[0]["documents"], 29)
    cut = syndic("group", os.path.join(folder, "clipped.warc.gz"), code=1)
    has(cut.err, "gzip stream is truncated; nothing good follows")
    lacks(cut.err, "clueweb")


@case
def edge_cases_of_another_project():
    folder = os.path.join(SHARED, "warcio", "test", "data")
    if not os.path.isdir(folder):
        raise Skip("there is no " + folder)
    documents = {"example.warc": 1, "example.warc.gz": 1, "example-bad-non-chunked.warc.gz": 1,
                 "example-iana.org-chunked.warc": 1, "example-wrong-chunks.warc.gz": 1,
                 "example-wget-bad-target-uri.warc.gz": 1, "post-test.warc.gz": 0,
                 "example-resource.warc.gz": 0, "example-space-in-target-uri.warc.gz": 0}
    for name, count in documents.items():
        run = syndic("group", "--dry-run", "read", os.path.join(folder, name))
        equal((name, run.lines()[0]["documents"]), (name, count))
    run = syndic("group", os.path.join(folder, "example-trunc.warc"), code=1)
    has(run.err, "example-trunc.warc:3: byte 1197: the record is cut off, or its Content-Length is "
        "wrong; record skipped")


@case
def two_documents_of_a_file_are_compared():
    write("a.wet", b"".join(some()))
    has(syndic("compare", "a.wet", "urn:a1", "urn:a2").out.decode(), "shared passages")


main()
