/* SPDX-License-Identifier: Apache-2.0 */
/* html.h - a web page in UTF-8 in; the text that a reader sees of it, out. */
#ifndef SYNDIC_READ_HTML_H
#define SYNDIC_READ_HTML_H

#include "read/fields.h"
#include "read/growing.h"

/* Can this build read HTML?  Without libxml2 it cannot. */
bool syndic_html_is_here(void);

/* Put the text of the page into `text`; `clean` is room for a copy of the page.  Elements that
 * begin a line of their own give a line end; scripts, styles and what stands in for them give
 * nothing. */
SYNDIC_MUST_USE enum syndic_status syndic_html_text(struct syndic_span page,
                                                    struct syndic_growing *clean,
                                                    struct syndic_growing *text);

#endif
