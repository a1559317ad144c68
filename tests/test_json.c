/* SPDX-License-Identifier: Apache-2.0 */
/* test_json.c - lines of JSON in, fields and reasons out: literal expectations; and the kernels
 * string_end and unescape of every table against plain loops written here. */
#include "base/hash.h"
#include "read/json.h"

#include "kernel.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- help ---- */

static struct syndic_memory memory;

/* A line in a buffer that ends just after the padding, so that sanitizers see what is read beyond.
 */
static uint8_t *padded(const char *line, size_t n)
{
    uint8_t *const copy = malloc(n + SYNDIC_TEXT_PADDING);

    cr_assert_not_null(copy);
    if (n)
        memcpy(copy, line, n);
    memset(copy + n, '"', SYNDIC_TEXT_PADDING); /* must not be taken for part of the line */
    return copy;
}

struct found {
    enum syndic_status status;
    enum syndic_json_type type;
    char bytes[256];
    size_t length;
    const char *reason;
    size_t byte;
};

static struct found find_n(const char *path, const char *line, size_t n)
{
    struct found found = {.reason = ""};
    struct syndic_json_value value = {.type = SYNDIC_JSON_MISSING};
    struct syndic_json *json = NULL;
    uint8_t *const copy = padded(line, n);

    syndic_memory_init(&memory, NULL, 0);
    cr_assert_eq(syndic_json_create(&memory, &path, 1, &json), SYNDIC_OK);
    found.status = syndic_json_extract(json, copy, n, &value, &found.reason, &found.byte);
    if (!found.status && value.type) {
        cr_assert_lt(value.length, sizeof(found.bytes));
        memcpy(found.bytes, value.bytes, value.length);
        found.length = value.length;
    }
    found.type = found.status ? SYNDIC_JSON_MISSING : value.type;
    syndic_json_destroy(json);
    free(copy);
    cr_assert_eq(atomic_load(&memory.used_bytes), 0);
    return found;
}

static struct found find(const char *path, const char *line)
{
    return find_n(path, line, strlen(line));
}

#define expect_string(path, line, text)                                                            \
    do {                                                                                           \
        const struct found f_ = find(path, line);                                                  \
        cr_expect_eq(f_.status, SYNDIC_OK, "%s: %s at %zu", line, f_.reason, f_.byte);             \
        cr_expect_eq(f_.type, SYNDIC_JSON_STRING, "%s", line);                                     \
        cr_expect_eq(f_.length, sizeof(text) - 1, "%s: %zu bytes", line, f_.length);               \
        cr_expect_arr_eq(f_.bytes, text, sizeof(text) - 1, "%s gave %s", line, f_.bytes);          \
    } while (0)

#define expect_value(path, line, expected_type, raw)                                               \
    do {                                                                                           \
        const struct found f_ = find(path, line);                                                  \
        cr_expect_eq(f_.status, SYNDIC_OK, "%s: %s at %zu", line, f_.reason, f_.byte);             \
        cr_expect_eq(f_.type, expected_type, "%s: type %d", line, (int)f_.type);                   \
        cr_expect_str_eq(f_.bytes, raw);                                                           \
    } while (0)

#define expect_bad(line, why, where)                                                               \
    do {                                                                                           \
        const struct found f_ = find("text", line);                                                \
        cr_expect_eq(f_.status, SYNDIC_FORMAT, "%s was taken", line);                              \
        cr_expect_str_eq(f_.reason, why, "%s", line);                                              \
        cr_expect_eq(f_.byte, (size_t)(where), "%s: byte %zu", line, f_.byte);                     \
    } while (0)

/* ---- values ---- */

Test(json, values_of_every_type)
{
    expect_string("text", "{\"text\":\"a b\"}", "a b");
    expect_string("text", " \t{ \"id\" : 1 , \"text\" : \"\" } \r\n", "");
    expect_value("text", "{\"text\":-12.5e+3}", SYNDIC_JSON_NUMBER, "-12.5e+3");
    expect_value("text", "{\"text\":0}", SYNDIC_JSON_NUMBER, "0");
    expect_value("text", "{\"text\":true}", SYNDIC_JSON_TRUE, "true");
    expect_value("text", "{\"text\":false}", SYNDIC_JSON_FALSE, "false");
    expect_value("text", "{\"text\":null}", SYNDIC_JSON_NULL, "null");
    expect_value("text", "{\"text\":[1,[{}], 2 ],\"z\":[]}", SYNDIC_JSON_ARRAY, "[1,[{}], 2 ]");
    expect_value("text", "{\"text\":{\"text\":[{}]}}", SYNDIC_JSON_OBJECT, "{\"text\":[{}]}");
    expect_value("text", "{}", SYNDIC_JSON_MISSING, "");
    expect_value("text", "{\"texts\":\"a\",\"tex\":\"b\",\"\":\"c\"}", SYNDIC_JSON_MISSING, "");
}

Test(json, escapes)
{
    expect_string("text", "{\"text\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "\"\\/\b\f\n\r\t");
    expect_string("text", "{\"text\":\"\\u0041\\u00e9\\u20AC\"}", "A\xc3\xa9\xe2\x82\xac");
    expect_string("text", "{\"text\":\"\\ud83d\\ude00!\"}", "\xf0\x9f\x98\x80!");
    expect_string("text", "{\"text\":\"\\udbff\\udfff\"}", "\xf4\x8f\xbf\xbf");
    expect_string("text", "{\"text\":\"a\\u0000b\"}", "a\0b");
    expect_string("text", "{\"text\":\"\x7f\xc3\xa9\"}", "\x7f\xc3\xa9");
    expect_string("text", "{\"text\":\"\\u007f\\u0080\\u07ff\\u0800\\uffff\"}",
                  "\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf");
}

Test(json, lone_surrogates_become_replacement_characters)
{
    expect_string("text", "{\"text\":\"\\ud800\"}", "\xef\xbf\xbd");
    expect_string("text", "{\"text\":\"\\udc00x\"}", "\xef\xbf\xbdx");
    expect_string("text", "{\"text\":\"\\ud800\\n\"}", "\xef\xbf\xbd\n");
    expect_string("text", "{\"text\":\"\\ud800\\u0041\"}",
                  "\xef\xbf\xbd"
                  "A");
    expect_string("text", "{\"text\":\"\\ud800\\ud83d\\ude00\"}", "\xef\xbf\xbd\xf0\x9f\x98\x80");
    expect_string("text", "{\"text\":\"\\ude00\\ud83d\"}", "\xef\xbf\xbd\xef\xbf\xbd");
}

Test(json, invalid_utf8_passes_through)
{
    expect_string("text", "{\"text\":\"a\xff\xc3(\xed\xa0\x80\"}", "a\xff\xc3(\xed\xa0\x80");
}

Test(json, escapes_at_every_distance)
{
    char line[256], text[256];

    for (size_t run = 0; run < 100; run++) {
        size_t n = (size_t)sprintf(line, "{\"text\":\"");
        for (size_t i = 0; i < run; i++)
            line[n++] = text[i] = (char)('a' + i % 26);
        memcpy(line + n, "\\n\\u0042c\"}", 12);
        memcpy(text + run, "\nBc", 4);
        const struct found f = find("text", line);
        cr_assert_eq(f.status, SYNDIC_OK);
        cr_assert_str_eq(f.bytes, text, "run of %zu", run);
    }
}

/* ---- paths ---- */

Test(json, nested_members_of_the_same_name_do_not_count)
{
    expect_string("text", "{\"a\":{\"text\":\"no\"},\"b\":[{\"text\":\"no\"}],\"text\":\"yes\"}",
                  "yes");
    expect_string("text", "{\"text\":\"yes\",\"a\":{\"text\":\"no\"}}", "yes");
    expect_value("text", "{\"a\":{\"text\":\"no\"}}", SYNDIC_JSON_MISSING, "");
}

Test(json, dotted_paths)
{
    expect_string("a.b", "{\"b\":\"no\",\"a\":{\"c\":{\"b\":\"no\"},\"b\":\"yes\"}}", "yes");
    expect_string("a.b.c", "{\"a\":{\"b\":{\"c\":\"yes\"}}}", "yes");
    expect_value("a.b", "{\"a\":[{\"b\":\"no\"}]}", SYNDIC_JSON_MISSING, "");
    expect_value("a.b", "{\"a\":\"b\"}", SYNDIC_JSON_MISSING, "");
    expect_value("a.b", "{\"x\":{\"a\":{\"b\":\"no\"}}}", SYNDIC_JSON_MISSING, "");
    expect_string("a.b", "{\"a.b\":\"whole\"}", "whole");
    expect_string("a.b", "{\"a.b\":\"whole\",\"a\":{\"b\":\"part\"}}", "whole");
    expect_string("a.b", "{\"a\":{\"b\":\"part\"},\"a.b\":\"whole\"}", "whole");
    expect_value("a.b.c", "{\"a\":{\"b.c\":\"no\"}}", SYNDIC_JSON_MISSING, "");
    expect_string("a.", "{\"a\":{\"\":\"yes\"}}", "yes");
}

Test(json, the_last_of_duplicate_keys_counts)
{
    expect_string("text", "{\"text\":\"one\",\"text\":\"two\"}", "two");
    expect_value("text", "{\"text\":\"one\",\"text\":2}", SYNDIC_JSON_NUMBER, "2");
    expect_string("text", "{\"text\":{\"a\":1},\"text\":\"\\ttwo\"}", "\ttwo");
    expect_string("a.b", "{\"a\":{\"b\":\"1\",\"b\":\"2\"}}", "2");
    expect_string("a.b", "{\"a\":{\"b\":\"1\"},\"a\":{\"b\":\"2\"}}", "2");
    expect_value("a.b", "{\"a\":{\"b\":\"1\"},\"a\":{\"c\":\"2\"}}", SYNDIC_JSON_MISSING, "");
    expect_value("a.b", "{\"a\":{\"b\":\"1\"},\"a\":null}", SYNDIC_JSON_MISSING, "");
    expect_value("a.b.c", "{\"a\":{\"b\":{\"c\":1},\"b\":{}}}", SYNDIC_JSON_MISSING, "");
}

Test(json, keys_match_after_unescaping)
{
    expect_string("text", "{\"te\\u0078t\":\"yes\"}", "yes");
    expect_string("text", "{\"\\u0074ext\":\"one\",\"text\":\"two\"}", "two");
    expect_string("a\"b", "{\"a\\\"b\":\"yes\"}", "yes");
    expect_value("text", "{\"te\\\\u0078t\":\"no\"}", SYNDIC_JSON_MISSING, "");
    expect_value("text", "{\"text\\u0000\":\"no\"}", SYNDIC_JSON_MISSING, "");
}

Test(json, several_fields_at_once)
{
    static const char line[] =
        "{\"m\":{\"id\":7,\"t\":\"a\\nb\"},\"n\":\"c\\td\",\"m.t\":\"\\u0065\"}";
    static const char *const paths[] = {"m.t", "m.id", "n", "m"};
    struct syndic_json_value values[4];
    struct syndic_json *json = NULL;
    uint8_t *const copy = padded(line, sizeof(line) - 1);
    const char *reason;
    size_t byte;

    syndic_memory_init(&memory, NULL, 0);
    cr_assert_eq(syndic_json_create(&memory, paths, 4, &json), SYNDIC_OK);
    for (int again = 0; again < 2; again++) {
        cr_assert_eq(syndic_json_extract(json, copy, sizeof(line) - 1, values, &reason, &byte),
                     SYNDIC_OK);
        cr_assert_eq(values[0].length, 1);
        cr_assert_arr_eq(values[0].bytes, "e", 1);
        cr_assert_eq(values[1].type, SYNDIC_JSON_NUMBER);
        cr_assert_arr_eq(values[1].bytes, "7", 1);
        cr_assert_eq(values[2].length, 3);
        cr_assert_arr_eq(values[2].bytes, "c\td", 3);
        cr_assert_eq(values[3].type, SYNDIC_JSON_OBJECT);
        cr_assert_eq(values[3].length, strlen("{\"id\":7,\"t\":\"a\\nb\"}"));
    }
    syndic_json_destroy(json);
    free(copy);
}

Test(json, paths_that_are_refused)
{
    const char *const deep = "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q", *const most = deep + 2;
    const char *const many[5] = {"a", "b", "c", "d", "e"};
    struct syndic_json *json = NULL;

    syndic_memory_init(&memory, NULL, 0);
    cr_expect_eq(syndic_json_create(&memory, &deep, 1, &json), SYNDIC_INVALID_ARGUMENT);
    cr_expect_eq(syndic_json_create(&memory, many, 5, &json), SYNDIC_INVALID_ARGUMENT);
    cr_expect_eq(syndic_json_create(&memory, &most, 1, &json), SYNDIC_OK);
    syndic_json_destroy(json);
    syndic_json_destroy(NULL);
    cr_expect_eq(atomic_load(&memory.used_bytes), 0);
}

/* ---- malformed lines ---- */

Test(json, structure_is_checked)
{
    expect_bad("", "unexpected end of the line", 0);
    expect_bad("  ", "unexpected end of the line", 2);
    expect_bad("[1]", "expected an object", 0);
    expect_bad("\"text\"", "expected an object", 0);
    expect_bad("\xef\xbb\xbf{}", "expected an object", 0);
    expect_bad("{", "unexpected end of the line", 1);
    expect_bad("{\"text\"", "unexpected end of the line", 7);
    expect_bad("{\"text\" \"a\"}", "expected ':' after a key", 8);
    expect_bad("{\"text\":}", "expected a value", 8);
    expect_bad("{\"text\":\"a\"", "unexpected end of the line", 11);
    expect_bad("{\"text\":\"a\" \"b\":1}", "expected ',' or '}'", 12);
    expect_bad("{\"text\":\"a\"]", "expected ',' or '}'", 11);
    expect_bad("{\"text\":\"a\",}", "expected a key", 12);
    expect_bad("{,}", "expected a key", 1);
    expect_bad("{text:1}", "expected a key", 1);
    expect_bad("{1:1}", "expected a key", 1);
    expect_bad("{\"a\":[1 2]}", "expected ',' or ']'", 8);
    expect_bad("{\"a\":[1,]}", "expected a value", 8);
    expect_bad("{\"a\":[,]}", "expected a value", 6);
    expect_bad("{\"a\":[1}", "expected ',' or ']'", 7);
    expect_bad("{} {}", "something follows the object", 3);
    expect_bad("{}x", "something follows the object", 2);
    expect_bad("{}}", "something follows the object", 2);
    expect_bad("{\"a\"::1}", "expected a value", 5);
    expect_bad("{\"a\":\v1}", "expected a value", 5);
    expect_bad("{\"a\":/* */1}", "expected a value", 5);
    expect_bad("{'a':1}", "expected a key", 1);
}

Test(json, words_and_numbers_are_checked)
{
    expect_bad("{\"a\":tru}", "expected a value", 5);
    expect_bad("{\"a\":nul", "expected a value", 5);
    expect_bad("{\"a\":True}", "expected a value", 5);
    expect_bad("{\"a\":truex}", "expected ',' or '}'", 9);
    expect_bad("{\"a\":NaN}", "expected a value", 5);
    expect_bad("{\"a\":Infinity}", "expected a value", 5);
    expect_bad("{\"a\":01}", "number with a leading zero", 5);
    expect_bad("{\"a\":-01}", "number with a leading zero", 5);
    expect_bad("{\"a\":-}", "invalid number", 5);
    expect_bad("{\"a\":1.}", "invalid number", 5);
    expect_bad("{\"a\":.5}", "expected a value", 5);
    expect_bad("{\"a\":+1}", "expected a value", 5);
    expect_bad("{\"a\":1e}", "invalid number", 5);
    expect_bad("{\"a\":1e+}", "invalid number", 5);
    expect_bad("{\"a\":-a}", "invalid number", 5);
    expect_bad("{\"a\":0x10}", "expected ',' or '}'", 6);
    expect_bad("{\"a\":1.5.2}", "expected ',' or '}'", 8);
}

Test(json, strings_are_checked_wanted_or_not)
{
    expect_bad("{\"text\":\"a", "unterminated string", 8);
    expect_bad("{\"text\":\"a\\", "unterminated string", 8);
    expect_bad("{\"text\":\"a\\\"}", "unterminated string", 8);
    expect_bad("{\"text\":\"a\tb\"}", "control character in a string", 10);
    expect_bad("{\"text\":\"a\\nb\x1f\"}", "control character in a string", 13);
    expect_bad("{\"text\":\"a\\xb\"}", "invalid escape", 10);
    expect_bad("{\"text\":\"\\n\\'\"}", "invalid escape", 11);
    expect_bad("{\"text\":\"\\U0041\"}", "invalid escape", 9);
    expect_bad("{\"text\":\"\\u004\"}", "\\u without four hexadecimal digits", 9);
    expect_bad("{\"text\":\"\\u00g0\"}", "\\u without four hexadecimal digits", 9);
    expect_bad("{\"text\":\"\\ud800\\u12\"}", "\\u without four hexadecimal digits", 15);
    expect_bad("{\"skip\":\"a", "unterminated string", 8);
    expect_bad("{\"skip\":\"a\\", "unterminated string", 8);
    expect_bad("{\"skip\":\"a\tb\"}", "control character in a string", 10);
    expect_bad("{\"skip\":\"a\\xb\"}", "invalid escape", 10);
    expect_bad("{\"skip\":\"\\u004\"}", "\\u without four hexadecimal digits", 9);
    expect_bad("{\"ke\ny\":1}", "control character in a string", 4);
    expect_bad("{\"te\\yxt\":1}", "invalid escape", 4);
    expect_bad("{\"text", "unterminated string", 1);
}

#define expect_bad_bytes(line, why, where)                                                         \
    do {                                                                                           \
        const struct found f_ = find_n("text", line, sizeof(line) - 1);                            \
        cr_expect_eq(f_.status, SYNDIC_FORMAT);                                                    \
        cr_expect_str_eq(f_.reason, why);                                                          \
        cr_expect_eq(f_.byte, (size_t)(where));                                                    \
    } while (0)

Test(json, nul_bytes_are_errors)
{
    expect_bad_bytes("{\"text\":\"a\0b\"}", "control character in a string", 10);
    expect_bad_bytes("{\"skip\":\"a\0b\"}", "control character in a string", 10);
    expect_bad_bytes("{\"text\":\"a\\\0\"}", "invalid escape", 10);
    expect_bad_bytes("{\"skip\":\"a\\\0\"}", "invalid escape", 10);
    expect_bad_bytes("{\"text\":\"a\"}\0", "something follows the object", 12);
    expect_bad_bytes("{\"text\":\0\"a\"}", "expected a value", 8);
    expect_bad_bytes("\0", "expected an object", 0);
}

/* {"a":[[...1...]]} with `depth` containers in all. */
static char *nested(size_t depth)
{
    char *const line = malloc(2 * depth + 8);
    size_t n = 0;

    cr_assert_not_null(line);
    memcpy(line, "{\"a\":", 5);
    n = 5;
    memset(line + n, '[', depth - 1);
    n += depth - 1;
    line[n++] = '1';
    memset(line + n, ']', depth - 1);
    n += depth - 1;
    line[n++] = '}';
    line[n] = 0;
    return line;
}

Test(json, depth_is_limited)
{
    char *const good = nested(1024), *const bad = nested(1025);

    cr_expect_eq(find("text", good).status, SYNDIC_OK);
    const struct found f = find("text", bad);
    cr_expect_eq(f.status, SYNDIC_FORMAT);
    cr_expect_str_eq(f.reason, "nested more than 1024 deep");
    cr_expect_eq(f.byte, 5 + 1023);
    free(good);
    free(bad);
}

Test(json, every_cut_of_a_good_line_is_malformed)
{
    static const char line[] = "{\"text\":\"a\\u0041\\n\",\"b\":[1,{\"c\":null}],\"d\":-1.5e2}";

    for (size_t n = 0; n < sizeof(line) - 1; n++)
        cr_expect_eq(find_n("text", line, n).status, SYNDIC_FORMAT, "%.*s", (int)n, line);
    cr_expect_eq(find("text", line).status, SYNDIC_OK);
}

/* ---- kernels ---- */

static size_t plain_string_end(const uint8_t *in, size_t n)
{
    size_t i = 0;

    for (; i < n; i++)
        if (in[i] == '"' || in[i] == '\\' || in[i] < 0x20)
            break;
    return i;
}

static size_t plain_unescape(const uint8_t *in, size_t n, uint8_t *out, size_t *out_bytes)
{
    size_t i = 0;

    *out_bytes = 0;
    while (i < n && in[i] != '"' && in[i] >= 0x20) {
        if (in[i] != '\\') {
            out[(*out_bytes)++] = in[i++];
            continue;
        }
        const char *const names = "\"\\/bfnrt", *const values = "\"\\/\b\f\n\r\t";
        const char *const name = i + 1 < n && in[i + 1] ? strchr(names, in[i + 1]) : NULL;
        if (!name)
            break;
        out[(*out_bytes)++] = (uint8_t)values[name - names];
        i += 2;
    }
    return i;
}

static void fill(uint64_t *seed, uint8_t *in, size_t n, unsigned rarity)
{
    static const uint8_t special[] = "\"\\\\\\\\n/bfrtu\x1f\x20\0\xff";

    for (size_t i = 0; i < n; i++) {
        const uint64_t r = syndic_splitmix64(seed);
        in[i] = r % rarity ? (uint8_t)(0x20 | r >> 32) : special[(r >> 32) % (sizeof(special) - 1)];
    }
}

Test(json, kernels_agree_with_plain_loops)
{
    uint64_t seed = 20240611;
    uint8_t in[256 + SYNDIC_TEXT_PADDING], out[256 + SYNDIC_TEXT_PADDING], expected[256];

    printf("test_json: seed %llu\n", (unsigned long long)seed);
    for (int turn = 0; turn < 200000; turn++) {
        const size_t n = syndic_splitmix64(&seed) % 200;
        const size_t start = syndic_splitmix64(&seed) % 8;
        fill(&seed, in, sizeof(in), 2 + (unsigned)(syndic_splitmix64(&seed) % 100));
        size_t expected_bytes;
        const size_t end = plain_string_end(in + start, n);
        const size_t stop = plain_unescape(in + start, n, expected, &expected_bytes);
        for (size_t t = 0; syndic_kernels_at(t); t++) {
            const struct syndic_kernels *const table = syndic_kernels_at(t);
            if (table->needs & ~syndic_cpu_features())
                continue;
            size_t out_bytes;
            memset(out, 0xa5, sizeof(out));
            cr_assert_eq(table->string_end(in + start, n), end, "%s, turn %d", table->name, turn);
            cr_assert_eq(table->unescape(in + start, n, out, &out_bytes), stop, "%s, turn %d",
                         table->name, turn);
            cr_assert_eq(out_bytes, expected_bytes, "%s, turn %d", table->name, turn);
            cr_assert_arr_eq(out, expected, expected_bytes, "%s, turn %d", table->name, turn);
            for (size_t i = out_bytes + SYNDIC_TEXT_PADDING; i < sizeof(out); i++)
                cr_assert_eq(out[i], 0xa5, "%s wrote past the padding", table->name);
        }
    }
}
