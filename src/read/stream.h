/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - an open file in; its decompressed bytes, from the first to the last, out. */
#ifndef SYNDIC_READ_STREAM_H
#define SYNDIC_READ_STREAM_H

#include "base/memory.h"
#include "read/read.h"

/* Why a stream ended early, and where in the (compressed) file. */
struct syndic_damage {
    char message[128];
    uint64_t byte;
};

struct syndic_stream;

/* Read fd, which stays the caller's, from where it stands.  buffer_bytes: of compressed input read
 * at once; 0: the usual.  spool_fd: where all that is read is also written, from offset 0 on; -1:
 * nowhere. */
SYNDIC_MUST_USE enum syndic_status syndic_stream_create(struct syndic_memory *memory, int fd,
                                                        enum syndic_compression compression,
                                                        size_t buffer_bytes, int spool_fd,
                                                        struct syndic_stream **stream);

/* A plain stream that may wait for long gives up once *cancel is raised: SYNDIC_IO. */
void syndic_stream_set_cancel(struct syndic_stream *stream, const _Atomic bool *cancel);

/* Fill out[0, n), n > 0; *got < n only at the end.  *got is valid whatever the status:
 * SYNDIC_FORMAT, the stream is damaged after these bytes; SYNDIC_IO, the spool cannot be written,
 * or it was cancelled. In both cases *damage says why; reading on gives nothing but the same again.
 */
SYNDIC_MUST_USE enum syndic_status syndic_stream_read(struct syndic_stream *stream, uint8_t *out,
                                                      size_t n, size_t *got,
                                                      struct syndic_damage *damage);

/* The same for a compressed file of many small members that is read at offsets: damage does not end
 * it.  syndic_stream_read() fails only with NO_MEMORY, and what was passed over is listed. */
SYNDIC_MUST_USE enum syndic_status syndic_stream_create_members(struct syndic_memory *memory,
                                                                int fd,
                                                                enum syndic_compression compression,
                                                                struct syndic_stream **stream);

/* Bytes [from, to) of the file gave nothing, or not all that they should have. */
struct syndic_gap {
    uint64_t from, to;
    bool at_end;     /* nothing follows */
    const char *why; /* static */
};

/* Take the oldest gap that was not taken yet; false: there is none. */
bool syndic_stream_gap(struct syndic_stream *stream, struct syndic_gap *gap);

/* Bytes of the file used so far. */
uint64_t syndic_stream_used(const struct syndic_stream *stream);

void syndic_stream_destroy(struct syndic_stream *stream);

/* ---- what a compressed format must offer ---- */

struct syndic_coded {
    const uint8_t *in;
    size_t in_bytes;
    uint8_t *out;
    size_t out_bytes;
};

enum syndic_decoded {
    SYNDIC_DECODED_PART,  /* inside a member or frame: more input or room is needed */
    SYNDIC_DECODED_WHOLE, /* between members or frames: the file may end here */
    SYNDIC_DECODED_ERROR, /* *why is a static string */
};

struct syndic_decoder {
    const char *truncated; /* the message for a file that ends inside a member */
    enum syndic_status (*create)(struct syndic_memory *memory, void **state);
    /* Decode as far as input and room go, and advance both. */
    enum syndic_decoded (*decode)(void *state, struct syndic_coded *coded, const char **why);
    void (*destroy)(struct syndic_memory *memory, void *state);
    void (*reset)(void *state); /* as if nothing had been decoded */
};

extern const struct syndic_decoder syndic_gzip_decoder, syndic_zstd_decoder;

/* Decode frames with this dictionary, which may be a zstd frame of at most `most` bytes itself; one
 * that is none is passed over.  NO_MEMORY. */
SYNDIC_MUST_USE enum syndic_status syndic_zstd_use_dictionary(void *state,
                                                              struct syndic_memory *memory,
                                                              const uint8_t *bytes, size_t n,
                                                              size_t most);

#endif
