/* SPDX-License-Identifier: Apache-2.0 */
/* tokens.h - the words of all documents in; the same as short hashes side by side in memory, out.
 *
 * A word is 31 bits of its token hash.  Every document is followed, and every slot begun, by a
 * separator, which differs from every word and from every other separator: so two runs of words can
 * be compared from any two addresses on, in either direction, without a look at where documents
 * end.  Which document lies where depends on the threads; nothing that is found may. */
#ifndef SYNDIC_PASSAGES_TOKENS_H
#define SYNDIC_PASSAGES_TOKENS_H

#include "base/memory.h"

#define SYNDIC_TOKEN_SLOT_BITS  20
#define SYNDIC_TOKEN_SLOT_WORDS ((size_t)1 << SYNDIC_TOKEN_SLOT_BITS) /* 4 MiB */
#define SYNDIC_TOKEN_SLOTS_MAX  ((size_t)1 << 12)                     /* 4,294,967,296 words */
/* Words that may be read before any word and from it on, whatever they are. */
#define SYNDIC_TOKENS_AROUND 1000

#define SYNDIC_TOKEN_SEPARATOR 0x80000000u

/* Where a document's words are.  Address a is word a % SLOT_WORDS of slot a / SLOT_WORDS. */
struct syndic_token_span {
    uint64_t address;
    uint32_t count; /* 0: nothing is stored */
};

struct syndic_tokens {
    struct syndic_memory *memory;
    uint32_t **slot; /* SYNDIC_TOKEN_SLOTS_MAX; a long document lies in several, side by side */
    _Atomic size_t slots;       /* given out */
    _Atomic uint32_t separator; /* the next one */
    _Atomic uint64_t words;     /* stored, without separators */

    /* By document, then what syndic_tokens_locate() needs; filled in by syndic_tokens_index(). */
    struct syndic_token_span *span;
    size_t span_count;
    uint64_t *start;    /* addresses of the documents that have words, ascending */
    uint32_t *document; /* and whose they are */
    size_t start_count;
    uint32_t *slot_start; /* for each slot: the first of them in it or after it */
};

SYNDIC_MUST_USE enum syndic_status syndic_tokens_init(struct syndic_tokens *tokens,
                                                      struct syndic_memory *memory);
void syndic_tokens_clear(struct syndic_tokens *tokens);

/* One thread's place to write at; begin with the store and all else zero. */
struct syndic_token_writer {
    struct syndic_tokens *tokens;
    uint64_t address; /* of the next word */
    size_t room;      /* left in the slot */
};

/* Store the words of one document.  NO_MEMORY, or LIMIT beyond SLOTS_MAX slots. */
SYNDIC_MUST_USE enum syndic_status syndic_tokens_add(struct syndic_token_writer *writer,
                                                     const uint64_t *token_hash, size_t count,
                                                     struct syndic_token_span *span);

/* The documents in their order; `span` becomes the store's. */
SYNDIC_MUST_USE enum syndic_status syndic_tokens_index(struct syndic_tokens *tokens,
                                                       struct syndic_token_span *span,
                                                       size_t count);

static inline const uint32_t *syndic_token_at(const struct syndic_tokens *tokens, uint64_t address)
{
    return tokens->slot[address >> SYNDIC_TOKEN_SLOT_BITS] +
           (address & (SYNDIC_TOKEN_SLOT_WORDS - 1));
}

/* Which document has the word at this address, and which of its words it is. */
uint32_t syndic_tokens_locate(const struct syndic_tokens *tokens, uint64_t address, uint32_t *word);

#endif
