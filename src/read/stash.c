/* SPDX-License-Identifier: Apache-2.0 */
/* stash.c - a list of what lies where in the file.  Threads reserve their part of the file and
 * write it side by side. */
#include "read/stash.h"

#include "read/spool.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct kept_chunk {
    uint32_t source;
    size_t bytes;
    uint64_t offset; /* in the decompressed source */
    uint64_t at;     /* in the file */
};

struct syndic_stash {
    struct syndic_memory *memory;
    const struct syndic_read_options *options;
    pthread_mutex_t lock;
    int fd; /* -1: nothing was kept yet */
    bool full;
    uint64_t used; /* bytes of the file given out */
    struct kept_chunk *chunk;
    size_t count, capacity;
};

enum syndic_status syndic_stash_create(struct syndic_memory *memory,
                                       const struct syndic_read_options *options,
                                       struct syndic_stash **stash)
{
    struct syndic_stash *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));

    if (!made)
        return SYNDIC_NO_MEMORY;
    made->memory = memory;
    made->options = options;
    made->fd = -1;
    pthread_mutex_init(&made->lock, NULL);
    *stash = made;
    return SYNDIC_OK;
}

void syndic_stash_destroy(struct syndic_stash *stash)
{
    if (!stash)
        return;
    if (stash->fd >= 0)
        close(stash->fd);
    pthread_mutex_destroy(&stash->lock);
    syndic_release(stash->memory, stash->chunk);
    syndic_release(stash->memory, stash);
}

/* A part of the file for the chunk; false: there is none. */
static bool reserve(struct syndic_stash *stash, size_t bytes, uint64_t *at)
{
    pthread_mutex_lock(&stash->lock);
    if (!stash->full && stash->fd < 0)
        stash->full = syndic_spool_open(stash->options->tmp, &stash->fd, NULL) != SYNDIC_OK;
    stash->full = stash->full || bytes > stash->options->stash_bytes - stash->used;
    const bool room = !stash->full;
    *at = stash->used;
    if (room)
        stash->used += bytes;
    pthread_mutex_unlock(&stash->lock);
    return room;
}

void syndic_stash_chunk(struct syndic_stash *stash, const struct syndic_chunk *chunk)
{
    struct kept_chunk kept = {chunk->source, chunk->bytes_count, chunk->offset, 0};

    if (!kept.bytes || !reserve(stash, kept.bytes, &kept.at))
        return;
    const bool written = syndic_write_at(stash->fd, chunk->bytes, kept.bytes, kept.at);
    pthread_mutex_lock(&stash->lock);
    if (written && syndic_reserve(stash->memory, (void **)&stash->chunk, &stash->capacity,
                                  stash->count + 1, sizeof(*stash->chunk)))
        stash->chunk[stash->count++] = kept;
    else
        stash->full = true;
    pthread_mutex_unlock(&stash->lock);
}

static int compare(uint32_t a_source, uint64_t a_offset, uint32_t b_source, uint64_t b_offset)
{
    if (a_source != b_source)
        return a_source < b_source ? -1 : 1;
    return (a_offset > b_offset) - (a_offset < b_offset);
}

static int by_offset(const void *left, const void *right)
{
    const struct kept_chunk *const a = left, *const b = right;

    return compare(a->source, a->offset, b->source, b->offset);
}

void syndic_stash_sort(struct syndic_stash *stash)
{
    if (stash->count)
        qsort(stash->chunk, stash->count, sizeof(*stash->chunk), by_offset);
}

bool syndic_stash_find(const struct syndic_stash *stash, const struct syndic_place *place, int *fd,
                       uint64_t *offset)
{
    size_t low = 0, high = stash->count;

    while (low < high) { /* the last chunk that does not begin after the place */
        const size_t middle = low + (high - low) / 2;
        const struct kept_chunk *const chunk = &stash->chunk[middle];
        if (compare(chunk->source, chunk->offset, place->source, place->offset) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low || stash->chunk[low - 1].source != place->source)
        return false;
    const struct kept_chunk *const chunk = &stash->chunk[low - 1];
    const uint64_t from = place->offset - chunk->offset;
    *fd = stash->fd;
    *offset = chunk->at + from;
    return from <= chunk->bytes && place->bytes <= chunk->bytes - from;
}
