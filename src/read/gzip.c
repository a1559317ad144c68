/* SPDX-License-Identifier: Apache-2.0 */
/* gzip.c - gzip members in, their bytes out, by RFC 1952: members follow each other, and zero bytes
 * may fill the file up after the last.  ISA-L where it is there (SYNDIC_HAVE_ISAL), else zlib. */
#include "read/stream.h"

#include <string.h>

#if defined(SYNDIC_HAVE_ISAL)
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#else
#include <zlib.h>
#endif

struct gzip {
#if defined(SYNDIC_HAVE_ISAL)
    struct inflate_state inflate;
    enum stage { FIXED, EXTRA_LENGTH, EXTRA, NAME, COMMENT, HEADER_SUM, DATA } stage;
    uint8_t flags;
    unsigned at, extra_bytes; /* within the stage; left of EXTRA */
    uint32_t header_sum;
#else
    z_stream inflate;
#endif
    bool inside; /* a member */
    bool any;    /* member was seen */
};

/* One call's worth: both libraries count in 32 bits. */
static uint32_t at_most_32_bits(size_t bytes)
{
    return bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
}

#if defined(SYNDIC_HAVE_ISAL)

static bool engine_create(struct gzip *gzip, struct syndic_memory *memory)
{
    (void)memory;
    isal_inflate_init(&gzip->inflate);
    return true;
}

static void engine_destroy(struct gzip *gzip)
{
    (void)gzip;
}

static void engine_begin(struct gzip *gzip)
{
    isal_inflate_reset(&gzip->inflate);
    gzip->inflate.crc_flag = ISAL_GZIP_NO_HDR_VER;
    gzip->stage = FIXED;
    gzip->at = 0;
    gzip->extra_bytes = 0;
    gzip->header_sum = 0;
}

/* The header is read here, because ISA-L 2.30 loses its place in the optional parts when the input
 * buffer ends there, as it does now and then in files of many members. */
static void next_stage(struct gzip *gzip)
{
    static const uint8_t wanted[] = {[EXTRA_LENGTH] = 4, [EXTRA] = 4,      [NAME] = 8,
                                     [COMMENT] = 16,     [HEADER_SUM] = 2, [DATA] = 0xff};

    gzip->at = 0;
    do
        gzip->stage++;
    while (gzip->stage != DATA &&
           (!(gzip->flags & wanted[gzip->stage]) || (gzip->stage == EXTRA && !gzip->extra_bytes)));
}

/* False: this byte is no part of a header. */
static bool take_header_byte(struct gzip *gzip, uint8_t byte)
{
    static const uint8_t magic[] = {0x1f, 0x8b, 8}; /* 8: deflate */
    const enum stage stage = gzip->stage;
    const unsigned at = gzip->at++;
    bool done = false;

    if (stage == HEADER_SUM && byte != (uint8_t)(gzip->header_sum >> 8 * at))
        return false;
    gzip->header_sum = crc32_gzip_refl(gzip->header_sum, &byte, stage == HEADER_SUM ? 0 : 1);
    if (stage == FIXED) {
        if (at < sizeof(magic) ? byte != magic[at] : at == 3 && byte & 0xe0)
            return false;
        gzip->flags = at == 3 ? byte : gzip->flags;
        done = at == 9;
    } else if (stage == EXTRA_LENGTH) {
        gzip->extra_bytes |= (unsigned)byte << 8 * at;
        done = at == 1;
    } else if (stage == EXTRA) {
        done = !--gzip->extra_bytes;
    } else {
        done = stage == HEADER_SUM ? at == 1 : !byte;
    }
    if (done)
        next_stage(gzip);
    return true;
}

/* True: the member is complete. */
static bool engine_run(struct gzip *gzip, struct syndic_coded *coded, const char **why)
{
    struct inflate_state *const inflate = &gzip->inflate;
    for (; gzip->stage != DATA && coded->in_bytes; coded->in++, coded->in_bytes--)
        if (!take_header_byte(gzip, *coded->in)) {
            *why = "invalid gzip header";
            return false;
        }
    if (gzip->stage != DATA)
        return false;
    const uint32_t in_bytes = at_most_32_bits(coded->in_bytes);
    const uint32_t out_bytes = at_most_32_bits(coded->out_bytes);

    inflate->next_in = (uint8_t *)(uintptr_t)coded->in; /* it is not written to */
    inflate->avail_in = in_bytes;
    inflate->next_out = coded->out;
    inflate->avail_out = out_bytes;
    const int code = isal_inflate(inflate);
    coded->in_bytes -= in_bytes - inflate->avail_in;
    coded->in = inflate->next_in;
    coded->out_bytes -= out_bytes - inflate->avail_out;
    coded->out = inflate->next_out;
    if (code == ISAL_INCORRECT_CHECKSUM)
        *why = "gzip checksum does not match";
    else if (code < 0 || code == ISAL_NEED_DICT)
        *why = "gzip data is corrupt";
    return inflate->block_state == ISAL_BLOCK_FINISH;
}

#else

static void *zlib_allocate(void *memory, unsigned count, unsigned size)
{
    return syndic_allocate(memory, count, size);
}

static void zlib_release(void *memory, void *block)
{
    syndic_release(memory, block);
}

static bool engine_create(struct gzip *gzip, struct syndic_memory *memory)
{
    gzip->inflate.zalloc = zlib_allocate;
    gzip->inflate.zfree = zlib_release;
    gzip->inflate.opaque = memory;
    return inflateInit2(&gzip->inflate, 15 + 16) == Z_OK;
}

static void engine_destroy(struct gzip *gzip)
{
    inflateEnd(&gzip->inflate);
}

static void engine_begin(struct gzip *gzip)
{
    inflateReset(&gzip->inflate);
}

static const char *engine_message(const char *message)
{
    if (message && !strcmp(message, "incorrect data check"))
        return "gzip checksum does not match";
    if (message && !strcmp(message, "incorrect length check"))
        return "gzip checksum does not match";
    if (message && strstr(message, "header"))
        return "invalid gzip header";
    return "gzip data is corrupt";
}

/* True: the member is complete. */
static bool engine_run(struct gzip *gzip, struct syndic_coded *coded, const char **why)
{
    z_stream *const inflated = &gzip->inflate;
    const uint32_t in_bytes = at_most_32_bits(coded->in_bytes);
    const uint32_t out_bytes = at_most_32_bits(coded->out_bytes);

    inflated->next_in = (uint8_t *)(uintptr_t)coded->in; /* it is not written to */
    inflated->avail_in = in_bytes;
    inflated->next_out = coded->out;
    inflated->avail_out = out_bytes;
    const int code = inflate(inflated, Z_NO_FLUSH);
    coded->in_bytes -= in_bytes - inflated->avail_in;
    coded->in = inflated->next_in;
    coded->out_bytes -= out_bytes - inflated->avail_out;
    coded->out = inflated->next_out;
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
        *why = engine_message(inflated->msg);
    return code == Z_STREAM_END;
}

#endif

static enum syndic_status create(struct syndic_memory *memory, void **state)
{
    struct gzip *const gzip = syndic_allocate_zeroed(memory, 1, sizeof(*gzip));

    if (!gzip)
        return SYNDIC_NO_MEMORY;
    if (!engine_create(gzip, memory)) {
        syndic_release(memory, gzip);
        return SYNDIC_NO_MEMORY;
    }
    *state = gzip;
    return SYNDIC_OK;
}

static void destroy(struct syndic_memory *memory, void *state)
{
    engine_destroy(state);
    syndic_release(memory, state);
}

static void reset(void *state)
{
    struct gzip *const gzip = state;

    gzip->inside = gzip->any = false;
}

/* Between members: past filling zeros, and into the next member if there is one.  NULL or why not.
 */
static const char *begin_member(struct gzip *gzip, struct syndic_coded *coded)
{
    while (gzip->any && coded->in_bytes && !*coded->in) {
        coded->in++;
        coded->in_bytes--;
    }
    if (!coded->in_bytes)
        return NULL;
    if (coded->in[0] != 0x1f || (coded->in_bytes > 1 && coded->in[1] != 0x8b))
        return gzip->any ? "something that is not gzip follows the last gzip member"
                         : "not a gzip file";
    engine_begin(gzip);
    gzip->inside = true;
    gzip->any = true;
    return NULL;
}

static enum syndic_decoded decode(void *state, struct syndic_coded *coded, const char **why)
{
    struct gzip *const gzip = state;

    if (!gzip->inside)
        *why = begin_member(gzip, coded);
    if (*why)
        return SYNDIC_DECODED_ERROR;
    if (gzip->inside && engine_run(gzip, coded, why))
        gzip->inside = false;
    if (*why)
        return SYNDIC_DECODED_ERROR;
    return gzip->any && !gzip->inside ? SYNDIC_DECODED_WHOLE : SYNDIC_DECODED_PART;
}

const struct syndic_decoder syndic_gzip_decoder = {
    "gzip stream is truncated", create, decode, destroy, reset,
};
