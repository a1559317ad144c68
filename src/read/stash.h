/* SPDX-License-Identifier: Apache-2.0 */
/* stash.h - chunks of compressed sources in; any record in them again, without decompressing twice,
 * out.
 *
 * The bytes go to an unnamed file in the temporary folder, up to a limit; what comes later, or
 * cannot be written, is not kept, and has to be read from its source. */
#ifndef SYNDIC_READ_STASH_H
#define SYNDIC_READ_STASH_H

#include "read/read.h"

struct syndic_stash;

/* At most options->stash_bytes, below options->tmp; options are borrowed. */
SYNDIC_MUST_USE enum syndic_status syndic_stash_create(struct syndic_memory *memory,
                                                       const struct syndic_read_options *options,
                                                       struct syndic_stash **stash);
void syndic_stash_destroy(struct syndic_stash *stash);

/* Keep a chunk, if there is room; any number of threads at once. */
void syndic_stash_chunk(struct syndic_stash *stash, const struct syndic_chunk *chunk);

/* All chunks are there: called once before the first syndic_stash_find(). */
void syndic_stash_sort(struct syndic_stash *stash);

/* Where a record lies: a descriptor, and the offset in it; false: it was not kept. */
bool syndic_stash_find(const struct syndic_stash *stash, const struct syndic_place *place, int *fd,
                       uint64_t *offset);

#endif
