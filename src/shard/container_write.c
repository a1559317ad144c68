/* SPDX-License-Identifier: Apache-2.0 */
/* container_write.c - sections in; the file out, block by block. */
#define XXH_STATIC_LINKING_ONLY /* for the size of a state: it must count as our memory */
#include "shard/container_write.h"

#include "base/bytes.h"
#include "base/hash.h"

#include <assert.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#define ZSTD_LEVEL 3

/* A block is stored as it is unless a sixteenth is saved, and where it is small anyway. */
#define PAYS(n)     ((n) - (n) / 16)
#define SMALL_BYTES 1024

struct syndic_container_writer {
    struct syndic_output *output;
    struct syndic_memory *memory;
    uint64_t begin; /* of the file in the output */
    enum syndic_section_kind kind;
    size_t section_count;
    struct syndic_section section[SYNDIC_CONTAINER_SECTIONS_MAX];
    bool in_section;
    uint8_t *block, *packed;
    size_t block_bytes, packed_room;
    ZSTD_CCtx *zstd;
    XXH3_state_t *hash;
};

static uint64_t position(const struct syndic_container_writer *writer)
{
    return writer->output->written_bytes - writer->begin;
}

static void put_header(struct syndic_container_writer *writer)
{
    uint8_t header[SYNDIC_CONTAINER_HEADER_BYTES] = {0};

    memcpy(header, SYNDIC_CONTAINER_MAGIC, SYNDIC_CONTAINER_MAGIC_BYTES);
    syndic_put_le32(header + 8, SYNDIC_CONTAINER_VERSION);
    memcpy(header + 16, SYNDIC_VERSION, sizeof(SYNDIC_VERSION) < 8 ? sizeof(SYNDIC_VERSION) : 8);
    syndic_put_le64(header + 24, syndic_hash64(header, 24));
    syndic_put(writer->output, header, sizeof(header));
}

enum syndic_status syndic_container_begin(struct syndic_memory *memory,
                                          struct syndic_output *output,
                                          struct syndic_container_writer **writer)
{
    struct syndic_container_writer *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));

    if (!made)
        return SYNDIC_NO_MEMORY;
    made->output = output;
    made->memory = memory;
    made->begin = output->written_bytes;
    made->packed_room = ZSTD_compressBound(SYNDIC_SECTION_BLOCK_BYTES);
    made->block = syndic_allocate(memory, SYNDIC_SECTION_BLOCK_BYTES, 1);
    made->packed = syndic_allocate(memory, made->packed_room, 1);
    made->hash = syndic_allocate_zeroed(memory, 1, sizeof(*made->hash));
    made->zstd = ZSTD_createCCtx();
    if (!made->block || !made->packed || !made->hash || !made->zstd) {
        syndic_container_writer_destroy(made);
        return SYNDIC_NO_MEMORY;
    }
    put_header(made);
    *writer = made;
    return SYNDIC_OK;
}

void syndic_container_writer_destroy(struct syndic_container_writer *writer)
{
    if (!writer)
        return;
    ZSTD_freeCCtx(writer->zstd);
    syndic_release(writer->memory, writer->hash);
    syndic_release(writer->memory, writer->packed);
    syndic_release(writer->memory, writer->block);
    syndic_release(writer->memory, writer);
}

static void put_stored(struct syndic_container_writer *writer, const uint8_t *bytes, size_t n)
{
    struct syndic_section *const section = &writer->section[writer->section_count];

    XXH3_64bits_update(writer->hash, bytes, n);
    syndic_put(writer->output, bytes, n);
    section->stored_bytes += n;
}

/* How many bytes are in `packed`; n: the block stays as it is. */
static size_t pack(struct syndic_container_writer *writer)
{
    const size_t n = writer->block_bytes;

    if (writer->kind == SYNDIC_SECTION_PLAIN || n < SMALL_BYTES)
        return n;
    const size_t packed = ZSTD_compressCCtx(writer->zstd, writer->packed, writer->packed_room,
                                            writer->block, n, ZSTD_LEVEL);
    const bool too_well =
        writer->kind == SYNDIC_SECTION_STREAM && n / SYNDIC_STREAM_RATIO_MAX > packed;
    return ZSTD_isError(packed) || packed >= PAYS(n) || too_well ? n : packed;
}

static void flush_block(struct syndic_container_writer *writer)
{
    const size_t n = writer->block_bytes;
    uint8_t header[8];

    if (!n)
        return;
    const size_t stored = pack(writer);
    syndic_put_le32(header, (uint32_t)n);
    syndic_put_le32(header + 4, (uint32_t)stored);
    put_stored(writer, header, sizeof(header));
    put_stored(writer, stored < n ? writer->packed : writer->block, stored);
    writer->section[writer->section_count].bytes += n;
    writer->block_bytes = 0;
}

static void end_section(struct syndic_container_writer *writer)
{
    if (!writer->in_section)
        return;
    flush_block(writer);
    writer->section[writer->section_count].checksum = XXH3_64bits_digest(writer->hash);
    writer->section_count++;
    writer->in_section = false;
}

void syndic_section_begin(struct syndic_container_writer *writer, const char *tag,
                          enum syndic_section_kind kind, uint32_t flags)
{
    end_section(writer);
    assert(writer->section_count < SYNDIC_CONTAINER_SECTIONS_MAX);
    assert(*tag && strlen(tag) <= SYNDIC_SECTION_TAG_BYTES);
    struct syndic_section *const section = &writer->section[writer->section_count];
    *section = (struct syndic_section){.offset = position(writer), .flags = flags};
    memcpy(section->tag, tag, strlen(tag));
    writer->kind = kind;
    writer->in_section = true;
    XXH3_64bits_reset(writer->hash);
}

void syndic_section_put(struct syndic_container_writer *writer, const void *bytes, size_t n)
{
    const uint8_t *from = bytes;

    while (n) {
        const size_t room = SYNDIC_SECTION_BLOCK_BYTES - writer->block_bytes;
        const size_t part = n < room ? n : room;
        memcpy(writer->block + writer->block_bytes, from, part);
        writer->block_bytes += part;
        from += part;
        n -= part;
        if (writer->block_bytes == SYNDIC_SECTION_BLOCK_BYTES)
            flush_block(writer);
    }
}

void syndic_section_put_u32(struct syndic_container_writer *writer, uint32_t number)
{
    uint8_t bytes[4];

    syndic_put_le32(bytes, number);
    syndic_section_put(writer, bytes, sizeof(bytes));
}

void syndic_section_put_u64(struct syndic_container_writer *writer, uint64_t number)
{
    uint8_t bytes[8];

    syndic_put_le64(bytes, number);
    syndic_section_put(writer, bytes, sizeof(bytes));
}

void syndic_section_put_text(struct syndic_container_writer *writer, const char *text)
{
    const size_t n = strlen(text);

    assert(n <= UINT32_MAX);
    syndic_section_put_u32(writer, (uint32_t)n);
    syndic_section_put(writer, text, n);
}

/* ---- the end ---- */

static void fill_entry(const struct syndic_section *section, uint8_t *entry)
{
    memset(entry, 0, SYNDIC_CONTAINER_ENTRY_BYTES);
    memcpy(entry, section->tag, SYNDIC_SECTION_TAG_BYTES);
    syndic_put_le64(entry + 8, section->offset);
    syndic_put_le64(entry + 16, section->stored_bytes);
    syndic_put_le64(entry + 24, section->bytes);
    syndic_put_le64(entry + 32, section->checksum);
    syndic_put_le32(entry + 40, section->flags);
}

void syndic_container_end(struct syndic_container_writer *writer, uint64_t rows)
{
    uint8_t entries[SYNDIC_CONTAINER_SECTIONS_MAX * SYNDIC_CONTAINER_ENTRY_BYTES];
    uint8_t tail[SYNDIC_CONTAINER_TAIL_BYTES] = {0};

    end_section(writer);
    const size_t n = writer->section_count * SYNDIC_CONTAINER_ENTRY_BYTES;
    const uint64_t table = position(writer);
    for (size_t i = 0; i < writer->section_count; i++)
        fill_entry(&writer->section[i], entries + i * SYNDIC_CONTAINER_ENTRY_BYTES);
    syndic_put(writer->output, entries, n);
    syndic_put_le64(tail, table);
    syndic_put_le32(tail + 8, (uint32_t)writer->section_count);
    syndic_put_le64(tail + 16, rows);
    syndic_put_le64(tail + 24, table + n + sizeof(tail));
    syndic_put_le64(tail + 32, syndic_hash64(entries, n));
    syndic_put_le64(tail + 40, syndic_hash64(tail, 40));
    memcpy(tail + 48, SYNDIC_CONTAINER_END_MAGIC, SYNDIC_CONTAINER_MAGIC_BYTES);
    syndic_put(writer->output, tail, sizeof(tail));
}
