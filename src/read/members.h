/* SPDX-License-Identifier: Apache-2.0 */
/* members.h - a file of many small gzip members or zstd frames in, as WARC files are; what they
 * decompress to, out.
 *
 * Damage costs what is damaged and no more: the bytes that a bad member gave stay, and reading goes
 * on at the next member.  What was passed over is listed.  The bytes depend on the file only, so
 * offsets in them stay good for every later pass. */
#ifndef SYNDIC_READ_MEMBERS_H
#define SYNDIC_READ_MEMBERS_H

#include "read/stream.h"

struct syndic_members;

/* Reads fd at offsets; fd stays the caller's. */
SYNDIC_MUST_USE enum syndic_status syndic_members_create(struct syndic_memory *memory, int fd,
                                                         enum syndic_compression compression,
                                                         struct syndic_members **members);
void syndic_members_destroy(struct syndic_members *members);

/* Fill out[0, n); *got < n only at the end of the file.  Fails with NO_MEMORY only. */
SYNDIC_MUST_USE enum syndic_status syndic_members_read(struct syndic_members *members, uint8_t *out,
                                                       size_t n, size_t *got);

/* Bytes of the file used so far. */
uint64_t syndic_members_used(const struct syndic_members *members);

/* Take the oldest gap that was not taken yet; false: there is none. */
bool syndic_members_gap(struct syndic_members *members, struct syndic_gap *gap);

#endif
