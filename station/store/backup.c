/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/store/backup.h"

#include "base/error.h"
#include "station/store/migrate.h"
#include "station/store/schema.h"
#include "station/store/state.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <unistd.h>

/* Pages at once, between which progress is told; room on the disk that is left to others. */
enum { PAGES = 1024, ROOM_BYTES = 16 << 20 };

static gboolean fail(const char *path, const char *what, GError **error)
{
	station_error_set(error, STATION_ERROR_STORAGE, "%s: %s: %s", path, what,
	                  g_strerror(errno));
	return FALSE;
}

static gboolean has_room(const char *from, const char *to, GError **error)
{
	guint64 needed = store_file_bytes(from) + ROOM_BYTES, free_bytes;

	if (!store_free_bytes(to, &free_bytes, error))
		return FALSE;
	if (free_bytes >= needed)
		return TRUE;
	g_autofree char *wants = g_format_size_full(needed, G_FORMAT_SIZE_IEC_UNITS);
	g_autofree char *has = g_format_size_full(free_bytes, G_FORMAT_SIZE_IEC_UNITS);
	station_error_set(error, STATION_ERROR_STORAGE,
	                  "%s: the copy needs %s and its disk has %s free; make room", to, wants,
	                  has);
	return FALSE;
}

static gboolean sync_path(const char *path, GError **error)
{
	int file = g_open(path, O_RDONLY | O_CLOEXEC, 0);
	gboolean ok = file >= 0 && fsync(file) == 0;

	if (!ok)
		fail(path, "bring to the disk", error);
	if (file >= 0)
		close(file);
	return ok;
}

/* --- copying ----------------------------------------------------------------------------------
 */

/* The source has a transaction open, so that what others write meanwhile does not make it begin
 * again. */
static gboolean copy_pages(struct store *from, struct store *to,
                           const struct store_progress *progress, GError **error)
{
	sqlite3_backup *backup = sqlite3_backup_init(to->db, "main", from->db, "main");
	int code = SQLITE_OK;

	if (!backup)
		return sqlite_fail(to, "copy", error);
	while (code == SQLITE_OK) {
		code = sqlite3_backup_step(backup, PAGES);
		int total = sqlite3_backup_pagecount(backup);
		if (progress && code == SQLITE_OK)
			progress->tell((guint64)(total - sqlite3_backup_remaining(backup)),
			               (guint64)total, progress->data);
	}
	sqlite3_backup_finish(backup);
	if (code == SQLITE_DONE)
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE, "%s: copy to %s: %s", from->path, to->path,
	                  sqlite3_errstr(code));
	return FALSE;
}

/* A file by itself: no log beside it. */
static gboolean check(struct store *copy, GError **error)
{
	g_autofree char *said = NULL;
	sqlite3_stmt *asked;

	if (!sqlite_execute(copy, "PRAGMA journal_mode = DELETE", "end the log", error))
		return FALSE;
	asked = sqlite_prepare(copy, "PRAGMA integrity_check(1)", error);
	if (!asked)
		return FALSE;
	if (sqlite3_step(asked) == SQLITE_ROW)
		said = g_strdup((const char *)sqlite3_column_text(asked, 0));
	sqlite3_finalize(asked);
	if (g_strcmp0(said, "ok") == 0)
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE, "%s: the copy is not whole: %s", copy->path,
	                  said ? said : "it cannot be checked");
	return FALSE;
}

static gboolean copy_into(struct store *store, const char *draft,
                          const struct store_progress *progress, GError **error)
{
	g_autoptr(store) copy =
		sqlite_open(draft, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, error);
	gboolean ok;

	if (!copy || !sqlite_execute(store, "BEGIN", "begin to read", error))
		return FALSE;
	/* the first read is what takes the moment that is copied */
	ok = sqlite_execute(store, "SELECT count(*) FROM sqlite_master", "read", error) &&
	     copy_pages(store, copy, progress, error);
	sqlite_roll_back(store);
	return ok && check(copy, error);
}

gboolean backup_copy(struct store *store, const char *path, const struct store_progress *progress,
                     GError **error)
{
	g_autofree char *draft = g_strconcat(path, ".part", NULL);
	g_autofree char *folder = g_path_get_dirname(path);
	gboolean ok;

	g_unlink(draft);
	ok = has_room(store->path, path, error) && copy_into(store, draft, progress, error) &&
	     sync_path(draft, error);
	if (ok && g_rename(draft, path) != 0)
		ok = fail(path, "give the copy its name", error);
	ok = ok && sync_path(folder, error);
	if (!ok)
		g_unlink(draft);
	return ok;
}

/* --- the call ---------------------------------------------------------------------------------
 */

/* What is copied has to be right as well: a copy of an altered store is told at once. */
static gboolean verify_copy(const char *path, const char *beside,
                            const struct store_progress *progress, GError **error)
{
	g_autoptr(store) copy = store_open_to_read(path, error);
	struct store_proof proof;
	gboolean ok;
	int version;

	if (!copy || !sqlite_version(copy, &version, error))
		return FALSE;
	if (version < schema_version)
		return TRUE; /* no chain yet, or not ours to look at */
	if (!store_verify(copy, beside, NULL, progress, &proof, error))
		return FALSE;
	ok = proof.n_findings == 0;
	if (!ok) {
		const struct store_finding *first = proof.findings->pdata[0];
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s: copied, but what was copied is not as it was stored (%s: "
		                  "%s); see: station db verify",
		                  path, first->table, first->words);
	}
	store_proof_clear(&proof);
	return ok;
}

/* By whatever name. */
static gboolean is_same_file(const char *a, const char *b)
{
	GStatBuf x, y;

	return g_stat(a, &x) == 0 && g_stat(b, &y) == 0 && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

gboolean store_backup(const char *path, const char *copy, gboolean force,
                      const struct store_progress *progress, GError **error)
{
	g_autoptr(store) store = store_open_to_read(path, error);

	if (!store)
		return FALSE;
	if (is_same_file(path, copy)) {
		station_error_set(error, STATION_ERROR_STORAGE,
		                  "%s is the store itself; name another file", copy);
		return FALSE;
	}
	if (g_file_test(copy, G_FILE_TEST_IS_DIR) ||
	    (!force && g_file_test(copy, G_FILE_TEST_EXISTS))) {
		station_error_set(error, STATION_ERROR_STORAGE, "%s is there already; %s", copy,
		                  force ? "it is a folder, name a file"
		                        : "name another file, or --force to put it anew");
		return FALSE;
	}
	return backup_copy(store, copy, progress, error) &&
	       verify_copy(copy, path, progress, error);
}
