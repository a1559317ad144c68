/* SPDX-License-Identifier: Apache-2.0 */
/* syndication.h - samples of documents in; groups of copies, whole and in part, out.
 *
 * Two documents are tied by how much of the smaller one the other has, tempered by how alike they
 * are altogether, and communities of the graph of these ties are the groups (communities.h).  What
 * many groups have, such as menus and legal notes, weighs less than what one has. */
#ifndef SYNDIC_GROUP_SYNDICATION_H
#define SYNDIC_GROUP_SYNDICATION_H

#include "group/group.h"

/* Group the rows list[0, count), preferred first, all of which are kept in `grouping`, none empty,
 * no two of the same text; first[row] is the one of these with the text of any row.
 * options->only_contained: a row joins a kept one that has no fewer words and contains it at or
 * above the threshold, or is kept; else communities.  Adds to counts. */
SYNDIC_MUST_USE enum syndic_status syndic_group_syndication(
    const struct syndic_sketches *sketches, const struct syndic_plan *plan,
    const struct syndic_options *options, const struct syndic_texts *texts, const uint32_t *first,
    const uint32_t *list, size_t count, struct syndic_grouping *grouping,
    struct syndic_group_counts *counts, struct syndic_error *error);

#endif
