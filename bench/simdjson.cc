// SPDX-License-Identifier: Apache-2.0
// simdjson.cc - lines of JSON in; the values of "id" and "text" by simdjson on-demand out.  It is
// what the field extractor is measured against; the library does not use it.
#include "bench.h"

#include <cstring>
#include <string_view>

#include <simdjson.h>

struct bench_simdjson {
    simdjson::ondemand::parser parser;
};

bench_simdjson *bench_simdjson_create(void)
{
    return new bench_simdjson;
}

// Either order of the fields, as the extractor takes them.
template <typename document> static size_t take(document &&record)
{
    std::string_view id, text;

    if (record["id"].get_string().get(id) || record["text"].get_string().get(text))
        std::abort();
    return text.size();
}

size_t bench_simdjson_lines(bench_simdjson *simdjson, const char *lines, size_t n)
{
    size_t bytes = 0;

    for (size_t at = 0; at < n;) {
        const void *const end = std::memchr(lines + at, '\n', n - at);
        const size_t length = static_cast<const char *>(end) - (lines + at);
        simdjson::ondemand::document document;
        if (simdjson->parser.iterate(lines + at, length, length + simdjson::SIMDJSON_PADDING)
                .get(document))
            std::abort();
        bytes += take(document);
        at += length + 1;
    }
    return bytes;
}

size_t bench_simdjson_stream(bench_simdjson *simdjson, const char *lines, size_t n)
{
    simdjson::ondemand::document_stream stream;
    size_t bytes = 0;

    if (simdjson->parser.iterate_many(lines, n, n).get(stream))
        std::abort();
    for (auto document : stream)
        bytes += take(document);
    return bytes;
}
