// SPDX-License-Identifier: Apache-2.0
// documents.h - JSON lines in; for every document its set of shingles out, as numbers, the rarest
// first.
//
// What all_pairs and bench/jaccard_forest share.  Nothing of syndic is in it: simdjson parses, ICU
// normalises, folds and classifies, and 128-bit hashes of token numbers tell shingles apart.
#ifndef SYNDIC_ORACLE_DOCUMENTS_H
#define SYNDIC_ORACLE_DOCUMENTS_H

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <simdjson.h>
#include <string>
#include <string_view>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unordered_map>
#include <utility>
#include <vector>

namespace oracle
{

using Set = std::vector<uint32_t>; // shingle numbers, the rarest first, which is ascending
using Hash = std::pair<uint64_t, uint64_t>;

struct Corpus {
    size_t width = 5;
    std::string text_field = "text";
    std::vector<std::string> id;                          // or the number of the line
    std::vector<size_t> line;                             // of each document, from 1
    std::vector<std::vector<Hash>> shingles;              // of each document, ascending
    std::unordered_map<std::u16string, uint32_t> numbers; // of token texts
};

[[noreturn]] inline void die(const std::string &message)
{
    std::cerr << "oracle: " << message << '\n';
    std::exit(2);
}

inline bool stands_alone(UChar32 c)
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

enum class Kind : uint8_t { unknown, separator, nothing, letter, alone };

// What a character is to a token; ICU is asked once each.
inline Kind kind_of(UChar32 c)
{
    static std::vector<Kind> kinds(0x110000, Kind::unknown);

    if (kinds[c] == Kind::unknown) {
        const bool word = U_GET_GC_MASK(c) & (U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK);
        kinds[c] = u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) ? Kind::nothing
                   : !word                                                    ? Kind::separator
                   : stands_alone(c)                                          ? Kind::alone
                                                                              : Kind::letter;
    }
    return kinds[c];
}

inline void append(std::u16string &text, UChar32 c)
{
    if (c > 0xffff)
        text.push_back(U16_LEAD(c));
    text.push_back(c > 0xffff ? U16_TRAIL(c) : static_cast<char16_t>(c));
}

// NFC(fold(NFC(text))) with simple folding.
inline icu::UnicodeString normalise(std::string_view text)
{
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2 *const nfc = icu::Normalizer2::getNFCInstance(error);
    const icu::StringPiece piece(text.data(), static_cast<int32_t>(text.size()));
    const icu::UnicodeString composed = nfc->normalize(icu::UnicodeString::fromUTF8(piece), error);
    const char16_t *const unit = composed.getBuffer();
    std::u16string folded;

    for (int32_t i = 0; i < composed.length();) {
        UChar32 c;
        U16_NEXT(unit, i, composed.length(), c);
        append(folded, u_foldCase(c, U_FOLD_CASE_DEFAULT));
    }
    const icu::UnicodeString result = nfc->normalize(
        icu::UnicodeString(false, folded.data(), static_cast<int32_t>(folded.size())), error);
    if (U_FAILURE(error))
        die(std::string("ICU: ") + u_errorName(error));
    return result;
}

inline void end_token(Corpus &corpus, std::u16string &token, std::vector<uint32_t> &tokens)
{
    if (token.empty())
        return;
    const auto next = static_cast<uint32_t>(corpus.numbers.size());
    tokens.push_back(corpus.numbers.emplace(token, next).first->second);
    token.clear();
}

inline std::vector<uint32_t> tokenise(Corpus &corpus, std::string_view text)
{
    const icu::UnicodeString normal = normalise(text);
    const char16_t *const unit = normal.getBuffer();
    std::vector<uint32_t> tokens;
    std::u16string token;

    for (int32_t i = 0; i < normal.length();) {
        UChar32 c;
        U16_NEXT(unit, i, normal.length(), c);
        const Kind kind = kind_of(c);
        if (kind == Kind::separator || kind == Kind::alone)
            end_token(corpus, token, tokens);
        if (kind == Kind::letter || kind == Kind::alone)
            append(token, c);
        if (kind == Kind::alone)
            end_token(corpus, token, tokens);
    }
    end_token(corpus, token, tokens);
    return tokens;
}

// Two chains of multiply and rotate with different constants; the length is part of the hash.
inline Hash hash_shingle(const uint32_t *token, size_t n)
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

inline std::vector<Hash> shingles_of(const std::vector<uint32_t> &tokens, size_t width)
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

inline std::string id_of(simdjson::dom::element record, size_t line)
{
    simdjson::dom::element id;

    if (record["id"].get(id))
        return std::to_string(line);
    if (id.is_string())
        return std::string(id.get_string().value());
    return simdjson::to_string(id);
}

inline void read(std::istream &in, Corpus &corpus)
{
    simdjson::dom::parser parser;
    std::string line;

    for (size_t number = 1; std::getline(in, line); number++) {
        simdjson::dom::element record;
        std::string_view text;
        if (parser.parse(line).get(record) || !record.is_object() ||
            record[corpus.text_field].get(text))
            continue;
        corpus.id.push_back(id_of(record, number));
        corpus.line.push_back(number);
        corpus.shingles.push_back(shingles_of(tokenise(corpus, text), corpus.width));
    }
}

// Number shingles by rarity: the fewer documents have one, the smaller its number.
inline std::vector<Set> number_shingles(const std::vector<std::vector<Hash>> &documents)
{
    struct Place {
        Hash hash;
        uint32_t document;
    };
    std::vector<Place> places;
    std::vector<size_t> next(documents.size() + 2); // by how many documents: the next number
    std::vector<Set> sets(documents.size());

    for (size_t d = 0; d < documents.size(); d++)
        for (const Hash &hash : documents[d])
            places.push_back({hash, static_cast<uint32_t>(d)});
    std::sort(places.begin(), places.end(),
              [](const Place &x, const Place &y) { return x.hash < y.hash; });
    const auto run_end = [&](size_t i) {
        while (++i < places.size() && places[i].hash == places[i - 1].hash)
            ;
        return i;
    };
    for (size_t i = 0, end; i < places.size(); i = end)
        end = run_end(i), next[end - i + 1]++;
    for (size_t count = 1; count < next.size(); count++)
        next[count] += next[count - 1];
    for (size_t i = 0, end; i < places.size(); i = end) {
        end = run_end(i);
        const size_t number = next[end - i]++;
        for (size_t place = i; place < end; place++)
            sets[places[place].document].push_back(static_cast<uint32_t>(number));
    }
    for (Set &set : sets)
        std::sort(set.begin(), set.end());
    return sets;
}

// first[d] = the first document with the set of d.
inline std::vector<size_t> find_firsts(const std::vector<Set> &sets)
{
    std::map<Set, size_t> seen;
    std::vector<size_t> first(sets.size());

    for (size_t d = 0; d < sets.size(); d++)
        first[d] = sets[d].empty() ? d : seen.emplace(sets[d], d).first->second;
    return first;
}

} // namespace oracle

#endif
