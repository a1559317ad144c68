/* SPDX-License-Identifier: Apache-2.0 */
/* find.c - the words of all documents in; all passages, in the order of the input, out: the index
 * gives the places of every chosen run, each thread finds what begins with the runs it is given,
 * and what they found is put together and sorted. */
#include "passages/chance.h"
#include "passages/index.h"
#include "passages/repeats.h"

#include <stdlib.h>
#include <string.h>

struct search {
    struct syndic_repeats *repeats; /* by thread */
    uint32_t threads;
    struct syndic_memory *memory;
};

static enum syndic_status visit(void *context, uint32_t thread, const uint64_t *address,
                                size_t count)
{
    const struct search *const search = context;

    return syndic_repeats_find(&search->repeats[thread], address, count);
}

/* To sort passages by: their first place, then the longer first. */
struct entry {
    uint64_t place;
    uint32_t words, thread;
    size_t number;
};

static int by_place(const void *left, const void *right)
{
    const struct entry *const a = left, *const b = right;

    if (a->place != b->place)
        return a->place < b->place ? -1 : 1;
    return (a->words < b->words) - (a->words > b->words);
}

static size_t list_entries(const struct search *search, struct entry *entry)
{
    size_t n = 0;

    for (uint32_t t = 0; t < search->threads; t++) {
        const struct syndic_repeats *const repeats = &search->repeats[t];
        for (size_t i = 0; i < repeats->passage_count; i++) {
            const struct syndic_passage *const passage = &repeats->passage[i];
            const struct syndic_passage_place *const place = &repeats->place[passage->first];
            entry[n++] =
                (struct entry){(uint64_t)place->document << 32 | place->word, passage->words, t, i};
        }
    }
    qsort(entry, n, sizeof(*entry), by_place);
    return n;
}

/* What the threads found, in order; theirs is given back when it was copied. */
static enum syndic_status gather(struct search *search, struct syndic_passages *passages)
{
    struct syndic_memory *const memory = search->memory;
    size_t count = 0, places = 0;

    for (uint32_t t = 0; t < search->threads; t++) {
        count += search->repeats[t].passage_count;
        places += search->repeats[t].place_count;
    }
    struct entry *const entry = syndic_allocate(memory, count, sizeof(*entry));
    passages->passage = syndic_allocate(memory, count, sizeof(*passages->passage));
    passages->place = syndic_allocate(memory, places, sizeof(*passages->place));
    if (!entry || !passages->passage || !passages->place) {
        syndic_release(memory, entry);
        return SYNDIC_NO_MEMORY;
    }
    list_entries(search, entry);
    for (size_t i = 0; i < count; i++) {
        const struct syndic_repeats *const repeats = &search->repeats[entry[i].thread];
        struct syndic_passage passage = repeats->passage[entry[i].number];
        memcpy(passages->place + passages->place_count, repeats->place + passage.first,
               passage.count * sizeof(*passages->place));
        passage.first = passages->place_count;
        passages->place_count += passage.count;
        passages->passage[passages->passage_count++] = passage;
    }
    syndic_release(memory, entry);
    return SYNDIC_OK;
}

enum syndic_status syndic_passages_find(const struct syndic_tokens *tokens,
                                        const struct syndic_passage_options *options,
                                        uint32_t threads, const _Atomic bool *cancel,
                                        _Atomic uint64_t *done, _Atomic uint64_t *total,
                                        struct syndic_passages *passages)
{
    struct syndic_memory *const memory = tokens->memory;
    struct syndic_winnow winnow;
    struct search search = {.threads = threads, .memory = memory};
    const struct syndic_index_visitor visitor = {.visit = visit,
                                                 .context = &search,
                                                 .cancel = cancel,
                                                 .done = done,
                                                 .total = total,
                                                 .records = options->index_records};

    *passages = (struct syndic_passages){.memory = memory};
    syndic_arena_init(&passages->snippets, memory);
    syndic_winnow_init(&winnow, options->min_words);
    search.repeats = syndic_allocate_zeroed(memory, threads, sizeof(*search.repeats));
    if (!search.repeats)
        return SYNDIC_NO_MEMORY;
    for (uint32_t t = 0; t < threads; t++) {
        struct syndic_repeats *const repeats = &search.repeats[t];
        repeats->tokens = tokens;
        repeats->winnow = &winnow;
        repeats->scope = options->scope;
        repeats->memory = repeats->tree.memory = memory;
    }
    enum syndic_status status = syndic_index_visit(tokens, &winnow, threads, &visitor);
    for (uint32_t t = 0; !status && t < threads; t++)
        status = syndic_repeats_finish(&search.repeats[t]);
    if (!status)
        status = gather(&search, passages);
    if (!status)
        status = syndic_passages_drop_chance(passages, tokens->span_count, threads);
    for (uint32_t t = 0; t < threads; t++)
        syndic_repeats_clear(&search.repeats[t]);
    syndic_release(memory, search.repeats);
    return status;
}

void syndic_passages_clear(struct syndic_passages *passages)
{
    if (!passages->memory)
        return;
    syndic_release(passages->memory, passages->passage);
    syndic_release(passages->memory, passages->place);
    syndic_arena_clear(&passages->snippets);
    *passages = (struct syndic_passages){0};
}
