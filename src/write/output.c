/* SPDX-License-Identifier: Apache-2.0 */
/* output.c - bytes in, a file descriptor out. */
#define _GNU_SOURCE
#include "write/output.h"

#include "base/error.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES ((size_t)1 << 16)

/* Linux writes at most about 2 GiB a call; less keeps a cancelled write short. */
#define WRITE_BYTES_MAX ((size_t)1 << 26)

int syndic_write_all(int fd, const void *bytes, size_t n, int64_t offset)
{
    const uint8_t *at = bytes;

    while (n) {
        const size_t part = n < WRITE_BYTES_MAX ? n : WRITE_BYTES_MAX;
        const ssize_t done = offset < 0 ? write(fd, at, part) : pwrite(fd, at, part, (off_t)offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return errno;
        at += done;
        n -= (size_t)done;
        if (offset >= 0)
            offset += done;
    }
    return 0;
}

enum syndic_status syndic_output_open(struct syndic_output *output, struct syndic_memory *memory,
                                      int fd, const char *path)
{
    *output = (struct syndic_output){.fd = fd, .path = path, .memory = memory};
    output->buffer = syndic_allocate(memory, BUFFER_BYTES, 1);
    return output->buffer ? SYNDIC_OK : SYNDIC_NO_MEMORY;
}

static void drain(struct syndic_output *output)
{
    if (!output->error_number)
        output->error_number = syndic_write_all(output->fd, output->buffer, output->used_bytes, -1);
    output->used_bytes = 0;
}

void syndic_put(struct syndic_output *output, const void *bytes, size_t n)
{
    const uint8_t *at = bytes;

    output->written_bytes += n;
    while (n) {
        const size_t room = BUFFER_BYTES - output->used_bytes;
        const size_t part = n < room ? n : room;
        memcpy(output->buffer + output->used_bytes, at, part);
        output->used_bytes += part;
        at += part;
        n -= part;
        if (output->used_bytes == BUFFER_BYTES)
            drain(output);
    }
}

void syndic_put_text(struct syndic_output *output, const char *text)
{
    syndic_put(output, text, strlen(text));
}

void syndic_put_number(struct syndic_output *output, uint64_t number)
{
    char digit[20];
    size_t n = 0;

    do {
        digit[sizeof(digit) - ++n] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    syndic_put(output, digit + sizeof(digit) - n, n);
}

void syndic_put_decimal(struct syndic_output *output, double number, int decimals)
{
    char digit[9];
    uint64_t scale = 1;

    for (int i = 0; i < decimals; i++)
        scale *= 10;
    if (!isfinite(number) || number < 0 || number * (double)scale > 9e15)
        number = 0;
    const uint64_t scaled = (uint64_t)llround(number * (double)scale);
    uint64_t rest = scaled % scale;
    size_t n = (size_t)decimals;
    for (size_t i = n; i-- > 0; rest /= 10)
        digit[i] = (char)('0' + rest % 10);
    while (n > 1 && digit[n - 1] == '0')
        n--;
    syndic_put_number(output, scaled / scale);
    syndic_put(output, ".", 1);
    syndic_put(output, digit, n);
}

enum syndic_status syndic_output_flush(struct syndic_output *output, struct syndic_error *error)
{
    drain(output);
    if (!output->error_number)
        return SYNDIC_OK;
    errno = output->error_number;
    return syndic_fail_errno(error, output->path, "write");
}

void syndic_output_close(struct syndic_output *output)
{
    if (!output->memory)
        return;
    syndic_release(output->memory, output->buffer);
    output->buffer = NULL;
}
