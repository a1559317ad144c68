/* SPDX-License-Identifier: Apache-2.0 */
/* folder.c - names and bytes in; a folder of output files that appears whole or not at all, out.
 *
 * Everything goes through descriptors of folders that were opened without following links, so
 * nobody can divert a write by changing the tree under us. */
#define _GNU_SOURCE
#include "write/folder.h"

#include "base/error.h"
#include "write/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct syndic_folder {
    const char *path;
    bool replace; /* the folder was there before */
    bool work_made;
    int parent_fd;       /* of the folder that holds the final name */
    int final_fd;        /* the existing folder, or -1 */
    int work_fd;         /* the temporary folder, or -1 */
    char base[256];      /* last part of path */
    char work[256 + 24]; /* name of the temporary folder in its parent */
    struct syndic_memory *memory;
};

/* What has a temporary folder now: at most one in a process that may end anywhere. */
static struct syndic_folder *_Atomic unfinished;

static enum syndic_status fail(const struct syndic_folder *folder, const char *name,
                               const char *what, struct syndic_error *error)
{
    char path[sizeof(((struct syndic_error *)0)->path)];
    const int number = errno;

    snprintf(path, sizeof(path), "%.255s%s%.255s", folder->path, *name ? "/" : "", name);
    errno = number;
    return syndic_fail_errno(error, path, what);
}

/* Split path into its parent, which is opened, and its last part. */
static enum syndic_status open_parent(struct syndic_folder *folder, struct syndic_error *error)
{
    const char *const path = folder->path;
    size_t end = strlen(path), from;

    while (end > 1 && path[end - 1] == '/')
        end--;
    for (from = end; from && path[from - 1] != '/';)
        from--;
    if (from == end) { /* "/" */
        from = 0;
        folder->parent_fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        strcpy(folder->base, ".");
    } else if (end - from >= sizeof(folder->base)) {
        errno = ENAMETOOLONG;
    } else {
        char *const parent = syndic_allocate(folder->memory, from + 2, 1);
        if (!parent)
            return syndic_fail_memory(error);
        snprintf(parent, from + 2, "%.*s", (int)(from ? from : 1), from ? path : ".");
        memcpy(folder->base, path + from, end - from);
        folder->parent_fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        syndic_release(folder->memory, parent);
    }
    return folder->parent_fd < 0 ? fail(folder, "", "create", error) : SYNDIC_OK;
}

/* Is the final folder there already, and may it be? */
static enum syndic_status open_final(struct syndic_folder *folder, struct syndic_error *error)
{
    struct stat info;

    if (fstatat(folder->parent_fd, folder->base, &info, AT_SYMLINK_NOFOLLOW)) {
        if (errno != ENOENT)
            return fail(folder, "", "create", error);
        folder->replace = false;
        return SYNDIC_OK;
    }
    if (!folder->replace)
        return syndic_fail_at(error, SYNDIC_EXISTS, folder->path, 0, SYNDIC_NO_BYTE,
                              "is there already; --force writes into it");
    if (!S_ISDIR(info.st_mode))
        return syndic_fail_at(error, SYNDIC_EXISTS, folder->path, 0, SYNDIC_NO_BYTE,
                              "is there already and is not a folder");
    folder->final_fd =
        openat(folder->parent_fd, folder->base, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return folder->final_fd < 0 ? fail(folder, "", "open", error) : SYNDIC_OK;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

/* The name need only be free, not secret: mkdir refuses what is there. */
static enum syndic_status make_work(struct syndic_folder *folder, struct syndic_error *error)
{
    const int parent = folder->replace ? folder->final_fd : folder->parent_fd;
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    unsigned number = (unsigned)now.tv_nsec ^ (unsigned)now.tv_sec ^ (unsigned)getpid() << 15;
    for (int attempt = 0; attempt < 100; attempt++, number += 0x9e3779b9u) {
        snprintf(folder->work, sizeof(folder->work), "%s" SYNDIC_PARTIAL "%08x",
                 folder->replace ? "" : folder->base, number);
        if (mkdirat(parent, folder->work, 0777)) {
            if (errno == EEXIST)
                continue;
            break;
        }
        folder->work_made = true;
        folder->work_fd =
            openat(parent, folder->work, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (folder->work_fd < 0 && errno != ENOENT)
            break;
        if (folder->work_fd >= 0 && !syndic_tree_claim(folder->work_fd))
            return SYNDIC_OK;
        close_if_open(folder->work_fd);
        folder->work_fd = -1;
        folder->work_made = false;
    }
    return fail(folder, "", "create", error);
}

static void remove_left(const struct syndic_folder *folder)
{
    syndic_tree_remove_left(folder->parent_fd, folder->base);
    if (folder->replace)
        syndic_tree_remove_left(folder->final_fd, "");
}

enum syndic_status syndic_folder_create(struct syndic_memory *memory, const char *path,
                                        bool replace, struct syndic_folder **out,
                                        struct syndic_error *error)
{
    struct syndic_folder *const folder = syndic_allocate_zeroed(memory, 1, sizeof(*folder));

    if (!folder)
        return syndic_fail_memory(error);
    *folder = (struct syndic_folder){.path = path,
                                     .replace = replace,
                                     .parent_fd = -1,
                                     .final_fd = -1,
                                     .work_fd = -1,
                                     .memory = memory};
    enum syndic_status status = open_parent(folder, error);
    if (!status)
        status = open_final(folder, error);
    if (!status) {
        remove_left(folder);
        status = make_work(folder, error);
    }
    if (status)
        syndic_folder_destroy(folder);
    else
        atomic_store(&unfinished, *out = folder);
    return status;
}

static void remove_work(struct syndic_folder *folder)
{
    if (folder->work_made)
        syndic_tree_remove(folder->replace ? folder->final_fd : folder->parent_fd, folder->work);
}

void syndic_folder_remove_unfinished(void)
{
    struct syndic_folder *const folder = atomic_exchange(&unfinished, NULL);

    if (folder)
        remove_work(folder);
}

void syndic_folder_destroy(struct syndic_folder *folder)
{
    struct syndic_folder *this = folder;

    if (!folder)
        return;
    atomic_compare_exchange_strong(&unfinished, &this, NULL);
    remove_work(folder);
    close_if_open(folder->work_fd);
    close_if_open(folder->final_fd);
    close_if_open(folder->parent_fd);
    syndic_release(folder->memory, folder);
}

bool syndic_folder_name_is_safe(const char *name)
{
    for (const char *part = name;; part++) {
        const size_t n = strcspn(part, "/");
        if (!n || (n == 1 && part[0] == '.') || (n == 2 && part[0] == '.' && part[1] == '.'))
            return false;
        part += n;
        if (!*part)
            return true;
    }
}

enum syndic_status syndic_folder_file(struct syndic_folder *folder, const char *name, int *fd,
                                      struct syndic_error *error)
{
    const char *last = name;
    const int parent = syndic_tree_parent(folder->work_fd, name, true, &last);

    if (parent < 0)
        return fail(folder, name, "create", error);
    *fd = openat(parent, last, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    const int number = errno;
    close(parent);
    errno = number;
    return *fd < 0 ? fail(folder, name, "create", error) : SYNDIC_OK;
}

enum syndic_status syndic_folder_spool(struct syndic_folder *folder, int *fd,
                                       struct syndic_error *error)
{
    static const char name[] = ".spool"; /* unlinked at once, so it is in nobody's way */

    *fd = openat(folder->work_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (*fd < 0)
        return fail(folder, name, "create", error);
    if (!unlinkat(folder->work_fd, name, 0))
        return SYNDIC_OK;
    const enum syndic_status status = fail(folder, name, "remove", error);
    close(*fd);
    *fd = -1;
    return status;
}

enum syndic_status syndic_folder_drop(struct syndic_folder *folder, const char *name,
                                      struct syndic_error *error)
{
    if (!folder->replace || !syndic_tree_unlink(folder->final_fd, name))
        return SYNDIC_OK;
    return errno == ENOENT ? SYNDIC_OK : fail(folder, name, "remove", error);
}

enum syndic_status syndic_folder_prepare(struct syndic_folder *folder, const char *last,
                                         struct syndic_error *error)
{
    char name[4096];

    if (!folder->replace)
        return SYNDIC_OK;
    if (syndic_tree_check(folder->work_fd, folder->final_fd, name, sizeof(name)))
        return fail(folder, name, "replace", error);
    if (syndic_tree_unlink(folder->final_fd, last) && errno != ENOENT)
        return fail(folder, last, "replace", error);
    return SYNDIC_OK;
}

static enum syndic_status commit_into(struct syndic_folder *folder, const char *last,
                                      struct syndic_error *error)
{
    char name[4096];

    if (syndic_tree_move(folder->work_fd, folder->final_fd, last, name, sizeof(name)))
        return fail(folder, name, "replace", error);
    if (renameat(folder->work_fd, last, folder->final_fd, last))
        return fail(folder, last, "replace", error);
    return SYNDIC_OK;
}

enum syndic_status syndic_folder_commit(struct syndic_folder *folder, const char *last,
                                        struct syndic_error *error)
{
    if (folder->replace)
        return commit_into(folder, last, error);
    /* rename() would replace an empty folder that somebody made meanwhile; that loses nothing. */
    if (renameat(folder->parent_fd, folder->work, folder->parent_fd, folder->base))
        return fail(folder, "", "create", error);
    folder->work_made = false;
    return SYNDIC_OK;
}
