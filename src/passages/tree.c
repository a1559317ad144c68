/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - places in; the order of the tree of their continuations out.
 *
 * One place of a branch is compared with all the others.  Those that leave it at the same word for
 * the same word are a branch of their own, and those that leave it later stand closer to it.  Most
 * branches have one fork, so most places are compared once. */
#include "passages/tree.h"

#include <stdlib.h>
#include <string.h>

#define INSERTION_MAX 24

/* Where a twig leaves the one it is compared with: later ones first, and of one place by the word
 * that comes next. */
struct syndic_tree_key {
    uint64_t leaves;
    size_t twig;
};

/* A branch that is still to be put in order: its twigs share `depth` words. */
struct syndic_tree_part {
    size_t from, count, depth;
};

void syndic_tree_room_clear(struct syndic_tree_room *room)
{
    if (!room->memory)
        return;
    syndic_release(room->memory, room->key);
    syndic_release(room->memory, room->twig);
    syndic_release(room->memory, room->part);
}

size_t syndic_shared_right(const uint32_t *a, const uint32_t *b)
{
    size_t n = 0;

    for (;; n += 2) {
        uint64_t x, y;
        memcpy(&x, a + n, sizeof(x));
        memcpy(&y, b + n, sizeof(y));
        if (x != y)
            return n + (a[n] == b[n]);
    }
}

size_t syndic_shared_left(const uint32_t *a, const uint32_t *b, size_t most)
{
    size_t n = 0;

    while (n < most && a[-1 - (ptrdiff_t)n] == b[-1 - (ptrdiff_t)n])
        n++;
    return n;
}

static uint32_t shared_of(const struct syndic_tree_key *key)
{
    return ~(uint32_t)(key->leaves >> 32);
}

static int by_key(const void *left, const void *right)
{
    const struct syndic_tree_key *const a = left, *const b = right;

    if (a->leaves != b->leaves)
        return a->leaves < b->leaves ? -1 : 1;
    return (a->twig > b->twig) - (a->twig < b->twig);
}

static void sort_keys(struct syndic_tree_key *key, size_t n)
{
    if (n > INSERTION_MAX) {
        qsort(key, n, sizeof(*key), by_key);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        const struct syndic_tree_key x = key[i];
        size_t j = i;
        for (; j && key[j - 1].leaves > x.leaves; j--)
            key[j] = key[j - 1];
        key[j] = x;
    }
}

/* Compare the first twig of a branch with the others, and put these in order by where they leave
 * it.  most 0: to the right. */
static void fork_branch(struct syndic_tree_room *room, struct syndic_twig *twig, size_t count,
                        size_t depth, size_t most)
{
    const uint32_t *const pivot = twig[0].word;

    for (size_t i = 1; i < count; i++) {
        const uint32_t *const word = twig[i].word;
        uint32_t n, next = 0;
        if (most) {
            n = (uint32_t)(depth + syndic_shared_left(pivot - depth, word - depth, most - depth));
            if (n < most)
                next = word[-1 - (ptrdiff_t)n];
        } else {
            n = (uint32_t)(depth + syndic_shared_right(pivot + depth, word + depth));
            next = word[n];
        }
        room->key[i] = (struct syndic_tree_key){(uint64_t)~n << 32 | next, i};
    }
    sort_keys(room->key + 1, count - 1);
    for (size_t i = 1; i < count; i++)
        room->twig[i] = twig[room->key[i].twig];
    for (size_t i = 1; i < count; i++) {
        twig[i] = room->twig[i];
        twig[i].shared = shared_of(&room->key[i]);
    }
}

/* All but what is known of the branch that begins there. */
static void swap(struct syndic_twig *a, struct syndic_twig *b)
{
    const struct syndic_twig x = *a;

    a->word = b->word;
    a->number = b->number;
    b->word = x.word;
    b->number = x.number;
}

static bool push(struct syndic_tree_room *room, size_t *parts, struct syndic_tree_part part)
{
    if (part.count < 2)
        return true;
    if (!syndic_reserve(room->memory, (void **)&room->part, &room->part_capacity, *parts + 1,
                        sizeof(*room->part)))
        return false;
    room->part[(*parts)++] = part;
    return true;
}

static enum syndic_status order(struct syndic_tree_room *room, struct syndic_twig *twig,
                                size_t count, size_t most)
{
    size_t parts = 0;

    if (!syndic_reserve(room->memory, (void **)&room->key, &room->key_capacity, count,
                        sizeof(*room->key)) ||
        !syndic_reserve(room->memory, (void **)&room->twig, &room->twig_capacity, count,
                        sizeof(*room->twig)))
        return SYNDIC_NO_MEMORY;
    twig[0].shared = 0;
    bool good = push(room, &parts, (struct syndic_tree_part){0, count, 0});
    while (good && parts) {
        const struct syndic_tree_part part = room->part[--parts];
        struct syndic_twig *const branch = twig + part.from;
        swap(&branch[0], &branch[part.count / 2]); /* against a bad order, as in quicksort */
        fork_branch(room, branch, part.count, part.depth, most);
        for (size_t begin = 1, end; good && begin < part.count; begin = end) {
            const struct syndic_tree_key *const key = &room->key[begin];
            const size_t shared = shared_of(key);
            for (end = begin + 1; end < part.count && room->key[end].leaves == key->leaves; end++)
                ;
            if (!most || shared < most)
                good = push(room, &parts,
                            (struct syndic_tree_part){part.from + begin, end - begin, shared + 1});
        }
    }
    return good ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

enum syndic_status syndic_tree_right(struct syndic_tree_room *room, struct syndic_twig *twig,
                                     size_t count)
{
    return order(room, twig, count, 0);
}

enum syndic_status syndic_tree_left(struct syndic_tree_room *room, struct syndic_twig *twig,
                                    size_t count, size_t most)
{
    return order(room, twig, count, most);
}
