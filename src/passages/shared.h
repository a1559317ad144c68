/* SPDX-License-Identifier: Apache-2.0 */
/* shared.h - the token hashes of two texts in; the passages that they share, out. */
#ifndef SYNDIC_PASSAGES_SHARED_H
#define SYNDIC_PASSAGES_SHARED_H

#include "base/memory.h"

/* Words a[a_from, a_from + count) are words b[b_from, b_from + count). */
struct syndic_shared {
    uint32_t a_from, b_from, count;
};

/* Passages of at least `least` words, 1 to SYNDIC_SHINGLE_WIDTH_MAX, in the order of A and apart in
 * A: from left to right, the longest that begins at each word.  In B they may be anywhere, and more
 * than one may be the same words of B.  The caller releases *passages. */
SYNDIC_MUST_USE enum syndic_status syndic_shared_passages(
    struct syndic_memory *memory, const uint64_t *a, size_t a_count, const uint64_t *b,
    size_t b_count, size_t least, struct syndic_shared **passages, size_t *count);

/* How many different words of B the passages hold; seen has room for b_count flags. */
size_t syndic_shared_cover(const struct syndic_shared *passages, size_t count, uint8_t *seen,
                           size_t b_count);

#endif
