/* SPDX-License-Identifier: Apache-2.0 */
/* simhash.inc.h - shingle hashes in, their majority bit by bit out; numbers in, those within a
 * Hamming distance of another out; written once over an abstract vector of 64-bit lanes.
 *
 * The ones at each place of each lane are counted in binary, a bit of all counters being one vector
 * (a plane), so that one full adder, a few logical instructions, takes in a whole vector: the
 * carry-save adders of Harley and Seal (Warren, Hacker's Delight, section 5-1; Mula, Kurz and
 * Lemire, Faster population counts using AVX2 instructions, 2018).  In the end the lanes are added
 * up and compared with half the number of shingles, by planes too: no counter is ever read.
 *
 * The ISA file defines `word_vec`, WORD_LANES, load_words(), no_words(), first_word(),
 * full_add(sum, a, b): *sum + a + b in every bit, the low bit to *sum, returns the carry; FOLDS,
 * the logarithm of WORD_LANES, turn_words(v, fold): lanes in another order, so that adding v and v
 * turned, for each fold in turn, leaves the sum of all lanes in lane 0; NEAR_STEP, NEAR_BITS and
 * near_words(p, word, distance): of the NEAR_STEP numbers at p, which differ from word in at most
 * `distance` bits: bit NEAR_BITS * i is set for p[i]. */

/* Shingles of a step: 16 vectors. */
#define STEP_SHINGLES ((size_t)16 * WORD_LANES)

/* Planes of counts below 2^32, and one for the last carry. */
#define PLANES 33

/* The planes that stay in registers. */
struct low_planes {
    word_vec one, two, four, eight;
};

/* The rest: a carry of weight 16 << level waits until there are two of its kind; bit `level` of
 * steps tells that one waits. */
struct high_planes {
    word_vec sum[PLANES - 4], waiting[PLANES - 4];
    size_t steps;
};

static inline word_vec add_4(struct low_planes *low, const uint64_t *s)
{
    const word_vec a = full_add(&low->one, load_words(s), load_words(s + WORD_LANES));
    const word_vec b =
        full_add(&low->one, load_words(s + 2 * WORD_LANES), load_words(s + 3 * WORD_LANES));

    return full_add(&low->two, a, b);
}

static inline word_vec add_8(struct low_planes *low, const uint64_t *s)
{
    const word_vec a = add_4(low, s);

    return full_add(&low->four, a, add_4(low, s + 4 * WORD_LANES));
}

static inline word_vec add_16(struct low_planes *low, const uint64_t *s)
{
    const word_vec a = add_8(low, s);

    return full_add(&low->eight, a, add_8(low, s + 8 * WORD_LANES));
}

/* Less than a step is filled up with zeros.  Loads of what is there, under masks, were slower for
 * 46 shingles (75 against 58 ns) and saved 10 ns of 90 at 200 and of 128 at 500 (AVX2; Xeon,
 * Sapphire Rapids class, 2026-11). */
static inline word_vec add_some(struct low_planes *low, const uint64_t *s, size_t n)
{
    uint64_t step[STEP_SHINGLES];

    memcpy(step, s, n * sizeof(*step));
    memset(step + n, 0, (STEP_SHINGLES - n) * sizeof(*step));
    return add_16(low, step);
}

static inline void add_carry(struct high_planes *high, word_vec carry)
{
    size_t level = 0;

    for (size_t steps = high->steps++; steps & 1; steps >>= 1, level++)
        carry = full_add(&high->sum[level], high->waiting[level], carry);
    high->waiting[level] = carry;
}

static inline size_t bit_length(size_t x)
{
    return x ? 64 - (size_t)__builtin_clzll(x) : 0;
}

/* The ones of each lane as a column of at least `least` planes; returns how many they are. */
static inline size_t stack_planes(const struct low_planes *low, const struct high_planes *high,
                                  size_t least, word_vec *plane)
{
    const size_t count = 4 + bit_length(high->steps);
    word_vec carry = no_words();

    plane[0] = low->one;
    plane[1] = low->two;
    plane[2] = low->four;
    plane[3] = low->eight;
    for (size_t i = 0; i + 4 < count; i++) {
        const word_vec waiting = high->steps >> i & 1 ? high->waiting[i] : no_words();
        plane[4 + i] = high->sum[i];
        carry = full_add(&plane[4 + i], waiting, carry);
    }
    for (size_t i = count; i < least; i++)
        plane[i] = no_words();
    return count > least ? count : least;
}

static inline void fold_lanes(word_vec *plane, size_t planes)
{
    for (int fold = 0; fold < FOLDS; fold++) {
        word_vec carry = no_words();
        for (size_t i = 0; i < planes; i++)
            carry = full_add(&plane[i], turn_words(plane[i], fold), carry);
    }
}

/* The places at which the column is a number above `half`: where, from the top, it has a one before
 * it has a zero that half has not. */
static inline uint64_t above(const word_vec *plane, size_t planes, size_t half)
{
    uint64_t greater = 0, same = UINT64_MAX;

    while (planes--) {
        const uint64_t bits = first_word(plane[planes]), want = 0 - (uint64_t)(half >> planes & 1);
        greater |= same & bits & ~want;
        same &= ~(bits ^ want);
    }
    return greater;
}

static uint64_t simhash(const uint64_t *shingle, size_t count)
{
    const size_t whole = count / STEP_SHINGLES, left = count % STEP_SHINGLES;
    struct low_planes low = {no_words(), no_words(), no_words(), no_words()};
    struct high_planes high;
    word_vec plane[PLANES];

    high.steps = 0;
    for (size_t i = 0; i < bit_length(whole + 1); i++)
        high.sum[i] = no_words();
    for (size_t i = 0; i < whole; i++)
        add_carry(&high, add_16(&low, shingle + i * STEP_SHINGLES));
    if (left)
        add_carry(&high, add_some(&low, shingle + whole * STEP_SHINGLES, left));
    const size_t planes = stack_planes(&low, &high, bit_length(count), plane);
    fold_lanes(plane, planes);
    return above(plane, planes, count / 2);
}

static inline size_t few_within(uint64_t word, const uint64_t *other, size_t from, size_t to,
                                uint32_t distance, uint32_t *index)
{
    size_t found = 0;

    for (size_t i = from; i < to; i++) {
        index[found] = (uint32_t)i;
        found += (uint32_t)__builtin_popcountll(word ^ other[i]) <= distance;
    }
    return found;
}

/* Nearly all numbers are far apart, so that a branch to skip a step is nearly always taken. */
static size_t hamming_within(uint64_t word, const uint64_t *other, size_t n, uint32_t distance,
                             uint32_t *index)
{
    size_t i = 0, found = 0;

    for (; i + NEAR_STEP <= n; i += NEAR_STEP)
        for (uint64_t near = near_words(other + i, word, distance); near; near &= near - 1)
            index[found++] = (uint32_t)(i + (size_t)__builtin_ctzll(near) / NEAR_BITS);
    return found + few_within(word, other, i, n, distance, index + found);
}
