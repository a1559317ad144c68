/* SPDX-License-Identifier: Apache-2.0 */
/* marks.h - the shingles of documents in; bitmaps that prove two sets unlike, out.
 *
 * Each shingle of a document marks a place of a bitmap that has eight places or more for each.
 * Where one document has a mark and the other none, it has a shingle that the other has not.  So
 * marks bound the intersection from above, with certainty, and most pairs below the threshold are
 * refused without their texts.  (A Bloom filter of one hash: Bloom, Space/time trade-offs in hash
 * coding with allowable errors, 1970.) */
#ifndef SYNDIC_SKETCH_MARKS_H
#define SYNDIC_SKETCH_MARKS_H

#include "base/memory.h"

/* Most words that the marks of a document take. */
#define SYNDIC_MARKS_WORDS_MAX (((size_t)1 << 17) + 8)

/* Words that the marks of n shingles take: a multiple of 8. */
size_t syndic_marks_words(size_t n);

/* The marks of a document that has shingle[0, n), repeats allowed; marks has room. */
void syndic_marks_make(const uint64_t *shingle, size_t n, uint64_t *marks);

/* Is it certain that the Jaccard similarity of two documents, with these marks, is below the
 * threshold? */
bool syndic_marks_refuse(const uint64_t *a, const uint64_t *b, double threshold);

#endif
