/* SPDX-License-Identifier: Apache-2.0 */
/* test_write.c - text, compressed pieces, ordered files and the folder of the write stage.  It
 * belongs to the command, not to the library, so it is compiled in. */
#define _GNU_SOURCE
#include "../src/write/compress.c"
#include "../src/write/folder.c"
#include "../src/write/json_text.c"
#include "../src/write/ordered.c"
#include "../src/write/output.c"
#include "../src/write/tree.c"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <omp.h>
#include <stdlib.h>
#include <zlib.h>

static struct syndic_memory memory;
static char scratch[64];

static void set_up(void)
{
    syndic_memory_init(&memory, NULL, 0);
    strcpy(scratch, "/tmp/syndic-test-write-XXXXXX");
    cr_assert_not_null(mkdtemp(scratch));
}

static void tear_down(void)
{
    syndic_tree_remove(AT_FDCWD, scratch);
    cr_expect_eq(atomic_load(&memory.used_bytes), 0, "everything was given back");
}

TestSuite(write, .init = set_up, .fini = tear_down);

/* ---- text ---- */

static struct syndic_output output;
static char written[1 << 18];

static void begin(void)
{
    const int fd = open(scratch, O_RDWR | O_TMPFILE, 0600);

    cr_assert_geq(fd, 0);
    cr_assert_eq(syndic_output_open(&output, &memory, fd, "test"), SYNDIC_OK);
}

static const char *finish(void)
{
    cr_assert_eq(syndic_output_flush(&output, NULL), SYNDIC_OK);
    const ssize_t n = pread(output.fd, written, sizeof(written) - 1, 0);
    cr_assert_geq(n, 0);
    written[n] = '\0';
    cr_expect_eq((uint64_t)n, output.written_bytes);
    close(output.fd);
    syndic_output_close(&output);
    return written;
}

static void expect_decimal(double number, int decimals, const char *text)
{
    begin();
    syndic_put_decimal(&output, number, decimals);
    cr_expect_str_eq(finish(), text);
}

Test(write, decimals)
{
    expect_decimal(1, 6, "1.0");
    expect_decimal(0, 6, "0.0");
    expect_decimal((double)0.93f, 6, "0.93");
    expect_decimal(0.9173553719, 6, "0.917355");
    expect_decimal(0.0000004, 6, "0.0");
    expect_decimal(0.000001, 6, "0.000001");
    expect_decimal(0.9999996, 6, "1.0");
    expect_decimal(12.05, 2, "12.05");
    expect_decimal(833.46, 1, "833.5");
    expect_decimal((double)NAN, 6, "0.0");
    expect_decimal((double)INFINITY, 6, "0.0");
    expect_decimal(-1, 6, "0.0");
}

Test(write, numbers)
{
    begin();
    syndic_put_number(&output, 0);
    syndic_put_text(&output, " ");
    syndic_put_number(&output, UINT64_MAX);
    cr_expect_str_eq(finish(), "0 18446744073709551615");
}

static void expect_string(const char *bytes, size_t n, const char *text)
{
    begin();
    syndic_put_json_string(&output, bytes, n);
    cr_expect_str_eq(finish(), text);
}

Test(write, json_strings)
{
    expect_string("", 0, "\"\"");
    expect_string("plain", 5, "\"plain\"");
    expect_string("q\"b\\s/", 6, "\"q\\\"b\\\\s/\"");
    expect_string("\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\"");
    expect_string("\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\\u007f\"");
    expect_string("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9,
                  "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"");
}

#define FFFD "\xef\xbf\xbd"

Test(write, json_strings_of_invalid_utf8)
{
    /* Tables 3-8 to 3-11 of the Unicode Standard, section 3.9. */
    expect_string("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", 9,
                  "\"" FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD "A\"");
    expect_string("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", 9,
                  "\"" FFFD FFFD FFFD FFFD FFFD FFFD FFFD FFFD "A\"");
    expect_string("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", 9,
                  "\"" FFFD FFFD FFFD FFFD FFFD "A" FFFD FFFD "B\"");
    expect_string("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", 9, "\"" FFFD FFFD FFFD FFFD "A\"");
    expect_string("\xf0\x9f\x98", 3, "\"" FFFD "\""); /* cut at the end */
}

Test(write, utf8_validity)
{
    cr_expect(syndic_utf8_valid((const uint8_t *)"a\xc3\xa9\xf4\x8f\xbf\xbf", 7));
    cr_expect(syndic_utf8_valid((const uint8_t *)"", 0));
    cr_expect_not(syndic_utf8_valid((const uint8_t *)"\xf4\x90\x80\x80", 4));
    cr_expect_not(syndic_utf8_valid((const uint8_t *)"a\xc3", 2));
}

static void expect_base64(const char *bytes, const char *text)
{
    begin();
    syndic_put_json_base64(&output, (const uint8_t *)bytes, strlen(bytes));
    cr_expect_str_eq(finish(), text);
}

Test(write, base64) /* RFC 4648, section 10 */
{
    expect_base64("", "\"\"");
    expect_base64("f", "\"Zg==\"");
    expect_base64("fo", "\"Zm8=\"");
    expect_base64("foo", "\"Zm9v\"");
    expect_base64("foob", "\"Zm9vYg==\"");
    expect_base64("fooba", "\"Zm9vYmE=\"");
    expect_base64("foobar", "\"Zm9vYmFy\"");
    expect_base64("\xff\xef\xbe", "\"/+++\"");
}

Test(write, output_longer_than_its_buffer)
{
    begin();
    for (int i = 0; i < 30000; i++)
        syndic_put(&output, "seven77", 7);
    const char *const text = finish();
    cr_assert_eq(strlen(text), 210000);
    for (int i = 0; i < 30000; i++)
        cr_assert_eq(memcmp(text + 7 * i, "seven77", 7), 0);
}

Test(write, output_that_fails)
{
    struct syndic_error error;
    const int fd = open("/dev/full", O_WRONLY);

    cr_assert_eq(syndic_output_open(&output, &memory, fd, "full"), SYNDIC_OK);
    syndic_put_text(&output, "word");
    cr_expect_eq(syndic_output_flush(&output, &error), SYNDIC_IO);
    cr_expect_str_eq(error.path, "full");
    cr_expect_eq(output.error_number, ENOSPC);
    syndic_output_close(&output);
    close(fd);
}

/* ---- compression ---- */

static size_t gunzip(const uint8_t *in, size_t n, uint8_t *out, size_t room)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)in,
                       .avail_in = (uInt)n,
                       .next_out = out,
                       .avail_out = (uInt)room};

    cr_assert_eq(inflateInit2(&stream, 31), Z_OK);
    cr_assert_eq(inflate(&stream, Z_FINISH), Z_STREAM_END);
    cr_assert_eq(stream.avail_in, 0);
    inflateEnd(&stream);
    return room - stream.avail_out;
}

Test(write, compressed_pieces_can_be_read)
{
    static uint8_t text[200000], back[200001];
    struct syndic_compressor *compressor = NULL;
    uint64_t state = 1;

    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (uint8_t)("etaoin shrdlu\n"[syndic_splitmix64(&state) % 14]);
    cr_assert_eq(syndic_compressor_create(&memory, &compressor), SYNDIC_OK);
    for (size_t length = 1; length <= sizeof(text); length *= 7) {
        const uint8_t *bytes = text;
        size_t n = length;
        cr_assert_eq(syndic_compress(compressor, SYNDIC_GZIP, &bytes, &n), SYNDIC_OK);
        cr_expect_eq(gunzip(bytes, n, back, sizeof(back)), length);
        cr_expect_eq(memcmp(back, text, length), 0);
        bytes = text;
        n = length;
        cr_assert_eq(syndic_compress(compressor, SYNDIC_ZSTD, &bytes, &n), SYNDIC_OK);
        cr_expect_eq(ZSTD_decompress(back, sizeof(back), bytes, n), length);
        cr_expect_eq(memcmp(back, text, length), 0);
    }
    syndic_compressor_destroy(compressor);
}

Test(write, nothing_compressed_is_nothing)
{
    uint8_t back[1];
    size_t n;
    const uint8_t *bytes = syndic_compressed_nothing(SYNDIC_GZIP, &n);

    cr_expect_eq(gunzip(bytes, n, back, 1), 0);
    bytes = syndic_compressed_nothing(SYNDIC_ZSTD, &n);
    cr_expect_eq(ZSTD_decompress(back, 1, bytes, n), 0);
    syndic_compressed_nothing(SYNDIC_PLAIN, &n);
    cr_expect_eq(n, 0);
}

/* ---- the folder ---- */

static char path_room[256];

static const char *below(const char *name)
{
    snprintf(path_room, sizeof(path_room), "%s/%s", scratch, name);
    return path_room;
}

static bool exists(const char *name)
{
    struct stat info;

    return !lstat(below(name), &info);
}

static void make_file(const char *name, const char *text)
{
    const int fd = open(below(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    cr_assert_geq(fd, 0);
    cr_assert_eq(syndic_write_all(fd, text, strlen(text), -1), 0);
    close(fd);
}

static const char *content(const char *name)
{
    static char text[256];
    const int fd = open(below(name), O_RDONLY);
    const ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

    text[n < 0 ? 0 : n] = '\0';
    if (fd >= 0)
        close(fd);
    return n < 0 ? "(not there)" : text;
}

static struct syndic_folder *open_folder(const char *path, bool replace)
{
    struct syndic_folder *folder = NULL;
    struct syndic_error error;

    cr_assert_eq(syndic_folder_create(&memory, path, replace, &folder, &error), SYNDIC_OK, "%s",
                 error.message);
    return folder;
}

static void put_file(struct syndic_folder *folder, const char *name, const char *text)
{
    struct syndic_error error;
    int fd;

    cr_assert_eq(syndic_folder_file(folder, name, &fd, &error), SYNDIC_OK, "%s", error.message);
    cr_assert_eq(syndic_write_all(fd, text, strlen(text), -1), 0);
    close(fd);
}

static int entries(const char *name)
{
    DIR *const list = opendir(below(name));
    int n = -2; /* . and .. */

    while (readdir(list))
        n++;
    closedir(list);
    return n;
}

Test(write, folder_appears_when_complete)
{
    const char *const path = strdup(below("out/"));
    struct syndic_folder *const folder = open_folder(path, false);

    put_file(folder, "a/b/one", "1");
    put_file(folder, "a/two", "2");
    put_file(folder, "last", "3");
    cr_expect_not(exists("out"));
    cr_expect_eq(syndic_folder_prepare(folder, "last", NULL), SYNDIC_OK);
    cr_expect_eq(syndic_folder_commit(folder, "last", NULL), SYNDIC_OK);
    syndic_folder_destroy(folder);
    cr_expect_str_eq(content("out/a/b/one"), "1");
    cr_expect_str_eq(content("out/a/two"), "2");
    cr_expect_eq(entries(""), 1);
    free((void *)(uintptr_t)path);
}

Test(write, folder_without_commit_leaves_nothing)
{
    const char *const path = strdup(below("out"));
    struct syndic_folder *const folder = open_folder(path, false);

    put_file(folder, "a/b/one", "1");
    cr_expect_eq(entries(""), 1);
    syndic_folder_destroy(folder);
    cr_expect_eq(entries(""), 0);
    free((void *)(uintptr_t)path);
}

Test(write, folder_that_exists)
{
    const char *const path = strdup(below("out"));
    struct syndic_folder *folder = NULL;
    struct syndic_error error;

    mkdir(path, 0700);
    make_file("out/foreign", "f");
    make_file("out/ours", "old");
    make_file("out/last", "old");
    make_file("out/stale", "old");
    cr_expect_eq(syndic_folder_create(&memory, path, false, &folder, &error), SYNDIC_EXISTS);
    folder = open_folder(path, true);
    put_file(folder, "ours", "new");
    put_file(folder, "sub/more", "new");
    put_file(folder, "last", "new");
    cr_expect_str_eq(content("out/ours"), "old");
    cr_expect_eq(syndic_folder_prepare(folder, "last", NULL), SYNDIC_OK);
    cr_expect_not(exists("out/last"));
    cr_expect_eq(syndic_folder_drop(folder, "stale", NULL), SYNDIC_OK);
    cr_expect_eq(syndic_folder_drop(folder, "never", NULL), SYNDIC_OK);
    cr_expect_eq(syndic_folder_commit(folder, "last", NULL), SYNDIC_OK);
    syndic_folder_destroy(folder);
    cr_expect_str_eq(content("out/foreign"), "f");
    cr_expect_str_eq(content("out/ours"), "new");
    cr_expect_str_eq(content("out/sub/more"), "new");
    cr_expect_str_eq(content("out/last"), "new");
    cr_expect_eq(entries("out"), 4);
    free((void *)(uintptr_t)path);
}

/* A link and a folder in the way: nothing is changed. */
Test(write, folder_refuses_what_is_in_the_way)
{
    const char *const path = strdup(below("out"));
    struct syndic_error error;

    mkdir(path, 0700);
    mkdir(below("elsewhere"), 0700);
    make_file("out/last", "old");
    cr_assert_eq(symlink("../elsewhere", below("out/sub")), 0);
    struct syndic_folder *folder = open_folder(path, true);
    put_file(folder, "sub/file", "new");
    put_file(folder, "last", "new");
    cr_expect_eq(syndic_folder_prepare(folder, "last", &error), SYNDIC_IO);
    cr_expect_not_null(strstr(error.path, "out/sub"));
    syndic_folder_destroy(folder);
    cr_expect_eq(entries("elsewhere"), 0);
    mkdir(below("out/name"), 0700);
    folder = open_folder(path, true);
    put_file(folder, "name", "new");
    cr_expect_eq(syndic_folder_prepare(folder, "last", &error), SYNDIC_IO);
    syndic_folder_destroy(folder);
    cr_expect_str_eq(content("out/last"), "old");
    cr_expect_eq(entries("out"), 3);
    free((void *)(uintptr_t)path);
}

Test(write, names_below_a_folder)
{
    cr_expect(syndic_folder_name_is_safe("a"));
    cr_expect(syndic_folder_name_is_safe("a/.b/..c"));
    cr_expect_not(syndic_folder_name_is_safe(""));
    cr_expect_not(syndic_folder_name_is_safe("/a"));
    cr_expect_not(syndic_folder_name_is_safe("a/"));
    cr_expect_not(syndic_folder_name_is_safe("a//b"));
    cr_expect_not(syndic_folder_name_is_safe(".."));
    cr_expect_not(syndic_folder_name_is_safe("a/../b"));
    cr_expect_not(syndic_folder_name_is_safe("./a"));
}

/* ---- ordered files ---- */

static enum syndic_status put_piece(struct syndic_ordered *ordered, uint32_t file,
                                    uint64_t sequence, uint64_t last)
{
    char text[16], name[16];
    const int n = snprintf(text, sizeof(text), "%u:%u ", file, (unsigned)sequence);

    snprintf(name, sizeof(name), "out%u", file);
    return syndic_ordered_write(ordered,
                                &(struct syndic_piece){.file = file,
                                                       .name = name,
                                                       .sequence = sequence,
                                                       .last = sequence == last,
                                                       .bytes = (const uint8_t *)text,
                                                       .n = (size_t)n},
                                NULL);
}

Test(write, pieces_come_out_in_order)
{
    const char *const path = strdup(below("out"));
    struct syndic_folder *const folder = open_folder(path, false);
    struct syndic_ordered *ordered = NULL;
    _Atomic unsigned next = 0, failures = 0;

    cr_assert_eq(syndic_ordered_create(&memory, folder, 2, &ordered), SYNDIC_OK);
#pragma omp parallel num_threads(8)
    for (unsigned i; (i = atomic_fetch_add(&next, 1)) < 40;)
        atomic_fetch_add(&failures, put_piece(ordered, i % 2, i / 2, 19) != SYNDIC_OK);
    cr_expect_eq(atomic_load(&failures), 0);
    syndic_ordered_destroy(ordered);
    cr_expect_eq(syndic_folder_commit(folder, "out0", NULL), SYNDIC_OK);
    syndic_folder_destroy(folder);
    cr_expect_str_eq(content("out/out0"), "0:0 0:1 0:2 0:3 0:4 0:5 0:6 0:7 0:8 0:9 0:10 0:11 0:12 "
                                          "0:13 0:14 0:15 0:16 0:17 0:18 0:19 ");
    cr_expect_str_eq(content("out/out1"), "1:0 1:1 1:2 1:3 1:4 1:5 1:6 1:7 1:8 1:9 1:10 1:11 1:12 "
                                          "1:13 1:14 1:15 1:16 1:17 1:18 1:19 ");
    free((void *)(uintptr_t)path);
}

Test(write, stopping_frees_who_waits, .timeout = 20)
{
    const char *const path = strdup(below("out"));
    struct syndic_folder *const folder = open_folder(path, false);
    struct syndic_ordered *ordered = NULL;
    enum syndic_status waited = SYNDIC_OK;

    cr_assert_eq(syndic_ordered_create(&memory, folder, 1, &ordered), SYNDIC_OK);
#pragma omp parallel num_threads(2)
    {
        if (omp_get_thread_num() == 1 || omp_get_num_threads() == 1) {
            usleep(20000);
            syndic_ordered_stop(ordered);
        }
        if (omp_get_thread_num() == 0)
            waited = put_piece(ordered, 0, 1, 1); /* piece 0 never comes */
    }
    cr_expect_eq(waited, SYNDIC_INTERRUPTED);
    syndic_ordered_destroy(ordered);
    syndic_folder_destroy(folder);
    free((void *)(uintptr_t)path);
}
