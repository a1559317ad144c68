/* SPDX-License-Identifier: Apache-2.0 */
/* members.c - gzip members or zstd frames in; their bytes, with what is damaged passed over, out.
 *
 * A gzip member that lies in the input buffer as a whole goes through libdeflate, which needs all
 * of it at once and has no other state.  On genuine records this gives 540 MB/s, ISA-L 460 and zlib
 * 200; on plain text in records of 6 KiB 290, 240 and 120 (Xeon, Sapphire Rapids class, 2026-11).
 * Everything else goes through the decoders of streams: zstd, members that are large or unfinished,
 * and damaged ones, for the bytes before the damage. */
#define _GNU_SOURCE
#include "read/members.h"

#include "base/error.h"
#include "read/spool.h"

#include <errno.h>
#include <libdeflate.h>
#include <string.h>

#define IN_BYTES      ((size_t)1 << 20) /* some dozens of members of a web crawl */
#define OUT_BYTES     ((size_t)1 << 20)
#define OUT_BYTES_MAX ((size_t)8 << 20) /* what gives more is decompressed piece by piece */
#define START_BYTES   4                 /* that tell a member */

/* Those of published crawls are about 1 MiB. */
#define DICTIONARY_BYTES_MAX ((size_t)64 << 20)

/* After damage, work on false starts inside of it that may be spent for each byte got on, and on
 * top: beyond it, what was tried is not searched for starts, so that time is bounded. */
#define WORK_PER_BYTE 8
#define WORK_BYTES    ((uint64_t)32 << 20)

struct syndic_members {
    struct syndic_memory *memory;
    int fd;
    enum syndic_compression compression;
    const struct syndic_decoder *decoder;
    void *state;
    struct libdeflate_decompressor *fast; /* NULL: not gzip */
    uint8_t *in;
    uint64_t in_offset; /* of in[0] in the file */
    size_t in_at, in_end;
    bool ended; /* the buffer holds the end of the file */
    const char *failed;
    uint8_t *out;
    size_t out_at, out_end, out_bytes;
    bool inside;          /* a member that began at `from` and is decompressed in pieces */
    uint64_t from, given; /* bytes it gave so far */
    bool any, finished;
    bool lost; /* since gap.from */
    struct syndic_gap gap;
    uint64_t work; /* on false starts in the gap */
    struct syndic_gap *gaps;
    size_t gap_at, gap_count, gap_capacity;
};

/* WARC files may begin with a dictionary for all of their frames: in a skippable frame of its own
 * kind, itself a zstd frame or as it is (IIPC, "Zstandard compression of WARC files").  One that
 * cannot be read leaves frames that say they need it. */
static enum syndic_status use_dictionary(struct syndic_members *m)
{
    static const uint8_t magic[] = {0x5d, 0x2a, 0x4d, 0x18};
    uint8_t head[8];

    if (syndic_read_at(m->fd, head, sizeof(head), 0) != sizeof(head) ||
        memcmp(head, magic, sizeof(magic)) != 0)
        return SYNDIC_OK;
    const size_t n =
        (size_t)head[4] | (size_t)head[5] << 8 | (size_t)head[6] << 16 | (size_t)head[7] << 24;
    if (n > DICTIONARY_BYTES_MAX)
        return SYNDIC_OK;
    uint8_t *const bytes = syndic_allocate(m->memory, n, 1);
    if (!bytes)
        return SYNDIC_NO_MEMORY;
    enum syndic_status status = SYNDIC_OK;
    if (syndic_read_at(m->fd, bytes, n, sizeof(head)) == (ssize_t)n)
        status = syndic_zstd_use_dictionary(m->state, m->memory, bytes, n, DICTIONARY_BYTES_MAX);
    syndic_release(m->memory, bytes);
    return status;
}

enum syndic_status syndic_members_create(struct syndic_memory *memory, int fd,
                                         enum syndic_compression compression,
                                         struct syndic_members **members)
{
    struct syndic_members *const m = syndic_allocate_zeroed(memory, 1, sizeof(*m));

    if (!m)
        return SYNDIC_NO_MEMORY;
    m->memory = memory;
    m->fd = fd;
    m->compression = compression;
    m->decoder = compression == SYNDIC_GZIP ? &syndic_gzip_decoder : &syndic_zstd_decoder;
    m->out_bytes = OUT_BYTES;
    m->in = syndic_allocate(memory, IN_BYTES, 1);
    m->out = syndic_allocate(memory, OUT_BYTES, 1);
    if (compression == SYNDIC_GZIP)
        m->fast = libdeflate_alloc_decompressor(); /* 11 KiB, not counted */
    if (!m->in || !m->out || (compression == SYNDIC_GZIP && !m->fast) ||
        m->decoder->create(memory, &m->state) ||
        (compression == SYNDIC_ZSTD && use_dictionary(m))) {
        syndic_members_destroy(m);
        return SYNDIC_NO_MEMORY;
    }
    *members = m;
    return SYNDIC_OK;
}

void syndic_members_destroy(struct syndic_members *m)
{
    if (!m)
        return;
    if (m->state)
        m->decoder->destroy(m->memory, m->state);
    libdeflate_free_decompressor(m->fast);
    syndic_release(m->memory, m->gaps);
    syndic_release(m->memory, m->out);
    syndic_release(m->memory, m->in);
    syndic_release(m->memory, m);
}

/* ---- the file ---- */

static uint64_t position(const struct syndic_members *m)
{
    return m->in_offset + m->in_at;
}

/* Move what is left to the front and read on.  A file that cannot be read ends here. */
static void refill(struct syndic_members *m)
{
    const size_t left = m->in_end - m->in_at;

    memmove(m->in, m->in + m->in_at, left);
    m->in_offset += m->in_at;
    m->in_at = 0;
    m->in_end = left;
    const ssize_t got = syndic_read_at(m->fd, m->in + left, IN_BYTES - left, m->in_offset + left);
    if (got < 0)
        m->failed = "the file cannot be read";
    m->in_end += got > 0 ? (size_t)got : 0;
    m->ended = m->in_end < IN_BYTES;
}

static void seek(struct syndic_members *m, uint64_t offset)
{
    if (offset >= m->in_offset && offset <= m->in_offset + m->in_end) {
        m->in_at = (size_t)(offset - m->in_offset);
        return;
    }
    m->in_offset = offset;
    m->in_at = m->in_end = 0;
    m->ended = false;
}

static bool starts(const struct syndic_members *m, const uint8_t *at)
{
    if (m->compression == SYNDIC_GZIP) /* and deflate, and no unknown flag */
        return at[0] == 0x1f && at[1] == 0x8b && at[2] == 8 && !(at[3] & 0xe0);
    const bool skippable =
        (at[0] & 0xf0) == 0x50 && at[1] == 0x2a && at[2] == 0x4d && at[3] == 0x18;
    return skippable || (at[0] == 0x28 && at[1] == 0xb5 && at[2] == 0x2f && at[3] == 0xfd);
}

/* ---- gaps ---- */

static void lose(struct syndic_members *m, uint64_t from, const char *why)
{
    if (!m->lost)
        m->gap = (struct syndic_gap){.from = from, .why = why};
    m->work = m->lost ? m->work : 0;
    m->lost = true;
}

static enum syndic_status found_again(struct syndic_members *m, uint64_t to, bool at_end)
{
    if (!m->lost)
        return SYNDIC_OK;
    if (!syndic_reserve(m->memory, (void **)&m->gaps, &m->gap_capacity, m->gap_count + 1,
                        sizeof(*m->gaps)))
        return SYNDIC_NO_MEMORY;
    m->gap.to = to;
    m->gap.at_end = at_end;
    m->gaps[m->gap_count++] = m->gap;
    m->lost = false;
    return SYNDIC_OK;
}

bool syndic_members_gap(struct syndic_members *m, struct syndic_gap *gap)
{
    if (m->gap_at == m->gap_count) {
        m->gap_at = m->gap_count = 0;
        return false;
    }
    *gap = m->gaps[m->gap_at++];
    return true;
}

/* The member at `from` is damaged, and the decoder got as far as the position. */
static void give_up(struct syndic_members *m, const char *why)
{
    const uint64_t reached = position(m);

    lose(m, m->from, why);
    m->work += reached - m->from + m->given;
    const bool spent = m->work > WORK_BYTES + WORK_PER_BYTE * (m->from - m->gap.from);
    seek(m, spent && reached > m->from ? reached : m->from + 1);
    m->inside = false;
    /* What is cut off must not hide the beginning of the next record. */
    if (m->given && m->out_end < m->out_bytes)
        m->out[m->out_end++] = '\n';
    m->decoder->reset(m->state);
}

/* ---- members ---- */

/* Decode on inside a member, into the room that is left. */
static enum syndic_status piece(struct syndic_members *m)
{
    const char *why = NULL;

    if (m->in_at == m->in_end && !m->ended)
        refill(m);
    struct syndic_coded coded = {m->in + m->in_at, m->in_end - m->in_at, m->out + m->out_end,
                                 m->out_bytes - 1 - m->out_end}; /* 1: for give_up() */
    const size_t in_bytes = coded.in_bytes, out_bytes = coded.out_bytes;
    const enum syndic_decoded decoded = m->decoder->decode(m->state, &coded, &why);
    m->in_at += in_bytes - coded.in_bytes;
    m->out_end += out_bytes - coded.out_bytes;
    m->given += out_bytes - coded.out_bytes;
    if (decoded == SYNDIC_DECODED_WHOLE) {
        m->inside = false;
        m->any = true;
        return found_again(m, m->from, false);
    }
    if (decoded == SYNDIC_DECODED_ERROR)
        give_up(m, why);
    else if (m->ended && coded.in_bytes == in_bytes && coded.out_bytes == out_bytes)
        give_up(m, m->failed ? m->failed : m->decoder->truncated);
    return SYNDIC_OK;
}

/* A whole member that is in the buffer.  *done is false where that does not go. */
static enum syndic_status at_once(struct syndic_members *m, bool *done)
{
    size_t used, made;

    for (;;) {
        const enum libdeflate_result result = libdeflate_gzip_decompress_ex(
            m->fast, m->in + m->in_at, m->in_end - m->in_at, m->out, m->out_bytes, &used, &made);
        *done = result == LIBDEFLATE_SUCCESS;
        if (*done)
            break;
        if (result != LIBDEFLATE_INSUFFICIENT_SPACE || m->out_bytes >= OUT_BYTES_MAX)
            return SYNDIC_OK;
        uint8_t *const more = syndic_resize(m->memory, m->out, m->out_bytes * 2, 1);
        if (!more)
            return SYNDIC_NO_MEMORY;
        m->out = more;
        m->out_bytes *= 2;
    }
    const uint64_t from = position(m);
    m->in_at += used;
    m->out_end = made;
    m->any = true;
    return found_again(m, from, false);
}

/* Bytes that begin no member: up to the next that may. */
static void search(struct syndic_members *m)
{
    const uint8_t first = m->compression == SYNDIC_GZIP ? 0x1f : 0x28;
    const uint8_t *const end = m->in + m->in_end;
    const uint8_t *at = m->in + m->in_at;

    if (m->compression == SYNDIC_GZIP)
        while (at + START_BYTES <= end && !starts(m, at)) {
            at = memchr(at + 1, first, (size_t)(end - at - 1));
            at = at ? at : end;
        }
    else
        while (at + START_BYTES <= end && !starts(m, at))
            at++;
    m->in_at = (size_t)(at - m->in);
}

/* Between members: begin the next, or pass over what is none. */
static enum syndic_status next_member(struct syndic_members *m)
{
    bool done = false;

    if (m->in_end - m->in_at < START_BYTES && !m->ended)
        refill(m);
    const size_t left = m->in_end - m->in_at;
    if (!left) {
        if (m->failed)
            lose(m, position(m), m->failed);
        if (!m->any && !m->lost)
            lose(m, 0, m->decoder->truncated);
        m->finished = true;
        return found_again(m, position(m), true);
    }
    if (m->any && !m->lost && !m->in[m->in_at]) { /* zeros may fill a file up */
        m->in_at++;
        return SYNDIC_OK;
    }
    if (left < START_BYTES || !starts(m, m->in + m->in_at)) {
        lose(m, position(m), m->compression == SYNDIC_GZIP ? "not gzip data" : "not zstd data");
        if (left < START_BYTES)
            m->in_at = m->in_end;
        else
            search(m);
        return SYNDIC_OK;
    }
    if (m->fast) {
        const enum syndic_status status = at_once(m, &done);
        if (status || done)
            return status;
        if (m->in_at >= IN_BYTES / 2 && !m->ended) { /* perhaps only its end was missing */
            refill(m);
            return SYNDIC_OK;
        }
    }
    m->inside = true;
    m->from = position(m);
    m->given = 0;
    return SYNDIC_OK;
}

enum syndic_status syndic_members_read(struct syndic_members *m, uint8_t *out, size_t n,
                                       size_t *got)
{
    enum syndic_status status = SYNDIC_OK;

    *got = 0;
    while (!status && *got < n) {
        if (m->out_at < m->out_end) {
            const size_t left = m->out_end - m->out_at, want = n - *got;
            const size_t step = left < want ? left : want;
            memcpy(out + *got, m->out + m->out_at, step);
            m->out_at += step;
            *got += step;
            continue;
        }
        if (m->finished)
            break;
        m->out_at = m->out_end = 0;
        status = m->inside ? piece(m) : next_member(m);
    }
    return status;
}

uint64_t syndic_members_used(const struct syndic_members *m)
{
    return position(m);
}
