/* SPDX-License-Identifier: Apache-2.0 */
/* cut.c - a text and its repeated spans in, the paragraphs to be cut out. */
#include "passages/cut.h"

#include <string.h>

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\v' || byte == '\f';
}

/* Just after the line that begins at `at`. */
static size_t line_end(const uint8_t *bytes, size_t n, size_t at)
{
    const uint8_t *const end = memchr(bytes + at, '\n', n - at);

    return end ? (size_t)(end - bytes) + 1 : n;
}

static bool is_blank_line(const uint8_t *bytes, size_t from, size_t to)
{
    while (from < to && (is_blank(bytes[from]) || bytes[from] == '\n'))
        from++;
    return from == to;
}

static bool has_blank_line(const uint8_t *bytes, size_t n)
{
    for (size_t at = 0, end; at < n; at = end) {
        end = line_end(bytes, n, at);
        if (at && end < n && is_blank_line(bytes, at, end))
            return true;
    }
    return false;
}

/* The paragraph that begins at or after *at: bytes [*from, *to) without the end of its last line;
 * *at is moved behind it. */
static bool next_paragraph(const uint8_t *bytes, size_t n, bool by_blanks, size_t *at, size_t *from,
                           size_t *to)
{
    size_t end = 0;

    while (*at < n && is_blank_line(bytes, *at, end = line_end(bytes, n, *at)))
        *at = end;
    if (*at >= n)
        return false;
    *from = *at;
    do {
        *at = end;
        if (!by_blanks || *at >= n)
            break;
        end = line_end(bytes, n, *at);
    } while (!is_blank_line(bytes, *at, end));
    *to = *at;
    while (*to > *from && (bytes[*to - 1] == '\n' || is_blank(bytes[*to - 1])))
        --*to;
    return true;
}

/* The repeated span that holds words [word, word_end): its number, or `count`. */
static size_t holder(const struct syndic_repeated *repeated, size_t count, size_t word,
                     size_t word_end)
{
    size_t i = 0;

    while (i < count && !(repeated[i].word <= word && word_end <= repeated[i].word_end))
        i++;
    return i;
}

enum syndic_status syndic_cut_text(struct syndic_memory *memory, const struct syndic_text *text,
                                   const uint8_t *bytes, size_t n,
                                   const struct syndic_repeated *repeated, size_t repeated_count,
                                   struct syndic_cut **cuts, size_t *capacity, size_t *count)
{
    const bool by_blanks = has_blank_line(bytes, n);
    size_t at = 0, from, to, before = 0, word = 0;
    bool kept = false,
         open = false; /* some paragraph stays; the cut before ends where this begins */

    while (next_paragraph(bytes, n, by_blanks, &at, &from, &to)) {
        const size_t first = word;
        while (word < text->token_count && text->source_start[word] < to)
            word++;
        if (open) /* nothing stays before: what parts the two goes with the first */
            (*cuts)[*count - 1].byte_end = (uint32_t)from;
        open = false;
        const size_t i =
            word > first ? holder(repeated, repeated_count, first, word) : repeated_count;
        if (i == repeated_count) {
            kept = true;
            before = to;
            continue;
        }
        if (!syndic_reserve(memory, (void **)cuts, capacity, *count + 1, sizeof(**cuts)))
            return SYNDIC_NO_MEMORY;
        (*cuts)[(*count)++] = (struct syndic_cut){(uint32_t)(kept ? before : from),
                                                  (uint32_t)to,
                                                  (uint32_t)first,
                                                  (uint32_t)word,
                                                  repeated[i].kept,
                                                  (uint32_t)i};
        before = to;
        open = !kept;
    }
    return SYNDIC_OK;
}
