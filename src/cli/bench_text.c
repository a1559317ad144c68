/* SPDX-License-Identifier: Apache-2.0 */
/* bench_text.c - a number of bytes in; made-up documents, and the same as JSON lines, out.
 *
 * What decides the speed of the stages is alike to real text: words of 2 to 12 letters, the common
 * ones short and often repeated (ranks fall as in Zipf's law); an accent in one word of 40; one
 * document of 16 in Cyrillic; sentences, quotes and paragraphs; 50 to 3,000 words a document, most
 * of them short; and one document in four is an edited copy of an earlier one. */
#include "cli/bench_text.h"

#include "base/hash.h"
#include "kernel.h"

#include <stdio.h>
#include <string.h>

#define VOCABULARY_BITS 14
#define VOCABULARY      (1u << VOCABULARY_BITS)
#define WORD_BYTES      32
#define DOCUMENT_WORDS  3200
#define DOCUMENT_BYTES  ((size_t)DOCUMENT_WORDS * WORD_BYTES)
#define LINE_HEAD_BYTES 64

struct word {
    uint8_t bytes[WORD_BYTES - 1];
    uint8_t n;
};

static uint32_t below(uint64_t *seed, uint32_t n)
{
    return (uint32_t)((syndic_splitmix64(seed) >> 32) * n >> 32);
}

/* Letters of one byte, or of two: the same letters as Cyrillic or accented ones. */
static void put_letter(struct word *word, char letter, bool cyrillic, bool accent)
{
    if (cyrillic) {
        word->bytes[word->n++] = 0xd0;
        word->bytes[word->n++] = (uint8_t)(0xb0 + (letter - 'a') % 16);
    } else if (accent) {
        word->bytes[word->n++] = 0xc3;
        word->bytes[word->n++] = (uint8_t)(0xa0 + (letter - 'a') % 16);
    } else {
        word->bytes[word->n++] = (uint8_t)letter;
    }
}

static void make_word(struct word *word, uint32_t rank, bool cyrillic, uint64_t *seed)
{
    static const char consonants[] = "bcdfghklmnprstvw", vowels[] = "aaeeeiioou";
    const uint32_t least = rank < 64 ? 1 : rank < 1024 ? 2 : 3; /* pairs of letters */
    const uint32_t pairs = least + below(seed, 3);
    const bool accent = rank % 40 == 39;

    word->n = 0;
    for (uint32_t i = 0; i < pairs; i++) {
        put_letter(word, consonants[below(seed, sizeof(consonants) - 1)], cyrillic, false);
        put_letter(word, vowels[below(seed, sizeof(vowels) - 1)], cyrillic, accent && !i);
    }
    if (below(seed, 2))
        put_letter(word, consonants[below(seed, sizeof(consonants) - 1)], cyrillic, false);
}

static struct word *make_words(struct syndic_memory *memory)
{
    struct word *const words = syndic_allocate_zeroed(memory, 2 * VOCABULARY, sizeof(*words));
    uint64_t seed = 1;

    for (uint32_t i = 0; words && i < 2 * VOCABULARY; i++)
        make_word(&words[i], i % VOCABULARY, i >= VOCABULARY, &seed);
    return words;
}

/* Rank r as often as 1 / r: a random number of bits, then random bits. */
static uint32_t draw_rank(uint64_t *seed)
{
    const uint64_t x = syndic_splitmix64(seed);
    const uint32_t bits = (uint32_t)((x >> 32) * VOCABULARY_BITS >> 32);

    return (1u << bits) | ((uint32_t)x & ((1u << bits) - 1));
}

/* What follows a word: mostly a space. */
static size_t put_gap(uint8_t *out, uint64_t *seed)
{
    static const char *const rare[] = {", ", ", ", ". ", ". ", ", \"", "\" ", ".\n\n", " - "};
    const uint32_t x = below(seed, 64);
    const char *const gap = x < 8 ? rare[x] : " ";
    const size_t n = strlen(gap);

    memcpy(out, gap, n);
    return n;
}

/* The document that grows from `key`, with one word in `edit` another one (0: none). */
static size_t put_document(const struct word *words, uint64_t key, uint64_t edit, uint8_t *out)
{
    uint64_t seed = key * 2654435761u + 1, edit_seed = edit;
    const uint32_t bits = below(&seed, 6);
    const uint32_t count = (50u << bits) + below(&seed, 50u << bits);
    size_t n = 0;

    words += below(&seed, 16) ? 0 : VOCABULARY;
    for (uint32_t i = 0; i < count && i < DOCUMENT_WORDS; i++) {
        uint32_t rank = draw_rank(&seed);
        if (edit && !below(&edit_seed, 64))
            rank = draw_rank(&edit_seed);
        memcpy(out + n, words[rank].bytes, WORD_BYTES - 1);
        n += words[rank].n;
        n += put_gap(out + n, &seed);
    }
    return n;
}

static size_t put_line(uint8_t *out, size_t number, const uint8_t *bytes, size_t n)
{
    size_t m = (size_t)sprintf((char *)out, "{\"id\":\"made-up-%zu\",\"text\":\"", number);

    for (size_t i = 0; i < n; i++) {
        const uint8_t c = bytes[i];
        if (c == '\n' || c == '"')
            out[m++] = '\\';
        out[m++] = c == '\n' ? 'n' : c;
    }
    memcpy(out + m, "\"}\n", 3);
    return m + 3;
}

enum syndic_status syndic_bench_text_make(struct syndic_memory *memory, size_t bytes,
                                          struct syndic_bench_text *text)
{
    const size_t most = bytes / 128 + 2; /* documents: none has fewer than 50 words */
    struct word *const words = make_words(memory);
    uint64_t seed = 2;

    *text = (struct syndic_bench_text){.memory = memory};
    text->bytes = syndic_allocate(memory, bytes + DOCUMENT_BYTES + SYNDIC_TEXT_PADDING, 1);
    text->lines = syndic_allocate_zeroed(
        memory, bytes + bytes / 4 + 2 * DOCUMENT_BYTES + most * LINE_HEAD_BYTES, 1);
    text->start = syndic_allocate_zeroed(memory, most + 1, sizeof(size_t));
    text->line_start = syndic_allocate_zeroed(memory, most + 1, sizeof(size_t));
    const bool room = words && text->bytes && text->lines && text->start && text->line_start;
    while (room && text->start[text->count] < bytes && text->count < most) {
        const size_t i = text->count++, at = text->start[i];
        const bool copy = i > 3 && i % 4 == 3;
        const uint64_t key = copy ? i - 1 - below(&seed, (uint32_t)i / 2) : i;
        const size_t n = put_document(words, key, copy ? i : 0, text->bytes + at);
        text->start[i + 1] = at + n;
        text->line_start[i + 1] = text->line_start[i] + put_line(text->lines + text->line_start[i],
                                                                 i, text->bytes + at, n);
    }
    syndic_release(memory, words);
    return room ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

void syndic_bench_text_clear(struct syndic_bench_text *text)
{
    if (!text->memory)
        return;
    syndic_release(text->memory, text->bytes);
    syndic_release(text->memory, text->lines);
    syndic_release(text->memory, text->start);
    syndic_release(text->memory, text->line_start);
}
