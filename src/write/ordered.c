/* SPDX-License-Identifier: Apache-2.0 */
/* ordered.c - numbered pieces of many files in; the files with their pieces in order, out. */
#define _GNU_SOURCE
#include "write/ordered.h"

#include "base/error.h"
#include "write/compress.h"
#include "write/output.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

struct file {
    int fd; /* -1: not open */
    bool made, ended;
    uint64_t turn;    /* sequence of the piece that may reserve next */
    uint64_t end;     /* bytes reserved */
    uint32_t writers; /* that have reserved, and still write */
};

struct syndic_ordered {
    struct syndic_memory *memory;
    struct syndic_folder *folder;
    struct file *file;
    size_t count;
    pthread_mutex_t lock; /* of files, folder and stopped */
    pthread_cond_t moved;
    bool stopped;
};

enum syndic_status syndic_ordered_create(struct syndic_memory *memory, struct syndic_folder *folder,
                                         size_t count, struct syndic_ordered **out)
{
    struct syndic_ordered *const ordered = syndic_allocate_zeroed(memory, 1, sizeof(*ordered));

    if (!ordered)
        return SYNDIC_NO_MEMORY;
    ordered->file = syndic_allocate_zeroed(memory, count, sizeof(*ordered->file));
    if (!ordered->file) {
        syndic_release(memory, ordered);
        return SYNDIC_NO_MEMORY;
    }
    ordered->memory = memory;
    ordered->folder = folder;
    ordered->count = count;
    for (size_t i = 0; i < count; i++)
        ordered->file[i].fd = -1;
    pthread_mutex_init(&ordered->lock, NULL);
    pthread_cond_init(&ordered->moved, NULL);
    *out = ordered;
    return SYNDIC_OK;
}

void syndic_ordered_destroy(struct syndic_ordered *ordered)
{
    if (!ordered)
        return;
    for (size_t i = 0; i < ordered->count; i++)
        if (ordered->file[i].fd >= 0)
            close(ordered->file[i].fd);
    pthread_cond_destroy(&ordered->moved);
    pthread_mutex_destroy(&ordered->lock);
    syndic_release(ordered->memory, ordered->file);
    syndic_release(ordered->memory, ordered);
}

void syndic_ordered_stop(struct syndic_ordered *ordered)
{
    pthread_mutex_lock(&ordered->lock);
    ordered->stopped = true;
    pthread_cond_broadcast(&ordered->moved);
    pthread_mutex_unlock(&ordered->lock);
}

/* With the lock held: wait for the turn, and take the place of n bytes at *at. */
static enum syndic_status take_turn(struct syndic_ordered *ordered,
                                    const struct syndic_piece *piece, const uint8_t **bytes,
                                    size_t *n, uint64_t *at, struct syndic_error *error)
{
    struct file *const file = &ordered->file[piece->file];

    while (!ordered->stopped && file->turn != piece->sequence)
        pthread_cond_wait(&ordered->moved, &ordered->lock);
    if (ordered->stopped)
        return syndic_fail(error, SYNDIC_INTERRUPTED, "stopped");
    if (piece->name && !file->made) {
        const enum syndic_status status =
            syndic_folder_file(ordered->folder, piece->name, &file->fd, error);
        if (status)
            return status;
        file->made = true;
    }
    if (piece->name && piece->last && !file->end && !*n)
        *bytes = syndic_compressed_nothing(piece->compression, n);
    *at = file->end;
    file->end += *n;
    file->turn++;
    file->writers++;
    file->ended = piece->last;
    pthread_cond_broadcast(&ordered->moved);
    return SYNDIC_OK;
}

/* The piece is written: after the last of all the file is closed, whose errno is returned. */
static int settle(struct syndic_ordered *ordered, struct file *file)
{
    int fd = -1;

    pthread_mutex_lock(&ordered->lock);
    if (!--file->writers && file->ended) {
        fd = file->fd;
        file->fd = -1;
    }
    pthread_mutex_unlock(&ordered->lock);
    return fd >= 0 && close(fd) ? errno : 0;
}

enum syndic_status syndic_ordered_write(struct syndic_ordered *ordered,
                                        const struct syndic_piece *piece,
                                        struct syndic_error *error)
{
    struct file *const file = &ordered->file[piece->file];
    const uint8_t *bytes = piece->bytes;
    size_t n = piece->n;
    uint64_t at = 0;

    pthread_mutex_lock(&ordered->lock);
    const enum syndic_status status = take_turn(ordered, piece, &bytes, &n, &at, error);
    pthread_mutex_unlock(&ordered->lock);
    if (status)
        return status;
    const int failed = syndic_write_all(file->fd, bytes, n, (int64_t)at);
    const int unclosed = settle(ordered, file);
    errno = failed ? failed : unclosed;
    return errno ? syndic_fail_errno(error, piece->name, "write") : SYNDIC_OK;
}

bool syndic_ordered_made(struct syndic_ordered *ordered, uint32_t file)
{
    return ordered->file[file].made;
}

uint64_t syndic_ordered_bytes(const struct syndic_ordered *ordered)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < ordered->count; i++)
        bytes += ordered->file[i].end;
    return bytes;
}
