/* SPDX-License-Identifier: Apache-2.0 */
/* syndic.h - find near-duplicate text.  This header is the manual of the library.
 *
 * The idea.  A document becomes a set of shingles: every run of five consecutive words, folded to
 * lower case, punctuation ignored.  Two documents are near-duplicates when the Jaccard similarity
 * |A and B| / |A or B| of their shingle sets reaches a threshold.  MinHash signatures find the
 * candidates, and every candidate is verified before it counts.
 *
 * Group a corpus:
 *
 *     struct syndic_options options;
 *     struct syndic *corpus = NULL;
 *     struct syndic_error error;
 *
 *     syndic_options_init(&options);
 *     if (syndic_create(&options, &corpus, &error) != SYNDIC_OK) ...
 *     syndic_push(corpus, &(struct syndic_document){.text = t, .text_bytes = n, .id = "a"},
 * &error);
 *     ...
 *     syndic_finish(corpus, &error);
 *     for (uint64_t g = 0; g < syndic_group_count(corpus); g++) {
 *         struct syndic_group group;
 *         syndic_group_at(corpus, g, &group);
 *         ... group.members[0 .. group.member_count) ...
 *     }
 *     syndic_destroy(corpus);
 *
 * Compare two texts without a corpus: syndic_sketch_create() twice, syndic_sketch_similarity().
 *
 * Rules that hold for every function:
 * - What can fail returns enum syndic_status; out parameters are valid only on SYNDIC_OK.
 * - `error` may be NULL; otherwise it is filled in when the status is not SYNDIC_OK.
 * - Text is UTF-8 and need not end in NUL; invalid sequences count as U+FFFD and are never fatal.
 * - The library never prints, exits or aborts.  The one thing it holds for the whole process is the
 *   choice of kernels, which changes no result.
 * - One object is used by one thread at a time; different objects are independent.  The library
 *   uses OpenMP threads inside, and results never depend on their number.
 * - destroy(NULL) does nothing. */
#ifndef SYNDIC_H
#define SYNDIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYNDIC_VERSION_MAJOR 0
#define SYNDIC_VERSION_MINOR 1
#define SYNDIC_VERSION_PATCH 0
#define SYNDIC_VERSION       "0.1.0"

#if defined(_WIN32)
#define SYNDIC_API
#else
#define SYNDIC_API __attribute__((visibility("default")))
#endif
#if defined(__GNUC__)
#define SYNDIC_MUST_USE __attribute__((warn_unused_result))
#else
#define SYNDIC_MUST_USE
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum syndic_status {
    SYNDIC_OK = 0,
    SYNDIC_INVALID_ARGUMENT, /* an option or argument is out of its range */
    SYNDIC_NO_MEMORY,        /* the allocator, or the memory cap, refused */
    SYNDIC_IO,               /* the operating system refused a read, write, open or rename */
    SYNDIC_FORMAT,           /* input is not what its name or format promises */
    SYNDIC_LIMIT,            /* input is larger than the library takes; see the message */
    SYNDIC_STATE,            /* calls in the wrong order, such as push after finish */
    SYNDIC_EXISTS,           /* output is already there and may not be replaced */
    SYNDIC_INTERRUPTED,      /* the caller's cancel flag was raised */
};

/* A short English name of the status, such as "out of memory"; never NULL. */
SYNDIC_API const char *syndic_status_text(enum syndic_status status);

/* What went wrong.  `path`, `line` and `byte` say where, when there is a where: an empty path, a
 * line of 0 (lines count from 1) or a byte of UINT64_MAX mean that there is none. */
struct syndic_error {
    enum syndic_status status;
    uint64_t line;
    uint64_t byte;
    char path[512];
    char message[256];
};

/* Where memory comes from.  `allocate` returns NULL when it has none, otherwise `bytes` bytes
 * aligned for any C type; `release` gets back what it returned, and its size.  Both may be called
 * from several threads at once, and both must be given. */
struct syndic_allocator {
    void *(*allocate)(void *context, size_t bytes);
    void (*release)(void *context, void *memory, size_t bytes);
    void *context;
};

enum syndic_shingle_unit {
    SYNDIC_SHINGLE_WORD, /* runs of `shingle_width` words */
    SYNDIC_SHINGLE_CHAR, /* runs of `shingle_width` code points of the normalised text */
};

enum syndic_minhash {
    SYNDIC_MINHASH_ONEP,  /* one permutation, empty bins filled: the default */
    SYNDIC_MINHASH_KPERM, /* k permutations: what most other tools compute */
};

enum syndic_verify {
    SYNDIC_VERIFY_DEFAULT,   /* by signature, and exactly where the signature does not decide */
    SYNDIC_VERIFY_SIGNATURE, /* by signature alone */
    SYNDIC_VERIFY_EXACT,     /* every accepted pair by its exact Jaccard similarity */
    SYNDIC_VERIFY_NONE,      /* every candidate is accepted: other tools' way, not recommended */
};

enum syndic_by {
    SYNDIC_BY_NEAR,  /* Jaccard similarity of shingle sets at or above the threshold */
    SYNDIC_BY_EXACT, /* the same normalised text only */

    /* SimHashes of 64 bits that differ in at most `distance` bits (Charikar, Similarity estimation
     * techniques from rounding algorithms, 2002).  Bit i of a document's SimHash is set where more
     * than half of its shingles, counted as often as they occur, have it set in their hashes.  All
     * documents within the distance are found, and a similarity is 1 - distance / 64.  Cheaper than
     * SYNDIC_BY_NEAR and less accurate: the distance follows the angle between two documents, not
     * the share of shingles that they have in common. */
    SYNDIC_BY_SIMHASH,

    /* Copies whole and in part: a story inside another outlet's furniture, cut, quoted or grown.
     * Two documents are tied by the containment |A and B| / min(|A|, |B|) of their shingle sets and
     * their Jaccard similarity, estimated from samples of the sets; groups are chosen such that the
     * average tie of a group is at least `gamma`, so that chains do not form.  Shingles that many
     * groups have weigh less.  What is said of a member comes from the whole sets. */
    SYNDIC_BY_SYNDICATION,
};

#define SYNDIC_DISTANCE_MAX 6

/* What "the same text" means for exact duplicates. */
enum syndic_normalize {
    SYNDIC_NORMALIZE_TOKENS, /* the same tokens: case, punctuation and white space do not count */
    SYNDIC_NORMALIZE_NONE,   /* the same bytes; only with SYNDIC_BY_EXACT */
};

enum syndic_keep {
    SYNDIC_KEEP_FIRST,   /* the document that was pushed first */
    SYNDIC_KEEP_LONGEST, /* the one with most bytes of text; the first of these */
    SYNDIC_KEEP_MIN,     /* the one with the smallest syndic_document.rank; the first of these */
    SYNDIC_KEEP_MAX,     /* the one with the largest */
};

#define SYNDIC_THREADS_MAX 1024

/* Options.  Always call syndic_options_init() first and change what you need, so that programs keep
 * working when later versions add members. */
struct syndic_options {
    double threshold;  /* Jaccard similarity, 0 < threshold <= 1; default 0.8 */
    enum syndic_by by; /* default SYNDIC_BY_NEAR */
    uint32_t distance; /* with SYNDIC_BY_SIMHASH, 0 to SYNDIC_DISTANCE_MAX; default 3 */
    enum syndic_normalize normalize;
    enum syndic_shingle_unit shingle_unit;
    uint32_t shingle_width; /* 1 to 32; default 5 */
    enum syndic_minhash minhash;
    uint32_t signature_slots; /* K, 16 to 1024; default 128 */
    uint32_t bands,
        rows; /* both 0 (the default): chosen from the threshold; else bands * rows <= K */
    enum syndic_verify verify;
    enum syndic_keep keep;
    uint32_t threads; /* at most SYNDIC_THREADS_MAX; 0: what OpenMP would use */

    /* SYNDIC_BY_SYNDICATION only. */
    uint32_t sample;     /* one shingle in so many is looked at first, 1 to 4096; default 8 */
    double gamma;        /* least average tie of a group, 0 < gamma < 1; default 0.1 */
    uint32_t max_df;     /* a shingle that more documents have is left out; 2 up; default 1000 */
    uint32_t min_shared; /* sampled shingles that a tie needs; 1 up; default 2 */
    /* Each member but the kept one is contained in it, at or above the threshold, and the kept one
     * is no shorter: what may be removed.  Default false: all copies, of which the kept one is the
     * preferred. */
    bool only_contained;

    const char *kernels; /* NULL: leave the choice; "auto", or a table's name such as "scalar" or
                          * "avx2"; the choice holds for the whole process */

    /* Gives the text of document `ordinal` again, the same bytes as were pushed, borrowed until the
     * same thread asks again; several threads may ask at once.  With it a corpus keeps no copy of
     * the texts; without it (NULL) it does, unless nothing is verified exactly. */
    enum syndic_status (*fetch)(void *context, uint64_t ordinal, const char **text,
                                size_t *text_bytes);
    void *fetch_context;

    struct syndic_allocator allocator; /* all zero: malloc and free */
    size_t memory_cap_bytes;           /* 0: none; beyond it calls fail with SYNDIC_NO_MEMORY */
};

SYNDIC_API void syndic_options_init(struct syndic_options *options);

/* Bands, and what is to be expected of them at the threshold: the share of pairs with exactly that
 * similarity that share a band, 1 - (1 - threshold^rows)^bands (Leskovec, Rajaraman and Ullman,
 * Mining of Massive Datasets, section 3.4), times the share that their signatures do not rule out,
 * which is nearly all of them but for SYNDIC_VERIFY_SIGNATURE: there it is about half.  Pairs above
 * the threshold fare better. */
struct syndic_bands {
    uint32_t bands;
    uint32_t rows;
    double recall_at_threshold;
};

/* The bands that these options lead to; with SYNDIC_BY_SIMHASH there are none, and nothing is
 * missed: 0, 0 and 1. */
SYNDIC_API SYNDIC_MUST_USE enum syndic_status syndic_bands_for(const struct syndic_options *options,
                                                               struct syndic_bands *bands,
                                                               struct syndic_error *error);

/* ---- a corpus ------------------------------------------------------------------------------ */

struct syndic;

/* One document.  The corpus copies what it needs; nothing is borrowed after the call. */
struct syndic_document {
    const char *text;
    size_t text_bytes;  /* at most SYNDIC_TEXT_BYTES_MAX */
    const char *id;     /* NULL: the ordinal in decimal */
    double rank;        /* for SYNDIC_KEEP_MIN and _MAX; NaN ranks last */
    const char *source; /* SYNDIC_BY_SYNDICATION: the outlet or site, whose own furniture then
                         * weighs less; NULL: unknown */
};

#define SYNDIC_TEXT_BYTES_MAX ((size_t)1 << 30)

enum syndic_how {
    SYNDIC_HOW_KEPT,  /* this member stands for the group */
    SYNDIC_HOW_EXACT, /* the same normalised text as the kept member */
    SYNDIC_HOW_NEAR,  /* within the threshold, or the distance, of the kept member */

    /* SYNDIC_BY_SYNDICATION, with a Jaccard similarity below the threshold: */
    SYNDIC_HOW_CONTAINED, /* the kept member contains this one, at or above the threshold */
    SYNDIC_HOW_CONTAINS,  /* this one contains the kept member */
    SYNDIC_HOW_OVERLAPS,  /* neither; it may even be tied to other members only */
};

/* How a similarity is known. */
enum syndic_known {
    SYNDIC_KNOWN_EXACTLY,   /* Jaccard similarity of the whole shingle sets, or of SimHashes */
    SYNDIC_KNOWN_ESTIMATED, /* from the signatures; standard error sqrt(s * (1 - s) / K) */
};

struct syndic_member {
    uint64_t ordinal;  /* place in the input, from 0 */
    const char *id;    /* owned by the corpus */
    double similarity; /* with the kept member, 0 to 1: Jaccard, or 1 - distance / 64 */
    enum syndic_known known;
    enum syndic_how how;
    double contained; /* SYNDIC_BY_SYNDICATION: the share of this member that the kept one has, */
    double contains;  /* and the share of the kept one that this member has; otherwise 0 */
};

/* Two or more documents.  `members` belongs to the corpus, is in order of ordinals, and stays valid
 * until the next syndic_group_at() on the same corpus. */
struct syndic_group {
    uint64_t number; /* from 0, in order of the groups' first members */
    uint64_t kept;   /* ordinal of the kept member */
    size_t member_count;
    const struct syndic_member *members;
};

/* Make an empty corpus.  On success *corpus is owned by the caller: syndic_destroy(). */
SYNDIC_API SYNDIC_MUST_USE enum syndic_status syndic_create(const struct syndic_options *options,
                                                            struct syndic **corpus,
                                                            struct syndic_error *error);

/* Add one document; its ordinal is the number of documents pushed before it. */
SYNDIC_API SYNDIC_MUST_USE enum syndic_status syndic_push(struct syndic *corpus,
                                                          const struct syndic_document *document,
                                                          struct syndic_error *error);

/* Add many: the same as pushing each in order, and spread over the threads.  When one of them is
 * refused none is added. */
SYNDIC_API SYNDIC_MUST_USE enum syndic_status syndic_push_batch(
    struct syndic *corpus, const struct syndic_document *documents, size_t count,
    struct syndic_error *error);

/* Join and group.  Nothing can be pushed afterwards. */
SYNDIC_API SYNDIC_MUST_USE enum syndic_status syndic_finish(struct syndic *corpus,
                                                            struct syndic_error *error);

/* Valid after syndic_finish(); 0 before. */
SYNDIC_API uint64_t syndic_group_count(const struct syndic *corpus);

/* Group number `number`, 0 <= number < syndic_group_count(). */
SYNDIC_API SYNDIC_MUST_USE enum syndic_status syndic_group_at(struct syndic *corpus,
                                                              uint64_t number,
                                                              struct syndic_group *group);

/* The ordinal of the document that stands for document `ordinal`: itself where it is kept, and for
 * every ordinal before syndic_finish() or out of range.  Every document is within the threshold, or
 * the distance, of the one that stands for it. */
SYNDIC_API uint64_t syndic_kept(const struct syndic *corpus, uint64_t ordinal);

SYNDIC_API uint64_t syndic_document_count(const struct syndic *corpus);
SYNDIC_API void syndic_destroy(struct syndic *corpus);

/* ---- sketches without a corpus ------------------------------------------------------------- */

struct syndic_sketch;

/* Sketch one text with the shingle and MinHash options; the others are ignored. */
SYNDIC_API SYNDIC_MUST_USE enum syndic_status syndic_sketch_create(
    const struct syndic_options *options, const char *text, size_t text_bytes,
    struct syndic_sketch **sketch, struct syndic_error *error);

/* Estimated Jaccard similarity, 0 to 1.  Two sketches made with different options cannot be
 * compared: SYNDIC_INVALID_ARGUMENT.  A text without tokens is similar to nothing: 0. */
SYNDIC_API SYNDIC_MUST_USE enum syndic_status syndic_sketch_similarity(
    const struct syndic_sketch *a, const struct syndic_sketch *b, double *similarity);

/* The K slots of the signature, owned by the sketch; *count is K.  Equal on every CPU. */
SYNDIC_API const uint32_t *syndic_sketch_slots(const struct syndic_sketch *sketch, size_t *count);
SYNDIC_API void syndic_sketch_destroy(struct syndic_sketch *sketch);

/* ---- this build ---------------------------------------------------------------------------- */

/* "0.1.0" */
SYNDIC_API const char *syndic_version(void);

/* Name of the kernel table in use: "scalar", "avx2", ... */
SYNDIC_API const char *syndic_kernels_name(void);

#ifdef __cplusplus
}
#endif

#endif
