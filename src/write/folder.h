/* SPDX-License-Identifier: Apache-2.0 */
/* folder.h - a folder of output files that appears whole or not at all.
 *
 * Files are written below a temporary folder: OUTDIR.partial-XXXXXXXX beside a new OUTDIR, which
 * then takes its name by one rename; or, where OUTDIR exists and may be written to,
 * .partial-XXXXXXXX inside it, from which each file is renamed to its place.  Then files that are
 * not ours stay, and files of the names that we write are replaced.  What a killed run left under
 * such a temporary name is removed by the next.  Names below the folder are
 * never followed through symbolic links, and hold no "." or "..". */
#ifndef SYNDIC_WRITE_FOLDER_H
#define SYNDIC_WRITE_FOLDER_H

#include "base/memory.h"

struct syndic_folder;

/* SYNDIC_EXISTS where path is there and not `replace`; SYNDIC_IO where it cannot be made, or is not
 * a folder.  `path` is borrowed.  On OK the caller destroys, which removes everything temporary. */
SYNDIC_MUST_USE enum syndic_status syndic_folder_create(struct syndic_memory *memory,
                                                        const char *path, bool replace,
                                                        struct syndic_folder **folder,
                                                        struct syndic_error *error);
void syndic_folder_destroy(struct syndic_folder *folder);

/* Before the process ends in the middle of work: remove the temporary folder, if there is one. */
void syndic_folder_remove_unfinished(void);

/* A new file `name`, folders on the way made as needed, open for reading and writing; the caller
 * closes *fd.  One thread at a time. */
SYNDIC_MUST_USE enum syndic_status syndic_folder_file(struct syndic_folder *folder,
                                                      const char *name, int *fd,
                                                      struct syndic_error *error);

/* A nameless file in the same place, for spooling. */
SYNDIC_MUST_USE enum syndic_status syndic_folder_spool(struct syndic_folder *folder, int *fd,
                                                       struct syndic_error *error);

/* First step of giving files their final names: make sure that every one can have it, and take
 * `last`, one of the files, away from an existing folder, so that a folder that holds it is
 * complete. */
SYNDIC_MUST_USE enum syndic_status syndic_folder_prepare(struct syndic_folder *folder,
                                                         const char *last,
                                                         struct syndic_error *error);

/* In between: remove `name` from the existing folder, where it is a file: its new state is not to
 * be there. */
SYNDIC_MUST_USE enum syndic_status syndic_folder_drop(struct syndic_folder *folder,
                                                      const char *name, struct syndic_error *error);

/* Last step: give everything its final name, `last` last. */
SYNDIC_MUST_USE enum syndic_status syndic_folder_commit(struct syndic_folder *folder,
                                                        const char *last,
                                                        struct syndic_error *error);

/* Whether a name may be used below a folder: relative, without empty, "." and ".." parts. */
bool syndic_folder_name_is_safe(const char *name);

#endif
