/* SPDX-License-Identifier: Apache-2.0 */
/* container.c - a file in; its checked table of sections out.  Nothing in the file is believed
 * before it was compared with what the file really holds. */
#define _GNU_SOURCE
#include "shard/container.h"

#include "base/bytes.h"
#include "base/error.h"
#include "base/hash.h"
#include "read/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SMALLEST_BYTES (SYNDIC_CONTAINER_HEADER_BYTES + SYNDIC_CONTAINER_TAIL_BYTES)

static enum syndic_status refuse(const struct syndic_container *container, uint64_t byte,
                                 struct syndic_error *error, const char *reason)
{
    return syndic_fail_at(error, SYNDIC_FORMAT, container->path, 0, byte, "%s", reason);
}

static enum syndic_status read_at(const struct syndic_container *container, void *bytes, size_t n,
                                  uint64_t offset, struct syndic_error *error)
{
    const ssize_t got = syndic_read_at(container->fd, bytes, n, offset);

    if (got < 0)
        return syndic_fail_errno(error, container->path, "read");
    if ((size_t)got < n)
        return refuse(container, offset + (uint64_t)got, error,
                      "the file became shorter while it was being read");
    return SYNDIC_OK;
}

/* The first twelve bytes are the same in every version. */
static enum syndic_status read_header(struct syndic_container *container,
                                      struct syndic_error *error)
{
    uint8_t header[SYNDIC_CONTAINER_HEADER_BYTES] = {0};
    const size_t n =
        container->file_bytes < sizeof(header) ? (size_t)container->file_bytes : sizeof(header);
    const enum syndic_status status = read_at(container, header, n, 0, error);

    if (status)
        return status;
    if (memcmp(header, SYNDIC_CONTAINER_MAGIC, SYNDIC_CONTAINER_MAGIC_BYTES) != 0)
        return refuse(container, 0, error, "not a sketch file");
    const uint32_t version = syndic_get_le32(header + 8);
    if (n >= 12 && version != SYNDIC_CONTAINER_VERSION)
        return syndic_fail_at(error, SYNDIC_FORMAT, container->path, 0, 8,
                              "sketch file of format version %" PRIu32
                              "; this syndic (%s) reads version %d",
                              version, SYNDIC_VERSION, SYNDIC_CONTAINER_VERSION);
    if (container->file_bytes < SMALLEST_BYTES)
        return refuse(container, container->file_bytes, error, "the sketch file is cut off");
    if (syndic_get_le64(header + 24) != syndic_hash64(header, 24) || syndic_get_le32(header + 12))
        return refuse(container, 0, error, "the header of the sketch file is damaged");
    memcpy(container->writer, header + 16, 8);
    return SYNDIC_OK;
}

static enum syndic_status read_tail(struct syndic_container *container, uint64_t *table,
                                    uint64_t *table_checksum, struct syndic_error *error)
{
    const uint64_t at = container->file_bytes - SYNDIC_CONTAINER_TAIL_BYTES;
    uint8_t tail[SYNDIC_CONTAINER_TAIL_BYTES];
    const enum syndic_status status = read_at(container, tail, sizeof(tail), at, error);

    if (status)
        return status;
    if (memcmp(tail + 48, SYNDIC_CONTAINER_END_MAGIC, SYNDIC_CONTAINER_MAGIC_BYTES) != 0)
        return refuse(container, container->file_bytes, error,
                      "the sketch file is cut off, or something follows its end");
    if (syndic_get_le64(tail + 40) != syndic_hash64(tail, 40) || syndic_get_le32(tail + 12))
        return refuse(container, at, error, "the end of the sketch file is damaged");
    if (syndic_get_le64(tail + 24) != container->file_bytes)
        return refuse(container, at, error, "the sketch file has another size than it was given");
    const uint32_t sections = syndic_get_le32(tail + 8);
    *table = syndic_get_le64(tail);
    if (sections > SYNDIC_CONTAINER_SECTIONS_MAX ||
        *table != at - (uint64_t)sections * SYNDIC_CONTAINER_ENTRY_BYTES)
        return refuse(container, at, error, "the end of the sketch file makes no sense");
    container->section_count = sections;
    container->rows = syndic_get_le64(tail + 16);
    *table_checksum = syndic_get_le64(tail + 32);
    return SYNDIC_OK;
}

static bool is_tag(const uint8_t *tag)
{
    size_t n = 0;

    while (n < SYNDIC_SECTION_TAG_BYTES && tag[n] >= 'a' && tag[n] <= 'z')
        n++;
    for (size_t i = n; i < SYNDIC_SECTION_TAG_BYTES; i++)
        if (tag[i])
            return false;
    return n > 0;
}

/* One entry of the table; its section begins where the one before ended. */
static bool read_entry(struct syndic_container *container, const uint8_t *entry, uint64_t begin,
                       uint64_t end, struct syndic_section *section)
{
    *section = (struct syndic_section){
        .offset = syndic_get_le64(entry + 8),
        .stored_bytes = syndic_get_le64(entry + 16),
        .bytes = syndic_get_le64(entry + 24),
        .checksum = syndic_get_le64(entry + 32),
        .flags = syndic_get_le32(entry + 40),
    };
    if (!is_tag(entry) || section->offset != begin || section->stored_bytes > end - begin ||
        section->flags & ~(uint32_t)SYNDIC_SECTION_OPTIONAL || syndic_get_le32(entry + 44))
        return false;
    memcpy(section->tag, entry, SYNDIC_SECTION_TAG_BYTES);
    return !syndic_container_find(container, section->tag);
}

static enum syndic_status read_table(struct syndic_container *container, uint64_t table,
                                     uint64_t checksum, struct syndic_error *error)
{
    uint8_t entries[SYNDIC_CONTAINER_SECTIONS_MAX * SYNDIC_CONTAINER_ENTRY_BYTES];
    const size_t count = container->section_count, n = count * SYNDIC_CONTAINER_ENTRY_BYTES;
    uint64_t at = SYNDIC_CONTAINER_HEADER_BYTES;
    const enum syndic_status status = read_at(container, entries, n, table, error);

    if (status)
        return status;
    if (syndic_hash64(entries, n) != checksum)
        return refuse(container, table, error, "the table of the sketch file is damaged");
    container->section_count = 0; /* for syndic_container_find(): those read so far */
    for (size_t i = 0; i < count; i++) {
        struct syndic_section *const section = &container->section[i];
        if (!read_entry(container, entries + i * SYNDIC_CONTAINER_ENTRY_BYTES, at, table, section))
            return refuse(container, table + i * SYNDIC_CONTAINER_ENTRY_BYTES, error,
                          "the table of the sketch file makes no sense");
        at += section->stored_bytes;
        container->section_count = i + 1;
    }
    if (at != table)
        return refuse(container, at, error, "the sections of the sketch file leave a gap");
    return SYNDIC_OK;
}

static enum syndic_status open_file(struct syndic_container *container, struct syndic_error *error)
{
    struct stat status;

    /* Not blocking: a named pipe would wait for its writer. */
    container->fd = open(container->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (container->fd < 0 || fstat(container->fd, &status))
        return syndic_fail_errno(error, container->path, "open");
    if (!S_ISREG(status.st_mode))
        return refuse(container, SYNDIC_NO_BYTE, error, "not a regular file");
    container->file_bytes = (uint64_t)status.st_size;
    return SYNDIC_OK;
}

enum syndic_status syndic_container_open(struct syndic_memory *memory, const char *path,
                                         struct syndic_container *container,
                                         struct syndic_error *error)
{
    uint64_t table = 0, checksum = 0;

    *container = (struct syndic_container){.memory = memory, .path = path, .fd = -1};
    enum syndic_status status = open_file(container, error);
    if (!status)
        status = read_header(container, error);
    if (!status)
        status = read_tail(container, &table, &checksum, error);
    if (!status)
        status = read_table(container, table, checksum, error);
    if (status)
        syndic_container_close(container);
    return status;
}

void syndic_container_close(struct syndic_container *container)
{
    if (container->fd >= 0)
        close(container->fd);
    container->fd = -1;
}

const struct syndic_section *syndic_container_find(const struct syndic_container *container,
                                                   const char *tag)
{
    for (size_t i = 0; i < container->section_count; i++)
        if (!strcmp(container->section[i].tag, tag))
            return &container->section[i];
    return NULL;
}
