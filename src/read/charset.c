/* SPDX-License-Identifier: Apache-2.0 */
/* charset.c - bytes and the name of an encoding in, UTF-8 out: windows-1252 by a table, because it
 * is what nearly everything is that is not UTF-8; others by iconv. */
#define _GNU_SOURCE
#include "read/charset.h"

#include <errno.h>
#include <iconv.h>
#include <strings.h>

struct syndic_charset {
    const char *iconv; /* NULL: UTF-8, or windows-1252 */
    const char *names; /* lower case, each with a blank before and after */
    unsigned unit;     /* bytes that are passed over where they mean nothing */
};

#define UTF8   (&charsets[0])
#define LATIN1 (&charsets[1])

/* The labels of the WHATWG Encoding Standard, section 4.2, but for a few that nobody writes. */
static const struct syndic_charset charsets[] = {
    {NULL, " utf-8 utf8 unicode-1-1-utf-8 x-unicode20utf8 ", 1},
    {NULL,
     " windows-1252 iso-8859-1 latin1 latin-1 us-ascii ascii ansi_x3.4-1968 cp1252 cp819 ibm819 "
     "iso8859-1 iso88591 iso_8859-1 l1 x-cp1252 ",
     1},
    {"IBM866", " ibm866 866 cp866 csibm866 ", 1},
    {"ISO-8859-2", " iso-8859-2 iso8859-2 iso88592 iso_8859-2 latin2 l2 ", 1},
    {"ISO-8859-3", " iso-8859-3 iso8859-3 iso88593 iso_8859-3 latin3 l3 ", 1},
    {"ISO-8859-4", " iso-8859-4 iso8859-4 iso88594 iso_8859-4 latin4 l4 ", 1},
    {"ISO-8859-5", " iso-8859-5 iso8859-5 iso88595 iso_8859-5 cyrillic ", 1},
    {"ISO-8859-6", " iso-8859-6 iso8859-6 iso88596 iso_8859-6 arabic asmo-708 ", 1},
    {"ISO-8859-7", " iso-8859-7 iso8859-7 iso88597 iso_8859-7 greek ", 1},
    {"ISO-8859-8", " iso-8859-8 iso-8859-8-i iso8859-8 iso88598 iso_8859-8 hebrew logical ", 1},
    {"ISO-8859-10", " iso-8859-10 iso8859-10 iso885910 latin6 l6 ", 1},
    {"ISO-8859-13", " iso-8859-13 iso8859-13 iso885913 ", 1},
    {"ISO-8859-14", " iso-8859-14 iso8859-14 iso885914 ", 1},
    {"ISO-8859-15", " iso-8859-15 iso8859-15 iso885915 iso_8859-15 latin9 l9 ", 1},
    {"ISO-8859-16", " iso-8859-16 ", 1},
    {"KOI8-R", " koi8-r koi koi8 koi8_r cskoi8r ", 1},
    {"KOI8-U", " koi8-u koi8-ru ", 1},
    {"MACINTOSH", " macintosh mac x-mac-roman csmacintosh ", 1},
    {"CP874", " windows-874 dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 ", 1},
    {"CP1250", " windows-1250 cp1250 x-cp1250 ", 1},
    {"CP1251", " windows-1251 cp1251 x-cp1251 win-1251 ", 1},
    {"CP1253", " windows-1253 cp1253 x-cp1253 ", 1},
    {"CP1254", " windows-1254 cp1254 x-cp1254 iso-8859-9 iso8859-9 iso88599 latin5 l5 ", 1},
    {"CP1255", " windows-1255 cp1255 x-cp1255 ", 1},
    {"CP1256", " windows-1256 cp1256 x-cp1256 ", 1},
    {"CP1257", " windows-1257 cp1257 x-cp1257 ", 1},
    {"CP1258", " windows-1258 cp1258 x-cp1258 ", 1},
    {"GB18030",
     " gbk gb2312 gb18030 chinese gb_2312 gb_2312-80 csgb2312 iso-ir-58 x-gbk cp936 ms936 ", 1},
    {"BIG5-HKSCS", " big5 big5-hkscs cn-big5 csbig5 x-x-big5 cp950 ", 1},
    {"EUC-JP", " euc-jp x-euc-jp cseucpkdfmtjapanese ", 1},
    {"ISO-2022-JP", " iso-2022-jp csiso2022jp ", 1},
    {"CP932", " shift_jis shift-jis sjis x-sjis ms932 ms_kanji windows-31j csshiftjis ", 1},
    {"CP949", " euc-kr ks_c_5601-1987 ksc5601 ksc_5601 korean windows-949 cseuckr cp949 uhc ", 1},
    {"UTF-16LE", " utf-16le utf-16 unicode ucs-2 iso-10646-ucs-2 csunicode unicodefeff ", 2},
    {"UTF-16BE", " utf-16be unicodefffe ", 2},
};

#define UTF16LE (&charsets[sizeof(charsets) / sizeof(*charsets) - 2])
#define UTF16BE (&charsets[sizeof(charsets) / sizeof(*charsets) - 1])

#define NAME_BYTES_MAX 40

const struct syndic_charset *syndic_charset_named(struct syndic_span name)
{
    char word[NAME_BYTES_MAX + 3] = " ";

    if (!name.n || name.n > NAME_BYTES_MAX)
        return NULL;
    for (size_t i = 0; i < name.n; i++) {
        const uint8_t byte = name.at[i];
        if (byte <= ' ' || byte >= 0x7f)
            return NULL;
        word[i + 1] = (char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
    }
    word[name.n + 1] = ' ';
    for (size_t i = 0; i < sizeof(charsets) / sizeof(*charsets); i++)
        if (strstr(charsets[i].names, word))
            return &charsets[i];
    return NULL;
}

/* ---- which one ---- */

/* Length of the UTF-8 sequence at p[0, n), n > 0: 0 where there is none, n + 1 where it is cut off.
 */
static size_t sequence(const uint8_t *p, size_t n)
{
    const size_t length = p[0] < 0x80   ? 1
                          : p[0] < 0xc2 ? 0
                          : p[0] < 0xe0 ? 2
                          : p[0] < 0xf0 ? 3
                          : p[0] < 0xf5 ? 4
                                        : 0;
    if (length > 1 && n > 1) {
        const uint8_t low = p[0] == 0xe0 ? 0xa0 : p[0] == 0xf0 ? 0x90 : 0x80;
        const uint8_t high = p[0] == 0xed ? 0x9f : p[0] == 0xf4 ? 0x8f : 0xbf;
        if (p[1] < low || p[1] > high)
            return 0;
    }
    for (size_t i = 2; i < length && i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return length > n ? n + 1 : length;
}

/* A sequence that is cut off at the end does not count. */
static bool is_utf8(struct syndic_span text)
{
    size_t i = 0;

    while (i < text.n) {
        uint64_t eight;
        if (text.n - i >= sizeof(eight)) {
            memcpy(&eight, text.at + i, sizeof(eight));
            if (!(eight & UINT64_C(0x8080808080808080))) {
                i += sizeof(eight);
                continue;
            }
        }
        const size_t length = sequence(text.at + i, text.n - i);
        if (!length)
            return false;
        i += length;
    }
    return true;
}

static bool takes_mark(struct syndic_span *text, const char *mark, size_t n)
{
    if (text->n < n || memcmp(text->at, mark, n) != 0)
        return false;
    text->at += n;
    text->n -= n;
    return true;
}

const struct syndic_charset *syndic_charset_of(struct syndic_span *text,
                                               const struct syndic_charset *named)
{
    if (takes_mark(text, "\xef\xbb\xbf", 3))
        return UTF8;
    if (takes_mark(text, "\xff\xfe", 2))
        return UTF16LE;
    if (takes_mark(text, "\xfe\xff", 2))
        return UTF16BE;
    if (named)
        return named;
    return is_utf8(*text) ? UTF8 : LATIN1;
}

static const uint8_t *find_word(const uint8_t *at, const uint8_t *end, const char *word)
{
    const size_t n = strlen(word);

    for (; at + n <= end; at++)
        if (!strncasecmp((const char *)at, word, n))
            return at;
    return NULL;
}

const struct syndic_charset *syndic_charset_in_page(struct syndic_span page)
{
    const uint8_t *at = page.at;
    const uint8_t *const end = page.at + (page.n < 1024 ? page.n : 1024);

    while (at < end && (at = find_word(at, end, "<meta"))) {
        const uint8_t *const close = memchr(at, '>', (size_t)(end - at));
        const uint8_t *const stop = close ? close : end;
        const uint8_t *word = find_word(at, stop, "charset");
        at = stop;
        if (!word)
            continue;
        for (word += 7; word < stop && strchr(" \t\r\n=\"'", *word) && *word; word++)
            ;
        const uint8_t *last = word;
        while (last < stop && *last && !strchr(" \t\r\n\"';/>", *last))
            last++;
        const struct syndic_charset *const found =
            syndic_charset_named((struct syndic_span){word, (size_t)(last - word)});
        if (found) /* a page whose own words can be read is in no 16-bit encoding */
            return found == UTF16LE || found == UTF16BE ? UTF8 : found;
    }
    return NULL;
}

/* ---- conversion ---- */

/* windows-1252 from 0x80 to 0x9f, as browsers have it: what is not assigned is a control. */
static const uint16_t high[32] = {0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021,
                                  0x2c6,  0x2030, 0x160,  0x2039, 0x152,  0x8d,   0x17d,  0x8f,
                                  0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
                                  0x2dc,  0x2122, 0x161,  0x203a, 0x153,  0x9d,   0x17e,  0x178};

static enum syndic_status convert_latin1(struct syndic_span text, struct syndic_growing *room)
{
    for (size_t i = 0; i < text.n;) {
        size_t run = i;
        while (run < text.n && text.at[run] < 0x80)
            run++;
        syndic_growing_put(room, text.at + i, run - i);
        for (i = run; i < text.n && text.at[i] >= 0x80; i++) {
            const unsigned code = text.at[i] < 0xa0 ? high[text.at[i] - 0x80] : text.at[i];
            const uint8_t three[] = {(uint8_t)(0xe0 | code >> 12),
                                     (uint8_t)(0x80 | (code >> 6 & 0x3f)),
                                     (uint8_t)(0x80 | (code & 0x3f))};
            const uint8_t two[] = {(uint8_t)(0xc0 | code >> 6), three[2]};
            if (code < 0x800)
                syndic_growing_put(room, two, sizeof(two));
            else
                syndic_growing_put(room, three, sizeof(three));
        }
        if (room->status)
            return room->status;
    }
    return room->status;
}

static enum syndic_status convert_iconv(iconv_t handle, unsigned unit, struct syndic_span text,
                                        struct syndic_growing *room)
{
    char *from = (char *)(uintptr_t)text.at; /* not written to */
    size_t left = text.n;

    iconv(handle, NULL, NULL, NULL, NULL);
    while (left) {
        /* Three bytes come of one at most, and a little is asked for at a time, for the limit. */
        size_t space = room->most - room->n < 4096 ? room->most - room->n : 4096;
        const size_t all = space;
        char *to = (char *)syndic_growing_more(room, space ? space : 1);
        if (!to)
            return room->status;
        const size_t done = iconv(handle, &from, &left, &to, &space);
        room->n += all - space;
        if (done != (size_t)-1)
            break;
        if (errno == E2BIG && all >= 16)
            continue;
        if (errno == E2BIG)
            return room->status = SYNDIC_LIMIT;
        const size_t skipped = errno == EINVAL || left < unit ? left : unit;
        syndic_growing_put(room, "\xef\xbf\xbd", 3);
        from += skipped;
        left -= skipped;
    }
    size_t space =
        16; /* some encodings hold a letter back until the next is known not to combine */
    char *to = room->most - room->n < space ? NULL : (char *)syndic_growing_more(room, space);
    if (to && iconv(handle, NULL, NULL, &to, &space) != (size_t)-1)
        room->n += 16 - space;
    return room->status;
}

enum syndic_status syndic_charset_convert(struct syndic_charset_room *converter,
                                          const struct syndic_charset *charset,
                                          struct syndic_span *text, struct syndic_growing *room)
{
    enum syndic_status status;

    if (charset == UTF8 || !text->n)
        return SYNDIC_OK;
    if (charset != LATIN1 && converter->open != charset) {
        syndic_charset_close(converter);
        const iconv_t handle = iconv_open("UTF-8", charset->iconv);
        if (handle != (iconv_t)-1) {
            converter->open = charset;
            converter->iconv = handle;
        }
    }
    if (charset == LATIN1)
        status = convert_latin1(*text, room);
    else if (converter->open == charset)
        status = convert_iconv(converter->iconv, charset->unit, *text, room);
    else
        status = SYNDIC_FORMAT;
    if (status)
        return status;
    if (!syndic_growing_more(room, 0))
        return room->status;
    *text = (struct syndic_span){room->at, room->n};
    return SYNDIC_OK;
}

void syndic_charset_close(struct syndic_charset_room *converter)
{
    if (converter->open)
        iconv_close(converter->iconv);
    converter->open = NULL;
}
