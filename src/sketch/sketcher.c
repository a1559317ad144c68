/* SPDX-License-Identifier: Apache-2.0 */
/* sketcher.c - one document in, its signature out; the work space of one thread. */
#include "sketch/sketch.h"

#include "base/sort.h"
#include "kernel.h"

#include <string.h>

enum syndic_status syndic_sketcher_create(struct syndic_memory *memory,
                                          const struct syndic_plan *plan,
                                          struct syndic_sketcher **sketcher)
{
    struct syndic_sketcher *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (!made)
        return status;
    made->plan = plan;
    made->memory = memory;
    made->signature.slot = syndic_allocate(memory, plan->stride, sizeof(*made->signature.slot));
    made->table = syndic_allocate(memory, plan->stride, 2 * sizeof(*made->table));
    if (made->signature.slot && made->table)
        status = syndic_text_create(memory, plan->shingling, false, &made->text);
    if (status == SYNDIC_OK)
        *sketcher = made;
    else
        syndic_sketcher_destroy(made);
    return status;
}

void syndic_sketcher_destroy(struct syndic_sketcher *sketcher)
{
    if (!sketcher)
        return;
    syndic_sample_room_clear(&sketcher->sample_room, sketcher->memory);
    syndic_text_destroy(sketcher->text);
    syndic_release(sketcher->memory, sketcher->table);
    syndic_release(sketcher->memory, sketcher->signature.slot);
    syndic_release(sketcher->memory, sketcher);
}

static void set_empty(const struct syndic_plan *plan, uint32_t *slot)
{
    memset(slot, 0xff, plan->slots * sizeof(*slot));
    memset(slot + plan->slots, 0, (plan->stride - plan->slots) * sizeof(*slot));
}

enum syndic_status syndic_sketch_document(struct syndic_sketcher *sketcher, const uint8_t *text,
                                          size_t n)
{
    const struct syndic_plan *const plan = sketcher->plan;
    struct syndic_signature *const signature = &sketcher->signature;
    const enum syndic_status status = syndic_text_read(sketcher->text, text, n);

    if (status != SYNDIC_OK)
        return status;
    signature->exact = plan->normalize == SYNDIC_NORMALIZE_NONE ? syndic_hash128(text, n)
                                                                : syndic_text_hash(sketcher->text);
    signature->token_count = sketcher->text->token_count;
    if (plan->by == SYNDIC_BY_SYNDICATION)
        signature->sample =
            syndic_samples_add(sketcher->samples, &sketcher->sample_room, sketcher->text->shingle,
                               sketcher->text->shingle_count, plan->sample);
    if (plan->by == SYNDIC_BY_SYNDICATION && !signature->sample)
        return SYNDIC_NO_MEMORY;
    if (plan->by == SYNDIC_BY_SIMHASH)
        signature->simhash =
            syndic_kernels()->simhash(sketcher->text->shingle, sketcher->text->shingle_count);
    else if (sketcher->text->shingle_count && plan->by == SYNDIC_BY_NEAR)
        syndic_minhash(plan, sketcher->text->shingle, sketcher->text->shingle_count,
                       signature->slot, sketcher->table);
    else
        set_empty(plan, signature->slot);
    return SYNDIC_OK;
}

size_t syndic_shingle_set(const struct syndic_text *text, uint64_t *set)
{
    const size_t n = text->shingle_count;

    if (!n)
        return 0;
    memcpy(set, text->shingle, n * sizeof(*set));
    syndic_sort_u64(set, n, set + n);
    return syndic_unique_u64(set, n);
}
