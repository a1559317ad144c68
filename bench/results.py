# SPDX-License-Identifier: Apache-2.0
"""What the benchmark scripts share: what this machine is, medians, and the file of results.

bench/results/<cpu>-<date>.json holds parts, one a script ("kernels", "e2e").  A part says by which
command it was made, and lists results: {"name", "unit", "median", "best", "runs", ...}, where runs
are the repeats and less is better."""
import datetime
import json
import os
import pathlib
import platform
import re
import shlex
import statistics
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"


def cpu_name():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            found = re.search(r"^model name\s*: (.*)$", file.read(), re.M)
    except OSError:
        found = None
    return found.group(1) if found else platform.processor() or platform.machine()


def command_line(left_out=("--program", "--syndic", "--make-crawl", "--out")):
    """How this script was called, without where things lay: folders and programs."""
    words, arguments = ["bench/" + os.path.basename(sys.argv[0])], iter(sys.argv[1:])
    for word in arguments:
        if word in left_out:
            next(arguments, None)
        elif not word.startswith(tuple(name + "=" for name in left_out)):
            word = os.path.basename(word) if os.path.exists(word) else word
            words.append(shlex.quote(word))
    return " ".join(words)


def result(name, unit, runs, **more):
    return dict({"name": name, "unit": unit, "median": statistics.median(runs), "best": min(runs),
                 "runs": runs}, **more)


def rounded(value, digits=5):
    if isinstance(value, float):
        return float("%.*g" % (digits, value))
    if isinstance(value, dict):
        return {key: rounded(one, digits) for key, one in value.items()}
    return [rounded(one, digits) for one in value] if isinstance(value, list) else value


def default_path(cpu):
    stem = re.sub(r"\((r|tm)\)|\b(cpu|processor)\b|@.*", " ", cpu.lower())
    stem = re.sub(r"[^a-z0-9]+", "-", stem).strip("-")
    return RESULTS / ("%s-%s.json" % (stem, datetime.date.today()))


def write(part, results, cpu, out=None, **more):
    """Add the part to the file, which other parts may be in; one line a result."""
    path = pathlib.Path(out) if out else default_path(cpu)
    content = json.loads(path.read_text()) if path.exists() else {}
    content.update(cpu=cpu, cpus=os.cpu_count())
    content.setdefault("parts", {})[part] = dict(
        {"command": command_line(), "date": str(datetime.date.today())}, **more,
        results=rounded(results))
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False)
    # json knows no middle way between one line and one value a line.
    text = re.sub(r"\n {5,}", " ", text).replace("{ ", "{").replace("[ ", "[")
    text = re.sub(r" ?\n {4}([}\]])", r"\1", text)
    path.write_text(text + "\n")
    print("wrote", os.path.relpath(path))
