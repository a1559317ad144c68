/* SPDX-License-Identifier: Apache-2.0 */
/* read_help.h - for the tests of the read stage: all that a reader gives, in input order, and what
 * is expected of it.  Included once by each test program. */
#ifndef READ_HELP_H
#define READ_HELP_H

#include "kernel.h"
#include "read/read.h"
#include "read_files.h"

#include <pthread.h>
#include <stdarg.h>

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

#endif
