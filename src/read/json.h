/* SPDX-License-Identifier: Apache-2.0 */
/* json.h - one line of JSON in; the values of a few named fields out, without a tree.
 *
 * The line must hold one JSON object by RFC 8259 (surrounding white space allowed); it is checked
 * in full, except that invalid UTF-8 inside strings passes through and that lone surrogate escapes
 * become U+FFFD.  A path "a.b" means member "b" of the object that is member "a", or a top-level
 * member whose whole name is "a.b", which goes first where both are there.  Paths do not lead
 * through arrays.  Keys match after unescaping.
 *
 * Of duplicate keys the last counts, at each level: when "a" comes again it replaces the earlier
 * "a" with all that was in it, so that "a.b" is missing unless the later "a" is an object with a
 * "b". Nesting deeper than SYNDIC_JSON_DEPTH_MAX is refused. */
#ifndef SYNDIC_READ_JSON_H
#define SYNDIC_READ_JSON_H

#include "base/memory.h"

#define SYNDIC_JSON_FIELDS_MAX 4
#define SYNDIC_JSON_DEPTH_MAX  1024
#define SYNDIC_JSON_PARTS_MAX  16 /* of a dotted path */

enum syndic_json_type {
    SYNDIC_JSON_MISSING,
    SYNDIC_JSON_STRING,
    SYNDIC_JSON_NUMBER,
    SYNDIC_JSON_TRUE,
    SYNDIC_JSON_FALSE,
    SYNDIC_JSON_NULL,
    SYNDIC_JSON_OBJECT,
    SYNDIC_JSON_ARRAY,
};

/* Strings: unescaped bytes.  Others: the raw text of the value.  Valid until the next extraction;
 * SYNDIC_TEXT_PADDING readable bytes follow strings. */
struct syndic_json_value {
    enum syndic_json_type type;
    const uint8_t *bytes;
    size_t length;
    size_t raw_at, raw_length; /* of scalars: where the value is in the line, quotes included */
};

struct syndic_json;

/* paths[0 .. count), count <= SYNDIC_JSON_FIELDS_MAX, copied.  NO_MEMORY, or INVALID_ARGUMENT for a
 * path of too many parts. */
SYNDIC_MUST_USE enum syndic_status syndic_json_create(struct syndic_memory *memory,
                                                      const char *const *paths, size_t count,
                                                      struct syndic_json **json);

/* line[0, n), with SYNDIC_TEXT_PADDING readable bytes after it.  values has `count` items, which
 * may point into the line.  On SYNDIC_FORMAT *reason is a static string and *byte the offset in the
 * line; otherwise OK or NO_MEMORY. */
SYNDIC_MUST_USE enum syndic_status syndic_json_extract(struct syndic_json *json,
                                                       const uint8_t *line, size_t n,
                                                       struct syndic_json_value *values,
                                                       const char **reason, size_t *byte);

void syndic_json_destroy(struct syndic_json *json);

#endif
