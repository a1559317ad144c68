/* SPDX-License-Identifier: Apache-2.0 */
/* sample.inc.h - shingle hashes and a limit in, the places of the hashes below it out: the sample
 * of a document (FracMinHash) when the limit is a share of all hashes.
 *
 * The ISA file defines below_8(p, limit): bit i is set where p[i] < limit, for i < 8; and
 * put_places(index, place, at): place[i] + at to index[i] for i < 4.  Or OWN_BELOW_STEP, BELOW_STEP
 * (at most SYNDIC_LANE_MULTIPLE) and below_step(p, limit, at, index): at + i, ascending, to the
 * front of index for those i < BELOW_STEP of which p[i] < limit; returns how many these are and may
 * write BELOW_STEP entries.
 *
 * Nothing branches on a hash: one in eight is taken, which cannot be predicted. */

#ifndef OWN_BELOW_STEP
#define BELOW_STEP 8

/* The places of the ones of four bits; then the same four places on. */
static const uint32_t places_of[2][16][4] = {
    {
        {0, 0, 0, 0},
        {0, 0, 0, 0},
        {1, 0, 0, 0},
        {0, 1, 0, 0},
        {2, 0, 0, 0},
        {0, 2, 0, 0},
        {1, 2, 0, 0},
        {0, 1, 2, 0},
        {3, 0, 0, 0},
        {0, 3, 0, 0},
        {1, 3, 0, 0},
        {0, 1, 3, 0},
        {2, 3, 0, 0},
        {0, 2, 3, 0},
        {1, 2, 3, 0},
        {0, 1, 2, 3},
    },
    {
        {4, 4, 4, 4},
        {4, 4, 4, 4},
        {5, 4, 4, 4},
        {4, 5, 4, 4},
        {6, 4, 4, 4},
        {4, 6, 4, 4},
        {5, 6, 4, 4},
        {4, 5, 6, 4},
        {7, 4, 4, 4},
        {4, 7, 4, 4},
        {5, 7, 4, 4},
        {4, 5, 7, 4},
        {6, 7, 4, 4},
        {4, 6, 7, 4},
        {5, 6, 7, 4},
        {4, 5, 6, 7},
    },
};

/* By table: ARM counts ones in vector registers, which are far away. */
static const uint8_t ones_in[16] = {0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4};

static inline size_t below_step(const uint64_t *p, uint64_t limit, uint32_t at, uint32_t *index)
{
    const uint32_t mask = below_8(p, limit), low = mask & 15, high = mask >> 4;

    put_places(index, places_of[0][low], at);
    put_places(index + ones_in[low], places_of[1][high], at);
    return (size_t)ones_in[low] + ones_in[high];
}

#endif

static inline size_t below_few(const uint64_t *shingle, size_t from, size_t to, uint64_t limit,
                               uint32_t *index)
{
    size_t found = 0;

    for (size_t i = from; i < to; i++) {
        index[found] = (uint32_t)i;
        found += shingle[i] < limit;
    }
    return found;
}

static size_t below(const uint64_t *shingle, size_t count, uint64_t limit, uint32_t *index)
{
    size_t i = 0, found = 0;

    for (; i + BELOW_STEP <= count; i += BELOW_STEP)
        found += below_step(shingle + i, limit, (uint32_t)i, index + found);
    return found + below_few(shingle, i, count, limit, index + found);
}
