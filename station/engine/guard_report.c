/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/guard_report.h"

#include "base/error.h"
#include "base/number.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* Against those who take the file away at the same time. */
#define TRIES 100

static gboolean fail(const char *path, GError **error)
{
	station_error_set(error, STATION_ERROR_STORAGE, "%s: %s", path, g_strerror(errno));
	return FALSE;
}

static char *path_of(const struct config *config)
{
	return g_strconcat(config->store_path, "-guard", NULL);
}

/* The file, locked, and still the one of that name; -1 with errno. */
static int open_locked(const char *path, int flags)
{
	for (guint i = 0; i < TRIES; i++) {
		struct stat ours, there;
		int fd = g_open(path, flags | O_CLOEXEC, 0666);

		if (fd < 0 || (flock(fd, LOCK_EX) == 0 && fstat(fd, &ours) == 0 &&
		               stat(path, &there) == 0 && ours.st_ino == there.st_ino))
			return fd;
		close(fd);
	}
	errno = EBUSY;
	return -1;
}

gboolean guard_report_add(const struct config *config, int site, const char *words, GError **error)
{
	g_autofree char *path = path_of(config);
	g_autofree char *line = g_strdup_printf("%d %s\n", site, words);
	int fd = open_locked(path, O_WRONLY | O_CREAT | O_APPEND);
	gboolean ok;

	/* a message is one line, whatever an instrument said */
	g_strdelimit(line, "\r\n", ' ');
	line[strlen(line) - 1] = '\n';
	ok = (fd >= 0 && write(fd, line, strlen(line)) == (gssize)strlen(line) &&
	      fdatasync(fd) == 0) ||
	     fail(path, error);
	if (fd >= 0)
		close(fd);
	return ok;
}

static void report_free(struct guard_report *report)
{
	g_free(report->words);
	g_free(report);
}

static void add_line(GPtrArray *reports, const char *line)
{
	const char *space = strchr(line, ' ');
	g_autofree char *number = space ? g_strndup(line, (gsize)(space - line)) : g_strdup("");
	struct guard_report *report;
	gint64 site;

	if (!number_parse_int(number, 1, G_MAXINT, &site, NULL) || !g_utf8_validate(line, -1, NULL))
		return;
	report = g_new0(struct guard_report, 1);
	report->site = (int)site;
	report->words = g_strdup(space + 1);
	g_ptr_array_add(reports, report);
}

GPtrArray *guard_report_read(const struct config *config, gboolean take, GError **error)
{
	GPtrArray *reports = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
	g_autofree char *path = path_of(config);
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	int fd = open_locked(path, O_RDONLY);

	if (fd < 0 && errno == ENOENT)
		return reports;
	if (fd < 0 || !g_file_get_contents(path, &text, NULL, NULL) ||
	    (take && g_unlink(path) != 0)) {
		fail(path, error);
		g_clear_pointer(&reports, g_ptr_array_unref);
	}
	if (fd >= 0)
		close(fd);
	lines = reports ? g_strsplit(text, "\n", -1) : NULL;
	for (guint i = 0; lines && lines[i]; i++)
		add_line(reports, lines[i]);
	return reports;
}
