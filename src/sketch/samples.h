/* SPDX-License-Identifier: Apache-2.0 */
/* samples.h - shingle hashes in; those below a limit, kept for as long as a corpus lives, out.
 *
 * One shingle in s is kept, the same ones in every document, so that what two documents share can
 * be estimated from their samples, however unlike their lengths are: FracMinHash (Hera, Pierce-Ward
 * and Koslicki, Deriving confidence intervals for mutation rates across a wide range of
 * evolutionary distances using FracMinHash, 2023), which Broder called shingles "mod m" (On the
 * resemblance and containment of documents, 1997).
 *
 * The same rate for all lengths: samples twice as dense for documents of up to 1,000 words gained
 * on crawls of short or noisy texts (B-cubed F1 0.962 to 0.968, 0.970 to 0.977) and lost as much on
 * crawls with furniture and on manuals (0.965 to 0.959, 0.953 to 0.950). */
#ifndef SYNDIC_SKETCH_SAMPLES_H
#define SYNDIC_SKETCH_SAMPLES_H

#include "base/memory.h"

#define SYNDIC_SAMPLE_MAX 4096

/* Of a text of more shingles only half as many are kept, the lower half of their hashes: there are
 * enough of them, and the work of counting pairs grows with all. */
#define SYNDIC_LONG_SHINGLES 2000

/* Set in the count of such a sample. */
#define SYNDIC_SAMPLE_SPARSE ((uint64_t)1 << 63)

/* The slabs of all threads.  A sample is one number, n, with SYNDIC_SAMPLE_SPARSE where the text is
 * long, and n hashes, repeats included. */
struct syndic_samples {
    struct syndic_memory *memory;
    uint64_t **slab;
    size_t slab_count, slab_capacity;
};

/* What one thread adds with; all zero at first. */
struct syndic_sample_room {
    uint64_t *word; /* the free end of a slab */
    size_t words_left;
    uint32_t *index; /* scratch */
    size_t index_capacity;
};

void syndic_samples_init(struct syndic_samples *samples, struct syndic_memory *memory);
void syndic_samples_clear(struct syndic_samples *samples);

/* Keep the hashes of shingle[0, n) below UINT64_MAX / one_in, or below half of that; NULL: no
 * memory.  Threads may add at once, each with its own room.  shingle has SYNDIC_TEXT_PADDING
 * readable bytes after it. */
const uint64_t *syndic_samples_add(struct syndic_samples *samples, struct syndic_sample_room *room,
                                   const uint64_t *shingle, size_t n, uint32_t one_in);

/* Give back the scratch of a room. */
void syndic_sample_room_clear(struct syndic_sample_room *room, struct syndic_memory *memory);

#endif
