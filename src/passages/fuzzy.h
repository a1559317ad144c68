/* SPDX-License-Identifier: Apache-2.0 */
/* fuzzy.h - the words of all documents in; passages that occur twice or more with some words lost
 * or changed, as in text read by OCR, out.
 *
 * Two places match where runs of five words or more that both have follow each other on both sides
 * with gaps of SYNDIC_CHAIN_GAP words at most, where min_words words are the same in all, and half
 * of the longer place.  A passage is a first place and the later ones that match it, or one of the
 * others, over half of their length.  Each place has its own words; its similarity is the number of
 * words that are the same in it and in the first place, in order, by the longer of the two. */
#ifndef SYNDIC_PASSAGES_FUZZY_H
#define SYNDIC_PASSAGES_FUZZY_H

#include "passages/passages.h"

/* As syndic_passages_find(). */
SYNDIC_MUST_USE enum syndic_status syndic_fuzzy_find(const struct syndic_tokens *tokens,
                                                     const struct syndic_passage_options *options,
                                                     uint32_t threads, const _Atomic bool *cancel,
                                                     struct syndic_passages *passages);

#endif
