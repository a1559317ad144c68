/* SPDX-License-Identifier: Apache-2.0 */
/* error.c - error detail in, status out. */
#include "base/error.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *syndic_status_text(enum syndic_status status)
{
    static const char *const text[] = {
        [SYNDIC_OK] = "done",
        [SYNDIC_INVALID_ARGUMENT] = "invalid argument",
        [SYNDIC_NO_MEMORY] = "out of memory",
        [SYNDIC_IO] = "input or output failed",
        [SYNDIC_FORMAT] = "malformed input",
        [SYNDIC_LIMIT] = "limit exceeded",
        [SYNDIC_STATE] = "call out of order",
        [SYNDIC_EXISTS] = "output exists",
        [SYNDIC_INTERRUPTED] = "interrupted",
    };

    return (size_t)status < sizeof(text) / sizeof(*text) ? text[status] : "unknown status";
}

static void fill(struct syndic_error *error, enum syndic_status status, const char *path,
                 uint64_t line, uint64_t byte, const char *format, va_list arguments)
{
    if (!error)
        return;
    error->status = status;
    error->line = line;
    error->byte = byte;
    snprintf(error->path, sizeof(error->path), "%s", path ? path : "");
    vsnprintf(error->message, sizeof(error->message), format, arguments);
}

enum syndic_status syndic_fail(struct syndic_error *error, enum syndic_status status,
                               const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(error, status, NULL, 0, SYNDIC_NO_BYTE, format, arguments);
    va_end(arguments);
    return status;
}

enum syndic_status syndic_fail_at(struct syndic_error *error, enum syndic_status status,
                                  const char *path, uint64_t line, uint64_t byte,
                                  const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(error, status, path, line, byte, format, arguments);
    va_end(arguments);
    return status;
}

enum syndic_status syndic_fail_memory(struct syndic_error *error)
{
    return syndic_fail(error, SYNDIC_NO_MEMORY, "out of memory");
}

void syndic_errno_words(int number, char *words, size_t words_bytes)
{
    snprintf(words, words_bytes, "%s", strerror(number));
    if (islower((unsigned char)words[1])) /* not "RPC ..." and the like */
        words[0] = (char)tolower((unsigned char)words[0]);
}

enum syndic_status syndic_fail_errno(struct syndic_error *error, const char *path, const char *what)
{
    char words[128];

    syndic_errno_words(errno, words, sizeof(words));
    return syndic_fail_at(error, SYNDIC_IO, path, 0, SYNDIC_NO_BYTE, "cannot %s: %s", what, words);
}
