/* SPDX-License-Identifier: Apache-2.0 */
/* test_rewrite.c - raw JSON written again: a member more, a string with less in it. */
#include "write/rewrite.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_without(const char *string, const struct syndic_byte_range *range, size_t count,
                           const char *wanted)
{
    struct syndic_memory memory;
    syndic_memory_init(&memory, NULL, 0);
    struct syndic_room room = {.memory = &memory};

    cr_assert(
        syndic_put_string_without(&room, (const uint8_t *)string, strlen(string), range, count));
    cr_expect(room.n == strlen(wanted) && !memcmp(room.bytes, wanted, room.n), "%.*s, not %s",
              (int)room.n, (const char *)room.bytes, wanted);
    syndic_release(&memory, room.bytes);
}

#define WITHOUT(string, wanted, ...)                                                               \
    expect_without(string, (const struct syndic_byte_range[]){__VA_ARGS__},                        \
                   sizeof((const struct syndic_byte_range[]){__VA_ARGS__}) /                       \
                       sizeof(struct syndic_byte_range),                                           \
                   wanted)

Test(rewrite, strings_lose_what_they_mean)
{
    WITHOUT("\"abcdef\"", "\"abef\"", {2, 4});
    WITHOUT("\"abcdef\"", "\"cde\"", {0, 2}, {5, 6});
    WITHOUT("\"abcdef\"", "\"\"", {0, 6});
    WITHOUT("\"abcdef\"", "\"ab\"", {2, 4}, {4, 6});
    WITHOUT("\"\"", "\"\"", {0, 0});
}

Test(rewrite, escapes_stay_as_they_are)
{
    WITHOUT("\"a\\n\\\"b\\\\c\"", "\"a\\\"b\\\\c\"", {1, 2});
    WITHOUT("\"\\u0041\\u00e9\\u20AC!\"", "\"\\u0041!\"", {1, 6});
    WITHOUT("\"x\\ud83d\\ude00y\\/z\"", "\"xy\\/z\"", {1, 5});
    WITHOUT("\"\\ud83d\\u0041z\"", "\"\\u0041z\"", {0, 3}); /* a lone surrogate: U+FFFD */
    WITHOUT("\"\\ud83dz\"", "\"\\ud83d\"", {3, 4});
    WITHOUT("\"\xc3\xa9z\\u0000\"", "\"z\\u0000\"", {0, 2});
}

static void expect_member(const char *raw, const char *wanted)
{
    struct syndic_memory memory;
    syndic_memory_init(&memory, NULL, 0);
    struct syndic_room room = {.memory = &memory};

    cr_assert(syndic_put_member(&room, (const uint8_t *)raw, strlen(raw), "k",
                                (const uint8_t *)"[1]", 3));
    cr_expect(room.n == strlen(wanted) && !memcmp(room.bytes, wanted, room.n));
    syndic_release(&memory, room.bytes);
}

Test(rewrite, a_member_comes_last)
{
    expect_member("{\"a\":{}}\r\n", "{\"a\":{},\"k\":[1]}\r\n");
    expect_member(" { \"a\" : 1 } ", " { \"a\" : 1 ,\"k\":[1]} ");
    expect_member("{}", "{\"k\":[1]}");
}
