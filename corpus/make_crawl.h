/* SPDX-License-Identifier: Apache-2.0 */
// The parts of make_crawl, a generator of labelled synthetic crawls. The data flow:
//
//   crawl_plan    (seed, profile, position)  -> cluster, member, kind of copy
//   crawl_corpus  articles.jsonl             -> paragraphs and word counts (optional)
//   crawl_words   built-in lists, the corpus -> 65,536 words a language, stock phrases
//   crawl_story   story key                  -> text: headline and paragraphs
//   crawl_outlet  seed                      -> names and furniture of 200 outlets
//   crawl_edit    text of the original       -> text of the copy
//   make_crawl    options; one JSON record a position
//
// Everything is drawn from keys made by hashing (seed, what, number), in integers only, so a
// document is a function of (seed, options, corpus, position): shards join to the bytes of one run.
// Names start with crawl_ and not syndic_: nothing here is linked into the library.
#ifndef MAKE_CRAWL_H
#define MAKE_CRAWL_H

#include "crawl_plan.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CRAWL_LANGUAGES = 5,
    CRAWL_OUTLETS = 200,
    CRAWL_WORDS = 65536,   // ranks 1..65535, and one more so that rank + 1 exists
    CRAWL_SLOT_BYTES = 32, // 30 bytes of word, then its tokens, then its bytes
    CRAWL_WORD_BYTES_MAX = 30,
    CRAWL_STORY_WORDS_MAX = 20000,
    CRAWL_PARAGRAPHS_MAX = 2048,
    CRAWL_TEXT_BYTES = 4 << 20, // 20,000 words of 31 bytes each, four times over
    CRAWL_STOCK_MAX = 84,       // 12 phrases on 7 weekdays
    CRAWL_CAST = 6,
    CRAWL_PLANTS_MAX = 6,
};

// ---- text ----
struct crawl_text {
    char *bytes;
    size_t length;
    unsigned paragraph_count;                        // the headline is paragraph 0
    uint32_t paragraph_starts[CRAWL_PARAGRAPHS_MAX]; // paragraphs are "\n\n" apart
};

// What a UTF-8 character is to a token, by its first byte; text of ours has no other characters.
enum { CRAWL_SEPARATOR, CRAWL_LETTER, CRAWL_HAN };
static inline int crawl_class_of(unsigned char byte)
{
    if (byte < 0x80)
        return (byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z');
    if (byte >= 0xe4 && byte <= 0xe9)
        return CRAWL_HAN;
    return byte >= 0xc3 && byte < 0xe0 ? CRAWL_LETTER : CRAWL_SEPARATOR;
}

static inline unsigned crawl_char_bytes(unsigned char byte)
{
    return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

// The end of the token, or of the single separator character, that starts at `at`.
size_t crawl_token_end(const char *bytes, size_t at, size_t end);
uint32_t crawl_count_tokens(const char *bytes, size_t length);

// ---- corpus ----
struct crawl_paragraph {
    char *bytes;
    uint32_t length, tokens;
    uint8_t language;
};

struct crawl_count {
    uint32_t count;
    uint8_t bytes;
    char word[CRAWL_WORD_BYTES_MAX];
};

struct crawl_corpus {
    struct crawl_paragraph *paragraphs; // no two share much text
    size_t paragraph_count;
    struct crawl_count *words[CRAWL_LANGUAGES]; // most frequent first
    size_t word_count[CRAWL_LANGUAGES];
};

// False if the file cannot be read or memory ends; lines that are no such record are skipped.
bool crawl_corpus_read(struct crawl_corpus *corpus, const char *path);
void crawl_corpus_free(struct crawl_corpus *corpus);

// ---- words ----
struct crawl_stock {
    uint8_t bytes, tokens;
    char phrase[190];
};

struct crawl_language {
    const char *code;
    unsigned index, share_percent, first_outlet, outlet_count;
    unsigned space_bytes; // 0 where words are not spaced
    const char *comma, *stop, *open, *close, *said;
    uint8_t octaves[64]; // draw one of 64 -> rank is in 2^octave .. 2^(octave+1)-1
    char *words;         // CRAWL_WORDS + 1 slots, in order of rank
    struct crawl_stock stock[CRAWL_STOCK_MAX];
};

extern struct crawl_language crawl_languages[CRAWL_LANGUAGES];
int crawl_language_by_code(const char *code, size_t bytes); // -1 if not ours
bool crawl_words_init(const struct crawl_corpus *corpus);
void crawl_words_free(void);

static inline const char *crawl_word(const struct crawl_language *language, uint32_t rank)
{
    return language->words + (size_t)rank * CRAWL_SLOT_BYTES;
}

// A word that is not among the 2^octave_min most frequent ones.
const char *crawl_rare_word(const struct crawl_language *language, struct crawl_random *random,
                            unsigned octave_min);
void crawl_capitalise(char *word);

// ---- stories ----
struct crawl_plant {
    uint32_t passage, after_paragraph;
    uint8_t glue; // 0: own paragraph, 1: joins the one before, 2: both
    size_t byte_start, byte_end;
    uint32_t word_start, word_end;
};

struct crawl_story {
    uint64_t key, cast_key; // the cast: names and stock phrases, which strangers share
    const struct crawl_language *language;
    uint32_t words;
    const struct crawl_paragraph *quoted; // a corpus paragraph, or NULL
    uint64_t passage_key;
    struct crawl_plant *plants; // by ascending after_paragraph
    unsigned plant_count;
};

uint32_t crawl_story_words(uint64_t key, uint32_t median);
void crawl_story_render(struct crawl_text *text, const struct crawl_story *story);
// One more paragraph of about `words` words in the story's language, cast and phrases.
void crawl_paragraph_render(struct crawl_text *text, const struct crawl_story *story, uint64_t key,
                            uint32_t words);
void crawl_headline_render(struct crawl_text *text, const struct crawl_story *story, uint64_t key);
// Starts a paragraph at the end of the text, which whoever calls continues.
void crawl_paragraph_open(struct crawl_text *text);
void crawl_text_append(struct crawl_text *text, const char *bytes, size_t length);
size_t crawl_paragraph_end(const struct crawl_text *text, unsigned paragraph);

struct crawl_outlet {
    char name[40];
    bool frames; // every page carries the furniture
    char *top, *bottom;
    size_t top_bytes, bottom_bytes;
};
bool crawl_outlets_init(struct crawl_outlet outlets[CRAWL_OUTLETS], uint64_t seed);
void crawl_outlets_free(struct crawl_outlet outlets[CRAWL_OUTLETS]);

// ---- edits: `to` becomes an edited copy of `from` ----
void crawl_edit_copy(struct crawl_text *to, const struct crawl_text *from);
void crawl_edit_near(struct crawl_text *to, const struct crawl_text *from,
                     const struct crawl_story *story, uint64_t key);
void crawl_edit_heavy(struct crawl_text *to, const struct crawl_text *from,
                      const struct crawl_story *story, uint64_t key);
void crawl_edit_frame(struct crawl_text *to, const struct crawl_text *from,
                      const struct crawl_outlet *outlet);
void crawl_edit_cut(struct crawl_text *to, const struct crawl_text *from, uint64_t key);
void crawl_edit_lead(struct crawl_text *to, const struct crawl_text *from,
                     const struct crawl_story *story, uint64_t key);
void crawl_edit_noise(struct crawl_text *to, const struct crawl_text *from, uint64_t key);

#endif
