/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/open_run.h"

#include "base/disk.h"
#include "base/error.h"
#include "reports/record_tail.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX       ".json"
#define NEXT_SUFFIX  ".json.new"
#define SPARE_SUFFIX ".spare" NEXT_SUFFIX
#define ASIDE_SUFFIX ".damaged"
/* Before each addition (RFC 7464); no JSON has it. */
#define SEPARATOR '\x1e'
/* What is set aside for the next document: twice the last one, and this. */
#define RESERVE_MIN (1 << 20)

struct open_run {
	char *folder, *path, *next_path, *spare_path;
	int fd;                  /* of the file at path, locked; -1: there is none yet */
	int next_fd;             /* of the file at next_path, locked; -1: there is none */
	int spare_fd;            /* of the run before, at spare_path, locked; -1: none */
	off_t len;               /* of the file at path */
	struct record_mark mark; /* of what is in it */
	gint64 put_us, took_us, all_us;
	guint n_puts;
};

static gboolean fail(const char *path, GError **error)
{
	station_error_set(error, STATION_ERROR_STORAGE, "%s: %s", path, g_strerror(errno));
	return FALSE;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* --- writing ---------------------------------------------------------------------------------- */

static gboolean write_at(int fd, off_t at, const char *text, gsize len)
{
	for (gsize done = 0; done < len;) {
		gssize n = pwrite(fd, text + done, len - done, at + (off_t)done);

		if (n < 0 && errno != EINTR)
			return FALSE;
		done += (gsize)MAX(n, 0);
	}
	return TRUE;
}

static gboolean write_all(int fd, const char *text, gsize len, GCancellable *stop)
{
	return write_at(fd, 0, text, len) && ftruncate(fd, (off_t)len) == 0 && disk_sync(fd, stop);
}

/* The file that the next document is written to. */
static gboolean open_next(struct open_run *kept, GError **error)
{
	if (kept->next_fd < 0)
		kept->next_fd = g_open(kept->next_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
	if (kept->next_fd >= 0 && flock(kept->next_fd, LOCK_EX | LOCK_NB) == 0)
		return TRUE;
	return fail(kept->next_path, error);
}

/* That it cannot be had now is no fault yet. */
static void reserve(struct open_run *kept, gsize len)
{
	if (open_next(kept, NULL))
		(void)posix_fallocate(kept->next_fd, 0, (off_t)(2 * len + RESERVE_MIN));
}

/* The file's name is on the disk. */
static gboolean sync_folder(const char *folder, GError **error)
{
	int fd = g_open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
	gboolean ok = (fd >= 0 && fsync(fd) == 0) || fail(folder, error);

	close_fd(&fd);
	return ok;
}

/* The one before takes the place of the next: to make and to free files is what a run costs most.
 */
static gboolean exchange(struct open_run *kept)
{
	int fd = kept->fd;

	if (fd < 0 ||
	    renameat2(AT_FDCWD, kept->next_path, AT_FDCWD, kept->path, RENAME_EXCHANGE) != 0)
		return FALSE;
	kept->fd = kept->next_fd;
	kept->next_fd = fd;
	return TRUE;
}

/* The next file gets the name. It is locked before that, and the old one until it has lost it. */
static gboolean give_name(struct open_run *kept)
{
	if (exchange(kept))
		return TRUE;
	if (g_rename(kept->next_path, kept->path) != 0)
		return FALSE;
	close_fd(&kept->fd);
	kept->fd = kept->next_fd;
	kept->next_fd = -1;
	if (kept->spare_fd >= 0 && g_rename(kept->spare_path, kept->next_path) == 0) {
		kept->next_fd = kept->spare_fd;
		kept->spare_fd = -1;
	}
	return TRUE;
}

static gboolean put(struct open_run *kept, const struct run_record *record, GCancellable *stop,
                    GError **error)
{
	gint64 start_us = g_get_monotonic_time();
	g_autofree char *text = run_record_to_json(record);
	gsize len = strlen(text);

	if (!open_next(kept, error))
		return FALSE;
	if (!write_all(kept->next_fd, text, len, stop) || !give_name(kept))
		return fail(kept->next_path, error);
	kept->len = (off_t)len;
	kept->mark = record_mark(record);
	reserve(kept, len);
	kept->put_us = g_get_monotonic_time();
	kept->took_us = kept->put_us - start_us;
	kept->all_us += kept->took_us;
	kept->n_puts++;
	return TRUE;
}

gboolean open_run_put(struct open_run *kept, const struct run_record *record, GError **error)
{
	return put(kept, record, NULL, error) && sync_folder(kept->folder, error);
}

void open_run_add(struct open_run *kept, const struct run_record *record)
{
	g_autofree char *added = NULL;
	g_autofree char *line = NULL;

	if (!kept || kept->fd < 0)
		return;
	added = record_tail_to_json(record, &kept->mark);
	line = g_strdup_printf("%c%s\n", SEPARATOR, added);
	if (write_at(kept->fd, kept->len, line, strlen(line))) {
		kept->len += (off_t)strlen(line);
		kept->mark = record_mark(record);
	} else if (ftruncate(kept->fd, kept->len) != 0) {
		g_debug("%s: %s", kept->path, g_strerror(errno));
	}
}

void open_run_keep(struct open_run *kept, const struct run_record *record, GCancellable *stop)
{
	double since_us = kept ? (double)(g_get_monotonic_time() - kept->put_us) : 0;

	if (kept && since_us >= OPEN_RUN_EVERY_S * 1e6 &&
	    since_us >= OPEN_RUN_SHARE * (double)kept->took_us)
		put(kept, record, stop, NULL);
}

static void set_names(struct open_run *kept, const char *folder, const char *run_id)
{
	kept->folder = g_strdup(folder);
	kept->path = g_strdup_printf("%s/%s" SUFFIX, folder, run_id);
	kept->next_path = g_strdup_printf("%s/.%s" NEXT_SUFFIX, folder, run_id);
	kept->spare_path = g_strdup_printf("%s/.%s" SPARE_SUFFIX, folder, run_id);
}

static void move(int *to, const char *to_path, int *from, const char *from_path)
{
	if (*from < 0 || g_rename(from_path, to_path) != 0)
		return;
	*to = *from;
	*from = -1;
}

/* What cannot be had is made. */
static void take_files(struct open_run *kept, struct open_run *rested)
{
	if (strcmp(kept->folder, rested->folder) == 0) {
		move(&kept->next_fd, kept->next_path, &rested->next_fd, rested->next_path);
		move(&kept->spare_fd, kept->spare_path, &rested->spare_fd, rested->spare_path);
	}
	open_run_free(rested);
}

struct open_run *open_run_begin(const char *folder, const struct run_record *record,
                                struct open_run **rested, GError **error)
{
	g_autoptr(open_run) kept = g_new0(struct open_run, 1);

	kept->fd = kept->next_fd = kept->spare_fd = -1;
	set_names(kept, folder, record->run_id);
	if (g_mkdir_with_parents(folder, 0777) != 0) {
		fail(folder, error);
		return NULL;
	}
	if (rested && *rested)
		take_files(kept, g_steal_pointer(rested));
	return open_run_put(kept, record, error) ? g_steal_pointer(&kept) : NULL;
}

static void drop_file(int *fd, const char *path)
{
	if (*fd >= 0)
		g_unlink(path);
	close_fd(fd);
}

void open_run_free(struct open_run *kept)
{
	if (!kept)
		return;
	drop_file(&kept->next_fd, kept->next_path);
	drop_file(&kept->spare_fd, kept->spare_path);
	close_fd(&kept->fd);
	g_free(kept->folder);
	g_free(kept->path);
	g_free(kept->next_path);
	g_free(kept->spare_path);
	g_free(kept);
}

void open_run_stored(struct open_run *kept, struct open_run **rested)
{
	if (kept && rested && !*rested) {
		drop_file(&kept->spare_fd, kept->spare_path);
		move(&kept->spare_fd, kept->spare_path, &kept->fd, kept->path);
		if (kept->spare_fd >= 0) {
			*rested = kept;
			return;
		}
	}
	/* one that stays is found to be stored already */
	if (kept)
		g_unlink(kept->path);
	open_run_free(kept);
}

const char *open_run_path(const struct open_run *kept)
{
	return kept->path;
}

guint open_run_n_puts(const struct open_run *kept, double *seconds)
{
	*seconds = (double)kept->all_us * 1e-6;
	return kept->n_puts;
}

/* --- finding ---------------------------------------------------------------------------------- */

void open_run_left_free(struct open_run_left *left)
{
	if (!left)
		return;
	close_fd(&left->fd);
	run_record_free(left->record);
	g_free(left->path);
	g_free(left);
}

/* A file that nobody keeps, locked for us; -1: somebody does, or it is gone. */
static int take_file(const char *path)
{
	int fd = g_open(path, O_RDONLY | O_CLOEXEC, 0);
	struct stat ours, there;

	/* one that was replaced meanwhile is its owner's */
	if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) != 0 || fstat(fd, &ours) != 0 ||
	                stat(path, &there) != 0 || ours.st_ino != there.st_ino))
		close_fd(&fd);
	return fd;
}

char *open_run_set_aside(const char *path, GError **error)
{
	g_autofree char *aside = g_strconcat(path, ASIDE_SUFFIX, NULL);

	if (g_rename(path, aside) == 0)
		return g_steal_pointer(&aside);
	fail(path, error);
	return NULL;
}

/* What was added to the document, as far as it was written to its end. */
static gboolean load_added(struct run_record *record, const char *text, const char *end,
                           GError **error)
{
	while (text < end) {
		const char *line = text + 1;
		const char *newline = memchr(line, '\n', (gsize)(end - line));

		if (!newline)
			return TRUE;
		if (*text != SEPARATOR ||
		    !record_tail_add(record, line, (gssize)(newline - line), error))
			return FALSE;
		text = newline + 1;
	}
	return TRUE;
}

static struct run_record *load(const char *path, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(run_record) record = NULL;
	gsize len = 0, document;
	g_autoptr(GError) cause = NULL;

	if (!g_file_get_contents(path, &text, &len, &cause)) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s", cause->message);
		return NULL;
	}
	document = strcspn(text, (const char[]){SEPARATOR, '\0'});
	record = run_record_from_json(text, (gssize)document, error);
	if (!record || !load_added(record, text + document, text + len, error))
		return NULL;
	return g_steal_pointer(&record);
}

static void tell_damage(const char *path, const GError *damage, GPtrArray *words)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *aside = open_run_set_aside(path, &error);

	/* the path first: an event's text has an end */
	g_ptr_array_add(words, aside ? g_strdup_printf("%s: the record of a run that was cut off, "
	                                               "set aside: %s",
	                                               aside, damage->message)
	                             : g_strdup(error->message));
}

static void find_one(const char *path, const char *station, GPtrArray *found, GPtrArray *words)
{
	struct open_run_left *left = g_new0(struct open_run_left, 1);
	g_autoptr(GError) damage = NULL;

	left->path = g_strdup(path);
	left->fd = take_file(path);
	if (left->fd >= 0)
		left->record = load(path, &damage);
	if (damage)
		tell_damage(path, damage, words);
	if (left->record && strcmp(left->record->station_id, station) == 0)
		g_ptr_array_add(found, left);
	else
		open_run_left_free(left);
}

/* What was set aside for a document that was never written. */
static void drop_next(const char *path)
{
	int fd = take_file(path);

	if (fd >= 0)
		g_unlink(path);
	close_fd(&fd);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Run ids of one station sort by time. Null with error; empty when there is no folder. */
static GPtrArray *names_in(const char *folder, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	g_autoptr(GError) cause = NULL;
	g_autoptr(GDir) dir = g_dir_open(folder, 0, &cause);
	const char *name;

	if (!dir && !g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s", cause->message);
		return NULL;
	}
	while (dir && (name = g_dir_read_name(dir)))
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, compare_names);
	return g_steal_pointer(&names);
}

GPtrArray *open_run_find(const char *folder, const char *station, GPtrArray *words, GError **error)
{
	g_autoptr(GPtrArray) names = names_in(folder, error);
	GPtrArray *found;

	if (!names)
		return NULL;
	found = g_ptr_array_new_with_free_func((GDestroyNotify)open_run_left_free);
	for (guint i = 0; i < names->len; i++) {
		const char *name = g_ptr_array_index(names, i);
		g_autofree char *path = g_build_filename(folder, name, NULL);

		if (g_str_has_suffix(name, NEXT_SUFFIX))
			drop_next(path);
		else if (g_str_has_suffix(name, SUFFIX))
			find_one(path, station, found, words);
	}
	return found;
}

gboolean open_run_any(const char *folder)
{
	g_autoptr(GPtrArray) names = names_in(folder, NULL);
	gboolean any = FALSE;

	for (guint i = 0; names && i < names->len && !any; i++) {
		g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL);
		int fd = g_str_has_suffix(path, SUFFIX) ? take_file(path) : -1;

		any = fd >= 0;
		close_fd(&fd);
	}
	return any;
}

gboolean open_run_left_stored(const struct open_run_left *left, GError **error)
{
	return g_unlink(left->path) == 0 || fail(left->path, error);
}
