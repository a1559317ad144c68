/* SPDX-License-Identifier: Apache-2.0 */
/* json_token.c - strings, numbers and words of JSON by RFC 8259: a cursor in; the place after the
 * token, and a string's unescaped bytes, out.  The kernels pass over or copy whole runs; this file
 * sees only the bytes where they stop. */
#include "read/json_token.h"

#include <string.h>

bool syndic_json_malformed(struct syndic_json_cursor *cursor, size_t at, const char *reason)
{
    cursor->at = at;
    cursor->reason = reason;
    return false;
}

/* ---- strings ---- */

/* What a hexadecimal digit is worth; -1: not one. */
static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The code unit of the escape \uXXXX at `at`, which lies within the line; -1: none. */
static int32_t code_unit(const struct syndic_json_cursor *cursor, size_t at)
{
    const uint8_t *const in = cursor->line + at;
    int32_t unit = 0;

    if (cursor->n - at < 6 || in[0] != '\\' || in[1] != 'u')
        return -1;
    for (int i = 2; i < 6; i++) {
        const int digit = hex_digit(in[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* The kernel stopped inside a string at something that is no quote and no good escape: say what. */
static bool bad_string(struct syndic_json_cursor *cursor, size_t opening)
{
    const size_t at = cursor->at, left = cursor->n - at;

    if (!left || (cursor->line[at] == '\\' && left < 2))
        return syndic_json_malformed(cursor, opening, "unterminated string");
    if (cursor->line[at] != '\\')
        return syndic_json_malformed(cursor, at, "control character in a string");
    if (cursor->line[at + 1] == 'u')
        return syndic_json_malformed(cursor, at, "\\u without four hexadecimal digits");
    return syndic_json_malformed(cursor, at, "invalid escape");
}

bool syndic_json_pass_string(struct syndic_json_cursor *cursor)
{
    const size_t opening = cursor->at - 1;

    for (;;) {
        cursor->at +=
            cursor->kernels->string_end(cursor->line + cursor->at, cursor->n - cursor->at);
        const uint8_t *const in = cursor->line + cursor->at;
        if (cursor->at < cursor->n && *in == '"') {
            cursor->at++;
            return true;
        }
        if (cursor->n - cursor->at < 2 || *in != '\\')
            return bad_string(cursor, opening);
        if (in[1] == 'u' && code_unit(cursor, cursor->at) >= 0)
            cursor->at += 6;
        else if (in[1] && strchr("\"\\/bfnrt", in[1]))
            cursor->at += 2;
        else
            return bad_string(cursor, opening);
    }
}

/* UTF-8 of a code point below 0x110000, which is no surrogate. */
static size_t encode(uint32_t code, uint8_t *out)
{
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (uint8_t)(0xc0 | code >> 6);
        out[1] = (uint8_t)(0x80 | (code & 63));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (uint8_t)(0xe0 | code >> 12);
        out[1] = (uint8_t)(0x80 | (code >> 6 & 63));
        out[2] = (uint8_t)(0x80 | (code & 63));
        return 3;
    }
    out[0] = (uint8_t)(0xf0 | code >> 18);
    out[1] = (uint8_t)(0x80 | (code >> 12 & 63));
    out[2] = (uint8_t)(0x80 | (code >> 6 & 63));
    out[3] = (uint8_t)(0x80 | (code & 63));
    return 4;
}

/* Resolve all \uXXXX that follow each other at the cursor; returns the bytes written, 0 where there
 * was none.  Text in other scripts is often written so throughout, hence the loop. */
static size_t take_code_units(struct syndic_json_cursor *cursor, uint8_t *out)
{
    size_t written = 0;

    for (;;) {
        const int32_t unit = code_unit(cursor, cursor->at);
        if (unit < 0)
            return written;
        cursor->at += 6;
        uint32_t code = (uint32_t)unit;
        if (code >> 11 == 0xd800 >> 11) {
            const int32_t low = code < 0xdc00 ? code_unit(cursor, cursor->at) : -1;
            const bool pair = low >= 0xdc00 && low < 0xe000;
            code = pair ? 0x10000 + ((code & 0x3ff) << 10 | ((uint32_t)low & 0x3ff)) : 0xfffd;
            cursor->at += pair ? 6 : 0;
        }
        written += encode(code, out + written);
    }
}

/* The rest of a string from its first escape on; returns the end of the output, NULL: malformed. */
static uint8_t *unescape_rest(struct syndic_json_cursor *cursor, size_t opening, uint8_t *out)
{
    for (;;) {
        size_t written;
        cursor->at += cursor->kernels->unescape(cursor->line + cursor->at, cursor->n - cursor->at,
                                                out, &written);
        out += written;
        if (cursor->at < cursor->n && cursor->line[cursor->at] == '"') {
            cursor->at++;
            return out;
        }
        written = cursor->at < cursor->n ? take_code_units(cursor, out) : 0;
        if (!written) {
            bad_string(cursor, opening);
            return NULL;
        }
        out += written;
    }
}

bool syndic_json_take_string(struct syndic_json_cursor *cursor, uint8_t *room,
                             const uint8_t **bytes, size_t *length)
{
    const size_t start = cursor->at;
    const uint8_t *const in = cursor->line + start;
    const size_t plain = cursor->kernels->string_end(in, cursor->n - start);

    cursor->at += plain;
    if (syndic_json_peek(cursor) == '"') {
        cursor->at++;
        *bytes = in;
        *length = plain;
        return true;
    }
    memcpy(room, in, plain);
    const uint8_t *const end = unescape_rest(cursor, start - 1, room + plain);
    if (!end)
        return false;
    *bytes = room;
    *length = (size_t)(end - room);
    return true;
}

/* ---- numbers and words ---- */

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool pass_digits(struct syndic_json_cursor *cursor)
{
    const size_t start = cursor->at;

    while (is_digit(syndic_json_peek(cursor)))
        cursor->at++;
    return cursor->at > start;
}

static bool pass_exponent(struct syndic_json_cursor *cursor)
{
    cursor->at++;
    if (syndic_json_peek(cursor) == '+' || syndic_json_peek(cursor) == '-')
        cursor->at++;
    return pass_digits(cursor);
}

bool syndic_json_pass_number(struct syndic_json_cursor *cursor)
{
    const size_t start = cursor->at;

    if (syndic_json_peek(cursor) == '-')
        cursor->at++;
    const bool zero = syndic_json_peek(cursor) == '0';
    if (!zero && !pass_digits(cursor))
        return syndic_json_malformed(cursor, start, "invalid number");
    cursor->at += zero;
    if (zero && is_digit(syndic_json_peek(cursor)))
        return syndic_json_malformed(cursor, start, "number with a leading zero");
    if (syndic_json_peek(cursor) == '.') {
        cursor->at++;
        if (!pass_digits(cursor))
            return syndic_json_malformed(cursor, start, "invalid number");
    }
    if ((syndic_json_peek(cursor) | 0x20) == 'e' && !pass_exponent(cursor))
        return syndic_json_malformed(cursor, start, "invalid number");
    return true;
}

bool syndic_json_pass_word(struct syndic_json_cursor *cursor, const char *word)
{
    const size_t length = strlen(word);

    if (cursor->n - cursor->at < length || memcmp(cursor->line + cursor->at, word, length))
        return syndic_json_malformed(cursor, cursor->at, "expected a value");
    cursor->at += length;
    return true;
}
