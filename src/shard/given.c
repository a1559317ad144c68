/* SPDX-License-Identifier: Apache-2.0 */
/* given.c - lines of groups in; which documents of this run are kept, and which are removed for
 * whom, out.  The kept one of a group may be on another machine, so it is known by its id only. */
#define _GNU_SOURCE
#include "shard/given.h"

#include "base/error.h"
#include "kernel.h"
#include "read/json.h"
#include "shard/lines.h"

#include <inttypes.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

static const char *const group_fields[] = {"group", "kept", "members"};
static const char *const member_fields[] = {"id", "source", "record", "how"};
static const char *const similarity_fields[] = {"similarity", "contained"};

static const char by_syndication[] =
    "groups by syndication are not all copies of the kept document; "
    "'syndic dedup --by syndication' reads its inputs itself";

enum { GROUP, KEPT, MEMBERS };
enum { ID, SOURCE, RECORD, HOW };

/* A source of the run, and where its documents begin. */
struct place {
    const char *path;
    uint32_t source;
};

struct given {
    struct syndic_run *run;
    const char *path;
    struct syndic_error *error;
    struct place *place; /* of all sources, by path */
    size_t place_count;
    size_t *first; /* by source, and one more: its first row */
    struct syndic_json *group, *member, *similarity;
    locale_t number_locale;
    uint64_t line; /* of the file, from 1 */
    uint8_t *seen; /* by row */
};

/* One member of one group. */
struct member {
    struct syndic_json_value value[4];
    const uint8_t *text; /* the whole of it */
    size_t n;
};

static enum syndic_status refuse(const struct given *given, const char *why)
{
    return syndic_fail_at(given->error, SYNDIC_FORMAT, given->path, given->line, SYNDIC_NO_BYTE,
                          "%s", why);
}

/* ---- where documents are ---- */

static int by_path(const void *left, const void *right)
{
    return strcmp(((const struct place *)left)->path, ((const struct place *)right)->path);
}

static enum syndic_status list_places(struct given *given)
{
    const struct syndic_run *const run = given->run;
    const size_t count = syndic_reader_source_count(run->reader);
    size_t row = 0;

    given->place = syndic_allocate(run->memory, count, sizeof(*given->place));
    given->first = syndic_allocate(run->memory, count + 1, sizeof(*given->first));
    if (!given->place || !given->first)
        return syndic_fail_memory(given->error);
    given->place_count = count;
    for (size_t s = 0; s < count; s++) {
        given->place[s] = (struct place){syndic_reader_source(run->reader, s)->path, (uint32_t)s};
        given->first[s] = row;
        while (row < run->documents.count && run->documents.place[row].source == s)
            row++;
    }
    given->first[count] = row;
    qsort(given->place, count, sizeof(*given->place), by_path);
    return SYNDIC_OK;
}

/* UINT32_MAX: not in this run. */
static uint32_t find_source(const struct given *given, const struct syndic_json_value *path)
{
    size_t low = 0, high = given->place_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const char *const here = given->place[middle].path;
        const size_t n = strlen(here), least = n < path->length ? n : path->length;
        int order = memcmp(here, path->bytes, least);
        if (!order)
            order = (n > path->length) - (n < path->length);
        if (!order)
            return given->place[middle].source;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return UINT32_MAX;
}

/* The row of a record of a source; SIZE_MAX: there is none. */
static size_t find_row(const struct given *given, uint32_t source, uint64_t record)
{
    const uint64_t *const line = given->run->documents.line;
    size_t low = given->first[source], high = given->first[source + 1];

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (line[middle] == record)
            return middle;
        if (line[middle] < record)
            low = middle + 1;
        else
            high = middle;
    }
    return SIZE_MAX;
}

/* ---- members ---- */

static bool is_word(const struct syndic_json_value *value, const char *word)
{
    return value->type == SYNDIC_JSON_STRING && value->length == strlen(word) &&
           !memcmp(value->bytes, word, value->length);
}

static bool how_of(const struct syndic_json_value *value, enum syndic_how *how)
{
    *how = is_word(value, "kept")    ? SYNDIC_HOW_KEPT
           : is_word(value, "exact") ? SYNDIC_HOW_EXACT
                                     : SYNDIC_HOW_NEAR;
    return *how != SYNDIC_HOW_NEAR || is_word(value, "near");
}

/* Groups by syndication hold documents of which only a part is shared. */
static bool is_part(const struct syndic_json_value *how)
{
    return is_word(how, "contained") || is_word(how, "contains") || is_word(how, "overlaps");
}

/* A whole number that is a record of some file. */
static bool record_of(const struct syndic_json_value *value, uint64_t *record)
{
    *record = 0;
    if (value->type != SYNDIC_JSON_NUMBER || value->length > 18)
        return false;
    for (size_t i = 0; i < value->length; i++) {
        if (value->bytes[i] < '0' || value->bytes[i] > '9')
            return false;
        *record = *record * 10 + (uint64_t)(value->bytes[i] - '0');
    }
    return *record > 0;
}

static enum syndic_status read_similarity(struct given *given, const struct member *member,
                                          float *similarity)
{
    struct syndic_json_value value[2];
    const char *reason;
    size_t byte;
    char digits[32] = "";
    const enum syndic_status status =
        syndic_json_extract(given->similarity, member->text, member->n, value, &reason, &byte);

    if (status == SYNDIC_NO_MEMORY)
        return syndic_fail_memory(given->error);
    if (!status && value[1].type != SYNDIC_JSON_MISSING)
        return refuse(given, by_syndication);
    if (status || value->type != SYNDIC_JSON_NUMBER || value->length >= sizeof(digits))
        return refuse(given, "a member without a similarity");
    memcpy(digits, value->bytes, value->length);
    const double number = strtod_l(digits, NULL, given->number_locale);
    if (!(number >= 0 && number <= 1))
        return refuse(given, "a similarity that is not 0 to 1");
    *similarity = (float)number;
    return SYNDIC_OK;
}

static bool has_id(const struct given *given, size_t row, const struct syndic_json_value *id)
{
    char room[4200];
    const char *const own = syndic_document_id(given->run, (uint32_t)row, room, sizeof(room));

    return id->type == SYNDIC_JSON_STRING && strlen(own) == id->length &&
           !memcmp(own, id->bytes, id->length);
}

/* The member is document `row` of this run. */
static enum syndic_status take_member(struct given *given, const struct member *member, size_t row,
                                      enum syndic_how how, const char **kept_id,
                                      const struct syndic_json_value *kept)
{
    struct syndic_run *const run = given->run;
    struct syndic_grouping *const grouping = &run->grouping;

    if (!has_id(given, row, &member->value[ID]))
        return syndic_fail_at(
            given->error, SYNDIC_FORMAT, given->path, given->line, SYNDIC_NO_BYTE,
            "record %" PRIu64 " of '%.100s' has another id than here: not what "
            "was grouped",
            run->documents.line[row],
            syndic_reader_source(run->reader, run->documents.place[row].source)->path);
    if (given->seen[row])
        return refuse(given, "a document that an earlier group has too");
    given->seen[row] = 1;
    if (how == SYNDIC_HOW_KEPT)
        return SYNDIC_OK;
    if (!*kept_id) /* once a group */
        *kept_id =
            syndic_arena_copy(&run->documents.strings, (const char *)kept->bytes, kept->length);
    if (!*kept_id)
        return syndic_fail_memory(given->error);
    run->kept_id[row] = *kept_id;
    grouping->kept[row] = UINT32_MAX;
    grouping->how[row] = (uint8_t)how;
    if (how == SYNDIC_HOW_EXACT)
        run->counts.exact++;
    else
        run->counts.near++;
    return read_similarity(given, member, &grouping->similarity[row]);
}

static enum syndic_status read_member(struct given *given, struct member *member,
                                      const struct syndic_json_value *kept, const char **kept_id,
                                      bool *here)
{
    const char *reason;
    size_t byte;
    uint64_t record;
    enum syndic_how how;
    const enum syndic_status status =
        syndic_json_extract(given->member, member->text, member->n, member->value, &reason, &byte);

    if (status == SYNDIC_NO_MEMORY)
        return syndic_fail_memory(given->error);
    if (!status && is_part(&member->value[HOW]))
        return refuse(given, by_syndication);
    if (status || member->value[SOURCE].type != SYNDIC_JSON_STRING ||
        !record_of(&member->value[RECORD], &record) || !how_of(&member->value[HOW], &how))
        return refuse(given, "a member without source, record and how");
    const uint32_t source = find_source(given, &member->value[SOURCE]);
    if (source == UINT32_MAX)
        return SYNDIC_OK;
    const size_t row = find_row(given, source, record);
    if (row == SIZE_MAX)
        return syndic_fail_at(given->error, SYNDIC_FORMAT, given->path, given->line, SYNDIC_NO_BYTE,
                              "'%.100s' has no record %" PRIu64 ": not what was grouped",
                              syndic_reader_source(given->run->reader, source)->path, record);
    *here = true;
    return take_member(given, member, row, how, kept_id, kept);
}

/* The object that begins at text[at]: where it ends.  The line is good JSON. */
static size_t object_end(const uint8_t *text, size_t n, size_t at)
{
    size_t depth = 0;

    for (; at < n; at++) {
        if (text[at] == '"') {
            for (at++; at < n && text[at] != '"'; at++)
                at += text[at] == '\\';
        } else if (text[at] == '{' || text[at] == '[') {
            depth++;
        } else if ((text[at] == '}' || text[at] == ']') && --depth == 0) {
            return at + 1;
        }
    }
    return n;
}

static enum syndic_status read_members(struct given *given, const struct syndic_json_value *members,
                                       const struct syndic_json_value *kept)
{
    const uint8_t *const text = members->bytes;
    const size_t n = members->length;
    const char *kept_id = NULL;
    bool here = false;
    enum syndic_status status = SYNDIC_OK;

    for (size_t at = 1; at < n && !status;) {
        if (text[at] != '{') { /* white space and commas; anything else is no member */
            if (text[at] == '"' || text[at] == '[' || (text[at] >= '-' && text[at] != ']'))
                return refuse(given, "a member that is no object");
            at++;
            continue;
        }
        struct member member = {.text = text + at};
        const size_t end = object_end(text, n, at);
        member.n = end - at;
        at = end;
        status = read_member(given, &member, kept, &kept_id, &here);
    }
    given->run->counts.groups += here;
    return status;
}

/* ---- lines ---- */

static enum syndic_status read_group(struct given *given, const uint8_t *line, size_t n)
{
    struct syndic_json_value value[3];
    const char *reason;
    size_t byte;
    uint64_t number = 0;
    const enum syndic_status status =
        syndic_json_extract(given->group, line, n, value, &reason, &byte);

    if (status == SYNDIC_NO_MEMORY)
        return syndic_fail_memory(given->error);
    if (status)
        return syndic_fail_at(given->error, SYNDIC_FORMAT, given->path, given->line, byte, "%s",
                              reason);
    if (value[KEPT].type != SYNDIC_JSON_STRING || value[MEMBERS].type != SYNDIC_JSON_ARRAY ||
        value[GROUP].type != SYNDIC_JSON_NUMBER)
        return refuse(given, "not a group as 'syndic group --format jsonl' writes it");
    for (size_t i = 0; i < value[GROUP].length && number < given->line; i++)
        number = number * 10 + (uint64_t)(value[GROUP].bytes[i] - '0');
    if (number != given->line - 1)
        return refuse(given, "groups are missing, or not in their order");
    return read_members(given, &value[MEMBERS], &value[KEPT]);
}

static enum syndic_status read_file(struct given *given)
{
    struct syndic_lines *lines = NULL;
    const uint8_t *line = NULL;
    size_t n = 0;
    enum syndic_status status =
        syndic_lines_open(given->run->memory, given->path, &lines, given->error);

    while (!status) {
        status = syndic_lines_next(lines, &line, &n, given->error);
        if (status || !line)
            break;
        given->line++;
        status = read_group(given, line, n);
    }
    syndic_lines_close(lines);
    return status;
}

/* ---- all ---- */

static enum syndic_status begin(struct given *given)
{
    struct syndic_run *const run = given->run;
    const size_t rows = run->documents.count;
    enum syndic_status status = syndic_grouping_create(run->memory, rows, &run->grouping);

    run->kept_id = syndic_allocate_zeroed(run->memory, rows, sizeof(*run->kept_id));
    given->seen = syndic_allocate_zeroed(run->memory, rows, 1);
    given->number_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!run->kept_id || !given->seen || !given->number_locale)
        status = SYNDIC_NO_MEMORY;
    if (!status)
        status = syndic_json_create(run->memory, group_fields, 3, &given->group);
    if (!status)
        status = syndic_json_create(run->memory, member_fields, 4, &given->member);
    if (!status)
        status = syndic_json_create(run->memory, similarity_fields, 2, &given->similarity);
    return status ? syndic_fail_memory(given->error) : list_places(given);
}

static void end(struct given *given)
{
    struct syndic_memory *const memory = given->run->memory;

    syndic_json_destroy(given->similarity);
    syndic_json_destroy(given->member);
    syndic_json_destroy(given->group);
    if (given->number_locale)
        freelocale(given->number_locale);
    syndic_release(memory, given->seen);
    syndic_release(memory, given->first);
    syndic_release(memory, given->place);
}

enum syndic_status syndic_given_groups(void *context, struct syndic_run *run,
                                       struct syndic_error *error)
{
    struct given given = {.run = run, .path = context, .error = error};
    enum syndic_status status = begin(&given);

    if (!status)
        status = read_file(&given);
    for (size_t row = 0; row < run->sketches.count && !status; row++)
        run->counts.empty += run->sketches.token_count[row] == 0;
    end(&given);
    return status;
}
