/* SPDX-License-Identifier: Apache-2.0 */
/* test_settle.c - syndication with options at their ends and beyond, texts that are gone, and no
 * memory. */
#include "word_texts.h"

static void refused(struct syndic_options options, const char *name)
{
    struct syndic *corpus = NULL;
    struct syndic_error error;

    cr_assert_eq(syndic_create(&options, &corpus, &error), SYNDIC_INVALID_ARGUMENT);
    cr_assert(strstr(error.message, name), "%s", error.message);
}

Test(syndication_limits, options_out_of_range_are_named)
{
    static const double gammas[] = {0, 1, -0.1, NAN, INFINITY};
    struct syndic_options options = syndication();

    for (size_t i = 0; i < sizeof(gammas) / sizeof(*gammas); i++) {
        options.gamma = gammas[i];
        refused(options, "gamma");
    }
    options = syndication();
    options.sample = 0;
    refused(options, "sample");
    options.sample = 4097;
    refused(options, "sample");
    options = syndication();
    options.max_df = 1;
    refused(options, "max_df");
    options = syndication();
    options.min_shared = 0;
    refused(options, "min_shared");
}

Test(syndication_limits, options_at_their_ends_are_taken)
{
    struct syndic_options options = syndication();

    options.sample = 1;
    options.gamma = 1e-9;
    options.max_df = UINT32_MAX;
    options.min_shared = 1;
    begin(0, 300);
    begin(200, 500);
    struct syndic *corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    syndic_destroy(corpus);
    options.sample = 4096;
    options.gamma = 0.999999;
    options.max_df = 2;
    options.min_shared = UINT32_MAX;
    begin(0, 300);
    begin(0, 299);
    corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 0);
    syndic_destroy(corpus);
}

static enum syndic_status give_none(void *context, uint64_t ordinal, const char **bytes, size_t *n)
{
    (void)context;
    (void)ordinal;
    *bytes = NULL;
    *n = 0;
    return SYNDIC_IO;
}

Test(syndication_limits, a_text_that_cannot_be_had_again_is_an_error)
{
    for (int only = 0; only < 2; only++) {
        struct syndic_options options = only ? removal() : syndication();
        struct syndic *corpus = NULL;
        struct syndic_error error;
        options.fetch = give_none;
        begin(0, 300);
        begin(0, 200);
        cr_assert_eq(push_all(&options, &corpus), SYNDIC_OK);
        cr_assert_eq(syndic_finish(corpus, &error), SYNDIC_IO);
        cr_assert_eq(error.status, SYNDIC_IO);
        syndic_destroy(corpus);
        text_count = 0;
    }
}

/* ---- every refused allocation ---- */

struct ledger {
    _Atomic long blocks, calls;
    long refuse_at; /* the call to refuse; -1: none */
};

static void *ledger_allocate(void *context, size_t bytes)
{
    struct ledger *const ledger = context;

    if (atomic_fetch_add(&ledger->calls, 1) == ledger->refuse_at)
        return NULL;
    atomic_fetch_add(&ledger->blocks, 1);
    return malloc(bytes);
}

static void ledger_release(void *context, void *memory, size_t bytes)
{
    (void)bytes;
    atomic_fetch_sub(&((struct ledger *)context)->blocks, 1);
    free(memory);
}

static enum syndic_status whole_job(const struct syndic_options *options)
{
    struct syndic *corpus = NULL;
    struct syndic_group group;
    enum syndic_status status = push_all(options, &corpus);

    if (!status)
        status = syndic_finish(corpus, NULL);
    if (!status)
        status = syndic_group_at(corpus, 0, &group);
    syndic_destroy(corpus);
    return status;
}

/* A cut, a frame, set phrases and a roundup, so that every step has something to do. */
static void survive(struct syndic_options options)
{
    struct ledger ledger = {.refuse_at = -1};

    begin(0, 300);
    begin(0, 100);
    begin(2000, 2100);
    more(0, 300);
    begin(1000, 1300);
    begin(1000, 1200);
    begin(0, 100);
    more(1000, 1100);
    more(5000, 5100);
    share_phrases(10, 3);
    options.threads = 1;
    options.sample = 1;
    options.allocator = (struct syndic_allocator){ledger_allocate, ledger_release, &ledger};
    cr_assert_eq(whole_job(&options), SYNDIC_OK);
    cr_assert_eq(atomic_load(&ledger.blocks), 0);
    const long calls = atomic_load(&ledger.calls);
    cr_assert_gt(calls, 60);
    for (long n = 0; n <= calls; n++) {
        ledger = (struct ledger){.refuse_at = n};
        cr_assert_eq(whole_job(&options), n < calls ? SYNDIC_NO_MEMORY : SYNDIC_OK, "call %ld", n);
        cr_assert_eq(atomic_load(&ledger.blocks), 0, "call %ld leaks", n);
    }
    text_count = 0;
}

Test(syndication_limits, survives_every_refused_allocation)
{
    survive(syndication());
}

Test(syndication_limits, survives_every_refused_allocation_of_removal)
{
    survive(removal());
}
