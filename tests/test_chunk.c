/* SPDX-License-Identifier: Apache-2.0 */
/* test_chunk.c - files of many lines, and of long ones, in; the same records out whatever the form
 * of the file and the number of threads, in bounded memory. */
#define _GNU_SOURCE
#include "read_expect.h"

/* Every test below runs between these. */
TestSuite(chunk, .init = enter_folder, .fini = leave_folder);

/* ---- many lines, in every form and with any number of threads ---- */

Test(chunk, the_same_records_whatever_the_form_and_the_threads)
{
    struct bytes b = make_lines(1200, 7), gz = {0}, zst = {0};
    struct seen first = {0};

    for (size_t at = 0, n; at < b.n; at += n) {
        n = b.n - at < 700001 ? b.n - at : 700001;
        add_gzip(&gz, b.at + at, n, 1);
        add_zstd(&zst, b.at + at, n);
    }
    put_bytes("a.jsonl", b.at, b.n);
    put_bytes("b.jsonl.gz", gz.at, gz.n);
    put_bytes("c.jsonl.zst", zst.at, zst.n);
    for (unsigned threads = 1; threads <= 5; threads += 2) {
        for (int f = 0; f < 3; f++) {
            static const char *const paths[] = {"a.jsonl", "b.jsonl.gz", "c.jsonl.zst"};
            struct syndic_read_options options = options_for(paths[f], NULL);
            options.threads = threads;
            struct syndic_reader *const reader = open_reader(&options);
            struct seen seen = read_all(reader, threads);
            cr_expect_eq(seen.problem_count, 0);
            if (first.count)
                expect_same(&first, &seen);
            else
                cr_assert_eq(seen.count, 1200);
            cr_assert_eq(syndic_reader_rewind(reader, NULL), SYNDIC_OK);
            struct seen again = read_all(reader, threads);
            expect_same(&seen, &again);
            uint64_t done, total;
            syndic_reader_progress(reader, &done, &total);
            cr_expect_eq(done, total);
            forget(&again);
            if (first.count)
                forget(&seen);
            else
                first = seen;
            syndic_reader_close(reader);
        }
    }
    forget(&first);
    free(b.at);
    free(gz.at);
    free(zst.at);
}

Test(chunk, memory_is_bounded_by_chunks_not_by_files)
{
    struct bytes b = {0}, gz = {0};
    char line[1024];

    memset(line, 'x', sizeof(line));
    memcpy(line, "{\"text\":\"", 9);
    memcpy(line + sizeof(line) - 3, "\"}\n", 3);
    b.n = (size_t)40 << 20;
    b.at = malloc(b.n);
    for (size_t i = 0; i < b.n; i += sizeof(line))
        memcpy(b.at + i, line, sizeof(line));
    add_gzip(&gz, b.at, b.n, 1);
    put_bytes("a.jsonl", b.at, b.n);
    put_bytes("b.jsonl.gz", gz.at, gz.n);
    const struct syndic_read_options options = options_for(".", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    struct syndic_chunk *chunk = NULL;
    struct syndic_record record;
    size_t count = 0;
    bool more, another;
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    while (!syndic_reader_next(reader, chunk, &more) && more)
        while (!syndic_chunk_record(chunk, &record, &another) && another)
            count++;
    cr_expect_eq(count, 80 << 10);
    cr_expect_lt(atomic_load(&memory.peak_bytes), 5 << 20);
    syndic_chunk_destroy(chunk);
    syndic_reader_close(reader);
    free(b.at);
    free(gz.at);
}

/* ---- long lines ---- */

/* "before", a line whose text has n bytes, "after". */
static struct bytes around_a_long_line(size_t n)
{
    struct bytes b = {0};

    add(&b, "{\"text\":\"before\"}\n{\"text\":\"", 27);
    b.room = b.n + n + 100;
    b.at = realloc(b.at, b.room);
    memset(b.at + b.n, 'y', n);
    b.n += n;
    add(&b, "\"}\n{\"text\":\"after\"}\n{\"text\":\"end\"}", 34);
    return b;
}

Test(chunk, a_line_of_100_megabytes, .timeout = 120)
{
    struct bytes b = around_a_long_line(100000000), gz = {0};

    add_gzip(&gz, b.at, b.n, 1);
    put_bytes("a.jsonl", b.at, b.n);
    put_bytes("b.jsonl.gz", gz.at, gz.n);
    free(b.at);
    free(gz.at);
    struct seen seen = read_path(".");
    cr_assert_eq(seen.count, 8);
    for (size_t f = 0; f < 8; f += 4) {
        cr_expect_eq(seen.records[f + 1].text_bytes, 100000000);
        cr_expect_eq(seen.records[f + 1].text[99999999], 'y');
        expect_record(&seen, f + 2, 3, 100000030, 17, "after", NULL);
        expect_record(&seen, f + 3, 4, 100000047, 14, "end", NULL);
    }
    forget(&seen);
}

Test(chunk, a_line_beyond_the_limit_is_not_held)
{
    static const size_t lengths[] = {2000, 500000, 1048576, 5000000, 30000000};

    for (size_t k = 0; k < 5; k++) {
        struct bytes b = around_a_long_line(lengths[k]), gz = {0};
        char message[160];
        add_gzip(&gz, b.at, b.n, 1);
        put_bytes("a.jsonl", b.at, b.n);
        put_bytes("b.jsonl.gz", gz.at, gz.n);
        free(b.at);
        free(gz.at);
        struct syndic_read_options options = options_for("a.jsonl", "b.jsonl.gz", NULL);
        options.max_record_bytes = 1000;
        struct syndic_reader *const reader = open_reader(&options);
        struct seen seen = read_all(reader, 2);
        cr_expect_str_eq(texts(&seen), "before|after|end|before|after|end|");
        expect_record(&seen, 1, 3, lengths[k] + 30, 17, "after", NULL);
        expect_record(&seen, 4, 3, lengths[k] + 30, 17, "after", NULL);
        cr_assert_eq(seen.problem_count, 2);
        snprintf(message, sizeof(message), "record of %zu bytes is longer than the limit of 1000",
                 lengths[k] + 12);
        for (size_t p = 0; p < 2; p++) {
            expect_problem(&seen, p, 2, NO_BYTE, message);
            cr_expect_eq(seen.problems[p].offset, 18);
            cr_expect_eq(seen.problems[p].bytes, lengths[k] + 12);
        }
        cr_expect_lt(atomic_load(&memory.peak_bytes), 12 << 20);
        forget(&seen);
        syndic_reader_close(reader);
    }
}

Test(chunk, a_last_line_beyond_the_limit)
{
    struct bytes b = around_a_long_line(3000000), gz = {0};

    b.n = 18 + 3000000; /* the long line breaks off */
    add_gzip(&gz, b.at, b.n, 1);
    put_bytes("a.jsonl", b.at, b.n);
    put_bytes("b.jsonl.gz", gz.at, gz.n);
    put_bytes("c.jsonl.gz", gz.at, gz.n - 9);
    free(b.at);
    free(gz.at);
    struct syndic_read_options options = options_for(".", NULL);
    options.max_record_bytes = 2000000;
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);
    cr_expect_str_eq(texts(&seen), "before|before|before|");
    cr_assert_eq(seen.problem_count, 4);
    for (size_t p = 0; p < 2; p++)
        expect_problem(&seen, p, 2, NO_BYTE,
                       "record of 3000000 bytes is longer than the limit of 2000000");
    cr_expect_eq(strncmp(seen.problems[3].message, "gzip stream is truncated", 24), 0);
    forget(&seen);
    syndic_reader_close(reader);
}
