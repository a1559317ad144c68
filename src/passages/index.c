/* SPDX-License-Identifier: Apache-2.0 */
/* index.c - words in; places of equal runs out.  Records are collected in blocks, a histogram of
 * the leading bits of their hashes beside them; scattered by these bits into parts; and a part, in
 * cache, by the bits that follow, which leaves about one record a slot where nothing repeats. */
#include "passages/index.h"

#include "base/sort.h"
#include "join/partition.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_RECORDS  ((size_t)1 << 15)
#define PART_BITS_MAX  11   /* streams of a scatter that stay within the TLB */
#define PART_RECORDS   8192 /* these twice stay in the second-level cache */
#define SLOT_BITS      13
#define INSERTION_MAX  32
#define DOCUMENTS_DEAL 64 /* documents that a thread takes at a time */

/* The hash is what follows the leading bits that a part has in common. */
struct record {
    uint32_t hash, before, address;
};

struct block {
    struct block *last; /* the one before */
    size_t count;
    struct record record[BLOCK_RECORDS];
    uint16_t part[BLOCK_RECORDS];
};

/* What one thread has chosen in this round. */
struct picker {
    _Alignas(SYNDIC_ALIGNMENT) const struct round *round;
    struct syndic_winnower winnower;
    struct block *last;
    size_t *count; /* by part; then where its next record of each part goes */
    enum syndic_status status;
};

struct round {
    const struct syndic_tokens *tokens;
    const struct syndic_index_visitor *visitor;
    struct picker *picker;
    uint32_t threads;
    unsigned round_bits, part_bits;
    uint64_t number; /* of the round: the leading bits of the hashes */
    struct record *record;
    size_t *start; /* of each part, and the end */
    _Atomic int status;
};

static unsigned bits_for(uint64_t n)
{
    return n > 1 ? 64 - (unsigned)__builtin_clzll(n - 1) : 0;
}

/* A block with room for a record; NULL: no memory. */
static struct block *open_block(struct picker *picker)
{
    struct block *block = picker->last;

    if (block && block->count < BLOCK_RECORDS)
        return block;
    block = syndic_allocate(picker->round->tokens->memory, 1, sizeof(*block));
    if (!block) {
        picker->status = SYNDIC_NO_MEMORY;
        return NULL;
    }
    block->last = picker->last;
    block->count = 0;
    return picker->last = block;
}

static void pick(void *context, const struct syndic_chosen *chosen, size_t count)
{
    struct picker *const picker = context;
    const struct round *const round = picker->round;
    struct block *block = open_block(picker);

    for (size_t i = 0; i < count && block; i++) {
        uint64_t hash = chosen[i].hash;
        if (round->round_bits && hash >> (64 - round->round_bits) != round->number)
            continue;
        hash <<= round->round_bits;
        const uint16_t part = (uint16_t)(round->part_bits ? hash >> (64 - round->part_bits) : 0);
        block->part[block->count] = part;
        block->record[block->count++] =
            (struct record){(uint32_t)(hash << round->part_bits >> 32), chosen[i].before,
                            (uint32_t)chosen[i].address};
        picker->count[part]++;
        if (block->count == BLOCK_RECORDS)
            block = open_block(picker);
    }
}

static bool stopped(const struct round *round)
{
    const _Atomic bool *const cancel = round->visitor->cancel;

    return atomic_load(&round->status) || (cancel && atomic_load(cancel));
}

static void fail(struct round *round, enum syndic_status status)
{
    int none = SYNDIC_OK;

    atomic_compare_exchange_strong(&round->status, &none, (int)status);
}

/* Winnow all documents and keep what belongs to this round. */
static void collect(struct round *round)
{
    const struct syndic_tokens *const tokens = round->tokens;
    const size_t n = tokens->span_count, parts = (size_t)1 << round->part_bits;

    for (uint32_t t = 0; t < round->threads; t++) {
        round->picker[t].last = NULL;
        memset(round->picker[t].count, 0, parts * sizeof(*round->picker[t].count));
    }
#pragma omp parallel for num_threads((int)round->threads) schedule(dynamic, 1)
    for (size_t deal = 0; deal < n; deal += DOCUMENTS_DEAL) {
        struct picker *const picker = &round->picker[omp_get_thread_num()];
        uint64_t words = 0;
        for (size_t i = deal; i < n && i < deal + DOCUMENTS_DEAL && !stopped(round); i++) {
            const struct syndic_token_span *const span = &tokens->span[i];
            if (span->count)
                syndic_winnow_words(&picker->winnower, syndic_token_at(tokens, span->address),
                                    span->count, span->address, pick, picker);
            words += span->count;
        }
        if (round->visitor->done)
            atomic_fetch_add(round->visitor->done, words);
        if (picker->status)
            fail(round, picker->status);
    }
}

static void free_blocks(struct round *round, struct picker *picker)
{
    while (picker->last) {
        struct block *const last = picker->last->last;
        syndic_release(round->tokens->memory, picker->last);
        picker->last = last;
    }
}

/* Counts become places; returns how many records there are. */
static size_t place_parts(struct round *round)
{
    const size_t parts = (size_t)1 << round->part_bits;
    size_t sum = 0;

    for (size_t p = 0; p < parts; p++) {
        round->start[p] = sum;
        for (uint32_t t = 0; t < round->threads; t++) {
            const size_t here = round->picker[t].count[p];
            round->picker[t].count[p] = sum;
            sum += here;
        }
    }
    return round->start[parts] = sum;
}

/* A thread's blocks, each given back when it is empty. */
static void scatter(struct round *round, struct picker *picker)
{
    while (picker->last) {
        struct block *const block = picker->last;
        for (size_t i = 0; i < block->count; i++)
            round->record[picker->count[block->part[i]]++] = block->record[i];
        picker->last = block->last;
        syndic_release(round->tokens->memory, block);
    }
}

/* ---- a part ---- */

/* What one thread needs to look at a part. */
struct desk {
    struct record *record;
    uint64_t *address, *scratch;
    uint32_t next[(1 << SLOT_BITS) + 1];
};

/* Order from[0, n) by the leading bits of the hashes into `to`; next[s] is then the end of slot s.
 */
static void fill_slots(const struct record *from, size_t n, struct desk *desk)
{
    memset(desk->next, 0, sizeof(desk->next));
    for (size_t i = 0; i < n; i++)
        desk->next[(from[i].hash >> (32 - SLOT_BITS)) + 1]++;
    for (size_t s = 0; s < (size_t)1 << SLOT_BITS; s++)
        desk->next[s + 1] += desk->next[s];
    for (size_t i = 0; i < n; i++)
        desk->record[desk->next[from[i].hash >> (32 - SLOT_BITS)]++] = from[i];
}

static int by_hash(const void *left, const void *right)
{
    const struct record *const a = left, *const b = right;

    return (a->hash > b->hash) - (a->hash < b->hash);
}

/* Most slots have the records of one run only, and are in order already. */
static void sort_slot(struct record *record, size_t n)
{
    size_t i = 1;

    while (i < n && record[i - 1].hash <= record[i].hash)
        i++;
    if (i == n)
        return;
    if (n > INSERTION_MAX) {
        qsort(record, n, sizeof(*record), by_hash);
        return;
    }
    for (; i < n; i++) {
        const struct record x = record[i];
        size_t j = i;
        for (; j && record[j - 1].hash > x.hash; j--)
            record[j] = record[j - 1];
        record[j] = x;
    }
}

/* The records of one run. */
static enum syndic_status visit_run(const struct round *round, uint32_t thread, struct desk *desk,
                                    const struct record *record, size_t n)
{
    uint32_t differ = 0;

    for (size_t i = 1; i < n; i++)
        differ |= record[i].before ^ record[0].before;
    if (n < 2 || !(differ || round->visitor->any_before))
        return SYNDIC_OK;
    for (size_t i = 0; i < n; i++)
        desk->address[i] = record[i].address;
    syndic_sort_u64(desk->address, n, desk->scratch);
    return round->visitor->visit(round->visitor->context, thread, desk->address, n);
}

static void visit_part(struct round *round, size_t part, uint32_t thread, struct desk *desk)
{
    const struct record *const from = round->record + round->start[part];
    const size_t n = round->start[part + 1] - round->start[part];

    fill_slots(from, n, desk);
    for (size_t s = 0, begin = 0, end; s < (size_t)1 << SLOT_BITS && !stopped(round); s++) {
        const size_t slot_end = desk->next[s];
        if (slot_end - begin > 1)
            sort_slot(desk->record + begin, slot_end - begin);
        for (; begin < slot_end; begin = end) {
            for (end = begin + 1;
                 end < slot_end && desk->record[end].hash == desk->record[begin].hash; end++)
                ;
            const enum syndic_status status =
                visit_run(round, thread, desk, desk->record + begin, end - begin);
            if (status)
                fail(round, status);
        }
    }
}

static size_t largest_part(const struct round *round)
{
    size_t most = 0;

    for (size_t p = 0; p < (size_t)1 << round->part_bits; p++) {
        const size_t here = round->start[p + 1] - round->start[p];
        most = here > most ? here : most;
    }
    return most;
}

static struct desk *open_desk(struct syndic_memory *memory, size_t records)
{
    struct desk *const desk = syndic_allocate(memory, 1, sizeof(*desk));

    if (!desk)
        return NULL;
    desk->record = syndic_allocate(memory, records, sizeof(*desk->record));
    desk->address = syndic_allocate(memory, records, sizeof(*desk->address));
    desk->scratch = syndic_allocate(memory, records, sizeof(*desk->scratch));
    return desk;
}

static void close_desk(struct syndic_memory *memory, struct desk *desk)
{
    if (!desk)
        return;
    syndic_release(memory, desk->record);
    syndic_release(memory, desk->address);
    syndic_release(memory, desk->scratch);
    syndic_release(memory, desk);
}

static void visit_parts(struct round *round)
{
    struct syndic_memory *const memory = round->tokens->memory;
    const size_t room = largest_part(round);

#pragma omp parallel num_threads((int)round->threads)
    {
        struct desk *const desk = open_desk(memory, room);
        if (!desk || !desk->record || !desk->address || !desk->scratch)
            fail(round, SYNDIC_NO_MEMORY);
#pragma omp for schedule(dynamic, 1)
        for (size_t p = 0; p < (size_t)1 << round->part_bits; p++)
            if (!stopped(round))
                visit_part(round, p, (uint32_t)omp_get_thread_num(), desk);
        close_desk(memory, desk);
    }
}

static enum syndic_status do_round(struct round *round)
{
    struct syndic_memory *const memory = round->tokens->memory;

    collect(round);
    round->record =
        syndic_allocate(memory, stopped(round) ? 0 : place_parts(round), sizeof(*round->record));
    if (!round->record)
        fail(round, SYNDIC_NO_MEMORY);
    if (!stopped(round)) {
#pragma omp parallel for num_threads((int)round->threads) schedule(static, 1)
        for (uint32_t t = 0; t < round->threads; t++)
            scatter(round, &round->picker[t]);
        visit_parts(round);
    }
    for (uint32_t t = 0; t < round->threads; t++)
        free_blocks(round, &round->picker[t]);
    syndic_release(memory, round->record);
    const enum syndic_status status = (enum syndic_status)atomic_load(&round->status);
    return status ? status : stopped(round) ? SYNDIC_INTERRUPTED : SYNDIC_OK;
}

static enum syndic_status create_pickers(struct round *round, const struct syndic_winnow *winnow)
{
    struct syndic_memory *const memory = round->tokens->memory;
    const size_t parts = (size_t)1 << round->part_bits;

    round->start = syndic_allocate(memory, parts + 1, sizeof(*round->start));
    round->picker = syndic_allocate_zeroed(memory, round->threads, sizeof(*round->picker));
    if (!round->start || !round->picker)
        return SYNDIC_NO_MEMORY;
    for (uint32_t t = 0; t < round->threads; t++) {
        struct picker *const picker = &round->picker[t];
        picker->round = round;
        picker->count = syndic_allocate(memory, parts, sizeof(*picker->count));
        if (!picker->count || syndic_winnower_init(&picker->winnower, memory, winnow))
            return SYNDIC_NO_MEMORY;
    }
    return SYNDIC_OK;
}

static void destroy_pickers(struct round *round)
{
    struct syndic_memory *const memory = round->tokens->memory;

    for (uint32_t t = 0; round->picker && t < round->threads; t++) {
        syndic_release(memory, round->picker[t].count);
        syndic_winnower_clear(&round->picker[t].winnower);
    }
    syndic_release(memory, round->picker);
    syndic_release(memory, round->start);
}

enum syndic_status syndic_index_visit(const struct syndic_tokens *tokens,
                                      const struct syndic_winnow *winnow, uint32_t threads,
                                      const struct syndic_index_visitor *visitor)
{
    const uint64_t words = atomic_load(&tokens->words);
    const uint64_t expected = words / (winnow->window + 1) * 2 + 1;
    const size_t most = visitor->records ? visitor->records : SYNDIC_INDEX_RECORDS;
    struct round round = {.tokens = tokens,
                          .visitor = visitor,
                          .threads = syndic_useful_threads(threads, words / 4),
                          .round_bits = bits_for((expected + most - 1) / most)};
    const uint64_t of_round = expected >> round.round_bits;
    while (round.part_bits < PART_BITS_MAX && of_round >> round.part_bits > PART_RECORDS)
        round.part_bits++;
    if (visitor->total)
        atomic_store(visitor->total, words << round.round_bits);
    enum syndic_status status = create_pickers(&round, winnow);
    for (; !status && !(round.number >> round.round_bits); round.number++)
        status = do_round(&round);
    destroy_pickers(&round);
    return status;
}
