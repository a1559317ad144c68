/* SPDX-License-Identifier: Apache-2.0 */
/* winnow.h - the words of a document in; a few of their runs, so chosen that two places with the
 * same passage have one in common, out.
 *
 * Of every `window` successive runs of `run` words the one with the least hash is chosen, of equal
 * ones the last (Schleimer, Wilkerson and Aiken, Winnowing: local algorithms for document
 * fingerprinting, 2003).  The choice depends on the words in the window only, so wherever the same
 * run + window - 1 words occur, the same run in them is chosen. */
#ifndef SYNDIC_PASSAGES_WINNOW_H
#define SYNDIC_PASSAGES_WINNOW_H

#include "passages/tokens.h"
#include "text/hash.h"

struct syndic_winnow {
    size_t run, window; /* run + window - 1 is the least number of words of a passage */
    uint64_t mul[SYNDIC_SHINGLE_WIDTH_MAX];
};

/* For passages of min_words, at least 1. */
void syndic_winnow_init(struct syndic_winnow *winnow, size_t min_words);

/* What is chosen: the hash of a run, so mixed that all its bits vary; where it is; and a hash of
 * the `window` words before it.  Where there are not so many it is that of no other run. */
struct syndic_chosen {
    uint64_t hash, address;
    uint32_t before;
};

typedef void syndic_choose(void *context, const struct syndic_chosen *chosen, size_t count);

/* Room of one thread. */
struct syndic_winnower {
    const struct syndic_winnow *winnow;
    uint64_t *word, *hash;        /* a piece of the document */
    struct syndic_chosen *chosen; /* of it */
    struct syndic_memory *memory;
};

SYNDIC_MUST_USE enum syndic_status syndic_winnower_init(struct syndic_winnower *winnower,
                                                        struct syndic_memory *memory,
                                                        const struct syndic_winnow *winnow);
void syndic_winnower_clear(struct syndic_winnower *winnower);

/* words[0, count) lie at `address`.  Chosen runs are given in order, some
 * at a time. */
void syndic_winnow_words(struct syndic_winnower *winnower, const uint32_t *words, size_t count,
                         uint64_t address, syndic_choose *choose, void *context);

/* Is the run `at` words after `words` what is chosen of the first window from there? */
bool syndic_winnow_first(const struct syndic_winnow *winnow, const uint32_t *words, size_t at);

#endif
