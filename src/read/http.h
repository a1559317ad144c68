/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - an HTTP response as a crawler stored it in; the bytes that the server meant, out. */
#ifndef SYNDIC_READ_HTTP_H
#define SYNDIC_READ_HTTP_H

#include "read/fields.h"
#include "read/growing.h"

struct syndic_http {
    struct syndic_span head; /* status line and fields */
    struct syndic_span body; /* as it was transferred */
};

/* Find head and body of a response; false: there is none. */
bool syndic_http_parse(struct syndic_span response, struct syndic_http *http);

/* Undo Transfer-Encoding: chunked; a body that is not chunked is left as it is, as crawlers that
 * undo it often keep the field.  What is cut off at the end is cut off.  SYNDIC_FORMAT: *fault says
 * where it is broken. */
SYNDIC_MUST_USE enum syndic_status syndic_http_dechunk(struct syndic_span *body,
                                                       struct syndic_growing *room,
                                                       const char **fault);

/* Undo one Content-Encoding: gzip, deflate or zstd; a body that was decoded already is left as it
 * is. */
SYNDIC_MUST_USE enum syndic_status syndic_http_decode(struct syndic_span *body,
                                                      struct syndic_span coding,
                                                      struct syndic_growing *room,
                                                      const char **fault);

#endif
