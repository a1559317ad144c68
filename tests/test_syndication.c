/* SPDX-License-Identifier: Apache-2.0 */
/* test_syndication.c - groups of copies whole and in part, through the public interface. */
#include "word_texts.h"

Test(syndication, a_cut_copy_is_contained)
{
    const struct syndic_options options = syndication();

    begin(0, 300);
    begin(1000, 1300);
    begin(0, 100);
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    expect_group(
        corpus, 0, 0, 2,
        (const struct wanted[]){KEPT(0), {2, SYNDIC_HOW_CONTAINED, 96. / 296, 1, 96. / 296}});
    cr_assert_eq(syndic_kept(corpus, 1), 1);
    syndic_destroy(corpus);
}

Test(syndication, a_copy_in_a_frame_contains)
{
    const struct syndic_options options = syndication();

    begin(0, 300);
    begin(1000, 1200);
    more(0, 300);
    more(1200, 1300);
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    expect_group(
        corpus, 0, 0, 2,
        (const struct wanted[]){KEPT(0), {1, SYNDIC_HOW_CONTAINS, 296. / 596, 296. / 596, 1}});
    syndic_destroy(corpus);
}

/* 150 of 300 words among 250 others. */
Test(syndication, a_long_quote_overlaps)
{
    const struct syndic_options options = syndication();

    begin(0, 300);
    begin(1000, 1200);
    more(50, 200);
    more(1200, 1250);
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    expect_group(corpus, 0, 0, 2,
                 (const struct wanted[]){
                     KEPT(0), {1, SYNDIC_HOW_OVERLAPS, 146. / 546, 146. / 396, 146. / 296}});
    syndic_destroy(corpus);
}

/* 30 of 300 words: 26 of 296 shingles are no tie of 0.1, whatever is sampled. */
Test(syndication, a_short_quote_is_not_enough)
{
    struct syndic_options options = syndication();

    options.sample = 1;
    begin(0, 300);
    begin(1000, 1300);
    more(50, 80);
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 0);
    syndic_destroy(corpus);
}

/* Both halves of 0.8 and a Jaccard similarity below it: 266 of 296 and of 326. */
Test(syndication, contained_goes_before_contains_where_it_is_more)
{
    struct syndic_options options = syndication();

    options.threshold = 0.8;
    begin(0, 330);  /* 326 shingles */
    begin(60, 360); /* 296, of which 266 */
    begin_loud(60, 360);
    struct syndic *corpus = grouped(&options);
    expect_group(
        corpus, 0, 0, 3,
        (const struct wanted[]){KEPT(0),
                                {1, SYNDIC_HOW_CONTAINED, 266. / 356, 266. / 296, 266. / 326},
                                {2, SYNDIC_HOW_CONTAINED, 266. / 356, 266. / 296, 266. / 326}});
    syndic_destroy(corpus);
    begin(60, 360);
    begin(0, 330);
    begin_loud(60, 360);
    corpus = grouped(&options);
    expect_group(
        corpus, 0, 0, 3,
        (const struct wanted[]){KEPT(0),
                                {1, SYNDIC_HOW_CONTAINS, 266. / 356, 266. / 326, 266. / 296},
                                {2, SYNDIC_HOW_EXACT, 1, 1, 1}});
    syndic_destroy(corpus);
}

/* The last page quotes 100 words of either story. */
Test(syndication, a_roundup_belongs_to_no_story)
{
    const struct syndic_options options = syndication();

    for (unsigned story = 0; story < 2; story++)
        for (unsigned copy = 0; copy < 3; copy++) {
            begin(1000 * story, 1000 * story + 300);
            more(5000 + 100 * text_count, 5000 + 100 * text_count + 50);
        }
    begin(0, 100);
    more(1000, 1100);
    more(9000, 9200);
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 2);
    for (uint64_t i = 0; i < 3; i++) {
        cr_assert_eq(syndic_kept(corpus, i), 0);
        cr_assert_eq(syndic_kept(corpus, 3 + i), 3);
    }
    cr_assert_eq(syndic_kept(corpus, 6), 6);
    syndic_destroy(corpus);
}

/* A phrase of ten words three times: 18 of 86 shingles are a tie of 0.18, and no run is long. */
Test(syndication, set_phrases_alone_do_not_make_a_group)
{
    struct syndic_options options = syndication();

    options.sample = 1;
    share_phrases(10, 3);
    struct syndic *corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 0);
    syndic_destroy(corpus);
    share_phrases(11, 3);
    corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 0);
    syndic_destroy(corpus);
    share_phrases(12, 3); /* three runs of 12 words: 24 of 92 */
    corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    expect_group(
        corpus, 0, 0, 2,
        (const struct wanted[]){KEPT(0), {1, SYNDIC_HOW_OVERLAPS, 24. / 160, 24. / 92, 24. / 92}});
    syndic_destroy(corpus);
}

/* Where the cut comes first it is kept, and both of the whole ones contain it. */
Test(syndication, exact_copies_follow_their_first)
{
    struct syndic_options options = syndication();

    begin(0, 100);
    begin(0, 300);
    begin_loud(0, 300);
    begin_loud(0, 100);
    struct syndic *corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    expect_group(corpus, 0, 0, 4,
                 (const struct wanted[]){KEPT(0),
                                         {1, SYNDIC_HOW_CONTAINS, 96. / 296, 96. / 296, 1},
                                         {2, SYNDIC_HOW_CONTAINS, 96. / 296, 96. / 296, 1},
                                         {3, SYNDIC_HOW_EXACT, 1, 1, 1}});
    syndic_destroy(corpus);
    options.keep = SYNDIC_KEEP_MAX; /* the last: who is in a group does not change */
    begin(0, 100);
    begin(0, 300);
    begin_loud(0, 300);
    corpus = grouped(&options);
    expect_group(corpus, 0, 2, 3,
                 (const struct wanted[]){{0, SYNDIC_HOW_CONTAINED, 96. / 296, 1, 96. / 296},
                                         {1, SYNDIC_HOW_EXACT, 1, 1, 1},
                                         KEPT(2)});
    syndic_destroy(corpus);
}

/* Half of each page is in the next: neighbours are tied by 0.44 and others not at all.  Pages that
 * are as much tied to another group as to their own are in none. */
Test(syndication, a_chain_is_not_one_group)
{
    const struct syndic_options options = syndication();
    struct syndic_group group;

    for (unsigned i = 0; i < 40; i++)
        begin(150 * i, 150 * i + 300);
    struct syndic *const corpus = grouped(&options);
    cr_assert_geq(syndic_group_count(corpus), 5);
    for (uint64_t g = 0; g < syndic_group_count(corpus); g++) {
        cr_assert_eq(syndic_group_at(corpus, g, &group), SYNDIC_OK);
        cr_assert_leq(group.member_count, 5);
    }
    syndic_destroy(corpus);
}

/* ---- small and large ---- */

Test(syndication, nothing_one_and_empty_documents)
{
    for (int only = 0; only < 2; only++) {
        const struct syndic_options options = only ? removal() : syndication();
        struct syndic *corpus = grouped(&options);
        cr_assert_eq(syndic_group_count(corpus), 0);
        syndic_destroy(corpus);
        begin(0, 300);
        corpus = grouped(&options);
        cr_assert_eq(syndic_group_count(corpus), 0);
        cr_assert_eq(syndic_kept(corpus, 0), 0);
        syndic_destroy(corpus);
        for (int i = 0; i < 5; i++)
            begin(0, 0);
        begin(0, 1);
        corpus = grouped(&options);
        cr_assert_eq(syndic_group_count(corpus), 0);
        cr_assert_eq(syndic_document_count(corpus), 6);
        syndic_destroy(corpus);
    }
}

Test(syndication, a_thousand_exact_copies)
{
    for (int only = 0; only < 2; only++) {
        const struct syndic_options options = only ? removal() : syndication();
        struct syndic_group group;
        for (int i = 0; i < 1000; i++)
            begin(0, 300);
        struct syndic *const corpus = grouped(&options);
        cr_assert_eq(syndic_group_count(corpus), 1);
        cr_assert_eq(syndic_group_at(corpus, 0, &group), SYNDIC_OK);
        cr_assert_eq(group.member_count, 1000);
        cr_assert_eq(group.kept, 0);
        for (size_t i = 1; i < 1000; i++)
            cr_assert_eq(group.members[i].how, SYNDIC_HOW_EXACT);
        syndic_destroy(corpus);
    }
}

/* More copies than a shingle may have documents, with a word of its own each: nothing but the ends
 * is left to tell them by. */
Test(syndication, a_thousand_edited_copies_are_one_group)
{
    const struct syndic_options options = syndication();
    struct syndic_group group;

    for (unsigned i = 0; i < 900; i++) {
        begin(0, 300);
        more(100000 + i, 100001 + i);
    }
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 1);
    cr_assert_eq(syndic_group_at(corpus, 0, &group), SYNDIC_OK);
    cr_assert_eq(group.member_count, 900);
    for (size_t i = 1; i < 900; i++) /* 296 shared, one of its own each */
        cr_assert_float_eq(group.members[i].similarity, 296. / 298, 1e-6);
    syndic_destroy(corpus);
}

/* With every shingle sampled, texts of a few words are tied too. */
Test(syndication, short_texts)
{
    struct syndic_options options = syndication();

    options.sample = 1;
    begin(0, 3);
    begin_loud(0, 3);
    begin(0, 8); /* the shingles of a text of three words are not those of a longer one */
    begin(0, 12);
    struct syndic *const corpus = grouped(&options);
    cr_assert_eq(syndic_group_count(corpus), 2);
    expect_group(corpus, 0, 0, 2, (const struct wanted[]){KEPT(0), {1, SYNDIC_HOW_EXACT, 1, 1, 1}});
    expect_group(corpus, 1, 2, 2,
                 (const struct wanted[]){KEPT(2), {3, SYNDIC_HOW_CONTAINS, .5, .5, 1}});
    syndic_destroy(corpus);
}
