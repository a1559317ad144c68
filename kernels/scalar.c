/* SPDX-License-Identifier: Apache-2.0 */
/* scalar.c - the reference.  Plain C on purpose: it shares no code with the templates, because the
 * tests believe it. */
#include "kernel.h"

#include "text/hash.h"

/* ---- text ---- */

static uint32_t is_letter_or_digit(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static int is_ascii_block(const uint8_t *in)
{
    for (size_t i = 0; i < 64; i++)
        if (in[i] >= 0x80)
            return 0;
    return 1;
}

static size_t ascii_edges(const uint8_t *in, size_t blocks, uint8_t *folded, uint32_t *edge,
                          size_t *edge_count, uint32_t *inside)
{
    uint32_t before = *inside;
    size_t count = 0, b = 0;

    for (; b < blocks && is_ascii_block(in + 64 * b); b++)
        for (size_t p = 64 * b; p < 64 * b + 64; p++) {
            const uint8_t c = in[p];
            const uint32_t now = is_letter_or_digit(c);
            folded[p] = (uint8_t)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
            if (now != before)
                edge[count++] = (uint32_t)p;
            before = now;
        }
    *edge_count = count;
    *inside = before;
    return b;
}

static void emit_tokens(const uint8_t *text, const uint32_t *edge, size_t token_count,
                        uint8_t *normal, size_t *normal_bytes, uint32_t *token_end,
                        uint64_t *token_hash)
{
    for (size_t i = 0; i < token_count; i++) {
        const size_t first = edge[2 * i], n = edge[2 * i + 1] - first;
        memcpy(normal + *normal_bytes, text + first, n);
        token_hash[i] = syndic_token_hash(text + first, n);
        *normal_bytes += n;
        token_end[i] = (uint32_t)*normal_bytes;
        normal[(*normal_bytes)++] = ' ';
    }
}

static void shingle_hashes(const uint64_t *token_hash, size_t count, const uint64_t *mul,
                           size_t width, uint64_t *shingle)
{
    for (size_t i = 0; i < count; i++)
        shingle[i] = syndic_shingle_hash(token_hash + i, mul, width);
}

/* ---- MinHash ---- */

static void minhash_scatter(const uint64_t *shingle, size_t count, uint32_t bins, uint32_t *table)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t product = (shingle[i] >> 32) * bins;
        const uint64_t bin = product >> 32;
        const uint32_t value = (uint32_t)product >> 1;
        table[bin] = value < table[bin] ? value : table[bin];
    }
}

static void minhash_lanes(const uint64_t *shingle, size_t count, const uint32_t *mul,
                          const uint32_t *add, uint32_t *slot, size_t lanes)
{
    for (size_t k = 0; k < lanes; k++) {
        uint32_t least = slot[k];
        for (size_t i = 0; i < count; i++) {
            const uint32_t value = (uint32_t)(shingle[i] >> 32) * mul[k] + add[k];
            least = value < least ? value : least;
        }
        slot[k] = least;
    }
}

/* ---- SimHash ---- */

static uint64_t simhash(const uint64_t *shingle, size_t count)
{
    size_t ones[64] = {0};
    uint64_t majority = 0;

    for (size_t i = 0; i < count; i++)
        for (unsigned bit = 0; bit < 64; bit++)
            ones[bit] += shingle[i] >> bit & 1;
    for (unsigned bit = 0; bit < 64; bit++)
        majority |= (uint64_t)(2 * ones[bit] > count) << bit;
    return majority;
}

static size_t hamming_within(uint64_t word, const uint64_t *other, size_t n, uint32_t distance,
                             uint32_t *index)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++) {
        uint32_t bits = 0;
        for (uint64_t x = word ^ other[i]; x && bits <= distance; x &= x - 1)
            bits++;
        index[found] = (uint32_t)i;
        found += bits <= distance;
    }
    return found;
}

/* ---- sample ---- */

static size_t below(const uint64_t *shingle, size_t count, uint64_t limit, uint32_t *index)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        if (shingle[i] < limit)
            index[found++] = (uint32_t)i;
    return found;
}

/* ---- join ---- */

static size_t count_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    size_t equal = 0;

    for (size_t i = 0; i < n; i++)
        equal += a[i] == b[i];
    return equal;
}

/* Steps are sums, not branches: which side is smaller cannot be predicted. */
static size_t intersect(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count)
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

static size_t common_bits(const uint64_t *a, const uint64_t *b, size_t words)
{
    size_t ones = 0;

    for (size_t i = 0; i < words; i++)
        for (uint64_t both = a[i] & b[i]; both; both &= both - 1)
            ones++;
    return ones;
}

/* ---- JSON ---- */

static size_t string_end(const uint8_t *in, size_t n)
{
    size_t i = 0;

    while (i < n && in[i] >= 0x20 && in[i] != '"' && in[i] != '\\')
        i++;
    return i;
}

static uint8_t resolve(uint8_t escape)
{
    static const char name[] = "\"\\/bfnrt", value[] = "\"\\/\b\f\n\r\t";

    for (size_t i = 0; name[i]; i++)
        if ((uint8_t)name[i] == escape)
            return (uint8_t)value[i];
    return 0;
}

static size_t unescape(const uint8_t *in, size_t n, uint8_t *out, size_t *out_bytes)
{
    size_t i = 0, written = 0;

    for (;;) {
        const size_t run = string_end(in + i, n - i);
        for (size_t k = 0; k < run; k++)
            out[written + k] = in[i + k];
        i += run;
        written += run;
        if (n - i < 2 || in[i] != '\\' || !resolve(in[i + 1]))
            break;
        out[written++] = resolve(in[i + 1]);
        i += 2;
    }
    *out_bytes = written;
    return i;
}

#define ISA   scalar
#define NEEDS 0
#include "table.inc.h"
