# SPDX-License-Identifier: Apache-2.0
"""Everything that can be wrong with an input or an output: the message, the exit status, and that
everything else was processed."""
import json
import os
import subprocess

from harness import (BINARY, Skip, case, equal, gz, has, have_zstd, json_lines, lacks, main,
                     read, record, story, syndic, true, write, zstd)


def good(path="good.jsonl"):
    """Two copies, which every run must find besides what is bad."""
    a = story("good")
    return write(path, record("g1", a) + record("g2", a))


def group(*arguments, code=1, **options):
    """Group, and check that the good file's copies are found; returns the words on stderr."""
    run = syndic("group", *arguments, code=code, **options)
    found = [[m["id"] for m in g["members"]] for g in run.lines()]
    true(any(set(members) >= {"g1", "g2"} for members in found), "the good copies: %r" % found)
    return run.err


def skipping(line, message):
    """A bad line between good ones is named by file, line and byte, and the others are read."""
    a = story("good")
    line = line if isinstance(line, bytes) else line.encode()
    write("bad.jsonl", record("g1", a).encode() + line + b"\n" + record("g2", a).encode())
    equal(group("bad.jsonl"), "syndic: bad.jsonl:2: %s; record skipped\n" % message)
    syndic("dedup", "bad.jsonl", "-o", "out", code=1)
    equal(read("out/bad.jsonl").decode(), record("g1", a))
    skipped = json_lines("out/skipped.jsonl")
    equal([s["record"] for s in skipped], [2])
    subprocess.run(["rm", "-r", "out"], check=True)


@case
def missing_file():
    good()
    equal(group("gone.jsonl", "good.jsonl"),
          "syndic: gone.jsonl: cannot open: no such file or directory\n")
    run = syndic("group", "gone.jsonl", code=2)
    has(run.err, "gone.jsonl: cannot open: no such file or directory")
    syndic("dedup", "gone.jsonl", "-o", "out", code=2)
    syndic("dedup", "gone.jsonl", "good.jsonl", "-o", "out", code=1)
    equal(sorted(os.listdir("out")), ["good.jsonl", "removed.jsonl", "skipped.jsonl",
                                      "summary.json"])
    has(json_lines("out/skipped.jsonl")[0]["reason"], "gone.jsonl")


@case
def unreadable_file():
    good()
    write("locked.jsonl", record("x", story("x")))
    os.chmod("locked.jsonl", 0)
    os.chmod("good.jsonl", 0o644)
    equal(group("locked.jsonl", "good.jsonl", nobody=True),
          "syndic: locked.jsonl: cannot open: permission denied\n")


@case
def unreadable_folder():
    good("in/good.jsonl")
    os.mkdir("in/locked", 0)
    os.chmod("in", 0o755)
    has(group("in", nobody=True), "syndic: in/locked: cannot open: permission denied\n")


@case
def folder_loop():
    good("in/good.jsonl")
    os.symlink("..", "in/loop")
    has(group("in"), "in/loop")
    os.symlink("nowhere", "in/dangling.jsonl")
    has(group("in"), "in/dangling.jsonl: symbolic link leads nowhere")


@case
def wrong_extension():
    good()
    write("text.html", "<p>")
    has(group("text.html", "good.jsonl"), "syndic: text.html: unknown type")
    write("in/readme.html", "<p>")
    good("in/good.jsonl")
    equal(group("in", code=0), "")  # found, not named: left out


@case
def truncated_gzip():
    good()
    whole = gz("".join(record(i, story(i)) for i in range(200)).encode())
    write("cut.jsonl.gz", whole[:len(whole) // 2])
    err = group("cut.jsonl.gz", "good.jsonl")
    has(err, "syndic: cut.jsonl.gz: ")
    has(err, "truncated")
    syndic("dedup", "cut.jsonl.gz", "-o", "out", code=1)
    true(len(json_lines("out/skipped.jsonl")) >= 1, "the damage is on record")
    import gzip
    kept = gzip.decompress(read("out/cut.jsonl.gz")).splitlines()
    true(50 < len(kept) < 200, "whole records before the damage are kept: %d" % len(kept))
    for i, line in enumerate(kept):
        equal(json.loads(line)["id"], i)


@case
def corrupt_gzip():
    good()
    whole = bytearray(gz("".join(record(i, story(i)) for i in range(200)).encode()))
    whole[len(whole) // 2] ^= 0xff
    write("bad.jsonl.gz", bytes(whole))
    has(group("bad.jsonl.gz", "good.jsonl"), "syndic: bad.jsonl.gz: ")
    write("not.jsonl.gz", "plain text")
    has(group("not.jsonl.gz", "good.jsonl"), "not a gzip file")


@case
def truncated_and_corrupt_zstd():
    good()
    whole = zstd("".join(record(i, story(i)) for i in range(200)).encode(), "--check")
    write("cut.jsonl.zst", whole[:len(whole) // 2])
    has(group("cut.jsonl.zst", "good.jsonl"), "truncated")
    corrupt = bytearray(whole)
    corrupt[-2] ^= 0xff  # in the checksum
    write("sum.jsonl.zst", bytes(corrupt))
    has(group("sum.jsonl.zst", "good.jsonl"), "checksum")
    write("not.jsonl.zst", "plain text")
    has(group("not.jsonl.zst", "good.jsonl"), "not a zstd file")


@case
def invalid_json():
    skipping('{"id":"x","text":"no end', "byte 17: invalid JSON: unterminated string")
    skipping('{"id":"x" "text":"t"}', "byte 10: invalid JSON: expected ',' or '}'")
    skipping("[1]", "byte 0: invalid JSON: expected an object")
    skipping('{"text":"t"} {"text":"u"}', "byte 13: invalid JSON: something follows the object")
    skipping('{"text":"\\x"}', "byte 9: invalid JSON: invalid escape")


@case
def missing_field():
    skipping('{"id":"x","body":"t"}', "missing field 'text'")
    a = story("good")
    write("deep.jsonl", json.dumps({"id": "g1", "doc": {"text": a}}) + "\n" +
          json.dumps({"id": "g2", "doc": {"text": a}}) + "\n" + record("x", a))
    equal(group("--text-field", "doc.text", "deep.jsonl"),
          "syndic: deep.jsonl:3: missing field 'doc.text'; record skipped\n")


@case
def field_of_another_type():
    skipping('{"id":"x","text":17}', "field 'text' is a number, not a string")
    skipping('{"id":"x","text":null}', "field 'text' is null, not a string")
    skipping('{"id":"x","text":["t"]}', "field 'text' is an array, not a string")
    skipping('{"id":{},"text":"t"}', "field 'id' is an object, not a string or a number")


@case
def empty_text_and_text_of_one_word():
    a = story("good")
    write("in.jsonl", record("e1", "") + record("e2", "") + record("g1", a) + record("w1", "Word") +
          record("w2", "word!") + record("g2", a) + record("w3", "other"))
    run = syndic("group", "in.jsonl")
    equal([[m["id"] for m in g["members"]] for g in run.lines()], [["g1", "g2"], ["w1", "w2"]])
    syndic("dedup", "in.jsonl", "-o", "out")
    equal([json.loads(line)["id"] for line in read("out/in.jsonl").splitlines()],
          ["e1", "e2", "g1", "w1", "w3"])


@case
def invalid_utf8():
    a = story("good")
    line = b'{"id":"g2","text":"\xff' + a.encode() + b' \xc3"}\n'
    write("in.jsonl", record("g1", a).encode() + line)
    equal(group("in.jsonl", code=0), "")  # replaced, which is not skipped
    has(syndic("group", "-v", "in.jsonl").err, "2 invalid UTF-8 sequences replaced")
    syndic("dedup", "--keep", "longest", "in.jsonl", "-o", "out")
    equal(read("out/in.jsonl"), line, "the record is copied as it was")
    equal(json.loads(read("out/summary.json"))["counts"]["replaced_utf8"], 2)


@case
def nul_bytes():
    a = story("good")
    write("in.jsonl", record("g1", a) + record("g2", "\0" + a + "\0"))  # escaped by JSON
    equal(group("in.jsonl", code=0), "")
    write("nul.txt", b"\0" + a.encode() + b"\0\n")
    write("same.txt", a)
    run = syndic("group", "nul.txt", "same.txt")
    equal(run.lines()[0]["size"], 2)
    skipping(b'{"id":"x","text":"a\0b"}', "byte 19: invalid JSON: control character in a string")
    skipping(b"\0", "byte 0: invalid JSON: expected an object")


@case
def duplicate_ids():
    good()
    write("more.jsonl", record("g1", story("m")) + record("n", story("n")) + record("n", story("o")))
    equal(group("good.jsonl", "more.jsonl", code=0),
          "syndic: warning: 2 documents have the id of an earlier one, 'g1' first\n")


@case
def two_inputs_with_one_name():
    good("a/x.jsonl")
    write("b/x.jsonl", record("y", story("y")))
    equal(group("a/x.jsonl", "b/x.jsonl", code=0), "")
    run = syndic("dedup", "a/x.jsonl", "b/x.jsonl", "-o", "out", code=2)
    equal(run.err, "syndic: inputs 'a/x.jsonl' and 'b/x.jsonl' would both be written as "
                   "'x.jsonl'; name their common parent folder instead\n")
    true(not os.path.exists("out"), "nothing was written")


@case
def full_standard_output():
    good()
    with open("/dev/full", "wb") as full:
        run = syndic("group", "good.jsonl", code=2, stdout=full)
        equal(run.err, "syndic: standard output: cannot write: no space left on device\n")
        has(syndic("help", code=2, stdout=full).err, "no space left on device")


@case
def closed_standard_output():
    good()
    script = '"$0" group good.jsonl >&-'
    done = subprocess.run(["sh", "-c", script, BINARY], stderr=subprocess.PIPE, timeout=60)
    equal(done.returncode, 2)
    has(done.stderr.decode(), "standard output: cannot write")
    # Every stream closed: no file of ours may take its place and get words meant for it.
    script = '"$0" dedup good.jsonl gone.jsonl -v -o out <&- >&- 2>&-'
    equal(subprocess.run(["sh", "-c", script, BINARY], timeout=60).returncode, 1)
    equal(len(read("out/good.jsonl").splitlines()), 1)
    json.loads(read("out/summary.json"))


@case
def closed_pipe():
    a = [story(i, 30) for i in range(3000)]
    write("many.jsonl", "".join(record("%d-%d-%s" % (i, j, "x" * 50), t)
                                for j in range(2) for i, t in enumerate(a)))
    script = '("$0" group many.jsonl; echo $? >code) | head -n 1'
    done = subprocess.run(["sh", "-c", script, BINARY], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=60)
    equal(len(done.stdout.splitlines()), 1)
    equal(done.stderr, b"")
    equal(read("code"), b"0\n")


@case
def record_beyond_the_limit():
    a = story("good")
    write("in.jsonl", record("g1", a) + record("long", "word " * 2000) + record("g2", a))
    equal(group("--max-record", "4K", "in.jsonl"),
          "syndic: in.jsonl:2: record of 10027 bytes is longer than the limit of 4096; "
          "record skipped\n")
    run = syndic("group", "in.jsonl")
    equal(run.err, "")


@case
def mixed_line_ends_bom_and_blank_lines():
    a = story("good")
    write("in.jsonl", "\ufeff" + record("g1", a).replace("\n", "\r\n") + "\n \t\r\n" +
          '{"id":"g2","text":"%s"}' % a)
    run = syndic("group", "in.jsonl")
    equal([m["record"] for m in run.lines()[0]["members"]], [1, 4])


@case
def a_hundred_skipped_records_of_each_file_are_named():
    a = story("good")
    end = ": byte 1: invalid JSON: unexpected end of the line; record skipped"
    write("in.jsonl", record("g1", a) + "{\n" * 500 + record("g2", a))
    write("more.jsonl", "{\n" * 101)
    write("few.jsonl", "{\n" * 100)
    files = ("in.jsonl", "more.jsonl", "few.jsonl")
    lines = ["syndic: in.jsonl:%d%s" % (i + 2, end) for i in range(100)]
    lines += ["syndic: in.jsonl: 400 more records skipped; --verbose names them all"]
    lines += ["syndic: more.jsonl:%d%s" % (i + 1, end) for i in range(100)]
    lines += ["syndic: more.jsonl: 1 more record skipped; --verbose names it"]
    lines += ["syndic: few.jsonl:%d%s" % (i + 1, end) for i in range(100)]
    equal(group(*files).splitlines(), lines)
    equal(group("--quiet", *files).splitlines(), lines, "with --quiet")
    every = group("-v", "--quiet", *files).splitlines()
    equal(len(every), 701)
    equal(every[499], "syndic: in.jsonl:501" + end)
    equal(len(syndic("compare", "in.jsonl", "g1", "g2", code=1).err.splitlines()), 101)
    equal(len(syndic("compare", "-v", "in.jsonl", "g1", "g2", code=1).err.splitlines()), 500)
    run = syndic("dedup", *files, "-o", "out", code=1)
    equal(run.err.splitlines(), lines)
    equal(len(json_lines("out/skipped.jsonl")), 701, "skipped.jsonl lists all")


@case
def damage_is_named_after_a_hundred_records_too():
    whole = gz(("{\n" * 200 + "".join(record(i, story(i)) for i in range(200))).encode())
    write("cut.jsonl.gz", whole[:len(whole) * 3 // 4])
    good()
    err = group("cut.jsonl.gz", "good.jsonl").splitlines()
    equal(len(err), 102)
    has(err[100], "truncated")
    equal(err[101], "syndic: cut.jsonl.gz: 100 more records skipped; --verbose names them all")


@case
def a_wrong_text_field_is_pointed_out():
    hint = "syndic: no record has a field 'body'; --text-field names the one with the text"
    write("in.jsonl", record("a", story("a")) * 150)
    for command in (["group"], ["group", "--dry-run=read"], ["dedup", "-o", "out"]):
        err = syndic(*command, "--text-field", "body", "in.jsonl", code=1).err.splitlines()
        equal(len(err), 102)
        equal(err[101], hint)
    err = syndic("compare", "--text-field", "body", "in.jsonl", "in.jsonl", code=2).err.splitlines()
    equal(err[101:], [hint, "syndic: in.jsonl: holds no record"])
    for other in ('{"body":"one"}\n', "{\n"):  # a record that has it, or is wrong otherwise
        write("other.jsonl", other)
        run = syndic("group", "--text-field", "body", "in.jsonl", "other.jsonl", code=1)
        lacks(run.err, "--text-field")


if __name__ == "__main__":
    main()
