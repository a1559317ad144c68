/* SPDX-License-Identifier: Apache-2.0 */
/* syndic_sketch.c - the public interface without a corpus: a text in, a sketch out; two sketches
 * in, their similarity out. */
#include "base/error.h"
#include "sketch/sketch.h"

#include <string.h>

struct syndic_sketch {
    struct syndic_memory memory;
    struct syndic_plan *plan;
    uint32_t *slot;
    size_t token_count;
};

static enum syndic_status fill_sketch(struct syndic_sketch *sketch, const char *text,
                                      size_t text_bytes)
{
    struct syndic_sketcher *sketcher = NULL;
    enum syndic_status status = syndic_sketcher_create(&sketch->memory, sketch->plan, &sketcher);

    if (!status)
        status = syndic_sketch_document(sketcher, (const uint8_t *)text, text_bytes);
    if (!status) {
        sketch->slot =
            syndic_allocate(&sketch->memory, sketch->plan->stride, sizeof(*sketch->slot));
        status = sketch->slot ? SYNDIC_OK : SYNDIC_NO_MEMORY;
    }
    if (!status) {
        memcpy(sketch->slot, sketcher->signature.slot,
               sketch->plan->stride * sizeof(*sketch->slot));
        sketch->token_count = sketcher->signature.token_count;
    }
    syndic_sketcher_destroy(sketcher);
    return status;
}

enum syndic_status syndic_sketch_create(const struct syndic_options *options, const char *text,
                                        size_t text_bytes, struct syndic_sketch **out,
                                        struct syndic_error *error)
{
    struct syndic_options own; /* options of a corpus do not count here, right or wrong */
    struct syndic_memory memory;

    syndic_options_init(&own);
    own.shingle_unit = options->shingle_unit;
    own.shingle_width = options->shingle_width;
    own.minhash = options->minhash;
    own.signature_slots = options->signature_slots;
    if (text_bytes > SYNDIC_TEXT_BYTES_MAX)
        return syndic_fail(error, SYNDIC_LIMIT, "a text holds at most %zu bytes",
                           SYNDIC_TEXT_BYTES_MAX);
    syndic_memory_init(&memory, &options->allocator, 0);
    struct syndic_sketch *const sketch = syndic_allocate_zeroed(&memory, 1, sizeof(*sketch));
    if (!sketch)
        return syndic_fail_memory(error);
    syndic_memory_init(&sketch->memory, &options->allocator, 0);
    enum syndic_status status = syndic_plan_create(&sketch->memory, &own, &sketch->plan, error);
    if (status)
        goto out_sketch;
    status = fill_sketch(sketch, text, text_bytes);
    if (status) {
        syndic_fail(error, status, "%s", syndic_status_text(status));
        goto out_sketch;
    }
    *out = sketch;
    return SYNDIC_OK;

out_sketch:
    syndic_sketch_destroy(sketch);
    return status;
}

/* Sketches compare only where the same options made them. */
static bool same_plan(const struct syndic_plan *a, const struct syndic_plan *b)
{
    return a->slots == b->slots && a->minhash == b->minhash &&
           a->shingling.unit == b->shingling.unit && a->shingling.width == b->shingling.width;
}

enum syndic_status syndic_sketch_similarity(const struct syndic_sketch *a,
                                            const struct syndic_sketch *b, double *similarity)
{
    if (!same_plan(a->plan, b->plan))
        return SYNDIC_INVALID_ARGUMENT;
    *similarity = a->token_count && b->token_count
                      ? syndic_signature_similarity(a->plan, a->slot, b->slot)
                      : 0.0;
    return SYNDIC_OK;
}

const uint32_t *syndic_sketch_slots(const struct syndic_sketch *sketch, size_t *count)
{
    *count = sketch->plan->slots;
    return sketch->slot;
}

void syndic_sketch_destroy(struct syndic_sketch *sketch)
{
    if (!sketch)
        return;
    syndic_release(&sketch->memory, sketch->slot);
    syndic_plan_destroy(sketch->plan);
    struct syndic_memory last = {.allocator = sketch->memory.allocator};
    syndic_release(&last, sketch);
}
