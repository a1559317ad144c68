/* SPDX-License-Identifier: Apache-2.0 */
// A position in, the document there out: its labels, its text and, if passages are planted, where.
#include "crawl_document.h"

#include <stdlib.h>
#include <string.h>

static uint64_t key_of(const struct crawl_maker *maker, uint64_t what, uint64_t number)
{
    return crawl_key(crawl_key(maker->seed, what), number);
}

bool crawl_maker_init(struct crawl_maker *maker, const struct crawl_profile *profile,
                      const char *corpus_path, uint64_t documents, uint32_t median_words,
                      uint64_t seed)
{
    *maker = (struct crawl_maker){.profile = profile, .seed = seed, .median_words = median_words};
    if (corpus_path && !crawl_corpus_read(&maker->corpus, corpus_path))
        return false;
    crawl_plan_init(&maker->plan, profile, documents, seed);
    crawl_permutation_init(&maker->seeding, maker->plan.plain_clusters, key_of(maker, 'c', 0));
    bool good = crawl_words_init(corpus_path ? &maker->corpus : NULL) &&
                crawl_outlets_init(maker->outlets, seed);
    for (unsigned i = 0; i < 3; i++) {
        maker->texts[i].bytes = malloc(CRAWL_TEXT_BYTES);
        good = good && maker->texts[i].bytes;
    }
    if (!good)
        crawl_maker_free(maker);
    return good;
}

void crawl_maker_free(struct crawl_maker *maker)
{
    for (unsigned i = 0; i < 3; i++)
        free(maker->texts[i].bytes);
    crawl_outlets_free(maker->outlets);
    crawl_words_free();
    crawl_corpus_free(&maker->corpus);
    *maker = (struct crawl_maker){0};
}

// The cluster that a quote or a stranger draws on: every other time one with copies.
static uint64_t draw_cluster(const struct crawl_maker *maker, struct crawl_random *random)
{
    const uint64_t many = maker->plan.many_clusters;
    const bool copied = crawl_below(random, 2) && many;
    return crawl_below(random, copied ? many : maker->plan.plain_clusters);
}

static const struct crawl_language *draw_language(uint64_t key)
{
    uint64_t percent = (key >> 32) % 100;
    const struct crawl_language *language = crawl_languages;
    while (percent >= language->share_percent)
        percent -= (language++)->share_percent;
    return language;
}

static struct crawl_random random_of_cluster(const struct crawl_maker *maker, uint64_t cluster)
{
    return (struct crawl_random){key_of(maker, 'q', cluster)};
}

static struct crawl_story story_of(const struct crawl_maker *maker, uint64_t cluster)
{
    const uint64_t key = key_of(maker, 's', cluster);
    struct crawl_story story = {.key = key,
                                .cast_key = crawl_key(key, 'n'),
                                .words = crawl_story_words(key, maker->median_words),
                                .passage_key = key_of(maker, 'p', 0)};
    if (cluster >= maker->plan.plain_clusters) {
        struct crawl_random random = random_of_cluster(maker, cluster);
        story.language = story_of(maker, draw_cluster(maker, &random)).language;
        return story;
    }
    story.language = draw_language(key);
    const uint64_t paragraph = crawl_permute(&maker->seeding, cluster);
    const uint64_t paragraphs = maker->corpus.paragraph_count;
    // At most every fourth story has one: the rest must keep the shares of the languages.
    if (paragraph < paragraphs && paragraph < maker->plan.plain_clusters / 4) {
        story.quoted = &maker->corpus.paragraphs[paragraph];
        story.language = &crawl_languages[story.quoted->language];
        // Stories shorter than the paragraph keep to themselves.
        if (story.quoted->tokens + 20 > story.words)
            story.quoted = NULL;
    }
    return story;
}

// The lower of two draws: some outlets print three times as much as others.
static const struct crawl_outlet *outlet_of(const struct crawl_maker *maker, uint64_t position,
                                            const struct crawl_language *language)
{
    struct crawl_random random = {key_of(maker, 'u', position)};
    const uint32_t a = crawl_below(&random, language->outlet_count);
    const uint32_t b = crawl_below(&random, language->outlet_count);
    return &maker->outlets[language->first_outlet + (a < b ? a : b)];
}

static void frame_page(const struct crawl_maker *maker, struct crawl_text **text,
                       struct crawl_text **spare, const struct crawl_outlet *outlet)
{
    if (!maker->profile->framed || !outlet->frames)
        return;
    crawl_edit_frame(*spare, *text, outlet);
    struct crawl_text *framed = *spare;
    *spare = *text;
    *text = framed;
}

// ---- planted passages ----
static void draw_plants(const struct crawl_maker *maker, struct crawl_document *document,
                        struct crawl_story *story)
{
    const uint64_t total = maker->plan.documents / 6;
    uint32_t first = 0, pool = 0;
    for (unsigned i = 0; i <= story->language->index; i++) {
        first += pool;
        pool = (uint32_t)(total * crawl_languages[i].share_percent / 100) + 1;
    }
    static const uint8_t counts[16] = {0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3};
    struct crawl_random random = {crawl_key(story->key, 'p')};
    const unsigned count = counts[crawl_below(&random, 16)];
    const unsigned again = count > 0 && crawl_below(&random, 8) == 0;
    uint32_t after = 0;
    for (unsigned i = 0; i < count + again; i++) {
        after += 1 + crawl_below(&random, 1 + story->words / 200);
        document->plants[i] = (struct crawl_plant){.passage = first + crawl_below(&random, pool),
                                                   .after_paragraph = after,
                                                   .glue = (uint8_t)crawl_below(&random, 3)};
    }
    if (again)
        document->plants[count].passage = document->plants[0].passage;
    document->plant_count = count + again;
    story->plants = document->plants;
    story->plant_count = count + again;
}

// ---- quotes ----
static void append_quote(const struct crawl_maker *maker, struct crawl_text *text,
                         struct crawl_text *scratch, uint64_t cluster, uint64_t key)
{
    const struct crawl_story source = story_of(maker, cluster);
    crawl_story_render(scratch, &source);
    struct crawl_random random = {key};
    const unsigned body = scratch->paragraph_count - 1;
    const unsigned count = body > 1 ? 1 + crawl_below(&random, 2) : 1;
    const unsigned first = 1 + crawl_below(&random, body - count + 1);
    for (unsigned i = first; i < first + count; i++) {
        const size_t start = scratch->paragraph_starts[i];
        crawl_text_append(text, scratch->bytes + start, crawl_paragraph_end(scratch, i) - start);
    }
}

// A roundup: its own story, which quotes two others of its language behind paragraphs 1 and 2.
static void render_quote(struct crawl_maker *maker, struct crawl_document *document,
                         struct crawl_story *story)
{
    struct crawl_random random = random_of_cluster(maker, document->place.cluster);
    uint64_t sources[2];
    sources[0] = draw_cluster(maker, &random);
    for (unsigned tries = 0; tries < 64; tries++) {
        sources[1] = draw_cluster(maker, &random);
        if (sources[1] != sources[0] && story_of(maker, sources[1]).language == story->language)
            break;
        sources[1] = sources[0];
    }
    story->words = story->words / 2 + 20;
    crawl_story_render(&maker->texts[1], story);
    const struct crawl_text *own = &maker->texts[1];
    struct crawl_text *text = &maker->texts[0];
    text->length = text->paragraph_count = 0;
    for (unsigned i = 0; i < own->paragraph_count || i < 3; i++) {
        if (i < own->paragraph_count) {
            const size_t start = own->paragraph_starts[i];
            crawl_text_append(text, own->bytes + start, crawl_paragraph_end(own, i) - start);
        }
        if (i == 1 || i == 2)
            append_quote(maker, text, &maker->texts[2], sources[i - 1], crawl_next(&random));
    }
    document->has_base = true;
    document->base = crawl_plan_original(&maker->plan, sources[0]);
    document->second_base = crawl_plan_original(&maker->plan, sources[1]);
    document->text = text;
}

// ---- copies ----
static void render_copy(struct crawl_maker *maker, struct crawl_document *document,
                        const struct crawl_story *story)
{
    struct crawl_text *from = &maker->texts[0], *to = &maker->texts[1];
    const enum crawl_kind kind = document->place.kind;
    const uint64_t key = key_of(maker, 'e', document->position);
    crawl_story_render(from, story);
    document->has_base = true;
    document->base = crawl_plan_original(&maker->plan, document->place.cluster);
    // Copies of the whole page carry the furniture of the original's outlet, if any.
    if (kind == CRAWL_MIRROR || kind == CRAWL_NEAR || kind == CRAWL_EDIT || kind == CRAWL_NOISE)
        frame_page(maker, &from, &to, outlet_of(maker, document->base, story->language));
    document->text = to;
    switch (kind) {
    case CRAWL_NEAR:
        crawl_edit_near(to, from, story, key);
        break;
    case CRAWL_EDIT:
        crawl_edit_heavy(to, from, story, key);
        break;
    case CRAWL_FURNITURE:
        crawl_edit_frame(to, from, document->outlet);
        break;
    case CRAWL_CUT:
        crawl_edit_cut(to, from, key);
        break;
    case CRAWL_LEAD:
        crawl_edit_lead(to, from, story, key);
        break;
    case CRAWL_NOISE:
        crawl_edit_noise(to, from, key);
        break;
    default:
        document->text = from;
        break; // a mirror
    }
    const bool part = kind == CRAWL_CUT || kind == CRAWL_LEAD || kind == CRAWL_NOISE;
    if (maker->profile->inside && part && (key & 1)) {
        crawl_edit_frame(from, to, document->outlet);
        document->text = from;
    }
}

static void render_own(struct crawl_maker *maker, struct crawl_document *document,
                       struct crawl_story *story)
{
    struct crawl_text *text = &maker->texts[0], *spare = &maker->texts[1];
    if (maker->profile->planted)
        draw_plants(maker, document, story);
    if (document->place.kind == CRAWL_QUOTE) {
        render_quote(maker, document, story);
    } else {
        if (document->place.kind == CRAWL_STRANGER) {
            struct crawl_random random = random_of_cluster(maker, document->place.cluster);
            const uint64_t known = draw_cluster(maker, &random);
            story->cast_key = story_of(maker, known).cast_key;
            document->has_base = true;
            document->base = document->second_base = crawl_plan_original(&maker->plan, known);
        }
        crawl_story_render(text, story);
    }
    frame_page(maker, &text, &spare, document->outlet);
    document->text = text;
}

void crawl_document_make(struct crawl_maker *maker, struct crawl_document *document,
                         uint64_t position)
{
    document->position = position;
    document->place = crawl_plan_place(&maker->plan, position, maker->seed);
    document->has_base = false;
    document->plant_count = 0;
    struct crawl_story story = story_of(maker, document->place.cluster);
    document->language = story.language;
    document->outlet = outlet_of(maker, position, story.language);
    document->day = (uint32_t)((story.key >> 20) % 3653);
    if (document->place.member == 0) {
        render_own(maker, document, &story);
    } else {
        document->day += (uint32_t)(key_of(maker, 'd', position) >> 62);
        render_copy(maker, document, &story);
    }
}
