#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Only what syndic.h declares leaves the shared library, and all of that; everything that has
# external linkage in the static library starts with syndic_.
#   check_exports.sh SHARED STATIC [NM]
set -euo pipefail
shared=$1
static=$2
nm=${3:-nm}
status=0

# Function names of the header: the word before the first parenthesis of each SYNDIC_API declaration.
declared=$(tr '\n' ' ' <include/syndic.h | sed 's/SYNDIC_API/\n&/g' |
    sed -n 's/^SYNDIC_API [^(;]*[ *]\(syndic_[a-z0-9_]*\)(.*/\1/p' | sort -u)

case $shared in
*.dylib) exported=$("$nm" -gU "$shared" | awk '{ sub(/^_/, "", $NF); print $NF }' | sort -u) ;;
*) exported=$("$nm" -D --defined-only "$shared" | awk '{ print $NF }' | sort -u) ;;
esac
if [ "$declared" != "$exported" ]; then
    echo "check_exports: $shared does not export what syndic.h declares (<: declared only, >: exported only)"
    diff <(echo "$declared") <(echo "$exported") || true
    status=1
fi

# Compilers and sanitizers add names of their own, which start with two underscores; OpenMP's locks
# of named critical sections have a prefix before ours.
foreign=$("$nm" -g --defined-only "$static" 2>/dev/null |
    awk 'NF == 3 && $3 !~ /^(_|\.gomp_critical_user_)?syndic_/ && $3 !~ /^__/ { print $3 }' | sort -u)
if [ -n "$foreign" ]; then
    echo "check_exports: external names in $static that do not start with syndic_:"
    echo "$foreign"
    status=1
fi
[ "$status" != 0 ] || echo "check_exports: $(echo "$declared" | wc -l) functions, no other name"
exit $status
