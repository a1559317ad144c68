/* SPDX-License-Identifier: Apache-2.0 */
/* kernels.c - which table runs here. */
#include "kernel.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const struct syndic_kernels *const best_first[] = {
#if defined(__x86_64__)
    &syndic_avx512vbmi2, &syndic_avx512, &syndic_avx2,
#elif defined(__aarch64__) && defined(__linux__)
    &syndic_sve,
    &syndic_neon,
#elif defined(__aarch64__)
    &syndic_neon,
#endif
    &syndic_scalar,      NULL,
};

/* Threads may race to fill this; they all store the same value, and the tables are constants, so
 * relaxed order is enough. */
static _Atomic(const struct syndic_kernels *) active;

const struct syndic_kernels *syndic_kernels_at(size_t i)
{
    return best_first[i];
}

static const struct syndic_kernels *find(const char *name)
{
    const uint32_t cpu = syndic_cpu_features();
    const int any = !name || !*name || !strcmp(name, "auto");

    for (size_t i = 0; best_first[i]; i++) {
        const struct syndic_kernels *const table = best_first[i];
        const uint32_t asked = any ? table->needs | table->wants : table->needs;
        if (!(asked & ~cpu) && (any || !strcmp(name, table->name)))
            return table;
    }
    return NULL;
}

int syndic_kernels_use(const char *name)
{
    const struct syndic_kernels *const table = find(name);

    if (!table)
        return -1;
    atomic_store_explicit(&active, table, memory_order_relaxed);
    return 0;
}

const struct syndic_kernels *syndic_kernels(void)
{
    const struct syndic_kernels *table = atomic_load_explicit(&active, memory_order_relaxed);

    if (table)
        return table;
    table = find(getenv("SYNDIC_KERNELS"));
    if (!table)
        table = find(NULL);
    atomic_store_explicit(&active, table, memory_order_relaxed);
    return table;
}
