/* SPDX-License-Identifier: Apache-2.0 */
/* bands.c - a threshold and a number of slots in, bands and rows out, by the S-curve 1 - (1 -
 * s^r)^b (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, section 3.4). */
#include "sketch/bands.h"

#include "base/error.h"
#include "sketch/sketch.h"

/* Multiplications only, not pow(): the choice must not depend on the mathematics library. */
static double power(double base, uint32_t exponent)
{
    double result = 1;

    for (; exponent; exponent >>= 1) {
        if (exponent & 1)
            result *= base;
        base *= base;
    }
    return result;
}

double syndic_bands_recall(double similarity, uint32_t bands, uint32_t rows)
{
    return 1 - power(1 - power(similarity, rows), bands);
}

struct syndic_bands syndic_bands_choose(double threshold, uint32_t slots)
{
    uint32_t rows = slots;

    while (rows > 1 && syndic_bands_recall(threshold, slots / rows, rows) < SYNDIC_BANDS_RECALL_MIN)
        rows--;
    const uint32_t bands = slots / rows;
    return (struct syndic_bands){bands, rows, syndic_bands_recall(threshold, bands, rows)};
}

static enum syndic_status check_threshold_and_slots(const struct syndic_options *options,
                                                    struct syndic_error *error)
{
    if (!(options->threshold > 0 && options->threshold <= 1)) /* NaN too */
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "threshold must be above 0 and at most 1, not %g", options->threshold);
    if (options->signature_slots < SYNDIC_SLOTS_MIN || options->signature_slots > SYNDIC_SLOTS_MAX)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "signature slots must be %d to %d, not %u", SYNDIC_SLOTS_MIN,
                           SYNDIC_SLOTS_MAX, options->signature_slots);
    return SYNDIC_OK;
}

enum syndic_status syndic_bands_plan(const struct syndic_options *options,
                                     struct syndic_bands *bands, struct syndic_error *error)
{
    const enum syndic_status status = check_threshold_and_slots(options, error);
    const uint32_t slots = options->signature_slots;

    if (status != SYNDIC_OK)
        return status;
    if (!options->bands && !options->rows) {
        *bands = syndic_bands_choose(options->threshold, slots);
        return SYNDIC_OK;
    }
    if (!options->bands || !options->rows)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "bands and rows must be given together");
    if ((uint64_t)options->bands * options->rows > slots)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "%u bands of %u rows need more than the %u signature slots",
                           options->bands, options->rows, slots);
    *bands = (struct syndic_bands){
        options->bands, options->rows,
        syndic_bands_recall(options->threshold, options->bands, options->rows)};
    return SYNDIC_OK;
}
