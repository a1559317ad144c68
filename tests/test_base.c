/* SPDX-License-Identifier: Apache-2.0 */
/* test_base.c - memory, arena, sorting, hashes and error detail. */
#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/sort.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- memory ---- */

static struct syndic_memory heap(size_t cap_bytes)
{
    struct syndic_memory memory;

    syndic_memory_init(&memory, NULL, cap_bytes);
    return memory;
}

Test(memory, blocks_are_aligned_and_counted)
{
    struct syndic_memory memory = heap(0);
    void *block[100];

    for (size_t i = 0; i < 100; i++) {
        block[i] = syndic_allocate(&memory, i, 7);
        cr_assert_not_null(block[i]);
        cr_assert_eq((uintptr_t)block[i] % 64, 0);
        memset(block[i], 0xee, 7 * i);
    }
    cr_assert_geq(memory.used_bytes, 7 * 99 * 100 / 2);
    for (size_t i = 0; i < 100; i++)
        syndic_release(&memory, block[i]);
    syndic_release(&memory, NULL);
    cr_assert_eq(memory.used_bytes, 0);
    cr_assert_geq(memory.peak_bytes, 7 * 99 * 100 / 2);
}

/* Gives addresses of every remainder, and remembers what must come back. */
struct odd {
    size_t next, blocks, bytes;
    bool refuse;
};

static void *odd_allocate(void *context, size_t bytes)
{
    struct odd *const odd = context;

    if (odd->refuse)
        return NULL;
    char *const given = malloc(bytes + 64);
    const size_t shift = 1 + odd->next++ % 63;
    given[shift - 1] = (char)shift;
    odd->blocks++;
    odd->bytes += bytes;
    return given + shift;
}

static void odd_release(void *context, void *block, size_t bytes)
{
    struct odd *const odd = context;
    char *const p = block;

    odd->blocks--;
    odd->bytes -= bytes;
    free(p - p[-1]);
}

Test(memory, any_allocator_serves)
{
    struct odd odd = {0};
    const struct syndic_allocator allocator = {odd_allocate, odd_release, &odd};
    struct syndic_memory memory;
    uint64_t *block[70];

    syndic_memory_init(&memory, &allocator, 0);
    for (size_t i = 0; i < 70; i++) {
        block[i] = syndic_allocate_zeroed(&memory, 10, sizeof(uint64_t));
        cr_assert_eq((uintptr_t)block[i] % 64, 0);
        cr_assert_eq(block[i][0] | block[i][9], 0);
    }
    cr_assert_eq(odd.blocks, 70);
    cr_assert_eq(odd.bytes, memory.used_bytes);
    for (size_t i = 0; i < 70; i++)
        syndic_release(&memory, block[i]);
    cr_assert_eq(odd.blocks, 0);
    cr_assert_eq(odd.bytes, 0);
    odd.refuse = true;
    cr_assert_null(syndic_allocate(&memory, 1, 1));
    cr_assert_eq(memory.used_bytes, 0);
}

Test(memory, overflow_is_refused)
{
    struct syndic_memory memory = heap(0);

    cr_assert_null(syndic_allocate(&memory, SIZE_MAX / 2, 3));
    cr_assert_null(syndic_allocate(&memory, SIZE_MAX - 64, 1));
    cr_assert_null(syndic_allocate_zeroed(&memory, SIZE_MAX, SIZE_MAX));
    cr_assert_eq(memory.used_bytes, 0);
}

Test(memory, the_cap_holds)
{
    struct syndic_memory memory = heap(10000);
    void *const first = syndic_allocate(&memory, 6000, 1);

    cr_assert_not_null(first);
    cr_assert_null(syndic_allocate(&memory, 6000, 1));
    syndic_release(&memory, first);
    void *const second = syndic_allocate(&memory, 6000, 1);
    cr_assert_not_null(second);
    cr_assert_leq(memory.peak_bytes, 10000);
    syndic_release(&memory, second);
}

Test(memory, resize_keeps_what_was_there)
{
    struct syndic_memory memory = heap(100000);
    char *block = syndic_resize(&memory, NULL, 4, 1);

    memcpy(block, "abcd", 4);
    block = syndic_resize(&memory, block, 5000, 1);
    cr_assert_eq(memcmp(block, "abcd", 4), 0);
    cr_assert_null(syndic_resize(&memory, block, 200000, 1));
    cr_assert_eq(memcmp(block, "abcd", 4), 0);
    block = syndic_resize(&memory, block, 2, 1);
    cr_assert_eq(memcmp(block, "ab", 2), 0);
    syndic_release(&memory, block);
    cr_assert_eq(memory.used_bytes, 0);
}

Test(memory, reserve_grows_by_half_and_fails_cleanly)
{
    struct syndic_memory memory = heap(4000);
    void *array = NULL;
    size_t capacity = 0;

    cr_assert(syndic_reserve(&memory, &array, &capacity, 10, 4));
    cr_assert_eq(capacity, 10);
    cr_assert(syndic_reserve(&memory, &array, &capacity, 11, 4));
    cr_assert_eq(capacity, 15);
    cr_assert(syndic_reserve(&memory, &array, &capacity, 3, 4));
    cr_assert_eq(capacity, 15);
    void *const before = array;
    cr_assert_not(syndic_reserve(&memory, &array, &capacity, 2000, 4));
    cr_assert_eq(array, before);
    cr_assert_eq(capacity, 15);
    syndic_release(&memory, array);
}

Test(arena, copies_live_until_cleared)
{
    struct syndic_memory memory = heap(0);
    struct syndic_arena arena, other;
    char *copy[2000], text[32];
    static char long_text[200000];

    syndic_arena_init(&arena, &memory);
    syndic_arena_init(&other, &memory);
    for (int i = 0; i < 2000; i++)
        copy[i] = syndic_arena_copy(i % 2 ? &arena : &other, text,
                                    (size_t)snprintf(text, sizeof(text), "text number %d", i));
    memset(long_text, 'x', sizeof(long_text));
    const char *const large = syndic_arena_copy(&other, long_text, sizeof(long_text));
    cr_assert_str_eq(syndic_arena_copy(&arena, NULL, 0), "");
    syndic_arena_absorb(&arena, &other);
    cr_assert_null(other.last);
    syndic_arena_absorb(&arena, &other); /* nothing to take */
    for (int i = 0; i < 2000; i++) {
        snprintf(text, sizeof(text), "text number %d", i);
        cr_assert_str_eq(copy[i], text);
    }
    cr_assert_eq(strlen(large), sizeof(long_text));
    syndic_arena_clear(&arena);
    cr_assert_eq(memory.used_bytes, 0);
    cr_assert_str_eq(syndic_arena_copy(&arena, "again", 5), "again");
    syndic_arena_clear(&arena);
}

Test(arena, no_memory_is_null)
{
    struct syndic_memory memory = heap(1000);
    struct syndic_arena arena;

    syndic_arena_init(&arena, &memory);
    cr_assert_null(syndic_arena_copy(&arena, "a", 1));
    cr_assert_null(syndic_arena_copy(&arena, "a", SIZE_MAX));
    cr_assert_eq(memory.used_bytes, 0);
}

/* ---- sort ---- */

static int by_value(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* Item number i of n in one of the shapes that a sort can be unhappy with. */
static uint64_t shaped(int shape, size_t i, size_t n, uint64_t random)
{
    switch (shape) {
    case 0:
        return random;
    case 1:
        return random % 10; /* many repeats */
    case 2:
        return i; /* sorted, dense */
    case 3:
        return n - i; /* backwards */
    case 4:
        return random & 0xff00ff0000000000u; /* few digits */
    case 5:
        return i ? random >> 40 : UINT64_MAX; /* one item stretches the range */
    case 6:
        return (uint64_t)42 << 56; /* all the same */
    default:
        return random % 3 ? random >> 32 : random << 32;
    }
}

Test(sort, agrees_with_qsort)
{
    static const size_t lengths[] = {0,  1,  2,  3,   8,   9,   16,   17,   31,
                                     48, 64, 65, 100, 500, 777, 4096, 5000, 70000};
    static uint64_t want[70000], got[70001], scratch[70001];
    const uint64_t seed = 7;
    uint64_t state = seed;

    for (int shape = 0; shape < 8; shape++)
        for (size_t l = 0; l < sizeof(lengths) / sizeof(*lengths); l++) {
            const size_t n = lengths[l];
            for (size_t i = 0; i < n; i++)
                want[i] = got[i] = shaped(shape, i, n, syndic_splitmix64(&state));
            got[n] = scratch[n] = 12345;
            qsort(want, n, sizeof(*want), by_value);
            syndic_sort_u64(got, n, scratch);
            cr_assert_eq(memcmp(want, got, n * sizeof(*want)), 0, "seed %d, shape %d, %zu items",
                         (int)seed, shape, n);
            cr_assert(got[n] == 12345 && scratch[n] == 12345, "wrote past %zu items", n);
        }
}

Test(sort, unique_drops_repeats)
{
    uint64_t items[] = {1, 1, 2, 3, 3, 3, 9, UINT64_MAX, UINT64_MAX};
    const uint64_t want[] = {1, 2, 3, 9, UINT64_MAX};

    cr_assert_eq(syndic_unique_u64(items, 9), 5);
    cr_assert_eq(memcmp(items, want, sizeof(want)), 0);
    cr_assert_eq(syndic_unique_u64(items, 1), 1);
    cr_assert_eq(syndic_unique_u64(items, 0), 0);
}

/* ---- hash ---- */

Test(hash, published_values)
{
    const struct syndic_hash128 none = syndic_hash128("", 0), abc = syndic_hash128("abc", 3);
    uint64_t state = 0;

    cr_assert_eq(none.high, 0x99aa06d3014798d8u);
    cr_assert_eq(none.low, 0x6001c324468d497fu);
    cr_assert_eq(abc.high, 0x06b05ab6733a6185u);
    cr_assert_eq(abc.low, 0x78af5f94892f3950u);
    cr_assert(syndic_hash128_equal(abc, syndic_hash128("abc", 3)));
    cr_assert_not(syndic_hash128_equal(abc, none));
    cr_assert_eq(syndic_splitmix64(&state), 0xe220a8397b1dcdafu);
    cr_assert_eq(syndic_splitmix64(&state), 0x6e789e6aa1b965f4u);
}

/* ---- error ---- */

Test(error, says_what_and_where)
{
    struct syndic_error error;

    cr_assert_eq(syndic_fail(&error, SYNDIC_LIMIT, "%d of %s", 3, "them"), SYNDIC_LIMIT);
    cr_assert_eq(error.status, SYNDIC_LIMIT);
    cr_assert_str_eq(error.message, "3 of them");
    cr_assert_str_eq(error.path, "");
    cr_assert_eq(error.line, 0);
    cr_assert_eq(error.byte, UINT64_MAX);
    cr_assert_eq(syndic_fail_at(&error, SYNDIC_FORMAT, "a.jsonl", 7, 120, "bad"), SYNDIC_FORMAT);
    cr_assert_str_eq(error.path, "a.jsonl");
    cr_assert_eq(error.line, 7);
    cr_assert_eq(error.byte, 120);
    errno = ENOENT;
    cr_assert_eq(syndic_fail_errno(&error, "b", "open"), SYNDIC_IO);
    cr_assert_str_eq(error.message, "cannot open: no such file or directory");
    cr_assert_eq(syndic_fail_memory(NULL), SYNDIC_NO_MEMORY);
}

Test(error, long_words_are_cut)
{
    struct syndic_error error;
    char path[2000];

    memset(path, 'p', sizeof(path) - 1);
    path[sizeof(path) - 1] = 0;
    cr_assert_eq(syndic_fail_at(&error, SYNDIC_IO, path, 0, 0, "%s", path), SYNDIC_IO);
    cr_assert_eq(strlen(error.path), sizeof(error.path) - 1);
    cr_assert_eq(strlen(error.message), sizeof(error.message) - 1);
}

Test(error, every_status_has_a_name)
{
    for (int s = SYNDIC_OK; s <= SYNDIC_INTERRUPTED; s++)
        cr_assert_str_neq(syndic_status_text((enum syndic_status)s), "unknown status");
    cr_assert_str_eq(syndic_status_text(SYNDIC_NO_MEMORY), "out of memory");
    cr_assert_str_eq(syndic_status_text((enum syndic_status)99), "unknown status");
}
