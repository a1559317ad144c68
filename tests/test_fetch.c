/* SPDX-License-Identifier: Apache-2.0 */
/* test_fetch.c - standard input, and places of records, in; the same texts again, or the reason why
 * not, out. */
#define _GNU_SOURCE
#include "read_expect.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>

/* Every test below runs between these. */
TestSuite(fetch, .init = enter_folder, .fini = leave_folder);

/* ---- standard input ---- */

static pid_t feed_stdin(const struct bytes *b)
{
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    const pid_t child = fork();
    if (!child) {
        close(ends[0]);
        for (size_t at = 0; at < b->n;) {
            const ssize_t n = write(ends[1], b->at + at, b->n - at < 5000 ? b->n - at : 5000);
            if (n <= 0)
                _exit(1);
            at += (size_t)n;
        }
        _exit(0);
    }
    close(ends[1]);
    cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[0]);
    return child;
}

static void check_stdin(const struct bytes *b, const struct seen *expected)
{
    (void)b;
    const struct syndic_read_options options = options_for("-", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    struct syndic_chunk *chunk = NULL;
    struct seen seen = read_all(reader, 2);

    cr_expect_str_eq(syndic_reader_source(reader, 0)->name, "stdin.jsonl");
    expect_same(expected, &seen);
    cr_assert_eq(syndic_reader_rewind(reader, NULL), SYNDIC_OK);
    struct seen again = read_all(reader, 2);
    expect_same(expected, &again);
    struct syndic_place *const places = calloc(seen.count, sizeof(*places));
    uint8_t *const wanted = calloc(seen.count, 1);
    for (size_t i = 0; i < seen.count; i++) {
        places[i] =
            (struct syndic_place){seen.records[i].offset, 0, (uint32_t)seen.records[i].bytes};
        wanted[i] = 1;
    }
    cr_assert_eq(syndic_reader_prepare_fetch(reader, places, wanted, seen.count, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    for (size_t i = seen.count; i-- > 0;) {
        const uint8_t *text;
        size_t text_bytes;
        cr_assert_eq(syndic_reader_fetch(reader, i, chunk, &text, &text_bytes, NULL), SYNDIC_OK);
        cr_assert_eq(text_bytes, seen.records[i].text_bytes);
        cr_assert_arr_eq(text, seen.records[i].text, text_bytes);
    }
    free(places);
    free(wanted);
    syndic_chunk_destroy(chunk);
    forget(&seen);
    forget(&again);
    syndic_reader_close(reader);
}

Test(fetch, standard_input_can_be_read_again)
{
    struct bytes b = make_lines(400, 99);

    put_bytes("a.jsonl", b.at, b.n);
    struct seen expected = read_path("a.jsonl");
    feed_stdin(&b);
    check_stdin(&b, &expected);
    const int fd = open("a.jsonl", O_RDONLY);
    cr_assert_eq(dup2(fd, STDIN_FILENO), STDIN_FILENO);
    close(fd);
    check_stdin(&b, &expected);
    forget(&expected);
    free(b.at);
}

Test(fetch, standard_input_as_text)
{
    struct bytes b = {0};

    add(&b, "some\ntext", 9);
    feed_stdin(&b);
    struct syndic_read_options options = options_for("-", "-", NULL);
    options.input_format = SYNDIC_FORMAT_TXT;
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);
    cr_expect_str_eq(syndic_reader_source(reader, 0)->name, "stdin.txt");
    expect_record(&seen, 0, 1, 0, 9, "some\ntext", NULL);
    expect_reader_problem(reader, 0, "-: standard input can be read only once");
    forget(&seen);
    syndic_reader_close(reader);
    free(b.at);
}

Test(fetch, rewinding_half_read_standard_input)
{
    struct bytes b = make_lines(400, 5);
    struct syndic_chunk *chunk = NULL;
    bool more;

    feed_stdin(&b);
    const struct syndic_read_options options = options_for("-", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    cr_assert_eq(syndic_reader_next(reader, chunk, &more), SYNDIC_OK);
    cr_assert(more && !chunk->last);
    syndic_chunk_destroy(chunk);
    cr_assert_eq(syndic_reader_rewind(reader, NULL), SYNDIC_OK);
    struct seen seen = read_all(reader, 1);
    cr_expect_eq(seen.count, 400);
    forget(&seen);
    syndic_reader_close(reader);
    free(b.at);
}

Test(fetch, standard_input_without_a_place_for_the_spool)
{
    struct bytes b = {0};
    struct syndic_chunk *chunk = NULL;
    bool more;

    add(&b, "{\"text\":\"a\"}\n", 13);
    feed_stdin(&b);
    struct syndic_read_options options = options_for("-", NULL);
    options.tmp = "missing-folder";
    struct syndic_reader *const reader = open_reader(&options);
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    cr_expect_eq(syndic_reader_next(reader, chunk, &more), SYNDIC_IO);
    cr_expect_eq(syndic_reader_error(reader)->status, SYNDIC_IO);
    cr_expect_str_eq(syndic_reader_error(reader)->path, "missing-folder");
    cr_expect_str_eq(syndic_reader_error(reader)->message,
                     "cannot create a temporary file: no such file or directory");
    syndic_chunk_destroy(chunk);
    syndic_reader_close(reader);
    free(b.at);
}

Test(fetch, standard_input_beyond_a_full_disk)
{
    struct bytes b = make_lines(1200, 21);
    const struct rlimit little = {1 << 20, 1 << 20};
    struct syndic_chunk *chunk = NULL;
    enum syndic_status status;
    bool more;

    put_bytes("a.jsonl", b.at, b.n);
    const int fd = open("a.jsonl", O_RDONLY);
    int ends[2];
    cr_assert_eq(pipe(ends), 0);
    if (!fork()) { /* a pipe, since a file would be read where it lies */
        dup2(fd, STDIN_FILENO);
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        execlp("cat", "cat", (char *)NULL);
        _exit(1);
    }
    cr_assert_eq(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
    close(ends[1]);
    close(fd);
    cr_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
    struct syndic_read_options options = options_for("-", NULL);
    options.tmp = ".";
    struct syndic_reader *const reader = open_reader(&options);
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    while (!(status = syndic_reader_next(reader, chunk, &more)) && more)
        ;
    cr_expect_eq(status, SYNDIC_IO);
    cr_expect_str_eq(syndic_reader_error(reader)->path, ".");
    cr_expect_str_eq(syndic_reader_error(reader)->message,
                     "cannot keep standard input in the temporary folder: file too large");
    syndic_chunk_destroy(chunk);
    syndic_reader_close(reader);
    free(b.at);
}

/* ---- any record again ---- */

/* Fetch every second record of all, in a shuffled order, and compare. */
static void fetch_half(struct syndic_reader *reader, const struct seen *seen)
{
    struct syndic_place *const places = calloc(seen->count, sizeof(*places));
    uint8_t *const wanted = calloc(seen->count, 1);
    struct syndic_chunk *chunk = NULL;
    struct syndic_error error = {.status = SYNDIC_OK};

    for (size_t i = 0; i < seen->count; i++) {
        const struct seen_record *const r = &seen->records[i];
        places[i] = (struct syndic_place){r->offset, r->source, (uint32_t)r->bytes};
        wanted[i] = i % 2 == 0;
    }
    cr_assert_eq(syndic_reader_prepare_fetch(reader, places, wanted, seen->count, &error),
                 SYNDIC_OK, "%s: %s", error.path, error.message);
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    for (size_t turn = 0; turn < seen->count; turn++) {
        const size_t i = turn * 7919 % seen->count;
        const uint8_t *text;
        size_t text_bytes;
        if (!wanted[i])
            continue;
        cr_assert_eq(syndic_reader_fetch(reader, i, chunk, &text, &text_bytes, &error), SYNDIC_OK,
                     "%s: %s", error.path, error.message);
        cr_assert_eq(text_bytes, seen->records[i].text_bytes);
        cr_assert_arr_eq(text, seen->records[i].text, text_bytes);
    }
    syndic_chunk_destroy(chunk);
    free(places);
    free(wanted);
}

/* gone: compressed files vanish before the texts are fetched. */
static void fetch_every_kind(uint64_t stash_bytes, bool gone)
{
    struct bytes b = make_lines(300, 3), gz = {0}, zst = {0};

    add_gzip(&gz, b.at, b.n, 1);
    add_zstd(&zst, b.at, b.n);
    put_bytes("a.jsonl", b.at, b.n);
    put_bytes("b.jsonl.gz", gz.at, gz.n);
    put_bytes("c.jsonl.zst", zst.at, zst.n);
    put("d.txt", "\xef\xbb\xbfplain text");
    put_gzip("e.txt.gz", "\xef\xbb\xbfzipped text");
    put("f.txt", "");
    put_gzip("g.txt.gz", "");
    for (int i = 0; i < 40; i++) { /* more files than a chunk keeps open */
        char path[32];
        snprintf(path, sizeof(path), "z%02d.jsonl", i);
        put(path, "\xef\xbb\xbf{\"text\":\"x\\ty\",\"id\":1}\r\n{\"text\":\"z\",\"id\":2}");
    }
    struct syndic_read_options options = options_for(".", NULL);
    options.threads = 2;
    options.stash_bytes = stash_bytes;
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 2);
    cr_assert_eq(seen.count, 984);
    if (gone) {
        cr_assert_eq(unlink("b.jsonl.gz") | unlink("c.jsonl.zst"), 0);
        cr_assert_eq(unlink("e.txt.gz") | unlink("g.txt.gz"), 0);
    }
    fetch_half(reader, &seen);
    forget(&seen);
    syndic_reader_close(reader);
    free(b.at);
    free(gz.at);
    free(zst.at);
}

Test(fetch, fetching_from_files_of_every_kind)
{
    fetch_every_kind(0, false);
}

Test(fetch, fetching_what_was_stashed)
{
    fetch_every_kind((uint64_t)1 << 30, true);
}

/* Room for no whole chunk of lines, for some of them, for nearly all. */
Test(fetch, fetching_what_was_stashed_in_part)
{
    fetch_every_kind(1000, false);
    fetch_every_kind(1500000, false);
    fetch_every_kind(4500000, false);
}

Test(fetch, a_stash_beyond_a_full_disk)
{
    struct bytes b = make_lines(1200, 21), gz = {0};
    const struct rlimit little = {1 << 20, 1 << 20};

    add_gzip(&gz, b.at, b.n, 1);
    put_bytes("a.jsonl.gz", gz.at, gz.n);
    cr_assert(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &little), 0);
    struct syndic_read_options options = options_for("a.jsonl.gz", NULL);
    options.tmp = ".";
    options.stash_bytes = (uint64_t)1 << 30;
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);
    cr_assert_eq(seen.count, 1200);
    const struct syndic_place first = {seen.records[0].offset, 0, (uint32_t)seen.records[0].bytes};
    const uint8_t wanted = 1, *text;
    struct syndic_chunk *chunk = NULL;
    size_t text_bytes;

    cr_assert_eq(syndic_reader_prepare_fetch(reader, &first, &wanted, 1, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    cr_assert_eq(syndic_reader_fetch(reader, 0, chunk, &text, &text_bytes, NULL), SYNDIC_OK);
    cr_expect_eq(text_bytes, seen.records[0].text_bytes);
    cr_expect_arr_eq(text, seen.records[0].text, text_bytes);
    syndic_chunk_destroy(chunk);
    forget(&seen);
    syndic_reader_close(reader);
    free(b.at);
    free(gz.at);
}

Test(fetch, fetching_what_was_not_prepared)
{
    put_gzip("a.jsonl.gz", "{\"text\":\"a\"}\n");
    const struct syndic_read_options options = options_for("a.jsonl.gz", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    const struct syndic_place place = {0, 0, 13};
    const uint8_t wanted = 0, *text;
    size_t text_bytes;
    struct syndic_chunk *chunk = NULL;

    struct seen seen = read_all(reader, 1);
    cr_assert_eq(syndic_reader_prepare_fetch(reader, &place, &wanted, 1, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    cr_expect_eq(syndic_reader_fetch(reader, 0, chunk, &text, &text_bytes, NULL), SYNDIC_STATE);
    syndic_chunk_destroy(chunk);
    forget(&seen);
    syndic_reader_close(reader);
}

Test(fetch, files_that_change_are_noticed)
{
    static const char *const paths[] = {"a.jsonl", "b.jsonl.gz"};

    for (int f = 0; f < 2; f++) {
        put("a.jsonl", "{\"text\":\"a\"}\n");
        put_gzip("b.jsonl.gz", "{\"text\":\"a\"}\n");
        const struct syndic_read_options options = options_for(paths[f], NULL);
        struct syndic_reader *const reader = open_reader(&options);
        const struct syndic_place place = {0, 0, 13};
        const uint8_t wanted = 1, *text;
        size_t text_bytes;
        struct syndic_chunk *chunk = NULL;
        struct syndic_error error = {.status = SYNDIC_OK};

        struct seen seen = read_all(reader, 1);
        cr_expect_str_eq(texts(&seen), "a|");
        forget(&seen);
        const struct timeval times[2] = {{1000000, 0}, {1000000, 0}};
        cr_assert_eq(utimes(paths[f], times), 0);
        enum syndic_status status = syndic_reader_prepare_fetch(reader, &place, &wanted, 1, &error);
        cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
        if (!status)
            status = syndic_reader_fetch(reader, 0, chunk, &text, &text_bytes, &error);
        cr_expect_eq(status, SYNDIC_IO);
        cr_expect_str_eq(error.path, paths[f]);
        cr_expect_str_eq(error.message, "the file was changed while it was being read");
        syndic_chunk_destroy(chunk);
        cr_assert_eq(syndic_reader_rewind(reader, NULL), SYNDIC_OK);
        seen = read_all(reader, 1);
        cr_expect_eq(seen.count, 0);
        expect_problem(&seen, 0, 0, NO_BYTE, "the file was changed while it was being read");
        forget(&seen);
        syndic_reader_close(reader);
    }
}

Test(fetch, files_that_become_shorter)
{
    struct bytes b = make_lines(1200, 11);
    struct syndic_chunk *chunk = NULL;
    struct syndic_record record;
    size_t count = 0, problems = 0;
    bool more, another, last = false;

    put_bytes("a.jsonl", b.at, b.n);
    free(b.at);
    const struct syndic_read_options options = options_for("a.jsonl", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    while (!syndic_reader_next(reader, chunk, &more) && more) {
        while (!syndic_chunk_record(chunk, &record, &another) && another)
            count++;
        problems += chunk->problem_count;
        if (chunk->problem_count)
            cr_expect_str_eq(chunk->problems[0].message,
                             "the file became shorter while it was being read");
        last = chunk->last;
        cr_assert_eq(truncate("a.jsonl", 1000), 0);
    }
    cr_expect_geq(count, 1);
    cr_expect_lt(count, 1200);
    cr_expect_eq(problems, 1);
    cr_expect(last);
    syndic_chunk_destroy(chunk);
    syndic_reader_close(reader);
}

Test(fetch, the_memory_cap_is_kept)
{
    struct syndic_chunk *chunk = NULL;
    bool more;

    put("a.jsonl", "{\"text\":\"a\"}\n");
    syndic_memory_init(&memory, NULL, 300000);
    const struct syndic_read_options options = options_for("a.jsonl", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    cr_expect_eq(syndic_reader_next(reader, chunk, &more), SYNDIC_NO_MEMORY);
    cr_expect_str_eq(syndic_reader_error(reader)->message, "out of memory");
    syndic_chunk_destroy(chunk);
    syndic_reader_close(reader);
}
