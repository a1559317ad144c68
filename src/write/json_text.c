/* SPDX-License-Identifier: Apache-2.0 */
/* json_text.c - values in, JSON text out. */
#include "write/json_text.h"

#include <string.h>

/* Table 3-7 of the Unicode Standard: how many bytes follow a lead byte, and the range of the first
 * of them; the others are 80..BF. */
static size_t tail_length(uint8_t lead, uint8_t *low, uint8_t *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 1;
    if (lead >= 0xe0 && lead <= 0xef) {
        *low = lead == 0xe0 ? 0xa0 : 0x80;
        *high = lead == 0xed ? 0x9f : 0xbf;
        return 2;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *low = lead == 0xf0 ? 0x90 : 0x80;
        *high = lead == 0xf4 ? 0x8f : 0xbf;
        return 3;
    }
    return 0;
}

size_t syndic_utf8_length(const uint8_t *p, size_t n, size_t *bad)
{
    uint8_t low, high;

    if (p[0] < 0x80)
        return 1;
    const size_t tail = tail_length(p[0], &low, &high);
    *bad = 1;
    for (size_t i = 1; i <= tail; i++) {
        if (i == n || p[i] < low || p[i] > high)
            return 0;
        low = 0x80;
        high = 0xbf;
        *bad = i + 1;
    }
    return tail ? tail + 1 : 0;
}

bool syndic_utf8_valid(const uint8_t *p, size_t n)
{
    size_t bad;

    for (size_t i = 0; i < n;) {
        const size_t length = syndic_utf8_length(p + i, n - i, &bad);
        if (!length)
            return false;
        i += length;
    }
    return true;
}

static void put_escape(struct syndic_output *output, uint8_t c)
{
    static const char hex[] = "0123456789abcdef";
    static const char named[] = "\"\"\\\\\bb\ff\nn\rr\tt"; /* pairs: the byte, its letter */
    char unicode[] = "\\u00..";

    for (size_t i = 0; i + 1 < sizeof(named); i += 2) {
        if ((uint8_t)named[i] == c) {
            syndic_put(output, (const char[]){'\\', named[i + 1]}, 2);
            return;
        }
    }
    unicode[4] = hex[c >> 4];
    unicode[5] = hex[c & 15];
    syndic_put_text(output, unicode);
}

static bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void syndic_put_json_string(struct syndic_output *output, const char *bytes, size_t n)
{
    const uint8_t *const p = (const uint8_t *)bytes;
    size_t from = 0, i = 0, bad = 1;

    syndic_put(output, "\"", 1);
    while (i < n) {
        if (is_plain(p[i])) {
            i++;
            continue;
        }
        const size_t length = syndic_utf8_length(p + i, n - i, &bad);
        if (length > 1) {
            i += length;
            continue;
        }
        syndic_put(output, p + from, i - from);
        if (length)
            put_escape(output, p[i]);
        else
            syndic_put_text(output, "\xef\xbf\xbd");
        i += length ? length : bad;
        from = i;
    }
    syndic_put(output, p + from, n - from);
    syndic_put(output, "\"", 1);
}

void syndic_put_json_text(struct syndic_output *output, const char *text)
{
    if (text)
        syndic_put_json_string(output, text, strlen(text));
    else
        syndic_put_text(output, "null");
}

void syndic_put_json_key(struct syndic_output *output, const char *before, const char *key)
{
    syndic_put_text(output, before);
    syndic_put_json_text(output, key);
    syndic_put_text(output, ":");
}

void syndic_put_json_base64(struct syndic_output *output, const uint8_t *bytes, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    syndic_put(output, "\"", 1);
    for (size_t i = 0; i < n; i += 3) {
        const size_t have = n - i < 3 ? n - i : 3;
        const uint32_t bits = (uint32_t)bytes[i] << 16 |
                              (have > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                              (have > 2 ? (uint32_t)bytes[i + 2] : 0);
        const char four[4] = {digit[bits >> 18], digit[bits >> 12 & 63],
                              have > 1 ? digit[bits >> 6 & 63] : '=',
                              have > 2 ? digit[bits & 63] : '='};
        syndic_put(output, four, 4);
    }
    syndic_put(output, "\"", 1);
}
