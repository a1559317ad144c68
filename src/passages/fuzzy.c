/* SPDX-License-Identifier: Apache-2.0 */
/* fuzzy.c - words in, passages with gaps out.
 *
 * The index gives the places of short runs.  Of each run a place is paired with the next few
 * places: a story on a hundred pages ties each page to some others, and a set phrase does not tie
 * all to all.  Pairs are collected for a range of first documents at a time, sorted, and chained
 * document by document; what was chained is put together in the order of the input. */
#include "passages/fuzzy.h"

#include "base/sort.h"
#include "passages/chain.h"
#include "passages/index.h"
#include "passages/matches.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define RUN_WORDS 5
#define WINDOW    3 /* so any 7 words that two places share give a pair */

/* Later places that a place of a run is paired with. */
#define LATER_PLACES 8

/* Pairs of a range, 16 bytes each. */
#define RANGE_PAIRS ((uint64_t)1 << 24)

struct pair {
    uint64_t documents; /* the first, then the second */
    struct syndic_seed seed;
};

/* One thread's pairs and room. */
struct pairing {
    _Alignas(SYNDIC_ALIGNMENT) struct pair *pair;
    size_t count, capacity;
    uint64_t *key;
    size_t key_capacity;
};

struct fuzzy {
    const struct syndic_tokens *tokens;
    const struct syndic_passage_options *options;
    struct pairing *pairing;
    uint32_t threads;
    _Atomic uint64_t *per_document; /* pairs by first document; NULL while pairs are collected */
    uint32_t from, to;              /* first documents of this range */
};

static bool in_scope(const struct fuzzy *fuzzy, uint64_t a, uint64_t b)
{
    const bool same = a >> 32 == b >> 32;

    return fuzzy->options->scope == SYNDIC_PASSAGE_WITHIN   ? same
           : fuzzy->options->scope == SYNDIC_PASSAGE_ACROSS ? !same
                                                            : true;
}

static bool add_pair(struct fuzzy *fuzzy, struct pairing *pairing, uint64_t a, uint64_t b)
{
    const uint32_t document = (uint32_t)(a >> 32);

    if (fuzzy->per_document) {
        atomic_fetch_add(&fuzzy->per_document[document], 1);
        return true;
    }
    if (document < fuzzy->from || document >= fuzzy->to)
        return true;
    if (!syndic_reserve(fuzzy->tokens->memory, (void **)&pairing->pair, &pairing->capacity,
                        pairing->count + 1, sizeof(*pairing->pair)))
        return false;
    pairing->pair[pairing->count++] =
        (struct pair){(uint64_t)document << 32 | b >> 32, {(uint32_t)a, (uint32_t)b}};
    return true;
}

static enum syndic_status visit(void *context, uint32_t thread, const uint64_t *address,
                                size_t count)
{
    struct fuzzy *const fuzzy = context;
    struct pairing *const pairing = &fuzzy->pairing[thread];

    if (!syndic_reserve(fuzzy->tokens->memory, (void **)&pairing->key, &pairing->key_capacity,
                        2 * count, sizeof(*pairing->key)))
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        uint32_t word;
        const uint64_t document = syndic_tokens_locate(fuzzy->tokens, address[i], &word);
        pairing->key[i] = document << 32 | word;
    }
    syndic_sort_u64(pairing->key, count, pairing->key + count);
    for (size_t i = 0; i < count; i++) {
        size_t paired = 0;
        for (size_t j = i + 1; j < count && paired < LATER_PLACES; j++) {
            const uint64_t a = pairing->key[i], b = pairing->key[j];
            if (!in_scope(fuzzy, a, b) || (a >> 32 == b >> 32 && b - a < RUN_WORDS))
                continue;
            paired++;
            if (!add_pair(fuzzy, pairing, a, b))
                return SYNDIC_NO_MEMORY;
        }
    }
    return SYNDIC_OK;
}

static int by_documents(const void *left, const void *right)
{
    const struct pair *const a = left, *const b = right;

    if (a->documents != b->documents)
        return a->documents < b->documents ? -1 : 1;
    if (a->seed.a != b->seed.a)
        return a->seed.a < b->seed.a ? -1 : 1;
    return (a->seed.b > b->seed.b) - (a->seed.b < b->seed.b);
}

/* What matches of one first document, and the pairs that it is found in. */
struct partner {
    uint32_t document;
    struct syndic_stretches found;
};

struct first {
    struct pair *pair;
    size_t pair_count;
    struct partner *partner;
    size_t partner_count, partner_capacity;
    enum syndic_status status;
};

/* Give each first document of the range its pairs, side by side in pair[], which has room. */
static void deal_pairs(struct fuzzy *fuzzy, struct first *first, struct pair *pair)
{
    for (uint32_t t = 0; t < fuzzy->threads; t++)
        for (size_t i = 0; i < fuzzy->pairing[t].count; i++)
            first[(fuzzy->pairing[t].pair[i].documents >> 32) - fuzzy->from].pair_count++;
    for (uint32_t d = 0; d < fuzzy->to - fuzzy->from; d++) {
        first[d].pair = pair;
        pair += first[d].pair_count;
        first[d].pair_count = 0;
    }
    for (uint32_t t = 0; t < fuzzy->threads; t++) {
        for (size_t i = 0; i < fuzzy->pairing[t].count; i++) {
            const struct pair *const from = &fuzzy->pairing[t].pair[i];
            struct first *const to = &first[(from->documents >> 32) - fuzzy->from];
            to->pair[to->pair_count++] = *from;
        }
        fuzzy->pairing[t].count = 0;
    }
}

/* The pairs of two documents, pair[0, count): chain them, and note what matches. */
static enum syndic_status chain_two(const struct fuzzy *fuzzy, struct syndic_chain_room *room,
                                    struct syndic_seed *seed, const struct pair *pair, size_t count,
                                    struct first *first)
{
    const uint32_t a = (uint32_t)(pair->documents >> 32), b = (uint32_t)pair->documents;
    const struct syndic_token_span *const span = fuzzy->tokens->span;

    for (size_t i = 0; i < count; i++)
        seed[i] = pair[i].seed;
    const enum syndic_status status = syndic_chain(
        room, syndic_token_at(fuzzy->tokens, span[a].address),
        syndic_token_at(fuzzy->tokens, span[b].address), seed, count, fuzzy->options->min_words);
    if (status)
        return status;
    if (!syndic_reserve(room->memory, (void **)&first->partner, &first->partner_capacity,
                        first->partner_count + room->found_count, sizeof(*first->partner)))
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < room->found_count; i++)
        first->partner[first->partner_count++] = (struct partner){b, room->found[i]};
    return SYNDIC_OK;
}

static enum syndic_status chain_first(const struct fuzzy *fuzzy, struct syndic_chain_room *room,
                                      struct first *first)
{
    struct syndic_seed *const seed =
        syndic_allocate(room->memory, first->pair_count, sizeof(*seed));
    enum syndic_status status = seed ? SYNDIC_OK : SYNDIC_NO_MEMORY;

    if (first->pair_count)
        qsort(first->pair, first->pair_count, sizeof(*first->pair), by_documents);
    for (size_t begin = 0, end; !status && begin < first->pair_count; begin = end) {
        for (end = begin + 1;
             end < first->pair_count && first->pair[end].documents == first->pair[begin].documents;
             end++)
            ;
        status = chain_two(fuzzy, room, seed, first->pair + begin, end - begin, first);
    }
    syndic_release(room->memory, seed);
    return status;
}

static void chain_all(const struct fuzzy *fuzzy, struct first *first)
{
#pragma omp parallel num_threads((int)fuzzy->threads)
    {
        struct syndic_chain_room room = {.memory = fuzzy->tokens->memory};
#pragma omp for schedule(dynamic, 4)
        for (uint32_t d = 0; d < fuzzy->to - fuzzy->from; d++)
            first[d].status = chain_first(fuzzy, &room, &first[d]);
        syndic_chain_room_clear(&room);
    }
}

static enum syndic_status match_all(const struct fuzzy *fuzzy, const struct first *first,
                                    struct syndic_matches *matches)
{
    enum syndic_status status = SYNDIC_OK;

    for (uint32_t d = 0; !status && d < fuzzy->to - fuzzy->from; d++) {
        status = first[d].status;
        for (size_t i = 0; !status && i < first[d].partner_count; i++)
            status = syndic_matches_add(matches, fuzzy->from + d, first[d].partner[i].document,
                                        &first[d].partner[i].found);
    }
    return status;
}

static enum syndic_status do_range(struct fuzzy *fuzzy, const struct syndic_winnow *winnow,
                                   const struct syndic_index_visitor *visitor,
                                   struct syndic_matches *matches)
{
    struct syndic_memory *const memory = fuzzy->tokens->memory;
    const size_t documents = fuzzy->to - fuzzy->from;
    size_t n = 0;
    enum syndic_status status = syndic_index_visit(fuzzy->tokens, winnow, fuzzy->threads, visitor);

    for (uint32_t t = 0; t < fuzzy->threads; t++)
        n += fuzzy->pairing[t].count;
    struct pair *const pair = syndic_allocate(memory, n, sizeof(*pair));
    struct first *const first = syndic_allocate_zeroed(memory, documents, sizeof(*first));
    if (!status && (!pair || !first))
        status = SYNDIC_NO_MEMORY;
    if (!status) {
        deal_pairs(fuzzy, first, pair);
        chain_all(fuzzy, first);
        status = match_all(fuzzy, first, matches);
    }
    for (size_t d = 0; first && d < documents; d++)
        syndic_release(memory, first[d].partner);
    syndic_release(memory, first);
    syndic_release(memory, pair);
    return status;
}

/* Count the pairs, and then take the documents range by range. */
static enum syndic_status do_all(struct fuzzy *fuzzy, const struct syndic_winnow *winnow,
                                 const _Atomic bool *cancel, struct syndic_matches *matches)
{
    const struct syndic_index_visitor visitor = {.visit = visit,
                                                 .context = fuzzy,
                                                 .any_before = true,
                                                 .cancel = cancel,
                                                 .records = fuzzy->options->index_records};
    struct syndic_memory *const memory = fuzzy->tokens->memory;
    const uint32_t documents = (uint32_t)fuzzy->tokens->span_count;
    _Atomic uint64_t *const per_document =
        syndic_allocate_zeroed(memory, documents, sizeof(*per_document));

    if (!per_document)
        return SYNDIC_NO_MEMORY;
    fuzzy->per_document = per_document;
    enum syndic_status status = syndic_index_visit(fuzzy->tokens, winnow, fuzzy->threads, &visitor);
    fuzzy->per_document = NULL;
    while (!status && fuzzy->to < documents) {
        uint64_t pairs = 0;
        fuzzy->from = fuzzy->to;
        do
            pairs += atomic_load(&per_document[fuzzy->to++]);
        while (fuzzy->to < documents &&
               pairs + atomic_load(&per_document[fuzzy->to]) <= RANGE_PAIRS);
        if (pairs)
            status = do_range(fuzzy, winnow, &visitor, matches);
    }
    syndic_release(memory, (void *)per_document);
    return status;
}

enum syndic_status syndic_fuzzy_find(const struct syndic_tokens *tokens,
                                     const struct syndic_passage_options *options, uint32_t threads,
                                     const _Atomic bool *cancel, struct syndic_passages *passages)
{
    struct syndic_memory *const memory = tokens->memory;
    struct syndic_winnow winnow = {.run = RUN_WORDS, .window = WINDOW};
    struct fuzzy fuzzy = {.tokens = tokens, .options = options, .threads = threads};
    struct syndic_matches matches;
    enum syndic_status status = syndic_matches_init(&matches, memory, tokens);

    *passages = (struct syndic_passages){.memory = memory, .fuzzy = true};
    syndic_arena_init(&passages->snippets, memory);
    syndic_shingle_multipliers(winnow.mul);
    fuzzy.pairing = syndic_allocate_zeroed(memory, threads, sizeof(*fuzzy.pairing));
    if (!status)
        status = fuzzy.pairing ? do_all(&fuzzy, &winnow, cancel, &matches) : SYNDIC_NO_MEMORY;
    if (!status)
        status = syndic_matches_list(&matches, threads, passages);
    for (uint32_t t = 0; fuzzy.pairing && t < threads; t++) {
        syndic_release(memory, fuzzy.pairing[t].pair);
        syndic_release(memory, fuzzy.pairing[t].key);
    }
    syndic_release(memory, fuzzy.pairing);
    syndic_matches_clear(&matches);
    return status;
}
