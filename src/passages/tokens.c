/* SPDX-License-Identifier: Apache-2.0 */
/* tokens.c - words in, a store of short hashes out: slots of a fixed size that threads take one
 * after the other, so that nothing is ever moved. */
#include "passages/tokens.h"

#include "base/sort.h"

#include <string.h>

/* Words before the first of a block and behind its last, so that as many as a passage can have may
 * be read from any word on, and before it.  The last of those before is a separator. */
#define FRONT_WORDS 1024
#define BACK_WORDS  1024

_Static_assert(FRONT_WORDS > SYNDIC_TOKENS_AROUND, "what may be read around a word is there");

enum syndic_status syndic_tokens_init(struct syndic_tokens *tokens, struct syndic_memory *memory)
{
    *tokens = (struct syndic_tokens){.memory = memory};
    atomic_init(&tokens->separator, SYNDIC_TOKEN_SEPARATOR);
    tokens->slot = syndic_allocate_zeroed(memory, SYNDIC_TOKEN_SLOTS_MAX, sizeof(*tokens->slot));
    return tokens->slot ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

/* Slots of one document point into one block; the first of them is what was allocated. */
void syndic_tokens_clear(struct syndic_tokens *tokens)
{
    const uint32_t *end = NULL; /* of the block before */

    if (!tokens->memory)
        return;
    for (size_t s = 0; tokens->slot && s < atomic_load(&tokens->slots); s++) {
        uint32_t *const slot = tokens->slot[s];
        if (slot && slot != end)
            syndic_release(tokens->memory, slot);
        end = slot ? slot + SYNDIC_TOKEN_SLOT_WORDS : NULL;
    }
    syndic_release(tokens->memory, tokens->slot);
    syndic_release(tokens->memory, tokens->span);
    syndic_release(tokens->memory, tokens->start);
    syndic_release(tokens->memory, tokens->document);
    syndic_release(tokens->memory, tokens->slot_start);
    *tokens = (struct syndic_tokens){0};
}

/* `slots` slots side by side that nobody else has. */
static enum syndic_status take_slots(struct syndic_token_writer *writer, size_t slots)
{
    struct syndic_tokens *const tokens = writer->tokens;
    const size_t first = atomic_fetch_add(&tokens->slots, slots);

    if (first + slots > SYNDIC_TOKEN_SLOTS_MAX) {
        atomic_fetch_sub(&tokens->slots, slots);
        return SYNDIC_LIMIT;
    }
    uint32_t *const block = syndic_allocate(
        tokens->memory, slots * SYNDIC_TOKEN_SLOT_WORDS + BACK_WORDS, sizeof(*block));
    if (!block)
        return SYNDIC_NO_MEMORY;
    for (size_t s = 0; s < slots; s++)
        tokens->slot[first + s] = block + s * SYNDIC_TOKEN_SLOT_WORDS;
    memset(block, 0, FRONT_WORDS * sizeof(*block));
    block[FRONT_WORDS - 1] = atomic_fetch_add(&tokens->separator, 1);
    writer->address = ((uint64_t)first << SYNDIC_TOKEN_SLOT_BITS) + FRONT_WORDS;
    writer->room = slots * SYNDIC_TOKEN_SLOT_WORDS - FRONT_WORDS;
    return SYNDIC_OK;
}

enum syndic_status syndic_tokens_add(struct syndic_token_writer *writer, const uint64_t *token_hash,
                                     size_t count, struct syndic_token_span *span)
{
    struct syndic_tokens *const tokens = writer->tokens;

    *span = (struct syndic_token_span){.count = (uint32_t)count};
    if (!count)
        return SYNDIC_OK;
    if (count + 1 > writer->room) {
        const enum syndic_status status =
            take_slots(writer, (count + 1 + FRONT_WORDS) / SYNDIC_TOKEN_SLOT_WORDS + 1);
        if (status)
            return status;
    }
    span->address = writer->address;
    uint32_t *const words = tokens->slot[span->address >> SYNDIC_TOKEN_SLOT_BITS] +
                            (span->address & (SYNDIC_TOKEN_SLOT_WORDS - 1));
    for (size_t i = 0; i < count; i++)
        words[i] = (uint32_t)(token_hash[i] >> 33);
    words[count] = atomic_fetch_add(&tokens->separator, 1);
    writer->address += count + 1;
    writer->room -= count + 1;
    atomic_fetch_add(&tokens->words, count);
    /* 2,147,483,648 of them, and they would begin again among the words. */
    return words[count] < SYNDIC_TOKEN_SEPARATOR ? SYNDIC_LIMIT : SYNDIC_OK;
}

/* start[] and document[], by address: documents of a slot lie in it in no particular order. */
static enum syndic_status sort_starts(struct syndic_tokens *tokens)
{
    struct syndic_memory *const memory = tokens->memory;
    const size_t n = tokens->span_count;
    uint64_t *const scratch = syndic_allocate(memory, n, sizeof(*scratch));
    enum syndic_status status = SYNDIC_NO_MEMORY;

    tokens->start = syndic_allocate(memory, n, sizeof(*tokens->start));
    tokens->document = syndic_allocate(memory, n, sizeof(*tokens->document));
    if (scratch && tokens->start && tokens->document) {
        status = SYNDIC_OK;
        for (size_t i = 0; i < n; i++)
            if (tokens->span[i].count)
                tokens->start[tokens->start_count++] = tokens->span[i].address;
        syndic_sort_u64(tokens->start, tokens->start_count, scratch);
    }
    syndic_release(memory, scratch);
    return status;
}

static size_t first_start(const struct syndic_tokens *tokens, size_t low, size_t high,
                          uint64_t address)
{
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (tokens->start[middle] < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum syndic_status syndic_tokens_index(struct syndic_tokens *tokens, struct syndic_token_span *span,
                                       size_t count)
{
    const size_t slots = atomic_load(&tokens->slots);

    tokens->span = span;
    tokens->span_count = count;
    tokens->slot_start = syndic_allocate(tokens->memory, slots + 1, sizeof(*tokens->slot_start));
    if (!tokens->slot_start || sort_starts(tokens))
        return SYNDIC_NO_MEMORY;
    for (size_t s = 0, i = 0; s <= slots; s++) {
        while (i < tokens->start_count && tokens->start[i] >> SYNDIC_TOKEN_SLOT_BITS < s)
            i++;
        tokens->slot_start[s] = (uint32_t)i;
    }
    for (size_t i = 0; i < count; i++)
        if (span[i].count) {
            const size_t slot = span[i].address >> SYNDIC_TOKEN_SLOT_BITS;
            tokens->document[first_start(tokens, tokens->slot_start[slot],
                                         tokens->slot_start[slot + 1], span[i].address)] =
                (uint32_t)i;
        }
    return SYNDIC_OK;
}

uint32_t syndic_tokens_locate(const struct syndic_tokens *tokens, uint64_t address, uint32_t *word)
{
    const size_t slot = address >> SYNDIC_TOKEN_SLOT_BITS;
    const size_t after =
        first_start(tokens, tokens->slot_start[slot], tokens->slot_start[slot + 1], address + 1);

    *word = (uint32_t)(address - tokens->start[after - 1]);
    return tokens->document[after - 1];
}
