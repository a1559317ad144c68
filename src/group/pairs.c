/* SPDX-License-Identifier: Apache-2.0 */
/* pairs.c - every edge is decided, on its own: no choice between kept rows, so no order of work. */
#include "base/error.h"
#include "group/exact.h"
#include "group/near.h"
#include "group/simhash.h"
#include "join/partition.h"
#include "join/simhash.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct listing {
    const struct syndic_sketches *sketches;
    const struct syndic_options *options;
    const struct syndic_texts *texts;
    struct syndic_memory *memory;
    struct syndic_group_counts *counts;
    struct syndic_error *error;
    uint32_t *first; /* by row: the first of its kind */
    uint32_t *same;  /* by row: of firsts, the first with the same SimHash; NULL: not by SimHash */
    uint32_t *list;  /* the firsts, preferred first */
    size_t count;    /* of them */
    struct syndic_near near;
    struct syndic_neighbours neighbours;
    struct syndic_decision *decision; /* by neighbour */
    atomic_int failed;                /* enum syndic_status */
};

static void decide_row(struct listing *listing, uint32_t thread, uint32_t position)
{
    const struct syndic_neighbours *const n = &listing->neighbours;
    struct syndic_error error = {.status = SYNDIC_OK};
    enum syndic_status status = SYNDIC_OK;

    for (size_t i = n->start[position]; i < n->start[position + 1] && !status; i++)
        status = syndic_near_decide(&listing->near, thread, n->order[position],
                                    n->order[syndic_neighbour_position(n->neighbour[i])],
                                    syndic_neighbour_equal(n->neighbour[i]), &listing->decision[i],
                                    &error);
    if (!status)
        return;
#pragma omp critical(syndic_pairs_fail)
    if (!atomic_load(&listing->failed)) {
        if (listing->error)
            *listing->error = error;
        atomic_store(&listing->failed, (int)status);
    }
}

static enum syndic_status decide_all(struct listing *listing)
{
    const struct syndic_neighbours *const n = &listing->neighbours;
    size_t *chunk, chunks;

    if (syndic_schedule_cut(listing->near.memory, n->schedule, n->scheduled, &chunk, &chunks))
        return syndic_fail_memory(listing->error);
#pragma omp parallel for num_threads((int)listing->near.threads) schedule(dynamic, 1)
    for (size_t c = 0; c < chunks; c++)
        for (size_t s = chunk[c]; s < chunk[c + 1] && !atomic_load(&listing->failed); s++)
            decide_row(listing, (uint32_t)omp_get_thread_num(), (uint32_t)n->schedule[s]);
    syndic_release(listing->near.memory, chunk);
    return (enum syndic_status)atomic_load(&listing->failed);
}

static void count_decision(const struct syndic_decision *decision,
                           struct syndic_group_counts *counts)
{
    counts->accepted_by_signature += decision->known == SYNDIC_KNOWN_ESTIMATED;
    if (decision->known == SYNDIC_KNOWN_EXACTLY)
        (*(decision->within ? &counts->verified_exactly : &counts->refused_exactly))++;
}

static struct syndic_pair make_pair(uint32_t x, uint32_t y, float similarity, uint8_t how,
                                    uint8_t known)
{
    return (struct syndic_pair){x < y ? x : y, x < y ? y : x, similarity, how, known};
}

static size_t list_exact(const uint32_t *first, size_t rows, struct syndic_pair *pair)
{
    size_t count = 0;

    for (size_t row = 0; row < rows; row++)
        if (first[row] != row)
            pair[count++] =
                make_pair((uint32_t)row, first[row], 1, SYNDIC_HOW_EXACT, SYNDIC_KNOWN_EXACTLY);
    return count;
}

/* Firsts with the same SimHash are near, at no distance. */
static size_t list_same(const struct listing *listing, struct syndic_pair *pair)
{
    size_t count = 0;

    for (size_t row = 0; listing->same && row < listing->sketches->count; row++)
        if (listing->same[row] != row)
            pair[count++] = make_pair((uint32_t)row, listing->same[row], 1, SYNDIC_HOW_NEAR,
                                      SYNDIC_KNOWN_EXACTLY);
    return count;
}

static size_t list_near(const struct listing *listing, struct syndic_pair *pair)
{
    const struct syndic_neighbours *const n = &listing->neighbours;
    size_t count = 0;

    for (size_t p = 0; p < n->count; p++)
        for (size_t i = n->start[p]; i < n->start[p + 1]; i++) {
            const struct syndic_decision *const decision = &listing->decision[i];
            count_decision(decision, listing->counts);
            if (decision->within)
                pair[count++] =
                    make_pair(n->order[p], n->order[syndic_neighbour_position(n->neighbour[i])],
                              decision->similarity, SYNDIC_HOW_NEAR, decision->known);
        }
    return count;
}

static int by_b(const void *x, const void *y)
{
    const uint32_t b = ((const struct syndic_pair *)x)->b, c = ((const struct syndic_pair *)y)->b;

    return (b > c) - (b < c);
}

/* By a, then b: a counting sort by a, and each row's few pairs by b. */
static enum syndic_status sort_pairs(struct syndic_memory *memory, struct syndic_pair **pairs,
                                     size_t count, size_t rows)
{
    size_t *const end = syndic_allocate_zeroed(memory, rows + 1, sizeof(*end));
    struct syndic_pair *const sorted = syndic_allocate(memory, count, sizeof(*sorted));

    if (!end || !sorted) {
        syndic_release(memory, sorted);
        syndic_release(memory, end);
        return SYNDIC_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++)
        end[(*pairs)[i].a + 1]++;
    for (size_t row = 0; row < rows; row++)
        end[row + 1] += end[row];
    for (size_t i = 0; i < count; i++)
        sorted[end[(*pairs)[i].a]++] = (*pairs)[i];
    for (size_t row = 0, begin = 0; row < rows; begin = end[row++])
        if (end[row] - begin > 1)
            qsort(sorted + begin, end[row] - begin, sizeof(*sorted), by_b);
    syndic_release(memory, *pairs);
    *pairs = sorted;
    syndic_release(memory, end);
    return SYNDIC_OK;
}

/* Decide every edge between firsts. */
static enum syndic_status decide_edges(struct listing *listing, const struct syndic_edges *edges)
{
    const struct syndic_sketches *const sketches = listing->sketches;
    struct syndic_memory *const memory = listing->memory;
    uint32_t *const place = syndic_allocate(memory, sketches->count, sizeof(*place));

    enum syndic_status status =
        place ? syndic_neighbours_create(memory, listing->list, listing->count, edges, place,
                                         &listing->neighbours)
              : SYNDIC_NO_MEMORY;
    syndic_release(memory, place);
    if (!status)
        listing->decision =
            syndic_allocate_zeroed(memory, edges->count, sizeof(*listing->decision));
    if (!listing->decision)
        return syndic_fail_memory(listing->error);
    status = syndic_near_prepare(&listing->near, listing->texts, edges, listing->list,
                                 listing->count, sketches->count, listing->error);
    return status ? status : decide_all(listing);
}

/* Of the firsts with the same SimHash only one is joined. */
static enum syndic_status list_different(struct listing *listing)
{
    const size_t rows = listing->sketches->count;

    listing->same = syndic_allocate(listing->memory, rows, sizeof(*listing->same));
    if (!listing->same)
        return SYNDIC_NO_MEMORY;
    for (size_t row = 0; row < rows; row++)
        listing->same[row] = (uint32_t)row;
    const enum syndic_status status = syndic_collapse_simhash(
        listing->sketches, listing->list, listing->count, listing->options->threads, listing->same);
    if (!status)
        listing->count =
            syndic_list_own_firsts(listing->list, listing->count, listing->same, listing->list);
    return status;
}

static enum syndic_status join_firsts(struct listing *listing, const struct syndic_plan *plan,
                                      struct syndic_edges *edges)
{
    const struct syndic_options *const options = listing->options;
    const struct syndic_join_options near = {options->verify, options->threads, 0};
    const struct syndic_simhash_options simhash = {options->distance, options->threads, SIZE_MAX,
                                                   0};
    struct syndic_join_counts *const counts = &listing->counts->join;

    if (options->by != SYNDIC_BY_SIMHASH)
        return syndic_join(listing->sketches, plan, &near, listing->list, listing->count, edges,
                           counts, listing->error);
    enum syndic_status status = list_different(listing);
    if (!status)
        status = syndic_join_simhash(listing->sketches, &simhash, listing->list, listing->count,
                                     edges, counts);
    return status ? syndic_fail_memory(listing->error) : SYNDIC_OK;
}

static enum syndic_status find_near(struct listing *listing, const struct syndic_plan *plan)
{
    struct syndic_group_counts *const counts = listing->counts;
    const double began = omp_get_wtime();
    struct syndic_edges edges = {0};

    if (syndic_near_create(listing->memory, plan, listing->options, listing->texts,
                           listing->sketches->token_count, &listing->near))
        return syndic_fail_memory(listing->error);
    enum syndic_status status = join_firsts(listing, plan, &edges);
    if (status)
        return status;
    const double joined = omp_get_wtime();
    counts->rounds = 1;
    counts->join_seconds = joined - began;
    syndic_release(edges.memory, edges.bounded); /* for later rounds; there are none here */
    edges.bounded = NULL;
    status = decide_edges(listing, &edges);
    counts->verify_seconds = omp_get_wtime() - joined;
    syndic_edges_clear(&edges);
    return status;
}

static enum syndic_status list_pairs(struct listing *listing, struct syndic_pair **pairs,
                                     size_t *pair_count)
{
    struct syndic_memory *const memory = listing->memory;
    const size_t rows = listing->sketches->count;
    const size_t near_max =
        listing->neighbours.count ? listing->neighbours.start[listing->neighbours.count] : 0;
    struct syndic_pair *pair = syndic_allocate(memory, rows + near_max, sizeof(*pair));

    if (!pair)
        return syndic_fail_memory(listing->error);
    size_t count = list_exact(listing->first, rows, pair);
    listing->counts->exact = count;
    count += list_same(listing, pair + count);
    count += list_near(listing, pair + count);
    listing->counts->near = count - listing->counts->exact;
    if (sort_pairs(memory, &pair, count, rows)) {
        syndic_release(memory, pair);
        return syndic_fail_memory(listing->error);
    }
    *pairs = pair;
    *pair_count = count;
    return SYNDIC_OK;
}

enum syndic_status syndic_verified_pairs(const struct syndic_sketches *sketches,
                                         const struct syndic_plan *plan,
                                         const struct syndic_options *options,
                                         const uint32_t *order, const struct syndic_texts *texts,
                                         struct syndic_memory *memory, struct syndic_pair **pairs,
                                         size_t *pair_count, struct syndic_group_counts *counts,
                                         struct syndic_error *error)
{
    const double began = omp_get_wtime();
    struct listing listing = {
        .sketches = sketches,
        .options = options,
        .texts = texts,
        .memory = memory,
        .counts = counts,
        .error = error,
        .first = syndic_allocate(memory, sketches->count, sizeof(*listing.first)),
        .list = syndic_allocate(memory, sketches->count, sizeof(*listing.list)),
    };
    enum syndic_status status = SYNDIC_NO_MEMORY;

    *counts = (struct syndic_group_counts){0};
    if (listing.first && listing.list)
        status = syndic_collapse_exact(sketches, order, options->threads, listing.first);
    if (status) {
        syndic_fail_memory(error);
        goto out_listing;
    }
    listing.count = syndic_list_firsts(sketches, order, listing.first, listing.list);
    counts->empty = syndic_count_empty(sketches);
    counts->exact_seconds = omp_get_wtime() - began;
    if (options->by != SYNDIC_BY_EXACT)
        status = find_near(&listing, plan);
    if (!status)
        status = list_pairs(&listing, pairs, pair_count);
    syndic_release(memory, listing.decision);
    syndic_neighbours_clear(&listing.neighbours);
    syndic_near_clear(&listing.near);
out_listing:
    syndic_release(memory, listing.same);
    syndic_release(memory, listing.list);
    syndic_release(memory, listing.first);
    return status;
}
