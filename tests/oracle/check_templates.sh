#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 2,000 pages of one template, held against the exact answer at two thresholds.
#   check_templates.sh PYTHON CHECK_GROUP...
set -euo pipefail
python=$1
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
file=$scratch/templates.jsonl
"$python" "$(dirname "$0")/templates.py" 1000 >"$file"
"$@" "$file" --threshold 0.8
"$@" "$file" --threshold 0.9
