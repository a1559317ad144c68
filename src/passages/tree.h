/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - places in the words in; the same in the order of a tree of their continuations, out:
 * those that share more words stand closer together.  Which of two branches comes first means
 * nothing. */
#ifndef SYNDIC_PASSAGES_TREE_H
#define SYNDIC_PASSAGES_TREE_H

#include "base/memory.h"

struct syndic_twig {
    const uint32_t *word;
    uint32_t number; /* the caller's */
    uint32_t shared; /* words shared with the twig before it; of the first: 0 */
};

/* Room of one thread; begin with the memory and all else zero. */
struct syndic_tree_room {
    struct syndic_memory *memory;
    struct syndic_tree_key *key;
    size_t key_capacity;
    struct syndic_twig *twig;
    size_t twig_capacity;
    struct syndic_tree_part *part;
    size_t part_capacity;
};

void syndic_tree_room_clear(struct syndic_tree_room *room);

/* By the words from twig->word on.  Every two differ somewhere: see tokens.h. */
SYNDIC_MUST_USE enum syndic_status syndic_tree_right(struct syndic_tree_room *room,
                                                     struct syndic_twig *twig, size_t count);

/* By the words before twig->word, from right to left, `most` at most. */
SYNDIC_MUST_USE enum syndic_status syndic_tree_left(struct syndic_tree_room *room,
                                                    struct syndic_twig *twig, size_t count,
                                                    size_t most);

/* Words that are the same from a and b on, or before them. */
size_t syndic_shared_right(const uint32_t *a, const uint32_t *b);
size_t syndic_shared_left(const uint32_t *a, const uint32_t *b, size_t most);

#endif
