/* SPDX-License-Identifier: Apache-2.0 */
/* section.c - a section of an open sketch file in; its bytes, block by block, out. */
#define XXH_STATIC_LINKING_ONLY  /* for the size of a state: it must count as our memory */
#define ZSTD_STATIC_LINKING_ONLY /* for ZSTD_customMem: the same */
#include "shard/container.h"

#include "base/bytes.h"
#include "base/error.h"
#include "read/spool.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#define BLOCK_HEADER_BYTES 8

struct syndic_section_reader {
    const struct syndic_container *container;
    const struct syndic_section *section;
    bool is_stream;
    uint64_t stored_at;   /* of the section: what was read from the file so far */
    uint64_t unpacked_at; /* the same of the bytes */
    uint8_t *stored, *block;
    size_t block_at, block_bytes;
    ZSTD_DCtx *zstd; /* made when first needed */
    XXH3_state_t *hash;
};

uint64_t syndic_section_left(const struct syndic_section_reader *reader)
{
    return reader->section->bytes - reader->unpacked_at + (reader->block_bytes - reader->block_at);
}

/* ---- checksums ---- */

/* n more of the stored bytes. */
static enum syndic_status take_stored(struct syndic_section_reader *reader, uint8_t *bytes,
                                      size_t n, struct syndic_error *error)
{
    const struct syndic_container *const container = reader->container;
    const uint64_t offset = reader->section->offset + reader->stored_at;
    const ssize_t got = syndic_read_at(container->fd, bytes, n, offset);

    if (got < 0)
        return syndic_fail_errno(error, container->path, "read");
    if ((size_t)got < n)
        return syndic_fail_at(error, SYNDIC_FORMAT, container->path, 0, offset + (uint64_t)got,
                              "the file became shorter while it was being read");
    XXH3_64bits_update(reader->hash, bytes, n);
    reader->stored_at += n;
    return SYNDIC_OK;
}

static enum syndic_status compare_checksum(const struct syndic_section_reader *reader,
                                           struct syndic_error *error)
{
    if (XXH3_64bits_digest(reader->hash) == reader->section->checksum)
        return SYNDIC_OK;
    return syndic_fail_at(error, SYNDIC_FORMAT, reader->container->path, 0, reader->section->offset,
                          "the section '%s' of the sketch file is damaged: wrong checksum",
                          reader->section->tag);
}

/* Read on to the end for the checksum alone. */
static enum syndic_status drain(struct syndic_section_reader *reader, struct syndic_error *error)
{
    enum syndic_status status = SYNDIC_OK;

    while (!status && reader->stored_at < reader->section->stored_bytes) {
        const uint64_t left = reader->section->stored_bytes - reader->stored_at;
        const size_t n =
            left < SYNDIC_SECTION_BLOCK_BYTES ? (size_t)left : SYNDIC_SECTION_BLOCK_BYTES;
        status = take_stored(reader, reader->stored, n, error);
    }
    return status ? status : compare_checksum(reader, error);
}

enum syndic_status syndic_section_refuse(struct syndic_section_reader *reader,
                                         struct syndic_error *error, const char *format, ...)
{
    char reason[160];
    va_list arguments;
    const enum syndic_status status = drain(reader, error);

    if (status)
        return status;
    va_start(arguments, format);
    vsnprintf(reason, sizeof(reason), format, arguments);
    va_end(arguments);
    return syndic_fail_at(error, SYNDIC_FORMAT, reader->container->path, 0, reader->section->offset,
                          "the section '%s' of the sketch file makes no sense: %s",
                          reader->section->tag, reason);
}

/* ---- open ---- */

static enum syndic_status missing(const struct syndic_container *container, const char *tag,
                                  struct syndic_error *error)
{
    return syndic_fail_at(error, SYNDIC_FORMAT, container->path, 0, SYNDIC_NO_BYTE,
                          "the sketch file has no section '%s'", tag);
}

static enum syndic_status reader_create(const struct syndic_container *container,
                                        const struct syndic_section *section, bool is_stream,
                                        struct syndic_section_reader **reader,
                                        struct syndic_error *error)
{
    struct syndic_memory *const memory = container->memory;
    struct syndic_section_reader *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));

    if (!made)
        return syndic_fail_memory(error);
    made->container = container;
    made->section = section;
    made->is_stream = is_stream;
    made->stored = syndic_allocate(memory, SYNDIC_SECTION_BLOCK_BYTES, 1);
    made->block = syndic_allocate(memory, SYNDIC_SECTION_BLOCK_BYTES, 1);
    made->hash = syndic_allocate_zeroed(memory, 1, sizeof(*made->hash));
    if (!made->stored || !made->block || !made->hash) {
        syndic_section_close(made);
        return syndic_fail_memory(error);
    }
    XXH3_64bits_reset(made->hash);
    *reader = made;
    return SYNDIC_OK;
}

enum syndic_status syndic_section_open(const struct syndic_container *container, const char *tag,
                                       struct syndic_section_reader **reader,
                                       struct syndic_error *error)
{
    const struct syndic_section *const section = syndic_container_find(container, tag);

    if (!section)
        return missing(container, tag, error);
    if (section->bytes / SYNDIC_STREAM_RATIO_MAX > section->stored_bytes)
        return syndic_fail_at(error, SYNDIC_FORMAT, container->path, 0, section->offset,
                              "the section '%s' of the sketch file claims %" PRIu64
                              " bytes, and holds %" PRIu64,
                              tag, section->bytes, section->stored_bytes);
    return reader_create(container, section, true, reader, error);
}

enum syndic_status syndic_section_open_column(const struct syndic_container *container,
                                              const char *tag, size_t width,
                                              struct syndic_section_reader **reader,
                                              struct syndic_error *error)
{
    const struct syndic_section *const section = syndic_container_find(container, tag);
    uint64_t bytes;

    if (!section)
        return missing(container, tag, error);
    if (__builtin_mul_overflow(container->rows, (uint64_t)width, &bytes) || section->bytes != bytes)
        return syndic_fail_at(error, SYNDIC_FORMAT, container->path, 0, section->offset,
                              "the section '%s' of the sketch file has %" PRIu64
                              " bytes, not %zu for each of %" PRIu64 " documents",
                              tag, section->bytes, width, container->rows);
    return reader_create(container, section, false, reader, error);
}

void syndic_section_close(struct syndic_section_reader *reader)
{
    if (!reader)
        return;
    struct syndic_memory *const memory = reader->container->memory;
    ZSTD_freeDCtx(reader->zstd);
    syndic_release(memory, reader->hash);
    syndic_release(memory, reader->block);
    syndic_release(memory, reader->stored);
    syndic_release(memory, reader);
}

/* ---- blocks ---- */

static void *zstd_allocate(void *memory, size_t bytes)
{
    return syndic_allocate(memory, bytes, 1);
}

static void zstd_release(void *memory, void *block)
{
    syndic_release(memory, block);
}

static enum syndic_status unpack(struct syndic_section_reader *reader, size_t stored, size_t bytes,
                                 struct syndic_error *error)
{
    const ZSTD_customMem memory = {zstd_allocate, zstd_release, reader->container->memory};

    if (!reader->zstd)
        reader->zstd = ZSTD_createDCtx_advanced(memory);
    if (!reader->zstd)
        return syndic_fail_memory(error);
    if (ZSTD_decompressDCtx(reader->zstd, reader->block, bytes, reader->stored, stored) != bytes)
        return syndic_section_refuse(reader, error, "a block does not decompress");
    return SYNDIC_OK;
}

static enum syndic_status next_block(struct syndic_section_reader *reader,
                                     struct syndic_error *error)
{
    uint8_t header[BLOCK_HEADER_BYTES];
    const struct syndic_section *const section = reader->section;

    if (section->stored_bytes - reader->stored_at < sizeof(header))
        return syndic_section_refuse(reader, error, "it ends too early");
    enum syndic_status status = take_stored(reader, header, sizeof(header), error);
    if (status)
        return status;
    const uint32_t bytes = syndic_get_le32(header), stored = syndic_get_le32(header + 4);
    if (!bytes || bytes > SYNDIC_SECTION_BLOCK_BYTES || !stored || stored > bytes ||
        stored > section->stored_bytes - reader->stored_at ||
        bytes > section->bytes - reader->unpacked_at ||
        (reader->is_stream && bytes / SYNDIC_STREAM_RATIO_MAX > stored))
        return syndic_section_refuse(
            reader, error, "a block of %" PRIu32 " bytes, %" PRIu32 " stored", bytes, stored);
    status = take_stored(reader, stored < bytes ? reader->stored : reader->block, stored, error);
    if (!status && stored < bytes)
        status = unpack(reader, stored, bytes, error);
    reader->block_at = 0;
    reader->block_bytes = status ? 0 : bytes;
    reader->unpacked_at += bytes;
    return status;
}

enum syndic_status syndic_section_read(struct syndic_section_reader *reader, void *bytes, size_t n,
                                       struct syndic_error *error)
{
    uint8_t *to = bytes;

    if (n > syndic_section_left(reader))
        return syndic_section_refuse(reader, error, "it ends too early");
    while (n) {
        if (reader->block_at == reader->block_bytes) {
            const enum syndic_status status = next_block(reader, error);
            if (status)
                return status;
        }
        const size_t here = reader->block_bytes - reader->block_at;
        const size_t part = n < here ? n : here;
        memcpy(to, reader->block + reader->block_at, part);
        reader->block_at += part;
        to += part;
        n -= part;
    }
    return SYNDIC_OK;
}

enum syndic_status syndic_section_u32(struct syndic_section_reader *reader, uint32_t *number,
                                      struct syndic_error *error)
{
    uint8_t bytes[4];
    const enum syndic_status status = syndic_section_read(reader, bytes, sizeof(bytes), error);

    if (!status)
        *number = syndic_get_le32(bytes);
    return status;
}

enum syndic_status syndic_section_u64(struct syndic_section_reader *reader, uint64_t *number,
                                      struct syndic_error *error)
{
    uint8_t bytes[8];
    const enum syndic_status status = syndic_section_read(reader, bytes, sizeof(bytes), error);

    if (!status)
        *number = syndic_get_le64(bytes);
    return status;
}

/* A text that goes on in the next block is put together. */
enum syndic_status syndic_section_string(struct syndic_section_reader *reader, size_t n,
                                         struct syndic_arena *strings, const char **text,
                                         struct syndic_error *error)
{
    if (n > syndic_section_left(reader))
        return syndic_section_refuse(reader, error, "a text of %zu bytes, and %" PRIu64 " are left",
                                     n, syndic_section_left(reader));
    const bool whole = reader->block_bytes - reader->block_at >= n;
    struct syndic_memory *const memory = reader->container->memory;
    char *const room = whole ? NULL : syndic_allocate(memory, n, 1);
    const char *bytes = whole ? (const char *)reader->block + reader->block_at : room;

    if (!bytes)
        return syndic_fail_memory(error);
    enum syndic_status status = SYNDIC_OK;
    if (whole)
        reader->block_at += n;
    else
        status = syndic_section_read(reader, room, n, error);
    if (!status && memchr(bytes, 0, n))
        status = syndic_section_refuse(reader, error, "a NUL in a text");
    if (!status) {
        *text = syndic_arena_copy(strings, bytes, n);
        status = *text ? SYNDIC_OK : syndic_fail_memory(error);
    }
    syndic_release(memory, room);
    return status;
}

enum syndic_status syndic_section_text(struct syndic_section_reader *reader,
                                       struct syndic_arena *strings, const char **text,
                                       struct syndic_error *error)
{
    uint32_t n = 0;
    const enum syndic_status status = syndic_section_u32(reader, &n, error);

    return status ? status : syndic_section_string(reader, n, strings, text, error);
}

/* ---- the end ---- */

enum syndic_status syndic_section_finish(struct syndic_section_reader *reader,
                                         struct syndic_error *error)
{
    if (syndic_section_left(reader))
        return syndic_section_refuse(reader, error, "%" PRIu64 " bytes more than there should be",
                                     syndic_section_left(reader));
    if (reader->stored_at != reader->section->stored_bytes)
        return syndic_section_refuse(reader, error, "something follows its last block");
    return compare_checksum(reader, error);
}

enum syndic_status syndic_container_check(const struct syndic_container *container,
                                          const struct syndic_section *section,
                                          struct syndic_error *error)
{
    struct syndic_section_reader *reader = NULL;
    enum syndic_status status = reader_create(container, section, true, &reader, error);

    if (!status)
        status = drain(reader, error);
    syndic_section_close(reader);
    return status;
}
