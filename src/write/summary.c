/* SPDX-License-Identifier: Apache-2.0 */
/* summary.c - a finished run in; summary.json, what was done, with what and how fast, out.  The one
 * output file that holds times, and so differs from run to run. */
#include "kernel.h"
#include "write/dedup.h"
#include "write/json_text.h"
#include "write/names.h"

#include <omp.h>

static void put_field_text(struct syndic_output *output, const char *key, const char *value)
{
    syndic_put_json_key(output, ",", key);
    syndic_put_json_text(output, value);
}

static void put_field_number(struct syndic_output *output, const char *key, uint64_t value)
{
    syndic_put_json_key(output, ",", key);
    syndic_put_number(output, value);
}

static void put_field_decimal(struct syndic_output *output, const char *key, double value)
{
    syndic_put_json_key(output, ",", key);
    syndic_put_decimal(output, value, SYNDIC_SIMILARITY_DECIMALS);
}

static void put_inputs(struct syndic_output *output, const struct syndic_read_options *read)
{
    syndic_put_json_key(output, ",", "inputs");
    for (size_t i = 0; i < read->path_count; i++) {
        syndic_put_text(output, i ? "," : "[");
        syndic_put_json_text(output, read->paths[i]);
    }
    syndic_put_text(output, "]");
}

/* With groups that were found elsewhere. */
static void put_options_given(struct syndic_output *output,
                              const struct syndic_dedup_options *options)
{
    syndic_put_json_key(output, ",\"options\":{", "groups");
    syndic_put_json_text(output, options->groups);
    put_field_text(output, "empty", options->drop_empty ? "drop" : "keep");
    put_field_text(output, "text_field", options->run->read.text_field);
    put_field_text(output, "id_field", options->run->read.id_field);
    put_field_text(output, "compress", syndic_recompress_names[options->compress]);
    syndic_put_text(output, "}");
}

static void put_options(struct syndic_output *output, const struct syndic_run *run,
                        const struct syndic_dedup_options *options)
{
    const struct syndic_options *const job = &options->run->job;
    const struct syndic_read_options *const read = &options->run->read;

    if (options->run->regroup) {
        put_options_given(output, options);
        return;
    }
    syndic_put_json_key(output, ",\"options\":{", "threshold");
    syndic_put_decimal(output, job->threshold, SYNDIC_SIMILARITY_DECIMALS);
    put_field_text(output, "by", syndic_by_names[job->by]);
    put_field_number(output, "distance", job->distance);
    if (job->by == SYNDIC_BY_SYNDICATION) {
        put_field_number(output, "sample", job->sample);
        put_field_decimal(output, "gamma", job->gamma);
        put_field_number(output, "max_df", job->max_df);
        put_field_number(output, "min_shared", job->min_shared);
        put_field_text(output, "source_field", read->source_field);
    }
    put_field_text(output, "normalize", syndic_normalize_names[job->normalize]);
    syndic_put_text(output, ",\"shingle\":\"");
    syndic_put_text(output, syndic_shingle_unit_names[job->shingle_unit]);
    syndic_put_text(output, ":");
    syndic_put_number(output, job->shingle_width);
    syndic_put_text(output, "\"");
    put_field_text(output, "minhash", syndic_minhash_names[job->minhash]);
    put_field_number(output, "signature", run->plan->slots);
    put_field_text(output, "verify", syndic_verify_names[job->verify]);
    put_field_text(output, "keep", syndic_keep_text(job->keep));
    put_field_text(output, "keep_field", read->rank_field);
    put_field_text(output, "empty", options->drop_empty ? "drop" : "keep");
    put_field_text(output, "text_field", read->text_field);
    put_field_text(output, "id_field", read->id_field);
    put_field_text(output, "html", syndic_html_names[read->html]);
    put_field_text(output, "compress", syndic_recompress_names[options->compress]);
    syndic_put_text(output, "}");
}

static void put_counts(struct syndic_output *output, const struct syndic_run *run,
                       const struct syndic_dedup_counts *counts)
{
    size_t opening;

    syndic_reader_problems(run->reader, &opening);
    syndic_put_json_key(output, ",\"counts\":{", "documents");
    syndic_put_number(output, run->documents.count);
    put_field_number(output, "kept", counts->kept);
    put_field_number(output, "removed_exact", counts->removed_exact);
    put_field_number(output, "removed_near", counts->removed_near);
    if (run->grouping.contained)
        put_field_number(output, "removed_contained", counts->removed_contained);
    if (run->grouping.contained) {
        put_field_number(output, "shingles_sampled", run->counts.sampled);
        put_field_number(output, "shingles_left_out", run->counts.hot);
    }
    put_field_number(output, "removed_empty", counts->removed_empty);
    put_field_number(output, "groups", run->counts.groups);
    put_field_number(output, "empty", run->counts.empty);
    put_field_number(output, "skipped", run->problem_count + opening);
    put_field_number(output, "replaced_utf8", run->replaced_count);
    syndic_put_text(output, "}");
}

static void put_stages(struct syndic_output *output, const struct syndic_run *run)
{
    for (int s = 0; s < SYNDIC_STAGE_COUNT; s++) {
        const struct syndic_stage_time *const time = &run->stage[s];
        syndic_put_text(output, s ? ",{" : ",\"stages\":[{");
        syndic_put_json_key(output, "", "name");
        syndic_put_json_text(output, syndic_stage_names[s]);
        put_field_decimal(output, "seconds", time->seconds);
        syndic_put_json_key(output, ",", "mb_per_s");
        if (time->bytes && time->seconds > 0)
            syndic_put_decimal(output, (double)time->bytes / 1e6 / time->seconds, 1);
        else
            syndic_put_text(output, "null");
        syndic_put_text(output, "}");
    }
    syndic_put_text(output, "]");
}

void syndic_write_summary(const struct syndic_run *run, const struct syndic_dedup_options *options,
                          const struct syndic_dedup_counts *counts, struct syndic_output *output)
{
    syndic_put_json_key(output, "{", "version");
    syndic_put_json_text(output, SYNDIC_VERSION);
    const struct syndic_rewrite *const rewrite = options->rewrite;
    put_field_text(output, "command", rewrite ? rewrite->command : "dedup");
    put_inputs(output, &options->run->read);
    if (rewrite)
        rewrite->summary(rewrite->context, output);
    else
        put_options(output, run, options);
    if (!rewrite && !options->run->regroup) {
        put_field_number(output, "bands", run->plan->bands);
        put_field_number(output, "rows", run->plan->rows);
        if (run->grouping.contained) /* not known beforehand */
            put_field_text(output, "recall_at_threshold", NULL);
        else
            put_field_decimal(output, "recall_at_threshold", run->plan->recall_at_threshold);
    }
    put_field_text(output, "kernels", syndic_kernels()->name);
    put_field_number(output, "threads", run->threads);
    if (!rewrite)
        put_counts(output, run, counts);
    put_field_number(output, "bytes_in", run->input_bytes);
    put_field_number(output, "text_bytes", run->text_bytes);
    put_field_number(output, "bytes_out", counts->bytes_out);
    put_stages(output, run);
    put_field_decimal(output, "seconds", omp_get_wtime() - options->start_seconds);
    put_field_number(output, "peak_memory_bytes", atomic_load(&run->memory->peak_bytes));
    syndic_put_text(output, "}\n");
}
