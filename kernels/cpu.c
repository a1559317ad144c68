/* SPDX-License-Identifier: Apache-2.0 */
/* cpu.c - what this CPU, and the operating system's saved state, can run. */
#include "kernel.h"

#if defined(__aarch64__) && defined(__linux__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#include <sys/prctl.h>

static uint32_t sve_features(void)
{
    if (!(getauxval(AT_HWCAP) & HWCAP_SVE))
        return 0;
    const int length = prctl(PR_SVE_GET_VL);
    const int bytes = length < 0 ? 0 : length & PR_SVE_VL_LEN_MASK;

    return SYNDIC_CPU_SVE | (bytes > 16 ? SYNDIC_CPU_SVE_WIDE : 0);
}
#endif

uint32_t syndic_cpu_features(void)
{
    uint32_t features = 0;
#if defined(__x86_64__)
    const int bits = __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                     __builtin_cpu_supports("popcnt");

    if (bits && __builtin_cpu_supports("avx2"))
        features |= SYNDIC_CPU_AVX2;
    if (bits && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        features |= SYNDIC_CPU_AVX512;
    if (__builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2") &&
        __builtin_cpu_supports("avx512vpopcntdq"))
        features |= SYNDIC_CPU_VBMI2;
#elif defined(__aarch64__)
    features |= SYNDIC_CPU_NEON;
#if defined(__linux__)
    features |= sve_features();
#endif
#endif
    return features;
}
