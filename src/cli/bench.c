/* SPDX-License-Identifier: Apache-2.0 */
/* bench.c - the command: nothing in; how fast this machine finds copies, as a table or JSON, out.
 */
#include "base/error.h"
#include "cli/bench_measure.h"
#include "cli/messages.h"
#include "cli/result.h"
#include "write/json_text.h"

#include <omp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The CPU's name as Linux gives it; "unknown CPU" elsewhere. */
static void find_cpu_name(char *name, size_t n)
{
    FILE *const file = fopen("/proc/cpuinfo", "r");
    char line[256];

    snprintf(name, n, "unknown CPU");
    while (file && fgets(line, sizeof(line), file)) {
        const char *const colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) || !colon)
            continue;
        snprintf(name, n, "%s", colon + 1 + strspn(colon + 1, " "));
        name[strcspn(name, "\n")] = '\0';
        break;
    }
    if (file)
        fclose(file);
}

/* The speed of extracting and grouping as a share of the speed of extracting alone. */
static double floor_share(const struct syndic_bench_result *result)
{
    return result->floor_seconds / (result->floor_seconds + result->group_seconds);
}

/* ---- JSON ---- */

static void put_rate(struct syndic_output *output, const char *before, const char *key, double rate)
{
    syndic_put_json_key(output, before, key);
    syndic_put_decimal(output, rate / 1e9, 3);
}

static void put_count(struct syndic_output *output, const char *before, const char *key,
                      uint64_t count)
{
    syndic_put_json_key(output, before, key);
    syndic_put_number(output, count);
}

static void put_tables(struct syndic_output *output, const struct syndic_bench_result *result)
{
    const double scalar = result->table[result->table_count - 1].sketch;

    syndic_put_json_key(output, ",", "tables");
    for (size_t i = 0; i < result->table_count; i++) {
        syndic_put_json_key(output, i ? ",{" : "[{", "name");
        syndic_put_json_text(output, result->table[i].name);
        put_rate(output, ",", "sketch_gb_per_s", result->table[i].sketch);
        syndic_put_json_key(output, ",", "x_scalar");
        syndic_put_decimal(output, result->table[i].sketch / scalar, 2);
        syndic_put_text(output, "}");
    }
    syndic_put_text(output, "]");
}

static void put_one_and_all(struct syndic_output *output, const char *key, double one, double all)
{
    syndic_put_json_key(output, ",", key);
    put_rate(output, "{", "one_core_gb_per_s", one);
    put_rate(output, ",", "all_cores_gb_per_s", all);
    syndic_put_text(output, "}");
}

static void write_json(const struct syndic_bench_result *result, const char *cpu, double seconds,
                       struct syndic_output *output)
{
    syndic_put_json_key(output, "{", "version");
    syndic_put_json_text(output, SYNDIC_VERSION);
    syndic_put_json_key(output, ",", "cpu");
    syndic_put_json_text(output, cpu);
    syndic_put_json_key(output, ",", "kernels");
    syndic_put_json_text(output, result->kernels);
    put_count(output, ",", "threads", result->threads);
    put_count(output, ",", "documents", result->documents);
    put_count(output, ",", "text_bytes", result->text_bytes);
    put_tables(output, result);
    put_one_and_all(output, "memory", result->memory_one, result->memory_all);
    put_one_and_all(output, "json", result->json_one, result->json_all);
    put_one_and_all(output, "sketch", result->sketch_one, result->sketch_all);
    syndic_put_json_key(output, ",\"group\":{", "documents_per_s");
    syndic_put_decimal(output, (double)result->documents / result->group_seconds, 1);
    put_rate(output, ",", "gb_per_s", (double)result->text_bytes / result->group_seconds);
    syndic_put_json_key(output, ",", "of_read_floor");
    syndic_put_decimal(output, floor_share(result), 4);
    syndic_put_json_key(output, "},", "seconds");
    syndic_put_decimal(output, seconds, 3);
    syndic_put_text(output, "}\n");
}

/* ---- a table ---- */

static void put_line(struct syndic_output *output, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void put_line(struct syndic_output *output, const char *format, ...)
{
    char line[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    syndic_put_text(output, line);
    syndic_put_text(output, "\n");
}

static void write_table(const struct syndic_bench_result *result, const char *cpu, double seconds,
                        struct syndic_output *output)
{
    const double scalar = result->table[result->table_count - 1].sketch;
    const double documents = (double)result->documents;

    put_line(output, "syndic %s on %.100s, %u %s, kernels %s", SYNDIC_VERSION, cpu, result->threads,
             syndic_words_for(result->threads, "thread", "threads"), result->kernels);
    put_line(output, "%zu made-up documents, %.1f MB of text, all in memory\n", result->documents,
             (double)result->text_bytes / 1e6);
    put_line(output, "text to signature, one core     GB/s  x scalar");
    for (size_t i = 0; i < result->table_count; i++)
        put_line(output, "  %-12s %22.2f %9.1f%s", result->table[i].name,
                 result->table[i].sketch / 1e9, result->table[i].sketch / scalar,
                 strcmp(result->table[i].name, result->kernels) ? "" : "  in use");
    put_line(output, "\nGB/s                        one core  all cores");
    put_line(output, "  read memory            %11.2f %10.2f", result->memory_one / 1e9,
             result->memory_all / 1e9);
    put_line(output, "  extract fields of JSON %11.2f %10.2f", result->json_one / 1e9,
             result->json_all / 1e9);
    put_line(output, "  text to signature      %11.2f %10.2f", result->sketch_one / 1e9,
             result->sketch_all / 1e9);
    put_line(output, "  text to groups         %22.2f",
             (double)result->text_bytes / result->group_seconds / 1e9);
    put_line(
        output,
        "\n%.0f documents a second become groups.  Extracting and grouping run at %.1f %% of the\n"
        "speed of extracting alone, the floor of reading.  Measured in %.1f s.",
        documents / result->group_seconds, 100 * floor_share(result), seconds);
}

/* ---- the command ---- */

int syndic_cli_bench(struct syndic_cli *cli)
{
    struct syndic_bench_result measured;
    struct syndic_result result;
    struct syndic_error error;
    char cpu[128];

    if (cli->operand_count) {
        syndic_message("bench reads no files; '%s' is one too many", cli->operands[0]);
        return SYNDIC_EXIT_FAILED;
    }
    find_cpu_name(cpu, sizeof(cpu));
    syndic_memory_init(&cli->memory, NULL, cli->run.job.memory_cap_bytes);
    enum syndic_status status =
        syndic_bench_measure(&cli->memory, &cli->run.job, cli->run.cancel, &measured, &error);
    if (!status)
        status = syndic_result_open(&result, &cli->memory, NULL, &error);
    if (!status) {
        const double seconds = omp_get_wtime() - cli->start_seconds;
        (cli->json ? write_json : write_table)(&measured, cpu, seconds, &result.output);
        status = syndic_result_finish(&result, &error);
    }
    if (status)
        syndic_message_error(cli, &error);
    return status ? SYNDIC_EXIT_FAILED : SYNDIC_EXIT_DONE;
}
