/* SPDX-License-Identifier: Apache-2.0 */
/* test_folder.c - the output folder, which appears whole or not at all, and files whose pieces come
 * in any order.  They belong to the command, not to the library, so they are compiled in. */
#define _GNU_SOURCE
#include "../src/write/compress.c"
#include "../src/write/folder.c"
#include "../src/write/ordered.c"
#include "../src/write/output.c"
#include "../src/write/tree.c"

#include <criterion/criterion.h>
#include <omp.h>
#include <stdlib.h>

static struct syndic_memory memory;
static char scratch[64];

static void set_up(void)
{
    syndic_memory_init(&memory, NULL, 0);
    strcpy(scratch, "/tmp/syndic-test-folder-XXXXXX");
    cr_assert_not_null(mkdtemp(scratch));
}

static void tear_down(void)
{
    syndic_tree_remove(AT_FDCWD, scratch);
    cr_expect_eq(atomic_load(&memory.used_bytes), 0, "everything was given back");
}

TestSuite(folder, .init = set_up, .fini = tear_down);

static char path_room[256];

static const char *below(const char *name)
{
    snprintf(path_room, sizeof(path_room), "%s/%s", scratch, name);
    return path_room;
}

static bool exists(const char *name)
{
    struct stat info;

    return !lstat(below(name), &info);
}

static void make_file(const char *name, const char *text)
{
    const int fd = open(below(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

    cr_assert_geq(fd, 0);
    cr_assert_eq(syndic_write_all(fd, text, strlen(text), -1), 0);
    close(fd);
}

static const char *content(const char *name)
{
    static char text[256];
    const int fd = open(below(name), O_RDONLY);
    const ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

    text[n < 0 ? 0 : n] = '\0';
    if (fd >= 0)
        close(fd);
    return n < 0 ? "(not there)" : text;
}

static struct syndic_folder *open_folder(const char *path, bool replace)
{
    struct syndic_folder *folder = NULL;
    struct syndic_error error;

    cr_assert_eq(syndic_folder_create(&memory, path, replace, &folder, &error), SYNDIC_OK, "%s",
                 error.message);
    return folder;
}

static void put_file(struct syndic_folder *folder, const char *name, const char *text)
{
    struct syndic_error error;
    int fd;

    cr_assert_eq(syndic_folder_file(folder, name, &fd, &error), SYNDIC_OK, "%s", error.message);
    cr_assert_eq(syndic_write_all(fd, text, strlen(text), -1), 0);
    close(fd);
}

static int entries(const char *name)
{
    DIR *const list = opendir(below(name));
    int n = -2; /* . and .. */

    while (readdir(list))
        n++;
    closedir(list);
    return n;
}

Test(folder, folder_appears_when_complete)
{
    const char *const path = strdup(below("out/"));
    struct syndic_folder *const folder = open_folder(path, false);

    put_file(folder, "a/b/one", "1");
    put_file(folder, "a/two", "2");
    put_file(folder, "last", "3");
    cr_expect_not(exists("out"));
    cr_expect_eq(syndic_folder_prepare(folder, "last", NULL), SYNDIC_OK);
    cr_expect_eq(syndic_folder_commit(folder, "last", NULL), SYNDIC_OK);
    syndic_folder_destroy(folder);
    cr_expect_str_eq(content("out/a/b/one"), "1");
    cr_expect_str_eq(content("out/a/two"), "2");
    cr_expect_eq(entries(""), 1);
    free((void *)(uintptr_t)path);
}

Test(folder, folder_without_commit_leaves_nothing)
{
    const char *const path = strdup(below("out"));
    struct syndic_folder *const folder = open_folder(path, false);

    put_file(folder, "a/b/one", "1");
    cr_expect_eq(entries(""), 1);
    syndic_folder_destroy(folder);
    cr_expect_eq(entries(""), 0);
    free((void *)(uintptr_t)path);
}

Test(folder, folder_that_exists)
{
    const char *const path = strdup(below("out"));
    struct syndic_folder *folder = NULL;
    struct syndic_error error;

    mkdir(path, 0700);
    make_file("out/foreign", "f");
    make_file("out/ours", "old");
    make_file("out/last", "old");
    make_file("out/stale", "old");
    cr_expect_eq(syndic_folder_create(&memory, path, false, &folder, &error), SYNDIC_EXISTS);
    folder = open_folder(path, true);
    put_file(folder, "ours", "new");
    put_file(folder, "sub/more", "new");
    put_file(folder, "last", "new");
    cr_expect_str_eq(content("out/ours"), "old");
    cr_expect_eq(syndic_folder_prepare(folder, "last", NULL), SYNDIC_OK);
    cr_expect_not(exists("out/last"));
    cr_expect_eq(syndic_folder_drop(folder, "stale", NULL), SYNDIC_OK);
    cr_expect_eq(syndic_folder_drop(folder, "never", NULL), SYNDIC_OK);
    cr_expect_eq(syndic_folder_commit(folder, "last", NULL), SYNDIC_OK);
    syndic_folder_destroy(folder);
    cr_expect_str_eq(content("out/foreign"), "f");
    cr_expect_str_eq(content("out/ours"), "new");
    cr_expect_str_eq(content("out/sub/more"), "new");
    cr_expect_str_eq(content("out/last"), "new");
    cr_expect_eq(entries("out"), 4);
    free((void *)(uintptr_t)path);
}

/* A link and a folder in the way: nothing is changed. */
Test(folder, folder_refuses_what_is_in_the_way)
{
    const char *const path = strdup(below("out"));
    struct syndic_error error;

    mkdir(path, 0700);
    mkdir(below("elsewhere"), 0700);
    make_file("out/last", "old");
    cr_assert_eq(symlink("../elsewhere", below("out/sub")), 0);
    struct syndic_folder *folder = open_folder(path, true);
    put_file(folder, "sub/file", "new");
    put_file(folder, "last", "new");
    cr_expect_eq(syndic_folder_prepare(folder, "last", &error), SYNDIC_IO);
    cr_expect_not_null(strstr(error.path, "out/sub"));
    syndic_folder_destroy(folder);
    cr_expect_eq(entries("elsewhere"), 0);
    mkdir(below("out/name"), 0700);
    folder = open_folder(path, true);
    put_file(folder, "name", "new");
    cr_expect_eq(syndic_folder_prepare(folder, "last", &error), SYNDIC_IO);
    syndic_folder_destroy(folder);
    cr_expect_str_eq(content("out/last"), "old");
    cr_expect_eq(entries("out"), 3);
    free((void *)(uintptr_t)path);
}

Test(folder, names_below_a_folder)
{
    cr_expect(syndic_folder_name_is_safe("a"));
    cr_expect(syndic_folder_name_is_safe("a/.b/..c"));
    cr_expect_not(syndic_folder_name_is_safe(""));
    cr_expect_not(syndic_folder_name_is_safe("/a"));
    cr_expect_not(syndic_folder_name_is_safe("a/"));
    cr_expect_not(syndic_folder_name_is_safe("a//b"));
    cr_expect_not(syndic_folder_name_is_safe(".."));
    cr_expect_not(syndic_folder_name_is_safe("a/../b"));
    cr_expect_not(syndic_folder_name_is_safe("./a"));
}

/* ---- ordered files ---- */

static enum syndic_status put_piece(struct syndic_ordered *ordered, uint32_t file,
                                    uint64_t sequence, uint64_t last)
{
    char text[16], name[16];
    const int n = snprintf(text, sizeof(text), "%u:%u ", file, (unsigned)sequence);

    snprintf(name, sizeof(name), "out%u", file);
    return syndic_ordered_write(ordered,
                                &(struct syndic_piece){.file = file,
                                                       .name = name,
                                                       .sequence = sequence,
                                                       .last = sequence == last,
                                                       .bytes = (const uint8_t *)text,
                                                       .n = (size_t)n},
                                NULL);
}

Test(folder, pieces_come_out_in_order)
{
    const char *const path = strdup(below("out"));
    struct syndic_folder *const folder = open_folder(path, false);
    struct syndic_ordered *ordered = NULL;
    _Atomic unsigned next = 0, failures = 0;

    cr_assert_eq(syndic_ordered_create(&memory, folder, 2, &ordered), SYNDIC_OK);
#pragma omp parallel num_threads(8)
    for (unsigned i; (i = atomic_fetch_add(&next, 1)) < 40;)
        atomic_fetch_add(&failures, put_piece(ordered, i % 2, i / 2, 19) != SYNDIC_OK);
    cr_expect_eq(atomic_load(&failures), 0);
    syndic_ordered_destroy(ordered);
    cr_expect_eq(syndic_folder_commit(folder, "out0", NULL), SYNDIC_OK);
    syndic_folder_destroy(folder);
    cr_expect_str_eq(content("out/out0"), "0:0 0:1 0:2 0:3 0:4 0:5 0:6 0:7 0:8 0:9 0:10 0:11 0:12 "
                                          "0:13 0:14 0:15 0:16 0:17 0:18 0:19 ");
    cr_expect_str_eq(content("out/out1"), "1:0 1:1 1:2 1:3 1:4 1:5 1:6 1:7 1:8 1:9 1:10 1:11 1:12 "
                                          "1:13 1:14 1:15 1:16 1:17 1:18 1:19 ");
    free((void *)(uintptr_t)path);
}

Test(folder, stopping_frees_who_waits, .timeout = 20)
{
    const char *const path = strdup(below("out"));
    struct syndic_folder *const folder = open_folder(path, false);
    struct syndic_ordered *ordered = NULL;
    enum syndic_status waited = SYNDIC_OK;

    cr_assert_eq(syndic_ordered_create(&memory, folder, 1, &ordered), SYNDIC_OK);
#pragma omp parallel num_threads(2)
    {
        if (omp_get_thread_num() == 1 || omp_get_num_threads() == 1) {
            usleep(20000);
            syndic_ordered_stop(ordered);
        }
        if (omp_get_thread_num() == 0)
            waited = put_piece(ordered, 0, 1, 1); /* piece 0 never comes */
    }
    cr_expect_eq(waited, SYNDIC_INTERRUPTED);
    syndic_ordered_destroy(ordered);
    syndic_folder_destroy(folder);
    free((void *)(uintptr_t)path);
}
