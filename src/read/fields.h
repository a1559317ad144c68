/* SPDX-License-Identifier: Apache-2.0 */
/* fields.h - header blocks as WARC and HTTP write them: a first line, then "Name: value" lines,
 * then an empty line.  Lines end in CRLF, or LF alone, as much of the web has it. */
#ifndef SYNDIC_READ_FIELDS_H
#define SYNDIC_READ_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes. */
struct syndic_span {
    const uint8_t *at;
    size_t n;
};

/* Bytes up to and with the empty line; 0: there is none in bytes[0, n). */
size_t syndic_fields_length(const uint8_t *bytes, size_t n);

/* The value of the first field of this name, without the blanks around it; false: there is none.
 * Names are compared without regard to case; the first line is passed over. */
bool syndic_fields_find(struct syndic_span fields, const char *name, struct syndic_span *value);

/* The value is digits only and fits. */
bool syndic_span_number(struct syndic_span value, uint64_t *number);

/* Is the value this word, without regard to case? */
bool syndic_span_is(struct syndic_span value, const char *word);

/* "text/html; charset=x" in, "text/html" out. */
struct syndic_span syndic_media_type(struct syndic_span value);

/* The parameter of a media type, without quotes; n 0: there is none. */
struct syndic_span syndic_media_parameter(struct syndic_span value, const char *name);

#endif
