// SPDX-License-Identifier: Apache-2.0
// all_pairs.cpp - JSON lines in; every pair of documents with Jaccard similarity >= t, exactly,
// out.
//
// The truth that the tests hold syndic against.  It shares no code and no method with it: simdjson
// parses, ICU normalises, folds and classifies (documents.h), and pairs come from an inverted index
// with prefix filtering (Bayardo, Ma and Srikant, Scaling up all pairs similarity search, 2007):
// with shingles ordered by rarity, two sets of similarity >= t share one of the first |A| - ceil(t
// |A|) + 1 of each.  Every candidate is intersected in full.
//
// Usage: all_pairs [--threshold T] [--width N] [--classes] [FILE | -]
// Prints "id_a TAB id_b TAB jaccard", a before b in the input.  Documents with the same set of
// shingles are handled once; with --classes they are also printed once: "id TAB first_id" for each
// document that has the set of an earlier one, and pairs between such first ones only.  A line that
// is not an object with a string "text" is left out; one without "id" is called by its line number.
// Documents without tokens are in no pair.
#include "documents.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace
{

using namespace oracle;

struct Options {
    double threshold = 0.8;
    size_t width = 5;
    bool classes = false;
    std::string path = "-";
};

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

    corpus.width = options.width;
    std::ios::sync_with_stdio(false);
    if (options.path == "-") {
        read(std::cin, corpus);
    } else {
        std::ifstream file(options.path);
        if (!file)
            die("cannot open " + options.path);
        read(file, corpus);
    }
    const std::vector<Set> sets = number_shingles(corpus.shingles);
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
