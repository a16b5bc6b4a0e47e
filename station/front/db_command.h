/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_FRONT_DB_COMMAND_H
#define STATION_FRONT_DB_COMMAND_H

#include "station/front/front.h"
#include "station/store/upkeep.h"

#include <json-glib/json-glib.h>

/* What "station db" was called with. A word that its action does not take is refused before. */
struct db_call {
	const struct config *config;
	gboolean json, force, dry_run, sign, all, retry;
	const char *key;            /* --key; null: not given */
	const char *file;           /* the word that belongs to no option; null likewise */
	const char *sink, *connect; /* --sink, --connect; null likewise */
};

/* Options that an action may take. */
enum db_option {
	DB_JSON = 1 << 0,
	DB_FORCE = 1 << 1,
	DB_DRY_RUN = 1 << 2,
	DB_SIGN = 1 << 3,
	DB_KEY = 1 << 4,
	DB_FILE = 1 << 5, /* a file has to be named */
	DB_WORD = 1 << 6, /* a word may be */
	DB_ALL = 1 << 7,
	DB_RETRY = 1 << 8,
	DB_SINK = 1 << 9, /* and --connect */
};

/* One action of "station db"; gives the exit code. */
struct db_action {
	const char *name;
	guint options; /* enum db_option */
	int (*run)(const struct db_call *call);
};

int db_status(const struct db_call *call);
int db_migrate(const struct db_call *call);
/* With --sink: the database of a line. */
int db_migrate_line(const struct db_call *call);
int db_sync(const struct db_call *call);
int db_backup(const struct db_call *call);
int db_verify(const struct db_call *call);

/* Tells on standard error, once a second, how far something is and how long it still takes. */
struct db_progress {
	const char *what; /* borrowed: "verifying" */
	gint64 start_us, next_us;
};
/* What is told is valid as long as `progress`. */
struct store_progress db_progress_begin(struct db_progress *progress, const char *what);

/* Members of an object that is being built; null is null. */
void db_json_text(JsonBuilder *json, const char *name, const char *text);
void db_json_int(JsonBuilder *json, const char *name, gint64 value);
/* Prints what was built on standard output. */
void db_json_print(JsonBuilder *json);

#endif
