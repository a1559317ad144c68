/* SPDX-License-Identifier: Apache-2.0 */
/* html.c - a web page in UTF-8 in; its text out, by libxml2's HTML parser with handlers of our own,
 * so that no tree is built.
 *
 * Three libraries of Debian 12 were measured on 45 genuine pages, 1.5 MB, in English, Russian,
 * Chinese and Japanese (Xeon, Sapphire Rapids class, 2026-11):
 *                    MB/s   5-grams of words as html5lib has them   200,000 nested <div>
 *   libxml2 2.9.14     78   all, on every page                      0.1 s
 *   gumbo 0.10.1       26   all, on every page                      stopped after 20 s
 *   Modest (MyHTML)    87   all, on every page                      stopped after 20 s
 * lexbor is not in Debian 12.  libxml2 is not a parser by the HTML standard, but its text is the
 * same here, it gets security updates, and it is the only one of the three that a hostile page does
 * not stop.  What it allocates, its stack of open elements above all, is not counted. */
#define _GNU_SOURCE
#include "read/html.h"

#if defined(SYNDIC_HAVE_LIBXML2)

#include <libxml/HTMLparser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The parser compares each attribute with all before it in its element.  A genuine element has some
 * dozens; what follows this many blanks in a tag is left out. */
#define TAG_BLANKS_MAX 2000

/* It compares each end tag that ends nothing with all open elements.  Where so many are open, which
 * no genuine page needs, parsing begins anew behind the tag, but not for ever. */
#define DEPTH_MAX    2000
#define RESTARTS_MAX 100

struct strip {
    struct syndic_growing *text;
    htmlParserCtxtPtr parser;
    unsigned hidden; /* open elements whose text is not seen */
    unsigned depth;
    long stopped; /* at this byte of what was being parsed; -1: not */
    bool starved;
};

/* Sorted; what a browser does not show as text. */
static const char *const hidden_names[] = {"iframe", "noembed", "noframes", "noscript",
                                           "script", "style",   "template"};

/* Sorted; elements that do not begin a line. */
static const char *const inline_names[] = {
    "a",   "abbr", "acronym", "b",    "bdi", "bdo",  "big",   "cite", "code",   "data",
    "del", "dfn",  "em",      "font", "i",   "ins",  "kbd",   "mark", "nobr",   "q",
    "rb",  "rp",   "rt",      "ruby", "s",   "samp", "small", "span", "strike", "strong",
    "sub", "sup",  "time",    "tt",   "u",   "var",  "wbr"};

static int by_name(const void *key, const void *item)
{
    return strcmp(key, *(const char *const *)item);
}

#define IS_IN(list, name)                                                                          \
    (bsearch(name, list, sizeof(list) / sizeof(*(list)), sizeof(*(list)), by_name) != NULL)

static void end_line(struct strip *strip, const char *name)
{
    const struct syndic_growing *const text = strip->text;

    if (text->n && text->at[text->n - 1] != '\n' && !IS_IN(inline_names, name))
        syndic_growing_put(strip->text, "\n", 1);
}

static void on_start(void *context, const xmlChar *name, const xmlChar **attributes)
{
    struct strip *const strip = context;

    (void)attributes;
    strip->hidden += IS_IN(hidden_names, (const char *)name);
    end_line(strip, (const char *)name);
    if (++strip->depth > DEPTH_MAX && strip->stopped < 0) {
        strip->stopped = xmlByteConsumed(strip->parser);
        strip->stopped = strip->stopped < 0 ? 0 : strip->stopped;
        xmlStopParser(strip->parser);
    }
}

static void on_end(void *context, const xmlChar *name)
{
    struct strip *const strip = context;

    strip->depth -= strip->depth != 0;
    strip->hidden -= strip->hidden && IS_IN(hidden_names, (const char *)name);
    end_line(strip, (const char *)name);
}

static void on_text(void *context, const xmlChar *bytes, int n)
{
    struct strip *const strip = context;

    if (!strip->hidden && n > 0)
        syndic_growing_put(strip->text, bytes, (size_t)n);
}

/* Pages are full of errors, which nobody wants to hear.  But a parser without memory can go on for
 * ever unless it is stopped, and then there is none for the message either. */
static void on_error(void *context, const xmlError *error)
{
    struct strip *const strip = context;

    if (strip->starved || (error->message && error->code != XML_ERR_NO_MEMORY))
        return;
    strip->starved = true;
    xmlStopParser(strip->parser);
}

bool syndic_html_is_here(void)
{
    return true;
}

/* ---- a copy that the parser takes well ---- */

/* Passes from the byte after '<' to what ends the tag; past too many blanks it gives blanks. */
static size_t clean_tag(uint8_t *to, const uint8_t *from, size_t n)
{
    size_t i = 0, blanks = 0;
    uint8_t quote = 0;

    for (; i < n; i++) {
        const uint8_t byte = from[i];
        if (!quote && (byte == '>' || byte == '<'))
            break;
        if (blanks > TAG_BLANKS_MAX && (byte == '>' || byte == '<'))
            break;
        if (quote ? byte == quote : (byte == '"' || byte == '\'') && i && from[i - 1] == '=')
            quote = quote ? 0 : byte;
        blanks += !quote && (byte == ' ' || byte == '\n' || byte == '\t' || byte == '/');
        to[i] = blanks > TAG_BLANKS_MAX ? ' ' : byte ? byte : ' ';
    }
    return i;
}

/* The page without NUL, at which the parser would stop, and without endless tags. */
static bool copy_clean(struct syndic_span page, struct syndic_growing *clean)
{
    uint8_t *const to = syndic_growing_more(clean, page.n + 1);

    if (!to)
        return false;
    for (size_t i = 0; i < page.n;) {
        const uint8_t byte = page.at[i];
        to[i++] = byte ? byte : ' ';
        if (byte == '<' && i < page.n && ((page.at[i] | 0x20) >= 'a' && (page.at[i] | 0x20) <= 'z'))
            i += clean_tag(to + i, page.at + i, page.n - i);
    }
    to[page.n] = 0;
    clean->n += page.n;
    return true;
}

static void set_up(void)
{
    xmlInitParser();
}

/* Parse bytes[0, n), followed by NUL, up to the end or a stop.  NO_MEMORY. */
static enum syndic_status parse(struct strip *strip, const char *bytes, size_t n)
{
    const htmlParserCtxtPtr parser = htmlCreateMemoryParserCtxt(bytes, (int)n);

    if (!parser)
        return SYNDIC_NO_MEMORY;
    memset(parser->sax, 0, sizeof(*parser->sax));
    parser->sax->initialized = XML_SAX2_MAGIC;
    parser->sax->startElement = on_start;
    parser->sax->endElement = on_end;
    parser->sax->characters = on_text;
    parser->sax->ignorableWhitespace = on_text;
    parser->sax->cdataBlock = on_text; /* of scripts and styles too */
    parser->sax->serror = (xmlStructuredErrorFunc)on_error;
    parser->userData = strip;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC);
    xmlSwitchEncoding(parser, XML_CHAR_ENCODING_UTF8); /* whatever the page says */
    *strip = (struct strip){.text = strip->text, .parser = parser, .stopped = -1};
    const xmlStructuredErrorFunc handler = xmlStructuredError; /* this thread's */
    void *const context = xmlStructuredErrorContext;
    xmlSetStructuredErrorFunc(strip, (xmlStructuredErrorFunc)on_error);
    htmlParseDocument(parser);
    xmlSetStructuredErrorFunc(context, handler);
    const bool starved = strip->starved || parser->errNo == XML_ERR_NO_MEMORY;
    xmlFreeDoc(parser->myDoc);
    htmlFreeParserCtxt(parser);
    return starved ? SYNDIC_NO_MEMORY : SYNDIC_OK;
}

enum syndic_status syndic_html_text(struct syndic_span page, struct syndic_growing *clean,
                                    struct syndic_growing *text)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct strip strip = {.text = text};
    enum syndic_status status = SYNDIC_OK;
    size_t at = 0;

    if (!copy_clean(page, clean))
        return clean->status;
    pthread_once(&once, set_up);
#if LIBXML_VERSION < 21200 /* which crash where they have no memory for what each thread has */
    if (!xmlGetGlobalState())
        return SYNDIC_NO_MEMORY;
#endif
    for (int i = 0; !status && !text->status && at < page.n && i < RESTARTS_MAX; i++) {
        status = parse(&strip, (const char *)clean->at + at, page.n - at);
        const uint8_t *const from = clean->at + at + (strip.stopped > 0 ? strip.stopped : 0);
        const uint8_t *const end = memchr(from, '>', (size_t)(clean->at + page.n - from));
        at = strip.stopped > 0 && end ? (size_t)(end - clean->at) + 1 : page.n;
    }
    if (status)
        return status;
    return syndic_growing_more(text, 0) ? SYNDIC_OK : text->status;
}

#else

bool syndic_html_is_here(void)
{
    return false;
}

enum syndic_status syndic_html_text(struct syndic_span page, struct syndic_growing *clean,
                                    struct syndic_growing *text)
{
    (void)page;
    (void)clean;
    return syndic_growing_more(text, 0) ? SYNDIC_OK : text->status;
}

#endif
