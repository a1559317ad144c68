/* SPDX-License-Identifier: Apache-2.0 */
/* numbering.h - shingle hashes in; sets of small numbers, as bits, out.
 *
 * The documents of a component share most of their shingles.  Where each different shingle has a
 * number, in the order in which it is first met, a document is a run of bits, and the intersection
 * of two is a count of common bits: some 100 ns for documents of 4,000 shingles, against 3,000 by
 * merging sorted sets, and nothing need be sorted. */
#ifndef SYNDIC_GROUP_NUMBERING_H
#define SYNDIC_GROUP_NUMBERING_H

#include "base/memory.h"

/* Bits come in blocks of this many words, so that runs of two sets can be laid over each other at
 * block ends and kernels have no tail. */
#define SYNDIC_BIT_BLOCK 8

/* The numbers in [64 * from, 64 * (from + words)) that a document has; from and words are multiples
 * of SYNDIC_BIT_BLOCK. */
struct syndic_bit_set {
    const uint64_t *bits;
    size_t from, words;
    size_t count; /* of ones: different shingles */
};

struct syndic_numbering;

SYNDIC_MUST_USE enum syndic_status syndic_numbering_create(struct syndic_memory *memory,
                                                           struct syndic_numbering **numbering);
void syndic_numbering_destroy(struct syndic_numbering *numbering);

/* Can `shingles` more be numbered? */
bool syndic_numbering_has_room(const struct syndic_numbering *numbering, size_t shingles);

/* Forget all numbers and make room for at least `shingles`. */
SYNDIC_MUST_USE enum syndic_status syndic_numbering_reset(struct syndic_numbering *numbering,
                                                          size_t shingles);

/* The set of shingle[0, n), repeats allowed; there is room.  set->bits is borrowed until the next
 * call. */
SYNDIC_MUST_USE enum syndic_status syndic_numbering_set(struct syndic_numbering *numbering,
                                                        const uint64_t *shingle, size_t n,
                                                        struct syndic_bit_set *set);

/* Numbers in both sets, which come from the same numbering without a reset between them. */
size_t syndic_bit_sets_common(const struct syndic_bit_set *a, const struct syndic_bit_set *b);

#endif
