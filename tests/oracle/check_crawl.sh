#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Generate a crawl of 20,000 documents, then run a command with its path as last argument.
#   check_crawl.sh MAKE_CRAWL PROFILE COMMAND...
set -eu
make_crawl=$1
profile=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$make_crawl" --documents 20000 --seed 11 --profile "$profile" --corpus corpus/articles.jsonl \
    --output "$scratch/crawl.jsonl"
"$@" "$scratch/crawl.jsonl"
