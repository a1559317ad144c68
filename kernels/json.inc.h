/* SPDX-License-Identifier: Apache-2.0 */
/* json.inc.h - the inside of a JSON string in; where it stops, and its unescaped bytes, out.
 *
 * The ISA file defines `byte_vec`, load_bytes(), store_text(), string_stops(v): a mask that is zero
 * where no byte of v is a quote, a backslash or below 0x20, and first_stop(mask): the index of the
 * first such byte.  OWN_STRING_END and OWN_UNESCAPE: that it has the kernel itself. */

#ifndef OWN_STRING_END

static size_t string_end(const uint8_t *in, size_t n)
{
    for (size_t i = 0; i < n; i += sizeof(byte_vec)) {
        const uint64_t stops = string_stops(load_bytes(in + i));
        if (stops) {
            const size_t end = i + first_stop(stops);
            return end < n ? end : n;
        }
    }
    return n;
}

#endif

#ifndef OWN_UNESCAPE

/* What the eight short escapes stand for; 0: none of them. */
static const uint8_t short_escape[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* Runs between escapes are short in scanned text (31 bytes on average in newspapers), so a block is
 * stored before it is known how much of it counts: that costs no branch. */
static size_t unescape(const uint8_t *in, size_t n, uint8_t *out, size_t *out_bytes)
{
    const uint8_t *const end = in + n;
    const uint8_t *from = in;
    uint8_t *to = out;

    while (from < end) {
        const byte_vec block = load_bytes(from);
        const uint64_t stops = string_stops(block);
        store_text(to, block);
        if (!stops) {
            from += sizeof(byte_vec);
            to += sizeof(byte_vec);
            continue;
        }
        const size_t run = first_stop(stops);
        from += run;
        to += run;
        if (end - from < 2 || *from != '\\')
            break;
        const uint8_t plain = short_escape[from[1]];
        if (!plain)
            break;
        *to++ = plain;
        from += 2;
    }
    if (from > end) { /* the last block went past the end */
        to -= from - end;
        from = end;
    }
    *out_bytes = (size_t)(to - out);
    return (size_t)(from - in);
}

#endif
