/* SPDX-License-Identifier: Apache-2.0 */
/* Sections in a file in memory: what goes in comes out, across blocks too, and what claims more
 * than there is is refused. */
#define _GNU_SOURCE
#include "shard/container_write.h"

#include "base/bytes.h"
#include "base/hash.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct syndic_memory memory;
static struct syndic_output output;
static struct syndic_container_writer *writer;
static struct syndic_container container;
static struct syndic_error error;
static char path[32];
static int fd;

static void begin(void)
{
    syndic_memory_init(&memory, NULL, 0);
    fd = memfd_create("container", 0);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    cr_assert_eq(syndic_output_open(&output, &memory, fd, path), SYNDIC_OK);
    cr_assert_eq(syndic_container_begin(&memory, &output, &writer), SYNDIC_OK);
}

static void finish(uint64_t rows)
{
    syndic_container_end(writer, rows);
    syndic_container_writer_destroy(writer);
    cr_assert_eq(syndic_output_flush(&output, &error), SYNDIC_OK);
    syndic_output_close(&output);
    cr_assert_eq(syndic_container_open(&memory, path, &container, &error), SYNDIC_OK, "%s",
                 error.message);
}

static void end(void)
{
    syndic_container_close(&container);
    close(fd);
    cr_expect_eq(atomic_load(&memory.used_bytes), 0, "memory was not given back");
}

static struct syndic_section_reader *open_stream(const char *tag)
{
    struct syndic_section_reader *reader = NULL;

    cr_assert_eq(syndic_section_open(&container, tag, &reader, &error), SYNDIC_OK, "%s",
                 error.message);
    return reader;
}

Test(container, the_smallest_file)
{
    uint8_t bytes[128];

    begin();
    finish(0);
    cr_assert_eq(container.file_bytes, 88);
    cr_assert_eq(pread(fd, bytes, sizeof(bytes), 0), 88);
    cr_expect(!memcmp(bytes, "\x89SYN\r\n\x1a\n\1\0\0\0\0\0\0\0" SYNDIC_VERSION "\0\0\0", 24));
    cr_expect(
        !memcmp(bytes + 32, "\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x58\0\0\0", 28),
        "table at 32, no sections, no rows, 88 bytes");
    cr_expect(!memcmp(bytes + 80, "SYN.END\n", 8));
    cr_expect_eq(container.section_count, 0);
    cr_expect_null(syndic_container_find(&container, "params"));
    cr_expect_str_eq(container.writer, SYNDIC_VERSION);
    end();
}

Test(container, numbers_and_texts)
{
    struct syndic_arena strings;
    const char *text;
    uint32_t narrow;
    uint64_t wide;

    begin();
    syndic_section_begin(writer, "one", SYNDIC_SECTION_STREAM, 0);
    syndic_section_put_u32(writer, 0x01020304);
    syndic_section_put_u64(writer, 0x0102030405060708);
    syndic_section_put_text(writer, "");
    syndic_section_put_text(writer, "caf\xc3\xa9");
    syndic_section_begin(writer, "twotwotw", SYNDIC_SECTION_STREAM, SYNDIC_SECTION_OPTIONAL);
    finish(3);
    syndic_arena_init(&strings, &memory);
    struct syndic_section_reader *const reader = open_stream("one");
    cr_expect_eq(syndic_section_left(reader), 25);
    cr_expect_eq(syndic_section_u32(reader, &narrow, &error), SYNDIC_OK);
    cr_expect_eq(syndic_section_u64(reader, &wide, &error), SYNDIC_OK);
    cr_expect(narrow == 0x01020304 && wide == 0x0102030405060708);
    cr_expect_eq(syndic_section_text(reader, &strings, &text, &error), SYNDIC_OK);
    cr_expect_str_eq(text, "");
    cr_expect_eq(syndic_section_text(reader, &strings, &text, &error), SYNDIC_OK);
    cr_expect_str_eq(text, "caf\xc3\xa9");
    cr_expect_eq(syndic_section_finish(reader, &error), SYNDIC_OK);
    cr_expect_eq(syndic_section_u32(reader, &narrow, &error), SYNDIC_FORMAT);
    cr_expect_str_eq(error.message,
                     "the section 'one' of the sketch file makes no sense: it ends too early");
    syndic_section_close(reader);
    cr_expect_eq(container.rows, 3);
    cr_expect_eq(syndic_container_find(&container, "twotwotw")->flags, 1);
    cr_expect_eq(syndic_container_find(&container, "twotwotw")->bytes, 0);
    syndic_arena_clear(&strings);
    end();
}

/* Texts that begin in one block and end in the next, or are longer than two. */
Test(container, texts_across_blocks)
{
    static char longest[3 * SYNDIC_SECTION_BLOCK_BYTES + 1];
    struct syndic_arena strings;
    const char *text;

    memset(longest, 'x', sizeof(longest) - 1);
    for (size_t i = 0; i < sizeof(longest) - 1; i += 7)
        longest[i] = (char)('a' + i * 31 % 26);
    begin();
    syndic_section_begin(writer, "long", SYNDIC_SECTION_STREAM, 0);
    for (int i = 0; i < 3; i++) {
        syndic_section_put_text(writer, longest);
        syndic_section_put_text(writer, "between");
    }
    finish(0);
    syndic_arena_init(&strings, &memory);
    struct syndic_section_reader *const reader = open_stream("long");
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(syndic_section_text(reader, &strings, &text, &error), SYNDIC_OK);
        cr_expect_str_eq(text, longest);
        cr_assert_eq(syndic_section_text(reader, &strings, &text, &error), SYNDIC_OK);
        cr_expect_str_eq(text, "between");
    }
    cr_expect_eq(syndic_section_finish(reader, &error), SYNDIC_OK);
    syndic_section_close(reader);
    syndic_arena_clear(&strings);
    end();
}

/* Nothing is packed so tightly that a reader could be made to allocate a lot for a little. */
Test(container, zeros)
{
    static const uint8_t zeros[1 << 20];
    static uint8_t back[1 << 20];

    begin();
    syndic_section_begin(writer, "stream", SYNDIC_SECTION_STREAM, 0);
    syndic_section_put(writer, zeros, sizeof(zeros));
    syndic_section_begin(writer, "column", SYNDIC_SECTION_COLUMN, 0);
    syndic_section_put(writer, zeros, sizeof(zeros));
    syndic_section_begin(writer, "plain", SYNDIC_SECTION_PLAIN, 0);
    syndic_section_put(writer, zeros, sizeof(zeros));
    finish(1 << 17);
    cr_expect_eq(syndic_container_find(&container, "stream")->stored_bytes, (1 << 20) + 4 * 8);
    cr_expect_lt(syndic_container_find(&container, "column")->stored_bytes, 400);
    cr_expect_eq(syndic_container_find(&container, "plain")->stored_bytes, (1 << 20) + 4 * 8);
    struct syndic_section_reader *reader;
    cr_expect_eq(syndic_section_open(&container, "column", &reader, &error), SYNDIC_FORMAT);
    cr_expect_eq(syndic_section_open_column(&container, "column", 4, &reader, &error),
                 SYNDIC_FORMAT);
    cr_expect_str_eq(error.message, "the section 'column' of the sketch file has 1048576 bytes, "
                                    "not 4 for each of 131072 documents");
    cr_expect_eq(syndic_section_open_column(&container, "none", 8, &reader, &error), SYNDIC_FORMAT);
    cr_expect_str_eq(error.message, "the sketch file has no section 'none'");
    for (const char *const *tag = (const char *const[]){"column", "stream", "plain", NULL}; *tag;
         tag++) {
        cr_assert_eq(syndic_section_open_column(&container, *tag, 8, &reader, &error), SYNDIC_OK);
        cr_expect_eq(syndic_section_read(reader, back, sizeof(back), &error), SYNDIC_OK);
        cr_expect_eq(syndic_section_finish(reader, &error), SYNDIC_OK);
        cr_expect(!memcmp(back, zeros, sizeof(zeros)));
        syndic_section_close(reader);
    }
    end();
}

Test(container, a_text_longer_than_its_section)
{
    struct syndic_arena strings;
    const char *text;

    begin();
    syndic_section_begin(writer, "texts", SYNDIC_SECTION_STREAM, 0);
    syndic_section_put_u32(writer, UINT32_MAX);
    syndic_section_put(writer, "abc", 3);
    finish(0);
    syndic_arena_init(&strings, &memory);
    struct syndic_section_reader *const reader = open_stream("texts");
    cr_expect_eq(syndic_section_text(reader, &strings, &text, &error), SYNDIC_FORMAT);
    cr_expect_str_eq(error.message, "the section 'texts' of the sketch file makes no sense: a text "
                                    "of 4294967295 bytes, and 3 are left");
    syndic_section_close(reader);
    end();
}

Test(container, damage_is_told_from_nonsense)
{
    begin();
    syndic_section_begin(writer, "texts", SYNDIC_SECTION_STREAM, 0);
    syndic_section_put_text(writer, "some text");
    finish(0);
    cr_assert_eq(pwrite(fd, "\xff", 1, 32 + 8), 1);
    cr_expect_eq(syndic_container_check(&container, &container.section[0], &error), SYNDIC_FORMAT);
    cr_expect_str_eq(error.message,
                     "the section 'texts' of the sketch file is damaged: wrong checksum");
    cr_expect_eq(error.byte, 32);
    end();
}
