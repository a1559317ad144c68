# SPDX-License-Identifier: Apache-2.0
"""syndic dedup: what is in the output folder, and what never is."""
import base64
import json
import os
import random
import resource
import signal
import subprocess
import time

from harness import (BINARY, CORPUS, Skip, case, edited, equal, gz, has, have_zstd,
                     json_lines, lacks, main, read, record, story, syndic, tree, true, unzstd, write,
                     zstd)


def same_but_times(a, b):
    """Two output folders hold the same, except for summary.json."""
    a, b = tree(a), tree(b)
    a.pop("summary.json")
    b.pop("summary.json")
    equal(a, b)


@case
def kept_records_are_byte_for_byte():
    a, b = story("a"), story("b")
    lines = [
        '{"id": "a",\t"text": "%s"}  \r\n' % a,
        "\n",
        '{"text":"%s","id":"b","more":[1,2,{"text":"no"}]}\n' % b,
        '{"id":"a2","text":"%s"}\n' % a,
        "  \r\n",
        '{"id":"c","text":"\\u0063 %s \\ud83d\\ude00 é"}\n' % story("c"),
        '{"id":"last","text":"%s"}' % story("last"),
    ]
    write("in/x/news.jsonl", "\ufeff" + "".join(lines))
    syndic("dedup", "in", "-o", "out")
    equal(sorted(tree("out")), ["removed.jsonl", "summary.json", "x/news.jsonl"])
    equal(read("out/x/news.jsonl"), ("\ufeff" + lines[0] + lines[2] + lines[5] + lines[6]).encode())


@case
def removed_and_summary_are_as_documented():
    a = story("a")
    write("in.jsonl", record("a", a) + record("b", edited(a)) + record("c", a) + record("d", ""))
    run = syndic("dedup", "--verify", "exact", "-v", "in.jsonl", "-o", "out")
    equal(read("out/removed.jsonl").decode(),
          '{"id":"b","source":"in.jsonl","record":2,"kept":"a","similarity":0.917355,"how":"near"}\n'
          '{"id":"c","source":"in.jsonl","record":3,"kept":"a","similarity":1.0,"how":"exact"}\n')
    summary = json.loads(read("out/summary.json"))
    equal(summary["counts"], {
        "documents": 4, "kept": 2, "removed_exact": 1, "removed_near": 1, "removed_empty": 0,
        "groups": 1, "empty": 1, "skipped": 0, "replaced_utf8": 0})
    equal(summary["bytes_in"], os.path.getsize("in.jsonl"))
    equal(summary["bytes_out"], os.path.getsize("out/in.jsonl"))
    equal((summary["bands"], summary["rows"], summary["recall_at_threshold"]), (16, 8, 0.945535))
    equal(summary["options"]["verify"], "exact")
    equal(summary["options"]["shingle"], "word:5")
    equal([s["name"] for s in summary["stages"]], ["read", "exact", "join", "verify", "write"])
    true(summary["seconds"] > 0, "time was taken")
    true(syndic("--version").out.decode().startswith("syndic %s\n" % summary["version"]), "version")
    has(run.err, "kept 2, removed 1 exact copy and 1 near copy")
    equal(run.out, b"")


@case
def empty_documents_are_kept_or_dropped():
    write("in.jsonl", record("e", " ... ") + record("a", story("a")) + record("f", ""))
    syndic("dedup", "in.jsonl", "-o", "kept")
    equal(read("kept/in.jsonl"), read("in.jsonl"))
    syndic("dedup", "--empty", "drop", "in.jsonl", "-o", "dropped")
    equal(read("dropped/in.jsonl").decode(), record("a", story("a")))
    equal([(r["id"], r["kept"], r["how"]) for r in json_lines("dropped/removed.jsonl")],
          [("e", None, "empty"), ("f", None, "empty")])


@case
def texts_are_there_when_kept():
    a = story("a")
    write("in/1.txt", "\ufeff" + a + "\r\n")
    write("in/2.txt", a)
    write("in/sub/3.txt.gz", gz(story("b").encode()))
    write("in/empty.txt", "")
    syndic("dedup", "in", "-o", "out")
    equal(sorted(tree("out")),
          ["1.txt", "empty.txt", "removed.jsonl", "sub/3.txt.gz", "summary.json"])
    equal(read("out/1.txt"), read("in/1.txt"))
    equal([r["id"] for r in json_lines("out/removed.jsonl")], ["in/2.txt:1"])


@case
def compression_stays_or_changes():
    import gzip
    a = story("a")
    plain = (record("a", a) + record("b", a) + record("c", story("c"))).encode()
    kept = (record("a", a) + record("c", story("c"))).encode()
    write("in/p.jsonl", plain)
    write("in/g.ndjson.gz", gz(plain.replace(b'"a"', b'"x"')[:200]) + gz(
        plain.replace(b'"a"', b'"x"')[200:]))
    write("one/p.jsonl.gz", gz(plain))
    syndic("dedup", "one", "-o", "same")
    equal(gzip.decompress(read("same/p.jsonl.gz")), kept)
    syndic("dedup", "one", "--compress", "none", "-o", "none")
    equal(read("none/p.jsonl"), kept)
    syndic("dedup", "in", "--compress", "gzip", "-o", "gzip")
    equal(sorted(tree("gzip")), ["g.ndjson.gz", "p.jsonl.gz", "removed.jsonl", "summary.json"])
    if not have_zstd():
        raise Skip("there is no zstd command to look into .zst outputs with")
    syndic("dedup", "one", "--compress", "zstd", "-o", "zstd")
    equal(unzstd(read("zstd/p.jsonl.zst")), kept)
    write("two/p.jsonl.zst", zstd(plain[:300]) + zstd(plain[300:]))
    syndic("dedup", "two", "-o", "same2")
    equal(unzstd(read("same2/p.jsonl.zst")), kept)


@case
def inputs_without_a_kept_record_have_an_empty_output():
    import gzip
    a = record("a", story("a"))
    write("in/1.jsonl", a)
    write("in/2.jsonl", a)
    write("in/3.jsonl.gz", gz(a.encode()))
    write("in/4.jsonl", "")
    write("in/5.jsonl.gz", gz(b""))
    syndic("dedup", "in", "-o", "out")
    equal(read("out/2.jsonl"), b"")
    equal(read("out/4.jsonl"), b"")
    equal(gzip.decompress(read("out/3.jsonl.gz")), b"")
    equal(gzip.decompress(read("out/5.jsonl.gz")), b"")
    syndic("dedup", "in", "--compress", "zstd", "-o", "zst")
    if have_zstd():
        equal(unzstd(read("zst/2.jsonl.zst")), b"")


@case
def what_was_kept_has_no_copies_left():
    syndic("dedup", CORPUS, "-o", "out")
    equal(syndic("group", "out/articles.jsonl").out, b"")
    kept = [json.loads(line)["id"] for line in read("out/articles.jsonl").splitlines()]
    removed = json_lines("out/removed.jsonl")
    everything = [json.loads(line)["id"] for line in read(CORPUS).splitlines()]
    equal(sorted(kept + [r["id"] for r in removed]), sorted(everything))
    true(all(r["kept"] in set(kept) for r in removed), "the favoured ones are there")


@case
def skipped_records_are_not_lost():
    good = record("a", story("a"))
    bad = b'{"id":"x","text":"cut \xc3\xa9'
    worse = b'{"id":"\xff'
    write("in.jsonl", good.encode() + bad + b"\r\n" + worse + b"\n" + b'{"id":7}')
    run = syndic("dedup", "in.jsonl", "-o", "out", code=1)
    equal(len(run.err.splitlines()), 3)
    equal(read("out/in.jsonl").decode(), good)
    skipped = json_lines("out/skipped.jsonl")
    equal([(s["source"], s["record"]) for s in skipped],
          [("in.jsonl", 2), ("in.jsonl", 3), ("in.jsonl", 4)])
    equal(skipped[0]["raw"].encode(), bad + b"\r\n")
    equal(base64.b64decode(skipped[1]["raw_base64"]), worse + b"\n")
    equal(skipped[2]["raw"], '{"id":7}')
    equal(skipped[2]["reason"], "missing field 'text'")
    equal(json.loads(read("out/summary.json"))["counts"]["skipped"], 3)


@case
def an_existing_folder_needs_force():
    write("in.jsonl", record("a", story("a")))
    write("out/foreign.txt", "mine")
    write("out/in.jsonl", "old")
    has(syndic("dedup", "in.jsonl", "-o", "out", code=2).err, "--force")
    equal(sorted(tree("out")), ["foreign.txt", "in.jsonl"])
    os.mkdir("empty")
    has(syndic("dedup", "in.jsonl", "-o", "empty", code=2).err, "is there already")
    syndic("dedup", "in.jsonl", "--force", "-o", "out")
    equal(sorted(tree("out")), ["foreign.txt", "in.jsonl", "removed.jsonl", "summary.json"])
    equal(read("out/foreign.txt"), b"mine")
    equal(read("out/in.jsonl"), read("in.jsonl"))
    syndic("dedup", "in.jsonl", "--force", "-o", "new/")
    equal(sorted(os.listdir(".")), ["empty", "in.jsonl", "new", "out"])
    has(syndic("dedup", "in.jsonl", "--force", "-o", "in.jsonl", code=2).err, "in.jsonl")
    has(syndic("dedup", "in.jsonl", "-o", "no/where", code=2).err, "no/where")


@case
def force_takes_stale_files_of_its_names_away():
    a = story("a")
    write("in/a.txt", a)
    write("in/b.txt", story("b"))
    write("in/x.jsonl", "{\n")
    syndic("dedup", "in", "-o", "out", code=1)
    equal(sorted(tree("out")), ["a.txt", "b.txt", "removed.jsonl", "skipped.jsonl", "summary.json",
                                "x.jsonl"])
    write("in/b.txt", a)
    write("in/x.jsonl", record("y", story("y")))
    syndic("dedup", "in", "--force", "-o", "out")
    equal(sorted(tree("out")), ["a.txt", "removed.jsonl", "summary.json", "x.jsonl"])


@case
def outputs_never_touch_inputs():
    a = record("a", story("a"))
    write("in/a.jsonl", a)
    before = tree("in")
    for folder in ("in", "in/", "./in/../in", "."):
        has(syndic("dedup", "in/a.jsonl", "--force", "-o", folder, code=2).err,
            "input inside the output folder")
    os.symlink("in", "link")
    syndic("dedup", "in/a.jsonl", "--force", "-o", "link", code=2)
    os.mkdir("out")
    os.symlink("../in/a.jsonl", "out/a.jsonl")
    has(syndic("dedup", "in/a.jsonl", "--force", "-o", "out", code=2).err, "overwrite an input")
    os.unlink("out/a.jsonl")
    os.link("in/a.jsonl", "out/a.jsonl")
    has(syndic("dedup", "in/a.jsonl", "--force", "-o", "out", code=2).err, "overwrite an input")
    equal(tree("in"), before)
    equal(os.listdir("out"), ["a.jsonl"])


@case
def links_in_the_output_folder_are_not_followed():
    write("in/sub/a.jsonl", record("a", story("a")))
    write("elsewhere/a.jsonl", "precious")
    os.mkdir("out")
    os.symlink("../elsewhere", "out/sub")
    run = syndic("dedup", "in", "--force", "-o", "out", code=2)
    has(run.err, "out/sub")
    equal(read("elsewhere/a.jsonl"), b"precious")
    equal(os.listdir("out"), ["sub"])
    os.unlink("out/sub")
    os.mkdir("out/sub")
    os.symlink("../../elsewhere/a.jsonl", "out/sub/a.jsonl")
    syndic("dedup", "in", "--force", "-o", "out", code=2)
    equal(read("elsewhere/a.jsonl"), b"precious")
    equal(sorted(os.listdir("out")), ["sub"])


@case
def names_that_collide_are_refused():
    write("a/x.jsonl", record("a", story("a")))
    write("b/x.jsonl", record("b", story("b")))
    run = syndic("dedup", "a/x.jsonl", "b/x.jsonl", "-o", "out", code=2)
    for word in ("a/x.jsonl", "b/x.jsonl"):
        has(run.err, word)
    write("c/x.jsonl.gz", gz(record("c", story("c")).encode()))
    syndic("dedup", "a/x.jsonl", "c/x.jsonl.gz", "-o", "fine")
    has(syndic("dedup", "a/x.jsonl", "c/x.jsonl.gz", "--compress", "gzip", "-o", "out",
               code=2).err, "both be written as 'x.jsonl.gz'")
    for name in ("removed.jsonl", "skipped.jsonl"):
        write(name, record("a", story("a")))
        has(syndic("dedup", name, "-o", "out", code=2).err, "name of our own file")
    true(not os.path.exists("out"), "nothing was made")
    equal(sorted(os.listdir(".")), ["a", "b", "c", "fine", "removed.jsonl", "skipped.jsonl"])


@case
def standard_input_is_written_too():
    a = record("a", story("a"))
    syndic("dedup", "-", "-o", "out", input=(a + a).encode())
    equal(read("out/stdin.jsonl").decode(), a)


def big_input(records=3000):
    """About 13 MB of records that are all kept."""
    source = random.Random("big")
    pool = story("pool", 5000).split()
    with open("big.jsonl", "w") as file:
        for i in range(records):
            file.write(record(i, " ".join(source.choices(pool, k=600))))


@case
def a_signal_leaves_nothing_behind():
    big_input()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        interrupted = 0
        for wait in (0.02, 0.05, 0.1, 0.2, 0.3):
            run = subprocess.Popen([BINARY, "dedup", "big.jsonl", "--compress", "gzip", "-o", "out"],
                                   stderr=subprocess.PIPE)
            time.sleep(wait)
            run.send_signal(number)
            run.communicate(timeout=60)
            names = sorted(os.listdir("."))
            if run.returncode == 0:  # it was done before
                equal(names, ["big.jsonl", "out"])
                subprocess.run(["rm", "-r", "out"], check=True)
            else:
                equal(run.returncode, -number)
                equal(names, ["big.jsonl"])
                interrupted += 1
        true(interrupted, "no run was interrupted")


@case
def a_full_disk_leaves_nothing_behind():
    big_input()

    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (3 << 20, 3 << 20))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    run = syndic("dedup", "big.jsonl", "-o", "out", code=2, preexec_fn=small_files)
    has(run.err, "big.jsonl: cannot write: file too large")
    equal(os.listdir("."), ["big.jsonl"])


@case
def a_full_file_system_leaves_nothing_behind():
    os.mkdir("small")
    if os.geteuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", "small"],
                                      stderr=subprocess.DEVNULL).returncode:
        raise Skip("cannot mount a small file system here")
    try:
        big_input()
        run = syndic("dedup", "big.jsonl", "-o", "small/out", code=2)
        has(run.err, "cannot write: no space left on device")
        equal(os.listdir("small"), [])
        with open("small/filler", "wb", buffering=0) as filler:
            try:
                while filler.write(bytes(4096)):
                    pass
            except OSError:
                pass
        run = syndic("group", CORPUS, "-o", "small/groups", code=2)
        has(run.err, "small/groups: cannot write: no space left on device")
        equal(os.listdir("small"), ["filler"])
    finally:
        subprocess.run(["umount", "small"], check=True)


@case
def a_forbidden_folder_is_named():
    write("in.jsonl", record("a", story("a")))
    os.mkdir("locked", 0o555)
    run = syndic("dedup", "in.jsonl", "-o", "locked/out", code=2, nobody=True)
    has(run.err, "locked/out: cannot create: permission denied")
    lacks(run.err, "partial")


@case
def a_changed_input_is_noticed():
    write("in.jsonl", record("a", story("a")))
    # Standard input ends only after the file before it was read, and has been changed.
    run = subprocess.Popen([BINARY, "dedup", "in.jsonl", "-", "-o", "out"], stdin=subprocess.PIPE,
                           stderr=subprocess.PIPE)
    run.stdin.write(record("b", story("b")).encode())
    run.stdin.flush()
    time.sleep(0.5)
    write("in.jsonl", record("changed", story("c", 300)))
    _, err = run.communicate(timeout=60)
    equal(run.returncode, 2)
    has(err.decode(), "changed")
    equal(sorted(os.listdir(".")), ["in.jsonl"])


@case
def a_missing_parent_of_outdir_is_noticed_first():
    write("in.jsonl", record("a", story("a")))
    run = syndic("dedup", "in.jsonl", "-o", "nowhere/out", code=2)
    has(run.err, "nowhere/out: cannot create: no such file or directory")
    true(not os.path.exists("nowhere"), "nothing was made")


if __name__ == "__main__":
    main()
