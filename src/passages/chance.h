/* SPDX-License-Identifier: Apache-2.0 */
/* chance.h - passages in; the same without those that chance makes of others, as passages.h says,
 * out.  repeats.c tells them where all places of the shorter one are among those of the run that
 * the longer one is found at; where it begins later, they need not be.  Here what explains a
 * passage is looked for among those that are listed. */
#ifndef SYNDIC_PASSAGES_CHANCE_H
#define SYNDIC_PASSAGES_CHANCE_H

#include "passages/passages.h"

/* `documents` is how many there are. */
SYNDIC_MUST_USE enum syndic_status syndic_passages_drop_chance(struct syndic_passages *passages,
                                                               size_t documents, uint32_t threads);

#endif
