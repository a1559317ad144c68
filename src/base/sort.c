/* SPDX-License-Identifier: Apache-2.0 */
/* sort.c - numbers in, sorted numbers out: least-significant-digit radix sort, one byte a pass, all
 * histograms taken in one read; insertion sort where n is too small for histograms to pay. */
#include "base/sort.h"

#include <string.h>

static void insertion_sort(uint64_t *items, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        const uint64_t x = items[i];
        size_t j = i;
        for (; j && items[j - 1] > x; j--)
            items[j] = items[j - 1];
        items[j] = x;
    }
}

static void scatter(const uint64_t *from, size_t n, unsigned shift, const size_t *count,
                    uint64_t *to)
{
    size_t start[256], sum = 0;

    for (unsigned d = 0; d < 256; d++) {
        start[d] = sum;
        sum += count[d];
    }
    for (size_t i = 0; i < n; i++)
        to[start[from[i] >> shift & 255]++] = from[i];
}

void syndic_sort_u64(uint64_t *items, size_t n, uint64_t *scratch)
{
    size_t count[8][256] = {{0}};
    uint64_t *from = items, *to = scratch;

    if (n < 48) {
        insertion_sort(items, n);
        return;
    }
    for (size_t i = 0; i < n; i++)
        for (unsigned digit = 0; digit < 8; digit++)
            count[digit][items[i] >> 8 * digit & 255]++;
    for (unsigned digit = 0; digit < 8; digit++) {
        if (count[digit][from[0] >> 8 * digit & 255] == n)
            continue;
        scatter(from, n, 8 * digit, count[digit], to);
        uint64_t *const swap = from;
        from = to;
        to = swap;
    }
    if (from != items)
        memcpy(items, from, n * sizeof(*items));
}

size_t syndic_unique_u64(uint64_t *items, size_t n)
{
    size_t kept = n > 0;

    for (size_t i = 1; i < n; i++)
        if (items[i] != items[kept - 1])
            items[kept++] = items[i];
    return kept;
}
