/* SPDX-License-Identifier: Apache-2.0 */
/* tree.h - folders below an open folder: make, check, move and remove, never through a link.  Every
 * function returns -1 with errno set where it fails. */
#ifndef SYNDIC_WRITE_TREE_H
#define SYNDIC_WRITE_TREE_H

#include <stdbool.h>
#include <stddef.h>

/* A descriptor of the folder below root_fd that holds `name` ("a/b" or "b"), made on the way when
 * `make`; *last is the last part of name.  The caller closes it. */
int syndic_tree_parent(int root_fd, const char *name, bool make, const char **last);

/* Remove the file `name` (not a folder). */
int syndic_tree_unlink(int root_fd, const char *name);

/* Could every file below from_fd be renamed to the same place below to_fd?  It cannot where a
 * folder or anything but a regular file is there, or where a link or a file is in the way.  On -1,
 * name[] is the place. */
int syndic_tree_check(int from_fd, int to_fd, char *name, size_t name_bytes);

/* Rename every file below from_fd, except the top-level file `except`, to the same place below
 * to_fd. */
int syndic_tree_move(int from_fd, int to_fd, const char *except, char *name, size_t name_bytes);

/* Remove folder `name` in parent_fd with all that is in it, as far as possible. */
void syndic_tree_remove(int parent_fd, const char *name);

/* ---- what a killed run left ----
 * A temporary file or folder is called BASE.partial-X, X of hexadecimal digits and "-", and is
 * locked by its open descriptor for as long as its process lives. */
#define SYNDIC_PARTIAL ".partial-"

/* Lock what was just created; -1: somebody took it for left and takes it away, so try another name.
 */
int syndic_tree_claim(int fd);

/* Remove everything of BASE in parent_fd that no process holds. */
void syndic_tree_remove_left(int parent_fd, const char *base);

#endif
