/* SPDX-License-Identifier: Apache-2.0 */
/* partition.h - records in; the same records side by side with those of the same leading bits, out.
 */
#ifndef SYNDIC_JOIN_PARTITION_H
#define SYNDIC_JOIN_PARTITION_H

#include "base/memory.h"

/* 0 asks for what OpenMP would use; at least 1. */
uint32_t syndic_thread_count(uint32_t threads);

/* How many of `threads` (0: as above) a pass over n records should use; at least 1. */
uint32_t syndic_useful_threads(uint32_t threads, size_t n);

/* How many leading bits (of `bits_max` at most) leave about 4,096 of n records in a partition. */
unsigned syndic_partition_bits(size_t n, unsigned bits_max);

/* Move from[0, n) to `to` so that records with the same value of record >> shift, which is below
 * `parts`, lie together: partition p is to[start[p], start[p + 1]).  Records of a partition stay in
 * their order, whatever the number of threads.  A shift of 64 is allowed with one part.  start has
 * parts + 1 entries.  NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_partition(struct syndic_memory *memory,
                                                    const uint64_t *from, size_t n, unsigned shift,
                                                    size_t parts, uint32_t threads, uint64_t *to,
                                                    size_t *start);

#endif
