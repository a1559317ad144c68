/* SPDX-License-Identifier: Apache-2.0 */
/* edges.c - pairs are appended as they come and sorted in bulk: partitioned by the first position,
 * then each partition on its own thread. */
#include "join/edges.h"

#include "base/sort.h"
#include "join/partition.h"

#include <string.h>

/* New pairs that may pile up before a list is compacted: 32 MiB of them. */
#define PILE_MIN ((size_t)4 << 20)

#define PARTITION_BITS_MAX 10

bool syndic_pair_list_add(struct syndic_pair_list *list, struct syndic_memory *memory,
                          uint64_t pair)
{
    if (list->count == list->capacity) {
        const size_t need = list->count < 512 ? 1024 : list->count * 2;
        if (!syndic_reserve(memory, (void **)&list->pair, &list->capacity, need, sizeof(pair)))
            return false;
    }
    list->pair[list->count++] = pair;
    return true;
}

bool syndic_pair_list_take(struct syndic_pair_list *to, struct syndic_pair_list *from,
                           struct syndic_memory *memory)
{
    if (!from->count)
        return true;
    if (!syndic_reserve(memory, (void **)&to->pair, &to->capacity, to->count + from->count,
                        sizeof(*to->pair)))
        return false;
    memcpy(to->pair + to->count, from->pair, from->count * sizeof(*to->pair));
    to->count += from->count;
    from->count = from->compact_count = 0;
    return true;
}

/* The shift that leaves at most `bits` bits of first positions below `positions`. */
static unsigned first_shift(size_t positions, unsigned bits)
{
    unsigned shift = 32;

    while ((positions - 1) >> (shift - 32) >> bits)
        shift++;
    return shift;
}

/* Close the gaps that dropped repeats left at the partitions' ends. */
static size_t close_gaps(uint64_t *pair, const size_t *start, const size_t *kept, size_t parts)
{
    size_t count = 0;

    for (size_t p = 0; p < parts; p++) {
        memmove(pair + count, pair + start[p], kept[p] * sizeof(*pair));
        count += kept[p];
    }
    return count;
}

static void sort_partitions(uint64_t *pair, uint64_t *scratch, const size_t *start, size_t *kept,
                            size_t parts, uint32_t team)
{
#pragma omp parallel for num_threads((int)team) schedule(dynamic, 1)
    for (size_t p = 0; p < parts; p++) {
        syndic_sort_u64(pair + start[p], start[p + 1] - start[p], scratch + start[p]);
        kept[p] = syndic_unique_u64(pair + start[p], start[p + 1] - start[p]);
    }
}

enum syndic_status syndic_pair_list_compact(struct syndic_pair_list *list,
                                            struct syndic_memory *memory, size_t positions,
                                            uint32_t threads)
{
    if (list->compact_count == list->count)
        return SYNDIC_OK;
    const unsigned bits = syndic_partition_bits(list->count, PARTITION_BITS_MAX);
    const size_t parts = (size_t)1 << bits;
    size_t *const start = syndic_allocate(memory, 2 * parts + 1, sizeof(*start));
    uint64_t *const sorted = syndic_allocate(memory, list->count, sizeof(*sorted));
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (start && sorted)
        status = syndic_partition(memory, list->pair, list->count, first_shift(positions, bits),
                                  parts, threads, sorted, start);
    if (status == SYNDIC_OK) {
        size_t *const kept = start + parts + 1;
        sort_partitions(sorted, list->pair, start, kept, parts,
                        syndic_useful_threads(threads, list->count));
        const size_t capacity = list->count;
        syndic_release(memory, list->pair);
        *list = (struct syndic_pair_list){.pair = sorted, .capacity = capacity};
        list->count = list->compact_count = close_gaps(sorted, start, kept, parts);
    } else {
        syndic_release(memory, sorted);
    }
    syndic_release(memory, start);
    return status;
}

enum syndic_status syndic_pair_list_tidy(struct syndic_pair_list *list,
                                         struct syndic_memory *memory, size_t positions,
                                         uint32_t threads)
{
    if (list->count - list->compact_count <= list->compact_count + PILE_MIN)
        return SYNDIC_OK;
    return syndic_pair_list_compact(list, memory, positions, threads);
}

void syndic_pair_list_clear(struct syndic_pair_list *list, struct syndic_memory *memory)
{
    syndic_release(memory, list->pair);
    *list = (struct syndic_pair_list){0};
}
