/* SPDX-License-Identifier: Apache-2.0 */
/* index.h - the words of all documents in; the places of every chosen run that occurs twice or
 * more, out, run by run.
 *
 * A record is a part of the run's hash, that of the words before it, and its address.  Where there
 * would be too many records at once, the hashes are taken in rounds, part by part of their range,
 * and the words are winnowed anew for each. */
#ifndef SYNDIC_PASSAGES_INDEX_H
#define SYNDIC_PASSAGES_INDEX_H

#include "passages/winnow.h"

/* Records of a round, of 12 bytes; while they are brought into order there are twice as many: 768
 * MiB. */
#define SYNDIC_INDEX_RECORDS ((size_t)1 << 25)

struct syndic_index_visitor {
    /* The addresses of two or more chosen runs of equal hashes, ascending.
     * Different threads visit at once.  Words may still differ where hashes do not. */
    enum syndic_status (*visit)(void *context, uint32_t thread, const uint64_t *address,
                                size_t count);
    void *context;
    bool any_before; /* visit runs too that the same words come before at all their places */
    const _Atomic bool *cancel;     /* NULL, or raised to stop with SYNDIC_INTERRUPTED */
    _Atomic uint64_t *done, *total; /* NULL, or words winnowed and to be winnowed */
    size_t records;                 /* of a round; 0: SYNDIC_INDEX_RECORDS */
};

SYNDIC_MUST_USE enum syndic_status syndic_index_visit(const struct syndic_tokens *tokens,
                                                      const struct syndic_winnow *winnow,
                                                      uint32_t threads,
                                                      const struct syndic_index_visitor *visitor);

#endif
