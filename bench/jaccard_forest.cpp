// SPDX-License-Identifier: Apache-2.0
// jaccard_forest.cpp - JSON lines in; a maximum spanning forest of the documents under exact
// Jaccard similarity out: the connected components at every threshold from --least up, in one run.
//
// This is the baseline of bench/accuracy: what tools that join all pairs above a threshold amount
// to, were their recall perfect.  Cutting the forest's edges below t leaves the components of the
// graph of all pairs with similarity >= t (Kruskal).  Pairs are searched in bands of similarity,
// the highest first, by prefix filtering with shingles ordered by rarity (Bayardo, Ma and Srikant,
// 2007) and by positions (Xiao, Wang, Lin and Yu, 2008); what is connected already needs no
// comparison, which is why this does in minutes what listing all pairs of a large crawl cannot do.
//
// Usage: jaccard_forest [--least T] [--width N] [--text-field NAME] [FILE | -]
// Prints "line_a TAB line_b TAB jaccard", by descending similarity; lines are counted from 1.  A
// line that is not an object with a string as its text is left out, a document without tokens is in
// no pair.
#include "../tests/oracle/documents.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace
{

using namespace oracle;

constexpr double slack = 1e-9;               // of similarities, so that rounding loses no pair
constexpr size_t edges_at_once = 32u << 20u; // then those that close a cycle are dropped

struct Options {
    double least = 0.1;
    std::string path = "-";
};

struct Edge {
    uint32_t a, b; // a < b in the input
    double jaccard;
};

struct Posting {
    uint32_t set, at; // the set's rank by size, the shingle's place in it
};

struct Sets {
    std::vector<Set> by_size;       // ascending
    std::vector<uint32_t> document; // of each
    std::vector<uint32_t> skip;     // of each: shingles at its beginning that nobody else has
    uint32_t shingle_count = 0;
};

struct Union {
    std::vector<uint32_t> parent;

    explicit Union(size_t count) : parent(count)
    {
        std::iota(parent.begin(), parent.end(), 0u);
    }
    uint32_t find(uint32_t x)
    {
        while (parent[x] != x)
            x = parent[x] = parent[parent[x]];
        return x;
    }
    bool unite(uint32_t x, uint32_t y)
    {
        x = find(x), y = find(y);
        parent[std::max(x, y)] = std::min(x, y);
        return x != y;
    }
};

Sets order_by_size(std::vector<Set> &&sets, const std::vector<size_t> &first)
{
    Sets ordered;
    std::vector<uint32_t> count;

    for (uint32_t d = 0; d < sets.size(); d++)
        if (first[d] == d && !sets[d].empty())
            ordered.document.push_back(d);
    std::stable_sort(ordered.document.begin(), ordered.document.end(),
                     [&](uint32_t x, uint32_t y) { return sets[x].size() < sets[y].size(); });
    for (const uint32_t d : ordered.document) {
        ordered.by_size.push_back(std::move(sets[d]));
        ordered.shingle_count = std::max(ordered.shingle_count, ordered.by_size.back().back() + 1);
    }
    count.resize(ordered.shingle_count);
    for (const Set &set : ordered.by_size)
        for (const uint32_t shingle : set)
            count[shingle]++;
    for (const Set &set : ordered.by_size) {
        uint32_t skip = 0;
        while (skip < set.size() && count[set[skip]] == 1)
            skip++;
        ordered.skip.push_back(skip);
    }
    return ordered;
}

// How many shingles two sets of these sizes must share.
double needed(size_t a, size_t b, double least)
{
    return least / (1 + least) * static_cast<double>(a + b) - 1e-6;
}

size_t prefix(size_t size, double share)
{
    const double rest = std::ceil(share * static_cast<double>(size) - 1e-6);

    return size - static_cast<size_t>(std::max(rest, 1.0)) + 1;
}

// The lists of sets that have a shingle in their prefix; partners are at least as large.
struct Index {
    std::vector<uint64_t> start;
    std::vector<Posting> postings;

    Index(const Sets &sets, double least) : start(sets.shingle_count + 2)
    {
        const double share = 2 * least / (1 + least);
        for (size_t s = 0; s < sets.by_size.size(); s++)
            for (size_t i = sets.skip[s]; i < prefix(sets.by_size[s].size(), share); i++)
                start[sets.by_size[s][i] + 2]++;
        for (size_t i = 2; i < start.size(); i++)
            start[i] += start[i - 1];
        postings.resize(start.back());
        for (uint32_t s = 0; s < sets.by_size.size(); s++)
            for (uint32_t i = sets.skip[s]; i < prefix(sets.by_size[s].size(), share); i++)
                postings[start[sets.by_size[s][i] + 1]++] = {s, i};
    }
};

// The Jaccard similarity, or -1 where it is below `least`; i and j: the first shingle they share.
double compare(const Set &a, const Set &b, size_t i, size_t j, double least)
{
    const double want = needed(a.size(), b.size(), least);
    size_t both = 0;

    while (i < a.size() && j < b.size()) {
        if (static_cast<double>(both + std::min(a.size() - i, b.size() - j)) < want)
            return -1;
        const uint32_t x = a[i], y = b[j];
        both += x == y;
        i += x <= y;
        j += y <= x;
    }
    const double similarity =
        static_cast<double>(both) / static_cast<double>(a.size() + b.size() - both);
    return similarity >= least - slack ? similarity : -1;
}

bool before(const Edge &x, const Edge &y)
{
    return x.jaccard != y.jaccard ? x.jaccard > y.jaccard : x.a != y.a ? x.a < y.a : x.b < y.b;
}

// The edges that connect anything, best first; what was united before them stays so in `join`.
std::vector<Edge> span(std::vector<Edge> &&edges, Union &join)
{
    std::vector<Edge> kept;

    std::sort(edges.begin(), edges.end(), before);
    for (const Edge &edge : edges)
        if (join.unite(edge.a, edge.b))
            kept.push_back(edge);
    return kept;
}

// Pairs of one band that were not connected before it.  The positions of the first common shingle,
// which are met first since sets are ascending, bound what two sets can share.
std::vector<Edge> search(const Sets &sets, const Union &join, double least)
{
    const Index index(sets, least);
    std::vector<uint32_t> asked_by(sets.by_size.size(), UINT32_MAX);
    std::vector<Edge> edges;
    Union flat = join;

    for (uint32_t d = 0; d < flat.parent.size(); d++)
        flat.parent[d] = flat.find(d);
    for (uint32_t s = 0; s < sets.by_size.size(); s++) {
        const Set &b = sets.by_size[s];
        const uint32_t document = sets.document[s], root = flat.parent[document];
        for (size_t j = sets.skip[s]; j < prefix(b.size(), least); j++) {
            for (uint64_t p = index.start[b[j]]; p < index.start[b[j] + 1]; p++) {
                const Posting posting = index.postings[p];
                if (posting.set >= s)
                    break;
                if (asked_by[posting.set] == s)
                    continue;
                asked_by[posting.set] = s;
                const uint32_t other = sets.document[posting.set];
                const Set &a = sets.by_size[posting.set];
                const size_t most = std::min(a.size() - posting.at, b.size() - j);
                if (flat.parent[other] == root ||
                    static_cast<double>(most) < needed(a.size(), b.size(), least))
                    continue;
                const double similarity = compare(a, b, posting.at, j, least);
                if (similarity >= 0)
                    edges.push_back(
                        {std::min(other, document), std::max(other, document), similarity});
            }
        }
        if (edges.size() >= edges_at_once) {
            Union copy = join;
            edges = span(std::move(edges), copy);
        }
    }
    return edges;
}

void print(const Corpus &corpus, const std::vector<Edge> &edges)
{
    for (const Edge &edge : edges)
        std::printf("%zu\t%zu\t%.9f\n", corpus.line[edge.a], corpus.line[edge.b], edge.jaccard);
}

Options parse(int count, char **arguments, Corpus &corpus)
{
    Options options;

    for (int i = 1; i < count; i++) {
        const std::string_view name = arguments[i];
        if (name == "--least" && i + 1 < count)
            options.least = std::strtod(arguments[++i], nullptr);
        else if (name == "--width" && i + 1 < count)
            corpus.width = std::strtoul(arguments[++i], nullptr, 10);
        else if (name == "--text-field" && i + 1 < count)
            corpus.text_field = arguments[++i];
        else if (name == "-" || name.substr(0, 1) != "-")
            options.path = name;
        else
            die("unknown option " + std::string(name));
    }
    if (!(options.least > 0 && options.least <= 1) || corpus.width < 1)
        die("--least above 0 and at most 1, and --width of at least 1");
    return options;
}

} // namespace

int main(int count, char **arguments)
{
    Corpus corpus;
    const Options options = parse(count, arguments, corpus);

    std::ios::sync_with_stdio(false);
    if (options.path == "-") {
        read(std::cin, corpus);
    } else {
        std::ifstream file(options.path);
        if (!file)
            die("cannot open " + options.path);
        read(file, corpus);
    }
    std::vector<Set> numbered = number_shingles(corpus.shingles);
    corpus.shingles = {};
    const std::vector<size_t> first = find_firsts(numbered);
    Union join(first.size());
    for (uint32_t d = 0; d < first.size(); d++)
        if (join.unite(d, static_cast<uint32_t>(first[d])))
            std::printf("%zu\t%zu\t%.9f\n", corpus.line[first[d]], corpus.line[d], 1.0);
    const Sets sets = order_by_size(std::move(numbered), first);
    for (int band = 9;; band--) {
        const double least = std::max(band / 10.0, options.least);
        print(corpus, span(search(sets, join, least), join));
        if (least <= options.least)
            break;
    }
    return std::fflush(stdout) ? 2 : 0;
}
