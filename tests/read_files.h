/* SPDX-License-Identifier: Apache-2.0 */
/* read_files.h - for the tests of the read stage: files, plain and compressed, made in a folder of
 * the test's own. */
#ifndef READ_FILES_H
#define READ_FILES_H

#include "base/hash.h"
#include "base/memory.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

/* ---- files ---- */

/* A test uses only some of these. */
#define HELP static __attribute__((unused))

static struct syndic_memory memory;

HELP void enter_folder(void)
{
    static char folder[] = "/tmp/syndic-test-read-XXXXXX";

    syndic_memory_init(&memory, NULL, 0);
    cr_assert_not_null(mkdtemp(folder));
    cr_assert_eq(chmod(folder, 0755), 0);
    cr_assert_eq(chdir(folder), 0);
}

HELP void leave_folder(void)
{
    char folder[128], command[300];

    cr_assert_not_null(getcwd(folder, sizeof(folder)));
    cr_assert_eq(strncmp(folder, "/tmp/syndic-test-read-", 22), 0);
    snprintf(command, sizeof(command), "chmod -R u+rwx %s && rm -r %s", folder, folder);
    cr_assert_eq(system(command), 0);
    cr_expect_eq(atomic_load(&memory.used_bytes), 0, "memory was not given back");
}

struct bytes {
    uint8_t *at;
    size_t n, room;
};

HELP void add(struct bytes *to, const void *from, size_t n)
{
    if (to->n + n > to->room) {
        to->room = to->n + n + to->room;
        to->at = realloc(to->at, to->room);
        cr_assert_not_null(to->at);
    }
    if (n)
        memcpy(to->at + to->n, from, n);
    to->n += n;
}

HELP void put_bytes(const char *path, const void *bytes, size_t n)
{
    FILE *const file = fopen(path, "wb");

    cr_assert_not_null(file, "%s: %s", path, strerror(errno));
    cr_assert_eq(fwrite(bytes, 1, n, file), n);
    cr_assert_eq(fclose(file), 0);
}

HELP void put(const char *path, const char *text)
{
    put_bytes(path, text, strlen(text));
}

/* One gzip member, appended. */
HELP void add_gzip(struct bytes *to, const void *from, size_t n, int level)
{
    z_stream z = {0};
    const size_t room = n + n / 100 + 1000;
    uint8_t *const out = malloc(room);

    cr_assert_eq(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = (Bytef *)(uintptr_t)from;
    z.avail_in = (uInt)n;
    z.next_out = out;
    z.avail_out = (uInt)room;
    cr_assert_eq(deflate(&z, Z_FINISH), Z_STREAM_END);
    add(to, out, z.total_out);
    deflateEnd(&z);
    free(out);
}

/* One zstd frame with a checksum, appended. */
HELP void add_zstd(struct bytes *to, const void *from, size_t n)
{
    const size_t room = ZSTD_compressBound(n);
    uint8_t *const out = malloc(room);
    ZSTD_CCtx *const context = ZSTD_createCCtx();

    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    const size_t done = ZSTD_compress2(context, out, room, from, n);
    cr_assert(!ZSTD_isError(done));
    add(to, out, done);
    ZSTD_freeCCtx(context);
    free(out);
}

HELP void put_gzip(const char *path, const char *text)
{
    struct bytes b = {0};

    add_gzip(&b, text, strlen(text), 6);
    put_bytes(path, b.at, b.n);
    free(b.at);
}

HELP void put_zstd(const char *path, const char *text)
{
    struct bytes b = {0};

    add_zstd(&b, text, strlen(text));
    put_bytes(path, b.at, b.n);
    free(b.at);
}

/* ---- many lines ---- */

/* Records 0 .. count of text lengths that sweep past a chunk now and then. */
HELP struct bytes make_lines(size_t count, uint64_t seed)
{
    struct bytes b = {0};
    char *const word = malloc(3 << 20);

    for (size_t i = 0; i < count; i++) {
        const uint64_t r = syndic_splitmix64(&seed);
        const size_t n = i % 500 == 250 ? 1500000 + r % 1000000 : r % (i % 7 ? 300 : 20000);
        char head[64];
        for (size_t k = 0; k < n; k++)
            word[k] = (char)('a' + (k * (r % 97) + i) % 26);
        add(&b, head, (size_t)sprintf(head, "{\"id\":%zu,\"text\":\"", i));
        add(&b, word, n);
        add(&b, "\"}\n", 3);
        if (i % 11 == 0)
            add(&b, "\n", 1);
    }
    free(word);
    return b;
}

#endif
