/* SPDX-License-Identifier: Apache-2.0 */
/* exact.h - exact hashes in; for each row, the first row with the same text, out. */
#ifndef SYNDIC_GROUP_EXACT_H
#define SYNDIC_GROUP_EXACT_H

#include "sketch/sketch.h"

/* first[row] = the row, earliest in order[0, sketches->count), with the same exact hash; an empty
 * document is always its own first. */
SYNDIC_MUST_USE enum syndic_status syndic_collapse_exact(const struct syndic_sketches *sketches,
                                                         const uint32_t *order, uint32_t threads,
                                                         uint32_t *first);

/* list = the firsts in preference order, without empty documents; returns how many. */
size_t syndic_list_firsts(const struct syndic_sketches *sketches, const uint32_t *order,
                          const uint32_t *first, uint32_t *list);

size_t syndic_count_empty(const struct syndic_sketches *sketches);

#endif
