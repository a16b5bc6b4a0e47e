/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/exclusive.h"

#include "base/clock.h"
#include "base/error.h"
#include "fixtures/controller_record.h"
#include "fixtures/fixture.h"
#include "instruments/address.h"
#include "instruments/link/resource.h"
#include "instruments/lock_file.h"

#include <glib/gstdio.h>
#include <string.h>

/* Not seen for so long, an instrument may have been off. */
#define SEEN_GAP_US (3600 * (gint64)G_USEC_PER_SEC)
#define SEEN_GROUP  "seen"
/* How often a guard is asked whether it is ready. */
#define GUARD_POLL_S 0.01

struct exclusive {
	GMutex lock;
	char *station;
	char *folder;      /* null until the first is taken */
	GHashTable *taken; /* address to struct lock_file */
};

struct exclusive *exclusive_new(const char *station)
{
	struct exclusive *exclusive = g_new0(struct exclusive, 1);

	g_mutex_init(&exclusive->lock);
	exclusive->station = g_strdup(station ? station : "?");
	exclusive->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
	                                         (GDestroyNotify)lock_file_release);
	return exclusive;
}

void exclusive_free(struct exclusive *exclusive)
{
	if (!exclusive)
		return;
	g_hash_table_unref(exclusive->taken);
	g_mutex_clear(&exclusive->lock);
	g_free(exclusive->folder);
	g_free(exclusive->station);
	g_free(exclusive);
}

/* --- lock files ------------------------------------------------------------------------------- */

/* Under the lock. */
static gboolean know_folder(struct exclusive *exclusive, GError **error)
{
	if (!exclusive->folder)
		exclusive->folder = lock_file_folder(error);
	return exclusive->folder != NULL;
}

static gboolean try_address(struct exclusive *exclusive, const char *address, GError **error)
{
	struct lock_file *lock = NULL;

	g_mutex_lock(&exclusive->lock);
	gboolean taken = g_hash_table_contains(exclusive->taken, address);
	if (!taken && know_folder(exclusive, error))
		lock = lock_file_take(exclusive->folder, address, exclusive->station, error);
	if (lock)
		g_hash_table_insert(exclusive->taken, g_strdup(address), lock);
	g_mutex_unlock(&exclusive->lock);
	return taken || lock;
}

/* A guard is at work there, or has just become ready with it. */
static gboolean is_guarded(struct exclusive *exclusive, const char *address, const GError *refusal)
{
	g_autofree char *program = NULL;

	if (!g_error_matches(refusal, STATION_ERROR, STATION_ERROR_REFUSED))
		return FALSE;
	g_mutex_lock(&exclusive->lock);
	program = lock_file_program(exclusive->folder, address);
	g_mutex_unlock(&exclusive->lock);
	return !program || strcmp(program, EXCLUSIVE_GUARD) == 0;
}

static gboolean take_address(struct exclusive *exclusive, const char *address, GError **error)
{
	const struct bounds bounds = {deadline_in_s(EXCLUSIVE_GUARD_S), NULL};
	GError *cause = NULL;

	while (!try_address(exclusive, address, &cause)) {
		if (!is_guarded(exclusive, address, cause) ||
		    !clock_system_sleep_s(GUARD_POLL_S * clock_scale(), &bounds, NULL)) {
			g_propagate_error(error, cause);
			return FALSE;
		}
		g_clear_error(&cause);
	}
	return TRUE;
}

gboolean exclusive_take(struct exclusive *exclusive, const char *name, const char *resource,
                        GError **error)
{
	GError *cause = NULL;
	g_autofree char *address = instrument_address(resource, &cause);

	if (!cause && (!address || take_address(exclusive, address, &cause)))
		return TRUE;
	g_propagate_prefixed_error(error, cause, "%s: ", name);
	return FALSE;
}

/*
 * "controller:HOST:PORT", "controller:/dev/ttyX", or "board:file=PATH", where the file stands for
 * the socket. Null when it is none: whoever opens it says what is wrong.
 */
static char *fixture_address(const char *resource)
{
	if (g_str_has_prefix(resource, FIXTURE_BOARD_PREFIX))
		return address_of_device(resource + strlen(FIXTURE_BOARD_PREFIX));
	const char *where = strchr(resource, ':');
	const char *colon = where ? strrchr(where + 1, ':') : NULL;

	if (where && where[1] == '/')
		return address_of_device(where + 1);
	if (!colon)
		return NULL;
	g_autofree char *host = g_strndup(where + 1, (gsize)(colon - where - 1));
	return address_of_host("tcp", host, (guint)g_ascii_strtoull(colon + 1, NULL, 10));
}

gboolean exclusive_take_fixture(struct exclusive *exclusive, int site, const char *resource,
                                GError **error)
{
	struct controller_top top;
	const char *rest;
	g_autofree char *address = NULL;

	if (!controller_top_parse(resource, &top, &rest, error))
		return FALSE;
	if (top.kind != CONTROLLER_TOP_REPLAY)
		address = fixture_address(rest);
	controller_top_done(&top);
	if (!address || take_address(exclusive, address, error))
		return TRUE;
	g_prefix_error(error, "fixture of site %d: ", site);
	return FALSE;
}

char *exclusive_holder(struct exclusive *exclusive, const char *resource)
{
	g_autofree char *address = instrument_address(resource, NULL);
	char *holder = NULL;

	if (!address)
		return NULL;
	g_mutex_lock(&exclusive->lock);
	if (g_hash_table_contains(exclusive->taken, address))
		holder = g_strdup("this process");
	else if (know_folder(exclusive, NULL))
		holder = lock_file_holder(exclusive->folder, address);
	g_mutex_unlock(&exclusive->lock);
	return holder;
}

/* --- since when it is on ---------------------------------------------------------------------- */

/* Where it is kept; null when there is no folder for it or it is played back. */
static char *seen_path(struct exclusive *exclusive, const char *resource)
{
	struct resource parsed;
	char *path = NULL;

	if (!resource_parse(resource, &parsed, NULL))
		return NULL;
	g_mutex_lock(&exclusive->lock);
	if (!resource_top(&parsed, LINK_TOP_REPLAY) && know_folder(exclusive, NULL))
		path = lock_file_path(exclusive->folder, parsed.bottom, ".seen");
	g_mutex_unlock(&exclusive->lock);
	resource_done(&parsed);
	return path;
}

/* 0 when what is in the file tells nothing of now. */
static gint64 read_seen(const char *path, const char *serial, gint64 now_us)
{
	g_autoptr(GKeyFile) file = g_key_file_new();

	if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, NULL))
		return 0;
	g_autofree char *whose = g_key_file_get_string(file, SEEN_GROUP, "serial", NULL);
	gint64 first_us = g_key_file_get_int64(file, SEEN_GROUP, "first_us", NULL);
	gint64 last_us = g_key_file_get_int64(file, SEEN_GROUP, "last_us", NULL);
	/* a clock that was set back tells nothing */
	gboolean holds = g_strcmp0(whose, serial) == 0 && first_us <= last_us &&
	                 last_us <= now_us && now_us - last_us <= SEEN_GAP_US;
	return holds ? first_us : 0;
}

gint64 exclusive_seen_on(struct exclusive *exclusive, const char *resource, const char *serial,
                         gint64 now_us)
{
	g_autofree char *path = seen_path(exclusive, resource);
	g_autoptr(GKeyFile) file = g_key_file_new();
	gint64 first_us = path ? read_seen(path, serial, now_us) : 0;

	if (!path)
		return 0;
	if (first_us <= 0)
		first_us = now_us;
	g_key_file_set_string(file, SEEN_GROUP, "serial", serial);
	g_key_file_set_int64(file, SEEN_GROUP, "first_us", first_us);
	g_key_file_set_int64(file, SEEN_GROUP, "last_us", now_us);
	/* what cannot be kept makes the next start wait longer, no more */
	g_key_file_save_to_file(file, path, NULL);
	return first_us;
}

void exclusive_seen_off(struct exclusive *exclusive, const char *resource)
{
	g_autofree char *path = seen_path(exclusive, resource);

	if (path)
		g_unlink(path);
}
