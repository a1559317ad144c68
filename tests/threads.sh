#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The number of threads never shows in the output.  Under the thread sanitizer this is also where
# races are looked for.
#   threads.sh SYNDIC MAKE_CRAWL
set -euo pipefail
syndic=$1
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$2" --documents 2000 --seed 7 >"$scratch/crawl.jsonl"
for options in "" "--minhash kperm --verify exact" "--shingle char:6 --threshold 0.6"; do
    for threads in 1 2 5; do
        # shellcheck disable=SC2086 # options is a list of words
        "$syndic" group $options --threads $threads corpus/articles.jsonl "$scratch/crawl.jsonl" \
            >"$scratch/group.$threads"
        [ -s "$scratch/group.$threads" ]
    done
    cmp "$scratch/group.1" "$scratch/group.2"
    cmp "$scratch/group.1" "$scratch/group.5"
    echo "threads: $(wc -l <"$scratch/group.1") groups with 1, 2 and 5 threads: group $options"
done
for options in "" "--within" "--across --min-words 8" "--fuzzy"; do
    for threads in 1 2 5; do
        # shellcheck disable=SC2086 # options is a list of words
        "$syndic" passages $options --threads $threads corpus/articles.jsonl "$scratch/crawl.jsonl" \
            >"$scratch/passages.$threads"
        [ -s "$scratch/passages.$threads" ]
    done
    cmp "$scratch/passages.1" "$scratch/passages.2"
    cmp "$scratch/passages.1" "$scratch/passages.5"
    echo "threads: $(wc -l <"$scratch/passages.1") passages with 1, 2 and 5 threads: passages $options"
done
for threads in 1 5; do
    "$syndic" passages --remove-repeats --threads $threads "$scratch/crawl.jsonl" \
        -o "$scratch/repeats.$threads"
    rm "$scratch/repeats.$threads/summary.json"
done
diff -r "$scratch/repeats.1" "$scratch/repeats.5"
for threads in 1 5; do
    "$syndic" dedup --threads $threads "$scratch/crawl.jsonl" -o "$scratch/dedup.$threads"
    rm "$scratch/dedup.$threads/summary.json"
done
for threads in 1 5; do
    "$syndic" sketch --threads $threads "$scratch/crawl.jsonl" -o "$scratch/crawl.$threads.syn"
    "$syndic" group --threads $threads "$scratch/crawl.$threads.syn" >"$scratch/sketched.$threads"
done
"$syndic" group "$scratch/crawl.jsonl" | cmp - "$scratch/sketched.1"
cmp "$scratch/sketched.1" "$scratch/sketched.5"
cmp "$scratch/crawl.1.syn" "$scratch/crawl.5.syn"
diff -r "$scratch/dedup.1" "$scratch/dedup.5"
