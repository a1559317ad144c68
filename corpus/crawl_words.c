/* SPDX-License-Identifier: Apache-2.0 */
// Hand-written lists and the corpus's word counts in; for each language a vocabulary in order of
// rank and its stock phrases out.
//
// Zipf's law for 65,535 words without a table of probabilities: an octave of ranks is drawn, all 16
// alike, then a rank in it, which is p(rank) = 1/(16 * 2^floor(log2 rank)): the commonest word has
// 6 %, as "the" has, and one draw costs a shift. An exact alias table was the alternative: two
// dependent loads more a word, for a difference nobody can see.
// Ranks go to the common words of the list, then the words of the corpus by count, then made-up
// words, which grow longer with the rank.
#include "crawl_lists.h"
#include "make_crawl.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct crawl_language crawl_languages[CRAWL_LANGUAGES] = {
    {.code = "en",
     .share_percent = 70,
     .space_bytes = 1,
     .comma = ",",
     .stop = ".",
     .open = "\"",
     .close = "\"",
     .said = "said "},
    {.code = "de",
     .share_percent = 8,
     .space_bytes = 1,
     .comma = ",",
     .stop = ".",
     .open = "„",
     .close = "“",
     .said = "sagte "},
    {.code = "fr",
     .share_percent = 8,
     .space_bytes = 1,
     .comma = ",",
     .stop = ".",
     .open = "« ",
     .close = " »",
     .said = "a déclaré "},
    {.code = "ru",
     .share_percent = 8,
     .space_bytes = 1,
     .comma = ",",
     .stop = ".",
     .open = "«",
     .close = "»",
     .said = "сказал "},
    {.code = "zh",
     .share_percent = 6,
     .space_bytes = 0,
     .comma = "，",
     .stop = "。",
     .open = "“",
     .close = "”",
     .said = "说话的是"},
};

// ---- tokens ----
// A table of byte classes lost here to the branches of crawl_class_of: 171 MB/s against 219 for the
// near profile (an Intel Xeon under KVM with AVX-512, November 2026).
size_t crawl_token_end(const char *bytes, size_t at, size_t end)
{
    const int class = crawl_class_of((unsigned char)bytes[at]);
    at += crawl_char_bytes((unsigned char)bytes[at]);
    if (class == CRAWL_LETTER)
        while (at < end && crawl_class_of((unsigned char)bytes[at]) == CRAWL_LETTER)
            at += crawl_char_bytes((unsigned char)bytes[at]);
    return at < end ? at : end;
}

uint32_t crawl_count_tokens(const char *bytes, size_t length)
{
    uint32_t tokens = 0;
    for (size_t at = 0, end; at < length; at = end) {
        end = crawl_token_end(bytes, at, length);
        tokens += crawl_class_of((unsigned char)bytes[at]) != CRAWL_SEPARATOR;
    }
    return tokens;
}

int crawl_language_by_code(const char *code, size_t bytes)
{
    for (int i = 0; i < CRAWL_LANGUAGES; i++)
        if (bytes >= 2 && memcmp(code, crawl_languages[i].code, 2) == 0 &&
            (bytes == 2 || code[2] == '-'))
            return i;
    return -1;
}

// Letters of two bytes are those of Latin-1 and Cyrillic; a letter without a known capital stays.
void crawl_capitalise(char *word)
{
    unsigned char *c = (unsigned char *)word;
    if (*c >= 'a' && *c <= 'z') {
        *c -= 32;
    } else if (*c == 0xc3 && c[1] >= 0xa0 && c[1] <= 0xbe && c[1] != 0xb7) {
        c[1] -= 32;
    } else if (*c == 0xd0 && c[1] >= 0xb0) {
        c[1] -= 32;
    } else if (*c == 0xd1 && c[1] < 0x90) {
        *c = 0xd0;
        c[1] += 32;
    } else if (*c == 0xd1 && c[1] == 0x91) {
        *c = 0xd0;
        c[1] = 0x81;
    }
}

const char *crawl_rare_word(const struct crawl_language *language, struct crawl_random *random,
                            unsigned octave_min)
{
    const unsigned octave = octave_min + crawl_below(random, 16 - octave_min);
    return crawl_word(language, (1u << octave) + crawl_below(random, 1u << octave));
}

// ---- vocabulary ----
struct making {
    struct crawl_language *language;
    uint64_t *seen; // hashes of the words so far
    uint32_t rank;  // the next to fill
};

enum { SEEN_SLOTS = 1 << 18 };

static bool add_word(struct making *making, const char *word, size_t bytes)
{
    if (bytes == 0 || bytes > CRAWL_WORD_BYTES_MAX || making->rank > CRAWL_WORDS)
        return false;
    uint64_t hash = 1;
    for (size_t i = 0; i < bytes; i++)
        hash = crawl_key(hash, (unsigned char)word[i]);
    size_t slot = hash & (SEEN_SLOTS - 1);
    while (making->seen[slot] && making->seen[slot] != hash)
        slot = (slot + 1) & (SEEN_SLOTS - 1);
    if (making->seen[slot])
        return false;
    making->seen[slot] = hash;
    char *to = making->language->words + (size_t)making->rank++ * CRAWL_SLOT_BYTES;
    memcpy(to, word, bytes);
    to[30] = (char)crawl_count_tokens(word, bytes);
    to[31] = (char)bytes;
    return true;
}

// A list taken apart.
struct items {
    const char *at[256];
    uint8_t bytes[256];
    unsigned count;
};

static void items_init(struct items *items, const char *list)
{
    items->count = 0;
    while (list && *list) {
        const size_t length = strcspn(list, " ");
        assert(items->count < 256);
        items->at[items->count] = list;
        items->bytes[items->count++] = *list == '-' ? 0 : (uint8_t)length;
        list += length + (list[length] == ' ');
    }
}

struct syllables {
    struct items common, onsets, nuclei, codas, suffixes;
};

static size_t put_item(char *out, const struct items *items, struct crawl_random *random)
{
    const unsigned i = crawl_below(random, items->count);
    memcpy(out, items->at[i], items->bytes[i]);
    return items->bytes[i];
}

static size_t make_word(char *out, const struct syllables *s, uint32_t rank,
                        struct crawl_random *random)
{
    const unsigned syllables = rank < 2048 ? 1 : 2 + (rank > 16384 && crawl_below(random, 3) == 0);
    size_t length = 0;
    for (unsigned i = 0; i < syllables; i++) {
        length += put_item(out + length, &s->onsets, random);
        length += put_item(out + length, &s->nuclei, random);
        if (i + 1 == syllables || crawl_below(random, 4) == 0)
            length += put_item(out + length, &s->codas, random);
    }
    return length + (crawl_below(random, 2) ? put_item(out + length, &s->suffixes, random) : 0);
}

// 20,000 characters, the listed ones first; 7919 is prime to 20,000, so no two are the same.
static size_t put_han(char *out, const struct items *common, struct crawl_random *random)
{
    const unsigned octave = 5 + crawl_below(random, 7);
    const uint32_t n = (1u << octave) + crawl_below(random, 1u << octave);
    if (n - 32 < common->count) {
        memcpy(out, common->at[n - 32], 3);
        return 3;
    }
    const uint32_t c = 0x4e00 + n * 7919 % 20000;
    out[0] = (char)(0xe0 | c >> 12);
    out[1] = (char)(0x80 | (c >> 6 & 63));
    out[2] = (char)(0x80 | (c & 63));
    return 3;
}

static size_t make_han_word(char *out, const struct syllables *s, struct crawl_random *random)
{
    static const uint8_t characters[8] = {2, 2, 2, 2, 2, 2, 3, 1};
    size_t length = 0;
    for (unsigned i = characters[crawl_below(random, 8)]; i > 0; i--)
        length += put_han(out + length, &s->common, random);
    return length;
}

static void fill_words(struct making *making, const struct crawl_list *list,
                       const struct crawl_corpus *corpus)
{
    const unsigned index = making->language->index;
    struct syllables s;
    items_init(&s.common, list->common);
    items_init(&s.onsets, list->onsets);
    items_init(&s.nuclei, list->nuclei);
    items_init(&s.codas, list->codas);
    items_init(&s.suffixes, list->suffixes);
    for (unsigned i = 0; i < s.common.count; i++)
        add_word(making, s.common.at[i], s.common.bytes[i]);
    for (size_t i = 0; corpus && i < corpus->word_count[index]; i++)
        add_word(making, corpus->words[index][i].word, corpus->words[index][i].bytes);
    // The vocabulary is the same for every seed: what differs between crawls is what they say.
    struct crawl_random random = {crawl_key('w', index)};
    while (making->rank <= CRAWL_WORDS) {
        char word[64];
        add_word(making, word,
                 list->onsets ? make_word(word, &s, making->rank, &random)
                              : make_han_word(word, &s, &random));
    }
}

static void fill_stock(struct crawl_language *language, const struct crawl_list *list)
{
    struct items days;
    items_init(&days, list->weekdays);
    for (unsigned i = 0; i < CRAWL_STOCK_MAX; i++) {
        struct crawl_stock *stock = &language->stock[i];
        const char *phrase = list->phrases[i / 7];
        const size_t before = strcspn(phrase, "%");
        const int length =
            snprintf(stock->phrase, sizeof stock->phrase, "%.*s%.*s%s", (int)before, phrase,
                     (int)days.bytes[i % 7], days.at[i % 7], phrase + before + 1);
        assert(length > 0 && (size_t)length < sizeof stock->phrase);
        stock->bytes = (uint8_t)length;
        stock->tokens = (uint8_t)crawl_count_tokens(stock->phrase, stock->bytes);
    }
}

// Chinese draws the lowest octaves less: its commonest word has 1.6 %, and a word is two tokens, so
// that equal draws would repeat word-5-grams by chance.
static void fill_octaves(struct crawl_language *language)
{
    for (unsigned i = 0; i < 64; i++) {
        const unsigned spaced = i / 4;
        const unsigned han = i < 4 ? i : i < 13 ? 4 + (i - 4) / 3 : 7 + (i - 13) * 9 / 51;
        language->octaves[i] = (uint8_t)(language->space_bytes ? spaced : han);
    }
}

bool crawl_words_init(const struct crawl_corpus *corpus)
{
    uint64_t *seen = malloc(SEEN_SLOTS * sizeof *seen);
    bool good = seen != NULL;
    unsigned outlet = 0;
    for (unsigned i = 0; good && i < CRAWL_LANGUAGES; i++) {
        struct crawl_language *language = &crawl_languages[i];
        language->index = i;
        language->first_outlet = outlet;
        language->outlet_count = CRAWL_OUTLETS * language->share_percent / 100;
        outlet += language->outlet_count;
        language->words = calloc(CRAWL_WORDS + 1, CRAWL_SLOT_BYTES);
        good = language->words != NULL;
        if (!good)
            break;
        memset(seen, 0, SEEN_SLOTS * sizeof *seen);
        struct making making = {.language = language, .seen = seen, .rank = 1};
        fill_words(&making, &crawl_lists[i], corpus);
        fill_octaves(language);
        fill_stock(language, &crawl_lists[i]);
    }
    free(seen);
    return good;
}

void crawl_words_free(void)
{
    for (unsigned i = 0; i < CRAWL_LANGUAGES; i++) {
        free(crawl_languages[i].words);
        crawl_languages[i].words = NULL;
    }
}
