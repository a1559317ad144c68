/* SPDX-License-Identifier: Apache-2.0 */
/* inspect.c - the command: sketch files in; what is in them, and whether every checksum is right,
 * out. */
#include "base/error.h"
#include "cli/messages.h"
#include "cli/result.h"
#include "shard/shards.h"
#include "write/json_text.h"

#include <inttypes.h>
#include <stdio.h>

#define SOURCES_SHOWN 20 /* of a file, for people */

/* One file as far as it could be read. */
struct inspection {
    struct syndic_container container;
    struct syndic_arena strings;
    struct syndic_parameters parameters;
    struct syndic_source_list sources;
    bool good[SYNDIC_CONTAINER_SECTIONS_MAX]; /* by section: its checksum */
    enum syndic_status status;                /* the first failure, and why */
    struct syndic_error error;
};

static void note(struct inspection *inspection, enum syndic_status status,
                 const struct syndic_error *error)
{
    if (!status || inspection->status)
        return;
    inspection->status = status;
    inspection->error = *error;
}

/* Whatever fails, the rest is looked at too. */
static void look(struct inspection *inspection, struct syndic_memory *memory, const char *path)
{
    struct syndic_container *const container = &inspection->container;
    struct syndic_error error = {.status = SYNDIC_OK};

    *inspection = (struct inspection){0};
    syndic_arena_init(&inspection->strings, memory);
    note(inspection, syndic_container_open(memory, path, container, &error), &error);
    if (inspection->status)
        return;
    for (size_t i = 0; i < container->section_count; i++) {
        const enum syndic_status status =
            syndic_container_check(container, &container->section[i], &error);
        inspection->good[i] = !status;
        note(inspection, status, &error);
    }
    note(inspection,
         syndic_parameters_read(container, &inspection->strings, &inspection->parameters, &error),
         &error);
    note(inspection,
         syndic_sources_read(container, &inspection->strings, &inspection->sources, &error),
         &error);
}

static void forget(struct inspection *inspection, struct syndic_memory *memory)
{
    syndic_release(memory, inspection->sources.documents);
    syndic_release(memory, inspection->sources.source);
    syndic_arena_clear(&inspection->strings);
    if (inspection->container.path)
        syndic_container_close(&inspection->container);
}

/* ---- as JSON ---- */

static void put_number(struct syndic_output *output, const char *key, uint64_t number)
{
    syndic_put_json_key(output, ",", key);
    syndic_put_number(output, number);
}

static void put_json_sections(const struct inspection *inspection, struct syndic_output *output)
{
    const struct syndic_container *const container = &inspection->container;

    syndic_put_json_key(output, ",", "sections");
    for (size_t i = 0; i < container->section_count; i++) {
        const struct syndic_section *const section = &container->section[i];
        char checksum[17];
        snprintf(checksum, sizeof(checksum), "%016" PRIx64, section->checksum);
        syndic_put_text(output, i ? "," : "[");
        syndic_put_json_key(output, "{", "name");
        syndic_put_json_text(output, section->tag);
        put_number(output, "bytes", section->bytes);
        put_number(output, "stored_bytes", section->stored_bytes);
        syndic_put_json_key(output, ",", "checksum");
        syndic_put_json_text(output, checksum);
        syndic_put_json_key(output, ",", "good");
        syndic_put_text(output, inspection->good[i] ? "true}" : "false}");
    }
    syndic_put_text(output, container->section_count ? "]" : "[]");
}

static void put_json_sources(const struct syndic_source_list *list, struct syndic_output *output)
{
    syndic_put_json_key(output, ",", "sources");
    for (size_t i = 0; i < list->count; i++) {
        const struct syndic_source *const source = &list->source[i].source;
        syndic_put_text(output, i ? "," : "[");
        syndic_put_json_key(output, "{", "path");
        syndic_put_json_text(output, source->path);
        syndic_put_json_key(output, ",", "format");
        syndic_put_json_text(output, syndic_format_words[source->format]);
        syndic_put_json_key(output, ",", "compression");
        syndic_put_json_text(output, syndic_compression_words[source->compression]);
        put_number(output, "bytes", source->file_bytes);
        put_number(output, "documents", list->documents[i]);
        syndic_put_text(output, "}");
    }
    syndic_put_text(output, list->count ? "]" : "[]");
}

static void put_json_header(const struct inspection *inspection, struct syndic_output *output)
{
    const struct syndic_container *const container = &inspection->container;

    put_number(output, "format_version", SYNDIC_CONTAINER_VERSION);
    syndic_put_json_key(output, ",", "written_by");
    syndic_put_json_text(output, container->writer);
    put_number(output, "bytes", container->file_bytes);
    put_number(output, "documents", container->rows);
    syndic_put_json_key(output, ",", "parameters");
    for (int i = 0; i < SYNDIC_PARAMETER_COUNT; i++) {
        syndic_put_json_key(output, i ? "," : "{", syndic_parameter_names[i]);
        syndic_put_json_text(output, inspection->parameters.value[i]);
    }
    syndic_put_text(output, "}");
    put_json_sources(&inspection->sources, output);
    put_json_sections(inspection, output);
}

static void put_json(const struct inspection *inspection, const char *path,
                     struct syndic_output *output)
{
    syndic_put_json_key(output, "{", "file");
    syndic_put_json_text(output, path);
    syndic_put_json_key(output, ",", "good");
    syndic_put_text(output, inspection->status ? "false" : "true");
    syndic_put_json_key(output, ",", "reason");
    syndic_put_json_text(output, inspection->status ? inspection->error.message : NULL);
    if (inspection->container.section_count)
        put_json_header(inspection, output);
    syndic_put_text(output, "}\n");
}

/* ---- for people ---- */

/* What a file says must not move the cursor of a terminal. */
static void put_plain(struct syndic_output *output, const char *text)
{
    for (; *text; text++)
        syndic_put(output, (unsigned char)*text < ' ' || *text == 127 ? "?" : text, 1);
}

static void put_line(struct syndic_output *output, const char *name, const char *text)
{
    char head[32];

    snprintf(head, sizeof(head), "  %-16s ", name);
    syndic_put_text(output, head);
    put_plain(output, text);
    syndic_put_text(output, "\n");
}

static void put_sources(const struct syndic_source_list *list, struct syndic_output *output)
{
    char line[128];

    snprintf(line, sizeof(line), "sources: %zu\n", list->count);
    syndic_put_text(output, line);
    for (size_t i = 0; i < list->count && i < SOURCES_SHOWN; i++) {
        const struct syndic_source *const source = &list->source[i].source;
        snprintf(line, sizeof(line), "  %12" PRIu64 " bytes %12" PRIu64 " %s  ", source->file_bytes,
                 list->documents[i],
                 syndic_words_for(list->documents[i], "document ", "documents"));
        syndic_put_text(output, line);
        put_plain(output, source->path);
        syndic_put_text(output, "\n");
    }
    if (list->count > SOURCES_SHOWN) {
        snprintf(line, sizeof(line), "  and %zu more; --json lists all\n",
                 list->count - SOURCES_SHOWN);
        syndic_put_text(output, line);
    }
}

static void put_sections(const struct inspection *inspection, struct syndic_output *output)
{
    const struct syndic_container *const container = &inspection->container;
    char line[128];

    syndic_put_text(output, "sections:     bytes       stored  checksum\n");
    for (size_t i = 0; i < container->section_count; i++) {
        const struct syndic_section *const section = &container->section[i];
        snprintf(line, sizeof(line), "  %-8s %12" PRIu64 " %12" PRIu64 "  %016" PRIx64 " %s\n",
                 section->tag, section->bytes, section->stored_bytes, section->checksum,
                 inspection->good[i] ? "good" : "WRONG");
        syndic_put_text(output, line);
    }
}

static void put_text(const struct inspection *inspection, const char *path,
                     struct syndic_output *output)
{
    const struct syndic_container *const container = &inspection->container;
    char line[128];

    if (!container->section_count)
        return;
    put_plain(output, path);
    snprintf(line, sizeof(line),
             ": sketch file of format version %d, %" PRIu64 " bytes, %" PRIu64 " %s\n",
             SYNDIC_CONTAINER_VERSION, container->file_bytes, container->rows,
             syndic_words_for(container->rows, "document", "documents"));
    syndic_put_text(output, line);
    put_line(output, "written by", container->writer);
    for (int i = 0; i < SYNDIC_PARAMETER_COUNT; i++)
        if (inspection->parameters.value[i] && *inspection->parameters.value[i])
            put_line(output, syndic_parameter_names[i], inspection->parameters.value[i]);
    put_sources(&inspection->sources, output);
    put_sections(inspection, output);
}

int syndic_cli_inspect(struct syndic_cli *cli)
{
    struct syndic_result result;
    struct syndic_error error;
    bool bad = false;

    if (!cli->operand_count) {
        syndic_message("nothing to read; try 'syndic inspect FILE.syn'");
        return SYNDIC_EXIT_FAILED;
    }
    syndic_memory_init(&cli->memory, NULL, 0);
    enum syndic_status status = syndic_result_open(&result, &cli->memory, NULL, &error);
    for (size_t i = 0; i < cli->operand_count && !status; i++) {
        struct inspection inspection;
        look(&inspection, &cli->memory, cli->operands[i]);
        if (cli->json)
            put_json(&inspection, cli->operands[i], &result.output);
        else
            put_text(&inspection, cli->operands[i], &result.output);
        if (inspection.status)
            syndic_message_error(cli, &inspection.error);
        bad = bad || inspection.status;
        forget(&inspection, &cli->memory);
    }
    if (!status)
        status = syndic_result_finish(&result, &error);
    if (status)
        syndic_message_error(cli, &error);
    return status || bad ? SYNDIC_EXIT_FAILED : SYNDIC_EXIT_DONE;
}
