#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Repeat a JSONL file into a large benchmark input of distinct documents.

repeat.py INPUT COPIES > OUTPUT: copy number c of a record has "#c" after its id, and every " of " in
it reads " ofc ", so that the copies of a document are near-duplicates of each other (about 0.77 word-5
Jaccard in English), never the same text.  INPUT may be .zst (read through the zstd command).
"""
import re
import subprocess
import sys

ID = re.compile(rb'("id": *"(?:[^"\\]|\\.)*)"')


def lines(path):
    if path.endswith(".zst"):
        return subprocess.run(["zstd", "-dcq", path], check=True, stdout=subprocess.PIPE).stdout.splitlines(True)
    with open(path, "rb") as file:
        return file.readlines()


def main():
    path, copies = sys.argv[1], int(sys.argv[2])
    records = lines(path)
    for copy in range(copies):
        tag = str(copy).encode()
        for line in records:
            line = ID.sub(rb'\1#' + tag + b'"', line, count=1)
            sys.stdout.buffer.write(line.replace(b" of ", b" of" + tag + b" "))


if __name__ == "__main__":
    main()
