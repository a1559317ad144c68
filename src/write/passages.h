/* SPDX-License-Identifier: Apache-2.0 */
/* passages.h - passages in, JSON lines out.
 *
 *     {"hash":"<XXH3-128 of the normalised text, in hexadecimal>","words":72,"snippet":"...",
 *      "places":[{"id":"a","byte_start":0,"byte_end":431,"word_start":0,"word_end":72},...]}
 *
 * Offsets are into the text of the place's document, UTF-8 bytes and words, ends exclusive.  Where
 * places were left out, "left_out" tells how many. */
#ifndef SYNDIC_WRITE_PASSAGES_H
#define SYNDIC_WRITE_PASSAGES_H

#include "passages/passages.h"
#include "pipeline.h"
#include "write/output.h"

/* Stops early once a write has failed. */
void syndic_write_passages(const struct syndic_run *run, const struct syndic_passages *passages,
                           struct syndic_output *output);

#endif
