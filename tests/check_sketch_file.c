/* SPDX-License-Identifier: Apache-2.0 */
/* check_sketch_file.c - golden sketch files in; says whether this build, on this CPU, reads from
 * them what was put in, writes them again to the same bytes, and refuses them once anything is
 * changed.
 *
 *   check_sketch_file [quick]
 *
 * A plain program, so that it also runs under sanitizers, and on CPUs whose numbers have their most
 * significant byte first (tests/big_endian/).  quick: changes only every 97th byte. */
#define _GNU_SOURCE
#include "shard/shards.h"

#include "base/hash.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define GOLDEN SYNDIC_SOURCE_DIR "/tests/golden/"

static struct syndic_memory memory;

#define CHECK(holds, ...) ((holds) ? (void)0 : (printf(__VA_ARGS__), puts(""), exit(1)))

struct bytes {
    uint8_t *at;
    size_t n;
};

static struct bytes load(const char *path)
{
    FILE *const file = fopen(path, "rb");
    struct bytes bytes = {malloc((size_t)1 << 20), 0};

    CHECK(file && bytes.at, "%s: cannot be opened", path);
    bytes.n = fread(bytes.at, 1, (size_t)1 << 20, file);
    fclose(file);
    return bytes;
}

/* A file in memory, which costs no disk when it is changed ten thousand times. */
static int open_scratch(char *path, size_t path_bytes)
{
    const int fd = memfd_create("sketch", 0);

    CHECK(fd >= 0, "no file in memory");
    snprintf(path, path_bytes, "/proc/self/fd/%d", fd);
    return fd;
}

static void store(int fd, const uint8_t *at, size_t n)
{
    CHECK(!ftruncate(fd, (off_t)n) && pwrite(fd, at, n, 0) == (ssize_t)n, "cannot write");
}

/* ---- a run from a file, without the pipeline ---- */

struct loaded {
    struct syndic_shards *shards;
    struct syndic_run_options options;
    struct syndic_run run;
};

static enum syndic_status load_run(const char *path, struct loaded *loaded,
                                   struct syndic_error *error)
{
    static const bool given[SYNDIC_PARAMETER_COUNT];
    struct syndic_run *const run = &loaded->run;

    *loaded = (struct loaded){.run.memory = &memory};
    syndic_options_init(&loaded->options.job);
    loaded->options.read = (struct syndic_read_options){.paths = &path,
                                                        .path_count = 1,
                                                        .text_field = "text",
                                                        .id_field = "id",
                                                        .max_record_bytes = (size_t)1 << 30,
                                                        .threads = 1};
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
    CHECK(atomic_load(&memory.used_bytes) == 0, "%zu bytes of memory were not given back",
          atomic_load(&memory.used_bytes));
}

/* ---- what is in the golden files ---- */

static void check_sources(const struct syndic_run *run)
{
    const struct syndic_source *const a = syndic_reader_source(run->reader, 0);
    const struct syndic_source *const b = syndic_reader_source(run->reader, 1);

    CHECK(syndic_reader_source_count(run->reader) == 2, "not two sources");
    CHECK(!strcmp(a->path, "a.jsonl") && !strcmp(a->name, "a.jsonl") && a->file_bytes == 867 &&
              a->format == SYNDIC_FORMAT_JSONL && a->compression == SYNDIC_PLAIN,
          "another first source");
    CHECK(!strcmp(b->path, "b.txt") && b->file_bytes == 88 && b->format == SYNDIC_FORMAT_TXT,
          "another second source");
    CHECK(run->problem_count == 1 && run->problems[0].source == 0 && run->problems[0].line == 5 &&
              run->problems[0].byte == 19 &&
              !strcmp(run->problems[0].message, "invalid JSON: unexpected end of the line"),
          "another problem");
    CHECK(run->input_bytes == 955, "%" PRIu64 " bytes of input", run->input_bytes);
}

static void check_documents(const struct syndic_run *run)
{
    static const char *const id[] = {"one",   "two", NULL, "vier \xc3\xa9 \"x\"",
                                     "empty", "six", NULL};
    static const uint64_t line[] = {1, 2, 3, 4, 6, 7, 1};
    static const uint32_t tokens[] = {29, 29, 30, 20, 0, 16, 16};
    static const uint32_t source[] = {0, 0, 0, 0, 0, 0, 1};

    CHECK(run->documents.count == 7, "%zu documents", run->documents.count);
    for (size_t i = 0; i < 7; i++) {
        const char *const here = run->documents.id[i];
        CHECK(!id[i] == !here && (!id[i] || !strcmp(id[i], here)), "document %zu: another id", i);
        CHECK(run->documents.line[i] == line[i], "document %zu: line %" PRIu64, i,
              run->documents.line[i]);
        CHECK(run->documents.place[i].source == source[i], "document %zu: another source", i);
        CHECK(run->sketches.token_count[i] == tokens[i], "document %zu: %" PRIu32 " tokens", i,
              run->sketches.token_count[i]);
    }
    CHECK(run->documents.place[0].offset == 0 && run->documents.place[0].bytes == 196 &&
              run->documents.place[1].offset == 196,
          "other places: %" PRIu32 " bytes", run->documents.place[0].bytes);
    CHECK(run->sketches.text_bytes[0] == 152, "%" PRIu64 " bytes of text",
          run->sketches.text_bytes[0]);
    CHECK(syndic_hash128_equal(run->sketches.exact[0], run->sketches.exact[1]) &&
              syndic_hash128_equal(run->sketches.exact[5], run->sketches.exact[6]) &&
              !syndic_hash128_equal(run->sketches.exact[0], run->sketches.exact[2]),
          "other exact hashes");
}

/* XXH3-128 of the normalised text, by xxhsum: half of what the file says about it. */
static void check_exact(const struct syndic_run *run)
{
    static const char six[] =
        "a stranger won the chess tournament in the capital and nobody had heard of him before";

    CHECK(syndic_hash128_equal(run->sketches.exact[5], syndic_hash128(six, sizeof(six) - 1)),
          "another exact hash of document 5");
}

static void check_values(const struct syndic_run *run)
{
    const struct syndic_rank_value *const value = run->documents.value;

    CHECK(value && value[0].kind == SYNDIC_RANK_NUMBER && value[0].number == 20260102 &&
              value[1].number == 20260301.5 && value[5].number == -1,
          "other numbers to keep by");
    CHECK(value[2].kind == SYNDIC_RANK_STRING && !strcmp(value[2].text, "later"),
          "another text to keep by");
    CHECK(value[3].kind == SYNDIC_RANK_NONE && value[6].kind == SYNDIC_RANK_NONE,
          "a value that was not there");
}

static void check_near(const struct loaded *loaded)
{
    const struct syndic_run *const run = &loaded->run;
    const struct syndic_options *const job = &loaded->options.job;
    const size_t stride = run->sketches.slot_stride;

    CHECK(job->by == SYNDIC_BY_NEAR && job->threshold == 0.7 && job->signature_slots == 20 &&
              job->keep == SYNDIC_KEEP_MAX && !strcmp(loaded->options.read.rank_field, "date") &&
              run->plan->bands == 6 && run->plan->rows == 3,
          "other options");
    check_sources(run);
    check_documents(run);
    check_exact(run);
    check_values(run);
    CHECK(!memcmp(run->sketches.key, run->sketches.key + 6, 6 * sizeof(uint32_t)) &&
              memcmp(run->sketches.key, run->sketches.key + 12, 6 * sizeof(uint32_t)) != 0,
          "other band keys");
    CHECK(!memcmp(run->sketches.slot, run->sketches.slot + stride, stride) &&
              !run->sketches.slot[stride - 1],
          "other slots");
}

static void check_simhash(const struct loaded *loaded)
{
    const struct syndic_run *const run = &loaded->run;

    CHECK(loaded->options.job.by == SYNDIC_BY_SIMHASH && !run->documents.value, "other options");
    check_sources(run);
    check_documents(run);
    check_exact(run);
    CHECK(run->sketches.simhash[0] == run->sketches.simhash[1] &&
              run->sketches.simhash[0] != run->sketches.simhash[2],
          "other SimHashes");
}

static void check_packed(const struct loaded *loaded)
{
    const struct syndic_run *const run = &loaded->run;
    char id[32];

    CHECK(loaded->options.job.by == SYNDIC_BY_EXACT && run->documents.count == 150,
          "other options");
    for (size_t i = 0; i < 150; i++) {
        snprintf(id, sizeof(id), "document-%zu", i * 7 % 150);
        CHECK(!strcmp(run->documents.id[i], id) && run->documents.line[i] == i + 1,
              "document %zu: another id or line", i);
        CHECK(syndic_hash128_equal(run->sketches.exact[i], run->sketches.exact[i % 100]),
              "document %zu: another hash", i);
    }
}

/* ---- again, and changed ---- */

static void check_again(const struct loaded *loaded, const char *name, const struct bytes *golden)
{
    char path[32];
    struct syndic_output output;
    struct syndic_error error = {.status = SYNDIC_OK};
    const int fd = open_scratch(path, sizeof(path));

    CHECK(!syndic_output_open(&output, &memory, fd, path), "cannot open %s", path);
    CHECK(!syndic_sketch_write(&loaded->run, &loaded->options, &output, &error) &&
              !syndic_output_flush(&output, &error),
          "%s: %s", name, error.message);
    syndic_output_close(&output);
    const struct bytes again = load(path);
    CHECK(again.n == golden->n && !memcmp(again.at, golden->at, golden->n),
          "%s: written again it is another file (%zu bytes, not %zu)", name, again.n, golden->n);
    free(again.at);
    close(fd);
}

static void expect_refusal(const char *path, const char *name, const char *what, size_t at)
{
    struct loaded loaded;
    struct syndic_error error = {.status = SYNDIC_OK};
    const enum syndic_status status = load_run(path, &loaded, &error);

    CHECK(status == SYNDIC_FORMAT, "%s, %s %zu: not refused, but %s", name, what, at,
          syndic_status_text(status));
    CHECK(!strcmp(error.path, path) && *error.message, "%s, %s %zu: refused without a reason", name,
          what, at);
    unload(&loaded);
}

static void check_changed(const char *name, const struct bytes *golden, size_t step)
{
    static const uint8_t flips[] = {0x01, 0x80, 0xff};
    char path[32];
    const int fd = open_scratch(path, sizeof(path));

    for (size_t at = 0; at < golden->n; at += step) {
        for (size_t f = 0; f < sizeof(flips); f++) {
            golden->at[at] ^= flips[f];
            store(fd, golden->at, golden->n);
            golden->at[at] ^= flips[f];
            expect_refusal(path, name, "byte", at);
        }
        store(fd, golden->at, at);
        expect_refusal(path, name, "cut off after byte", at);
    }
    close(fd);
}

static void check_file(const char *name, void (*check)(const struct loaded *loaded), bool same,
                       size_t step)
{
    char path[4096];
    struct loaded loaded;
    struct syndic_error error = {.status = SYNDIC_OK};

    snprintf(path, sizeof(path), "%s%s", GOLDEN, name);
    const struct bytes golden = load(path);
    CHECK(!load_run(path, &loaded, &error), "%s: %s", name, error.message);
    check(&loaded);
    if (same)
        check_again(&loaded, name, &golden);
    unload(&loaded);
    check_changed(name, &golden, step);
    printf("check_sketch_file: %s ok\n", name);
    free(golden.at);
}

int main(int argc, char **argv)
{
    const size_t step = argc > 1 && !strcmp(argv[1], "quick") ? 97 : 1;

    syndic_memory_init(&memory, NULL, 0);
    check_file("near-1.syn", check_near, true, step);
    check_file("simhash-1.syn", check_simhash, true, step);
    check_file("exact-1.syn", check_packed, false, step);
    return 0;
}
