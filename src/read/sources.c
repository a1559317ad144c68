/* SPDX-License-Identifier: Apache-2.0 */
/* sources.c - the paths that were given in; the files to read out, in order: arguments as given,
 * below a directory sorted by the bytes of the relative path.  Whatever cannot be read, or would be
 * read twice without having been asked for twice, becomes a problem. */
#define _GNU_SOURCE
#include "base/error.h"
#include "read/reader.h"
#include "read/spool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ACCEPTED ".jsonl, .ndjson, .txt, .warc or .wet, each also with .gz or .zst"

/* ---- problems ---- */

bool syndic_sources_problem(struct syndic_reader *reader, const char *path, const char *format, ...)
{
    struct syndic_error *const first = &reader->first_error;
    char what[120];
    va_list arguments;

    if (!syndic_reserve(reader->memory, (void **)&reader->problems, &reader->problem_capacity,
                        reader->problem_count + 1, sizeof(*reader->problems)))
        return false;
    va_start(arguments, format);
    vsnprintf(what, sizeof(what), format, arguments);
    va_end(arguments);

    struct syndic_problem *const problem = &reader->problems[reader->problem_count++];
    *problem = (struct syndic_problem){.source = UINT32_MAX, .byte = UINT64_MAX};
    const size_t room = sizeof(problem->message) - strlen(what) - 3; /* ": " and NUL */
    const size_t length = strlen(path);
    const bool fits = length <= room; /* else the end of the path tells more than its beginning */
    snprintf(problem->message, sizeof(problem->message), "%s%s: %.119s", fits ? "" : "...",
             fits ? path : path + length - room + 3, what);
    if (!first->status) {
        *first = (struct syndic_error){.status = SYNDIC_IO, .byte = UINT64_MAX};
        snprintf(first->path, sizeof(first->path), "%s", path);
        snprintf(first->message, sizeof(first->message), "%s", what);
    }
    return true;
}

static enum syndic_status problem_or_memory(bool noted)
{
    return noted ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

static enum syndic_status cannot_open(struct syndic_reader *reader, const char *path)
{
    char words[64];

    syndic_errno_words(errno, words, sizeof(words));
    return problem_or_memory(syndic_sources_problem(reader, path, "cannot open: %s", words));
}

/* ---- one file ---- */

static bool ends_in(const char *name, size_t length, const char *suffix)
{
    const size_t suffix_bytes = strlen(suffix);

    return length > suffix_bytes && !memcmp(name + length - suffix_bytes, suffix, suffix_bytes);
}

static const char *base_name(const char *path)
{
    const char *const slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* What the name of a file promises; false: nothing that we read. */
static bool format_of(const char *path, struct syndic_source *source)
{
    const char *const name = base_name(path);
    size_t length = strlen(name);

    source->compression = SYNDIC_PLAIN;
    if (ends_in(name, length, ".gz")) {
        source->compression = SYNDIC_GZIP;
        length -= strlen(".gz");
    } else if (ends_in(name, length, ".zst")) {
        source->compression = SYNDIC_ZSTD;
        length -= strlen(".zst");
    }
    source->format = SYNDIC_FORMAT_JSONL;
    if (ends_in(name, length, ".jsonl") || ends_in(name, length, ".ndjson"))
        return true;
    source->format = SYNDIC_FORMAT_WARC;
    if (ends_in(name, length, ".warc") || ends_in(name, length, ".wet"))
        return true;
    source->format = SYNDIC_FORMAT_TXT;
    return ends_in(name, length, ".txt");
}

static enum syndic_status add_input(struct syndic_reader *reader, const char *path,
                                    const char *name, struct syndic_input input)
{
    if (reader->input_count >= UINT32_MAX - 1)
        return SYNDIC_LIMIT;
    input.fd = -1;
    input.source.path = syndic_arena_copy(&reader->strings, path, strlen(path));
    input.source.name = syndic_arena_copy(&reader->strings, name, strlen(name));
    if (!input.source.path || !input.source.name ||
        !syndic_reserve(reader->memory, (void **)&reader->inputs, &reader->input_capacity,
                        reader->input_count + 1, sizeof(*reader->inputs)))
        return SYNDIC_NO_MEMORY;
    reader->inputs[reader->input_count++] = input;
    return SYNDIC_OK;
}

/* A file whose name is good; `status` is its own. */
static enum syndic_status add_file(struct syndic_reader *reader, const char *path, const char *name,
                                   const struct stat *status, bool explicitly)
{
    struct syndic_input input = {.explicitly = explicitly,
                                 .device = (uint64_t)status->st_dev,
                                 .inode = (uint64_t)status->st_ino};

    if (!S_ISREG(status->st_mode))
        return problem_or_memory(
            syndic_sources_problem(reader, path, "not a regular file%s",
                                   explicitly ? "; standard input is read with -" : ""));
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot_open(reader, path);
    close(fd);
    format_of(path, &input.source);
    input.source.file_bytes = (uint64_t)status->st_size;
    return add_input(reader, path, name, input);
}

/* ---- directories ---- */

/* The directories on the way from the argument to here. */
struct above {
    const struct above *next;
    dev_t device;
    ino_t inode;
};

struct names {
    char **items;
    size_t count, capacity;
};

static enum syndic_status list(struct syndic_reader *reader, DIR *directory, struct names *names)
{
    const struct dirent *entry;

    while (errno = 0, (entry = readdir(directory))) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        char *const copy =
            syndic_arena_copy(&reader->strings, entry->d_name, strlen(entry->d_name));
        if (!copy || !syndic_reserve(reader->memory, (void **)&names->items, &names->capacity,
                                     names->count + 1, sizeof(*names->items)))
            return SYNDIC_NO_MEMORY;
        names->items[names->count++] = copy;
    }
    return errno ? SYNDIC_IO : SYNDIC_OK;
}

static enum syndic_status walk(struct syndic_reader *reader, const char *path,
                               size_t argument_bytes, const struct stat *status,
                               const struct above *above);

/* Something found in a directory; its name starts argument_bytes into the path. */
static enum syndic_status visit(struct syndic_reader *reader, const char *path,
                                size_t argument_bytes, const struct above *above)
{
    struct syndic_source promised;
    struct stat status;

    if (stat(path, &status)) {
        const int number = errno;
        if (!lstat(path, &status) && S_ISLNK(status.st_mode) && number == ENOENT)
            return problem_or_memory(
                syndic_sources_problem(reader, path, "symbolic link leads nowhere"));
        errno = number;
        return cannot_open(reader, path);
    }
    if (S_ISDIR(status.st_mode))
        return walk(reader, path, argument_bytes, &status, above);
    if (!format_of(path, &promised)) {
        reader->left_out_count++;
        return SYNDIC_OK;
    }
    return add_file(reader, path, path + argument_bytes, &status, false);
}

static int by_bytes(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* All names are read and the directory closed before going deeper, so that depth costs no open
 * files. */
static enum syndic_status walk(struct syndic_reader *reader, const char *path,
                               size_t argument_bytes, const struct stat *status,
                               const struct above *above)
{
    const struct above here = {above, status->st_dev, status->st_ino};
    struct names names = {NULL, 0, 0};

    for (const struct above *up = above; up; up = up->next)
        if (up->device == here.device && up->inode == here.inode)
            return problem_or_memory(syndic_sources_problem(
                reader, path, "symbolic link leads back to a directory above it"));
    DIR *const directory = opendir(path);
    if (!directory)
        return cannot_open(reader, path);
    enum syndic_status result = list(reader, directory, &names);
    const int number = errno;
    closedir(directory);
    if (result == SYNDIC_IO) { /* the names that came before are read */
        errno = number;
        result = cannot_open(reader, path);
    }
    if (names.count) /* so that problems too come in an order that does not depend on the disk */
        qsort(names.items, names.count, sizeof(*names.items), by_bytes);
    for (size_t i = 0; !result && i < names.count; i++) {
        const size_t path_bytes = strlen(path), name_bytes = strlen(names.items[i]);
        char *const below = syndic_allocate(reader->memory, path_bytes + name_bytes + 2, 1);
        if (!below) {
            result = SYNDIC_NO_MEMORY;
            break;
        }
        snprintf(below, path_bytes + name_bytes + 2, "%s%s%s", path,
                 path[path_bytes - 1] == '/' ? "" : "/", names.items[i]);
        result = visit(reader, below, argument_bytes, &here);
        syndic_release(reader->memory, below);
    }
    syndic_release(reader->memory, names.items);
    return result;
}

static int by_name(const void *left, const void *right)
{
    const struct syndic_input *const a = left, *const b = right;

    return strcmp(a->source.name, b->source.name);
}

static enum syndic_status add_directory(struct syndic_reader *reader, const char *path,
                                        const struct stat *status)
{
    const size_t first = reader->input_count, path_bytes = strlen(path);
    const enum syndic_status result =
        walk(reader, path, path_bytes + (path[path_bytes - 1] != '/'), status, NULL);

    if (!result && reader->input_count > first)
        qsort(reader->inputs + first, reader->input_count - first, sizeof(*reader->inputs),
              by_name);
    return result;
}

/* ---- arguments ---- */

static enum syndic_status add_stdin(struct syndic_reader *reader)
{
    static const char *const names[] = {[SYNDIC_FORMAT_JSONL] = "stdin.jsonl",
                                        [SYNDIC_FORMAT_TXT] = "stdin.txt",
                                        [SYNDIC_FORMAT_WARC] = "stdin.warc"};
    struct syndic_input input = {.standard = true, .explicitly = true};

    for (size_t i = 0; i < reader->input_count; i++)
        if (reader->inputs[i].standard)
            return problem_or_memory(
                syndic_sources_problem(reader, "-", "standard input can be read only once"));
    input.source.format = reader->options.input_format;
    return add_input(reader, "-", names[reader->options.input_format], input);
}

static enum syndic_status add_argument(struct syndic_reader *reader, const char *path)
{
    struct syndic_source promised;
    struct stat status;

    if (!strcmp(path, "-"))
        return add_stdin(reader);
    if (stat(path, &status))
        return cannot_open(reader, path);
    if (S_ISDIR(status.st_mode))
        return add_directory(reader, path, &status);
    if (!format_of(path, &promised))
        return problem_or_memory(
            syndic_sources_problem(reader, path, "unknown type; names must end in " ACCEPTED));
    return add_file(reader, path, base_name(path), &status, true);
}

/* ---- the same file met twice ---- */

struct identity {
    uint64_t device, inode;
    size_t input;
};

static int by_identity(const void *left, const void *right)
{
    const struct identity *const a = left, *const b = right;

    if (a->device != b->device)
        return a->device < b->device ? -1 : 1;
    if (a->inode != b->inode)
        return a->inode < b->inode ? -1 : 1;
    return (a->input > b->input) - (a->input < b->input);
}

/* Sorted identities of all inputs in; for each input that is a repeat, the input that it repeats
 * out (others keep NO_INPUT).  The first of the same file stays, and others that were named when
 * the first was named too. */
#define NO_INPUT SIZE_MAX

static void find_repeats(const struct syndic_reader *reader, const struct identity *sorted,
                         size_t *repeats)
{
    size_t first = 0;

    for (size_t i = 0; i < reader->input_count; i++) {
        const struct identity *const one = &sorted[i];
        if (one->device != sorted[first].device || one->inode != sorted[first].inode)
            first = i;
        const struct syndic_input *const input = &reader->inputs[one->input];
        const struct syndic_input *const kept = &reader->inputs[sorted[first].input];
        const bool stays = first == i || (input->explicitly && kept->explicitly);
        repeats[one->input] = stays ? NO_INPUT : sorted[first].input;
    }
}

static enum syndic_status drop(struct syndic_reader *reader, const size_t *repeats)
{
    const size_t count = reader->input_count;

    for (size_t i = 0; i < count; i++)
        if (repeats[i] != NO_INPUT &&
            !syndic_sources_problem(reader, reader->inputs[i].source.path,
                                    "the same file as %.70s, which is read already",
                                    reader->inputs[repeats[i]].source.path))
            return SYNDIC_NO_MEMORY;
    reader->input_count = 0;
    for (size_t i = 0; i < count; i++)
        if (repeats[i] == NO_INPUT)
            reader->inputs[reader->input_count++] = reader->inputs[i];
    return SYNDIC_OK;
}

static enum syndic_status drop_repeats(struct syndic_reader *reader)
{
    const size_t count = reader->input_count;
    struct identity *const sorted = syndic_allocate(reader->memory, count, sizeof(*sorted));
    size_t *const repeats = syndic_allocate(reader->memory, count, sizeof(*repeats));
    enum syndic_status status = sorted && repeats ? SYNDIC_OK : SYNDIC_NO_MEMORY;

    /* Standard input is no file: device 0, inode 0, and there only once. */
    for (size_t i = 0; !status && i < count; i++)
        sorted[i] = (struct identity){reader->inputs[i].device, reader->inputs[i].inode, i};
    if (!status && count) {
        qsort(sorted, count, sizeof(*sorted), by_identity);
        find_repeats(reader, sorted, repeats);
        status = drop(reader, repeats);
    }
    syndic_release(reader->memory, repeats);
    syndic_release(reader->memory, sorted);
    return status;
}

enum syndic_status syndic_sources_find(struct syndic_reader *reader)
{
    enum syndic_status status = SYNDIC_OK;

    for (size_t i = 0; !status && i < reader->options.path_count; i++)
        status = add_argument(reader, reader->options.paths[i]);
    return status ? status : drop_repeats(reader);
}
