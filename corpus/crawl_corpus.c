/* SPDX-License-Identifier: Apache-2.0 */
// articles.jsonl in; paragraphs that share next to no text, and counted words by language out.
//
// A paragraph is used in at most one story, so it must not overlap another one: the corpus holds
// copies on purpose. A paragraph enters only if at most one word-5-gram in twenty was seen before.
#define _POSIX_C_SOURCE 200809L
#include "make_crawl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum {
    SEEN_SLOTS = 1 << 21, // 5-gram hashes; filled to a half at most: about 3,000 articles
    WORD_SLOTS = 1 << 16, // words of one language; filled to a half at most
    PARAGRAPH_TOKENS_MIN = 25,
    PARAGRAPH_TOKENS_MAX = 400,
    PARAGRAPHS_MAX = 1 << 16,
};

struct reading {
    struct crawl_corpus *corpus;
    uint64_t *seen;
    size_t seen_count;
};

// ---- JSON: just enough for flat records, strings unescaped in place ----
static char *put_code_point(char *out, uint32_t c)
{
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xc0 | c >> 6);
        *out++ = (char)(0x80 | (c & 63));
    } else if (c < 0x10000) {
        *out++ = (char)(0xe0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    } else {
        *out++ = (char)(0xf0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 63));
        *out++ = (char)(0x80 | (c >> 6 & 63));
        *out++ = (char)(0x80 | (c & 63));
    }
    return out;
}

static uint32_t hex4(const char *at)
{
    char digits[5] = {0};
    memcpy(digits, at, strnlen(at, 4));
    return (uint32_t)strtoul(digits, NULL, 16);
}

// `*at` follows the opening quote and moves behind the closing one; NULL if the line ends first.
static char *unescape(char **at, size_t *length)
{
    char *const start = *at, *out = start, *in = start;
    for (; *in && *in != '"'; in++) {
        if (*in != '\\') {
            *out++ = *in;
            continue;
        }
        static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
        const char *known = *++in ? strchr(from, *in) : NULL;
        if (*in == 'u' && strnlen(in, 5) == 5) {
            uint32_t c = hex4(in + 1);
            in += 4;
            if (c >= 0xd800 && c < 0xdc00 && strnlen(in, 7) == 7 && in[1] == '\\') {
                c = 0x10000 + ((c - 0xd800) << 10) + ((hex4(in + 3) - 0xdc00) & 0x3ff);
                in += 6;
            }
            out = put_code_point(out, c);
        } else if (*in) {
            *out++ = known ? to[known - from] : *in;
        } else {
            return NULL;
        }
    }
    if (!*in)
        return NULL;
    *length = (size_t)(out - start);
    *at = in + 1;
    return start;
}

// ---- paragraphs ----
// Only characters that every tokenizer sees alike: ASCII, Latin-1 and Latin Extended-A letters,
// Cyrillic, unified Han, and the punctuation of typesetters. Others would blur planted offsets.
static bool is_plain(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        const unsigned char *c = (const unsigned char *)bytes + i;
        const unsigned step = crawl_char_bytes(*c);
        if (i + step > length)
            return false;
        bool good = *c < 0x80 ? *c >= 0x20 && *c < 0x7f : false;
        good |= *c == 0xc2 && (c[1] == 0xab || c[1] == 0xbb || c[1] == 0xa0);
        good |= *c == 0xc3 && c[1] != 0x97 && c[1] != 0xb7;
        good |= *c == 0xc4 || *c == 0xc5 || *c == 0xd0 || *c == 0xd1;
        good |= *c == 0xe2 && c[1] == 0x80 && c[2] >= 0x90 && c[2] <= 0xa6;
        good |= *c == 0xe3 && c[1] == 0x80 && c[2] >= 0x81 && c[2] <= 0x91 && c[2] != 0x85 &&
                c[2] != 0x86 && c[2] != 0x87;
        good |= *c == 0xef && c[1] == 0xbc && (c[2] <= 0x8f || c[2] >= 0x9a) && c[2] < 0xa0;
        good |= *c >= 0xe5 && *c <= 0xe8;
        good |= *c == 0xe4 && c[1] >= 0xb8;
        good |= *c == 0xe9 && c[1] < 0xbe;
        if (!good)
            return false;
        i += step;
    }
    return true;
}

static bool see(struct reading *reading, uint64_t gram)
{
    size_t slot = gram & (SEEN_SLOTS - 1);
    while (reading->seen[slot] && reading->seen[slot] != gram)
        slot = (slot + 1) & (SEEN_SLOTS - 1);
    const bool before = reading->seen[slot] == gram;
    if (!before && reading->seen_count < SEEN_SLOTS / 2) {
        reading->seen[slot] = gram;
        reading->seen_count++;
    }
    return before;
}

static bool is_new(struct reading *reading, const char *bytes, size_t length)
{
    uint64_t last[5] = {0}, repeats = 0, count = 0;
    for (size_t at = 0, end; at < length; at = end) {
        end = crawl_token_end(bytes, at, length);
        if (crawl_class_of((unsigned char)bytes[at]) == CRAWL_SEPARATOR)
            continue;
        uint64_t token = 1;
        for (size_t i = at; i < end; i++)
            token = crawl_key(token, (unsigned char)bytes[i] | 32u);
        memmove(last, last + 1, sizeof last - sizeof *last);
        last[4] = token;
        if (++count >= 5) {
            uint64_t gram = 1;
            for (unsigned i = 0; i < 5; i++)
                gram = crawl_key(gram, last[i]);
            repeats += see(reading, gram | 1);
        }
    }
    return repeats * 20 <= count;
}

static bool add_paragraph(struct reading *reading, const char *bytes, size_t length, int language)
{
    struct crawl_corpus *corpus = reading->corpus;
    const uint32_t tokens = crawl_count_tokens(bytes, length);
    if (tokens < PARAGRAPH_TOKENS_MIN || tokens > PARAGRAPH_TOKENS_MAX ||
        corpus->paragraph_count == PARAGRAPHS_MAX || !is_plain(bytes, length) ||
        !is_new(reading, bytes, length))
        return true;
    char *copy = malloc(length);
    if (!copy)
        return false;
    memcpy(copy, bytes, length);
    corpus->paragraphs[corpus->paragraph_count++] = (struct crawl_paragraph){
        .bytes = copy, .length = (uint32_t)length, .tokens = tokens, .language = (uint8_t)language};
    return true;
}

// ---- words ----
static bool is_letters(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (bytes[i] >= '0' && bytes[i] <= '9')
            return false;
    return length > 1 && length <= CRAWL_WORD_BYTES_MAX && is_plain(bytes, length);
}

static void count_words(struct crawl_corpus *corpus, const char *bytes, size_t length, int language)
{
    const int kind = crawl_languages[language].space_bytes ? CRAWL_LETTER : CRAWL_HAN;
    for (size_t at = 0, end; at < length; at = end) {
        end = crawl_token_end(bytes, at, length);
        char word[CRAWL_WORD_BYTES_MAX];
        if (crawl_class_of((unsigned char)bytes[at]) != kind || !is_letters(bytes + at, end - at))
            continue;
        uint64_t hash = 1;
        for (size_t i = at; i < end; i++) {
            const char c = bytes[i];
            word[i - at] = c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
            hash = crawl_key(hash, (unsigned char)word[i - at]);
        }
        struct crawl_count *slots = corpus->words[language];
        size_t slot = hash & (WORD_SLOTS - 1);
        while (slots[slot].bytes &&
               (slots[slot].bytes != end - at || memcmp(slots[slot].word, word, end - at) != 0))
            slot = (slot + 1) & (WORD_SLOTS - 1);
        if (!slots[slot].bytes) {
            if (corpus->word_count[language] == WORD_SLOTS / 2)
                continue;
            corpus->word_count[language]++;
            slots[slot].bytes = (uint8_t)(end - at);
            memcpy(slots[slot].word, word, end - at);
        }
        slots[slot].count++;
    }
}

static int by_count_then_word(const void *left, const void *right)
{
    const struct crawl_count *a = left, *b = right;
    if (a->count != b->count)
        return a->count < b->count ? 1 : -1;
    const int order = memcmp(a->word, b->word, a->bytes < b->bytes ? a->bytes : b->bytes);
    return order ? order : (int)a->bytes - (int)b->bytes;
}

// ---- records ----
static bool add_text(struct reading *reading, char *text, size_t length, int language)
{
    count_words(reading->corpus, text, length, language);
    for (size_t at = 0; at < length;) {
        size_t end = at;
        while (end < length && !(text[end] == '\n' && (end + 1 == length || text[end + 1] == '\n')))
            end++;
        for (size_t i = at; i < end; i++)
            if (text[i] == '\n')
                text[i] = ' ';
        if (!add_paragraph(reading, text + at, end - at, language))
            return false;
        at = end;
        while (at < length && text[at] == '\n')
            at++;
    }
    return true;
}

static bool add_line(struct reading *reading, char *line)
{
    char *text = NULL;
    size_t text_length = 0;
    int language = -1;
    for (char *at = line; (at = strchr(at, '"'));) {
        size_t key_length, length;
        at++;
        const char *key = unescape(&at, &key_length);
        if (!key)
            return true;
        at += strspn(at, " \t:");
        if (*at != '"')
            continue; // a number or null: the next quote opens the next key
        at++;
        char *value = unescape(&at, &length);
        if (!value)
            return true;
        if (key_length == 4 && memcmp(key, "lang", 4) == 0)
            language = crawl_language_by_code(value, length);
        if (key_length == 4 && memcmp(key, "text", 4) == 0) {
            text = value;
            text_length = length;
        }
    }
    return !text || language < 0 || add_text(reading, text, text_length, language);
}

bool crawl_corpus_read(struct crawl_corpus *corpus, const char *path)
{
    *corpus = (struct crawl_corpus){0};
    struct reading reading = {corpus, calloc(SEEN_SLOTS, sizeof(uint64_t)), 0};
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    bool good = file && reading.seen;
    corpus->paragraphs = calloc(PARAGRAPHS_MAX, sizeof *corpus->paragraphs);
    good = good && corpus->paragraphs;
    for (unsigned i = 0; i < CRAWL_LANGUAGES; i++) {
        corpus->words[i] = calloc(WORD_SLOTS, sizeof *corpus->words[i]);
        good = good && corpus->words[i];
    }
    while (good && (errno = 0, getline(&line, &capacity, file) >= 0))
        good = add_line(&reading, line);
    good = good && !ferror(file);
    for (unsigned i = 0; good && i < CRAWL_LANGUAGES; i++)
        qsort(corpus->words[i], WORD_SLOTS, sizeof *corpus->words[i], by_count_then_word);
    free(line);
    free(reading.seen);
    if (file)
        fclose(file);
    if (!good)
        crawl_corpus_free(corpus);
    return good;
}

void crawl_corpus_free(struct crawl_corpus *corpus)
{
    for (size_t i = 0; i < corpus->paragraph_count; i++)
        free(corpus->paragraphs[i].bytes);
    free(corpus->paragraphs);
    for (unsigned i = 0; i < CRAWL_LANGUAGES; i++)
        free(corpus->words[i]);
    *corpus = (struct crawl_corpus){0};
}
