/* SPDX-License-Identifier: Apache-2.0 */
// A story (key, language, length, cast) in, its text out: a headline and paragraphs of sentences.
//
// Every paragraph draws from a key of its own. The inner loop, plain_words, is where the generator
// spends its time: one draw, one 32-byte copy, and one rarely taken branch a word.
#include "make_crawl.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    NAME_BYTES = 96,
    // Of 1024 words: 80 end in a comma, 24 give way to a name, 14 to a number.
    COMMA_BELOW = 80,
    NAME_BELOW = 104,
    SPECIAL_BELOW = 118,
};

// The people of a story, and the three stock phrases its writers lean on.
struct cast {
    char names[CRAWL_CAST][NAME_BYTES];
    uint8_t name_bytes[CRAWL_CAST], name_tokens[CRAWL_CAST];
    const struct crawl_stock *stock[3];
};

struct writer {
    char *out;
    uint32_t tokens; // written since the caller set it to 0
    struct crawl_random random;
    const struct crawl_language *language;
    const struct cast *cast;
};

static char *put(char *out, const char *string)
{
    const size_t length = strlen(string);
    memcpy(out, string, length);
    return out + length;
}

static void cast_init(struct cast *cast, const struct crawl_language *language, uint64_t key)
{
    struct crawl_random random = {key};
    for (unsigned i = 0; i < CRAWL_CAST; i++) {
        char *const name = cast->names[i], *out = name;
        for (unsigned part = 0; part < 2; part++) {
            const char *word = crawl_rare_word(language, &random, 12);
            memcpy(out, word, CRAWL_SLOT_BYTES);
            crawl_capitalise(out);
            out += word[31];
            if (part == 0 && language->space_bytes)
                *out++ = ' ';
        }
        cast->name_bytes[i] = (uint8_t)(out - name);
        cast->name_tokens[i] = (uint8_t)crawl_count_tokens(name, cast->name_bytes[i]);
    }
    for (unsigned i = 0; i < 3; i++)
        cast->stock[i] = &language->stock[crawl_below(&random, CRAWL_STOCK_MAX)];
}

static char *put_number(char *out, uint64_t draw)
{
    static const uint32_t below[4] = {10, 100, 2030, 10000};
    const uint32_t value = (uint32_t)(draw >> 8) % below[draw & 3];
    return out + snprintf(out, 8, "%u", (unsigned)value);
}

// What a word gives way to, or is followed by; `event` says which, `out` is behind word and space.
static char *special(struct writer *w, char *out, unsigned event)
{
    const uint64_t draw = crawl_next(&w->random);
    if (event < COMMA_BELOW) {
        out = put(out - w->language->space_bytes, w->language->comma);
    } else if (event < NAME_BELOW) {
        const unsigned i = (unsigned)(draw >> 32) % CRAWL_CAST;
        memcpy(out, w->cast->names[i], NAME_BYTES);
        out += w->cast->name_bytes[i];
        w->tokens += w->cast->name_tokens[i];
    } else {
        out = put_number(out, draw);
        w->tokens++;
    }
    *out = ' ';
    return out + w->language->space_bytes;
}

// Words up to `tokens` in all, each followed by a space; no comma after the last.
static void plain_words(struct writer *w, uint32_t tokens)
{
    const struct crawl_language *const language = w->language;
    const char *const words = language->words;
    const unsigned space_bytes = language->space_bytes;
    char *out = w->out;
    uint32_t previous = 0;
    while (w->tokens < tokens) {
        const uint64_t draw = crawl_next(&w->random);
        const unsigned octave = language->octaves[draw & 63];
        uint32_t rank = 1u << octave | ((uint32_t)(draw >> 8) & ((1u << octave) - 1));
        rank += rank == previous; // nobody writes "the the"
        previous = rank;
        const char *word = words + (size_t)rank * CRAWL_SLOT_BYTES;
        memcpy(out, word, CRAWL_SLOT_BYTES);
        out += (unsigned char)word[31];
        *out = ' ';
        out += space_bytes;
        w->tokens += (unsigned char)word[30];
        const unsigned event = (unsigned)(draw >> 54);
        if (event < SPECIAL_BELOW && w->tokens < tokens)
            out = special(w, out, event);
    }
    w->out = out;
}

static void put_stock(struct writer *w)
{
    const struct crawl_stock *stock = w->cast->stock[crawl_below(&w->random, 3)];
    memcpy(w->out, stock->phrase, stock->bytes);
    w->out += stock->bytes;
    w->tokens += stock->tokens;
}

static void put_name(struct writer *w)
{
    const unsigned i = crawl_below(&w->random, CRAWL_CAST);
    memcpy(w->out, w->cast->names[i], NAME_BYTES);
    w->out += w->cast->name_bytes[i];
    w->tokens += w->cast->name_tokens[i];
}

// A sentence up to `tokens` in all, and a space. 1 in 24 has a stock phrase, 1 in 16 is quoted.
static void sentence(struct writer *w, uint32_t tokens)
{
    const struct crawl_language *const language = w->language;
    const unsigned event = crawl_below(&w->random, 48);
    const unsigned spaces = language->space_bytes;
    char *first = w->out;
    if (event < 1) {
        put_stock(w);
        w->out = put(w->out, language->comma);
        *w->out = ' ';
        w->out += spaces;
    } else if (event >= 45) {
        first = w->out = put(w->out, language->open);
    }
    plain_words(w, tokens > w->tokens ? tokens : w->tokens + 1);
    w->out -= spaces;
    crawl_capitalise(first);
    if (event == 1) {
        w->out = put(w->out, language->comma);
        *w->out = ' ';
        w->out += spaces;
        put_stock(w);
    } else if (event >= 45) {
        w->out = put(w->out, language->comma);
        w->out = put(w->out, language->close);
        *w->out = ' ';
        w->out += spaces;
        w->out = put(w->out, language->said);
        w->tokens += crawl_count_tokens(language->said, strlen(language->said));
        put_name(w);
    }
    w->out = put(w->out, language->stop);
    *w->out = ' ';
    w->out += spaces;
}

// Sentences up to `words` tokens in all, the space after the last one taken back.
static void sentences(struct writer *w, uint32_t words)
{
    w->tokens = 0;
    while (w->tokens < words) {
        const uint32_t least = words - w->tokens;
        const uint32_t drawn = 5 + crawl_below(&w->random, 14) + crawl_below(&w->random, 14);
        // A rest below five words joins this sentence.
        sentence(w, w->tokens + (drawn + 5 > least ? least : drawn));
    }
    w->out -= w->language->space_bytes;
}

void crawl_paragraph_open(struct crawl_text *text)
{
    if (text->length > 0) {
        memcpy(text->bytes + text->length, "\n\n", 2);
        text->length += 2;
    }
    if (text->paragraph_count < CRAWL_PARAGRAPHS_MAX)
        text->paragraph_starts[text->paragraph_count++] = (uint32_t)text->length;
}

void crawl_text_append(struct crawl_text *text, const char *bytes, size_t length)
{
    crawl_paragraph_open(text);
    assert(text->length + length < CRAWL_TEXT_BYTES);
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
}

size_t crawl_paragraph_end(const struct crawl_text *text, unsigned paragraph)
{
    return paragraph + 1 < text->paragraph_count ? text->paragraph_starts[paragraph + 1] - 2
                                                 : text->length;
}

static struct writer writer_at(const struct crawl_text *text, const struct crawl_story *story,
                               const struct cast *cast, uint64_t key)
{
    return (struct writer){.out = text->bytes + text->length,
                           .random = {key},
                           .language = story->language,
                           .cast = cast};
}

static void headline(struct crawl_text *text, const struct crawl_story *story,
                     const struct cast *cast, uint64_t key)
{
    crawl_paragraph_open(text);
    struct writer w = writer_at(text, story, cast, key);
    char *const first = w.out;
    plain_words(&w, 6 + crawl_below(&w.random, 6));
    crawl_capitalise(first);
    text->length = (size_t)(w.out - text->bytes) - story->language->space_bytes;
}

static void sentences_at_end(struct crawl_text *text, const struct crawl_story *story,
                             const struct cast *cast, uint64_t key, uint32_t words)
{
    assert(text->length + ((size_t)words + 64) * 40 < CRAWL_TEXT_BYTES);
    struct writer w = writer_at(text, story, cast, key);
    sentences(&w, words);
    text->length = (size_t)(w.out - text->bytes);
}

void crawl_headline_render(struct crawl_text *text, const struct crawl_story *story, uint64_t key)
{
    struct cast cast;
    cast_init(&cast, story->language, story->cast_key);
    headline(text, story, &cast, key);
}

void crawl_paragraph_render(struct crawl_text *text, const struct crawl_story *story, uint64_t key,
                            uint32_t words)
{
    struct cast cast;
    cast_init(&cast, story->language, story->cast_key);
    crawl_paragraph_open(text);
    sentences_at_end(text, story, &cast, key, words);
}

// exp(sigma * normal) in 16 fractional bits, for sigma 0.8. The normal is the sum of twelve
// uniforms (variance 1, and good to three sigma); 2^x interpolates a table of sixteenths. libm
// would differ in the last place between machines.
uint32_t crawl_story_words(uint64_t key, uint32_t median)
{
    static const uint32_t power[17] = {65536,  68438,  71468,  74632,  77936,  81386,
                                       84990,  88752,  92682,  96785,  101070, 105545,
                                       110218, 115098, 120194, 125515, 131072};
    struct crawl_random random = {key};
    int64_t normal = -6 * 65536;
    for (unsigned i = 0; i < 3; i++) {
        const uint64_t draw = crawl_next(&random);
        normal += (int64_t)((draw & 0xffff) + (draw >> 16 & 0xffff) + (draw >> 32 & 0xffff) +
                            (draw >> 48));
    }
    // 0.8 / ln 2 = 75638 / 65536; 16 octaves are added so that the shift below is not negative.
    const uint64_t exponent = (uint64_t)(normal * 75638 / 65536 + 16 * 65536);
    const unsigned at = exponent >> 12 & 15, part = exponent & 4095;
    const uint64_t fraction = power[at] + (uint64_t)(power[at + 1] - power[at]) * part / 4096;
    const uint64_t words = (median * fraction << (exponent >> 16)) >> 32;
    return words < 12                      ? 12
           : words > CRAWL_STORY_WORDS_MAX ? CRAWL_STORY_WORDS_MAX
                                           : (uint32_t)words;
}

// Glued passages join the text by a space, and the text behind them joins likewise.
static void plant(struct crawl_text *text, const struct crawl_story *story,
                  struct crawl_plant *planted)
{
    const uint64_t key = crawl_key(story->passage_key, planted->passage);
    const struct crawl_story teller = {.language = story->language, .cast_key = key};
    struct cast cast;
    cast_init(&cast, story->language, key);
    if (planted->glue == 0) {
        crawl_paragraph_open(text);
    } else {
        text->bytes[text->length] = ' ';
        text->length += story->language->space_bytes;
    }
    planted->byte_start = text->length;
    sentences_at_end(text, &teller, &cast, key, 32 + (uint32_t)(key >> 33) % 70);
    planted->byte_end = text->length;
}

static void locate_plants(const struct crawl_text *text, const struct crawl_story *story)
{
    uint32_t tokens = 0;
    size_t at = 0;
    for (unsigned i = 0; i < story->plant_count; i++) {
        struct crawl_plant *p = &story->plants[i];
        tokens += crawl_count_tokens(text->bytes + at, p->byte_start - at);
        p->word_start = tokens;
        tokens += crawl_count_tokens(text->bytes + p->byte_start, p->byte_end - p->byte_start);
        p->word_end = tokens;
        at = p->byte_end;
    }
}

void crawl_story_render(struct crawl_text *text, const struct crawl_story *story)
{
    struct cast cast;
    cast_init(&cast, story->language, story->cast_key);
    text->length = text->paragraph_count = 0;
    headline(text, story, &cast, crawl_key(story->key, 0));
    struct crawl_random random = {story->key};
    unsigned planted = 0;
    uint32_t words = 8;
    if (story->quoted) {
        crawl_text_append(text, story->quoted->bytes, story->quoted->length);
        words += story->quoted->tokens;
    }
    for (uint32_t i = 1; i == 1 || words < story->words || planted < story->plant_count; i++) {
        const uint32_t rest = story->words > words + 12 ? story->words - words : 12;
        const uint32_t drawn = 25 + crawl_below(&random, 40) + crawl_below(&random, 40);
        const uint32_t length = drawn + 20 > rest ? rest : drawn;
        const bool joins = planted > 0 && story->plants[planted - 1].glue == 2 &&
                           story->plants[planted - 1].byte_end == text->length;
        if (joins) {
            text->bytes[text->length] = ' ';
            text->length += story->language->space_bytes;
        } else {
            crawl_paragraph_open(text);
        }
        sentences_at_end(text, story, &cast, crawl_key(story->key, i), length);
        words += length;
        while (planted < story->plant_count && story->plants[planted].after_paragraph <= i)
            plant(text, story, &story->plants[planted++]);
    }
    locate_plants(text, story);
}
