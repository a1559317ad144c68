/* SPDX-License-Identifier: Apache-2.0 */
/* preference.c - sizes or ranks in; rows, the one to keep rather first, out.  Everything is turned
 * into 64-bit numbers whose ascending order is the preference, and those are sorted by radix. */
#include "group/preference.h"

#include "base/sort.h"

#include <math.h>
#include <string.h>

/* Ascending in the order of numbers: negative ones have all bits turned, others the sign. */
static uint64_t ordered_bits(double x)
{
    uint64_t bits;

    x += 0.0; /* -0 and 0 are the same rank */
    memcpy(&bits, &x, sizeof(bits));
    return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static uint64_t weight(const struct syndic_sketches *sketches, enum syndic_keep keep,
                       const double *rank, size_t row)
{
    if (keep == SYNDIC_KEEP_LONGEST)
        return ~sketches->text_bytes[row];
    if (isnan(rank[row]))
        return UINT64_MAX;
    return keep == SYNDIC_KEEP_MIN ? ordered_bits(rank[row]) : ~ordered_bits(rank[row]);
}

/* A stable sort by 64 bits with two sorts of 32 bits and an index each, low half first. */
static void sort_by_weight(const struct syndic_sketches *sketches, enum syndic_keep keep,
                           const double *rank, uint64_t *item, uint64_t *scratch, uint32_t *order)
{
    const size_t n = sketches->count;

    for (size_t row = 0; row < n; row++)
        item[row] = weight(sketches, keep, rank, row) << 32 | row;
    syndic_sort_u64(item, n, scratch);
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)item[i];
    for (size_t i = 0; i < n; i++)
        item[i] = weight(sketches, keep, rank, order[i]) >> 32 << 32 | i;
    syndic_sort_u64(item, n, scratch);
    for (size_t i = 0; i < n; i++)
        item[i] = order[(uint32_t)item[i]];
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)item[i];
}

enum syndic_status syndic_preference(const struct syndic_sketches *sketches, enum syndic_keep keep,
                                     const double *rank, uint32_t *order)
{
    const size_t n = sketches->count;

    if (keep == SYNDIC_KEEP_FIRST) {
        for (size_t row = 0; row < n; row++)
            order[row] = (uint32_t)row;
        return SYNDIC_OK;
    }
    uint64_t *const item = syndic_allocate(sketches->memory, n, sizeof(*item));
    uint64_t *const scratch = syndic_allocate(sketches->memory, n, sizeof(*scratch));
    if (item && scratch)
        sort_by_weight(sketches, keep, rank, item, scratch, order);
    const bool done = item && scratch;
    syndic_release(sketches->memory, scratch);
    syndic_release(sketches->memory, item);
    return done ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}
