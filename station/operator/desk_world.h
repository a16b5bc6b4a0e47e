/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_DESK_WORLD_H
#define STATION_OPERATOR_DESK_WORLD_H

#include "station/engine/engine.h"
#include "station/engine/lot_file.h"
#include "station/operator/desk_site.h"

#include <glib.h>

/*
 * What the desk asks of the world. Nothing here may take time: what does is begun, and the desk is
 * told by the function named (desk.h), on the thread of the desk.
 */
struct desk_world {
	/* the engine: as engine_run_unit, engine_abort_site (0: every site), engine_answer */
	gboolean (*run)(gpointer data, int site, const struct engine_unit *unit, GError **error);
	guint (*abort)(gpointer data, int site);
	gboolean (*answer)(gpointer data, int site, const char *answer, const char *who,
	                   GError **error);
	/* answered by desk_person or desk_nobody */
	void (*check_pin)(gpointer data, const char *badge, const char *pin);
	/* The lot of that name, owned by the caller; and all names, null-terminated, owned. */
	struct lot_file *(*lot)(gpointer data, const char *name, GError **error);
	char **(*lots)(gpointer data);
	/* what the store knows; answered by desk_unit_runs, desk_counts, desk_units, desk_why */
	void (*ask_unit)(gpointer data, int site, const char *serial, const char *lot);
	void (*ask_counts)(gpointer data, const char *lot); /* of the shift and of the lot */
	void (*ask_units)(gpointer data);                   /* the last units of the station */
	void (*ask_why)(gpointer data, const char *run_id);
	/* How long a run still takes when a step of it begins, from past runs; NAN unknown. */
	double (*left_s)(gpointer data, const char *part_number, const char *step, int lane,
	                 const char *corner);
	/* The outline of a product's plan, null unknown; borrowed. */
	const struct outline *(*outline)(gpointer data, const char *part_number);
	void (*print)(gpointer data, const char *run_id); /* the unit's label, once more */
	/* for the log of what people did */
	void (*log)(gpointer data, const char *who, const char *what, const char *text);
	void (*beep)(gpointer data);
};

#endif
