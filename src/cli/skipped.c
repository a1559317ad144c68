/* SPDX-License-Identifier: Apache-2.0 */
/* skipped.c - what was skipped of the inputs, in; words on stderr, out. */
#include "cli/skipped.h"

#include "cli/messages.h"

#include <inttypes.h>
#include <string.h>

#define NAMED_MAX 100 /* records of a source: more than a screen, and quickly over */

static void count_more(struct syndic_skipped *skipped)
{
    if (skipped->more)
        syndic_message("%.600s: %" PRIu64 " more %s skipped; --verbose names %s",
                       skipped->source->path, skipped->more,
                       syndic_words_for(skipped->more, "record", "records"),
                       syndic_words_for(skipped->more, "it", "them all"));
    skipped->named = skipped->more = 0;
}

void syndic_skipped_report(void *context, const struct syndic_source *source,
                           const struct syndic_problem *problem)
{
    struct syndic_skipped *const skipped = context;

    if (source != skipped->source)
        count_more(skipped);
    skipped->source = source;
    if (problem->line) { /* a record, and not damage that ends the source */
        skipped->records++;
        skipped->without_text +=
            !strncmp(problem->message, SYNDIC_MISSING_FIELD, sizeof(SYNDIC_MISSING_FIELD) - 1);
        if (!skipped->all && skipped->named == NAMED_MAX) {
            skipped->more++;
            return;
        }
        skipped->named++;
    }
    syndic_message_problem(source, problem);
}

void syndic_skipped_finish(struct syndic_skipped *skipped, const struct syndic_cli *cli,
                           uint64_t documents)
{
    count_more(skipped);
    if (!documents && skipped->records && skipped->without_text == skipped->records)
        syndic_message("no record has a field '%.100s'; --text-field names the one with the text",
                       cli->run.read.text_field);
}
