/* SPDX-License-Identifier: Apache-2.0 */
/* communities.c - connected parts of a graph in, one after the other; their communities out.  Parts
 * have nothing to do with each other, so they go to threads whole. */
#include "group/communities.h"

#include "base/forest.h"
#include "base/sort.h"
#include "group/potts.h"
#include "join/partition.h"

#include <string.h>

/* The connected parts: node[start[i], start[i + 1]), ascending. */
struct parts {
    size_t *start;
    size_t count;
    uint32_t *node;
    uint32_t *place; /* of each node in its part */
};

/* parent[i] = the least node of its part. */
static void connect(const struct syndic_graph *graph, uint32_t *parent)
{
    syndic_forest_init(parent, graph->count);
    for (size_t i = 0; i < graph->count; i++)
        for (size_t e = graph->start[i]; e < graph->start[i + 1]; e++)
            (void)syndic_forest_unite(parent, (uint32_t)i, graph->edge[e].node);
    for (size_t i = 0; i < graph->count; i++)
        parent[i] = syndic_forest_root(parent, (uint32_t)i);
}

static void cut_parts(const uint64_t *key, size_t count, struct parts *parts)
{
    for (size_t i = 0; i < count; i++) {
        if (!i || key[i] >> 32 != key[i - 1] >> 32)
            parts->start[parts->count++] = i;
        parts->node[i] = (uint32_t)key[i];
        parts->place[(uint32_t)key[i]] = (uint32_t)(i - parts->start[parts->count - 1]);
    }
    parts->start[parts->count] = count;
}

static enum syndic_status find_parts(struct syndic_memory *memory, const struct syndic_graph *graph,
                                     uint32_t *parent, struct parts *parts)
{
    const size_t n = graph->count;
    uint64_t *const key = syndic_allocate(memory, n, 2 * sizeof(*key));

    parts->start = syndic_allocate(memory, n + 1, sizeof(*parts->start));
    parts->node = syndic_allocate(memory, n, sizeof(*parts->node));
    parts->place = syndic_allocate(memory, n, sizeof(*parts->place));
    if (!key || !parts->start || !parts->node || !parts->place) {
        syndic_release(memory, key);
        return SYNDIC_NO_MEMORY;
    }
    connect(graph, parent);
    for (size_t i = 0; i < n; i++)
        key[i] = (uint64_t)parent[i] << 32 | i;
    syndic_sort_u64(key, n, key + n);
    cut_parts(key, n, parts);
    syndic_release(memory, key);
    return SYNDIC_OK;
}

/* A part as a graph of its own, with nodes numbered from 0. */
static enum syndic_status copy_part(struct syndic_memory *memory, const struct syndic_graph *graph,
                                    const struct parts *parts, size_t number,
                                    struct syndic_potts_graph *part)
{
    const uint32_t *const node = parts->node + parts->start[number];
    const size_t n = parts->start[number + 1] - parts->start[number];
    size_t edges = 0;

    for (size_t i = 0; i < n; i++)
        edges += graph->start[node[i] + 1] - graph->start[node[i]];
    if (syndic_potts_graph_create(memory, n, edges, part))
        return SYNDIC_NO_MEMORY;
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        part->start[i] = to;
        part->size[i] = 1;
        for (size_t e = graph->start[node[i]]; e < graph->start[node[i] + 1]; e++)
            part->edge[to++] = (struct syndic_potts_edge){parts->place[graph->edge[e].node],
                                                          graph->edge[e].weight};
    }
    part->start[n] = to;
    return SYNDIC_OK;
}

/* Communities of one part: found[i] numbers that of its node i. */
static void name_communities(const uint32_t *node, size_t n, const uint32_t *found, uint32_t *least,
                             uint32_t *community)
{
    for (size_t i = 0; i < n; i++)
        least[i] = UINT32_MAX;
    for (size_t i = 0; i < n; i++)
        if (node[i] < least[found[i]])
            least[found[i]] = node[i];
    for (size_t i = 0; i < n; i++)
        community[node[i]] = least[found[i]];
}

static bool divide_part(struct syndic_memory *memory, const struct syndic_graph *graph,
                        const struct parts *parts, size_t number, uint32_t gamma,
                        uint32_t *community)
{
    const uint32_t *const node = parts->node + parts->start[number];
    const size_t n = parts->start[number + 1] - parts->start[number];
    struct syndic_potts_graph part;

    if (n == 1) {
        community[node[0]] = node[0];
        return true;
    }
    uint32_t *const found = syndic_allocate(memory, n, 2 * sizeof(*found));
    bool fine = found && !copy_part(memory, graph, parts, number, &part);
    if (fine) {
        fine = !syndic_potts_divide(memory, &part, gamma, found);
        syndic_potts_graph_clear(memory, &part);
    }
    if (fine)
        name_communities(node, n, found, found + n, community);
    syndic_release(memory, found);
    return fine;
}

enum syndic_status syndic_communities(struct syndic_memory *memory,
                                      const struct syndic_graph *graph, uint32_t gamma,
                                      uint32_t threads, uint32_t *community)
{
    struct parts parts = {0};
    bool fine = true;
    const enum syndic_status status = find_parts(memory, graph, community, &parts);

    if (!status) {
#pragma omp parallel for schedule(dynamic, 8) reduction(&& : fine)                                 \
    num_threads((int)syndic_thread_count(threads))
        for (size_t i = 0; i < parts.count; i++)
            fine = fine && divide_part(memory, graph, &parts, i, gamma, community);
    }
    syndic_release(memory, parts.place);
    syndic_release(memory, parts.node);
    syndic_release(memory, parts.start);
    return status ? status : fine ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}
