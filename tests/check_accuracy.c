/* SPDX-License-Identifier: Apache-2.0 */
/* check_accuracy.c - random pairs of sets of known Jaccard similarity in; a table of bias and mean
 * squared error of the estimates out.  Fails when an estimate is biased by 0.005 or more, or when
 * the default signature is worse than classic k-permutation MinHash, written here apart: 64-bit
 * values of random affine functions.
 *
 * usage: check_accuracy [SEED [TRIALS]].  The bounds hold with a margin of more than three standard
 * errors at the default number of trials; with fewer, chance may break them. */
#include "base/hash.h"
#include "sketch/sketch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE_MAX_SHINGLES = 10000, SLOTS_MOST = 256 };

#define BIAS_MAX      0.005
#define MSE_RATIO_MAX 1.05 /* the noise of a row's ratio is 2 to 3 % */

/* Estimates of one pair. */
enum { ONEP, ONEP_8_BIT, KPERM, KPERM_8_BIT, REFERENCE, ESTIMATES };

static const char *const name[ESTIMATES] = {"onep", "onep 8-bit", "kperm", "kperm 8-bit",
                                            "reference"};

struct maker {
    struct syndic_plan *plan;
    uint32_t slot[2][1024], table[2048];
    struct syndic_sketches sketches; /* two rows */
};

static uint64_t state;
static uint64_t shingles[2 * SIZE_MAX_SHINGLES];
static uint64_t mul[SLOTS_MOST], add[SLOTS_MOST];

static void *checked(void *block)
{
    if (!block) {
        fprintf(stderr, "out of memory\n");
        exit(2);
    }
    return block;
}

static struct maker *make(struct syndic_memory *memory, enum syndic_minhash kind, uint32_t slots)
{
    struct syndic_options options;
    struct syndic_error error;
    struct maker *const maker = checked(calloc(1, sizeof(*maker)));

    memset(&options, 0, sizeof(options));
    options.threshold = 0.8;
    options.shingle_width = 5;
    options.signature_slots = slots;
    options.minhash = kind;
    if (syndic_plan_create(memory, &options, &maker->plan, &error)) {
        fprintf(stderr, "%s\n", error.message);
        exit(2);
    }
    syndic_sketches_init(&maker->sketches, memory, maker->plan);
    if (syndic_sketches_reserve(&maker->sketches, 2))
        checked(NULL);
    return maker;
}

static void unmake(struct maker *maker)
{
    syndic_sketches_clear(&maker->sketches);
    syndic_plan_destroy(maker->plan);
    free(maker);
}

/* Both estimates of the pair that `shared` of the shingles belong to. */
static void estimate(struct maker *maker, size_t size, size_t shared, double *whole, double *bytes)
{
    const struct syndic_plan *const plan = maker->plan;
    const uint8_t *const a = maker->sketches.slot, *const b = a + maker->sketches.slot_stride;
    uint32_t equal = 0;

    for (size_t side = 0; side < 2; side++) {
        syndic_minhash(plan, shingles + side * (size - shared), size, maker->slot[side],
                       maker->table);
        const struct syndic_signature signature = {.slot = maker->slot[side], .token_count = size};
        syndic_sketches_put(&maker->sketches, plan, side, &signature, 0);
    }
    for (uint32_t k = 0; k < plan->slots; k++)
        equal += a[k] == b[k];
    *whole = syndic_signature_similarity(plan, maker->slot[0], maker->slot[1]);
    *bytes = syndic_slots_similarity(equal, plan->slots);
}

/* Four functions at once, which is what a core can overlap. */
enum { AT_ONCE = 4 };

static void least(const uint64_t *x, size_t n, uint32_t k, uint64_t result[AT_ONCE])
{
    uint64_t r0 = UINT64_MAX, r1 = r0, r2 = r0, r3 = r0;

    for (size_t i = 0; i < n; i++) {
        const uint64_t v0 = x[i] * mul[k] + add[k], v1 = x[i] * mul[k + 1] + add[k + 1];
        const uint64_t v2 = x[i] * mul[k + 2] + add[k + 2], v3 = x[i] * mul[k + 3] + add[k + 3];
        r0 = v0 < r0 ? v0 : r0;
        r1 = v1 < r1 ? v1 : r1;
        r2 = v2 < r2 ? v2 : r2;
        r3 = v3 < r3 ? v3 : r3;
    }
    memcpy(result, (const uint64_t[AT_ONCE]){r0, r1, r2, r3}, sizeof(uint64_t[AT_ONCE]));
}

/* Classic MinHash.  What the sets share is gone over once. */
static double reference(size_t size, size_t shared, uint32_t slots)
{
    const size_t own = size - shared;
    uint32_t equal = 0;

    for (uint32_t k = 0; k < slots; k += AT_ONCE) {
        uint64_t a[AT_ONCE], both[AT_ONCE], b[AT_ONCE];
        least(shingles, own, k, a);
        least(shingles + own, shared, k, both);
        least(shingles + size, own, k, b);
        for (int j = 0; j < AT_ONCE; j++)
            equal += (a[j] < both[j] ? a[j] : both[j]) == (b[j] < both[j] ? b[j] : both[j]);
    }
    return (double)equal / slots;
}

/* Sums over the trials of one pair shape, or over all shapes of a size. */
struct sums {
    double error[ESTIMATES], square[ESTIMATES];
};

static void run_trials(struct maker *const maker[2], size_t size, size_t shared, int trials,
                       struct sums *sums)
{
    const double exact = (double)shared / (double)(2 * size - shared);

    memset(sums, 0, sizeof(*sums));
    for (int trial = 0; trial < trials; trial++) {
        double got[ESTIMATES];
        for (size_t i = 0; i < 2 * size - shared; i++)
            shingles[i] = syndic_splitmix64(&state);
        estimate(maker[0], size, shared, &got[ONEP], &got[ONEP_8_BIT]);
        estimate(maker[1], size, shared, &got[KPERM], &got[KPERM_8_BIT]);
        got[REFERENCE] = reference(size, shared, maker[0]->plan->slots);
        for (int e = 0; e < ESTIMATES; e++) {
            sums->error[e] += got[e] - exact;
            sums->square[e] += (got[e] - exact) * (got[e] - exact);
        }
    }
}

static int bias_failed(const struct sums *sums, int trials, size_t size, double exact)
{
    int failed = 0;

    for (int e = 0; e < ESTIMATES; e++) {
        const double bias = sums->error[e] / trials;
        if (fabs(bias) >= BIAS_MAX) {
            printf("FAILED: %s, %zu shingles, Jaccard %.3f: bias %+.4f\n", name[e], size, exact,
                   bias);
            failed = 1;
        }
    }
    return failed;
}

/* One line: a size, over all similarities.  Squared errors are in units of the variance J (1 - J) /
 * K of k independent permutations, so that every similarity weighs the same. */
static int check_size(struct maker *const maker[2], size_t size, const double *jaccard, int shapes,
                      int trials)
{
    double mse[ESTIMATES] = {0}, bias_most[ESTIMATES] = {0};
    size_t shared_before = 0;
    int failed = 0, uncertain = 0;

    for (int shape = 0; shape < shapes; shape++) {
        const double wanted = jaccard[shape];
        const size_t shared = (size_t)(2 * (double)size * wanted / (1 + wanted) + 0.5);
        const double exact = (double)shared / (double)(2 * size - shared);
        struct sums sums;
        if (shared == shared_before)
            continue;
        shared_before = shared;
        run_trials(maker, size, shared, trials, &sums);
        failed |= bias_failed(&sums, trials, size, exact);
        uncertain += shared < size;
        for (int e = 0; e < ESTIMATES; e++) {
            bias_most[e] = fmax(bias_most[e], fabs(sums.error[e] / trials));
            if (shared < size) /* equal sets are always estimated exactly */
                mse[e] += sums.square[e] / trials / (exact * (1 - exact)) * maker[0]->plan->slots;
        }
    }
    printf("%4u %6zu ", maker[0]->plan->slots, size);
    for (int e = 0; e < ESTIMATES; e++)
        printf("  %6.4f %5.3f", bias_most[e], uncertain ? mse[e] / uncertain : 0);
    printf("\n");
    if (mse[ONEP] > MSE_RATIO_MAX * mse[REFERENCE]) {
        printf("FAILED: %zu shingles: onep has %.3f times the squared error of the reference\n",
               size, mse[ONEP] / mse[REFERENCE]);
        failed = 1;
    }
    return failed;
}

static int check_slots(struct syndic_memory *memory, uint32_t slots, const size_t *sizes,
                       int size_count, int trials)
{
    static const double all[] = {.1, .2, .3, .4, .5, .6, .7, .8, .9, .95, 1},
                        few[] = {.2, .5, .8, .95};
    struct maker *const maker[2] = {make(memory, SYNDIC_MINHASH_ONEP, slots),
                                    make(memory, SYNDIC_MINHASH_KPERM, slots)};
    int failed = 0;

    for (int i = 0; i < size_count; i++) {
        const int short_list = sizes[i] >= 1000;
        failed |= check_size(maker, sizes[i], short_list ? few : all, short_list ? 4 : 11, trials);
    }
    unmake(maker[0]);
    unmake(maker[1]);
    return failed;
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {1,   2,   3,   5,    10,   20,   50,
                                   100, 200, 500, 1000, 2000, 5000, SIZE_MAX_SHINGLES};
    static const size_t brief[] = {10, 100, 1000};
    const uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 20;
    const int trials = argc > 2 ? atoi(argv[2]) : 1500;
    struct syndic_memory memory;
    int failed = 0;

    state = seed;
    for (int k = 0; k < SLOTS_MOST; k++) {
        mul[k] = syndic_splitmix64(&state) | 1;
        add[k] = syndic_splitmix64(&state);
    }
    syndic_memory_init(&memory, NULL, 0);
    printf("seed %llu, %d trials a similarity; largest bias and mean squared error K / (J (1 - J)) "
           "of\n"
           "   K   size ",
           (unsigned long long)seed, trials);
    for (int e = 0; e < ESTIMATES; e++)
        printf("  %-12s", name[e]);
    printf("\n");
    failed |= check_slots(&memory, 128, sizes, sizeof(sizes) / sizeof(*sizes), trials);
    failed |= check_slots(&memory, 64, brief, 3, 2 * trials);
    failed |= check_slots(&memory, 256, brief, 3, trials);
    printf("%s\n", failed ? "FAILED" : "ok");
    return failed;
}
