/* SPDX-License-Identifier: Apache-2.0 */
/* fault.c - calls of the C library in; the same calls out, but for one that goes wrong.  To be
 * preloaded into the command.
 *
 *     SYNDIC_FAULT=CALL:N:WHAT   the N-th CALL, from 1, goes wrong; N+: it and all that follow
 *     SYNDIC_FAULT_COUNTS=FILE   at exit, how often each CALL was made: "CALL N" a line
 *
 * CALL is a name of the list below.  WHAT is the number of the errno to fail with; "short": of a
 * read or write only the first half of the bytes is done; or "signalN": signal N comes first, and
 * then the call is made.  Calls that the C library makes inside itself are not seen, except for
 * memory. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <dlfcn.h>

enum call {
    READ,
    WRITE,
    OPEN,
    CLOSE,
    RENAME,
    UNLINK,
    MKDIR,
    SYNC,
    RESIZE,
    MAP,
    ALLOCATE,
    THREAD,
    LIST,
    STAT
};
#define CALLS 14

static const char *const names[CALLS] = {"read",     "write",  "open", "close",  "rename",
                                         "unlink",   "mkdir",  "sync", "resize", "map",
                                         "allocate", "thread", "list", "stat"};

/* No function of the C library may be asked for these before it is ready, so they are read when the
 * first call comes, by means that allocate nothing. */
static struct {
    _Atomic unsigned long count[CALLS];
    _Atomic int ready; /* 0, 1: being read, 2 */
    int call;          /* that goes wrong, or -1 */
    unsigned long number;
    bool always, half;
    int error, signal;
} fault = {.call = -1};

static void parse(const char *text)
{
    const char *const colon = text ? strchr(text, ':') : NULL;
    char *end;

    for (int c = 0; colon && c < CALLS; c++)
        if (strlen(names[c]) == (size_t)(colon - text) &&
            !strncmp(names[c], text, strlen(names[c])))
            fault.call = c;
    if (fault.call < 0)
        return;
    fault.number = strtoul(colon + 1, &end, 10);
    fault.always = *end == '+';
    end += fault.always;
    end += *end == ':';
    if (!strcmp(end, "short"))
        fault.half = true;
    else if (!strncmp(end, "signal", 6))
        fault.signal = (int)strtol(end + 6, NULL, 10);
    else
        fault.error = (int)strtol(end, NULL, 10);
}

/* Count a call.  Is it to go wrong?  Then errno is set; but *half where half of it is to be done.
 */
static bool wrong(enum call call, bool *half)
{
    int unread = 0;

    if (atomic_compare_exchange_strong(&fault.ready, &unread, 1)) {
        parse(getenv("SYNDIC_FAULT"));
        atomic_store(&fault.ready, 2);
    }
    const unsigned long n = atomic_fetch_add(&fault.count[call], 1) + 1;
    if (atomic_load(&fault.ready) != 2 || (int)call != fault.call ||
        !(n == fault.number || (fault.always && n > fault.number)))
        return false;
    if (fault.signal) {
        syscall(SYS_kill, getpid(), fault.signal);
        return false;
    }
    if (half)
        *half = fault.half;
    if (fault.half)
        return false;
    errno = fault.error;
    return true;
}

__attribute__((destructor)) static void tell(void)
{
    const char *const path = getenv("SYNDIC_FAULT_COUNTS");
    char text[64];

    fault.call = -1;
    const long fd =
        path ? syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
    for (int c = 0; fd >= 0 && c < CALLS; c++) {
        const int n = snprintf(text, sizeof(text), "%s %lu\n", names[c], fault.count[c]);
        if (syscall(SYS_write, fd, text, n) != n)
            break;
    }
}

/* ---- bytes ---- */

#define PART(call, fallback, ...)                                                                  \
    bool half = false;                                                                             \
    if (wrong(call, &half))                                                                        \
        return -1;                                                                                 \
    n = half && n > 1 ? n / 2 : n;                                                                 \
    return fallback(__VA_ARGS__)

ssize_t read(int fd, void *bytes, size_t n)
{
    PART(READ, syscall, SYS_read, fd, bytes, n);
}

ssize_t pread(int fd, void *bytes, size_t n, off_t at)
{
    PART(READ, syscall, SYS_pread64, fd, bytes, n, at);
}

ssize_t pread64(int fd, void *bytes, size_t n, off_t at)
{
    return pread(fd, bytes, n, at);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    PART(WRITE, syscall, SYS_write, fd, bytes, n);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    PART(WRITE, syscall, SYS_pwrite64, fd, bytes, n, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t n, off_t at)
{
    return pwrite(fd, bytes, n, at);
}

/* ---- files ---- */

#define OR_FAIL(call, ...) (wrong(call, NULL) ? -1 : (int)syscall(__VA_ARGS__))

int openat(int folder, const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const int mode = flags & O_CREAT ? va_arg(more, int) : 0;
    va_end(more);
    return OR_FAIL(OPEN, SYS_openat, folder, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    const int mode = flags & O_CREAT ? va_arg(more, int) : 0;
    va_end(more);
    return openat(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));
int openat64(int folder, const char *path, int flags, ...) __attribute__((alias("openat")));

/* As after a late write failure on a network file system: closed, and -1. */
int close(int fd)
{
    const bool fails = wrong(CLOSE, NULL);
    const int number = errno;
    const int status = (int)syscall(SYS_close, fd);

    if (!fails)
        return status;
    errno = number;
    return -1;
}

int renameat(int from, const char *old, int to, const char *new)
{
    return OR_FAIL(RENAME, SYS_renameat2, from, old, to, new, 0);
}

int rename(const char *old, const char *new)
{
    return renameat(AT_FDCWD, old, AT_FDCWD, new);
}

int unlinkat(int folder, const char *path, int flags)
{
    return OR_FAIL(UNLINK, SYS_unlinkat, folder, path, flags);
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
    return OR_FAIL(MKDIR, SYS_mkdirat, folder, path, mode);
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int fsync(int fd)
{
    return OR_FAIL(SYNC, SYS_fsync, fd);
}

int fdatasync(int fd)
{
    return OR_FAIL(SYNC, SYS_fdatasync, fd);
}

int ftruncate(int fd, off_t n)
{
    return OR_FAIL(RESIZE, SYS_ftruncate, fd, n);
}

int ftruncate64(int fd, off_t n)
{
    return ftruncate(fd, n);
}

/* ---- looking: these have no system call of their own, or several ---- */

#define NEXT(name, ...)                                                                            \
    static __typeof__(name) *real;                                                                 \
    if (!real)                                                                                     \
        *(void **)&real = dlsym(RTLD_NEXT, #name);                                                 \
    return real(__VA_ARGS__)

struct dirent *readdir(DIR *folder)
{
    if (wrong(LIST, NULL))
        return NULL;
    NEXT(readdir, folder);
}

DIR *opendir(const char *path)
{
    if (wrong(OPEN, NULL))
        return NULL;
    NEXT(opendir, path);
}

int fstat(int fd, struct stat *info)
{
    if (wrong(STAT, NULL))
        return -1;
    NEXT(fstat, fd, info);
}

int stat(const char *path, struct stat *info)
{
    if (wrong(STAT, NULL))
        return -1;
    NEXT(stat, path, info);
}

int fstatat(int folder, const char *path, struct stat *info, int flags)
{
    if (wrong(STAT, NULL))
        return -1;
    NEXT(fstatat, folder, path, info, flags);
}

off_t lseek(int fd, off_t offset, int from)
{
    if (wrong(STAT, NULL))
        return -1;
    NEXT(lseek, fd, offset, from);
}

/* ---- memory ---- */

/* The C library's own, under names that need no dlsym(), which allocates; under a sanitizer, its.
 */
#define REAL(result, name, ...)                                                                    \
    extern result __libc_##name(__VA_ARGS__);                                                      \
    extern result __interceptor_##name(__VA_ARGS__) __attribute__((weak))
REAL(void *, malloc, size_t);
REAL(void *, calloc, size_t, size_t);
REAL(void *, realloc, void *, size_t);
REAL(void *, memalign, size_t, size_t);
#define CALL_REAL(name, ...)                                                                       \
    (__interceptor_##name ? __interceptor_##name(__VA_ARGS__) : __libc_##name(__VA_ARGS__))

void *malloc(size_t n)
{
    return wrong(ALLOCATE, NULL) ? NULL : CALL_REAL(malloc, n);
}

void *calloc(size_t count, size_t size)
{
    return wrong(ALLOCATE, NULL) ? NULL : CALL_REAL(calloc, count, size);
}

void *realloc(void *block, size_t n)
{
    return wrong(ALLOCATE, NULL) ? NULL : CALL_REAL(realloc, block, n);
}

void *memalign(size_t alignment, size_t n)
{
    return wrong(ALLOCATE, NULL) ? NULL : CALL_REAL(memalign, alignment, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
    return memalign(alignment, n);
}

int posix_memalign(void **block, size_t alignment, size_t n)
{
    *block = memalign(alignment, n);
    return *block ? 0 : ENOMEM;
}

void *mmap(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
    if (wrong(MAP, NULL))
        return MAP_FAILED;
    return (void *)syscall(SYS_mmap, at, n, protection, flags, fd, offset);
}

void *mmap64(void *at, size_t n, int protection, int flags, int fd, off_t offset)
{
    return mmap(at, n, protection, flags, fd, offset);
}

/* ---- threads ---- */

typedef int create_function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *context)
{
    static create_function *real;

    if (wrong(THREAD, NULL))
        return errno;
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    return real(thread, attributes, run, context);
}
