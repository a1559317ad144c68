/* SPDX-License-Identifier: Apache-2.0 */
/* tree.c - folders below an open folder: make, check, move and remove, never through a link. */
#define _GNU_SOURCE
#include "write/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static int close_with_errno(int fd, int result)
{
    const int number = errno;

    close(fd);
    errno = number;
    return result;
}

static int enter(int fd, const char *name, bool make)
{
    if (make && mkdirat(fd, name, 0777) && errno != EEXIST)
        return -1;
    return openat(fd, name, FOLDER);
}

int syndic_tree_parent(int root_fd, const char *name, bool make, const char **last)
{
    int fd = fcntl(root_fd, F_DUPFD_CLOEXEC, 3);

    for (const char *slash; fd >= 0 && (slash = strchr(name, '/')); name = slash + 1) {
        char part[256];
        if ((size_t)(slash - name) >= sizeof(part)) {
            errno = ENAMETOOLONG;
            return close_with_errno(fd, -1);
        }
        memcpy(part, name, (size_t)(slash - name));
        part[slash - name] = '\0';
        const int below = enter(fd, part, make);
        fd = close_with_errno(fd, below);
    }
    *last = name;
    return fd;
}

int syndic_tree_unlink(int root_fd, const char *name)
{
    const char *last = name;
    const int parent = syndic_tree_parent(root_fd, name, false, &last);

    if (parent < 0)
        return -1;
    return close_with_errno(parent, unlinkat(parent, last, 0));
}

static bool is_dots(const char *name)
{
    return !strcmp(name, ".") || !strcmp(name, "..");
}

static DIR *open_list(int fd)
{
    const int own = openat(fd, ".", FOLDER);
    DIR *const list = own < 0 ? NULL : fdopendir(own);

    if (!list && own >= 0)
        close(own);
    return list;
}

/* What a walk does with each file; `to` may be -1 where the target folder is not there. */
typedef int visit(int from, int to, const char *name);

struct walk {
    visit *file;
    bool make;          /* folders of the target as needed */
    const char *except; /* a name at the top that is left out, or NULL */
    char *name;         /* where it is, for messages */
    size_t name_bytes;
};

static int walk_folder(const struct walk *walk, int from, int to, size_t length);

/* Go down into folder `name` of `from`, and of `to` where it is there. */
static int walk_below(const struct walk *walk, int from, int to, const char *name, size_t length)
{
    const int from_below = openat(from, name, FOLDER);
    int to_below = -1;

    if (from_below < 0)
        return -1;
    if (to >= 0)
        to_below = enter(to, name, walk->make);
    if (to >= 0 && to_below < 0 && (errno != ENOENT || walk->make))
        return close_with_errno(from_below, -1);
    int result = walk_folder(walk, from_below, to_below, length);
    if (to_below >= 0)
        result = close_with_errno(to_below, result);
    return close_with_errno(from_below, result);
}

static int walk_entry(const struct walk *walk, int from, int to, const char *name, size_t length)
{
    struct stat info;
    const int added =
        snprintf(walk->name + length, walk->name_bytes - length, "%s%s", length ? "/" : "", name);

    if (added < 0 || length + (size_t)added >= walk->name_bytes) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (fstatat(from, name, &info, AT_SYMLINK_NOFOLLOW))
        return -1;
    return S_ISDIR(info.st_mode) ? walk_below(walk, from, to, name, length + (size_t)added)
                                 : walk->file(from, to, name);
}

static int walk_folder(const struct walk *walk, int from, int to, size_t length)
{
    DIR *const list = open_list(from);
    int result = 0;

    if (!list)
        return -1;
    for (const struct dirent *entry; !result && (errno = 0, entry = readdir(list));) {
        const bool skipped = !length && walk->except && !strcmp(entry->d_name, walk->except);
        if (!is_dots(entry->d_name) && !skipped)
            result = walk_entry(walk, from, to, entry->d_name, length);
    }
    const int number = errno;
    closedir(list);
    errno = number;
    return result || !number ? result : -1; /* a name that is not listed would be lost */
}

static int check_file(int from, int to, const char *name)
{
    struct stat info;

    (void)from;
    if (to < 0)
        return 0;
    if (fstatat(to, name, &info, AT_SYMLINK_NOFOLLOW))
        return errno == ENOENT ? 0 : -1;
    if (S_ISREG(info.st_mode))
        return 0;
    errno = S_ISDIR(info.st_mode) ? EISDIR : EEXIST;
    return -1;
}

int syndic_tree_check(int from_fd, int to_fd, char *name, size_t name_bytes)
{
    *name = '\0';
    return walk_folder(&(struct walk){check_file, false, NULL, name, name_bytes}, from_fd, to_fd,
                       0);
}

static int move_file(int from, int to, const char *name)
{
    return renameat(from, name, to, name);
}

int syndic_tree_move(int from_fd, int to_fd, const char *except, char *name, size_t name_bytes)
{
    *name = '\0';
    return walk_folder(&(struct walk){move_file, true, except, name, name_bytes}, from_fd, to_fd,
                       0);
}

void syndic_tree_remove(int parent_fd, const char *name)
{
    const int fd = openat(parent_fd, name, FOLDER);
    DIR *const list = fd < 0 ? NULL : open_list(fd);

    for (const struct dirent *entry; list && (entry = readdir(list));)
        if (!is_dots(entry->d_name) && unlinkat(fd, entry->d_name, 0))
            syndic_tree_remove(fd, entry->d_name);
    if (list)
        closedir(list);
    if (fd >= 0)
        close(fd);
    unlinkat(parent_fd, name, AT_REMOVEDIR);
}

int syndic_tree_claim(int fd)
{
    struct stat info;

    if (flock(fd, LOCK_EX | LOCK_NB))
        return errno == EWOULDBLOCK ? -1 : 0; /* no locks here: then nobody can take it away */
    return !fstat(fd, &info) && !info.st_nlink ? -1 : 0;
}

static bool is_temporary_of(const char *name, const char *base)
{
    const size_t n = strlen(base), middle = strlen(SYNDIC_PARTIAL);

    return !strncmp(name, base, n) && !strncmp(name + n, SYNDIC_PARTIAL, middle) &&
           name[n + middle] && !name[n + middle + strspn(name + n + middle, "0123456789abcdef-")];
}

static void remove_if_left(int parent_fd, const char *name)
{
    const int fd = openat(parent_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return;
    if (!flock(fd, LOCK_EX | LOCK_NB) && unlinkat(parent_fd, name, 0))
        syndic_tree_remove(parent_fd, name);
    close(fd);
}

void syndic_tree_remove_left(int parent_fd, const char *base)
{
    DIR *const list = open_list(parent_fd);

    for (const struct dirent *entry; list && (entry = readdir(list));)
        if (is_temporary_of(entry->d_name, base))
            remove_if_left(parent_fd, entry->d_name);
    if (list)
        closedir(list);
}
