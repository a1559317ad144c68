/* SPDX-License-Identifier: Apache-2.0 */
// Keys and random numbers; and the plan of a crawl: which cluster, member and kind of copy stands
// at a position.
#ifndef CRAWL_PLAN_H
#define CRAWL_PLAN_H

#include <stdbool.h>
#include <stdint.h>

// ---- random numbers: splitmix64, whose finaliser also hashes keys ----
static inline uint64_t crawl_mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static inline uint64_t crawl_key(uint64_t parent, uint64_t what)
{
    return crawl_mix(parent + crawl_mix(what + 0x9e3779b97f4a7c15u));
}

struct crawl_random {
    uint64_t state;
};

static inline uint64_t crawl_next(struct crawl_random *random)
{
    return crawl_mix(random->state += 0x9e3779b97f4a7c15u);
}

// Uniform in 0..count-1 for count < 2^32; the bias, count / 2^32, does not matter here.
static inline uint32_t crawl_below(struct crawl_random *random, uint64_t count)
{
    return (uint32_t)(((crawl_next(random) >> 32) * count) >> 32);
}

// ---- plan ----
enum crawl_kind {
    CRAWL_ORIGINAL,
    CRAWL_MIRROR,
    CRAWL_NEAR,
    CRAWL_FURNITURE,
    CRAWL_CUT,
    CRAWL_LEAD,
    CRAWL_NOISE,
    CRAWL_EDIT,
    CRAWL_QUOTE,
    CRAWL_STRANGER,
    CRAWL_KINDS
};

struct crawl_permutation {
    uint64_t count;
    unsigned half_bits;
    uint64_t keys[4];
};

// All clusters of one size and one mixture of kinds: consecutive slots, consecutive numbers.
struct crawl_class {
    uint64_t first_slot, first_cluster, cluster_count;
    uint32_t size;
    uint8_t mix;
};

struct crawl_profile {
    const char *name, *what;
    unsigned median_words;
    bool framed;  // pages of some outlets carry the outlet's furniture, originals too
    bool planted; // passages are planted and recorded
    bool inside;  // half of the cuts, new leads and noisy copies stand inside furniture
    struct {
        uint8_t mix;
        uint16_t per_mille;
        uint32_t size_max;
    } families[8];
};

struct crawl_plan {
    uint64_t documents, clusters;
    uint64_t many_clusters;  // clusters 0..many-1 have two members or more
    uint64_t plain_clusters; // then single originals; from here on quotes and strangers
    struct crawl_permutation order;
    struct crawl_class classes[512];
    unsigned class_count;
};

struct crawl_place {
    uint64_t cluster;
    uint32_t member;
    enum crawl_kind kind;
};

extern const struct crawl_profile crawl_profiles[]; // ends with a NULL name
void crawl_permutation_init(struct crawl_permutation *p, uint64_t count, uint64_t key);
uint64_t crawl_permute(const struct crawl_permutation *p, uint64_t at);
uint64_t crawl_unpermute(const struct crawl_permutation *p, uint64_t at);
void crawl_plan_init(struct crawl_plan *plan, const struct crawl_profile *profile,
                     uint64_t documents, uint64_t seed);
struct crawl_place crawl_plan_place(const struct crawl_plan *plan, uint64_t position,
                                    uint64_t seed);
// The position of the original of a cluster.
uint64_t crawl_plan_original(const struct crawl_plan *plan, uint64_t cluster);

#endif
