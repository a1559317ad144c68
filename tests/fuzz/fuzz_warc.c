/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a WARC file.  The first byte says how they are packed; the rest is the file.
 * Whatever it holds: raw records cover it without a gap, wherever it is cut into chunks; documents
 * are raw records, in order; a second pass gives the same; every text can be fetched again; and
 * packing a plain file into members changes nothing. */
#define _GNU_SOURCE
#include "base/hash.h"
#include "kernel.h"
#include "read/read.h"
#include "read/warc.h"

#include <libdeflate.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RECORDS_MAX    4096
#define MEMORY_BYTES   ((size_t)64 << 20)
#define LONGEST_RECORD 20000

static const char *const name[] = {"f.warc", "f.warc.gz", "f.wet.zst"};

static struct syndic_memory memory;

struct seen {
    struct syndic_place place[RECORDS_MAX];
    struct syndic_hash128 hash[RECORDS_MAX];
    size_t count, problems;
};

static struct seen first, second;
static uint8_t wanted[RECORDS_MAX];

static void require(bool holds)
{
    if (!holds)
        abort();
}

static char folder[] = "/tmp/syndic-fuzz-warc-XXXXXX";
static char path[64];

static void leave(void)
{
    unlink(path);
    rmdir(folder);
}

static FILE *create(const char *file_name)
{
    static bool made;

    if (!made) {
        require(mkdtemp(folder) != NULL);
        atexit(leave);
        made = true;
    }
    unlink(path);
    snprintf(path, sizeof(path), "%s/%s", folder, file_name);
    FILE *const file = fopen(path, "wb");
    require(file != NULL);
    return file;
}

static void put(unsigned kind, const uint8_t *data, size_t size)
{
    FILE *const file = create(name[kind]);

    require(fwrite(data, 1, size, file) == size && !fclose(file));
}

/* The same file as gzip members of `step` bytes. */
static void put_members(const uint8_t *data, size_t size, size_t step)
{
    struct libdeflate_compressor *const gzip = libdeflate_alloc_compressor(1);
    const size_t room = libdeflate_gzip_compress_bound(gzip, step);
    uint8_t *const packed = malloc(room);
    FILE *const file = create("f.warc.gz");

    for (size_t at = 0; at < size || !at; at += step) {
        const size_t n = size - at < step ? size - at : step;
        const size_t made = libdeflate_gzip_compress(gzip, data + at, n, packed, room);
        require(made && fwrite(packed, 1, made, file) == made);
    }
    fclose(file);
    free(packed);
    libdeflate_free_compressor(gzip);
}

/* ---- tiles ---- */

/* Good records of bytes[0, n), which are cut as the reader cuts: after `step` bytes more are looked
 * at until there is a whole record.  The sum tells where they lie. */
static uint64_t tile(const uint8_t *bytes, size_t n, size_t step, size_t *good)
{
    struct syndic_warc_record record;
    uint64_t need, sum = 0;
    size_t at = 0;

    *good = 0;
    while (at < n) {
        size_t seen = 0, whole = 0;
        do {
            seen = step < n - at - seen ? seen + step : n - at;
            while (whole < seen &&
                   syndic_warc_next(bytes + at + whole, seen - whole,
                                    at + seen == n ? SYNDIC_WARC_RECORD : SYNDIC_WARC_UNSEEN,
                                    &record, &need))
                whole += record.bytes;
        } while (!whole);
        const enum syndic_warc_after after = syndic_warc_after(bytes + at + whole, seen - whole);
        for (size_t in = 0; in < whole; in += record.bytes) {
            require(syndic_warc_next(bytes + at + in, whole - in, after, &record, &need));
            require(record.bytes && record.bytes <= whole - in);
            if (!record.fault)
                sum = sum * 31 + at + in + 7 * record.bytes;
            *good += !record.fault;
        }
        at += whole;
    }
    return sum;
}

static void tile_twice(const uint8_t *bytes, size_t n, size_t step)
{
    size_t all, parts;

    require(tile(bytes, n, n ? n : 1, &all) == tile(bytes, n, step, &parts));
    require(all == parts);
}

/* ---- passes ---- */

/* Raw records cover the chunk, and documents are among them. */
static void check_raw(const struct syndic_chunk *chunk, const struct seen *seen, size_t from)
{
    size_t at = 0, bytes, next = from;
    uint64_t offset, end = chunk->offset;

    while (syndic_chunk_raw(chunk, &at, &offset, &bytes)) {
        require(offset == end && bytes);
        end += bytes;
        if (next < seen->count && seen->place[next].offset == offset)
            require(seen->place[next++].bytes == bytes);
    }
    require(end == chunk->offset + chunk->bytes_count && next == seen->count);
}

static enum syndic_status pass(struct syndic_reader *reader, struct syndic_chunk *chunk,
                               struct seen *seen)
{
    struct syndic_record record;
    bool more, another;
    enum syndic_status status;

    seen->count = seen->problems = 0;
    while (!(status = syndic_reader_next(reader, chunk, &more)) && more) {
        const size_t from = seen->count;
        while (!(status = syndic_chunk_record(chunk, &record, &another)) && another) {
            require(record.bytes <= LONGEST_RECORD && record.text_bytes <= LONGEST_RECORD);
            if (seen->count == RECORDS_MAX)
                return SYNDIC_LIMIT;
            seen->hash[seen->count] = syndic_hash128(record.text, record.text_bytes);
            seen->place[seen->count++] =
                (struct syndic_place){record.offset, 0, (uint32_t)record.bytes};
        }
        if (status)
            return status;
        check_raw(chunk, seen, from);
        seen->problems += chunk->problem_count;
    }
    return status;
}

static bool same(const struct seen *a, const struct seen *b)
{
    for (size_t i = 0; i < a->count && i < b->count; i++)
        if (a->place[i].offset != b->place[i].offset || a->place[i].bytes != b->place[i].bytes ||
            !syndic_hash128_equal(a->hash[i], b->hash[i]))
            return false;
    return a->count == b->count && a->problems == b->problems;
}

static void fetch(struct syndic_reader *reader, struct syndic_chunk *chunk, const struct seen *seen)
{
    memset(wanted, 1, seen->count);
    require(!syndic_reader_prepare_fetch(reader, seen->place, wanted, seen->count, NULL));
    for (size_t i = seen->count; i-- > 0;) {
        const uint8_t *text;
        size_t text_bytes;
        require(!syndic_reader_fetch(reader, i, chunk, &text, &text_bytes, NULL));
        require(syndic_hash128_equal(syndic_hash128(text, text_bytes), seen->hash[i]));
    }
}

/* False: memory went out, or there were too many records. */
static bool read_file(struct seen *seen, bool again)
{
    const char *const paths[] = {path};
    const struct syndic_read_options options = {.paths = paths,
                                                .path_count = 1,
                                                .max_record_bytes = LONGEST_RECORD,
                                                .rank_field = "WARC-Date",
                                                .tmp = folder,
                                                .threads = 1};
    struct syndic_reader *reader;
    struct syndic_chunk *chunk;

    require(!syndic_reader_open(&memory, &options, &reader, NULL));
    require(!syndic_chunk_create(reader, &chunk));
    const bool whole = !pass(reader, chunk, seen);
    if (whole && again) {
        require(!syndic_reader_rewind(reader, NULL));
        require(!pass(reader, chunk, &second));
        require(same(seen, &second));
        fetch(reader, chunk, seen);
    }
    syndic_chunk_destroy(chunk);
    syndic_reader_close(reader);
    return whole;
}

/* A plain file that begins so is refused as a whole. */
static bool looks_packed(const uint8_t *bytes, size_t n)
{
    return n >= 2 && (!memcmp(bytes, "\x1f\x8b", 2) || !memcmp(bytes, "\x28\xb5", 2));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned kind = size ? data[0] % 3 : 0;
    const size_t step = size ? 20 + (size_t)data[0] * 8 : 20;
    const uint8_t *const bytes = data + (size > 0);
    const size_t n = size - (size > 0);

    syndic_memory_init(&memory, NULL, MEMORY_BYTES);
    put(kind, bytes, n);
    const bool whole = read_file(&first, true);
    if (kind == 0) {
        tile_twice(bytes, n, step);
        put_members(bytes, n, step);
        if (read_file(&second, false) && whole && !looks_packed(bytes, n))
            require(same(&first, &second));
    }
    require(atomic_load(&memory.used_bytes) == 0);
    return 0;
}
