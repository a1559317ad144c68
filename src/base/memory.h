/* SPDX-License-Identifier: Apache-2.0 */
/* memory.h - every allocation of the library: overflow-checked, 64-byte aligned, counted. */
#ifndef SYNDIC_BASE_MEMORY_H
#define SYNDIC_BASE_MEMORY_H

#include "syndic.h"

#include <stdatomic.h>
#include <stdbool.h>

#define SYNDIC_ALIGNMENT 64

/* Where allocations are counted.  Shared by threads; lives as long as anything allocated from it.
 */
struct syndic_memory {
    struct syndic_allocator allocator;
    size_t cap_bytes; /* 0: none */
    _Atomic size_t used_bytes;
    _Atomic size_t peak_bytes;
};

/* allocator may be NULL or all zero: malloc and free. */
void syndic_memory_init(struct syndic_memory *memory, const struct syndic_allocator *allocator,
                        size_t cap_bytes);

/* count * size bytes, aligned to SYNDIC_ALIGNMENT, contents undefined; NULL when the product
 * overflows, the cap is reached or the allocator refuses.  A count of 0 gives a valid pointer. */
void *syndic_allocate(struct syndic_memory *memory, size_t count, size_t size);

/* The same, zeroed. */
void *syndic_allocate_zeroed(struct syndic_memory *memory, size_t count, size_t size);

/* A block of count * size bytes that begins with what `block` held; block may be NULL.  On failure
 * NULL is returned and block is still valid. */
void *syndic_resize(struct syndic_memory *memory, void *block, size_t count, size_t size);

/* Make room for `need` items in *array, which holds *capacity: grows by half at least.  *array may
 * be NULL with *capacity 0.  False, with nothing changed, when there is no memory. */
bool syndic_reserve(struct syndic_memory *memory, void **array, size_t *capacity, size_t need,
                    size_t size);

/* release(NULL) does nothing. */
void syndic_release(struct syndic_memory *memory, void *block);

/* A bump allocator for many small things that die together, such as ids. */
struct syndic_arena {
    struct syndic_memory *memory;
    struct syndic_arena_block *last;
};

void syndic_arena_init(struct syndic_arena *arena, struct syndic_memory *memory);

/* A copy of bytes[0, n) with a NUL after it; lives until the arena is cleared; NULL: no memory. */
char *syndic_arena_copy(struct syndic_arena *arena, const char *bytes, size_t n);

/* Give everything back; the arena can be used again. */
void syndic_arena_clear(struct syndic_arena *arena);

/* Move all that `from` holds into `to`; both on the same memory.  `from` is empty afterwards. */
void syndic_arena_absorb(struct syndic_arena *to, struct syndic_arena *from);

#endif
