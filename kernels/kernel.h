/* SPDX-License-Identifier: Apache-2.0 */
/* kernel.h - the contract that every ISA file fulfils.  All tables give the same bits. */
#ifndef SYNDIC_KERNEL_H
#define SYNDIC_KERNEL_H

#include <stddef.h>
#include <stdint.h>

/* Arrays of lanes and of 8-bit slots are padded to a multiple of this, so that no kernel has a tail
 * loop: 64 lanes of 32 bits is the widest SVE register, 64 bytes the widest x86 one. */
#define SYNDIC_LANE_MULTIPLE 64

/* Readable (and, for output, writable) bytes that follow every text buffer given to a kernel. */
#define SYNDIC_TEXT_PADDING 64

/* Bits of syndic_cpu_features(). */
enum {
    SYNDIC_CPU_AVX2 = 1 << 0,
    SYNDIC_CPU_AVX512 = 1 << 1,
    SYNDIC_CPU_NEON = 1 << 2,
    SYNDIC_CPU_SVE = 1 << 3,
    SYNDIC_CPU_VBMI2 = 1 << 4,    /* AVX-512 VBMI and VBMI2, and VPOPCNTDQ, which came with it */
    SYNDIC_CPU_SVE_WIDE = 1 << 5, /* SVE with vectors wider than those of NEON */
};

struct syndic_kernels {
    const char *name; /* "scalar", "avx2", ...: what --kernels= and the tests print */
    uint32_t needs;   /* CPU features without which this table must not be called */
    uint32_t wants;   /* CPU features without which it is no faster than the next: only by name */

    /* ---- text ---- */

    /* Fold and classify ASCII text in blocks of 64 bytes.  For each block: folded = in with A-Z
     * lowered; a position p (0 <= p < 64 * blocks) where the class (letter or digit, or not)
     * differs from that of the byte before it is appended to edge.  *inside is the class (0 or 1)
     * of the byte before the first block, and on return of the last byte done.  Stops before the
     * first block that holds a byte >= 0x80.  Returns the blocks done.  *edge_count is set, not
     * added to; edge has room for 64 * blocks + 64 entries, all of which may be written. */
    size_t (*ascii_edges)(const uint8_t *in, size_t blocks, uint8_t *folded, uint32_t *edge,
                          size_t *edge_count, uint32_t *inside);

    /* Copy tokens text[edge[2i], edge[2i+1]) to normal + *normal_bytes on, each followed by one
     * space; token_end[i] = offset in normal just after the token; token_hash[i] = its hash as
     * syndic_token_hash() in text/hash.h defines it.  *normal_bytes grows by what was written.
     * text and normal have SYNDIC_TEXT_PADDING bytes to spare; bytes of normal after the end may be
     * overwritten. */
    void (*emit_tokens)(const uint8_t *text, const uint32_t *edge, size_t token_count,
                        uint8_t *normal, size_t *normal_bytes, uint32_t *token_end,
                        uint64_t *token_hash);

    /* shingle[i] = finalise(sum over j < width of mul[j] * token_hash[i + j]) for i < count, as
     * syndic_shingle_hash() in text/hash.h defines it. */
    void (*shingle_hashes)(const uint64_t *token_hash, size_t count, const uint64_t *mul,
                           size_t width, uint64_t *shingle);

    /* ---- MinHash; h(x) is the high half of a shingle hash ---- */

    /* Scatter-min: for each shingle x with product p = h(x) * bins (64 bits): bin = p >> 32, value
     * = (uint32_t)p >> 1; table[bin] = min(table[bin], value).  table has 2 * stride entries,
     * stride = bins rounded up to SYNDIC_LANE_MULTIPLE; on entry all are 0xffffffff; on return the
     * first `bins` hold the result (the second half is the kernel's own). */
    void (*minhash_scatter)(const uint64_t *shingle, size_t count, uint32_t bins, uint32_t *table);

    /* Dense lanes: slot[k] = min(slot[k], h(x) * mul[k] + add[k]) over all shingles, for k < lanes,
     * which may be any number: nothing past them is read or written. */
    void (*minhash_lanes)(const uint64_t *shingle, size_t count, const uint32_t *mul,
                          const uint32_t *add, uint32_t *slot, size_t lanes);

    /* ---- SimHash ---- */

    /* Bit i is set where more than half of the shingles have it set: where as many have it as have
     * not, it is 0.  A shingle counts as often as it occurs.  count is below 2^32; 0 gives 0. */
    uint64_t (*simhash)(const uint64_t *shingle, size_t count);

    /* index[0, returned) = those i below n, ascending, whose other[i] differs from `word` in at
     * most `distance` (0 to 64) bits.  index has room for n + SYNDIC_LANE_MULTIPLE entries, all of
     * which may be written. */
    size_t (*hamming_within)(uint64_t word, const uint64_t *other, size_t n, uint32_t distance,
                             uint32_t *index);

    /* ---- sample ---- */

    /* index[0, returned) = those i below count, ascending, whose shingle[i] < limit.  count is
     * below 2^32; index has room for count + SYNDIC_LANE_MULTIPLE entries, all of which may be
     * written. */
    size_t (*below)(const uint64_t *shingle, size_t count, uint64_t limit, uint32_t *index);

    /* ---- join ---- */

    /* How many of the n bytes are equal; n is a multiple of SYNDIC_LANE_MULTIPLE. */
    size_t (*count_equal)(const uint8_t *a, const uint8_t *b, size_t n);

    /* Size of the intersection of two strictly increasing arrays.  May read up to
     * SYNDIC_TEXT_PADDING bytes past either end. */
    size_t (*intersect)(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count);

    /* Ones in a[i] & b[i], added up over i < words, a multiple of 8. */
    size_t (*common_bits)(const uint64_t *a, const uint64_t *b, size_t words);

    /* ---- JSON ---- */

    /* Index of the first byte that is a quote, a backslash or below 0x20, or n when there is none.
     * May read up to SYNDIC_TEXT_PADDING bytes past n. */
    size_t (*string_end)(const uint8_t *in, size_t n);

    /* Copy in to out up to the first byte that is a quote, below 0x20, or a backslash that does not
     * begin one of \" \\ \/ \b \f \n \r \t within n; those escapes are resolved.  Returns the index
     * of that byte, or n; *out_bytes = how much was written.  May read up to SYNDIC_TEXT_PADDING
     * bytes past n, and write as many past the end of the output.  in and out do not overlap. */
    size_t (*unescape)(const uint8_t *in, size_t n, uint8_t *out, size_t *out_bytes);
};

extern const struct syndic_kernels syndic_scalar, syndic_avx2, syndic_avx512, syndic_avx512vbmi2;
extern const struct syndic_kernels syndic_neon, syndic_sve;

uint32_t syndic_cpu_features(void);

/* The tables of this build, best first; NULL past the end. */
const struct syndic_kernels *syndic_kernels_at(size_t i);

/* The table in use: the one chosen by syndic_kernels_use(), else by the environment variable
 * SYNDIC_KERNELS, else the best that this CPU can run. */
const struct syndic_kernels *syndic_kernels(void);

/* Choose a table by name for the whole process; "auto" or NULL: the best.  Returns 0, or -1 where
 * this build has no such table or this CPU cannot run it. */
int syndic_kernels_use(const char *name);

#endif
