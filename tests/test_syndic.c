/* SPDX-License-Identifier: Apache-2.0 */
/* test_syndic.c - the public interface, used as a stranger would. */
#include "syndic.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define STORY                                                                                      \
    "The harbour crane came down at dawn on Tuesday, and nobody was under it. The port authority " \
    "said that a bolt had sheared in the night wind and that the quay would stay closed until an " \
    "engineer had looked at every other crane of the same make. Three ships wait in the roads. "

static const char *const texts[] = {
    STORY "Their masters have been told to expect two days.",
    "A cheese fair in the next valley drew more visitors than the village has inhabitants.",
    STORY "Their masters have been told to expect three days.",
    STORY "THEIR MASTERS -- have been told to expect two days",
    "",
};
#define TEXT_COUNT (sizeof(texts) / sizeof(*texts))

static const char *const ids[TEXT_COUNT] = {"first", "cheese", NULL, "shout", "empty"};

static struct syndic_document document(size_t i)
{
    return (struct syndic_document){
        .text = texts[i], .text_bytes = strlen(texts[i]), .id = ids[i], .rank = (double)i};
}

static struct syndic *corpus_of(const struct syndic_options *options)
{
    struct syndic *corpus = NULL;
    struct syndic_error error;

    cr_assert_eq(syndic_create(options, &corpus, &error), SYNDIC_OK, "%s", error.message);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        const struct syndic_document one = document(i);
        cr_assert_eq(syndic_push(corpus, &one, &error), SYNDIC_OK);
    }
    cr_assert_eq(syndic_finish(corpus, &error), SYNDIC_OK, "%s", error.message);
    return corpus;
}

static void check_groups(struct syndic *corpus)
{
    struct syndic_group group;

    cr_assert_eq(syndic_document_count(corpus), 5);
    cr_assert_eq(syndic_group_count(corpus), 1);
    cr_assert_eq(syndic_group_at(corpus, 0, &group), SYNDIC_OK);
    cr_assert_eq(group.number, 0);
    cr_assert_eq(group.kept, 0);
    cr_assert_eq(group.member_count, 3);
    cr_assert_eq(group.members[0].ordinal, 0);
    cr_assert_str_eq(group.members[0].id, "first");
    cr_assert_eq(group.members[0].how, SYNDIC_HOW_KEPT);
    cr_assert_eq(group.members[1].ordinal, 2);
    cr_assert_str_eq(group.members[1].id, "2");
    cr_assert_eq(group.members[1].how, SYNDIC_HOW_NEAR);
    cr_assert_eq(group.members[2].ordinal, 3);
    cr_assert_str_eq(group.members[2].id, "shout");
    cr_assert_eq(group.members[2].how, SYNDIC_HOW_EXACT);
    cr_assert_eq(group.members[2].similarity, 1.0);
    cr_assert_eq(syndic_kept(corpus, 1), 1);
    cr_assert_eq(syndic_kept(corpus, 2), 0);
    cr_assert_eq(syndic_kept(corpus, 4), 4);
}

/* ---- the allocator hook: what is taken is given back, and every refusal is survived ---- */

struct ledger {
    _Atomic long blocks, bytes, calls;
    long refuse_at; /* the call to refuse; -1: none */
};

static void *ledger_allocate(void *context, size_t bytes)
{
    struct ledger *const ledger = context;

    if (atomic_fetch_add(&ledger->calls, 1) == ledger->refuse_at)
        return NULL;
    atomic_fetch_add(&ledger->blocks, 1);
    atomic_fetch_add(&ledger->bytes, (long)bytes);
    return malloc(bytes);
}

static void ledger_release(void *context, void *memory, size_t bytes)
{
    struct ledger *const ledger = context;

    atomic_fetch_sub(&ledger->blocks, 1);
    atomic_fetch_sub(&ledger->bytes, (long)bytes);
    free(memory);
}

Test(syndic, groups_copies_of_a_story)
{
    struct syndic_options options;

    syndic_options_init(&options);
    struct syndic *const corpus = corpus_of(&options);
    check_groups(corpus);
    syndic_destroy(corpus);
}

Test(syndic, reports_the_exact_similarity_when_verified_exactly)
{
    struct syndic_options options;
    struct syndic_group group;

    syndic_options_init(&options);
    options.verify = SYNDIC_VERIFY_EXACT;
    struct syndic *const corpus = corpus_of(&options);
    cr_assert_eq(syndic_group_at(corpus, 0, &group), SYNDIC_OK);
    /* 62 words make 58 shingles; "two" or "three" is in the last two of each text. */
    cr_assert_eq(group.members[1].known, SYNDIC_KNOWN_EXACTLY);
    cr_assert_float_eq(group.members[1].similarity, 56.0 / 60.0, 1e-6, "%.6f",
                       group.members[1].similarity);
    syndic_destroy(corpus);
}

Test(syndic, a_batch_is_the_same_as_pushing_one_by_one)
{
    struct syndic_options options;
    struct syndic *corpus = NULL;
    struct syndic_document batch[TEXT_COUNT];

    syndic_options_init(&options);
    options.threads = 3;
    for (size_t i = 0; i < TEXT_COUNT; i++)
        batch[i] = document(i);
    cr_assert_eq(syndic_create(&options, &corpus, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_push_batch(corpus, batch, TEXT_COUNT, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_finish(corpus, NULL), SYNDIC_OK);
    check_groups(corpus);
    syndic_destroy(corpus);
}

Test(syndic, keeps_the_one_asked_for)
{
    struct syndic_options options;
    struct syndic_group group;

    syndic_options_init(&options);
    options.keep = SYNDIC_KEEP_MAX;
    struct syndic *corpus = corpus_of(&options);
    cr_assert_eq(syndic_group_at(corpus, 0, &group), SYNDIC_OK);
    cr_assert_eq(group.kept, 3);
    syndic_destroy(corpus);

    options.keep = SYNDIC_KEEP_LONGEST;
    corpus = corpus_of(&options);
    cr_assert_eq(syndic_group_at(corpus, 0, &group), SYNDIC_OK);
    cr_assert_eq(group.kept, 2);
    syndic_destroy(corpus);
}

static enum syndic_status give_text(void *context, uint64_t ordinal, const char **text,
                                    size_t *text_bytes)
{
    atomic_fetch_add((_Atomic int *)context, 1);
    *text = texts[ordinal];
    *text_bytes = strlen(texts[ordinal]);
    return SYNDIC_OK;
}

Test(syndic, asks_for_texts_again_instead_of_keeping_them)
{
    struct syndic_options options;
    _Atomic int asked = 0;

    syndic_options_init(&options);
    options.verify = SYNDIC_VERIFY_EXACT;
    options.fetch = give_text;
    options.fetch_context = &asked;
    struct syndic *const corpus = corpus_of(&options);
    check_groups(corpus);
    cr_assert_eq(atomic_load(&asked), 2);
    syndic_destroy(corpus);
}

Test(syndic, refuses_calls_out_of_order)
{
    struct syndic_options options;
    struct syndic_error error;
    struct syndic_group group;

    syndic_options_init(&options);
    struct syndic *const corpus = corpus_of(&options);
    const struct syndic_document one = document(0);
    cr_assert_eq(syndic_push(corpus, &one, &error), SYNDIC_STATE);
    cr_assert_eq(error.status, SYNDIC_STATE);
    cr_assert_eq(syndic_finish(corpus, NULL), SYNDIC_STATE);
    cr_assert_eq(syndic_group_at(corpus, 1, &group), SYNDIC_INVALID_ARGUMENT);
    syndic_destroy(corpus);
    syndic_destroy(NULL);
}

Test(syndic, names_the_option_that_is_out_of_range)
{
    struct syndic_options options;
    struct syndic *corpus = NULL;
    struct syndic_error error;

    syndic_options_init(&options);
    options.threshold = 1.5;
    cr_assert_eq(syndic_create(&options, &corpus, &error), SYNDIC_INVALID_ARGUMENT);
    cr_assert(strstr(error.message, "threshold"), "%s", error.message);
    syndic_options_init(&options);
    options.signature_slots = 8;
    cr_assert_eq(syndic_create(&options, &corpus, &error), SYNDIC_INVALID_ARGUMENT);
    syndic_options_init(&options);
    options.bands = 20;
    options.rows = 20;
    cr_assert_eq(syndic_create(&options, &corpus, &error), SYNDIC_INVALID_ARGUMENT);
    syndic_options_init(&options);
    options.kernels = "abacus";
    cr_assert_eq(syndic_create(&options, &corpus, &error), SYNDIC_INVALID_ARGUMENT);
    cr_assert(strstr(error.message, "abacus"), "%s", error.message);
}

Test(syndic, refuses_what_would_not_run)
{
    struct syndic_options options;
    struct syndic *corpus = NULL;
    struct syndic_error error;

    syndic_options_init(&options);
    options.threads = SYNDIC_THREADS_MAX + 1;
    cr_assert_eq(syndic_create(&options, &corpus, &error), SYNDIC_INVALID_ARGUMENT);
    cr_assert(strstr(error.message, "threads"), "%s", error.message);
    syndic_options_init(&options);
    options.allocator.allocate = ledger_allocate;
    cr_assert_eq(syndic_create(&options, &corpus, &error), SYNDIC_INVALID_ARGUMENT);
    cr_assert(strstr(error.message, "allocator"), "%s", error.message);
}

Test(syndic, a_sketch_ignores_the_options_of_a_corpus)
{
    struct syndic_options options;
    struct syndic_sketch *sketch = NULL;

    syndic_options_init(&options);
    options.threshold = 7;
    options.bands = 3;
    options.by = SYNDIC_BY_EXACT;
    cr_assert_eq(syndic_sketch_create(&options, texts[0], strlen(texts[0]), &sketch, NULL),
                 SYNDIC_OK);
    syndic_sketch_destroy(sketch);
}

Test(syndic, every_document_stands_for_itself_before_finish)
{
    struct syndic_options options;
    struct syndic *corpus = NULL;

    syndic_options_init(&options);
    cr_assert_eq(syndic_create(&options, &corpus, NULL), SYNDIC_OK);
    const struct syndic_document one = document(0);
    cr_assert_eq(syndic_push(corpus, &one, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_kept(corpus, 0), 0);
    cr_assert_eq(syndic_kept(corpus, 99), 99);
    syndic_destroy(corpus);
}

Test(syndic, tells_the_bands)
{
    struct syndic_options options;
    struct syndic_bands bands;

    syndic_options_init(&options);
    cr_assert_eq(syndic_bands_for(&options, &bands, NULL), SYNDIC_OK);
    cr_assert_eq(bands.bands, 16);
    cr_assert_eq(bands.rows, 8);
    /* 0.947049 share a band, and 0.998401 of them have at least 89 equal slots. */
    cr_assert_float_eq(bands.recall_at_threshold, 0.945535, 0.000001);
}

static enum syndic_status whole_job(const struct syndic_options *options)
{
    struct syndic *corpus = NULL;
    struct syndic_document batch[TEXT_COUNT];
    struct syndic_group group;

    for (size_t i = 0; i < TEXT_COUNT; i++)
        batch[i] = document(i);
    enum syndic_status status = syndic_create(options, &corpus, NULL);
    if (status)
        return status;
    status = syndic_push_batch(corpus, batch, TEXT_COUNT, NULL);
    if (!status)
        status = syndic_finish(corpus, NULL);
    if (!status)
        status = syndic_group_at(corpus, 0, &group);
    syndic_destroy(corpus);
    return status;
}

Test(syndic, survives_every_refused_allocation)
{
    struct syndic_options options;
    struct ledger ledger = {.refuse_at = -1};
    enum syndic_status status = SYNDIC_NO_MEMORY;

    syndic_options_init(&options);
    options.threads = 1;
    options.allocator = (struct syndic_allocator){ledger_allocate, ledger_release, &ledger};
    cr_assert_eq(whole_job(&options), SYNDIC_OK);
    cr_assert_eq(atomic_load(&ledger.blocks), 0);
    const long calls = atomic_load(&ledger.calls);
    cr_assert_gt(calls, 10);
    for (long n = 0; n <= calls; n++) {
        ledger = (struct ledger){.refuse_at = n};
        status = whole_job(&options);
        cr_assert_eq(status, n < calls ? SYNDIC_NO_MEMORY : SYNDIC_OK, "call %ld", n);
        cr_assert_eq(atomic_load(&ledger.blocks), 0, "call %ld leaks", n);
        cr_assert_eq(atomic_load(&ledger.bytes), 0, "call %ld leaks", n);
    }
}

Test(syndic, keeps_to_the_memory_cap)
{
    struct syndic_options options;
    struct syndic *corpus = NULL;
    struct syndic_error error;

    syndic_options_init(&options);
    options.memory_cap_bytes = 1000;
    cr_assert_eq(syndic_create(&options, &corpus, &error), SYNDIC_NO_MEMORY);
}

/* ---- sketches alone ---- */

Test(syndic, compares_two_sketches)
{
    struct syndic_options options;
    struct syndic_sketch *a, *b, *empty;
    double similarity = -1;
    size_t count;

    syndic_options_init(&options);
    cr_assert_eq(syndic_sketch_create(&options, texts[0], strlen(texts[0]), &a, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_sketch_create(&options, texts[3], strlen(texts[3]), &b, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_sketch_create(&options, "", 0, &empty, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_sketch_similarity(a, b, &similarity), SYNDIC_OK);
    cr_assert_eq(similarity, 1.0);
    cr_assert_eq(syndic_sketch_similarity(a, empty, &similarity), SYNDIC_OK);
    cr_assert_eq(similarity, 0.0);
    cr_assert_eq(syndic_sketch_similarity(empty, empty, &similarity), SYNDIC_OK);
    cr_assert_eq(similarity, 0.0);
    cr_assert_not_null(syndic_sketch_slots(a, &count));
    cr_assert_eq(count, 128);
    syndic_sketch_destroy(b);
    options.signature_slots = 64;
    cr_assert_eq(syndic_sketch_create(&options, texts[0], strlen(texts[0]), &b, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_sketch_similarity(a, b, &similarity), SYNDIC_INVALID_ARGUMENT);
    syndic_sketch_destroy(a);
    syndic_sketch_destroy(b);
    syndic_sketch_destroy(empty);
    syndic_sketch_destroy(NULL);
}

Test(syndic, names_every_status)
{
    for (int s = SYNDIC_OK; s <= SYNDIC_INTERRUPTED; s++)
        cr_assert_gt(strlen(syndic_status_text((enum syndic_status)s)), 3);
    cr_assert_str_eq(syndic_version(), "0.1.0");
}
