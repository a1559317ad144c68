/* SPDX-License-Identifier: Apache-2.0 */
/* sample_index.c - samples in; postings and term lists out.
 *
 * A record is the leading bits of a hash and a position.  Records are partitioned and then sorted,
 * partition by partition; of the hash 64 bits less those of a position count, 44 for a million
 * documents, so that two of 40 million different shingles are rarely taken for one.  Terms are then
 * numbered by their first documents, which brings together what a document and its copies look up:
 * counting the pairs of a gigabyte of news pages spent most of its time waiting for postings. */
#include "join/sample_index.h"

#include "base/sort.h"
#include "join/partition.h"
#include "sketch/samples.h"

#include <string.h>

/* What building needs. */
struct building {
    struct syndic_sample_index *index;
    const uint64_t *const *sample;
    uint32_t one_in, documents_max, threads;
    unsigned position_bits;
    size_t records;
    uint64_t *record, *other; /* the same records, partitioned */
    unsigned part_bits;
    size_t parts, *start;     /* of partitions */
    size_t *terms, *postings; /* of each partition, then of those before it */
    uint64_t hot;
};

static uint64_t position_of(const struct building *building, uint64_t record)
{
    return record & (((uint64_t)1 << building->position_bits) - 1);
}

/* Positions and the places of their records: term_start serves for these. */
static enum syndic_status place_records(struct building *building)
{
    struct syndic_sample_index *const index = building->index;
    struct syndic_memory *const memory = index->memory;
    size_t sum = 0;

    index->term_start = syndic_allocate(memory, index->count + 1, sizeof(*index->term_start));
    if (!index->term_start)
        return SYNDIC_NO_MEMORY;
    for (size_t p = 0; p < index->count; p++) {
        index->term_start[p] = sum;
        sum += building->sample[p] ? building->sample[p][0] & ~SYNDIC_SAMPLE_SPARSE : 0;
    }
    index->term_start[index->count] = sum;
    building->records = sum;
    building->position_bits = 1;
    while (index->count >> building->position_bits)
        building->position_bits++;
    building->record = syndic_allocate(memory, sum, sizeof(*building->record));
    building->other = syndic_allocate(memory, sum, sizeof(*building->other));
    return building->record && building->other ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

/* Hashes are spread over all 64 bits, so that leading bits tell them apart. */
static void fill_records(const struct building *building)
{
    const struct syndic_sample_index *const index = building->index;
    const uint64_t mask = ((uint64_t)1 << building->position_bits) - 1;

#pragma omp parallel for schedule(dynamic, 256) num_threads((int)building->threads)
    for (size_t p = 0; p < index->count; p++) {
        uint64_t *const to = building->record + index->term_start[p];
        const size_t n = index->term_start[p + 1] - index->term_start[p];
        for (size_t i = 0; i < n; i++)
            to[i] = (building->sample[p][i + 1] * building->one_in & ~mask) | p;
    }
}

static enum syndic_status partition_records(struct building *building)
{
    struct syndic_memory *const memory = building->index->memory;

    building->part_bits = syndic_partition_bits(building->records, 64 - building->position_bits);
    building->parts = (size_t)1 << building->part_bits;
    building->start = syndic_allocate(memory, building->parts + 1, sizeof(*building->start));
    building->terms = syndic_allocate_zeroed(memory, building->parts + 1, sizeof(size_t));
    building->postings = syndic_allocate_zeroed(memory, building->parts + 1, sizeof(size_t));
    if (!building->start || !building->terms || !building->postings)
        return SYNDIC_NO_MEMORY;
    return syndic_partition(memory, building->record, building->records, 64 - building->part_bits,
                            building->parts, building->threads, building->other, building->start);
}

/* The records of one hash from `at` on: repeats are dropped, those of [at, *next) remain. */
static size_t hash_run(const struct building *building, const uint64_t *record, size_t at,
                       size_t end)
{
    size_t next = at + 1;

    while (next < end &&
           record[next] >> building->position_bits == record[at] >> building->position_bits)
        next++;
    return next;
}

static bool is_term(const struct building *building, size_t documents)
{
    return documents >= 2 && documents <= building->documents_max;
}

/* Sort a partition, drop repeats and count; the records that remain are at its start. */
static uint64_t count_part(struct building *building, size_t part)
{
    uint64_t *const record = building->other + building->start[part];
    const size_t n = building->start[part + 1] - building->start[part];
    uint64_t hot = 0;

    syndic_sort_u64(record, n, building->record + building->start[part]);
    const size_t count = syndic_unique_u64(record, n);
    for (size_t at = 0, next; at < count; at = next) {
        next = hash_run(building, record, at, count);
        if (is_term(building, next - at)) {
            building->terms[part]++;
            building->postings[part] += next - at;
        } else if (next - at > 1) {
            hot += next - at;
        }
    }
    building->record[building->start[part]] = count; /* for fill_part() */
    return hot;
}

static uint64_t count_parts(struct building *building)
{
    uint64_t hot = 0;

#pragma omp parallel for schedule(dynamic, 16) reduction(+ : hot)                                  \
    num_threads((int)building->threads)
    for (size_t part = 0; part < building->parts; part++)
        if (building->start[part + 1] > building->start[part])
            hot += count_part(building, part);
    return hot;
}

static size_t sum_up(size_t *count, size_t n)
{
    size_t sum = 0;

    for (size_t i = 0; i <= n; i++) {
        const size_t here = i < n ? count[i] : 0;
        count[i] = sum;
        sum += here;
    }
    return sum;
}

static void fill_part(const struct building *building, size_t part, uint32_t *own)
{
    struct syndic_sample_index *const index = building->index;
    const uint64_t *const record = building->other + building->start[part];
    const size_t count = building->record[building->start[part]];
    size_t term = building->terms[part], to = building->postings[part];

    for (size_t at = 0, next; at < count; at = next) {
        next = hash_run(building, record, at, count);
        const bool dense = record[at] >> 63; /* the upper half of the hashes that are sampled */
        if (next - at == 1) {
            const uint64_t position = position_of(building, record[at]);
#pragma omp atomic
            own[position]++;
#pragma omp atomic
            index->own_sparse[position] += !dense;
        }
        for (size_t i = at; next - at > building->documents_max && i < next; i++) {
            const uint64_t position = position_of(building, record[i]);
#pragma omp atomic
            index->hot_of[position]++;
        }
        if (!is_term(building, next - at))
            continue;
        index->dense_term[term] = dense;
        index->posting_start[term++] = to;
        for (size_t i = at; i < next; i++)
            index->posting[to++] = (uint32_t)position_of(building, record[i]);
    }
}

static enum syndic_status fill_postings(struct building *building)
{
    struct syndic_sample_index *const index = building->index;
    struct syndic_memory *const memory = index->memory;

    index->term_count = sum_up(building->terms, building->parts);
    const size_t postings = sum_up(building->postings, building->parts);
    index->posting_start = syndic_allocate(memory, index->term_count + 1, sizeof(size_t));
    index->posting = syndic_allocate(memory, postings, sizeof(*index->posting));
    index->own = syndic_allocate_zeroed(memory, index->count, sizeof(*index->own));
    index->hot_of = syndic_allocate_zeroed(memory, index->count, sizeof(*index->hot_of));
    index->own_sparse = syndic_allocate_zeroed(memory, index->count, sizeof(*index->own_sparse));
    index->sparse = syndic_allocate_zeroed(memory, index->count, sizeof(*index->sparse));
    index->dense = syndic_allocate(memory, index->count, 1);
    index->dense_term = syndic_allocate(memory, index->term_count, 1);
    if (!index->posting_start || !index->posting || !index->own || !index->hot_of ||
        !index->own_sparse || !index->sparse || !index->dense || !index->dense_term)
        return SYNDIC_NO_MEMORY;
    for (size_t p = 0; p < index->count; p++)
        index->dense[p] = !building->sample[p] || !(building->sample[p][0] & SYNDIC_SAMPLE_SPARSE);
    index->posting_start[index->term_count] = postings;
#pragma omp parallel for schedule(dynamic, 16) num_threads((int)building->threads)
    for (size_t part = 0; part < building->parts; part++)
        if (building->start[part + 1] > building->start[part])
            fill_part(building, part, index->own);
    return SYNDIC_OK;
}

/* Number terms anew, by their first positions. */
static enum syndic_status order_terms(struct syndic_sample_index *index, uint32_t threads)
{
    struct syndic_memory *const memory = index->memory;
    const size_t terms = index->term_count;
    uint64_t *const key = syndic_allocate(memory, terms, 2 * sizeof(*key));
    size_t *const start = syndic_allocate(memory, terms + 1, sizeof(*start));
    uint32_t *const posting =
        syndic_allocate(memory, index->posting_start[terms], sizeof(*posting));
    uint8_t *const dense = syndic_allocate(memory, terms, 1);
    const bool fine = key && start && posting && dense;
    size_t sum = 0;

    for (size_t t = 0; fine && t < terms; t++)
        key[t] = (uint64_t)index->posting[index->posting_start[t]] << 32 | t;
    if (fine)
        syndic_sort_u64(key, terms, key + terms);
    for (size_t t = 0; fine && t < terms; t++) {
        const size_t old = (uint32_t)key[t];
        start[t] = sum;
        dense[t] = index->dense_term[old];
        sum += index->posting_start[old + 1] - index->posting_start[old];
    }
    if (fine) {
        start[terms] = sum;
#pragma omp parallel for schedule(static) num_threads((int)threads)
        for (size_t t = 0; t < terms; t++)
            memcpy(posting + start[t], index->posting + index->posting_start[(uint32_t)key[t]],
                   (start[t + 1] - start[t]) * sizeof(*posting));
    }
    syndic_release(memory, key);
    syndic_release(memory, fine ? index->dense_term : dense);
    syndic_release(memory, fine ? index->posting : posting);
    syndic_release(memory, fine ? index->posting_start : start);
    if (fine) {
        index->posting = posting;
        index->dense_term = dense;
        index->posting_start = start;
    }
    return fine ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

/* Turn the postings round: terms are taken in order, so that lists ascend. */
static enum syndic_status fill_terms(struct syndic_sample_index *index)
{
    const size_t postings = index->posting_start[index->term_count];
    size_t sum = 0;

    index->term = syndic_allocate(index->memory, postings, sizeof(*index->term));
    if (!index->term)
        return SYNDIC_NO_MEMORY;
    memset(index->term_start, 0, (index->count + 1) * sizeof(*index->term_start));
    for (size_t i = 0; i < postings; i++)
        index->term_start[index->posting[i] + 1]++;
    for (size_t p = 0; p <= index->count; p++)
        index->term_start[p] = sum += index->term_start[p];
    for (size_t t = 0; t < index->term_count; t++)
        for (size_t i = index->posting_start[t]; i < index->posting_start[t + 1]; i++) {
            index->term[index->term_start[index->posting[i]]++] = (uint32_t)t;
            index->sparse[index->posting[i]] += !index->dense_term[t];
        }
    for (size_t p = index->count; p > 0; p--)
        index->term_start[p] = index->term_start[p - 1];
    index->term_start[0] = 0;
    for (size_t p = 0; p < index->count; p++)
        index->sparse[p] += index->own_sparse[p];
    return SYNDIC_OK;
}

enum syndic_status syndic_sample_index_create(struct syndic_memory *memory,
                                              const uint64_t *const *sample, size_t count,
                                              uint32_t one_in, uint32_t documents_max,
                                              uint32_t threads, struct syndic_sample_index *index)
{
    struct building building = {.index = index,
                                .sample = sample,
                                .one_in = one_in,
                                .documents_max = documents_max,
                                .threads = syndic_thread_count(threads)};

    *index = (struct syndic_sample_index){.memory = memory, .count = count};
    enum syndic_status status = place_records(&building);
    if (!status) {
        fill_records(&building);
        status = partition_records(&building);
    }
    if (!status) {
        index->hot = count_parts(&building);
        status = fill_postings(&building);
    }
    syndic_release(memory, building.postings);
    syndic_release(memory, building.terms);
    syndic_release(memory, building.start);
    syndic_release(memory, building.other);
    syndic_release(memory, building.record);
    if (!status)
        status = order_terms(index, building.threads);
    if (!status)
        status = fill_terms(index);
    for (size_t p = 0; !status && p < count; p++)
        index->sampled += index->own[p] + index->term_start[p + 1] - index->term_start[p];
    index->sampled += index->hot;
    if (status)
        syndic_sample_index_clear(index);
    return status;
}

void syndic_sample_index_clear(struct syndic_sample_index *index)
{
    if (!index->memory)
        return;
    syndic_release(index->memory, index->sparse);
    syndic_release(index->memory, index->own_sparse);
    syndic_release(index->memory, index->dense_term);
    syndic_release(index->memory, index->dense);
    syndic_release(index->memory, index->hot_of);
    syndic_release(index->memory, index->own);
    syndic_release(index->memory, index->term);
    syndic_release(index->memory, index->term_start);
    syndic_release(index->memory, index->posting);
    syndic_release(index->memory, index->posting_start);
    *index = (struct syndic_sample_index){0};
}
