# SPDX-License-Identifier: Apache-2.0
"""syndic group, help and version, as a user sees them."""
import os
import pty
import re
import subprocess
import sys

from harness import (BINARY, CORPUS, case, edited, equal, has, json_lines, lacks, main, read, record,
                     story, syndic, true, write)


def three():
    """Stories a, b and c: b is a's text in another shape, c is near a; d stands alone."""
    a = story("a")
    write("in.jsonl", record("d", story("d")) + record("a", a) +
          record("b", a.upper().replace(" ", ", ")) + record("c", edited(a)))


@case
def json_is_as_documented():
    three()
    run = syndic("group", "--verify", "exact", "in.jsonl")
    # One word changed in 116 runs of five: 111 are shared of 121.
    equal(run.out.decode(), '{"group":0,"size":3,"kept":"a","members":['
          '{"id":"a","source":"in.jsonl","record":2,"similarity":1.0,"how":"kept","known":"exact"},'
          '{"id":"b","source":"in.jsonl","record":3,"similarity":1.0,"how":"exact","known":"exact"},'
          '{"id":"c","source":"in.jsonl","record":4,"similarity":0.917355,"how":"near",'
          '"known":"exact"}]}\n')
    equal(run.err, "", "standard error")


@case
def tsv_is_as_documented():
    a = story("a")
    write("in.jsonl", record("t\tn\n\\r\r", a) + record("b", edited(a)))
    equal(syndic("group", "--verify", "exact", "--format", "tsv", "in.jsonl").out.decode(),
          "0\tt\\tn\\n\\\\r\\r\t1.0\tkept\n0\tb\t0.917355\tnear\n")


@case
def pairs_are_as_documented():
    three()
    equal(syndic("group", "--verify", "exact", "--format", "pairs", "in.jsonl").out.decode(),
          '{"a":"a","b":"b","similarity":1.0,"known":"exact","how":"exact"}\n'
          '{"a":"a","b":"c","similarity":0.917355,"known":"exact","how":"near"}\n')


@case
def table_shows_groups():
    three()
    text = syndic("group", "--format", "table", "in.jsonl",
                  environment={"COLUMNS": "60"}).out.decode()
    lines = text.splitlines()
    equal(lines[0], "group 0: 3 documents, kept a")
    equal(len(lines), 4, "lines")
    has(lines[1], "kept  ██████████ 100 %")
    has(lines[3], "near  █████████░  91 %")
    true(all(len(line) <= 60 for line in lines), "lines are cut to the terminal:\n" + text)
    lacks(text, "\033")


def on_terminal(arguments, environment=None):
    """Standard output of the command when it is a terminal of 80 columns."""
    leader, follower = pty.openpty()
    done = subprocess.run([BINARY, *arguments], stdout=follower, stderr=subprocess.PIPE,
                          env=dict(os.environ, TERM="xterm", **(environment or {})), timeout=60)
    os.close(follower)
    text = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        text += part
    os.close(leader)
    equal(done.returncode, 0, "exit status")
    return text.decode()


@case
def a_terminal_gets_a_coloured_table():
    three()
    text = on_terminal(["group", "in.jsonl"])
    has(text, "\033[1mgroup 0: 3 documents, kept a\033[0m")
    plain = on_terminal(["group", "in.jsonl"], {"NO_COLOR": "1"})
    has(plain, "group 0: 3 documents, kept a")
    lacks(plain, "\033")
    has(on_terminal(["group", "--format", "jsonl", "in.jsonl"]), '{"group":0,')


@case
def documents_cannot_steer_the_terminal():
    a = story("a")
    write("in.jsonl", record("evil\033]0;title\007", a) + record("b\u202e", a))
    text = syndic("group", "--format", "table", "in.jsonl").out.decode()
    for character in "\033\007\u202e":
        lacks(text, character)


@case
def ids_are_valid_json():
    a = story("a")
    write("in.jsonl", b'{"id":"q\\"\\\\\\u0001\xc3\xa9\xff\xed\xa0\x80","text":"' + a.encode() +
          b'"}\n{"id":2,"text":"' + a.encode() + b'"}\n{"text":"' + a.encode() + b'"}\n')
    members = syndic("group", "in.jsonl").lines()[0]["members"]
    equal([m["id"] for m in members], ['q"\\\x01é\ufffd\ufffd\ufffd\ufffd', "2", "in.jsonl:3"])


@case
def groups_are_numbered_by_their_first_documents():
    groups = syndic("group", CORPUS).lines()
    true(len(groups) > 10, "the corpus has groups")
    equal([g["group"] for g in groups], list(range(len(groups))))
    firsts = [g["members"][0]["record"] for g in groups]
    equal(firsts, sorted(firsts))
    for group in groups:
        records = [m["record"] for m in group["members"]]
        equal(records, sorted(records))
        equal(group["size"], len(records))
        kept = [m["id"] for m in group["members"] if m["how"] == "kept"]
        equal(kept, [group["kept"]])
        true(all(m["similarity"] >= 0.8 for m in group["members"]), "all within the threshold")


@case
def keep_decides_who_is_kept():
    a = story("a")
    write("in.jsonl", record("one", a, rank=5, meta={"day": "2020-02-01"}) +
          record("two", a + " ...", rank=7, meta={"day": "2020-01-01"}) +
          record("three", a, rank=-3.5, meta={"day": "2020-03-01"}))
    for keep, kept in [("first", "one"), ("longest", "two"), ("min:rank", "three"),
                       ("max:rank", "two"), ("min:meta.day", "two"), ("max:meta.day", "three"),
                       ("max:nosuch", "one")]:
        equal(syndic("group", "--keep", keep, "in.jsonl").lines()[0]["kept"], kept, keep)


@case
def exact_and_its_normalisation():
    write("in.jsonl", record(1, "Today is Sunday!") + record(2, "today IS sunday") +
          record(3, "Today is Sunday!") + record(4, "Today is Monday!"))
    tokens = syndic("group", "--by", "exact", "in.jsonl").lines()
    equal([[m["id"] for m in g["members"]] for g in tokens], [["1", "2", "3"]])
    bytes_only = syndic("group", "--by", "exact", "--normalize", "none", "in.jsonl").lines()
    equal([[m["id"] for m in g["members"]] for g in bytes_only], [["1", "3"]])
    has(syndic("group", "--normalize", "none", "in.jsonl", code=2).err, "needs --by exact")


@case
def options_reach_the_job():
    a = story("a")
    write("in.jsonl", record("a", a) + record("b", edited(edited(edited(a, 20), 50), 80)))
    equal(syndic("group", "in.jsonl").out, b"")  # 101 of 131 runs are shared
    near = syndic("group", "--threshold", "0.7", "in.jsonl").lines()
    equal([m["id"] for m in near[0]["members"]], ["a", "b"])
    for options in (["--shingle", "word:1"], ["--minhash", "kperm", "-t", "0.6"],
                    ["--num-perm", "256", "-t0.6"], ["--signature", "64", "--threshold=0.6"],
                    ["--bands", "32", "--rows", "4", "-t", "0.7"], ["--shingle", "char:7"]):
        equal(len(syndic("group", *options, "in.jsonl").lines()), 1, " ".join(options))


@case
def fields_and_standard_input():
    a = story("a")
    line = '{"doc":{"body":"%s"},"key":"%s"}\n'
    data = (line % (a, "x") + line % (a, "y")).encode()
    group = syndic("group", "--text-field", "doc.body", "--id-field", "key", "-",
                   input=data).lines()[0]
    equal([(m["id"], m["source"]) for m in group["members"]], [("x", "-"), ("y", "-")])
    write("same.txt", a)
    group = syndic("group", "--input-format", "txt", "-", "same.txt", input=a.encode()).lines()[0]
    equal([m["id"] for m in group["members"]], ["-:1", "same.txt:1"])


@case
def output_file_appears_when_complete():
    three()
    stdout = syndic("group", "in.jsonl").out
    syndic("group", "in.jsonl", "-o", "out.jsonl")
    equal(read("out.jsonl"), stdout)
    equal(sorted(os.listdir(".")), ["in.jsonl", "out.jsonl"])
    syndic("group", "in.jsonl", "-o", "out.jsonl")  # replaced
    equal(read("out.jsonl"), stdout)
    has(syndic("group", "in.jsonl", "-o", "in.jsonl", code=2).err, "is an input")
    os.symlink("in.jsonl", "alias")
    has(syndic("group", "in.jsonl", "-o", "alias", code=2).err, "is an input")
    equal(len(json_lines("in.jsonl")), 4, "the input is untouched")
    has(syndic("group", "in.jsonl", "-o", "no/where.jsonl", code=2).err, "no/where.jsonl")


@case
def dry_run_only_reads():
    three()
    result = syndic("group", "--dry-run=read", "in.jsonl").lines()[0]
    equal(result["documents"], 4)
    equal(result["bytes"], os.path.getsize("in.jsonl"))
    has(syndic("group", "--dry-run=write", "in.jsonl", code=2).err, "not one of read")


@case
def summary_goes_to_stderr():
    three()
    run = syndic("group", "-v", "in.jsonl")
    has(run.err, "4 documents from 1 file")
    has(run.err, "\n1 group, ")
    has(run.err, "expected recall of pairs right at the threshold 0.8: 0.946 (16 bands of 8 rows)")
    equal(syndic("group", "-v", "--quiet", "in.jsonl").err, "")
    equal(syndic("group", "in.jsonl").err, "", "no terminal, no words")


@case
def mistakes_have_hints():
    three()
    for arguments, words in [
            (["grop"], "did you mean 'group'"), ([], "--help"), (["xyzzy"], "lists the commands"),
            (["group", "--treshold", "1", "in.jsonl"], "did you mean '--threshold'"),
            (["group", "-Z", "in.jsonl"], "'syndic group --help'"),
            (["group", "--threshold"], "needs an argument"),
            (["group", "--quiet=1", "in.jsonl"], "takes no argument"),
            (["group", "--threshold", "0", "in.jsonl"], "above 0 and up to 1"),
            (["group", "--threshold", "0.8x", "in.jsonl"], "above 0 and up to 1"),
            (["group", "--threads", "0", "in.jsonl"], "from 1 to 1024"),
            (["group", "--threads", "-1", "in.jsonl"], "from 1 to 1024"),
            (["group", "--signature", "15", "in.jsonl"], "from 16 to 1024"),
            (["group", "--shingle", "word:33", "in.jsonl"], "word:N or char:N"),
            (["group", "--shingle", "5", "in.jsonl"], "word:N or char:N"),
            (["group", "--keep", "min:", "in.jsonl"], "min:FIELD"),
            (["group", "--by", "far", "in.jsonl"], "near, exact"),
            (["group", "--bands", "4", "in.jsonl"], "go together"),
            (["group", "--bands", "40", "--rows", "4", "in.jsonl"], "128"),
            (["group", "--memory", "lots", "in.jsonl"], "500M"),
            (["group", "--kernels", "quantum", "in.jsonl"], "there are: auto"),
            (["group", "--force", "in.jsonl"], "unknown option '--force'"),
            (["group"], "nothing to read"), (["dedup", "in.jsonl"], "-o OUTDIR"),
            (["compare", "in.jsonl"], "compare A B"), (["help", "nosuch"], "unknown command")]:
        run = syndic(*arguments, code=2)
        has(run.err, words)
        equal(run.out, b"", "standard output")


@case
def memory_cap_is_kept():
    three()
    run = syndic("group", "--memory", "64K", "in.jsonl", code=2)
    has(run.err, "out of memory within the limit that --memory sets")
    equal(len(syndic("group", "--memory", "1G", "in.jsonl").lines()), 1)


@case
def version_and_help():
    for arguments in (["version"], ["--version"], ["-V"]):
        text = syndic(*arguments).out.decode()
        true(re.match(r"syndic \d+\.\d+\.\d+\nkernels in use: \w+\nkernels here:.* scalar", text),
             text)
    overview = syndic("--help").out.decode()
    equal(syndic("help").out.decode(), overview)
    for command in ("group", "dedup", "compare", "version", "help"):
        has(overview, "  " + command)
        text = syndic(command, "--help").out.decode() if command != "version" else \
            syndic("help", command).out.decode()
        has(text, "usage: syndic " + command)
        equal(syndic("help", command).out.decode(), text)
        true(all(len(line) <= 100 for line in text.splitlines()), "help fits in 100 columns")
    options = re.findall(r"--([a-z-]+)", syndic("group", "--help").out.decode())
    true(set(options) > {"threshold", "keep", "format", "output", "threads", "kernels"}, options)


@case
def man_page_and_completions_name_every_option():
    man = syndic("help", "--man").out.decode().replace("\\-", "-")
    true(man.startswith(".TH SYNDIC 1"), man[:40])
    for command in ("group", "dedup", "compare"):
        options = re.findall(r"^  (?:-.,|   ) --([a-z-]+)",
                             syndic(command, "--help").out.decode(), re.M)
        true(len(options) > 8, "options of " + command)
        for shell in ("bash", "zsh", "fish"):
            text = syndic("help", "--completions", shell).out.decode()
            for option in options:
                has(text, option)
        for option in options:
            true(option == "help" or "--" + option in man, option + " in the man page")


@case
def bash_completion_completes():
    write("complete.sh", syndic("help", "--completions", "bash").out + b"""
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _syndic; echo "${COMPREPLY[@]}"; }
try syndic de
try syndic group --thre
try syndic group --by ne
""")
    done = subprocess.run(["bash", "complete.sh"], stdout=subprocess.PIPE, check=True)
    equal(done.stdout.decode().split("\n")[:3], ["dedup", "--threshold --threads", "near"])


@case
def progress_is_shown_when_asked_for():
    three()
    leader, follower = pty.openpty()
    source = subprocess.Popen(["sh", "-c", "sleep 1; cat in.jsonl"], stdout=subprocess.PIPE)
    done = subprocess.run([BINARY, "group", "-"], stdin=source.stdout, stdout=subprocess.PIPE,
                          stderr=follower, timeout=60)
    source.wait()
    equal(done.returncode, 0)
    os.close(follower)
    text = os.read(leader, 65536).decode()
    os.close(leader)
    has(text, "\rread")
    has(text, "\r\033[K")  # wiped at the end
    lacks(done.stdout.decode(), "\033")


if __name__ == "__main__":
    main()
    sys.exit(0)
