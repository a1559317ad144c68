# SPDX-License-Identifier: Apache-2.0
"""The output depends on the input and the options only: the same bytes for any number of threads, any
kernels, and any way the input is stored or cut into files."""
import json
import os
import random
import shutil

from harness import (CORPUS, Skip, case, edited, equal, gz, has, have_zstd, main, read, record,
                     story, syndic, tables, tree, true, write, zstd)


def crawl(documents=3000):
    """Lines of a small crawl: exact and near copies in any order, some empty, some bad."""
    source = random.Random("crawl")
    pool = story("pool", 3000).split()
    lines = []
    for i in range(documents):
        kind = source.random()
        if lines and kind < 0.3:
            text = source.choice(lines)[1]
        elif lines and kind < 0.6:
            text = edited(source.choice(lines)[1], source.randrange(0, 100))
        else:
            text = " ".join(source.choices(pool, k=source.randint(1, 6) ** 4 + 20))
        lines.append((i, text))
    return [record(i, "" if i % 97 == 0 else text) if i % 89 else '{"id":%d,\n' % i
            for i, text in lines]


def outputs(*arguments):
    """Everything that a run of each command writes."""
    everything = {}
    for name, more in (("jsonl", []), ("tsv", ["--format", "tsv"]), ("pairs", ["-f", "pairs"]),
                       ("kperm", ["--minhash", "kperm", "-t", "0.6"])):
        run = syndic("group", *more, *arguments, code=1)
        everything[name] = run.out
        everything[name + " messages"] = run.err
    for compress in ("same", "gzip", "zstd"):
        syndic("dedup", "--compress", compress, "-o", "out", *arguments, code=1)
        found = tree("out")
        del found["summary.json"]
        for path, content in found.items():
            everything[compress + " " + path] = content
        shutil.rmtree("out")
    return everything


def input_of_all_kinds():
    lines = crawl()
    for i in range(3):
        part = "".join(lines[i::3]).encode()
        write("in/%d.jsonl" % i, part)
        write("in/z/%d.jsonl.gz" % i, gz(part.replace(b'"id": ', b'"id": 1000')))


@case
def any_number_of_threads():
    input_of_all_kinds()
    one = outputs("--threads", "1", "in")
    true(len(one["jsonl"].splitlines()) > 100, "there are groups")
    true(len(one["jsonl messages"].splitlines()) > 50, "there are problems")
    for threads in (2, 3, 8):
        equal(outputs("--threads", threads, "in"), one, "%d threads" % threads)


@case
def any_kernels():
    input_of_all_kinds()
    scalar = outputs("--kernels", "scalar", "in")
    others = [name for name in tables() if name != "scalar"]
    if not others:
        raise Skip("this CPU has the scalar table only")
    for name in others:
        equal(outputs("--kernels", name, "in"), scalar, name)
        equal(syndic("group", "in", code=1, environment={"SYNDIC_KERNELS": name}).out,
              scalar["jsonl"])


def without_places(run):
    groups = run.lines()
    for group in groups:
        for member in group["members"]:
            del member["source"], member["record"]
    return groups


@case
def any_split_into_files():
    lines = crawl()
    write("whole.jsonl", "".join(lines))
    whole = syndic("group", "whole.jsonl", code=1)
    syndic("dedup", "whole.jsonl", "-o", "whole", code=1)
    for parts in (2, 7, 40):
        size = len(lines) // parts + 1
        names = [write("p%d/%03d.jsonl" % (parts, i), "".join(lines[i * size:(i + 1) * size]))
                 for i in range(parts)]
        equal(without_places(syndic("group", *names, code=1)), without_places(whole))
        folder = "p%d" % parts
        equal(without_places(syndic("group", folder, code=1)), without_places(whole))
        out = "out%d" % parts
        syndic("dedup", folder, "-o", out, code=1)
        equal(b"".join(read(os.path.join(out, os.path.basename(name))) for name in names),
              read("whole/whole.jsonl"))


@case
def any_compression_of_the_input():
    data = "".join(crawl()).encode()
    write("a.jsonl", data)
    plain = without_places(syndic("group", "a.jsonl", code=1))
    middle = len(data) // 2
    write("a.jsonl.gz", gz(data[:middle]) + gz(data[middle:]))
    equal(without_places(syndic("group", "a.jsonl.gz", code=1)), plain)
    equal(without_places(syndic("group", "-", code=1, input=data)), plain)
    syndic("dedup", "a.jsonl", "-o", "p", code=1)
    syndic("dedup", "a.jsonl.gz", "--compress", "none", "-o", "g", code=1)
    equal(read("p/a.jsonl"), read("g/a.jsonl"))
    if not have_zstd():
        raise Skip("there is no zstd command; plain and gzip were compared")
    write("a.jsonl.zst", zstd(data[:middle]) + zstd(data[middle:]))
    equal(without_places(syndic("group", "a.jsonl.zst", code=1)), plain)
    syndic("dedup", "a.jsonl.zst", "--compress", "none", "-o", "z", code=1)
    equal(read("p/a.jsonl"), read("z/a.jsonl"))


@case
def dedup_of_its_own_output_changes_nothing():
    write("a.jsonl", "".join(crawl()))
    syndic("dedup", "--verify", "exact", "a.jsonl", "-o", "once", code=1)
    syndic("dedup", "--verify", "exact", "once/a.jsonl", "-o", "twice")
    first, second = read("once/a.jsonl"), read("twice/a.jsonl")
    # Candidates are found by chance, but the same chance: a pair that was missed is missed again.
    equal(second, first)


@case
def the_corpus_twice():
    runs = [syndic("group", CORPUS).out for _ in range(2)]
    equal(runs[0], runs[1])
    has(runs[0].decode(), '"how":"near"')


if __name__ == "__main__":
    main()
