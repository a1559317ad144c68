/* SPDX-License-Identifier: Apache-2.0 */
/* forest.h - union-find over numbers: parent[i] = i at first.  The root of a set is its least
 * number, whatever the order of the unions was. */
#ifndef SYNDIC_BASE_FOREST_H
#define SYNDIC_BASE_FOREST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline void syndic_forest_init(uint32_t *parent, size_t count)
{
    for (size_t i = 0; i < count; i++)
        parent[i] = (uint32_t)i;
}

static inline uint32_t syndic_forest_root(uint32_t *parent, uint32_t x)
{
    while (parent[x] != x) {
        parent[x] = parent[parent[x]]; /* path halving (Tarjan and van Leeuwen, 1984) */
        x = parent[x];
    }
    return x;
}

/* Make one set of those of a and b; false where they are one already. */
static inline bool syndic_forest_unite(uint32_t *parent, uint32_t a, uint32_t b)
{
    a = syndic_forest_root(parent, a);
    b = syndic_forest_root(parent, b);
    if (a < b)
        parent[b] = a;
    else
        parent[a] = b;
    return a != b;
}

#endif
