/* SPDX-License-Identifier: Apache-2.0 */
/* http.c - a stored HTTP response in (RFC 9112, RFC 9110); its body without transfer and content
 * codings, out.
 *
 * Crawlers cut bodies off at a length of theirs, so an early end is no fault: what came before it
 * is the text.  Broken codings are one. */
#define _GNU_SOURCE
#include "read/http.h"

#include <strings.h>
#include <zlib.h>
#include <zstd.h>

bool syndic_http_parse(struct syndic_span response, struct syndic_http *http)
{
    if (response.n < 5 || memcmp(response.at, "HTTP/", 5) != 0)
        return false;
    const size_t head = syndic_fields_length(response.at, response.n);
    if (!head)
        return false;
    http->head = (struct syndic_span){response.at, head};
    http->body = (struct syndic_span){response.at + head, response.n - head};
    return true;
}

static int hex_digit(uint8_t byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    byte |= 0x20;
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* The line "1f;extension"; false: it is none, or cut off where *at is the end. */
static bool chunk_size(struct syndic_span body, size_t *at, uint64_t *size)
{
    size_t i = *at, digits = 0;

    for (*size = 0; i < body.n && hex_digit(body.at[i]) >= 0 && digits < 15; i++, digits++)
        *size = *size * 16 + (uint64_t)hex_digit(body.at[i]);
    while (i < body.n && (body.at[i] == ' ' || body.at[i] == '\t'))
        i++;
    const bool plausible =
        digits && (i == body.n || body.at[i] == ';' || body.at[i] == '\r' || body.at[i] == '\n');
    if (!plausible)
        return false;
    const uint8_t *const end = memchr(body.at + i, '\n', body.n - i);
    *at = end ? (size_t)(end - body.at) + 1 : body.n;
    return true;
}

enum syndic_status syndic_http_dechunk(struct syndic_span *body, struct syndic_growing *room,
                                       const char **fault)
{
    size_t at = 0;
    uint64_t size;

    *fault = "the chunked body is broken";
    for (bool first = true; at < body->n; first = false) {
        if (!chunk_size(*body, &at, &size))
            return first ? SYNDIC_OK : SYNDIC_FORMAT;
        if (!size)
            break;
        const size_t left = body->n - at, n = size < left ? (size_t)size : left;
        syndic_growing_put(room, body->at + at, n);
        at += n;
        if (room->status)
            return room->status;
        if (at < body->n && body->at[at] == '\r')
            at++;
        if (at < body->n && body->at[at++] != '\n')
            return SYNDIC_FORMAT;
    }
    if (!syndic_growing_more(room, 0))
        return room->status;
    *body = (struct syndic_span){room->at, room->n};
    return SYNDIC_OK;
}

/* ---- content codings ---- */

#define STEP_BYTES ((size_t)64 << 10)

static void *zlib_allocate(void *memory, unsigned count, unsigned size)
{
    return syndic_allocate(memory, count, size);
}

static void zlib_release(void *memory, void *block)
{
    syndic_release(memory, block);
}

/* Inflate a body of less than 2 GiB, as all of ours are.  *good is false where it is corrupt. */
static enum syndic_status inflate_body(struct syndic_span body, int window,
                                       struct syndic_growing *room, bool *good)
{
    z_stream z = {.zalloc = zlib_allocate,
                  .zfree = zlib_release,
                  .opaque = room->memory,
                  .next_in = (Bytef *)(uintptr_t)body.at, /* not written to */
                  .avail_in = (uInt)body.n};
    int code = inflateInit2(&z, window) == Z_OK ? Z_OK : Z_MEM_ERROR;

    while (code == Z_OK) {
        const size_t left = room->most - room->n;
        const size_t step = left < STEP_BYTES ? left : STEP_BYTES;
        uint8_t *const to =
            syndic_growing_more(room, left ? step : 1); /* 1: the limit is reached */
        if (!to)
            break;
        z.next_out = to;
        z.avail_out = (uInt)step;
        code = inflate(&z, Z_NO_FLUSH);
        room->n += step - z.avail_out;
    }
    inflateEnd(&z);
    if (code == Z_MEM_ERROR)
        room->status = SYNDIC_NO_MEMORY;
    *good = code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR; /* BUF: cut off */
    return room->status;
}

static bool is_zlib(struct syndic_span body)
{
    return body.n >= 2 && (body.at[0] & 0xf) == 8 && (body.at[0] * 256 + body.at[1]) % 31 == 0;
}

/* gzip, or deflate, which may be with or without the header of zlib. */
static enum syndic_status undeflate(struct syndic_span *body, bool gzip,
                                    struct syndic_growing *room, const char **fault)
{
    const int window = gzip ? 15 + 16 : is_zlib(*body) ? 15 : -15;
    bool good;

    if (gzip && (body->n < 2 || body->at[0] != 0x1f || body->at[1] != 0x8b))
        return SYNDIC_OK;
    const enum syndic_status status = inflate_body(*body, window, room, &good);
    if (status)
        return status;
    if (!good && window < 0 && !room->n)
        return SYNDIC_OK;
    *fault = gzip ? "the gzip payload is corrupt" : "the deflate payload is corrupt";
    if (!good)
        return SYNDIC_FORMAT;
    *body = (struct syndic_span){room->at, room->n};
    return SYNDIC_OK;
}

static enum syndic_status unzstd(struct syndic_span *body, struct syndic_growing *room,
                                 const char **fault)
{
    static const uint8_t magic[] = {0x28, 0xb5, 0x2f, 0xfd};
    ZSTD_inBuffer in = {body->at, body->n, 0};
    size_t code = 1;

    if (body->n < sizeof(magic) || memcmp(body->at, magic, sizeof(magic)) != 0)
        return SYNDIC_OK;
    ZSTD_DStream *const stream = ZSTD_createDStream(); /* windows of at most 8 MiB, not counted */
    if (!stream)
        return SYNDIC_NO_MEMORY;
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 23); /* RFC 9659 */
    while (!ZSTD_isError(code) && code) {
        const size_t left = room->most - room->n;
        ZSTD_outBuffer out = {NULL, left < STEP_BYTES ? left : STEP_BYTES, 0};
        const size_t before = in.pos;
        out.dst = syndic_growing_more(room, left ? out.size : 1); /* 1: the limit is reached */
        if (!out.dst)
            break;
        code = ZSTD_decompressStream(stream, &out, &in);
        room->n += out.pos;
        if (before == in.pos && !out.pos) /* cut off */
            break;
    }
    ZSTD_freeDStream(stream);
    *fault = "the zstd payload is corrupt";
    if (room->status)
        return room->status;
    if (ZSTD_isError(code))
        return SYNDIC_FORMAT;
    *body = (struct syndic_span){room->at, room->n};
    return SYNDIC_OK;
}

enum syndic_status syndic_http_decode(struct syndic_span *body, struct syndic_span coding,
                                      struct syndic_growing *room, const char **fault)
{
    if (!coding.n || !body->n || syndic_span_is(coding, "identity"))
        return SYNDIC_OK;
    if (syndic_span_is(coding, "gzip") || syndic_span_is(coding, "x-gzip"))
        return undeflate(body, true, room, fault);
    if (syndic_span_is(coding, "deflate"))
        return undeflate(body, false, room, fault);
    if (syndic_span_is(coding, "zstd"))
        return unzstd(body, room, fault);
    if (body->at[0] == '<') /* decoded already */
        return SYNDIC_OK;
    *fault = syndic_span_is(coding, "br") ? "its Content-Encoding is br, which is not read"
                                          : "its Content-Encoding is not known";
    return SYNDIC_FORMAT;
}
