/* SPDX-License-Identifier: Apache-2.0 */
/* signals.c - signals and standard streams in; a cancel flag and an exit status out. */
#define _GNU_SOURCE
#include "cli/signals.h"

#include "base/error.h"
#include "cli/cli.h"
#include "cli/messages.h"
#include "cli/result.h"
#include "write/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

_Atomic bool syndic_cancel;

static volatile sig_atomic_t caught;
static bool finished;

static void on_signal(int number)
{
    caught = number;
    atomic_store(&syndic_cancel, true);
}

void syndic_guard_streams(void)
{
    /* The wrong direction on purpose: it takes the place, and using it fails. */
    static const int mode[] = {O_WRONLY, O_RDONLY, O_RDONLY};

    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", mode[fd]) != fd)
            _exit(SYNDIC_EXIT_FAILED);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* beyond the limit on file sizes: so that nothing is left behind */
}

static void at_exit(void)
{
    if (finished)
        return;
    syndic_result_remove_unfinished();
    syndic_folder_remove_unfinished();
    syndic_message("stopped: the system refuses memory or threads");
    _exit(SYNDIC_EXIT_FAILED);
}

void syndic_guard_exit(void)
{
    if (atexit(at_exit))
        _exit(SYNDIC_EXIT_FAILED);
}

void syndic_catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction before;

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
        if (!sigaction(numbers[i], NULL, &before) && before.sa_handler != SIG_IGN) /* nohup */
            sigaction(numbers[i], &action, NULL);
}

int syndic_finish_process(int status)
{
    const bool unwritten = fflush(stdout) != 0;
    int number = unwritten ? errno : 0;

    if (fclose(stdout) && !number)
        number = errno;
    if (number && number != EPIPE && status != SYNDIC_EXIT_FAILED) {
        char words[128];
        syndic_errno_words(number, words, sizeof(words));
        syndic_message("cannot write to standard output: %s", words);
        status = SYNDIC_EXIT_FAILED;
    }
    finished = true;
    if (caught) { /* so that a shell or a script sees that the user stopped us */
        signal(caught, SIG_DFL);
        raise(caught);
    }
    return status;
}
