/* SPDX-License-Identifier: Apache-2.0 */
/* overlap.h - two texts in; how they overlap, and how that is shown, out. */
#ifndef SYNDIC_CLI_OVERLAP_H
#define SYNDIC_CLI_OVERLAP_H

#include "passages/shared.h"
#include "text/text.h"
#include "write/output.h"

/* Words [from, from + count) of one document. */
struct syndic_stretch {
    uint32_t from, count;
};

/* One of the two documents. */
struct syndic_side {
    char *name;     /* its id or path */
    uint8_t *bytes; /* its text; NULL: not found yet */
    size_t n;
    struct syndic_text *text;
    uint64_t *set; /* distinct shingles, ascending */
    size_t set_count;
    size_t shared_words;         /* in some shared passage */
    struct syndic_stretch *only; /* words in no shared passage, in their order */
    size_t only_count;
};

struct syndic_overlap {
    struct syndic_side side[2]; /* A and B */
    double jaccard, estimated;
    double standard_error; /* of an estimate where J is the truth: sqrt(J * (1 - J) / K) */
    double contained[2];   /* the share of A's shingles that B has, and the other way round */
    struct syndic_shared *passages;
    size_t passage_count;
    struct syndic_memory *memory;
};

/* With the names and texts of both sides filled in, find out the rest. */
SYNDIC_MUST_USE enum syndic_status syndic_overlap_measure(struct syndic_overlap *overlap,
                                                          const struct syndic_options *options,
                                                          struct syndic_error *error);
void syndic_overlap_clear(struct syndic_overlap *overlap);

void syndic_write_overlap_json(const struct syndic_overlap *overlap, struct syndic_output *output);

/* For people: figures, then the longest passages with A's words. */
void syndic_write_overlap(const struct syndic_overlap *overlap, struct syndic_output *output);

#endif
