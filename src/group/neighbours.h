/* SPDX-License-Identifier: Apache-2.0 */
/* neighbours.h - edges in; for each row its preferred neighbours, the most similar first, and an
 * order of work that keeps connected rows together, out. */
#ifndef SYNDIC_GROUP_NEIGHBOURS_H
#define SYNDIC_GROUP_NEIGHBOURS_H

#include "join/join.h"

/* The neighbours of a position are positions before it.  neighbour[start[p], start[p + 1]) are
 * those of p: (UINT32_MAX - equal) << 32 | position, ascending, which is by falling `equal`, ties
 * by preference. */
struct syndic_neighbours {
    const uint32_t *order; /* position to row; borrowed */
    size_t count;          /* positions */
    size_t *start;
    uint64_t *neighbour;

    /* Positions that have neighbours: first position of the connected component << 32 | position,
     * ascending.  So a component lies together, and what a position depends on lies before it. */
    uint64_t *schedule;
    size_t scheduled;
    struct syndic_memory *memory;
};

static inline uint32_t syndic_neighbour_position(uint64_t neighbour)
{
    return (uint32_t)neighbour;
}

static inline uint32_t syndic_neighbour_equal(uint64_t neighbour)
{
    return UINT32_MAX - (uint32_t)(neighbour >> 32);
}

/* edges are between rows of order[0, count).  place[row], an entry for each row of the sketches, is
 * overwritten with the positions of the rows in order.  NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_neighbours_create(struct syndic_memory *memory,
                                                            const uint32_t *order, size_t count,
                                                            const struct syndic_edges *edges,
                                                            uint32_t *place,
                                                            struct syndic_neighbours *neighbours);
void syndic_neighbours_clear(struct syndic_neighbours *neighbours);

/* The schedule cut into chunks that go to threads whole: at the ends of components, but for large
 * components, which are shared out.  chunk[i] is where chunk i starts, chunk[*chunks] the end. */
SYNDIC_MUST_USE enum syndic_status syndic_schedule_cut(struct syndic_memory *memory,
                                                       const uint64_t *schedule, size_t scheduled,
                                                       size_t **chunk, size_t *chunks);

#endif
