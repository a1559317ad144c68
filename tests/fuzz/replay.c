/* SPDX-License-Identifier: Apache-2.0 */
/* replay.c - files, and folders of files, in; each through the fuzz target that this is linked
 * with. The target aborts where its property does not hold.  Fails too where there was nothing to
 * replay. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t replayed;

static void give_up(const char *path)
{
    fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
    exit(1);
}

/* The bytes go into a block of just their size, so that sanitizers see reads beyond them. */
static void replay_file(const char *path, size_t size)
{
    uint8_t *const data = malloc(size ? size : 1);
    FILE *const file = fopen(path, "rb");

    if (!data || !file || fread(data, 1, size, file) != size)
        give_up(path);
    fclose(file);
    fprintf(stderr, "replay: %s\n", path);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    replayed++;
}

static void replay(const char *path)
{
    struct dirent **names;
    struct stat status;

    if (stat(path, &status))
        give_up(path);
    if (!S_ISDIR(status.st_mode)) {
        replay_file(path, (size_t)status.st_size);
        return;
    }
    const int count = scandir(path, &names, NULL, alphasort);
    if (count < 0)
        give_up(path);
    for (int i = 0; i < count; i++) {
        const size_t bytes = strlen(path) + strlen(names[i]->d_name) + 2;
        char *const below = malloc(bytes);
        if (!below)
            give_up(path);
        snprintf(below, bytes, "%s/%s", path, names[i]->d_name);
        if (strcmp(names[i]->d_name, ".") != 0 && strcmp(names[i]->d_name, "..") != 0)
            replay(below);
        free(below);
        free(names[i]);
    }
    free(names);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i]);
    printf("replay: %zu inputs\n", replayed);
    return replayed ? 0 : 1;
}
