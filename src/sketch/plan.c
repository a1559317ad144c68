/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c - options in; the checked parameters and the multipliers of all signatures out. */
#include "sketch/limits.h"
#include "sketch/sketch.h"

#include "base/error.h"
#include "kernel.h"
#include "sketch/bands.h"
#include "text/hash.h"

/* "syndic", 2.  Another number means other signatures: a new format version. */
#define LANE_SEED 0x73796e6469630002u

static enum syndic_status check_shingling(const struct syndic_options *options,
                                          struct syndic_error *error)
{
    if (options->shingle_unit != SYNDIC_SHINGLE_WORD &&
        options->shingle_unit != SYNDIC_SHINGLE_CHAR)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "unknown shingle unit %d",
                           (int)options->shingle_unit);
    if (options->shingle_width < 1 || options->shingle_width > SYNDIC_SHINGLE_WIDTH_MAX)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "shingle width must be 1 to %d, not %u",
                           SYNDIC_SHINGLE_WIDTH_MAX, options->shingle_width);
    if (options->minhash != SYNDIC_MINHASH_ONEP && options->minhash != SYNDIC_MINHASH_KPERM)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "unknown MinHash kind %d",
                           (int)options->minhash);
    return SYNDIC_OK;
}

static enum syndic_status check_syndication(const struct syndic_options *options,
                                            struct syndic_error *error)
{
    if (options->sample < 1 || options->sample > SYNDIC_SAMPLE_MAX)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "sample must be 1 to %d, not %u",
                           SYNDIC_SAMPLE_MAX, options->sample);
    if (!(options->gamma > 0 && options->gamma < 1))
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "gamma must be more than 0 and less than 1, not %g", options->gamma);
    if (options->max_df < 2 || options->min_shared < 1)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "max_df must be 2 or more and min_shared 1 or more");
    return SYNDIC_OK;
}

/* Options of the later stages are looked at here too, so that every mistake shows at once. */
static enum syndic_status check_stages(const struct syndic_options *options,
                                       struct syndic_error *error)
{
    if (options->threads > SYNDIC_THREADS_MAX)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "threads must be at most %d, not %u",
                           SYNDIC_THREADS_MAX, options->threads);
    if (!options->allocator.allocate != !options->allocator.release)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "an allocator needs both functions, to allocate and to release");
    if (options->verify < SYNDIC_VERIFY_DEFAULT || options->verify > SYNDIC_VERIFY_NONE)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "unknown way to verify %d",
                           (int)options->verify);
    if (options->keep < SYNDIC_KEEP_FIRST || options->keep > SYNDIC_KEEP_MAX)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "unknown rule to keep by %d",
                           (int)options->keep);
    if (options->by < SYNDIC_BY_NEAR || options->by > SYNDIC_BY_SYNDICATION)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "unknown relation to group by %d",
                           (int)options->by);
    if (options->distance > SYNDIC_DISTANCE_MAX)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "distance of SimHashes must be 0 to %d, not %u", SYNDIC_DISTANCE_MAX,
                           options->distance);
    if (options->normalize != SYNDIC_NORMALIZE_TOKENS &&
        options->normalize != SYNDIC_NORMALIZE_NONE)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT, "unknown normalisation %d",
                           (int)options->normalize);
    if (options->normalize == SYNDIC_NORMALIZE_NONE && options->by != SYNDIC_BY_EXACT)
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "text without normalisation is for grouping by exact copies only");
    return options->by == SYNDIC_BY_SYNDICATION ? check_syndication(options, error) : SYNDIC_OK;
}

/* Lane k is the same whatever K is, so that a signature is a prefix of a longer one for KPERM. */
static void fill_lanes(struct syndic_plan *plan)
{
    uint64_t state = LANE_SEED;

    for (uint32_t k = 0; k < plan->stride; k++) {
        const uint64_t mul = syndic_splitmix64(&state), add = syndic_splitmix64(&state);
        plan->mul[k] = (uint32_t)(mul >> 32) | 1;
        plan->add[k] = plan->minhash == SYNDIC_MINHASH_KPERM ? (uint32_t)(add >> 32) : 0;
    }
}

static struct syndic_plan *allocate_plan(struct syndic_memory *memory, uint32_t stride)
{
    struct syndic_plan *const plan = syndic_allocate_zeroed(memory, 1, sizeof(*plan));

    if (!plan)
        return NULL;
    plan->memory = memory;
    plan->mul = syndic_allocate(memory, stride, sizeof(*plan->mul));
    plan->add = syndic_allocate(memory, stride, sizeof(*plan->add));
    if (plan->mul && plan->add)
        return plan;
    syndic_plan_destroy(plan);
    return NULL;
}

enum syndic_status syndic_plan_create(struct syndic_memory *memory,
                                      const struct syndic_options *options,
                                      struct syndic_plan **plan, struct syndic_error *error)
{
    struct syndic_bands bands;
    enum syndic_status status = check_shingling(options, error);

    if (status == SYNDIC_OK)
        status = check_stages(options, error);
    if (status == SYNDIC_OK)
        status = syndic_bands_plan(options, &bands, error);
    if (status != SYNDIC_OK)
        return status;
    const uint32_t stride = (options->signature_slots + SYNDIC_LANE_MULTIPLE - 1) /
                            SYNDIC_LANE_MULTIPLE * SYNDIC_LANE_MULTIPLE;
    struct syndic_plan *const made = allocate_plan(memory, stride);
    if (!made)
        return syndic_fail_memory(error);
    made->shingling = (struct syndic_shingling){options->shingle_unit, options->shingle_width};
    made->minhash = options->minhash;
    made->slots = options->signature_slots;
    made->stride = stride;
    made->bands = bands.bands;
    made->rows = bands.rows;
    made->threshold = options->threshold;
    made->recall_at_threshold =
        bands.recall_at_threshold *
        syndic_slots_pass(
            options->threshold, made->slots,
            syndic_verify_limits(options->threshold, made->slots, options->verify).reject);
    made->by = options->by;
    made->distance = options->distance;
    made->normalize = options->normalize;
    made->sample = options->sample;
    if (options->by == SYNDIC_BY_SIMHASH ||
        options->by == SYNDIC_BY_SYNDICATION) { /* no bands, and nothing is missed */
        made->bands = made->rows = 0;
        made->recall_at_threshold = 1;
    }
    fill_lanes(made);
    *plan = made;
    return SYNDIC_OK;
}

void syndic_plan_destroy(struct syndic_plan *plan)
{
    if (!plan)
        return;
    syndic_release(plan->memory, plan->add);
    syndic_release(plan->memory, plan->mul);
    syndic_release(plan->memory, plan);
}
