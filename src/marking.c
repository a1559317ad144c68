/* SPDX-License-Identifier: Apache-2.0 */
/* marking.c - slabs for marks.  They save time and nothing else, so that a lack of memory turns
 * them off and is no failure. */
#include "marking.h"

#define SLAB_BYTES ((size_t)2 << 20)
#define SLAB_WORDS (SLAB_BYTES / sizeof(uint64_t))

_Static_assert(SLAB_WORDS >= SYNDIC_MARKS_WORDS_MAX, "a slab holds any document");

void syndic_marking_init(struct syndic_marking *marking, struct syndic_memory *memory,
                         size_t bytes_max)
{
    *marking = (struct syndic_marking){.memory = memory, .slabs_max = bytes_max / SLAB_BYTES};
    atomic_init(&marking->on, marking->slabs_max > 0);
}

static uint64_t *new_slab(struct syndic_marking *marking)
{
    if (marking->slab_count == marking->slabs_max)
        return NULL;
    if (!marking->slab)
        marking->slab =
            syndic_allocate(marking->memory, marking->slabs_max, sizeof(*marking->slab));
    uint64_t *const slab =
        marking->slab ? syndic_allocate(marking->memory, SLAB_WORDS, sizeof(*slab)) : NULL;
    if (slab)
        marking->slab[marking->slab_count++] = slab;
    return slab;
}

const uint64_t *syndic_marking_add(struct syndic_marking *marking, struct syndic_mark_room *room,
                                   const uint64_t *shingle, size_t n)
{
    const size_t words = syndic_marks_words(n);

    if (!atomic_load_explicit(&marking->on, memory_order_relaxed))
        return NULL;
    if (room->words_left < words) {
#pragma omp critical(syndic_marking)
        room->word = new_slab(marking);
        room->words_left = room->word ? SLAB_WORDS : 0;
    }
    if (!room->word) {
        atomic_store(&marking->on, false);
        return NULL;
    }
    uint64_t *const marks = room->word;
    room->word += words;
    room->words_left -= words;
    syndic_marks_make(shingle, n, marks);
    return marks;
}

void syndic_marking_reserve(struct syndic_marking *marking, size_t rows)
{
    if (atomic_load(&marking->on))
        marking->row = syndic_allocate_zeroed(marking->memory, rows, sizeof(*marking->row));
    if (!marking->row)
        syndic_marking_clear(marking);
}

void syndic_marking_clear(struct syndic_marking *marking)
{
    if (!marking->memory)
        return;
    for (size_t i = 0; i < marking->slab_count; i++)
        syndic_release(marking->memory, marking->slab[i]);
    syndic_release(marking->memory, marking->slab);
    syndic_release(marking->memory, (void *)marking->row);
    syndic_marking_init(marking, marking->memory, 0);
}
