/* SPDX-License-Identifier: Apache-2.0 */
/* fill.h - passages with words in; the same with bytes, hashes and snippets, out: the texts of the
 * documents that have places are read again. */
#ifndef SYNDIC_PASSAGES_FILL_H
#define SYNDIC_PASSAGES_FILL_H

#include "passages/passages.h"
#include "pipeline.h"

/* A place whose words are others than those of the first place, which 31 bits of a word's hash can
 * hide, is taken out.  WITHIN: what several documents have twice becomes one passage. */
SYNDIC_MUST_USE enum syndic_status syndic_passages_fill(struct syndic_run *run,
                                                        const struct syndic_passage_options *wanted,
                                                        const struct syndic_run_options *options,
                                                        struct syndic_passages *passages,
                                                        struct syndic_error *error);

#endif
