/* SPDX-License-Identifier: Apache-2.0 */
/* sample_index.h - samples of documents in; an inverted index of what several of them share, out.
 *
 * A term is a sampled shingle that two documents or more have, and no more than a bound: what more
 * have is furniture, or set phrases, and says little.  Such hot shingles are counted and left out.
 */
#ifndef SYNDIC_JOIN_SAMPLE_INDEX_H
#define SYNDIC_JOIN_SAMPLE_INDEX_H

#include "base/memory.h"

/* Positions are 0 to count - 1; term lists and postings ascend. */
struct syndic_sample_index {
    struct syndic_memory *memory;
    size_t count;
    size_t term_count;
    size_t *posting_start; /* term t is in posting[posting_start[t], posting_start[t + 1]) */
    uint32_t *posting;
    size_t *term_start; /* position p has term[term_start[p], term_start[p + 1]) */
    uint32_t *term;
    uint32_t *own; /* by position: different sampled shingles that no other document has */
    /* Long documents have sparse samples.  With one of them any other is compared by that part of
     * its sample that it would have if it were long. */
    uint8_t *dense;       /* by position: is not long */
    uint8_t *dense_term;  /* by term: sparse samples cannot have it */
    uint32_t *own_sparse; /* by position: of own, those that sparse samples could have */
    uint32_t *sparse;     /* by position: terms and own ones that they could have */

    uint32_t *hot_of;      /* by position: different sampled shingles that were left out */
    uint64_t sampled, hot; /* different shingles of each document, summed up; those left out */
};

/* sample[p]: see sketch/samples.h, made with the same one_in; or NULL.  NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_sample_index_create(
    struct syndic_memory *memory, const uint64_t *const *sample, size_t count, uint32_t one_in,
    uint32_t documents_max, uint32_t threads, struct syndic_sample_index *index);
void syndic_sample_index_clear(struct syndic_sample_index *index);

#endif
