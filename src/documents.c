/* SPDX-License-Identifier: Apache-2.0 */
/* documents.c - records in, the document table out. */
#include "documents.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void syndic_documents_init(struct syndic_documents *documents, struct syndic_memory *memory)
{
    *documents = (struct syndic_documents){.memory = memory};
    syndic_arena_init(&documents->strings, memory);
}

static bool grow(struct syndic_memory *memory, void **column, size_t capacity, size_t size)
{
    void *const moved = syndic_resize(memory, *column, capacity, size);

    if (moved)
        *column = moved;
    return moved != NULL;
}

enum syndic_status syndic_documents_reserve(struct syndic_documents *documents, size_t capacity,
                                            bool with_values)
{
    struct syndic_memory *const memory = documents->memory;

    if (capacity <= documents->capacity)
        return SYNDIC_OK;
    if (!grow(memory, (void **)&documents->place, capacity, sizeof(*documents->place)) ||
        !grow(memory, (void **)&documents->line, capacity, sizeof(*documents->line)) ||
        !grow(memory, (void **)&documents->id, capacity, sizeof(*documents->id)))
        return SYNDIC_NO_MEMORY;
    if (with_values &&
        !grow(memory, (void **)&documents->value, capacity, sizeof(*documents->value)))
        return SYNDIC_NO_MEMORY;
    documents->capacity = capacity;
    return SYNDIC_OK;
}

static enum syndic_status copy_value(struct syndic_arena *strings,
                                     const struct syndic_record *record,
                                     struct syndic_rank_value *value)
{
    *value = (struct syndic_rank_value){.kind = record->rank_kind, .number = record->rank};
    if (record->rank_kind == SYNDIC_RANK_STRING)
        value->text = syndic_arena_copy(strings, record->rank_text, record->rank_text_bytes);
    return record->rank_kind == SYNDIC_RANK_STRING && !value->text ? SYNDIC_NO_MEMORY : SYNDIC_OK;
}

/* The record's id as a string: a NUL in it becomes U+FFFD, so that nothing is cut off. */
static const char *copy_id(struct syndic_arena *strings, const struct syndic_record *record)
{
    static const char replacement[] = "\xef\xbf\xbd";
    const char *const nul = memchr(record->id, 0, record->id_bytes);

    if (!nul)
        return syndic_arena_copy(strings, record->id, record->id_bytes);
    char *const whole = syndic_allocate(strings->memory, 3, record->id_bytes);
    if (!whole)
        return NULL;
    size_t n = 0;
    for (size_t i = 0; i < record->id_bytes; i++) {
        if (record->id[i]) {
            whole[n++] = record->id[i];
        } else {
            memcpy(whole + n, replacement, 3);
            n += 3;
        }
    }
    const char *const copy = syndic_arena_copy(strings, whole, n);
    syndic_release(strings->memory, whole);
    return copy;
}

enum syndic_status syndic_documents_add(struct syndic_documents *documents, uint32_t source,
                                        const struct syndic_record *record, bool with_values)
{
    const size_t row = documents->count;

    if (row == documents->capacity &&
        syndic_documents_reserve(documents, row ? row * 2 : 64, with_values))
        return SYNDIC_NO_MEMORY;
    documents->place[row] = (struct syndic_place){record->offset, source, (uint32_t)record->bytes};
    documents->line[row] = record->line;
    documents->id[row] = NULL;
    if (record->id) {
        documents->id[row] = copy_id(&documents->strings, record);
        if (!documents->id[row])
            return SYNDIC_NO_MEMORY;
    }
    if (with_values && copy_value(&documents->strings, record, &documents->value[row]))
        return SYNDIC_NO_MEMORY;
    documents->count++;
    return SYNDIC_OK;
}

void syndic_documents_absorb(struct syndic_documents *to, struct syndic_documents *from,
                             uint64_t line_base)
{
    const size_t n = from->count, at = to->count;

    if (n) {
        memcpy(to->place + at, from->place, n * sizeof(*to->place));
        memcpy(to->id + at, from->id, n * sizeof(*to->id));
        if (to->value)
            memcpy(to->value + at, from->value, n * sizeof(*to->value));
        for (size_t i = 0; i < n; i++)
            to->line[at + i] = from->line[i] + line_base;
    }
    to->count += n;
    syndic_arena_absorb(&to->strings, &from->strings);
    syndic_documents_clear(from);
}

struct ranked {
    const struct syndic_rank_value *value;
    uint32_t row;
};

static int by_value(const void *left, const void *right)
{
    const struct syndic_rank_value *const a = ((const struct ranked *)left)->value;
    const struct syndic_rank_value *const b = ((const struct ranked *)right)->value;

    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->kind == SYNDIC_RANK_STRING)
        return strcmp(a->text, b->text);
    return (a->number > b->number) - (a->number < b->number);
}

enum syndic_status syndic_documents_rank(const struct syndic_documents *documents, double *rank)
{
    struct ranked *const ranked =
        syndic_allocate(documents->memory, documents->count, sizeof(*ranked));
    size_t n = 0;

    if (!ranked)
        return SYNDIC_NO_MEMORY;
    for (size_t row = 0; row < documents->count; row++) {
        rank[row] = (double)NAN;
        if (documents->value[row].kind != SYNDIC_RANK_NONE)
            ranked[n++] = (struct ranked){&documents->value[row], (uint32_t)row};
    }
    qsort(ranked, n, sizeof(*ranked), by_value);
    double place = 0;
    for (size_t i = 0; i < n; i++) {
        if (i && by_value(&ranked[i - 1], &ranked[i]))
            place = (double)i;
        rank[ranked[i].row] = place;
    }
    syndic_release(documents->memory, ranked);
    return SYNDIC_OK;
}

void syndic_documents_clear(struct syndic_documents *documents)
{
    if (!documents->memory)
        return;
    syndic_release(documents->memory, documents->place);
    syndic_release(documents->memory, documents->line);
    syndic_release(documents->memory, documents->id);
    syndic_release(documents->memory, documents->value);
    syndic_arena_clear(&documents->strings);
    syndic_documents_init(documents, documents->memory);
}
