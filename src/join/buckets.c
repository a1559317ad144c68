/* SPDX-License-Identifier: Apache-2.0 */
/* buckets.c - partition by the key's leading bits; then, partition by partition, in cache, one
 * stable counting pass over the next bits, which leaves about one record a slot.  Only slots of two
 * or more, few where duplicates are few, are looked at again.  A full sort is never made. */
#include "join/buckets.h"

#include "base/sort.h"
#include "join/partition.h"

#include <omp.h>
#include <string.h>

#define PARTITION_BITS_MAX 12
#define SLOT_BITS_MAX      12
#define INSERTION_MAX      24

struct job {
    uint64_t *record, *scratch;
    unsigned done_bits; /* leading key bits that a partition has in common */
    const struct syndic_bucket_visitor *visitor;
};

static void insertion_sort(uint64_t *item, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const uint64_t x = item[i];
        size_t j = i;
        for (; j && item[j - 1] > x; j--)
            item[j] = item[j - 1];
        item[j] = x;
    }
}

/* A hot key arrives in order of positions already, so the check saves most long sorts. */
static void sort_slot(uint64_t *item, size_t n, uint64_t *scratch)
{
    size_t i = 1;

    while (i < n && item[i - 1] < item[i])
        i++;
    if (i == n)
        return;
    if (n <= INSERTION_MAX)
        insertion_sort(item, n);
    else
        syndic_sort_u64(item, n, scratch);
}

static void visit_runs(const struct job *job, uint32_t thread, const uint64_t *item, size_t n)
{
    size_t end;

    for (size_t begin = 0; begin + 1 < n; begin = end) {
        for (end = begin + 1; end < n && item[end] >> 32 == item[begin] >> 32; end++)
            ;
        if (end - begin >= 2)
            job->visitor->visit(job->visitor->context, thread, item + begin, end - begin);
    }
}

static void visit_partition(const struct job *job, uint32_t thread, size_t begin, size_t n)
{
    uint32_t next[(1 << SLOT_BITS_MAX) + 1] = {0};
    uint64_t *const from = job->record + begin, *const to = job->scratch + begin;
    unsigned bits = 1;

    while (bits < SLOT_BITS_MAX && bits + job->done_bits < 32 && (size_t)1 << bits < n)
        bits++;
    const unsigned shift = 64 - job->done_bits - bits;
    const uint64_t mask = ((uint64_t)1 << bits) - 1;
    for (size_t i = 0; i < n; i++)
        next[(from[i] >> shift & mask) + 1]++;
    for (size_t s = 0; s < mask; s++)
        next[s + 1] += next[s];
    for (size_t i = 0; i < n; i++)
        to[next[from[i] >> shift & mask]++] = from[i];
    /* next[s] is the end of slot s by now. */
    for (size_t s = 0, at = 0; s <= mask; at = next[s++]) {
        if (next[s] - at < 2)
            continue;
        sort_slot(to + at, next[s] - at, from + at);
        visit_runs(job, thread, to + at, next[s] - at);
    }
}

enum syndic_status syndic_buckets_visit(struct syndic_memory *memory, uint64_t *records,
                                        uint64_t *scratch, size_t n, uint32_t threads,
                                        const struct syndic_bucket_visitor *visitor)
{
    const unsigned bits = syndic_partition_bits(n, PARTITION_BITS_MAX);
    const size_t parts = (size_t)1 << bits;
    size_t *const start = syndic_allocate(memory, parts + 1, sizeof(*start));
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (start)
        status = syndic_partition(memory, records, n, 64 - bits, parts, threads, scratch, start);
    if (status == SYNDIC_OK) {
        const struct job job = {scratch, records, bits, visitor};
        const int team = (int)syndic_useful_threads(threads, n);
#pragma omp parallel for num_threads(team) schedule(dynamic, 1)
        for (size_t p = 0; p < parts; p++)
            visit_partition(&job, (uint32_t)omp_get_thread_num(), start[p],
                            start[p + 1] - start[p]);
    }
    syndic_release(memory, start);
    return status;
}
