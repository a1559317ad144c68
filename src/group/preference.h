/* SPDX-License-Identifier: Apache-2.0 */
/* preference.h - which document of several is rather kept. */
#ifndef SYNDIC_GROUP_PREFERENCE_H
#define SYNDIC_GROUP_PREFERENCE_H

#include "sketch/sketch.h"

/* order[0, count) = the rows, the one to keep rather first: by keep, ties by row.  rank is used by
 * KEEP_MIN and KEEP_MAX only (NaN last) and may be NULL otherwise. */
SYNDIC_MUST_USE enum syndic_status syndic_preference(const struct syndic_sketches *sketches,
                                                     enum syndic_keep keep, const double *rank,
                                                     uint32_t *order);

#endif
