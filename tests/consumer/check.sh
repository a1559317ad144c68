#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs a build into a scratch prefix, then builds and runs programs against what was installed:
# found by pkg-config and by CMake, in C and in C++, shared and static.
#   check.sh BUILD_DIR [CC]
set -euo pipefail
build=$(realpath "$1")
cc=${2:-cc}
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix

cmake --install "$build" --prefix "$prefix" >"$scratch/log"
lib=$(dirname "$(find "$prefix" -name 'libsyndic.a')")
for file in include/syndic.h bin/syndic share/man/man1/syndic.1; do
    [ -e "$prefix/$file" ] || { echo "consumer: $file was not installed"; exit 1; }
done
"$prefix/bin/syndic" --version
if command -v man >/dev/null; then
    MANWIDTH=80 man --warnings --local-file "$prefix/share/man/man1/syndic.1" >"$scratch/page" 2>"$scratch/words"
    [ -s "$scratch/page" ] && [ ! -s "$scratch/words" ] || { cat "$scratch/words"; exit 1; }
fi

echo "== pkg-config"
export PKG_CONFIG_PATH=$lib/pkgconfig
pkg-config --modversion syndic
read -ra flags <<<"$(pkg-config --cflags --libs syndic)"
read -ra all <<<"$(pkg-config --cflags --libs --static syndic)"
LD_LIBRARY_PATH=$lib
export LD_LIBRARY_PATH
"$cc" -Wall -Wextra -Wpedantic -Werror -std=c99 "$here/consumer.c" "${flags[@]}" -o "$scratch/c"
"$scratch/c"
c++ -Wall -Wextra -Wpedantic -Werror -std=c++11 "$here/consumer.cpp" "${flags[@]}" -o "$scratch/cpp"
"$scratch/cpp"
mkdir "$scratch/only_static"
cp "$lib/libsyndic.a" "$scratch/only_static"
"$cc" "$here/consumer.c" -L"$scratch/only_static" "${all[@]}" -o "$scratch/c_static"
if ldd "$scratch/c_static" 2>/dev/null | grep -q libsyndic; then
    echo "consumer: the static program loads the shared library"
    exit 1
fi
"$scratch/c_static"
unset LD_LIBRARY_PATH

echo "== CMake"
cmake -S "$here" -B "$scratch/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_COMPILER="$cc" \
    >>"$scratch/log" 2>&1 || { tail -n 30 "$scratch/log"; exit 1; }
cmake --build "$scratch/cmake" >>"$scratch/log" 2>&1 || { tail -n 30 "$scratch/log"; exit 1; }
for program in c_syndic c_static cpp_syndic cpp_static; do
    "$scratch/cmake/$program"
done
