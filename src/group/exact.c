/* SPDX-License-Identifier: Apache-2.0 */
/* exact.c - rows are bucketed by 32 bits of the hash; within a bucket the whole hash decides. */
#include "group/exact.h"

#include "join/buckets.h"
#include "join/partition.h"

struct collapse {
    const struct syndic_sketches *sketches;
    const uint32_t *order;
    uint32_t *first;
};

/* As many passes as there are different hashes in the bucket, which is one but for chance. */
static void collapse_bucket(void *context, uint32_t thread, const uint64_t *records, size_t count)
{
    const struct collapse *const collapse = context;
    const uint32_t *const order = collapse->order;

    (void)thread;
    for (size_t i = 0; i + 1 < count; i++) {
        const uint32_t head = order[(uint32_t)records[i]];
        if (collapse->first[head] != head)
            continue;
        for (size_t j = i + 1; j < count; j++) {
            const uint32_t row = order[(uint32_t)records[j]];
            if (syndic_hash128_equal(collapse->sketches->exact[head],
                                     collapse->sketches->exact[row]))
                collapse->first[row] = head;
        }
    }
}

enum syndic_status syndic_collapse_exact(const struct syndic_sketches *sketches,
                                         const uint32_t *order, uint32_t threads, uint32_t *first)
{
    struct syndic_memory *const memory = sketches->memory;
    const size_t n = sketches->count;
    uint64_t *const records = syndic_allocate(memory, n, sizeof(*records));
    uint64_t *const scratch = syndic_allocate(memory, n, sizeof(*scratch));
    struct collapse collapse = {sketches, order, first};
    const struct syndic_bucket_visitor visitor = {collapse_bucket, &collapse};
    enum syndic_status status = SYNDIC_NO_MEMORY;
    size_t count = 0;

    for (size_t row = 0; row < n; row++)
        first[row] = (uint32_t)row;
    for (size_t i = 0; records && scratch && i < n; i++)
        if (sketches->token_count[order[i]])
            records[count++] =
                syndic_record((uint32_t)(sketches->exact[order[i]].low >> 32), (uint32_t)i);
    if (records && scratch)
        status = syndic_buckets_visit(memory, records, scratch, count, threads, &visitor);
    syndic_release(memory, scratch);
    syndic_release(memory, records);
    return status;
}

size_t syndic_list_firsts(const struct syndic_sketches *sketches, const uint32_t *order,
                          const uint32_t *first, uint32_t *list)
{
    size_t count = 0;

    for (size_t i = 0; i < sketches->count; i++)
        if (first[order[i]] == order[i] && sketches->token_count[order[i]])
            list[count++] = order[i];
    return count;
}

size_t syndic_count_empty(const struct syndic_sketches *sketches)
{
    size_t count = 0;

    for (size_t row = 0; row < sketches->count; row++)
        count += sketches->token_count[row] == 0;
    return count;
}
