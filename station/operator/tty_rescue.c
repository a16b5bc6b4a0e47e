/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/tty_rescue.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	KEPT_MAX = 65536,  /* bytes of standard error; more is lost */
	PATIENCE_MS = 200, /* with a line that takes nothing */
};

static const struct {
	int number;
	char byte; /* 0: nothing happens */
} caught[] = {
	{SIGINT, TTY_RESCUE_INTERRUPT},  {SIGTERM, TTY_RESCUE_TERMINATE},
	{SIGHUP, TTY_RESCUE_HANGUP},     {SIGWINCH, TTY_RESCUE_RESIZE},
	{SIGCONT, TTY_RESCUE_CONTINUED}, {SIGTSTP, 0},
};

static const int deadly[] = {
	SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGQUIT, SIGTRAP, SIGSYS, SIGXCPU, SIGXFSZ,
};

static struct {
	volatile sig_atomic_t armed;
	pid_t owner; /* a child between fork and exec is not to touch the terminal */
	int pipe[2];
	int errors; /* standard error as it was; -1: not kept */
	int kept;   /* a file in memory in its place */
	char farewell[256];
	struct termios mode;
	struct sigaction was[NSIG];
	gboolean at_exit;
} rescue;

static void write_all(int fd, const char *bytes, gsize n)
{
	while (n > 0) {
		gssize sent = write(fd, bytes, n);
		struct pollfd ready = {fd, POLLOUT};
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && (errno != EAGAIN || poll(&ready, 1, PATIENCE_MS) <= 0))
			return;
		if (sent > 0) {
			bytes += sent;
			n -= (gsize)sent;
		}
	}
}

/* A line that stands still must not keep the process from ending. */
static gboolean takes_bytes(int fd)
{
	struct pollfd ready = {fd, POLLOUT};

	return poll(&ready, 1, PATIENCE_MS) > 0 && (ready.revents & POLLOUT);
}

static void show_kept(void)
{
	char bytes[512];
	off_t end = lseek(rescue.kept, 0, SEEK_CUR), at = 0;

	while (at < end && takes_bytes(rescue.errors)) {
		gssize n = pread(rescue.kept, bytes, sizeof(bytes), at);
		if (n <= 0)
			return;
		n = at + n > end ? end - at : n;
		write_all(rescue.errors, bytes, (gsize)n);
		at += n;
	}
}

/* Only what a signal handler may do. */
static void give_back(void)
{
	pid_t group = tcgetpgrp(STDIN_FILENO);
	int error = errno;

	if (!rescue.armed || getpid() != rescue.owner)
		return;
	rescue.armed = 0;
	if (takes_bytes(STDOUT_FILENO))
		write_all(STDOUT_FILENO, rescue.farewell, strlen(rescue.farewell));
	/* in the background it is the shell's already */
	if (group < 0 || group == getpgrp()) {
		tcflush(STDIN_FILENO, TCIFLUSH);
		tcsetattr(STDIN_FILENO, TCSANOW, &rescue.mode);
	}
	if (rescue.errors >= 0) {
		dup2(rescue.errors, STDERR_FILENO);
		show_kept();
	}
	errno = error;
}

static void on_caught(int number)
{
	int error = errno;

	for (gsize i = 0; i < G_N_ELEMENTS(caught); i++)
		if (caught[i].number == number && caught[i].byte && getpid() == rescue.owner)
			(void)!write(rescue.pipe[1], &caught[i].byte, 1);
	errno = error;
}

static void on_deadly(int number, siginfo_t *info, void *context)
{
	give_back();
	sigaction(number, &rescue.was[number], NULL);
	/* what the processor raised comes again by itself, with its place */
	if (info->si_code <= 0)
		raise(number);
}

static void at_exit(void)
{
	give_back();
}

static void catch_signals(void)
{
	struct sigaction action = {.sa_handler = on_caught, .sa_flags = SA_RESTART};

	sigemptyset(&action.sa_mask);
	for (gsize i = 0; i < G_N_ELEMENTS(caught); i++)
		sigaction(caught[i].number, &action, &rescue.was[caught[i].number]);
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	action.sa_sigaction = on_deadly;
	for (gsize i = 0; i < G_N_ELEMENTS(deadly); i++)
		sigaction(deadly[i], &action, &rescue.was[deadly[i]]);
}

/* What a library complains of would stand in the middle of the screen. */
static void keep_errors(void)
{
	struct stat out, errors;

	rescue.errors = rescue.kept = -1;
	if (!isatty(STDERR_FILENO) || fstat(STDOUT_FILENO, &out) < 0 ||
	    fstat(STDERR_FILENO, &errors) < 0 || out.st_rdev != errors.st_rdev)
		return;
	rescue.kept = memfd_create("errors", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (rescue.kept < 0)
		return;
	if (ftruncate(rescue.kept, KEPT_MAX) == 0)
		fcntl(rescue.kept, F_ADD_SEALS, F_SEAL_GROW);
	rescue.errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	dup2(rescue.kept, STDERR_FILENO);
}

int tty_rescue_begin(GError **error)
{
	g_assert(!rescue.armed);
	if (tcgetattr(STDIN_FILENO, &rescue.mode) < 0 ||
	    !g_unix_open_pipe(rescue.pipe, FD_CLOEXEC, NULL)) {
		station_error_set(error, STATION_ERROR_IO, "terminal: %s", g_strerror(errno));
		return -1;
	}
	for (int i = 0; i < 2; i++)
		g_unix_set_fd_nonblocking(rescue.pipe[i], TRUE, NULL);
	rescue.owner = getpid();
	rescue.farewell[0] = '\0';
	keep_errors();
	if (!rescue.at_exit)
		atexit(at_exit);
	rescue.at_exit = TRUE;
	rescue.armed = 1;
	catch_signals();
	return rescue.pipe[0];
}

void tty_rescue_end(void)
{
	give_back();
	for (gsize i = 0; i < G_N_ELEMENTS(caught); i++)
		sigaction(caught[i].number, &rescue.was[caught[i].number], NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(deadly); i++)
		sigaction(deadly[i], &rescue.was[deadly[i]], NULL);
	close(rescue.pipe[0]);
	close(rescue.pipe[1]);
	if (rescue.errors >= 0)
		close(rescue.errors);
	if (rescue.kept >= 0)
		close(rescue.kept);
}

void tty_rescue_set_farewell(const char *bytes)
{
	if (strlen(bytes) < sizeof(rescue.farewell))
		g_strlcpy(rescue.farewell, bytes, sizeof(rescue.farewell));
}

const struct termios *tty_rescue_mode(void)
{
	return &rescue.mode;
}
