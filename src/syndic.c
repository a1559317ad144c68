/* SPDX-License-Identifier: Apache-2.0 */
/* syndic.c - the public interface to a corpus: pushed documents in, groups out. */
#include "syndic.h"

#include "base/error.h"
#include "base/hash.h"
#include "group/members.h"
#include "group/preference.h"
#include "kernel.h"

#include <omp.h>
#include <stdio.h>
#include <string.h>

/* A copy of a pushed text, for exact verification. */
struct kept_text {
    const char *bytes;
    size_t count;
};

struct syndic {
    struct syndic_memory memory;
    struct syndic_options options; /* threads resolved */
    struct syndic_plan *plan;
    struct syndic_sketcher **sketcher; /* one a thread */
    struct syndic_sketches sketches;
    struct syndic_samples samples;
    const char **id; /* NULL: the ordinal */
    double *rank;
    struct kept_text *text; /* only where texts are copied */
    size_t id_capacity, rank_capacity, text_capacity;
    struct syndic_arena strings;
    bool copies_texts;
    bool finished;
    struct syndic_grouping grouping;
    struct syndic_members members;
    struct syndic_member *member; /* of the group last asked for */
    char (*member_id)[24];        /* room for the ids of members without one */
    size_t member_capacity, member_id_capacity;
};

const char *syndic_version(void)
{
    return SYNDIC_VERSION;
}

const char *syndic_kernels_name(void)
{
    return syndic_kernels()->name;
}

static bool verifies_exactly(const struct syndic_options *options)
{
    return options->by == SYNDIC_BY_SYNDICATION ||
           (options->by == SYNDIC_BY_NEAR &&
            (options->verify == SYNDIC_VERIFY_DEFAULT || options->verify == SYNDIC_VERIFY_EXACT));
}

/* ---- a corpus ---- */

static enum syndic_status create_sketchers(struct syndic *corpus)
{
    const uint32_t threads = corpus->options.threads;

    corpus->sketcher = syndic_allocate_zeroed(&corpus->memory, threads, sizeof(*corpus->sketcher));
    if (!corpus->sketcher)
        return SYNDIC_NO_MEMORY;
    for (uint32_t t = 0; t < threads; t++) {
        if (syndic_sketcher_create(&corpus->memory, corpus->plan, &corpus->sketcher[t]))
            return SYNDIC_NO_MEMORY;
        corpus->sketcher[t]->samples = &corpus->samples;
    }
    return SYNDIC_OK;
}

/* The corpus lives in memory of the allocator that it then uses itself. */
static struct syndic *allocate_corpus(const struct syndic_options *options)
{
    struct syndic_memory memory;

    syndic_memory_init(&memory, &options->allocator, options->memory_cap_bytes);
    struct syndic *const corpus = syndic_allocate_zeroed(&memory, 1, sizeof(*corpus));
    if (corpus) {
        syndic_memory_init(&corpus->memory, &options->allocator, options->memory_cap_bytes);
        atomic_store(&corpus->memory.used_bytes, atomic_load(&memory.used_bytes));
    }
    return corpus;
}

enum syndic_status syndic_create(const struct syndic_options *options, struct syndic **out,
                                 struct syndic_error *error)
{
    struct syndic_plan *plan = NULL;

    if (options->kernels && syndic_kernels_use(options->kernels))
        return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                           "kernels '%s' are unknown or need another CPU", options->kernels);
    struct syndic *const corpus = allocate_corpus(options);
    if (!corpus)
        return syndic_fail_memory(error);
    corpus->options = *options;
    if (!corpus->options.threads)
        corpus->options.threads = (uint32_t)omp_get_max_threads();
    corpus->copies_texts = verifies_exactly(options) && !options->fetch;
    syndic_arena_init(&corpus->strings, &corpus->memory);
    syndic_samples_init(&corpus->samples, &corpus->memory);
    enum syndic_status status = syndic_plan_create(&corpus->memory, options, &plan, error);
    if (status)
        goto out_corpus;
    corpus->plan = plan;
    syndic_sketches_init(&corpus->sketches, &corpus->memory, plan);
    status = create_sketchers(corpus);
    if (status) {
        syndic_fail_memory(error);
        goto out_corpus;
    }
    *out = corpus;
    return SYNDIC_OK;

out_corpus:
    syndic_destroy(corpus);
    return status;
}

/* Room for `more` documents beyond those there are, in every column. */
static bool reserve_documents(struct syndic *corpus, size_t more)
{
    struct syndic_memory *const memory = &corpus->memory;
    const size_t need = corpus->sketches.count + more;
    const size_t capacity = corpus->sketches.capacity;

    if (need > capacity &&
        syndic_sketches_reserve(&corpus->sketches, need > 2 * capacity ? need : 2 * capacity))
        return false;
    return syndic_reserve(memory, (void **)&corpus->id, &corpus->id_capacity, need,
                          sizeof(*corpus->id)) &&
           syndic_reserve(memory, (void **)&corpus->rank, &corpus->rank_capacity, need,
                          sizeof(*corpus->rank)) &&
           (!corpus->copies_texts ||
            syndic_reserve(memory, (void **)&corpus->text, &corpus->text_capacity, need,
                           sizeof(*corpus->text)));
}

/* Copy what outlives the call into row `row`. */
static bool copy_document(struct syndic *corpus, size_t row, const struct syndic_document *document)
{
    corpus->id[row] = NULL;
    corpus->rank[row] = document->rank;
    if (document->id) {
        corpus->id[row] = syndic_arena_copy(&corpus->strings, document->id, strlen(document->id));
        if (!corpus->id[row])
            return false;
    }
    if (!corpus->copies_texts)
        return true;
    const char *const copy =
        syndic_arena_copy(&corpus->strings, document->text, document->text_bytes);
    corpus->text[row] = (struct kept_text){copy, document->text_bytes};
    return copy != NULL;
}

static enum syndic_status sketch_documents(struct syndic *corpus,
                                           const struct syndic_document *documents, size_t count)
{
    const size_t base = corpus->sketches.count;
    _Atomic int failure = SYNDIC_OK;

#pragma omp parallel for schedule(dynamic, 16)                                                     \
    num_threads((int)corpus->options.threads) if (count > 16)
    for (size_t i = 0; i < count; i++) {
        struct syndic_sketcher *const sketcher = corpus->sketcher[omp_get_thread_num()];
        const struct syndic_document *const document = &documents[i];
        const enum syndic_status status =
            syndic_sketch_document(sketcher, (const uint8_t *)document->text, document->text_bytes);
        sketcher->signature.origin =
            document->source ? syndic_hash64(document->source, strlen(document->source)) | 1 : 0;
        if (status)
            atomic_store(&failure, (int)status);
        else
            syndic_sketches_put(&corpus->sketches, corpus->plan, base + i, &sketcher->signature,
                                document->text_bytes);
    }
    return (enum syndic_status)atomic_load(&failure);
}

enum syndic_status syndic_push_batch(struct syndic *corpus, const struct syndic_document *documents,
                                     size_t count, struct syndic_error *error)
{
    const size_t base = corpus->sketches.count;

    if (corpus->finished)
        return syndic_fail(error, SYNDIC_STATE, "documents cannot be pushed after finish");
    if (count > UINT32_MAX - 1 - base)
        return syndic_fail(error, SYNDIC_LIMIT, "a corpus holds at most %u documents",
                           UINT32_MAX - 1);
    for (size_t i = 0; i < count; i++)
        if (documents[i].text_bytes > SYNDIC_TEXT_BYTES_MAX)
            return syndic_fail(error, SYNDIC_LIMIT, "a text holds at most %zu bytes",
                               SYNDIC_TEXT_BYTES_MAX);
    if (!reserve_documents(corpus, count))
        return syndic_fail_memory(error);
    for (size_t i = 0; i < count; i++)
        if (!copy_document(corpus, base + i, &documents[i]))
            return syndic_fail_memory(error);
    const enum syndic_status status = sketch_documents(corpus, documents, count);
    if (status)
        return syndic_fail(error, status, "%s", syndic_status_text(status));
    corpus->sketches.count = base + count;
    return SYNDIC_OK;
}

enum syndic_status syndic_push(struct syndic *corpus, const struct syndic_document *document,
                               struct syndic_error *error)
{
    return syndic_push_batch(corpus, document, 1, error);
}

static enum syndic_status fetch_copy(void *context, uint32_t thread, uint32_t row,
                                     const uint8_t **text, size_t *text_bytes,
                                     struct syndic_error *error)
{
    const struct syndic *const corpus = context;

    (void)thread;
    (void)error;
    *text = (const uint8_t *)corpus->text[row].bytes;
    *text_bytes = corpus->text[row].count;
    return SYNDIC_OK;
}

static enum syndic_status fetch_from_caller(void *context, uint32_t thread, uint32_t row,
                                            const uint8_t **text, size_t *text_bytes,
                                            struct syndic_error *error)
{
    const struct syndic_options *const options = &((struct syndic *)context)->options;
    const char *bytes;

    (void)thread;
    const enum syndic_status status =
        options->fetch(options->fetch_context, row, &bytes, text_bytes);
    if (status)
        return syndic_fail(error, status, "the text of document %u could not be fetched again",
                           row);
    *text = (const uint8_t *)bytes;
    return SYNDIC_OK;
}

enum syndic_status syndic_finish(struct syndic *corpus, struct syndic_error *error)
{
    const struct syndic_texts texts = {
        .fetch = corpus->options.fetch ? fetch_from_caller : fetch_copy, .context = corpus};
    struct syndic_group_counts counts;

    if (corpus->finished)
        return syndic_fail(error, SYNDIC_STATE, "the corpus is already finished");
    uint32_t *const order =
        syndic_allocate(&corpus->memory, corpus->sketches.count, sizeof(*order));
    if (!order)
        return syndic_fail_memory(error);
    enum syndic_status status =
        syndic_preference(&corpus->sketches, corpus->options.keep, corpus->rank, order);
    if (status)
        syndic_fail_memory(error);
    else
        status = syndic_group_documents(&corpus->sketches, corpus->plan, &corpus->options, order,
                                        verifies_exactly(&corpus->options) ? &texts : NULL,
                                        &corpus->grouping, &counts, error);
    syndic_release(&corpus->memory, order);
    if (status)
        return status;
    if (syndic_members_list(&corpus->memory, &corpus->grouping, &corpus->members)) {
        syndic_grouping_clear(&corpus->grouping); /* finish can be tried again */
        return syndic_fail_memory(error);
    }
    corpus->finished = true;
    return SYNDIC_OK;
}

uint64_t syndic_document_count(const struct syndic *corpus)
{
    return corpus->sketches.count;
}

uint64_t syndic_group_count(const struct syndic *corpus)
{
    return corpus->members.group_count;
}

uint64_t syndic_kept(const struct syndic *corpus, uint64_t ordinal)
{
    return ordinal < corpus->grouping.count ? corpus->grouping.kept[ordinal] : ordinal;
}

static const char *member_id(const struct syndic *corpus, uint32_t row, char room[24])
{
    if (corpus->id[row])
        return corpus->id[row];
    snprintf(room, 24, "%u", row);
    return room;
}

enum syndic_status syndic_group_at(struct syndic *corpus, uint64_t number,
                                   struct syndic_group *group)
{
    if (number >= corpus->members.group_count)
        return SYNDIC_INVALID_ARGUMENT;
    const size_t start = corpus->members.start[number];
    const size_t size = corpus->members.start[number + 1] - start;
    if (!syndic_reserve(&corpus->memory, (void **)&corpus->member, &corpus->member_capacity, size,
                        sizeof(*corpus->member)) ||
        !syndic_reserve(&corpus->memory, (void **)&corpus->member_id, &corpus->member_id_capacity,
                        size, sizeof(*corpus->member_id)))
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < size; i++) {
        const uint32_t row = corpus->members.row[start + i];
        corpus->member[i] = (struct syndic_member){
            .ordinal = row,
            .id = member_id(corpus, row, corpus->member_id[i]),
            .similarity = (double)corpus->grouping.similarity[row],
            .known = (enum syndic_known)corpus->grouping.known[row],
            .how = (enum syndic_how)corpus->grouping.how[row],
        };
        if (corpus->grouping.contained) {
            corpus->member[i].contained = (double)corpus->grouping.contained[row];
            corpus->member[i].contains = (double)corpus->grouping.contains[row];
        }
    }
    const uint32_t kept = corpus->grouping.kept[corpus->members.row[start]];
    *group = (struct syndic_group){number, kept, size, corpus->member};
    return SYNDIC_OK;
}

void syndic_destroy(struct syndic *corpus)
{
    if (!corpus)
        return;
    struct syndic_memory *const memory = &corpus->memory;
    for (uint32_t t = 0; corpus->sketcher && t < corpus->options.threads; t++)
        syndic_sketcher_destroy(corpus->sketcher[t]);
    syndic_release(memory, corpus->sketcher);
    syndic_release(memory, corpus->member);
    syndic_release(memory, corpus->member_id);
    syndic_members_clear(&corpus->members);
    syndic_grouping_clear(&corpus->grouping);
    syndic_arena_clear(&corpus->strings);
    syndic_release(memory, corpus->text);
    syndic_release(memory, corpus->rank);
    syndic_release(memory, corpus->id);
    syndic_sketches_clear(&corpus->sketches);
    syndic_samples_clear(&corpus->samples);
    syndic_plan_destroy(corpus->plan);
    struct syndic_memory last = {.allocator = memory->allocator};
    syndic_release(&last, corpus);
}
