/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/guard.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* One that died soon is not replaced at once, nor again and again. */
#define AGAIN_S   1
#define TRIES_MAX 3
#define LASTS_S   30

struct guard {
	const struct config *config;
	struct event_bus *bus;
	GThread *keeper;
	GMutex lock;
	GCond changed;
	GArray *sites; /* struct guard_site, as told last; all below is under the lock */
	pid_t process; /* 0: none */
	int fd;        /* -1: none */
	gboolean ending;
};

/* --- the process ------------------------------------------------------------------------------ */

/*
 * In a session of its own: what is sent to the terminal's processes does not reach it. Standard
 * input is the socket, and nothing else of ours is open in it: no terminal, pipe or lock.
 */
static int spawn(const struct guard *guard, int in, pid_t *process)
{
	char *const argv[] = {(char *)"station-guard", (char *)"--config", guard->config->path,
	                      (char *)"--guard", NULL};
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none, all;
	int why;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&how);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
	                                       POSIX_SPAWN_SETSIGDEF);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	why = posix_spawn(process, guard->config->guard, &files, &how, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	return why;
}

/* Under the lock. One that does not take it is of no use: it goes, which the keeper sees. */
static void say(struct guard *guard, const char *text)
{
	if (guard->fd < 0 || send(guard->fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0)
		return;
	kill(guard->process, SIGKILL);
	shutdown(guard->fd, SHUT_RDWR);
}

/* Under the lock. */
static void say_all(struct guard *guard)
{
	g_autofree char *begin = guard_told_begin(guard->config->sha256, getpid());

	say(guard, begin);
	for (guint i = 0; i < guard->sites->len; i++) {
		g_autofree char *text =
			guard_told_site(&g_array_index(guard->sites, struct guard_site, i));
		say(guard, text);
	}
}

/* Under the lock. 0, or why there is none. */
static int begin(struct guard *guard)
{
	int fds[2], why;

	/* whole messages, and an end that is seen */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return errno;
	why = spawn(guard, fds[1], &guard->process);
	close(fds[1]);
	if (why) {
		close(fds[0]);
		guard->process = 0;
		return why;
	}
	guard->fd = fds[0];
	say_all(guard);
	return 0;
}

/* Under the lock: it is gone, or is not to be any more. How it ended, as waitpid says. */
static int bury(struct guard *guard)
{
	int status = 0;

	if (guard->process) {
		kill(guard->process, SIGKILL);
		while (waitpid(guard->process, &status, 0) < 0 && errno == EINTR)
			continue;
	}
	guard->process = 0;
	if (guard->fd >= 0)
		close(guard->fd);
	guard->fd = -1;
	return status;
}

/* --- the keeper: whether it lives ------------------------------------------------------------- */

static void tell(struct guard *guard, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void tell(struct guard *guard, const char *format, ...)
{
	struct event event = event_make(EVENT_NOTE, 0, NULL);
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	event_set_text(&event, text);
	if (guard->bus)
		event_publish(guard->bus, &event);
}

static void tell_none(struct guard *guard, const char *why)
{
	tell(guard,
	     "there is no guard (%s): if the station is killed now, what is energised stays so "
	     "until "
	     "its next start",
	     why);
}

/* It says nothing, ever: returns when it is gone, or guard_end is called. */
static void wait_for_end(int fd)
{
	char byte;
	ssize_t n;

	do
		n = recv(fd, &byte, 1, 0);
	while (n > 0 || (n < 0 && errno == EINTR));
}

static char *end_text(int status)
{
	if (WIFSIGNALED(status))
		return g_strdup_printf("signal %d", WTERMSIG(status));
	return g_strdup_printf("exit code %d", WEXITSTATUS(status));
}

/* Under the lock. FALSE: there is none, and will not be. */
static gboolean replace(struct guard *guard, guint tries)
{
	g_autofree char *ended = end_text(bury(guard));
	gint64 until_us = g_get_monotonic_time() + AGAIN_S * G_TIME_SPAN_SECOND;
	int why;

	while (tries > 1 && !guard->ending &&
	       g_cond_wait_until(&guard->changed, &guard->lock, until_us))
		continue;
	if (guard->ending)
		return FALSE;
	if (tries > TRIES_MAX) {
		tell_none(guard, ended);
		return FALSE;
	}
	why = begin(guard);
	if (why)
		tell_none(guard, g_strerror(why));
	else
		tell(guard, "the guard ended (%s): there is another one", ended);
	return why == 0;
}

static gpointer keep(gpointer data)
{
	struct guard *guard = data;
	gboolean lives = TRUE;
	guint tries = 0;

	g_mutex_lock(&guard->lock);
	while (lives && !guard->ending) {
		gint64 start_us = g_get_monotonic_time();
		int fd = guard->fd;

		g_mutex_unlock(&guard->lock);
		wait_for_end(fd);
		g_mutex_lock(&guard->lock);
		if (g_get_monotonic_time() - start_us > LASTS_S * G_TIME_SPAN_SECOND)
			tries = 0;
		lives = !guard->ending && replace(guard, ++tries);
	}
	g_mutex_unlock(&guard->lock);
	return NULL;
}

/* --- from any thread -------------------------------------------------------------------------- */

struct guard *guard_start(const struct config *config, struct event_bus *bus)
{
	struct guard *guard;
	int why;

	if (!config->guard || config->is_replayed)
		return NULL;
	guard = g_new0(struct guard, 1);
	guard->config = config;
	guard->bus = bus;
	guard->fd = -1;
	guard->sites = g_array_new(FALSE, TRUE, sizeof(struct guard_site));
	g_mutex_init(&guard->lock);
	g_cond_init(&guard->changed);
	g_mutex_lock(&guard->lock);
	why = begin(guard);
	g_mutex_unlock(&guard->lock);
	if (why)
		tell_none(guard, g_strerror(why));
	else
		guard->keeper = g_thread_new("guard", keep, guard);
	return guard;
}

/* Under the lock. */
static struct guard_site *site_of(struct guard *guard, int number)
{
	struct guard_site site = {.site = number};

	for (guint i = 0; i < guard->sites->len; i++)
		if (g_array_index(guard->sites, struct guard_site, i).site == number)
			return &g_array_index(guard->sites, struct guard_site, i);
	g_array_append_val(guard->sites, site);
	return &g_array_index(guard->sites, struct guard_site, guard->sites->len - 1);
}

void guard_tell(struct guard *guard, const struct guard_site *site)
{
	struct guard_site *known;
	guint classes = site->classes & GUARD_CLASSES;

	if (!guard)
		return;
	g_mutex_lock(&guard->lock);
	known = site_of(guard, site->site);
	if (known->fixture != site->fixture || known->classes != classes) {
		g_autofree char *text = NULL;

		known->fixture = site->fixture;
		known->classes = classes;
		text = guard_told_site(known);
		say(guard, text);
	}
	g_mutex_unlock(&guard->lock);
}

gint64 guard_process(struct guard *guard)
{
	gint64 process;

	g_mutex_lock(&guard->lock);
	process = guard->process;
	g_mutex_unlock(&guard->lock);
	return process;
}

void guard_end(struct guard *guard)
{
	if (!guard)
		return;
	g_mutex_lock(&guard->lock);
	guard->ending = TRUE;
	say(guard, GUARD_TOLD_END);
	if (guard->fd >= 0)
		shutdown(guard->fd, SHUT_RDWR);
	g_cond_broadcast(&guard->changed);
	g_mutex_unlock(&guard->lock);
	if (guard->keeper)
		g_thread_join(guard->keeper);
	bury(guard);
	g_array_unref(guard->sites);
	g_cond_clear(&guard->changed);
	g_mutex_clear(&guard->lock);
	g_free(guard);
}
