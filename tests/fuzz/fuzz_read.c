/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file.  The first byte says of which kind; the rest is the file.  Whatever it
 * holds: records lie in the source one after the other, a second pass gives the same, every text
 * can be fetched again, and decompression does not depend on how much is read at once. */
#define _GNU_SOURCE
#include "base/hash.h"
#include "kernel.h"
#include "read/read.h"
#include "read/stream.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RECORDS_MAX    4096
#define DECODED_MAX    ((size_t)4 << 20)
#define MEMORY_BYTES   ((size_t)64 << 20)
#define TEXT_HASH(r)   syndic_hash128((r)->text, (r)->text_bytes)
#define LONGEST_RECORD 5000

static const char *const name[] = {"f.jsonl", "f.jsonl.gz", "f.jsonl.zst",
                                   "f.txt",   "f.txt.gz",   "f.txt.zst"};

static struct syndic_memory memory;
static struct syndic_place places[RECORDS_MAX];
static struct syndic_hash128 hashes[RECORDS_MAX];
static uint8_t wanted[RECORDS_MAX];

static void require(bool holds)
{
    if (!holds)
        abort();
}

static char folder[] = "/tmp/syndic-fuzz-read-XXXXXX";
static char path[64];

static void leave(void)
{
    unlink(path);
    rmdir(folder);
}

static void put(unsigned kind, const uint8_t *data, size_t size)
{
    static bool made;

    if (!made) {
        require(mkdtemp(folder) != NULL);
        atexit(leave);
        made = true;
    }
    unlink(path);
    snprintf(path, sizeof(path), "%s/%s", folder, name[kind]);
    FILE *const file = fopen(path, "wb");
    require(file && fwrite(data, 1, size, file) == size && !fclose(file));
}

/* One pass: records are in order and apart; *problems counts.  NO_MEMORY is the cap: no fault. */
static enum syndic_status pass(struct syndic_reader *reader, struct syndic_chunk *chunk, bool first,
                               size_t *count, size_t *problems)
{
    struct syndic_record record;
    uint64_t end = 0;
    bool more, another;
    enum syndic_status status;

    *count = *problems = 0;
    while (!(status = syndic_reader_next(reader, chunk, &more)) && more) {
        while (!(status = syndic_chunk_record(chunk, &record, &another)) && another) {
            require(record.offset >= end && record.bytes <= LONGEST_RECORD);
            end = record.offset + record.bytes;
            if (*count == RECORDS_MAX)
                return SYNDIC_LIMIT;
            const struct syndic_hash128 hash = TEXT_HASH(&record);
            require(first || syndic_hash128_equal(hash, hashes[*count]));
            hashes[*count] = hash;
            places[(*count)++] = (struct syndic_place){record.offset, 0, (uint32_t)record.bytes};
        }
        if (status)
            return status;
        *problems += chunk->problem_count;
    }
    return status;
}

static void fetch(struct syndic_reader *reader, struct syndic_chunk *chunk, size_t count)
{
    memset(wanted, 1, count);
    require(!syndic_reader_prepare_fetch(reader, places, wanted, count, NULL));
    for (size_t i = count; i-- > 0;) {
        const uint8_t *text;
        size_t text_bytes;
        require(!syndic_reader_fetch(reader, i, chunk, &text, &text_bytes, NULL));
        require(syndic_hash128_equal(syndic_hash128(text, text_bytes), hashes[i]));
    }
}

static void read_twice(void)
{
    const char *const paths[] = {path};
    const struct syndic_read_options options = {.paths = paths,
                                                .path_count = 1,
                                                .max_record_bytes = LONGEST_RECORD,
                                                .tmp = folder,
                                                .threads = 1};
    struct syndic_reader *reader;
    struct syndic_chunk *chunk;
    size_t count, problems, again_count, again_problems;

    require(!syndic_reader_open(&memory, &options, &reader, NULL));
    require(!syndic_chunk_create(reader, &chunk));
    if (!pass(reader, chunk, true, &count, &problems)) {
        require(!syndic_reader_rewind(reader, NULL));
        require(!pass(reader, chunk, false, &again_count, &again_problems));
        require(count == again_count && problems == again_problems);
        fetch(reader, chunk, count);
    }
    syndic_chunk_destroy(chunk);
    syndic_reader_close(reader);
}

/* The decompressed bytes, read in steps; *status is how it ended. */
static size_t decode(enum syndic_compression compression, size_t buffer_bytes, size_t step,
                     uint8_t *out, enum syndic_status *status)
{
    struct syndic_stream *stream;
    struct syndic_damage damage;
    const int fd = open(path, O_RDONLY);
    size_t n = 0, got = step;

    require(fd >= 0);
    require(!syndic_stream_create(&memory, fd, compression, buffer_bytes, -1, &stream));
    *status = SYNDIC_OK;
    while (!*status && got == step && n + step <= DECODED_MAX) {
        *status = syndic_stream_read(stream, out + n, step, &got, &damage);
        require(got <= step);
        n += got;
    }
    syndic_stream_destroy(stream);
    close(fd);
    return n;
}

static void decode_twice(enum syndic_compression compression, size_t step)
{
    uint8_t *const a = malloc(DECODED_MAX), *const b = malloc(DECODED_MAX);
    enum syndic_status a_status, b_status;

    require(a && b);
    const size_t a_bytes = decode(compression, 0, DECODED_MAX, a, &a_status);
    const size_t b_bytes = decode(compression, 1 + step % 7, 1 + step, b, &b_status);
    /* After damage the decoders may differ in how much they gave before it. */
    const size_t common = a_bytes < b_bytes ? a_bytes : b_bytes;
    require(!memcmp(a, b, common));
    if (!a_status && a_bytes < DECODED_MAX)
        require(!b_status && a_bytes == b_bytes);
    if (a_status)
        require(b_status || b_bytes + step >= DECODED_MAX);
    free(a);
    free(b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned kind = size ? data[0] % 6 : 0;
    const enum syndic_compression compression = (enum syndic_compression)(kind % 3);

    syndic_memory_init(&memory, NULL, MEMORY_BYTES);
    put(kind, data + (size > 0), size - (size > 0));
    read_twice();
    if (compression != SYNDIC_PLAIN)
        decode_twice(compression, size ? data[0] : 0);
    require(atomic_load(&memory.used_bytes) == 0);
    return 0;
}
