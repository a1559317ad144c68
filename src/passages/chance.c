/* SPDX-License-Identifier: Apache-2.0 */
/* chance.c - passages in, the same without those that chance makes out.  What explains a passage is
 * listed at its first place too, and begins there within a word or two. */
#include "passages/chance.h"

#include "passages/places.h"

#include <stdlib.h>
#include <string.h>

/* Where another passage begins in the document at hand. */
struct spot {
    uint32_t word, passage;
};

struct check {
    const struct syndic_passages *passages;
    struct syndic_places_index index;
    uint8_t *dropped; /* by passage */
};

static int by_word(const void *left, const void *right)
{
    const struct spot *const a = left, *const b = right;

    if (a->word != b->word)
        return a->word < b->word ? -1 : 1;
    return (a->passage > b->passage) - (a->passage < b->passage);
}

static uint64_t places_of(const struct syndic_passage *passage)
{
    return passage->count + passage->left_out;
}

/* Is `other`, which begins `before` words later at the same place, the same but for a few words,
 * and at so many more places? */
static bool explains(const struct syndic_passage *other, const struct syndic_passage *passage,
                     uint32_t before)
{
    static const uint64_t more[] = SYNDIC_PASSAGE_CHANCE;
    const uint32_t words = passage->words - other->words;

    return other->words < passage->words && words <= SYNDIC_PASSAGE_CHANCE_WORDS &&
           before <= words && places_of(other) > more[words - 1] * places_of(passage);
}

/* Look at the passages whose first place is in this document; spot has room for all places
 * in it. */
static void check_document(const struct check *check, size_t document, struct spot *spot)
{
    const struct syndic_passages *const passages = check->passages;
    const struct syndic_places_index *const index = &check->index;
    const size_t from = index->start[document], n = index->start[document + 1] - from;

    for (size_t i = 0; i < n; i++) {
        const uint32_t place = index->place[from + i];
        spot[i] = (struct spot){passages->place[place].word, index->passage_of[place]};
    }
    qsort(spot, n, sizeof(*spot), by_word);
    for (size_t i = 0; i < n; i++) {
        const struct syndic_passage *const passage = &passages->passage[spot[i].passage];
        const struct syndic_passage_place *const first = &passages->place[passage->first];
        size_t j = i;
        if (first->document != document || first->word != spot[i].word)
            continue;
        while (j && spot[j - 1].word == spot[i].word)
            j--;
        for (; j < n && spot[j].word <= spot[i].word + SYNDIC_PASSAGE_CHANCE_WORDS; j++)
            if (explains(&passages->passage[spot[j].passage], passage, spot[j].word - spot[i].word))
                check->dropped[spot[i].passage] = 1;
    }
}

/* Documents with the first place of a passage. */
static bool check_all(const struct check *check, size_t documents, uint8_t *wanted,
                      uint32_t threads)
{
    struct syndic_memory *const memory = check->passages->memory;
    bool good = true;

    for (size_t i = 0; i < check->passages->passage_count; i++)
        wanted[check->passages->place[check->passages->passage[i].first].document] = 1;
#pragma omp parallel num_threads((int)threads)
    {
        struct spot *spot = NULL;
        size_t capacity = 0;
        bool mine = true;
#pragma omp for schedule(dynamic, 16)
        for (size_t d = 0; d < documents; d++) {
            if (!wanted[d] || !mine)
                continue;
            mine = syndic_reserve(memory, (void **)&spot, &capacity,
                                  check->index.start[d + 1] - check->index.start[d], sizeof(*spot));
            if (mine)
                check_document(check, d, spot);
        }
        syndic_release(memory, spot);
#pragma omp critical(syndic_chance)
        good = good && mine;
    }
    return good;
}

static void keep_others(struct syndic_passages *passages, const uint8_t *dropped)
{
    size_t kept = 0, places = 0;

    for (size_t i = 0; i < passages->passage_count; i++) {
        struct syndic_passage passage = passages->passage[i];
        if (dropped[i])
            continue;
        memmove(passages->place + places, passages->place + passage.first,
                passage.count * sizeof(*passages->place));
        passage.first = places;
        places += passage.count;
        passages->passage[kept++] = passage;
    }
    passages->passage_count = kept;
    passages->place_count = places;
}

enum syndic_status syndic_passages_drop_chance(struct syndic_passages *passages, size_t documents,
                                               uint32_t threads)
{
    struct syndic_memory *const memory = passages->memory;
    struct check check = {.passages = passages};
    uint8_t *const wanted = syndic_allocate_zeroed(memory, documents, 1);
    enum syndic_status status = syndic_places_index(passages, documents, &check.index);

    check.dropped = syndic_allocate_zeroed(memory, passages->passage_count, 1);
    if (!wanted || !check.dropped || (!status && !check_all(&check, documents, wanted, threads)))
        status = SYNDIC_NO_MEMORY;
    if (!status)
        keep_others(passages, check.dropped);
    syndic_release(memory, check.dropped);
    syndic_release(memory, wanted);
    syndic_places_index_clear(&check.index);
    return status;
}
