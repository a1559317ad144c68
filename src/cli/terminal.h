/* SPDX-License-Identifier: Apache-2.0 */
/* terminal.h - what the terminal is like, and text cut to its width. */
#ifndef SYNDIC_CLI_TERMINAL_H
#define SYNDIC_CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

struct syndic_output;

bool syndic_is_terminal(int fd);

/* Columns of the terminal on fd: its own word, else $COLUMNS, else 80. */
size_t syndic_terminal_columns(int fd);

enum syndic_colour {
    SYNDIC_COLOUR_PLAIN,
    SYNDIC_COLOUR_BOLD,
    SYNDIC_COLOUR_DIM,
    SYNDIC_COLOUR_GREEN,
    SYNDIC_COLOUR_YELLOW,
    SYNDIC_COLOUR_CYAN,
};

/* How to print: colour only on a terminal that is not "dumb", and where NO_COLOR is unset or empty.
 */
struct syndic_style {
    bool colour;
    size_t columns;
};
struct syndic_style syndic_style_of(int fd);

/* The sequence that switches to the colour, or "" without colour. */
const char *syndic_colour_text(const struct syndic_style *style, enum syndic_colour colour);

/* Print text[0, n) in at most `columns` columns, the last an ellipsis where it is cut; returns the
 * columns used.  Control characters become spaces, so that no document can steer the terminal. */
size_t syndic_put_columns(struct syndic_output *output, const char *text, size_t n, size_t columns);

/* Columns that text[0, n) takes. */
size_t syndic_text_columns(const char *text, size_t n);

void syndic_put_spaces(struct syndic_output *output, size_t n);

/* Wipe the progress line, where there is one, before other words go to stderr. */
void syndic_clear_progress_line(void);

#endif
