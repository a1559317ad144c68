/* SPDX-License-Identifier: Apache-2.0 */
/* tables.c - what check_kernels goes through in place of kernels.c: the AVX-512 table, which SIMDe
 * makes run here, and the reference. */
#include "kernel.h"

const struct syndic_kernels *syndic_kernels_at(size_t i)
{
    static const struct syndic_kernels *const tables[] = {&syndic_avx512, &syndic_scalar, NULL};

    return tables[i];
}
