/* SPDX-License-Identifier: Apache-2.0 */
/* json_text.h - values in, JSON text out. */
#ifndef SYNDIC_WRITE_JSON_TEXT_H
#define SYNDIC_WRITE_JSON_TEXT_H

#include "write/output.h"

/* A JSON string with its quotes.  Control characters are escaped; what is not UTF-8 becomes U+FFFD,
 * one for each maximal subpart (Unicode Standard, section 3.9). */
void syndic_put_json_string(struct syndic_output *output, const char *bytes, size_t n);

/* The same for a C string; null where text is NULL. */
void syndic_put_json_text(struct syndic_output *output, const char *text);

/* ,"key": - or "key": after before = "{" and the like. */
void syndic_put_json_key(struct syndic_output *output, const char *before, const char *key);

/* A JSON string that holds bytes[0, n) in base 64 (RFC 4648, section 4). */
void syndic_put_json_base64(struct syndic_output *output, const uint8_t *bytes, size_t n);

/* Length of the well-formed UTF-8 sequence at p[0, n), n >= 1; or 0, with *bad the length of the
 * maximal subpart that one U+FFFD stands for. */
size_t syndic_utf8_length(const uint8_t *p, size_t n, size_t *bad);

bool syndic_utf8_valid(const uint8_t *p, size_t n);

#endif
