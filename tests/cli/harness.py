# SPDX-License-Identifier: Apache-2.0
"""What the black-box tests of the command share: a scratch folder, runs of the command, checks.

A test script names its cases with @case; main() runs each in a scratch folder of its own, prints
"ok name" for it, and ends with 1 when any failed."""
import atexit
import functools
import gzip
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import traceback

BINARY = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "syndic"
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CORPUS = os.path.join(ROOT, "corpus", "articles.jsonl")
CASES = []


class Skip(Exception):
    """This case cannot run here; the reason is printed."""


def case(function):
    CASES.append(function)
    return function


class Run:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr.decode("utf-8", "replace")

    def lines(self):
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.decode("utf-8").splitlines()]


def syndic(*arguments, code=0, nobody=False, **options):
    """Run the command in the scratch folder, as nobody or not, and check its exit status."""
    if nobody:
        options["preexec_fn"] = as_nobody
    environment = dict(os.environ, **options.pop("environment", {}))
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("timeout", 120)
    if "input" in options:
        del options["stdin"]
    binary = open_binary() if nobody else BINARY
    done = subprocess.run([binary, *map(str, arguments)], env=environment,
                          stdout=options.pop("stdout", subprocess.PIPE),
                          stderr=subprocess.PIPE, **options)
    if done.stdout is None:
        done.stdout = b""
    run = Run(done)
    if code is not None:  # whatever it is
        equal(run.code, code, "exit status of syndic %s\n%s" % (" ".join(map(str, arguments)), run.err))
    return run


def tables():
    """Names of the kernel tables that this CPU runs."""
    line = [l for l in syndic("version").out.decode().splitlines() if l.startswith("kernels here:")]
    names = line[0].replace(" (not on this CPU)", "!").split(":")[1].split()
    return [name for name in names if not name.endswith("!")]


def equal(got, wanted, what="value"):
    if got != wanted:
        raise AssertionError("%s: got %r, wanted %r" % (what, got, wanted))


def true(condition, what):
    if not condition:
        raise AssertionError(what)


def has(text, part):
    if part not in text:
        raise AssertionError("%r is not in:\n%s" % (part, text))


def lacks(text, part):
    if part in text:
        raise AssertionError("%r is in:\n%s" % (part, text))


def write(path, content):
    """Bytes as they are, text as UTF-8; folders on the way are made."""
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(folder, exist_ok=True)
    with open(path, "wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def json_lines(path):
    return [json.loads(line) for line in read(path).decode("utf-8").splitlines()]


def record(identity, text, **more):
    return json.dumps(dict({"id": identity, "text": text}, **more)) + "\n"


def story(seed, words=120):
    """A text of its own for each seed: no two share a run of five words."""
    source = random.Random("story %s" % seed)
    return " ".join("".join(source.choice("bcdfghklmnprst") + source.choice("aeiou")
                            for _ in range(source.randint(2, 4))) for _ in range(words))


def edited(text, at=60):
    """The same with one word changed: near, and not exact."""
    words = text.split(" ")
    words[at % len(words)] = "changedword"
    return " ".join(words)


def tree(folder):
    """All files below a folder: relative name -> bytes."""
    found = {}
    for top, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(top, name)
            found[os.path.relpath(path, folder)] = read(path)
    return found


def have_zstd():
    return shutil.which("zstd") is not None


def zstd(data, *options):
    if not have_zstd():
        raise Skip("there is no zstd command")
    return subprocess.run(["zstd", "-q", "-c", *options], input=data, stdout=subprocess.PIPE,
                          check=True).stdout


def unzstd(data):
    return zstd(data, "-d")


def gz(data):
    return gzip.compress(data, mtime=0)


def as_nobody():
    """For subprocess: give up root, whom file modes do not stop."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)


@functools.lru_cache(maxsize=None)
def open_binary():
    """A copy of the command where everybody can run it: a checkout may be closed to others."""
    folder = tempfile.mkdtemp(prefix="syndic-cli-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.chmod(folder, 0o755)
    copy = shutil.copy(BINARY, folder)
    os.chmod(copy, 0o755)
    return copy


def main():
    failed = skipped = 0
    for function in CASES:
        name = function.__name__
        scratch = tempfile.mkdtemp(prefix="syndic-cli-")
        os.chmod(scratch, 0o777)
        os.chdir(scratch)
        try:
            function()
            print("ok", name)
        except Skip as reason:
            skipped += 1
            print("SKIPPED %s: %s" % (name, reason))
        except Exception:
            failed += 1
            print("FAILED", name)
            traceback.print_exc(file=sys.stdout)
        finally:
            os.chdir("/")
            shutil.rmtree(scratch, ignore_errors=True)
        sys.stdout.flush()
    print("%d cases, %d failed, %d skipped" % (len(CASES), failed, skipped))
    sys.exit(1 if failed else 0)
