/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/child.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* How often it is looked whether a child has ended where the kernel does not tell. */
#define LOOK_MS 20

enum { OUT, ERR, STREAMS };

struct child {
	pid_t pid;
	int ended;          /* readable when it has ended; -1: the kernel has no such thing */
	int pipes[STREAMS]; /* -1: closed */
	GString *said[STREAMS];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* --- start --------------------------------------------------------------------------------------
 */

/* What it reads, a file without a name, so that a child that does not read breaks no pipe; -1 with
 * errno. */
static int input_fd(GBytes *input)
{
	gsize left = input ? g_bytes_get_size(input) : 0;
	const char *text = left ? g_bytes_get_data(input, NULL) : "";
	int fd = memfd_create("input", MFD_CLOEXEC);

	while (fd >= 0 && left > 0) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			int why = errno;

			close_fd(&fd);
			errno = why;
			return -1;
		}
		text += n;
		left -= (gsize)n;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

/* 0, or what went wrong. The group is its own, signals are as they are by default. */
static int spawn(struct child *child, char **argv, int input, const int ends[STREAMS])
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none, standard;
	int why;

	sigemptyset(&none);
	sigfillset(&standard);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, ends[OUT], STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, ends[ERR], STDERR_FILENO);
	posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &standard);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
	                                              POSIX_SPAWN_SETSIGDEF);
	why = posix_spawnp(&child->pid, argv[0], &files, &attributes, argv, environ);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attributes);
	return why;
}

static int open_pipe(int *ours, int *its)
{
	int both[2];

	if (pipe2(both, O_CLOEXEC) != 0)
		return errno;
	*ours = both[0];
	*its = both[1];
	fcntl(*ours, F_SETFL, O_NONBLOCK);
	return 0;
}

/* 0, or what went wrong: nothing runs then. */
static int start(struct child *child, char **argv, GBytes *text)
{
	int ends[STREAMS] = {-1, -1};
	int input = input_fd(text);
	int why = input < 0 ? errno : 0;

	for (int i = 0; i < STREAMS && !why; i++)
		why = open_pipe(&child->pipes[i], &ends[i]);
	if (!why)
		why = spawn(child, argv, input, ends);
	if (!why)
		child->ended = pidfd_open(child->pid, 0);
	close_fd(&input);
	for (int i = 0; i < STREAMS; i++)
		close_fd(&ends[i]);
	return why;
}

/* --- until it has ended -------------------------------------------------------------------------
 */

/* What is there now. */
static void listen_to(struct child *child, int stream)
{
	GString *said = child->said[stream];
	gsize taken = 0;
	char buffer[16384];
	ssize_t n;

	/* others may go on writing for ever */
	while (child->pipes[stream] >= 0 && taken < CHILD_OUT_MAX) {
		n = read(child->pipes[stream], buffer, sizeof buffer);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			close_fd(&child->pipes[stream]);
			return;
		}
		taken += (gsize)n;
		g_string_append_len(said, buffer, (gssize)MIN((gsize)n, CHILD_OUT_MAX - said->len));
	}
}

/* Until something may have happened. */
static void wait_a_turn(const struct child *child, const struct bounds *bounds)
{
	int left_ms = (int)MIN(deadline_left_s(bounds->deadline) * 1000, 60000) + 1;
	GPollFD cancelled = {.fd = -1};
	gboolean kept =
		bounds->cancellable && g_cancellable_make_pollfd(bounds->cancellable, &cancelled);
	GPollFD fds[] = {
		{.fd = child->ended, .events = G_IO_IN},
		{.fd = child->pipes[OUT], .events = G_IO_IN},
		{.fd = child->pipes[ERR], .events = G_IO_IN},
		{.fd = cancelled.fd, .events = G_IO_IN},
	};

	g_poll(fds, G_N_ELEMENTS(fds), child->ended < 0 ? MIN(left_ms, LOOK_MS) : left_ms);
	if (kept)
		g_cancellable_release_fd(bounds->cancellable);
}

/* Its exit code, or -1. The bounds kill the group while the child is still to be waited for: until
 * then nobody else can have its number. */
static int wait_for(struct child *child, const char *what, const struct bounds *bounds,
                    GError **error)
{
	pid_t got;
	int status = 0;

	while ((got = waitpid(child->pid, &status, WNOHANG)) == 0) {
		if (!bounds_check(bounds, what, error)) {
			kill(-child->pid, SIGKILL);
			do
				got = waitpid(child->pid, &status, 0);
			while (got < 0 && errno == EINTR);
			break;
		}
		wait_a_turn(child, bounds);
		listen_to(child, OUT);
		listen_to(child, ERR);
	}
	listen_to(child, OUT);
	listen_to(child, ERR);
	return got == child->pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

enum child_end child_talk(char **argv, GBytes *input, const char *what, const struct bounds *bounds,
                          struct child_said *said, GError **error)
{
	struct child child = {.ended = -1, .pipes = {-1, -1}};
	GError *stopped = NULL;
	int why = start(&child, argv, input);

	*said = (struct child_said){g_string_new(NULL), g_string_new(NULL), -1};
	child.said[OUT] = said->out;
	child.said[ERR] = said->err;
	if (!why)
		said->status = wait_for(&child, what, bounds, &stopped);
	for (int i = 0; i < STREAMS; i++)
		close_fd(&child.pipes[i]);
	close_fd(&child.ended);
	if (why) {
		g_string_printf(said->err, "%s: %s", argv[0], g_strerror(why));
		return CHILD_LOST;
	}
	if (stopped) {
		g_propagate_error(error, stopped);
		return CHILD_STOPPED;
	}
	return said->status == 0 ? CHILD_DONE : CHILD_FAILED;
}

void child_said_clear(struct child_said *said)
{
	g_string_free(said->out, TRUE);
	g_string_free(said->err, TRUE);
}

enum child_end child_run(char **argv, const char *input, const char *what,
                         const struct bounds *bounds, char **words, GError **error)
{
	g_autoptr(GBytes) text = input ? g_bytes_new(input, strlen(input)) : NULL;
	struct child_said said;
	enum child_end end = child_talk(argv, text, what, bounds, &said, error);
	const GString *told = said.err->len ? said.err : said.out;
	gsize n = told->len;

	while (n > 0 && g_ascii_isspace(told->str[n - 1]))
		n--;
	*words = g_strndup(told->str, MIN(n, CHILD_WORDS_MAX));
	child_said_clear(&said);
	return end;
}
