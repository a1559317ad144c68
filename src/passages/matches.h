/* SPDX-License-Identifier: Apache-2.0 */
/* matches.h - places that match, two by two and in the order of the input, in; passages of all
 * places that belong together, out. */
#ifndef SYNDIC_PASSAGES_MATCHES_H
#define SYNDIC_PASSAGES_MATCHES_H

#include "passages/chain.h"
#include "passages/passages.h"

struct syndic_matches {
    struct syndic_memory *memory;
    const struct syndic_tokens *tokens;
    struct syndic_match_place *place; /* as they came */
    size_t place_count, place_capacity;
    uint32_t *last; /* by document: its latest place, the ones before linked from it */
    uint32_t *tail; /* by passage: its latest place, likewise */
    size_t passage_count, tail_capacity;
};

SYNDIC_MUST_USE enum syndic_status syndic_matches_init(struct syndic_matches *matches,
                                                       struct syndic_memory *memory,
                                                       const struct syndic_tokens *tokens);
void syndic_matches_clear(struct syndic_matches *matches);

/* Words of documents a and b match.  A place that is known already, over half of the longer of the
 * two, brings the other into its passage. */
SYNDIC_MUST_USE enum syndic_status syndic_matches_add(struct syndic_matches *matches, uint32_t a,
                                                      uint32_t b,
                                                      const struct syndic_stretches *found);

/* The passages, sorted, with the similarity of each place. */
SYNDIC_MUST_USE enum syndic_status syndic_matches_list(const struct syndic_matches *matches,
                                                       uint32_t threads,
                                                       struct syndic_passages *passages);

#endif
