#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""syndic bench: what it prints, and that it ends in time."""
import re

from harness import BINARY, case, equal, has, main, read, syndic, true

# Sanitizers make everything several times slower, so that only release builds are held to the time.
SANITIZED = b"__asan_init" in read(BINARY) or b"__tsan_init" in read(BINARY)
SECONDS_MAX = 100 if SANITIZED else 20


def positive(value, what):
    true(isinstance(value, (int, float)) and value > 0, "%s is %r" % (what, value))


@case
def json_has_every_measurement():
    got = syndic("bench", "--json").lines()
    equal(len(got), 1, "lines")
    got = got[0]
    equal(sorted(got), ["cpu", "documents", "group", "json", "kernels", "memory", "seconds", "sketch",
                        "tables", "text_bytes", "threads", "version"])
    for key in ("documents", "text_bytes", "threads", "seconds"):
        positive(got[key], key)
    for key in ("memory", "json", "sketch"):
        equal(sorted(got[key]), ["all_cores_gb_per_s", "one_core_gb_per_s"])
        for name, value in got[key].items():
            positive(value, key + " " + name)
    for key in ("documents_per_s", "gb_per_s", "of_read_floor"):
        positive(got["group"][key], key)
    true(got["group"]["of_read_floor"] < 1, "reading and grouping is slower than reading")
    for table in got["tables"]:
        positive(table["sketch_gb_per_s"], table["name"])
        positive(table["x_scalar"], table["name"])
    equal(got["tables"][-1]["name"], "scalar")
    equal(got["tables"][-1]["x_scalar"], 1.0)
    true(got["kernels"] in [table["name"] for table in got["tables"]], "the table in use is measured")
    true(got["seconds"] < SECONDS_MAX, "it took %g s" % got["seconds"])


@case
def people_get_a_table_for_the_kernels_they_ask_for():
    text = syndic("bench", "--kernels", "scalar", "-j", "1").out.decode()
    has(text, ", 1 thread, kernels scalar\n")
    true(re.search(r"^  scalar .* 1\.0  in use$", text, re.M), "no line of scalar:\n" + text)
    for line in ("read memory", "extract fields of JSON", "text to signature", "text to groups"):
        true(re.search(r"^  %s +[0-9.]+( +[0-9.]+)?$" % line, text, re.M), line + ":\n" + text)


@case
def mistakes_are_named():
    has(syndic("bench", "file.jsonl", code=2).err, "reads no files")
    has(syndic("bench", "--memory", "100M", code=2).err, "--memory")


if __name__ == "__main__":
    main()
