/* SPDX-License-Identifier: Apache-2.0 */
/* memory.c - sizes in, aligned and counted blocks out.  In front of every block lies one alignment
 * unit that remembers what the allocator gave, so that release needs no size from the caller. */
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct header {
    void *given;        /* what the allocator returned */
    size_t given_bytes; /* and how much of it */
    size_t bytes;       /* what the caller asked for */
};

_Static_assert(sizeof(struct header) <= SYNDIC_ALIGNMENT, "the header fits before the block");

static void *heap_allocate(void *context, size_t bytes)
{
    (void)context;
    return malloc(bytes);
}

static void heap_release(void *context, void *memory, size_t bytes)
{
    (void)context;
    (void)bytes;
    free(memory);
}

void syndic_memory_init(struct syndic_memory *memory, const struct syndic_allocator *allocator,
                        size_t cap_bytes)
{
    const struct syndic_allocator heap = {heap_allocate, heap_release, NULL};

    memory->allocator = allocator && allocator->allocate && allocator->release ? *allocator : heap;
    memory->cap_bytes = cap_bytes;
    atomic_init(&memory->used_bytes, 0);
    atomic_init(&memory->peak_bytes, 0);
}

static bool count_in(struct syndic_memory *memory, size_t bytes)
{
    const size_t used = atomic_fetch_add(&memory->used_bytes, bytes) + bytes;
    size_t peak = atomic_load(&memory->peak_bytes);

    if (memory->cap_bytes && used > memory->cap_bytes) {
        atomic_fetch_sub(&memory->used_bytes, bytes);
        return false;
    }
    while (used > peak && !atomic_compare_exchange_weak(&memory->peak_bytes, &peak, used))
        ;
    return true;
}

static struct header *header_of(void *block)
{
    return (struct header *)(void *)((char *)block - SYNDIC_ALIGNMENT);
}

void *syndic_allocate(struct syndic_memory *memory, size_t count, size_t size)
{
    size_t bytes, given_bytes;

    if (__builtin_mul_overflow(count, size, &bytes) ||
        __builtin_add_overflow(bytes, (size_t)2 * SYNDIC_ALIGNMENT, &given_bytes))
        return NULL;
    if (!count_in(memory, given_bytes))
        return NULL;
    char *const given = memory->allocator.allocate(memory->allocator.context, given_bytes);
    if (!given) {
        atomic_fetch_sub(&memory->used_bytes, given_bytes);
        return NULL;
    }
    const size_t past = (uintptr_t)given % SYNDIC_ALIGNMENT;
    char *const block = given + (SYNDIC_ALIGNMENT - past) + SYNDIC_ALIGNMENT * (past == 0 ? 0 : 1);
    *header_of(block) = (struct header){given, given_bytes, bytes};
    return block;
}

void *syndic_allocate_zeroed(struct syndic_memory *memory, size_t count, size_t size)
{
    void *const block = syndic_allocate(memory, count, size);

    if (block)
        memset(block, 0, count * size);
    return block;
}

void *syndic_resize(struct syndic_memory *memory, void *block, size_t count, size_t size)
{
    void *const moved = syndic_allocate(memory, count, size);

    if (moved && block) {
        const size_t held = header_of(block)->bytes;
        memcpy(moved, block, held < count * size ? held : count * size);
        syndic_release(memory, block);
    }
    return moved;
}

bool syndic_reserve(struct syndic_memory *memory, void **array, size_t *capacity, size_t need,
                    size_t size)
{
    if (need <= *capacity)
        return true;
    const size_t half_more = *capacity + *capacity / 2;
    const size_t room = need > half_more ? need : half_more;
    void *const moved = syndic_resize(memory, *array, room, size);
    if (!moved)
        return false;
    *array = moved;
    *capacity = room;
    return true;
}

void syndic_release(struct syndic_memory *memory, void *block)
{
    if (!block)
        return;
    const struct header header = *header_of(block);
    memory->allocator.release(memory->allocator.context, header.given, header.given_bytes);
    atomic_fetch_sub(&memory->used_bytes, header.given_bytes);
}

/* 64 KiB blocks: small beside a document table, large beside an id. */
#define ARENA_BLOCK_BYTES ((size_t)64 << 10)

struct syndic_arena_block {
    struct syndic_arena_block *before;
    size_t used, room;
    char bytes[];
};

void syndic_arena_init(struct syndic_arena *arena, struct syndic_memory *memory)
{
    *arena = (struct syndic_arena){memory, NULL};
}

static struct syndic_arena_block *block_with_room(struct syndic_arena *arena, size_t bytes)
{
    struct syndic_arena_block *block = arena->last;

    if (block && block->room - block->used >= bytes)
        return block;
    const size_t room = bytes > ARENA_BLOCK_BYTES ? bytes : ARENA_BLOCK_BYTES;
    if (room > SIZE_MAX - sizeof(*block))
        return NULL;
    block = syndic_allocate(arena->memory, 1, sizeof(*block) + room);
    if (!block)
        return NULL;
    block->before = arena->last;
    block->used = 0;
    block->room = room;
    return arena->last = block;
}

char *syndic_arena_copy(struct syndic_arena *arena, const char *bytes, size_t n)
{
    struct syndic_arena_block *const block = n < SIZE_MAX ? block_with_room(arena, n + 1) : NULL;

    if (!block)
        return NULL;
    char *const copy = block->bytes + block->used;
    if (n)
        memcpy(copy, bytes, n);
    copy[n] = 0;
    block->used += n + 1;
    return copy;
}

void syndic_arena_clear(struct syndic_arena *arena)
{
    while (arena->last) {
        struct syndic_arena_block *const before = arena->last->before;
        syndic_release(arena->memory, arena->last);
        arena->last = before;
    }
}

void syndic_arena_absorb(struct syndic_arena *to, struct syndic_arena *from)
{
    struct syndic_arena_block *oldest = from->last;

    if (!oldest)
        return;
    while (oldest->before)
        oldest = oldest->before;
    oldest->before = to->last;
    to->last = from->last;
    from->last = NULL;
}
