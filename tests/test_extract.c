/* SPDX-License-Identifier: Apache-2.0 */
/* test_extract.c - responses as crawlers store them in; the text of each, or the reason why there
 * is none, out. */
#define _GNU_SOURCE
#include "read/charset.h"
#include "warc_files.h"

TestSuite(extract, .init = enter_folder, .fini = leave_folder);

/* The text of one response; NULL: it is no document. */
static char *text_of(const char *head, const void *body, size_t n, const char *fault)
{
    struct bytes b = {0};
    char *text = NULL;

    add_response(&b, head, body, n);
    put_free("a.warc", &b);
    struct seen seen = read_path("a.warc");
    cr_assert_eq(seen.problem_count, fault ? 1 : 0, "%s",
                 seen.problem_count ? seen.problems[0].message : "no problem");
    if (fault)
        cr_expect_str_eq(seen.problems[0].message, fault);
    if (seen.count)
        text = copy(seen.records[0].text, seen.records[0].text_bytes);
    forget(&seen);
    return text;
}

static void expect_bytes(const char *head, const void *body, size_t n, const char *wanted)
{
    char *const text = text_of(head, body, n, NULL);

    if (wanted) {
        cr_assert_not_null(text);
        cr_expect_str_eq(text, wanted);
    } else {
        cr_expect_null(text);
    }
    free(text);
}

static void expect_text(const char *head, const char *body, const char *wanted)
{
    expect_bytes(head, body, strlen(body), wanted);
}

#define PLAIN "Content-Type: text/plain\r\n"
#define HTML  "Content-Type: text/html\r\n"

Test(extract, types)
{
    expect_text("Content-Type: Text/Plain; charset=utf-8\r\n", "a text", "a text");
    expect_text("content-type: text/plain\r\n", "", "");
    expect_text("Content-Type: text/css\r\n", "a text", NULL);
    expect_text("X: y\r\n", "a text", NULL);
}

Test(extract, chunked)
{
    expect_text(PLAIN "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
                "abcde");
    expect_text(PLAIN "Transfer-Encoding: Chunked\r\n", "3\nabc\n0A\n0123456789\n0\n",
                "abc0123456789");
    expect_text(PLAIN "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n9\r\nde", "abcde");
    expect_text(PLAIN "Transfer-Encoding: chunked\r\n", "not chunked", "not chunked");
    expect_text(PLAIN "Transfer-Encoding: chunked\r\n", "", "");
    cr_expect_null(text_of(PLAIN "Transfer-Encoding: chunked\r\n", "3\r\nabcde\r\n", 10,
                           "the chunked body is broken"));
    cr_expect_null(text_of(PLAIN "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\nxyz\r\n", 13,
                           "the chunked body is broken"));
}

Test(extract, content_codings)
{
    struct bytes b = {0};
    z_stream z = {0};
    uint8_t deflated[100];

    add_gzip(&b, "a text", 6, 6);
    expect_bytes(PLAIN "Content-Encoding: gzip\r\n", b.at, b.n, "a text");
    expect_bytes(PLAIN "Content-Encoding: x-gzip, identity\r\n", b.at, b.n, "a text");
    expect_bytes(PLAIN "Content-Encoding: gzip\r\n", b.at, b.n - 8, "a text");
    expect_text(PLAIN "Content-Encoding: gzip\r\n", "a text", "a text");
    b.at[b.n - 5] ^= 1;
    cr_expect_null(
        text_of(PLAIN "Content-Encoding: gzip\r\n", b.at, b.n, "the gzip payload is corrupt"));
    b.at[b.n - 5] ^= 1;
    struct bytes twice = {0};
    add_gzip(&twice, b.at, b.n, 6);
    expect_bytes(PLAIN "Content-Encoding: gzip, gzip\r\n", twice.at, twice.n, "a text");
    for (int window = -15; window <= 15; window += 30) {
        cr_assert_eq(deflateInit2(&z, 6, Z_DEFLATED, window, 8, 0), Z_OK);
        z.next_in = (Bytef *)(uintptr_t) "a text";
        z.avail_in = 6;
        z.next_out = deflated;
        z.avail_out = sizeof(deflated);
        cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
        expect_bytes(PLAIN "Content-Encoding: deflate\r\n", deflated, z.total_out, "a text");
        deflateEnd(&z);
    }
    twice.n = 0;
    add_zstd(&twice, "a text", 6);
    expect_bytes(PLAIN "Content-Encoding: zstd\r\n", twice.at, twice.n, "a text");
    cr_expect_null(text_of(PLAIN "Content-Encoding: br\r\n", "x", 1,
                           "its Content-Encoding is br, which is not read"));
    free(b.at);
    free(twice.at);
}

Test(extract, a_payload_may_not_grow_beyond_the_limit)
{
    uint8_t *const zeros = calloc(1, 1000000);
    struct bytes packed = {0}, b = {0};
    struct syndic_read_options options = options_for("a.warc", NULL);

    memset(zeros, 'x', 1000000);
    add_gzip(&packed, zeros, 1000000, 9);
    add_response(&b, PLAIN "Content-Encoding: gzip\r\n", packed.at, packed.n);
    put_free("a.warc", &b);
    options.max_record_bytes = 500000;
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);
    cr_expect_eq(seen.count, 0);
    expect_problem(&seen, 0, 1, 0, "its payload is longer than the limit of 500000 bytes");
    forget(&seen);
    syndic_reader_close(reader);
    free(zeros);
    free(packed.at);
}

Test(extract, charsets)
{
    expect_text("Content-Type: text/plain; charset=utf-8\r\n", "\xc3\xa9", "\xc3\xa9");
    expect_text("Content-Type: text/plain; charset=\"ISO-8859-1\"\r\n", "\xe9\x80\x99",
                "\xc3\xa9\xe2\x82\xac\xe2\x84\xa2");
    expect_text("Content-Type: text/plain; charset=windows-1251\r\n", "\xcc\xe8\xf0",
                "\xd0\x9c\xd0\xb8\xd1\x80");
    expect_text("Content-Type: text/plain; charset=gb2312\r\n", "\xd6\xd0\xce\xc4",
                "\xe4\xb8\xad\xe6\x96\x87");
    expect_text("Content-Type: text/plain; charset=Shift_JIS\r\n", "\x93\xfa\x96\x7b",
                "\xe6\x97\xa5\xe6\x9c\xac");
    expect_text("Content-Type: text/plain; charset=euc-kr\r\n", "\xb0\xa1\xff\xb0",
                "\xea\xb0\x80\xef\xbf\xbd\xef\xbf\xbd");
    expect_text(PLAIN, "na\xefve", "na\xc3\xafve");
    expect_text(PLAIN, "na\xc3\xafve", "na\xc3\xafve");
    expect_text("Content-Type: text/plain; charset=nonsense\r\n", "na\xefve", "na\xc3\xafve");
    expect_text("Content-Type: text/plain; charset=utf-7//translit\r\n", "a", "a");
    expect_text(PLAIN, "\xef\xbb\xbfmark", "mark");
    expect_bytes(PLAIN, "\xff\xfe\x61\0\x62\0", 6, "ab");
    expect_bytes(PLAIN, "\xfe\xff\0\x61\0\x62\0", 7, "ab\xef\xbf\xbd");
}

#if defined(SYNDIC_HAVE_LIBXML2)

Test(extract, html)
{
    expect_text(HTML,
                "<!doctype html><title>T &amp; U</title><script>if (a<b) c('</p>')</script>"
                "<style>x{}</style><p>One<b>two</b> three<p>four<br>five<noscript>no</noscript>"
                "<!-- no --><template><p>no</template></p>six",
                "T & U\nOnetwo three\nfour\nfive\nsix\n");
    expect_text("Content-Type: application/xhtml+xml\r\n", "<html><body>x</body></html>", "x\n");
    expect_text(HTML, "", "");
}

Test(extract, charsets_of_pages)
{
    expect_text(HTML, "<meta charset=windows-1251><p>\xcc\xe8\xf0", "\xd0\x9c\xd0\xb8\xd1\x80\n");
    expect_text(
        HTML, "<META http-equiv=Content-Type content=\"text/html; charset=koi8-r\"><p>\xed\xc9\xd2",
        "\xd0\x9c\xd0\xb8\xd1\x80\n");
    expect_text("Content-Type: text/html; charset=utf-8\r\n",
                "<meta charset=windows-1251><p>\xd0\x9c", "\xd0\x9c\n");
    expect_text(HTML, "<meta charset=utf-16><p>\xd0\x9c", "\xd0\x9c\n");
    expect_bytes(HTML, "<p>a\0b\xff", 7, "a b\xc3\xbf\n");
}

Test(extract, a_hostile_page_takes_no_time, .timeout = 20)
{
    struct bytes b = {0};
    static char attribute[16];

    add(&b, "<p>before<a ", 12);
    for (int i = 0; i < 200000; i++)
        add(&b, attribute, (size_t)snprintf(attribute, sizeof(attribute), "a%d=1 ", i));
    add(&b, ">link</a>", 9);
    for (int i = 0; i < 150000; i++)
        add(&b, "<div></span>", 12);
    add(&b, "<p>after", 8);
    char *text = text_of(HTML, b.at, b.n, NULL);
    cr_assert_not_null(text);
    cr_expect_str_eq(text, "beforelink\nafter\n");
    free(text);
    free(b.at);
}

#endif

Test(extract, html_can_be_skipped)
{
    struct bytes b = {0};
    struct syndic_read_options options = options_for("a.warc", NULL);

    add_response(&b, HTML, "<p>x", 4);
    add_response(&b, PLAIN, "x", 1);
    put_free("a.warc", &b);
    options.html = SYNDIC_HTML_SKIP;
    struct syndic_reader *const reader = open_reader(&options);
    struct seen seen = read_all(reader, 1);
    cr_expect_str_eq(texts(&seen), "x|");
    cr_expect_eq(seen.problem_count, 0);
    forget(&seen);
    syndic_reader_close(reader);
}
