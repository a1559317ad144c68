#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The main job on the articles of corpus/: which are copies, what dedup keeps, what it removes and why.
#   demo.sh SYNDIC ARTICLES
set -eu
syndic=$1
articles=$2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

run() {
    echo
    echo "\$ $*"
    "$@"
}

echo "Copies of the same text among the $(wc -l <"$articles") articles of $articles:"
run "$syndic" group --format table "$articles"

echo
echo "The same articles without their near-duplicates:"
run "$syndic" dedup "$articles" -o "$out/kept"
run wc -l "$articles" "$out/kept/$(basename "$articles")"
echo
echo "Who was removed, in whose favour, and why (the first five):"
run head -n 5 "$out/kept/removed.jsonl"
