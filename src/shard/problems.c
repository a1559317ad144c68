/* SPDX-License-Identifier: Apache-2.0 */
/* problems.c - what was skipped when an open sketch file was made, in; the same for a run, out. */
#include "base/error.h"
#include "shard/shards.h"

#include <string.h>

static enum syndic_status read_problem(struct syndic_section_reader *reader,
                                       struct syndic_arena *strings,
                                       const struct syndic_file_sources *sources,
                                       struct syndic_problem *problem, struct syndic_error *error)
{
    const char *message = NULL;

    *problem = (struct syndic_problem){0};
    enum syndic_status status = syndic_section_u32(reader, &problem->source, error);
    if (!status)
        status = syndic_section_u64(reader, &problem->line, error);
    if (!status)
        status = syndic_section_u64(reader, &problem->byte, error);
    if (!status)
        status = syndic_section_u64(reader, &problem->offset, error);
    if (!status)
        status = syndic_section_u64(reader, &problem->bytes, error);
    if (!status)
        status = syndic_section_text(reader, strings, &message, error);
    if (status)
        return status;
    if ((problem->source != UINT32_MAX && problem->source >= sources->count) ||
        strlen(message) >= sizeof(problem->message))
        return syndic_section_refuse(reader, error, "a problem of no source");
    memcpy(problem->message, message, strlen(message) + 1);
    return SYNDIC_OK;
}

static enum syndic_status keep_problem(struct syndic_run *run,
                                       const struct syndic_file_sources *sources,
                                       struct syndic_problem *problem, size_t *capacity,
                                       struct syndic_error *error)
{
    if (problem->source == UINT32_MAX)
        return syndic_reader_add_problem(run->reader, problem) ? syndic_fail_memory(error)
                                                               : SYNDIC_OK;
    if (!syndic_reserve(run->memory, (void **)&run->problems, capacity, run->problem_count + 1,
                        sizeof(*run->problems)))
        return syndic_fail_memory(error);
    problem->source += (uint32_t)sources->first;
    run->problems[run->problem_count++] = *problem;
    return SYNDIC_OK;
}

enum syndic_status syndic_problems_read(const struct syndic_container *container,
                                        const struct syndic_file_sources *sources,
                                        struct syndic_run *run, size_t *capacity,
                                        struct syndic_error *error)
{
    struct syndic_section_reader *reader = NULL;
    struct syndic_problem problem;
    struct syndic_arena strings;
    enum syndic_status status = syndic_section_open(container, "problems", &reader, error);

    syndic_arena_init(&strings, run->memory);
    while (!status && syndic_section_left(reader)) {
        status = read_problem(reader, &strings, sources, &problem, error);
        if (!status)
            status = keep_problem(run, sources, &problem, capacity, error);
        syndic_arena_clear(&strings);
    }
    if (!status)
        status = syndic_section_finish(reader, error);
    syndic_section_close(reader);
    syndic_arena_clear(&strings);
    return status;
}
