/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes through the text stage: every kernel table and either road reads the same tokens, token
 * spans are whole and in order, and places lie inside the document. */
#include "kernel.h"
#include "text/hash.h"
#include "text/room.h"
#include "text/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_spans(const struct syndic_text *text)
{
    size_t start = 0;

    for (size_t i = 0; i < text->token_count; i++) {
        const size_t end = text->token_end[i];
        require(end > start && end <= text->normal_bytes);
        require(!memchr(text->normal + start, ' ', end - start));
        require(text->token_hash[i] == syndic_token_hash(text->normal + start, end - start));
        start = end + 1;
    }
    require(text->token_count ? start == text->normal_bytes + 1 : text->normal_bytes == 0);
    require((text->shingle_count != 0) == (text->token_count != 0));
}

static void check_places(const struct syndic_text *text, size_t size)
{
    for (size_t i = 0; text->source_start && i < text->token_count; i++) {
        require(text->source_start[i] < text->source_end[i] && text->source_end[i] <= size);
        require(!i || text->source_start[i] >= text->source_start[i - 1]);
        require(!i || text->source_end[i] >= text->source_end[i - 1]);
    }
}

static void require_same(const struct syndic_text *a, const struct syndic_text *b)
{
    require(a->normal_bytes == b->normal_bytes && a->token_count == b->token_count);
    require(a->shingle_count == b->shingle_count && a->replaced_count == b->replaced_count);
    require(!memcmp(a->normal, b->normal, a->normal_bytes));
    for (size_t i = 0; i < a->shingle_count; i++)
        require(a->shingle[i] == b->shingle[i]);
}

/* Read by every table and road and compare with `first`, read by the general road. */
static void check(const uint8_t *data, size_t size, struct syndic_shingling shingling)
{
    struct syndic_memory memory;
    struct syndic_text *first, *other;

    syndic_memory_init(&memory, NULL, 0);
    require(syndic_text_create(&memory, shingling, false, &first) == SYNDIC_OK);
    require(syndic_text_create(&memory, shingling, true, &other) == SYNDIC_OK);
    require(!syndic_kernels_use("scalar"));
    syndic_text_read_general_only(first, true);
    require(syndic_text_read(first, data, size) == SYNDIC_OK);
    check_spans(first);
    for (size_t i = 0; syndic_kernels_at(i); i++)
        if (!syndic_kernels_use(syndic_kernels_at(i)->name)) {
            require(syndic_text_read(other, data, size) == SYNDIC_OK);
            require_same(first, other);
            check_places(other, size);
        }
    syndic_text_destroy(first);
    syndic_text_destroy(other);
    require(memory.used_bytes == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check(data, size, (struct syndic_shingling){SYNDIC_SHINGLE_WORD, 5});
    check(data, size, (struct syndic_shingling){SYNDIC_SHINGLE_CHAR, 9});
    return 0;
}
