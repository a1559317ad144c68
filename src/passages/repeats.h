/* SPDX-License-Identifier: Apache-2.0 */
/* repeats.h - all places of one chosen run in; the passages that begin with it, out. */
#ifndef SYNDIC_PASSAGES_REPEATS_H
#define SYNDIC_PASSAGES_REPEATS_H

#include "passages/passages.h"
#include "passages/tree.h"
#include "passages/winnow.h"

/* What one thread has found, and its room; begin with the members before `passage`, and all else
 * zero. */
struct syndic_repeats {
    _Alignas(SYNDIC_ALIGNMENT) const struct syndic_tokens *tokens;
    const struct syndic_winnow *winnow;
    enum syndic_passage_scope scope;
    struct syndic_memory *memory;

    struct syndic_passage *passage; /* first counts in this thread's places */
    size_t passage_count, passage_capacity;
    struct syndic_passage_place *place;
    size_t place_count, place_capacity;

    uint64_t *waiting; /* addresses of the next run */
    size_t waiting_count, waiting_capacity;
    struct syndic_tree_room tree;
    struct syndic_twig *twig, *left;
    size_t count; /* of twigs in use */
    size_t twig_capacity, left_capacity;
    struct syndic_repeat_room *room;
};

/* The passages whose first chosen run is the one at these addresses, which are ascending.  Those of
 * the last call are found by the next, or by syndic_repeats_finish(), for their words come from
 * memory meanwhile. */
SYNDIC_MUST_USE enum syndic_status syndic_repeats_find(struct syndic_repeats *repeats,
                                                       const uint64_t *address, size_t count);
SYNDIC_MUST_USE enum syndic_status syndic_repeats_finish(struct syndic_repeats *repeats);

/* Give the room and what was found back. */
void syndic_repeats_clear(struct syndic_repeats *repeats);

#endif
