/* SPDX-License-Identifier: Apache-2.0 */
/* error.h - fill in a struct syndic_error and hand its status on in one line. */
#ifndef SYNDIC_BASE_ERROR_H
#define SYNDIC_BASE_ERROR_H

#include "syndic.h"

#define SYNDIC_NO_BYTE UINT64_MAX

/* Set error (may be NULL) without a place; returns status. */
enum syndic_status syndic_fail(struct syndic_error *error, enum syndic_status status,
                               const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with a place: path may be NULL, line 0 and byte SYNDIC_NO_BYTE mean none. */
enum syndic_status syndic_fail_at(struct syndic_error *error, enum syndic_status status,
                                  const char *path, uint64_t line, uint64_t byte,
                                  const char *format, ...) __attribute__((format(printf, 6, 7)));

/* SYNDIC_NO_MEMORY with its standard message. */
enum syndic_status syndic_fail_memory(struct syndic_error *error);

/* "no such file or directory": the system's words for an errno, made to stand inside a sentence;
 * words_bytes is at least 2. */
void syndic_errno_words(int number, char *words, size_t words_bytes);

/* SYNDIC_IO with the words of errno: "cannot WHAT: no such file or directory". */
enum syndic_status syndic_fail_errno(struct syndic_error *error, const char *path,
                                     const char *what);

#endif
