/* SPDX-License-Identifier: Apache-2.0 */
/* bytes.h - numbers to bytes and back, the least byte first, whatever the order on this CPU is. */
#ifndef SYNDIC_BASE_BYTES_H
#define SYNDIC_BASE_BYTES_H

#include <stdint.h>

static inline void syndic_put_le32(uint8_t *to, uint32_t number)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (uint8_t)(number >> 8 * i);
}

static inline void syndic_put_le64(uint8_t *to, uint64_t number)
{
    for (unsigned i = 0; i < 8; i++)
        to[i] = (uint8_t)(number >> 8 * i);
}

static inline uint32_t syndic_get_le32(const uint8_t *from)
{
    uint32_t number = 0;

    for (unsigned i = 0; i < 4; i++)
        number |= (uint32_t)from[i] << 8 * i;
    return number;
}

static inline uint64_t syndic_get_le64(const uint8_t *from)
{
    return syndic_get_le32(from) | (uint64_t)syndic_get_le32(from + 4) << 32;
}

#endif
