/* SPDX-License-Identifier: Apache-2.0 */
/* groups.c - groups or pairs in; JSON lines or tab-separated lines out. */
#include "write/groups.h"

#include "write/json_text.h"

#include <string.h>

const char *syndic_how_text(enum syndic_how how)
{
    static const char *const names[] = {
        [SYNDIC_HOW_KEPT] = "kept",         [SYNDIC_HOW_EXACT] = "exact",
        [SYNDIC_HOW_NEAR] = "near",         [SYNDIC_HOW_CONTAINED] = "contained",
        [SYNDIC_HOW_CONTAINS] = "contains", [SYNDIC_HOW_OVERLAPS] = "overlaps"};

    return names[how];
}

const char *syndic_known_text(enum syndic_known known)
{
    return known == SYNDIC_KNOWN_EXACTLY ? "exact" : "estimated";
}

const char *syndic_document_source(const struct syndic_run *run, uint32_t row)
{
    return syndic_reader_source(run->reader, run->documents.place[row].source)->path;
}

static void put_id(struct syndic_output *output, const struct syndic_run *run, uint32_t row)
{
    char room[SYNDIC_ID_ROOM_BYTES];

    syndic_put_json_text(output, syndic_document_id(run, row, room, sizeof(room)));
}

static void put_similarity(struct syndic_output *output, double similarity)
{
    syndic_put_json_key(output, ",", "similarity");
    syndic_put_decimal(output, similarity, SYNDIC_SIMILARITY_DECIMALS);
}

static void put_member(struct syndic_output *output, const struct syndic_run *run, uint32_t row)
{
    const struct syndic_grouping *const grouping = &run->grouping;

    syndic_put_json_key(output, "{", "id");
    put_id(output, run, row);
    syndic_put_json_key(output, ",", "source");
    syndic_put_json_text(output, syndic_document_source(run, row));
    syndic_put_json_key(output, ",", "record");
    syndic_put_number(output, run->documents.line[row]);
    put_similarity(output, (double)grouping->similarity[row]);
    if (grouping->contained) {
        syndic_put_json_key(output, ",", "contained");
        syndic_put_decimal(output, (double)grouping->contained[row], SYNDIC_SIMILARITY_DECIMALS);
        syndic_put_json_key(output, ",", "contains");
        syndic_put_decimal(output, (double)grouping->contains[row], SYNDIC_SIMILARITY_DECIMALS);
    }
    syndic_put_json_key(output, ",", "how");
    syndic_put_json_text(output, syndic_how_text((enum syndic_how)grouping->how[row]));
    syndic_put_json_key(output, ",", "known");
    syndic_put_json_text(output, syndic_known_text((enum syndic_known)grouping->known[row]));
    syndic_put_text(output, "}");
}

static void put_group(struct syndic_output *output, const struct syndic_run *run,
                      const struct syndic_members *members, size_t group)
{
    const size_t from = members->start[group], to = members->start[group + 1];

    syndic_put_json_key(output, "{", "group");
    syndic_put_number(output, group);
    syndic_put_json_key(output, ",", "size");
    syndic_put_number(output, to - from);
    syndic_put_json_key(output, ",", "kept");
    put_id(output, run, run->grouping.kept[members->row[from]]);
    syndic_put_json_key(output, ",", "members");
    for (size_t i = from; i < to; i++) {
        syndic_put_text(output, i == from ? "[" : ",");
        put_member(output, run, members->row[i]);
    }
    syndic_put_text(output, "]}\n");
}

void syndic_write_groups_jsonl(const struct syndic_run *run, const struct syndic_members *members,
                               struct syndic_output *output)
{
    for (size_t group = 0; group < members->group_count && !output->error_number; group++)
        put_group(output, run, members, group);
}

static void put_escaped(struct syndic_output *output, const char *text)
{
    for (; *text; text++) {
        const size_t plain = strcspn(text, "\t\n\r\\");
        syndic_put(output, text, plain);
        text += plain;
        if (!*text)
            return;
        const char letter = *text == '\t' ? 't' : *text == '\n' ? 'n' : *text == '\r' ? 'r' : '\\';
        syndic_put(output, (const char[]){'\\', letter}, 2);
    }
}

static void put_row(struct syndic_output *output, const struct syndic_run *run, size_t group,
                    uint32_t row)
{
    char room[SYNDIC_ID_ROOM_BYTES];

    syndic_put_number(output, group);
    syndic_put_text(output, "\t");
    put_escaped(output, syndic_document_id(run, row, room, sizeof(room)));
    syndic_put_text(output, "\t");
    syndic_put_decimal(output, (double)run->grouping.similarity[row], SYNDIC_SIMILARITY_DECIMALS);
    syndic_put_text(output, "\t");
    syndic_put_text(output, syndic_how_text((enum syndic_how)run->grouping.how[row]));
    syndic_put_text(output, "\n");
}

void syndic_write_groups_tsv(const struct syndic_run *run, const struct syndic_members *members,
                             struct syndic_output *output)
{
    for (size_t group = 0; group < members->group_count && !output->error_number; group++)
        for (size_t i = members->start[group]; i < members->start[group + 1]; i++)
            put_row(output, run, group, members->row[i]);
}

static void put_pair(struct syndic_output *output, const struct syndic_run *run,
                     const struct syndic_pair *pair)
{
    syndic_put_json_key(output, "{", "a");
    put_id(output, run, pair->a);
    syndic_put_json_key(output, ",", "b");
    put_id(output, run, pair->b);
    put_similarity(output, (double)pair->similarity);
    syndic_put_json_key(output, ",", "known");
    syndic_put_json_text(output, syndic_known_text((enum syndic_known)pair->known));
    syndic_put_json_key(output, ",", "how");
    syndic_put_json_text(output, syndic_how_text((enum syndic_how)pair->how));
    syndic_put_text(output, "}\n");
}

void syndic_write_pairs(const struct syndic_run *run, struct syndic_output *output)
{
    for (size_t i = 0; i < run->pair_count && !output->error_number; i++)
        put_pair(output, run, &run->pairs[i]);
}
