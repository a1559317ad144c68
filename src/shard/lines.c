/* SPDX-License-Identifier: Apache-2.0 */
/* lines.c - a file in, its lines out. */
#define _GNU_SOURCE
#include "shard/lines.h"

#include "base/error.h"
#include "kernel.h"
#include "read/stream.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define READ_BYTES ((size_t)1 << 20)

struct syndic_lines {
    struct syndic_memory *memory;
    const char *path;
    int fd;
    struct syndic_stream *stream;
    uint8_t *bytes;
    size_t count, capacity;
    size_t at;       /* of the next line */
    uint64_t number; /* of the last line given */
    bool end;        /* of the file */
};

static enum syndic_compression compression_of(const char *path)
{
    const size_t n = strlen(path);

    return n > 3 && !strcmp(path + n - 3, ".gz")    ? SYNDIC_GZIP
           : n > 4 && !strcmp(path + n - 4, ".zst") ? SYNDIC_ZSTD
                                                    : SYNDIC_PLAIN;
}

enum syndic_status syndic_lines_open(struct syndic_memory *memory, const char *path,
                                     struct syndic_lines **lines, struct syndic_error *error)
{
    const bool standard = !strcmp(path, "-");
    const int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return syndic_fail_errno(error, path, "open");
    struct syndic_lines *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));
    if (!made) {
        if (!standard)
            close(fd);
        return syndic_fail_memory(error);
    }
    *made = (struct syndic_lines){.memory = memory, .path = path, .fd = standard ? -1 : fd};
    if (syndic_stream_create(memory, fd, compression_of(path), 0, -1, &made->stream)) {
        syndic_lines_close(made);
        return syndic_fail_memory(error);
    }
    *lines = made;
    return SYNDIC_OK;
}

/* One more piece of the file behind what is left of the last. */
static enum syndic_status fill(struct syndic_lines *lines, struct syndic_error *error)
{
    struct syndic_damage damage;
    size_t got;

    if (lines->at) {
        memmove(lines->bytes, lines->bytes + lines->at, lines->count - lines->at);
        lines->count -= lines->at;
        lines->at = 0;
    }
    if (!syndic_reserve(lines->memory, (void **)&lines->bytes, &lines->capacity,
                        lines->count + READ_BYTES + SYNDIC_TEXT_PADDING, 1))
        return syndic_fail_memory(error);
    if (syndic_stream_read(lines->stream, lines->bytes + lines->count, READ_BYTES, &got, &damage))
        return syndic_fail_at(error, SYNDIC_FORMAT, lines->path, 0, damage.byte, "%s",
                              damage.message);
    lines->count += got;
    lines->end = got < READ_BYTES;
    memset(lines->bytes + lines->count, 0, SYNDIC_TEXT_PADDING);
    return SYNDIC_OK;
}

enum syndic_status syndic_lines_next(struct syndic_lines *lines, const uint8_t **line, size_t *n,
                                     struct syndic_error *error)
{
    size_t searched = 0; /* of the line, for its end */

    for (;;) {
        const size_t left = lines->count - lines->at;
        const uint8_t *const begin = left ? lines->bytes + lines->at : NULL;
        const uint8_t *const end =
            left > searched ? memchr(begin + searched, '\n', left - searched) : NULL;
        if (end) {
            *line = begin;
            *n = (size_t)(end - begin);
            lines->at += *n + 1;
            lines->number++;
            return SYNDIC_OK;
        }
        if (lines->end) {
            *line = NULL;
            return left ? syndic_fail_at(error, SYNDIC_FORMAT, lines->path, lines->number + 1,
                                         SYNDIC_NO_BYTE,
                                         "the last line has no end: the file is cut off")
                        : SYNDIC_OK;
        }
        searched = left;
        const enum syndic_status status = fill(lines, error);
        if (status)
            return status;
    }
}

void syndic_lines_close(struct syndic_lines *lines)
{
    if (!lines)
        return;
    syndic_stream_destroy(lines->stream);
    if (lines->fd >= 0)
        close(lines->fd);
    syndic_release(lines->memory, lines->bytes);
    syndic_release(lines->memory, lines);
}
