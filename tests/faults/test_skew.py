#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Inputs that are all one thing: copies, near copies, nothing, one document, one line, files.  Time and
memory of each run are printed; none may take long, and what comes out is known beforehand.

    test_skew.py SYNDIC

SYNDIC_FAULTS=full takes full sizes; then /tmp needs 5 GB."""
import subprocess

from inputs import *

SIZE = 1 if FULL else 50  # what full sizes are divided by
SECONDS = 300 if FULL else 60
WAYS = [("group", "--by", "near"), ("group", "--by", "syndication"), ("dedup",),
        ("dedup", "--by", "syndication"), ("passages",)]


def measured(*arguments, code=0):
    """Run with limits; print seconds and the highest memory; what it says."""
    start = time.monotonic()
    process = subprocess.Popen([BINARY, *arguments], stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=open("err", "wb"))
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            break
        if time.monotonic() - start > SECONDS:
            process.kill()
            os.wait4(process.pid, 0)
            process.returncode = -9
            raise AssertionError("longer than %d s: %s" % (SECONDS, " ".join(arguments)))
        time.sleep(0.005)
    process.returncode = os.waitstatus_to_exitcode(status)
    words = read("err").decode("utf-8", "replace")
    print("  %6.1f s %7.0f MB  %s" % (time.monotonic() - start, usage.ru_maxrss / 1024,
                                      " ".join(arguments)), flush=True)
    if code is not None:
        equal(process.returncode, code, "exit status of %s\n%s" % (" ".join(arguments), words[-500:]))
    return words


def every_way(count, kept, code=0):
    """Each command on in/; count documents, of which `kept` stay; None: not asked."""
    for way in WAYS:
        clean()
        try:
            measured(*way, "in", "-o", "out", code=code)
            if way[0] == "dedup":
                counts = json.loads(read("out/summary.json"))["counts"]
                equal(counts["documents"], count, "documents")
                if kept is not None:
                    equal(counts["kept"], kept, "documents kept by %s" % " ".join(way))
        except AssertionError as reason:
            yield "%s: %s" % (" ".join(way), reason)
    clean()


def clean():
    if os.path.isdir("out"):
        shutil.rmtree("out")
    elif os.path.exists("out"):
        os.remove("out")


def all_ways(*arguments, **options):
    failures = list(every_way(*arguments, **options))
    shutil.rmtree("in")
    true(not failures, "\n".join(failures))


def lines(name, n, text):
    os.makedirs("in", exist_ok=True)
    with open(os.path.join("in", name), "w") as file:
        for i in range(n):
            file.write('{"id":"d%d","text":"%s"}\n' % (i, text(i)))


@case
def exact_copies():
    text = story("copy", 60)
    lines("a.jsonl", 1000000 // SIZE, lambda i: text)
    all_ways(1000000 // SIZE, 1)


@case
def near_copies():
    words = story("near", 200).split(" ")

    def one(i):  # each differs from the first by two words
        copy = list(words)
        copy[i % 200], copy[i // 200 % 200] = "w%d" % i, "x%d" % i
        return " ".join(copy)

    lines("a.jsonl", 100000 // SIZE, one)
    all_ways(100000 // SIZE, None)


@case
def empty_documents():
    lines("a.jsonl", 1000000 // SIZE, lambda i: "")
    all_ways(1000000 // SIZE, 1000000 // SIZE)


@case
def many_files():
    n = 10000 // SIZE
    for i in range(n):
        write("in/%02d/%d.txt" % (i % 100, i), story(str(i // 2), 30))
    all_ways(n, n // 2)


def long_text(file, size):
    """Words that hardly repeat."""
    source = random.Random(1)
    block = b" ".join(b"%x" % source.getrandbits(30) for _ in range(1 << 16))
    written = 0
    while written < size:
        part = (b"n%d " % written + block[written % 1000:] + b" ")[:size - written]
        written += file.write(part)


@case
def one_large_document():
    """1 GB: the largest text there may be, and one beyond."""
    size = 10**9 // SIZE
    os.makedirs("in")
    with open("in/a.txt", "wb") as file:
        long_text(file, size)
    write("in/b.txt", story("b"))
    all_ways(2, 2)


@case
def one_long_line():
    """2 GB in a line: skipped and named, for --max-record is 1 GiB; the lines around it stay."""
    size = 2 * 10**9 // SIZE
    limit = [] if FULL else ["--max-record", "16M"]
    os.makedirs("in")
    with open("in/a.jsonl", "wb") as file:
        file.write(record("a", story("a")).encode() + b'{"id":"long","text":"')
        long_text(file, size)
        file.write(b'"}\n' + record("b", story("b")).encode())
    for way in WAYS:
        words = measured(*way, "in", "-o", "out", *limit, code=1)
        has(words, "in/a.jsonl:2: ")
        if way[0] == "dedup":
            equal(len(json_lines("out/a.jsonl")), 2, "records kept")
        clean()
    if FULL:
        for way in WAYS:
            words = measured(*way, "in", "-o", "out", "--max-record", "3G", code=None)
            print("      " + words.strip()[:300])
            clean()
    shutil.rmtree("in")


if __name__ == "__main__":
    main()
