/* SPDX-License-Identifier: Apache-2.0 */
/* spool.c - bytes in, an unnamed file in the temporary folder out; and reads and writes that go on
 * until all is done, because the system may stop them anywhere. */
#define _GNU_SOURCE
#include "read/spool.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* macOS refuses more than 2 GiB at once. */
#define STEP_BYTES ((size_t)1 << 30)

static size_t step(size_t left)
{
    return left < STEP_BYTES ? left : STEP_BYTES;
}

const char *syndic_spool_folder(const char *tmp)
{
    const char *const variable = getenv("TMPDIR");

    if (tmp && *tmp)
        return tmp;
    return variable && *variable ? variable : "/tmp";
}

enum syndic_status syndic_spool_open(const char *tmp, int *fd, struct syndic_error *error)
{
    const char *const folder = syndic_spool_folder(tmp);
    char path[4096], words[96];

    if (snprintf(path, sizeof(path), "%s/syndic-XXXXXX", folder) >= (int)sizeof(path))
        return syndic_fail_at(error, SYNDIC_IO, folder, 0, SYNDIC_NO_BYTE, "path is too long");
#ifdef O_TMPFILE /* there is never a name that a kill could leave; not every file system can */
    *fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (*fd >= 0)
        return SYNDIC_OK;
#endif
    *fd = mkstemp(path);
    if (*fd >= 0 && unlink(path)) {
        const int number = errno;
        close(*fd);
        *fd = -1;
        errno = number;
    }
    if (*fd < 0) {
        syndic_errno_words(errno, words, sizeof(words));
        return syndic_fail_at(error, SYNDIC_IO, folder, 0, SYNDIC_NO_BYTE,
                              "cannot create a temporary file: %s", words);
    }
    fcntl(*fd, F_SETFD, FD_CLOEXEC);
    return SYNDIC_OK;
}

bool syndic_write_at(int fd, const void *bytes, size_t n, uint64_t offset)
{
    const char *from = bytes;

    while (n) {
        const ssize_t done = pwrite(fd, from, step(n), (off_t)offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return false;
        from += done;
        offset += (uint64_t)done;
        n -= (size_t)done;
    }
    return true;
}

ssize_t syndic_read_at(int fd, void *bytes, size_t n, uint64_t offset)
{
    size_t got = 0;

    while (got < n) {
        const ssize_t done = pread(fd, (char *)bytes + got, step(n - got), (off_t)(offset + got));
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        if (!done)
            break;
        got += (size_t)done;
    }
    return (ssize_t)got;
}

/* A signal may come to another thread, or just before read(): so look again after a while. */
#define LOOK_MILLISECONDS 100

/* Wait until there is something to read; false: cancelled. */
static bool wait_for_more(int fd, const _Atomic bool *cancel)
{
    struct pollfd more = {.fd = fd, .events = POLLIN};

    while (!atomic_load(cancel))
        if (poll(&more, 1, LOOK_MILLISECONDS) > 0)
            return true;
    errno = ECANCELED;
    return false;
}

ssize_t syndic_read_on(int fd, void *bytes, size_t n, const _Atomic bool *cancel)
{
    size_t got = 0;

    while (got < n) {
        if (cancel && !wait_for_more(fd, cancel))
            return -1;
        const ssize_t done = read(fd, (char *)bytes + got, step(n - got));
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        if (!done)
            break;
        got += (size_t)done;
    }
    return (ssize_t)got;
}
