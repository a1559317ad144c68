#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The scripts of bench/: compare tells slower from noise, and e2e.py stores what it promises.

  check_bench.py SYNDIC MAKE_CRAWL
"""
import json
import pathlib
import subprocess
import sys
import tempfile

BENCH = pathlib.Path(__file__).resolve().parent.parent / "bench"


def results(path, runs):
    """A file of results: name -> repeats."""
    middle = {name: sorted(some)[len(some) // 2] for name, some in runs.items()}
    path.write_text(json.dumps({"parts": {"kernels": {"results": [
        {"name": name, "unit": "ns", "median": middle[name], "best": min(some), "runs": some}
        for name, some in runs.items()]}}}))
    return path


def compare(folder, old, new, code, *options):
    done = subprocess.run([sys.executable, BENCH / "compare", results(folder / "old.json", old),
                           results(folder / "new.json", new), *options],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    assert done.returncode == code, "%r against %r: %d, not %d\n%s" % (
        new, old, done.returncode, code, done.stdout)
    return done.stdout


def check_compare(folder):
    steady = {"text/scalar/500": [400, 401, 402], "text/avx2/500": [100, 101, 102]}

    def with_avx2(*runs):
        return dict(steady, **{"text/avx2/500": list(runs)})
    compare(folder, steady, steady, 0)
    compare(folder, steady, with_avx2(108, 109, 110), 0)
    assert "SLOWER" in compare(folder, steady, with_avx2(120, 121, 122), 1)
    compare(folder, steady, with_avx2(120, 121, 122), 0, "--limit", "25")
    compare(folder, steady, with_avx2(101, 125, 130), 0) # its best repeat is as fast as ever
    compare(folder, with_avx2(80, 100, 160), with_avx2(95, 120, 150), 0) # noise
    slow_machine = {name: [2 * run for run in runs] for name, runs in steady.items()}
    compare(folder, steady, slow_machine, 1)
    compare(folder, steady, slow_machine, 0, "--relative")
    compare(folder, steady, {"other/avx2/500": [1, 1, 1]}, 1) # nothing to compare is no success


def check_e2e(folder, syndic, make_crawl):
    out = folder / "e2e.json"
    subprocess.run([sys.executable, BENCH / "e2e.py", "--syndic", syndic, "--make-crawl", make_crawl,
                    "--megabytes", "2", "--kinds", "plain", "--threads", "1", "--repeats", "1",
                    "--tmp", folder, "--out", out], check=True)
    part = json.loads(out.read_text())["parts"]["e2e-crawl"]
    assert part["command"].startswith("bench/e2e.py --megabytes 2 "), part["command"]
    assert [one["name"] for one in part["results"]] == [
        "floor/crawl.plain/1", "group/crawl.plain/1", "dedup/crawl.plain/1"]
    for one in part["results"]:
        assert one["median"] > 0 and one["bytes_per_second"] > 0 and one["stages"]["read"] > 0, one
        assert (one.get("x_floor", 0) > 0) == (not one["name"].startswith("floor")), one


def main():
    syndic, make_crawl = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="syndic-bench-") as folder:
        check_compare(pathlib.Path(folder))
        check_e2e(pathlib.Path(folder), syndic, make_crawl)
    print("check_bench: compare and e2e.py do what they say")


if __name__ == "__main__":
    main()
