/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - texts are fetched, shingled, numbered and intersected as bits.  A cache holds the sets
 * of many rows; when it or the numbering is full both begin anew, which costs little because the
 * work comes component by component.  Huge documents, whose numbers would take more memory than
 * they do themselves, are sorted and merged instead. */
#include "group/verify.h"

#include "base/error.h"
#include "kernel.h"
#include "sketch/marks.h"

#include <string.h>

#define CACHE_WORDS_MAX    ((size_t)4 << 20) /* 32 MiB a thread */
#define CACHE_PLACES       16384
#define COMPONENTS_NUMBERS 4096 /* while there are fewer, small components share a numbering */
#define MERGE_TOKENS_MIN   (1u << 20) /* from here on a pair is merged */

/* Where a row's set is: its bits are at word[at] of the cache, its blocks behind them. */
struct place {
    uint64_t epoch; /* the set is valid while the cache has the same */
    uint32_t row;
    size_t at;
    size_t shingles; /* repeats included: what numbering it again would need */
    size_t blocks, count;
};

struct syndic_verifier_cache {
    uint64_t *word;
    size_t used, capacity;
    uint64_t epoch; /* grows when everything is forgotten; at least 1 */
    struct place place[CACHE_PLACES];
};

_Static_assert(CACHE_PLACES == 1 << 14, "place_of keeps 14 bits");

static struct place *place_of(struct syndic_verifier_cache *cache, uint32_t row)
{
    return &cache->place[row * 0x9e3779b1u >> 18]; /* Fibonacci hashing to 14 bits */
}

static enum syndic_status begin(struct syndic_verifier *verifier)
{
    enum syndic_status status = SYNDIC_OK;

    if (!verifier->text)
        status =
            syndic_text_create(verifier->memory, verifier->plan->shingling, false, &verifier->text);
    if (!status && !verifier->numbering)
        status = syndic_numbering_create(verifier->memory, &verifier->numbering);
    if (!status && !verifier->cache) {
        verifier->cache = syndic_allocate_zeroed(verifier->memory, 1, sizeof(*verifier->cache));
        if (!verifier->cache)
            return SYNDIC_NO_MEMORY;
        verifier->cache->epoch = 1;
    }
    return status;
}

static enum syndic_status read_text(struct syndic_verifier *verifier, uint32_t row,
                                    struct syndic_error *error)
{
    const struct syndic_texts *const texts = verifier->texts;
    const uint8_t *bytes;
    size_t n;

    enum syndic_status status =
        texts->fetch(texts->context, verifier->thread, row, &bytes, &n, error);
    if (status)
        return status;
    status = syndic_text_read(verifier->text, bytes, n);
    if (status == SYNDIC_NO_MEMORY)
        return syndic_fail_memory(error);
    if (status)
        return syndic_fail(error, status, "a text of %zu bytes is too long", n);
    if (texts->exact && !syndic_hash128_equal(syndic_text_hash(verifier->text), texts->exact[row]))
        return texts->changed(texts->context, row, error);
    return SYNDIC_OK;
}

static enum syndic_status forget_all(struct syndic_verifier *verifier, size_t shingles)
{
    verifier->cache->used = 0;
    verifier->cache->epoch++;
    return syndic_numbering_reset(verifier->numbering, shingles);
}

/* Room for the text last read; where everything has to be forgotten, also for a document of
 * `beside` shingles, and for both of them twice, since one may push the other out of its place. */
static enum syndic_status make_room(struct syndic_verifier *verifier, size_t beside)
{
    const size_t shingles = verifier->text->shingle_count;
    bool full = verifier->cache->used > CACHE_WORDS_MAX;
    enum syndic_status status = SYNDIC_OK;

    if (!full)
        status = syndic_numbering_reserve(verifier->numbering, shingles, &full);
    return !status && full ? forget_all(verifier, 2 * (shingles + beside)) : status;
}

/* Copy a set to the end of the cache. */
static enum syndic_status keep_set(struct syndic_verifier *verifier,
                                   const struct syndic_bit_set *set, size_t *at)
{
    struct syndic_verifier_cache *const cache = verifier->cache;
    const size_t bit_words = set->blocks * SYNDIC_BIT_BLOCK;
    const size_t words = bit_words + (set->blocks + 1) / 2;

    if (!syndic_reserve(verifier->memory, (void **)&cache->word, &cache->capacity,
                        cache->used + words, sizeof(*cache->word)))
        return SYNDIC_NO_MEMORY;
    *at = cache->used;
    if (set->blocks) {
        memcpy(cache->word + *at, set->bits, bit_words * sizeof(*set->bits));
        memcpy(cache->word + *at + bit_words, set->block, set->blocks * sizeof(*set->block));
    }
    cache->used += words;
    return SYNDIC_OK;
}

/* The set of a row, from the cache or from its text.  Where everything had to be forgotten for it,
 * the cache has a new epoch. */
static enum syndic_status find_set(struct syndic_verifier *verifier, uint32_t row, size_t beside,
                                   struct place *found, struct syndic_error *error)
{
    struct place *const place = place_of(verifier->cache, row);
    struct syndic_bit_set set;
    size_t at = 0;

    if (place->row == row && place->epoch == verifier->cache->epoch) {
        *found = *place;
        return SYNDIC_OK;
    }
    enum syndic_status status = read_text(verifier, row, error);
    if (status)
        return status;
    const size_t shingles = verifier->text->shingle_count;
    status = make_room(verifier, beside);
    if (!status)
        status = syndic_numbering_set(verifier->numbering, verifier->text->shingle, shingles, &set);
    if (!status)
        status = keep_set(verifier, &set, &at);
    if (status)
        return syndic_fail_memory(error);
    *place = (struct place){verifier->cache->epoch, row, at, shingles, set.blocks, set.count};
    *found = *place;
    return SYNDIC_OK;
}

static struct syndic_bit_set set_at(const struct syndic_verifier_cache *cache,
                                    const struct place *place)
{
    const uint64_t *const bits = cache->word + place->at;
    const void *const block = bits + place->blocks * SYNDIC_BIT_BLOCK;

    return (struct syndic_bit_set){bits, block, place->blocks, place->count};
}

/* Quotients rather than products: both the threshold and the quotient of two whole numbers are the
 * nearest doubles to what they stand for, so 4 / 5 is not below 0.8. */
static struct syndic_verdict judge(const struct syndic_verifier *verifier,
                                   const struct syndic_overlap_counts *counts)
{
    const size_t either = counts->row + counts->kept - counts->both;
    const double similarity = either ? (double)counts->both / (double)either : 0;

    return (struct syndic_verdict){similarity, either && similarity >= verifier->plan->threshold};
}

static enum syndic_status count_by_numbers(struct syndic_verifier *verifier, uint32_t row,
                                           uint32_t kept, struct syndic_overlap_counts *counts,
                                           struct syndic_error *error)
{
    struct place a, b = {.shingles = 0};

    do { /* twice at most: where the second set made room, there is enough for the first too */
        enum syndic_status status = find_set(verifier, row, b.shingles, &a, error);
        if (!status)
            status = find_set(verifier, kept, a.shingles, &b, error);
        if (status)
            return status;
    } while (a.epoch != b.epoch);
    const struct syndic_bit_set x = set_at(verifier->cache, &a), y = set_at(verifier->cache, &b);
    *counts = (struct syndic_overlap_counts){x.count, y.count, syndic_bit_sets_common(&x, &y)};
    return SYNDIC_OK;
}

/* The text's shingles, ascending and different; the caller releases *set. */
static enum syndic_status sorted_set(struct syndic_verifier *verifier, uint32_t row, uint64_t **set,
                                     size_t *count, struct syndic_error *error)
{
    const enum syndic_status status = read_text(verifier, row, error);

    if (status)
        return status;
    const size_t lanes = 2 * verifier->text->shingle_count + SYNDIC_TEXT_PADDING / sizeof(**set);
    *set = syndic_allocate_zeroed(verifier->memory, lanes, sizeof(**set));
    if (!*set)
        return syndic_fail_memory(error);
    *count = syndic_shingle_set(verifier->text, *set);
    return SYNDIC_OK;
}

static enum syndic_status count_by_merging(struct syndic_verifier *verifier, uint32_t row,
                                           uint32_t kept, struct syndic_overlap_counts *counts,
                                           struct syndic_error *error)
{
    uint64_t *a = NULL, *b = NULL;
    size_t a_count = 0, b_count = 0;

    enum syndic_status status = sorted_set(verifier, row, &a, &a_count, error);
    if (!status)
        status = sorted_set(verifier, kept, &b, &b_count, error);
    if (!status)
        *counts = (struct syndic_overlap_counts){
            a_count, b_count, syndic_kernels()->intersect(a, a_count, b, b_count)};
    syndic_release(verifier->memory, b);
    syndic_release(verifier->memory, a);
    return status;
}

enum syndic_status syndic_verify_overlap(struct syndic_verifier *verifier, uint32_t row,
                                         uint32_t kept, struct syndic_overlap_counts *counts,
                                         struct syndic_error *error)
{
    const uint32_t *const tokens = verifier->token_count;

    if (begin(verifier))
        return syndic_fail_memory(error);
    if (tokens[row] >= MERGE_TOKENS_MIN || tokens[kept] >= MERGE_TOKENS_MIN)
        return count_by_merging(verifier, row, kept, counts, error);
    return count_by_numbers(verifier, row, kept, counts, error);
}

enum syndic_status syndic_verify_pair(struct syndic_verifier *verifier, uint32_t row, uint32_t kept,
                                      struct syndic_verdict *verdict, struct syndic_error *error)
{
    const uint64_t *const *const marks = verifier->texts->marks;
    struct syndic_overlap_counts counts;

    if (marks && syndic_marks_refuse(marks[row], marks[kept], verifier->plan->threshold)) {
        *verdict = (struct syndic_verdict){.within = false};
        return SYNDIC_OK;
    }
    const enum syndic_status status = syndic_verify_overlap(verifier, row, kept, &counts, error);
    if (!status)
        *verdict = judge(verifier, &counts);
    return status;
}

static bool has_shingle(const uint64_t *set, size_t count, uint64_t shingle)
{
    size_t low = 0;

    for (size_t high = count; low < high;) {
        const size_t middle = low + (high - low) / 2;
        if (set[middle] < shingle)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && set[low] == shingle;
}

enum syndic_status syndic_verify_run(struct syndic_verifier *verifier, uint32_t row, uint32_t kept,
                                     size_t *run, struct syndic_error *error)
{
    uint64_t *set = NULL;
    size_t count = 0, now = 0, longest = 0;

    if (begin(verifier))
        return syndic_fail_memory(error);
    enum syndic_status status = sorted_set(verifier, kept, &set, &count, error);
    if (!status)
        status = read_text(verifier, row, error);
    for (size_t i = 0; !status && i < verifier->text->shingle_count; i++) {
        now = has_shingle(set, count, verifier->text->shingle[i]) ? now + 1 : 0;
        longest = now > longest ? now : longest;
    }
    syndic_release(verifier->memory, set);
    *run = longest;
    return status;
}

enum syndic_status syndic_verifier_component(struct syndic_verifier *verifier)
{
    if (!verifier->numbering || !verifier->cache ||
        syndic_numbering_used(verifier->numbering) < COMPONENTS_NUMBERS)
        return SYNDIC_OK;
    return forget_all(verifier, 0);
}

void syndic_verifier_clear(struct syndic_verifier *verifier)
{
    struct syndic_memory *const memory = verifier->memory;

    syndic_text_destroy(verifier->text);
    syndic_numbering_destroy(verifier->numbering);
    if (verifier->cache)
        syndic_release(memory, verifier->cache->word);
    syndic_release(memory, verifier->cache);
}
