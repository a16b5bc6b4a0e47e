/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_MODULE_COMPARE_H
#define STATION_ENGINE_MODULE_COMPARE_H

#include "fixtures/module_changes.h"
#include "fixtures/write_history.h"
#include "station/engine/config.h"
#include "station/store/store.h"

/* What "station module" compares: an image of a module's memory, and whose it is. */
struct module_side {
	char *name; /* "run 0199..., 2026-11-22T17:00:00Z, left" */
	struct module_image *image;
	char *part_number;             /* null: not known */
	struct write_history *history; /* of a run; else null */
};
void module_side_clear(struct module_side *side);

/*
 * "site:2": the module there, now, which is powered up for it and off again afterwards; a file: an
 * image saved before; else a run or a serial number's latest: what the run left in the module.
 * Errors: those of reading and of the module; STATION_ERROR_STORAGE also for a run without a
 * journal.
 */
gboolean module_side_load(const struct config *config, const char *what, struct module_side *side,
                          GError **error);
/* The journal of a run, or of a serial number's latest. */
struct write_history *module_history_load(const struct config *config, const char *run,
                                          GError **error);

/* The knob map of a part number's product; null without an error where there is none. */
struct knob_map *module_compare_map(const struct config *config, const char *part_number,
                                    GError **error);

/*
 * The memory of the module at a site, as far as it keeps it: lower memory, pages 00h to 03h, and
 * the maker's of a product that the configuration knows. Takes fixture and supply for itself, and
 * brings all to its safe state again, whatever happens.
 */
gboolean module_look(const struct config *config, int site, struct module_image *image,
                     char **part_number, GError **error);

#endif
