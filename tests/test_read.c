/* SPDX-License-Identifier: Apache-2.0 */
/* test_read.c - files of records in; the records and problems that the reader must give, written
 * out. */
#define _GNU_SOURCE
#include "read_expect.h"

#include <math.h>

/* Every test below runs between these. */
TestSuite(read, .init = enter_folder, .fini = leave_folder);

/* ---- JSON lines ---- */

Test(read, lines_of_every_shape)
{
    put("a.jsonl", "\xef\xbb\xbf{\"id\":\"x\",\"text\":\"one\"}\r\n"
                   "\n"
                   " \t\r\n"
                   "{\"id\":12.50,\"text\":\"tw\\u006f\"}\n"
                   "{\"text\":\"\"}\n"
                   "{\"text\":\"last\",\"id\":null}");
    const struct syndic_read_options options = options_for("a.jsonl", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);

    cr_assert_eq(seen.count, 4);
    cr_expect_eq(seen.problem_count, 0);
    expect_record(&seen, 0, 1, 3, 25, "one", "x");
    expect_record(&seen, 1, 4, 33, 31, "two", "12.50");
    expect_record(&seen, 2, 5, 64, 12, "", NULL);
    expect_record(&seen, 3, 6, 76, 25, "last", NULL);
    cr_expect(syndic_reader_source(reader, 0)->has_bom);
    cr_expect_eq(syndic_reader_source(reader, 0)->file_bytes, 101);
    forget(&seen);
    syndic_reader_close(reader);
}

Test(read, bad_lines_are_named_and_the_others_read)
{
    put("a.jsonl", "{\"text\":\"one\"}\n"
                   "{\"text\" \"two\"}\n"
                   "{\"txt\":\"three\"}\n"
                   "{\"text\":4}\n"
                   "{\"text\":null}\n"
                   "{\"text\":[\"six\"]}\n"
                   "{\"text\":\"seven\",\"id\":true}\n"
                   "{\"text\":\"eight\",\"id\":{\"a\":1}}\n"
                   "{\"text\":\"nine\"\n"
                   "{\"text\":\"ten\"}\n");
    struct seen seen = read_path("a.jsonl");

    cr_expect_str_eq(texts(&seen), "one|ten|");
    expect_record(&seen, 1, 10, 160, 15, "ten", NULL);
    cr_assert_eq(seen.problem_count, 8);
    expect_problem(&seen, 0, 2, 8, "invalid JSON: expected ':' after a key");
    cr_expect_eq(seen.problems[0].offset, 15);
    cr_expect_eq(seen.problems[0].bytes, 15);
    expect_problem(&seen, 1, 3, NO_BYTE, "missing field 'text'");
    expect_problem(&seen, 2, 4, NO_BYTE, "field 'text' is a number, not a string");
    expect_problem(&seen, 3, 5, NO_BYTE, "field 'text' is null, not a string");
    expect_problem(&seen, 4, 6, NO_BYTE, "field 'text' is an array, not a string");
    expect_problem(&seen, 5, 7, NO_BYTE, "field 'id' is true, not a string or a number");
    expect_problem(&seen, 6, 8, NO_BYTE, "field 'id' is an object, not a string or a number");
    expect_problem(&seen, 7, 9, 14, "invalid JSON: unexpected end of the line");
    forget(&seen);
}

Test(read, nul_bytes)
{
    static const char raw[] = "{\"text\":\"a\0b\"}\n{\"text\":\"a\\u0000b\"}\n";

    put_bytes("a.jsonl", raw, sizeof(raw) - 1);
    struct seen seen = read_path("a.jsonl");
    cr_assert_eq(seen.count, 1);
    cr_expect_eq(seen.records[0].text_bytes, 3);
    cr_expect_arr_eq(seen.records[0].text, "a\0b", 3);
    cr_assert_eq(seen.problem_count, 1);
    expect_problem(&seen, 0, 1, 10, "invalid JSON: control character in a string");
    forget(&seen);
}

Test(read, named_fields_and_ranks)
{
    put("a.jsonl", "{\"doc\":{\"body\":\"one\",\"n\":1},\"meta\":{\"date\":\"2024\"}}\n"
                   "{\"doc\":{\"body\":\"two\",\"n\":2},\"meta\":{\"date\":-1.5e3}}\n"
                   "{\"doc\":{\"body\":\"three\",\"n\":3},\"meta\":{\"date\":1e999}}\n"
                   "{\"doc\":{\"body\":\"four\",\"n\":4},\"meta\":{\"date\":[]}}\n"
                   "{\"doc\":{\"body\":5}}\n");
    struct syndic_read_options options = options_for("a.jsonl", NULL);
    options.text_field = "doc.body";
    options.id_field = "doc.n";
    options.rank_field = "meta.date";
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);

    cr_expect_str_eq(texts(&seen), "one|two|three|four|");
    cr_expect_str_eq(seen.records[1].id, "2");
    cr_expect_eq(seen.records[0].rank_kind, SYNDIC_RANK_STRING);
    cr_expect_str_eq(seen.records[0].rank_text, "2024");
    cr_expect_eq(seen.records[1].rank_kind, SYNDIC_RANK_NUMBER);
    cr_expect_eq(seen.records[1].rank, -1500.0);
    cr_expect_eq(seen.records[2].rank, (double)INFINITY);
    cr_expect_eq(seen.records[3].rank_kind, SYNDIC_RANK_NONE);
    expect_problem(&seen, 0, 5, NO_BYTE, "field 'doc.body' is a number, not a string");
    forget(&seen);
    syndic_reader_close(reader);
}

Test(read, files_without_records)
{
    put("a.jsonl", "");
    put("b.jsonl", "\n\n");
    put("c.jsonl", "\xef\xbb\xbf");
    put_gzip("d.jsonl.gz", "");
    put_zstd("e.jsonl.zst", "");
    struct seen seen = read_path(".");

    cr_expect_eq(seen.count, 0);
    cr_expect_eq(seen.problem_count, 0);
    forget(&seen);
}

/* ---- texts ---- */

Test(read, a_text_is_one_record)
{
    put("a.txt", "first line\nsecond\n");
    put("b.txt", "\xef\xbb\xbfwith BOM");
    put("c.txt", "");
    put_gzip("d.txt.gz", "zipped\n");
    put_zstd("e.txt.zst", "\xef\xbb\xbfpacked");
    const struct syndic_read_options options = options_for(".", NULL);
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);

    cr_assert_eq(seen.count, 5);
    expect_record(&seen, 0, 1, 0, 18, "first line\nsecond\n", NULL);
    expect_record(&seen, 1, 1, 0, 11, "with BOM", NULL);
    expect_record(&seen, 2, 1, 0, 0, "", NULL);
    expect_record(&seen, 3, 1, 0, 7, "zipped\n", NULL);
    expect_record(&seen, 4, 1, 0, 9, "packed", NULL);
    cr_expect_not(syndic_reader_source(reader, 0)->has_bom);
    cr_expect(syndic_reader_source(reader, 1)->has_bom);
    cr_expect(syndic_reader_source(reader, 4)->has_bom);
    forget(&seen);
    syndic_reader_close(reader);
}

Test(read, a_text_may_be_larger_than_a_chunk_but_not_than_the_limit)
{
    struct bytes b = {.at = malloc(3000000), .n = 3000000}, z = {0};

    memset(b.at, 'x', b.n);
    add_gzip(&z, b.at, b.n, 1);
    put_bytes("a.txt", b.at, b.n);
    put_bytes("b.txt.gz", z.at, z.n);
    put("c.txt", "short");
    struct syndic_read_options options = options_for(".", NULL);
    struct syndic_reader *reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);
    cr_assert_eq(seen.count, 3);
    cr_expect_eq(seen.records[0].text_bytes, 3000000);
    cr_expect_eq(seen.records[1].text_bytes, 3000000);
    cr_expect_arr_eq(seen.records[1].text, b.at, b.n);
    forget(&seen);
    syndic_reader_close(reader);

    options.max_record_bytes = 2999999;
    reader = open_reader(&options);
    seen = read_all(reader, 1);
    cr_expect_str_eq(texts(&seen), "short|");
    expect_problem(&seen, 0, 1, NO_BYTE,
                   "record of 3000000 bytes is longer than the limit of 2999999");
    expect_problem(&seen, 1, 1, NO_BYTE,
                   "record of 3000000 bytes is longer than the limit of 2999999");
    forget(&seen);
    syndic_reader_close(reader);
    options.max_record_bytes = 4;
    reader = open_reader(&options);
    seen = read_all(reader, 1);
    cr_expect_eq(seen.count, 0);
    expect_problem(&seen, 2, 1, NO_BYTE, "record of 5 bytes is longer than the limit of 4");
    forget(&seen);
    syndic_reader_close(reader);
    free(b.at);
    free(z.at);
}

/* ---- compression ---- */

Test(read, many_members_and_frames)
{
    struct bytes gz = {0}, zst = {0};
    static const uint8_t skippable[] = {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 'x', 'y', 'z'};

    add(&zst, skippable, sizeof(skippable));
    for (int i = 0; i < 3; i++) {
        static const char *const text[] = {"{\"text\":\"o", "ne\"}\n{\"text\":\"two\"}\n{\"text\"",
                                           ":\"three\"}"};
        add_gzip(&gz, text[i], strlen(text[i]), 6);
        add_gzip(&gz, "", 0, 6);
        add_zstd(&zst, text[i], strlen(text[i]));
        add(&zst, skippable, sizeof(skippable));
    }
    add(&gz, "\0\0\0\0\0", 5); /* as tape blocks are filled up */
    put_bytes("a.jsonl.gz", gz.at, gz.n);
    put_bytes("b.ndjson.zst", zst.at, zst.n);
    struct seen seen = read_path(".");
    cr_expect_str_eq(texts(&seen), "one|two|three|one|two|three|");
    expect_record(&seen, 5, 3, 30, 16, "three", NULL);
    cr_expect_eq(seen.problem_count, 0);
    forget(&seen);
    free(gz.at);
    free(zst.at);
}

Test(read, names_that_lie)
{
    put("a.jsonl.gz", "{\"text\":\"plain\"}\n");
    put("b.jsonl.zst", "{\"text\":\"plain\"}\n");
    put("c.jsonl.gz", "");
    put("d.jsonl.zst", "");
    put_gzip("e.jsonl", "{\"text\":\"zipped\"}\n");
    put("f.jsonl", "{\"text\":\"good\"}\n");
    struct seen seen = read_path(".");
    cr_expect_str_eq(texts(&seen), "good|");
    expect_problem(&seen, 0, 0, 0, "not a gzip file");
    expect_problem(&seen, 1, 0, 0, "not a zstd file");
    expect_problem(&seen, 2, 0, 0, "gzip stream is truncated");
    expect_problem(&seen, 3, 0, 0, "zstd stream is truncated");
    cr_expect_eq(seen.problems[4].source, 4);
    cr_expect_str_eq(seen.problems[4].message,
                     "gzip data under the name of a plain file; the name must end in .gz");
    forget(&seen);
}

/* Two members, of which the second is damaged by `harm`; the first ends inside the second record.
 */
static struct bytes two_members(bool zstd, size_t *first_bytes)
{
    struct bytes b = {0};
    const char *const first = "{\"text\":\"one\"}\n{\"text\":\"tw", *const second = "o\"}\n";

    if (zstd)
        add_zstd(&b, first, strlen(first));
    else
        add_gzip(&b, first, strlen(first), 6);
    *first_bytes = b.n;
    if (zstd)
        add_zstd(&b, second, strlen(second));
    else
        add_gzip(&b, second, strlen(second), 6);
    return b;
}

Test(read, truncated_streams)
{
    for (int zstd = 0; zstd < 2; zstd++) {
        size_t first;
        struct bytes b = two_members(zstd, &first);
        const char *const path = zstd ? "a.jsonl.zst" : "a.jsonl.gz";
        for (size_t n = first + 1; n < b.n; n++) {
            put_bytes(path, b.at, n);
            struct seen seen = read_path(path);
            const size_t count = seen.count;
            cr_expect(count == 1 || (count == 2 && n > b.n - 11), "%s of %zu: %zu", path, n, count);
            cr_assert_eq(seen.problem_count, 1, "%s of %zu", path, n);
            cr_expect_eq(seen.problems[0].line, 0);
            cr_expect_eq(seen.problems[0].byte, n);
            cr_expect_eq(strncmp(seen.problems[0].message,
                                 zstd ? "zstd stream is truncated" : "gzip stream is truncated",
                                 24),
                         0);
            forget(&seen);
        }
        put_bytes(path, b.at, first + 2);
        struct seen seen = read_path(path);
        cr_expect_str_eq(texts(&seen), "one|");
        expect_problem(&seen, 0, 0, first + 2,
                       zstd ? "zstd stream is truncated; 11 bytes of an unfinished record lost"
                            : "gzip stream is truncated; 11 bytes of an unfinished record lost");
        forget(&seen);
        put_bytes(path, b.at, b.n);
        seen = read_path(path);
        cr_expect_str_eq(texts(&seen), "one|two|");
        cr_expect_eq(seen.problem_count, 0);
        forget(&seen);
        free(b.at);
    }
}

Test(read, corrupt_streams)
{
    size_t first;
    struct bytes b = two_members(false, &first);

    b.at[b.n - 6] ^= 1; /* in the second checksum */
    put_bytes("a.jsonl.gz", b.at, b.n);
    b.at[b.n - 6] ^= 1;
    b.at[first + 10] = 0x07; /* a block type that does not exist */
    put_bytes("b.jsonl.gz", b.at, b.n);
    memcpy(b.at + first, "{\"text\":", 8);
    put_bytes("c.jsonl.gz", b.at, b.n);
    free(b.at);
    b = two_members(true, &first);
    b.at[b.n - 1] ^= 1;
    put_bytes("d.jsonl.zst", b.at, b.n);
    memcpy(b.at + first, "{\"text\":", 8);
    put_bytes("e.jsonl.zst", b.at, b.n);
    free(b.at);
    struct seen seen = read_path(".");

    cr_assert_eq(seen.problem_count, 5);
    cr_expect_str_eq(seen.problems[0].message, "gzip checksum does not match");
    cr_expect_eq(strncmp(seen.problems[1].message, "gzip data is corrupt; 11 bytes", 30), 0);
    expect_problem(&seen, 2, 0, first ? seen.problems[2].byte : 0,
                   "something that is not gzip follows the last gzip member; 11 bytes of an "
                   "unfinished record lost");
    cr_expect_eq(strncmp(seen.problems[3].message, "zstd checksum does not match", 28), 0);
    cr_expect_eq(strncmp(seen.problems[4].message, "something that is not zstd follows", 34), 0);
    for (size_t i = 0; i < seen.count; i++)
        cr_expect(!strcmp(seen.records[i].text, "one") || !strcmp(seen.records[i].text, "two"));
    forget(&seen);
}

Test(read, a_damaged_text_is_not_given)
{
    struct bytes b = {0};

    add_gzip(&b, "some words that are cut", 23, 6);
    put_bytes("a.txt.gz", b.at, b.n - 3);
    free(b.at);
    struct seen seen = read_path("a.txt.gz");
    cr_expect_eq(seen.count, 0);
    cr_assert_eq(seen.problem_count, 1);
    cr_expect_str_eq(seen.problems[0].message,
                     "gzip stream is truncated; 23 bytes of an unfinished record lost");
    forget(&seen);
}
