/* SPDX-License-Identifier: Apache-2.0 */
/* result.c - where a command's data goes. */
#define _GNU_SOURCE
#include "cli/result.h"

#include "base/error.h"
#include "write/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STANDARD_OUTPUT "standard output"

/* The name of the temporary file that is there now. */
static const char *_Atomic unfinished;

/* The file that `file` names, through links, as a block of memory. */
static char *resolve(struct syndic_memory *memory, const char *file)
{
    char *const real = realpath(file, NULL);
    const char *const name = real ? real : file;
    char *const copy = syndic_allocate(memory, strlen(name) + 1, 1);

    if (copy)
        strcpy(copy, name);
    free(real);
    return copy;
}

static void remove_left(struct syndic_result *result)
{
    char *const slash = strrchr(result->path, '/');
    const char *const folder = slash ? result->path : ".";

    if (slash)
        *slash = '\0';
    const int fd = open(*folder ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (slash)
        *slash = '/';
    if (fd < 0)
        return;
    syndic_tree_remove_left(fd, slash ? slash + 1 : result->path);
    close(fd);
}

static enum syndic_status open_temporary(struct syndic_result *result, const char *file, int *fd,
                                         struct syndic_error *error)
{
    result->path = resolve(result->memory, file);
    if (!result->path)
        return syndic_fail_memory(error);
    remove_left(result);
    const size_t n = strlen(result->path) + 32;
    result->temporary = syndic_allocate(result->memory, n, 1);
    if (!result->temporary)
        return syndic_fail_memory(error);
    for (unsigned attempt = 0; attempt < 100; attempt++) {
        snprintf(result->temporary, n, "%s" SYNDIC_PARTIAL "%lx-%x", result->path,
                 (unsigned long)getpid(), attempt);
        *fd = open(result->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (*fd >= 0 && syndic_tree_claim(*fd)) {
            close(*fd);
            *fd = -1;
            errno = EEXIST;
        }
        if (*fd >= 0 || errno != EEXIST)
            break;
    }
    if (*fd >= 0) {
        atomic_store(&unfinished, result->temporary);
        return SYNDIC_OK;
    }
    const enum syndic_status status = syndic_fail_errno(error, file, "create");
    syndic_release(result->memory, result->temporary);
    result->temporary = NULL;
    return status;
}

static enum syndic_status open_target(struct syndic_result *result, const char *file, int *fd,
                                      struct syndic_error *error)
{
    struct stat info;

    if (stat(file, &info) || S_ISREG(info.st_mode))
        return open_temporary(result, file, fd, error);
    *fd = open(file, O_WRONLY | O_CLOEXEC);
    return *fd < 0 ? syndic_fail_errno(error, file, "open") : SYNDIC_OK;
}

enum syndic_status syndic_result_open(struct syndic_result *result, struct syndic_memory *memory,
                                      const char *file, struct syndic_error *error)
{
    enum syndic_status status = SYNDIC_OK;
    int fd = STDOUT_FILENO;

    *result = (struct syndic_result){.memory = memory, .output.fd = -1};
    if (file)
        status = open_target(result, file, &fd, error);
    if (!status && syndic_output_open(&result->output, memory, fd, file ? file : STANDARD_OUTPUT))
        status = syndic_fail_memory(error);
    if (status)
        syndic_result_abandon(result);
    return status;
}

void syndic_result_remove_unfinished(void)
{
    const char *const name = atomic_exchange(&unfinished, NULL);

    if (name)
        unlink(name);
}

/* Nothing of that name is left to remove. */
static void forget(struct syndic_result *result)
{
    atomic_store(&unfinished, NULL);
    syndic_release(result->memory, result->temporary);
    result->temporary = NULL;
}

void syndic_result_abandon(struct syndic_result *result)
{
    syndic_output_close(&result->output);
    if (result->output.fd > STDERR_FILENO)
        close(result->output.fd);
    if (result->temporary) {
        unlink(result->temporary);
        forget(result);
    }
    syndic_release(result->memory, result->path);
    *result = (struct syndic_result){.output.fd = -1};
}

enum syndic_status syndic_result_finish(struct syndic_result *result, struct syndic_error *error)
{
    const char *const name = result->output.path;
    const bool is_file = result->output.fd != STDOUT_FILENO;
    enum syndic_status status = syndic_output_flush(&result->output, error);

    if (status && !is_file && result->output.error_number == EPIPE)
        status = SYNDIC_OK;
    if (is_file && close(result->output.fd) && !status)
        status = syndic_fail_errno(error, name, "write");
    result->output.fd = -1;
    if (!status && result->temporary) {
        if (rename(result->temporary, result->path))
            status = syndic_fail_errno(error, name, "create");
        else
            forget(result);
    }
    syndic_result_abandon(result);
    return status;
}

bool syndic_is_source(const struct syndic_reader *reader, const char *file)
{
    struct stat target, info;

    if (stat(file, &target))
        return false;
    for (size_t i = 0; i < syndic_reader_source_count(reader); i++)
        if (!stat(syndic_reader_source(reader, i)->path, &info) && info.st_dev == target.st_dev &&
            info.st_ino == target.st_ino)
            return true;
    return false;
}
