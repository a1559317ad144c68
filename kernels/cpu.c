/* SPDX-License-Identifier: Apache-2.0 */
/* cpu.c - what this CPU, and the operating system's saved state, can run. */
#include "kernel.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

uint32_t syndic_cpu_features(void)
{
    uint32_t features = 0;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
        features |= SYNDIC_CPU_AVX2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        features |= SYNDIC_CPU_AVX512;
#elif defined(__aarch64__)
    features |= SYNDIC_CPU_NEON;
#if defined(__linux__)
    if (getauxval(AT_HWCAP) & (1ul << 22)) /* HWCAP_SVE */
        features |= SYNDIC_CPU_SVE;
#endif
#endif
    return features;
}
