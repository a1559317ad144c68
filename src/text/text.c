/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - a document in, its tokens and shingles out: the buffers, the fast road for ASCII, and
 * the choice between the roads, which is made anew for every block of 64 bytes. */
#include "text/text.h"

#include "text/room.h"

#include <assert.h>
#include <string.h>

enum syndic_status syndic_text_create(struct syndic_memory *memory,
                                      struct syndic_shingling shingling, bool places,
                                      struct syndic_text **text)
{
    assert(shingling.width >= 1 && shingling.width <= SYNDIC_SHINGLE_WIDTH_MAX);
    struct syndic_text *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));
    struct syndic_text_room *const room = syndic_allocate_zeroed(memory, 1, sizeof(*room));

    if (!made || !room) {
        syndic_release(memory, made);
        syndic_release(memory, room);
        return SYNDIC_NO_MEMORY;
    }
    room->memory = memory;
    room->shingling = shingling;
    room->places = places;
    syndic_shingle_multipliers(room->mul);
    made->room = room;
    *text = made;
    return SYNDIC_OK;
}

void syndic_text_destroy(struct syndic_text *text)
{
    if (!text)
        return;
    struct syndic_text_room *const room = text->room;
    struct syndic_memory *const memory = room->memory;
    void *const blocks[] = {
        room->normal.items,         room->token_end.items,           room->token_hash.items,
        room->source_start.items,   room->source_end.items,          room->shingle.items,
        room->segment.sorted.items, room->segment.code_points.items, room->segment.places.items};

    for (size_t i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
        syndic_release(memory, blocks[i]);
    syndic_release(memory, room);
    syndic_release(memory, text);
}

void syndic_text_read_general_only(struct syndic_text *text, bool general_only)
{
    text->room->general_only = general_only;
}

bool syndic_array_reserve(struct syndic_text_room *room, struct syndic_array *array, size_t need,
                          size_t size)
{
    return syndic_reserve(room->memory, &array->items, &array->capacity, need, size);
}

enum syndic_status syndic_reserve_output(struct syndic_text_room *room, size_t bytes, size_t tokens)
{
    const size_t text = room->normal_bytes + bytes + SYNDIC_TEXT_PADDING;
    const size_t all = room->token_count + tokens;

    if (text > UINT32_MAX)
        return SYNDIC_LIMIT;
    if (!syndic_array_reserve(room, &room->normal, text, 1) ||
        !syndic_array_reserve(room, &room->token_end, all, sizeof(uint32_t)) ||
        !syndic_array_reserve(room, &room->token_hash, all, sizeof(uint64_t)))
        return SYNDIC_NO_MEMORY;
    if (room->places && (!syndic_array_reserve(room, &room->source_start, all, sizeof(uint32_t)) ||
                         !syndic_array_reserve(room, &room->source_end, all, sizeof(uint32_t))))
        return SYNDIC_NO_MEMORY;
    return SYNDIC_OK;
}

void syndic_hash_tokens(struct syndic_text_room *room)
{
    const uint8_t *const normal = room->normal.items;
    const uint32_t *const token_end = room->token_end.items;
    uint64_t *const token_hash = room->token_hash.items;
    size_t start = syndic_token_start(room, room->hashed_count);

    for (size_t i = room->hashed_count; i < room->token_count; i++) {
        token_hash[i] = syndic_token_hash(normal + start, token_end[i] - start);
        start = (size_t)token_end[i] + 1;
    }
    room->hashed_count = room->token_count;
}

/* Finish the open token, if there is one. */
static void close_token(struct syndic_text_room *room)
{
    uint8_t *const normal = room->normal.items;
    uint32_t *const token_end = room->token_end.items;

    if (!syndic_token_is_open(room))
        return;
    token_end[room->token_count++] = (uint32_t)room->normal_bytes;
    normal[room->normal_bytes++] = ' ';
    syndic_hash_tokens(room);
}

/* Append part of a token, text[first, end) of the piece that begins at source `from`. */
static void append_part(struct syndic_text_room *room, const uint8_t *folded, size_t first,
                        size_t end, size_t from)
{
    if (room->places && end > first) {
        uint32_t *const source_start = room->source_start.items;
        uint32_t *const source_end = room->source_end.items;
        if (!syndic_token_is_open(room))
            source_start[room->token_count] = (uint32_t)(from + first);
        source_end[room->token_count] = (uint32_t)(from + end);
    }
    memcpy((uint8_t *)room->normal.items + room->normal_bytes, folded + first, end - first);
    room->normal_bytes += end - first;
}

/* Tokens that begin and end inside a piece: the kernel's work, and their places. */
static void emit_whole(struct syndic_text_room *room, const uint32_t *edge, size_t count,
                       size_t from)
{
    const size_t done = room->token_count;

    syndic_kernels()->emit_tokens(room->folded, edge, count, room->normal.items,
                                  &room->normal_bytes, (uint32_t *)room->token_end.items + done,
                                  (uint64_t *)room->token_hash.items + done);
    room->token_count += count;
    room->hashed_count = room->token_count;
    if (room->places) {
        uint32_t *const source_start = (uint32_t *)room->source_start.items + done;
        uint32_t *const source_end = (uint32_t *)room->source_end.items + done;
        for (size_t i = 0; i < count; i++) {
            source_start[i] = (uint32_t)from + edge[2 * i];
            source_end[i] = (uint32_t)from + edge[2 * i + 1];
        }
    }
}

/* Write the tokens of a piece: `bytes` of it are done, and edge[0, count) are its edges.  The first
 * may end a token that was open, the last may begin one that stays open. */
static void emit_piece(struct syndic_text_room *room, size_t from, size_t bytes, size_t count)
{
    const uint32_t *edge = room->edge;

    if (syndic_token_is_open(room)) {
        append_part(room, room->folded, 0, count ? edge[0] : bytes, from);
        if (!count)
            return;
        close_token(room);
        edge++, count--;
    }
    emit_whole(room, edge, count / 2, from);
    if (count % 2)
        append_part(room, room->folded, edge[count - 1], bytes, from);
}

/* Bytes of the code point that ends at bytes[end]. */
static size_t last_code_point(const uint8_t *bytes, size_t end)
{
    size_t n = 1;

    while (n < end && (bytes[end - n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* The last code point of a piece may get a mark from what follows; if it is a letter, it is also
 * the end of the open token, and is what would be taken back. */
static void remember_safe_point(struct syndic_text_room *room, size_t source)
{
    const size_t bytes = last_code_point(room->bytes, source);

    room->safe.source = source - bytes;
    room->safe.normal_bytes = room->normal_bytes - (syndic_token_is_open(room) ? bytes : 0);
    room->safe.token_count = room->token_count;
    room->last_class = 0;
    room->general_bytes = SYNDIC_GENERAL_BYTES_MIN;
}

/* The fast road: whole blocks up to the first that is not all ASCII.  Returns the bytes read. */
static size_t read_ascii(struct syndic_text_room *room, size_t from)
{
    const size_t blocks = (room->n - from) / 64;
    uint32_t inside = syndic_token_is_open(room);
    size_t count;
    const size_t done = syndic_kernels()->ascii_edges(
        room->bytes + from, blocks < SYNDIC_PIECE_BLOCKS ? blocks : SYNDIC_PIECE_BLOCKS,
        room->folded, room->edge, &count, &inside);

    if (done)
        emit_piece(room, from, 64 * done, count);
    return 64 * done;
}

/* The middle road.  Returns the bytes read, which may be none. */
static size_t read_mixed(struct syndic_text_room *room, size_t from)
{
    size_t count = 0;
    const size_t bytes = syndic_mixed_edges(room, from, &count);

    if (bytes)
        emit_piece(room, from, bytes, count);
    return bytes;
}

/* Read some more of the document from *at on by the fastest road that is open. */
static enum syndic_status step(struct syndic_text_room *room, size_t *at)
{
    const size_t left = room->n - *at;
    size_t bytes = 0;

    if (!room->general_only) {
        const size_t most = left < SYNDIC_PIECE_BYTES ? left : SYNDIC_PIECE_BYTES;
        const enum syndic_status status = syndic_reserve_output(room, most + 2, most / 2 + 2);
        if (status != SYNDIC_OK)
            return status;
        bytes = read_ascii(room, *at);
        if (!bytes)
            bytes = read_mixed(room, *at);
    }
    if (bytes) {
        *at += bytes;
        remember_safe_point(room, *at);
        return SYNDIC_OK;
    }
    const size_t stretch = room->general_bytes < left ? room->general_bytes : left;
    if (room->general_bytes < SYNDIC_GENERAL_BYTES_MAX)
        room->general_bytes *= 2;
    return syndic_read_general(room, *at, *at + stretch, at);
}

static enum syndic_status word_shingles(struct syndic_text_room *room, size_t *count)
{
    const size_t tokens = room->token_count;
    const size_t width = tokens < room->shingling.width ? tokens : room->shingling.width;

    *count = tokens ? tokens - width + 1 : 0;
    if (!syndic_array_reserve(room, &room->shingle, *count, sizeof(uint64_t)))
        return SYNDIC_NO_MEMORY;
    syndic_kernels()->shingle_hashes(room->token_hash.items, *count, room->mul, width,
                                     room->shingle.items);
    return SYNDIC_OK;
}

static void begin(struct syndic_text_room *room, const uint8_t *bytes, size_t n)
{
    room->bytes = bytes;
    room->n = n;
    room->normal_bytes = room->token_count = room->hashed_count = 0;
    room->replaced_count = 0;
    room->safe = (struct syndic_safe_point){0, 0, 0};
    room->last_class = 0;
    room->general_bytes = SYNDIC_GENERAL_BYTES_MIN;
}

static void show(struct syndic_text *text, size_t shingle_count)
{
    const struct syndic_text_room *const room = text->room;

    text->normal = room->normal.items;
    text->normal_bytes = room->normal_bytes;
    text->token_end = room->token_end.items;
    text->token_hash = room->token_hash.items;
    text->token_count = room->token_count;
    text->shingle = room->shingle.items;
    text->shingle_count = shingle_count;
    text->source_start = room->places ? room->source_start.items : NULL;
    text->source_end = room->places ? room->source_end.items : NULL;
    text->replaced_count = room->replaced_count;
}

enum syndic_status syndic_text_read(struct syndic_text *text, const uint8_t *bytes, size_t n)
{
    struct syndic_text_room *const room = text->room;
    size_t shingle_count = 0;
    enum syndic_status status;

    if (n > SYNDIC_TEXT_BYTES_MAX)
        return SYNDIC_LIMIT;
    begin(room, bytes, n);
    for (size_t at = 0; at < n;) {
        status = step(room, &at);
        if (status != SYNDIC_OK)
            return status;
    }
    status = syndic_reserve_output(room, 1, 1);
    if (status != SYNDIC_OK)
        return status;
    close_token(room);
    room->normal_bytes -= room->token_count ? 1 : 0;
    memset((uint8_t *)room->normal.items + room->normal_bytes, 0, SYNDIC_TEXT_PADDING);
    status = room->shingling.unit == SYNDIC_SHINGLE_CHAR
                 ? syndic_char_shingles(room, &shingle_count)
                 : word_shingles(room, &shingle_count);
    if (status == SYNDIC_OK)
        show(text, shingle_count);
    return status;
}

struct syndic_hash128 syndic_text_hash(const struct syndic_text *text)
{
    return syndic_hash128(text->normal, text->normal_bytes);
}
