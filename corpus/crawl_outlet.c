/* SPDX-License-Identifier: Apache-2.0 */
// Seed in; the outlets' names and furniture (the menu above, the paragraphs below a page) out.
// What an outlet prints on every page is text that its unrelated pages share.
#include "crawl_lists.h"
#include "make_crawl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *put(char *out, const char *string)
{
    const size_t length = strlen(string);
    memcpy(out, string, length);
    return out + length;
}

static void menu(struct crawl_text *text, const struct crawl_language *language,
                 struct crawl_random *random)
{
    crawl_paragraph_open(text);
    char *out = text->bytes + text->length;
    out = put(out, crawl_lists[language->index].menu);
    for (unsigned i = 4 + crawl_below(random, 16); i > 0; i--) {
        out = put(out, " | ");
        const char *word = crawl_rare_word(language, random, 8);
        memcpy(out, word, CRAWL_SLOT_BYTES);
        crawl_capitalise(out);
        out += word[31];
    }
    text->length = (size_t)(out - text->bytes);
}

static char *text_copy(const struct crawl_text *text, size_t *bytes)
{
    char *copy = malloc(text->length);
    if (copy)
        memcpy(copy, text->bytes, text->length);
    *bytes = text->length;
    return copy;
}

static bool outlet_init(struct crawl_outlet *outlet, unsigned n, uint64_t seed,
                        struct crawl_text *text)
{
    const struct crawl_language *language = crawl_languages;
    while (n >= language->first_outlet + language->outlet_count)
        language++;
    const uint64_t key = crawl_key(crawl_key(seed, 'f'), n);
    struct crawl_random random = {key};
    const struct crawl_story story = {.language = language, .cast_key = key};
    const char *word = crawl_rare_word(&crawl_languages[0], &random, 11);
    snprintf(outlet->name, sizeof outlet->name, "%.*s%03u.example", (int)word[31], word, n);
    for (char *c = outlet->name; *c; c++)
        if ((unsigned char)*c >= 0x80)
            *c = 'x'; // a host name is ASCII; the corpus may have taught us others
    outlet->frames = crawl_below(&random, 4) == 0;
    text->length = text->paragraph_count = 0;
    menu(text, language, &random);
    outlet->top = text_copy(text, &outlet->top_bytes);
    text->length = text->paragraph_count = 0;
    crawl_paragraph_render(text, &story, crawl_key(key, 1), 15 + crawl_below(&random, 60));
    if (crawl_below(&random, 2))
        crawl_paragraph_render(text, &story, crawl_key(key, 2), 15 + crawl_below(&random, 30));
    char rights[160];
    const int length = snprintf(rights, sizeof rights, "© 2024 %s. %s", outlet->name,
                                crawl_lists[language->index].rights);
    crawl_text_append(text, rights, (size_t)length);
    outlet->bottom = text_copy(text, &outlet->bottom_bytes);
    return outlet->top && outlet->bottom;
}

bool crawl_outlets_init(struct crawl_outlet outlets[CRAWL_OUTLETS], uint64_t seed)
{
    struct crawl_text text = {.bytes = malloc(CRAWL_TEXT_BYTES)};
    bool good = text.bytes != NULL;
    for (unsigned i = 0; good && i < CRAWL_OUTLETS; i++)
        good = outlet_init(&outlets[i], i, seed, &text);
    free(text.bytes);
    return good;
}

void crawl_outlets_free(struct crawl_outlet outlets[CRAWL_OUTLETS])
{
    for (unsigned i = 0; i < CRAWL_OUTLETS; i++) {
        free(outlets[i].top);
        free(outlets[i].bottom);
    }
}
