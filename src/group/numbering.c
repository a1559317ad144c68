/* SPDX-License-Identifier: Apache-2.0 */
/* numbering.c - an open-addressing table from shingle hashes to numbers, at most half full, small
 * enough for the second cache where documents are. */
#include "group/numbering.h"

#include "kernel.h"

#include <string.h>

#define SLOTS_MIN     ((size_t)1 << 16) /* 0.5 MiB: a component of news pages and their copies */
#define SLOTS_MAX     ((size_t)1 << 22) /* 32 MiB, but for single pairs that need more */
#define BLOCK_NUMBERS (SYNDIC_BIT_BLOCK * 64)

struct syndic_numbering {
    struct syndic_memory *memory;
    uint32_t *slot;    /* 0: free; else a number plus one */
    size_t slots;      /* a power of two */
    uint64_t *shingle; /* by number; room for slots / 2, and one more */
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
    syndic_release(numbering->memory, numbering->shingle);
    syndic_release(numbering->memory, numbering->slot);
    syndic_release(numbering->memory, numbering);
}

size_t syndic_numbering_used(const struct syndic_numbering *numbering)
{
    return numbering->used;
}

/* The slot of a shingle, or the free one where it belongs.  The low half of the hash picks it:
 * MinHash has chosen who meets here by the high half. */
static inline uint32_t *slot_of(const struct syndic_numbering *numbering, uint64_t shingle)
{
    const size_t mask = numbering->slots - 1;
    size_t slot = shingle & mask;

    while (numbering->slot[slot] && numbering->shingle[numbering->slot[slot] - 1] != shingle)
        slot = (slot + 1) & mask;
    return &numbering->slot[slot];
}

/* Other slots, all free. */
static enum syndic_status take_slots(struct syndic_numbering *numbering, size_t slots)
{
    struct syndic_memory *const memory = numbering->memory;
    uint32_t *const slot = syndic_allocate_zeroed(memory, slots, sizeof(*slot));
    uint64_t *const shingle =
        slot ? syndic_resize(memory, numbering->shingle, slots / 2 + 1, sizeof(*shingle)) : NULL;

    if (!shingle) {
        syndic_release(memory, slot);
        return SYNDIC_NO_MEMORY;
    }
    syndic_release(memory, numbering->slot);
    numbering->slot = slot;
    numbering->slots = slots;
    numbering->shingle = shingle;
    return SYNDIC_OK;
}

enum syndic_status syndic_numbering_reserve(struct syndic_numbering *numbering, size_t shingles,
                                            bool *full)
{
    size_t slots = numbering->slots;

    while (slots / 2 < numbering->used + shingles)
        slots *= 2;
    *full = slots > numbering->slots && slots > SLOTS_MAX;
    if (slots == numbering->slots || *full)
        return SYNDIC_OK;
    if (take_slots(numbering, slots))
        return SYNDIC_NO_MEMORY;
    for (uint32_t i = 0; i < numbering->used; i++)
        *slot_of(numbering, numbering->shingle[i]) = i + 1;
    return SYNDIC_OK;
}

enum syndic_status syndic_numbering_reset(struct syndic_numbering *numbering, size_t shingles)
{
    size_t slots = SLOTS_MIN;

    while (slots / 2 < shingles)
        slots *= 2;
    numbering->used = 0;
    if (slots != numbering->slots)
        return take_slots(numbering, slots);
    memset(numbering->slot, 0, slots * sizeof(*numbering->slot));
    return SYNDIC_OK;
}

/* The shingle's number; a new one where it was never met. */
static inline uint32_t number_of(struct syndic_numbering *numbering, uint64_t shingle)
{
    uint32_t *const slot = slot_of(numbering, shingle);

    if (!*slot) {
        numbering->shingle[numbering->used] = shingle;
        *slot = ++numbering->used;
    }
    return *slot - 1;
}

/* Set the bits [first, last). */
static inline void set_bits(uint64_t *bits, size_t first, size_t last)
{
    const uint64_t from = UINT64_MAX << first % 64, to = UINT64_MAX >> (63 - (last - 1) % 64);
    size_t word = first / 64;

    if (first == last)
        return;
    if (word == (last - 1) / 64) {
        bits[word] |= from & to;
        return;
    }
    for (bits[word++] |= from; word < (last - 1) / 64; word++)
        bits[word] = UINT64_MAX;
    bits[word] |= to;
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
    const size_t blocks = (numbering->used + n) / BLOCK_NUMBERS + 1;

    *set = (struct syndic_bit_set){0};
    if (!syndic_reserve(numbering->memory, (void **)&numbering->bits, &numbering->bits_capacity,
                        blocks * SYNDIC_BIT_BLOCK, sizeof(*numbering->bits)) ||
        !syndic_reserve(numbering->memory, (void **)&numbering->block, &numbering->block_capacity,
                        blocks, sizeof(*numbering->block)))
        return SYNDIC_NO_MEMORY;
    memset(numbering->bits, 0, blocks * SYNDIC_BIT_BLOCK * sizeof(*numbering->bits));
    size_t first = 0, next = 0; /* the numbers met one after the other, which have no bits yet */
    for (size_t i = 0; i < n; i++) {
        if (next < numbering->used && numbering->shingle[next] == shingle[i]) {
            next++;
            continue;
        }
        const uint32_t number = number_of(numbering, shingle[i]);
        if (number != next) {
            set_bits(numbering->bits, first, next);
            first = number;
        }
        next = (size_t)number + 1;
    }
    set_bits(numbering->bits, first, next);
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
