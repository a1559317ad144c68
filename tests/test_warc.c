/* SPDX-License-Identifier: Apache-2.0 */
/* test_warc.c - WARC files, good and bad, in; documents with their places, and problems, out. */
#define _GNU_SOURCE
#include "read/warc.h"
#include "warc_files.h"

TestSuite(warc, .init = enter_folder, .fini = leave_folder);

#define WRONG "the record is cut off, or its Content-Length is wrong"

/* ---- where records begin and end ---- */

static size_t next_bytes(const char *text, const char *fault)
{
    struct syndic_warc_record record;
    uint64_t need;

    cr_assert(
        syndic_warc_next((const uint8_t *)text, strlen(text), SYNDIC_WARC_RECORD, &record, &need));
    if (fault)
        cr_expect_str_eq(record.fault, fault);
    else
        cr_expect_null(record.fault, "%s", record.fault);
    return record.bytes;
}

#define HEAD "WARC/1.0\r\nWARC-Type: metadata\r\nContent-Length: 4\r\n\r\n"

Test(warc, ends_of_records)
{
    cr_expect_eq(next_bytes(HEAD "abcd\r\n\r\n", NULL), 60);
    cr_expect_eq(next_bytes(HEAD "abcd", NULL), 56);
    cr_expect_eq(next_bytes(HEAD "abcd\r\n\r\n" HEAD "abcd", NULL), 60);
    cr_expect_eq(next_bytes(HEAD "abcd\n\n" HEAD "abcd", NULL), 58);
    cr_expect_eq(next_bytes(HEAD "abcd" HEAD "abcd", NULL), 56);
    cr_expect_eq(next_bytes(HEAD "abcd\n\r\n\r\n" HEAD "abcd", NULL), 61);
    cr_expect_eq(next_bytes(HEAD "abcd\r\n\r\nnoise\n" HEAD, NULL), 60);
    cr_expect_eq(next_bytes("WARC/0.18\nwarc-type:x\ncontent-length:0\n\n", NULL), 40);
}

Test(warc, what_is_no_record)
{
    cr_expect_eq(next_bytes(HEAD "abcdef\r\n\r\n" HEAD, WRONG), 62);
    cr_expect_eq(next_bytes(HEAD "abc", WRONG), 55);
    cr_expect_eq(next_bytes(HEAD "ab\n" HEAD "abcd", WRONG), 55);
    cr_expect_eq(next_bytes("noise", "not a WARC record"), 5);
    cr_expect_eq(next_bytes("noise\n" HEAD "abcd", "not a WARC record"), 6);
    cr_expect_eq(next_bytes("noise\nWARC/1.0\nx\n\n" HEAD "abcd", "not a WARC record"), 18);
    cr_expect_eq(next_bytes("WARC/1.0\r\nWARC-Type: x\r\n\r\n" HEAD "abcd",
                            "the WARC header has no Content-Length"),
                 26);
    cr_expect_eq(
        next_bytes("WARC/1.0\r\nContent-Length: 3\r\n\r\nabc", "the WARC header has no WARC-Type"),
        34);
    cr_expect_eq(next_bytes("WARC/1.0\r\nContent-Length: -3\r\n\r\nabc",
                            "the WARC header has no Content-Length"),
                 35);
    cr_expect_eq(next_bytes("WARC/1.0\r\nWARC-Type: x\r\n" HEAD, "the WARC header is cut off"), 24);
}

Test(warc, more_must_be_seen)
{
    static const char all[] = HEAD "abcd\r\n\r\n" HEAD;
    struct syndic_warc_record record;
    uint64_t need;

    for (size_t n = 1; n < 60; n++) /* up to here the two line ends are not seen */
        cr_expect(!syndic_warc_next((const uint8_t *)all, n, SYNDIC_WARC_UNSEEN, &record, &need),
                  "%zu", n);
    cr_expect(!syndic_warc_next((const uint8_t *)all, 52, SYNDIC_WARC_UNSEEN, &record, &need));
    cr_expect_eq(need, 56 + SYNDIC_WARC_BEYOND);
    cr_expect(!syndic_warc_next((const uint8_t *)all, 60, SYNDIC_WARC_UNSEEN, &record, &need));
    cr_expect(syndic_warc_next((const uint8_t *)all, 61, SYNDIC_WARC_UNSEEN, &record, &need));
    cr_expect_eq(record.bytes, 60);
}

/* ---- files ---- */

Test(warc, conversions_are_documents)
{
    struct bytes b = {0};

    add_record_of(&b, "WARC-Type: warcinfo\r\n", "software: x", 11, 11);
    add_conversion(&b, "1", "one \xc3\xa9");
    add_record_of(&b, "WARC-Type: metadata\r\nContent-Type: text/plain\r\n", "a", 1, 1);
    add_conversion(&b, "2", "");
    put_free("a.wet", &b);
    struct seen seen = read_path("a.wet");
    cr_assert_eq(seen.count, 2);
    cr_expect_eq(seen.problem_count, 0);
    expect_record(&seen, 0, 2, 68, 154, "one \xc3\xa9", "urn:1");
    expect_record(&seen, 1, 4, 305, 148, "", "urn:2");
    forget(&seen);
}

static void check_id_field(const char *field, const char *wanted)
{
    struct syndic_read_options options = options_for("a.warc", NULL);

    options.id_field = field;
    options.rank_field = "warc-date";
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);
    cr_assert_eq(seen.count, 1);
    if (wanted)
        cr_expect_str_eq(seen.records[0].id, wanted);
    else
        cr_expect_null(seen.records[0].id);
    cr_expect_eq(seen.records[0].rank_kind, SYNDIC_RANK_STRING);
    cr_expect_str_eq(seen.records[0].rank_text, "2026-11-22T00:00:00Z");
    forget(&seen);
    syndic_reader_close(reader);
}

Test(warc, header_fields_as_id_and_rank)
{
    struct bytes b = {0};

    add_record_of(&b,
                  "WARC-Type: conversion\r\nWARC-Record-ID: <urn:1>\r\nContent-Type: text/plain\r\n"
                  "WARC-Date: 2026-11-22T00:00:00Z\r\nWARC-Target-URI:   http://x/ \r\n",
                  "t", 1, 1);
    put_free("a.warc", &b);
    check_id_field(NULL, "urn:1");
    check_id_field("id", "urn:1");
    check_id_field("warc-target-uri", "http://x/");
    check_id_field("url", NULL);
}

Test(warc, bad_records_cost_only_themselves)
{
    struct bytes b = {0};
    static const char fields[] = "WARC-Type: conversion\r\nContent-Type: text/plain\r\n";

    add_conversion(&b, "1", "one");
    add_record_of(&b, fields, "too long", 8, 5000);
    add_conversion(&b, "2", "two");
    add_record_of(&b, fields, "too short", 9, 3);
    add_conversion(&b, "3", "three");
    add(&b, "noise\n\0noise\n", 13);
    add_conversion(&b, "4", "four");
    add_record_of(&b, fields, "cut", 3, 9);
    put_free("a.warc", &b);
    struct seen seen = read_path("a.warc");
    cr_expect_str_eq(texts(&seen), "one|two|three|four|");
    cr_assert_eq(seen.problem_count, 4);
    expect_problem(&seen, 0, 2, 151, WRONG);
    expect_problem(&seen, 1, 4, 397, WRONG);
    expect_problem(&seen, 2, 6, 643, "not a WARC record");
    expect_problem(&seen, 3, 8, 808, WRONG);
    forget(&seen);
}

/* `count` records, some of them long, with bad ones between them. */
static struct bytes make_records(size_t count, uint64_t seed)
{
    struct bytes b = {0};
    char *const text = malloc(3 << 20), id[20];

    for (size_t i = 0; i < count; i++) {
        const uint64_t r = syndic_splitmix64(&seed);
        const size_t n = i % 100 == 50 ? 1500000 + r % 1000000 : r % (i % 7 ? 3000 : 40000);
        for (size_t k = 0; k < n; k++)
            text[k] = (char)(k % 61 == 60 ? '\n' : 'a' + (k * (r % 97) + i) % 26);
        text[n] = 0;
        snprintf(id, sizeof(id), "%zu", i);
        add_conversion(&b, id, text);
        if (i % 13 == 5)
            add_record_of(&b, "WARC-Type: conversion\r\n", text, n, n + 103 + r % 4999);
        if (i % 17 == 3)
            add(&b, "noise\n", 6);
    }
    free(text);
    return b;
}

/* The same file as members of one record each, of 1,000 bytes each, and as one. */
static void put_members(const char *path, const struct bytes *b, int kind)
{
    struct bytes packed = {0};
    struct syndic_warc_record record;
    uint64_t need;

    for (size_t at = 0, n; at < b->n; at += n) {
        n = kind == 0 ? b->n : kind == 1 ? 100000 : 0;
        if (!n && syndic_warc_next(b->at + at, b->n - at, SYNDIC_WARC_RECORD, &record, &need))
            n = record.bytes;
        n = n < b->n - at ? n : b->n - at;
        if (strstr(path, ".zst"))
            add_zstd(&packed, b->at + at, n);
        else
            add_gzip(&packed, b->at + at, n, 1);
    }
    put_free(path, &packed);
}

static void check_same(const struct seen *expected, const char *path, unsigned threads)
{
    const struct syndic_read_options options = options_for(path, NULL);
    struct syndic_reader *const reader = open_reader(&options);
    struct syndic_chunk *chunk = NULL;
    struct seen seen = read_all(reader, threads);

    expect_same(expected, &seen);
    cr_expect_eq(seen.problem_count, expected->problem_count, "%s", path);
    struct syndic_place *const places = calloc(seen.count, sizeof(*places));
    uint8_t *const wanted = calloc(seen.count, 1);
    for (size_t i = 0; i < seen.count; i++) {
        places[i] =
            (struct syndic_place){seen.records[i].offset, 0, (uint32_t)seen.records[i].bytes};
        wanted[i] = i % 3 != 1;
    }
    cr_assert_eq(syndic_reader_prepare_fetch(reader, places, wanted, seen.count, NULL), SYNDIC_OK);
    cr_assert_eq(syndic_chunk_create(reader, &chunk), SYNDIC_OK);
    for (size_t i = seen.count; i-- > 0;) {
        const uint8_t *text;
        size_t n;
        if (!wanted[i])
            continue;
        cr_assert_eq(syndic_reader_fetch(reader, i, chunk, &text, &n, NULL), SYNDIC_OK);
        cr_assert_eq(n, seen.records[i].text_bytes);
        cr_assert(!memcmp(text, seen.records[i].text, n));
    }
    syndic_chunk_destroy(chunk);
    free(places);
    free(wanted);
    forget(&seen);
    syndic_reader_close(reader);
}

Test(warc, containers_and_threads_change_nothing, .timeout = 60)
{
    struct bytes b = make_records(400, 7);

    put_bytes("a.warc", b.at, b.n);
    struct seen expected = read_path("a.warc");
    cr_assert_eq(expected.count, 400, "%zu", expected.count);
    cr_expect_gt(expected.problem_count, 40);
    put_members("one.warc.gz", &b, 0);
    put_members("parts.wet.gz", &b, 1);
    put_members("records.warc.gz", &b, 2);
    put_members("records.wet.zst", &b, 2);
    put_members("one.warc.zst", &b, 0);
    check_same(&expected, "a.warc", 3);
    check_same(&expected, "one.warc.gz", 1);
    check_same(&expected, "parts.wet.gz", 2);
    check_same(&expected, "records.warc.gz", 2);
    check_same(&expected, "records.wet.zst", 2);
    check_same(&expected, "one.warc.zst", 2);
    forget(&expected);
    free(b.at);
}

Test(warc, long_records_are_passed_over)
{
    struct bytes b = {0};
    char *const text = malloc(3000001);
    struct syndic_read_options options = options_for("a.warc", NULL);

    memset(text, 'x', 3000000);
    text[3000000] = 0;
    add_conversion(&b, "1", "one");
    add_conversion(&b, "2", text);
    add_conversion(&b, "3", "three");
    add_record_of(&b, "WARC-Type: conversion\r\n", "lie", 3, 900000000);
    add_conversion(&b, "4", "four");
    put_bytes("a.warc", b.at, b.n);
    options.max_record_bytes = 100000;
    struct syndic_reader *reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);
    cr_expect_str_eq(texts(&seen), "one|three|four|");
    cr_assert_eq(seen.problem_count, 2);
    expect_problem(&seen, 0, 2, 151, "record of 3000154 bytes is longer than the limit of 100000");
    expect_problem(&seen, 1, 4, 3000458, WRONG);
    forget(&seen);
    syndic_reader_close(reader);
    put_members("a.warc.gz", &b, 2);
    options = options_for("a.warc.gz", NULL);
    options.max_record_bytes = 100000;
    reader = open_reader(&options);
    seen = read_all(reader, 1);
    cr_expect_str_eq(texts(&seen), "one|three|four|");
    cr_expect_eq(seen.problem_count, 2);
    forget(&seen);
    syndic_reader_close(reader);
    free(text);
    free(b.at);
}

Test(warc, much_noise_is_not_held)
{
    struct bytes b = {0};

    add_conversion(&b, "1", "one");
    for (size_t i = 0; i < 3000000; i++)
        add(&b, "noise \n\n\n\n", 10);
    add_conversion(&b, "2", "two");
    put_free("a.warc", &b);
    syndic_memory_init(&memory, NULL, (size_t)40 << 20);
    struct seen seen = read_path("a.warc");
    cr_expect_str_eq(texts(&seen), "one|two|");
    cr_assert_eq(seen.problem_count, 1);
    expect_problem(&seen, 0, 2, 151, "not a WARC record");
    cr_expect_eq(seen.problems[0].bytes, 30000000);
    forget(&seen);
}

Test(warc, frames_with_a_dictionary)
{
    static const char words[] = "WARC-Type: conversion\r\nContent-Type: text/plain\r\n";
    struct bytes b = {0}, record = {0}, packed = {0};

    add_conversion(&record, "1", "one");
    add_zstd(&packed, words, strlen(words));
    for (int pack = 0; pack < 2; pack++) {
        const uint32_t n = pack ? (uint32_t)packed.n : (uint32_t)strlen(words);
        const uint8_t head[] = {0x5d, 0x2a, 0x4d, 0x18, (uint8_t)n, (uint8_t)(n >> 8), 0, 0};
        uint8_t frame[1000];
        ZSTD_CCtx *const context = ZSTD_createCCtx();
        b.n = 0;
        add(&b, head, sizeof(head));
        add(&b, pack ? packed.at : (const uint8_t *)words, n);
        for (int i = 0; i < 2; i++) {
            const size_t made = ZSTD_compress_usingDict(context, frame, sizeof(frame), record.at,
                                                        record.n, words, strlen(words), 19);
            cr_assert(!ZSTD_isError(made));
            add(&b, frame, made);
        }
        ZSTD_freeCCtx(context);
        put_bytes("a.warc.zst", b.at, b.n);
        struct seen seen = read_path("a.warc.zst");
        cr_expect_str_eq(texts(&seen), "one|one|");
        cr_expect_eq(seen.problem_count, 0);
        forget(&seen);
    }
    free(b.at);
    free(record.at);
    free(packed.at);
}

/* ---- damaged members ---- */

static struct bytes members(size_t *second, size_t *third)
{
    struct bytes b = {0}, record = {0};
    const char *const text[] = {"one", "two", "three"};

    for (size_t i = 0; i < 3; i++) {
        record.n = 0;
        add_conversion(&record, text[i], text[i]);
        if (i)
            *(i == 1 ? second : third) = b.n;
        add_gzip(&b, record.at, record.n, 6);
    }
    free(record.at);
    return b;
}

Test(warc, a_damaged_member_costs_its_record)
{
    size_t second, third;
    struct bytes b = members(&second, &third);
    char message[160];

    b.at[third - 6] ^= 1; /* its checksum */
    put_bytes("a.warc.gz", b.at, b.n);
    struct seen seen = read_path("a.warc.gz");
    cr_expect_eq(seen.count, 3, "what it gave before the checksum is there");
    snprintf(message, sizeof(message),
             "gzip checksum does not match; reading goes on at byte %zu of the file", third);
    expect_problem(&seen, 0, 1, second, message);
    forget(&seen);
    b.at[third - 6] ^= 1;
    memset(b.at + second + 12, 0xff, 20);
    put_bytes("a.warc.gz", b.at, b.n);
    seen = read_path("a.warc.gz");
    cr_expect_str_eq(texts(&seen), "one|three|");
    snprintf(message, sizeof(message),
             "gzip data is corrupt; reading goes on at byte %zu of the file", third);
    expect_problem(&seen, 0, 1, second, message);
    forget(&seen);
    free(b.at);
}

Test(warc, noise_between_members_and_a_cut)
{
    size_t second, third;
    struct bytes b = members(&second, &third), noisy = {0};

    add(&noisy, b.at, second);
    add(&noisy, "noise\x1f\x8b\x08\xffnoise", 14);
    add(&noisy, b.at + second, b.n - second - 5);
    put_free("a.warc.gz", &noisy);
    struct seen seen = read_path("a.warc.gz");
    cr_expect_str_eq(texts(&seen), "one|two|three|");
    cr_assert_eq(seen.problem_count, 2);
    cr_expect_eq(seen.problems[0].byte, second);
    cr_expect_str_eq(seen.problems[1].message, "gzip stream is truncated; nothing good follows");
    forget(&seen);
    put_bytes("plain.warc.gz", "WARC/1.0\r\n", 10);
    seen = read_path("plain.warc.gz");
    expect_problem(&seen, 0, 1, 0, "not gzip data; nothing good follows");
    forget(&seen);
    put_bytes("empty.warc", "", 0);
    seen = read_path("empty.warc");
    cr_expect_eq(seen.count + seen.problem_count, 0);
    forget(&seen);
    free(b.at);
}
