#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The n-th call of the C library fails, for every n of a small run: a write, a read, an allocation
and so on.  Each time the run ends with its output, every byte of it; or with a reason and no output.

    test_calls.py SYNDIC FAULT_LIBRARY"""
import errno
import signal
import subprocess

from inputs import *

LIBRARY = os.path.abspath(sys.argv[2])
SECONDS = 25  # of a sample
RUN_SECONDS = 20
FAULTS = {
    "read": [errno.EIO, errno.EINTR, "short"],
    "write": [errno.ENOSPC, errno.EIO, errno.EINTR, "short"],
    "open": [errno.EMFILE, errno.EACCES],
    "close": [errno.EIO],
    "rename": [errno.EIO, errno.ENOSPC],
    "unlink": [errno.EIO],
    "mkdir": [errno.ENOSPC],
    "sync": [errno.EIO, errno.ENOSPC],
    "resize": [errno.ENOSPC],
    "map": [errno.ENOMEM],
    "allocate": [errno.ENOMEM],
    "thread": [errno.EAGAIN],
    "list": [errno.EIO],
    "stat": [errno.EIO],
}
HARMLESS = (errno.EINTR, "short")  # the call is made again, or the rest of it


def disturbed(command, fault, counts=None, **options):
    environment = {"LD_PRELOAD": LIBRARY, "SYNDIC_FAULT": fault}
    if counts:
        environment["SYNDIC_FAULT_COUNTS"] = counts
    command.prepare()
    try:
        return command.run(environment=environment, timeout=RUN_SECONDS, **options)
    except subprocess.TimeoutExpired:
        raise AssertionError("it hangs")


def counted(command):
    """How often each call is made undisturbed."""
    file = os.path.abspath("tmp/counts")
    disturbed(command, "", counts=file)
    equal(command.output(), command.wanted, "output with nothing disturbed")
    return {name: int(n) for name, n in (line.split() for line in read(file).decode().splitlines())}


def check(command, call, number, on, what, run):
    """Is the outcome one that may be?"""
    words = [line for line in run.err.splitlines() if line.startswith(("syndic: ", "libgomp: "))]
    true(run.code in (0, 1, 2), "it ended with %d" % run.code)
    lacks(run.err, "Sanitizer")
    if run.code == 2:
        before = command.before is not None
        true(words and "success" not in words[-1].lower(), "no reason was given")
        true(before or command.output() is None, "it failed, and left an output")
        check_no_mixture(command)
    elif run.code == command.code and command.output() == command.wanted:
        pass
    elif run.code == 1 and call == "allocate" and run.err.strip().startswith("libgomp: "):
        # OpenMP's runtime ends the process while it is loaded, before main() can see to the status.
        true(command.before or command.output() is None, "it failed, and left an output")
        true(number <= 2, "OpenMP's runtime ended the process, and it was not noticed")
    else:
        # An input that cannot be read is named, and the others are processed.
        equal(run.code, 1, "exit status with another output")
        new = [line for line in words if line not in command.err.splitlines()]
        true(call in ("read", "open", "allocate", "list", "stat"), "another output")
        true(any(line.startswith(("syndic: clean", "syndic: broken")) for line in new),
             "which input was skipped?")
        true(call != "allocate" or "not enough memory" in run.err, "skipped for want of memory")
        true(command.output() is not None, "there is no output")
    if what in HARMLESS:
        equal((run.code, command.output() == command.wanted), (command.code, True), "outcome")
    left = command.unfinished()
    if call != "unlink" and not (on and call in ("open", "allocate", "list")):
        equal(left, [], "left behind")  # otherwise nothing can be taken away any more
    true(all(PARTIAL in name for name in left), "left behind without a name that tells: %r" % left)


def check_no_mixture(command):
    """An OUTDIR that was there before is complete, or has no summary.json."""
    if command.before is None or not os.path.exists("out/summary.json"):
        return
    now = command.output()
    command.prepare()
    true(now == command.output() or now == command.wanted, "the folder is a mixture")


def places(command):
    for call, n in counted(command).items():
        for what in FAULTS[call]:
            for i in range(1, n + 1):
                yield call, i, "", what
            # As of a disk that is full and stays so.  Not memory with several threads: libxml2 2.9.14
            # can go on for ever when a page finds none at all.
            if what not in HARMLESS and (call != "allocate" or "threads" not in command.name):
                for i in {1, 2, 3, n // 4, n // 2, n - 1} & set(range(1, n + 1)):
                    yield call, i, "+", what


def chosen(all_places):
    """All of them; or a sample in which each kind of fault has its turn."""
    if FULL:
        return [(command, place) for command, found in all_places for place in found]
    source = random.Random(SEED)
    kinds = {}
    for command, found in all_places:
        for place in found:
            kinds.setdefault((command.name, place[0], place[3]), []).append((command, place))
    for kind in kinds.values():
        source.shuffle(kind)
    rounds = []
    while kinds:
        names = sorted(kinds, key=str)
        source.shuffle(names)
        for name in names:
            rounds.append(kinds[name].pop())
            if not kinds[name]:
                del kinds[name]
    return rounds


def main_calls():
    failed = tried = 0
    print("seed %d%s" % (SEED, ", every call" if FULL else ""))
    if "," in os.environ.get("SYNDIC_FAULTS_ONLY", ""):
        wanted = os.environ["SYNDIC_FAULTS_ONLY"].split(",")  # command,call
    else:
        wanted = None
    all_places = [(command, list(places(command))) for command in commands()]
    end = time.monotonic() + SECONDS
    for command, (call, n, on, what) in chosen(all_places):
        if wanted and (command.name, call) != tuple(wanted):
            continue
        if not FULL and time.monotonic() > end:
            break
        fault = "%s:%d%s:%s" % (call, n, on, what)
        tried += 1
        run = None
        try:
            run = disturbed(command, fault)
            check(command, call, n, on, what, run)
        except AssertionError as reason:
            failed += 1
            print("FAILED %s: SYNDIC_FAULT=%s: %s\n  exit %s: %s" % (
                command.name, fault, str(reason)[:300], run and run.code,
                run and run.err[-600:].strip()), flush=True)
    print("%d faults of %d, %d failed" % (tried, sum(len(f) for _, f in all_places), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    folder = tempfile.mkdtemp(prefix="syndic-faults-")
    os.chdir(folder)
    try:
        sys.exit(main_calls())
    finally:
        os.chdir("/")
        shutil.rmtree(folder, ignore_errors=True)
