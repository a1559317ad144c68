/* SPDX-License-Identifier: Apache-2.0 */
/* test_samples.c - which shingles a sample keeps, in which order, and where it is kept. */
#include "sketch/samples.h"

#include "base/hash.h"
#include "kernel.h"

#include <criterion/criterion.h>
#include <omp.h>
#include <stdlib.h>

#define PADDED(n) ((n) + 2 * SYNDIC_LANE_MULTIPLE)

static struct syndic_memory memory;

static void expect(const uint64_t *sample, size_t count, const uint64_t *hashes)
{
    cr_assert_not_null(sample);
    cr_assert_eq(sample[0], count, "%zu hashes", (size_t)sample[0]);
    cr_assert_arr_eq(sample + 1, hashes, count * sizeof(*hashes));
}

static void clear(struct syndic_samples *samples, struct syndic_sample_room *room)
{
    syndic_sample_room_clear(room, &memory);
    syndic_samples_clear(samples);
    cr_assert_eq(memory.used_bytes, 0);
}

/* The limit is UINT64_MAX / 4 = 0x3fffffffffffffff, and itself above the sample. */
Test(samples, keeps_what_is_below_the_limit_in_order_and_repeats_too)
{
    static const uint64_t shingle[PADDED(8)] = {
        7, 0x3fffffffffffffff, 0x3ffffffffffffffe, 0, UINT64_MAX, 7, 0x8000000000000000, 3};
    struct syndic_samples samples;
    struct syndic_sample_room room = {0};

    syndic_memory_init(&memory, NULL, 0);
    syndic_samples_init(&samples, &memory);
    for (size_t k = 0; syndic_kernels_at(k); k++) {
        if (syndic_kernels_use(syndic_kernels_at(k)->name))
            continue;
        const uint64_t *const sample = syndic_samples_add(&samples, &room, shingle, 8, 4);
        expect(sample, 5, (const uint64_t[]){7, 0x3ffffffffffffffe, 0, 7, 3});
    }
    clear(&samples, &room);
}

Test(samples, one_in_one_keeps_all_and_an_empty_document_nothing)
{
    static const uint64_t shingle[PADDED(3)] = {9, UINT64_MAX - 1, 4};
    struct syndic_samples samples;
    struct syndic_sample_room room = {0};

    syndic_memory_init(&memory, NULL, 0);
    syndic_samples_init(&samples, &memory);
    const uint64_t *const all = syndic_samples_add(&samples, &room, shingle, 3, 1);
    const uint64_t *const none = syndic_samples_add(&samples, &room, shingle, 0, 1);
    const uint64_t *const few = syndic_samples_add(&samples, &room, shingle, 3, SYNDIC_SAMPLE_MAX);
    expect(all, 3, shingle);
    expect(none, 0, shingle);
    expect(few, 2, (const uint64_t[]){9, 4});
    clear(&samples, &room);
}

/* 600,000 hashes are more than a slab; those before and after stay where they are. */
Test(samples, a_sample_longer_than_a_slab_fits)
{
    enum { MANY = 600000 };
    uint64_t *const shingle = calloc(PADDED(MANY), sizeof(*shingle));
    struct syndic_samples samples;
    struct syndic_sample_room room = {0};

    syndic_memory_init(&memory, NULL, 0);
    syndic_samples_init(&samples, &memory);
    for (size_t i = 0; i < MANY; i++)
        shingle[i] = i;
    const uint64_t *const before = syndic_samples_add(&samples, &room, shingle, 100, 2);
    const uint64_t *const large = syndic_samples_add(&samples, &room, shingle, MANY, 2);
    const uint64_t *const after = syndic_samples_add(&samples, &room, shingle + 5, 100, 2);
    expect(before, 100, shingle);
    cr_assert_eq(large[0], MANY | SYNDIC_SAMPLE_SPARSE);
    cr_assert_arr_eq(large + 1, shingle, MANY * sizeof(*shingle));
    expect(after, 100, shingle + 5);
    free(shingle);
    clear(&samples, &room);
}

/* A sample is a share of the shingles: of 2,000 random ones 250, give or take 4.5 standard
 * deviations of 14.8; of more, which are a long text, half as large a share: 6,250 of 100,000, give
 * or take 4.5 of 76.6, and none of the upper half of the hashes. */
Test(samples, keeps_one_in_eight_and_half_as_many_of_a_long_text)
{
    enum { MANY = 100000 };
    uint64_t *const shingle = calloc(PADDED(MANY), sizeof(*shingle)), state = 8;
    struct syndic_samples samples;
    struct syndic_sample_room room = {0};

    syndic_memory_init(&memory, NULL, 0);
    syndic_samples_init(&samples, &memory);
    for (size_t i = 0; i < MANY; i++)
        shingle[i] = syndic_splitmix64(&state);
    const uint64_t *const sample = syndic_samples_add(&samples, &room, shingle, 2000, 8);
    const uint64_t *const sparse = syndic_samples_add(&samples, &room, shingle, 2001, 8);
    const uint64_t *const large = syndic_samples_add(&samples, &room, shingle, MANY, 8);
    const uint64_t count = large[0] & ~SYNDIC_SAMPLE_SPARSE;
    cr_assert(sample[0] > 250 - 67 && sample[0] < 250 + 67, "%zu", (size_t)sample[0]);
    cr_assert(sparse[0] > SYNDIC_SAMPLE_SPARSE && (sparse[0] & ~SYNDIC_SAMPLE_SPARSE) < sample[0]);
    cr_assert(count > 6250 - 345 && count < 6250 + 345, "%zu", (size_t)count);
    for (size_t i = 1; i <= count; i++)
        cr_assert_lt(large[i], UINT64_MAX / 16);
    free(shingle);
    clear(&samples, &room);
}

Test(samples, threads_add_at_once)
{
    enum { DOCUMENTS = 4000, LENGTH = 300 };
    static const uint64_t *sample[DOCUMENTS];
    struct syndic_samples samples;

    syndic_memory_init(&memory, NULL, 0);
    syndic_samples_init(&samples, &memory);
#pragma omp parallel num_threads(4)
    {
        uint64_t shingle[PADDED(LENGTH)] = {0};
        struct syndic_sample_room room = {0};
#pragma omp for
        for (size_t d = 0; d < DOCUMENTS; d++) {
            for (size_t i = 0; i < LENGTH; i++)
                shingle[i] = d * LENGTH + i;
            sample[d] = syndic_samples_add(&samples, &room, shingle, LENGTH, 4);
        }
        syndic_sample_room_clear(&room, &memory);
    }
    for (size_t d = 0; d < DOCUMENTS; d++) {
        cr_assert_not_null(sample[d]);
        cr_assert_eq(sample[d][0], LENGTH);
        for (size_t i = 0; i < LENGTH; i++)
            cr_assert_eq(sample[d][i + 1], d * LENGTH + i);
    }
    syndic_samples_clear(&samples);
    cr_assert_eq(memory.used_bytes, 0);
}

Test(samples, says_so_where_there_is_no_memory)
{
    static const uint64_t shingle[PADDED(3)] = {1, 2, 3};
    struct syndic_samples samples;
    struct syndic_sample_room room = {0};

    syndic_memory_init(&memory, NULL, 4096);
    syndic_samples_init(&samples, &memory);
    cr_assert_null(syndic_samples_add(&samples, &room, shingle, 3, 2));
    clear(&samples, &room);
}
