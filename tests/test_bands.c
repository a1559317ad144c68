/* SPDX-License-Identifier: Apache-2.0 */
/* test_bands.c - bands and rows for thresholds, and what is refused.  Expectations were computed
 * apart, by pow() in Python. */
#include "sketch/bands.h"

#include <criterion/criterion.h>
#include <math.h>

static struct syndic_options options_with(double threshold, uint32_t slots)
{
    return (struct syndic_options){
        .threshold = threshold, .shingle_width = 5, .signature_slots = slots};
}

static void expect_near(double got, double want)
{
    cr_assert(fabs(got - want) < 5e-7, "%.9f, not %.9f", got, want);
}

Test(bands, recall_is_the_s_curve)
{
    expect_near(syndic_bands_recall(0.8, 16, 8), 0.947049);
    expect_near(syndic_bands_recall(0.5, 16, 8), 0.060702);
    expect_near(syndic_bands_recall(0.3, 1, 1), 0.3);
    expect_near(syndic_bands_recall(0.5, 1, 3), 0.125);
    expect_near(syndic_bands_recall(0.5, 2, 1), 0.75);
    cr_assert_eq(syndic_bands_recall(0, 16, 8), 0);
    cr_assert_eq(syndic_bands_recall(1, 16, 8), 1);
}

Test(bands, chosen_from_the_threshold)
{
    static const struct {
        double threshold;
        uint32_t slots, bands, rows;
        double recall;
    } expected[] =
        {
            {0.8, 128, 16, 8, 0.947049},  {0.5, 128, 42, 3, 0.996333},
            {0.9, 128, 9, 14, 0.903469},  {0.7, 128, 21, 6, 0.927811},
            {0.3, 128, 64, 2, 0.997609},  {0.8, 1024, 68, 15, 0.912458},
            {0.8, 100, 14, 7, 0.962934},  {0.8, 64, 10, 6, 0.952168},
            {0.95, 256, 9, 28, 0.913207}, {1.0, 128, 1, 128, 1.000000},
            {0.05, 16, 16, 1, 0.559873}, /* out of reach: the most there is */
        };

    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
        const struct syndic_bands got =
            syndic_bands_choose(expected[i].threshold, expected[i].slots);
        cr_assert_eq(got.bands, expected[i].bands, "case %zu: %u bands", i, got.bands);
        cr_assert_eq(got.rows, expected[i].rows, "case %zu: %u rows", i, got.rows);
        expect_near(got.recall_at_threshold, expected[i].recall);
    }
}

Test(bands, given_ones_are_taken)
{
    struct syndic_options options = options_with(0.8, 128);
    struct syndic_bands bands;

    options.bands = 20;
    options.rows = 5;
    cr_assert_eq(syndic_bands_plan(&options, &bands, NULL), SYNDIC_OK);
    cr_assert_eq(bands.bands, 20);
    cr_assert_eq(bands.rows, 5);
    expect_near(bands.recall_at_threshold, 0.999644);
    options.bands = 128;
    options.rows = 1;
    cr_assert_eq(syndic_bands_plan(&options, &bands, NULL), SYNDIC_OK);
    options.bands = options.rows = 0;
    cr_assert_eq(syndic_bands_plan(&options, &bands, NULL), SYNDIC_OK);
    cr_assert_eq(bands.bands, 16);
}

static void expect_refused(const struct syndic_options *options, const char *message)
{
    struct syndic_bands bands;
    struct syndic_error error;

    cr_assert_eq(syndic_bands_plan(options, &bands, &error), SYNDIC_INVALID_ARGUMENT);
    cr_assert_eq(error.status, SYNDIC_INVALID_ARGUMENT);
    cr_assert_str_eq(error.message, message);
}

Test(bands, out_of_range_is_refused)
{
    struct syndic_options options = options_with(0, 128);

    expect_refused(&options, "threshold must be above 0 and at most 1, not 0");
    options.threshold = 1.01;
    expect_refused(&options, "threshold must be above 0 and at most 1, not 1.01");
    options.threshold = NAN;
    cr_assert_eq(syndic_bands_plan(&options, &(struct syndic_bands){0}, NULL),
                 SYNDIC_INVALID_ARGUMENT);
    options = options_with(0.8, 15);
    expect_refused(&options, "signature slots must be 16 to 1024, not 15");
    options = options_with(0.8, 1025);
    expect_refused(&options, "signature slots must be 16 to 1024, not 1025");
    options = options_with(0.8, 128);
    options.bands = 16;
    expect_refused(&options, "bands and rows must be given together");
    options.bands = 0;
    options.rows = 8;
    expect_refused(&options, "bands and rows must be given together");
    options.bands = 17;
    expect_refused(&options, "17 bands of 8 rows need more than the 128 signature slots");
    options.bands = options.rows = 65536; /* the product does not fit 32 bits */
    expect_refused(&options, "65536 bands of 65536 rows need more than the 128 signature slots");
}
