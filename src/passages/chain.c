/* SPDX-License-Identifier: Apache-2.0 */
/* chain.c - shared runs in, stretches out.  Seeds are extended to blocks of equal words, and blocks
 * that follow each other on both sides are chained by dynamic programming: a chain is worth its
 * words less half of its gaps.  The best chains are taken first, and no block twice. */
#include "passages/chain.h"

#include "passages/tree.h"

#include <stdlib.h>
#include <string.h>

/* Blocks before one that may be the one it follows: those of a few hundred words. */
#define LOOK_BACK 64

struct syndic_block {
    uint32_t a, b, count;
    int32_t score;   /* of the best chain that ends here, in half words */
    uint32_t before; /* in that chain; NONE */
    uint32_t same;   /* words of that chain */
    bool used;
};

#define NONE UINT32_MAX

void syndic_chain_room_clear(struct syndic_chain_room *room)
{
    if (!room->memory)
        return;
    syndic_release(room->memory, room->block);
    syndic_release(room->memory, room->order);
    syndic_release(room->memory, room->found);
}

/* Is the seed in one of the last blocks? */
static bool is_inside(const struct syndic_block *block, size_t blocks,
                      const struct syndic_seed *seed)
{
    for (size_t i = blocks; i-- > 0 && blocks - i <= LOOK_BACK;)
        if (seed->a >= block[i].a && seed->a < block[i].a + block[i].count &&
            seed->a - block[i].a == seed->b - block[i].b)
            return true;
    return false;
}

static struct syndic_block extend(const uint32_t *a_words, const uint32_t *b_words,
                                  const struct syndic_seed *seed)
{
    const size_t most = seed->a < seed->b ? seed->a : seed->b;
    const size_t left = syndic_shared_left(a_words + seed->a, b_words + seed->b, most);
    const size_t right = syndic_shared_right(a_words + seed->a, b_words + seed->b);

    return (struct syndic_block){.a = seed->a - (uint32_t)left,
                                 .b = seed->b - (uint32_t)left,
                                 .count = (uint32_t)(left + right),
                                 .before = NONE};
}

/* What block i is worth after block j, in half words more; INT32_MIN: it does not follow it. */
static int32_t worth_after(const struct syndic_block *j, const struct syndic_block *i,
                           uint32_t *same)
{
    const int64_t gap_a = (int64_t)i->a - j->a - j->count, gap_b = (int64_t)i->b - j->b - j->count;
    const int64_t least = gap_a < gap_b ? gap_a : gap_b, most = gap_a < gap_b ? gap_b : gap_a;
    const int64_t overlap = least < 0 ? -least : 0;

    if (most > SYNDIC_CHAIN_GAP || overlap >= i->count || i->a <= j->a || i->b <= j->b)
        return INT32_MIN;
    *same = i->count - (uint32_t)overlap;
    return (int32_t)(2 * ((int64_t)i->count - overlap) - (most > 0 ? most : 0));
}

static void score(struct syndic_block *block, size_t i)
{
    block[i].score = 2 * (int32_t)block[i].count;
    block[i].same = block[i].count;
    for (size_t j = i; j-- > 0 && i - j <= LOOK_BACK;) {
        uint32_t same = 0;
        const int32_t worth = worth_after(&block[j], &block[i], &same);
        if (worth == INT32_MIN || block[j].score + worth <= block[i].score)
            continue;
        block[i].score = block[j].score + worth;
        block[i].same = block[j].same + same;
        block[i].before = (uint32_t)j;
    }
}

/* Blocks of all seeds; returns how many, or SIZE_MAX: no memory. */
static size_t make_blocks(struct syndic_chain_room *room, const uint32_t *a_words,
                          const uint32_t *b_words, const struct syndic_seed *seed, size_t count)
{
    size_t n = 0;

    if (!syndic_reserve(room->memory, (void **)&room->block, &room->block_capacity, count,
                        sizeof(*room->block)) ||
        !syndic_reserve(room->memory, (void **)&room->order, &room->order_capacity, count,
                        sizeof(*room->order)))
        return SIZE_MAX;
    for (size_t i = 0; i < count; i++) {
        if (is_inside(room->block, n, &seed[i]))
            continue;
        struct syndic_block block = extend(a_words, b_words, &seed[i]);
        if (a_words == b_words && block.count > block.b - block.a)
            block.count = block.b - block.a; /* up to where it would meet itself */
        room->block[n++] = block;
    }
    for (size_t i = 0; i < n; i++)
        score(room->block, i);
    return n;
}

struct by_score {
    int32_t score;
    uint32_t block;
};

static int best_first(const void *left, const void *right)
{
    const struct by_score *const a = left, *const b = right;

    if (a->score != b->score)
        return a->score > b->score ? -1 : 1;
    return (a->block > b->block) - (a->block < b->block);
}

/* The chain that ends at block `end`, as far as it is not used; it is used now. */
static struct syndic_stretches take_chain(struct syndic_block *block, uint32_t end)
{
    struct syndic_stretches found = {.a_end = block[end].a + block[end].count,
                                     .b_end = block[end].b + block[end].count,
                                     .same = block[end].same};
    uint32_t i = end;

    for (;;) {
        block[i].used = true;
        found.a = block[i].a;
        found.b = block[i].b;
        const uint32_t before = block[i].before;
        if (before == NONE)
            break;
        if (block[before].used) {
            found.same -= block[before].same;
            break;
        }
        i = before;
    }
    return found;
}

static bool is_good(const struct syndic_stretches *found, size_t least, bool one_document)
{
    const uint32_t a = found->a_end - found->a, b = found->b_end - found->b;

    return found->same >= least && 2 * found->same >= (a > b ? a : b) &&
           !(one_document && found->b < found->a_end);
}

static int by_place(const void *left, const void *right)
{
    const struct syndic_stretches *const a = left, *const b = right;

    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return (a->b > b->b) - (a->b < b->b);
}

enum syndic_status syndic_chain(struct syndic_chain_room *room, const uint32_t *a_words,
                                const uint32_t *b_words, const struct syndic_seed *seed,
                                size_t count, size_t least)
{
    const size_t n = make_blocks(room, a_words, b_words, seed, count);
    struct by_score *const order =
        n == SIZE_MAX ? NULL : syndic_allocate(room->memory, n, sizeof(*order));

    room->found_count = 0;
    if (!order)
        return SYNDIC_NO_MEMORY;
    for (size_t i = 0; i < n; i++)
        order[i] = (struct by_score){room->block[i].score, (uint32_t)i};
    qsort(order, n, sizeof(*order), best_first);
    for (size_t i = 0; i < n && order[i].score >= 2 * (int32_t)least / 2; i++) {
        if (room->block[order[i].block].used)
            continue;
        const struct syndic_stretches found = take_chain(room->block, order[i].block);
        if (!is_good(&found, least, a_words == b_words))
            continue;
        if (!syndic_reserve(room->memory, (void **)&room->found, &room->found_capacity,
                            room->found_count + 1, sizeof(*room->found))) {
            syndic_release(room->memory, order);
            return SYNDIC_NO_MEMORY;
        }
        room->found[room->found_count++] = found;
    }
    syndic_release(room->memory, order);
    if (room->found_count)
        qsort(room->found, room->found_count, sizeof(*room->found), by_place);
    return SYNDIC_OK;
}

/* ---- the longest common subsequence ---- */

struct letter {
    uint32_t word, at;
};

static int by_letter(const void *left, const void *right)
{
    const struct letter *const a = left, *const b = right;

    if (a->word != b->word)
        return a->word < b->word ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static size_t first_letter(const struct letter *letter, size_t n, uint32_t word)
{
    size_t low = 0, high = n;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (letter[middle].word < word)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* row = (row + (row & match)) | (row & ~match), over `words` words (Hyyro, Bit-parallel LCS-length
 * computation revisited, 2004); match becomes 0. */
static void advance(uint64_t *row, uint64_t *match, size_t words)
{
    unsigned carry = 0;

    for (size_t w = 0; w < words; w++) {
        const uint64_t both = row[w] & match[w];
        const unsigned __int128 sum = (unsigned __int128)row[w] + both + carry;
        carry = (unsigned)(sum >> 64);
        row[w] = (uint64_t)sum | (row[w] & ~match[w]);
        match[w] = 0;
    }
}

enum syndic_status syndic_same_words(struct syndic_memory *memory, const uint32_t *a,
                                     size_t a_count, const uint32_t *b, size_t b_count,
                                     size_t *same)
{
    const size_t words = (a_count + 63) / 64;
    struct letter *const letter = syndic_allocate(memory, a_count, sizeof(*letter));
    uint64_t *const row = syndic_allocate(memory, words, sizeof(*row));
    uint64_t *const match = syndic_allocate_zeroed(memory, words, sizeof(*match));
    const bool good = letter && row && match;

    *same = 0;
    if (good) {
        memset(row, 0xff, words * sizeof(*row));
        for (size_t i = 0; i < a_count; i++)
            letter[i] = (struct letter){a[i], (uint32_t)i};
        qsort(letter, a_count, sizeof(*letter), by_letter);
        for (size_t j = 0; j < b_count; j++) {
            size_t i = first_letter(letter, a_count, b[j]);
            if (i == a_count || letter[i].word != b[j])
                continue;
            for (; i < a_count && letter[i].word == b[j]; i++)
                match[letter[i].at / 64] |= (uint64_t)1 << letter[i].at % 64;
            advance(row, match, words);
        }
        for (size_t i = 0; i < a_count; i++)
            *same += !(row[i / 64] >> i % 64 & 1);
    }
    syndic_release(memory, letter);
    syndic_release(memory, row);
    syndic_release(memory, match);
    return good ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}
