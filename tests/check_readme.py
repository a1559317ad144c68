#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Run what README.md tells people to run, and compare what it says they will see.

  check_readme.py BUILD_DIR [CC]

Everything happens in a scratch copy of the project that holds the programs of BUILD_DIR under
build/release and an installation of the library that pkg-config finds.

- In a block marked ```console every line that begins with "$ " is a command (a trailing backslash
  goes on with the next line) and must end with status 0.  The lines after it are its output, where
  given: "..." alone on a line stands for any lines, and inside a line for any characters.
- A comment before the block changes that for this block:
      <!-- numbers vary -->    numbers, and how they are aligned, may differ
      <!-- not run: WHY -->    only "make TARGET" and paths given to commands are checked to exist
      <!-- exit 1 -->          the last command ends with this status
- A block marked ```c that has a main() is saved as example.c, compiled against the installed
  library with warnings as errors, and run; console blocks can use it too.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent
SECONDS = 120


def blocks(text):
    """Yield (line, language, lines, comments before the block) for each fenced block."""
    language, body, comments = None, [], []
    for number, line in enumerate(text.splitlines(), 1):
        fence = re.match(r"```(\w*)\s*$", line)
        if language is None and fence:
            language, body, start = fence.group(1) or "text", [], number
        elif language is not None and line.strip() == "```":
            yield start, language, body, comments
            language, comments = None, []
        elif language is not None:
            body.append(line)
        elif line.startswith("<!--"):
            comments.append(line.strip("<>!- "))
        elif line.strip():
            comments = []
    if language is not None:
        raise SystemExit(f"README.md:{start}: this block never ends")


def commands(body, start):
    """Yield (line, command, expected lines) of a console block."""
    current = None
    lines = iter(enumerate(body, start + 1))
    for number, line in lines:
        if line.startswith("$ "):
            if current:
                yield current
            command = line[2:]
            while command.endswith("\\"):
                command = command[:-1] + next(lines)[1].removeprefix("> ")
            current = (number, command, [])
        elif current:
            current[2].append(line)
        else:
            raise SystemExit(f"README.md:{number}: output before any command")
    if current:
        yield current


def pattern_of(expected, numbers_vary):
    """A regular expression for the whole expected output."""
    parts = []
    for line in expected:
        if line.strip() == "...":
            parts.append(r"(?:.*\n)*?")
            continue
        if numbers_vary:
            line = re.sub(r"\s+", " ", line.strip())
        escaped = re.escape(line).replace(re.escape("..."), ".*")
        if numbers_vary:
            escaped = re.sub(r"\d+(?:(?:\\\.|,)\d+)*", r"\\d+(?:[.,]\\d+)*", escaped)
        parts.append(escaped + r"\n")
    return "".join(parts)


def matches(expected, output, numbers_vary):
    lines = [line.rstrip() for line in output.rstrip("\n").split("\n")]
    if numbers_vary:
        lines = [re.sub(r"\s+", " ", line.strip()) for line in lines]
    expected = [line.rstrip() for line in expected]
    while expected and not expected[-1]:
        expected.pop()
    return re.fullmatch(pattern_of(expected, numbers_vary), "\n".join(lines) + "\n") is not None


def targets():
    """The targets that the Makefile names as such."""
    phony = re.search(r"^\.PHONY:(.*)$", (SOURCE / "Makefile").read_text(), re.M)
    return set(phony.group(1).split())


def check_static(number, command):
    """A command that is not run: its make targets, presets and paths must exist."""
    words = command.split("#")[0].split()
    if "make" in words:
        goals = words[words.index("make") + 1:]
        for word in goals:
            if "=" not in word and not word.startswith("-") and word not in targets():
                return f"README.md:{number}: the Makefile has no target {word}"
    if "--preset" in words:
        preset = words[words.index("--preset") + 1]
        if f'"name": "{preset}"' not in (SOURCE / "CMakePresets.json").read_text():
            return f"README.md:{number}: CMakePresets.json has no preset {preset}"
    return None


def scratch_copy(scratch, build):
    copy = scratch / "syndic"
    ignore = shutil.ignore_patterns("build", ".git", "__pycache__")
    shutil.copytree(SOURCE, copy, ignore=ignore, symlinks=True)
    release = copy / "build" / "release"
    release.mkdir(parents=True)
    for name in ("syndic", "make_crawl", "libsyndic.a"):
        shutil.copy2(build / name, release)
    subprocess.run(["cmake", "--install", build, "--prefix", scratch / "prefix"], check=True,
                   stdout=subprocess.DEVNULL)
    return copy


def environment(scratch, copy):
    pc = next((scratch / "prefix").rglob("syndic.pc"))
    env = dict(os.environ, NO_COLOR="1", LC_ALL="C.UTF-8", TMPDIR=str(scratch))
    env["PATH"] = f"{copy / 'build' / 'release'}:{env['PATH']}"
    env["PKG_CONFIG_PATH"] = str(pc.parent)
    env["LD_LIBRARY_PATH"] = str(pc.parent.parent)
    return env


def run(command, copy, env):
    return subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=copy, env=env, text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=SECONDS)


def check_console(block, copy, env, report):
    start, _, body, comments = block
    numbers_vary = "numbers vary" in comments
    not_run = any(c.startswith("not run") for c in comments)
    status = next((int(c.split()[1]) for c in comments if re.fullmatch(r"exit \d+", c)), 0)
    found = list(commands(body, start))
    for number, command, expected in found:
        if not_run:
            report(number, command, check_static(number, command), "not run")
            continue
        result = run(command, copy, env)
        want = status if number == found[-1][0] else 0
        problem = None
        if result.returncode != want:
            problem = f"status {result.returncode}, expected {want}\n{result.stdout}"
        elif any(line.strip() for line in expected) and \
                not matches(expected, result.stdout, numbers_vary):
            problem = "it printed:\n" + result.stdout
        report(number, command, problem, "ok" if expected else "ok, output not compared")


def check_c(block, copy, env, cc, report):
    start, _, body, _ = block
    (copy / "example.c").write_text("\n".join(body) + "\n")
    command = (f"{cc} -std=c17 -Wall -Wextra -Werror example.c -o example "
               "$(pkg-config --cflags --libs syndic) && ./example")
    result = run(command, copy, env)
    problem = None if result.returncode == 0 else f"status {result.returncode}\n{result.stdout}"
    report(start, "C example: " + command, problem, "ok")
    return problem is None


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    cc = sys.argv[2] if len(sys.argv) > 2 else "cc"
    failures, checked = [], []

    def report(number, command, problem, words):
        checked.append(command)
        print(f"README.md:{number}: {command}: {problem or words}")
        if problem:
            failures.append(number)

    found = list(blocks((SOURCE / "README.md").read_text()))
    with tempfile.TemporaryDirectory() as directory:
        scratch = pathlib.Path(directory)
        copy = scratch_copy(scratch, build)
        env = environment(scratch, copy)
        examples = 0
        for block in found:  # first, so that console blocks can use example.c wherever they stand
            if block[1] == "c" and any("main(" in line for line in block[2]):
                check_c(block, copy, env, cc, report)
                examples += 1
        for block in found:
            if block[1] == "console":
                check_console(block, copy, env, report)
    if not examples:
        print("README.md has no C example with a main()")
        failures.append(0)
    if len(checked) == examples:
        print("README.md has no command")
        failures.append(0)
    print(f"{len(checked)} checked, {len(failures)} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
