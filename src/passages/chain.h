/* SPDX-License-Identifier: Apache-2.0 */
/* chain.h - runs of words that two documents share, in; the stretches in which they follow each
 * other with gaps, out. */
#ifndef SYNDIC_PASSAGES_CHAIN_H
#define SYNDIC_PASSAGES_CHAIN_H

#include "base/memory.h"

/* Words lost or changed between two runs that belong together, at most. */
#define SYNDIC_CHAIN_GAP 12

/* Words of both documents that are the same somewhere. */
struct syndic_seed {
    uint32_t a, b; /* first words of a shared run */
};

/* Words a[a, a_end) and b[b, b_end), of which `same` are the same. */
struct syndic_stretches {
    uint32_t a, a_end, b, b_end, same;
};

/* Room of one thread; begin with the memory and all else zero. */
struct syndic_chain_room {
    struct syndic_memory *memory;
    struct syndic_block *block;
    uint32_t *order;
    size_t block_capacity, order_capacity;
    struct syndic_stretches *found; /* what was found, in the order of a */
    size_t found_count, found_capacity;
};

/* seed[0, count) are in order of a, then b; a_words and b_words point to the words of the
 * documents, which are separated as tokens.h says.  Stretches with `least` same words, at least
 * half of the longer side; within one document (a_words == b_words) the two sides do not overlap.
 */
SYNDIC_MUST_USE enum syndic_status syndic_chain(struct syndic_chain_room *room,
                                                const uint32_t *a_words, const uint32_t *b_words,
                                                const struct syndic_seed *seed, size_t count,
                                                size_t least);
void syndic_chain_room_clear(struct syndic_chain_room *room);

/* Words of a that are in b in the same order: the length of a longest common subsequence.  Room for
 * the work comes from memory; *same is set on OK. */
SYNDIC_MUST_USE enum syndic_status syndic_same_words(struct syndic_memory *memory,
                                                     const uint32_t *a, size_t a_count,
                                                     const uint32_t *b, size_t b_count,
                                                     size_t *same);

#endif
