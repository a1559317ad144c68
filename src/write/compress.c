/* SPDX-License-Identifier: Apache-2.0 */
/* compress.c - bytes in; a gzip member or a zstd frame of their own, out.
 *
 * Levels are those of the gzip and zstd commands, so that files come out about as large as they
 * were. */
#include "write/compress.h"

#include <libdeflate.h>
#include <zstd.h>

#define GZIP_LEVEL 6
#define ZSTD_LEVEL 3

struct syndic_compressor {
    struct libdeflate_compressor *gzip; /* made when first needed */
    ZSTD_CCtx *zstd;
    uint8_t *room;
    size_t room_bytes;
    struct syndic_memory *memory;
};

enum syndic_status syndic_compressor_create(struct syndic_memory *memory,
                                            struct syndic_compressor **compressor)
{
    struct syndic_compressor *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));

    if (!made)
        return SYNDIC_NO_MEMORY;
    made->memory = memory;
    *compressor = made;
    return SYNDIC_OK;
}

void syndic_compressor_destroy(struct syndic_compressor *compressor)
{
    if (!compressor)
        return;
    libdeflate_free_compressor(compressor->gzip);
    ZSTD_freeCCtx(compressor->zstd);
    syndic_release(compressor->memory, compressor->room);
    syndic_release(compressor->memory, compressor);
}

static bool make_room(struct syndic_compressor *compressor, size_t n)
{
    return syndic_reserve(compressor->memory, (void **)&compressor->room, &compressor->room_bytes,
                          n, 1);
}

static size_t compress_gzip(struct syndic_compressor *compressor, const uint8_t *bytes, size_t n)
{
    if (!compressor->gzip)
        compressor->gzip = libdeflate_alloc_compressor(GZIP_LEVEL);
    if (!compressor->gzip ||
        !make_room(compressor, libdeflate_gzip_compress_bound(compressor->gzip, n)))
        return 0;
    return libdeflate_gzip_compress(compressor->gzip, bytes, n, compressor->room,
                                    compressor->room_bytes);
}

static size_t compress_zstd(struct syndic_compressor *compressor, const uint8_t *bytes, size_t n)
{
    if (!compressor->zstd) {
        compressor->zstd = ZSTD_createCCtx();
        if (!compressor->zstd)
            return 0;
        ZSTD_CCtx_setParameter(compressor->zstd, ZSTD_c_compressionLevel, ZSTD_LEVEL);
        ZSTD_CCtx_setParameter(compressor->zstd, ZSTD_c_checksumFlag, 1);
    }
    if (!make_room(compressor, ZSTD_compressBound(n)))
        return 0;
    const size_t done =
        ZSTD_compress2(compressor->zstd, compressor->room, compressor->room_bytes, bytes, n);
    return ZSTD_isError(done) ? 0 : done;
}

enum syndic_status syndic_compress(struct syndic_compressor *compressor,
                                   enum syndic_compression compression, const uint8_t **bytes,
                                   size_t *n)
{
    if (compression == SYNDIC_PLAIN || !*n)
        return SYNDIC_OK;
    *n = compression == SYNDIC_GZIP ? compress_gzip(compressor, *bytes, *n)
                                    : compress_zstd(compressor, *bytes, *n);
    *bytes = compressor->room;
    return *n ? SYNDIC_OK : SYNDIC_NO_MEMORY; /* the room is always enough for the output */
}

const uint8_t *syndic_compressed_nothing(enum syndic_compression compression, size_t *n)
{
    /* RFC 1952: header, one final empty block, checksum 0, length 0. */
    static const uint8_t gzip[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff,
                                   3,    0,    0, 0, 0, 0, 0, 0, 0, 0};
    /* RFC 8878: magic, single segment of content size 0, one last raw block of 0 bytes. */
    static const uint8_t zstd[] = {0x28, 0xb5, 0x2f, 0xfd, 0x20, 0, 1, 0, 0};

    *n = compression == SYNDIC_GZIP ? sizeof(gzip) : compression == SYNDIC_ZSTD ? sizeof(zstd) : 0;
    return compression == SYNDIC_ZSTD ? zstd : gzip;
}
