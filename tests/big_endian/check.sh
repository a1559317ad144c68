#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Check on a CPU that has the most significant byte of a number first (s390x under qemu) that golden
# sketch files are read, written again to the same bytes, and that signatures are the same there.
#
# Ends with 0: passed; 1: failed; 77: something that it needs is missing.
set -uo pipefail
cd "$(dirname "$0")/../.."
cc=s390x-linux-gnu-gcc
libraries=/usr/lib/s390x-linux-gnu
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT

absent() {
    echo "big_endian: NOT CHECKED: $1 is missing (Debian: $2)" >&2
    exit 77
}

command -v "$cc" >/dev/null || absent "$cc" 'gcc-s390x-linux-gnu libc6-dev-s390x-cross'
command -v qemu-s390x >/dev/null || absent qemu-s390x qemu-user
for library in xxhash zstd utf8proc; do
    [ -e "$libraries/lib$library.a" ] || absent "lib$library.a for s390x" "lib$library-dev:s390x"
done

sources=(tests/check_sketch_file.c tests/big_endian/reader.c
    src/base/error.c src/base/hash.c src/base/memory.c src/base/sort.c src/read/spool.c
    src/documents.c src/text/*.c src/options.c src/sketch/*.c src/write/names.c src/write/output.c
    src/shard/columns.c src/shard/container.c src/shard/container_write.c src/shard/parameters.c
    src/shard/problems.c src/shard/section.c src/shard/shards.c src/shard/sketch_write.c
    kernels/kernels.c kernels/cpu.c kernels/scalar.c)
# Static: qemu 7.2 stops even an empty program that loads libraries on this CPU.
"$cc" -static -std=gnu17 -O1 -Wall -Wextra -Werror -Wno-unknown-pragmas -I include -I kernels -I src -idirafter /usr/include \
    -DSYNDIC_SOURCE_DIR="\"$PWD\"" "${sources[@]}" \
    "$libraries"/lib{xxhash,zstd,utf8proc}.a -lm -o "$build/check_sketch_file" || exit 1
qemu-s390x "$build/check_sketch_file" quick || exit 1
echo "big_endian: sketch files and signatures are the same on s390x"
