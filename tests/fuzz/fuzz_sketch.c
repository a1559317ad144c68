/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a sketch file, as they are and with every checksum made right: it is refused with a
 * reason, or read without more memory than in proportion to its size; and what was read can be
 * written and read again. */
#define _GNU_SOURCE
#include "shard/shards.h"

#include "base/bytes.h"
#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A stream may be SYNDIC_STREAM_RATIO_MAX times what is stored, and an array grows by halves and is
 * copied; the work space for sketching and blocks comes on top. */
#define MEMORY_MAX(size) ((size_t)(64 << 20) + 16 * SYNDIC_STREAM_RATIO_MAX * (size))

static struct syndic_memory memory;

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* ---- checksums ---- */

static void repair_sections(uint8_t *file, size_t size, uint64_t table, uint32_t sections)
{
    for (uint32_t i = 0; i < sections; i++) {
        uint8_t *const entry = file + table + (size_t)i * SYNDIC_CONTAINER_ENTRY_BYTES;
        const uint64_t offset = syndic_get_le64(entry + 8), n = syndic_get_le64(entry + 16);
        if (offset <= size && n <= size - offset)
            syndic_put_le64(entry + 32, syndic_hash64(file + offset, (size_t)n));
    }
}

/* As far as there is room for header, table and tail, let them say that all is well. */
static void repair(uint8_t *file, size_t size)
{
    if (size < SYNDIC_CONTAINER_HEADER_BYTES + SYNDIC_CONTAINER_TAIL_BYTES)
        return;
    uint8_t *const tail = file + size - SYNDIC_CONTAINER_TAIL_BYTES;
    memcpy(file, SYNDIC_CONTAINER_MAGIC, SYNDIC_CONTAINER_MAGIC_BYTES);
    syndic_put_le64(file + 8, SYNDIC_CONTAINER_VERSION);
    syndic_put_le64(file + 24, syndic_hash64(file, 24));
    const uint32_t sections = syndic_get_le32(tail + 8) % (SYNDIC_CONTAINER_SECTIONS_MAX + 1);
    const size_t entries = (size_t)sections * SYNDIC_CONTAINER_ENTRY_BYTES;
    if (size - SYNDIC_CONTAINER_HEADER_BYTES - SYNDIC_CONTAINER_TAIL_BYTES < entries)
        return;
    const uint64_t table = size - SYNDIC_CONTAINER_TAIL_BYTES - entries;
    repair_sections(file, size, table, sections);
    syndic_put_le64(tail, table);
    syndic_put_le64(tail + 8, sections);
    syndic_put_le64(tail + 24, size);
    syndic_put_le64(tail + 32, syndic_hash64(file + table, entries));
    syndic_put_le64(tail + 40, syndic_hash64(tail, 40));
    memcpy(tail + 48, SYNDIC_CONTAINER_END_MAGIC, SYNDIC_CONTAINER_MAGIC_BYTES);
}

/* ---- a run from a file ---- */

struct loaded {
    struct syndic_shards *shards;
    struct syndic_run_options options;
    struct syndic_run run;
};

static enum syndic_status load(const char *path, struct loaded *loaded, struct syndic_error *error)
{
    static const bool given[SYNDIC_PARAMETER_COUNT];
    struct syndic_run *const run = &loaded->run;

    *loaded = (struct loaded){.run.memory = &memory};
    syndic_options_init(&loaded->options.job);
    loaded->options.read = (struct syndic_read_options){.paths = &path,
                                                        .path_count = 1,
                                                        .text_field = "text",
                                                        .id_field = "id",
                                                        .max_record_bytes = 1 << 20};
    enum syndic_status status = syndic_shards_open(&memory, &path, 1, &loaded->shards, error);
    if (!status)
        status = syndic_shards_apply(loaded->shards, given, &loaded->options, error);
    if (!status)
        status = syndic_plan_create(&memory, &loaded->options.job, &run->plan, error);
    if (status)
        return status;
    syndic_documents_init(&run->documents, &memory);
    syndic_sketches_init(&run->sketches, &memory, run->plan);
    status = syndic_reader_open(&memory, &loaded->options.read, &run->reader, error);
    return status ? status : syndic_shards_fill(loaded->shards, run, error);
}

static void unload(struct loaded *loaded)
{
    struct syndic_run *const run = &loaded->run;

    if (run->plan)
        syndic_sketches_clear(&run->sketches);
    syndic_documents_clear(&run->documents);
    syndic_reader_close(run->reader);
    syndic_plan_destroy(run->plan);
    syndic_release(&memory, run->problems);
    syndic_shards_close(loaded->shards);
}

static int open_scratch(char *path, size_t path_bytes, const uint8_t *data, size_t size)
{
    const int fd = memfd_create("sketch", 0);

    require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(path, path_bytes, "/proc/self/fd/%d", fd);
    return fd;
}

/* What was read makes a file from which the same number of documents is read. */
static void write_again(struct loaded *loaded)
{
    char path[32];
    struct syndic_output output;
    struct syndic_error error;
    struct loaded again;
    const int fd = open_scratch(path, sizeof(path), NULL, 0);

    require(!syndic_output_open(&output, &memory, fd, path));
    require(!syndic_sketch_write(&loaded->run, &loaded->options, &output, &error));
    require(!syndic_output_flush(&output, &error));
    syndic_output_close(&output);
    if (load(path, &again, &error)) {
        fprintf(stderr, "what was written is refused: %s\n", error.message);
        abort();
    }
    require(again.run.documents.count == loaded->run.documents.count);
    unload(&again);
    close(fd);
}

static void try_file(const uint8_t *data, size_t size)
{
    char path[32];
    struct loaded loaded;
    struct syndic_error error = {.status = SYNDIC_OK};
    const int fd = open_scratch(path, sizeof(path), data, size);

    syndic_memory_init(&memory, NULL, 0);
    const enum syndic_status status = load(path, &loaded, &error);
    require(atomic_load(&memory.peak_bytes) <= MEMORY_MAX(size));
    if (status)
        require(error.status == status && *error.message);
    else
        write_again(&loaded);
    unload(&loaded);
    require(atomic_load(&memory.used_bytes) == 0);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *const copy = calloc(1, size + 1);

    require(copy);
    if (size)
        memcpy(copy, data, size);
    try_file(copy, size);
    repair(copy, size);
    try_file(copy, size);
    free(copy);
    return 0;
}
