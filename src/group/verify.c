/* SPDX-License-Identifier: Apache-2.0 */
/* verify.c - texts are fetched, shingled, numbered and intersected as bits.  A cache holds the sets
 * of many rows; when it or the numbering is full both begin anew, which costs little because the
 * work comes component by component.  Huge documents, whose numbers would take more memory than
 * they do themselves, are sorted and merged instead. */
#include "group/verify.h"

#include "base/error.h"
#include "kernel.h"

#include <string.h>

#define CACHE_WORDS_MAX  ((size_t)4 << 20) /* 32 MiB a thread */
#define CACHE_PLACES     16384
#define MERGE_TOKENS_MIN (1u << 20) /* from here on a pair is merged */

/* Where a row's set is: at word[at] of the cache. */
struct place {
    uint64_t epoch; /* the set is valid while the cache has the same */
    uint32_t row;
    size_t at;
    size_t shingles; /* repeats included: what numbering it again would need */
    struct syndic_bit_set set;
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
    return status ? syndic_fail(error, status, "a text of %zu bytes is too long", n) : SYNDIC_OK;
}

/* Room for the text last read, beside a document of `beside` shingles: for both of them twice,
 * since one may push the other out of its place in the cache. */
static enum syndic_status make_room(struct syndic_verifier *verifier, size_t beside)
{
    struct syndic_verifier_cache *const cache = verifier->cache;
    const size_t shingles = verifier->text->shingle_count;

    if (cache->used <= CACHE_WORDS_MAX && syndic_numbering_has_room(verifier->numbering, shingles))
        return SYNDIC_OK;
    cache->used = 0;
    cache->epoch++;
    return syndic_numbering_reset(verifier->numbering, 2 * (shingles + beside));
}

/* The set of a row, from the cache or from its text.  Where room for it had to be made, which makes
 * enough for `beside` shingles more, the cache has a new epoch. */
static enum syndic_status find_set(struct syndic_verifier *verifier, uint32_t row, size_t beside,
                                   struct place *found, struct syndic_error *error)
{
    struct syndic_verifier_cache *const cache = verifier->cache;
    struct place *const place = place_of(cache, row);

    if (place->row != row || place->epoch != cache->epoch) {
        enum syndic_status status = read_text(verifier, row, error);
        if (status)
            return status;
        const size_t shingles = verifier->text->shingle_count;
        struct syndic_bit_set set;
        status = make_room(verifier, beside);
        if (!status)
            status =
                syndic_numbering_set(verifier->numbering, verifier->text->shingle, shingles, &set);
        if (!status && !syndic_reserve(verifier->memory, (void **)&cache->word, &cache->capacity,
                                       cache->used + set.words, sizeof(*cache->word)))
            status = SYNDIC_NO_MEMORY;
        if (status)
            return syndic_fail_memory(error);
        if (set.words)
            memcpy(cache->word + cache->used, set.bits, set.words * sizeof(*set.bits));
        *place = (struct place){cache->epoch, row, cache->used, shingles, set};
        cache->used += set.words;
    }
    *found = *place;
    return SYNDIC_OK;
}

/* Quotients rather than products: both the threshold and the quotient of two whole numbers are the
 * nearest doubles to what they stand for, so 4 / 5 is not below 0.8. */
static struct syndic_verdict judge(const struct syndic_verifier *verifier, size_t a_count,
                                   size_t b_count, size_t both)
{
    const size_t either = a_count + b_count - both;
    const double similarity = either ? (double)both / (double)either : 0;

    return (struct syndic_verdict){similarity, either && similarity >= verifier->plan->threshold};
}

static enum syndic_status verify_by_numbers(struct syndic_verifier *verifier, uint32_t row,
                                            uint32_t kept, struct syndic_verdict *verdict,
                                            struct syndic_error *error)
{
    struct syndic_verifier_cache *const cache = verifier->cache;
    struct place a, b = {.shingles = 0};

    do { /* twice at most: where the second set made room, there is enough for the first too */
        enum syndic_status status = find_set(verifier, row, b.shingles, &a, error);
        if (!status)
            status = find_set(verifier, kept, a.shingles, &b, error);
        if (status)
            return status;
    } while (a.epoch != b.epoch);
    a.set.bits = cache->word + a.at;
    b.set.bits = cache->word + b.at;
    *verdict = judge(verifier, a.set.count, b.set.count, syndic_bit_sets_common(&a.set, &b.set));
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

static enum syndic_status verify_by_merging(struct syndic_verifier *verifier, uint32_t row,
                                            uint32_t kept, struct syndic_verdict *verdict,
                                            struct syndic_error *error)
{
    uint64_t *a = NULL, *b = NULL;
    size_t a_count = 0, b_count = 0;

    enum syndic_status status = sorted_set(verifier, row, &a, &a_count, error);
    if (!status)
        status = sorted_set(verifier, kept, &b, &b_count, error);
    if (!status)
        *verdict =
            judge(verifier, a_count, b_count, syndic_kernels()->intersect(a, a_count, b, b_count));
    syndic_release(verifier->memory, b);
    syndic_release(verifier->memory, a);
    return status;
}

enum syndic_status syndic_verify_pair(struct syndic_verifier *verifier, uint32_t row, uint32_t kept,
                                      struct syndic_verdict *verdict, struct syndic_error *error)
{
    const uint32_t *const tokens = verifier->token_count;

    if (begin(verifier))
        return syndic_fail_memory(error);
    if (tokens[row] >= MERGE_TOKENS_MIN || tokens[kept] >= MERGE_TOKENS_MIN)
        return verify_by_merging(verifier, row, kept, verdict, error);
    return verify_by_numbers(verifier, row, kept, verdict, error);
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
