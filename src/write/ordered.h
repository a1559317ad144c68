/* SPDX-License-Identifier: Apache-2.0 */
/* ordered.h - numbered pieces of many files, from many threads, in; the files with their pieces in
 * order, out.
 *
 * Pieces of one file take turns, but only to reserve their place in it: the bytes are written
 * outside the lock.  So memory is bounded by one piece a thread, and writing is parallel. */
#ifndef SYNDIC_WRITE_ORDERED_H
#define SYNDIC_WRITE_ORDERED_H

#include "read/read.h"
#include "write/folder.h"

struct syndic_ordered;

/* For files 0 .. count - 1 below the folder. */
SYNDIC_MUST_USE enum syndic_status syndic_ordered_create(struct syndic_memory *memory,
                                                         struct syndic_folder *folder, size_t count,
                                                         struct syndic_ordered **ordered);
void syndic_ordered_destroy(struct syndic_ordered *ordered);

struct syndic_piece {
    uint32_t file;
    const char *name;  /* of the file below the folder; NULL: it is not wanted, and never made */
    uint64_t sequence; /* from 0; every number up to the last is written by some thread */
    bool last;
    const uint8_t *bytes;
    size_t n;
    enum syndic_compression
        compression; /* a file without any bytes is still valid in this format */
};

/* Wait for the piece's turn, reserve its place and write it.  SYNDIC_INTERRUPTED where the files
 * were stopped meanwhile. */
SYNDIC_MUST_USE enum syndic_status syndic_ordered_write(struct syndic_ordered *ordered,
                                                        const struct syndic_piece *piece,
                                                        struct syndic_error *error);

/* Every write now and later ends with SYNDIC_INTERRUPTED.  Call it when a piece will not come. */
void syndic_ordered_stop(struct syndic_ordered *ordered);

/* Has the file been made? */
bool syndic_ordered_made(struct syndic_ordered *ordered, uint32_t file);

/* Bytes of all files. */
uint64_t syndic_ordered_bytes(const struct syndic_ordered *ordered);

#endif
