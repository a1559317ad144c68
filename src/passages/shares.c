/* SPDX-License-Identifier: Apache-2.0 */
/* shares.c - places that share some words in, a passage or nothing out. */
#include "passages/shares.h"

#include "base/sort.h"

/* Pairs of places that are tried to see whether a passage is one of different documents. */
#define ACROSS_TRIED 64

/* Places beside a node that are tried to see whether a passage is chance. */
#define CHANCE_TRIED 4096

/* ---- listing ---- */

static bool put_place(struct syndic_repeats *repeats, uint64_t key, size_t words)
{
    if (!syndic_reserve(repeats->memory, (void **)&repeats->place, &repeats->place_capacity,
                        repeats->place_count + 1, sizeof(*repeats->place)))
        return false;
    repeats->place[repeats->place_count++] = (struct syndic_passage_place){
        .document = (uint32_t)(key >> 32), .word = (uint32_t)key >> 1, .words = (uint32_t)words};
    return true;
}

/* A place as one number: document, word, and in the lowest bit whether it is one of its own. */
static uint32_t document_of(uint64_t key)
{
    return (uint32_t)(key >> 32);
}

/* key[0, n), sorted, without those that overlap the one before; *periodic: some overlap by half. */
static size_t drop_overlaps(uint64_t *key, size_t n, size_t words, bool *periodic)
{
    size_t kept = 0;

    *periodic = false;
    for (size_t i = 0; i < n; i++) {
        const bool same = i && document_of(key[i]) == document_of(key[i - 1]);
        *periodic |= same && 2 * (uint64_t)((key[i] >> 1) - (key[i - 1] >> 1)) <= words;
        if (kept && document_of(key[i]) == document_of(key[kept - 1]) &&
            (key[i] >> 1) - (key[kept - 1] >> 1) < words)
            continue;
        key[kept++] = key[i];
    }
    return kept;
}

static bool in_scope(const struct syndic_repeats *repeats, const uint64_t *key, size_t n)
{
    if (repeats->scope != SYNDIC_PASSAGE_ACROSS)
        return n > 1;
    return n > 1 && document_of(key[0]) != document_of(key[n - 1]);
}

/* List a passage with these places, of which `own` are its own. */
static enum syndic_status list(struct syndic_repeats *repeats, uint64_t *key, size_t n,
                               size_t words, size_t own)
{
    const size_t others_max = 4 * own > SYNDIC_PASSAGE_OTHERS ? 4 * own : SYNDIC_PASSAGE_OTHERS;
    size_t others = 0;
    bool periodic;

    syndic_sort_u64(key, n, key + n);
    n = drop_overlaps(key, n, words, &periodic);
    if (!in_scope(repeats, key, n) || (periodic && !own))
        return SYNDIC_OK;
    if (!syndic_reserve(repeats->memory, (void **)&repeats->passage, &repeats->passage_capacity,
                        repeats->passage_count + 1, sizeof(*repeats->passage)))
        return SYNDIC_NO_MEMORY;
    struct syndic_passage *const passage = &repeats->passage[repeats->passage_count++];
    *passage = (struct syndic_passage){.first = repeats->place_count, .words = (uint32_t)words};
    for (size_t i = 0; i < n; i++) {
        others += !(key[i] & 1);
        if (!(key[i] & 1) && others > others_max)
            passage->left_out++;
        else if (!put_place(repeats, key[i], words))
            return SYNDIC_NO_MEMORY;
        else
            passage->count++;
    }
    return SYNDIC_OK;
}

/* ---- the passages of a node ---- */

static bool is_own(const struct syndic_repeat_room *room, uint32_t place, uint32_t before)
{
    return room->reach[place] == (int32_t)before && room->known[place] < (int32_t)before;
}

/* Do two places of different documents go apart at both ends?  Items [from, to) of the list. */
static bool is_across(const struct syndic_repeat_room *room, size_t from, size_t to,
                      uint32_t before)
{
    if (to - from > ACROSS_TRIED)
        return true;
    for (size_t i = from; i < to; i++) {
        bool apart = false;
        for (size_t j = i + 1; j < to; j++) {
            const uint32_t a = room->list[i], b = room->list[j];
            apart |= room->before[j] == before;
            if (apart && room->document[a] != room->document[b] &&
                room->branch[a] != room->branch[b])
                return true;
        }
    }
    return false;
}

/* How many items of the list share `before` words with those of a share; no more than `most`. */
static size_t count_inside(const struct syndic_repeat_room *room, const struct syndic_fork *fork,
                           const struct syndic_share *share, uint32_t before, size_t most)
{
    size_t from = share->from, to = share->to;

    while (from > fork->from && room->before[from] >= before && to - from < most)
        from--;
    while (to < fork->to && room->before[to] >= before && to - from < most)
        to++;
    return to - from;
}

/* The same for places outside the node that share `depth` words after; only so many are tried. */
static size_t count_outside(const struct syndic_repeats *repeats, const struct syndic_fork *fork,
                            const uint32_t *word, uint32_t before, uint32_t depth, size_t most)
{
    const struct syndic_twig *const twig = repeats->twig;
    size_t n = 0, tried = 0;

    for (size_t o = fork->from; o && twig[o].shared >= depth && n < most && tried < CHANCE_TRIED;
         tried++)
        n += syndic_shared_left(twig[--o].word, word, before) == before;
    for (size_t o = fork->to;
         o < repeats->count && twig[o].shared >= depth && n < most && tried < 2 * CHANCE_TRIED;
         tried++)
        n += syndic_shared_left(twig[o++].word, word, before) == before;
    return n;
}

/* Is there a passage a few words shorter at so many more places that some of them having the words
 * too is chance? */
static bool is_chance(const struct syndic_repeats *repeats, const struct syndic_fork *fork,
                      const struct syndic_share *share)
{
    static const size_t more[] = SYNDIC_PASSAGE_CHANCE;
    const struct syndic_repeat_room *const room = repeats->room;
    const uint32_t *const word = repeats->twig[room->list[share->from]].word;
    const size_t words = (size_t)share->before + fork->depth, places = share->to - share->from;

    for (uint32_t e = 1; e <= SYNDIC_PASSAGE_CHANCE_WORDS; e++) {
        const size_t enough = more[e - 1] * places + 1;
        if (words - e < repeats->winnow->run + repeats->winnow->window - 1)
            return false;
        for (uint32_t before = 0; before <= e && before <= share->before; before++) {
            const uint32_t left = share->before - before, depth = fork->depth - (e - before);
            size_t n = count_inside(room, fork, share, left, enough);
            if (n < enough && before < e)
                n += count_outside(repeats, fork, word, left, depth, enough - n);
            if (n >= enough)
                return true;
        }
    }
    return false;
}

/* List a share that is a passage. */
static enum syndic_status list_share(struct syndic_repeats *repeats, const struct syndic_fork *fork,
                                     const struct syndic_share *share)
{
    const struct syndic_repeat_room *const room = repeats->room;
    const size_t words = (size_t)share->before + fork->depth;
    size_t own = 0;

    for (size_t i = share->from; i < share->to; i++)
        own += is_own(room, room->list[i], share->before);
    if (!own && share->to - share->from > SYNDIC_PASSAGE_NESTED)
        return SYNDIC_OK;
    const struct syndic_twig *const first = &repeats->twig[room->list[share->from]];
    if (!syndic_winnow_first(repeats->winnow, first->word - share->before, share->before))
        return SYNDIC_OK;
    if (repeats->scope == SYNDIC_PASSAGE_ACROSS &&
        !is_across(room, share->from, share->to, share->before))
        return SYNDIC_OK;
    for (size_t i = share->from; i < share->to; i++) {
        const uint32_t place = room->list[i];
        const uint64_t address = room->address[repeats->twig[place].number];
        uint32_t word;
        const uint64_t document =
            syndic_tokens_locate(repeats->tokens, address - share->before, &word);
        room->key[i - share->from] =
            document << 32 | word << 1 | is_own(room, place, share->before);
    }
    return list(repeats, room->key, share->to - share->from, words, own);
}

/* What is no passage explains no place: what is within it does. */
static void pass_over(struct syndic_repeat_room *room, const struct syndic_fork *fork,
                      const struct syndic_share *share)
{
    int32_t next = -1;

    if (share->from > fork->from)
        next = (int32_t)room->before[share->from];
    if (share->to < fork->to && next < (int32_t)room->before[share->to])
        next = (int32_t)room->before[share->to];
    for (size_t i = share->from; i < share->to; i++)
        if (room->reach[room->list[i]] == (int32_t)share->before)
            room->reach[room->list[i]] = next;
}

enum syndic_status syndic_share_consider(struct syndic_repeats *repeats,
                                         const struct syndic_fork *fork,
                                         const struct syndic_share *share)
{
    const struct syndic_winnow *const winnow = repeats->winnow;
    const size_t words = (size_t)share->before + fork->depth;

    if (words < winnow->run + winnow->window - 1)
        return SYNDIC_OK;
    if (repeats->room->change[share->from] >= share->to) { /* all in one branch */
        pass_over(repeats->room, fork, share);
        return SYNDIC_OK;
    }
    if (share->before < syndic_before_most(repeats) && is_chance(repeats, fork, share)) {
        pass_over(repeats->room, fork, share);
        return SYNDIC_OK;
    }
    return share->before < winnow->window ? list_share(repeats, fork, share) : SYNDIC_OK;
}
