/* SPDX-License-Identifier: Apache-2.0 */
/* repeats.h - a corpus and its passages in; what is written instead of the records, out: the
 * records with a field that lists their repeated spans, or without the paragraphs that repeat. */
#ifndef SYNDIC_WRITE_REPEATS_H
#define SYNDIC_WRITE_REPEATS_H

#include "passages/places.h"
#include "write/rewrite.h"

struct syndic_repeat_writer {
    struct syndic_run *run;
    const struct syndic_run_options *options;
    const struct syndic_passages *passages;
    const struct syndic_passage_options *wanted;
    struct syndic_places_index
        index; /* the places of a document by word, of one word the longer first */

    /* Cutting only. */
    struct syndic_byte_range *range; /* cut out of documents, in their order */
    size_t range_count, range_capacity;
    size_t *range_start; /* by document, and the end */
    uint64_t cut_words, cut_bytes, cut_documents;
    struct syndic_json **json; /* by thread */
};

SYNDIC_MUST_USE enum syndic_status syndic_repeat_writer_init(
    struct syndic_repeat_writer *writer, struct syndic_run *run,
    const struct syndic_run_options *options, const struct syndic_passages *passages,
    const struct syndic_passage_options *wanted);
void syndic_repeat_writer_clear(struct syndic_repeat_writer *writer);

/* Records with "repeats":[{"hash","words","byte_start","byte_end","word_start","word_end"},...] as
 * their last field; passages.jsonl lists the passages.  JSON lines only. */
struct syndic_rewrite syndic_rewrite_annotated(struct syndic_repeat_writer *writer);

/* Records without the paragraphs that cut.h says; cut.jsonl lists them with their text:
 *
 *     {"id","source","record","byte_start","byte_end","word_start","word_end","text",
 *      "kept":{"id","word_start","word_end"}}
 *
 * Offsets are into the text as it was, so that putting every cut back where it was gives it again.
 * JSON lines and texts. */
struct syndic_rewrite syndic_rewrite_cut(struct syndic_repeat_writer *writer);

/* ---- the part of cuts.c ---- */

/* Find the cuts, and write cut.jsonl. */
SYNDIC_MUST_USE enum syndic_status syndic_cuts_list(void *context, struct syndic_output *output,
                                                    struct syndic_error *error);

#endif
