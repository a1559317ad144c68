/* SPDX-License-Identifier: Apache-2.0 */
/* parameters.c - options in, words out, and back. */
#include "shard/parameters.h"

#include "base/bytes.h"
#include "base/error.h"
#include "write/names.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool syndic_sketch_files_hold(enum syndic_by by)
{
    return by == SYNDIC_BY_NEAR || by == SYNDIC_BY_EXACT || by == SYNDIC_BY_SIMHASH;
}

const char *const syndic_parameter_names[] = {
    [SYNDIC_PARAMETER_BY] = "by",
    [SYNDIC_PARAMETER_NORMALIZE] = "normalize",
    [SYNDIC_PARAMETER_SHINGLE] = "shingle",
    [SYNDIC_PARAMETER_MINHASH] = "minhash",
    [SYNDIC_PARAMETER_SLOTS] = "signature-slots",
    [SYNDIC_PARAMETER_BANDS] = "bands",
    [SYNDIC_PARAMETER_ROWS] = "rows",
    [SYNDIC_PARAMETER_BANDS_FROM] = "bands-from",
    [SYNDIC_PARAMETER_THRESHOLD] = "threshold",
    [SYNDIC_PARAMETER_KEEP] = "keep",
    [SYNDIC_PARAMETER_KEEP_FIELD] = "keep-field",
    [SYNDIC_PARAMETER_TEXT_FIELD] = "text-field",
    [SYNDIC_PARAMETER_ID_FIELD] = "id-field",
    [SYNDIC_PARAMETER_HTML] = "html",
    [SYNDIC_PARAMETER_MAX_RECORD] = "max-record",
    [SYNDIC_PARAMETER_FINGERPRINT] = "fingerprint",
};

/* As --keep has them. */
static const char *const keep_names[] = {[SYNDIC_KEEP_FIRST] = "first",
                                         [SYNDIC_KEEP_LONGEST] = "longest",
                                         [SYNDIC_KEEP_MIN] = "min",
                                         [SYNDIC_KEEP_MAX] = "max",
                                         NULL};

static const char *const html_names[] = {
    [SYNDIC_HTML_STRIP] = "strip", [SYNDIC_HTML_SKIP] = "skip", NULL};

/* ---- the fingerprint ---- */

/* All the roads that a text can take: long words, capitals, accents, scripts without spaces. */
static const char sample[] =
    "The Quick brown FOX jumped over 1234567 lazy dogs, and the incomprehensibilities of it all "
    "stayed where they were. \xc3\x89t\xc3\xa9 \xc3\x80 Stra\xc3\x9f"
    "e na\xc3\xafve \xce\xa3\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x82 "
    "\xd0\x9c\xd0\xbe\xd1\x81\xd0\xba\xd0\xb2\xd0\xb0 e\xcc\x81 \xe6\x96\xb0\xe8\x81\x9e "
    "\xe0\xb8\x82\xe0\xb9\x88\xe0\xb8\xb2\xe0\xb8\xa7 \xed\x95\x9c\xea\xb5\xad \xff end.";

static uint64_t fingerprint_of(const struct syndic_plan *plan,
                               const struct syndic_sketches *sketches)
{
    uint8_t bytes[32 + 4 * SYNDIC_SLOTS_MAX + SYNDIC_SLOTS_MAX];
    size_t n = 32;

    syndic_put_le64(bytes, sketches->exact[0].low);
    syndic_put_le64(bytes + 8, sketches->exact[0].high);
    syndic_put_le64(bytes + 16, sketches->token_count[0]);
    syndic_put_le64(bytes + 24, sketches->by_simhash ? sketches->simhash[0] : 0);
    for (uint32_t band = 0; plan->by == SYNDIC_BY_NEAR && band < plan->bands; band++, n += 4)
        syndic_put_le32(bytes + n, sketches->key[band]);
    if (plan->by == SYNDIC_BY_NEAR) {
        memcpy(bytes + n, sketches->slot, plan->slots);
        n += plan->slots;
    }
    return syndic_hash64(bytes, n);
}

static enum syndic_status fingerprint(struct syndic_memory *memory, const struct syndic_plan *plan,
                                      uint64_t *number, struct syndic_error *error)
{
    struct syndic_sketcher *sketcher = NULL;
    struct syndic_sketches sketches;
    enum syndic_status status = syndic_sketcher_create(memory, plan, &sketcher);

    syndic_sketches_init(&sketches, memory, plan);
    if (!status)
        status = syndic_sketches_reserve(&sketches, 1);
    if (!status)
        status = syndic_sketch_document(sketcher, (const uint8_t *)sample, sizeof(sample) - 1);
    if (!status) {
        syndic_sketches_put(&sketches, plan, 0, &sketcher->signature, sizeof(sample) - 1);
        *number = fingerprint_of(plan, &sketches);
    }
    syndic_sketches_clear(&sketches);
    syndic_sketcher_destroy(sketcher);
    return status ? syndic_fail_memory(error) : SYNDIC_OK;
}

/* ---- options to words ---- */

struct words {
    struct syndic_arena *strings;
    struct syndic_parameters *parameters;
    bool failed; /* no memory */
};

static void set(struct words *words, enum syndic_parameter parameter, const char *value)
{
    const char *const copy = syndic_arena_copy(words->strings, value, strlen(value));

    words->parameters->value[parameter] = copy;
    words->failed |= !copy;
}

__attribute__((format(printf, 3, 4))) static void set_printed(struct words *words,
                                                              enum syndic_parameter parameter,
                                                              const char *format, ...)
{
    char value[64];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(value, sizeof(value), format, arguments);
    va_end(arguments);
    set(words, parameter, value);
}

/* The fewest digits that give the same number again. */
static void set_share(struct words *words, enum syndic_parameter parameter, double number)
{
    char value[40];

    for (int digits = 1; digits <= 17; digits++) {
        snprintf(value, sizeof(value), "%.*g", digits, number);
        const double again = strtod(value, NULL);
        if (!memcmp(&again, &number, sizeof(number)))
            break;
    }
    set(words, parameter, value);
}

static void set_options(struct words *words, const struct syndic_run_options *options,
                        const struct syndic_plan *plan)
{
    const struct syndic_options *const job = &options->job;
    const struct syndic_read_options *const read = &options->read;

    set(words, SYNDIC_PARAMETER_BY, syndic_by_names[job->by]);
    set(words, SYNDIC_PARAMETER_NORMALIZE, syndic_normalize_names[job->normalize]);
    set_printed(words, SYNDIC_PARAMETER_SHINGLE, "%s:%" PRIu32,
                syndic_shingle_unit_names[job->shingle_unit], job->shingle_width);
    set(words, SYNDIC_PARAMETER_MINHASH, syndic_minhash_names[job->minhash]);
    set_printed(words, SYNDIC_PARAMETER_SLOTS, "%" PRIu32, plan->slots);
    set_printed(words, SYNDIC_PARAMETER_BANDS, "%" PRIu32, plan->bands);
    set_printed(words, SYNDIC_PARAMETER_ROWS, "%" PRIu32, plan->rows);
    set(words, SYNDIC_PARAMETER_BANDS_FROM, job->bands ? "options" : "threshold");
    set_share(words, SYNDIC_PARAMETER_THRESHOLD, job->threshold);
    set(words, SYNDIC_PARAMETER_KEEP, keep_names[job->keep]);
    set(words, SYNDIC_PARAMETER_KEEP_FIELD, read->rank_field ? read->rank_field : "");
    set(words, SYNDIC_PARAMETER_TEXT_FIELD, read->text_field);
    set(words, SYNDIC_PARAMETER_ID_FIELD, read->id_field);
    set(words, SYNDIC_PARAMETER_HTML, html_names[read->html]);
    set_printed(words, SYNDIC_PARAMETER_MAX_RECORD, "%zu", read->max_record_bytes);
}

enum syndic_status syndic_parameters_from(const struct syndic_run_options *options,
                                          struct syndic_arena *strings,
                                          struct syndic_parameters *parameters,
                                          struct syndic_error *error)
{
    struct words words = {strings, parameters, false};
    struct syndic_plan *plan = NULL;
    uint64_t number = 0;
    enum syndic_status status = syndic_plan_create(strings->memory, &options->job, &plan, error);

    if (!status)
        status = fingerprint(strings->memory, plan, &number, error);
    if (!status) {
        set_options(&words, options, plan);
        set_printed(&words, SYNDIC_PARAMETER_FINGERPRINT, "%016" PRIx64, number);
        status = words.failed ? syndic_fail_memory(error) : SYNDIC_OK;
    }
    syndic_plan_destroy(plan);
    return status;
}

/* ---- words to options ---- */

static bool word_of(const char *const *words, const char *value, int *number)
{
    for (*number = 0; words[*number]; (*number)++)
        if (!strcmp(words[*number], value))
            return true;
    return false;
}

/* A decimal number as printf writes it, up to `most`. */
static bool number_of(const char *value, uint64_t most, uint64_t *number)
{
    *number = 0;
    if (!*value)
        return false;
    for (; *value; value++) {
        const uint64_t digit = (uint64_t)(*value - '0');
        if (*value < '0' || *value > '9' || *number > (most - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return true;
}

static bool u32_of(const char *value, uint32_t *number)
{
    uint64_t wide;
    const bool good = number_of(value, UINT32_MAX, &wide);

    *number = (uint32_t)wide;
    return good;
}

static bool shingle_of(const char *value, struct syndic_options *job)
{
    const char *const colon = strchr(value, ':');
    char unit[8] = "";
    int number;

    if (!colon || colon - value >= (ptrdiff_t)sizeof(unit))
        return false;
    memcpy(unit, value, (size_t)(colon - value));
    if (!word_of(syndic_shingle_unit_names, unit, &number))
        return false;
    job->shingle_unit = (enum syndic_shingle_unit)number;
    return u32_of(colon + 1, &job->shingle_width);
}

/* The first parameter that makes no sense by itself; SYNDIC_PARAMETER_COUNT: none. */
static enum syndic_parameter parse(const struct syndic_parameters *parameters,
                                   struct syndic_run_options *options)
{
    const char *const *const value = parameters->value;
    struct syndic_options *const job = &options->job;
    struct syndic_read_options *const read = &options->read;
    char *end = NULL;
    int by, normalize, minhash, keep, html;
    uint64_t most;

    if (!word_of(syndic_by_names, value[SYNDIC_PARAMETER_BY], &by) ||
        !syndic_sketch_files_hold((enum syndic_by)by))
        return SYNDIC_PARAMETER_BY;
    if (!word_of(syndic_normalize_names, value[SYNDIC_PARAMETER_NORMALIZE], &normalize))
        return SYNDIC_PARAMETER_NORMALIZE;
    if (!shingle_of(value[SYNDIC_PARAMETER_SHINGLE], job))
        return SYNDIC_PARAMETER_SHINGLE;
    if (!word_of(syndic_minhash_names, value[SYNDIC_PARAMETER_MINHASH], &minhash))
        return SYNDIC_PARAMETER_MINHASH;
    if (!u32_of(value[SYNDIC_PARAMETER_SLOTS], &job->signature_slots))
        return SYNDIC_PARAMETER_SLOTS;
    if (!u32_of(value[SYNDIC_PARAMETER_BANDS], &job->bands))
        return SYNDIC_PARAMETER_BANDS;
    if (!u32_of(value[SYNDIC_PARAMETER_ROWS], &job->rows))
        return SYNDIC_PARAMETER_ROWS;
    if (!strcmp(value[SYNDIC_PARAMETER_BANDS_FROM], "threshold"))
        job->bands = job->rows = 0;
    else if (strcmp(value[SYNDIC_PARAMETER_BANDS_FROM], "options") != 0)
        return SYNDIC_PARAMETER_BANDS_FROM;
    job->threshold = strtod(value[SYNDIC_PARAMETER_THRESHOLD], &end);
    if (end == value[SYNDIC_PARAMETER_THRESHOLD] || *end)
        return SYNDIC_PARAMETER_THRESHOLD;
    if (!word_of(keep_names, value[SYNDIC_PARAMETER_KEEP], &keep))
        return SYNDIC_PARAMETER_KEEP;
    if ((keep == SYNDIC_KEEP_MIN || keep == SYNDIC_KEEP_MAX) !=
        (*value[SYNDIC_PARAMETER_KEEP_FIELD] != '\0'))
        return SYNDIC_PARAMETER_KEEP_FIELD;
    if (!word_of(html_names, value[SYNDIC_PARAMETER_HTML], &html))
        return SYNDIC_PARAMETER_HTML;
    if (!number_of(value[SYNDIC_PARAMETER_MAX_RECORD], SYNDIC_TEXT_BYTES_MAX, &most) || !most)
        return SYNDIC_PARAMETER_MAX_RECORD;
    job->by = (enum syndic_by)by;
    job->normalize = (enum syndic_normalize)normalize;
    job->minhash = (enum syndic_minhash)minhash;
    job->keep = (enum syndic_keep)keep;
    read->html = (enum syndic_html)html;
    read->max_record_bytes = (size_t)most;
    read->rank_field =
        *value[SYNDIC_PARAMETER_KEEP_FIELD] ? value[SYNDIC_PARAMETER_KEEP_FIELD] : NULL;
    read->text_field = value[SYNDIC_PARAMETER_TEXT_FIELD];
    read->id_field = value[SYNDIC_PARAMETER_ID_FIELD];
    return SYNDIC_PARAMETER_COUNT;
}

/* Whether these options lead here to what the file says: the words must come out again. */
static enum syndic_status compare_here(const struct syndic_parameters *parameters, const char *path,
                                       struct syndic_memory *memory,
                                       const struct syndic_run_options *options,
                                       struct syndic_error *error)
{
    struct syndic_parameters here;
    struct syndic_arena strings;
    struct syndic_error why;

    syndic_arena_init(&strings, memory);
    enum syndic_status status = syndic_parameters_from(options, &strings, &here, &why);
    if (status == SYNDIC_INVALID_ARGUMENT)
        status =
            syndic_fail_at(error, SYNDIC_FORMAT, path, 0, SYNDIC_NO_BYTE,
                           "the parameters of the sketch file make no sense: %.120s", why.message);
    else if (status && error)
        *error = why;
    for (int i = 0; !status && i < SYNDIC_PARAMETER_COUNT; i++)
        if (strcmp(here.value[i], parameters->value[i]) != 0)
            status = syndic_fail_at(
                error, SYNDIC_FORMAT, path, 0, SYNDIC_NO_BYTE,
                "the sketch file has %s %.40s where this syndic (%s) comes to %.40s; sketch again",
                syndic_parameter_names[i], parameters->value[i], SYNDIC_VERSION, here.value[i]);
    syndic_arena_clear(&strings);
    return status;
}

enum syndic_status syndic_parameters_to(const struct syndic_parameters *parameters,
                                        const char *path, struct syndic_memory *memory,
                                        struct syndic_run_options *options,
                                        struct syndic_error *error)
{
    const enum syndic_parameter bad = parse(parameters, options);

    if (bad != SYNDIC_PARAMETER_COUNT)
        return syndic_fail_at(error, SYNDIC_FORMAT, path, 0, SYNDIC_NO_BYTE,
                              "the sketch file has a %s that this syndic (%s) does not know: "
                              "'%.60s'",
                              syndic_parameter_names[bad], SYNDIC_VERSION, parameters->value[bad]);
    return compare_here(parameters, path, memory, options, error);
}

/* ---- in files ---- */

void syndic_parameters_put(const struct syndic_parameters *parameters,
                           struct syndic_container_writer *writer)
{
    syndic_section_begin(writer, "params", SYNDIC_SECTION_STREAM, 0);
    for (int i = 0; i < SYNDIC_PARAMETER_COUNT; i++) {
        syndic_section_put_text(writer, syndic_parameter_names[i]);
        syndic_section_put_text(writer, parameters->value[i]);
    }
}

static enum syndic_status read_one(struct syndic_section_reader *reader,
                                   struct syndic_arena *strings,
                                   struct syndic_parameters *parameters, struct syndic_error *error)
{
    const char *name, *value;
    enum syndic_status status = syndic_section_text(reader, strings, &name, error);
    int i = 0;

    if (!status)
        status = syndic_section_text(reader, strings, &value, error);
    if (status)
        return status;
    while (i < SYNDIC_PARAMETER_COUNT && strcmp(syndic_parameter_names[i], name) != 0)
        i++;
    if (i == SYNDIC_PARAMETER_COUNT || parameters->value[i])
        return syndic_section_refuse(reader, error, "an unknown parameter '%.40s' (%.40s)", name,
                                     value);
    parameters->value[i] = value;
    return SYNDIC_OK;
}

enum syndic_status syndic_parameters_read(const struct syndic_container *container,
                                          struct syndic_arena *strings,
                                          struct syndic_parameters *parameters,
                                          struct syndic_error *error)
{
    struct syndic_section_reader *reader = NULL;
    enum syndic_status status = syndic_section_open(container, "params", &reader, error);

    *parameters = (struct syndic_parameters){0};
    while (!status && syndic_section_left(reader))
        status = read_one(reader, strings, parameters, error);
    for (int i = 0; !status && i < SYNDIC_PARAMETER_COUNT; i++)
        if (!parameters->value[i])
            status = syndic_section_refuse(reader, error, "the parameter '%s' is missing",
                                           syndic_parameter_names[i]);
    if (!status)
        status = syndic_section_finish(reader, error);
    syndic_section_close(reader);
    return status;
}
