/* SPDX-License-Identifier: Apache-2.0 */
/* verify.h - two rows in; their exact Jaccard similarity, or that it is below the threshold, out.
 */
#ifndef SYNDIC_GROUP_VERIFY_H
#define SYNDIC_GROUP_VERIFY_H

#include "group/group.h"
#include "group/numbering.h"

/* Work space of one thread: all zero but for the members before `text`, and nothing is allocated
 * until the first pair. */
struct syndic_verifier {
    struct syndic_memory *memory;
    const struct syndic_plan *plan;
    const struct syndic_texts *texts;
    uint32_t thread;             /* as texts->fetch wants it */
    const uint32_t *token_count; /* by row: tells which pairs are too large for numbering */

    struct syndic_text *text;
    struct syndic_numbering *numbering;
    struct syndic_verifier_cache *cache;
};

struct syndic_verdict {
    double similarity; /* where within; otherwise undefined */
    bool within;       /* similarity >= threshold */
};

/* Is the Jaccard similarity of the shingle sets of `row` and `kept` at least the plan's threshold?
 * Meant for the rows of one component after the other: sets are at hand until a cache of bounded
 * size is full. */
SYNDIC_MUST_USE enum syndic_status syndic_verify_pair(struct syndic_verifier *verifier,
                                                      uint32_t row, uint32_t kept,
                                                      struct syndic_verdict *verdict,
                                                      struct syndic_error *error);

/* Different shingles of `row`, of `kept`, and of both. */
struct syndic_overlap_counts {
    size_t row, kept, both;
};

/* Count them by the texts. */
SYNDIC_MUST_USE enum syndic_status syndic_verify_overlap(struct syndic_verifier *verifier,
                                                         uint32_t row, uint32_t kept,
                                                         struct syndic_overlap_counts *counts,
                                                         struct syndic_error *error);

/* The longest run of shingles of `row` all of which `kept` has; 0 where they share none. */
SYNDIC_MUST_USE enum syndic_status syndic_verify_run(struct syndic_verifier *verifier, uint32_t row,
                                                     uint32_t kept, size_t *run,
                                                     struct syndic_error *error);

/* The rows that follow have nothing to do with those before. */
SYNDIC_MUST_USE enum syndic_status syndic_verifier_component(struct syndic_verifier *verifier);

/* Give back what the verifier allocated. */
void syndic_verifier_clear(struct syndic_verifier *verifier);

#endif
