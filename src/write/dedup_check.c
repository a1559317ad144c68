/* SPDX-License-Identifier: Apache-2.0 */
/* dedup_check.c - inputs and an output folder in; whether one may be written to the other, out. */
#define _GNU_SOURCE
#include "base/error.h"
#include "write/dedup.h"

#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_BYTES_MAX 4096

enum syndic_compression syndic_output_compression(const struct syndic_source *source,
                                                  enum syndic_recompress compress)
{
    switch (compress) {
    case SYNDIC_RECOMPRESS_NONE:
        return SYNDIC_PLAIN;
    case SYNDIC_RECOMPRESS_GZIP:
        return SYNDIC_GZIP;
    case SYNDIC_RECOMPRESS_ZSTD:
        return SYNDIC_ZSTD;
    default:
        return source->compression;
    }
}

static const char *ending(enum syndic_compression compression)
{
    return compression == SYNDIC_GZIP ? ".gz" : compression == SYNDIC_ZSTD ? ".zst" : "";
}

bool syndic_output_name(const struct syndic_source *source, enum syndic_recompress compress,
                        char *room, size_t room_bytes)
{
    const enum syndic_compression to = syndic_output_compression(source, compress);
    const char *const old = ending(source->compression);
    size_t n = strlen(source->name);

    if (to != source->compression && n > strlen(old) &&
        !strcmp(source->name + n - strlen(old), old))
        n -= strlen(old);
    const char *const added = to == source->compression ? "" : ending(to);
    const int length = snprintf(room, room_bytes, "%.*s%s", (int)n, source->name, added);
    return length >= 0 && (size_t)length < room_bytes;
}

/* One output and the input that it comes from. */
struct output {
    char *name;
    const struct syndic_source *source;
};

struct inode {
    dev_t device;
    ino_t file;
};

struct outputs {
    struct output *item;
    size_t count;
    struct syndic_arena strings;
};

static enum syndic_status refuse(const struct syndic_source *source, struct syndic_error *error,
                                 const char *format, const char *text)
{
    return syndic_fail_at(error, SYNDIC_INVALID_ARGUMENT, source->path, 0, SYNDIC_NO_BYTE, format,
                          text);
}

static bool is_ours(const char *name)
{
    return !strcmp(name, SYNDIC_REMOVED_NAME) || !strcmp(name, SYNDIC_SKIPPED_NAME) ||
           !strcmp(name, SYNDIC_SUMMARY_NAME) || !strcmp(name, SYNDIC_CUT_NAME) ||
           !strcmp(name, SYNDIC_PASSAGES_NAME);
}

static enum syndic_status list_outputs(const struct syndic_reader *reader,
                                       enum syndic_recompress compress, struct outputs *outputs,
                                       struct syndic_error *error)
{
    char name[NAME_BYTES_MAX];

    for (size_t i = 0; i < syndic_reader_source_count(reader); i++) {
        const struct syndic_source *const source = syndic_reader_source(reader, i);
        if (!syndic_output_name(source, compress, name, sizeof(name)) ||
            !syndic_folder_name_is_safe(name))
            return refuse(source, error, "cannot be written below a folder as '%.100s'",
                          source->name);
        if (is_ours(name))
            return refuse(source, error, "has the name of our own file '%s'; rename it", name);
        char *const copy = syndic_arena_copy(&outputs->strings, name, strlen(name));
        if (!copy)
            return syndic_fail_memory(error);
        outputs->item[outputs->count++] = (struct output){copy, source};
    }
    return SYNDIC_OK;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(((const struct output *)left)->name, ((const struct output *)right)->name);
}

static size_t folder_length(const char *path)
{
    const char *const slash = strrchr(path, '/');

    return slash ? (size_t)(slash - path) : 0;
}

/* How two inputs with one output name can be kept apart. */
static const char *remedy(const char *a, const char *b, enum syndic_recompress compress)
{
    const size_t n = folder_length(a);
    struct stat info, other;

    if (!stat(a, &info) && !stat(b, &other) && info.st_dev == other.st_dev &&
        info.st_ino == other.st_ino)
        return "name it once";
    if (n == folder_length(b) && !strncmp(a, b, n)) /* told apart by .gz or .zst only, or stdin */
        return compress == SYNDIC_RECOMPRESS_SAME ? "rename one" : "leave --compress away";
    return "name their common parent folder instead";
}

static enum syndic_status check_names(struct outputs *outputs, enum syndic_recompress compress,
                                      struct syndic_error *error)
{
    qsort(outputs->item, outputs->count, sizeof(*outputs->item), by_name);
    for (size_t i = 1; i < outputs->count; i++) {
        const struct output *const a = &outputs->item[i - 1], *const b = &outputs->item[i];
        if (!strcmp(a->name, b->name))
            return syndic_fail(error, SYNDIC_INVALID_ARGUMENT,
                               "inputs '%.60s' and '%.60s' would both be written as '%.40s'; %s",
                               a->source->path, b->source->path, a->name,
                               remedy(a->source->path, b->source->path, compress));
    }
    return SYNDIC_OK;
}

/* Does the folder, as the file system knows it, hold the source? */
static bool holds(const char *folder, const char *path)
{
    char *const inner = realpath(path, NULL);
    const size_t n = strlen(folder);
    const bool below = inner && !strncmp(inner, folder, n) &&
                       (inner[n] == '/' || inner[n] == '\0' || (n && folder[n - 1] == '/'));

    free(inner);
    return below;
}

static int by_inode(const void *left, const void *right)
{
    const struct inode *const a = left, *const b = right;

    if (a->file != b->file)
        return a->file < b->file ? -1 : 1;
    return (a->device > b->device) - (a->device < b->device);
}

/* The inputs as the file system knows them, sorted. */
static size_t list_inodes(const struct outputs *outputs, struct inode *inodes)
{
    struct stat info;
    size_t n = 0;

    for (size_t i = 0; i < outputs->count; i++)
        if (!stat(outputs->item[i].source->path, &info))
            inodes[n++] = (struct inode){info.st_dev, info.st_ino};
    qsort(inodes, n, sizeof(*inodes), by_inode);
    return n;
}

static enum syndic_status check_places(const struct outputs *outputs, const char *folder,
                                       struct inode *inodes, struct syndic_error *error)
{
    char path[NAME_BYTES_MAX * 2];
    struct stat info;
    const size_t inode_count = list_inodes(outputs, inodes);

    for (size_t i = 0; i < outputs->count; i++) {
        const struct output *const output = &outputs->item[i];
        if (holds(folder, output->source->path))
            return refuse(output->source, error, "is an input inside the output folder '%.120s'",
                          folder);
        snprintf(path, sizeof(path), "%.4095s/%s", folder, output->name);
        if (stat(path, &info))
            continue;
        const struct inode target = {info.st_dev, info.st_ino};
        if (bsearch(&target, inodes, inode_count, sizeof(target), by_inode))
            return refuse(output->source, error, "its output would overwrite an input at '%.120s'",
                          path);
    }
    return SYNDIC_OK;
}

/* The folder is there already: nothing in it may be an input. */
static enum syndic_status check_existing(struct syndic_memory *memory,
                                         const struct outputs *outputs, const char *path,
                                         struct syndic_error *error)
{
    char *const folder = realpath(path, NULL);
    struct inode *const inodes = syndic_allocate(memory, outputs->count, sizeof(*inodes));
    enum syndic_status status = SYNDIC_OK;

    if (!inodes)
        status = syndic_fail_memory(error);
    else if (folder)
        status = check_places(outputs, folder, inodes, error);
    syndic_release(memory, inodes);
    free(folder);
    return status;
}

/* The folder that the output folder is or will be in, as the file system knows it; the caller
 * frees it.  NULL: it is not there. */
static char *real_parent(const char *folder)
{
    char path[NAME_BYTES_MAX];
    size_t n = strlen(folder);

    while (n > 1 && folder[n - 1] == '/')
        n--;
    while (n && folder[n - 1] != '/')
        n--;
    snprintf(path, sizeof(path), "%.*s", n ? (int)n : 1, n ? folder : ".");
    return realpath(path, NULL);
}

/* What is written below an input folder is read as input the next time. */
static enum syndic_status check_input_folders(const struct syndic_dedup_options *options,
                                              struct syndic_error *error)
{
    const struct syndic_read_options *const read = &options->run->read;
    char *const parent = real_parent(options->folder);
    enum syndic_status status = SYNDIC_OK;

    for (size_t i = 0; parent && !status && i < read->path_count; i++) {
        char *const input = realpath(read->paths[i], NULL);
        struct stat info;
        if (input && !stat(input, &info) && S_ISDIR(info.st_mode) && holds(input, parent))
            status =
                syndic_fail_at(error, SYNDIC_INVALID_ARGUMENT, options->folder, 0, SYNDIC_NO_BYTE,
                               "is inside the input folder '%.80s', and what is written there "
                               "would be read as input the next time; choose another place",
                               read->paths[i]);
        free(input);
    }
    free(parent);
    return status;
}

/* The folder that OUTDIR will appear in must be there: better said before the work than after. */
static enum syndic_status check_parent(const char *folder, struct syndic_error *error)
{
    char parent[PATH_MAX];
    struct stat info;

    if (snprintf(parent, sizeof(parent), "%s", folder) >= (int)sizeof(parent))
        return SYNDIC_OK; /* creating it will tell */
    if (stat(dirname(parent), &info))
        return syndic_fail_errno(error, folder, "create");
    return SYNDIC_OK;
}

enum syndic_status syndic_dedup_check(struct syndic_memory *memory,
                                      const struct syndic_reader *reader,
                                      const struct syndic_dedup_options *options,
                                      struct syndic_error *error)
{
    struct outputs outputs = {0};
    struct stat info;
    enum syndic_status status = check_parent(options->folder, error);

    if (!status)
        status = check_input_folders(options, error);
    if (status)
        return status;
    if (!options->force && !lstat(options->folder, &info))
        return syndic_fail_at(error, SYNDIC_EXISTS, options->folder, 0, SYNDIC_NO_BYTE,
                              "is there already; --force writes into it");
    syndic_arena_init(&outputs.strings, memory);
    outputs.item =
        syndic_allocate(memory, syndic_reader_source_count(reader), sizeof(*outputs.item));
    if (!outputs.item)
        return syndic_fail_memory(error);
    status = list_outputs(reader, options->compress, &outputs, error);
    if (!status)
        status = check_names(&outputs, options->compress, error);
    if (!status)
        status = check_existing(memory, &outputs, options->folder, error);
    syndic_release(memory, outputs.item);
    syndic_arena_clear(&outputs.strings);
    return status;
}
