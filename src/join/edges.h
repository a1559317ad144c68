/* SPDX-License-Identifier: Apache-2.0 */
/* edges.h - candidate pairs as they are found, band by band; each of them once, in order, in the
 * end. */
#ifndef SYNDIC_JOIN_EDGES_H
#define SYNDIC_JOIN_EDGES_H

#include "base/memory.h"

/* A pair is the position of the preferred row << 32 | the position of the other. */
static inline uint64_t syndic_position_pair(uint32_t first, uint32_t second)
{
    return (uint64_t)first << 32 | second;
}

/* A growing list: one for each thread, and one for all. */
struct syndic_pair_list {
    uint64_t *pair;
    size_t count, capacity;
    size_t compact_count; /* the first ones, which are ascending and without repeats */
};

bool syndic_pair_list_add(struct syndic_pair_list *list, struct syndic_memory *memory,
                          uint64_t pair);

/* Move what `from` holds to the end of `to`. */
bool syndic_pair_list_take(struct syndic_pair_list *to, struct syndic_pair_list *from,
                           struct syndic_memory *memory);

/* Sort the list and drop repeats; positions are below `positions`.  NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_pair_list_compact(struct syndic_pair_list *list,
                                                            struct syndic_memory *memory,
                                                            size_t positions, uint32_t threads);

/* The same once the list has doubled since the last time: bounded memory at a bounded cost. */
SYNDIC_MUST_USE enum syndic_status syndic_pair_list_tidy(struct syndic_pair_list *list,
                                                         struct syndic_memory *memory,
                                                         size_t positions, uint32_t threads);

void syndic_pair_list_clear(struct syndic_pair_list *list, struct syndic_memory *memory);

#endif
