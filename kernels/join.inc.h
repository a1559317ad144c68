/* SPDX-License-Identifier: Apache-2.0 */
/* join.inc.h - two signatures or two shingle sets in, what they share out.
 *
 * The ISA file defines, for count_equal(): `byte_vec`, load_bytes(), no_bytes(),
 * count_equal_bytes(count, a, b): count with one more in each byte where a and b are equal, and
 * sum_bytes(); or OWN_COUNT_EQUAL and the whole of it.  For intersect(): SET_STEP, the numbers of a
 * block, `match_vec`, no_matches(), count_matches(count, a, b): count with as many more as there
 * are numbers of block a anywhere in block b, and sum_matches(). */

#ifndef OWN_COUNT_EQUAL

/* A byte counter holds 255 turns. */
#define COUNT_EQUAL_TURNS 255

static size_t count_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t equal = 0;

    for (size_t i = 0; i < n;) {
        const size_t most = COUNT_EQUAL_TURNS * 2 * sizeof(byte_vec);
        const size_t stop = n - i < most ? n : i + most;
        byte_vec even = no_bytes(), odd = no_bytes();
        for (; i < stop; i += 2 * sizeof(byte_vec)) {
            even = count_equal_bytes(even, load_bytes(a + i), load_bytes(b + i));
            odd = count_equal_bytes(odd, load_bytes(a + i + sizeof(byte_vec)),
                                    load_bytes(b + i + sizeof(byte_vec)));
        }
        equal += sum_bytes(even) + sum_bytes(odd);
    }
    return equal;
}

#endif

/* Where fewer than a vector is left on one side: a merge whose steps are sums, not branches. */
static size_t intersect_few(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count)
{
    size_t i = 0, j = 0, common = 0;

    while (i < a_count && j < b_count) {
        const uint64_t x = a[i], y = b[j];
        common += x == y;
        i += x <= y;
        j += y <= x;
    }
    return common;
}

/* Compare a block of each all against all; then the block that ends first gives way.  A number of a
 * meets its equal in one block of b only, so nothing is counted twice. */
static size_t intersect(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count)
{
    size_t i = 0, j = 0;
    match_vec matches = no_matches();

    while (i + SET_STEP <= a_count && j + SET_STEP <= b_count) {
        const uint64_t a_last = a[i + SET_STEP - 1], b_last = b[j + SET_STEP - 1];
        matches = count_matches(matches, a + i, b + j);
        i += a_last <= b_last ? SET_STEP : 0;
        j += b_last <= a_last ? SET_STEP : 0;
    }
    return sum_matches(matches) + intersect_few(a + i, a_count - i, b + j, b_count - j);
}

#ifndef OWN_COMMON_BITS

/* One instruction a word where the ISA file's flags have a population count: 240 words, documents
 * of 4,000 shingles with their copies, take less than a tenth of what shingling one of them does.
 */
static size_t common_bits(const uint64_t *a, const uint64_t *b, size_t words)
{
    size_t ones = 0;

    for (size_t i = 0; i < words; i++)
        ones += (size_t)__builtin_popcountll(a[i] & b[i]);
    return ones;
}

#endif
