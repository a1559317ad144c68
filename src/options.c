/* SPDX-License-Identifier: Apache-2.0 */
/* options.c - the library's options as they are unless somebody says otherwise, and what bands they
 * lead to. */
#include "sketch/sketch.h"

void syndic_options_init(struct syndic_options *options)
{
    *options = (struct syndic_options){
        .threshold = 0.8,
        .distance = 3,
        .shingle_width = 5,
        .signature_slots = 128,
        .sample = 8,
        .gamma = 0.1,
        .max_df = 1000,
        .min_shared = 2,
    };
}

enum syndic_status syndic_bands_for(const struct syndic_options *options,
                                    struct syndic_bands *bands, struct syndic_error *error)
{
    struct syndic_memory memory;
    struct syndic_plan *plan;

    syndic_memory_init(&memory, &options->allocator, 0);
    const enum syndic_status status = syndic_plan_create(&memory, options, &plan, error);
    if (status)
        return status;
    *bands = (struct syndic_bands){plan->bands, plan->rows, plan->recall_at_threshold};
    syndic_plan_destroy(plan);
    return SYNDIC_OK;
}
