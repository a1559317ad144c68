/* SPDX-License-Identifier: Apache-2.0 */
/* extract.c - one WARC record in; its text out: a conversion as it is, a response over HTTP without
 * its codings, in UTF-8, and without its markup if it is HTML. */
#define _GNU_SOURCE
#include "read/extract.h"

#include "read/charset.h"
#include "read/html.h"
#include "read/http.h"
#include "read/reader.h"

#include <stdio.h>

/* More codings on top of each other than anybody uses. */
#define CODINGS_MAX 3

enum { FIRST, SECOND, THIRD, ROOMS }; /* each step reads one room and writes another */

struct syndic_extract {
    struct syndic_growing room[ROOMS];
    struct syndic_charset_room converter;
};

enum syndic_status syndic_extract_create(struct syndic_memory *memory,
                                         struct syndic_extract **extract)
{
    struct syndic_extract *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));

    if (!made)
        return SYNDIC_NO_MEMORY;
    for (int i = 0; i < ROOMS; i++)
        made->room[i].memory = memory;
    *extract = made;
    return SYNDIC_OK;
}

void syndic_extract_destroy(struct syndic_extract *extract)
{
    if (!extract)
        return;
    struct syndic_memory *const memory = extract->room[0].memory;
    for (int i = 0; i < ROOMS; i++)
        syndic_release(memory, extract->room[i].at);
    syndic_charset_close(&extract->converter);
    syndic_release(memory, extract);
}

/* An empty room that is not the one which the bytes lie in, nor the one taken. */
static struct syndic_growing *other_room(struct syndic_extract *extract, const uint8_t *bytes,
                                         const struct syndic_growing *taken, size_t most)
{
    struct syndic_growing *room = &extract->room[FIRST];

    while (room == taken || (room->at && bytes >= room->at && bytes < room->at + room->capacity))
        room++;
    if (room->capacity > SYNDIC_CHUNK_BYTES_KEPT) {
        syndic_release(room->memory, room->at);
        room->at = NULL;
        room->capacity = 0;
    }
    room->n = 0;
    room->most = most;
    room->status = SYNDIC_OK;
    return room;
}

static enum syndic_status broken(struct syndic_extracted *extracted, const char *fault)
{
    extracted->kind = SYNDIC_EXTRACT_BROKEN;
    snprintf(extracted->fault, sizeof(extracted->fault), "%s", fault);
    return SYNDIC_OK;
}

/* What a step of the work said: NO_MEMORY goes on up, what is wrong with the record stays here. */
static enum syndic_status judge(struct syndic_extracted *extracted, enum syndic_status status,
                                const char *fault, size_t most)
{
    if (status == SYNDIC_FORMAT)
        return broken(extracted, fault);
    if (status != SYNDIC_LIMIT)
        return status;
    extracted->kind = SYNDIC_EXTRACT_BROKEN;
    snprintf(extracted->fault, sizeof(extracted->fault),
             "its payload is longer than the limit of %zu bytes", most);
    return SYNDIC_OK;
}

/* Undo "Content-Encoding: a, b": b was done last. */
static enum syndic_status decode(struct syndic_extract *extract, struct syndic_span codings,
                                 struct syndic_span *body, size_t most, const char **fault)
{
    enum syndic_status status = SYNDIC_OK;

    for (int i = 0; !status && codings.n && i < CODINGS_MAX; i++) {
        const uint8_t *const comma = memrchr(codings.at, ',', codings.n);
        const uint8_t *at = comma ? comma + 1 : codings.at;
        size_t n = codings.n - (size_t)(at - codings.at);
        while (n && (*at == ' ' || *at == '\t')) {
            at++;
            n--;
        }
        status = syndic_http_decode(body, (struct syndic_span){at, n},
                                    other_room(extract, body->at, NULL, most), fault);
        codings.n = comma ? (size_t)(comma - codings.at) : 0;
        while (codings.n && codings.at[codings.n - 1] == ' ')
            codings.n--;
    }
    return status;
}

/* The body without what HTTP put around it. */
static enum syndic_status payload(struct syndic_extract *extract, const struct syndic_http *http,
                                  struct syndic_span *body, size_t most, const char **fault)
{
    enum syndic_status status = SYNDIC_OK;
    struct syndic_span value;

    *body = http->body;
    if (syndic_fields_find(http->head, "Transfer-Encoding", &value) &&
        memmem(value.at, value.n, "hunked", 6))
        status = syndic_http_dechunk(body, other_room(extract, body->at, NULL, most), fault);
    if (!status && syndic_fields_find(http->head, "Content-Encoding", &value))
        status = decode(extract, value, body, most, fault);
    return status;
}

/* Text of a known media type out of a body; `otherwise` is its encoding where nothing names one. */
static enum syndic_status to_text(struct syndic_extract *extract, struct syndic_span type,
                                  bool html, const struct syndic_charset *otherwise,
                                  struct syndic_span *body, size_t most, const char **fault)
{
    const struct syndic_charset *named =
        syndic_charset_named(syndic_media_parameter(type, "charset"));

    if (!named && html)
        named = syndic_charset_in_page(*body);
    named = named ? named : otherwise;
    const struct syndic_charset *const charset = syndic_charset_of(body, named);
    *fault = "its encoding is not known to this C library";
    enum syndic_status status = syndic_charset_convert(&extract->converter, charset, body,
                                                       other_room(extract, body->at, NULL, most));
    if (status || !html)
        return status;
    struct syndic_growing *const clean = other_room(extract, body->at, NULL, most + 1);
    struct syndic_growing *const text = other_room(extract, body->at, clean, most);
    status = syndic_html_text(*body, clean, text);
    *body = (struct syndic_span){text->at, text->n};
    return status;
}

static bool is_html(struct syndic_span type)
{
    return syndic_span_is(type, "text/html") || syndic_span_is(type, "application/xhtml+xml");
}

/* Is a text of this type a document?  *html tells which of the two. */
static bool is_wanted(const struct syndic_read_options *options, struct syndic_span type,
                      bool *html)
{
    const struct syndic_span bare = syndic_media_type(type);

    *html = is_html(bare);
    if (*html)
        return options->html == SYNDIC_HTML_STRIP && syndic_html_is_here();
    return syndic_span_is(bare, "text/plain");
}

static enum syndic_status extract_response(struct syndic_extract *extract,
                                           const struct syndic_read_options *options,
                                           struct syndic_span fields, struct syndic_span block,
                                           struct syndic_extracted *extracted)
{
    struct syndic_span type, body;
    struct syndic_http http;
    const char *fault = NULL;
    bool html;

    if (!syndic_fields_find(fields, "Content-Type", &type) ||
        !syndic_span_is(syndic_media_type(type), "application/http"))
        return SYNDIC_OK;
    if (!syndic_http_parse(block, &http))
        return broken(extracted, "it holds no HTTP response");
    if (!syndic_fields_find(http.head, "Content-Type", &type) &&
        !syndic_fields_find(fields, "WARC-Identified-Payload-Type", &type))
        return SYNDIC_OK;
    if (!is_wanted(options, type, &html))
        return SYNDIC_OK;
    extracted->kind = SYNDIC_EXTRACT_DOCUMENT;
    enum syndic_status status = payload(extract, &http, &body, options->max_record_bytes, &fault);
    if (!status)
        status = to_text(extract, type, html, NULL, &body, options->max_record_bytes, &fault);
    extracted->text = body.at;
    extracted->text_bytes = body.n;
    return judge(extracted, status, fault, options->max_record_bytes);
}

static enum syndic_status extract_conversion(struct syndic_extract *extract,
                                             const struct syndic_read_options *options,
                                             struct syndic_span fields, struct syndic_span body,
                                             struct syndic_extracted *extracted)
{
    struct syndic_span type;
    const char *fault = NULL;
    bool html;

    if (!syndic_fields_find(fields, "Content-Type", &type) || !is_wanted(options, type, &html))
        return SYNDIC_OK;
    extracted->kind = SYNDIC_EXTRACT_DOCUMENT;
    static const uint8_t name[] = "utf-8"; /* what conversions are made into */
    const enum syndic_status status =
        to_text(extract, type, html, syndic_charset_named((struct syndic_span){name, 5}), &body,
                options->max_record_bytes, &fault);
    extracted->text = body.at;
    extracted->text_bytes = body.n;
    return judge(extracted, status, fault, options->max_record_bytes);
}

enum syndic_status syndic_extract_text(struct syndic_extract *extract,
                                       const struct syndic_read_options *options,
                                       const uint8_t *bytes,
                                       const struct syndic_warc_record *record,
                                       struct syndic_extracted *extracted)
{
    const struct syndic_span fields = {bytes, record->header_bytes};
    const struct syndic_span block = {bytes + record->header_bytes, record->body_bytes};
    struct syndic_span type;

    *extracted = (struct syndic_extracted){.kind = SYNDIC_EXTRACT_OTHER};
    if (!syndic_fields_find(fields, "WARC-Type", &type))
        return SYNDIC_OK;
    if (syndic_span_is(type, "conversion"))
        return extract_conversion(extract, options, fields, block, extracted);
    if (syndic_span_is(type, "response"))
        return extract_response(extract, options, fields, block, extracted);
    return SYNDIC_OK;
}
