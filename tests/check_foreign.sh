#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Check the kernels of CPUs that are not here, one line each: 64-bit ARM under qemu with NEON only and
# with SVE at four vector lengths, and AVX-512 carried out by SIMDe on AVX2.
#
#   tests/check_foreign.sh [SEED [ROUNDS]]
#
# Ends with 0: all ran and passed; 1: something failed; 77: something could not run, the rest passed.
set -uo pipefail
cd "$(dirname "$0")/.."
seed=${1:-$$} rounds=${2:-3000}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
failed=0 missing=0
flags=(-std=gnu17 -O2 -Wall -Wextra -Werror -I kernels -I src -I include)
rest=(kernels/scalar.c kernels/cpu.c src/text/hash.c tests/check_kernels.c)

report() { # name, verdict
    printf 'check_foreign: %-28s %s\n' "$1" "$2"
}

absent() { # name, what to install
    report "$1" "NOT CHECKED: $2 is missing"
    missing=1
}

# name, table that must have run, command: its output is shown only where it failed
check() {
    local name=$1 table=$2 start=$SECONDS
    shift 2
    if "$@" "$seed" "$rounds" >"$build/log" 2>&1 && grep -q "^$table  *[a-z_]* *ok" "$build/log" &&
        ! grep -qE "^$table .*(skipped|NOT CHECKED)" "$build/log"; then
        report "$name" "ok (seed $seed, $rounds rounds, $((SECONDS - start)) s)"
    else
        report "$name" "FAILED: $* $seed $rounds"
        cat "$build/log"
        failed=1
    fi
}

# ---- 64-bit ARM ----

arm_build() {
    local -r cc=aarch64-linux-gnu-gcc
    "$cc" "${flags[@]}" -march=armv8.2-a+sve -c kernels/sve.c -o "$build/sve.o" &&
        "$cc" "${flags[@]}" -DXXH_INLINE_ALL -idirafter /usr/include kernels/kernels.c kernels/neon.c \
            "$build/sve.o" "${rest[@]}" -o "$build/check_arm" &&
        printf '%s\n' '#include <arm_sve.h>' '#include <stdio.h>' \
            'int main(void) { printf("%d\n", (int)svcntb() * 8); }' |
        "$cc" -O1 -march=armv8.2-a+sve -x c - -o "$build/bits"
}

# qemu starts programs with 512 bits at most unless told otherwise.
check_arm() {
    local qemu=(qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu) bits cpu got
    check 'neon (qemu, no SVE)' neon "${qemu[@]}" max,sve=off "$build/check_arm"
    for bits in 128 256 512 2048; do
        cpu=max,sve-max-vq=$((bits / 128)),sve-default-vector-length=$((bits / 8))
        got=$("${qemu[@]}" "$cpu" "$build/bits")
        if [ "$got" = "$bits" ]; then
            check "sve (qemu, $bits bits)" sve "${qemu[@]}" "$cpu" "$build/check_arm"
        else
            report "sve (qemu, $bits bits)" "FAILED: vectors have '$got' bits"
            failed=1
        fi
    done
}

if ! command -v aarch64-linux-gnu-gcc >/dev/null; then
    absent 'neon, sve' 'aarch64-linux-gnu-gcc (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross)'
elif ! command -v qemu-aarch64 >/dev/null; then
    absent 'neon, sve' 'qemu-aarch64 (Debian: qemu-user)'
elif arm_build; then
    check_arm
else
    report 'neon, sve' 'FAILED to compile'
    failed=1
fi

# ---- AVX-512 by SIMDe ----

simde_build() {
    local -r cc=${CC:-gcc} avx2='-mavx2 -mbmi -mbmi2 -mlzcnt -mpopcnt'
    # shellcheck disable=SC2086
    "$cc" "${flags[@]}" -Wno-psabi $avx2 -isystem tests/simde -DISA=avx512 \
        -DNEEDS=SYNDIC_CPU_AVX2 -c kernels/avx512.c -o "$build/avx512.o" &&
        "$cc" "${flags[@]}" -DXXH_INLINE_ALL tests/simde/tables.c "$build/avx512.o" "${rest[@]}" \
            -o "$build/check_simde"
}

if [ "$(uname -m)" != x86_64 ] || ! grep -qw avx2 /proc/cpuinfo; then
    absent 'avx512 (SIMDe)' 'an x86-64 CPU with AVX2'
elif ! echo '#include <simde/x86/avx512.h>' | ${CC:-gcc} -E -x c - >/dev/null 2>&1; then
    absent 'avx512 (SIMDe)' 'SIMDe (Debian: libsimde-dev)'
elif simde_build; then
    check 'avx512 (SIMDe on AVX2)' avx512 "$build/check_simde"
else
    report 'avx512 (SIMDe on AVX2)' 'FAILED to compile'
    failed=1
fi

[ $failed = 0 ] || exit 1
[ $missing = 0 ] || {
    echo 'check_foreign: SOME KERNELS WERE NOT CHECKED, see above' >&2
    exit 77
}
