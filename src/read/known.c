/* SPDX-License-Identifier: Apache-2.0 */
/* known.c - sources of an earlier pass in; a reader that can fetch their texts again, out.  Other
 * machines have other clocks and paths, so a file is the same one when it is as large as it was;
 * whoever fetches a text compares what it says. */
#define _GNU_SOURCE
#include "base/error.h"
#include "read/reader.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum syndic_status syndic_sources_take_known(struct syndic_reader *reader)
{
    const size_t count = reader->options.known_count;

    if (count >= UINT32_MAX - 1)
        return SYNDIC_LIMIT;
    reader->inputs = syndic_allocate_zeroed(reader->memory, count, sizeof(*reader->inputs));
    if (!reader->inputs)
        return SYNDIC_NO_MEMORY;
    reader->input_capacity = count;
    for (size_t i = 0; i < count; i++)
        reader->inputs[i] = (struct syndic_input){
            .source = reader->options.known[i].source,
            .standard = reader->options.known[i].standard,
            .explicitly = true,
            .fd = -1,
        };
    reader->input_count = count;
    return SYNDIC_OK;
}

enum syndic_status syndic_reader_add_problem(struct syndic_reader *reader,
                                             const struct syndic_problem *problem)
{
    if (!syndic_reserve(reader->memory, (void **)&reader->problems, &reader->problem_capacity,
                        reader->problem_count + 1, sizeof(*reader->problems)))
        return SYNDIC_NO_MEMORY;
    reader->problems[reader->problem_count++] = *problem;
    return SYNDIC_OK;
}

/* Open the file at `path` (NULL: at its own) to see whether it is as large as it was; from then on
 * it has to stay as it is. */
static enum syndic_status try_path(struct syndic_input *input, const char *path, uint64_t expected,
                                   struct syndic_damage *damage)
{
    int fd = -1;

    input->known = false;
    input->found = path;
    const enum syndic_status status = syndic_input_open_file(input, &fd, damage);
    if (status)
        return status;
    close(fd);
    input->source.file_bytes = expected; /* opening it has set what is there now */
    if (input->known_bytes == expected)
        return SYNDIC_OK;
    snprintf(damage->message, sizeof(damage->message),
             "is not the file that was sketched: %" PRIu64 " bytes, not %" PRIu64,
             input->known_bytes, expected);
    return SYNDIC_FORMAT;
}

static char *join(struct syndic_arena *strings, const char *folder, const char *path)
{
    char joined[4096];
    const int n = snprintf(joined, sizeof(joined), "%s/%s", folder, path);

    return syndic_arena_copy(strings, joined,
                             n < 0                        ? 0
                             : (size_t)n < sizeof(joined) ? (size_t)n
                                                          : sizeof(joined) - 1);
}

/* The path first, then below the folder; what is said is about a file that is there rather than one
 * that is not. */
static enum syndic_status locate(struct syndic_reader *reader, uint32_t source,
                                 struct syndic_error *error)
{
    const struct syndic_known_source *const known = &reader->options.known[source];
    struct syndic_input *const input = &reader->inputs[source];
    const uint64_t expected = known->source.file_bytes;
    struct syndic_damage damage, other;

    if (input->standard)
        return syndic_fail_at(error, SYNDIC_IO, input->source.path, 0, SYNDIC_NO_BYTE,
                              "was standard input, which cannot be read again");
    enum syndic_status status = try_path(input, NULL, expected, &damage);
    if (status && known->folder && *input->source.path != '/') {
        char *const below = join(&reader->strings, known->folder, input->source.path);
        if (!below)
            return syndic_fail_memory(error);
        const enum syndic_status again = try_path(input, below, expected, &other);
        if (!again || (again == SYNDIC_FORMAT && status != SYNDIC_FORMAT)) {
            status = again;
            damage = other;
        }
    }
    return status ? syndic_fail_at(error, SYNDIC_IO, input->source.path, 0, SYNDIC_NO_BYTE, "%s",
                                   damage.message)
                  : SYNDIC_OK;
}

enum syndic_status syndic_reader_locate(struct syndic_reader *reader,
                                        const struct syndic_place *places, const uint8_t *wanted,
                                        size_t count, struct syndic_error *error)
{
    enum syndic_status status = SYNDIC_OK;
    uint32_t located = UINT32_MAX;

    for (size_t i = 0; i < count && !status; i++) {
        if (!wanted[i] || places[i].source == located)
            continue;
        located = places[i].source;
        status = locate(reader, located, error);
    }
    return status;
}
