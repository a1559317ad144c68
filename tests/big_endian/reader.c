/* SPDX-License-Identifier: Apache-2.0 */
/* reader.c - stands in for the read stage, whose libraries are not at hand for every CPU: sources
 * of sketch files in; the same out. */
#include "read/read.h"

struct syndic_reader {
    struct syndic_memory *memory;
    struct syndic_read_options options;
};

enum syndic_status syndic_reader_open(struct syndic_memory *memory,
                                      const struct syndic_read_options *options,
                                      struct syndic_reader **reader, struct syndic_error *error)
{
    struct syndic_reader *const made = syndic_allocate(memory, 1, sizeof(*made));

    (void)error;
    if (!made)
        return SYNDIC_NO_MEMORY;
    *made = (struct syndic_reader){memory, *options};
    *reader = made;
    return SYNDIC_OK;
}

void syndic_reader_close(struct syndic_reader *reader)
{
    if (reader)
        syndic_release(reader->memory, reader);
}

size_t syndic_reader_source_count(const struct syndic_reader *reader)
{
    return reader->options.known_count;
}

const struct syndic_source *syndic_reader_source(const struct syndic_reader *reader, size_t source)
{
    return &reader->options.known[source].source;
}

const struct syndic_problem *syndic_reader_problems(const struct syndic_reader *reader,
                                                    size_t *count)
{
    (void)reader;
    *count = 0;
    return NULL;
}

enum syndic_status syndic_reader_add_problem(struct syndic_reader *reader,
                                             const struct syndic_problem *problem)
{
    (void)reader;
    (void)problem;
    return SYNDIC_OK;
}
