/* SPDX-License-Identifier: Apache-2.0 */
/* json.c - one line of JSON in; the values of a few named fields out.
 *
 * One walk over the line checks everything and keeps no tree: a stack of one word a level says
 * whether it is an object or an array and which paths have led this far.  Strings and numbers are
 * the work of json_token.c; a string that nobody wants is passed over, a wanted one is unescaped on
 * the way. */
#include "read/json.h"

#include "read/json_token.h"

#include <string.h>

#define SLOTS_MAX (2 * SYNDIC_JSON_FIELDS_MAX)

/* Room for unescaped text beyond this is given back when lines are short again. */
#define ROOM_BYTES_KEPT ((size_t)16 << 20)

enum { /* a level of the stack: the low bits are the slots that look for a member in it */
       LEVEL_SLOTS = (1 << SLOTS_MAX) - 1,
       LEVEL_OBJECT = 1 << SLOTS_MAX,
       LEVEL_WANTED = 1 << (SLOTS_MAX + 1), /* some slot's value is this object or array */
};

/* One way to meet a path: part by part, or as a whole name at the top level. */
struct slot {
    size_t field;
    size_t part_count;
    const char *part[SYNDIC_JSON_PARTS_MAX];
    size_t part_bytes[SYNDIC_JSON_PARTS_MAX];
    struct syndic_json_value value;
    size_t open_depth; /* of the wanted object or array we are in; 0: none */
};

struct syndic_json {
    struct syndic_memory *memory;
    size_t field_count, slot_count;
    struct slot slots[SLOTS_MAX];
    char *names[SYNDIC_JSON_FIELDS_MAX];

    struct syndic_json_cursor cursor;
    uint8_t *room; /* unescaped strings one after another: together never longer than the line */
    size_t room_bytes, room_used;
    size_t depth;
    uint16_t level[SYNDIC_JSON_DEPTH_MAX + 1];
};

/* ---- paths ---- */

static void add_slot(struct syndic_json *json, size_t field, const char *name, bool whole)
{
    struct slot *const slot = &json->slots[json->slot_count++];

    slot->field = field;
    for (;;) {
        const char *const dot = whole ? NULL : strchr(name, '.');
        const size_t bytes = dot ? (size_t)(dot - name) : strlen(name);
        slot->part[slot->part_count] = name;
        slot->part_bytes[slot->part_count++] = bytes;
        if (!dot)
            return;
        name = dot + 1;
    }
}

static enum syndic_status add_path(struct syndic_json *json, const char *path)
{
    const size_t field = json->field_count, bytes = strlen(path) + 1;
    size_t dots = 0;

    for (const char *p = path; *p; p++)
        dots += *p == '.';
    if (dots >= SYNDIC_JSON_PARTS_MAX)
        return SYNDIC_INVALID_ARGUMENT;
    json->names[field] = syndic_allocate(json->memory, bytes, 1);
    if (!json->names[field])
        return SYNDIC_NO_MEMORY;
    memcpy(json->names[field], path, bytes);
    json->field_count++;
    add_slot(json, field, json->names[field], true);
    if (dots)
        add_slot(json, field, json->names[field], false);
    return SYNDIC_OK;
}

enum syndic_status syndic_json_create(struct syndic_memory *memory, const char *const *paths,
                                      size_t count, struct syndic_json **json)
{
    if (count > SYNDIC_JSON_FIELDS_MAX)
        return SYNDIC_INVALID_ARGUMENT;
    struct syndic_json *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));
    if (!made)
        return SYNDIC_NO_MEMORY;
    made->memory = memory;
    made->cursor.kernels = syndic_kernels();
    for (size_t i = 0; i < count; i++) {
        const enum syndic_status status = add_path(made, paths[i]);
        if (status) {
            syndic_json_destroy(made);
            return status;
        }
    }
    *json = made;
    return SYNDIC_OK;
}

void syndic_json_destroy(struct syndic_json *json)
{
    if (!json)
        return;
    for (size_t i = 0; i < json->field_count; i++)
        syndic_release(json->memory, json->names[i]);
    syndic_release(json->memory, json->room);
    syndic_release(json->memory, json);
}

/* ---- the walk ---- */

static bool malformed(struct syndic_json *json, const char *reason)
{
    const bool ended = json->cursor.at >= json->cursor.n;

    return syndic_json_malformed(&json->cursor, json->cursor.at,
                                 ended ? "unexpected end of the line" : reason);
}

static struct slot *next_slot(struct syndic_json *json, unsigned *slots)
{
    struct slot *const slot = &json->slots[__builtin_ctz(*slots)];

    *slots &= *slots - 1;
    return slot;
}

/* The string at the cursor, unescaped; it stays valid when `keep`, else until the next string. */
static bool take_string(struct syndic_json *json, bool keep, const uint8_t **bytes, size_t *length)
{
    uint8_t *const room = json->room + json->room_used;

    json->cursor.at++;
    if (!syndic_json_take_string(&json->cursor, room, bytes, length))
        return false;
    if (keep && *bytes == room)
        json->room_used += *length;
    return true;
}

/* Pass over a key and its colon; *hits = those of `slots` whose next part it is. */
static bool take_key(struct syndic_json *json, unsigned slots, unsigned *hits)
{
    struct syndic_json_cursor *const cursor = &json->cursor;
    const uint8_t *key = NULL;
    size_t key_bytes = 0;

    *hits = 0;
    if (syndic_json_peek(cursor) != '"')
        return malformed(json, "expected a key");
    if (!slots) {
        cursor->at++;
        if (!syndic_json_pass_string(cursor))
            return false;
    } else if (!take_string(json, false, &key, &key_bytes)) {
        return false;
    }
    for (unsigned left = slots; left;) {
        const unsigned bit = left & -left;
        const struct slot *const slot = next_slot(json, &left);
        const size_t part = json->depth - 1;
        if (slot->part_bytes[part] == key_bytes && !memcmp(slot->part[part], key, key_bytes))
            *hits |= bit;
    }
    syndic_json_skip_space(cursor);
    if (syndic_json_peek(cursor) != ':')
        return malformed(json, "expected ':' after a key");
    cursor->at++;
    syndic_json_skip_space(cursor);
    return true;
}

static bool take_word(struct syndic_json *json, const char *word, enum syndic_json_type type,
                      struct syndic_json_value *value)
{
    value->type = type;
    return syndic_json_pass_word(&json->cursor, word);
}

static bool is_number_start(uint8_t byte)
{
    return byte == '-' || (byte >= '0' && byte <= '9');
}

/* A string, number or word at the cursor; the bytes of strings only when they are wanted. */
static bool take_scalar(struct syndic_json *json, bool wanted, struct syndic_json_value *value)
{
    struct syndic_json_cursor *const cursor = &json->cursor;
    const size_t start = cursor->at;
    bool good = false;

    switch (syndic_json_peek(cursor)) {
    case '"':
        value->type = SYNDIC_JSON_STRING;
        if (wanted)
            return take_string(json, true, &value->bytes, &value->length);
        cursor->at++;
        return syndic_json_pass_string(cursor);
    case 't':
        good = take_word(json, "true", SYNDIC_JSON_TRUE, value);
        break;
    case 'f':
        good = take_word(json, "false", SYNDIC_JSON_FALSE, value);
        break;
    case 'n':
        good = take_word(json, "null", SYNDIC_JSON_NULL, value);
        break;
    default:
        if (!is_number_start(syndic_json_peek(cursor)))
            return malformed(json, "expected a value");
        value->type = SYNDIC_JSON_NUMBER;
        good = syndic_json_pass_number(cursor);
    }
    value->bytes = cursor->line + start;
    value->length = cursor->at - start;
    return good;
}

/* Enter an object or array: the value of the slots `wanted`, on the way to the slots `passing`. */
static bool open_level(struct syndic_json *json, bool object, unsigned wanted, unsigned passing)
{
    if (json->depth == SYNDIC_JSON_DEPTH_MAX)
        return malformed(json, "nested more than 1024 deep");
    json->depth++;
    json->level[json->depth] =
        (uint16_t)((object ? LEVEL_OBJECT | passing : 0) | (wanted ? LEVEL_WANTED : 0));
    while (wanted) {
        struct slot *const slot = next_slot(json, &wanted);
        slot->value.type = object ? SYNDIC_JSON_OBJECT : SYNDIC_JSON_ARRAY;
        slot->value.bytes = json->cursor.line + json->cursor.at;
        slot->open_depth = json->depth;
    }
    json->cursor.at++;
    return true;
}

static void close_level(struct syndic_json *json)
{
    json->cursor.at++;
    for (size_t i = 0; json->level[json->depth] & LEVEL_WANTED && i < json->slot_count; i++) {
        struct slot *const slot = &json->slots[i];
        if (slot->open_depth != json->depth)
            continue;
        slot->value.length = (size_t)(json->cursor.line + json->cursor.at - slot->value.bytes);
        slot->open_depth = 0;
    }
    json->depth--;
}

/* The value at the cursor, for the slots `hits`; an object or array is only entered. */
static bool take_value(struct syndic_json *json, unsigned hits)
{
    struct syndic_json_value value = {.type = SYNDIC_JSON_MISSING};
    unsigned wanted = 0;

    for (unsigned left = hits; left;) {
        const unsigned bit = left & -left;
        struct slot *const slot = next_slot(json, &left);
        slot->value = value; /* what an earlier key of the same name gave counts no more */
        wanted |= slot->part_count == json->depth ? bit : 0;
    }
    const uint8_t byte = syndic_json_peek(&json->cursor);
    if (byte == '{' || byte == '[')
        return open_level(json, byte == '{', wanted, hits & ~wanted);
    value.raw_at = json->cursor.at;
    if (!take_scalar(json, wanted, &value))
        return false;
    value.raw_length = json->cursor.at - value.raw_at;
    while (wanted)
        next_slot(json, &wanted)->value = value;
    return true;
}

static uint8_t closing_byte(const struct syndic_json *json)
{
    return json->level[json->depth] & LEVEL_OBJECT ? '}' : ']';
}

/* After a value: leave what ends here, and pass the comma unless all has ended. */
static bool pass_comma(struct syndic_json *json)
{
    struct syndic_json_cursor *const cursor = &json->cursor;

    syndic_json_skip_space(cursor);
    while (syndic_json_peek(cursor) == closing_byte(json)) {
        close_level(json);
        if (!json->depth)
            return true;
        syndic_json_skip_space(cursor);
    }
    if (syndic_json_peek(cursor) != ',')
        return malformed(json,
                         closing_byte(json) == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    cursor->at++;
    syndic_json_skip_space(cursor);
    return true;
}

static bool walk(struct syndic_json *json)
{
    while (json->depth) {
        const size_t depth = json->depth;
        const unsigned level = json->level[depth];
        unsigned hits = 0;
        if ((level & LEVEL_OBJECT) && !take_key(json, level & LEVEL_SLOTS, &hits))
            return false;
        if (!take_value(json, hits))
            return false;
        if (json->depth > depth) {
            syndic_json_skip_space(&json->cursor);
            if (syndic_json_peek(&json->cursor) != closing_byte(json))
                continue;
        }
        if (!pass_comma(json))
            return false;
    }
    return true;
}

static bool walk_line(struct syndic_json *json)
{
    syndic_json_skip_space(&json->cursor);
    if (syndic_json_peek(&json->cursor) != '{')
        return malformed(json, "expected an object");
    if (!open_level(json, true, 0, (1u << json->slot_count) - 1))
        return false;
    syndic_json_skip_space(&json->cursor);
    if (syndic_json_peek(&json->cursor) == '}')
        close_level(json);
    if (!walk(json))
        return false;
    syndic_json_skip_space(&json->cursor);
    return json->cursor.at == json->cursor.n || malformed(json, "something follows the object");
}

/* ---- one line ---- */

static bool make_room(struct syndic_json *json, size_t n)
{
    const size_t need = n + SYNDIC_TEXT_PADDING;

    if (json->room_bytes > ROOM_BYTES_KEPT && need < ROOM_BYTES_KEPT / 4) {
        syndic_release(json->memory, json->room);
        json->room = NULL;
        json->room_bytes = 0;
    }
    if (need <= json->room_bytes)
        return true;
    syndic_release(json->memory, json->room); /* nothing in it is needed: no copy */
    json->room = NULL;
    json->room_bytes = 0;
    return syndic_reserve(json->memory, (void **)&json->room, &json->room_bytes, need + need / 4,
                          1);
}

enum syndic_status syndic_json_extract(struct syndic_json *json, const uint8_t *line, size_t n,
                                       struct syndic_json_value *values, const char **reason,
                                       size_t *byte)
{
    if (!make_room(json, n))
        return SYNDIC_NO_MEMORY;
    json->cursor = (struct syndic_json_cursor){line, n, 0, NULL, json->cursor.kernels};
    json->room_used = 0;
    json->depth = 0;
    for (size_t i = 0; i < json->slot_count; i++) {
        json->slots[i].value = (struct syndic_json_value){.type = SYNDIC_JSON_MISSING};
        json->slots[i].open_depth = 0;
    }
    if (!walk_line(json)) {
        *reason = json->cursor.reason;
        *byte = json->cursor.at;
        return SYNDIC_FORMAT;
    }
    for (size_t i = 0; i < json->slot_count; i++) { /* the whole name first, then its parts */
        const struct slot *const slot = &json->slots[i];
        if (slot->part_count == 1 || !values[slot->field].type)
            values[slot->field] = slot->value;
    }
    return SYNDIC_OK;
}
