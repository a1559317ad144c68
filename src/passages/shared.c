/* SPDX-License-Identifier: Apache-2.0 */
/* shared.c - the token hashes of two texts in; the passages that they share, out.
 *
 * Every run of `least` words of B is indexed by its hash.  A is read from left to right: where its
 * next run is known, the longest match wins and is passed over.  A match cannot be extended to the
 * left, because it would have been found there. */
#include "passages/shared.h"

#include "text/hash.h"

#include <stdlib.h>
#include <string.h>

/* Of a run that B repeats endlessly only so many places are tried. */
#define PLACES_MAX 64

struct run {
    uint64_t hash;
    uint32_t at;
};

struct index {
    const uint64_t *b;
    size_t b_count, least;
    struct run *run; /* by hash, then place */
    size_t run_count;
    uint64_t mul[SYNDIC_SHINGLE_WIDTH_MAX];
};

static int by_hash(const void *left, const void *right)
{
    const struct run *const a = left, *const b = right;

    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static bool build(struct index *index, struct syndic_memory *memory)
{
    syndic_shingle_multipliers(index->mul);
    index->run_count = index->b_count < index->least ? 0 : index->b_count - index->least + 1;
    index->run = syndic_allocate(memory, index->run_count, sizeof(*index->run));
    if (!index->run)
        return false;
    for (size_t i = 0; i < index->run_count; i++)
        index->run[i] =
            (struct run){syndic_shingle_hash(index->b + i, index->mul, index->least), (uint32_t)i};
    if (index->run_count)
        qsort(index->run, index->run_count, sizeof(*index->run), by_hash);
    return true;
}

static size_t first_run(const struct index *index, uint64_t hash)
{
    size_t low = 0, high = index->run_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (index->run[middle].hash < hash)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t common_length(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count)
{
    const size_t most = a_count < b_count ? a_count : b_count;
    size_t n = 0;

    while (n < most && a[n] == b[n])
        n++;
    return n;
}

/* The longest match of the words from a on; count 0: none that is long enough. */
static struct syndic_shared longest(const struct index *index, const uint64_t *a, size_t a_count)
{
    const uint64_t hash = syndic_shingle_hash(a, index->mul, index->least);
    struct syndic_shared best = {0};
    size_t i = first_run(index, hash);

    for (size_t tried = 0; i < index->run_count && tried < PLACES_MAX; i++, tried++) {
        const struct run *const run = &index->run[i];
        if (run->hash != hash)
            break;
        const size_t n = common_length(a, a_count, index->b + run->at, index->b_count - run->at);
        if (n > best.count && n >= index->least)
            best = (struct syndic_shared){0, run->at, (uint32_t)n};
    }
    return best;
}

enum syndic_status syndic_shared_passages(struct syndic_memory *memory, const uint64_t *a,
                                          size_t a_count, const uint64_t *b, size_t b_count,
                                          size_t least, struct syndic_shared **passages,
                                          size_t *count)
{
    struct index index = {.b = b, .b_count = b_count, .least = least};
    /* They are apart in A, so there are no more than this. */
    struct syndic_shared *const found =
        syndic_allocate(memory, a_count / least + 1, sizeof(*found));
    const bool built = build(&index, memory);
    size_t n = 0;

    for (size_t i = 0; found && built && i + least <= a_count;) {
        struct syndic_shared best = longest(&index, a + i, a_count - i);
        best.a_from = (uint32_t)i;
        if (best.count)
            found[n++] = best;
        i += best.count ? best.count : 1;
    }
    syndic_release(memory, index.run);
    if (!found || !built) {
        syndic_release(memory, found);
        return SYNDIC_NO_MEMORY;
    }
    *passages = found;
    *count = n;
    return SYNDIC_OK;
}

size_t syndic_shared_cover(const struct syndic_shared *passages, size_t count, uint8_t *seen,
                           size_t b_count)
{
    size_t covered = 0;

    memset(seen, 0, b_count);
    for (size_t i = 0; i < count; i++)
        memset(seen + passages[i].b_from, 1, passages[i].count);
    for (size_t i = 0; i < b_count; i++)
        covered += seen[i];
    return covered;
}
