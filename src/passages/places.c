/* SPDX-License-Identifier: Apache-2.0 */
/* places.c - passages in, their places by document out: by counting. */
#include "passages/places.h"

enum syndic_status syndic_places_index(const struct syndic_passages *passages, size_t documents,
                                       struct syndic_places_index *index)
{
    struct syndic_memory *const memory = passages->memory;

    *index = (struct syndic_places_index){.memory = memory};
    index->passage_of = syndic_allocate(memory, passages->place_count, sizeof(*index->passage_of));
    index->place = syndic_allocate(memory, passages->place_count, sizeof(*index->place));
    index->start = syndic_allocate_zeroed(memory, documents + 2, sizeof(*index->start));
    if (!index->passage_of || !index->place || !index->start)
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < passages->passage_count; i++)
        for (uint32_t p = 0; p < passages->passage[i].count; p++)
            index->passage_of[passages->passage[i].first + p] = (uint32_t)i;
    for (size_t p = 0; p < passages->place_count; p++)
        index->start[passages->place[p].document + 2]++;
    for (size_t d = 0; d < documents; d++)
        index->start[d + 2] += index->start[d + 1];
    for (size_t p = 0; p < passages->place_count; p++)
        index->place[index->start[passages->place[p].document + 1]++] = (uint32_t)p;
    return SYNDIC_OK;
}

void syndic_places_index_clear(struct syndic_places_index *index)
{
    if (!index->memory)
        return;
    syndic_release(index->memory, index->start);
    syndic_release(index->memory, index->place);
    syndic_release(index->memory, index->passage_of);
}
