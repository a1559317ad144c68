/* SPDX-License-Identifier: Apache-2.0 */
/* test_sources.c - files, directories, links and things that are none in; what is read, in which
 * order, and what is said of the rest, out. */
#define _GNU_SOURCE
#include "read_expect.h"

/* Every test below runs between these. */
TestSuite(sources, .init = enter_folder, .fini = leave_folder);

/* ---- what is read ---- */

Test(sources, directories_are_sorted_and_recursive)
{
    cr_assert_eq(mkdir("d", 0755) | mkdir("d/b", 0755) | mkdir("d/b/c", 0755), 0);
    put("d/b.jsonl", "");
    put("d/b/z.ndjson", "");
    put("d/b/c/y.txt", "");
    put_gzip("d/a.ndjson.gz", "");
    put_zstd("d/b/Z.txt.zst", "");
    put("d/c.warc", "");
    put_zstd("d/d.wet.zst", "");
    put("d/notes.md", "");
    put("d/.jsonl", ""); /* a name, not an ending */
    put("d/x.gz", "");
    put("d/y.jsonl.bz2", "");
    put("single.jsonl", "");
    const struct syndic_read_options options = options_for("d/", "single.jsonl", "d/b", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    static const char *const path[] = {"d/a.ndjson.gz", "d/b.jsonl",    "d/b/Z.txt.zst",
                                       "d/b/c/y.txt",   "d/b/z.ndjson", "d/c.warc",
                                       "d/d.wet.zst",   "single.jsonl"};
    static const char *const name[] = {"a.ndjson.gz", "b.jsonl", "b/Z.txt.zst", "b/c/y.txt",
                                       "b/z.ndjson",  "c.warc",  "d.wet.zst",   "single.jsonl"};
    static const enum syndic_format format[] = {
        SYNDIC_FORMAT_JSONL, SYNDIC_FORMAT_JSONL, SYNDIC_FORMAT_TXT,  SYNDIC_FORMAT_TXT,
        SYNDIC_FORMAT_JSONL, SYNDIC_FORMAT_WARC,  SYNDIC_FORMAT_WARC, SYNDIC_FORMAT_JSONL};
    static const enum syndic_compression compression[] = {SYNDIC_GZIP,  SYNDIC_PLAIN, SYNDIC_ZSTD,
                                                          SYNDIC_PLAIN, SYNDIC_PLAIN, SYNDIC_PLAIN,
                                                          SYNDIC_ZSTD,  SYNDIC_PLAIN};

    cr_assert_eq(syndic_reader_source_count(reader), 8);
    for (size_t i = 0; i < 8; i++) {
        const struct syndic_source *const source = syndic_reader_source(reader, i);
        cr_expect_str_eq(source->path, path[i]);
        cr_expect_str_eq(source->name, name[i]);
        cr_expect_eq(source->format, format[i]);
        cr_expect_eq(source->compression, compression[i]);
    }
    cr_expect_eq(syndic_reader_left_out(reader), 4);
    expect_reader_problem(reader, 0,
                          "d/b/Z.txt.zst: the same file as d/b/Z.txt.zst, which is read "
                          "already");
    size_t problems;
    syndic_reader_problems(reader, &problems);
    cr_expect_eq(problems, 3);
    syndic_reader_close(reader);
}

Test(sources, a_file_named_twice_is_read_twice)
{
    put("a.jsonl", "{\"text\":\"a\"}\n");
    const struct syndic_read_options options = options_for("a.jsonl", "./a.jsonl", ".", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);

    cr_expect_str_eq(texts(&seen), "a|a|");
    expect_reader_problem(reader, 0, "./a.jsonl: the same file as a.jsonl, which is read already");
    forget(&seen);
    syndic_reader_close(reader);
}

Test(sources, links)
{
    cr_assert_eq(mkdir("d", 0755) | mkdir("d/sub", 0755) | mkdir("other", 0755), 0);
    put("d/a.jsonl", "{\"text\":\"a\"}\n");
    put("other/b.jsonl", "{\"text\":\"b\"}\n");
    cr_assert_eq(symlink("../..", "d/sub/up") | symlink(".", "d/self"), 0);
    cr_assert_eq(symlink("../other", "d/other") | symlink("nowhere", "d/gone.jsonl"), 0);
    const struct syndic_read_options options = options_for("d", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);
    cr_expect_str_eq(texts(&seen), "a|b|");
    expect_reader_problem(reader, 0, "d/gone.jsonl: symbolic link leads nowhere");
    expect_reader_problem(reader, 1, "d/self: symbolic link leads back to a directory above it");
    expect_reader_problem(reader, 2,
                          "d/sub/up/d: symbolic link leads back to a directory above it");
    forget(&seen);
    syndic_reader_close(reader);
}

Test(sources, what_is_not_a_file)
{
    cr_assert_eq(mkdir("d", 0755) | mkdir("d/dir.jsonl", 0755), 0);
    cr_assert_eq(mkfifo("d/pipe.jsonl", 0644), 0);
    put("d/a.jsonl", "{\"text\":\"a\"}\n");
    struct syndic_read_options options = options_for("d", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);

    cr_expect_str_eq(texts(&seen), "a|");
    expect_reader_problem(reader, 0, "d/pipe.jsonl: not a regular file");
    forget(&seen);
    syndic_reader_close(reader);
    options = options_for("d/pipe.jsonl", NULL);
    expect_refused(&options, SYNDIC_IO, "d/pipe.jsonl",
                   "not a regular file; standard input is read with -");
}

Test(sources, named_paths_that_cannot_be_read)
{
    put("good.jsonl", "{\"text\":\"good\"}\n");
    put("page.html", "");
    put("noending", "");
    const struct syndic_read_options options =
        options_for("missing.jsonl", "page.html", "noending", "good.jsonl", "good.jsonl/x", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);

    cr_expect_str_eq(texts(&seen), "good|");
    expect_reader_problem(reader, 0, "missing.jsonl: cannot open: no such file or directory");
    expect_reader_problem(reader, 1,
                          "page.html: unknown type; names must end in .jsonl, .ndjson, "
                          ".txt, .warc or .wet, each also with .gz or .zst");
    expect_reader_problem(reader, 2,
                          "noending: unknown type; names must end in .jsonl, .ndjson, "
                          ".txt, .warc or .wet, each also with .gz or .zst");
    expect_reader_problem(reader, 3, "good.jsonl/x: cannot open: not a directory");
    forget(&seen);
    syndic_reader_close(reader);
}

Test(sources, nothing_to_read)
{
    struct syndic_read_options options = options_for("missing.jsonl", NULL);

    expect_refused(&options, SYNDIC_IO, "missing.jsonl", "cannot open: no such file or directory");
    options = options_for("missing.jsonl", "too.jsonl", NULL);
    expect_refused(&options, SYNDIC_IO, "missing.jsonl",
                   "cannot open: no such file or directory; and 1 more cannot be read");
    options = options_for(".", NULL);
    expect_refused(&options, SYNDIC_INVALID_ARGUMENT, "",
                   "no .jsonl, .ndjson, .txt, .warc or .wet file in the given directories");
    options.path_count = 0;
    expect_refused(&options, SYNDIC_INVALID_ARGUMENT, "", "no input was named");
    options = options_for(".", NULL);
    options.max_record_bytes = SYNDIC_TEXT_BYTES_MAX + 1;
    expect_refused(&options, SYNDIC_INVALID_ARGUMENT, "",
                   "the longest record must not be above 1073741824 bytes");
    options = options_for(".", NULL);
    options.id_field = "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17";
    expect_refused(&options, SYNDIC_INVALID_ARGUMENT, "", "a field name has more than 16 parts");
}

Test(sources, permissions)
{
    cr_assert_eq(mkdir("d", 0755) | mkdir("d/closed", 0755), 0);
    put("d/a.jsonl", "{\"text\":\"a\"}\n");
    put("d/secret.jsonl", "{\"text\":\"b\"}\n");
    put("d/closed/c.jsonl", "{\"text\":\"c\"}\n");
    put("late.jsonl", "{\"text\":\"late\"}\n");
    cr_assert_eq(chmod("d/secret.jsonl", 0) | chmod("d/closed", 0), 0);
    const uid_t self = geteuid();
    if (self == 0) /* root may read everything */
        cr_assert_eq(seteuid(65534), 0);
    const struct syndic_read_options options = options_for("d", "late.jsonl", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    cr_assert_eq(seteuid(self), 0);
    cr_assert_eq(unlink("late.jsonl"), 0);
    struct seen seen = read_all(reader, 1);

    cr_expect_str_eq(texts(&seen), "a|");
    expect_reader_problem(reader, 0, "d/closed: cannot open: permission denied");
    expect_reader_problem(reader, 1, "d/secret.jsonl: cannot open: permission denied");
    expect_problem(&seen, 0, 0, NO_BYTE, "cannot open: no such file or directory");
    forget(&seen);
    syndic_reader_close(reader);
}

Test(sources, long_paths_keep_their_end)
{
    char path[240];

    put("good.jsonl", "");
    memset(path, 'p', 200);
    memcpy(path + 200, "/x.jsonl", 9);
    const struct syndic_read_options options = options_for(path, "good.jsonl", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    size_t count;
    const struct syndic_problem *const problem = syndic_reader_problems(reader, &count);
    cr_assert_eq(count, 1);
    cr_expect_eq(strlen(problem->message), sizeof(problem->message) - 1);
    cr_expect_eq(strncmp(problem->message, "...ppp", 6), 0);
    cr_expect_not_null(
        strstr(problem->message, "p/x.jsonl: cannot open: no such file or directory"));
    syndic_reader_close(reader);
}
