/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_QUIRK_SCRIPT_H
#define STATION_ENGINE_QUIRK_SCRIPT_H

#include "fixtures/quirk.h"

/*
 * The scripts of a table of quirks, in Lua: each returns a function from what a module says of
 * itself to what of it reads otherwise (docs/scripting.md). One takes QUIRK_SCRIPT_LIMIT_S at most.
 * Whatever is wrong with a script is the station's fault: STATION_ERROR_CONFIG.
 */
#define QUIRK_SCRIPT_LIMIT_S 0.5

struct quirk_script { /* a row's `code` */
	char *path, *sha256;
	char *text;
	gsize length;
};

/*
 * Finds the script of each row beside the table, then among the data folders' scripts, reads it and
 * looks whether it returns a function; and lets the table's reader run them. STATION_ERROR_CONFIG
 * with file and line.
 */
gboolean quirk_scripts_load(struct quirk_table *table, GError **error);

#endif
