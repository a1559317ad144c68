/* SPDX-License-Identifier: Apache-2.0 */
/* neighbours.c - a counting sort of the edges by their later row; components by union-find, where
 * the root is always the least position, so that the result needs no order of the edges. */
#include "group/neighbours.h"

#include "base/forest.h"
#include "base/sort.h"

/* A chunk ends with the first component after this many rows, and after CHUNK_MAX in any case. */
#define CHUNK_MIN 64
#define CHUNK_MAX 512

static void fill_neighbours(struct syndic_neighbours *n, const struct syndic_edges *edges,
                            const uint32_t *place)
{
    size_t sum = 0;

    for (size_t p = 0; p <= n->count; p++)
        n->start[p] = 0;
    for (size_t e = 0; e < edges->count; e++)
        n->start[place[edges->edge[e].second]]++;
    for (size_t p = 0; p <= n->count; p++)
        n->start[p] = sum += n->start[p];
    /* start[p] is the end of p here; filling backwards makes it the start. */
    for (size_t e = edges->count; e-- > 0;) {
        const struct syndic_edge *const edge = &edges->edge[e];
        n->neighbour[--n->start[place[edge->second]]] =
            (uint64_t)(UINT32_MAX - edge->equal) << 32 | place[edge->first];
    }
}

static enum syndic_status make_schedule(struct syndic_neighbours *n,
                                        const struct syndic_edges *edges, const uint32_t *place)
{
    uint32_t *const parent = syndic_allocate(n->memory, n->count, sizeof(*parent));
    uint64_t *scratch = NULL;

    for (size_t p = 0; p < n->count; p++)
        n->scheduled += n->start[p] < n->start[p + 1];
    n->schedule = syndic_allocate(n->memory, n->scheduled, sizeof(*n->schedule));
    scratch = syndic_allocate(n->memory, n->scheduled, sizeof(*scratch));
    const bool room = parent && n->schedule && scratch;
    if (room) {
        size_t s = 0;
        syndic_forest_init(parent, n->count);
        for (size_t e = 0; e < edges->count; e++)
            (void)syndic_forest_unite(parent, place[edges->edge[e].first],
                                      place[edges->edge[e].second]);
        for (size_t p = 0; p < n->count; p++)
            if (n->start[p] < n->start[p + 1])
                n->schedule[s++] = (uint64_t)syndic_forest_root(parent, (uint32_t)p) << 32 | p;
        syndic_sort_u64(n->schedule, n->scheduled, scratch);
    }
    syndic_release(n->memory, scratch);
    syndic_release(n->memory, parent);
    return room ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

/* A row of k neighbours, k up to leaders * bands in all: most have one or two. */
static enum syndic_status sort_neighbours(struct syndic_neighbours *n)
{
    size_t most = 0;

    for (size_t s = 0; s < n->scheduled; s++) {
        const size_t p = (uint32_t)n->schedule[s], degree = n->start[p + 1] - n->start[p];
        most = degree > most ? degree : most;
    }
    uint64_t *const scratch = syndic_allocate(n->memory, most, sizeof(*scratch));
    if (!scratch)
        return SYNDIC_NO_MEMORY;
    for (size_t s = 0; s < n->scheduled; s++) {
        const size_t p = (uint32_t)n->schedule[s];
        syndic_sort_u64(n->neighbour + n->start[p], n->start[p + 1] - n->start[p], scratch);
    }
    syndic_release(n->memory, scratch);
    return SYNDIC_OK;
}

enum syndic_status syndic_neighbours_create(struct syndic_memory *memory, const uint32_t *order,
                                            size_t count, const struct syndic_edges *edges,
                                            uint32_t *place, struct syndic_neighbours *neighbours)
{
    struct syndic_neighbours n = {.order = order, .count = count, .memory = memory};
    enum syndic_status status = SYNDIC_NO_MEMORY;

    n.start = syndic_allocate(memory, count + 1, sizeof(*n.start));
    n.neighbour = syndic_allocate(memory, edges->count, sizeof(*n.neighbour));
    if (n.start && n.neighbour) {
        for (size_t i = 0; i < count; i++)
            place[order[i]] = (uint32_t)i;
        fill_neighbours(&n, edges, place);
        status = make_schedule(&n, edges, place);
    }
    if (!status)
        status = sort_neighbours(&n);
    if (status)
        syndic_neighbours_clear(&n);
    *neighbours = n;
    return status;
}

void syndic_neighbours_clear(struct syndic_neighbours *neighbours)
{
    if (!neighbours->memory)
        return;
    syndic_release(neighbours->memory, neighbours->schedule);
    syndic_release(neighbours->memory, neighbours->neighbour);
    syndic_release(neighbours->memory, neighbours->start);
    *neighbours = (struct syndic_neighbours){0};
}

enum syndic_status syndic_schedule_cut(struct syndic_memory *memory, const uint64_t *schedule,
                                       size_t scheduled, size_t **chunk, size_t *chunks)
{
    size_t *const start = syndic_allocate(memory, scheduled / CHUNK_MIN + 2, sizeof(*start));
    size_t count = 0;

    if (!start)
        return SYNDIC_NO_MEMORY;
    for (size_t s = 0, begin = 0; s < scheduled; s++) {
        const size_t length = s - begin;
        const bool new_component = s && schedule[s] >> 32 != schedule[s - 1] >> 32;
        if (s && !(length >= CHUNK_MAX || (length >= CHUNK_MIN && new_component)))
            continue;
        start[count++] = begin = s;
    }
    start[count] = scheduled;
    *chunk = start;
    *chunks = count;
    return SYNDIC_OK;
}
