/* SPDX-License-Identifier: Apache-2.0 */
/* test_write.c - text and compressed pieces of the write stage.  It
 * belongs to the command, not to the library, so it is compiled in. */
#define _GNU_SOURCE
#include "../src/write/compress.c"
#include "../src/write/json_text.c"
#include "../src/write/output.c"

#include "base/hash.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <zlib.h>

static struct syndic_memory memory;

static void set_up(void)
{
    syndic_memory_init(&memory, NULL, 0);
}

static void tear_down(void)
{
    cr_expect_eq(atomic_load(&memory.used_bytes), 0, "everything was given back");
}

TestSuite(write, .init = set_up, .fini = tear_down);

/* ---- text ---- */

static struct syndic_output output;
static char written[1 << 18];

static void begin(void)
{
    const int fd = open("/tmp", O_RDWR | O_TMPFILE, 0600);

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
