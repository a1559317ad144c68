/* SPDX-License-Identifier: Apache-2.0 */
/* contained.c - the greedy choice of near.c, with documents of most words first and containment for
 * similarity.  Samples tell which pairs are looked at; texts decide. */
#include "group/contained.h"

#include "base/error.h"
#include "base/sort.h"
#include "group/near.h"

#include <math.h>

/* Of a sample so many standard deviations below the threshold, a pair is not looked at. */
#define DEVIATIONS 3.0

/* A share as the `equal` of an edge: its neighbour comes the earlier the larger that is. */
#define SHARE_ONE ((double)(1 << 20))

/* Most words first, of equals the preferred. */
static enum syndic_status order_by_words(const struct syndic_settling *settling, uint32_t *order)
{
    const size_t n = settling->count;
    uint64_t *const key = syndic_allocate(settling->sketches->memory, n, 2 * sizeof(*key));

    if (!key)
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        key[i] =
            (uint64_t)(UINT32_MAX - settling->sketches->token_count[settling->list[i]]) << 32 | i;
    syndic_sort_u64(key, n, key + n);
    for (size_t i = 0; i < n; i++)
        order[i] = settling->list[(uint32_t)key[i]];
    syndic_release(settling->sketches->memory, key);
    return SYNDIC_OK;
}

/* Could the document of this mass be contained, as far as its sample tells? */
static bool may_be_contained(double threshold, uint64_t mass, uint64_t shared)
{
    const double sampled = (double)(mass / SYNDIC_TERM_WEIGHT_ONE);
    const double share = (double)shared / (double)mass;

    return share >= threshold - DEVIATIONS * sqrt(threshold * (1 - threshold) / sampled);
}

/* place[row] in the order; edges go from the one with more words to the other. */
static void add_edges(const struct syndic_settling *settling, const uint32_t *place,
                      struct syndic_edges *edges)
{
    const struct syndic_ties *const ties = settling->ties;
    const struct syndic_overlaps *const overlaps = &ties->overlaps;

    for (size_t p = 0; p < overlaps->count; p++)
        for (size_t i = overlaps->start[p]; i < overlaps->start[p + 1]; i++) {
            const size_t other = overlaps->pair[i].other;
            const bool after = place[settling->row[p]] > place[settling->row[other]];
            const size_t lesser = after ? p : other, greater = after ? other : p;
            uint64_t mass, greater_mass;
            syndic_tie_masses(ties, lesser, greater, &mass, &greater_mass);
            if (!may_be_contained(settling->plan->threshold, mass, ties->shared[i]))
                continue;
            edges->edge[edges->count++] = (struct syndic_edge){
                settling->row[greater], settling->row[lesser],
                (uint32_t)((double)ties->shared[i] / (double)mass * SHARE_ONE)};
        }
}

enum syndic_status syndic_decide_contained(const struct syndic_near *near, uint32_t thread,
                                           uint32_t row, uint32_t kept,
                                           struct syndic_decision *decision,
                                           struct syndic_error *error)
{
    struct syndic_overlap_counts counts;
    const enum syndic_status status =
        syndic_verify_overlap(&near->verifier[thread], row, kept, &counts, error);

    if (status)
        return status;
    const size_t either = counts.row + counts.kept - counts.both;
    const double contained = (double)counts.both / (double)counts.row;
    const double alike = (double)counts.both / (double)either;
    *decision = (struct syndic_decision){
        .within = contained >= near->plan->threshold,
        .similarity = (float)alike,
        .contained = (float)contained,
        .contains = (float)((double)counts.both / (double)counts.kept),
        .how = alike >= near->plan->threshold ? SYNDIC_HOW_NEAR : SYNDIC_HOW_CONTAINED,
        .known = SYNDIC_KNOWN_EXACTLY,
    };
    return SYNDIC_OK;
}

static enum syndic_status choose(const struct syndic_settling *settling, const uint32_t *order,
                                 struct syndic_edges *edges, uint32_t *place,
                                 struct syndic_error *error)
{
    const struct syndic_sketches *const sketches = settling->sketches;
    struct syndic_neighbours neighbours = {0};
    struct syndic_near near = {0};
    enum syndic_status status =
        syndic_near_create(sketches->memory, settling->plan, settling->options, settling->texts,
                           sketches->token_count, &near);

    if (!status)
        status = syndic_neighbours_create(sketches->memory, order, settling->count, edges, place,
                                          &neighbours);
    if (status)
        syndic_fail_memory(error);
    else
        status = syndic_near_prepare(&near, settling->texts, edges, order, settling->count,
                                     sketches->count, error);
    if (!status)
        status = syndic_near_group(&near, &neighbours, NULL, settling->grouping, error);
    settling->counts->verified_exactly += near.verified_exactly;
    settling->counts->refused_exactly += near.refused_exactly;
    syndic_neighbours_clear(&neighbours);
    syndic_near_clear(&near);
    return status;
}

enum syndic_status syndic_join_contained(const struct syndic_settling *settling,
                                         struct syndic_error *error)
{
    struct syndic_memory *const memory = settling->sketches->memory;
    const size_t pairs = settling->ties->overlaps.start[settling->count];
    uint32_t *const order = syndic_allocate(memory, settling->count, sizeof(*order));
    uint32_t *const place = syndic_allocate(memory, settling->sketches->count, sizeof(*place));
    struct syndic_edges edges = {.edge = syndic_allocate(memory, pairs, sizeof(*edges.edge)),
                                 .memory = memory};
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (order && place && edges.edge)
        status = order_by_words(settling, order);
    if (!status) {
        for (size_t i = 0; i < settling->count; i++)
            place[order[i]] = (uint32_t)i;
        add_edges(settling, place, &edges);
        status = choose(settling, order, &edges, place, error);
    } else {
        syndic_fail_memory(error);
    }
    syndic_release(memory, edges.edge);
    syndic_release(memory, place);
    syndic_release(memory, order);
    return status;
}
