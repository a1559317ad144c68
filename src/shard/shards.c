/* SPDX-License-Identifier: Apache-2.0 */
/* shards.c - sketch files in; the options that they were made with, and the run that reading all
 * their inputs at once would have given, out.  A file is open only while it is looked at, so there
 * may be any number. */
#include "shard/shards.h"

#include "base/error.h"
#include "sketch/bands.h"
#include "write/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One file. */
struct shard {
    const char *path;
    uint64_t rows, file_bytes;
    size_t first_source, source_count;
};

struct syndic_shards {
    struct syndic_memory *memory;
    struct syndic_arena strings;
    struct syndic_parameters parameters; /* of all of them */
    struct syndic_run_options made;      /* what they lead to */
    struct shard *shard;
    size_t count;
    struct syndic_source_list sources; /* of all, in order */
    const _Atomic bool *cancel;
    bool with_values; /* those of --keep are wanted */
};

/* ---- open ---- */

static const char *const known_tags[] = {
    "params", "counts", "sources", "problems", "ids",  "values", "gap",     "step",
    "size",   "exact",  "tokens",  "text",     "keys", "slots",  "simhash", NULL};

static enum syndic_status check_tags(const struct syndic_container *container,
                                     struct syndic_error *error)
{
    for (size_t i = 0; i < container->section_count; i++) {
        const struct syndic_section *const section = &container->section[i];
        size_t t = 0;
        while (known_tags[t] && strcmp(known_tags[t], section->tag) != 0)
            t++;
        if (!known_tags[t] && !(section->flags & SYNDIC_SECTION_OPTIONAL))
            return syndic_fail_at(error, SYNDIC_FORMAT, container->path, 0, section->offset,
                                  "the sketch file has a section '%s' that this syndic (%s) does "
                                  "not know",
                                  section->tag, SYNDIC_VERSION);
    }
    return SYNDIC_OK;
}

/* What a sketch file claims to have rows of must be there: then memory is bounded by its size. */
static enum syndic_status check_rows(const struct syndic_container *container,
                                     struct syndic_error *error)
{
    const struct syndic_section *const exact = syndic_container_find(container, "exact");

    if (container->rows >= UINT32_MAX || !exact || exact->stored_bytes / 16 < container->rows)
        return syndic_fail_at(error, SYNDIC_FORMAT, container->path, 0, SYNDIC_NO_BYTE,
                              "the sketch file claims %" PRIu64
                              " documents, and does not hold them",
                              container->rows);
    return SYNDIC_OK;
}

/* Where texts are looked for besides their own paths. */
static const char *folder_of(struct syndic_shards *shards, const char *path)
{
    const char *const slash = strrchr(path, '/');

    return slash ? syndic_arena_copy(&shards->strings, path,
                                     slash == path ? 1 : (size_t)(slash - path))
                 : NULL;
}

static enum syndic_status compare(const struct syndic_shards *shards,
                                  const struct syndic_parameters *other, const char *path,
                                  struct syndic_error *error)
{
    for (int i = 0; i < SYNDIC_PARAMETER_COUNT; i++)
        if (strcmp(other->value[i], shards->parameters.value[i]) != 0)
            return syndic_fail_at(error, SYNDIC_FORMAT, path, 0, SYNDIC_NO_BYTE,
                                  "was made with %s '%.40s', and '%.60s' with '%.40s'",
                                  syndic_parameter_names[i], other->value[i], shards->shard[0].path,
                                  shards->parameters.value[i]);
    return SYNDIC_OK;
}

/* The parameters of the first file hold for all. */
static enum syndic_status read_parameters(struct syndic_shards *shards,
                                          const struct syndic_container *container,
                                          struct syndic_error *error)
{
    struct syndic_parameters parameters;
    enum syndic_status status =
        syndic_parameters_read(container, &shards->strings, &parameters, error);

    if (status)
        return status;
    if (shards->count)
        return compare(shards, &parameters, container->path, error);
    shards->parameters = parameters;
    syndic_options_init(&shards->made.job);
    return syndic_parameters_to(&shards->parameters, container->path, shards->memory, &shards->made,
                                error);
}

static enum syndic_status read_shard(struct syndic_shards *shards,
                                     const struct syndic_container *container,
                                     struct syndic_error *error)
{
    struct shard *const shard = &shards->shard[shards->count];
    const size_t first = shards->sources.count;
    enum syndic_status status = check_tags(container, error);

    *shard = (struct shard){container->path, container->rows, container->file_bytes, first, 0};
    if (!status)
        status = check_rows(container, error);
    if (!status)
        status = read_parameters(shards, container, error);
    if (!status)
        status = syndic_sources_read(container, &shards->strings, &shards->sources, error);
    if (status)
        return status;
    const char *const folder = folder_of(shards, container->path);
    for (size_t s = first; s < shards->sources.count; s++)
        shards->sources.source[s].folder = folder;
    shard->source_count = shards->sources.count - first;
    shards->count++;
    return SYNDIC_OK;
}

static enum syndic_status open_shard(struct syndic_shards *shards, const char *path,
                                     struct syndic_error *error)
{
    struct syndic_container container;
    enum syndic_status status = syndic_container_open(shards->memory, path, &container, error);

    if (status)
        return status;
    status = read_shard(shards, &container, error);
    syndic_container_close(&container);
    return status;
}

enum syndic_status syndic_shards_open(struct syndic_memory *memory, const char *const *paths,
                                      size_t count, struct syndic_shards **shards,
                                      struct syndic_error *error)
{
    struct syndic_shards *const made = syndic_allocate_zeroed(memory, 1, sizeof(*made));
    enum syndic_status status = SYNDIC_OK;

    if (!made)
        return syndic_fail_memory(error);
    made->memory = memory;
    syndic_arena_init(&made->strings, memory);
    made->shard = syndic_allocate(memory, count, sizeof(*made->shard));
    if (!made->shard)
        status = syndic_fail_memory(error);
    for (size_t i = 0; i < count && !status; i++)
        status = open_shard(made, paths[i], error);
    if (status)
        syndic_shards_close(made);
    else
        *shards = made;
    return status;
}

void syndic_shards_close(struct syndic_shards *shards)
{
    if (!shards)
        return;
    syndic_release(shards->memory, shards->sources.documents);
    syndic_release(shards->memory, shards->sources.source);
    syndic_release(shards->memory, shards->shard);
    syndic_arena_clear(&shards->strings);
    syndic_release(shards->memory, shards);
}

/* ---- options ---- */

static enum syndic_status refuse(const struct syndic_shards *shards, struct syndic_error *error,
                                 const char *option, const char *value, const char *made)
{
    return syndic_fail_at(error, SYNDIC_INVALID_ARGUMENT, shards->shard[0].path, 0, SYNDIC_NO_BYTE,
                          "was made with --%s %.60s; --%s %.60s needs new sketches", option, made,
                          option, value);
}

static bool may_differ(int parameter)
{
    return parameter == SYNDIC_PARAMETER_BY || parameter == SYNDIC_PARAMETER_THRESHOLD ||
           parameter == SYNDIC_PARAMETER_KEEP;
}

static enum syndic_status check_by(const struct syndic_shards *shards, enum syndic_by by,
                                   struct syndic_error *error)
{
    const enum syndic_by made = shards->made.job.by;

    if (by == made || by == SYNDIC_BY_EXACT) /* exact hashes are always there */
        return SYNDIC_OK;
    return refuse(shards, error, "by", syndic_by_names[by], syndic_by_names[made]);
}

/* Another threshold is good where it leads to the same bands. */
static enum syndic_status check_threshold(const struct syndic_shards *shards,
                                          const struct syndic_options *job,
                                          struct syndic_error *error)
{
    const char *const *const made = shards->parameters.value;
    struct syndic_bands bands;
    char here[2][12];

    if (job->by != SYNDIC_BY_NEAR)
        return SYNDIC_OK;
    const enum syndic_status status = syndic_bands_plan(job, &bands, error);
    if (status)
        return status;
    snprintf(here[0], sizeof(here[0]), "%" PRIu32, bands.bands);
    snprintf(here[1], sizeof(here[1]), "%" PRIu32, bands.rows);
    if (!strcmp(here[0], made[SYNDIC_PARAMETER_BANDS]) &&
        !strcmp(here[1], made[SYNDIC_PARAMETER_ROWS]))
        return SYNDIC_OK;
    return syndic_fail_at(error, SYNDIC_INVALID_ARGUMENT, shards->shard[0].path, 0, SYNDIC_NO_BYTE,
                          "has %.10s bands of %.10s rows, good for --threshold %.20s; %g needs %s "
                          "of %s and new sketches",
                          made[SYNDIC_PARAMETER_BANDS], made[SYNDIC_PARAMETER_ROWS],
                          made[SYNDIC_PARAMETER_THRESHOLD], job->threshold, here[0], here[1]);
}

static enum syndic_status check_keep(const struct syndic_shards *shards,
                                     const struct syndic_run_options *asked,
                                     struct syndic_error *error)
{
    const char *const field = asked->read.rank_field;
    const char *const made = shards->parameters.value[SYNDIC_PARAMETER_KEEP_FIELD];

    if (!field || !strcmp(field, made))
        return SYNDIC_OK;
    return syndic_fail_at(error, SYNDIC_INVALID_ARGUMENT, shards->shard[0].path, 0, SYNDIC_NO_BYTE,
                          "holds no values of the field '%.60s' that --keep names, but %s%.60s",
                          field, *made ? "of " : "none at all", made);
}

enum syndic_status syndic_shards_apply(struct syndic_shards *shards, const bool *given,
                                       struct syndic_run_options *options,
                                       struct syndic_error *error)
{
    const struct syndic_options *const made = &shards->made.job;
    struct syndic_options *const job = &options->job;
    struct syndic_read_options *const read = &options->read;
    struct syndic_parameters asked;
    struct syndic_run_options wish = *options;

    /* What to group by is looked at apart; here it must fit the normalisation. */
    wish.job.by = given[SYNDIC_PARAMETER_NORMALIZE] ? SYNDIC_BY_EXACT : made->by;
    if (!given[SYNDIC_PARAMETER_NORMALIZE])
        wish.job.normalize = made->normalize;
    if (!given[SYNDIC_PARAMETER_SLOTS])
        wish.job.signature_slots = made->signature_slots; /* what --bands and --rows must fit in */
    enum syndic_status status = syndic_parameters_from(&wish, &shards->strings, &asked, error);
    for (int i = 0; i < SYNDIC_PARAMETER_COUNT && !status; i++)
        if (given[i] && !may_differ(i) && strcmp(asked.value[i], shards->parameters.value[i]) != 0)
            status = refuse(shards, error, syndic_parameter_names[i], asked.value[i],
                            shards->parameters.value[i]);
    if (status)
        return status;
    job->by = given[SYNDIC_PARAMETER_BY] ? job->by : made->by;
    job->threshold = given[SYNDIC_PARAMETER_THRESHOLD] ? wish.job.threshold : made->threshold;
    job->normalize = made->normalize;
    job->shingle_unit = made->shingle_unit;
    job->shingle_width = made->shingle_width;
    job->minhash = made->minhash;
    job->signature_slots = made->signature_slots;
    job->bands = made->bands;
    job->rows = made->rows;
    read->text_field = shards->made.read.text_field;
    read->id_field = shards->made.read.id_field;
    read->html = shards->made.read.html;
    read->max_record_bytes = shards->made.read.max_record_bytes;
    if (!given[SYNDIC_PARAMETER_KEEP]) {
        job->keep = made->keep;
        read->rank_field = shards->made.read.rank_field;
    }
    read->known = shards->sources.source;
    read->known_count = shards->sources.count;
    options->fill = syndic_shards_fill;
    options->fill_context = shards;
    shards->cancel = options->cancel;
    shards->with_values = read->rank_field != NULL;
    status = check_by(shards, job->by, error);
    if (!status)
        status = check_threshold(shards, job, error);
    return status ? status : check_keep(shards, options, error);
}

/* ---- fill ---- */

static enum syndic_status read_counts(const struct syndic_container *container,
                                      struct syndic_run *run, struct syndic_error *error)
{
    struct syndic_section_reader *reader = NULL;
    enum syndic_status status = syndic_section_open(container, "counts", &reader, error);
    uint64_t count[3] = {0};

    for (int i = 0; i < 3 && !status; i++)
        status = syndic_section_u64(reader, &count[i], error);
    if (!status)
        status = syndic_section_finish(reader, error);
    syndic_section_close(reader);
    run->input_bytes += count[0];
    run->text_bytes += count[1];
    run->replaced_count += count[2];
    return status;
}

static enum syndic_status fill_from(const struct syndic_shards *shards, const struct shard *shard,
                                    struct syndic_run *run, size_t *problem_capacity,
                                    struct syndic_error *error)
{
    const struct syndic_file_sources sources = {
        .source = shards->sources.source + shard->first_source,
        .documents = shards->sources.documents + shard->first_source,
        .count = shard->source_count,
        .first = shard->first_source,
        .record_bytes_max = shards->made.read.max_record_bytes,
    };
    struct syndic_container container;
    enum syndic_status status =
        syndic_container_open(shards->memory, shard->path, &container, error);

    if (status)
        return status;
    if (container.rows != shard->rows || container.file_bytes != shard->file_bytes)
        status = syndic_fail_at(error, SYNDIC_IO, shard->path, 0, SYNDIC_NO_BYTE,
                                "the file was changed while it was being read");
    if (!status)
        status = read_counts(&container, run, error);
    if (!status)
        status = syndic_problems_read(&container, &sources, run, problem_capacity, error);
    if (!status)
        status = syndic_columns_read(&container, &sources, run, error);
    syndic_container_close(&container);
    return status;
}

enum syndic_status syndic_shards_fill(void *context, struct syndic_run *run,
                                      struct syndic_error *error)
{
    const struct syndic_shards *const shards = context;
    uint64_t rows = 0;
    size_t problem_capacity = 0;
    enum syndic_status status = SYNDIC_OK;

    for (size_t i = 0; i < shards->count; i++)
        rows += shards->shard[i].rows;
    if (rows > UINT32_MAX - 1)
        return syndic_fail(error, SYNDIC_LIMIT, "%s", syndic_status_text(SYNDIC_LIMIT));
    if (syndic_documents_reserve(&run->documents, (size_t)rows, shards->with_values) ||
        syndic_sketches_reserve(&run->sketches, (size_t)rows))
        return syndic_fail_memory(error);
    for (size_t i = 0; i < shards->count && !status; i++) {
        if (shards->cancel && atomic_load(shards->cancel))
            return syndic_fail(error, SYNDIC_INTERRUPTED, "interrupted");
        status = fill_from(shards, &shards->shard[i], run, &problem_capacity, error);
    }
    return status;
}
