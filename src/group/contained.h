/* SPDX-License-Identifier: Apache-2.0 */
/* contained.h - pairs of documents in; those that are contained in a kept one joined to it, out. */
#ifndef SYNDIC_GROUP_CONTAINED_H
#define SYNDIC_GROUP_CONTAINED_H

#include "group/near.h"
#include "group/settle.h"

/* Take the rows by falling number of words, of equals the preferred first: each joins the kept one
 * that has most of it, where that is at least the threshold by the texts, or is kept.  So nothing
 * is removed in favour of a part of it. */
SYNDIC_MUST_USE enum syndic_status syndic_join_contained(const struct syndic_settling *settling,
                                                         struct syndic_error *error);

/* How `row` is to `kept`, by their texts: what syndic_near_decide() does BY_SYNDICATION. */
SYNDIC_MUST_USE enum syndic_status syndic_decide_contained(const struct syndic_near *near,
                                                           uint32_t thread, uint32_t row,
                                                           uint32_t kept,
                                                           struct syndic_decision *decision,
                                                           struct syndic_error *error);

#endif
