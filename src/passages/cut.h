/* SPDX-License-Identifier: Apache-2.0 */
/* cut.h - a text and its repeated spans in; the paragraphs of it that are not needed, out.
 *
 * Paragraphs are parted by blank lines; in a text without any, by the ends of its lines.  One is
 * cut where all its words, one or more, lie in one span that repeats something earlier.  The first
 * place of anything stays: what is cut is there earlier in full. */
#ifndef SYNDIC_PASSAGES_CUT_H
#define SYNDIC_PASSAGES_CUT_H

#include "text/text.h"

/* Words [word, word_end) are also at the place that the caller knows by `kept`. */
struct syndic_repeated {
    uint32_t word, word_end;
    uint64_t kept;
};

struct syndic_cut {
    uint32_t byte, byte_end; /* of the text: the paragraph, and what parts it from one beside it */
    uint32_t word, word_end;
    uint64_t kept;     /* of the repeated span */
    uint32_t repeated; /* its number */
};

/* The cuts of a text, ascending and apart; `text` was read with places from bytes[0, n).  Cuts are
 * appended to *cuts, which the caller releases. */
SYNDIC_MUST_USE enum syndic_status syndic_cut_text(struct syndic_memory *memory,
                                                   const struct syndic_text *text,
                                                   const uint8_t *bytes, size_t n,
                                                   const struct syndic_repeated *repeated,
                                                   size_t repeated_count, struct syndic_cut **cuts,
                                                   size_t *capacity, size_t *count);

#endif
