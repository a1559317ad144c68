/* SPDX-License-Identifier: Apache-2.0 */
/* records.c - the second pass: chunks of the input in; the kept records of each, out to their
 * files.
 *
 * Threads take chunks as the reader hands them out.  The kept records of a chunk become one piece
 * of its file, compressed by the thread itself: a gzip member or a zstd frame a chunk. */
#define _GNU_SOURCE
#include "base/error.h"
#include "write/compress.h"
#include "write/dedup.h"
#include "write/ordered.h"

#include <errno.h>
#include <string.h>

#define PATH_BYTES_MAX 4096

struct pass {
    struct syndic_run *run;
    const struct syndic_dedup_options *options;
    struct syndic_ordered *files; /* one for each source */
    struct syndic_spool *spool;
    const uint32_t *bad; /* problems with raw bytes, by source and offset */
    size_t bad_count;
    _Atomic uint64_t met; /* records that were there again */
    _Atomic int status;   /* the first failure; error belongs to it */
    struct syndic_error error;
};

/* What a thread works with. */
struct hand {
    struct pass *pass;
    struct syndic_chunk *chunk;
    struct syndic_compressor *compressor;
    uint8_t *room; /* kept records, side by side */
    size_t room_bytes;
    struct syndic_error error;
};

static const uint8_t byte_order_mark[3] = {0xef, 0xbb, 0xbf};

static bool is_before(uint32_t a_source, uint64_t a_offset, uint32_t b_source, uint64_t b_offset)
{
    return a_source < b_source || (a_source == b_source && a_offset < b_offset);
}

/* The first document at or after (source, offset). */
static size_t first_row(const struct syndic_documents *documents, uint32_t source, uint64_t offset)
{
    size_t low = 0, high = documents->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct syndic_place *const place = &documents->place[middle];
        if (is_before(place->source, place->offset, source, offset))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t first_bad(const struct pass *pass, uint32_t source, uint64_t offset)
{
    size_t low = 0, high = pass->bad_count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const struct syndic_problem *const problem = &pass->run->problems[pass->bad[middle]];
        if (is_before(problem->source, problem->offset, source, offset))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Is the place still a whole record of the chunk?  It is not where the file has changed. */
static bool is_there(const struct syndic_chunk *chunk, bool txt, const struct syndic_place *place)
{
    const uint64_t end = place->offset - chunk->offset + place->bytes;

    if (end > chunk->bytes_count)
        return false;
    if (txt || (chunk->last && end == chunk->bytes_count))
        return true;
    return place->bytes && chunk->bytes[end - 1] == '\n';
}

/* Append a record, or what stands for it, to hand->room.  Records as they are have room there. */
static enum syndic_status append(struct hand *hand, const struct syndic_source *source,
                                 uint32_t row, const uint8_t *raw, size_t *n)
{
    const struct syndic_rewrite *const rewrite = hand->pass->options->rewrite;
    const size_t raw_bytes = hand->pass->run->documents.place[row].bytes;

    if (!rewrite) {
        memcpy(hand->room + *n, raw, raw_bytes);
        *n += raw_bytes;
        return SYNDIC_OK;
    }
    struct syndic_room room = {hand->room, *n, hand->room_bytes, hand->pass->run->memory};
    const enum syndic_status status = rewrite->record(rewrite->context, row, raw, raw_bytes, &room);
    hand->room = room.bytes;
    hand->room_bytes = room.capacity;
    *n = room.n;
    if (status == SYNDIC_NO_MEMORY)
        return syndic_fail_memory(&hand->error);
    return status ? syndic_fail_at(&hand->error, SYNDIC_IO, source->path, 0, SYNDIC_NO_BYTE,
                                   "changed while it was being read")
                  : SYNDIC_OK;
}

/* Gather the kept records of the chunk side by side in hand->room, after the *n bytes there
 * already. */
static enum syndic_status gather(struct hand *hand, const struct syndic_source *source, size_t *n)
{
    struct pass *const pass = hand->pass;
    const struct syndic_documents *const documents = &pass->run->documents;
    const struct syndic_chunk *const chunk = hand->chunk;
    const uint64_t end = chunk->offset + chunk->bytes_count;
    const bool txt = source->format == SYNDIC_FORMAT_TXT;
    const size_t from = first_row(documents, chunk->source, chunk->offset);
    size_t row = from;

    for (; row < documents->count; row++) {
        const struct syndic_place *const place = &documents->place[row];
        if (place->source != chunk->source || (place->offset >= end && !txt))
            break;
        if (!is_there(chunk, txt, place))
            return syndic_fail_at(&hand->error, SYNDIC_IO, source->path, 0, SYNDIC_NO_BYTE,
                                  "changed while it was being read");
        if (!syndic_dedup_keeps(pass->run, pass->options->drop_empty, row))
            continue;
        const enum syndic_status status =
            append(hand, source, (uint32_t)row, chunk->bytes + (place->offset - chunk->offset), n);
        if (status)
            return status;
    }
    atomic_fetch_add(&pass->met, row - from);
    return SYNDIC_OK;
}

/* Append a record to hand->room: in WARC each is a member or frame of its own. */
static enum syndic_status append_warc(struct hand *hand, const uint8_t *bytes, size_t bytes_count,
                                      enum syndic_compression compression, size_t *n)
{
    if (syndic_compress(hand->compressor, compression, &bytes, &bytes_count) ||
        !syndic_reserve(hand->pass->run->memory, (void **)&hand->room, &hand->room_bytes,
                        *n + bytes_count, 1))
        return syndic_fail_memory(&hand->error);
    memcpy(hand->room + *n, bytes, bytes_count);
    *n += bytes_count;
    return SYNDIC_OK;
}

static bool is_bad(const struct pass *pass, uint32_t source, uint64_t offset)
{
    const size_t at = first_bad(pass, source, offset);
    const struct syndic_problem *const problem =
        at < pass->bad_count ? &pass->run->problems[pass->bad[at]] : NULL;

    return problem && problem->source == source && problem->offset == offset;
}

/* gather() for WARC, already compressed: records that are no documents, such as warcinfo and
 * requests, stay too; only copies go, and what could not be read. */
static enum syndic_status gather_warc(struct hand *hand, const struct syndic_source *source,
                                      enum syndic_compression compression, size_t *n)
{
    struct pass *const pass = hand->pass;
    const struct syndic_documents *const documents = &pass->run->documents;
    const struct syndic_chunk *const chunk = hand->chunk;
    const size_t from = first_row(documents, chunk->source, chunk->offset);
    enum syndic_status status = SYNDIC_OK;
    size_t row = from, at = 0, bytes;
    uint64_t offset;

    while (!status && syndic_chunk_raw(chunk, &at, &offset, &bytes)) {
        const struct syndic_place *const place =
            row < documents->count && documents->place[row].source == chunk->source
                ? &documents->place[row]
                : NULL;
        const bool is_document = place && place->offset == offset;
        if (place && (place->offset < offset || (is_document && place->bytes != bytes)))
            return syndic_fail_at(&hand->error, SYNDIC_IO, source->path, 0, SYNDIC_NO_BYTE,
                                  "changed while it was being read");
        const bool kept = is_document
                              ? syndic_dedup_keeps(pass->run, pass->options->drop_empty, row)
                              : !is_bad(pass, chunk->source, offset);
        if (kept)
            status =
                append_warc(hand, chunk->bytes + (offset - chunk->offset), bytes, compression, n);
        row += is_document;
    }
    atomic_fetch_add(&pass->met, row - from);
    return status;
}

/* Put the raw bytes of the chunk's bad records where syndic_write_skipped() finds them. */
static enum syndic_status spool_bad(struct hand *hand)
{
    struct pass *const pass = hand->pass;
    const struct syndic_chunk *const chunk = hand->chunk;
    struct syndic_spool *const spool = pass->spool;

    for (size_t i = first_bad(pass, chunk->source, chunk->offset); i < pass->bad_count; i++) {
        const struct syndic_problem *const problem = &pass->run->problems[pass->bad[i]];
        if (problem->source != chunk->source ||
            problem->offset + problem->bytes > chunk->offset + chunk->bytes_count)
            break;
        const uint64_t at = atomic_fetch_add(&spool->end, problem->bytes);
        errno = syndic_write_all(spool->fd, chunk->bytes + (problem->offset - chunk->offset),
                                 problem->bytes, (int64_t)at);
        if (errno)
            return syndic_fail_errno(&hand->error, SYNDIC_SKIPPED_NAME, "write");
        spool->at[pass->bad[i]] = at;
    }
    return SYNDIC_OK;
}

/* A text that is not kept has no file. */
static bool is_wanted(const struct pass *pass, uint32_t number, const struct syndic_source *source)
{
    const size_t row = first_row(&pass->run->documents, number, 0);

    if (source->format != SYNDIC_FORMAT_TXT)
        return true;
    return row < pass->run->documents.count && pass->run->documents.place[row].source == number &&
           syndic_dedup_keeps(pass->run, pass->options->drop_empty, row);
}

static enum syndic_status write_piece(struct hand *hand, const struct syndic_source *source,
                                      bool wanted, size_t n)
{
    const enum syndic_recompress compress = hand->pass->options->compress;
    char name[PATH_BYTES_MAX];
    struct syndic_piece piece = {.file = hand->chunk->source,
                                 .name = wanted ? name : NULL,
                                 .sequence = hand->chunk->sequence,
                                 .last = hand->chunk->last,
                                 .bytes = hand->room,
                                 .n = n,
                                 .compression = syndic_output_compression(source, compress)};

    syndic_output_name(source, compress, name, sizeof(name)); /* checked before the run */
    if (source->format != SYNDIC_FORMAT_WARC &&
        syndic_compress(hand->compressor, piece.compression, &piece.bytes, &piece.n))
        return syndic_fail_memory(&hand->error);
    return syndic_ordered_write(hand->pass->files, &piece, &hand->error);
}

/* A byte order mark belongs to no record of JSON lines, and stays; it is part of a text. */
static bool has_mark(const struct syndic_chunk *chunk, const struct syndic_source *source)
{
    return source->format == SYNDIC_FORMAT_JSONL && !chunk->sequence &&
           chunk->bytes_count >= sizeof(byte_order_mark) &&
           !memcmp(chunk->bytes, byte_order_mark, sizeof(byte_order_mark));
}

static enum syndic_status copy_chunk(struct hand *hand)
{
    struct pass *const pass = hand->pass;
    const struct syndic_chunk *const chunk = hand->chunk;
    const struct syndic_source *const source =
        syndic_reader_source(pass->run->reader, chunk->source);
    const bool wanted = is_wanted(pass, chunk->source, source);
    size_t n = 0;

    if (!syndic_reserve(pass->run->memory, (void **)&hand->room, &hand->room_bytes,
                        chunk->bytes_count + sizeof(byte_order_mark), 1))
        return syndic_fail_memory(&hand->error);
    if (has_mark(chunk, source)) {
        memcpy(hand->room, byte_order_mark, sizeof(byte_order_mark));
        n = sizeof(byte_order_mark);
    }
    enum syndic_status status =
        source->format == SYNDIC_FORMAT_WARC
            ? gather_warc(hand, source, syndic_output_compression(source, pass->options->compress),
                          &n)
            : gather(hand, source, &n);
    if (!status)
        status = spool_bad(hand);
    return status ? status : write_piece(hand, source, wanted, n);
}

static void note_progress(const struct pass *pass)
{
    struct syndic_progress *const progress = pass->options->run->progress;
    uint64_t done, total;

    if (!progress)
        return;
    syndic_reader_progress(pass->run->reader, &done, &total);
    atomic_store(&progress->done, done);
    atomic_store(&progress->total, total);
}

static enum syndic_status copy_chunks(struct hand *hand)
{
    struct pass *const pass = hand->pass;
    const _Atomic bool *const cancel = pass->options->run->cancel;
    enum syndic_status status = SYNDIC_OK;
    bool more = true;

    while (!status && !atomic_load(&pass->status)) {
        if (cancel && atomic_load(cancel))
            return syndic_fail(&hand->error, SYNDIC_INTERRUPTED, "interrupted");
        status = syndic_reader_next(pass->run->reader, hand->chunk, &more);
        if (status)
            hand->error = *syndic_reader_error(pass->run->reader);
        if (status)
            return status;
        if (!more)
            break;
        status = copy_chunk(hand);
        note_progress(pass);
    }
    return status;
}

static void work(struct pass *pass)
{
    struct hand hand = {.pass = pass};
    enum syndic_status status = syndic_chunk_create(pass->run->reader, &hand.chunk);
    int none = SYNDIC_OK;

    if (!status)
        status = syndic_compressor_create(pass->run->memory, &hand.compressor);
    if (status)
        syndic_fail_memory(&hand.error);
    else
        status = copy_chunks(&hand);
    if (status && atomic_compare_exchange_strong(&pass->status, &none, (int)status)) {
        pass->error = hand.error;
        syndic_ordered_stop(pass->files);
    }
    syndic_release(pass->run->memory, hand.room);
    syndic_compressor_destroy(hand.compressor);
    syndic_chunk_destroy(hand.chunk);
}

/* Inputs that gave no chunk, because they are empty, have an empty output. */
static enum syndic_status complete_files(struct pass *pass, struct syndic_error *error)
{
    const enum syndic_recompress compress = pass->options->compress;
    enum syndic_status status = SYNDIC_OK;
    char name[PATH_BYTES_MAX];

    for (uint32_t s = 0; !status && s < syndic_reader_source_count(pass->run->reader); s++) {
        const struct syndic_source *const source = syndic_reader_source(pass->run->reader, s);
        if (syndic_ordered_made(pass->files, s) || source->format == SYNDIC_FORMAT_TXT)
            continue;
        syndic_output_name(source, compress, name, sizeof(name));
        status = syndic_ordered_write(
            pass->files,
            &(struct syndic_piece){.file = s,
                                   .name = name,
                                   .last = true,
                                   .compression = syndic_output_compression(source, compress)},
            error);
    }
    return status;
}

static enum syndic_status copy_all(struct pass *pass, struct syndic_error *error)
{
    struct syndic_run *const run = pass->run;

#pragma omp parallel num_threads((int)run->threads)
    work(pass);

    const enum syndic_status status = (enum syndic_status)atomic_load(&pass->status);
    if (status) {
        *error = pass->error;
        return status;
    }
    if (atomic_load(&pass->met) != run->documents.count)
        return syndic_fail(error, SYNDIC_IO, "the input changed while it was being read");
    return complete_files(pass, error);
}

/* The problems that have raw bytes; those of a run are in order of source and offset already. */
static size_t list_bad(const struct syndic_run *run, uint32_t *bad)
{
    size_t n = 0;

    for (size_t i = 0; i < run->problem_count; i++)
        if (run->problems[i].bytes)
            bad[n++] = (uint32_t)i;
    return n;
}

enum syndic_status syndic_copy_records(struct syndic_run *run,
                                       const struct syndic_dedup_options *options,
                                       struct syndic_folder *folder, struct syndic_spool *spool,
                                       struct syndic_dedup_counts *counts,
                                       struct syndic_error *error)
{
    uint32_t *const bad = syndic_allocate(run->memory, run->problem_count, sizeof(*bad));
    struct pass pass = {.run = run, .options = options, .spool = spool, .bad = bad};
    enum syndic_status status = SYNDIC_NO_MEMORY;

    if (bad) {
        pass.bad_count = list_bad(run, bad);
        status = syndic_ordered_create(run->memory, folder, syndic_reader_source_count(run->reader),
                                       &pass.files);
    }
    if (status)
        status = syndic_fail_memory(error);
    else
        status = syndic_reader_rewind(run->reader, error);
    if (!status)
        status = copy_all(&pass, error);
    if (!status)
        counts->bytes_out = syndic_ordered_bytes(pass.files);
    syndic_ordered_destroy(pass.files);
    syndic_release(run->memory, bad);
    return status;
}
