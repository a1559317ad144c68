/* SPDX-License-Identifier: Apache-2.0 */
/* table.c - groups in; a table for people out.
 *
 *     group 17: 3 documents, kept id-a
 *       kept   ########## 100 %  id-a   file.jsonl:4
 *       near   #########.  93 %  id-b   other.jsonl:12 */
#include "cli/table.h"

#include "cli/terminal.h"
#include "write/groups.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define BAR_COLUMNS   10
#define FIXED_COLUMNS (2 + 5 + 1 + BAR_COLUMNS + 6 + 2) /* what stands before the id */
#define ID_SHARE      2 / 5 /* of what is left; the place gets the rest */

static void put_colour(struct syndic_output *output, const struct syndic_style *style,
                       enum syndic_colour colour)
{
    syndic_put_text(output, syndic_colour_text(style, colour));
}

static void put_bar(struct syndic_output *output, double similarity)
{
    /* Rounded down, so that only the same set of shingles is 100 %, and only that is a full bar. */
    const int hundredths = (int)(similarity * 100 + 1e-6);
    const int rounded = (int)(similarity * BAR_COLUMNS + 0.5);
    const int full = rounded == BAR_COLUMNS && hundredths < 100 ? BAR_COLUMNS - 1 : rounded;
    char percent[16];

    for (int i = 0; i < BAR_COLUMNS; i++)
        syndic_put_text(output, i < full ? "\xe2\x96\x88" : "\xe2\x96\x91"); /* full, light shade */
    snprintf(percent, sizeof(percent), "%4d %%", hundredths);
    syndic_put_text(output, percent);
}

static void put_place(struct syndic_output *output, const struct syndic_run *run, uint32_t row,
                      size_t columns)
{
    char place[SYNDIC_ID_ROOM_BYTES];
    const int n = snprintf(place, sizeof(place), "%s:%" PRIu64, syndic_document_source(run, row),
                           run->documents.line[row]);

    syndic_put_columns(output, place, (size_t)n < sizeof(place) ? (size_t)n : sizeof(place) - 1,
                       columns);
}

static void put_member(struct syndic_output *output, const struct syndic_style *style,
                       const struct syndic_run *run, uint32_t row)
{
    const enum syndic_how how = (enum syndic_how)run->grouping.how[row];
    const size_t left = style->columns > FIXED_COLUMNS + 20 ? style->columns - FIXED_COLUMNS : 20;
    const size_t id_columns = left * ID_SHARE;
    char room[SYNDIC_ID_ROOM_BYTES], head[16];
    const char *const id = syndic_document_id(run, row, room, sizeof(room));

    put_colour(output, style,
               how == SYNDIC_HOW_KEPT    ? SYNDIC_COLOUR_GREEN
               : how == SYNDIC_HOW_EXACT ? SYNDIC_COLOUR_CYAN
                                         : SYNDIC_COLOUR_YELLOW);
    snprintf(head, sizeof(head), run->grouping.contained ? "  %-9s " : "  %-5s ",
             syndic_how_text(how));
    syndic_put_text(output, head);
    put_bar(output, (double)run->grouping.similarity[row]);
    put_colour(output, style, SYNDIC_COLOUR_PLAIN);
    syndic_put_text(output, "  ");
    const size_t used = syndic_put_columns(output, id, strlen(id), id_columns);
    syndic_put_spaces(output, id_columns - used + 2);
    put_colour(output, style, SYNDIC_COLOUR_DIM);
    put_place(output, run, row, left - id_columns - 2);
    put_colour(output, style, SYNDIC_COLOUR_PLAIN);
    syndic_put_text(output, "\n");
}

static void put_heading(struct syndic_output *output, const struct syndic_style *style,
                        const struct syndic_run *run, size_t group, size_t size, uint32_t kept)
{
    char room[SYNDIC_ID_ROOM_BYTES], head[96];
    const char *const id = syndic_document_id(run, kept, room, sizeof(room));
    const size_t n =
        (size_t)snprintf(head, sizeof(head), "group %zu: %zu documents, kept ", group, size);

    put_colour(output, style, SYNDIC_COLOUR_BOLD);
    syndic_put_text(output, head);
    syndic_put_columns(output, id, strlen(id), style->columns > n + 10 ? style->columns - n : 10);
    put_colour(output, style, SYNDIC_COLOUR_PLAIN);
    syndic_put_text(output, "\n");
}

void syndic_write_groups_table(const struct syndic_run *run, const struct syndic_members *members,
                               struct syndic_output *output)
{
    const struct syndic_style style = syndic_style_of(output->fd);

    for (size_t group = 0; group < members->group_count && !output->error_number; group++) {
        const size_t from = members->start[group], to = members->start[group + 1];
        if (group)
            syndic_put_text(output, "\n");
        put_heading(output, &style, run, group, to - from, run->grouping.kept[members->row[from]]);
        for (size_t i = from; i < to; i++)
            put_member(output, &style, run, members->row[i]);
    }
    if (!members->group_count)
        syndic_put_text(output, "no copies found\n");
}
