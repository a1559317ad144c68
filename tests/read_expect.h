/* SPDX-License-Identifier: Apache-2.0 */
/* read_expect.h - for the tests of the read stage: records, problems and refusals against what is
 * written out in a test. */
#ifndef READ_EXPECT_H
#define READ_EXPECT_H

#include "read_help.h"

#define NO_BYTE UINT64_MAX

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
