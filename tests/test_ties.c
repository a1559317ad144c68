/* SPDX-License-Identifier: Apache-2.0 */
/* test_ties.c - how much documents are tied, before and after terms are weighed. */
#include "group/ties.h"

#include "base/hash.h"
#include "sketch/samples.h"

#include <criterion/criterion.h>

enum { DOCUMENTS_MAX = 64, LENGTH_MAX = 32 };

static struct syndic_memory memory;

struct set {
    uint64_t word[DOCUMENTS_MAX][LENGTH_MAX + 1];
    const uint64_t *sample[DOCUMENTS_MAX];
    size_t count;
};

static struct set set;

/* Start a document with the numbers from, ... to - 1; add_number() adds another. */
static void add_range(unsigned from, unsigned to)
{
    set.word[set.count][0] = 0;
    set.sample[set.count] = set.word[set.count];
    set.count++;
    for (unsigned i = from; i < to; i++) {
        uint64_t seed = i;
        uint64_t *const word = set.word[set.count - 1];
        word[++word[0]] = syndic_splitmix64(&seed) / 9;
    }
}

static void add_number(unsigned number)
{
    uint64_t seed = number;
    uint64_t *const word = set.word[set.count - 1];

    word[++word[0]] = syndic_splitmix64(&seed) / 9;
}

static void create(const struct syndic_ties_options *options, struct syndic_ties *ties)
{
    cr_assert_eq(syndic_ties_create(&memory, set.sample, set.count, options, ties), SYNDIC_OK);
}

static void clear(struct syndic_ties *ties)
{
    syndic_ties_clear(ties);
    syndic_ties_clear(ties); /* does nothing */
    cr_assert_eq(memory.used_bytes, 0);
}

/* c^(3/4) * j^(1/4) * 2^20, rounded. */
Test(ties, weights_are_these)
{
    cr_assert_eq(syndic_tie_weight(16, 16, 16), 1048576);
    cr_assert_eq(syndic_tie_weight(16, 32, 8), 416951);   /* c = 8 / 16, j = 8 / 40 */
    cr_assert_eq(syndic_tie_weight(32, 16, 8), 416951);   /* either way round */
    cr_assert_eq(syndic_tie_weight(10, 100, 10), 589658); /* c = 1, j = 1 / 10 */
    cr_assert_eq(syndic_tie_weight(4, 4, 1), 227919);     /* c = 1 / 4, j = 1 / 7 */
    cr_assert_eq(syndic_tie_weight(5, 5, 0), 0);
    cr_assert_eq(syndic_tie_weight(0, 5, 0), 0);
    cr_assert_eq(syndic_tie_weight(0, 0, 0), 0);
    /* A document of 2^44 shingles with one of 2^24 in it: c = 1, j = 2^-20, so 2^15. */
    cr_assert_eq(syndic_tie_weight((uint64_t)1 << 60, (uint64_t)1 << 40, (uint64_t)1 << 40), 32768);
}

/* Two short documents of 6 hashes, 4 of them in the lower half, and a long one with these 4 and 2
 * more of the lower half: short ones are compared by all, and either with the long one by 4. */
Test(ties, long_documents_are_compared_by_sparse_samples)
{
    static const uint64_t low = UINT64_MAX / 16, high = UINT64_MAX / 16 + 1;
    static const uint64_t brief[] = {6, low - 1, low - 2, low - 3, low - 4, high + 1, high + 2};
    static const uint64_t large[] = {
        6 | SYNDIC_SAMPLE_SPARSE, low - 1, low - 2, low - 3, low - 4, low - 5, low - 6};
    static const uint64_t *const sample[] = {brief, brief, large};
    const struct syndic_ties_options options = {8, 1000, 2, 0.1, 1};
    const uint64_t one = SYNDIC_TERM_WEIGHT_ONE;
    struct syndic_ties ties;
    uint64_t a, b;

    syndic_memory_init(&memory, NULL, 0);
    cr_assert_eq(syndic_ties_create(&memory, sample, 3, &options, &ties), SYNDIC_OK);
    syndic_tie_masses(&ties, 0, 1, &a, &b);
    cr_assert(a == 6 * one && b == 6 * one);
    syndic_tie_masses(&ties, 1, 2, &a, &b);
    cr_assert(a == 4 * one && b == 6 * one);
    cr_assert_arr_eq(ties.shared, ((const uint64_t[]){6 * one, 4 * one, 4 * one}), 24);
    clear(&ties);
}

/* A has 12, of which B has 6 and 6 of its own, of which C has 2 and 8. */
Test(ties, every_term_counts_as_one_at_first)
{
    const struct syndic_ties_options options = {8, 1000, 2, 0.1, 1};
    struct syndic_ties ties;

    syndic_memory_init(&memory, NULL, 0);
    set.count = 0;
    add_range(0, 12);
    add_range(6, 18);
    add_range(16, 26);
    create(&options, &ties);
    cr_assert_arr_eq(ties.overlaps.start, ((const size_t[]){0, 0, 1, 2}), 4 * sizeof(size_t));
    cr_assert_arr_eq(ties.mass, ((const uint64_t[]){12 << 16, 12 << 16, 10 << 16}),
                     3 * sizeof(uint64_t));
    cr_assert_arr_eq(ties.shared, ((const uint64_t[]){6 << 16, 2 << 16}), 2 * sizeof(uint64_t));
    clear(&ties);
}

/* Eight documents are four stories, of ten terms each; term 90 is in all of them, 91 in two
 * stories.  Term 90 then weighs 2 / 4, term 91 still one. */
static void fill_stories(void)
{
    set.count = 0;
    for (unsigned d = 0; d < 8; d++) {
        add_range(10 * (d / 2), 10 * (d / 2) + 10);
        add_number(90);
        if (d / 2 < 2)
            add_number(91);
    }
}

Test(ties, what_many_communities_have_weighs_less)
{
    const struct syndic_ties_options options = {8, 1000, 1, 0.2, 1};
    const uint64_t one = 1 << 16, half = 1 << 15;
    struct syndic_ties ties;

    syndic_memory_init(&memory, NULL, 0);
    fill_stories();
    create(&options, &ties);
    cr_assert_eq(ties.overlaps.start[8], 28); /* each with each */
    cr_assert_eq(ties.mass[0], 12 * one);
    cr_assert_eq(ties.mass[7], 11 * one);
    cr_assert_eq(syndic_ties_divide(&ties, &options), SYNDIC_OK);
    cr_assert_arr_eq(ties.community, ((const uint32_t[]){0, 0, 2, 2, 4, 4, 6, 6}),
                     8 * sizeof(uint32_t));
    cr_assert_eq(ties.mass[0], 11 * one + half);
    cr_assert_eq(ties.mass[7], 10 * one + half);
    cr_assert_eq(ties.shared[0], 11 * one + half);  /* 1 and 0 */
    cr_assert_eq(ties.shared[1], one + half);       /* 2 and 0 */
    cr_assert_eq(ties.shared[6 + 0], half);         /* 4 and 0 */
    cr_assert_eq(ties.shared[27], 10 * one + half); /* 7 and 6 */
    clear(&ties);
}

/* The graph has each pair with both ends, by ascending neighbours. */
Test(ties, edges_stand_with_both_ends)
{
    const struct syndic_ties_options options = {8, 1000, 1, 0.1, 1};
    struct syndic_ties ties;

    syndic_memory_init(&memory, NULL, 0);
    fill_stories();
    create(&options, &ties);
    cr_assert_eq(syndic_ties_divide(&ties, &options), SYNDIC_OK);
    for (size_t p = 0; p < 8; p++) {
        cr_assert_eq(ties.start[p], 7 * p);
        for (size_t i = 0; i < 7; i++) {
            const struct syndic_graph_edge *const edge = &ties.edge[7 * p + i];
            const size_t other = i < p ? i : i + 1;
            cr_assert_eq(edge->node, other);
            /* 11.5 of 11.5 or 10.5 of 10.5; 1.5 of 11.5 and of 21.5; 0.5 of 10.5 and of 20.5 or
             * 21.5 (11.5 and 10.5): as c^(3/4) * j^(1/4) * 2^20. */
            const uint32_t wanted = other / 2 == p / 2           ? 1048576
                                    : other / 2 < 2 && p / 2 < 2 ? 116966
                                    : other / 2 < 2 || p / 2 < 2 ? 41742
                                                                 : 42242;
            cr_assert_eq(edge->weight, wanted, "%zu and %zu: %u", p, other, edge->weight);
        }
    }
    cr_assert_eq(ties.start[8], 56);
    clear(&ties);
}

/* Ties of 0.112 between the two stories are more than 0.1, though not than 0.2. */
Test(ties, gamma_decides)
{
    const struct syndic_ties_options options = {8, 1000, 1, 0.1, 1};
    struct syndic_ties ties;

    syndic_memory_init(&memory, NULL, 0);
    fill_stories();
    create(&options, &ties);
    cr_assert_eq(syndic_ties_divide(&ties, &options), SYNDIC_OK);
    cr_assert_arr_eq(ties.community, ((const uint32_t[]){0, 0, 0, 0, 4, 4, 6, 6}),
                     8 * sizeof(uint32_t));
    clear(&ties);
}

Test(ties, no_documents)
{
    const struct syndic_ties_options options = {8, 1000, 2, 0.1, 4};
    struct syndic_ties ties;

    syndic_memory_init(&memory, NULL, 0);
    set.count = 0;
    create(&options, &ties);
    cr_assert_eq(syndic_ties_divide(&ties, &options), SYNDIC_OK);
    clear(&ties);
    add_range(0, 0);
    add_range(0, 0);
    create(&options, &ties);
    cr_assert_eq(syndic_ties_divide(&ties, &options), SYNDIC_OK);
    cr_assert_arr_eq(ties.community, ((const uint32_t[]){0, 1}), 2 * sizeof(uint32_t));
    clear(&ties);
}

Test(ties, no_memory)
{
    const struct syndic_ties_options options = {8, 1000, 1, 0.1, 1};
    struct syndic_ties ties;

    syndic_memory_init(&memory, NULL, 0);
    fill_stories();
    create(&options, &ties);
    cr_assert_eq(syndic_ties_divide(&ties, &options), SYNDIC_OK);
    clear(&ties);
    const size_t peak = memory.peak_bytes;
    for (size_t cap = 64; cap < peak; cap += 64) {
        syndic_memory_init(&memory, NULL, cap);
        enum syndic_status status =
            syndic_ties_create(&memory, set.sample, set.count, &options, &ties);
        if (!status)
            status = syndic_ties_divide(&ties, &options);
        cr_assert_eq(status, SYNDIC_NO_MEMORY);
        syndic_ties_clear(&ties);
        cr_assert_eq(memory.used_bytes, 0);
    }
}
