/* SPDX-License-Identifier: Apache-2.0 */
/* limits.h - what a number of equal slots says about a pair, and what that costs in recall. */
#ifndef SYNDIC_SKETCH_LIMITS_H
#define SYNDIC_SKETCH_LIMITS_H

#include "syndic.h"

/* Slots that must be equal for a pair to be a candidate still (`reject`, below which it is ruled
 * out) and for it to be accepted on the signature alone (`accept`).  Rejecting costs recall, so it
 * stands 3 standard deviations below the threshold, where it costs next to nothing; accepting
 * removes documents unseen, so it stands 4 above.  SIGNATURE: both are the threshold itself; EXACT:
 * nothing is accepted by signature; NONE: everything is. */
struct syndic_verify_limits {
    uint32_t reject, accept; /* accept may be slots + 1: never */
};
struct syndic_verify_limits syndic_verify_limits(double threshold, uint32_t slots,
                                                 enum syndic_verify verify);

/* The share of pairs of this similarity that have at least `least` of `slots` 8-bit slots equal:
 * the upper tail of the binomial distribution.  Slots of one permutation vary less than that. */
double syndic_slots_pass(double similarity, uint32_t slots, uint32_t least);

#endif
