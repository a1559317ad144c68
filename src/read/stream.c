/* SPDX-License-Identifier: Apache-2.0 */
/* stream.c - an open file in, its decompressed bytes out: keeps a decoder in input until there is
 * no more, and tells a good end from an early one. */
#include "read/stream.h"

#include "base/error.h"
#include "read/members.h"
#include "read/spool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Large beside a system call and small beside a cache. */
#define BUFFER_BYTES ((size_t)128 << 10)

/* Copying these once more costs nothing beside decompression (10 GB/s against 0.5). */
#define BLOCK_BYTES ((size_t)256 << 10)

struct syndic_stream {
    struct syndic_memory *memory;
    int fd, spool_fd;
    const _Atomic bool *cancel;           /* or NULL */
    struct syndic_members *members;       /* NULL: what follows here serves */
    const struct syndic_decoder *decoder; /* NULL: plain */
    void *state;
    uint8_t *buffer;
    size_t buffer_bytes;
    uint8_t *block; /* decoded: */
    size_t block_at, block_end;
    struct syndic_coded coded; /* what is left of the buffer, and of the block's room */
    uint64_t read_bytes;       /* from the file */
    bool whole;                /* the decoder is between members */
    bool ended;                /* the file is at its end */
    bool finished;             /* nothing follows the block */
    enum syndic_status failed; /* after the block, and why: */
    struct syndic_damage damage;
};

enum syndic_status syndic_stream_create(struct syndic_memory *memory, int fd,
                                        enum syndic_compression compression, size_t buffer_bytes,
                                        int spool_fd, struct syndic_stream **stream)
{
    static const struct syndic_decoder *const decoders[] = {
        [SYNDIC_PLAIN] = NULL,
        [SYNDIC_GZIP] = &syndic_gzip_decoder,
        [SYNDIC_ZSTD] = &syndic_zstd_decoder,
    };
    struct syndic_stream *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (!made)
        return status;
    made->memory = memory;
    made->fd = fd;
    made->spool_fd = spool_fd;
    made->decoder = decoders[compression];
    if (made->decoder) {
        made->buffer_bytes = buffer_bytes ? buffer_bytes : BUFFER_BYTES;
        made->buffer = syndic_allocate(memory, made->buffer_bytes, 1);
        made->block = syndic_allocate(memory, BLOCK_BYTES, 1);
        if (!made->buffer || !made->block)
            goto out_stream;
        status = made->decoder->create(memory, &made->state);
        if (status)
            goto out_stream;
    }
    *stream = made;
    return SYNDIC_OK;

out_stream:
    syndic_stream_destroy(made);
    return status;
}

enum syndic_status syndic_stream_create_members(struct syndic_memory *memory, int fd,
                                                enum syndic_compression compression,
                                                struct syndic_stream **stream)
{
    struct syndic_stream *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));

    if (!made)
        return SYNDIC_NO_MEMORY;
    made->memory = memory;
    if (syndic_members_create(memory, fd, compression, &made->members)) {
        syndic_release(memory, made);
        return SYNDIC_NO_MEMORY;
    }
    *stream = made;
    return SYNDIC_OK;
}

void syndic_stream_set_cancel(struct syndic_stream *stream, const _Atomic bool *cancel)
{
    stream->cancel = cancel;
}

void syndic_stream_destroy(struct syndic_stream *stream)
{
    if (!stream)
        return;
    syndic_members_destroy(stream->members);
    if (stream->state)
        stream->decoder->destroy(stream->memory, stream->state);
    syndic_release(stream->memory, stream->block);
    syndic_release(stream->memory, stream->buffer);
    syndic_release(stream->memory, stream);
}

uint64_t syndic_stream_used(const struct syndic_stream *stream)
{
    if (stream->members)
        return syndic_members_used(stream->members);
    return stream->read_bytes - stream->coded.in_bytes;
}

bool syndic_stream_gap(struct syndic_stream *stream, struct syndic_gap *gap)
{
    return stream->members && syndic_members_gap(stream->members, gap);
}

static enum syndic_status damaged(const struct syndic_stream *stream, struct syndic_damage *damage,
                                  const char *why)
{
    snprintf(damage->message, sizeof(damage->message), "%s", why);
    damage->byte = syndic_stream_used(stream);
    return SYNDIC_FORMAT;
}

static enum syndic_status damaged_by_system(const struct syndic_stream *stream,
                                            struct syndic_damage *damage, const char *what)
{
    char words[64];

    syndic_errno_words(errno, words, sizeof(words));
    snprintf(damage->message, sizeof(damage->message), "cannot %s: %s", what, words);
    damage->byte = stream->read_bytes;
    return SYNDIC_FORMAT;
}

static enum syndic_status read_plain(struct syndic_stream *stream, uint8_t *out, size_t n,
                                     size_t *got, struct syndic_damage *damage)
{
    const ssize_t done = syndic_read_on(stream->fd, out, n, stream->cancel);

    if (done < 0 && errno == ECANCELED) {
        damaged_by_system(stream, damage, "read");
        return SYNDIC_IO;
    }
    if (done < 0)
        return damaged_by_system(stream, damage, "read");
    if (stream->spool_fd >= 0 &&
        !syndic_write_at(stream->spool_fd, out, (size_t)done, stream->read_bytes)) {
        damaged_by_system(stream, damage, "keep standard input in the temporary folder");
        return SYNDIC_IO;
    }
    stream->read_bytes += (uint64_t)done;
    *got = (size_t)done;
    return SYNDIC_OK;
}

static bool refill(struct syndic_stream *stream)
{
    const ssize_t done = syndic_read_on(stream->fd, stream->buffer, stream->buffer_bytes, NULL);

    if (done < 0)
        return false;
    stream->ended = (size_t)done < stream->buffer_bytes;
    stream->coded.in = stream->buffer;
    stream->coded.in_bytes = (size_t)done;
    stream->read_bytes += (uint64_t)done;
    return true;
}

/* One turn of the decoder.  *more is false at the good end of the file. */
static enum syndic_status turn(struct syndic_stream *stream, bool *more,
                               struct syndic_damage *damage)
{
    struct syndic_coded *const coded = &stream->coded;
    const char *why = NULL;

    *more = true;
    if (!coded->in_bytes && !stream->ended && !refill(stream))
        return damaged_by_system(stream, damage, "read");
    if (!coded->in_bytes && stream->ended && stream->whole) {
        *more = false;
        return SYNDIC_OK;
    }
    const size_t in_bytes = coded->in_bytes, out_bytes = coded->out_bytes;
    const enum syndic_decoded decoded = stream->decoder->decode(stream->state, coded, &why);
    if (decoded == SYNDIC_DECODED_ERROR)
        return damaged(stream, damage, why);
    stream->whole = decoded == SYNDIC_DECODED_WHOLE;
    const bool stuck = coded->in_bytes == in_bytes && coded->out_bytes == out_bytes;
    if (stuck && !stream->whole && stream->ended)
        return damaged(stream, damage, stream->decoder->truncated);
    return SYNDIC_OK;
}

static void decode_block(struct syndic_stream *stream)
{
    bool more = true;

    stream->coded.out = stream->block;
    stream->coded.out_bytes = BLOCK_BYTES;
    while (!stream->failed && more && stream->coded.out_bytes)
        stream->failed = turn(stream, &more, &stream->damage);
    stream->finished = stream->failed || !more;
    stream->block_at = 0;
    stream->block_end = BLOCK_BYTES - stream->coded.out_bytes;
}

static size_t read_decoded(struct syndic_stream *stream, uint8_t *out, size_t n)
{
    size_t got = 0;

    while (got < n) {
        if (stream->block_at == stream->block_end) {
            if (stream->finished)
                break;
            decode_block(stream);
        }
        const size_t left = stream->block_end - stream->block_at;
        const size_t step = left < n - got ? left : n - got;
        memcpy(out + got, stream->block + stream->block_at, step);
        stream->block_at += step;
        got += step;
    }
    return got;
}

enum syndic_status syndic_stream_read(struct syndic_stream *stream, uint8_t *out, size_t n,
                                      size_t *got, struct syndic_damage *damage)
{
    if (stream->members)
        return syndic_members_read(stream->members, out, n, got);
    *got = 0;
    if (stream->decoder)
        *got = read_decoded(stream, out, n);
    else if (!stream->failed)
        stream->failed = read_plain(stream, out, n, got, &stream->damage);
    if (stream->failed && *got < n) {
        *damage = stream->damage;
        return stream->failed;
    }
    return SYNDIC_OK;
}
