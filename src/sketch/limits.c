/* SPDX-License-Identifier: Apache-2.0 */
/* limits.c - threshold in; the numbers of equal 8-bit slots that decide about a pair, out.
 *
 * A pair of similarity s agrees in each of K slots with probability s, and by chance, one in 256,
 * where it does not: K * (s + (1 - s) / 256) equal slots, with standard deviation near
 * sqrt(K * s * (1 - s)). */
#include "sketch/limits.h"

#include <math.h>

#define REJECT_DEVIATIONS 3.0
#define ACCEPT_DEVIATIONS 4.0

/* Guards against products such as 102.00000000000001 that stand for a whole number. */
#define ROUNDING 1e-9

/* At least x slots; never fewer than none. */
static uint32_t slots_from(double x)
{
    return x > 0 ? (uint32_t)ceil(x - ROUNDING) : 0;
}

struct syndic_verify_limits syndic_verify_limits(double s, uint32_t slot_count,
                                                 enum syndic_verify verify)
{
    const double slots = slot_count;
    const double expected = slots * (s + (1 - s) / 256);
    const double deviation = sqrt(slots * s * (1 - s));
    const double above = expected + ACCEPT_DEVIATIONS * deviation;
    const uint32_t never = slot_count + 1;
    const uint32_t reject = slots_from(expected - REJECT_DEVIATIONS * deviation);

    switch (verify) {
    case SYNDIC_VERIFY_NONE:
        return (struct syndic_verify_limits){0, 0};
    case SYNDIC_VERIFY_SIGNATURE:
        return (struct syndic_verify_limits){slots_from(expected), slots_from(expected)};
    case SYNDIC_VERIFY_EXACT:
        return (struct syndic_verify_limits){reject, never};
    case SYNDIC_VERIFY_DEFAULT:
        break;
    }
    /* At a threshold of 1 the deviation is 0, and yet equal signatures do not prove equal sets. */
    return (struct syndic_verify_limits){reject,
                                         s < 1 && above <= slots ? slots_from(above) : never};
}

/* The distribution up to a factor, from its mode outwards by the ratio of neighbours: powers of
 * many slots would underflow, and no mathematics library decides the result. */
double syndic_slots_pass(double similarity, uint32_t slots, uint32_t least)
{
    const double p = similarity + (1 - similarity) / 256, odds = p < 1 ? p / (1 - p) : 0;
    const uint32_t mode = (uint32_t)(p * slots);
    double all = 0, passed = 0, weight = 1;

    if (p >= 1)
        return 1;
    for (uint32_t k = mode; k <= slots; k++) {
        all += weight;
        passed += k >= least ? weight : 0;
        weight *= (double)(slots - k) / (k + 1) * odds;
    }
    weight = 1;
    for (uint32_t k = mode; k > 0; k--) {
        weight *= k / ((double)(slots - k + 1) * odds);
        all += weight;
        passed += k - 1 >= least ? weight : 0;
    }
    return passed / all;
}
