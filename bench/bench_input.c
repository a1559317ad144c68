/* SPDX-License-Identifier: Apache-2.0 */
/* bench_input.c - records of JSON with "text" and "lang" in; documents of some number of words, and
 * what the stages make of them, out.
 *
 * The records are those of corpus/articles.jsonl, or of the file that SYNDIC_BENCH_TEXT names;
 * records without "lang" count as English.  Each language is one long text, over and over, and a
 * document is its next so many words: real text at every size. */
#include "bench_input.h"

#include "base/sort.h"
#include "read/json.h"
#include "text/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES_MAX   ((size_t)64 << 20)
#define STREAM_WORDS_MIN 20000 /* a text is repeated until it has these */

const char *const bench_language_codes[BENCH_LANGUAGES] = {"en", "ru", "zh"};
struct syndic_memory bench_memory;

/* A long text and where its words are. */
struct stream {
    uint8_t *bytes;
    size_t n;
    struct syndic_text *text; /* with places */
    size_t word;              /* the next document begins here */
};

static struct stream ascii_stream, streams[BENCH_LANGUAGES];

static void fail(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    exit(2);
}

void *bench_room(size_t count, size_t size)
{
    void *const block = syndic_allocate_zeroed(&bench_memory, count, size);

    if (!block)
        fail("out of memory");
    return block;
}

const struct syndic_kernels *bench_table(size_t t)
{
    const uint32_t cpu = syndic_cpu_features();

    for (size_t i = 0; syndic_kernels_at(i); i++)
        if (!(syndic_kernels_at(i)->needs & ~cpu) && !t--)
            return syndic_kernels_at(i);
    return NULL;
}

size_t bench_table_count(void)
{
    size_t n = 0;

    while (bench_table(n))
        n++;
    return n;
}

void bench_name(char *name, const char *what, const char *isa, const struct bench_input *input)
{
    snprintf(name, 64, "%s/%s/%zu%s", what, isa, input->words, input->cold ? "/cold" : "");
}

/* ---- the corpus ---- */

static uint8_t *read_corpus(size_t *n)
{
    const char *const given = getenv("SYNDIC_BENCH_TEXT");
    const char *const path = given ? given : SYNDIC_SOURCE_DIR "/corpus/articles.jsonl";
    FILE *const file = fopen(path, "rb");

    if (!file) {
        perror(path);
        exit(2);
    }
    uint8_t *const bytes = bench_room(FILE_BYTES_MAX + SYNDIC_TEXT_PADDING, 1);
    *n = fread(bytes, 1, FILE_BYTES_MAX, file);
    fclose(file);
    return bytes;
}

static void append(struct stream *stream, const uint8_t *bytes, size_t n)
{
    memcpy(stream->bytes + stream->n, bytes, n);
    memcpy(stream->bytes + stream->n + n, "\n\n", 2);
    stream->n += n + 2;
}

static void add_record(struct syndic_json *json, const uint8_t *line, size_t n)
{
    struct syndic_json_value value[2];
    const char *reason;
    size_t byte;

    if (syndic_json_extract(json, line, n, value, &reason, &byte) ||
        value[0].type != SYNDIC_JSON_STRING)
        return;
    for (size_t l = 0; l < BENCH_LANGUAGES; l++)
        if (value[1].type == SYNDIC_JSON_MISSING
                ? l == BENCH_ENGLISH
                : value[1].length == 2 && !memcmp(value[1].bytes, bench_language_codes[l], 2))
            append(&streams[l], value[0].bytes, value[0].length);
}

/* English without what kernels for ASCII, or for the inside of a JSON string, stop at. */
static void make_ascii(void)
{
    for (size_t i = 0; i < streams[BENCH_ENGLISH].n; i++) {
        const uint8_t c = streams[BENCH_ENGLISH].bytes[i];
        if (c < 0x80)
            ascii_stream.bytes[ascii_stream.n++] = c < 0x20 || c == '"' || c == '\\' ? ' ' : c;
    }
}

static void find_words(struct stream *stream)
{
    const size_t once = stream->n;

    if (syndic_text_create(&bench_memory, (struct syndic_shingling){SYNDIC_SHINGLE_WORD, 5}, true,
                           &stream->text))
        fail("out of memory");
    do {
        if (syndic_text_read(stream->text, stream->bytes, stream->n))
            fail("out of memory");
        if (!stream->text->token_count || stream->text->token_count >= STREAM_WORDS_MIN)
            return;
        stream->bytes = syndic_resize(&bench_memory, stream->bytes, stream->n + once + 256, 1);
        memcpy(stream->bytes + stream->n, stream->bytes, once);
        stream->n += once;
    } while (true);
}

static void load_streams(void)
{
    struct syndic_json *json = NULL;
    size_t n;
    uint8_t *const bytes = read_corpus(&n);

    if (syndic_json_create(&bench_memory, (const char *const[]){"text", "lang"}, 2, &json))
        fail("out of memory");
    ascii_stream.bytes = bench_room(n + 256, 1);
    for (size_t l = 0; l < BENCH_LANGUAGES; l++)
        streams[l].bytes = bench_room(2 * n + 256, 1);
    for (const uint8_t *line = bytes, *end; (end = memchr(line, '\n', n - (size_t)(line - bytes)));
         line = end + 1)
        add_record(json, line, (size_t)(end - line));
    make_ascii();
    find_words(&ascii_stream);
    for (size_t l = 0; l < BENCH_LANGUAGES; l++)
        find_words(&streams[l]);
    if (!ascii_stream.text->token_count)
        fail("no English text");
    syndic_json_destroy(json);
    syndic_release(&bench_memory, bytes);
}

/* The next `words` words of a text; *n = 0 where it has none. */
static const uint8_t *take_words(struct stream *stream, size_t words, size_t *n)
{
    const struct syndic_text *const text = stream->text;

    *n = 0;
    if (text->token_count < words)
        return NULL;
    if (stream->word + words > text->token_count)
        stream->word = 0;
    const uint32_t from = text->source_start[stream->word];
    *n = text->source_end[stream->word + words - 1] - from;
    stream->word += words;
    return stream->bytes + from;
}

/* A copy with what kernels may read after it. */
static const uint8_t *copy(const uint8_t *bytes, size_t n)
{
    uint8_t *const made = bench_room(n + 2 * SYNDIC_TEXT_PADDING, 1);

    if (n)
        memcpy(made, bytes, n);
    memset(made + n, ' ', 2 * SYNDIC_TEXT_PADDING);
    return made;
}

/* ---- a document ---- */

static size_t escape(const uint8_t *bytes, size_t n, uint8_t *out)
{
    size_t m = 0;

    for (size_t i = 0; i < n; i++) {
        const uint8_t c = bytes[i];
        if (c == '\n' || c == '"' || c == '\\')
            out[m++] = '\\';
        out[m++] = c == '\n' ? 'n' : c < 0x20 ? ' ' : c;
    }
    return m;
}

static void make_sets(struct bench_document *made, uint64_t *seed)
{
    const size_t n = made->shingle_count;
    uint64_t *const scratch = bench_room(n + 8, sizeof(uint64_t));

    made->sorted = bench_room(n + 8, sizeof(uint64_t));
    made->other = bench_room(n + 8, sizeof(uint64_t));
    for (size_t i = 0; i < n; i++) {
        made->sorted[i] = made->shingle[i];
        made->other[i] = i % 4 ? made->shingle[i] : syndic_splitmix64(seed);
    }
    syndic_sort_u64(made->sorted, n, scratch);
    syndic_sort_u64(made->other, n, scratch);
    made->sorted_count = syndic_unique_u64(made->sorted, n);
    made->other_count = syndic_unique_u64(made->other, n);
    syndic_release(&bench_memory, scratch);
}

/* What the join compares: signatures and bit sets that agree in three of four places. */
static void make_numbers(struct bench_document *made, size_t words, uint64_t *seed)
{
    made->bit_words = (words + 63) / 64 * 8;
    for (size_t side = 0; side < 2; side++) {
        made->signature[side] = bench_room(BENCH_SLOTS, 1);
        made->bits[side] = bench_room(made->bit_words, sizeof(uint64_t));
    }
    for (size_t k = 0; k < BENCH_SLOTS; k++) {
        made->signature[0][k] = (uint8_t)syndic_splitmix64(seed);
        made->signature[1][k] = k % 4 ? made->signature[0][k] : 0;
    }
    for (size_t i = 0; i < made->bit_words; i++) {
        made->bits[0][i] = syndic_splitmix64(seed);
        made->bits[1][i] = i % 4 ? made->bits[0][i] : syndic_splitmix64(seed);
    }
}

static void make_shingles(struct bench_input *input, struct bench_document *made)
{
    const size_t words = input->words;
    size_t edges, normal_bytes = 0;
    uint32_t inside = 0;

    made->folded = bench_room(made->blocks * 64 + SYNDIC_TEXT_PADDING, 1);
    made->edge = bench_room(2 * words, sizeof(uint32_t));
    made->token_hash = bench_room(words + 64, sizeof(uint64_t));
    made->shingle_count = words - (BENCH_SHINGLE_WORDS - 1);
    made->shingle = bench_room(made->shingle_count + 64, sizeof(uint64_t));
    syndic_scalar.ascii_edges(made->ascii, made->blocks, made->folded, input->edge, &edges,
                              &inside);
    if (edges < 2 * words)
        fail("the text has fewer words than its tokens");
    memcpy(made->edge, input->edge, 2 * words * sizeof(uint32_t));
    syndic_scalar.emit_tokens(made->folded, made->edge, words, input->normal, &normal_bytes,
                              input->token_end, made->token_hash);
    syndic_scalar.shingle_hashes(made->token_hash, made->shingle_count, input->mul,
                                 BENCH_SHINGLE_WORDS, made->shingle);
}

static void make_document(struct bench_input *input, struct bench_document *made, uint64_t *seed)
{
    size_t n;
    const uint8_t *bytes = take_words(&ascii_stream, input->words, &n);

    made->ascii = copy(bytes, n);
    made->ascii_bytes = n;
    made->blocks = n / 64 + 1; /* the spaces after it end the last word */
    make_shingles(input, made);
    make_sets(made, seed);
    make_numbers(made, input->words, seed);
    for (size_t l = 0; l < BENCH_LANGUAGES; l++) {
        bytes = take_words(&streams[l], input->words, &n);
        made->text[l] = copy(bytes, n);
        made->text_bytes[l] = n;
    }
    uint8_t *const escaped = bench_room(2 * made->text_bytes[0] + 2 * SYNDIC_TEXT_PADDING, 1);
    made->escaped = escaped;
    made->escaped_bytes = escape(made->text[0], made->text_bytes[0], escaped);
}

/* ---- all of them ---- */

static void find_mean(struct bench_input *input)
{
    const struct bench_document *const d = input->document;
    struct bench_document sum = {0};
    const size_t n = input->count;

    for (size_t i = 0; i < n; i++) {
        sum.ascii_bytes += d[i].ascii_bytes;
        sum.blocks += d[i].blocks;
        sum.shingle_count += d[i].shingle_count;
        sum.sorted_count += d[i].sorted_count;
        sum.other_count += d[i].other_count;
        sum.bit_words += d[i].bit_words;
        sum.escaped_bytes += d[i].escaped_bytes;
        for (size_t l = 0; l < BENCH_LANGUAGES; l++)
            sum.text_bytes[l] += d[i].text_bytes[l];
    }
    input->mean = (struct bench_document){.ascii_bytes = sum.ascii_bytes / n,
                                          .blocks = sum.blocks / n,
                                          .shingle_count = sum.shingle_count / n,
                                          .sorted_count = sum.sorted_count / n,
                                          .other_count = sum.other_count / n,
                                          .bit_words = sum.bit_words / n,
                                          .escaped_bytes = sum.escaped_bytes / n};
    for (size_t l = 0; l < BENCH_LANGUAGES; l++)
        input->mean.text_bytes[l] = sum.text_bytes[l] / n;
}

static void make_lines(struct bench_input *input, size_t language)
{
    const size_t most = input->cold ? (size_t)8 << 20 : (size_t)128 << 10;
    struct bench_lines *const lines = &input->lines[language];
    size_t n;

    do {
        const uint8_t *const bytes = take_words(&streams[language], input->words, &n);
        if (!n)
            return;
        if (!lines->bytes)
            lines->bytes = bench_room(most + 3 * n + 4096, 1);
        uint8_t *const line = lines->bytes + lines->n;
        if (lines->n + 2 * n + 256 > most + 3 * n)
            return;
        size_t m = (size_t)sprintf((char *)line,
                                   "{\"id\": \"article-%zu\", \"outlet\": \"Kestrel Wire\", "
                                   "\"date\": \"2023-03-06T07:10:00Z\", \"text\": \"",
                                   lines->count);
        m += escape(bytes, n, line + m);
        m += (size_t)sprintf((char *)line + m, "\"}\n");
        lines->n += m;
        lines->count++;
    } while (lines->n < most);
}

static void make_plans(struct bench_input *input)
{
    struct syndic_options options;
    struct syndic_error error;

    syndic_options_init(&options);
    options.signature_slots = BENCH_SLOTS;
    for (int kind = 0; kind < BENCH_PLANS; kind++) {
        options.minhash = kind == BENCH_KPERM ? SYNDIC_MINHASH_KPERM : SYNDIC_MINHASH_ONEP;
        options.by = kind == BENCH_SIMHASH ? SYNDIC_BY_SIMHASH : SYNDIC_BY_NEAR;
        if (syndic_plan_create(&bench_memory, &options, &input->plan[kind], &error))
            fail(error.message);
    }
}

static void make_room(struct bench_input *input)
{
    const size_t bytes = 32 * input->words + 4096; /* no word of ours takes as much on average */

    input->folded = bench_room(bytes, 1);
    input->normal = bench_room(2 * bytes, 1);
    input->edge = bench_room(bytes, sizeof(uint32_t));
    input->token_end = bench_room(input->words + 64, sizeof(uint32_t));
    input->slot = bench_room(BENCH_SLOTS, sizeof(uint32_t));
    input->table = bench_room(2 * BENCH_SLOTS, sizeof(uint32_t));
    input->token_hash = bench_room(input->words + 64, sizeof(uint64_t));
    input->shingle = bench_room(input->words + 64, sizeof(uint64_t));
    syndic_shingle_multipliers(input->mul);
}

struct bench_input *bench_input_make(size_t words, bool cold)
{
    if (!ascii_stream.text) {
        syndic_memory_init(&bench_memory, NULL, 0);
        load_streams();
    }
    struct bench_input *const input = bench_room(1, sizeof(*input));
    const size_t before = atomic_load(&bench_memory.used_bytes);
    size_t capacity = 0;
    uint64_t seed = words;

    input->words = words;
    input->cold = cold;
    make_plans(input);
    make_room(input);
    for (size_t l = 0; l < BENCH_LANGUAGES; l++)
        make_lines(input, l);
    do {
        if (!syndic_reserve(&bench_memory, (void **)&input->document, &capacity, input->count + 1,
                            sizeof(*input->document)))
            fail("out of memory");
        struct bench_document *const document = &input->document[input->count++];
        *document = (struct bench_document){0};
        make_document(input, document, &seed);
    } while (cold && atomic_load(&bench_memory.used_bytes) - before < BENCH_COLD_BYTES);
    find_mean(input);
    return input;
}
