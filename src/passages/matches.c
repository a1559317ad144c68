/* SPDX-License-Identifier: Apache-2.0 */
/* matches.c - matching places in, passages out. */
#include "passages/matches.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX

struct syndic_match_place {
    uint32_t document, from, to, passage;
    uint32_t before; /* the place of the document before this one, or NONE */
    uint32_t joined; /* that of the passage */
};

enum syndic_status syndic_matches_init(struct syndic_matches *matches, struct syndic_memory *memory,
                                       const struct syndic_tokens *tokens)
{
    *matches = (struct syndic_matches){.memory = memory, .tokens = tokens};
    matches->last = syndic_allocate(memory, tokens->span_count, sizeof(*matches->last));
    if (!matches->last)
        return SYNDIC_NO_MEMORY;
    memset(matches->last, 0xff, tokens->span_count * sizeof(*matches->last));
    return SYNDIC_OK;
}

void syndic_matches_clear(struct syndic_matches *matches)
{
    syndic_release(matches->memory, matches->place);
    syndic_release(matches->memory, matches->last);
    syndic_release(matches->memory, matches->tail);
}

/* Do words [from, to) and the place have more than half of the longer of the two in common? */
static bool is_same_place(const struct syndic_match_place *place, uint32_t from, uint32_t to)
{
    const uint32_t start = from > place->from ? from : place->from;
    const uint32_t end = to < place->to ? to : place->to;
    const uint32_t mine = to - from, its = place->to - place->from;

    return end > start && 2 * (uint64_t)(end - start) > (mine > its ? mine : its);
}

/* The latest place of the document that is these words: of this passage, or of any (NONE). */
static uint32_t known_place(const struct syndic_matches *matches, uint32_t document, uint32_t from,
                            uint32_t to, uint32_t passage)
{
    uint32_t p = matches->last[document];

    while (p != NONE && !((passage == NONE || matches->place[p].passage == passage) &&
                          is_same_place(&matches->place[p], from, to)))
        p = matches->place[p].before;
    return p;
}

static bool add_place(struct syndic_matches *matches, uint32_t document, uint32_t from, uint32_t to,
                      uint32_t passage)
{
    if (matches->place_count >= NONE ||
        !syndic_reserve(matches->memory, (void **)&matches->place, &matches->place_capacity,
                        matches->place_count + 1, sizeof(*matches->place)))
        return false;
    if (passage == matches->passage_count) {
        if (!syndic_reserve(matches->memory, (void **)&matches->tail, &matches->tail_capacity,
                            passage + (size_t)1, sizeof(*matches->tail)))
            return false;
        matches->tail[matches->passage_count++] = NONE;
    }
    matches->place[matches->place_count] = (struct syndic_match_place){
        document, from, to, passage, matches->last[document], matches->tail[passage]};
    matches->last[document] = matches->tail[passage] = (uint32_t)matches->place_count++;
    return true;
}

enum syndic_status syndic_matches_add(struct syndic_matches *matches, uint32_t a, uint32_t b,
                                      const struct syndic_stretches *found)
{
    const uint32_t at_a = known_place(matches, a, found->a, found->a_end, NONE);
    const uint32_t at_b = known_place(matches, b, found->b, found->b_end, NONE);
    uint32_t passage = (uint32_t)matches->passage_count;
    bool good = true;

    if (at_a != NONE)
        passage = matches->place[at_a].passage;
    else if (at_b != NONE)
        passage = matches->place[at_b].passage;
    if (at_a == NONE)
        good = add_place(matches, a, found->a, found->a_end, passage);
    if (good && known_place(matches, b, found->b, found->b_end, passage) == NONE)
        good = add_place(matches, b, found->b, found->b_end, passage);
    return good ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

/* ---- listing ---- */

static int by_place(const void *left, const void *right)
{
    const struct syndic_passage_place *const a = left, *const b = right;

    if (a->document != b->document)
        return a->document < b->document ? -1 : 1;
    if (a->word != b->word)
        return a->word < b->word ? -1 : 1;
    return (a->words < b->words) - (a->words > b->words);
}

/* The places of a passage, sorted, without those that overlap one before in the same document. */
static void list_places(const struct syndic_matches *matches, size_t number,
                        struct syndic_passages *passages)
{
    struct syndic_passage *const passage = &passages->passage[number];
    struct syndic_passage_place *const place = passages->place + passages->place_count;
    size_t n = 0, kept = 0;

    for (uint32_t p = matches->tail[number]; p != NONE; p = matches->place[p].joined)
        place[n++] =
            (struct syndic_passage_place){.document = matches->place[p].document,
                                          .word = matches->place[p].from,
                                          .words = matches->place[p].to - matches->place[p].from};
    qsort(place, n, sizeof(*place), by_place);
    for (size_t i = 0; i < n; i++) {
        const struct syndic_passage_place *const before = kept ? &place[kept - 1] : NULL;
        if (before && before->document == place[i].document &&
            place[i].word < before->word + before->words)
            continue;
        place[kept++] = place[i];
    }
    *passage = (struct syndic_passage){
        .first = passages->place_count, .words = place[0].words, .count = (uint32_t)kept};
    passages->place_count += kept;
}

static const uint32_t *words_of(const struct syndic_tokens *tokens,
                                const struct syndic_passage_place *place)
{
    return syndic_token_at(tokens, tokens->span[place->document].address) + place->word;
}

/* How much the places are like the first. */
static enum syndic_status compare_places(const struct syndic_matches *matches,
                                         struct syndic_passages *passages, uint32_t threads)
{
    _Atomic int status = SYNDIC_OK;

#pragma omp parallel for num_threads((int)threads) schedule(dynamic, 16)
    for (size_t i = 0; i < passages->passage_count; i++) {
        struct syndic_passage_place *const place = passages->place + passages->passage[i].first;
        place->similarity = 1;
        for (uint32_t p = 1; p < passages->passage[i].count; p++) {
            const uint32_t longer = place[p].words > place->words ? place[p].words : place->words;
            size_t same;
            if (syndic_same_words(matches->memory, words_of(matches->tokens, place), place->words,
                                  words_of(matches->tokens, &place[p]), place[p].words, &same))
                atomic_store(&status, (int)SYNDIC_NO_MEMORY);
            place[p].similarity = (float)same / (float)longer;
        }
    }
    return (enum syndic_status)atomic_load(&status);
}

/* To sort passages by their first place; qsort() has no context. */
struct entry {
    struct syndic_passage_place place;
    struct syndic_passage passage;
};

static int by_first(const void *left, const void *right)
{
    return by_place(&((const struct entry *)left)->place, &((const struct entry *)right)->place);
}

enum syndic_status syndic_matches_list(const struct syndic_matches *matches, uint32_t threads,
                                       struct syndic_passages *passages)
{
    struct syndic_memory *const memory = matches->memory;
    const size_t n = matches->passage_count;
    struct entry *const entry = syndic_allocate(memory, n, sizeof(*entry));

    passages->passage = syndic_allocate(memory, n, sizeof(*passages->passage));
    passages->place = syndic_allocate(memory, matches->place_count, sizeof(*passages->place));
    if (!entry || !passages->passage || !passages->place) {
        syndic_release(memory, entry);
        return SYNDIC_NO_MEMORY;
    }
    for (size_t i = 0; i < n; i++) {
        list_places(matches, i, passages);
        entry[i] =
            (struct entry){passages->place[passages->passage[i].first], passages->passage[i]};
    }
    qsort(entry, n, sizeof(*entry), by_first);
    for (size_t i = 0; i < n; i++)
        if (entry[i].passage.count > 1)
            passages->passage[passages->passage_count++] = entry[i].passage;
    syndic_release(memory, entry);
    return compare_places(matches, passages, threads);
}
