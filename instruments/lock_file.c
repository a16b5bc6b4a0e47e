/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/lock_file.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum {
	NAME_DIGITS = 24, /* of the SHA-256 of the address */
	TRIES = 100,      /* against others who take the file away at the same time */
	TEXT_MAX = 2048,
	WORD_MAX = 64,
};

#define GROUP "holder"

struct lock_file {
	char *path;
	int fd;
};

/* --- the folder ------------------------------------------------------------------------------- */

/* Makes a folder with a mode, or takes it as it is. */
static gboolean use_folder(const char *path, mode_t mode, gboolean mine)
{
	GStatBuf info;

	if (g_mkdir(path, mode) == 0 && g_chmod(path, (int)mode) != 0)
		return FALSE;
	if (g_lstat(path, &info) != 0 || !S_ISDIR(info.st_mode) || g_access(path, W_OK | X_OK) != 0)
		return FALSE;
	return !mine || info.st_uid == geteuid();
}

char *lock_file_folder(GError **error)
{
	const char *given = g_getenv("STATION_LOCKDIR"), *own = g_getenv("XDG_RUNTIME_DIR");
	g_autofree char *in_own = own && *own ? g_build_filename(own, "station", NULL) : NULL;
	g_autofree char *last = g_strdup_printf("/tmp/station-%u", (guint)geteuid());
	const struct {
		const char *path;
		mode_t mode;
		gboolean mine;
	} places[] = {
		{"/run/lock/station", 01777, FALSE},
		{in_own, 0700, TRUE},
		{last, 0700, TRUE},
	};

	if (given && *given) {
		if (use_folder(given, 0700, FALSE))
			return g_strdup(given);
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "$STATION_LOCKDIR: lock files cannot be made in %s", given);
		return NULL;
	}
	for (guint i = 0; i < G_N_ELEMENTS(places); i++)
		if (places[i].path && use_folder(places[i].path, places[i].mode, places[i].mine))
			return g_strdup(places[i].path);
	station_error_set(error, STATION_ERROR_STORAGE,
	                  "lock files can be made neither in /run/lock/station nor in %s", last);
	return NULL;
}

char *lock_file_path(const char *folder, const char *address, const char *ending)
{
	g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, address, -1);
	g_autofree char *name = g_strdup_printf("%.*s%s", NAME_DIGITS, hash, ending);

	return g_build_filename(folder, name, NULL);
}

/* --- who holds it ----------------------------------------------------------------------------- */

/* A word that another user's process wrote, fit to be shown. */
static char *word_of(GKeyFile *file, const char *key)
{
	g_autofree char *raw = g_key_file_get_string(file, GROUP, key, NULL);
	g_autofree char *word = g_utf8_make_valid(raw ? raw : "", -1);

	if (g_utf8_strlen(word, -1) > WORD_MAX)
		*g_utf8_offset_to_pointer(word, WORD_MAX) = '\0';
	for (char *c = word; *c; c++)
		if (g_ascii_iscntrl(*c))
			*c = '?';
	return *word ? g_steal_pointer(&word) : g_strdup("?");
}

/* "10:31", or with the day when that is not today. */
static char *since_text(GKeyFile *file)
{
	gint64 since_s = g_key_file_get_int64(file, GROUP, "since", NULL);
	g_autoptr(GDateTime) since = g_date_time_new_from_unix_local(since_s);
	g_autoptr(GDateTime) now = g_date_time_new_now_local();

	if (!since)
		return g_strdup("?");
	gboolean today = g_date_time_get_year(since) == g_date_time_get_year(now) &&
	                 g_date_time_get_day_of_year(since) == g_date_time_get_day_of_year(now);
	return g_date_time_format(since, today ? "%H:%M" : "%Y-%m-%d %H:%M");
}

/* What the holder wrote; FALSE: nothing that can be read. */
static gboolean read_holder(int fd, GKeyFile *file)
{
	char text[TEXT_MAX];
	ssize_t n = pread(fd, text, sizeof text, 0);

	return n > 0 && g_key_file_load_from_data(file, text, (gsize)n, G_KEY_FILE_NONE, NULL);
}

static void set_refused(GError **error, int fd)
{
	g_autoptr(GKeyFile) file = g_key_file_new();

	if (!read_holder(fd, file)) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "in use by a process that has not said who it is");
		return;
	}
	g_autofree char *station = word_of(file, "station");
	g_autofree char *user = word_of(file, "user");
	g_autofree char *process = word_of(file, "process");
	g_autofree char *program = word_of(file, "program");
	g_autofree char *since = since_text(file);
	station_error_set(error, STATION_ERROR_REFUSED,
	                  "in use by station \"%s\" (user %s, process %s, %s, since %s)", station,
	                  user, process, program, since);
}

static gboolean write_holder(int fd, const char *address, const char *station)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	const char *program = g_get_prgname();

	g_key_file_set_string(file, GROUP, "station", station);
	g_key_file_set_string(file, GROUP, "user", g_get_user_name());
	g_key_file_set_int64(file, GROUP, "process", getpid());
	g_key_file_set_string(file, GROUP, "program", program ? program : "station");
	g_key_file_set_int64(file, GROUP, "since", g_get_real_time() / G_USEC_PER_SEC);
	g_key_file_set_string(file, GROUP, "address", address);
	gsize len = 0;
	g_autofree char *text = g_key_file_to_data(file, &len, NULL);
	return ftruncate(fd, 0) == 0 && pwrite(fd, text, len, 0) == (ssize_t)len;
}

/* --- taking it -------------------------------------------------------------------------------- */

/* Opened without O_CREAT first: the kernel refuses that for a file of another user in a shared
 * folder (fs.protected_regular). */
static int open_file(const char *path)
{
	const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW;
	int fd = open(path, flags);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	fd = open(path, flags | O_CREAT | O_EXCL, 0666);
	if (fd >= 0 && fchmod(fd, 0666) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Whether the open file is still the one of that name: who held it may have taken it away. */
static gboolean is_current(int fd, const char *path)
{
	struct stat open_one, named;

	return fstat(fd, &open_one) == 0 && stat(path, &named) == 0 &&
	       open_one.st_ino == named.st_ino && open_one.st_dev == named.st_dev;
}

enum outcome { TAKEN, REFUSED, AGAIN, FAILED };

static enum outcome try_take(const char *path, int *fd, GError **error)
{
	enum outcome outcome = TAKEN;

	*fd = open_file(path);
	if (*fd < 0)
		return errno == EEXIST ? AGAIN : FAILED;
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
		outcome = errno == EWOULDBLOCK ? REFUSED : FAILED;
	else if (!is_current(*fd, path))
		outcome = AGAIN;
	if (outcome == REFUSED)
		set_refused(error, *fd);
	if (outcome != TAKEN) {
		int why = errno;
		close(*fd);
		errno = why;
	}
	return outcome;
}

struct lock_file *lock_file_take(const char *folder, const char *address, const char *station,
                                 GError **error)
{
	g_autofree char *path = lock_file_path(folder, address, ".lock");
	enum outcome outcome = AGAIN;
	int fd = -1;

	for (guint i = 0; i < TRIES && outcome == AGAIN; i++)
		outcome = try_take(path, &fd, error);
	if (outcome == REFUSED)
		return NULL;
	if (outcome != TAKEN || !write_holder(fd, address, station)) {
		station_error_set(error, STATION_ERROR_STORAGE, "lock file %s: %s", path,
		                  g_strerror(errno));
		if (outcome == TAKEN)
			close(fd);
		return NULL;
	}
	struct lock_file *lock = g_new0(struct lock_file, 1);
	lock->path = g_steal_pointer(&path);
	lock->fd = fd;
	return lock;
}

/* The file of an address that somebody holds; -1: nobody does. A file that is not there is held by
 * nobody; to look at it is not to take it. */
static int open_held(const char *folder, const char *address)
{
	g_autofree char *path = lock_file_path(folder, address, ".lock");
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || (flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK))
		return fd;
	close(fd);
	return -1;
}

char *lock_file_holder(const char *folder, const char *address)
{
	g_autoptr(GError) refusal = NULL;
	int fd = open_held(folder, address);

	if (fd < 0)
		return NULL;
	set_refused(&refusal, fd);
	close(fd);
	return g_strdup(refusal->message);
}

char *lock_file_program(const char *folder, const char *address)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	int fd = open_held(folder, address);
	char *program;

	if (fd < 0)
		return NULL;
	program = read_holder(fd, file) ? word_of(file, "program") : g_strdup("?");
	close(fd);
	return program;
}

void lock_file_release(struct lock_file *lock)
{
	if (!lock)
		return;
	/* while it is still held: whoever opened it meanwhile finds that it is not the file any
	 * more. Where it may not be taken away, it stays and says nothing */
	if (g_unlink(lock->path) != 0 && ftruncate(lock->fd, 0) != 0)
		g_debug("%s: %s", lock->path, g_strerror(errno));
	close(lock->fd);
	g_free(lock->path);
	g_free(lock);
}
