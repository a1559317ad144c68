/* SPDX-License-Identifier: Apache-2.0 */
/* sketch.h - shingle hashes in; MinHash signatures, band keys and verification slots, or SimHashes,
 * out. */
#ifndef SYNDIC_SKETCH_SKETCH_H
#define SYNDIC_SKETCH_SKETCH_H

#include "base/hash.h"
#include "base/memory.h"
#include "sketch/samples.h"
#include "text/text.h"

#define SYNDIC_SLOTS_MIN 16
#define SYNDIC_SLOTS_MAX 1024

/* Everything that decides what a signature is.  Constant after creation; shared by threads. */
struct syndic_plan {
    struct syndic_shingling shingling;
    enum syndic_minhash minhash;
    uint32_t slots;       /* K */
    uint32_t stride;      /* K rounded up to SYNDIC_LANE_MULTIPLE */
    uint32_t bands, rows; /* BY_SIMHASH: none */
    double threshold;
    double recall_at_threshold;
    enum syndic_by by;               /* other than BY_NEAR: slots are not needed and left empty */
    uint32_t distance;               /* of SimHashes */
    uint32_t sample;                 /* BY_SYNDICATION: one shingle in so many */
    enum syndic_normalize normalize; /* what struct syndic_signature.exact is a hash of */
    uint32_t *mul, *add;             /* stride lanes each; add is 0 for ONEP */
    struct syndic_memory *memory;
};

/* Checks options (INVALID_ARGUMENT names the option and its range). */
SYNDIC_MUST_USE enum syndic_status syndic_plan_create(struct syndic_memory *memory,
                                                      const struct syndic_options *options,
                                                      struct syndic_plan **plan,
                                                      struct syndic_error *error);
void syndic_plan_destroy(struct syndic_plan *plan);

/* What a document becomes. */
struct syndic_signature {
    struct syndic_hash128 exact; /* of the normalised text, or of the bytes: plan->normalize */
    uint32_t *slot;              /* stride lanes, of which K count */
    uint64_t simhash;            /* BY_SIMHASH only */
    const uint64_t *sample;      /* BY_SYNDICATION only: see sketch/samples.h */
    uint64_t origin;             /* BY_SYNDICATION only: whoever sketches sets it; 0: unknown */
    size_t token_count;          /* 0: an empty document; slot is all ones then */
};

/* Work space of one thread. */
struct syndic_sketcher {
    const struct syndic_plan *plan;
    struct syndic_text *text; /* the last document's text */
    struct syndic_signature signature;
    uint32_t *table;                /* 2 * stride, for the scatter */
    struct syndic_samples *samples; /* BY_SYNDICATION: where they are kept; the caller sets it */
    struct syndic_sample_room sample_room;
    struct syndic_memory *memory;
};

SYNDIC_MUST_USE enum syndic_status syndic_sketcher_create(struct syndic_memory *memory,
                                                          const struct syndic_plan *plan,
                                                          struct syndic_sketcher **sketcher);
void syndic_sketcher_destroy(struct syndic_sketcher *sketcher);

/* Sketch a document; the result is in sketcher->signature until the next call. */
SYNDIC_MUST_USE enum syndic_status syndic_sketch_document(struct syndic_sketcher *sketcher,
                                                          const uint8_t *text, size_t n);

/* MinHash of shingles[0, n), n >= 1, into slot (plan->stride lanes); table has room for
 * 2 * stride and is overwritten.
 *
 * ONEP: bin = h * K >> 32 holds the least (uint32_t)(h * K) >> 1 of its shingles; an empty bin k
 * holds the top bit and the least (mul[k] * h) >> 1 of all of them.  KPERM: slot k is the least
 * mul[k] * h + add[k].  h is the high half of a shingle hash.  Lanes from K to stride are 0. */
void syndic_minhash(const struct syndic_plan *plan, const uint64_t *shingles, size_t n,
                    uint32_t *slot, uint32_t *table);

/* Share of equal slots of two whole signatures. */
double syndic_signature_similarity(const struct syndic_plan *plan, const uint32_t *a,
                                   const uint32_t *b);

/* The sketches of many documents, as columns.  `count` is the caller's; puts and copies leave it.
 */
struct syndic_sketches {
    size_t count, capacity;
    uint32_t bands;
    uint32_t slot_stride; /* bytes of verification slots a document: K rounded up */
    bool by_simhash;
    uint32_t *key;     /* count * bands */
    uint8_t *slot;     /* count * slot_stride; bytes from K on are 0 */
    uint64_t *simhash; /* by_simhash only; bands and slot_stride are 0 then */
    bool by_sample;    /* BY_SYNDICATION: as above */
    uint64_t *origin; /* by_sample only: a hash of the source that a document is from; 0: unknown */
    const uint64_t **sample; /* by_sample only; borrowed from the sketchers' samples */
    struct syndic_hash128 *exact;
    uint32_t *token_count; /* saturates */
    uint64_t *text_bytes;
    struct syndic_memory *memory;
};

void syndic_sketches_init(struct syndic_sketches *sketches, struct syndic_memory *memory,
                          const struct syndic_plan *plan);
SYNDIC_MUST_USE enum syndic_status syndic_sketches_reserve(struct syndic_sketches *sketches,
                                                           size_t capacity);

/* BY_SIMHASH, the SimHash and no slots; BY_SYNDICATION, the sample.  Else pack a signature into row
 * `row` < capacity: band keys (32-bit hashes of `rows` slots each), 8-bit slots (a hash of each
 * slot), the exact hash and sizes.  Threads may put different rows at once. */
void syndic_sketches_put(struct syndic_sketches *sketches, const struct syndic_plan *plan,
                         size_t row, const struct syndic_signature *signature, size_t text_bytes);

/* Copy rows [0, from->count) of `from` to row `at` of `to`, which has room. */
void syndic_sketches_copy(struct syndic_sketches *to, size_t at,
                          const struct syndic_sketches *from);

void syndic_sketches_clear(struct syndic_sketches *sketches);

/* Estimated Jaccard similarity from the number of equal 8-bit slots: chance agreement (1 in 256) is
 * taken out; 0 to 1.  `slots` is K, and `equal` leaves out the slot_stride - K bytes of padding,
 * which are always equal. */
double syndic_slots_similarity(uint32_t equal, uint32_t slots);

/* Distinct shingle hashes of the text last read, ascending, for exact Jaccard; `set` has room for
 * 2 * text->shingle_count numbers.  Returns how many. */
size_t syndic_shingle_set(const struct syndic_text *text, uint64_t *set);

#endif
