/* SPDX-License-Identifier: Apache-2.0 */
// Profile, document count and seed in; which cluster, member and kind each position holds out.
//
// Slots 0..documents-1 list the clusters one after another, grouped in classes of one size, so a
// few hundred table rows describe any crawl. A four-round Feistel permutation with cycle walking
// (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002) spreads the slots over the
// crawl; it has an inverse, which finds the id of an original without a table of ids.
#include "make_crawl.h"

#include <assert.h>

enum mix {
    MIX_END,
    MIX_MIRROR,
    MIX_NEAR,
    MIX_EDIT,
    MIX_WIRE,
    MIX_NOISE,
    MIX_ALL,
    MIX_QUOTE,
    MIX_STRANGER,
    MIX_SINGLE
};

// Eight kinds a mixture: a member draws one. The wire mixture is what outlets do to one story.
static const uint8_t kinds_of_mix[][8] = {
    [MIX_MIRROR] = {CRAWL_MIRROR, CRAWL_MIRROR, CRAWL_MIRROR, CRAWL_MIRROR, CRAWL_MIRROR,
                    CRAWL_MIRROR, CRAWL_MIRROR, CRAWL_MIRROR},
    [MIX_NEAR] = {CRAWL_NEAR, CRAWL_NEAR, CRAWL_NEAR, CRAWL_NEAR, CRAWL_NEAR, CRAWL_NEAR,
                  CRAWL_NEAR, CRAWL_NEAR},
    [MIX_EDIT] = {CRAWL_EDIT, CRAWL_EDIT, CRAWL_EDIT, CRAWL_EDIT, CRAWL_EDIT, CRAWL_EDIT,
                  CRAWL_EDIT, CRAWL_NEAR},
    [MIX_WIRE] = {CRAWL_FURNITURE, CRAWL_FURNITURE, CRAWL_FURNITURE, CRAWL_CUT, CRAWL_CUT,
                  CRAWL_LEAD, CRAWL_LEAD, CRAWL_NOISE},
    [MIX_NOISE] = {CRAWL_NOISE, CRAWL_NOISE, CRAWL_NOISE, CRAWL_NOISE, CRAWL_NOISE, CRAWL_NOISE,
                   CRAWL_NOISE, CRAWL_NOISE},
    [MIX_ALL] = {CRAWL_NEAR, CRAWL_EDIT, CRAWL_FURNITURE, CRAWL_FURNITURE, CRAWL_CUT, CRAWL_CUT,
                 CRAWL_LEAD, CRAWL_NOISE},
};

const struct crawl_profile crawl_profiles[] = {
    {"web",
     "60 % single documents, every kind of copy",
     400,
     true,
     false,
     false,
     {{MIX_MIRROR, 150, 10000},
      {MIX_NEAR, 80, 300},
      {MIX_EDIT, 40, 100},
      {MIX_WIRE, 80, 500},
      {MIX_QUOTE, 30, 1},
      {MIX_STRANGER, 20, 1}}},
    {"mirrors",
     "85 % in clusters of identical texts, up to 10,000 members",
     400,
     false,
     false,
     false,
     {{MIX_MIRROR, 850, 10000}}},
    {"near",
     "90 % in clusters of near and edited copies",
     400,
     false,
     false,
     false,
     {{MIX_NEAR, 500, 500}, {MIX_EDIT, 400, 200}}},
    {"syndication",
     "80 % in clusters framed, cut, led anew or noisy; 10 % quotes, strangers",
     400,
     true,
     false,
     false,
     {{MIX_WIRE, 800, 500}, {MIX_QUOTE, 60, 1}, {MIX_STRANGER, 40, 1}}},
    {"passages",
     "single documents with planted, recorded passages in common",
     400,
     false,
     true,
     false,
     {{0, 0, 0}}},
    {"noise",
     "80 % in clusters of OCR-like copies",
     400,
     false,
     false,
     false,
     {{MIX_NOISE, 800, 200}}},
    {"unique", "no copies and no furniture", 400, false, false, false, {{0, 0, 0}}},
    {"short",
     "as web, with a median of 60 words; only the copies that are framed have furniture",
     60,
     false,
     false,
     false,
     {{MIX_MIRROR, 150, 10000},
      {MIX_NEAR, 80, 300},
      {MIX_EDIT, 40, 100},
      {MIX_WIRE, 80, 500},
      {MIX_QUOTE, 30, 1},
      {MIX_STRANGER, 20, 1}}},
    {"mixed",
     "as syndication, but every kind of copy in one cluster; cuts and noise inside furniture too",
     400,
     true,
     false,
     true,
     {{MIX_ALL, 800, 500}, {MIX_QUOTE, 60, 1}, {MIX_STRANGER, 40, 1}}},
    {0},
};

void crawl_permutation_init(struct crawl_permutation *p, uint64_t count, uint64_t key)
{
    *p = (struct crawl_permutation){.count = count, .half_bits = 1};
    while (p->half_bits < 31 && (1ull << (2 * p->half_bits)) < count)
        p->half_bits++;
    for (unsigned round = 0; round < 4; round++)
        p->keys[round] = crawl_key(key, round);
}

uint64_t crawl_permute(const struct crawl_permutation *p, uint64_t at)
{
    const uint64_t mask = (1ull << p->half_bits) - 1;
    do {
        uint64_t left = at >> p->half_bits, right = at & mask;
        for (unsigned round = 0; round < 4; round++) {
            const uint64_t mixed = left ^ (crawl_mix(right + p->keys[round]) & mask);
            left = right;
            right = mixed;
        }
        at = left << p->half_bits | right;
    } while (at >= p->count);
    return at;
}

uint64_t crawl_unpermute(const struct crawl_permutation *p, uint64_t at)
{
    const uint64_t mask = (1ull << p->half_bits) - 1;
    do {
        uint64_t left = at >> p->half_bits, right = at & mask;
        for (unsigned round = 4; round-- > 0;) {
            const uint64_t mixed = right ^ (crawl_mix(left + p->keys[round]) & mask);
            right = left;
            left = mixed;
        }
        at = left << p->half_bits | right;
    } while (at >= p->count);
    return at;
}

// Sizes 2, 3, 4 ... in steps of a sixth: 57 rungs up to 10,000.
static uint32_t next_size(uint32_t size, uint32_t size_max)
{
    const uint32_t next = size + (size < 12 ? 1 : size / 6);
    return size < size_max && next > size_max ? size_max : next;
}

// Zipf: the cluster of rank r has scale/r members, so scale/s clusters have s members or more.
static uint64_t zipf_documents(uint64_t scale, uint32_t size_max)
{
    uint64_t documents = 0;
    for (uint32_t size = 2, below = 0; size <= size_max;) {
        documents += scale / size * (size - below);
        below = size;
        size = next_size(size, size_max);
    }
    return documents;
}

static uint64_t zipf_scale(uint64_t documents, uint32_t size_max)
{
    uint64_t low = 0, high = documents + 1; // zipf_documents(low) <= documents < (high)
    while (high - low > 1) {
        const uint64_t middle = low + (high - low) / 2;
        if (zipf_documents(middle, size_max) <= documents)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void add_class(struct crawl_plan *plan, uint8_t mix, uint32_t size, uint64_t clusters,
                      uint64_t *slot)
{
    if (clusters == 0)
        return;
    assert(plan->class_count < sizeof plan->classes / sizeof *plan->classes);
    plan->classes[plan->class_count++] = (struct crawl_class){.first_slot = *slot,
                                                              .first_cluster = plan->clusters,
                                                              .cluster_count = clusters,
                                                              .size = size,
                                                              .mix = mix};
    plan->clusters += clusters;
    *slot += clusters * size;
}

static void add_zipf(struct crawl_plan *plan, uint8_t mix, uint64_t documents, uint32_t size_max,
                     uint64_t *slot)
{
    const uint64_t scale = zipf_scale(documents, size_max);
    for (uint32_t size = 2; size <= size_max;) {
        const uint32_t next = next_size(size, size_max);
        add_class(plan, mix, size, scale / size - (size < size_max ? scale / next : 0), slot);
        size = next;
    }
}

void crawl_plan_init(struct crawl_plan *plan, const struct crawl_profile *profile,
                     uint64_t documents, uint64_t seed)
{
    *plan = (struct crawl_plan){.documents = documents};
    crawl_permutation_init(&plan->order, documents, crawl_key(seed, 'o'));
    uint64_t slot = 0, tail[2] = {0, 0};
    for (unsigned i = 0; i < 8 && profile->families[i].mix; i++) {
        const uint8_t mix = profile->families[i].mix;
        const uint64_t budget = documents * profile->families[i].per_mille / 1000;
        if (mix >= MIX_QUOTE)
            tail[mix - MIX_QUOTE] = budget;
        else
            add_zipf(plan, mix, budget, profile->families[i].size_max, &slot);
    }
    plan->many_clusters = plan->clusters;
    add_class(plan, MIX_SINGLE, 1, documents - slot - tail[0] - tail[1], &slot);
    plan->plain_clusters = plan->clusters;
    add_class(plan, MIX_QUOTE, 1, tail[0], &slot);
    add_class(plan, MIX_STRANGER, 1, tail[1], &slot);
    assert(slot == documents);
}

struct crawl_place crawl_plan_place(const struct crawl_plan *plan, uint64_t position, uint64_t seed)
{
    const uint64_t slot = crawl_permute(&plan->order, position);
    unsigned low = 0, high = plan->class_count;
    while (high - low > 1) {
        const unsigned middle = (low + high) / 2;
        if (plan->classes[middle].first_slot <= slot)
            low = middle;
        else
            high = middle;
    }
    const struct crawl_class *c = &plan->classes[low];
    const uint64_t in_class = slot - c->first_slot;
    struct crawl_place place = {.cluster = c->first_cluster + in_class / c->size,
                                .member = (uint32_t)(in_class % c->size)};
    if (c->mix == MIX_QUOTE || c->mix == MIX_STRANGER)
        place.kind = c->mix == MIX_QUOTE ? CRAWL_QUOTE : CRAWL_STRANGER;
    else if (place.member > 0)
        place.kind = kinds_of_mix[c->mix][crawl_key(seed ^ 'k', slot) & 7];
    return place;
}

uint64_t crawl_plan_original(const struct crawl_plan *plan, uint64_t cluster)
{
    unsigned low = 0, high = plan->class_count;
    while (high - low > 1) {
        const unsigned middle = (low + high) / 2;
        if (plan->classes[middle].first_cluster <= cluster)
            low = middle;
        else
            high = middle;
    }
    const struct crawl_class *c = &plan->classes[low];
    return crawl_unpermute(&plan->order, c->first_slot + (cluster - c->first_cluster) * c->size);
}
