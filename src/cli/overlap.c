/* SPDX-License-Identifier: Apache-2.0 */
/* overlap.c - two texts in; how they overlap, out. */
#include "cli/overlap.h"

#include "base/error.h"
#include "kernel.h"
#include "sketch/sketch.h"

#include <math.h>
#include <string.h>

/* Shorter ones are mostly phrases that every text has; but a text is never too short to be one. */
#define PASSAGE_WORDS_LEAST 8

static enum syndic_status read_side(struct syndic_side *side, struct syndic_memory *memory,
                                    const struct syndic_options *options)
{
    const struct syndic_shingling shingling = {options->shingle_unit, options->shingle_width};
    enum syndic_status status = syndic_text_create(memory, shingling, true, &side->text);

    if (!status)
        status = syndic_text_read(side->text, side->bytes, side->n);
    if (status)
        return status;
    const size_t room = 2 * side->text->shingle_count + SYNDIC_TEXT_PADDING / sizeof(*side->set);
    side->set = syndic_allocate(memory, room, sizeof(*side->set));
    if (!side->set)
        return SYNDIC_NO_MEMORY;
    side->set_count = syndic_shingle_set(side->text, side->set);
    return SYNDIC_OK;
}

/* By signature: what a corpus would have seen. */
static enum syndic_status estimate(struct syndic_overlap *overlap,
                                   const struct syndic_options *options, struct syndic_error *error)
{
    struct syndic_sketch *sketch[2] = {NULL, NULL};
    enum syndic_status status = SYNDIC_OK;

    for (int i = 0; !status && i < 2; i++)
        status = syndic_sketch_create(options, (const char *)overlap->side[i].bytes,
                                      overlap->side[i].n, &sketch[i], error);
    if (!status && syndic_sketch_similarity(sketch[0], sketch[1], &overlap->estimated) != SYNDIC_OK)
        status = syndic_fail(error, SYNDIC_STATE, "the sketches cannot be compared");
    overlap->standard_error =
        sqrt(overlap->jaccard * (1 - overlap->jaccard) / (double)options->signature_slots);
    syndic_sketch_destroy(sketch[0]);
    syndic_sketch_destroy(sketch[1]);
    return status;
}

static double share(size_t part, size_t whole)
{
    return whole ? (double)part / (double)whole : 0;
}

/* Words from which a passage counts. */
static size_t passage_least(const struct syndic_overlap *overlap,
                            const struct syndic_options *options)
{
    const struct syndic_text *const a = overlap->side[0].text, *const b = overlap->side[1].text;
    const size_t shorter = a->token_count < b->token_count ? a->token_count : b->token_count;
    const bool word = options->shingle_unit == SYNDIC_SHINGLE_WORD;
    const size_t width = word ? options->shingle_width : 1;

    if (shorter && a->token_count == b->token_count &&
        !memcmp(a->token_hash, b->token_hash, shorter * sizeof(*a->token_hash)))
        return 1; /* all of it is one passage, however short */
    if (width >= PASSAGE_WORDS_LEAST || shorter >= PASSAGE_WORDS_LEAST)
        return width > PASSAGE_WORDS_LEAST ? width : PASSAGE_WORDS_LEAST;
    return shorter > width ? shorter : width;
}

/* seen[0, words) tells which words are in a shared passage. */
static enum syndic_status list_only(struct syndic_side *side, struct syndic_memory *memory,
                                    const uint8_t *seen)
{
    const size_t words = side->text->token_count;

    side->only = syndic_allocate(memory, words / 2 + 1, sizeof(*side->only));
    if (!side->only)
        return SYNDIC_NO_MEMORY;
    for (size_t from = 0, to; from < words; from = to + 1) {
        for (to = from; to < words && !seen[to]; to++)
            ;
        if (to > from)
            side->only[side->only_count++] =
                (struct syndic_stretch){(uint32_t)from, (uint32_t)(to - from)};
    }
    return SYNDIC_OK;
}

/* What of each side is shared, and what is not. */
static enum syndic_status divide(struct syndic_overlap *overlap, uint8_t *seen)
{
    struct syndic_side *const a = &overlap->side[0], *const b = &overlap->side[1];

    memset(seen, 0, a->text->token_count);
    for (size_t i = 0; i < overlap->passage_count; i++) {
        memset(seen + overlap->passages[i].a_from, 1, overlap->passages[i].count);
        a->shared_words += overlap->passages[i].count;
    }
    const enum syndic_status status = list_only(a, overlap->memory, seen);
    if (status)
        return status;
    b->shared_words =
        syndic_shared_cover(overlap->passages, overlap->passage_count, seen, b->text->token_count);
    return list_only(b, overlap->memory, seen);
}

static enum syndic_status find_passages(struct syndic_overlap *overlap, size_t least)
{
    const struct syndic_text *const a = overlap->side[0].text, *const b = overlap->side[1].text;
    const size_t longer = a->token_count > b->token_count ? a->token_count : b->token_count;
    uint8_t *const seen = syndic_allocate(overlap->memory, longer, 1);
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (seen)
        status = syndic_shared_passages(overlap->memory, a->token_hash, a->token_count,
                                        b->token_hash, b->token_count, least, &overlap->passages,
                                        &overlap->passage_count);
    if (!status)
        status = divide(overlap, seen);
    syndic_release(overlap->memory, seen);
    return status;
}

enum syndic_status syndic_overlap_measure(struct syndic_overlap *overlap,
                                          const struct syndic_options *options,
                                          struct syndic_error *error)
{
    struct syndic_side *const a = &overlap->side[0], *const b = &overlap->side[1];
    enum syndic_status status = read_side(a, overlap->memory, options);

    if (!status)
        status = read_side(b, overlap->memory, options);
    if (!status)
        status = find_passages(overlap, passage_least(overlap, options));
    if (status)
        return syndic_fail(error, status, "%s", syndic_status_text(status));
    const size_t both = syndic_kernels()->intersect(a->set, a->set_count, b->set, b->set_count);
    overlap->jaccard = share(both, a->set_count + b->set_count - both);
    overlap->contained[0] = share(both, a->set_count);
    overlap->contained[1] = share(both, b->set_count);
    return estimate(overlap, options, error);
}

void syndic_overlap_clear(struct syndic_overlap *overlap)
{
    for (int i = 0; i < 2; i++) {
        struct syndic_side *const side = &overlap->side[i];
        syndic_text_destroy(side->text);
        syndic_release(overlap->memory, side->set);
        syndic_release(overlap->memory, side->only);
        syndic_release(overlap->memory, side->bytes);
        syndic_release(overlap->memory, side->name);
    }
    syndic_release(overlap->memory, overlap->passages);
}
