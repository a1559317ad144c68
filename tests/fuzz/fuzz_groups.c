/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of groups for 'syndic dedup --groups': they are refused with a reason, or
 * every document is kept, or removed in favour of an id. */
#define _GNU_SOURCE
#include "shard/given.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Texts do not matter here: ids and records do. */
static const char lines[] = "{\"id\":\"a\",\"text\":\"one two\"}\n"
                            "{\"id\":\"b\",\"text\":\"one two\"}\n"
                            "{\"text\":\"one three\"}\n";

static void require(bool holds)
{
    if (!holds)
        abort();
}

static char folder[] = "/tmp/syndic-fuzz-groups-XXXXXX";

static void leave_no_file(void)
{
    char path[64];

    snprintf(path, sizeof(path), "%s/in.jsonl", folder);
    unlink(path);
    rmdir(folder);
}

static void make_folder(void)
{
    char path[64];

    require(mkdtemp(folder) && !atexit(leave_no_file));
    snprintf(path, sizeof(path), "%s/in.jsonl", folder);
    FILE *const file = fopen(path, "wb");
    require(file && fwrite(lines, 1, sizeof(lines) - 1, file) == sizeof(lines) - 1);
    require(!fclose(file));
}

/* The name of the input decides its format, and is what groups call it: so it is the same each
 * time, and the folder is another. */
static int enter_folder(void)
{
    static bool made;
    const int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (!made)
        make_folder();
    made = true;
    require(here >= 0 && !chdir(folder));
    return here;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char groups[32];
    struct syndic_memory memory;
    struct syndic_error error = {.status = SYNDIC_OK};
    const char *const path = "in.jsonl";
    struct syndic_run *run = NULL;
    struct syndic_run_options options = {
        .read = {.paths = &path,
                 .path_count = 1,
                 .text_field = "text",
                 .id_field = "id",
                 .max_record_bytes = 1 << 20},
        .regroup = syndic_given_groups,
        .regroup_context = groups,
    };
    const int fd = memfd_create("groups", 0), here = enter_folder();

    require(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(groups, sizeof(groups), "/proc/self/fd/%d", fd);
    syndic_memory_init(&memory, NULL, 0);
    syndic_options_init(&options.job);
    options.job.threads = 1;
    options.job.by = SYNDIC_BY_EXACT;
    const enum syndic_status status = syndic_run(&memory, &options, &run, &error);
    require(status ? error.status == status && *error.message : run->documents.count == 3);
    for (size_t row = 0; !status && row < 3; row++) {
        const bool kept = run->grouping.kept[row] == row;
        require(kept == !run->kept_id[row]);
        require(run->grouping.similarity[row] >= 0 && run->grouping.similarity[row] <= 1);
    }
    syndic_run_destroy(run);
    require(atomic_load(&memory.used_bytes) == 0);
    require(!fchdir(here));
    close(here);
    close(fd);
    return 0;
}
