#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Unpack a .zst file, then run a command with the path of what it held as last argument.  Skips where
# there is no such file.
#   check_unpacked.sh FILE.zst COMMAND...
set -eu
packed=$1
shift
if [ ! -e "$packed" ]; then
    echo "SKIPPED: there is no $packed here"
    exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
zstd -dcq "$packed" >"$scratch/unpacked.jsonl"
"$@" "$scratch/unpacked.jsonl"
