/* SPDX-License-Identifier: Apache-2.0 */
// Hand-written lists of the five languages, items apart by spaces, "-" for an empty item.
#ifndef CRAWL_LISTS_H
#define CRAWL_LISTS_H

#include "make_crawl.h"

struct crawl_list {
    const char *common, *onsets, *nuclei, *codas, *suffixes; // Han has no syllable lists
    const char *phrases[12];
    const char *weekdays, *menu, *rights;
};

extern const struct crawl_list crawl_lists[CRAWL_LANGUAGES]; // in the order of crawl_languages

#endif
