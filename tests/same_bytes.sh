#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two builds of the command, such as one for this CPU and one run by an emulator, write the same bytes
# for the same input: every output but summary.json, which holds times.
#   same_bytes.sh SYNDIC OTHER [EMULATOR...]
set -euo pipefail
ours=$1
theirs=("${@:3}" "$2")
articles=corpus/articles.jsonl
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

compare() {
    "$ours" "$@" >"$scratch/ours"
    "${theirs[@]}" "$@" >"$scratch/theirs"
    [ -s "$scratch/ours" ] || { echo "same_bytes: no output from: syndic $*"; exit 1; }
    cmp "$scratch/ours" "$scratch/theirs" || { echo "same_bytes: differs: syndic $*"; exit 1; }
    echo "same_bytes: $(wc -c <"$scratch/ours") bytes: syndic $*"
}

compare group "$articles"
compare group --minhash kperm --threshold 0.5 --verify signature "$articles"
compare group --shingle char:7 --signature-slots 256 --threshold 0.6 --format tsv "$articles"

compare passages "$articles"
compare passages --fuzzy --min-words 10 "$articles"

"$ours" dedup "$articles" -o "$scratch/a"
"${theirs[@]}" dedup "$articles" -o "$scratch/b"
rm "$scratch"/[ab]/summary.json
diff -r "$scratch/a" "$scratch/b"
echo "same_bytes: $(find "$scratch/a" -type f | wc -l) files of syndic dedup"
