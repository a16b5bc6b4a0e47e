/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include <glib.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/*
 * The first process of the guest: makes a machine out of the bare kernel, runs one command in it,
 * and switches it off. In its environment, from the kernel's command line, STATION_GUEST is a
 * folder of the host's with the files
 *
 *   command       null-terminated words: the program and its arguments
 *   environment   null-terminated: NAME=VALUE
 *   tree          the folder to run in; the host's, read-only as all of the host's files
 *   writable      a folder of the host's that can be written to; the first folder is in it
 *   status        made here: the command's exit status
 */

enum {
	NOT_RUN = 125,
	EXITING = 0x4, /* PF_EXITING of Linux, in a process's flags */
	PORTS = 16,    /* of vhci_hcd */
};

static void complain(const char *what, const char *where)
{
	fprintf(stderr, "init: %s %s: %s\n", what, where, g_strerror(errno));
}

static void mount_kind(const char *kind, const char *place, unsigned long flags,
                       const char *options)
{
	g_mkdir_with_parents(place, 0755);
	if (mount("none", place, kind, flags, options) != 0)
		complain(kind, place);
}

/* The root is the host's: what programs expect to write to is of the guest's memory. */
static void mount_all(void)
{
	static const char *const in_memory[] = {"/dev/shm", "/run", "/tmp", "/var/tmp"};

	mount_kind("proc", "/proc", 0, NULL);
	mount_kind("sysfs", "/sys", 0, NULL);
	mount_kind("configfs", "/sys/kernel/config", 0, NULL);
	mount_kind("devtmpfs", "/dev", 0, NULL);
	mount_kind("devpts", "/dev/pts", 0, "ptmxmode=0666");
	for (gsize i = 0; i < G_N_ELEMENTS(in_memory); i++)
		mount_kind("tmpfs", in_memory[i], 0, "mode=1777");
}

/* A folder of the host's at its own place, where it may have been covered. */
static void mount_folder(const char *folder, unsigned long flags)
{
	mount_kind("hostfs", folder, flags, folder);
}

static void raise_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &request) != 0)
		complain("cannot raise", request.ifr_name);
	if (fd >= 0)
		close(fd);
}

/* Lines end as the program ends them. */
static void plain_console(void)
{
	struct termios settings;

	if (tcgetattr(STDOUT_FILENO, &settings) != 0)
		return;
	settings.c_oflag &= ~(tcflag_t)OPOST;
	tcsetattr(STDOUT_FILENO, TCSANOW, &settings);
}

/* Null-terminated words. Free with g_strfreev. */
static char **read_words(const char *folder, const char *name)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *text = NULL;
	GPtrArray *words = g_ptr_array_new();
	gsize len = 0;

	if (!g_file_get_contents(path, &text, &len, NULL))
		complain("cannot read", path);
	for (gsize at = 0; at < len; at += strlen(text + at) + 1)
		g_ptr_array_add(words, g_strdup(text + at));
	g_ptr_array_add(words, NULL);
	return (char **)g_ptr_array_free(words, FALSE);
}

static void become(const char *folder)
{
	g_auto(GStrv) command = read_words(folder, "command");
	g_auto(GStrv) environment = read_words(folder, "environment");

	close(STDIN_FILENO);
	if (open("/dev/null", O_RDONLY) != STDIN_FILENO)
		complain("cannot open", "/dev/null");
	if (command[0]) {
		execvpe(command[0], command, environment);
		complain("cannot run", command[0]);
	}
	_exit(NOT_RUN);
}

/*
 * True when a process has ended, but is still being taken apart. It can wait there for a device
 * that it played itself, and for ever.
 */
static gboolean is_stuck(pid_t process)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", process);
	g_autofree char *text = NULL;
	unsigned flags = 0;

	if (!g_file_get_contents(path, &text, NULL, NULL) || !strrchr(text, ')'))
		return FALSE;
	/* state, parent, group, session, terminal, its group, flags */
	sscanf(strrchr(text, ')') + 1, " %*c %*d %*d %*d %*d %*d %u", &flags);
	return flags & EXITING;
}

static void unplug_all(void)
{
	int fd = open("/sys/devices/platform/vhci_hcd.0/detach", O_WRONLY | O_CLOEXEC);

	for (int port = 0; fd >= 0 && port < PORTS; port++) {
		g_autofree char *text = g_strdup_printf("%d", port);
		/* those without a device refuse it */
		if (write(fd, text, strlen(text)) > 0)
			fprintf(stderr, "init: port %d was left plugged in\n", port);
	}
	if (fd >= 0)
		close(fd);
}

/* Its status, as a shell tells it. Buries others meanwhile, as the first process has to. */
static int wait_for(pid_t child)
{
	static const struct timespec patience = {1, 0};
	gboolean was_stuck = FALSE;
	sigset_t ended;
	int status = 0;
	pid_t who;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	while ((who = waitpid(-1, &status, WNOHANG)) != child) {
		if (who != 0)
			continue;
		if (sigtimedwait(&ended, NULL, &patience) > 0 || !is_stuck(child))
			continue;
		if (was_stuck)
			unplug_all();
		was_stuck = TRUE;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run(const char *folder)
{
	sigset_t ended, before;

	/* so that it is waited for, and never missed */
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, &before);
	pid_t child = fork();
	if (child == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		become(folder);
	}
	if (child < 0) {
		complain("cannot start", "a process");
		return NOT_RUN;
	}
	return wait_for(child);
}

int main(void)
{
	const char *folder = g_getenv("STATION_GUEST");
	g_autofree char *status = g_strdup_printf("%s/status", folder);

	/* read while nothing is covered */
	g_auto(GStrv) tree = read_words(folder, "tree");
	g_auto(GStrv) writable = read_words(folder, "writable");
	mount_all();
	if (access(tree[0], R_OK) != 0)
		mount_folder(tree[0], MS_RDONLY);
	mount_folder(writable[0], 0);
	raise_loopback();
	plain_console();
	if (chdir(tree[0]) != 0)
		complain("cannot go to", tree[0]);

	g_autofree char *text = g_strdup_printf("%d\n", run(folder));
	if (!g_file_set_contents(status, text, -1, NULL))
		complain("cannot write", status);
	tcdrain(STDOUT_FILENO);
	sync();
	reboot(RB_POWER_OFF);
	return NOT_RUN;
}
