/* SPDX-License-Identifier: Apache-2.0 */
/* rewrite.c - raw JSON in; the same with a member more, or a string with less in it, out.  All that
 * is not changed is copied byte for byte. */
#include "write/rewrite.h"

#include <string.h>

bool syndic_room_put(struct syndic_room *room, const void *bytes, size_t n)
{
    if (!syndic_reserve(room->memory, (void **)&room->bytes, &room->capacity, room->n + n, 1))
        return false;
    if (n)
        memcpy(room->bytes + room->n, bytes, n);
    room->n += n;
    return true;
}

static bool put_text(struct syndic_room *room, const char *text)
{
    return syndic_room_put(room, text, strlen(text));
}

bool syndic_put_member(struct syndic_room *room, const uint8_t *raw, size_t n, const char *key,
                       const uint8_t *value, size_t value_bytes)
{
    size_t end = n;

    while (end && raw[end - 1] != '}')
        end--;
    const size_t brace = end ? end - 1 : 0;
    for (end = brace; end && memchr(" \t\r\n", raw[end - 1], 4);)
        end--;
    return syndic_room_put(room, raw, brace) &&
           put_text(room, end && raw[end - 1] == '{' ? "\"" : ",\"") && put_text(room, key) &&
           put_text(room, "\":") && syndic_room_put(room, value, value_bytes) &&
           syndic_room_put(room, raw + brace, n - brace);
}

static unsigned hex(uint8_t c)
{
    return c <= '9' ? c - (unsigned)'0' : (c | 0x20u) - 'a' + 10;
}

static unsigned code_unit(const uint8_t *at)
{
    return hex(at[2]) << 12 | hex(at[3]) << 8 | hex(at[4]) << 4 | hex(at[5]);
}

/* The character, or byte, at string[at] of n: *raw of its bytes here mean *plain of the text.  A
 * lone surrogate means U+FFFD, of three bytes. */
static void measure(const uint8_t *string, size_t n, size_t at, size_t *raw, size_t *plain)
{
    *raw = *plain = 1;
    if (string[at] != '\\')
        return;
    *raw = 2;
    if (string[at + 1] != 'u')
        return;
    const unsigned unit = code_unit(string + at);
    *raw = 6;
    *plain = unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
    if (unit < 0xd800 || unit >= 0xdc00 || at + 12 > n || string[at + 6] != '\\' ||
        string[at + 7] != 'u')
        return;
    const unsigned low = code_unit(string + at + 6);
    if (low >= 0xdc00 && low < 0xe000) {
        *raw = 12;
        *plain = 4;
    }
}

bool syndic_put_string_without(struct syndic_room *room, const uint8_t *string, size_t n,
                               const struct syndic_byte_range *range, size_t count)
{
    size_t from = 0; /* what is not copied yet begins there */
    uint64_t text = 0;
    bool good = true, inside = false;

    for (size_t at = 1, i = 0, raw, plain; good && i < count && at + 1 < n;
         at += raw, text += plain) {
        if (inside && text >= range[i].to) {
            inside = false;
            from = at;
            i++;
        }
        if (!inside && i < count && text >= range[i].from && text < range[i].to) {
            good = syndic_room_put(room, string + from, at - from);
            inside = true;
        }
        measure(string, n, at, &raw, &plain);
    }
    if (inside) /* up to the closing quote */
        from = n - 1;
    return good && syndic_room_put(room, string + from, n - from);
}
