/* SPDX-License-Identifier: Apache-2.0 */
/* group.h - edges in; for each document, the kept document that stands for it, out.
 *
 * No chains: documents are taken in preference order; each joins the kept neighbour that is most
 * like it and verified to be within the threshold, or is kept itself.  So every document that is
 * not kept is within the threshold of the kept one that stands for it. */
#ifndef SYNDIC_GROUP_GROUP_H
#define SYNDIC_GROUP_GROUP_H

#include "join/join.h"

/* Gives document texts again, for exact verification.  Called by several threads, each with its own
 * `thread` number from 0; the text is borrowed until the thread's next call. */
struct syndic_texts {
    enum syndic_status (*fetch)(void *context, uint32_t thread, uint32_t row, const uint8_t **text,
                                size_t *text_bytes, struct syndic_error *error);
    /* Called once before the first fetch, with a flag for each row that may be fetched; not called
     * where nothing will be fetched; may be NULL. */
    enum syndic_status (*prepare)(void *context, const uint8_t *wanted, size_t rows,
                                  struct syndic_error *error);
    void *context;
    /* By row, the hash that each text must have, and what to say where it has another; NULL: texts
     * are not compared. */
    const struct syndic_hash128 *exact;
    enum syndic_status (*changed)(void *context, uint32_t row, struct syndic_error *error);
    /* By row, marks of the texts, which may settle a pair without them (syndic_marks_refuse());
     * NULL: there are none. */
    const uint64_t *const *marks;
};

struct syndic_grouping {
    size_t count;
    uint32_t *kept;    /* row that stands for each row; itself where kept */
    float *similarity; /* with kept[row]; 1 for itself */
    uint8_t *how;      /* enum syndic_how */
    uint8_t *known;    /* enum syndic_known */
    float *contained;  /* BY_SYNDICATION only: the share of the row that kept[row] has, */
    float *contains;   /* and the share of kept[row] that the row has; 1 for itself */
    struct syndic_memory *memory;
};

struct syndic_group_counts {
    uint64_t empty;         /* documents without a token */
    uint64_t exact;         /* not kept, HOW_EXACT */
    uint64_t near;          /* not kept, HOW_NEAR; exact copies of such a row are among them */
    uint64_t part;          /* not kept, HOW_CONTAINED, HOW_CONTAINS or HOW_OVERLAPS */
    uint64_t groups;        /* of two or more */
    uint64_t hot_documents; /* documents most of whose sample was left out */
    uint64_t crowded;       /* documents tied to more others than are kept */
    uint64_t sampled, hot;  /* BY_SYNDICATION: sampled shingles, and those left out as too common */
    uint64_t accepted_by_signature;
    uint64_t verified_exactly, refused_exactly; /* pairs found within the threshold, or not */
    uint64_t rounds;                /* of joining: more than one only after bounded buckets */
    struct syndic_join_counts join; /* of the first round; `compared` of all */
    double exact_seconds, join_seconds, verify_seconds;
};

/* order[0, count): all rows, preferred first (see syndic_preference()).  texts may be NULL where
 * nothing is verified exactly (verify is SIGNATURE or NONE, or by is EXACT). */
SYNDIC_MUST_USE enum syndic_status syndic_group_documents(
    const struct syndic_sketches *sketches, const struct syndic_plan *plan,
    const struct syndic_options *options, const uint32_t *order, const struct syndic_texts *texts,
    struct syndic_grouping *grouping, struct syndic_group_counts *counts,
    struct syndic_error *error);

/* Every one of `count` rows kept. */
SYNDIC_MUST_USE enum syndic_status syndic_grouping_create(struct syndic_memory *memory,
                                                          size_t count,
                                                          struct syndic_grouping *grouping);
void syndic_grouping_clear(struct syndic_grouping *grouping);

/* A verified pair, for lists of pairs rather than groups. */
struct syndic_pair {
    uint32_t a, b; /* rows, a before b in the input */
    float similarity;
    uint8_t how; /* EXACT or NEAR */
    uint8_t known;
};

/* Every verified pair, by a, then b: each exact copy with the first of its kind, and near pairs
 * between those firsts.  BY_SIMHASH the firsts with the same SimHash come with the first of these,
 * and near pairs are between those.  The caller releases *pairs. */
SYNDIC_MUST_USE enum syndic_status syndic_verified_pairs(
    const struct syndic_sketches *sketches, const struct syndic_plan *plan,
    const struct syndic_options *options, const uint32_t *order, const struct syndic_texts *texts,
    struct syndic_memory *memory, struct syndic_pair **pairs, size_t *pair_count,
    struct syndic_group_counts *counts, struct syndic_error *error);

#endif
