/* SPDX-License-Identifier: Apache-2.0 */
/* shares.h - a node of the tree and some of its places in; the passage that they are, if they are
 * one worth a line, out.  What repeats.c and shares.c share. */
#ifndef SYNDIC_PASSAGES_SHARES_H
#define SYNDIC_PASSAGES_SHARES_H

#include "passages/repeats.h"

/* A node of the tree while it is open. */
struct syndic_node {
    uint32_t from, depth;
};

/* Columns by place, in the order of the tree unless they say otherwise. */
struct syndic_repeat_room {
    size_t capacity;
    uint32_t *list; /* the places of each node in the order of what is before them */
    uint32_t *scratch;
    uint32_t *rank;     /* of a place in the order of what is before it */
    uint32_t *branch;   /* of the node at hand, by place */
    uint32_t *before;   /* words shared with the list's place before, `window` at most */
    uint32_t *change;   /* the next item of the list in another branch */
    int32_t *known;     /* words before that are shared in a node below; -1: there is none */
    int32_t *reach;     /* words before that are shared in this node */
    uint32_t *document; /* ACROSS only */
    struct syndic_node *node, *inner; /* open nodes of the tree, and of what is before */
    const uint64_t *address;          /* by the number of a twig */
    uint64_t *key;                    /* of places to be listed, and scratch for sorting: twice */
};

/* The node at hand: places [from, to) of the tree. */
struct syndic_fork {
    size_t from, to;
    uint32_t depth;
};

/* Items [from, to) of the node's list share `before` words before the run. */
struct syndic_share {
    size_t from, to;
    uint32_t before;
};

/* Words before that are looked at: passages found here have fewer than `window`, and those a few
 * words longer tell whether they are worth a line. */
static inline uint32_t syndic_before_most(const struct syndic_repeats *repeats)
{
    return (uint32_t)repeats->winnow->window + SYNDIC_PASSAGE_CHANCE_WORDS;
}

/* Items of the list that share what the share says, and with no item beside them more: list them
 * where they are a passage, and note where they are none. */
SYNDIC_MUST_USE enum syndic_status syndic_share_consider(struct syndic_repeats *repeats,
                                                         const struct syndic_fork *fork,
                                                         const struct syndic_share *share);

#endif
