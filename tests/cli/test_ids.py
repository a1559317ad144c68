#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Ids that a C string cannot hold."""
from harness import case, equal, lacks, main, syndic, write


@case
def a_nul_in_an_id_cuts_nothing_off():
    write("in.jsonl", b'{"id":"a\\u0000b","text":"one two three four five six"}\n'
                      b'{"id":"a\\u0000c","text":"one two three four five six"}\n')
    run = syndic("group", "in.jsonl")
    equal([member["id"] for member in run.lines()[0]["members"]], ["a\ufffdb", "a\ufffdc"])
    lacks(run.err, "id")


if __name__ == "__main__":
    main()
