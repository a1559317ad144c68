/* SPDX-License-Identifier: Apache-2.0 */
/* warc_files.h - for the tests of the read stage: WARC records, good and bad. */
#ifndef WARC_FILES_H
#define WARC_FILES_H

#include "read_expect.h"

/* A record that claims `length` bytes of block. */
HELP void add_record_of(struct bytes *to, const char *fields, const void *block, size_t n,
                        size_t length)
{
    char head[512];

    const int head_bytes =
        snprintf(head, sizeof(head), "WARC/1.0\r\n%sContent-Length: %zu\r\n\r\n", fields, length);
    add(to, head, (size_t)head_bytes);
    add(to, block, n);
    add(to, "\r\n\r\n", 4);
}

/* A conversion record, as WET files have them. */
HELP void add_conversion(struct bytes *to, const char *id, const char *text)
{
    char fields[300];

    snprintf(fields, sizeof(fields),
             "WARC-Type: conversion\r\nWARC-Record-ID: <urn:%s>\r\n"
             "WARC-Target-URI: http://example.org/%s\r\nContent-Type: text/plain\r\n",
             id, id);
    add_record_of(to, fields, text, strlen(text), strlen(text));
}

#define RESPONSE_FIELDS                                                                            \
    "WARC-Type: response\r\nWARC-Record-ID: <urn:r>\r\nContent-Type: application/http; "           \
    "msgtype=response\r\n"

/* A response whose head is `head` and whose body is bytes[0, n). */
HELP void add_response(struct bytes *to, const char *head, const void *body, size_t n)
{
    struct bytes block = {0};

    add(&block, "HTTP/1.1 200 OK\r\n", 17);
    add(&block, head, strlen(head));
    add(&block, "\r\n", 2);
    add(&block, body, n);
    add_record_of(to, RESPONSE_FIELDS, block.at, block.n, block.n);
    free(block.at);
}

HELP void put_free(const char *path, struct bytes *b)
{
    put_bytes(path, b->at, b->n);
    free(b->at);
    *b = (struct bytes){0};
}

#endif
