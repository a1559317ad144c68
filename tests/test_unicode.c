/* SPDX-License-Identifier: Apache-2.0 */
/* The Unicode tables against ICU and utf8proc for every code point, and the whole text stage
 * against a slow reading of its definition made from ICU alone: both roads, every kernel table, on
 * random mixes of scripts, marks and broken UTF-8. */
#include "kernel.h"
#include "text/hash.h"
#include "text/room.h"
#include "text/text.h"
#include "text/unicode.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <utf8proc.h>

/* ---- the tables ---- */

static bool is_single_script(UChar32 c)
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

/* LETTER, SINGLE, IGNORABLE or 0. */
static uint32_t kind_of(UChar32 c)
{
    const uint32_t words = U_GC_L_MASK | U_GC_M_MASK | U_GC_N_MASK;

    if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT))
        return SYNDIC_UNICODE_IGNORABLE;
    if (!(U_MASK(u_charType(c)) & words))
        return 0;
    return is_single_script(c) ? SYNDIC_UNICODE_SINGLE : SYNDIC_UNICODE_LETTER;
}

static bool is_surrogate(uint32_t c)
{
    return c >= 0xd800 && c <= 0xdfff;
}

Test(unicode, entries_are_what_icu_says)
{
    const uint32_t kinds = SYNDIC_UNICODE_LETTER | SYNDIC_UNICODE_SINGLE | SYNDIC_UNICODE_IGNORABLE;

    for (uint32_t c = 0; c < 0x110000; c++) {
        const uint32_t entry = syndic_unicode_entry(c);
        const UChar32 folded = u_foldCase((UChar32)c, U_FOLD_CASE_DEFAULT);
        const bool nfc = u_getIntPropertyValue((UChar32)c, UCHAR_NFC_QUICK_CHECK) == UNORM_YES;
        if (is_surrogate(c))
            continue;
        cr_assert_eq(c + syndic_fold_delta(entry), (uint32_t)folded, "fold of U+%04X", c);
        cr_assert_eq(entry & kinds, kind_of(folded), "class of U+%04X", c);
        cr_assert_eq(syndic_combining_class(entry), u_getCombiningClass((UChar32)c), "U+%04X", c);
        cr_assert_eq(!(entry & SYNDIC_UNICODE_NOT_NFC), nfc, "quick check of U+%04X", c);
    }
}

Test(unicode, utf8proc_agrees)
{
    for (uint32_t c = 0; c < 0x110000; c++) {
        const utf8proc_property_t *const property = utf8proc_get_property((int32_t)c);
        const uint32_t entry = syndic_unicode_entry(c);
        if (is_surrogate(c))
            continue;
        cr_assert_eq(syndic_combining_class(entry), (uint32_t)property->combining_class, "U+%04X",
                     c);
        if (property->category != UTF8PROC_CATEGORY_CN)
            cr_assert_eq((entry & SYNDIC_UNICODE_IGNORABLE) != 0, property->ignorable, "U+%04X", c);
    }
}

Test(unicode, ascii_fold_is_the_table_for_ascii)
{
    for (uint32_t c = 0; c < 128; c++) {
        const uint32_t entry = syndic_unicode_entry(c);
        const bool letter = entry & SYNDIC_UNICODE_LETTER;
        cr_assert_eq(syndic_ascii_fold[c], letter ? c + syndic_fold_delta(entry) : ' ', "U+%04X",
                     c);
    }
}

Test(unicode, every_code_point_survives_utf8)
{
    for (uint32_t c = 0; c < 0x110000; c++) {
        uint8_t expected[4] = {0}, bytes[4];
        const utf8proc_ssize_t length = utf8proc_encode_char((int32_t)c, expected);
        const struct syndic_utf8 utf8 = syndic_encode(c);
        syndic_store_le32(bytes, utf8.word);
        const struct syndic_decoded d = syndic_decode(expected, (size_t)length);
        if (is_surrogate(c)) {
            cr_assert_not(d.valid);
            continue;
        }
        cr_assert_eq((utf8proc_ssize_t)utf8.bytes, length);
        cr_assert_arr_eq(bytes, expected, 4);
        cr_assert(d.valid && d.code_point == c && d.bytes == utf8.bytes, "U+%04X", c);
    }
}

/* ---- the definition, slowly ---- */

struct oracle {
    uint8_t *normal;
    size_t normal_bytes;
    size_t replaced;
};

static UChar *nfc_of(const UChar *in, int32_t n, int32_t *out_n)
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *const nfc = unorm2_getNFCInstance(&error);
    const int32_t room = 4 * n + 16;
    UChar *const out = malloc((size_t)room * sizeof(UChar));

    *out_n = unorm2_normalize(nfc, in, n, out, room, &error);
    cr_assert(U_SUCCESS(error));
    return out;
}

static UChar *folded_of(const UChar *in, int32_t n, int32_t *out_n)
{
    UChar *const out = malloc((size_t)(2 * n + 2) * sizeof(UChar));

    *out_n = 0;
    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U16_NEXT(in, i, n, c);
        c = u_foldCase(c, U_FOLD_CASE_DEFAULT);
        U16_APPEND_UNSAFE(out, *out_n, c);
    }
    return out;
}

static void append(struct oracle *oracle, UChar32 c)
{
    int32_t at = 0;

    U8_APPEND_UNSAFE(oracle->normal + oracle->normal_bytes, at, c);
    oracle->normal_bytes += (size_t)at;
}

/* Tokens of normalised and folded text, each with a space before it; then drop the first space. */
static void segment(struct oracle *oracle, const UChar *in, int32_t n)
{
    bool open = false;

    for (int32_t i = 0; i < n;) {
        UChar32 c;
        U16_NEXT(in, i, n, c);
        const uint32_t kind = kind_of(c);
        if (kind == SYNDIC_UNICODE_IGNORABLE)
            continue;
        if (kind && (!open || kind == SYNDIC_UNICODE_SINGLE))
            append(oracle, ' ');
        if (kind)
            append(oracle, c);
        open = kind == SYNDIC_UNICODE_LETTER;
    }
    if (oracle->normal_bytes)
        memmove(oracle->normal, oracle->normal + 1, --oracle->normal_bytes);
}

static struct oracle slow_reading(const uint8_t *bytes, size_t n)
{
    UErrorCode error = U_ZERO_ERROR;
    struct oracle oracle = {0};
    UChar *const text = malloc((n + 1) * sizeof(UChar));
    int32_t length, replaced, nfc_n, folded_n, again_n;

    u_strFromUTF8WithSub(text, (int32_t)n + 1, &length, (const char *)bytes, (int32_t)n, 0xfffd,
                         &replaced, &error);
    cr_assert(U_SUCCESS(error));
    UChar *const nfc = nfc_of(text, length, &nfc_n);
    UChar *const folded = folded_of(nfc, nfc_n, &folded_n);
    UChar *const again = nfc_of(folded, folded_n, &again_n);
    oracle.normal = malloc((size_t)again_n * 5 + 1);
    oracle.replaced = (size_t)replaced;
    segment(&oracle, again, again_n);
    free(text);
    free(nfc);
    free(folded);
    free(again);
    return oracle;
}

/* ---- random documents ---- */

struct range {
    uint32_t first, last;
};

static const struct range ranges[] = {
    {'a', 'z'},         {'A', 'Z'},         {'0', '9'},         {' ', '/'},
    {0xc0, 0x17f},      {0x180, 0x24f},     {0x300, 0x34f},     {0x370, 0x3ff},
    {0x400, 0x45f},     {0x5d0, 0x5ea},     {0x591, 0x5c7},     {0x621, 0x65f},
    {0x900, 0x97f},     {0x9c7, 0x9dd},     {0xe01, 0xe4e},     {0xeb0, 0xecd},
    {0xf71, 0xf84},     {0x1000, 0x103e},   {0x1100, 0x11ff},   {0x1780, 0x17d3},
    {0x1e00, 0x1fff},   {0x2000, 0x206f},   {0x20d0, 0x20f0},   {0x2100, 0x2138},
    {0x3041, 0x309f},   {0x30a0, 0x30ff},   {0x4e00, 0x4fff},   {0xac00, 0xac80},
    {0xd7a4, 0xd7fb},   {0xf900, 0xfa2f},   {0xfb1d, 0xfb4f},   {0xfe00, 0xfe0f},
    {0xfe20, 0xfe2f},   {0xff01, 0xff9f},   {0x10400, 0x1044f}, {0x11099, 0x110ba},
    {0x11131, 0x1114c}, {0x1d15e, 0x1d1c0}, {0x1e900, 0x1e94b}, {0x20000, 0x20040},
    {0xad, 0xad},       {0x200d, 0x200d},   {0x345, 0x345},     {0x130, 0x131},
    {0x0, 0x10ffff},
};

enum { RANGES = sizeof(ranges) / sizeof(ranges[0]) };

static uint64_t below(uint64_t *state, uint64_t limit)
{
    return syndic_splitmix64(state) % limit;
}

static size_t random_code_point(uint64_t *state, struct range range, uint8_t *out)
{
    const uint32_t c = range.first + (uint32_t)below(state, range.last - range.first + 1);

    return is_surrogate(c) ? 0 : (size_t)utf8proc_encode_char((int32_t)c, out);
}

/* Runs from one range, with ASCII, marks and broken bytes between, up to about `most` bytes. */
static size_t random_document(uint64_t *state, uint8_t *out, size_t most)
{
    const uint64_t broken = below(state, 4) ? 0 : 1 + below(state, 20);
    const uint64_t marks = below(state, 3) ? 0 : 1 + below(state, 5);
    const uint64_t ascii = below(state, 3) ? 1 + below(state, 3) : 0;
    size_t n = 0;

    while (n < most) {
        const bool plain = ascii && below(state, ascii + 1);
        const struct range range = ranges[below(state, plain ? 4 : RANGES)];
        const size_t run = below(state, 20) ? 1 + below(state, 9) : below(state, 150);
        for (size_t i = 0; i < run && n < most; i++) {
            n += random_code_point(state, range, out + n);
            if (marks && !below(state, marks))
                n += random_code_point(state, ranges[6], out + n);
            if (broken && !below(state, broken))
                out[n++] = (uint8_t)(0x80 + below(state, 128));
        }
    }
    return n;
}

/* ---- the comparison ---- */

static void check_tokens(const struct syndic_text *text)
{
    size_t start = 0;

    for (size_t i = 0; i < text->token_count; i++) {
        const size_t end = text->token_end[i];
        uint8_t token[20000 + 16] = {0};
        cr_assert(end > start && end <= text->normal_bytes);
        cr_assert_null(memchr(text->normal + start, ' ', end - start));
        memcpy(token, text->normal + start, end - start);
        cr_assert_eq(text->token_hash[i], syndic_token_hash(token, end - start));
        cr_assert(end == text->normal_bytes || text->normal[end] == ' ');
        start = end + 1;
    }
    cr_assert_eq(start, text->token_count ? text->normal_bytes + 1 : 0);
}

static void check_places(const struct syndic_text *text, size_t n)
{
    for (size_t i = 0; i < text->token_count; i++) {
        cr_assert(text->source_start[i] < text->source_end[i] && text->source_end[i] <= n);
        cr_assert(!i || text->source_start[i] >= text->source_start[i - 1]);
        cr_assert(!i || text->source_end[i] >= text->source_end[i - 1]);
    }
}

/* Read a document by one road and one table and compare with the oracle. */
static void check_reading(struct syndic_text *text, const uint8_t *bytes, size_t n,
                          const struct oracle *oracle, const char *how)
{
    cr_assert_eq(syndic_text_read(text, bytes, n), SYNDIC_OK);
    cr_assert_eq(text->normal_bytes, oracle->normal_bytes, "%s: %zu bytes, not %zu", how,
                 text->normal_bytes, oracle->normal_bytes);
    cr_assert(!memcmp(text->normal, oracle->normal, oracle->normal_bytes), "%s", how);
    cr_assert_eq(text->replaced_count, oracle->replaced, "%s", how);
    check_tokens(text);
    if (text->source_start)
        check_places(text, n);
}

static void check_document(struct syndic_text *texts[2], const uint8_t *bytes, size_t n)
{
    const struct oracle oracle = slow_reading(bytes, n);

    for (size_t k = 0; syndic_kernels_at(k); k++) {
        const char *const name = syndic_kernels_at(k)->name;
        if (syndic_kernels_use(name))
            continue;
        for (int i = 0; i < 4; i++) {
            syndic_text_read_general_only(texts[i & 1], i >> 1);
            check_reading(texts[i & 1], bytes, n, &oracle, name);
        }
    }
    free(oracle.normal);
}

static void check_random(uint64_t seed, size_t documents, size_t most)
{
    const struct syndic_shingling words = {SYNDIC_SHINGLE_WORD, 5};
    struct syndic_memory memory;
    struct syndic_text *texts[2];
    uint8_t *const room = malloc(most + 16);

    syndic_memory_init(&memory, NULL, 0);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(syndic_text_create(&memory, words, i, &texts[i]), SYNDIC_OK);
    for (size_t i = 0; i < documents; i++) {
        uint64_t state = seed + i;
        const size_t n = random_document(&state, room, below(&state, most));
        uint8_t *const bytes = malloc(n + !n); /* no padding: a read past the end is seen */
        memcpy(bytes, room, n);
        cr_log_info("document of seed %llu", (unsigned long long)(seed + i));
        check_document(texts, bytes, n);
        free(bytes);
    }
    for (int i = 0; i < 2; i++)
        syndic_text_destroy(texts[i]);
    free(room);
    cr_assert_eq(memory.used_bytes, 0);
}

/* SYNDIC_SEED and SYNDIC_DOCUMENTS in the environment look at others, or for longer. */
static uint64_t setting(const char *name, uint64_t otherwise)
{
    const char *const text = getenv(name);

    return text ? strtoull(text, NULL, 0) : otherwise;
}

Test(unicode, every_road_reads_as_defined)
{
    const uint64_t seed = setting("SYNDIC_SEED", 20240601);

    cr_log_info("seed %llu", (unsigned long long)seed);
    check_random(seed, setting("SYNDIC_DOCUMENTS", 3000), 700);
    check_random(seed + 1000000, 40, 15000);
}

/* Canonically equivalent text has the same tokens, whatever its form. */
Test(unicode, decomposed_text_has_the_same_tokens)
{
    uint64_t state = setting("SYNDIC_SEED", 20240602);
    struct syndic_memory memory;
    struct syndic_text *text;
    uint8_t bytes[520];

    cr_log_info("seed %llu", (unsigned long long)state);
    syndic_memory_init(&memory, NULL, 0);
    cr_assert_eq(syndic_text_create(&memory, (struct syndic_shingling){SYNDIC_SHINGLE_WORD, 5},
                                    false, &text),
                 SYNDIC_OK);
    for (int i = 0; i < 2000; i++) {
        size_t n = random_document(&state, bytes, 500);
        const struct oracle oracle = slow_reading(bytes, n);
        while (memchr(bytes, 0, n)) /* utf8proc's short form stops at a NUL */
            *(uint8_t *)memchr(bytes, 0, n) = ' ';
        bytes[n] = 0;
        utf8proc_uint8_t *const nfd = utf8proc_NFD(bytes);
        if (nfd) { /* NULL where the bytes are not valid */
            cr_assert_eq(syndic_text_read(text, nfd, strlen((char *)nfd)), SYNDIC_OK);
            cr_assert_eq(text->normal_bytes, oracle.normal_bytes);
            cr_assert(!memcmp(text->normal, oracle.normal, oracle.normal_bytes));
        }
        free(nfd);
        free(oracle.normal);
    }
    syndic_text_destroy(text);
}
