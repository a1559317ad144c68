# SPDX-License-Identifier: Apache-2.0
"""What a user meets in the first hour: words that fit, hints that help, and no surprise later."""
import os
import re
import subprocess

from harness import (case, edited, equal, gz, has, lacks, main, record, story, syndic, true,
                     write)


# ---- compare ----

def compared(a, b, *options):
    """The words of compare for two texts, and its JSON."""
    write("a.txt", a)
    write("b.txt", b)
    return (syndic("compare", *options, "a.txt", "b.txt").out.decode(),
            syndic("compare", *options, "--format", "jsonl", "a.txt", "b.txt").lines()[0])


@case
def equal_texts_share_all_however_short():
    for words in range(1, 10):
        text = " ".join("w%d" % i for i in range(words))
        shown, got = compared(text, text.upper())
        equal((got["jaccard"], got["a"]["only_here"], got["b"]["only_here"]), (1.0, 0, 0))
        equal([(p["words"], p["a"], p["b"], p["text"]) for p in got["passages"]],
              [(words, [1, words], [1, words], text)])
        has(shown, "shared passages      1, %d word" % words)
        lacks(shown, "standard error")
    equal(compared("a b c d", "a b c d", "--shingle", "char:5")[1]["passages"][0]["words"], 4)
    equal(compared("a b c d", "a b c e")[1]["passages"], [], "less than a shingle, and not equal")


@case
def a_short_text_inside_another_is_a_passage():
    got = compared("one two three four five six", "begin one two three four five six end")[1]
    equal([(p["words"], p["a"], p["b"]) for p in got["passages"]], [(6, [1, 6], [2, 7])])
    equal((got["a"]["only_here"], got["b"]["only_here"]), (0, 2))
    got = compared("one two three four five six", "one two three four five seven")[1]
    equal((got["jaccard"], got["passages"]), (0.333333, []))


@case
def the_standard_error_is_that_of_the_exact_similarity():
    a = story("a")
    shown, got = compared(a, edited(a))  # one word of 120: 111 of 121 runs are shared
    equal(got["jaccard"], 0.917355)
    equal(got["standard_error"], 0.024337)  # sqrt(J (1 - J) / 128)
    has(shown, ", standard error 0.0243\n")
    equal(compared(a, edited(a), "-k", "512")[1]["standard_error"], 0.012169)
    shown, got = compared(a, story("b"))
    equal(got["standard_error"], 0.0)
    lacks(shown, "standard error")


@case
def compare_says_what_it_took_and_what_it_needs():
    write("in.jsonl", record("a", story("a")) + record("b", story("b")) + record("a", story("c")) * 2)
    run = syndic("compare", "in.jsonl", "a", "b")
    equal(run.err, "syndic: warning: 3 records have the id 'a'; the first was taken\n")
    has(run.out.decode(), "Jaccard similarity   0.0000")
    equal(len(syndic("compare", "in.jsonl", "a", "a").err.splitlines()), 1)
    usage = "syndic: usage: syndic compare A B, or syndic compare INPUT ID ID\n"
    equal(syndic("compare", "gone.txt", "a", "b", code=2).err,
          "syndic: gone.txt: cannot open: no such file or directory\n" + usage)
    equal(syndic("compare", "in.jsonl", "a", "z", code=2).err,
          "syndic: in.jsonl: has no record of id 'z'\n" + usage)
    write("a.txt", story("a"))
    equal(syndic("compare", "-", "a.txt", code=2, input=b"").err,
          "syndic: standard input: holds no record\n")


@case
def one_of_a_thing_is_singular():
    shown = compared("Word", "word")[0]
    has(shown, "   1 word, 1 different shingle; 0 words only here\n")
    has(shown, "shared passages      1, 1 word of A and 1 of B\n")
    has(shown, "\n1 word: 1-1 of A, 1-1 of B\n")
    has(compared("some word", "word")[0], "   1 word, 1 different shingle; 1 word only here\n")
    a = story("a")
    write("in.jsonl", record("a", a) + record("a", a))
    write("one.jsonl", b'{"id":"x","text":"\xff"}\n')
    has(syndic("group", "in.jsonl").err, "warning: 1 document has the id of an earlier one, 'a'")
    has(syndic("group", "-v", "in.jsonl").err, "\n1 group, 0 empty documents, ")
    err = syndic("group", "-v", "one.jsonl").err
    has(err, "1 document from 1 file, ")
    has(err, "1 empty document, ")
    has(err, "1 invalid UTF-8 sequence replaced")
    has(syndic("dedup", "-v", "in.jsonl", "-o", "out").err, "1 exact copy and 0 near copies\n")


# ---- inputs and outputs ----

@case
def an_output_folder_inside_an_input_is_refused():
    write("in/a.jsonl", record("a", story("a")))
    os.makedirs("in/deep")
    os.symlink("in/deep", "link")
    for place in ("in/out", "in/deep/out", "./in//out/", "link/out", "deep/../in/out"):
        if place.startswith("deep"):
            os.mkdir("deep")
        for options in ([], ["--force"]):
            run = syndic("dedup", "in", *options, "-o", place, code=2)
            has(run.err, "is inside the input folder 'in'")
    equal(sorted(os.listdir("in")), ["a.jsonl", "deep"])
    has(syndic("dedup", ".", "-o", "out", code=2).err, "is inside the input folder '.'")
    syndic("dedup", "in", "-o", "inner")  # beside it, with a name that begins alike
    syndic("dedup", "in/a.jsonl", "-o", "in/out")  # no folder is an input
    has(syndic("dedup", "in/a.jsonl", "-o", "-", code=2).err, "-o -: the output is a folder")


@case
def two_inputs_of_one_name_have_a_remedy():
    a = record("a", story("a"))
    write("a/x.jsonl", a)
    write("b/x.jsonl", record("b", story("b")))
    write("a/x.jsonl.gz", gz(a.encode()))
    for inputs, remedy in (
            (["a/x.jsonl", "b/x.jsonl"], "; name their common parent folder instead\n"),
            (["a/x.jsonl", "./a/x.jsonl"], "; name it once\n"),
            (["--compress", "none", "a"], "; leave --compress away\n")):
        run = syndic("dedup", *inputs, "-o", "out", code=2)
        true(run.err.endswith(remedy), run.err)
    os.remove("a/x.jsonl.gz")
    syndic("dedup", ".", "-o", "/".join(["..", os.path.basename(os.getcwd()) + "-out"]))
    out = os.getcwd() + "-out"
    equal(sorted(os.listdir(out)), ["a", "b", "removed.jsonl", "summary.json"])
    subprocess.run(["rm", "-r", out], check=True)


@case
def a_field_that_no_record_has_is_pointed_out():
    a = story("a")
    write("in.jsonl", record("a", a, day="2020-01-01") + record("b", a, none=None))
    id_warning = "syndic: warning: no record has the field 'nosuch' that --id-field names\n"
    keep_warning = ("syndic: warning: no record has a number or a string in the field 'nosuch' that "
                    "--keep names\n")
    for command in (["group"], ["group", "--format", "pairs"], ["dedup", "--force", "-o", "out"]):
        equal(syndic(*command, "--id-field", "nosuch", "in.jsonl").err, id_warning)
        equal(syndic(*command, "--keep", "min:nosuch", "in.jsonl").err, keep_warning)
        equal(syndic(*command, "--keep", "max:day", "--id-field", "day", "in.jsonl").err, "")
    has(syndic("group", "--keep", "max:none", "in.jsonl").err, "'none' that --keep names")
    write("bare.jsonl", '{"text":"one"}\n')
    equal(syndic("group", "bare.jsonl").err, "", "ids were not asked for")
    has(syndic("group", "--id-field", "id", "bare.jsonl").err, "'id' that --id-field names")
    write("none.jsonl", "")
    equal(syndic("group", "--id-field", "nosuch", "none.jsonl").err, "")


@case
def a_dash_is_standard_output():
    write("in.jsonl", record("a", story("a")) * 2)
    equal(syndic("group", "in.jsonl", "-o", "-").out, syndic("group", "in.jsonl").out)
    equal(os.listdir("."), ["in.jsonl"])


@case
def system_errors_are_in_lower_case():
    write("in.jsonl", record("a", story("a")))
    has(syndic("group", "in.jsonl", "-o", "no/where", code=2).err,
        "no/where: cannot create: no such file or directory")
    has(syndic("dedup", "in.jsonl", "-o", "no/where", code=2).err,
        "no/where: cannot create: no such file or directory")
    has(syndic("dedup", "in.jsonl", "-o", "in.jsonl/out", code=2).err,
        "in.jsonl/out: cannot create: not a directory")


# ---- the command line ----

@case
def kernels_of_the_environment_are_checked():
    write("in.jsonl", record("a", story("a")))
    bad = {"SYNDIC_KERNELS": "quantum"}
    for command in (["group", "in.jsonl"], ["dedup", "in.jsonl", "-o", "out"], ["version"],
                    ["compare", "in.jsonl", "in.jsonl"], ["group", "--version"]):
        run = syndic(*command, code=2, environment=bad)
        has(run.err, "SYNDIC_KERNELS: kernels 'quantum' are not in this build or not for this CPU")
        equal(run.out, b"")
    here = re.findall(r"(\w+) \(not on this CPU\)", syndic("version").out.decode())
    for name in here:
        has(syndic("version", code=2, environment={"SYNDIC_KERNELS": name}).err, "'%s'" % name)
        has(syndic("group", "--kernels", name, "in.jsonl", code=2).err, "'%s'" % name)
    for name in ("", "auto", "scalar"):
        syndic("group", "in.jsonl", environment={"SYNDIC_KERNELS": name})
    syndic("group", "--kernels", "scalar", "in.jsonl", environment=bad)
    syndic("help", environment=bad)
    syndic("group", "--help", environment=bad)


@case
def version_and_help_anywhere():
    version = syndic("version").out
    for command in ("group", "dedup", "compare", "bench", "version", "help"):
        equal(syndic(command, "--version").out, version)
        equal(syndic(command, "-V").out, version)
        has(syndic(command, "-h").out.decode(), "usage: syndic %s [OPTION...]" % command)
        has(syndic(command, "-h").out.decode(), "--version")
    equal(syndic("dedup", "in.jsonl", "-o", "out", "--version").out, version)
    has(syndic("version", "foo", code=2).err, "'foo' is one too many")
    has(syndic("help", "group", "foo", code=2).err, "'foo' is one too many")


@case
def part_of_an_option_is_enough_for_a_hint():
    for word, option in (("--field", "--text-field"), ("--slots", "--signature-slots"),
                         ("--perm", "--num-perm"), ("--verfy", "--verify")):
        has(syndic("group", word, "text", "in.jsonl", code=2).err, "did you mean '%s'?" % option)


@case
def help_is_honest_about_verification():
    text = " ".join(syndic("group", "--help").out.decode().split())
    has(text, "signature: by it alone, which finds only about half of the pairs right at the threshold")
    has(text, "exact: no copy is accepted without its exact similarity (clearly different signatures "
              "are still refused)")


@case
def the_man_page_has_a_date():
    man = syndic("help", "--man").out.decode()
    true(re.match(r'\.TH SYNDIC 1 "\d{4}-\d\d-\d\d" "syndic \d+\.\d+\.\d+" ', man), man[:60])
    has(man, "sqrt(J (1 \\- J) / K)")


@case
def bash_completes_values_and_commands():
    write("complete.sh", syndic("help", "--completions", "bash").out + b"""
try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _syndic; echo "${COMPREPLY[@]}"; }
try syndic group --format = t
try syndic group --format =
try syndic group --format=t
try syndic group -f t
try syndic group --by near --format = p
try syndic help de
try syndic help --ma
try syndic help --completions b
""")
    done = subprocess.run(["bash", "complete.sh"], stdout=subprocess.PIPE, check=True)
    equal(done.stdout.decode().splitlines(),
          ["tsv table", "auto jsonl tsv table pairs", "--format=tsv --format=table", "tsv table",
           "pairs", "dedup", "--man", "bash"])


@case
def only_the_same_shingles_fill_a_bar():
    words = story("a", 300)
    write("in.jsonl", record("a", words) + record("b", words + " more") + record("c", words))
    lines = syndic("group", "--verify", "exact", "--format", "table",
                   "in.jsonl").out.decode().splitlines()
    has(lines[1], "kept  ██████████ 100 %")
    has(lines[2], "near  █████████░  99 %")
    has(lines[3], "exact ██████████ 100 %")


if __name__ == "__main__":
    main()
