/* SPDX-License-Identifier: Apache-2.0 */
/* charset.h - text in the encoding that a web page names in; UTF-8 out.
 *
 * Names mean what browsers take them for (WHATWG Encoding Standard: latin-1 is windows-1252, gb2312
 * is GB18030, ...), and no others are known: a page does not choose what code runs. */
#ifndef SYNDIC_READ_CHARSET_H
#define SYNDIC_READ_CHARSET_H

#include "read/fields.h"
#include "read/growing.h"

struct syndic_charset; /* an encoding; static */

/* A converter for one thread: it keeps what iconv needs for the encoding used last. */
struct syndic_charset_room {
    const struct syndic_charset *open;
    void *iconv;
};

/* The encoding of this name; NULL: it is not known. */
const struct syndic_charset *syndic_charset_named(struct syndic_span name);

/* The encoding of a text: by its byte order mark, which is taken off it; else the given one; else
 * UTF-8 where the bytes are that, and windows-1252 where they are not. */
const struct syndic_charset *syndic_charset_of(struct syndic_span *text,
                                               const struct syndic_charset *named);

/* What a page says of itself in its first KiB, as <meta charset=...>; NULL: nothing. */
const struct syndic_charset *syndic_charset_in_page(struct syndic_span page);

/* Convert to UTF-8 into the room; a text in UTF-8 stays where it is, as it is.  What cannot be
 * converted becomes U+FFFD.  SYNDIC_FORMAT: this C library does not have the encoding. */
SYNDIC_MUST_USE enum syndic_status syndic_charset_convert(struct syndic_charset_room *converter,
                                                          const struct syndic_charset *charset,
                                                          struct syndic_span *text,
                                                          struct syndic_growing *room);

void syndic_charset_close(struct syndic_charset_room *converter);

#endif
