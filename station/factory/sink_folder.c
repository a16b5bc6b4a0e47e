/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/factory/sink_kinds.h"

#include "station/factory/form.h"
#include "station/factory/setting.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/*
 * A folder that somebody picks files up from. A file appears there whole or not at all: it is
 * written beside under a name with a dot in front, put on the disk, renamed, and the folder put on
 * the disk. A run that is there already is there; what was picked up and is sent once more comes
 * once more, under the same name.
 */
enum { NAME_MAX_BYTES = 200 };

struct sink_folder {
	struct sink sink;
	char *path, *file; /* file: of a run, with words to be filled in */
	gboolean marker;   /* an empty file NAME.ok comes behind it */
	struct form form;
};

/* A name has no slash, no dot in front and nothing that is not printed. */
static char *as_name(const char *value)
{
	char *name = g_strdup(value);

	for (char *c = name; *c; c++)
		if (*c == '/' || *c == '\\' || g_ascii_iscntrl(*c))
			*c = '_';
	if (*name == '.')
		*name = '_';
	return name;
}

static char *file_name(const struct sink_folder *folder, const struct run_record *record)
{
	g_autofree char *base = form_fill(folder->file, record, as_name);

	return g_strdup_printf("%s.%s", base, form_extension(&folder->form));
}

/* --- what takes place in the folder -------------------------------------------------------------
 */

static gboolean fail(const char *what, const char *name, char **words)
{
	*words = g_strdup_printf("%s %s: %s", what, name, g_strerror(errno));
	return FALSE;
}

static gboolean write_all(int fd, const char *data, gsize len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return FALSE;
		data += n;
		len -= (gsize)n;
	}
	return TRUE;
}

/* On the disk when it returns TRUE, under a name that nobody looks at. */
static gboolean write_aside(int dir, const char *aside, GBytes *bytes, char **words)
{
	gsize len;
	const char *data = g_bytes_get_data(bytes, &len);
	int fd = openat(dir, aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	gboolean ok;

	if (fd < 0)
		return fail("cannot write", aside, words);
	ok = write_all(fd, data, len) && fsync(fd) == 0;
	if (!ok)
		fail("cannot write", aside, words);
	if (close(fd) != 0 && ok)
		ok = fail("cannot write", aside, words);
	if (!ok)
		unlinkat(dir, aside, 0);
	return ok;
}

static gboolean put(int dir, const char *name, GBytes *bytes, char **words)
{
	g_autofree char *aside = g_strdup_printf(".%s.part", name);

	if (!write_aside(dir, aside, bytes, words))
		return FALSE;
	if (renameat(dir, aside, dir, name) != 0) {
		fail("cannot rename to", name, words);
		unlinkat(dir, aside, 0);
		return FALSE;
	}
	return fsync(dir) == 0 || fail("cannot put on the disk", name, words);
}

/* Whether the file is there; *same: with these bytes. */
static gboolean is_there(const struct sink_folder *folder, const char *name, GBytes *bytes,
                         gboolean *same)
{
	g_autofree char *path = g_build_filename(folder->path, name, NULL);
	g_autofree char *text = NULL;
	gsize len;

	if (!g_file_get_contents(path, &text, &len, NULL))
		return FALSE;
	*same = len == g_bytes_get_size(bytes) &&
	        (!len || memcmp(text, g_bytes_get_data(bytes, NULL), len) == 0);
	return TRUE;
}

static enum sink_answer drop(const struct sink_folder *folder, int dir, const char *name,
                             GBytes *bytes, char **words)
{
	g_autofree char *marker = g_strdup_printf("%s.ok", name);
	g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
	gboolean same = FALSE;

	if (strlen(marker) > NAME_MAX_BYTES) {
		*words = g_strdup_printf("%s: the name is too long", name);
		return SINK_REFUSED;
	}
	if (is_there(folder, name, bytes, &same)) {
		if (!same) {
			*words = g_strdup_printf("%s is there already, with other content", name);
			return SINK_REFUSED;
		}
	} else if (!put(dir, name, bytes, words)) {
		return SINK_LATER;
	}
	if (folder->marker && !put(dir, marker, nothing, words))
		return SINK_LATER;
	return SINK_TAKEN;
}

static int open_folder(const struct sink_folder *folder, char **words)
{
	int dir = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		fail("cannot open the folder", folder->path, words);
	return dir;
}

static enum sink_answer folder_send(struct sink *sink, const struct sink_run *run,
                                    const struct bounds *bounds, char **words)
{
	const struct sink_folder *folder = (const struct sink_folder *)sink;
	g_autofree char *name = file_name(folder, run->record);
	g_autoptr(GBytes) bytes = form_write(&folder->form, run);
	enum sink_answer answer;
	int dir = open_folder(folder, words);

	/* what is not there may be a share that is not mounted: nothing is made */
	if (dir < 0)
		return SINK_LATER;
	answer = drop(folder, dir, name, bytes, words);
	close(dir);
	return answer;
}

static gboolean folder_is_reachable(struct sink *sink, const struct bounds *bounds, char **words)
{
	const struct sink_folder *folder = (const struct sink_folder *)sink;
	int dir = open_folder(folder, words);
	gboolean ok = dir >= 0;

	if (ok && faccessat(dir, ".", W_OK | X_OK, AT_EACCESS) != 0)
		ok = fail("cannot write into the folder", folder->path, words);
	if (dir >= 0)
		close(dir);
	return ok;
}

static void folder_free(struct sink *sink)
{
	struct sink_folder *folder = (struct sink_folder *)sink;

	g_free(sink->name);
	g_free(folder->path);
	g_free(folder->file);
	g_free(folder);
}

static const struct sink_ops ops = {
	.kind = "folder",
	.send = folder_send,
	.is_reachable = folder_is_reachable,
	.free = folder_free,
};

/* --- configuration ------------------------------------------------------------------------------
 */

/* With the run's id in it no two runs have the same file. */
static gboolean load_file(struct sink_folder *folder, const struct yaml_node *map, GError **error)
{
	const struct yaml_node *node = yaml_find(map, "file");
	const char *file;

	if (!yaml_string_or(map, "file", &file, "{serial}-{run_id}", error) ||
	    (node && !form_check(node, file, error)))
		return FALSE;
	folder->file = g_strdup(file);
	if (strstr(file, "{run_id}") && !strchr(file, '/') && *file != '.')
		return TRUE;
	yaml_error(node, error,
	           "file \"%s\": a name with {run_id} in it, without slashes and "
	           "without a dot in front",
	           file);
	return FALSE;
}

struct sink *sink_folder_load(const struct yaml_node *map, const struct sink_place *place,
                              GError **error)
{
	struct sink_folder *folder = g_new0(struct sink_folder, 1);
	const char *path;

	folder->sink.ops = &ops;
	if (yaml_string(map, "path", &path, error) &&
	    setting_path(map, "path", place->config_path, &folder->path, error) &&
	    load_file(folder, map, error) &&
	    yaml_bool_or(map, "marker", &folder->marker, FALSE, error) &&
	    form_load(map, place, &folder->form, error))
		return &folder->sink;
	folder_free(&folder->sink);
	return NULL;
}
