/* SPDX-License-Identifier: Apache-2.0 */
/* sketches.c - signatures in; packed columns out: band keys for the join, 8-bit slots for
 * comparing. Both are defined on numbers, not on bytes in memory, so they are the same on every
 * CPU. */
#include "sketch/sketch.h"

#include <string.h>

void syndic_sketches_init(struct syndic_sketches *sketches, struct syndic_memory *memory,
                          const struct syndic_plan *plan)
{
    const bool by_simhash = plan->by == SYNDIC_BY_SIMHASH;
    const bool by_sample = plan->by == SYNDIC_BY_SYNDICATION;

    *sketches = (struct syndic_sketches){.bands = by_simhash || by_sample ? 0 : plan->bands,
                                         .slot_stride = by_simhash || by_sample ? 0 : plan->stride,
                                         .by_simhash = by_simhash,
                                         .by_sample = by_sample,
                                         .memory = memory};
}

/* Room for `capacity` items in one column that has room for fewer. */
static bool grow(struct syndic_memory *memory, void **column, size_t capacity, size_t width,
                 size_t size)
{
    size_t item_bytes;

    if (__builtin_mul_overflow(width, size, &item_bytes))
        return false;
    void *const moved = syndic_resize(memory, *column, capacity, item_bytes);
    if (!moved)
        return false;
    *column = moved;
    return true;
}

/* Columns that have grown before one cannot keep their new size: capacity, which all of them have,
 * is set last. */
enum syndic_status syndic_sketches_reserve(struct syndic_sketches *sketches, size_t capacity)
{
    struct syndic_memory *const memory = sketches->memory;
    const size_t half_more = sketches->capacity + sketches->capacity / 2;
    const size_t room = capacity > half_more ? capacity : half_more;

    if (capacity <= sketches->capacity)
        return SYNDIC_OK;
    if (!grow(memory, (void **)&sketches->key, room, sketches->bands, sizeof(*sketches->key)) ||
        !grow(memory, (void **)&sketches->slot, room, sketches->slot_stride, 1) ||
        !grow(memory, (void **)&sketches->simhash, room, sketches->by_simhash, 8) ||
        !grow(memory, (void **)&sketches->origin, room, sketches->by_sample, 8) ||
        !grow(memory, (void **)&sketches->sample, room, sketches->by_sample,
              sizeof(*sketches->sample)) ||
        !grow(memory, (void **)&sketches->exact, room, 1, sizeof(*sketches->exact)) ||
        !grow(memory, (void **)&sketches->token_count, room, 1, sizeof(*sketches->token_count)) ||
        !grow(memory, (void **)&sketches->text_bytes, room, 1, sizeof(*sketches->text_bytes)))
        return SYNDIC_NO_MEMORY;
    sketches->capacity = room;
    return SYNDIC_OK;
}

/* Each step is a bijection of the state for any pair of slots, and of the pair for any state. */
static uint32_t band_key(const uint32_t *slot, uint32_t rows)
{
    uint64_t state = rows;

    for (uint32_t r = 0; r < rows; r += 2) {
        const uint64_t second = r + 1 < rows ? slot[r + 1] : 0;
        state = (state ^ (second << 32 | slot[r])) * 0x9fb21c651e98df25u;
        state ^= state >> 32;
    }
    return (uint32_t)(state * 0x9e3779b97f4a7c15u >> 32);
}

/* Fibonacci hashing (Knuth, volume 3, section 6.4): unequal slots agree 1 time in 256. */
static uint8_t short_slot(uint32_t slot)
{
    return (uint8_t)(slot * 0x9e3779b1u >> 24);
}

static void put_slots(struct syndic_sketches *sketches, const struct syndic_plan *plan, size_t row,
                      const struct syndic_signature *signature)
{
    uint32_t *const key = sketches->key + row * plan->bands;
    uint8_t *const slot = sketches->slot + row * sketches->slot_stride;

    for (uint32_t band = 0; band < plan->bands; band++)
        key[band] = band_key(signature->slot + (size_t)band * plan->rows, plan->rows);
    for (uint32_t k = 0; k < plan->slots; k++)
        slot[k] = short_slot(signature->slot[k]);
    memset(slot + plan->slots, 0, sketches->slot_stride - plan->slots);
}

void syndic_sketches_put(struct syndic_sketches *sketches, const struct syndic_plan *plan,
                         size_t row, const struct syndic_signature *signature, size_t text_bytes)
{
    if (sketches->by_simhash)
        sketches->simhash[row] = signature->simhash;
    else if (!sketches->by_sample)
        put_slots(sketches, plan, row, signature);
    if (sketches->by_sample) {
        sketches->origin[row] = signature->origin;
        sketches->sample[row] = signature->sample;
    }
    sketches->exact[row] = signature->exact;
    sketches->token_count[row] =
        signature->token_count < UINT32_MAX ? (uint32_t)signature->token_count : UINT32_MAX;
    sketches->text_bytes[row] = text_bytes;
}

void syndic_sketches_copy(struct syndic_sketches *to, size_t at, const struct syndic_sketches *from)
{
    const size_t n = from->count;

    if (!n)
        return;
    memcpy(to->key + at * to->bands, from->key, n * from->bands * sizeof(*to->key));
    memcpy(to->slot + at * to->slot_stride, from->slot, n * from->slot_stride);
    if (from->by_simhash)
        memcpy(to->simhash + at, from->simhash, n * sizeof(*to->simhash));
    if (from->by_sample) {
        memcpy(to->origin + at, from->origin, n * sizeof(*to->origin));
        memcpy(to->sample + at, from->sample, n * sizeof(*to->sample));
    }
    memcpy(to->exact + at, from->exact, n * sizeof(*to->exact));
    memcpy(to->token_count + at, from->token_count, n * sizeof(*to->token_count));
    memcpy(to->text_bytes + at, from->text_bytes, n * sizeof(*to->text_bytes));
}

void syndic_sketches_clear(struct syndic_sketches *sketches)
{
    syndic_release(sketches->memory, sketches->key);
    syndic_release(sketches->memory, sketches->slot);
    syndic_release(sketches->memory, sketches->simhash);
    syndic_release(sketches->memory, sketches->origin);
    syndic_release(sketches->memory, (void *)sketches->sample);
    syndic_release(sketches->memory, sketches->exact);
    syndic_release(sketches->memory, sketches->token_count);
    syndic_release(sketches->memory, sketches->text_bytes);
    *sketches = (struct syndic_sketches){.bands = sketches->bands,
                                         .slot_stride = sketches->slot_stride,
                                         .by_simhash = sketches->by_simhash,
                                         .by_sample = sketches->by_sample,
                                         .memory = sketches->memory};
}
