/* SPDX-License-Identifier: Apache-2.0 */
/* test_communities.c - communities against the best of all partitions of small graphs, and against
 * what was planted in large ones. */
#include "group/communities.h"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define ONE   ((uint32_t)SYNDIC_WEIGHT_ONE)
#define GAMMA (ONE / 10)

static struct syndic_memory memory;

/* A graph in the making: edges in any order. */
struct sketch {
    size_t count, edges, room;
    struct sketch_edge {
        uint32_t a, b, weight;
    } * edge;
};

static void tie(struct sketch *sketch, uint32_t a, uint32_t b, uint32_t weight)
{
    if (sketch->edges == sketch->room) {
        sketch->room = 2 * sketch->room + 64;
        sketch->edge = realloc(sketch->edge, sketch->room * sizeof(*sketch->edge));
    }
    sketch->edge[sketch->edges++] = (struct sketch_edge){a, b, weight};
}

static uint32_t weight_of(const struct sketch *sketch, uint32_t a, uint32_t b)
{
    for (size_t e = 0; e < sketch->edges; e++)
        if ((sketch->edge[e].a == a && sketch->edge[e].b == b) ||
            (sketch->edge[e].a == b && sketch->edge[e].b == a))
            return sketch->edge[e].weight;
    return 0;
}

static void divide(const struct sketch *sketch, uint32_t gamma, uint32_t threads,
                   uint32_t *community)
{
    size_t *const start = calloc(sketch->count + 2, sizeof(*start));
    struct syndic_graph_edge *const edge = calloc(2 * sketch->edges + 1, sizeof(*edge));

    for (size_t e = 0; e < sketch->edges; e++) {
        start[sketch->edge[e].a + 2]++;
        start[sketch->edge[e].b + 2]++;
    }
    for (size_t i = 2; i < sketch->count + 2; i++)
        start[i] += start[i - 1];
    for (size_t e = 0; e < sketch->edges; e++) {
        const struct sketch_edge *const one = &sketch->edge[e];
        edge[start[one->a + 1]++] = (struct syndic_graph_edge){one->b, one->weight};
        edge[start[one->b + 1]++] = (struct syndic_graph_edge){one->a, one->weight};
    }
    const struct syndic_graph graph = {sketch->count, start, edge};
    cr_assert_eq(syndic_communities(&memory, &graph, gamma, threads, community), SYNDIC_OK);
    cr_assert_eq(memory.used_bytes, 0);
    free(edge);
    free(start);
}

static void expect(const struct sketch *sketch, const uint32_t *wanted)
{
    uint32_t found[64];

    for (uint32_t threads = 1; threads <= 4; threads += 3) {
        divide(sketch, GAMMA, threads, found);
        for (size_t i = 0; i < sketch->count; i++)
            cr_assert_eq(found[i], wanted[i], "node %zu is in %u", i, found[i]);
    }
    free(sketch->edge);
}

/* ---- by hand ---- */

Test(communities, no_nodes_and_nodes_without_edges)
{
    struct sketch sketch = {.count = 0};

    syndic_memory_init(&memory, NULL, 0);
    expect(&sketch, NULL);
    sketch.count = 3;
    expect(&sketch, (const uint32_t[]){0, 1, 2});
}

Test(communities, parts_have_nothing_to_do_with_each_other)
{
    struct sketch sketch = {.count = 7};

    syndic_memory_init(&memory, NULL, 0);
    tie(&sketch, 6, 1, ONE);
    tie(&sketch, 3, 5, ONE / 2);
    tie(&sketch, 5, 0, ONE / 2);
    tie(&sketch, 0, 3, ONE / 2);
    expect(&sketch, (const uint32_t[]){0, 1, 2, 0, 4, 0, 1});
}

/* A pair is worth its weight less gamma: at gamma it is worth nothing, and nothing is done. */
Test(communities, a_pair_is_one_above_gamma_only)
{
    struct sketch sketch = {.count = 6};

    syndic_memory_init(&memory, NULL, 0);
    tie(&sketch, 0, 1, GAMMA + 1);
    tie(&sketch, 2, 3, GAMMA);
    tie(&sketch, 4, 5, GAMMA - 1);
    expect(&sketch, (const uint32_t[]){0, 0, 2, 3, 4, 5});
}

/* 30 nodes in a chain of edges of 0.4: n nodes together gain 0.4 (n - 1) - 0.1 n (n - 1) / 2, which
 * for each node is most where n is 3, 0.5 / 3, 4 giving 0.6 / 4 and 2 giving 0.3 / 2. */
Test(communities, a_chain_is_cut)
{
    struct sketch sketch = {.count = 30};
    uint32_t found[30], size[30] = {0};

    syndic_memory_init(&memory, NULL, 0);
    for (uint32_t i = 0; i + 1 < 30; i++)
        tie(&sketch, i, i + 1, 4 * ONE / 10);
    divide(&sketch, GAMMA, 1, found);
    for (size_t i = 0; i < 30; i++) {
        size[found[i]]++;
        cr_assert(found[i] <= i && found[found[i]] == found[i]);
    }
    for (size_t i = 0; i < 30; i++)
        cr_assert(size[i] == 0 || (size[i] >= 2 && size[i] <= 4), "%u in %zu", size[i], i);
    free(sketch.edge);
}

/* Two cliques of five with one edge of the full weight between them: together they would pay 0.1
 * for each of 24 other pairs. */
Test(communities, one_edge_does_not_merge_two_cliques)
{
    struct sketch sketch = {.count = 10};

    syndic_memory_init(&memory, NULL, 0);
    for (uint32_t i = 0; i < 5; i++)
        for (uint32_t j = 0; j < i; j++) {
            tie(&sketch, 2 * i, 2 * j, ONE / 2);
            tie(&sketch, 2 * i + 1, 2 * j + 1, ONE / 2);
        }
    tie(&sketch, 4, 5, ONE);
    expect(&sketch, (const uint32_t[]){0, 1, 0, 1, 0, 1, 0, 1, 0, 1});
}

/* A hub with many leaves that know nothing of each other: with an edge of 1 each, k leaves gain
 * k - 0.1 k (k + 1) / 2 with it, most at 9 or 10. */
Test(communities, a_star_is_cut)
{
    struct sketch sketch = {.count = 60};
    uint32_t found[60];
    size_t leaves = 0;

    syndic_memory_init(&memory, NULL, 0);
    for (uint32_t i = 1; i < 60; i++)
        tie(&sketch, 0, i, ONE);
    divide(&sketch, GAMMA, 1, found);
    for (size_t i = 1; i < 60; i++)
        leaves += found[i] == 0;
    cr_assert(leaves == 9 || leaves == 10, "%zu", leaves);
    free(sketch.edge);
}

/* ---- against every partition ---- */

static int64_t score(const struct sketch *sketch, uint32_t gamma, const uint32_t *community)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < sketch->count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (community[i] == community[j])
                sum += (int64_t)weight_of(sketch, i, j) - gamma;
    return sum;
}

/* Restricted growth strings: node i joins a part of those before it, or begins the next. */
static int64_t best_score(uint32_t count, const int64_t (*gain)[8], uint32_t node, uint32_t parts,
                          uint32_t *part, int64_t sum)
{
    int64_t best = INT64_MIN;

    if (node == count)
        return sum;
    for (uint32_t p = 0; p <= parts; p++) {
        int64_t here = sum;
        for (uint32_t j = 0; j < node; j++)
            here += part[j] == p ? gain[node][j] : 0;
        part[node] = p;
        here = best_score(count, gain, node + 1, p == parts ? parts + 1 : parts, part, here);
        best = here > best ? here : best;
    }
    return best;
}

static int64_t optimum(const struct sketch *sketch, uint32_t gamma)
{
    int64_t gain[8][8] = {0};
    uint32_t part[8];

    for (uint32_t i = 0; i < sketch->count; i++)
        for (uint32_t j = 0; j < i; j++)
            gain[i][j] = (int64_t)weight_of(sketch, i, j) - gamma;
    return best_score((uint32_t)sketch->count, gain, 0, 0, part, 0);
}

static struct sketch random_graph(uint64_t *state)
{
    struct sketch sketch = {.count = 2 + syndic_splitmix64(state) % 7};
    const uint32_t density = 20 + (uint32_t)(syndic_splitmix64(state) % 80);

    for (uint32_t i = 0; i < sketch.count; i++)
        for (uint32_t j = 0; j < i; j++)
            if (syndic_splitmix64(state) % 100 < density)
                tie(&sketch, i, j, 1 + (uint32_t)(syndic_splitmix64(state) % ONE));
    return sketch;
}

/* No node alone, and no two communities, can do better by one step, and each is named by its least
 * node. */
static void expect_local_best(const struct sketch *sketch, uint32_t gamma, uint32_t *found)
{
    const int64_t now = score(sketch, gamma, found);

    for (uint32_t i = 0; i < sketch->count; i++) {
        const uint32_t own = found[i];
        cr_assert(own <= i && found[own] == own);
        for (uint32_t to = 0; to <= sketch->count; to++) {
            found[i] = to;
            cr_assert_leq(score(sketch, gamma, found), now, "node %u to %u", i, to);
        }
        found[i] = own;
    }
    for (uint32_t a = 0; a < sketch->count; a++)
        for (uint32_t b = 0; b < a; b++) {
            uint32_t merged[8];
            for (uint32_t i = 0; i < sketch->count; i++)
                merged[i] = found[i] == a ? b : found[i];
            cr_assert_leq(score(sketch, gamma, merged), now, "%u and %u merged", a, b);
        }
}

/* Measured: 3,912 are the best, and the mean is 0.9975 of it. */
Test(communities, are_the_best_of_all_partitions_nearly_always)
{
    static const uint32_t gammas[] = {ONE / 100, ONE / 10, 3 * ONE / 10, ONE / 2, 9 * ONE / 10};
    uint64_t state = 4;
    size_t graphs = 0, reached = 0;
    double worst = 1, sum = 0;

    cr_log_info("seed 4");
    syndic_memory_init(&memory, NULL, 0);
    for (int round = 0; round < 4000; round++) {
        struct sketch sketch = random_graph(&state);
        const uint32_t gamma = gammas[round % 5];
        uint32_t found[8];
        divide(&sketch, gamma, 1, found);
        expect_local_best(&sketch, gamma, found);
        const int64_t best = optimum(&sketch, gamma), got = score(&sketch, gamma, found);
        cr_assert_leq(got, best);
        graphs++;
        reached += got == best;
        const double share = best ? (double)got / (double)best : 1;
        sum += share;
        worst = share < worst ? share : worst;
        free(sketch.edge);
    }
    cr_assert_geq(reached, 3900, "%zu of %zu", reached, graphs);
    cr_assert_geq(sum / (double)graphs, 0.997, "%f", sum / (double)graphs);
    cr_assert_geq(worst, 0.25, "%f", worst);
}

/* ---- planted ---- */

/* Clusters of 1 to 40, most of their pairs tied at 0.3 to 1; and as many weak ties, up to 0.25,
 * between any two nodes, so that the graph is in one part. */
static struct sketch plant(size_t count, uint64_t *state, uint32_t *planted)
{
    struct sketch sketch = {.count = count};

    for (uint32_t from = 0, to; from < count; from = to) {
        to = from + 1 + (uint32_t)(syndic_splitmix64(state) % 40);
        to = to < count ? to : (uint32_t)count;
        for (uint32_t i = from; i < to; i++) {
            planted[i] = from;
            for (uint32_t j = from; j < i; j++)
                if (syndic_splitmix64(state) % 10 < 8)
                    tie(&sketch, i, j,
                        3 * ONE / 10 + (uint32_t)(syndic_splitmix64(state) % (7 * ONE / 10)));
        }
    }
    for (size_t e = 0; e < 2 * count; e++) {
        const uint32_t a = (uint32_t)(syndic_splitmix64(state) % count);
        const uint32_t b = (uint32_t)(syndic_splitmix64(state) % count);
        if (planted[a] != planted[b])
            tie(&sketch, a, b, 1 + (uint32_t)(syndic_splitmix64(state) % (ONE / 4)));
    }
    return sketch;
}

Test(communities, what_was_planted_is_found)
{
    enum { COUNT = 20000 };
    static uint32_t planted[COUNT], found[COUNT], other[COUNT];
    uint64_t state = 7;
    size_t wrong = 0;

    cr_log_info("seed 7");
    syndic_memory_init(&memory, NULL, 0);
    struct sketch sketch = plant(COUNT, &state, planted);
    divide(&sketch, GAMMA, 1, found);
    for (size_t i = 0; i < COUNT; i++)
        wrong += found[i] != planted[i];
    cr_assert_leq(wrong, COUNT / 1000, "%zu", wrong); /* 12 */
    for (uint32_t threads = 2; threads <= 8; threads *= 2) {
        divide(&sketch, GAMMA, threads, other);
        cr_assert_arr_eq(found, other, sizeof(found));
    }
    free(sketch.edge);
}

/* Many parts, which go to threads one by one. */
Test(communities, do_not_depend_on_threads)
{
    enum { COUNT = 4000 };
    static uint32_t found[COUNT], other[COUNT];
    uint64_t state = 21;
    struct sketch sketch = {.count = COUNT};

    syndic_memory_init(&memory, NULL, 0);
    for (uint32_t from = 0; from < COUNT; from += 20)
        for (uint32_t e = 0; e < 60; e++) {
            const uint32_t a = from + e % 20, b = from + (e % 20 + 1 + e / 20) % 20;
            tie(&sketch, a, b, 1 + (uint32_t)(syndic_splitmix64(&state) % ONE));
        }
    divide(&sketch, GAMMA, 1, found);
    for (uint32_t threads = 2; threads <= 8; threads *= 2) {
        divide(&sketch, GAMMA, threads, other);
        cr_assert_arr_eq(found, other, sizeof(found));
    }
    free(sketch.edge);
}

Test(communities, say_so_where_there_is_no_memory)
{
    static const size_t start[] = {0, 1, 2};
    static const struct syndic_graph_edge edge[] = {{1, ONE}, {0, ONE}};
    const struct syndic_graph graph = {2, start, edge};
    uint32_t community[2];

    syndic_memory_init(&memory, NULL, 0);
    cr_assert_eq(syndic_communities(&memory, &graph, GAMMA, 1, community), SYNDIC_OK);
    const size_t peak = memory.peak_bytes;
    for (size_t cap = 1; cap < peak; cap++) {
        syndic_memory_init(&memory, NULL, cap);
        cr_assert_eq(syndic_communities(&memory, &graph, GAMMA, 1, community), SYNDIC_NO_MEMORY);
        cr_assert_eq(memory.used_bytes, 0);
    }
}
