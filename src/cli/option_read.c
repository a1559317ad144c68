/* SPDX-License-Identifier: Apache-2.0 */
/* option_read.c - one option's argument in; a member of struct syndic_cli, or a complaint, out. */
#include "cli/messages.h"
#include "cli/options.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *member(struct syndic_cli *cli, const struct syndic_option *option)
{
    return (char *)cli + option->offset;
}

/* Digits only, so that "-1" and "1e9" are refused. */
static bool read_u64(const char *text, char **end, unsigned long long *number)
{
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtoull(text, end, 10);
    return !errno;
}

static bool read_u32(const char *text, uint32_t least, uint32_t most, uint32_t *out)
{
    unsigned long long number;
    char *end;

    if (!read_u64(text, &end, &number) || *end || number < least || number > most)
        return false;
    *out = (uint32_t)number;
    return true;
}

static bool read_number(struct syndic_cli *cli, const struct syndic_option *option,
                        const char *argument)
{
    if (read_u32(argument, option->least, option->most, member(cli, option)))
        return true;
    syndic_message("--%s %s: not a whole number from %u to %u", option->name, argument,
                   option->least, option->most);
    return false;
}

static bool read_share(struct syndic_cli *cli, const struct syndic_option *option,
                       const char *argument)
{
    char *end;
    const double number = strtod(argument, &end);

    if (end == argument || *end || !(number > 0 && number <= 1)) {
        syndic_message("--%s %s: not a number above 0 and up to 1", option->name, argument);
        return false;
    }
    *(double *)member(cli, option) = number;
    return true;
}

/* "K", "KB" and "KiB" are all 1,024. */
static bool read_unit(const char *unit, unsigned *shift)
{
    static const char letters[] = "KMGT";
    const char *const letter = *unit ? strchr(letters, *unit & ~0x20) : NULL;

    *shift = letter ? 10 * (unsigned)(letter - letters + 1) : 0;
    unit += letter != NULL;
    return !*unit || !strcmp(unit, "B") || !strcmp(unit, "b") || (letter && !strcmp(unit, "iB"));
}

static bool read_size(struct syndic_cli *cli, const struct syndic_option *option,
                      const char *argument)
{
    unsigned long long number;
    unsigned shift = 0;
    char *end;

    if (!read_u64(argument, &end, &number) || !read_unit(end, &shift) || !number ||
        number > SIZE_MAX >> shift) {
        syndic_message("--%s %s: not a size such as 500M or 4G", option->name, argument);
        return false;
    }
    *(size_t *)member(cli, option) = (size_t)number << shift;
    return true;
}

static void complain_word(const struct syndic_option *option, const char *argument)
{
    char list[160] = "";
    size_t used = 0;

    for (size_t i = 0; option->words[i] && used < sizeof(list); i++)
        used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s", i ? ", " : "",
                                 option->words[i]);
    syndic_message("--%s %s: not one of %s", option->name, argument, list);
}

static bool read_word(struct syndic_cli *cli, const struct syndic_option *option,
                      const char *argument)
{
    for (int i = 0; option->words[i]; i++) {
        if (!strcmp(option->words[i], argument)) {
            memcpy(member(cli, option), &i, sizeof(i)); /* every enum here is as wide as int */
            return true;
        }
    }
    complain_word(option, argument);
    return false;
}

static bool read_shingle(struct syndic_cli *cli, const struct syndic_option *option,
                         const char *argument)
{
    struct syndic_options *const job = &cli->run.job;
    const bool word = !strncmp(argument, "word:", 5), letter = !strncmp(argument, "char:", 5);

    if ((!word && !letter) || !read_u32(argument + 5, 1, 32, &job->shingle_width)) {
        syndic_message("--%s %s: not word:N or char:N with N from 1 to 32", option->name, argument);
        return false;
    }
    job->shingle_unit = word ? SYNDIC_SHINGLE_WORD : SYNDIC_SHINGLE_CHAR;
    return true;
}

static bool read_keep(struct syndic_cli *cli, const struct syndic_option *option,
                      const char *argument)
{
    const bool min = !strncmp(argument, "min:", 4), max = !strncmp(argument, "max:", 4);
    const bool ranked = (min || max) && argument[4];

    if (!strcmp(argument, "first"))
        cli->run.job.keep = SYNDIC_KEEP_FIRST;
    else if (!strcmp(argument, "longest"))
        cli->run.job.keep = SYNDIC_KEEP_LONGEST;
    else if (ranked)
        cli->run.job.keep = min ? SYNDIC_KEEP_MIN : SYNDIC_KEEP_MAX;
    else
        syndic_message("--%s %s: not first, longest, min:FIELD or max:FIELD", option->name,
                       argument);
    cli->run.read.rank_field = ranked ? argument + 4 : NULL;
    return ranked || !strcmp(argument, "first") || !strcmp(argument, "longest");
}

static bool read_dry_run(struct syndic_cli *cli, const struct syndic_option *option,
                         const char *argument)
{
    cli->run.read_only = !strcmp(argument, "read");
    if (!cli->run.read_only)
        complain_word(option, argument);
    return cli->run.read_only;
}

static bool read_text(struct syndic_cli *cli, const struct syndic_option *option,
                      const char *argument)
{
    if (!*argument) {
        syndic_message("--%s: the argument is empty", option->name);
        return false;
    }
    *(const char **)member(cli, option) = argument;
    return true;
}

static bool read_flag(struct syndic_cli *cli, const struct syndic_option *option,
                      const char *argument)
{
    (void)argument;
    *(bool *)member(cli, option) = true;
    return true;
}

bool syndic_option_read(struct syndic_cli *cli, const struct syndic_option *option,
                        const char *argument)
{
    static bool (*const read[])(struct syndic_cli *, const struct syndic_option *, const char *) = {
        [SYNDIC_OPTION_FLAG] = read_flag,     [SYNDIC_OPTION_WORD] = read_word,
        [SYNDIC_OPTION_NUMBER] = read_number, [SYNDIC_OPTION_SHARE] = read_share,
        [SYNDIC_OPTION_SIZE] = read_size,     [SYNDIC_OPTION_TEXT] = read_text,
        [SYNDIC_OPTION_FILE] = read_text,     [SYNDIC_OPTION_SHINGLE] = read_shingle,
        [SYNDIC_OPTION_KEEP] = read_keep,     [SYNDIC_OPTION_DRY_RUN] = read_dry_run,
    };

    return read[option->kind](cli, option, argument);
}
