/* SPDX-License-Identifier: Apache-2.0 */
/* sort.h - sorting of 64-bit numbers, which is all that the stages sort in bulk. */
#ifndef SYNDIC_BASE_SORT_H
#define SYNDIC_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Ascending radix sort of items[0, n); scratch has room for n items and is overwritten.  Bytes that
 * are the same in every item cost nothing. */
void syndic_sort_u64(uint64_t *items, size_t n, uint64_t *scratch);

/* Drop repeats from a sorted array; returns the new length. */
size_t syndic_unique_u64(uint64_t *items, size_t n);

#endif
