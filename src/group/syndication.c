/* SPDX-License-Identifier: Apache-2.0 */
/* syndication.c - communities of documents are settled by their texts.
 *
 * Three steps follow the communities.  A document that is tied weakly to its community and half as
 * much to another is a roundup of both and belongs to neither.  A community is cut where nothing
 * but set phrases holds it together: its documents stay connected by pairs of which one has a third
 * of the other, or a run of its words.  And each member is compared with the kept one, exactly. */
#include "group/syndication.h"

#include "base/error.h"
#include "base/sort.h"
#include "group/contained.h"
#include "group/settle.h"
#include "group/ties.h"
#include "join/partition.h"

#include <omp.h>
#include <string.h>

/* Less than this is a weak tie; see the note on ROUGH_GAMMA for what it was measured on. */
#define WEAK_TIE (35 * (uint64_t)SYNDIC_WEIGHT_ONE / 100)

/* Sums of what a node is tied to each community with. */
struct pulls {
    uint64_t *sum; /* by community; zero between nodes */
    uint32_t *touched;
    const uint32_t *size;
};

/* Is the position tied weakly to its community, on the average, and at least half as much to some
 * other one of several documents? */
static bool is_roundup(const struct syndic_ties *ties, size_t position, struct pulls *pulls)
{
    const uint32_t own = ties->community[position];
    const uint64_t others = pulls->size[own] - 1;
    size_t touched = 0;
    bool elsewhere = false;

    if (!others)
        return false;
    for (size_t e = ties->start[position]; e < ties->start[position + 1]; e++) {
        const uint32_t community = ties->community[ties->edge[e].node];
        if (!pulls->sum[community])
            pulls->touched[touched++] = community;
        pulls->sum[community] += ties->edge[e].weight;
    }
    const uint64_t pull = pulls->sum[own];
    for (size_t i = 0; i < touched; i++) {
        const uint32_t other = pulls->touched[i];
        if (other != own && pulls->size[other] > 1 &&
            2 * pulls->sum[other] * others >= pull * pulls->size[other])
            elsewhere = true;
    }
    for (size_t i = 0; i < touched; i++)
        pulls->sum[pulls->touched[i]] = 0;
    return elsewhere && pull < WEAK_TIE * others;
}

/* alone[p]: position p is a roundup. */
static enum syndic_status find_roundups(const struct syndic_ties *ties, uint8_t *alone)
{
    const size_t n = ties->overlaps.count;
    uint64_t *const sum = syndic_allocate_zeroed(ties->memory, n, sizeof(*sum));
    uint32_t *const touched = syndic_allocate(ties->memory, n, sizeof(*touched));
    uint32_t *const size = syndic_allocate_zeroed(ties->memory, n, sizeof(*size));
    struct pulls pulls = {sum, touched, size};
    const bool fine = sum && touched && size;

    for (size_t p = 0; fine && p < n; p++)
        size[ties->community[p]]++;
    for (size_t p = 0; fine && p < n; p++)
        alone[p] = is_roundup(ties, p, &pulls);
    syndic_release(ties->memory, size);
    syndic_release(ties->memory, touched);
    syndic_release(ties->memory, sum);
    return fine ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

/* A roundup becomes a community of its own; the others keep a name, the least position left. */
static enum syndic_status set_apart(struct syndic_ties *ties)
{
    const size_t n = ties->overlaps.count;
    uint8_t *const alone = syndic_allocate(ties->memory, n, 1);
    uint32_t *const least = syndic_allocate(ties->memory, n, sizeof(*least));
    enum syndic_status status = alone && least ? find_roundups(ties, alone) : SYNDIC_NO_MEMORY;

    if (!status) {
        memset(least, 0xff, n * sizeof(*least));
        for (size_t p = 0; p < n; p++)
            if (!alone[p] && least[ties->community[p]] == UINT32_MAX)
                least[ties->community[p]] = (uint32_t)p;
        for (size_t p = 0; p < n; p++)
            ties->community[p] = alone[p] ? (uint32_t)p : least[ties->community[p]];
    }
    syndic_release(ties->memory, least);
    syndic_release(ties->memory, alone);
    return status;
}

static enum syndic_status divide(struct syndic_ties *ties,
                                 const struct syndic_ties_options *options)
{
    const enum syndic_status status = syndic_ties_divide(ties, options);

    return status ? status : set_apart(ties);
}

/* Rows in the order of the first documents with their texts, so that what is kept does not change
 * the groups; and the samples of these. */
static bool place_rows(const struct syndic_sketches *sketches, const uint32_t *first,
                       const uint32_t *list, size_t count, uint32_t *row, const uint64_t **sample)
{
    uint32_t *const least = syndic_allocate(sketches->memory, sketches->count, sizeof(*least));
    uint64_t *const key = syndic_allocate(sketches->memory, count, 2 * sizeof(*key));
    const bool fine = least && key;

    for (size_t r = sketches->count; fine && r-- > 0;)
        least[first[r]] = (uint32_t)r;
    for (size_t i = 0; fine && i < count; i++)
        key[i] = (uint64_t)least[list[i]] << 32 | list[i];
    if (fine)
        syndic_sort_u64(key, count, key + count);
    for (size_t p = 0; fine && p < count; p++) {
        row[p] = (uint32_t)key[p];
        sample[p] = sketches->sample[row[p]];
    }
    syndic_release(sketches->memory, key);
    syndic_release(sketches->memory, least);
    return fine;
}

/* The sources of these; *origin stays NULL where none is known. */
static bool place_origins(const struct syndic_sketches *sketches, const uint32_t *row, size_t count,
                          uint64_t **origin)
{
    bool any = false;

    for (size_t p = 0; p < count && !any; p++)
        any = sketches->origin[row[p]] != 0;
    if (!any)
        return true;
    *origin = syndic_allocate(sketches->memory, count, sizeof(**origin));
    for (size_t p = 0; *origin && p < count; p++)
        (*origin)[p] = sketches->origin[row[p]];
    return *origin != NULL;
}

static void note_counts(const struct syndic_ties *ties, struct syndic_group_counts *counts)
{
    counts->sampled = ties->index.sampled;
    counts->hot = ties->index.hot;
    counts->crowded = ties->overlaps.crowded;
    for (size_t p = 0; p < ties->index.count; p++)
        counts->hot_documents += ties->index.hot_of[p] > ties->index.own[p] +
                                                             ties->index.term_start[p + 1] -
                                                             ties->index.term_start[p];
    counts->join.compared += ties->overlaps.start[ties->overlaps.count];
}

enum syndic_status syndic_group_syndication(
    const struct syndic_sketches *sketches, const struct syndic_plan *plan,
    const struct syndic_options *options, const struct syndic_texts *texts, const uint32_t *first,
    const uint32_t *list, size_t count, struct syndic_grouping *grouping,
    struct syndic_group_counts *counts, struct syndic_error *error)
{
    struct syndic_memory *const memory = sketches->memory;
    const struct syndic_ties_options ties_options = {
        options->sample, options->max_df, options->min_shared, options->gamma, options->threads};
    struct syndic_ties ties = {0};
    uint32_t *const row = syndic_allocate(memory, count, sizeof(*row));
    const uint64_t **const sample = syndic_allocate(memory, count, sizeof(*sample));
    uint64_t *origin = NULL;
    double began = omp_get_wtime();
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (row && sample && place_rows(sketches, first, list, count, row, sample) &&
        place_origins(sketches, row, count, &origin))
        status = syndic_ties_create(memory, sample, count, &ties_options, &ties);
    ties.origin = origin;
    syndic_release(memory, (void *)sample);
    if (!status)
        note_counts(&ties, counts);
    if (!status && !options->only_contained)
        status = divide(&ties, &ties_options);
    counts->join_seconds += omp_get_wtime() - began;
    began = omp_get_wtime();
    struct syndic_settling settling = {.sketches = sketches,
                                       .plan = plan,
                                       .options = options,
                                       .texts = texts,
                                       .ties = &ties,
                                       .row = row,
                                       .list = list,
                                       .count = count,
                                       .grouping = grouping,
                                       .counts = counts};
    if (status)
        syndic_fail_memory(error);
    else if (options->only_contained)
        status = syndic_join_contained(&settling, error);
    else
        status = syndic_settle(&settling, error);
    counts->verify_seconds += omp_get_wtime() - began;
    syndic_ties_clear(&ties);
    syndic_release(memory, origin);
    syndic_release(memory, row);
    return status;
}
