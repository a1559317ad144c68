/* SPDX-License-Identifier: Apache-2.0 */
/* overlap_text.c - how two texts overlap, in; JSON, or words for people, out. */
#include "base/error.h"
#include "cli/messages.h"
#include "cli/overlap.h"
#include "cli/terminal.h"
#include "write/json_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PASSAGES_SHOWN 10
#define ONLY_SHOWN     5
#define WORDS_SHOWN    60 /* of one passage; from both its ends when it is longer */
#define INDENT         2

/* The text of A's words [from, to). */
static const char *words_of(const struct syndic_side *side, size_t from, size_t to, size_t *n)
{
    const size_t start = side->text->source_start[from], end = side->text->source_end[to - 1];

    *n = end - start;
    return (const char *)side->bytes + start;
}

/* ---- JSON ---- */

static void put_json_side(const struct syndic_side *side, struct syndic_output *output)
{
    syndic_put_json_key(output, "{", "name");
    syndic_put_json_text(output, side->name);
    syndic_put_json_key(output, ",", "words");
    syndic_put_number(output, side->text->token_count);
    syndic_put_json_key(output, ",", "shingles");
    syndic_put_number(output, side->set_count);
    syndic_put_json_key(output, ",", "only_here");
    syndic_put_number(output, side->text->token_count - side->shared_words);
    syndic_put_text(output, "}");
}

static void put_json_share(const char *key, double value, struct syndic_output *output)
{
    syndic_put_json_key(output, ",", key);
    syndic_put_decimal(output, value, SYNDIC_SIMILARITY_DECIMALS);
}

/* Words count from 1, and both ends belong to the passage. */
static void put_json_range(const char *key, size_t from, size_t count, struct syndic_output *output)
{
    syndic_put_json_key(output, ",", key);
    syndic_put_text(output, "[");
    syndic_put_number(output, from + 1);
    syndic_put_text(output, ",");
    syndic_put_number(output, from + count);
    syndic_put_text(output, "]");
}

static void put_json_passage(const struct syndic_overlap *overlap, size_t i,
                             struct syndic_output *output)
{
    const struct syndic_shared *const passage = &overlap->passages[i];
    size_t n;
    const char *const text =
        words_of(&overlap->side[0], passage->a_from, (size_t)passage->a_from + passage->count, &n);

    syndic_put_json_key(output, i ? ",{" : "{", "words");
    syndic_put_number(output, passage->count);
    put_json_range("a", passage->a_from, passage->count, output);
    put_json_range("b", passage->b_from, passage->count, output);
    syndic_put_json_key(output, ",", "text");
    syndic_put_json_string(output, text, n);
    syndic_put_text(output, "}");
}

static void put_json_only(const struct syndic_side *side, const char *key, const char *range,
                          struct syndic_output *output)
{
    syndic_put_json_key(output, ",", key);
    syndic_put_text(output, "[");
    for (size_t i = 0; i < side->only_count; i++) {
        const struct syndic_stretch *const only = &side->only[i];
        size_t n;
        const char *const text = words_of(side, only->from, (size_t)only->from + only->count, &n);
        syndic_put_json_key(output, i ? ",{" : "{", "words");
        syndic_put_number(output, only->count);
        put_json_range(range, only->from, only->count, output);
        syndic_put_json_key(output, ",", "text");
        syndic_put_json_string(output, text, n);
        syndic_put_text(output, "}");
    }
    syndic_put_text(output, "]");
}

void syndic_write_overlap_json(const struct syndic_overlap *overlap, struct syndic_output *output)
{
    syndic_put_json_key(output, "{", "a");
    put_json_side(&overlap->side[0], output);
    syndic_put_json_key(output, ",", "b");
    put_json_side(&overlap->side[1], output);
    put_json_share("jaccard", overlap->jaccard, output);
    put_json_share("estimated", overlap->estimated, output);
    put_json_share("standard_error", overlap->standard_error, output);
    put_json_share("a_in_b", overlap->contained[0], output);
    put_json_share("b_in_a", overlap->contained[1], output);
    syndic_put_json_key(output, ",", "passages");
    syndic_put_text(output, "[");
    for (size_t i = 0; i < overlap->passage_count; i++)
        put_json_passage(overlap, i, output);
    syndic_put_text(output, "]");
    put_json_only(&overlap->side[0], "only_a", "a", output);
    put_json_only(&overlap->side[1], "only_b", "b", output);
    syndic_put_text(output, "}\n");
}

/* ---- for people ---- */

static const char *words_word(size_t n)
{
    return syndic_words_for(n, "word", "words");
}

/* Text in lines of the terminal's width; *column is where the last one ended. */
static void put_wrapped(const char *text, size_t n, const struct syndic_style *style,
                        size_t *column, struct syndic_output *output)
{
    static const char blanks[] = " \t\r\n\v\f";

    while (n) {
        size_t blank = 0, word = 0;
        while (blank < n && strchr(blanks, text[blank]) && text[blank])
            blank++;
        while (blank + word < n && (!strchr(blanks, text[blank + word]) || !text[blank + word]))
            word++;
        const size_t columns = syndic_text_columns(text + blank, word);
        if (*column && *column + 1 + columns > style->columns) {
            syndic_put_text(output, "\n");
            *column = 0;
        }
        if (word && !*column)
            syndic_put_spaces(output, INDENT);
        else if (word && blank)
            syndic_put_spaces(output, 1);
        *column += word ? (*column ? blank > 0 : INDENT) : 0;
        *column += syndic_put_columns(output, text + blank, word, columns);
        text += blank + word;
        n -= blank + word;
    }
}

/* Words [from, from + count) of one side, below a line that says which they are. */
static void put_words(const struct syndic_side *side, size_t from, size_t count, const char *head,
                      const char *colour, const struct syndic_style *style,
                      struct syndic_output *output)
{
    const size_t to = from + count;
    const bool whole = count <= WORDS_SHOWN;
    size_t n, column = 0;

    syndic_put_text(output, syndic_colour_text(style, SYNDIC_COLOUR_BOLD));
    syndic_put_text(output, head);
    syndic_put_text(output, syndic_colour_text(style, SYNDIC_COLOUR_PLAIN));
    syndic_put_text(output, colour);
    const char *text = words_of(side, from, whole ? to : from + WORDS_SHOWN / 2, &n);
    put_wrapped(text, n, style, &column, output);
    if (!whole) {
        put_wrapped(" [\xe2\x80\xa6] ", 7, style, &column, output);
        text = words_of(side, to - WORDS_SHOWN / 2, to, &n);
        syndic_put_spaces(output, 1);
        column++;
        put_wrapped(text, n, style, &column, output);
    }
    syndic_put_text(output, syndic_colour_text(style, SYNDIC_COLOUR_PLAIN));
    syndic_put_text(output, "\n");
}

static void put_passage(const struct syndic_overlap *overlap, const struct syndic_shared *passage,
                        const struct syndic_style *style, struct syndic_output *output)
{
    const size_t from = passage->a_from, to = from + passage->count;
    char head[160];

    snprintf(head, sizeof(head), "\n%u %s: %zu-%zu of A, %u-%u of B\n", passage->count,
             words_word(passage->count), from + 1, to, passage->b_from + 1,
             passage->b_from + passage->count);
    put_words(&overlap->side[0], from, passage->count, head,
              syndic_colour_text(style, SYNDIC_COLOUR_GREEN), style, output);
}

/* The longest of what only one side has. */
static int longest_first(const void *left, const void *right)
{
    const struct syndic_stretch *const a = left, *const b = right;

    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return (a->from > b->from) - (a->from < b->from);
}

static void put_only(const struct syndic_overlap *overlap, int i, const struct syndic_style *style,
                     struct syndic_output *output)
{
    const struct syndic_side *const side = &overlap->side[i];
    const size_t n = side->only_count, shown = n < ONLY_SHOWN ? n : ONLY_SHOWN;
    struct syndic_stretch *const sorted = syndic_allocate(overlap->memory, n, sizeof(*sorted));
    char line[160];

    if (!sorted || !n) {
        syndic_release(overlap->memory, sorted);
        return;
    }
    memcpy(sorted, side->only, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), longest_first);
    for (size_t o = 0; o < shown; o++) {
        snprintf(line, sizeof(line), "\n%u %s only in %c: %zu-%zu\n", sorted[o].count,
                 words_word(sorted[o].count), 'A' + i, (size_t)sorted[o].from + 1,
                 (size_t)sorted[o].from + sorted[o].count);
        put_words(side, sorted[o].from, sorted[o].count, line, "", style, output);
    }
    if (shown < n) {
        snprintf(line, sizeof(line), "\n%zu more only in %c; --format jsonl has all\n", n - shown,
                 'A' + i);
        syndic_put_text(output, line);
    }
    syndic_release(overlap->memory, sorted);
}

static int longer_first(const void *left, const void *right)
{
    const struct syndic_shared *const a = left, *const b = right;

    if (a->count != b->count)
        return a->count > b->count ? -1 : 1;
    return (a->a_from > b->a_from) - (a->a_from < b->a_from);
}

static void put_longest(const struct syndic_overlap *overlap, const struct syndic_style *style,
                        struct syndic_output *output)
{
    const size_t n = overlap->passage_count, shown = n < PASSAGES_SHOWN ? n : PASSAGES_SHOWN;
    struct syndic_shared *const sorted = syndic_allocate(overlap->memory, n, sizeof(*sorted));
    char tail[64];

    if (!sorted)
        return; /* the figures are there */
    if (n) {
        memcpy(sorted, overlap->passages, n * sizeof(*sorted));
        qsort(sorted, n, sizeof(*sorted), longer_first);
    }
    for (size_t i = 0; i < shown; i++)
        put_passage(overlap, &sorted[i], style, output);
    if (shown < n) {
        snprintf(tail, sizeof(tail), "\n%zu more; --format jsonl has all\n", n - shown);
        syndic_put_text(output, tail);
    }
    syndic_release(overlap->memory, sorted);
}

static void put_side(const struct syndic_overlap *overlap, int i, const struct syndic_style *style,
                     struct syndic_output *output)
{
    const struct syndic_side *const side = &overlap->side[i];
    const size_t words = side->text->token_count;
    char line[192];

    snprintf(line, sizeof(line), "%c  ", 'A' + i);
    syndic_put_text(output, syndic_colour_text(style, SYNDIC_COLOUR_BOLD));
    syndic_put_text(output, line);
    syndic_put_columns(output, side->name, strlen(side->name), style->columns - 3);
    syndic_put_text(output, syndic_colour_text(style, SYNDIC_COLOUR_PLAIN));
    const size_t own = words - side->shared_words;
    snprintf(line, sizeof(line), "\n   %zu %s, %zu different %s; %zu %s only here\n", words,
             words_word(words), side->set_count,
             syndic_words_for(side->set_count, "shingle", "shingles"), own, words_word(own));
    syndic_put_text(output, line);
}

void syndic_write_overlap(const struct syndic_overlap *overlap, struct syndic_output *output)
{
    const struct syndic_style style = syndic_style_of(output->fd);
    const size_t shared = overlap->side[0].shared_words;
    char lines[512], deviation[48] = "";

    put_side(overlap, 0, &style, output);
    put_side(overlap, 1, &style, output);
    if (overlap->jaccard > 0 && overlap->jaccard < 1) /* else signatures cannot be wrong */
        snprintf(deviation, sizeof(deviation), ", standard error %.4f", overlap->standard_error);
    snprintf(lines, sizeof(lines),
             "\nJaccard similarity   %.4f\nby signatures        %.4f%s\n"
             "share of A in B      %.4f\nshare of B in A      %.4f\n"
             "shared passages      %zu, %zu %s of A and %zu of B\n",
             overlap->jaccard, overlap->estimated, deviation, overlap->contained[0],
             overlap->contained[1], overlap->passage_count, shared, words_word(shared),
             overlap->side[1].shared_words);
    syndic_put_text(output, lines);
    put_longest(overlap, &style, output);
    put_only(overlap, 0, &style, output);
    put_only(overlap, 1, &style, output);
}
