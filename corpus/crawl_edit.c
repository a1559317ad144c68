/* SPDX-License-Identifier: Apache-2.0 */
// The text of an original in, the text of a copy out: one function a kind of copy.
//
// Word edits fall on each token alone with one probability r, so a word-5-gram survives with
// S = (1 - r)^5 and two versions have Jaccard J = S / (2 - S): a wanted J fixes r.
#include "make_crawl.h"

#include <assert.h>
#include <string.h>

static void put_bytes(struct crawl_text *to, const char *bytes, size_t length)
{
    assert(to->length + length < CRAWL_TEXT_BYTES);
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
}

static void clear(struct crawl_text *to)
{
    to->length = to->paragraph_count = 0;
}

static void append_paragraph(struct crawl_text *to, const struct crawl_text *from, unsigned i)
{
    const size_t start = from->paragraph_starts[i];
    crawl_text_append(to, from->bytes + start, crawl_paragraph_end(from, i) - start);
}

void crawl_edit_copy(struct crawl_text *to, const struct crawl_text *from)
{
    clear(to);
    for (unsigned i = 0; i < from->paragraph_count; i++)
        append_paragraph(to, from, i);
}

// ---- words ----
struct word_edits {
    struct crawl_random random;
    const struct crawl_language *language;
    uint32_t rate;   // of 2^20
    uint32_t forced; // this token is edited in any case
    bool only_substitute;
};

// A word in place of the token at `start`; for Han, one character. Capital for capital.
static void put_word(struct crawl_text *to, struct word_edits *edits, const char *old)
{
    const char *word = crawl_rare_word(edits->language, &edits->random, 6);
    char *const at = to->bytes + to->length;
    const unsigned char first = (unsigned char)*old;
    put_bytes(to, word, edits->language->space_bytes ? (size_t)word[31] : 3);
    if ((first >= 'A' && first <= 'Z') ||
        (first == 0xd0 && (unsigned char)old[1] >= 0x90 && (unsigned char)old[1] < 0xb0))
        crawl_capitalise(at);
}

// Replaces, or drops, or precedes by another word, the token from start to end. Returns where in
// `bytes` the copying goes on.
static size_t edit_token(struct crawl_text *to, struct word_edits *edits, const char *bytes,
                         size_t start, size_t end)
{
    const unsigned what = edits->only_substitute ? 0 : crawl_below(&edits->random, 8);
    if (what < 5) {
        put_word(to, edits, bytes + start);
        return end;
    }
    if (what == 5) {
        put_word(to, edits, "");
        put_bytes(to, " ", edits->language->space_bytes);
        return start;
    }
    return end + (bytes[end] == ' ');
}

static void edit_words(struct crawl_text *to, const struct crawl_text *from,
                       struct word_edits *edits)
{
    uint32_t token = 0;
    clear(to);
    for (unsigned i = 0; i < from->paragraph_count; i++) {
        const size_t end = crawl_paragraph_end(from, i);
        size_t copied = from->paragraph_starts[i];
        crawl_paragraph_open(to);
        for (size_t at = copied, next; at < end; at = next) {
            next = crawl_token_end(from->bytes, at, end);
            if (crawl_class_of((unsigned char)from->bytes[at]) == CRAWL_SEPARATOR)
                continue;
            if (crawl_next(&edits->random) >> 44 >= edits->rate && token++ != edits->forced)
                continue;
            put_bytes(to, from->bytes + copied, at - copied);
            copied = edit_token(to, edits, from->bytes, at, next);
            copied = copied < end ? copied : end;
        }
        put_bytes(to, from->bytes + copied, end - copied);
    }
}

// At most 1.2 % of the words, one at least: Jaccard 0.88 at 1.2 % of a long text.
void crawl_edit_near(struct crawl_text *to, const struct crawl_text *from,
                     const struct crawl_story *story, uint64_t key)
{
    struct word_edits edits = {
        .random = {key}, .language = story->language, .only_substitute = true};
    edits.rate = 500 + crawl_below(&edits.random, 12000); // 0.05 % to 1.2 % of 2^20
    edits.forced = 8 + crawl_below(&edits.random, story->words / 2 + 1);
    edit_words(to, from, &edits);
}

// Leaves out one paragraph of the middle, or writes a new one: a third of the heavy edits.
static void edit_paragraphs(struct crawl_text *to, const struct crawl_story *story,
                            struct crawl_random *random)
{
    const unsigned what = crawl_below(random, 6);
    if (what == 0 && to->paragraph_count > 4) {
        const unsigned i = 2 + crawl_below(random, to->paragraph_count - 3);
        const size_t start = to->paragraph_starts[i], next = to->paragraph_starts[i + 1];
        memmove(to->bytes + start, to->bytes + next, to->length - next);
        to->length -= next - start;
        to->paragraph_count--; // later starts are stale, but nobody reads those of a copy
    } else if (what == 1 && to->paragraph_count > 2) {
        const uint64_t key = crawl_next(random); // arguments have no order of evaluation
        crawl_paragraph_render(to, story, key, 20 + crawl_below(random, 30));
    }
}

// Jaccard spread evenly over 0.3 .. 0.9.
void crawl_edit_heavy(struct crawl_text *to, const struct crawl_text *from,
                      const struct crawl_story *story, uint64_t key)
{
    // 2^20 * (1 - (2J/(1+J))^(1/5)) for J = 0.30, 0.35 ... 0.90
    static const uint32_t rates[13] = {150234, 129074, 111031, 95396, 81676, 69510, 58628,
                                       48825,  39937,  31834,  24412, 17584, 11278};
    struct word_edits edits = {.random = {key}, .language = story->language};
    const uint32_t draw = crawl_below(&edits.random, 12 << 10), at = draw >> 10, part = draw & 1023;
    edits.rate = rates[at] - (rates[at] - rates[at + 1]) * part / 1024;
    edits.forced = 8;
    edit_words(to, from, &edits);
    edit_paragraphs(to, story, &edits.random);
}

// ---- parts ----
void crawl_edit_frame(struct crawl_text *to, const struct crawl_text *from,
                      const struct crawl_outlet *outlet)
{
    clear(to);
    crawl_text_append(to, outlet->top, outlet->top_bytes);
    for (unsigned i = 0; i < from->paragraph_count; i++)
        append_paragraph(to, from, i);
    crawl_text_append(to, outlet->bottom, outlet->bottom_bytes);
}

// Keeps the headline and between a quarter and all but one of the paragraphs; of a single
// paragraph, the first half or more, up to a space where there is one.
void crawl_edit_cut(struct crawl_text *to, const struct crawl_text *from, uint64_t key)
{
    struct crawl_random random = {key};
    const unsigned body = from->paragraph_count - 1;
    clear(to);
    if (body > 1) {
        const unsigned least = (body + 3) / 4;
        const unsigned kept = least + crawl_below(&random, body - least);
        for (unsigned i = 0; i <= kept; i++)
            append_paragraph(to, from, i);
        return;
    }
    append_paragraph(to, from, 0);
    const size_t start = from->paragraph_starts[1], end = from->length;
    size_t at = start, stop = start + (end - start) / 2;
    stop += crawl_below(&random, (end - start) / 4 + 1);
    while (at < stop)
        at = crawl_token_end(from->bytes, at, end);
    crawl_text_append(to, from->bytes + start, at - start);
}

// A new headline and first paragraph; a body of one paragraph stays behind the new one.
void crawl_edit_lead(struct crawl_text *to, const struct crawl_text *from,
                     const struct crawl_story *story, uint64_t key)
{
    struct crawl_random random = {key};
    clear(to);
    crawl_headline_render(to, story, crawl_next(&random));
    const size_t old =
        from->paragraph_count > 1 ? crawl_paragraph_end(from, 1) - from->paragraph_starts[1] : 0;
    const uint32_t words = (uint32_t)(old / 7) + crawl_below(&random, 20);
    crawl_paragraph_render(to, story, crawl_next(&random), words < 12 ? 12 : words);
    for (unsigned i = from->paragraph_count > 2 ? 2 : 1; i < from->paragraph_count; i++)
        append_paragraph(to, from, i);
}

// ---- noise ----
// What scanners read instead of a lower-case letter.
static const char *const misread[26] = {"o", "h",  "e", "cl", "c",  "t", "q", "b", "l",
                                        "i", "lc", "1", "rn", "u",  "0", "q", "g", "r",
                                        "5", "f",  "n", "y",  "vv", "k", "v", "2"};

static void put_misread(struct crawl_text *to, const char *at, unsigned bytes,
                        struct crawl_random *random)
{
    const unsigned char first = (unsigned char)*at;
    char other[4] = {at[0], bytes > 1 ? at[1] : 0, bytes > 2 ? at[2] : 0, 0};
    if ((first | 32) >= 'a' && (first | 32) <= 'z' && bytes == 1) {
        const char *as = misread[(first | 32) - 'a'];
        put_bytes(to, as, strlen(as));
        return;
    }
    if (bytes == 1 && first >= '0' && first <= '9')
        other[0] = (char)('0' + crawl_below(random, 10));
    else if (first == 0xd0 || first == 0xd1)
        memcpy(other, (char[]){(char)0xd0, (char)(0xb0 + crawl_below(random, 16))}, 2);
    else if (bytes == 2 && first == 0xc3)
        other[1] = (char)(0xa0 + crawl_below(random, 16));
    else if (bytes == 3 && crawl_class_of(first) == CRAWL_HAN) // a neighbour: often the radical
        other[2] = (char)(0x80 + crawl_below(random, 38));
    put_bytes(to, other, bytes);
}

// Gaps between errors are uniform in 1 .. 2/rate - 1; most errors misread, some lose or add spaces.
void crawl_edit_noise(struct crawl_text *to, const struct crawl_text *from, uint64_t key)
{
    struct crawl_random random = {key};
    const uint32_t gap = 2 * 1000 / (2 + crawl_below(&random, 29)); // 0.2 % to 3 %
    uint32_t left = 1 + crawl_below(&random, gap);
    clear(to);
    for (unsigned i = 0; i < from->paragraph_count; i++) {
        const size_t end = crawl_paragraph_end(from, i);
        size_t copied = from->paragraph_starts[i];
        crawl_paragraph_open(to);
        for (size_t at = copied, next; at < end; at = next) {
            const unsigned bytes = crawl_char_bytes((unsigned char)from->bytes[at]);
            next = at + bytes;
            const bool space = from->bytes[at] == ' ';
            if (--left > 0 ||
                (!space && crawl_class_of((unsigned char)from->bytes[at]) == CRAWL_SEPARATOR)) {
                left += left == 0;
                continue;
            }
            left = 1 + crawl_below(&random, gap);
            put_bytes(to, from->bytes + copied, at - copied);
            copied = next;
            if (!space && crawl_below(&random, 8) == 0) {
                put_bytes(to, " ", 1);
                copied = at;
            } else if (!space) {
                put_misread(to, from->bytes + at, bytes, &random);
            }
        }
        put_bytes(to, from->bytes + copied, end - copied);
    }
}
