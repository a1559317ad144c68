/* SPDX-License-Identifier: Apache-2.0 */
/* test_contained.c - what may be removed: only what a kept document contains, and that is no
 * shorter. */
#include "word_texts.h"

Test(contained, the_longer_is_kept_although_it_comes_later)
{
    struct syndic_options options = removal();

    begin(0, 100);
    begin(0, 300);
    begin(50, 200);
    options.keep = SYNDIC_KEEP_FIRST;
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    expect_group(corpus, 0, 1, 3,
                 (const struct wanted[]){{0, SYNDIC_HOW_CONTAINED, 96. / 296, 1, 96. / 296},
                                         KEPT(1),
                                         {2, SYNDIC_HOW_CONTAINED, 146. / 296, 1, 146. / 296}});
    syndic_destroy(corpus);
}

Test(contained, what_contains_half_of_each_other_is_kept)
{
    const struct syndic_options options = removal();

    begin(0, 300);
    begin(150, 450);
    begin(75, 375);
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 0);
    syndic_destroy(corpus);
}

/* The second is in the first (246 of 266), the third in the second (31 of 36) and not in the first
 * (11 of 36): when the second goes, the third stays. */
Test(contained, a_chain_of_containment_is_not_followed)
{
    struct syndic_options options = removal();

    options.sample = 1;
    begin(0, 300);
    begin(50, 320);
    begin(285, 325);
    struct syndic *corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    expect_group(corpus, 0, 0, 2,
                 (const struct wanted[]){
                     KEPT(0), {1, SYNDIC_HOW_CONTAINED, 246. / 316, 246. / 266, 246. / 296}});
    cr_assert_eq(syndic_kept(corpus, 2), 2);
    syndic_destroy(corpus);

    begin(285, 325); /* the same without the first, and in another order */
    begin(50, 320);
    corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    expect_group(corpus, 0, 1, 2,
                 (const struct wanted[]){{0, SYNDIC_HOW_CONTAINED, 31. / 271, 31. / 36, 31. / 266},
                                         KEPT(1)});
    syndic_destroy(corpus);
}

/* All of the third is in the second, which is in the first. */
Test(contained, parts_of_parts_join_the_whole)
{
    const struct syndic_options options = removal();

    begin(100, 200);
    begin(50, 250);
    begin(0, 300);
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    expect_group(corpus, 0, 2, 3,
                 (const struct wanted[]){{0, SYNDIC_HOW_CONTAINED, 96. / 296, 1, 96. / 296},
                                         {1, SYNDIC_HOW_CONTAINED, 196. / 296, 1, 196. / 296},
                                         KEPT(2)});
    syndic_destroy(corpus);
}

/* 276 of 296 shingles either way: with as many words the preferred one is kept. */
Test(contained, of_equals_the_preferred_is_kept)
{
    struct syndic_options options = removal();

    for (int last = 0; last < 2; last++) {
        options.keep = last ? SYNDIC_KEEP_MAX : SYNDIC_KEEP_MIN;
        begin(0, 300);
        begin(20, 320);
        struct syndic *const corpus = grouped(&options);
        cr_assert_eq(syndic_group_count(corpus), 1);
        cr_assert_eq(syndic_kept(corpus, 0), last ? 1 : 0);
        cr_assert_eq(syndic_kept(corpus, 1), last ? 1 : 0);
        syndic_destroy(corpus);
    }
}

/* A page that says everything twice has more words than what it says, and the same shingles but
 * for the four where it begins anew: it is kept. */
Test(contained, the_one_with_more_words_is_kept_although_it_repeats_itself)
{
    struct syndic_options options = removal();

    options.sample = 1;
    begin(0, 200);
    begin(0, 150);
    more(0, 150);
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_kept(corpus, 0), 0); /* 146 of 196 is less than 0.8 */
    cr_assert_eq(syndic_kept(corpus, 1), 1); /* although 146 of 150 are in the other */
    cr_assert_eq(syndic_group_count(corpus), 0);
    syndic_destroy(corpus);
}

Test(contained, the_threshold_is_met_at_its_value)
{
    struct syndic_options options = removal();

    options.sample = 1;
    for (int above = 0; above < 2; above++) {
        options.threshold = above ? 0.751 : 0.75;
        begin(0, 400);
        begin(374, 474); /* 100 words, 96 shingles, 22 in the other */
        begin(1000, 1028);
        more(0, 76); /* 104 words, 100 shingles, 72 in the other */
        begin(3000, 3021);
        more(0, 83); /* 104 words, 100 shingles, 79 */
        begin(4000, 4020);
        more(0, 64); /* 84 words, 80 shingles, 60: 0.75 */
        struct syndic *const corpus = grouped(&options);
        cr_assert_eq(syndic_kept(corpus, 1), 1);
        cr_assert_eq(syndic_kept(corpus, 2), 2);
        cr_assert_eq(syndic_kept(corpus, 3), 0);
        cr_assert_eq(syndic_kept(corpus, 4), above ? 4 : 0);
        syndic_destroy(corpus);
    }
}
