/* SPDX-License-Identifier: Apache-2.0 */
/* progress.c - the pipeline's progress in; a line on stderr out. */
#define _GNU_SOURCE
#include "cli/progress.h"

#include "cli/messages.h"
#include "cli/terminal.h"
#include "write/names.h"

#include <inttypes.h>
#include <omp.h>
#include <pthread.h>
#include <stdio.h>
#include <time.h>

#define LINE_SECONDS  0.2 /* a line that is rewritten */
#define PLAIN_SECONDS 5.0 /* a line of its own */

/* The clock of one stage. */
struct stage_clock {
    int stage;
    double start;
};

static struct {
    struct syndic_progress shown;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool running, stop, plain;
    bool line; /* there is a line to wipe */
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

/* A progress line stands where the next message would go. */
void syndic_clear_progress_line(void)
{
    if (!state.running)
        return;
    pthread_mutex_lock(&state.lock);
    if (state.line)
        fputs("\r\033[K", stderr);
    state.line = false;
    pthread_mutex_unlock(&state.lock);
}

static int describe(char *room, size_t n, const struct stage_clock *clock)
{
    const uint64_t done = atomic_load(&state.shown.done), total = atomic_load(&state.shown.total);
    const uint64_t documents = atomic_load(&state.shown.documents);
    const double seconds = omp_get_wtime() - clock->start;
    const bool bytes = clock->stage == SYNDIC_STAGE_READ || clock->stage == SYNDIC_STAGE_WRITE;
    int used = snprintf(room, n, "%s", syndic_stage_names[clock->stage]);

    if (total && done <= total)
        used += snprintf(room + used, n - (size_t)used, "  %3.0f %%",
                         100 * (double)done / (double)total);
    if (bytes && done && seconds > 0.05)
        used +=
            snprintf(room + used, n - (size_t)used, "  %.1f MB/s", (double)done / 1e6 / seconds);
    used += snprintf(room + used, n - (size_t)used, "  %" PRIu64 " %s", documents,
                     syndic_words_for(documents, "document", "documents"));
    if (total && done && done <= total && seconds > 1)
        used += snprintf(room + used, n - (size_t)used, "  %.0f s left",
                         seconds * (double)(total - done) / (double)done);
    return used;
}

static void show(struct stage_clock *clock)
{
    char line[256];
    const int stage = atomic_load(&state.shown.stage);
    const int columns = (int)syndic_terminal_columns(2) - 1;

    if (stage != clock->stage)
        *clock = (struct stage_clock){stage, omp_get_wtime()};
    const int n = describe(line, sizeof(line), clock);
    if (state.plain)
        fprintf(stderr, "syndic: %s\n", line);
    else
        fprintf(stderr, "\r%.*s\033[K", n < columns ? n : columns, line);
    state.line = !state.plain;
}

static void *watch(void *nothing)
{
    struct stage_clock clock = {SYNDIC_STAGE_READ, omp_get_wtime()};
    const double period = state.plain ? PLAIN_SECONDS : LINE_SECONDS;

    pthread_mutex_lock(&state.lock);
    while (!state.stop) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += (time_t)period;
        until.tv_nsec += (long)((period - (double)(time_t)period) * 1e9);
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (pthread_cond_timedwait(&state.changed, &state.lock, &until) && !state.stop)
            show(&clock);
    }
    pthread_mutex_unlock(&state.lock);
    return nothing;
}

void syndic_progress_start(struct syndic_cli *cli)
{
    const bool plain = cli->progress == SYNDIC_CLI_PROGRESS_PLAIN;
    const bool line = cli->progress == SYNDIC_CLI_PROGRESS_AUTO && syndic_is_terminal(2);

    if (cli->quiet || !(plain || line))
        return;
    state.plain = plain;
    cli->run.progress = &state.shown;
    state.running = !pthread_create(&state.thread, NULL, watch, NULL);
}

void syndic_progress_stop(void)
{
    if (!state.running)
        return;
    syndic_clear_progress_line();
    pthread_mutex_lock(&state.lock);
    state.stop = true;
    pthread_cond_signal(&state.changed);
    pthread_mutex_unlock(&state.lock);
    pthread_join(state.thread, NULL);
    if (state.line)
        fputs("\r\033[K", stderr);
    state.running = false;
}
