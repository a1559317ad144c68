#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The layout of the C and C++ files: clang-format, the licence line, and limits on length.
#   check_style.sh         complain
#   check_style.sh --fix   lay out the files first
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t files < <(find include src kernels tests bench corpus \
    \( -name '*.c' -o -name '*.h' -o -name '*.cpp' -o -name '*.cc' \) -print | sort)
status=0

# Other versions lay out a few constructs differently, so only the one that people can install from
# Debian 12 is asked.
if clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
    if [ "${1:-}" = --fix ]; then
        clang-format -i "${files[@]}"
    fi
    clang-format --dry-run -Werror --ferror-limit=1 "${files[@]}" 2>&1 | grep 'error:' && status=1
else
    echo "check_style: no clang-format 14 here, so the layout was not checked"
fi

for file in "${files[@]}"; do
    if ! head -n 1 "$file" | grep -q 'SPDX-License-Identifier'; then
        echo "$file:1: the first line does not name the licence"
        status=1
    fi
done

# Generated tables have no limits, and the public header is a manual.
LC_ALL=C awk '
    FNR == 1 { name = FILENAME; generated = 0; start = 0
               limit = name ~ /\.h$/ ? 250 : 450
               if (name == "include/syndic.h") limit = 400 }
    FNR <= 5 && /[Gg]enerated|[Mm]ade by/ { generated = 1 }
    generated { next }
    { columns = $0; gsub(/[\200-\277]/, "", columns) } # code points, not bytes
    length(columns) > 100 { print name ":" FNR ": longer than 100 columns"; bad = 1 }
    FNR == limit + 1 { print name ": more than " limit " lines"; bad = 1 }
    /^{$/ { start = FNR }
    /^}/ && start { if (FNR - start > 81) { print name ":" start ": a function of " FNR - start - 1 " lines"; bad = 1 }
                    start = 0 }
    END { exit bad }
' "${files[@]}" || status=1
[ "$status" != 0 ] || echo "check_style: ${#files[@]} files are in order"
exit $status
