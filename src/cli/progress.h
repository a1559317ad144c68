/* SPDX-License-Identifier: Apache-2.0 */
/* progress.h - the pipeline's progress in; a line on stderr out, from a thread of its own. */
#ifndef SYNDIC_CLI_PROGRESS_H
#define SYNDIC_CLI_PROGRESS_H

#include "cli/cli.h"

/* Start showing progress where the options and stderr ask for it, and let cli->run.progress point
 * to what is shown.  Once a process. */
void syndic_progress_start(struct syndic_cli *cli);

/* Stop, and wipe the line.  Does nothing where it was not started. */
void syndic_progress_stop(void);

#endif
