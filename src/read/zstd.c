/* SPDX-License-Identifier: Apache-2.0 */
/* zstd.c - zstd frames in (skippable ones too), their bytes out. */
#define ZSTD_STATIC_LINKING_ONLY /* for ZSTD_customMem: the window must count as our memory */
#include "read/stream.h"

#include <zstd.h>
#include <zstd_errors.h>

struct zstd {
    ZSTD_DStream *stream;
    bool any; /* frame was complete */
};

static void *zstd_allocate(void *memory, size_t bytes)
{
    return syndic_allocate(memory, bytes, 1);
}

static void zstd_release(void *memory, void *block)
{
    syndic_release(memory, block);
}

static enum syndic_status create(struct syndic_memory *memory, void **state)
{
    struct zstd *const zstd = syndic_allocate_zeroed(memory, 1, sizeof(*zstd));

    if (!zstd)
        return SYNDIC_NO_MEMORY;
    zstd->stream =
        ZSTD_createDStream_advanced((ZSTD_customMem){zstd_allocate, zstd_release, memory});
    if (!zstd->stream) {
        syndic_release(memory, zstd);
        return SYNDIC_NO_MEMORY;
    }
    /* Published crawls are often packed with --long=31; the window is allocated only where a frame
     * says that it needs it. */
    ZSTD_DCtx_setParameter(zstd->stream, ZSTD_d_windowLogMax,
                           (int)ZSTD_dParam_getBounds(ZSTD_d_windowLogMax).upperBound);
    *state = zstd;
    return SYNDIC_OK;
}

static void destroy(struct syndic_memory *memory, void *state)
{
    struct zstd *const zstd = state;

    ZSTD_freeDStream(zstd->stream);
    syndic_release(memory, zstd);
}

static void reset(void *state)
{
    struct zstd *const zstd = state;

    ZSTD_DCtx_reset(zstd->stream, ZSTD_reset_session_only);
    zstd->any = false;
}

static enum syndic_status load(struct zstd *zstd, const uint8_t *bytes, size_t n)
{
    const size_t code = ZSTD_DCtx_loadDictionary(zstd->stream, bytes, n);

    return ZSTD_getErrorCode(code) == ZSTD_error_memory_allocation ? SYNDIC_NO_MEMORY : SYNDIC_OK;
}

enum syndic_status syndic_zstd_use_dictionary(void *state, struct syndic_memory *memory,
                                              const uint8_t *bytes, size_t n, size_t most)
{
    const unsigned long long size = ZSTD_getFrameContentSize(bytes, n);
    enum syndic_status status = SYNDIC_OK;

    if (size == ZSTD_CONTENTSIZE_ERROR) /* not packed */
        return load(state, bytes, n);
    if (size == ZSTD_CONTENTSIZE_UNKNOWN || size > most)
        return SYNDIC_OK;
    uint8_t *const unpacked = syndic_allocate(memory, (size_t)size, 1);
    if (!unpacked)
        return SYNDIC_NO_MEMORY;
    const size_t made = ZSTD_decompress(unpacked, (size_t)size, bytes, n);
    if (!ZSTD_isError(made))
        status = load(state, unpacked, made);
    syndic_release(memory, unpacked);
    return status;
}

static const char *message(const struct zstd *zstd, size_t code)
{
    switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_prefix_unknown:
        return zstd->any ? "something that is not zstd follows the last zstd frame"
                         : "not a zstd file";
    case ZSTD_error_checksum_wrong:
        return "zstd checksum does not match";
    case ZSTD_error_memory_allocation:
        return "zstd: not enough memory for the window of this frame";
    case ZSTD_error_dictionary_wrong:
        return "zstd: this frame needs a dictionary";
    default:
        return "zstd: data corruption detected";
    }
}

static enum syndic_decoded decode(void *state, struct syndic_coded *coded, const char **why)
{
    struct zstd *const zstd = state;
    ZSTD_inBuffer in = {coded->in, coded->in_bytes, 0};
    ZSTD_outBuffer out = {coded->out, coded->out_bytes, 0};
    const size_t code = ZSTD_decompressStream(zstd->stream, &out, &in);

    coded->in += in.pos;
    coded->in_bytes -= in.pos;
    coded->out += out.pos;
    coded->out_bytes -= out.pos;
    if (ZSTD_isError(code)) {
        *why = message(zstd, code);
        return SYNDIC_DECODED_ERROR;
    }
    zstd->any |= code == 0;
    return code ? SYNDIC_DECODED_PART : SYNDIC_DECODED_WHOLE;
}

const struct syndic_decoder syndic_zstd_decoder = {
    "zstd stream is truncated", create, decode, destroy, reset,
};
