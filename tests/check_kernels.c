/* SPDX-License-Identifier: Apache-2.0 */
/* check_kernels.c - every kernel table that this CPU (or emulator) runs, against the scalar one:
 * random and extreme inputs, swept lengths and alignments, poisoned outputs, buffers that end at an
 * unmapped page after no more padding than the contract grants.  A plain main(), so that it runs
 * under qemu-user and every sanitizer.
 *
 * usage: check_kernels [SEED [ROUNDS]] */
#define _GNU_SOURCE
#include "check_room.h"
#include "kernel.h"

/* ---- text ---- */

/* Bytes that stand next to a class boundary, or any ASCII, or mostly letters. */
static void fill_ascii(uint8_t *p, size_t n)
{
    static const char near[] = "@AZ[`az{/09:MmNn5 \t\n";
    const size_t kind = below(4);

    for (size_t i = 0; i < n; i++)
        p[i] = kind == 0   ? (uint8_t)below(128)
               : kind == 1 ? (uint8_t)near[below(sizeof(near) - 1)]
               : kind == 2 ? (uint8_t)(below(6) ? 'a' + below(26) : ' ')
                           : (uint8_t)(below(60) ? 'Q' : '-');
}

static bool check_ascii_edges(const struct syndic_kernels *k)
{
    const size_t blocks = below(40), n = 64 * blocks, edges = (n + 64) * sizeof(uint32_t);
    uint8_t *const in = place(0, n + SYNDIC_TEXT_PADDING, 1, 0);
    uint8_t *const folded[2] = {place(1, n + SYNDIC_TEXT_PADDING, 1, 0x11),
                                place(2, n + SYNDIC_TEXT_PADDING, 1, 0x22)};
    uint32_t *const edge[2] = {place(3, edges, 4, 0x33), place(4, edges, 4, 0x44)};
    const uint32_t before = (uint32_t)below(2);
    uint32_t inside[2] = {before, before};
    size_t count[2] = {77, 88}, done[2];

    fill_ascii(in, n + SYNDIC_TEXT_PADDING);
    if (n && below(2))
        in[below(n)] = (uint8_t)(128 + below(128));
    done[0] = syndic_scalar.ascii_edges(in, blocks, folded[0], edge[0], &count[0], &inside[0]);
    done[1] = k->ascii_edges(in, blocks, folded[1], edge[1], &count[1], &inside[1]);
    return done[0] == done[1] && count[0] == count[1] && inside[0] == inside[1] &&
           same(folded[0], folded[1], 64 * done[0]) &&
           same(edge[0], edge[1], count[0] * sizeof(uint32_t));
}

/* Random tokens, with lengths around the widths of words and vectors; returns the bytes of text. */
static size_t random_edges(uint32_t *edge, size_t token_count)
{
    static const uint8_t lengths[] = {1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 63, 64, 65, 100};
    size_t at = below(3);

    for (size_t i = 0; i < token_count; i++) {
        edge[2 * i] = (uint32_t)at;
        at += below(2) ? 1 + below(12) : lengths[below(sizeof(lengths))];
        edge[2 * i + 1] = (uint32_t)at;
        at += 1 + below(3);
    }
    return token_count ? edge[2 * token_count - 1] : 0;
}

static bool check_emit_tokens(const struct syndic_kernels *k)
{
    const size_t count = below(60), start = below(50);
    uint32_t *const edge = place(0, 2 * count * sizeof(*edge), 4, 0);
    const size_t n = random_edges(edge, count);
    uint8_t *const text = place(1, n + SYNDIC_TEXT_PADDING, 1, 0);
    size_t room = start + SYNDIC_TEXT_PADDING, bytes[2] = {start, start};

    for (size_t i = 0; i < n + SYNDIC_TEXT_PADDING; i++)
        text[i] = (uint8_t)any64();
    for (size_t i = 0; i < count; i++)
        room += edge[2 * i + 1] - edge[2 * i] + 1;
    uint8_t *const normal[2] = {place(2, room, 1, 0x11), place(3, room, 1, 0x22)};
    uint32_t *const end[2] = {place(4, count * 4, 4, 0x33), place(5, count * 4, 4, 0x44)};
    uint64_t *const hash[2] = {place(6, count * 8, 8, 0x55), place(7, count * 8, 8, 0x66)};
    memset(normal[0], 0x77, start);
    memset(normal[1], 0x77, start);
    syndic_scalar.emit_tokens(text, edge, count, normal[0], &bytes[0], end[0], hash[0]);
    k->emit_tokens(text, edge, count, normal[1], &bytes[1], end[1], hash[1]);
    return bytes[0] == bytes[1] && same(normal[0], normal[1], bytes[0]) &&
           same(end[0], end[1], count * 4) && same(hash[0], hash[1], count * 8);
}

static bool check_shingle_hashes(const struct syndic_kernels *k)
{
    const size_t count = below(300), width = 1 + below(32);
    uint64_t *const token = place(0, (count + width - 1) * 8, 8, 0);
    uint64_t *const mul = place(1, width * 8, 8, 0);
    uint64_t *const shingle[2] = {place(2, count * 8, 8, 0x11), place(3, count * 8, 8, 0x22)};

    fill64(token, count + width - 1);
    fill64(mul, width);
    syndic_scalar.shingle_hashes(token, count, mul, width, shingle[0]);
    k->shingle_hashes(token, count, mul, width, shingle[1]);
    return same(shingle[0], shingle[1], count * 8);
}

/* ---- MinHash ---- */

static bool check_minhash_scatter(const struct syndic_kernels *k)
{
    const size_t count = below(below(4) ? 300 : 4000);
    const uint32_t bins = below(2) ? 128 : 16 + (uint32_t)below(1009);
    const size_t stride =
        (bins + SYNDIC_LANE_MULTIPLE - 1) / SYNDIC_LANE_MULTIPLE * SYNDIC_LANE_MULTIPLE;
    uint64_t *const shingle = place(0, count * 8, 8, 0);
    uint32_t *const table[2] = {place(1, stride * 8, 4, 0x11), place(2, stride * 8, 4, 0x22)};

    fill64(shingle, count);
    for (int i = 0; i < 2; i++) /* the second half is the kernel's own, but it begins as ones too */
        memset(table[i], 0xff, stride * (below(2) ? 8 : 4));
    syndic_scalar.minhash_scatter(shingle, count, bins, table[0]);
    k->minhash_scatter(shingle, count, bins, table[1]);
    return same(table[0], table[1], bins * sizeof(uint32_t));
}

static bool check_minhash_lanes(const struct syndic_kernels *k)
{
    const size_t count = below(80), lanes = below(below(4) ? 160 : 1033);
    uint64_t *const shingle = place(0, count * 8, 8, 0);
    uint32_t *const mul = place(1, lanes * 4, 4, 0), *const add = place(2, lanes * 4, 4, 0);
    uint32_t *const slot[2] = {place(3, lanes * 4, 4, 0), place(4, lanes * 4, 4, 0)};

    fill64(shingle, count);
    fill32(mul, lanes);
    fill32(add, lanes);
    if (below(2))
        memset(slot[0], 0xff, lanes * 4);
    else
        fill32(slot[0], lanes);
    memcpy(slot[1], slot[0], lanes * 4);
    syndic_scalar.minhash_lanes(shingle, count, mul, add, slot[0], lanes);
    k->minhash_lanes(shingle, count, mul, add, slot[1], lanes);
    return same(slot[0], slot[1], lanes * 4);
}

/* ---- SimHash ---- */

/* Counts that meet half of the shingles, and one beside it, in most places. */
static void fill_halves(uint64_t *p, size_t n)
{
    const uint64_t same = any64();

    for (size_t i = 0; i < n; i++)
        p[i] = i < n / 2 ? same : ~same;
    if (n && below(2))
        p[below(n)] ^= any64();
}

static bool check_simhash(const struct syndic_kernels *k)
{
    static const size_t edges[] = {0, 1, 2, 31, 32, 33, 63, 64, 65, 127, 128, 129, 4096, 16385};
    const size_t sizes = sizeof(edges) / sizeof(*edges);
    const size_t count = below(4) ? below(600) : below(8) ? edges[below(sizes)] : below(20000);
    uint64_t *const shingle = place(0, count * 8, 8, 0);

    if (below(3))
        fill64(shingle, count);
    else
        fill_halves(shingle, count);
    return syndic_scalar.simhash(shingle, count) == k->simhash(shingle, count);
}

static bool check_hamming_within(const struct syndic_kernels *k)
{
    const size_t n = below(below(2) ? 40 : 400);
    const size_t room = (n + SYNDIC_LANE_MULTIPLE) * sizeof(uint32_t);
    const uint32_t distance = (uint32_t)below(below(4) ? 8 : 65);
    const uint64_t word = extreme64();
    uint64_t *const other = place(0, n * 8, 8, 0);
    uint32_t *const index[2] = {place(1, room, 4, 0x11), place(2, room, 4, 0x22)};

    for (size_t i = 0; i < n; i++) { /* at about the distance, where not anywhere */
        other[i] = below(4) ? word : extreme64();
        for (size_t flips = below(distance + 2); flips; flips--)
            other[i] ^= (uint64_t)1 << below(64);
    }
    const size_t want = syndic_scalar.hamming_within(word, other, n, distance, index[0]);
    const size_t got = k->hamming_within(word, other, n, distance, index[1]);
    return want == got && same(index[0], index[1], want * sizeof(uint32_t));
}

/* ---- sample ---- */

/* Hashes on both sides of the limit, and at it. */
static bool check_below(const struct syndic_kernels *k)
{
    const size_t n = below(below(2) ? 40 : 400);
    const size_t room = (n + SYNDIC_LANE_MULTIPLE) * sizeof(uint32_t);
    const uint64_t limit = below(2) ? UINT64_MAX / 8 + 1 : extreme64();
    uint64_t *const shingle = place(0, n * 8, 8, 0);
    uint32_t *const index[2] = {place(1, room, 4, 0x11), place(2, room, 4, 0x22)};

    for (size_t i = 0; i < n; i++)
        shingle[i] = below(4) ? any64() : limit - 1 + below(3);
    const size_t want = syndic_scalar.below(shingle, n, limit, index[0]);
    const size_t got = k->below(shingle, n, limit, index[1]);
    return want == got && same(index[0], index[1], want * sizeof(uint32_t));
}

/* ---- join ---- */

static bool check_count_equal(const struct syndic_kernels *k)
{
    const size_t n = SYNDIC_LANE_MULTIPLE * below(below(8) ? 20 : 1200);
    const size_t unequal = below(4); /* 0: everything equal */
    uint8_t *const a = place(0, n, 1, 0), *const b = place(1, n, 1, 0);

    for (size_t i = 0; i < n; i++) {
        a[i] = (uint8_t)any64();
        b[i] = unequal && below(unequal) ? (uint8_t)any64() : a[i];
    }
    return syndic_scalar.count_equal(a, b, n) == k->count_equal(a, b, n);
}

/* Strictly increasing numbers whose steps are small, so that two sets share many, and which differ
 * in high and in low halves; returns how many fit. */
static size_t fill_set(uint64_t *set, size_t n, uint64_t step)
{
    uint64_t x = below(3) * step;

    for (size_t i = 0; i < n; i++) {
        set[i] = i + 1 == n && below(2) ? UINT64_MAX : x;
        x += step * (1 + below(below(8) ? 3 : 40));
    }
    return n;
}

static bool check_intersect(const struct syndic_kernels *k)
{
    static const uint64_t steps[] = {1, 3, (uint64_t)1 << 32, 0x100000001u, (uint64_t)1 << 50};
    const uint64_t step = steps[below(5)];
    const size_t a_count = below(below(2) ? 12 : 130), b_count = below(below(2) ? 12 : 130);
    uint64_t *const a = place(0, a_count * 8 + SYNDIC_TEXT_PADDING, 8, 0);
    uint64_t *const b = place(1, b_count * 8 + SYNDIC_TEXT_PADDING, 8, 0);

    fill_set(a, a_count, step);
    fill_set(b, b_count, step);
    for (size_t i = 0; i < SYNDIC_TEXT_PADDING / 8; i++) { /* what must not be counted */
        a[a_count + i] = b_count ? b[below(b_count)] : 5;
        b[b_count + i] = a_count ? a[below(a_count)] : 5;
    }
    return syndic_scalar.intersect(a, a_count, b, b_count) == k->intersect(a, a_count, b, b_count);
}

static bool check_common_bits(const struct syndic_kernels *k)
{
    const size_t words = 8 * below(below(4) ? 20 : 600);
    uint64_t *const a = place(0, words * 8, 8, 0), *const b = place(1, words * 8, 8, 0);

    fill64(a, words);
    fill64(b, words);
    return syndic_scalar.common_bits(a, b, words) == k->common_bits(a, b, words);
}

/* ---- JSON ---- */

static void fill_json(uint8_t *p, size_t n, size_t escapes_every)
{
    static const char special[] = "\"\\\x1f\x1e\t\n/bfnrtux0";

    for (size_t i = 0; i < n; i++)
        p[i] = below(escapes_every) ? (uint8_t)(0x20 + below(0xe0))
                                    : (uint8_t)special[below(sizeof(special))];
    for (size_t i = 0; i + 1 < n; i++) /* most backslashes begin an escape that is resolved */
        if (p[i] == '\\' && below(12)) {
            p[i + 1] = (uint8_t) "\"\\/bfnrt"[below(8)];
            i++;
        }
}

/* The padding holds what would end a string or complete an escape. */
static uint8_t *place_json(int i, size_t n)
{
    uint8_t *const in = place(i, n + SYNDIC_TEXT_PADDING, 1, below(2) ? '"' : 'n');

    fill_json(in, n, 1 + below(below(2) ? 8 : 400));
    if (n && !below(4))
        in[n - 1] = '\\';
    return in;
}

static bool check_string_end(const struct syndic_kernels *k)
{
    const size_t n = below(300);
    const uint8_t *const in = place_json(0, n);

    return syndic_scalar.string_end(in, n) == k->string_end(in, n);
}

static bool check_unescape(const struct syndic_kernels *k)
{
    const size_t n = below(300);
    uint8_t *const in = place_json(0, n);
    uint8_t *const out[2] = {place(1, n + SYNDIC_TEXT_PADDING, 1, 0x11),
                             place(2, n + SYNDIC_TEXT_PADDING, 1, 0x22)};
    size_t bytes[2] = {77, 88}, end[2];

    for (size_t i = 0; i < n; i++) /* nothing stops in half of the rounds but what is escaped */
        if ((n & 1) && (in[i] < 0x20 || (in[i] == '"' && !(i && in[i - 1] == '\\'))))
            in[i] = 'q';
    end[0] = syndic_scalar.unescape(in, n, out[0], &bytes[0]);
    end[1] = k->unescape(in, n, out[1], &bytes[1]);
    return end[0] == end[1] && bytes[0] == bytes[1] && same(out[0], out[1], bytes[0]);
}

/* ---- all of them ---- */

struct check {
    const char *name;
    size_t offset;
    bool (*run)(const struct syndic_kernels *k);
};

#define CHECK(member)                                                                              \
    {                                                                                              \
#member, offsetof(struct syndic_kernels, member), check_##member                           \
    }

static const struct check checks[] = {
    CHECK(ascii_edges),   CHECK(emit_tokens), CHECK(shingle_hashes), CHECK(minhash_scatter),
    CHECK(minhash_lanes), CHECK(simhash),     CHECK(hamming_within), CHECK(below),
    CHECK(count_equal),   CHECK(intersect),   CHECK(common_bits),    CHECK(string_end),
    CHECK(unescape),
};

static bool has(const struct syndic_kernels *k, const struct check *check)
{
    void (*member)(void);

    memcpy(&member, (const char *)k + check->offset, sizeof(member));
    return member != NULL;
}

static int run_check(const struct syndic_kernels *k, const struct check *check, uint64_t seed,
                     int rounds)
{
    if (!has(k, check) || !has(&syndic_scalar, check)) {
        printf("%-8s %-16s MISSING: NOT CHECKED\n", k->name, check->name);
        return 0;
    }
    for (int round = 0; round < rounds; round++) {
        random_state = seed + (uint64_t)round * 0x9e3779b97f4a7c15u;
        any64(); /* neighbouring rounds share no stream from here on */
        random_state = any64();
        if (!check->run(k)) {
            printf("%-8s %-16s FAILED in round %d of seed %llu\n", k->name, check->name, round,
                   (unsigned long long)seed);
            return 1;
        }
    }
    printf("%-8s %-16s ok\n", k->name, check->name);
    return 0;
}

int main(int argc, char **argv)
{
    const uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)getpid();
    const int rounds = argc > 2 ? atoi(argv[2]) : 3000;
    int failed = 0;

    setvbuf(stdout, NULL, _IOLBF, 0); /* what was printed survives a crash */
    printf("seed %llu, %d rounds a kernel\n", (unsigned long long)seed, rounds);
    map_buffers();
    for (size_t i = 0; syndic_kernels_at(i); i++) {
        const struct syndic_kernels *const k = syndic_kernels_at(i);
        if (k->needs & ~syndic_cpu_features()) {
            printf("%-8s skipped: this CPU cannot run it\n", k->name);
            continue;
        }
        for (size_t c = 0; c < sizeof(checks) / sizeof(*checks); c++)
            failed |= run_check(k, &checks[c], seed, rounds);
    }
    return failed;
}
