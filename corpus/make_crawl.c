/* SPDX-License-Identifier: Apache-2.0 */
// make_crawl: options in, a synthetic crawl with labelled copies out, one JSON record a line.
#define _POSIX_C_SOURCE 200809L
#include "crawl_document.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FLUSH_BYTES = 1 << 20,
    // A text doubles if every byte of it is escaped; labels take under 4 KiB.
    OUTPUT_BYTES = FLUSH_BYTES + 2 * CRAWL_TEXT_BYTES + 4096,
};

static const uint64_t documents_max = 4000000000u; // draws are below 2^32

struct options {
    uint64_t seed, documents, start, count;
    uint32_t median_words;
    const struct crawl_profile *profile;
    const char *corpus, *output;
    bool help, list;
};

static const char usage[] =
    "make_crawl: write a synthetic crawl with labelled copies, as JSON lines\n"
    "usage: make_crawl [options]\n"
    "  --seed N           another crawl for another N (1)\n"
    "  --documents N      size of the crawl, up to 4000000000 (1000)\n"
    "  --profile NAME     what kinds of copies (web)\n"
    "  --corpus FILE      articles.jsonl whose words and paragraphs to use too (none)\n"
    "  --median-words N   median document length before edits, 12 to 20000 (profile's)\n"
    "  -o, --output FILE  write FILE, by FILE.tmp (standard output)\n"
    "  --start N          first document to write, from 0 (0)\n"
    "  --count N          how many documents to write (all)\n"
    "  --shard I/N        write the I-th of N parts, from 1; the parts join to the whole\n"
    "  --list-profiles    list the profiles\n"
    "  -h, --help         this\n"
    "The bytes depend on seed, documents, profile, corpus and median-words only.\n"
    "profiles:\n";

// ---- records ----
static bool must_escape(char c)
{
    return (unsigned char)c < 0x20 || c == '"' || c == '\\';
}

// True if one of eight bytes must be escaped. The classical zero-in-word test: a borrow can only
// cross into a higher byte from a true hit, so that "any hit" is exact.
static bool any_must_escape(uint64_t w)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    const uint64_t quote = w ^ ones * '"', slash = w ^ ones * '\\';
    return (((w - ones * 0x20) & ~w) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) &
           tops;
}

static char *put_escaped(char *out, const char *in, size_t length)
{
    const char *const end = in + length;
    while (in < end) {
        uint64_t word;
        while (end - in >= 8 && (memcpy(&word, in, 8), !any_must_escape(word))) {
            memcpy(out, &word, 8);
            in += 8;
            out += 8;
        }
        const char *const stop = end - in >= 8 ? in + 8 : end;
        for (; in < stop; in++) {
            if (must_escape(*in)) {
                *out++ = '\\';
                *out++ = *in == '\n' ? 'n' : *in; // our texts have no other control character
            } else {
                *out++ = *in;
            }
        }
    }
    return out;
}

// Days from 2015-01-01 to a date of the Gregorian calendar, by counting.
static void civil_date(uint32_t day, unsigned *year, unsigned *month, unsigned *date)
{
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    *year = 2015;
    for (uint32_t length; day >= (length = *year % 4 ? 365 : 366); day -= length)
        ++*year;
    *month = 0;
    for (uint32_t length; day >= (length = days[*month] + (*month == 1 && *year % 4 == 0));
         day -= length)
        ++*month;
    ++*month;
    *date = day + 1;
}

static char *put_planted(char *out, const struct crawl_document *document)
{
    out += sprintf(out, ",\"planted\":[");
    for (unsigned i = 0; i < document->plant_count; i++) {
        const struct crawl_plant *p = &document->plants[i];
        out += sprintf(out,
                       "%s{\"passage\":\"p%05" PRIu32 "\",\"word_start\":%" PRIu32
                       ",\"word_end\":%" PRIu32 "}",
                       i ? "," : "", p->passage, p->word_start, p->word_end);
    }
    *out++ = ']';
    return out;
}

static char *put_record(char *out, const struct crawl_document *document, bool planted)
{
    static const char *const kinds[CRAWL_KINDS] = {"original", "mirror",  "near",  "furniture",
                                                   "cut",      "lead",    "noise", "edit",
                                                   "quote",    "stranger"};
    unsigned year, month, date;
    civil_date(document->day, &year, &month, &date);
    out += sprintf(out, "{\"id\":\"c%07" PRIu64 "\",\"cluster\":\"k%06" PRIu64 "\",\"how\":\"%s\"",
                   document->position, document->place.cluster, kinds[document->place.kind]);
    if (document->has_base)
        out += sprintf(out, ",\"base\":\"c%07" PRIu64 "\"", document->base);
    else
        out += sprintf(out, ",\"base\":null");
    if (document->place.kind == CRAWL_QUOTE)
        out += sprintf(out, ",\"quotes\":[\"c%07" PRIu64 "\",\"c%07" PRIu64 "\"]", document->base,
                       document->second_base);
    if (planted)
        out = put_planted(out, document);
    out += sprintf(out, ",\"outlet\":\"%s\",\"date\":\"%u-%02u-%02u\",\"lang\":\"%s\",\"text\":\"",
                   document->outlet->name, year, month, date, document->language->code);
    out = put_escaped(out, document->text->bytes, document->text->length);
    memcpy(out, "\"}\n", 3);
    return out + 3;
}

static bool write_records(FILE *file, struct crawl_maker *maker, const struct options *options)
{
    char *const buffer = malloc(OUTPUT_BYTES);
    char *out = buffer;
    bool good = buffer != NULL;
    struct crawl_document document;
    for (uint64_t i = 0; good && i < options->count; i++) {
        crawl_document_make(maker, &document, options->start + i);
        out = put_record(out, &document, maker->profile->planted);
        if (out - buffer >= FLUSH_BYTES) {
            good = fwrite(buffer, 1, (size_t)(out - buffer), file) == (size_t)(out - buffer);
            out = buffer;
        }
    }
    good = good && fwrite(buffer, 1, (size_t)(out - buffer), file) == (size_t)(out - buffer);
    free(buffer);
    return good;
}

static int complain(const char *what, const char *name)
{
    fprintf(stderr, "make_crawl: %s%s%s\n", what, *name ? ": " : "", name);
    return 2;
}

// FILE.tmp becomes FILE when it is complete, and is removed otherwise.
static int write_output(struct crawl_maker *maker, const struct options *options)
{
    char *temporary = NULL;
    FILE *file = stdout;
    if (options->output) {
        temporary = malloc(strlen(options->output) + 5);
        if (!temporary)
            return complain("out of memory", "");
        strcat(strcpy(temporary, options->output), ".tmp");
        file = fopen(temporary, "wb");
    }
    errno = 0;
    bool good = file && write_records(file, maker, options);
    if (file)
        good = (fclose(file) == 0) && good;
    if (good && temporary)
        good = rename(temporary, options->output) == 0;
    const int error = errno;
    if (!good && temporary && file)
        remove(temporary);
    free(temporary);
    if (good)
        return 0;
    return complain(options->output ? options->output : "standard output",
                    error ? strerror(error) : "cannot write");
}

// ---- options ----
static bool number(const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoull(text, &end, 10);
    return *text >= '0' && *text <= '9' && *end == 0 && errno == 0 && *value >= least &&
           *value <= most;
}

static bool shard_number(const char *text, uint64_t *shard, uint64_t *shards)
{
    char first[24] = {0};
    const char *slash = strchr(text, '/');
    if (!slash || (size_t)(slash - text) >= sizeof first)
        return false;
    memcpy(first, text, (size_t)(slash - text));
    return number(slash + 1, 1, 1000000, shards) && number(first, 1, *shards, shard);
}

static const struct crawl_profile *find_profile(const char *name)
{
    const struct crawl_profile *profile = crawl_profiles;
    while (profile->name && strcmp(profile->name, name) != 0)
        profile++;
    return profile->name ? profile : NULL;
}

static void list_profiles(void)
{
    for (const struct crawl_profile *p = crawl_profiles; p->name; p++)
        printf("  %-12s %s\n", p->name, p->what);
}

// Reads one option into `o`; false if its value makes no sense.
static bool take(struct options *o, int option, uint64_t shard[2])
{
    uint64_t value = 0;
    bool good = true;
    switch (option) {
    case 's':
        return number(optarg, 0, UINT64_MAX, &o->seed);
    case 'd':
        return number(optarg, 1, documents_max, &o->documents);
    case 'p':
        return (o->profile = find_profile(optarg)) != NULL;
    case 'c':
        o->corpus = optarg;
        return true;
    case 'm':
        good = number(optarg, 12, CRAWL_STORY_WORDS_MAX, &value);
        o->median_words = (uint32_t)value;
        return good;
    case 'o':
        o->output = optarg;
        return true;
    case 'S':
        return number(optarg, 0, documents_max, &o->start);
    case 'C':
        return number(optarg, 0, documents_max, &o->count);
    case 'I':
        return shard_number(optarg, &shard[0], &shard[1]);
    case 'l':
        return o->list = true;
    case 'h':
        return o->help = true;
    default:
        return false;
    }
}

static bool parse(struct options *o, int argc, char **argv)
{
    static const struct option known[] = {
        {"seed", 1, NULL, 's'},   {"documents", 1, NULL, 'd'},     {"profile", 1, NULL, 'p'},
        {"corpus", 1, NULL, 'c'}, {"median-words", 1, NULL, 'm'},  {"output", 1, NULL, 'o'},
        {"start", 1, NULL, 'S'},  {"count", 1, NULL, 'C'},         {"shard", 1, NULL, 'I'},
        {"help", 0, NULL, 'h'},   {"list-profiles", 0, NULL, 'l'}, {0}};
    uint64_t shard[2] = {1, 1};
    *o = (struct options){
        .seed = 1, .documents = 1000, .count = UINT64_MAX, .profile = crawl_profiles};
    for (int option; (option = getopt_long(argc, argv, "o:h", known, NULL)) != -1;)
        if (!take(o, option, shard)) {
            if (option != '?')
                complain("value not understood", optarg);
            return false;
        }
    if (optind < argc)
        return complain("not an option", argv[optind]), false;
    if (shard[1] > 1 && (o->start || o->count != UINT64_MAX))
        return complain("--shard excludes --start and --count", ""), false;
    if (shard[1] > 1) { // documents * shards < 2^52
        o->start = o->documents * (shard[0] - 1) / shard[1];
        o->count = o->documents * shard[0] / shard[1] - o->start;
    }
    if (o->start > o->documents)
        return complain("--start is behind the last document", ""), false;
    if (o->count > o->documents - o->start)
        o->count = o->documents - o->start;
    if (o->median_words == 0)
        o->median_words = o->profile->median_words;
    return true;
}

int main(int argc, char **argv)
{
    struct options options;
    if (!parse(&options, argc, argv))
        return 2;
    if (options.help || options.list) {
        fputs(options.help ? usage : "", stdout);
        list_profiles();
        return fclose(stdout) == 0 ? 0 : complain("standard output", "cannot write");
    }
    static struct crawl_maker maker;
    if (!crawl_maker_init(&maker, options.profile, options.corpus, options.documents,
                          options.median_words, options.seed))
        return complain("cannot read the corpus, or out of memory",
                        options.corpus ? options.corpus : "");
    const int status = write_output(&maker, &options);
    crawl_maker_free(&maker);
    return status;
}
