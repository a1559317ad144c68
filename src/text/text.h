/* SPDX-License-Identifier: Apache-2.0 */
/* text.h - a document's bytes in; normalised text, tokens and shingle hashes out.
 *
 * Tokens are maximal runs of letters, marks and numbers (general categories L, M, N) of the text in
 * NFC after simple case folding; a code point of a script that is written without spaces (Han,
 * Hiragana, Katakana, Thai, Lao, Khmer, Myanmar) is a token of its own; default-ignorable code
 * points (soft hyphen, joiners) vanish; everything else separates.  Invalid UTF-8 becomes U+FFFD
 * (one for each maximal subpart, as the Unicode Standard section 3.9 recommends), which separates,
 * and is counted.  The normalised text is the tokens joined by single spaces.  In one line:
 *
 *     segment(drop_ignorable(NFC(fold(NFC(replace_invalid(bytes))))))
 *
 * Three roads give the same tokens: blocks of ASCII go through kernels (text.c); other text that
 * keeps its length goes through them too, disguised as ASCII (mixed.c); the rest is read by code
 * points (general.c), and only what fails the NFC quick check goes through utf8proc (nfc.c). */
#ifndef SYNDIC_TEXT_TEXT_H
#define SYNDIC_TEXT_TEXT_H

#include "base/hash.h"
#include "base/memory.h"
#include "syndic.h"

struct syndic_shingling {
    enum syndic_shingle_unit unit;
    uint32_t width; /* 1 to SYNDIC_SHINGLE_WIDTH_MAX */
};

/* The text of one document, and the room for it: one object a thread, used again for each document.
 * What the members point to is valid until the next read. */
struct syndic_text {
    /* The normalised text, without a space at the end, then SYNDIC_TEXT_PADDING readable bytes. */
    const uint8_t *normal;
    size_t normal_bytes;

    /* Token i is normal[i ? token_end[i - 1] + 1 : 0, token_end[i]). */
    const uint32_t *token_end;
    const uint64_t *token_hash;
    size_t token_count;

    /* Hashes of shingles in the order of the text, repeats included: token_count - width + 1 of
     * them, or one for a document with 1 to width - 1 tokens.  SYNDIC_SHINGLE_CHAR: the same over
     * the code points of the normalised text instead of its tokens. */
    const uint64_t *shingle;
    size_t shingle_count;

    /* Only with places: token i came from bytes [source_start[i], source_end[i]) of the document,
     * which are never empty.  Both increase with i; two tokens share bytes only where normalisation
     * made more code points of them than there were. */
    const uint32_t *source_start;
    const uint32_t *source_end;

    uint64_t replaced_count; /* invalid UTF-8 sequences of this document */
    struct syndic_text_room *room;
};

/* places: whether source_start and source_end are wanted (slower).  On OK the caller destroys. */
SYNDIC_MUST_USE enum syndic_status syndic_text_create(struct syndic_memory *memory,
                                                      struct syndic_shingling shingling,
                                                      bool places, struct syndic_text **text);

/* Read a document of n <= SYNDIC_TEXT_BYTES_MAX bytes; `bytes` needs no padding.  NO_MEMORY or
 * LIMIT (normalised text beyond 32-bit offsets). */
SYNDIC_MUST_USE enum syndic_status syndic_text_read(struct syndic_text *text, const uint8_t *bytes,
                                                    size_t n);

void syndic_text_destroy(struct syndic_text *text);

/* XXH3-128 of the normalised text: equal for documents with the same tokens. */
struct syndic_hash128 syndic_text_hash(const struct syndic_text *text);

#endif
