/* SPDX-License-Identifier: Apache-2.0 */
/* repeats.c - the places of one chosen run in, the passages that begin with it out.
 *
 * Every place of a passage has the same chosen run first: the one that is chosen of its first
 * window.  So the passage is found at the places of that run, and among them only: they are put in
 * the order of the tree of what follows.  A node of that tree is a set of places that share
 * everything up to some word and not the next one; within it, the places that share so many words
 * before the run, and not one more, are a passage, if they are not all in one branch of the node.
 *
 * Nodes are visited from the leaves on, so that a place knows how many words before it are shared
 * in the deepest node in which it shares any: where a higher node has no more, there is nothing of
 * its own at that place. */
#include "passages/shares.h"

#include <string.h>

/* Items of the list that are looked at for one of another document. */
#define ACROSS_TRIED 64

#define LINE_WORDS 16 /* of the cache */

/* Places that are compared with each other one by one. */
#define PLAIN_PLACES 32

static bool grow(struct syndic_memory *memory, void *column, size_t count, size_t size)
{
    void *block;

    memcpy(&block, column, sizeof(block));
    syndic_release(memory, block);
    block = syndic_allocate(memory, count, size);
    memcpy(column, &block, sizeof(block));
    return block != NULL;
}

static enum syndic_status reserve(struct syndic_repeats *repeats, size_t count)
{
    struct syndic_memory *const memory = repeats->memory;

    if (!repeats->room)
        repeats->room = syndic_allocate_zeroed(memory, 1, sizeof(*repeats->room));
    struct syndic_repeat_room *const room = repeats->room;
    if (!room)
        return SYNDIC_NO_MEMORY;
    if (!syndic_reserve(memory, (void **)&repeats->twig, &repeats->twig_capacity, count,
                        sizeof(*repeats->twig)) ||
        !syndic_reserve(memory, (void **)&repeats->left, &repeats->left_capacity, count,
                        sizeof(*repeats->left)))
        return SYNDIC_NO_MEMORY;
    if (count <= room->capacity)
        return SYNDIC_OK;
    const size_t n = count + count / 2 + 16;
    if (!grow(memory, &room->list, n, 4) || !grow(memory, &room->scratch, n, 4) ||
        !grow(memory, &room->rank, n, 4) || !grow(memory, &room->branch, n, 4) ||
        !grow(memory, &room->before, n + 1, 4) || !grow(memory, &room->change, n + 1, 4) ||
        !grow(memory, &room->known, n, 4) || !grow(memory, &room->reach, n, 4) ||
        !grow(memory, &room->document, n, 4) ||
        !grow(memory, &room->node, n + 1, sizeof(struct syndic_node)) ||
        !grow(memory, &room->inner, n + 1, sizeof(struct syndic_node)) ||
        !grow(memory, &room->key, n, 16))
        return SYNDIC_NO_MEMORY;
    room->capacity = n;
    return SYNDIC_OK;
}

void syndic_repeats_clear(struct syndic_repeats *repeats)
{
    struct syndic_memory *const memory = repeats->memory;
    struct syndic_repeat_room *const room = repeats->room;

    if (!memory)
        return;
    if (room) {
        void *const column[] = {room->list,     room->scratch, room->rank,  room->branch,
                                room->before,   room->change,  room->known, room->reach,
                                room->document, room->node,    room->inner, room->key};
        for (size_t i = 0; i < sizeof(column) / sizeof(*column); i++)
            syndic_release(memory, column[i]);
    }
    syndic_release(memory, room);
    syndic_release(memory, repeats->waiting);
    syndic_release(memory, repeats->twig);
    syndic_release(memory, repeats->left);
    syndic_tree_room_clear(&repeats->tree);
    syndic_release(memory, repeats->passage);
    syndic_release(memory, repeats->place);
}

/* ---- which places ---- */

/* Leave out the inner ones of those that follow each other so closely that they touch. */
static size_t drop_inner(uint64_t *address, size_t count, size_t run)
{
    size_t kept = 1;
    uint64_t before = address[0];

    for (size_t i = 1; i < count; i++) {
        const uint64_t at = address[i];
        const bool inner = at - before <= run && i + 1 < count && address[i + 1] - at <= run;
        before = at;
        if (!inner)
            address[kept++] = at;
    }
    return kept;
}

static uint64_t document_end(const struct syndic_tokens *tokens, uint64_t address)
{
    uint32_t word;
    const uint32_t document = syndic_tokens_locate(tokens, address, &word);

    return tokens->span[document].address + tokens->span[document].count;
}

/* Of the places in one document, from[0, n), keep the first and the last. */
static size_t keep_ends(uint64_t *to, const uint64_t *from, size_t n)
{
    const size_t half = SYNDIC_PASSAGE_DOCUMENT / 2;

    if (n <= SYNDIC_PASSAGE_DOCUMENT) {
        memmove(to, from, n * sizeof(*to));
        return n;
    }
    memmove(to, from, half * sizeof(*to));
    memmove(to + half, from + n - half, half * sizeof(*to));
    return SYNDIC_PASSAGE_DOCUMENT;
}

static size_t drop_many(const struct syndic_tokens *tokens, uint64_t *address, size_t count)
{
    size_t kept = 0;

    for (size_t begin = 0, end; begin < count; begin = end) {
        const uint64_t stop = document_end(tokens, address[begin]);
        for (end = begin + 1; end < count && address[end] < stop; end++)
            ;
        kept += keep_ends(address + kept, address + begin, end - begin);
    }
    return kept;
}

/* Bring the node's part of the list into the order of what is before: the lists of its branches
 * are in order already. */
static void merge_branches(struct syndic_repeat_room *room, const struct syndic_fork *fork)
{
    uint32_t *const list = room->list, *const rank = room->rank, *const to = room->scratch;
    bool merged = true;

    while (merged) {
        merged = false;
        for (size_t a = fork->from, b, c, n; a < fork->to; a = c) {
            for (b = a + 1; b < fork->to && rank[list[b - 1]] < rank[list[b]]; b++)
                ;
            for (c = b + (b < fork->to); c < fork->to && rank[list[c - 1]] < rank[list[c]]; c++)
                ;
            if (b == fork->to)
                break;
            merged = true;
            n = b - a;
            memcpy(to, list + a, n * sizeof(*to));
            for (size_t i = 0, j = b, k = a; i < n; k++)
                list[k] = j < c && rank[list[j]] < rank[to[i]] ? list[j++] : to[i++];
        }
    }
}

/* The nearest item of the list in another document, in steps of 1 or -1, and the words before that
 * it shares with item i; 0: there is none near. */
static uint32_t reach_across(const struct syndic_repeat_room *room, const struct syndic_fork *fork,
                             size_t i, int step)
{
    uint32_t shared = UINT32_MAX;

    for (size_t tried = 0, j = i; tried < ACROSS_TRIED; tried++) {
        if (step < 0 ? j == fork->from : j + 1 == fork->to)
            return 0;
        const uint32_t here = room->before[step < 0 ? j : j + 1];
        shared = here < shared ? here : shared;
        j = step < 0 ? j - 1 : j + 1;
        if (room->document[room->list[j]] != room->document[room->list[i]])
            return shared;
    }
    return 0;
}

/* Fill in what is known by item, and by place, of the node. */
static void survey(const struct syndic_repeats *repeats, const struct syndic_fork *fork)
{
    struct syndic_repeat_room *const room = repeats->room;
    const struct syndic_twig *const twig = repeats->twig;
    uint32_t branch = 0;

    for (size_t o = fork->from; o < fork->to; o++) {
        branch += o > fork->from && twig[o].shared == fork->depth;
        room->branch[o] = branch;
    }
    for (size_t i = fork->from + 1; i < fork->to; i++)
        room->before[i] = (uint32_t)syndic_shared_left(
            twig[room->list[i - 1]].word, twig[room->list[i]].word, syndic_before_most(repeats));
    room->change[fork->to - 1] = (uint32_t)fork->to;
    for (size_t i = fork->to - 1; i-- > fork->from;)
        room->change[i] = room->branch[room->list[i]] == room->branch[room->list[i + 1]]
                              ? room->change[i + 1]
                              : (uint32_t)i + 1;
    for (size_t i = fork->from; i < fork->to; i++) {
        uint32_t a = i > fork->from ? room->before[i] : 0;
        uint32_t b = i + 1 < fork->to ? room->before[i + 1] : 0;
        if (repeats->scope == SYNDIC_PASSAGE_ACROSS) {
            a = reach_across(room, fork, i, -1);
            b = reach_across(room, fork, i, 1);
        }
        room->reach[room->list[i]] = (int32_t)(a > b ? a : b);
    }
}

/* The places [from, to) of the tree share fork->depth words, and no more. */
static enum syndic_status visit_node(struct syndic_repeats *repeats, const struct syndic_fork *fork)
{
    struct syndic_repeat_room *const room = repeats->room;
    struct syndic_node *const open = room->inner;
    enum syndic_status status = SYNDIC_OK;
    size_t depth = 0;

    if (fork->depth < repeats->winnow->run)
        return SYNDIC_OK;
    merge_branches(room, fork);
    survey(repeats, fork);
    for (size_t i = fork->from + 1; !status && i <= fork->to; i++) {
        size_t from = i - 1;
        while (!status && depth && (i == fork->to || open[depth - 1].depth > room->before[i])) {
            depth--;
            from = open[depth].from;
            status = syndic_share_consider(repeats, fork,
                                           &(struct syndic_share){from, i, open[depth].depth});
        }
        if (i < fork->to && (!depth || open[depth - 1].depth < room->before[i]))
            open[depth++] = (struct syndic_node){(uint32_t)from, room->before[i]};
    }
    for (size_t o = fork->from; o < fork->to; o++)
        room->known[o] = room->known[o] < room->reach[o] ? room->reach[o] : room->known[o];
    return status;
}

static enum syndic_status visit_tree(struct syndic_repeats *repeats, size_t count)
{
    const struct syndic_twig *const twig = repeats->twig;
    struct syndic_node *const open = repeats->room->node;
    enum syndic_status status = SYNDIC_OK;
    size_t depth = 0;

    for (size_t o = 1; !status && o <= count; o++) {
        size_t from = o - 1;
        while (!status && depth && (o == count || open[depth - 1].depth > twig[o].shared)) {
            depth--;
            from = open[depth].from;
            status = visit_node(repeats, &(struct syndic_fork){from, o, open[depth].depth});
        }
        if (o < count && (!depth || open[depth - 1].depth < twig[o].shared))
            open[depth++] = (struct syndic_node){(uint32_t)from, twig[o].shared};
    }
    return status;
}

/* ---- the places of a run ---- */

/* Where everywhere the same words come before, what is to be found is found at a run among them. */
static bool same_before(const struct syndic_repeats *repeats, const uint64_t *address, size_t count)
{
    const uint32_t *const first = syndic_token_at(repeats->tokens, address[0]);
    const size_t window = repeats->winnow->window;

    for (size_t i = 1; i < count; i++)
        if (memcmp(first - window, syndic_token_at(repeats->tokens, address[i]) - window,
                   window * sizeof(*first)) != 0)
            return false;
    return true;
}

static enum syndic_status build_tree(struct syndic_repeats *repeats, const uint64_t *address,
                                     size_t count)
{
    struct syndic_repeat_room *const room = repeats->room;
    struct syndic_twig *const twig = repeats->twig, *const left = repeats->left;

    room->address = address;
    repeats->count = count;
    for (size_t i = 0; i < count; i++)
        twig[i] =
            (struct syndic_twig){syndic_token_at(repeats->tokens, address[i]), (uint32_t)i, 0};
    if (syndic_tree_right(&repeats->tree, twig, count))
        return SYNDIC_NO_MEMORY;
    for (size_t o = 0; o < count; o++) {
        uint32_t word;
        left[o] = (struct syndic_twig){twig[o].word, (uint32_t)o, 0};
        room->list[o] = (uint32_t)o;
        room->known[o] = -1;
        if (repeats->scope == SYNDIC_PASSAGE_ACROSS)
            room->document[o] =
                syndic_tokens_locate(repeats->tokens, address[twig[o].number], &word);
    }
    if (syndic_tree_left(&repeats->tree, left, count, syndic_before_most(repeats)))
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < count; i++)
        room->rank[left[i].number] = (uint32_t)i;
    return SYNDIC_OK;
}

/* Most runs are chosen a little after a passage begins, at some of its places only: the same words
 * come before them, another one everywhere before these, and of the first window it is another run
 * that is chosen.  Then there is nothing to be found here. */
static bool begins_elsewhere(const struct syndic_repeats *repeats, const uint64_t *address,
                             size_t count)
{
    const struct syndic_winnow *const winnow = repeats->winnow;
    const uint32_t *const first = syndic_token_at(repeats->tokens, address[0]);
    const size_t words = winnow->run + winnow->window - 1;
    uint32_t next[PLAIN_PLACES];
    size_t before = 0;

    if (count > PLAIN_PLACES)
        return false;
    for (size_t i = 1; i < count; i++) {
        const uint32_t *const word = syndic_token_at(repeats->tokens, address[i]);
        const size_t shared = syndic_shared_left(first, word, winnow->window);
        if (shared == winnow->window || (i > 1 && shared != before) ||
            memcmp(first - shared, word - shared, words * sizeof(*word)) != 0)
            return false;
        before = shared;
        next[i] = word[-1 - (ptrdiff_t)shared];
        for (size_t j = 1; j < i; j++)
            if (next[j] == next[i])
                return false;
    }
    return !syndic_winnow_first(winnow, first - before, before);
}

static enum syndic_status find_among(struct syndic_repeats *repeats, const uint64_t *address,
                                     size_t count)
{
    if (count < 2 || same_before(repeats, address, count) ||
        begins_elsewhere(repeats, address, count))
        return SYNDIC_OK;
    enum syndic_status status = reserve(repeats, count);
    if (!status)
        status = build_tree(repeats, address, count);
    return status ? status : visit_tree(repeats, count);
}

enum syndic_status syndic_repeats_finish(struct syndic_repeats *repeats)
{
    const struct syndic_tokens *const tokens = repeats->tokens;
    uint64_t *const address = repeats->waiting;
    size_t count = repeats->waiting_count;
    enum syndic_status status = SYNDIC_OK;

    if (!count)
        return SYNDIC_OK;
    repeats->waiting_count = 0;
    count = drop_inner(address, count, repeats->winnow->run);
    if (count > SYNDIC_PASSAGE_DOCUMENT)
        count = drop_many(tokens, address, count);
    if (repeats->scope != SYNDIC_PASSAGE_WITHIN)
        return find_among(repeats, address, count);
    for (size_t begin = 0, end; !status && begin < count; begin = end) {
        const uint64_t stop = document_end(tokens, address[begin]);
        for (end = begin + 1; end < count && address[end] < stop; end++)
            ;
        status = find_among(repeats, address + begin, end - begin);
    }
    return status;
}

enum syndic_status syndic_repeats_find(struct syndic_repeats *repeats, const uint64_t *address,
                                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint32_t *const word = syndic_token_at(repeats->tokens, address[i]);
        __builtin_prefetch(word - LINE_WORDS);
        __builtin_prefetch(word);
        __builtin_prefetch(word + LINE_WORDS);
    }
    const enum syndic_status status = syndic_repeats_finish(repeats);
    if (status)
        return status;
    if (!syndic_reserve(repeats->memory, (void **)&repeats->waiting, &repeats->waiting_capacity,
                        count, sizeof(*repeats->waiting)))
        return SYNDIC_NO_MEMORY;
    memcpy(repeats->waiting, address, count * sizeof(*address));
    repeats->waiting_count = count;
    return SYNDIC_OK;
}
