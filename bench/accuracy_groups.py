# SPDX-License-Identifier: Apache-2.0
"""Groups of a set: those that syndic finds, and components under exact Jaccard similarity.

Both come as a list that holds for each document the number of its group's first document."""
import json
import os
import re
import subprocess
import tempfile
import time

import measures
from accuracy_sets import Absent, fail


def run(command):
    """(standard output, seconds) of one run of syndic."""
    started = time.monotonic()
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        fail("%s ended with %d" % (" ".join(command), done.returncode))
    return done.stdout, time.monotonic() - started


def groups(some_set, text):
    """JSON lines of groups -> labels.  A member is an object with source and record, or an id."""
    found = list(range(len(some_set.ids)))
    grouped = set()
    by_id = None
    for line in text.splitlines():
        members = []
        for member in json.loads(line)["members"]:
            if isinstance(member, dict) and "record" in member:
                document = some_set.at.get((member["source"], member["record"]))
            else:
                by_id = by_id or {str(name): at for at, name in enumerate(some_set.ids)}
                document = by_id.get(str(member["id"] if isinstance(member, dict) else member))
            if document is None:
                fail("no document of %s is %s" % (some_set.name, json.dumps(member)))
            if document in grouped:
                fail("%s is in two groups" % some_set.ids[document])
            grouped.add(document)
            members.append(document)
        for document in members:
            found[document] = min(members)
    return found


def find(options, some_set, more):
    """What `syndic group` finds with these options: (labels, seconds)."""
    command = [options.syndic, "group", "--format", "jsonl", "--quiet", *more]
    for name in ("text_field", "id_field"):
        if getattr(some_set, name) != name[:-6]:
            command += ["--" + name.replace("_", "-"), getattr(some_set, name)]
    text, seconds = run(command + some_set.paths)
    return groups(some_set, text), seconds


def defaults(options):
    """Option -> its default, as `syndic group --help` prints it: the last brackets of its text."""
    text = subprocess.run([options.syndic, "group", "--help"], stdout=subprocess.PIPE,
                          check=True).stdout.decode()
    found = {}
    for part in re.split(r"\n(?= +(?:-\w, )?--)", text.split("options:")[1].split("\n\n")[0]):
        name, values = re.search(r"--([a-z-]+)", part), re.findall(r"\(([^()]*)\)", part)
        if name:
            found[name[1]] = values[-1].split(" ")[0] if values else None
    return found


# ---- the baseline ----
class Forest:
    """Components of a set at any threshold from `least` up; see jaccard_forest.cpp."""

    def __init__(self, options, some_set, least=0.1):
        if not os.path.exists(options.forest):
            raise Absent("no %s; build it, or say --forest" % options.forest)
        self.count = len(some_set.ids)
        command = [options.forest, "--least", str(least), "--text-field", some_set.text_field, "-"]
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out)
            for line in some_set.joined():
                process.stdin.write(line)
            process.stdin.close()
            if process.wait():
                fail("%s ended with %d" % (" ".join(command), process.returncode))
            out.seek(0)
            rows = (line.split() for line in out)
            self.edges = [(some_set.by_line[int(a)], some_set.by_line[int(b)], float(jaccard))
                          for a, b, jaccard in rows]

    def components(self, thresholds):
        """(threshold, labels) for thresholds that fall."""
        union, used = measures.Union(self.count), 0
        for threshold in thresholds:
            while used < len(self.edges) and self.edges[used][2] >= threshold - 1e-9:
                union.unite(*self.edges[used][:2])
                used += 1
            yield threshold, union.labels()
