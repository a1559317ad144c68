/* SPDX-License-Identifier: Apache-2.0 */
/* read_help.h - for the tests of the read stage: files made in a folder of the test's own, and all
 * that a reader gives, in input order.  Included once by each test program. */
#ifndef READ_HELP_H
#define READ_HELP_H

#include "base/hash.h"
#include "kernel.h"
#include "read/read.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

/* ---- files ---- */

#define NO_BYTE UINT64_MAX

/* A test uses only some of these. */
#define HELP static __attribute__((unused))

static struct syndic_memory memory;

HELP void enter_folder(void)
{
    static char folder[] = "/tmp/syndic-test-read-XXXXXX";

    syndic_memory_init(&memory, NULL, 0);
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chmod(folder, 0755), 0);
    cr_assert_eq(chdir(folder), 0);
}

HELP void leave_folder(void)
{
    char folder[128], command[300];

    cr_assert_not_null(getcwd(folder, sizeof(folder)));
    cr_assert_eq(strncmp(folder, "/tmp/syndic-test-read-", 22), 0);
    snprintf(command, sizeof(command), "chmod -R u+rwx %s && rm -r %s", folder, folder);
    cr_assert_eq(system(command), 0);
    cr_expect_eq(atomic_load(&memory.used_bytes), 0, "memory was not given back");
}

struct bytes {
    uint8_t *at;
    size_t n, room;
};

HELP void add(struct bytes *to, const void *from, size_t n)
{
    if (to->n + n > to->room) {
        to->room = to->n + n + to->room;
        to->at = realloc(to->at, to->room);
        cr_assert_not_null(to->at);
    }
    if (n)
        memcpy(to->at + to->n, from, n);
    to->n += n;
}

HELP void put_bytes(const char *path, const void *bytes, size_t n)
{
    FILE *const file = fopen(path, "wb");

    cr_assert_not_null(file, "%s: %s", path, strerror(errno));
    cr_assert_eq(fwrite(bytes, 1, n, file), n);
    cr_assert_eq(fclose(file), 0);
}

HELP void put(const char *path, const char *text)
{
    put_bytes(path, text, strlen(text));
}

/* One gzip member, appended. */
HELP void add_gzip(struct bytes *to, const void *from, size_t n, int level)
{
    z_stream z = {0};
    const size_t room = n + n / 100 + 1000;
    uint8_t *const out = malloc(room);

    cr_assert_eq(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)from;
    z.avail_in = (uInt)n;
    z.next_out = out;
    z.avail_out = (uInt)room;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    add(to, out, z.total_out);
    deflateEnd(&z);
    free(out);
}

/* One zstd frame with a checksum, appended. */
HELP void add_zstd(struct bytes *to, const void *from, size_t n)
{
    const size_t room = ZSTD_compressBound(n);
    uint8_t *const out = malloc(room);
    ZSTD_CCtx *const context = ZSTD_createCCtx();

    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    const size_t done = ZSTD_compress2(context, out, room, from, n);
    cr_assert(!ZSTD_isError(done));
    add(to, out, done);
    ZSTD_freeCCtx(context);
    free(out);
}

HELP void put_gzip(const char *path, const char *text)
{
    struct bytes b = {0};

    add_gzip(&b, text, strlen(text), 6);
    put_bytes(path, b.at, b.n);
    free(b.at);
}

HELP void put_zstd(const char *path, const char *text)
{
    struct bytes b = {0};

    add_zstd(&b, text, strlen(text));
    put_bytes(path, b.at, b.n);
    free(b.at);
}

/* ---- reading all of it ---- */

struct seen_record {
    uint32_t source;
    uint64_t line, offset, bytes;
    char *text, *id; /* with a NUL after them; id NULL: none */
    size_t text_bytes, id_bytes;
    enum syndic_rank_kind rank_kind;
    double rank;
    char rank_text[32];
};

struct seen {
    struct seen_record *records;
    size_t count;
    struct syndic_problem *problems;
    size_t problem_count;
};

/* What one chunk gave, before sources and chunks are put in order. */
struct part {
    uint32_t source;
    uint64_t sequence, lines;
    bool last;
    struct seen seen;
};

struct crew {
    struct syndic_reader *reader;
    struct part *parts;
    size_t count;
    pthread_mutex_t lock;
};

HELP char *copy(const void *bytes, size_t n)
{
    char *const made = malloc(n + 1);

    if (n)
        memcpy(made, bytes, n);
    made[n] = 0;
    return made;
}

HELP void see(struct seen *seen, const struct syndic_chunk *chunk, const struct syndic_record *r)
{
    uint8_t sum = 0;

    seen->records = realloc(seen->records, (seen->count + 1) * sizeof(*seen->records));
    struct seen_record *const s = &seen->records[seen->count++];
    *s = (struct seen_record){
        .source = chunk->source, .line = r->line, .offset = r->offset, .bytes = r->bytes};
    s->text = copy(r->text, r->text_bytes);
    s->text_bytes = r->text_bytes;
    s->id = r->id ? copy(r->id, r->id_bytes) : NULL;
    s->id_bytes = r->id_bytes;
    s->rank_kind = r->rank_kind;
    s->rank = r->rank;
    if (r->rank_kind == SYNDIC_RANK_STRING)
        snprintf(s->rank_text, sizeof(s->rank_text), "%.*s", (int)r->rank_text_bytes, r->rank_text);
    for (size_t i = 0; i < SYNDIC_TEXT_PADDING; i++)
        sum ^= r->text[r->text_bytes + i]; /* must be readable: a sanitizer looks */
    *(volatile uint8_t *)&sum = sum;
}

HELP void *work(void *argument)
{
    struct crew *const crew = argument;
    struct syndic_chunk *chunk = NULL;
    bool more;

    if (syndic_chunk_create(crew->reader, &chunk))
        abort();
    while (!syndic_reader_next(crew->reader, chunk, &more) && more) {
        struct part part = {chunk->source, chunk->sequence, 0, chunk->last, {0}};
        struct syndic_record record;
        bool another;
        while (!syndic_chunk_record(chunk, &record, &another) && another)
            see(&part.seen, chunk, &record);
        part.lines = chunk->line_count;
        part.seen.problem_count = chunk->problem_count;
        if (chunk->problem_count) {
            const size_t n = chunk->problem_count * sizeof(*chunk->problems);
            part.seen.problems = memcpy(malloc(n), chunk->problems, n);
        }
        pthread_mutex_lock(&crew->lock);
        crew->parts = realloc(crew->parts, (crew->count + 1) * sizeof(part));
        crew->parts[crew->count++] = part;
        pthread_mutex_unlock(&crew->lock);
    }
    syndic_chunk_destroy(chunk);
    return NULL;
}

HELP int by_place(const void *left, const void *right)
{
    const struct part *const a = left, *const b = right;

    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    return a->sequence < b->sequence ? -1 : a->sequence > b->sequence;
}

/* Append a part's records and problems, with absolute lines. */
HELP void join(struct seen *all, struct part *part, uint64_t lines_before)
{
    struct seen *const s = &part->seen;

    all->records = realloc(all->records, (all->count + s->count + 1) * sizeof(*all->records));
    for (size_t i = 0; i < s->count; i++) {
        s->records[i].line += lines_before;
        all->records[all->count++] = s->records[i];
    }
    all->problems = realloc(all->problems,
                            (all->problem_count + s->problem_count + 1) * sizeof(*all->problems));
    for (size_t i = 0; i < s->problem_count; i++) {
        s->problems[i].line += s->problems[i].line ? lines_before : 0;
        all->problems[all->problem_count++] = s->problems[i];
    }
    free(s->records);
    free(s->problems);
}

/* All records and problems in input order; checks that chunks are numbered and ended as promised.
 */
HELP struct seen read_all(struct syndic_reader *reader, unsigned threads)
{
    struct crew crew = {.reader = reader, .lock = PTHREAD_MUTEX_INITIALIZER};
    pthread_t thread[8];
    struct seen all = {0};
    uint64_t lines = 0, sequence = 0;

    for (unsigned t = 0; t < threads; t++)
        cr_assert_eq(pthread_create(&thread[t], NULL, work, &crew), 0);
    for (unsigned t = 0; t < threads; t++)
        pthread_join(thread[t], NULL);
    qsort(crew.parts, crew.count, sizeof(*crew.parts), by_place);
    for (size_t i = 0; i < crew.count; i++) {
        const bool last = i + 1 == crew.count || crew.parts[i + 1].source != crew.parts[i].source;
        if (i && crew.parts[i - 1].source != crew.parts[i].source)
            lines = sequence = 0;
        cr_expect_eq(crew.parts[i].sequence, sequence++);
        cr_expect_eq(crew.parts[i].last, last);
        join(&all, &crew.parts[i], lines);
        lines += crew.parts[i].lines;
    }
    free(crew.parts);
    return all;
}

HELP void forget(struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++) {
        free(seen->records[i].text);
        free(seen->records[i].id);
    }
    free(seen->records);
    free(seen->problems);
    *seen = (struct seen){0};
}

#define PATHS_MAX 8

/* Options for paths, ended by NULL. */
HELP struct syndic_read_options options_for(const char *first, ...)
{
    static const char *paths[PATHS_MAX];
    struct syndic_read_options options = {.paths = paths, .threads = 1};
    va_list more;

    va_start(more, first);
    for (const char *path = first; path; path = va_arg(more, const char *))
        paths[options.path_count++] = path;
    va_end(more);
    return options;
}

HELP struct syndic_reader *open_reader(const struct syndic_read_options *options)
{
    struct syndic_reader *reader = NULL;
    struct syndic_error error = {.status = SYNDIC_OK};

    cr_assert_eq(syndic_reader_open(&memory, options, &reader, &error), SYNDIC_OK, "%s: %s",
                 error.path, error.message);
    return reader;
}

/* Read a single path whole. */
HELP struct seen read_path(const char *path)
{
    const struct syndic_read_options options = options_for(path, NULL);
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);

    syndic_reader_close(reader);
    return seen;
}

/* The texts, each followed by "|". */
HELP const char *texts(const struct seen *seen)
{
    static char all[4096];
    size_t n = 0;

    all[0] = 0;
    for (size_t i = 0; i < seen->count; i++)
        n += (size_t)snprintf(all + n, sizeof(all) - n, "%s|", seen->records[i].text);
    return all;
}

HELP void expect_record(const struct seen *seen, size_t i, uint64_t line, uint64_t offset,
                        uint64_t bytes, const char *text, const char *id)
{
    cr_assert_lt(i, seen->count);
    const struct seen_record *const r = &seen->records[i];
    cr_expect_eq(r->line, line, "record %zu: line %ju", i, (uintmax_t)r->line);
    cr_expect_eq(r->offset, offset, "record %zu: offset %ju", i, (uintmax_t)r->offset);
    cr_expect_eq(r->bytes, bytes, "record %zu: bytes %ju", i, (uintmax_t)r->bytes);
    cr_expect_str_eq(r->text, text);
    if (id)
        cr_expect_str_eq(r->id, id);
    else
        cr_expect_null(r->id);
}

HELP void expect_problem(const struct seen *seen, size_t i, uint64_t line, uint64_t byte,
                         const char *message)
{
    cr_assert_lt(i, seen->problem_count);
    const struct syndic_problem *const p = &seen->problems[i];
    cr_expect_eq(p->line, line, "problem %zu: line %ju", i, (uintmax_t)p->line);
    cr_expect_eq(p->byte, byte, "problem %zu: byte %ju", i, (uintmax_t)p->byte);
    cr_expect_str_eq(p->message, message);
}

/* Opening must fail with this status, path and message. */
HELP void expect_refused(const struct syndic_read_options *options, enum syndic_status status,
                         const char *path, const char *message)
{
    struct syndic_reader *reader = NULL;
    struct syndic_error error = {.status = SYNDIC_OK};

    cr_expect_eq(syndic_reader_open(&memory, options, &reader, &error), status);
    cr_expect_null(reader);
    cr_expect_str_eq(error.path, path);
    cr_expect_str_eq(error.message, message);
}

HELP void expect_reader_problem(const struct syndic_reader *reader, size_t i, const char *message)
{
    size_t count;
    const struct syndic_problem *const problems = syndic_reader_problems(reader, &count);

    cr_assert_lt(i, count);
    cr_expect_eq(problems[i].source, UINT32_MAX);
    cr_expect_eq(problems[i].line, 0);
    cr_expect_str_eq(problems[i].message, message);
}

/* ---- many lines ---- */

/* Records 0 .. count of text lengths that sweep past a chunk now and then. */
HELP struct bytes make_lines(size_t count, uint64_t seed)
{
    struct bytes b = {0};
    char *const word = malloc(3 << 20);

    for (size_t i = 0; i < count; i++) {
        const uint64_t r = syndic_splitmix64(&seed);
        const size_t n = i % 500 == 250 ? 1500000 + r % 1000000 : r % (i % 7 ? 300 : 20000);
        char head[64];
        for (size_t k = 0; k < n; k++)
            word[k] = (char)('a' + (k * (r % 97) + i) % 26);
        add(&b, head, (size_t)sprintf(head, "{\"id\":%zu,\"text\":\"", i));
        add(&b, word, n);
        add(&b, "\"}\n", 3);
        if (i % 11 == 0)
            add(&b, "\n", 1);
    }
    free(word);
    return b;
}

HELP void expect_same(const struct seen *a, const struct seen *b)
{
    cr_assert_eq(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct seen_record *const x = &a->records[i], *const y = &b->records[i];
        cr_assert(x->line == y->line && x->offset == y->offset && x->bytes == y->bytes &&
                      x->text_bytes == y->text_bytes && !memcmp(x->text, y->text, x->text_bytes) &&
                      !strcmp(x->id, y->id),
                  "record %zu", i);
    }
}

#endif
