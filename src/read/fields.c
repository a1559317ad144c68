/* SPDX-License-Identifier: Apache-2.0 */
/* fields.c - a header block in; the values of its fields out. */
#define _GNU_SOURCE
#include "read/fields.h"

#include <string.h>
#include <strings.h>

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static struct syndic_span trimmed(const uint8_t *at, size_t n)
{
    while (n && is_blank(at[0])) {
        at++;
        n--;
    }
    while (n && is_blank(at[n - 1]))
        n--;
    return (struct syndic_span){at, n};
}

size_t syndic_fields_length(const uint8_t *bytes, size_t n)
{
    const uint8_t *at = bytes;
    const uint8_t *const end = bytes + n;

    while (at < end) {
        const uint8_t *const line_end = memchr(at, '\n', (size_t)(end - at));
        if (!line_end)
            return 0;
        const size_t line = (size_t)(line_end - at);
        at = line_end + 1;
        if (!line || (line == 1 && line_end[-1] == '\r'))
            return (size_t)(at - bytes);
    }
    return 0;
}

bool syndic_fields_find(struct syndic_span fields, const char *name, struct syndic_span *value)
{
    const size_t name_bytes = strlen(name);
    const uint8_t *at = memchr(fields.at, '\n', fields.n);
    const uint8_t *const end = fields.at + fields.n;

    while (at && ++at < end) {
        const uint8_t *const line_end = memchr(at, '\n', (size_t)(end - at));
        const size_t line = (size_t)((line_end ? line_end : end) - at);
        const uint8_t *const colon = memchr(at, ':', line);
        if (colon) {
            const struct syndic_span own = trimmed(at, (size_t)(colon - at));
            if (own.n == name_bytes && !strncasecmp((const char *)own.at, name, name_bytes)) {
                *value = trimmed(colon + 1, line - (size_t)(colon - at) - 1);
                return true;
            }
        }
        at = line_end;
    }
    return false;
}

bool syndic_span_number(struct syndic_span value, uint64_t *number)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < value.n; i++) {
        const uint64_t digit = (uint64_t)value.at[i] - '0';
        if (digit > 9 || sum > (UINT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *number = sum;
    return value.n != 0;
}

bool syndic_span_is(struct syndic_span value, const char *word)
{
    return value.n == strlen(word) && !strncasecmp((const char *)value.at, word, value.n);
}

struct syndic_span syndic_media_type(struct syndic_span value)
{
    const uint8_t *const end = value.n ? memchr(value.at, ';', value.n) : NULL;

    return end ? trimmed(value.at, (size_t)(end - value.at)) : value;
}

struct syndic_span syndic_media_parameter(struct syndic_span value, const char *name)
{
    const size_t name_bytes = strlen(name);
    const uint8_t *at = value.n ? memchr(value.at, ';', value.n) : NULL;
    const uint8_t *const end = value.at + value.n;

    while (at && ++at < end) {
        const uint8_t *const stop = memchr(at, ';', (size_t)(end - at));
        const struct syndic_span part = trimmed(at, (size_t)((stop ? stop : end) - at));
        if (part.n > name_bytes && !strncasecmp((const char *)part.at, name, name_bytes)) {
            struct syndic_span found = trimmed(part.at + name_bytes, part.n - name_bytes);
            if (found.at[0] == '=') {
                found = trimmed(found.at + 1, found.n - 1);
                while (found.n && (found.at[0] == '"' || found.at[0] == '\'')) {
                    found.at++;
                    found.n--;
                }
                while (found.n && strchr("\"'", found.at[found.n - 1]) && found.at[found.n - 1])
                    found.n--;
                return found;
            }
        }
        at = stop;
    }
    return (struct syndic_span){value.at, 0};
}
