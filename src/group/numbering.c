/* SPDX-License-Identifier: Apache-2.0 */
/* numbering.c - an open-addressing table from shingle hashes to numbers, at most half full, small
 * enough for the second cache where documents are. */
#include "group/numbering.h"

#include "kernel.h"

#include <string.h>

#define SLOTS_MIN      ((size_t)1 << 16) /* 1 MiB: a component of news pages and their copies */
#define SLOTS_MAX      ((size_t)1 << 22) /* 64 MiB, but for single pairs that need more */
#define PREFETCH_AHEAD 12                /* shingles */
#define BLOCK_NUMBERS  (SYNDIC_BIT_BLOCK * 64)

struct entry {
    uint64_t shingle;
    uint32_t number; /* 0: free; else the number plus one */
};

struct syndic_numbering {
    struct syndic_memory *memory;
    struct entry *entry;
    size_t slots; /* a power of two */
    uint32_t used;
    uint64_t *bits; /* of the document at hand, first all words, then those of its blocks */
    size_t bits_capacity;
    uint32_t *block;
    size_t block_capacity;
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
    syndic_release(numbering->memory, numbering->block);
    syndic_release(numbering->memory, numbering->bits);
    syndic_release(numbering->memory, numbering->entry);
    syndic_release(numbering->memory, numbering);
}

size_t syndic_numbering_used(const struct syndic_numbering *numbering)
{
    return numbering->used;
}

/* The entry of a shingle, or the free one where it belongs.  The low half of the hash picks it:
 * MinHash has chosen who meets here by the high half. */
static inline struct entry *entry_of(struct entry *entries, size_t slots, uint64_t shingle)
{
    const size_t mask = slots - 1;
    size_t slot = shingle & mask;

    while (entries[slot].number && entries[slot].shingle != shingle)
        slot = (slot + 1) & mask;
    return &entries[slot];
}

static enum syndic_status grow(struct syndic_numbering *numbering, size_t slots)
{
    struct entry *const entries =
        syndic_allocate_zeroed(numbering->memory, slots, sizeof(*entries));

    if (!entries)
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < numbering->slots; i++)
        if (numbering->entry[i].number)
            *entry_of(entries, slots, numbering->entry[i].shingle) = numbering->entry[i];
    syndic_release(numbering->memory, numbering->entry);
    numbering->entry = entries;
    numbering->slots = slots;
    return SYNDIC_OK;
}

enum syndic_status syndic_numbering_reserve(struct syndic_numbering *numbering, size_t shingles,
                                            bool *full)
{
    size_t slots = numbering->slots;

    while (slots / 2 < numbering->used + shingles)
        slots *= 2;
    *full = slots > numbering->slots && slots > SLOTS_MAX;
    return slots == numbering->slots || *full ? SYNDIC_OK : grow(numbering, slots);
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

/* The shingle's number; a new one where it was never met. */
static inline uint32_t number_of(struct syndic_numbering *numbering, uint64_t shingle)
{
    struct entry *const entry = entry_of(numbering->entry, numbering->slots, shingle);

    if (!entry->number)
        *entry = (struct entry){shingle, ++numbering->used};
    return entry->number - 1;
}

/* Move the blocks that hold a number to the front, and note which they are. */
static size_t compact(uint64_t *bits, size_t blocks, uint32_t *block)
{
    size_t filled = 0;

    for (size_t b = 0; b < blocks; b++) {
        const uint64_t *const words = bits + SYNDIC_BIT_BLOCK * b;
        uint64_t any = 0;
        for (size_t w = 0; w < SYNDIC_BIT_BLOCK; w++)
            any |= words[w];
        if (!any)
            continue;
        memmove(bits + SYNDIC_BIT_BLOCK * filled, words, SYNDIC_BIT_BLOCK * sizeof(*words));
        block[filled++] = (uint32_t)b;
    }
    return filled;
}

enum syndic_status syndic_numbering_set(struct syndic_numbering *numbering, const uint64_t *shingle,
                                        size_t n, struct syndic_bit_set *set)
{
    const size_t mask = numbering->slots - 1;
    const size_t blocks = (numbering->used + n) / BLOCK_NUMBERS + 1;

    *set = (struct syndic_bit_set){0};
    if (!syndic_reserve(numbering->memory, (void **)&numbering->bits, &numbering->bits_capacity,
                        blocks * SYNDIC_BIT_BLOCK, sizeof(*numbering->bits)) ||
        !syndic_reserve(numbering->memory, (void **)&numbering->block, &numbering->block_capacity,
                        blocks, sizeof(*numbering->block)))
        return SYNDIC_NO_MEMORY;
    memset(numbering->bits, 0, blocks * SYNDIC_BIT_BLOCK * sizeof(*numbering->bits));
    for (size_t i = 0; i < n; i++) {
        const uint64_t ahead = shingle[i + PREFETCH_AHEAD < n ? i + PREFETCH_AHEAD : i];
        __builtin_prefetch(&numbering->entry[ahead & mask]);
        const uint32_t number = number_of(numbering, shingle[i]);
        numbering->bits[number / 64] |= (uint64_t)1 << number % 64;
    }
    set->bits = numbering->bits;
    set->block = numbering->block;
    set->blocks = compact(numbering->bits, blocks, numbering->block);
    set->count =
        syndic_kernels()->common_bits(set->bits, set->bits, set->blocks * SYNDIC_BIT_BLOCK);
    return SYNDIC_OK;
}

size_t syndic_bit_sets_common(const struct syndic_bit_set *a, const struct syndic_bit_set *b)
{
    size_t i = 0, j = 0, common = 0;

    while (i < a->blocks && j < b->blocks) {
        size_t run = 0; /* blocks that both have, one after the other */
        while (i + run < a->blocks && j + run < b->blocks && a->block[i + run] == b->block[j + run])
            run++;
        if (run)
            common += syndic_kernels()->common_bits(a->bits + SYNDIC_BIT_BLOCK * i,
                                                    b->bits + SYNDIC_BIT_BLOCK * j,
                                                    SYNDIC_BIT_BLOCK * run);
        i += run;
        j += run;
        if (i < a->blocks && j < b->blocks) {
            const uint32_t x = a->block[i], y = b->block[j];
            i += x < y;
            j += y < x;
        }
    }
    return common;
}
