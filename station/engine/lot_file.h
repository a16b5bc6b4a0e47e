/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_LOT_FILE_H
#define STATION_ENGINE_LOT_FILE_H

#include "station/engine/config.h"

#include <glib.h>

/*
 * A lot: CSV with the columns serial, part_number and, if wanted, site. The lot's name is the
 * file's name without folder and ".csv".
 */
struct lot_unit {
	char *serial, *part_number;
	int site; /* 0: any */
	int line;
};

struct lot_file {
	char *name, *path, *sha256;
	GPtrArray *units; /* struct lot_unit, owning */
};
typedef struct lot_file lot_file; /* for g_autoptr(lot_file) only */

/* Errors are STATION_ERROR_CONFIG with file and line: a serial twice, a part number that no product
 * of the configuration has, a site that is not there. */
struct lot_file *lot_file_load(const char *path, const struct config *config, GError **error);
void lot_file_free(struct lot_file *lot); /* null is allowed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(lot_file, lot_file_free)

#endif
