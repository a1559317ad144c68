/* SPDX-License-Identifier: Apache-2.0 */
/* marking.h - the marks of an input as it is read, by several threads; those of each row out,
 * unless they took more memory than they may. */
#ifndef SYNDIC_MARKING_H
#define SYNDIC_MARKING_H

#include "sketch/marks.h"

#include <stdatomic.h>

/* Marks lie one after the other in slabs, each of which one thread fills. */
struct syndic_marking {
    struct syndic_memory *memory;
    _Atomic bool on;
    uint64_t **slab; /* given out so far */
    size_t slab_count, slabs_max;
    const uint64_t *
        *row; /* the marks of each row, for syndic_marks_refuse(); NULL: there are none */
};

/* The slab of one thread; all zero at first.  Nothing need be given back. */
struct syndic_mark_room {
    uint64_t *word;
    size_t words_left;
};

/* At most `bytes_max` of marks. */
void syndic_marking_init(struct syndic_marking *marking, struct syndic_memory *memory,
                         size_t bytes_max);

/* The marks of a document that has shingle[0, n), which live as long as `marking`; NULL: off, for
 * there is no memory left. */
const uint64_t *syndic_marking_add(struct syndic_marking *marking, struct syndic_mark_room *room,
                                   const uint64_t *shingle, size_t n);

/* All documents were read, and no thread adds any more: room for so many rows, or off. */
void syndic_marking_reserve(struct syndic_marking *marking, size_t rows);

void syndic_marking_clear(struct syndic_marking *marking);

#endif
