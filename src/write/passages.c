/* SPDX-License-Identifier: Apache-2.0 */
/* passages.c - passages in, JSON lines out. */
#include "write/passages.h"

#include "write/groups.h"
#include "write/json_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* A line is put together piece by piece here, for there are millions of places. */
struct line {
    char bytes[256];
    size_t n;
};

static void add(struct line *line, const char *text, size_t n)
{
    memcpy(line->bytes + line->n, text, n);
    line->n += n;
}

static void add_number(struct line *line, const char *key, size_t key_bytes, uint64_t number)
{
    char digit[20];
    size_t n = sizeof(digit);

    do {
        digit[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    add(line, key, key_bytes);
    add(line, digit + n, sizeof(digit) - n);
}

#define ADD_NUMBER(line, key, number) add_number(line, key, sizeof(key) - 1, number)

static void put_place(struct syndic_output *output, const struct syndic_run *run,
                      const struct syndic_passage_place *place, bool fuzzy)
{
    char room[SYNDIC_ID_ROOM_BYTES];
    struct line line = {.n = 0};

    syndic_put(output, "{\"id\":", 6);
    syndic_put_json_text(output, syndic_document_id(run, place->document, room, sizeof(room)));
    ADD_NUMBER(&line, ",\"byte_start\":", place->byte_start);
    ADD_NUMBER(&line, ",\"byte_end\":", place->byte_end);
    ADD_NUMBER(&line, ",\"word_start\":", place->word);
    ADD_NUMBER(&line, ",\"word_end\":", (uint64_t)place->word + place->words);
    syndic_put(output, line.bytes, line.n);
    if (fuzzy) {
        syndic_put_json_key(output, ",", "similarity");
        syndic_put_decimal(output, (double)place->similarity, SYNDIC_SIMILARITY_DECIMALS);
    }
    syndic_put(output, "}", 1);
}

static void put_passage(struct syndic_output *output, const struct syndic_run *run,
                        const struct syndic_passages *passages,
                        const struct syndic_passage *passage)
{
    char hash[33];

    snprintf(hash, sizeof(hash), "%016" PRIx64 "%016" PRIx64, passage->hash.high,
             passage->hash.low);
    syndic_put_json_key(output, "{", "hash");
    syndic_put_json_text(output, hash);
    syndic_put_json_key(output, ",", "words");
    syndic_put_number(output, passage->words);
    syndic_put_json_key(output, ",", "snippet");
    syndic_put_json_text(output, passage->snippet);
    syndic_put_json_key(output, ",", "places");
    for (uint32_t i = 0; i < passage->count; i++) {
        syndic_put_text(output, i ? "," : "[");
        put_place(output, run, &passages->place[passage->first + i], passages->fuzzy);
    }
    syndic_put_text(output, "]");
    if (passage->left_out) {
        syndic_put_json_key(output, ",", "left_out");
        syndic_put_number(output, passage->left_out);
    }
    syndic_put_text(output, "}\n");
}

void syndic_write_passages(const struct syndic_run *run, const struct syndic_passages *passages,
                           struct syndic_output *output)
{
    for (size_t i = 0; i < passages->passage_count && !output->error_number; i++)
        put_passage(output, run, passages, &passages->passage[i]);
}
