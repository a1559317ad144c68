/* SPDX-License-Identifier: Apache-2.0 */
/* terminal.c - what the terminal is like, and text cut to its width. */
#define _GNU_SOURCE
#include "cli/terminal.h"

#include "write/json_text.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utf8proc.h>

bool syndic_is_terminal(int fd)
{
    return isatty(fd) == 1;
}

size_t syndic_terminal_columns(int fd)
{
    const char *const columns = getenv("COLUMNS");
    struct winsize size;

    if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
        return size.ws_col;
    const long said = columns ? strtol(columns, NULL, 10) : 0;
    return said >= 20 && said <= 10000 ? (size_t)said : 80;
}

struct syndic_style syndic_style_of(int fd)
{
    const char *const none = getenv("NO_COLOR"), *const term = getenv("TERM");
    const bool dumb = term && !strcmp(term, "dumb");

    return (struct syndic_style){
        .colour = syndic_is_terminal(fd) && !dumb && !(none && *none),
        .columns = syndic_terminal_columns(fd),
    };
}

const char *syndic_colour_text(const struct syndic_style *style, enum syndic_colour colour)
{
    static const char *const sequence[] = {
        [SYNDIC_COLOUR_PLAIN] = "\033[0m",   [SYNDIC_COLOUR_BOLD] = "\033[1m",
        [SYNDIC_COLOUR_DIM] = "\033[2m",     [SYNDIC_COLOUR_GREEN] = "\033[32m",
        [SYNDIC_COLOUR_YELLOW] = "\033[33m", [SYNDIC_COLOUR_CYAN] = "\033[36m"};

    return style->colour ? sequence[colour] : "";
}

/* One code point as it is shown: its bytes, and the columns that they take. */
struct glyph {
    const char *bytes;
    size_t n, columns;
    size_t taken; /* bytes of the text that it stands for */
};

static bool is_control(int32_t c)
{
    const utf8proc_category_t category = utf8proc_category(c);

    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
           category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

static struct glyph next_glyph(const char *text, size_t n)
{
    const uint8_t *const p = (const uint8_t *)text;
    size_t bad;
    const size_t length = syndic_utf8_length(p, n, &bad);
    int32_t c;

    if (!length)
        return (struct glyph){"\xef\xbf\xbd", 3, 1, bad};
    utf8proc_iterate(p, (utf8proc_ssize_t)length, &c);
    if (is_control(c))
        return (struct glyph){" ", 1, 1, length};
    return (struct glyph){text, length, (size_t)utf8proc_charwidth(c), length};
}

size_t syndic_text_columns(const char *text, size_t n)
{
    size_t columns = 0;

    while (n) {
        const struct glyph glyph = next_glyph(text, n);
        columns += glyph.columns;
        text += glyph.taken;
        n -= glyph.taken;
    }
    return columns;
}

size_t syndic_put_columns(struct syndic_output *output, const char *text, size_t n, size_t columns)
{
    const bool fits = syndic_text_columns(text, n) <= columns;
    const size_t room = fits || !columns ? columns : columns - 1;
    size_t used = 0;

    while (n) {
        const struct glyph glyph = next_glyph(text, n);
        if (used + glyph.columns > room)
            break;
        syndic_put(output, glyph.bytes, glyph.n);
        used += glyph.columns;
        text += glyph.taken;
        n -= glyph.taken;
    }
    if (!fits && columns) {
        syndic_put_text(output, "\xe2\x80\xa6"); /* an ellipsis */
        used++;
    }
    return used;
}

void syndic_put_spaces(struct syndic_output *output, size_t n)
{
    while (n--)
        syndic_put(output, " ", 1);
}
