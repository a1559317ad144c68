/* SPDX-License-Identifier: Apache-2.0 */
/* marks.c - A bitmap has a power of two of places, and the low bits of a shingle say which: so the
 * halves of the larger of two bitmaps, laid over each other, are what it would be in half the size.
 */
#include "sketch/marks.h"

#include "kernel.h"

#include <string.h>

/* Less than eight places a shingle would leave too many marks on the same place: at 8 pairs of a
 * similarity up to 0.774 are refused at a threshold of 0.8, where documents of the same size repeat
 * no shingle; at 16, up to 0.787, and at 4, up to 0.746. */
#define SHINGLES_A_WORD 8

#define BITS_WORDS_MIN ((size_t)8)
#define BITS_WORDS_MAX ((size_t)1 << 17) /* from a million shingles on there are fewer places */

/* What stands before the bits. */
struct head {
    _Alignas(SYNDIC_ALIGNMENT) uint64_t shingles; /* repeats included */
    uint64_t ones;                                /* marks */
    uint64_t words;                               /* of the bits */
};

#define HEAD_WORDS (sizeof(struct head) / sizeof(uint64_t))

_Static_assert(SYNDIC_MARKS_WORDS_MAX == BITS_WORDS_MAX + HEAD_WORDS, "the header says so");

static size_t bits_words(size_t n)
{
    size_t words = BITS_WORDS_MIN;

    while (words < n / SHINGLES_A_WORD && words < BITS_WORDS_MAX)
        words *= 2;
    return words;
}

size_t syndic_marks_words(size_t n)
{
    return HEAD_WORDS + bits_words(n);
}

static void mark_all(const uint64_t *restrict shingle, size_t n, uint64_t *restrict bits,
                     size_t mask)
{
    for (size_t i = 0; i < n; i++)
        bits[shingle[i] >> 6 & mask] |= (uint64_t)1 << (shingle[i] & 63);
}

void syndic_marks_make(const uint64_t *shingle, size_t n, uint64_t *marks)
{
    const size_t words = bits_words(n);
    uint64_t *const bits = marks + HEAD_WORDS;

    memset(bits, 0, words * sizeof(*bits));
    mark_all(shingle, n, bits, words - 1);
    const struct head head = {n, syndic_kernels()->common_bits(bits, bits, words), words};
    memcpy(marks, &head, sizeof(head));
}

/* Words of a bitmap laid over each other at a time. */
#define PIECE_WORDS 64

/* Marks in both; b has as many words as a, or a multiple.  *b_ones: those of b in the size of a. */
static size_t common_marks(const uint64_t *a, size_t a_words, const uint64_t *b, size_t b_words,
                           size_t *b_ones)
{
    const struct syndic_kernels *const kernels = syndic_kernels();
    size_t common = 0;

    *b_ones = 0;
    for (size_t at = 0; at < a_words; at += PIECE_WORDS) {
        const size_t words = a_words - at < PIECE_WORDS ? a_words - at : PIECE_WORDS;
        uint64_t piece[PIECE_WORDS] = {0};
        for (size_t from = at; from < b_words; from += a_words)
            for (size_t w = 0; w < words; w++)
                piece[w] |= b[from + w];
        common += kernels->common_bits(a + at, piece, words);
        *b_ones += kernels->common_bits(piece, piece, words);
    }
    return common;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

bool syndic_marks_refuse(const uint64_t *a, const uint64_t *b, double threshold)
{
    struct head x, y;

    memcpy(&x, a, sizeof(x));
    memcpy(&y, b, sizeof(y));
    if (x.words > y.words)
        return syndic_marks_refuse(b, a, threshold);
    size_t y_ones = y.ones, common;
    if (x.words == y.words)
        common = syndic_kernels()->common_bits(a + HEAD_WORDS, b + HEAD_WORDS, x.words);
    else
        common = common_marks(a + HEAD_WORDS, x.words, b + HEAD_WORDS, y.words, &y_ones);
    /* A mark that the other has not is a shingle at least; the rest may all be common. */
    const size_t only_x = x.ones - common, only_y = y_ones - common;
    const size_t both = least(x.shingles - only_x, y.shingles - only_y);
    const size_t either = both + only_x + only_y;
    return either && (double)both / (double)either < threshold;
}
