/* SPDX-License-Identifier: Apache-2.0 */
/* near.c - the greedy choice, in parallel and yet exactly the sequential one.
 *
 * What becomes of a position depends on preferred neighbours only, so a position can be decided as
 * soon as those are that it looks at: the rounds of deterministic parallel greedy algorithms
 * (Blelloch, Fineman and Shun, Greedy sequential maximal independent set and matching are parallel
 * on average, 2012).  Here a pass takes the schedule in order and decides what it can; what was
 * blocked by a neighbour that another thread had not decided yet is left for the next pass.  No
 * pair is verified that the sequential algorithm would not verify. */
#include "group/near.h"

#include "base/error.h"
#include "group/contained.h"
#include "join/partition.h"

#include <omp.h>
#include <stdatomic.h>

enum state { UNDECIDED, KEPT, JOINED };

/* So few are done sooner by one thread, which never blocks. */
#define SEQUENTIAL_MAX 256

/* Set in a neighbour as long as it was not refused: the high half is UINT32_MAX - equal. */
#define NOT_REFUSED ((uint64_t)1 << 63)

struct tally {
    _Alignas(SYNDIC_ALIGNMENT) uint64_t accepted_by_signature;
    uint64_t verified_exactly, refused_exactly;
};

struct greedy {
    const struct syndic_near *near;
    struct syndic_neighbours *neighbours;
    struct syndic_grouping *grouping;
    _Atomic uint8_t *state; /* by position */
    struct tally *tally;    /* by thread */
    atomic_int failed;      /* enum syndic_status */
    struct syndic_error *error;
};

enum syndic_status syndic_near_create(struct syndic_memory *memory, const struct syndic_plan *plan,
                                      const struct syndic_options *options,
                                      const struct syndic_texts *texts, const uint32_t *token_count,
                                      struct syndic_near *near)
{
    const uint32_t threads = syndic_thread_count(options->threads);
    struct syndic_verifier *const verifier =
        syndic_allocate_zeroed(memory, threads, sizeof(*verifier));

    if (!verifier)
        return SYNDIC_NO_MEMORY;
    for (uint32_t t = 0; t < threads; t++)
        verifier[t] = (struct syndic_verifier){memory, plan, texts, t, token_count, .text = NULL};
    *near = (struct syndic_near){
        .plan = plan,
        .limits = plan->by == SYNDIC_BY_SYNDICATION
                      ? (struct syndic_verify_limits){.reject = 0, .accept = UINT32_MAX}
                      : syndic_verify_limits(plan->threshold, plan->slots, options->verify),
        .verifier = verifier,
        .threads = threads,
        .memory = memory};
    return SYNDIC_OK;
}

void syndic_near_clear(struct syndic_near *near)
{
    if (!near->memory)
        return;
    for (uint32_t t = 0; t < near->threads; t++)
        syndic_verifier_clear(&near->verifier[t]);
    syndic_release(near->memory, near->verifier);
    *near = (struct syndic_near){0};
}

enum syndic_status syndic_near_decide(const struct syndic_near *near, uint32_t thread, uint32_t row,
                                      uint32_t kept, uint32_t equal,
                                      struct syndic_decision *decision, struct syndic_error *error)
{
    struct syndic_verdict verdict;

    if (near->plan->by == SYNDIC_BY_SIMHASH) { /* the join has compared all of it */
        *decision = (struct syndic_decision){.within = true,
                                             .similarity = (float)equal / 64,
                                             .how = SYNDIC_HOW_NEAR,
                                             .known = SYNDIC_KNOWN_EXACTLY};
        return SYNDIC_OK;
    }
    if (near->plan->by == SYNDIC_BY_SYNDICATION)
        return syndic_decide_contained(near, thread, row, kept, decision, error);
    if (equal >= near->limits.accept) {
        const double estimate = syndic_slots_similarity(equal, near->plan->slots);
        *decision = (struct syndic_decision){.within = true,
                                             .similarity = (float)estimate,
                                             .how = SYNDIC_HOW_NEAR,
                                             .known = SYNDIC_KNOWN_ESTIMATED};
        return SYNDIC_OK;
    }
    const enum syndic_status status =
        syndic_verify_pair(&near->verifier[thread], row, kept, &verdict, error);
    if (!status)
        *decision = (struct syndic_decision){.within = verdict.within,
                                             .similarity = (float)verdict.similarity,
                                             .how = SYNDIC_HOW_NEAR,
                                             .known = SYNDIC_KNOWN_EXACTLY};
    return status;
}

enum syndic_status syndic_near_prepare(const struct syndic_near *near,
                                       const struct syndic_texts *texts,
                                       const struct syndic_edges *edges, const uint32_t *order,
                                       size_t count, size_t rows, struct syndic_error *error)
{
    bool any = false;

    if (near->plan->by == SYNDIC_BY_SIMHASH || near->limits.accept <= near->limits.reject ||
        !texts || !texts->prepare)
        return SYNDIC_OK;
    uint8_t *const wanted = syndic_allocate_zeroed(near->memory, rows, 1);
    if (!wanted)
        return syndic_fail_memory(error);
    for (size_t e = 0; e < edges->count; e++)
        if (edges->edge[e].equal < near->limits.accept) {
            wanted[edges->edge[e].first] = wanted[edges->edge[e].second] = 1;
            any = true;
        }
    for (size_t i = 0; edges->bounded && i < count; i++)
        if (edges->bounded[i]) {
            wanted[order[i]] = 1;
            any = true;
        }
    const enum syndic_status status =
        any ? texts->prepare(texts->context, wanted, rows, error) : SYNDIC_OK;
    syndic_release(near->memory, wanted);
    return status;
}

static void count_decision(struct tally *tally, const struct syndic_decision *decision)
{
    if (decision->known == SYNDIC_KNOWN_ESTIMATED)
        tally->accepted_by_signature++;
    else if (decision->within)
        tally->verified_exactly++;
    else
        tally->refused_exactly++;
}

static void set_state(struct greedy *greedy, uint32_t position, enum state state)
{
    atomic_store_explicit(&greedy->state[position], (uint8_t)state, memory_order_release);
}

static void join_kept(struct greedy *greedy, uint32_t position, uint32_t kept,
                      const struct syndic_decision *decision)
{
    const uint32_t row = greedy->neighbours->order[position];
    struct syndic_grouping *const grouping = greedy->grouping;

    grouping->kept[row] = greedy->neighbours->order[kept];
    grouping->similarity[row] = decision->similarity;
    grouping->how[row] = decision->how;
    grouping->known[row] = decision->known;
    if (grouping->contained) {
        grouping->contained[row] = decision->contained;
        grouping->contains[row] = decision->contains;
    }
    set_state(greedy, position, JOINED);
}

/* Go on with a position until it is decided or blocked; neighbours that refused it are marked, so
 * that the next pass goes on where this one stopped. */
static enum syndic_status advance(struct greedy *greedy, uint32_t thread, uint32_t position,
                                  struct syndic_error *error)
{
    struct syndic_neighbours *const n = greedy->neighbours;

    for (size_t i = n->start[position]; i < n->start[position + 1]; i++) {
        const uint32_t other = syndic_neighbour_position(n->neighbour[i]);
        struct syndic_decision decision;
        if (!(n->neighbour[i] & NOT_REFUSED))
            continue;
        const enum state state = atomic_load_explicit(&greedy->state[other], memory_order_acquire);
        if (state == UNDECIDED)
            return SYNDIC_OK;
        if (state == JOINED)
            continue;
        const enum syndic_status status =
            syndic_near_decide(greedy->near, thread, n->order[position], n->order[other],
                               syndic_neighbour_equal(n->neighbour[i]), &decision, error);
        if (status)
            return status;
        count_decision(&greedy->tally[thread], &decision);
        if (decision.within) {
            join_kept(greedy, position, other, &decision);
            return SYNDIC_OK;
        }
        n->neighbour[i] &= ~NOT_REFUSED;
    }
    set_state(greedy, position, KEPT);
    return SYNDIC_OK;
}

static void fail(struct greedy *greedy, enum syndic_status status, const struct syndic_error *error)
{
#pragma omp critical(syndic_near_fail)
    if (!atomic_load(&greedy->failed)) {
        if (greedy->error)
            *greedy->error = *error;
        atomic_store(&greedy->failed, (int)status);
    }
}

/* Work off todo[0, n); what stays undecided moves to its front.  Returns how many that are. */
static size_t work_chunk(struct greedy *greedy, uint32_t thread, uint64_t *todo, size_t n)
{
    struct syndic_error error = {.status = SYNDIC_OK};
    size_t blocked = 0;

    for (size_t i = 0; i < n && !atomic_load_explicit(&greedy->failed, memory_order_relaxed); i++) {
        const uint32_t position = (uint32_t)todo[i];
        if (atomic_load_explicit(&greedy->state[position], memory_order_relaxed) != UNDECIDED)
            continue;
        enum syndic_status status = SYNDIC_OK;
        if (!i || todo[i] >> 32 != todo[i - 1] >> 32)
            status = syndic_verifier_component(&greedy->near->verifier[thread]);
        if (!status)
            status = advance(greedy, thread, position, &error);
        if (status)
            fail(greedy, status, &error);
        else if (atomic_load_explicit(&greedy->state[position], memory_order_relaxed) == UNDECIDED)
            todo[blocked++] = todo[i];
    }
    return blocked;
}

/* One pass over todo[0, *n); *n becomes the number left, still in order. */
static enum syndic_status pass(struct greedy *greedy, uint64_t *todo, size_t *n, uint32_t team)
{
    struct syndic_memory *const memory = greedy->near->memory;
    size_t *chunk, chunks, left = 0;

    if (syndic_schedule_cut(memory, todo, *n, &chunk, &chunks))
        return SYNDIC_NO_MEMORY;
    size_t *const blocked = syndic_allocate(memory, chunks, sizeof(*blocked));
    if (!blocked) {
        syndic_release(memory, chunk);
        return SYNDIC_NO_MEMORY;
    }
#pragma omp parallel for num_threads((int)team) schedule(dynamic, 1)
    for (size_t c = 0; c < chunks; c++)
        blocked[c] = work_chunk(greedy, (uint32_t)omp_get_thread_num(), todo + chunk[c],
                                chunk[c + 1] - chunk[c]);
    for (size_t c = 0; c < chunks; c++)
        for (size_t i = 0; i < blocked[c]; i++)
            todo[left++] = todo[chunk[c] + i];
    *n = left;
    syndic_release(memory, blocked);
    syndic_release(memory, chunk);
    return SYNDIC_OK;
}

/* A pass that leaves more than half blocked shows a chain that threads cannot share. */
static enum syndic_status run_passes(struct greedy *greedy)
{
    uint64_t *const todo = greedy->neighbours->schedule;
    size_t n = greedy->neighbours->scheduled;
    bool shared = true;

    while (n && !atomic_load(&greedy->failed)) {
        const size_t before = n;
        shared = shared && n > SEQUENTIAL_MAX;
        if (pass(greedy, todo, &n, shared ? greedy->near->threads : 1))
            return syndic_fail_memory(greedy->error);
        shared = shared && n <= before / 2;
    }
    return (enum syndic_status)atomic_load(&greedy->failed);
}

static void add_tallies(struct syndic_near *near, const struct tally *tally)
{
    for (uint32_t t = 0; t < near->threads; t++) {
        near->accepted_by_signature += tally[t].accepted_by_signature;
        near->verified_exactly += tally[t].verified_exactly;
        near->refused_exactly += tally[t].refused_exactly;
    }
}

enum syndic_status syndic_near_group(struct syndic_near *near, struct syndic_neighbours *neighbours,
                                     const uint8_t *fixed, struct syndic_grouping *grouping,
                                     struct syndic_error *error)
{
    struct greedy greedy = {
        .near = near,
        .neighbours = neighbours,
        .grouping = grouping,
        .state = syndic_allocate(near->memory, neighbours->count, sizeof(*greedy.state)),
        .tally = syndic_allocate_zeroed(near->memory, near->threads, sizeof(*greedy.tally)),
        .error = error,
    };
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (greedy.state && greedy.tally) {
        for (size_t p = 0; p < neighbours->count; p++) {
            const bool free_to_join = neighbours->start[p] < neighbours->start[p + 1];
            const bool kept = !free_to_join || (fixed && fixed[p]);
            atomic_init(&greedy.state[p], (uint8_t)(kept ? KEPT : UNDECIDED));
        }
        status = run_passes(&greedy);
        add_tallies(near, greedy.tally);
    } else {
        syndic_fail_memory(error);
    }
    syndic_release(near->memory, greedy.tally);
    syndic_release(near->memory, (void *)greedy.state);
    return status;
}
