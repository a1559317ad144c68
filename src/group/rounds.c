/* SPDX-License-Identifier: Apache-2.0 */
/* rounds.c - join, then choose greedily; and again, where buckets were bounded.
 *
 * In a bounded bucket a row is compared with the leaders only.  Where a leader then joins a kept
 * row, the rows that were like the leader may be like each other and not know it.  So the rows of
 * bounded buckets that are still kept, far fewer, are joined again, with new leaders, until a round
 * changes nothing.  In a further round a row that others stand on is never removed: they would lose
 * the row they were verified against.  Only rows that stand for nobody near may join another, which
 * keeps the guarantee without looking at any earlier pair again.  (Exact copies follow their
 * first.) */
#include "group/rounds.h"

#include "base/error.h"
#include "base/sort.h"
#include "join/edges.h"

#include <omp.h>
#include <string.h>

#define ROUNDS_MAX 8

struct rounds {
    const struct syndic_sketches *sketches;
    const struct syndic_options *options;
    const struct syndic_texts *texts;
    struct syndic_grouping *grouping;
    struct syndic_group_counts *counts;
    struct syndic_near near;
    uint32_t *order; /* the rows that take part in this round */
    size_t count;
    uint32_t *place; /* by row: work space of the neighbours */
    uint8_t *fixed;  /* by position; NULL in the first round */

    /* Pairs of rows, first << 32 | second, ascending, that an earlier round decided and refused. */
    struct syndic_pair_list refused;
    struct syndic_memory *memory;
};

static bool is_refused(const struct syndic_pair_list *refused, const struct syndic_edge *edge)
{
    const uint64_t pair = syndic_position_pair(edge->first, edge->second);
    size_t low = 0, high = refused->compact_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (refused->pair[middle] < pair)
            low = middle + 1;
        else
            high = middle;
    }
    return low < refused->compact_count && refused->pair[low] == pair;
}

static void drop_refused(const struct rounds *rounds, struct syndic_edges *edges)
{
    size_t kept = 0;

    for (size_t e = 0; e < edges->count; e++)
        if (!is_refused(&rounds->refused, &edges->edge[e]))
            edges->edge[kept++] = edges->edge[e];
    edges->count = kept;
}

static bool is_kept(const struct rounds *rounds, uint32_t row)
{
    return rounds->grouping->kept[row] == row;
}

/* Both rows of an edge are kept only where the edge was refused, or the later row may not go. */
static enum syndic_status remember_refused(struct rounds *rounds, const struct syndic_edges *edges)
{
    for (size_t e = 0; e < edges->count; e++) {
        const struct syndic_edge *const edge = &edges->edge[e];
        if (is_kept(rounds, edge->first) && is_kept(rounds, edge->second) &&
            !syndic_pair_list_add(&rounds->refused, rounds->memory,
                                  syndic_position_pair(edge->first, edge->second)))
            return SYNDIC_NO_MEMORY;
    }
    return syndic_pair_list_compact(&rounds->refused, rounds->memory, rounds->sketches->count,
                                    rounds->near.threads);
}

/* The rows of bounded buckets that are still kept make up the next round. */
static void shrink(struct rounds *rounds, const uint8_t *bounded)
{
    size_t kept = 0;

    for (size_t i = 0; i < rounds->count; i++)
        if (bounded[i] && is_kept(rounds, rounds->order[i]))
            rounds->order[kept++] = rounds->order[i];
    rounds->count = kept;
}

/* Flag the rows that near ones stand on; place serves as flags by row. */
static enum syndic_status fix_rows(struct rounds *rounds)
{
    const struct syndic_grouping *const grouping = rounds->grouping;

    if (!rounds->fixed)
        rounds->fixed = syndic_allocate(rounds->memory, rounds->count, 1);
    if (!rounds->fixed)
        return SYNDIC_NO_MEMORY;
    memset(rounds->place, 0, rounds->sketches->count * sizeof(*rounds->place));
    for (size_t row = 0; row < rounds->sketches->count; row++)
        if (grouping->how[row] == SYNDIC_HOW_NEAR)
            rounds->place[grouping->kept[row]] = 1;
    for (size_t i = 0; i < rounds->count; i++)
        rounds->fixed[i] = rounds->place[rounds->order[i]] != 0;
    return SYNDIC_OK;
}

static enum syndic_status join_round(struct rounds *rounds, struct syndic_edges *edges,
                                     struct syndic_error *error)
{
    const struct syndic_join_options options = {rounds->options->verify, rounds->near.threads, 0};
    struct syndic_group_counts *const counts = rounds->counts;
    const double began = omp_get_wtime();
    struct syndic_join_counts join;

    const enum syndic_status status =
        syndic_join(rounds->sketches, rounds->near.plan, &options, rounds->order, rounds->count,
                    edges, &join, error);
    if (status)
        return status;
    if (counts->rounds++ == 0)
        counts->join = join;
    else
        counts->join.compared += join.compared;
    drop_refused(rounds, edges);
    counts->join_seconds += omp_get_wtime() - began;
    return SYNDIC_OK;
}

static enum syndic_status choose_round(struct rounds *rounds, const struct syndic_edges *edges,
                                       struct syndic_error *error)
{
    struct syndic_neighbours neighbours = {0};
    enum syndic_status status = SYNDIC_OK;

    if (rounds->counts->rounds == 1)
        status = syndic_near_prepare(&rounds->near, rounds->texts, edges, rounds->order,
                                     rounds->count, rounds->sketches->count, error);
    if (status)
        return status;
    status = syndic_neighbours_create(rounds->memory, rounds->order, rounds->count, edges,
                                      rounds->place, &neighbours);
    if (status)
        return syndic_fail_memory(error);
    status = syndic_near_group(&rounds->near, &neighbours, rounds->fixed, rounds->grouping, error);
    syndic_neighbours_clear(&neighbours);
    return status;
}

/* One round; *again: whether a row was removed, so that another round may find more. */
static enum syndic_status run_round(struct rounds *rounds, bool *again, struct syndic_error *error)
{
    struct syndic_edges edges = {0};
    double began = 0;
    size_t kept = 0;

    enum syndic_status status = join_round(rounds, &edges, error);
    if (status)
        return status;
    began = omp_get_wtime();
    status = choose_round(rounds, &edges, error);
    if (status)
        goto out_edges;
    for (size_t i = 0; i < rounds->count; i++)
        kept += is_kept(rounds, rounds->order[i]);
    *again = edges.bounded && kept > 1 && kept < rounds->count;
    if (*again) {
        shrink(rounds, edges.bounded);
        status = remember_refused(rounds, &edges);
        if (!status)
            status = fix_rows(rounds);
        if (status)
            syndic_fail_memory(error);
    }
    rounds->counts->verify_seconds += omp_get_wtime() - began;
out_edges:
    syndic_edges_clear(&edges);
    return status;
}

enum syndic_status syndic_group_near(const struct syndic_sketches *sketches,
                                     const struct syndic_plan *plan,
                                     const struct syndic_options *options,
                                     const struct syndic_texts *texts, uint32_t *order,
                                     size_t count, struct syndic_grouping *grouping,
                                     struct syndic_group_counts *counts, struct syndic_error *error)
{
    struct syndic_memory *const memory = sketches->memory;
    struct rounds rounds = {
        .sketches = sketches,
        .options = options,
        .texts = texts,
        .grouping = grouping,
        .counts = counts,
        .order = order,
        .count = count,
        .place = syndic_allocate(memory, sketches->count, sizeof(*rounds.place)),
        .memory = memory,
    };
    enum syndic_status status = SYNDIC_NO_MEMORY;
    bool again = true;

    if (!rounds.place ||
        syndic_near_create(memory, plan, options, texts, sketches->token_count, &rounds.near))
        syndic_fail_memory(error);
    else
        status = SYNDIC_OK;
    while (!status && again && counts->rounds < ROUNDS_MAX)
        status = run_round(&rounds, &again, error);
    counts->accepted_by_signature += rounds.near.accepted_by_signature;
    counts->verified_exactly += rounds.near.verified_exactly;
    counts->refused_exactly += rounds.near.refused_exactly;
    syndic_near_clear(&rounds.near);
    syndic_pair_list_clear(&rounds.refused, memory);
    syndic_release(memory, rounds.fixed);
    syndic_release(memory, rounds.place);
    return status;
}
