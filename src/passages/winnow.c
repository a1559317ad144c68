/* SPDX-License-Identifier: Apache-2.0 */
/* winnow.c - words in, chosen runs out: hashes of all runs of a piece by a kernel, then the least
 * of each window. */
#include "passages/winnow.h"

#include "kernel.h"

/* Words of a piece: their hashes stay in the second-level cache. */
#define PIECE_WORDS ((size_t)1 << 14)

/* Six words and windows of fifteen runs for passages of 20.  Shorter runs are more often the same
 * by chance, of longer ones more have to be chosen: runs of 8 and of 5 words took 3 % more time for
 * 1 GB of newspapers (Xeon, Sapphire Rapids class, 2026-11). */
#define RUN_WORDS_MAX 6

void syndic_winnow_init(struct syndic_winnow *winnow, size_t min_words)
{
    const size_t part = (2 * min_words + 4) / 5;

    winnow->run = part < RUN_WORDS_MAX ? part : RUN_WORDS_MAX;
    winnow->window = min_words - winnow->run + 1;
    syndic_shingle_multipliers(winnow->mul);
}

enum syndic_status syndic_winnower_init(struct syndic_winnower *winnower,
                                        struct syndic_memory *memory,
                                        const struct syndic_winnow *winnow)
{
    const size_t room = PIECE_WORDS + 2 * winnow->window + winnow->run + SYNDIC_TEXT_PADDING;

    *winnower = (struct syndic_winnower){.winnow = winnow, .memory = memory};
    winnower->word = syndic_allocate_zeroed(memory, room, sizeof(*winnower->word));
    winnower->hash = syndic_allocate(memory, room, sizeof(*winnower->hash));
    winnower->chosen = syndic_allocate(memory, room, sizeof(*winnower->chosen));
    return winnower->word && winnower->hash && winnower->chosen ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

void syndic_winnower_clear(struct syndic_winnower *winnower)
{
    if (!winnower->memory)
        return;
    syndic_release(winnower->memory, winnower->word);
    syndic_release(winnower->memory, winnower->hash);
    syndic_release(winnower->memory, winnower->chosen);
}

/* A hash of the `window` words before the run whose hash is *hash: of runs that cover them. */
static uint32_t hash_before(const struct syndic_winnow *winnow, const uint64_t *hash)
{
    uint64_t sum = *(hash - winnow->run);

    for (size_t back = winnow->window; back > winnow->run; back -= winnow->run)
        sum = sum * SYNDIC_SHINGLE_ODD + *(hash - back);
    return (uint32_t)(sum * SYNDIC_SHINGLE_ODD >> 32);
}

/* The least of hash[from, to], of equal ones the last. */
static size_t least(const uint64_t *hash, size_t from, size_t to)
{
    size_t at = from;

    for (size_t i = from + 1; i <= to; i++)
        at = hash[i] <= hash[at] ? i : at;
    return at;
}

/* What `windows` successive windows over hash[] choose, but for what was chosen already: *next is
 * the first address that was not.  Before hash[0] there are those of `before` words.
 *
 * The least of a window is kept while the window moves on, and searched for only when it leaves.
 * Minima of stretches from both their ends (van Herk, 1992), which need no guess from the
 * processor, took twice the time (Xeon, Sapphire Rapids class, 2026-11). */
static size_t choose_runs(const struct syndic_winnower *winnower, const uint64_t *hash,
                          size_t before, size_t windows, uint64_t address, uint64_t *next)
{
    const size_t window = winnower->winnow->window;
    struct syndic_chosen *const chosen = winnower->chosen;
    size_t at = least(hash, 0, window - 1), n = 0;

    for (size_t s = 0;;) {
        if (address + at >= *next) {
            *next = address + at + 1;
            chosen[n++] = (struct syndic_chosen){
                hash[at] * SYNDIC_SHINGLE_ODD, address + at,
                at + before >= window ? hash_before(winnower->winnow, hash + at)
                                      : (uint32_t)((address + at) * SYNDIC_SHINGLE_ODD >> 32)};
        }
        do {
            if (++s == windows)
                return n;
        } while (at >= s && hash[s + window - 1] > hash[at]);
        at = at < s ? least(hash, s, s + window - 1) : s + window - 1;
    }
}

void syndic_winnow_words(struct syndic_winnower *winnower, const uint32_t *words, size_t count,
                         uint64_t address, syndic_choose *choose, void *context)
{
    const struct syndic_winnow *const winnow = winnower->winnow;
    const size_t least_words = winnow->run + winnow->window - 1;
    uint64_t next = address;

    if (count < least_words)
        return;
    for (size_t from = 0, windows = count - least_words + 1; windows; from += PIECE_WORDS) {
        const size_t now = windows < PIECE_WORDS ? windows : PIECE_WORDS;
        const size_t before = from ? winnow->window : 0;
        for (size_t i = 0; i < before + now + least_words - 1; i++)
            winnower->word[i] = words[from - before + i];
        syndic_kernels()->shingle_hashes(winnower->word, before + now + winnow->window - 1,
                                         winnow->mul, winnow->run, winnower->hash);
        const size_t n =
            choose_runs(winnower, winnower->hash + before, before, now, address + from, &next);
        choose(context, winnower->chosen, n);
        windows -= now;
    }
}

bool syndic_winnow_first(const struct syndic_winnow *winnow, const uint32_t *words, size_t at)
{
    uint64_t word[SYNDIC_SHINGLE_WIDTH_MAX], least_hash = UINT64_MAX;
    size_t least_at = 0;

    for (size_t s = 0; s < winnow->window; s++) {
        for (size_t i = 0; i < winnow->run; i++)
            word[i] = words[s + i];
        const uint64_t hash = syndic_shingle_hash(word, winnow->mul, winnow->run);
        if (hash <= least_hash) {
            least_hash = hash;
            least_at = s;
        }
    }
    return least_at == at;
}
