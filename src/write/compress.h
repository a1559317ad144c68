/* SPDX-License-Identifier: Apache-2.0 */
/* compress.h - bytes in; a gzip member or a zstd frame of their own, out.  Both formats allow any
 * number of these one after the other. */
#ifndef SYNDIC_WRITE_COMPRESS_H
#define SYNDIC_WRITE_COMPRESS_H

#include "read/read.h"

struct syndic_compressor;

/* One a thread. */
SYNDIC_MUST_USE enum syndic_status syndic_compressor_create(struct syndic_memory *memory,
                                                            struct syndic_compressor **compressor);
void syndic_compressor_destroy(struct syndic_compressor *compressor);

/* Replace *bytes, *n by their compressed form, which the compressor owns until its next use.  Plain
 * bytes, and no bytes, stay as they are. */
SYNDIC_MUST_USE enum syndic_status syndic_compress(struct syndic_compressor *compressor,
                                                   enum syndic_compression compression,
                                                   const uint8_t **bytes, size_t *n);

/* The compressed form of no bytes: what a file must hold to be valid.  Static. */
const uint8_t *syndic_compressed_nothing(enum syndic_compression compression, size_t *n);

#endif
