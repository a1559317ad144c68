// SPDX-License-Identifier: Apache-2.0
// Generated and mutated lines of JSON in; the extractor and simdjson must say the same of each:
// good or malformed, and the same value for every path.  A plain program, since simdjson is C++.
//
// Differences that are allowed, each recognised in the line itself and never by what the extractor
// said:
// - invalid UTF-8: simdjson refuses it, the extractor lets it pass (the text stage replaces it);
// - lone surrogate escapes: simdjson refuses them, the extractor makes them U+FFFD;
// - numbers that no double holds, or integers beyond 64 bits: simdjson refuses them, the extractor
//   never converts;
// - a line that is a good value but no object: the extractor refuses it;
// - nesting: both refuse beyond a limit of 1,024, but count the innermost level differently; the
//   generator stays far below, and the exact limit is tested in test_json.c.
//
// Usage: test_json_simdjson [seed [lines]]
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>
#include <string>
#include <string_view>

#include <simdjson.h>

// The internal headers are C17 and hold _Atomic members, so the few declarations needed are
// repeated; a plain buffer stands for struct syndic_memory.
extern "C" {
struct syndic_memory;
struct syndic_json;
struct syndic_json_value {
    int type;
    const std::uint8_t *bytes;
    std::size_t length;
    std::size_t raw_at, raw_length;
};
void syndic_memory_init(struct syndic_memory *, const void *, std::size_t);
int syndic_json_create(struct syndic_memory *, const char *const *, std::size_t,
                       struct syndic_json **);
int syndic_json_extract(struct syndic_json *, const std::uint8_t *, std::size_t,
                        struct syndic_json_value *, const char **, std::size_t *);
void syndic_json_destroy(struct syndic_json *);
}

namespace
{

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr int status_format = 4; // SYNDIC_FORMAT
enum type { missing, string, number, true_word, false_word, null_word, object, array };

const char *const paths[] = {"text", "id", "a.b", "a.b.c"};
constexpr std::size_t path_count = std::size(paths);

// ---- lines ----

struct random_numbers {
    std::uint64_t state;

    std::uint64_t next()
    {
        std::uint64_t z = state += 0x9e3779b97f4a7c15u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        return z ^ z >> 31;
    }
    std::size_t below(std::size_t n)
    {
        return next() % n;
    }
    template <std::size_t n> std::string_view pick(const std::string_view (&items)[n])
    {
        return items[below(n)];
    }
};

std::string make_string(random_numbers &random)
{
    static const std::string_view piece[] = {"a",
                                             "text",
                                             "word and word ",
                                             "\\n",
                                             "\\\"",
                                             "\\\\",
                                             "\\/",
                                             "\\u0041",
                                             "\\u00e9",
                                             "\\ud83d\\ude00",
                                             "\\u0000",
                                             "\xc3\xa9",
                                             "\\t",
                                             "\\b\\f\\r",
                                             "\\uFFFF",
                                             "\xf0\x9f\x98\x80",
                                             "{}[],:",
                                             "\x7f",
                                             "\\u20ac\\u4e2d\\u6587",
                                             "0123456789abcdef0123456789abcdef0123456789"};
    std::string made = "\"";

    for (std::size_t n = random.below(random.below(4) ? 5 : 40); n--;)
        made += random.pick(piece);
    return made + '"';
}

std::string make_space(random_numbers &random)
{
    static const std::string_view space[] = {"", "", "", " ", "  ", "\t", "\r", " \t "};
    return std::string(random.pick(space));
}

std::string make_value(random_numbers &random, int depth);

std::string make_object(random_numbers &random, int depth)
{
    static const std::string_view key[] = {"text",       "id",      "a",   "b",   "c",     "a.b",
                                           "te\\u0078t", "\\u0061", "txt", "b.c", "a.b.c", ""};
    std::string made = "{" + make_space(random);

    for (std::size_t n = random.below(6), i = 0; i < n; i++) {
        made += i ? "," : "";
        made += make_space(random) + '"' + std::string(random.pick(key)) + '"';
        made += make_space(random) + ":" + make_value(random, depth + 1) + make_space(random);
    }
    return made + "}";
}

std::string make_value(random_numbers &random, int depth)
{
    static const std::string_view scalar[] = {"0",     "-1",   "12.5",  "1e5",   "-0.0E-2", "true",
                                              "false", "null", "1E+10", "99999", "0.1",     "-0"};
    std::string made = make_space(random);
    const std::size_t kind = random.below(depth > 5 ? 6 : 9);

    if (kind < 4)
        return made + make_string(random);
    if (kind < 6)
        return made + std::string(random.pick(scalar));
    if (kind < 8)
        return made + make_object(random, depth);
    made += "[" + make_space(random);
    for (std::size_t n = random.below(4), i = 0; i < n; i++)
        made += (i ? "," : "") + make_value(random, depth + 1) + make_space(random);
    return made + "]";
}

void mutate(random_numbers &random, std::string &line)
{
    static const char byte[] = "\"\\{}[]:,0123456789.eE+-truefalsn \t\n\r\x01\x1f/\x80\xc3\xff\0";
    const std::size_t at = line.empty() ? 0 : random.below(line.size());
    const char other = byte[random.below(sizeof(byte) - 1)];

    switch (random.below(5)) {
    case 0:
        line.insert(at, 1, other);
        break;
    case 1:
        line.erase(at, 1);
        break;
    case 2:
        if (!line.empty())
            line[at] = other;
        break;
    case 3:
        line.resize(at);
        break;
    default:
        line.insert(random.below(line.size() + 1), line.substr(at, random.below(12)));
    }
}

// ---- allowed differences ----

bool is_hex(std::string_view digits)
{
    return digits.size() == 4 && digits.find_first_not_of("0123456789abcdefABCDEF") == digits.npos;
}

// Whether an escaped surrogate without its partner is anywhere in the line.
bool has_lone_surrogate(std::string_view line)
{
    for (std::size_t i = 0; i + 1 < line.size(); i++) {
        if (line[i] != '\\')
            continue;
        if (line[i + 1] != 'u' || !is_hex(line.substr(i + 2, 4))) {
            i++;
            continue;
        }
        const unsigned long unit = std::stoul(std::string(line.substr(i + 2, 4)), nullptr, 16);
        if (unit >= 0xdc00 && unit < 0xe000)
            return true;
        i += 5;
        if (unit < 0xd800 || unit >= 0xe000)
            continue;
        const bool more = line.substr(i + 1, 2) == "\\u" && is_hex(line.substr(i + 3, 4));
        const unsigned long low =
            more ? std::stoul(std::string(line.substr(i + 3, 4)), nullptr, 16) : 0;
        if (low < 0xdc00 || low >= 0xe000)
            return true;
        i += 6;
    }
    return false;
}

// Whether some run of digits, or exponent, is long enough for a number beyond a machine's.
bool has_big_number(std::string_view line)
{
    std::size_t run = 0;
    bool exponent = false;

    for (const char c : line) {
        if (c >= '0' && c <= '9') {
            if (++run >= (exponent ? 3u : 19u))
                return true;
            continue;
        }
        exponent = c == 'e' || c == 'E' || (exponent && !run && (c == '+' || c == '-'));
        run = 0;
    }
    return false;
}

// ---- what simdjson says ----

// The last member `key` of an object; false: none.
bool last_member(const element &value, std::string_view key, element &member)
{
    simdjson::dom::object members;
    bool found = false;

    if (value.get(members))
        return false;
    for (const auto [name, one] : members)
        if (name == key) {
            member = one;
            found = true;
        }
    return found;
}

bool find(const element &root, std::string_view path, element &value)
{
    if (last_member(root, path, value))
        return true;
    if (path.find('.') == path.npos)
        return false;
    element at = root;
    for (;;) {
        const std::size_t dot = path.find('.');
        element next;
        if (!last_member(at, path.substr(0, dot), next))
            return false;
        at = next;
        if (dot == path.npos)
            break;
        path.remove_prefix(dot + 1);
    }
    value = at;
    return true;
}

int type_of(const element &value)
{
    switch (value.type()) {
    case element_type::STRING:
        return string;
    case element_type::OBJECT:
        return object;
    case element_type::ARRAY:
        return array;
    case element_type::BOOL:
        return bool(value) ? true_word : false_word;
    case element_type::NULL_VALUE:
        return null_word;
    default:
        return number;
    }
}

// ---- the comparison ----

struct counts {
    std::size_t good = 0, malformed = 0, allowed = 0, values = 0;
};

[[noreturn]] void disagree(std::string_view line, const char *what)
{
    std::fprintf(stderr, "test_json_simdjson: %s:\n", what);
    std::fwrite(line.data(), 1, line.size(), stderr);
    std::fputc('\n', stderr);
    std::exit(1);
}

bool same_value(const element &expected, const syndic_json_value &value,
                simdjson::dom::parser &parser)
{
    if (value.type != type_of(expected))
        return false;
    const std::string_view bytes(reinterpret_cast<const char *>(value.bytes), value.length);
    if (value.type == string)
        return std::string_view(expected) == bytes;
    // Others are raw text: they must be one whole value, which means the same.
    const simdjson::padded_string raw{bytes};
    element again;
    if (parser.parse(raw).get(again))
        return false;
    return simdjson::to_string(again) == simdjson::to_string(expected);
}

void compare(syndic_json *json, const std::string &line, counts &count)
{
    static simdjson::dom::parser parser, part_parser;
    const simdjson::padded_string padded(line);
    std::string own = line + std::string(64, '"');
    syndic_json_value values[path_count] = {};
    const char *reason = nullptr;
    std::size_t byte = 0;
    element root;
    const auto refused = parser.parse(padded).get(root);
    const bool expected = !refused && root.is_object();
    const int status = syndic_json_extract(json, reinterpret_cast<const std::uint8_t *>(own.data()),
                                           line.size(), values, &reason, &byte);

    if (status && (status != status_format || !reason || byte > line.size()))
        disagree(line, "a malformed line without reason or place");
    if (!status != expected) {
        if (status)
            disagree(line, reason);
        if (simdjson::validate_utf8(line) && !has_lone_surrogate(line) && !has_big_number(line))
            disagree(line, simdjson::error_message(refused));
        count.allowed++;
        return;
    }
    (status ? count.malformed : count.good)++;
    for (std::size_t i = 0; !status && i < path_count; i++) {
        element value;
        const bool found = find(root, paths[i], value);
        if (found != (values[i].type != missing) ||
            (found && !same_value(value, values[i], part_parser)))
            disagree(line, paths[i]);
        count.values += found;
    }
}

} // namespace

int main(int argc, char **argv)
{
    const std::uint64_t seed = argc > 1 ? std::strtoull(argv[1], nullptr, 0) : 1723;
    const std::size_t lines = argc > 2 ? std::strtoull(argv[2], nullptr, 0) : 200000;
    alignas(64) static unsigned char memory_room[256];
    auto *const memory = reinterpret_cast<syndic_memory *>(memory_room);
    random_numbers random{seed};
    syndic_json *json = nullptr;
    counts count;

    std::printf("test_json_simdjson: seed %llu\n", static_cast<unsigned long long>(seed));
    syndic_memory_init(memory, nullptr, 0);
    if (syndic_json_create(memory, paths, path_count, &json))
        return 1;
    for (std::size_t i = 0; i < lines; i++) {
        std::string line = random.below(20) ? make_object(random, 0) : make_value(random, 0);
        for (std::size_t n = random.below(2) ? random.below(4) : 0; n--;)
            mutate(random, line);
        compare(json, line, count);
    }
    syndic_json_destroy(json);
    std::printf("%zu good lines with %zu values, %zu malformed, %zu allowed differences\n",
                count.good, count.values, count.malformed, count.allowed);
    // The generator must have reached every kind of line.
    return count.good > lines / 4 && count.malformed > lines / 20 && count.allowed && count.values
               ? 0
               : 1;
}
