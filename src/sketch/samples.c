/* SPDX-License-Identifier: Apache-2.0 */
/* samples.c - shingle hashes in; samples in slabs out.  A sample longer than a slab gets one of its
 * own. */
#include "sketch/samples.h"

#include "kernel.h"

#include <string.h>

#define SLAB_WORDS ((size_t)1 << 18)

void syndic_samples_init(struct syndic_samples *samples, struct syndic_memory *memory)
{
    *samples = (struct syndic_samples){.memory = memory};
}

void syndic_samples_clear(struct syndic_samples *samples)
{
    for (size_t i = 0; i < samples->slab_count; i++)
        syndic_release(samples->memory, samples->slab[i]);
    syndic_release(samples->memory, samples->slab);
    syndic_samples_init(samples, samples->memory);
}

static uint64_t *new_slab(struct syndic_samples *samples, size_t words)
{
    uint64_t *slab = NULL;

    if (syndic_reserve(samples->memory, (void **)&samples->slab, &samples->slab_capacity,
                       samples->slab_count + 1, sizeof(*samples->slab)))
        slab = syndic_allocate(samples->memory, words, sizeof(*slab));
    if (slab)
        samples->slab[samples->slab_count++] = slab;
    return slab;
}

/* Room for so many words at room->word. */
static bool make_room(struct syndic_samples *samples, struct syndic_sample_room *room, size_t words)
{
    const size_t slab_words = words > SLAB_WORDS ? words : SLAB_WORDS;

    if (room->words_left >= words)
        return true;
#pragma omp critical(syndic_samples)
    room->word = new_slab(samples, slab_words);
    room->words_left = room->word ? slab_words : 0;
    return room->word != NULL;
}

const uint64_t *syndic_samples_add(struct syndic_samples *samples, struct syndic_sample_room *room,
                                   const uint64_t *shingle, size_t n, uint32_t one_in)
{
    const bool sparse = n > SYNDIC_LONG_SHINGLES;
    const uint64_t limit = UINT64_MAX / one_in >> sparse;

    if (!syndic_reserve(samples->memory, (void **)&room->index, &room->index_capacity,
                        n + SYNDIC_LANE_MULTIPLE, sizeof(*room->index)))
        return NULL;
    const size_t count = syndic_kernels()->below(shingle, n, limit, room->index);
    if (!make_room(samples, room, count + 1))
        return NULL;
    uint64_t *const sample = room->word;
    sample[0] = sparse ? count | SYNDIC_SAMPLE_SPARSE : count;
    for (size_t i = 0; i < count; i++)
        sample[i + 1] = shingle[room->index[i]];
    room->word += count + 1;
    room->words_left -= count + 1;
    return sample;
}

void syndic_sample_room_clear(struct syndic_sample_room *room, struct syndic_memory *memory)
{
    syndic_release(memory, room->index);
    *room = (struct syndic_sample_room){0};
}
