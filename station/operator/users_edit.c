/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/users_edit.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static gboolean cannot(const char *path, int number, GError **error)
{
	gboolean denied = number == EACCES || number == EPERM || number == EROFS;

	station_error_set(error, denied ? STATION_ERROR_AUTHORITY : STATION_ERROR_STORAGE,
	                  "%s cannot be written: %s", path, g_strerror(number));
	return FALSE;
}

static gboolean write_all(int fd, const char *text)
{
	for (gsize left = strlen(text); left > 0;) {
		gssize n = write(fd, text, left);

		if (n < 0 && errno != EINTR)
			return FALSE;
		text += MAX(n, 0);
		left -= (gsize)MAX(n, 0);
	}
	return TRUE;
}

/* A new file as the old one is owned, on the disk before it has its name. */
static gboolean fill(int fd, const char *path, const char *text)
{
	struct stat before, now;

	if (fstat(fd, &now) != 0 || fchmod(fd, S_IRUSR | S_IWUSR | S_IRGRP) != 0)
		return FALSE;
	if (stat(path, &before) == 0 &&
	    (before.st_uid != now.st_uid || before.st_gid != now.st_gid) &&
	    fchown(fd, before.st_uid, before.st_gid) != 0)
		return FALSE;
	return write_all(fd, text) && fsync(fd) == 0;
}

static gboolean replace(const char *path, int folder, const char *text, GError **error)
{
	g_autofree char *draft = g_strconcat(path, ".XXXXXX", NULL);
	int fd = g_mkstemp_full(draft, O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
	gboolean ok = fd >= 0 && fill(fd, path, text);
	int number = errno;

	if (fd >= 0 && close(fd) != 0 && ok) {
		ok = FALSE;
		number = errno;
	}
	if (ok && g_rename(draft, path) != 0) {
		ok = FALSE;
		number = errno;
	}
	if (!ok && fd >= 0)
		g_unlink(draft);
	if (!ok)
		return cannot(path, number, error);
	fsync(folder);
	return TRUE;
}

static gboolean edit(const char *path, int folder,
                     gboolean (*change)(struct users *users, gpointer data, GError **error),
                     gpointer data, GError **error)
{
	g_autoptr(users) users =
		g_file_test(path, G_FILE_TEST_EXISTS) ? users_load(path, error) : users_new();
	g_autofree char *text = NULL;

	if (!users || !change(users, data, error))
		return FALSE;
	text = users_text(users);
	return replace(path, folder, text, error);
}

gboolean users_edit(const char *path,
                    gboolean (*change)(struct users *users, gpointer data, GError **error),
                    gpointer data, GError **error)
{
	char target[PATH_MAX];
	/* a link stays a link */
	const char *real = realpath(path, target) ? target : path;
	g_autofree char *name = g_path_get_dirname(real);
	int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	gboolean ok;

	if (folder < 0)
		return cannot(path, errno, error);
	/* the file itself is replaced: a lock on it would be of the old one */
	while (flock(folder, LOCK_EX) != 0 && errno == EINTR)
		;
	ok = edit(real, folder, change, data, error);
	close(folder);
	return ok;
}
