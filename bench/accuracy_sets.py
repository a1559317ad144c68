# SPDX-License-Identifier: Apache-2.0
"""The sets of documents that bench/accuracy judges on: a name in, files and labels out.

A set has files of JSON lines and for each document the name of its cluster; documents without one
are alone.  Labels are `true` (written down or known by construction), `weak` (the source package a
text of Debian belongs to: texts of one source are mostly copies, but not all, so that only
differences between methods mean something) or absent.  What cannot be made here raises Absent."""
import gzip
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
CRAWLS = ("web", "syndication", "mixed", "noise", "near", "short")
DESCRIPTION = re.compile(r"Package: (\S+)\n(?:.*\n)*?"
                         r"Description-(?!md5)\w+: (.*(?:\n .*)*)")
LANGUAGES = ("en", "de", "fr", "ja", "ru", "zh_CN")
NAMES = (("corpus",) + CRAWLS + ("revisions",) + tuple("debian-" + code for code in LANGUAGES) +
         ("copyright",))


class Absent(Exception):
    """This set cannot be made here; the reason is printed."""


def fail(message):
    print("accuracy: " + message, file=sys.stderr)
    sys.exit(2)


def lines(path):
    """The lines of a file, .gz and .zst unpacked, as bytes."""
    path = str(path)
    if not path.endswith(".zst"):
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
            yield from file
        return
    with subprocess.Popen(["zstd", "-dcq", path], stdout=subprocess.PIPE) as unpack:
        yield from unpack.stdout
    if unpack.returncode:
        raise Absent("zstd cannot read %s" % path)


def field(record, path):
    """The value at a path whose dots lead into objects, or None."""
    for name in path.split("."):
        record = record.get(name) if isinstance(record, dict) else None
    return record


def parse(line):
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


class Set:
    """Files and what is known of their documents; `clusters`: id -> cluster, not the field."""

    def __init__(self, name, paths, labels="true", cluster_field="cluster", text_field="text",
                 id_field="id", clusters=None):
        self.name, self.paths, self.labels = name, [str(path) for path in paths], labels
        self.text_field, self.id_field = text_field, id_field
        self.ids, self.true, self.languages = [], [], []
        self.at = {}        # (path, line) -> document
        self.by_line = {}   # line of all files joined -> document
        self.skipped = count = named = 0
        for path in self.paths:
            for number, line in enumerate(lines(path), 1):
                count += 1
                record = parse(line)
                if record is None or not isinstance(field(record, text_field), str):
                    self.skipped += bool(line.strip())
                    continue
                document = len(self.ids)
                self.at[path, number] = self.by_line[count] = document
                self.ids.append(field(record, id_field))
                cluster = (clusters.get(self.ids[-1]) if clusters is not None
                           else field(record, cluster_field))
                named += cluster is not None
                self.true.append(("alone", document) if cluster is None else str(cluster))
                self.languages.append(record.get("lang"))
        if not named:
            self.labels = None
            self.true = None

    def joined(self):
        """All lines of all files, each with its end."""
        for path in self.paths:
            for line in lines(path):
                yield line if line.endswith(b"\n") else line + b"\n"


def stories():
    """Of the corpus: the story of each article that is in one."""
    with open(ROOT / "corpus/truth.jsonl", encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return ({document: record["story"] for record in records if record["kind"] == "story"
             for document in record["documents"]}, records)


def crawl(options, folder, profile):
    path = folder / (profile + ".jsonl")
    if not path.exists():
        if not os.path.exists(options.make_crawl):
            raise Absent("no %s; build it, or say --make-crawl" % options.make_crawl)
        subprocess.run([options.make_crawl, "--documents", str(options.documents), "--profile",
                        profile, "--seed", str(options.seed), "--corpus",
                        str(ROOT / "corpus/articles.jsonl"), "-o", str(path)], check=True)
    return path


def shared(name):
    path = SHARED / name
    if not path.exists():
        raise Absent("no %s" % os.path.relpath(path, ROOT))
    return path


# ---- texts of Debian ----
def output(*command):
    if not shutil.which(command[0]):
        raise Absent("no %s here" % command[0])
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise Absent("%s gave %d" % (" ".join(command[:2]), done.returncode))
    return done.stdout.decode("utf-8", "replace")


def write(path, records):
    with open(path, "w", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
    return path


def source_packages():
    """Package -> source package, of all that apt knows."""
    sources, package = {}, None
    for line in output("apt-cache", "dumpavail").splitlines():
        if line.startswith("Package: "):
            package = line[9:]
            sources.setdefault(package, package)
        elif line.startswith("Source: "):
            sources[package] = line[8:].split()[0]
    return sources


def translations(language):
    """(package, long description) from the lists of apt, which hold them where it was told to."""
    names = output("apt-get", "indextargets", "--format", "$(LANGUAGE) $(FILENAME)",
                   "Created-By: Translations")
    for name in names.splitlines():
        code, _, path = name.partition(" ")
        if code != language or not os.path.exists(path):
            continue
        for stanza in output("/usr/lib/apt/apt-helper", "cat-file", path).split("\n\n"):
            found = DESCRIPTION.match(stanza)
            if found:
                yield found[1], found[2]


def tidy(description):
    """Paragraphs apart, without the marks of the format."""
    return re.sub(r"^ +", "", re.sub(r"^ \.$", "", description, flags=re.M), flags=re.M)


def debian(folder, language):
    """Long package descriptions; each text of a package once, whatever suites have it."""
    sources, seen, records = source_packages(), set(), []
    for package, description in translations(language):
        text = tidy(description)
        if (package, text) not in seen and "\n" in text:
            seen.add((package, text))
            records.append({"id": package, "cluster": sources.get(package, package),
                            "lang": language, "text": text})
    if not records:
        raise Absent("apt has no descriptions in this language; Acquire::Languages says which it "
                     "fetches")
    return write(folder / ("debian-%s.jsonl" % language), records)


def installed(folder):
    """Instead of all English descriptions, those of the packages installed here."""
    form = "${Package}\\t${source:Package}\\t${Description}\\1"
    records = []
    for item in output("dpkg-query", "-W", "-f", form).split("\1"):
        if item.count("\t") >= 2:
            package, source, description = item.split("\t", 2)
            records.append({"id": package, "cluster": source, "lang": "en",
                            "text": tidy(description)})
    return write(folder / "installed.jsonl", records)


def copyrights(folder):
    """The copyright files of the packages installed here: licences are furniture."""
    form = "${Package}\\t${source:Package}\\n"
    source = dict(line.split("\t") for line in output("dpkg-query", "-W", "-f", form).splitlines())
    records, seen = [], set()
    for path in sorted(pathlib.Path("/usr/share/doc").glob("*/copyright")):
        real, package = path.resolve(), path.parent.name
        if real in seen or not real.is_file():
            continue
        seen.add(real)
        records.append({"id": package, "cluster": source.get(package, package),
                        "text": real.read_text(encoding="utf-8", errors="replace")})
    if len(records) < 100:
        raise Absent("only %d copyright files in /usr/share/doc" % len(records))
    return write(folder / "copyright.jsonl", records)


def make(options, folder, name):
    """The set of that name, or of that file."""
    if name == "corpus":
        return Set(name, [ROOT / "corpus/articles.jsonl"], clusters=stories()[0])
    if name in CRAWLS:
        return Set(name, [crawl(options, folder, name)])
    if name == "revisions":
        return Set(name, [shared("revisions.jsonl.zst")])
    if name == "copyright":
        return Set(name, [copyrights(folder)], "weak")
    if name.startswith("debian-"):
        language = name[len("debian-"):]
        try:
            return Set(name, [debian(folder, language)], "weak")
        except Absent as reason:
            if language != "en":
                raise
            print("debian-en: only packages installed here: %s" % reason)
            return Set("debian-en", [installed(folder)], "weak")
    return Set(os.path.basename(name), [name], cluster_field=options.cluster_field,
               text_field=options.text_field or "text", id_field=options.id_field or "id")
