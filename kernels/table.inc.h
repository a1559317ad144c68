/* SPDX-License-Identifier: Apache-2.0 */
/* table.inc.h - the kernels of a file in, its table out: the list of entries stands here once.
 *
 * The file includes this last, and defines ISA, its name; NEEDS, the CPU features; and where they
 * apply WANTS, the features without which it is chosen by name only, and EMIT_TOKENS, what stands
 * in the table in place of emit_tokens(). */
#ifndef WANTS
#define WANTS 0
#endif
#ifndef EMIT_TOKENS
#define EMIT_TOKENS emit_tokens
#endif

#define STR_(x)    #x
#define STR(x)     STR_(x)
#define CAT_(a, b) a##b
#define CAT(a, b)  CAT_(a, b)

const struct syndic_kernels CAT(syndic_, ISA) = {
    .name = STR(ISA),
    .needs = NEEDS,
    .wants = WANTS,
    .ascii_edges = ascii_edges,
    .emit_tokens = EMIT_TOKENS,
    .shingle_hashes = shingle_hashes,
    .minhash_scatter = minhash_scatter,
    .minhash_lanes = minhash_lanes,
    .simhash = simhash,
    .hamming_within = hamming_within,
    .below = below,
    .count_equal = count_equal,
    .intersect = intersect,
    .common_bits = common_bits,
    .string_end = string_end,
    .unescape = unescape,
};
