/* SPDX-License-Identifier: Apache-2.0 */
/* check_room.h - for check_kernels.c: random and extreme numbers, and buffers that end at an
 * unmapped page behind a canary.  Included once. */
#ifndef CHECK_ROOM_H
#define CHECK_ROOM_H

#include "base/hash.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BUFFERS = 12, BUFFER_BYTES = 1 << 18, CANARY_BYTES = 64, CANARY = 0xa5 };

static uint8_t *buffer_end[BUFFERS]; /* one past the last mapped byte */
static uint64_t random_state;

static uint64_t any64(void)
{
    return syndic_splitmix64(&random_state);
}

/* 0 to n - 1 */
static size_t below(size_t n)
{
    return (size_t)(any64() >> 11) % n;
}

static uint64_t extreme64(void)
{
    static const uint64_t some[] = {
        0, 1, UINT64_MAX, UINT64_MAX << 32, UINT32_MAX, (uint64_t)1 << 63};

    return below(4) ? any64() : some[below(sizeof(some) / sizeof(*some))];
}

static uint32_t extreme32(void)
{
    return (uint32_t)(extreme64() >> (below(2) ? 32 : 0));
}

static void map_buffers(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);

    for (int i = 0; i < BUFFERS; i++) {
        uint8_t *const start = mmap(NULL, BUFFER_BYTES + page, PROT_READ | PROT_WRITE,
                                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (start == MAP_FAILED || mprotect(start + BUFFER_BYTES, page, PROT_NONE)) {
            perror("mmap");
            exit(2);
        }
        buffer_end[i] = start + BUFFER_BYTES;
    }
}

/* `bytes` bytes in buffer i that end at the unmapped page, or, one time in two, up to 63 bytes
 * before it in steps of `align`.  Filled with poison, a canary in front. */
static void *place(int i, size_t bytes, size_t align, int poison)
{
    const size_t slide = below(2) ? 0 : below(64 / align) * align;
    uint8_t *const p = buffer_end[i] - slide - bytes;

    memset(p - CANARY_BYTES, CANARY, CANARY_BYTES);
    memset(p, poison, bytes + slide);
    return p;
}

static bool canary_lives(const void *p)
{
    const uint8_t *const canary = (const uint8_t *)p - CANARY_BYTES;

    for (size_t i = 0; i < CANARY_BYTES; i++)
        if (canary[i] != CANARY)
            return false;
    return true;
}

static bool same(const void *want, const void *got, size_t bytes)
{
    return canary_lives(want) && canary_lives(got) && !memcmp(want, got, bytes);
}

static void fill64(uint64_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = extreme64();
}

static void fill32(uint32_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] = extreme32();
}

#endif
