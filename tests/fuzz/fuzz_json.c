/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a line of JSON: every kernel table says the same, values fit in the line, and what
 * was given as the raw text of a value is a whole value. */
#include "kernel.h"
#include "read/json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const paths[] = {"text", "id", "a.b", "a"};
#define PATHS (sizeof(paths) / sizeof(*paths))

struct answer {
    enum syndic_status status;
    struct syndic_json_value values[PATHS];
    const char *reason;
    size_t byte;
};

static struct syndic_memory memory;

static void require(bool holds)
{
    if (!holds)
        abort();
}

static uint8_t *padded(const uint8_t *data, size_t size)
{
    uint8_t *const line = malloc(size + SYNDIC_TEXT_PADDING);

    require(line);
    if (size)
        memcpy(line, data, size);
    memset(line + size, '"', SYNDIC_TEXT_PADDING);
    return line;
}

static struct answer ask(struct syndic_json *json, const uint8_t *line, size_t size)
{
    struct answer answer = {.byte = 0};

    answer.status =
        syndic_json_extract(json, line, size, answer.values, &answer.reason, &answer.byte);
    require(answer.status == SYNDIC_OK ||
            (answer.status == SYNDIC_FORMAT && answer.reason && answer.byte <= size));
    for (size_t i = 0; !answer.status && i < PATHS; i++)
        require(answer.values[i].length <= size);
    return answer;
}

static void require_same(const struct answer *a, const struct answer *b)
{
    require(a->status == b->status);
    if (a->status) {
        require(a->byte == b->byte && !strcmp(a->reason, b->reason));
        return;
    }
    for (size_t i = 0; i < PATHS; i++) {
        const struct syndic_json_value *const x = &a->values[i], *const y = &b->values[i];
        require(x->type == y->type && x->length == y->length);
        require(!x->length || !memcmp(x->bytes, y->bytes, x->length));
    }
}

/* {"a":VALUE} must be good, with the same value. */
static void require_whole(struct syndic_json *json, const struct syndic_json_value *value)
{
    const size_t size = value->length + 6;
    uint8_t *const room = malloc(size + SYNDIC_TEXT_PADDING);

    require(room);
    memcpy(room, "{\"a\":", 5);
    memcpy(room + 5, value->bytes, value->length);
    room[size - 1] = '}';
    memset(room + size, 0, SYNDIC_TEXT_PADDING);
    const struct answer answer = ask(json, room, size);
    require(!answer.status && answer.values[3].type == value->type);
    require(answer.values[3].length == value->length);
    free(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *const line = padded(data, size);
    struct syndic_json *first = NULL;
    struct answer answer = {.byte = 0};

    syndic_memory_init(&memory, NULL, 0);
    for (size_t t = 0; syndic_kernels_at(t); t++) {
        struct syndic_json *json;
        if (syndic_kernels_use(syndic_kernels_at(t)->name))
            continue;
        require(!syndic_json_create(&memory, paths, PATHS, &json));
        const struct answer other = ask(json, line, size);
        if (!first) {
            first = json;
            answer = other;
            continue;
        }
        require_same(&answer, &other);
        syndic_json_destroy(json);
    }
    struct syndic_json *again;
    require(!syndic_json_create(&memory, paths, PATHS, &again));
    for (size_t i = 0; !answer.status && i < PATHS; i++)
        if (answer.values[i].type > SYNDIC_JSON_STRING)
            require_whole(again, &answer.values[i]);
    syndic_json_destroy(again);
    syndic_json_destroy(first);
    free(line);
    require(atomic_load(&memory.used_bytes) == 0);
    return 0;
}
