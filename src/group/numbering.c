/* SPDX-License-Identifier: Apache-2.0 */
/* numbering.c - an open-addressing table from shingle hashes to numbers, at most half full, small
 * enough for the second cache where documents are. */
#include "group/numbering.h"

#include "kernel.h"

#include <string.h>

#define SLOTS_MIN      ((size_t)1 << 16) /* 1 MiB: a component of news pages and their copies */
#define PREFETCH_AHEAD 12                /* shingles */

struct entry {
    uint64_t shingle;
    uint32_t number; /* 0: free; else the number plus one */
};

struct syndic_numbering {
    struct syndic_memory *memory;
    struct entry *entry;
    size_t slots; /* a power of two */
    uint32_t used;
    uint64_t *bits; /* of the document at hand */
    size_t bits_capacity;
};

enum syndic_status syndic_numbering_create(struct syndic_memory *memory,
                                           struct syndic_numbering **out)
{
    struct syndic_numbering *const numbering =
        syndic_allocate_zeroed(memory, 1, sizeof(*numbering));

    if (!numbering)
        return SYNDIC_NO_MEMORY;
    numbering->memory = memory;
    if (syndic_numbering_reset(numbering, 0)) {
        syndic_numbering_destroy(numbering);
        return SYNDIC_NO_MEMORY;
    }
    *out = numbering;
    return SYNDIC_OK;
}

void syndic_numbering_destroy(struct syndic_numbering *numbering)
{
    if (!numbering)
        return;
    syndic_release(numbering->memory, numbering->bits);
    syndic_release(numbering->memory, numbering->entry);
    syndic_release(numbering->memory, numbering);
}

bool syndic_numbering_has_room(const struct syndic_numbering *numbering, size_t shingles)
{
    return shingles <= numbering->slots / 2 - numbering->used;
}

enum syndic_status syndic_numbering_reset(struct syndic_numbering *numbering, size_t shingles)
{
    size_t slots = SLOTS_MIN;

    while (slots / 2 < shingles)
        slots *= 2;
    if (slots != numbering->slots) {
        syndic_release(numbering->memory, numbering->entry);
        numbering->slots = 0;
        numbering->entry = syndic_allocate(numbering->memory, slots, sizeof(*numbering->entry));
        if (!numbering->entry)
            return SYNDIC_NO_MEMORY;
        numbering->slots = slots;
    }
    memset(numbering->entry, 0, slots * sizeof(*numbering->entry));
    numbering->used = 0;
    return SYNDIC_OK;
}

/* The shingle's number; a new one where it was never met.  The low half of the hash picks the slot:
 * MinHash has chosen who meets here by the high half. */
static inline uint32_t number_of(struct syndic_numbering *numbering, uint64_t shingle)
{
    const size_t mask = numbering->slots - 1;

    for (size_t slot = shingle & mask;; slot = (slot + 1) & mask) {
        struct entry *const entry = &numbering->entry[slot];
        if (!entry->number) {
            *entry = (struct entry){shingle, ++numbering->used};
            return numbering->used - 1;
        }
        if (entry->shingle == shingle)
            return entry->number - 1;
    }
}

/* Cut off the blocks of words at both ends that hold no number. */
static void trim(const struct syndic_numbering *numbering, struct syndic_bit_set *set)
{
    const uint64_t *const bits = numbering->bits;
    size_t from = 0, end = numbering->used / 64 + 1;

    while (from < end && !bits[from])
        from++;
    while (end > from && !bits[end - 1])
        end--;
    set->from = from / SYNDIC_BIT_BLOCK * SYNDIC_BIT_BLOCK;
    set->words = (end - set->from + SYNDIC_BIT_BLOCK - 1) / SYNDIC_BIT_BLOCK * SYNDIC_BIT_BLOCK;
    set->bits = bits + set->from;
    set->count = syndic_kernels()->common_bits(set->bits, set->bits, set->words);
}

enum syndic_status syndic_numbering_set(struct syndic_numbering *numbering, const uint64_t *shingle,
                                        size_t n, struct syndic_bit_set *set)
{
    const size_t mask = numbering->slots - 1;
    const size_t words = (numbering->used + n) / 64 + (size_t)2 * SYNDIC_BIT_BLOCK;

    *set = (struct syndic_bit_set){0};
    if (!n)
        return SYNDIC_OK;
    if (!syndic_reserve(numbering->memory, (void **)&numbering->bits, &numbering->bits_capacity,
                        words, sizeof(*numbering->bits)))
        return SYNDIC_NO_MEMORY;
    memset(numbering->bits, 0, words * sizeof(*numbering->bits));
    for (size_t i = 0; i < n; i++) {
        const uint64_t ahead = shingle[i + PREFETCH_AHEAD < n ? i + PREFETCH_AHEAD : i];
        __builtin_prefetch(&numbering->entry[ahead & mask]);
        const uint32_t number = number_of(numbering, shingle[i]);
        numbering->bits[number / 64] |= (uint64_t)1 << number % 64;
    }
    trim(numbering, set);
    return SYNDIC_OK;
}

size_t syndic_bit_sets_common(const struct syndic_bit_set *a, const struct syndic_bit_set *b)
{
    const size_t from = a->from > b->from ? a->from : b->from;
    const size_t a_end = a->from + a->words, b_end = b->from + b->words;
    const size_t end = a_end < b_end ? a_end : b_end;

    return from < end ? syndic_kernels()->common_bits(a->bits + (from - a->from),
                                                      b->bits + (from - b->from), end - from)
                      : 0;
}
