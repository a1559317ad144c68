/* SPDX-License-Identifier: Apache-2.0 */
/* buckets.h - records in; every bucket of two or more records with the same key, out. */
#ifndef SYNDIC_JOIN_BUCKETS_H
#define SYNDIC_JOIN_BUCKETS_H

#include "base/memory.h"

/* A record is key << 32 | position; keys are hashes, so that their leading bits spread evenly. */
static inline uint64_t syndic_record(uint32_t key, uint32_t position)
{
    return (uint64_t)key << 32 | position;
}

struct syndic_bucket_visitor {
    /* records[0, count), count >= 2, have the same key and ascending positions.  Called by several
     * threads, numbered from 0, in no particular order. */
    void (*visit)(void *context, uint32_t thread, const uint64_t *records, size_t count);
    void *context;
};

/* Visit all buckets of records[0, n), which are in order of positions.  records and scratch, of n
 * entries each, are overwritten.  NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_buckets_visit(
    struct syndic_memory *memory, uint64_t *records, uint64_t *scratch, size_t n, uint32_t threads,
    const struct syndic_bucket_visitor *visitor);

#endif
