#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Kills, by -9, and signals, at any moment of a run: afterwards the output is there whole or not at
all, what else is left has a name that tells, and the same command runs again.

    test_kills.py SYNDIC FAULT_LIBRARY MAKE_CRAWL"""
import signal
import subprocess

from inputs import *

LIBRARY = os.path.abspath(sys.argv[2])
MAKE_CRAWL = os.path.abspath(sys.argv[3])
KILLS = 200 if FULL else 40
POINTS = 10000 if FULL else 6  # of each kind of call
SIGNALS = {"read": None, "write": None, "open": None, "rename": None, "mkdir": None, "close": None,
           "allocate": None}


def crawl(documents):
    true(subprocess.run([MAKE_CRAWL, "--documents", str(documents), "--seed", "3", "-o",
                         "clean/crawl.jsonl"]).returncode == 0, "make_crawl")
    write("clean/more.jsonl.gz", gz(b"".join(read("clean/crawl.jsonl").splitlines(True)[::3])))


def left_names(command):
    left = command.unfinished()
    true(all(PARTIAL in name for name in left), "left without a name that tells: %r" % left)
    return left


def run_again(command, what):
    """After a kill: whatever is there, the same command gives the whole output."""
    output = command.output()
    left = left_names(command)
    if output is not None and command.before is None:
        true(output == command.wanted, "%s: the output is there, and is not whole" % what)
        run = command.run(2)  # documented: OUTDIR must not exist
        has(run.err, "is there already")
        true(command.output() == command.wanted, "it was changed")
    elif command.before and output and "summary.json" in output:
        now = command.output()
        changed = {name for name in command.wanted if now.get(name) != command.wanted[name]}
        true(not changed or now == command.old, "%s: a mixture that looks whole: %r" %
             (what, sorted(changed)))
    if command.before or output is None:
        run = command.run(command.code)
        equal(command.output() == command.wanted, True, "%s: output of the next run" % what)
        equal(command.unfinished(), [], "%s: left over after the next run" % what)
    return len(left)


@case
def kills_at_random_moments():
    source = random.Random(SEED)
    write("clean/x", "")
    crawl(4000)
    os.remove("clean/x")
    fresh = Command("dedup", "dedup", "clean", "-o", "out")

    def old():
        syndic("dedup", "clean/crawl.jsonl", "-o", "out")
        write("out/theirs", "stays")

    into = Command("dedup into a folder", "dedup", "clean", "--force", "-o", "out", before=old)
    for command in (fresh, into):
        command.prepare()
        command.old = command.output()
        start = time.monotonic()
        command.run()
        seconds = time.monotonic() - start
        outcomes = {"whole": 0, "nothing": 0, "left-overs": 0}
        for i in range(KILLS // 2):
            command.prepare()
            process = subprocess.Popen([BINARY, *command.arguments], stderr=subprocess.DEVNULL,
                                       env=dict(os.environ, TMPDIR=os.path.abspath("tmp")))
            time.sleep(source.random() * seconds * 1.1)
            process.kill()
            process.wait()
            outcomes["whole" if command.output() == command.wanted else "nothing"] += 1
            outcomes["left-overs"] += bool(run_again(command, "kill %d" % i))
        print("%s, %.2f s: %s" % (command.name, seconds, outcomes))


def at_calls(number, calls):
    """Every place at which a signal comes, or a sample: command, "call:n:signal"."""
    source = random.Random(SEED)
    file = os.path.abspath("counts")
    for command in commands():
        command.old = None
        if command.before:
            command.prepare()
            command.old = command.output()
        if command.name.endswith("syndication") or "threads" in command.name:
            continue
        command.prepare()
        command.run(environment={"LD_PRELOAD": LIBRARY, "SYNDIC_FAULT_COUNTS": file})
        counts = dict(line.split() for line in read(file).decode().splitlines())
        os.remove(file)
        for call in calls:
            places = list(range(1, int(counts[call]) + 1))
            source.shuffle(places)
            for n in places[:POINTS]:
                yield command, "%s:%d:signal%d" % (call, n, number)


@case
def kills_at_every_call():
    tried = 0
    for command, fault in at_calls(signal.SIGKILL, ["write", "rename", "unlink", "mkdir", "open"]):
        command.prepare()
        run = command.run(environment={"LD_PRELOAD": LIBRARY, "SYNDIC_FAULT": fault})
        equal(run.code, -signal.SIGKILL, "exit status")
        tried += 1
        if command.arguments[0] in ("dedup", "passages") and os.path.isdir("out"):
            run_again(command, "%s: %s" % (command.name, fault))
            continue
        true(command.output() in (None, command.wanted), "%s: not whole" % fault)
        left_names(command)
        command.run(command.code)
        true(command.output() == command.wanted, "%s: output of the next run" % fault)
        equal(command.unfinished(), [], "%s: left over after the next run" % fault)
    print("%d kills" % tried)


@case
def the_first_signal_stops_cleanly():
    tried = whole = 0
    for number in (signal.SIGINT, signal.SIGTERM):
        for command, fault in at_calls(number, ["read", "write", "open", "rename", "allocate"]):
            command.prepare()
            if os.path.isdir("out"):
                command.old = command.output()
            run = command.run(environment={"LD_PRELOAD": LIBRARY, "SYNDIC_FAULT": fault})
            what = "%s: SYNDIC_FAULT=%s: %s" % (command.name, fault, run.err)
            tried += 1
            output = command.output()
            equal(run.code, -number, "exit status of " + what)
            equal(command.unfinished(), [], "left behind by " + what)
            if output == command.wanted:  # it came too late
                whole += 1
            elif command.before:
                equal(output == command.old, True, "the old folder is as it was: " + what)
            else:
                equal(output, None, "output of " + what)
            if output != command.wanted and run.err:  # not before main()
                has(run.err, "interrupted")
    print("%d signals, %d of them too late" % (tried, whole))


@case
def the_second_signal_ends_at_once():
    """The first comes while it waits for standard input, which stays open: nothing but a second one
    could end a run that did not look at the first."""
    for number in (signal.SIGINT, signal.SIGTERM):
        for second in (False, True):
            process = subprocess.Popen([BINARY, "dedup", "-", "-o", "out"], stdin=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
            time.sleep(0.3)
            process.send_signal(number)
            if second:
                time.sleep(0.1)
                process.send_signal(number)
            start = time.monotonic()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                raise AssertionError("signal %d, second %r: it goes on" % (number, second))
            true(time.monotonic() - start < 2, "it takes its time")
            equal(process.returncode, -number, "exit status")
            equal(os.path.exists("out"), False, "is there an output?")
            process.stderr.close()
            process.stdin.close()


if __name__ == "__main__":
    print("seed %d%s" % (SEED, ", every call" if FULL else ""))
    main()
