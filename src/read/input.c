/* SPDX-License-Identifier: Apache-2.0 */
/* input.c - a source in; its open file or stream out, as often as it is read.  A file is remembered
 * by its size and time of change when it was first opened: the offsets that later stages hold are
 * good only while it stays as it was. */
#define _GNU_SOURCE
#include "base/error.h"
#include "read/reader.h"
#include "read/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#if defined(__APPLE__)
#define MODIFIED(status) ((status).st_mtimespec)
#else
#define MODIFIED(status) ((status).st_mtim)
#endif

static enum syndic_status refuse(struct syndic_damage *damage, const char *why)
{
    snprintf(damage->message, sizeof(damage->message), "%.127s", why);
    damage->byte = UINT64_MAX;
    return SYNDIC_IO;
}

static enum syndic_status refuse_errno(struct syndic_damage *damage)
{
    char words[64];

    syndic_errno_words(errno, words, sizeof(words));
    snprintf(damage->message, sizeof(damage->message), "cannot open: %s", words);
    damage->byte = UINT64_MAX;
    return SYNDIC_IO;
}

enum syndic_status syndic_input_open_file(struct syndic_input *input, int *fd,
                                          struct syndic_damage *damage)
{
    struct stat status;
    const int opened =
        open(input->found ? input->found : input->source.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (opened < 0)
        return refuse_errno(damage);
    if (fstat(opened, &status)) {
        const enum syndic_status refused = refuse_errno(damage);
        close(opened);
        return refused;
    }
    const struct timespec modified = MODIFIED(status);
    const bool same = (uint64_t)status.st_size == input->known_bytes &&
                      modified.tv_sec == input->known_time.tv_sec &&
                      modified.tv_nsec == input->known_time.tv_nsec;
    if (!S_ISREG(status.st_mode) || (input->known && !same)) {
        close(opened);
        return refuse(damage, "the file was changed while it was being read");
    }
    if (!input->known) { /* later several threads may come here at once */
        input->known = true;
        input->known_bytes = (uint64_t)status.st_size;
        input->known_time = modified;
        input->source.file_bytes = input->known_bytes;
    }
    *fd = opened;
    return SYNDIC_OK;
}

/* Standard input: a file is read where it lies, a pipe is kept in a spool to be read again. */
static enum syndic_status open_stdin(struct syndic_reader *reader, struct syndic_input *input,
                                     struct syndic_damage *damage)
{
    struct syndic_error error;
    struct stat status;
    const off_t here = lseek(STDIN_FILENO, 0, SEEK_CUR);

    if (reader->stdin_spool >=
        0) { /* a later pass: syndic_reader_rewind() has read it to the end */
        input->size = input->known_bytes;
        return SYNDIC_OK;
    }
    if (fstat(STDIN_FILENO, &status)) {
        refuse_errno(damage);
        return SYNDIC_FORMAT;
    }
    if (here >= 0 && S_ISREG(status.st_mode)) {
        input->base = (uint64_t)here;
        input->size = status.st_size > here ? (uint64_t)(status.st_size - here) : 0;
        return SYNDIC_OK;
    }
    if (syndic_spool_open(reader->options.tmp, &reader->stdin_spool, &error))
        return refuse(damage, error.message);
    const enum syndic_status made = syndic_stream_create(reader->memory, STDIN_FILENO, SYNDIC_PLAIN,
                                                         0, reader->stdin_spool, &input->stream);
    if (!made)
        syndic_stream_set_cancel(input->stream, reader->options.cancel);
    return made;
}

/* A compressed file under a plain name would be refused line by line; its first bytes tell it. */
static enum syndic_status refuse_compressed(int fd, struct syndic_damage *damage)
{
    static const uint8_t gzip[] = {0x1f, 0x8b}, zstd[] = {0x28, 0xb5, 0x2f, 0xfd};
    uint8_t first[sizeof(zstd)] = {0};
    const ssize_t got = pread(fd, first, sizeof(first), 0);
    const char *kind = NULL;

    if (got >= (ssize_t)sizeof(gzip) && !memcmp(first, gzip, sizeof(gzip)))
        kind = "gzip";
    else if (got == (ssize_t)sizeof(zstd) && !memcmp(first, zstd, sizeof(zstd)))
        kind = "zstd";
    if (!kind)
        return SYNDIC_OK;
    snprintf(damage->message, sizeof(damage->message),
             "%s data under the name of a plain file; the name must end in %s", kind,
             kind[0] == 'g' ? ".gz" : ".zst");
    damage->byte = 0;
    return SYNDIC_FORMAT;
}

enum syndic_status syndic_input_open(struct syndic_reader *reader, struct syndic_input *input,
                                     struct syndic_damage *damage)
{
    if (input->standard) {
        const enum syndic_status status = open_stdin(reader, input, damage);
        input->fd = reader->stdin_spool >= 0 ? reader->stdin_spool : STDIN_FILENO;
        return status;
    }
    if (syndic_input_open_file(input, &input->fd, damage))
        return SYNDIC_FORMAT;
    input->size = input->known_bytes;
    if (input->source.compression == SYNDIC_PLAIN)
        return refuse_compressed(input->fd, damage);
    return syndic_input_stream(reader, input, input->fd, &input->stream);
}

enum syndic_status syndic_input_stream(struct syndic_reader *reader,
                                       const struct syndic_input *input, int fd,
                                       struct syndic_stream **stream)
{
    const enum syndic_compression compression = input->source.compression;

    if (input->source.format == SYNDIC_FORMAT_WARC)
        return syndic_stream_create_members(reader->memory, fd, compression, stream);
    return syndic_stream_create(reader->memory, fd, compression, 0, -1, stream);
}

void syndic_input_close(struct syndic_reader *reader, struct syndic_input *input)
{
    syndic_stream_destroy(input->stream);
    input->stream = NULL;
    if (input->fd >= 0 && !input->standard)
        close(input->fd);
    input->fd = -1;
    syndic_release(reader->memory, input->carry);
    input->carry = NULL;
    input->carry_bytes = 0;
    input->carry_capacity = 0;
}

void syndic_input_reset(struct syndic_reader *reader, struct syndic_input *input)
{
    syndic_input_close(reader, input);
    input->position = 0;
    input->sequence = 0;
    input->used_bytes = 0;
    input->finished = false;
    input->busy = false;
}
