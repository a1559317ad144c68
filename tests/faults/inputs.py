# SPDX-License-Identifier: Apache-2.0
"""What the tests of faults share: small inputs of every kind, the commands that are disturbed, and
what may be there afterwards.

SYNDIC_FAULTS=full tries every place and the full sizes; otherwise a sample, drawn with the seed
SYNDIC_FAULTS_SEED or a new one, which is printed."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
from harness import *  # noqa: E402

FULL = os.environ.get("SYNDIC_FAULTS") == "full"
SEED = int(os.environ.get("SYNDIC_FAULTS_SEED", time.time_ns() % 1000000))
PARTIAL = ".partial-"


def web_page(identity, body, kind=b"text/html"):
    http = b"HTTP/1.1 200 OK\r\nContent-Type: %s\r\n\r\n%s" % (kind, body)
    return (b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:%s>\r\n"
            b"WARC-Target-URI: http://a.example/%s\r\n"
            b"Content-Type: application/http; msgtype=response\r\n"
            b"Content-Length: %d\r\n\r\n%s\r\n\r\n" % (identity, identity, len(http), http))


def make_inputs():
    """clean/ and broken/ in the scratch folder: plain, .gz, .zst, a text and a crawl archive with
    copies across them; broken/ has records that are skipped too."""
    lines = read(CORPUS).splitlines(True)[:30]
    page = story("page", 150)
    pages = [web_page(b"p%d" % i, b"<html><p>%s</p>" % text.encode())
             for i, text in enumerate([page, edited(page), story("other page")])]
    pages.append(web_page(b"latin", story("latin").encode("latin-1") + b" caf\xe9",
                          b"text/plain; charset=iso-8859-1"))
    write("clean/a.jsonl", b"".join(lines[:20]))
    write("clean/b.jsonl.gz", gz(b"".join(lines[15:30])))
    if have_zstd():
        write("clean/c.jsonl.zst", zstd(b"".join(lines[5:12])))
    write("clean/d.txt", story("a text"))
    write("clean/e.warc.gz", b"".join(map(gz, pages)))
    write("broken/a.jsonl", b"".join(lines[:6]) + b"{broken\n" + b"".join(lines[3:9]))
    write("broken/b.jsonl.gz", gz(b"".join(lines[:4]) + b'{"id":1}\n'))
    write("broken/c.warc", pages[0] + b"no record\r\n\r\n" + pages[1])


class Command:
    """A run whose output is a file or a folder, `out`; and what comes out undisturbed."""

    def __init__(self, name, *arguments, out="out", before=None):
        self.name, self.arguments, self.out, self.before = name, arguments, out, before
        self.prepare()
        run = self.run()
        true(run.code in (0, 1), "%s ends with %d:\n%s" % (name, run.code, run.err))
        self.code, self.err, self.wanted, self.names = run.code, run.err, self.output(), here()

    def run(self, code=None, **options):
        environment = dict(options.pop("environment", {}), TMPDIR=os.path.abspath("tmp"))
        return syndic(*self.arguments, code=code, environment=environment, **options)

    def prepare(self):
        for name in here() - {"clean", "broken"}:
            shutil.rmtree(name) if os.path.isdir(name) else os.remove(name)
        os.mkdir("tmp")
        if self.before:
            self.before()

    def output(self):
        """Everything that matters of the output; None: there is none."""
        if os.path.isdir(self.out):
            files = {name: data for name, data in tree(self.out).items() if PARTIAL not in name}
            if "summary.json" in files:
                files["summary.json"] = timeless(json.loads(files["summary.json"]))
            return files
        return read(self.out) if os.path.exists(self.out) else None

    def unfinished(self):
        """Names that are in the scratch folder and belong neither to it nor to the output."""
        inside = os.listdir(self.out) if os.path.isdir(self.out) else []
        return sorted(here() - self.names | {n for n in inside if PARTIAL in n} |
                      set(os.listdir("tmp")))


def here():
    return set(os.listdir("."))


def timeless(value):
    """A summary without times, which are its one part that is never the same."""
    if isinstance(value, dict):
        return {key: timeless(value[key]) for key in value
                if key not in ("seconds", "mb_per_s", "threads") and "memory" not in key}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def commands():
    """Every command that writes, on inputs of every kind."""
    make_inputs()
    one = ["--threads", "1"]

    def old_output():  # of other inputs, so that every file of it is replaced
        syndic("dedup", "clean", "--compress", "none", "-o", "out", *one)
        write("out/theirs", "stays")

    list_ = [
        Command("group", "group", "clean", "-o", "out", *one),
        Command("group of broken inputs", "group", "broken", "-o", "out", *one),
        Command("group by syndication", "group", "--by", "syndication", "clean", "-o", "out", *one),
        Command("dedup", "dedup", "clean", "-o", "out", *one),
        Command("dedup of broken inputs", "dedup", "broken", "-o", "out", *one),
        Command("dedup by syndication", "dedup", "--by", "syndication", "clean", "-o", "out", *one),
        Command("dedup into a folder", "dedup", "clean", "--force", "-o", "out", *one,
                before=old_output),
        Command("sketch", "sketch", "clean", "-o", "out.syn", *one, out="out.syn"),
        Command("passages", "passages", "--min-words", "12", "clean", "-o", "out", *one),
        Command("passages cut", "passages", "--remove-repeats", "clean/a.jsonl",
                "clean/b.jsonl.gz", "-o", "out", *one),
        Command("dedup, two threads", "dedup", "clean", "-o", "out", "--threads", "2"),
    ]
    return list_
