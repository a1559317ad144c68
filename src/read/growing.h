/* SPDX-License-Identifier: Apache-2.0 */
/* growing.h - a buffer that grows up to a limit, for text of unknown length. */
#ifndef SYNDIC_READ_GROWING_H
#define SYNDIC_READ_GROWING_H

#include "base/memory.h"
#include "kernel.h"

#include <string.h>

struct syndic_growing {
    struct syndic_memory *memory;
    uint8_t *at;
    size_t n;                  /* in use */
    size_t capacity, most;     /* most: what is put may not exceed */
    enum syndic_status status; /* the first failure: NO_MEMORY, or LIMIT */
};

/* Make place for n more bytes, and readable padding behind them; NULL: see status. */
static inline uint8_t *syndic_growing_more(struct syndic_growing *room, size_t n)
{
    if (!room->status && n > room->most - room->n)
        room->status = SYNDIC_LIMIT;
    if (!room->status && !syndic_reserve(room->memory, (void **)&room->at, &room->capacity,
                                         room->n + n + SYNDIC_TEXT_PADDING, 1))
        room->status = SYNDIC_NO_MEMORY;
    return room->status ? NULL : room->at + room->n;
}

static inline void syndic_growing_put(struct syndic_growing *room, const void *bytes, size_t n)
{
    uint8_t *const to = syndic_growing_more(room, n);

    if (!to)
        return;
    if (n)
        memcpy(to, bytes, n);
    room->n += n;
}

#endif
