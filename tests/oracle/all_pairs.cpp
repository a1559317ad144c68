// SPDX-License-Identifier: Apache-2.0
// all_pairs.cpp - JSON lines in; every pair of documents with Jaccard similarity >= t, exactly,
// out.
//
// The truth that the tests hold syndic against.  It shares no code and no method with it: simdjson
// parses, ICU normalises, folds and classifies, shingles are told apart by 128-bit hashes of token
// numbers, and pairs come from an inverted index with prefix filtering (Bayardo, Ma and Srikant,
// Scaling up all pairs similarity search, 2007): with shingles ordered by rarity, two sets of
// similarity >= t share one of the first |A| - ceil(t |A|) + 1 of each.  Every candidate is
// intersected in full.
//
// Usage: all_pairs [--threshold T] [--width N] [--classes] [FILE | -]
// Prints "id_a TAB id_b TAB jaccard", a before b in the input.  Documents with the same set of
// shingles are handled once; with --classes they are also printed once: "id TAB first_id" for each
// document that has the set of an earlier one, and pairs between such first ones only.  A line that
// is not an object with a string "text" is left out; one without "id" is called by its line number.
// Documents without tokens are in no pair.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <simdjson.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

namespace
{

using Set = std::vector<uint32_t>; // shingle numbers, the rarest first, which is ascending
using Hash = std::pair<uint64_t, uint64_t>;

struct Options {
    double threshold = 0.8;
    size_t width = 5;
    bool classes = false;
    std::string path = "-";
};

struct Corpus {
    std::vector<std::string> id;
    std::vector<std::vector<uint32_t>> tokens;         // of each document, as numbers
    std::unordered_map<std::string, uint32_t> numbers; // of token texts
};

[[noreturn]] void die(const std::string &message)
{
    std::cerr << "all_pairs: " << message << '\n';
    std::exit(2);
}

bool stands_alone(UChar32 c)
{
    UErrorCode error = U_ZERO_ERROR;

    switch (uscript_getScript(c, &error)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
        return true;
    default:
        return false;
    }
}

bool is_word(UChar32 c)
{
    return (U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

// NFC(fold(NFC(text))) with simple folding.
icu::UnicodeString normalise(std::string_view text)
{
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2 *const nfc = icu::Normalizer2::getNFCInstance(error);
    const icu::StringPiece piece(text.data(), static_cast<int32_t>(text.size()));
    const icu::UnicodeString composed = nfc->normalize(icu::UnicodeString::fromUTF8(piece), error);
    icu::UnicodeString folded;

    for (int32_t i = 0; i < composed.length(); i = composed.moveIndex32(i, 1))
        folded.append(u_foldCase(composed.char32At(i), U_FOLD_CASE_DEFAULT));
    const icu::UnicodeString result = nfc->normalize(folded, error);
    if (U_FAILURE(error))
        die(std::string("ICU: ") + u_errorName(error));
    return result;
}

void end_token(Corpus &corpus, icu::UnicodeString &token, std::vector<uint32_t> &tokens)
{
    std::string utf8;

    if (token.isEmpty())
        return;
    token.toUTF8String(utf8);
    const auto next = static_cast<uint32_t>(corpus.numbers.size());
    tokens.push_back(corpus.numbers.emplace(utf8, next).first->second);
    token.remove();
}

std::vector<uint32_t> tokenise(Corpus &corpus, std::string_view text)
{
    const icu::UnicodeString normal = normalise(text);
    std::vector<uint32_t> tokens;
    icu::UnicodeString token;

    for (int32_t i = 0; i < normal.length(); i = normal.moveIndex32(i, 1)) {
        const UChar32 c = normal.char32At(i);
        if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
            continue;
        const bool word = is_word(c), alone = word && stands_alone(c);
        if (!word || alone)
            end_token(corpus, token, tokens);
        if (word)
            token.append(c);
        if (alone)
            end_token(corpus, token, tokens);
    }
    end_token(corpus, token, tokens);
    return tokens;
}

std::string id_of(simdjson::dom::element record, size_t line)
{
    simdjson::dom::element id;

    if (record["id"].get(id))
        return std::to_string(line);
    if (id.is_string())
        return std::string(id.get_string().value());
    return simdjson::to_string(id);
}

void read(std::istream &in, Corpus &corpus)
{
    simdjson::dom::parser parser;
    std::string line;

    for (size_t number = 1; std::getline(in, line); number++) {
        simdjson::dom::element record;
        std::string_view text;
        if (parser.parse(line).get(record) || !record.is_object() || record["text"].get(text))
            continue;
        corpus.id.push_back(id_of(record, number));
        corpus.tokens.push_back(tokenise(corpus, text));
    }
}

// Two chains of multiply and rotate with different constants; the length is part of the hash.
Hash hash_shingle(const uint32_t *token, size_t n)
{
    uint64_t a = 0x243f6a8885a308d3u + n, b = 0x13198a2e03707344u ^ n;

    for (size_t i = 0; i < n; i++) {
        a = (a ^ token[i]) * 0xff51afd7ed558ccdu;
        a ^= a >> 29;
        b = (b + token[i] + 1) * 0xc4ceb9fe1a85ec53u;
        b = b << 31 | b >> 33;
    }
    a = (a ^ a >> 32) * 0xd6e8feb86659fd93u;
    b = (b ^ b >> 32) * 0xd6e8feb86659fd93u;
    return {a ^ a >> 32, b ^ b >> 32};
}

std::vector<Hash> shingles_of(const std::vector<uint32_t> &tokens, size_t width)
{
    std::vector<Hash> shingles;

    if (tokens.empty())
        return shingles;
    if (tokens.size() < width)
        shingles.push_back(hash_shingle(tokens.data(), tokens.size()));
    for (size_t i = 0; i + width <= tokens.size(); i++)
        shingles.push_back(hash_shingle(tokens.data() + i, width));
    std::sort(shingles.begin(), shingles.end());
    shingles.erase(std::unique(shingles.begin(), shingles.end()), shingles.end());
    return shingles;
}

// Number shingles by rarity: the fewer documents have one, the smaller its number.
std::vector<Set> number_shingles(const std::vector<std::vector<Hash>> &documents)
{
    struct Place {
        Hash hash;
        uint32_t document;
    };
    std::vector<Place> places;
    std::vector<std::pair<uint32_t, size_t>> runs; // how many documents, where in places
    std::vector<Set> sets(documents.size());

    for (size_t d = 0; d < documents.size(); d++)
        for (const Hash &hash : documents[d])
            places.push_back({hash, static_cast<uint32_t>(d)});
    std::sort(places.begin(), places.end(),
              [](const Place &x, const Place &y) { return x.hash < y.hash; });
    for (size_t i = 0, end; i < places.size(); i = end) {
        for (end = i + 1; end < places.size() && places[end].hash == places[i].hash; end++)
            ;
        runs.emplace_back(static_cast<uint32_t>(end - i), i);
    }
    std::sort(runs.begin(), runs.end());
    for (size_t r = 0; r < runs.size(); r++)
        for (size_t i = 0; i < runs[r].first; i++)
            sets[places[runs[r].second + i].document].push_back(static_cast<uint32_t>(r));
    return sets; // each ascending, since r grew
}

// first[d] = the first document with the set of d.
std::vector<size_t> find_firsts(const std::vector<Set> &sets)
{
    std::map<Set, size_t> seen;
    std::vector<size_t> first(sets.size());

    for (size_t d = 0; d < sets.size(); d++)
        first[d] = sets[d].empty() ? d : seen.emplace(sets[d], d).first->second;
    return first;
}

struct Pair {
    size_t a, b;
    double jaccard;
};

size_t prefix(const Set &set, double threshold)
{
    const double least = std::ceil(threshold * static_cast<double>(set.size()) - 1e-6);

    return set.size() - static_cast<size_t>(std::max(least, 1.0)) + 1;
}

double jaccard(const Set &a, const Set &b)
{
    size_t both = 0;

    for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const uint32_t x = a[i], y = b[j];
        both += x == y;
        i += x <= y;
        j += y <= x;
    }
    return static_cast<double>(both) / static_cast<double>(a.size() + b.size() - both);
}

// All pairs among the sets of `firsts`, which are not empty.
std::vector<Pair> find_pairs(const std::vector<Set> &sets, const std::vector<size_t> &firsts,
                             double threshold)
{
    std::unordered_map<uint32_t, std::vector<size_t>> index;
    std::vector<size_t> asked_by(sets.size(), SIZE_MAX);
    std::vector<Pair> pairs;

    for (const size_t b : firsts) {
        const size_t length = prefix(sets[b], threshold);
        for (size_t i = 0; i < length; i++) {
            auto &documents = index[sets[b][i]];
            for (const size_t a : documents) {
                const auto [less, more] = std::minmax(sets[a].size(), sets[b].size());
                if (asked_by[a] == b ||
                    static_cast<double>(less) < threshold * static_cast<double>(more) - 1e-6)
                    continue;
                asked_by[a] = b;
                const double similarity = jaccard(sets[a], sets[b]);
                if (similarity >= threshold)
                    pairs.push_back({a, b, similarity});
            }
            documents.push_back(b);
        }
    }
    return pairs;
}

void print_pair(const Corpus &corpus, size_t a, size_t b, double similarity)
{
    std::printf("%s\t%s\t%.9f\n", corpus.id[std::min(a, b)].c_str(),
                corpus.id[std::max(a, b)].c_str(), similarity);
}

void print_classes(const Corpus &corpus, const std::vector<size_t> &first,
                   const std::vector<Pair> &pairs)
{
    for (size_t d = 0; d < first.size(); d++)
        if (first[d] != d)
            std::printf("%s\t%s\n", corpus.id[d].c_str(), corpus.id[first[d]].c_str());
    for (const Pair &pair : pairs)
        print_pair(corpus, pair.a, pair.b, pair.jaccard);
}

void print_all(const Corpus &corpus, const std::vector<size_t> &first,
               const std::vector<Pair> &pairs)
{
    std::vector<std::vector<size_t>> members(first.size());

    for (size_t d = 0; d < first.size(); d++) {
        for (const size_t other : members[first[d]])
            print_pair(corpus, other, d, 1);
        members[first[d]].push_back(d);
    }
    for (const Pair &pair : pairs)
        for (const size_t a : members[pair.a])
            for (const size_t b : members[pair.b])
                print_pair(corpus, a, b, pair.jaccard);
}

Options parse(int count, char **arguments)
{
    Options options;

    for (int i = 1; i < count; i++) {
        const std::string_view name = arguments[i];
        if (name == "--classes")
            options.classes = true;
        else if (name == "--threshold" && i + 1 < count)
            options.threshold = std::strtod(arguments[++i], nullptr);
        else if (name == "--width" && i + 1 < count)
            options.width = std::strtoul(arguments[++i], nullptr, 10);
        else if (name == "-" || name.substr(0, 1) != "-")
            options.path = name;
        else
            die("unknown option " + std::string(name));
    }
    if (!(options.threshold > 0 && options.threshold <= 1) || options.width < 1)
        die("a threshold above 0 and at most 1, and a width of at least 1");
    return options;
}

} // namespace

int main(int count, char **arguments)
{
    const Options options = parse(count, arguments);
    Corpus corpus;

    std::ios::sync_with_stdio(false);
    if (options.path == "-") {
        read(std::cin, corpus);
    } else {
        std::ifstream file(options.path);
        if (!file)
            die("cannot open " + options.path);
        read(file, corpus);
    }
    std::vector<std::vector<Hash>> documents;
    for (const auto &tokens : corpus.tokens)
        documents.push_back(shingles_of(tokens, options.width));
    const std::vector<Set> sets = number_shingles(documents);
    const std::vector<size_t> first = find_firsts(sets);
    std::vector<size_t> firsts;
    for (size_t d = 0; d < sets.size(); d++)
        if (first[d] == d && !sets[d].empty())
            firsts.push_back(d);
    const std::vector<Pair> pairs = find_pairs(sets, firsts, options.threshold);
    if (options.classes)
        print_classes(corpus, first, pairs);
    else
        print_all(corpus, first, pairs);
    return std::fflush(stdout) ? 2 : 0;
}
