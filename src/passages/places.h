/* SPDX-License-Identifier: Apache-2.0 */
/* places.h - passages in; their places by document, out. */
#ifndef SYNDIC_PASSAGES_PLACES_H
#define SYNDIC_PASSAGES_PLACES_H

#include "passages/passages.h"

/* place[start[d], start[d + 1]) are the numbers of the places in document d, ascending, and
 * passage_of[] tells whose a place is. */
struct syndic_places_index {
    size_t *start;
    uint32_t *place, *passage_of;
    struct syndic_memory *memory;
};

SYNDIC_MUST_USE enum syndic_status syndic_places_index(const struct syndic_passages *passages,
                                                       size_t documents,
                                                       struct syndic_places_index *index);
void syndic_places_index_clear(struct syndic_places_index *index);

#endif
