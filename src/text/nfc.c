/* SPDX-License-Identifier: Apache-2.0 */
/* nfc.c - a safe starter and what follows it up to the next one in; the same run in NFC, folded,
 * out.
 *
 * utf8proc knows the decompositions and compositions.  The canonical ordering between them is ours,
 * a counting sort: utf8proc's own takes quadratic time, and a document may be one long run of
 * marks.
 *
 * Folding can undo NFC: W and a ring above have no composed form, w and a ring above have one.  So
 * what was folded is normalised once more, and the whole is the canonical caseless form of the
 * Unicode Standard (section 3.13, D145) with simple folding: NFC(fold(NFC(text))).  Outside the
 * runs that come here fold(NFC(text)) is already in NFC; make_unicode_tables.py asserts what that
 * needs. Default-ignorable code points are dropped after that, as everywhere: a joiner between a
 * letter and its mark keeps them from being composed. */
#include "text/room.h"

#include <string.h>
#include <utf8proc.h>

/* The longest canonical decomposition of one code point (U+1F82 and others). */
enum { DECOMPOSED_MAX = 4 };

/* utf8proc's NFC. */
static const utf8proc_option_t nfc = UTF8PROC_STABLE | UTF8PROC_COMPOSE;

static uint32_t class_of(int32_t code_point)
{
    return syndic_combining_class(syndic_unicode_entry((uint32_t)code_point));
}

/* Stable sort of marks by combining class; sorted has room for them. */
static void sort_marks(int32_t *marks, size_t count, int32_t *sorted)
{
    size_t place[257] = {0};

    for (size_t i = 0; i < count; i++)
        place[class_of(marks[i]) + 1]++;
    for (size_t c = 0; c < 256; c++)
        place[c + 1] += place[c];
    for (size_t i = 0; i < count; i++)
        sorted[place[class_of(marks[i])]++] = marks[i];
    memcpy(marks, sorted, count * sizeof(marks[0]));
}

/* The same for the few marks that text really has. */
static void insert_marks(int32_t *marks, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const int32_t mark = marks[i];
        size_t j = i;
        for (; j > 0 && class_of(marks[j - 1]) > class_of(mark); j--)
            marks[j] = marks[j - 1];
        marks[j] = mark;
    }
}

/* Canonical ordering: every run of non-starters in order of their classes. */
static void order(int32_t *code_points, size_t count, int32_t *sorted)
{
    for (size_t first = 0; first < count;) {
        size_t end = first;
        while (end < count && class_of(code_points[end]))
            end++;
        if (end - first <= 16)
            insert_marks(code_points + first, end - first);
        else
            sort_marks(code_points + first, end - first, sorted);
        first = end + 1;
    }
}

/* Append the decomposition of a code point to the segment. */
static bool decompose(struct syndic_text_room *room, uint32_t code_point)
{
    struct syndic_segment *const segment = &room->segment;
    const size_t need = segment->count + DECOMPOSED_MAX;

    if (!syndic_array_reserve(room, &segment->code_points, need, sizeof(int32_t)))
        return false;
    int32_t *const end = (int32_t *)segment->code_points.items + segment->count;
    const utf8proc_ssize_t count =
        utf8proc_decompose_char((int32_t)code_point, end, DECOMPOSED_MAX, nfc, NULL);
    if (count < 0 || count > DECOMPOSED_MAX) { /* not reached: every code point here is valid */
        *end = (int32_t)code_point;
        segment->count++;
    } else {
        segment->count += (size_t)count;
    }
    return true;
}

/* Order and compose what has been decomposed. */
static bool compose(struct syndic_text_room *room)
{
    struct syndic_segment *const segment = &room->segment;

    if (!syndic_array_reserve(room, &segment->sorted, segment->count, sizeof(int32_t)))
        return false;
    order(segment->code_points.items, segment->count, segment->sorted.items);
    const utf8proc_ssize_t count =
        utf8proc_normalize_utf32(segment->code_points.items, (utf8proc_ssize_t)segment->count, nfc);
    if (count >= 0)
        segment->count = (size_t)count;
    return true;
}

/* Fold the segment; returns whether anything changed. */
static bool fold(struct syndic_segment *segment)
{
    uint32_t *const code_points = segment->code_points.items;
    uint32_t changed = 0;

    for (size_t i = 0; i < segment->count; i++) {
        const uint32_t delta = syndic_fold_delta(syndic_unicode_entry(code_points[i]));
        code_points[i] += delta;
        changed |= delta;
    }
    return changed != 0;
}

static bool compose_folded(struct syndic_text_room *room)
{
    struct syndic_segment *const segment = &room->segment;
    const size_t count = segment->count;

    if (!syndic_array_reserve(room, &segment->sorted, count, sizeof(int32_t)))
        return false;
    memcpy(segment->sorted.items, segment->code_points.items, count * sizeof(int32_t));
    segment->count = 0;
    for (size_t i = 0; i < count; i++)
        if (!decompose(room, ((const uint32_t *)segment->sorted.items)[i]))
            return false;
    return compose(room);
}

static bool append_place(struct syndic_text_room *room, size_t place)
{
    struct syndic_segment *const segment = &room->segment;

    if (!room->places)
        return true;
    if (!syndic_array_reserve(room, &segment->places, segment->place_count + 1, sizeof(uint32_t)))
        return false;
    ((uint32_t *)segment->places.items)[segment->place_count++] = (uint32_t)place;
    return true;
}

/* Decompose the source from `at` up to the next safe starter; *reached is where that is. */
static bool gather(struct syndic_text_room *room, size_t at, size_t *reached)
{
    const size_t first = at;

    room->segment.count = room->segment.place_count = 0;
    while (at < room->n) {
        const struct syndic_decoded d = syndic_decode(room->bytes + at, room->n - at);
        if (at > first && syndic_is_safe_starter(syndic_unicode_entry(d.code_point)))
            break;
        if (!append_place(room, at) || !decompose(room, d.code_point))
            return false;
        at += d.bytes;
    }
    *reached = at;
    if (!append_place(room, at))
        return false;
    room->segment.place_count -= room->places ? 1 : 0;
    return true;
}

enum syndic_status syndic_normalise_segment(struct syndic_text_room *room, size_t *reached)
{
    if (!gather(room, room->safe.source, reached) || !compose(room))
        return SYNDIC_NO_MEMORY;
    if (fold(&room->segment) && !compose_folded(room))
        return SYNDIC_NO_MEMORY;
    return SYNDIC_OK;
}
