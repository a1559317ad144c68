/* SPDX-License-Identifier: Apache-2.0 */
/* signals.h - signals and standard streams in; a cancel flag and an exit status out. */
#ifndef SYNDIC_CLI_SIGNALS_H
#define SYNDIC_CLI_SIGNALS_H

#include <stdbool.h>

/* Make sure that descriptors 0, 1 and 2 are taken, so that no file of ours becomes one of them: a
 * closed one is replaced by one on which reading or writing fails.  Writing to a closed pipe,
 * or beyond the limit on the size of files, becomes an error instead of a signal. */
void syndic_guard_streams(void);

/* From now on a process that a library ends (OpenMP's, without memory or threads) leaves nothing
 * half-written behind, and has the exit status of a run that failed. */
void syndic_guard_exit(void);

/* From now on SIGINT, SIGTERM and SIGHUP raise the flag; a second one ends the process at once. */
void syndic_catch_signals(void);

/* Raised by a signal. */
extern _Atomic bool syndic_cancel;

/* Last act of main: close stdout, and complain when that fails; die of the signal that was caught.
 */
int syndic_finish_process(int status);

#endif
