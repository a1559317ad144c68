/* SPDX-License-Identifier: Apache-2.0 */
/* settle.c - one community after the other: its strongest ties are looked at first, and one counts
 * where the texts bear it out, until all of its documents are connected or no tie is left.  What is
 * connected is a group. */
#include "group/settle.h"

#include "base/error.h"
#include "base/forest.h"
#include "base/sort.h"
#include "group/near.h"

#include <omp.h>
#include <stdatomic.h>

/* A tie holds where one document has this share of the other, or a run of so many of its words: of
 * 2,224 pairs of unrelated encyclopedia revisions and 8,193 of unrelated pages of one manual with
 * something in common, nine in ten had no run above 17 and 12 words; of the related pairs with as
 * little in common, half of the revisions had 18 or more. */
#define HOLDING_SHARE 0.3
#define HOLDING_WORDS 12

/* From so many shared terms on the samples tell the share well enough. */
#define SURE_TERMS 8

/* Ties of a document that the texts may disprove before its community is taken as it is. */
#define REFUSALS_EACH 8

/* What the threads share. */
struct work {
    const struct syndic_settling *settling;
    uint64_t *member; /* community << 32 | position, ascending */
    size_t *start;    /* community i is member[start[i], start[i + 1]) */
    size_t communities;
    uint32_t *place;         /* by position, in its community */
    uint32_t *rank;          /* by row, place in the list of preference */
    struct syndic_near near; /* a verifier for each thread */
    atomic_int failed;       /* enum syndic_status */
    struct syndic_error *error;
};

/* One thread's room for the community at hand. */
struct room {
    uint32_t *parent; /* by place */
    uint32_t *kept;   /* by root: the preferred member */
    size_t places;
    uint64_t *tie, *scratch; /* UINT32_MAX - weight << 32 | number of the pair in `from` */
    struct pair {
        uint32_t a, b; /* places */
        bool sure;
    } * pair;
    size_t pairs, pair_capacity, tie_capacity, scratch_capacity;
    uint64_t verified, refused;
};

static uint32_t position_at(const struct work *work, size_t community, size_t place)
{
    return (uint32_t)work->member[work->start[community] + place];
}

static uint32_t row_at(const struct work *work, size_t community, size_t place)
{
    return work->settling->row[position_at(work, community, place)];
}

/* Does the sample bear the tie out on its own? */
static bool is_sure(const struct syndic_ties *ties, size_t pair, size_t a, size_t b)
{
    uint64_t mass_a, mass_b;

    syndic_tie_masses(ties, a, b, &mass_a, &mass_b);
    const uint64_t least = mass_a < mass_b ? mass_a : mass_b;

    return ties->overlaps.pair[pair].shared >= SURE_TERMS &&
           (double)ties->shared[pair] >= HOLDING_SHARE * (double)least;
}

static bool add_tie(const struct work *work, struct room *room, size_t pair, size_t a, size_t b)
{
    const struct syndic_ties *const ties = work->settling->ties;
    struct syndic_memory *const memory = ties->memory;
    uint64_t mass_a, mass_b;

    syndic_tie_masses(ties, a, b, &mass_a, &mass_b);
    const uint32_t weight = syndic_tie_weight(mass_a, mass_b, ties->shared[pair]);

    if (!syndic_reserve(memory, (void **)&room->pair, &room->pair_capacity, room->pairs + 1,
                        sizeof(*room->pair)) ||
        !syndic_reserve(memory, (void **)&room->tie, &room->tie_capacity, room->pairs + 1,
                        sizeof(*room->tie)))
        return false;
    room->tie[room->pairs] = (uint64_t)(UINT32_MAX - weight) << 32 | room->pairs;
    room->pair[room->pairs++] =
        (struct pair){work->place[a], work->place[b], is_sure(ties, pair, a, b)};
    return true;
}

/* The ties inside a community, the strongest first, of equals in the order of the input. */
static bool list_ties(const struct work *work, size_t community, struct room *room)
{
    const struct syndic_ties *const ties = work->settling->ties;
    const struct syndic_overlaps *const overlaps = &ties->overlaps;
    const size_t n = work->start[community + 1] - work->start[community];

    room->pairs = 0;
    for (size_t m = 0; m < n; m++) {
        const size_t p = position_at(work, community, m);
        for (size_t i = overlaps->start[p]; i < overlaps->start[p + 1]; i++) {
            const size_t other = overlaps->pair[i].other;
            if (ties->community[other] == ties->community[p] && !add_tie(work, room, i, p, other))
                return false;
        }
    }
    if (!syndic_reserve(ties->memory, (void **)&room->scratch, &room->scratch_capacity, room->pairs,
                        sizeof(*room->scratch)))
        return false;
    syndic_sort_u64(room->tie, room->pairs, room->scratch);
    return true;
}

/* Do the texts bear the tie of two rows out? */
static enum syndic_status holds(struct syndic_verifier *verifier, uint32_t a, uint32_t b,
                                bool *held, struct syndic_error *error)
{
    struct syndic_overlap_counts counts;
    size_t run;
    enum syndic_status status = syndic_verify_overlap(verifier, a, b, &counts, error);

    if (status)
        return status;
    const size_t least = counts.row < counts.kept ? counts.row : counts.kept;
    *held = (double)counts.both >= HOLDING_SHARE * (double)least;
    if (*held)
        return SYNDIC_OK;
    status = syndic_verify_run(verifier, a, b, &run, error);
    *held = !status && run && run - 1 + verifier->plan->shingling.width >= HOLDING_WORDS;
    return status;
}

/* Connect the documents of a community by ties that hold. */
static enum syndic_status connect(const struct work *work, uint32_t thread, size_t community,
                                  struct room *room, struct syndic_error *error)
{
    const size_t n = work->start[community + 1] - work->start[community];
    size_t left = n - 1, refusals = 0;

    syndic_forest_init(room->parent, n);
    for (size_t t = 0; t < room->pairs && left && refusals < REFUSALS_EACH * n; t++) {
        const struct pair *const pair = &room->pair[(uint32_t)room->tie[t]];
        bool held = pair->sure;
        if (syndic_forest_root(room->parent, pair->a) == syndic_forest_root(room->parent, pair->b))
            continue;
        if (!held) {
            const enum syndic_status status =
                holds(&work->near.verifier[thread], row_at(work, community, pair->a),
                      row_at(work, community, pair->b), &held, error);
            if (status)
                return status;
            room->verified += held;
            room->refused += !held;
        }
        refusals += !held;
        left -= held && syndic_forest_unite(room->parent, pair->a, pair->b);
    }
    return SYNDIC_OK;
}

/* Write how `row` is to the kept one. */
static void write_row(const struct syndic_settling *settling, uint32_t row, uint32_t kept,
                      const struct syndic_overlap_counts *counts)
{
    struct syndic_grouping *const grouping = settling->grouping;
    const double threshold = settling->plan->threshold;
    const size_t either = counts->row + counts->kept - counts->both;
    const double alike = (double)counts->both / (double)either;
    const double contained = (double)counts->both / (double)counts->row;
    const double contains = (double)counts->both / (double)counts->kept;
    enum syndic_how how = SYNDIC_HOW_OVERLAPS;

    if (alike >= threshold)
        how = SYNDIC_HOW_NEAR;
    else if (contained >= threshold && contained >= contains)
        how = SYNDIC_HOW_CONTAINED;
    else if (contains >= threshold)
        how = SYNDIC_HOW_CONTAINS;
    grouping->kept[row] = kept;
    grouping->similarity[row] = (float)alike;
    grouping->contained[row] = (float)contained;
    grouping->contains[row] = (float)contains;
    grouping->how[row] = (uint8_t)how;
    grouping->known[row] = SYNDIC_KNOWN_EXACTLY;
}

/* Each member of what is connected, with the preferred one. */
static enum syndic_status compare(const struct work *work, uint32_t thread, size_t community,
                                  struct room *room, struct syndic_error *error)
{
    const size_t n = work->start[community + 1] - work->start[community];

    for (size_t i = 0; i < n; i++)
        room->kept[i] = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        uint32_t *const kept = &room->kept[syndic_forest_root(room->parent, (uint32_t)i)];
        const uint32_t row = row_at(work, community, i);
        if (*kept == UINT32_MAX || work->rank[row] < work->rank[*kept])
            *kept = row;
    }
    for (size_t i = 0; i < n; i++) {
        const uint32_t row = row_at(work, community, i);
        const uint32_t kept = room->kept[syndic_forest_root(room->parent, (uint32_t)i)];
        struct syndic_overlap_counts counts;
        if (row == kept)
            continue;
        const enum syndic_status status =
            syndic_verify_overlap(&work->near.verifier[thread], row, kept, &counts, error);
        if (status)
            return status;
        write_row(work->settling, row, kept, &counts);
    }
    return SYNDIC_OK;
}

static enum syndic_status reserve_places(const struct work *work, size_t n, struct room *room)
{
    struct syndic_memory *const memory = work->settling->sketches->memory;

    if (n <= room->places)
        return SYNDIC_OK;
    syndic_release(memory, room->parent);
    syndic_release(memory, room->kept);
    room->parent = syndic_allocate(memory, n, sizeof(*room->parent));
    room->kept = syndic_allocate(memory, n, sizeof(*room->kept));
    room->places = room->parent && room->kept ? n : 0;
    return room->places ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

static enum syndic_status settle_community(const struct work *work, uint32_t thread,
                                           size_t community, struct room *room,
                                           struct syndic_error *error)
{
    const size_t n = work->start[community + 1] - work->start[community];

    if (n < 2)
        return SYNDIC_OK;
    if (reserve_places(work, n, room) || !list_ties(work, community, room) ||
        syndic_verifier_component(&work->near.verifier[thread]))
        return syndic_fail_memory(error);
    const enum syndic_status status = connect(work, thread, community, room, error);
    return status ? status : compare(work, thread, community, room, error);
}

static void fail(struct work *work, enum syndic_status status, const struct syndic_error *error)
{
#pragma omp critical(syndic_settle_fail)
    if (!atomic_load(&work->failed)) {
        if (work->error)
            *work->error = *error;
        atomic_store(&work->failed, (int)status);
    }
}

static enum syndic_status settle_all(struct work *work)
{
    struct syndic_memory *const memory = work->settling->sketches->memory;
    struct syndic_group_counts *const counts = work->settling->counts;

#pragma omp parallel num_threads((int)work->near.threads)
    {
        struct room room = {0};
        struct syndic_error error = {.status = SYNDIC_OK};
#pragma omp for schedule(dynamic, 16)
        for (size_t c = 0; c < work->communities; c++) {
            if (atomic_load_explicit(&work->failed, memory_order_relaxed))
                continue;
            const enum syndic_status status =
                settle_community(work, (uint32_t)omp_get_thread_num(), c, &room, &error);
            if (status)
                fail(work, status, &error);
        }
#pragma omp critical(syndic_settle_counts)
        {
            counts->verified_exactly += room.verified;
            counts->refused_exactly += room.refused;
        }
        syndic_release(memory, room.scratch);
        syndic_release(memory, room.tie);
        syndic_release(memory, room.pair);
        syndic_release(memory, room.kept);
        syndic_release(memory, room.parent);
    }
    return (enum syndic_status)atomic_load(&work->failed);
}

/* Communities by their least positions, and their members in order. */
static void list_communities(struct work *work)
{
    const struct syndic_settling *const settling = work->settling;
    const size_t n = settling->count;

    for (size_t p = 0; p < n; p++)
        work->member[p] = (uint64_t)settling->ties->community[p] << 32 | p;
    syndic_sort_u64(work->member, n, work->member + n);
    for (size_t i = 0; i < n; i++) {
        if (!i || work->member[i] >> 32 != work->member[i - 1] >> 32)
            work->start[work->communities++] = i;
        work->place[(uint32_t)work->member[i]] = (uint32_t)(i - work->start[work->communities - 1]);
    }
    work->start[work->communities] = n;
    for (size_t i = 0; i < n; i++)
        work->rank[settling->list[i]] = (uint32_t)i;
}

/* Texts that will be asked for: those of every community of two or more. */
static enum syndic_status prepare(const struct work *work, struct syndic_error *error)
{
    const struct syndic_settling *const settling = work->settling;
    const size_t rows = settling->sketches->count;
    uint8_t *wanted;
    bool any = false;

    if (!settling->texts->prepare)
        return SYNDIC_OK;
    wanted = syndic_allocate_zeroed(settling->sketches->memory, rows, 1);
    if (!wanted)
        return syndic_fail_memory(error);
    for (size_t c = 0; c < work->communities; c++)
        for (size_t i = work->start[c]; i < work->start[c + 1]; i++)
            if (work->start[c + 1] - work->start[c] > 1) {
                wanted[settling->row[(uint32_t)work->member[i]]] = 1;
                any = true;
            }
    const enum syndic_status status =
        any ? settling->texts->prepare(settling->texts->context, wanted, rows, error) : SYNDIC_OK;
    syndic_release(settling->sketches->memory, wanted);
    return status;
}

static enum syndic_status work_create(struct work *work)
{
    const struct syndic_settling *const settling = work->settling;
    struct syndic_memory *const memory = settling->sketches->memory;
    const size_t n = settling->count;

    work->member = syndic_allocate(memory, n, 2 * sizeof(*work->member));
    work->start = syndic_allocate(memory, n + 1, sizeof(*work->start));
    work->place = syndic_allocate(memory, n, sizeof(*work->place));
    work->rank = syndic_allocate(memory, settling->sketches->count, sizeof(*work->rank));
    if (!work->member || !work->start || !work->place || !work->rank)
        return SYNDIC_NO_MEMORY;
    return syndic_near_create(memory, settling->plan, settling->options, settling->texts,
                              settling->sketches->token_count, &work->near);
}

static void work_clear(struct work *work)
{
    struct syndic_memory *const memory = work->settling->sketches->memory;

    syndic_near_clear(&work->near);
    syndic_release(memory, work->rank);
    syndic_release(memory, work->place);
    syndic_release(memory, work->start);
    syndic_release(memory, work->member);
}

enum syndic_status syndic_settle(const struct syndic_settling *settling, struct syndic_error *error)
{
    struct work work = {.settling = settling, .error = error};
    enum syndic_status status = work_create(&work);

    if (status) {
        syndic_fail_memory(error);
    } else {
        list_communities(&work);
        status = prepare(&work, error);
    }
    if (!status)
        status = settle_all(&work);
    work_clear(&work);
    return status;
}
