/* SPDX-License-Identifier: Apache-2.0 */
// The state of a generator and the document it made last.
#ifndef CRAWL_DOCUMENT_H
#define CRAWL_DOCUMENT_H

#include "make_crawl.h"

struct crawl_maker {
    const struct crawl_profile *profile;
    uint64_t seed;
    uint32_t median_words;
    struct crawl_plan plan;
    struct crawl_permutation seeding; // cluster -> paragraph of the corpus, if there are so many
    struct crawl_corpus corpus;
    struct crawl_outlet outlets[CRAWL_OUTLETS];
    struct crawl_text texts[3];
};

struct crawl_document {
    uint64_t position;
    struct crawl_place place;
    bool has_base;              // base: the original, or what a quote or stranger draws on
    uint64_t base, second_base; // positions; the second one is for quotes
    const struct crawl_outlet *outlet;
    const struct crawl_language *language;
    uint32_t day;                  // since 2015-01-01
    const struct crawl_text *text; // the maker's; until the next document
    unsigned plant_count;
    struct crawl_plant plants[CRAWL_PLANTS_MAX];
};

// corpus_path may be NULL. False if the corpus cannot be read or memory ends.
bool crawl_maker_init(struct crawl_maker *maker, const struct crawl_profile *profile,
                      const char *corpus_path, uint64_t documents, uint32_t median_words,
                      uint64_t seed);
void crawl_maker_free(struct crawl_maker *maker);
void crawl_document_make(struct crawl_maker *maker, struct crawl_document *document,
                         uint64_t position);

#endif
