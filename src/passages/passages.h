/* SPDX-License-Identifier: Apache-2.0 */
/* passages.h - the words of all documents in; the passages that occur at two places or more, out.
 *
 * A passage is a run of at least min_words words that occurs at two or more places and is maximal:
 * not all of its places go on with the same word, and not all of them come after the same word.  So
 * whatever two places have in common, as far as it goes, is a passage, and lists both of them.
 * Words are what text.h says: case, punctuation and white space do not count.
 *
 * Longer passages contain shorter ones.  A shorter one is listed where it says something new:
 * - it has a place of its own, that is one that lies in no place of a longer passage; or
 * - it has at most SYNDIC_PASSAGE_NESTED places, and ties places of different longer passages.
 * A longer one is not listed where a shorter one explains it: where it is one, two or three words
 * longer than a run of words that has more than 2, 20 or 200 times as many places.  Of many places
 * some go on with the same word, or come after the same, by chance.
 *
 * Every place of its own is listed, and of the others SYNDIC_PASSAGE_OTHERS, or four for each of
 * its own, if that is more: the first ones; `left_out` counts the rest.  So thousands of pages that
 * are nearly the same give as many lines as there are differences, not as there are pairs of
 * pages, and a notice on 100,000 pages is one passage of 100,000 places.
 *
 * Places of one passage in one document do not overlap: of two that do the second is not listed.  A
 * stretch that repeats itself every few words ("no no no no") counts at its beginning and its end
 * only, and of a run of words that one document has more than SYNDIC_PASSAGE_DOCUMENT times the
 * first and the last are looked at. */
#ifndef SYNDIC_PASSAGES_PASSAGES_H
#define SYNDIC_PASSAGES_PASSAGES_H

#include "base/hash.h"
#include "passages/tokens.h"

#define SYNDIC_PASSAGE_WORDS_MIN 2
#define SYNDIC_PASSAGE_WORDS_MAX SYNDIC_TOKENS_AROUND

/* Times as many places that one, two or three words more are worth. */
#define SYNDIC_PASSAGE_CHANCE                                                                      \
    {                                                                                              \
        2, 20, 200                                                                                 \
    }
#define SYNDIC_PASSAGE_CHANCE_WORDS 3

#define SYNDIC_PASSAGE_NESTED   8
#define SYNDIC_PASSAGE_OTHERS   64
#define SYNDIC_PASSAGE_DOCUMENT 256

enum syndic_passage_scope {
    SYNDIC_PASSAGE_ANYWHERE,
    SYNDIC_PASSAGE_WITHIN, /* only what one document has twice; other documents do not count */
    SYNDIC_PASSAGE_ACROSS, /* only what different documents share */
};

struct syndic_passage_options {
    uint32_t min_words; /* SYNDIC_PASSAGE_WORDS_MIN to _MAX */
    enum syndic_passage_scope scope;
    bool fuzzy;           /* allow for words lost or changed: see fuzzy.h */
    size_t index_records; /* for tests: see index.h; 0: the default */
};

/* Words [word, word + words) of a document: as many as the passage has, unless it is fuzzy. */
struct syndic_passage_place {
    uint32_t document, word, words;
    float similarity;              /* fuzzy: with the first place, 0 to 1 */
    uint32_t byte_start, byte_end; /* of its text; once they were filled in */
    uint64_t hash;                 /* of the normalised text of this place, likewise */
};

struct syndic_passage {
    uint64_t first; /* place[first, first + count) are its places, in the order of the input */
    uint32_t words;
    uint32_t count;
    uint64_t left_out;          /* places that are not listed */
    struct syndic_hash128 hash; /* of its normalised text, once filled in */
    const char *snippet;        /* its first words as they are at its first place, likewise */
};

struct syndic_passages {
    struct syndic_passage *passage; /* by first place; of one place the longer first */
    size_t passage_count;
    struct syndic_passage_place *place;
    size_t place_count;
    bool fuzzy; /* places have similarities */
    struct syndic_arena snippets;
    struct syndic_memory *memory;
};

/* Find them: documents and words are filled in, what needs the texts is not. */
SYNDIC_MUST_USE enum syndic_status syndic_passages_find(
    const struct syndic_tokens *tokens, const struct syndic_passage_options *options,
    uint32_t threads, const _Atomic bool *cancel, _Atomic uint64_t *done, _Atomic uint64_t *total,
    struct syndic_passages *passages);

void syndic_passages_clear(struct syndic_passages *passages);

#endif
