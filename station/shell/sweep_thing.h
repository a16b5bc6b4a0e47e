/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_SHELL_SWEEP_THING_H
#define STATION_SHELL_SWEEP_THING_H

#include "station/shell/shell.h"
#include "station/shell/table.h"

/*
 * What a sweep sets: "attenuator", "light 2" (a noun that has "set"), "laser_bias 2" (a knob),
 * "attenuator set" (a command whose next word is the value), "attenuator set $x 2" between single
 * quotes (a command with a place for it), or any other name, a variable. $x is set in any case.
 */
struct sweep_thing {
	char *name; /* of the column of points */
	char *before,
		*after; /* the command on both sides of the value; before null: there is none */
	char *holder;   /* a command that has $x in it; null: there is none */
	const struct sweep_former *former; /* how it was is known by this; null: by nothing */
	char *look;                        /* the command that tells it */
	struct value found;                /* what it told: a number, or a table by lanes */
};

/* STATION_ERROR_CONFIG when it is nothing that can be swept. Clear it in any case. */
gboolean sweep_thing_read(struct shell *shell, const char *words, struct sweep_thing *thing,
                          GError **error);
void sweep_thing_clear(struct sweep_thing *thing);

gboolean sweep_thing_set(struct shell *shell, const struct sweep_thing *thing,
                         const struct value *point, GError **error);

/* Looks how it is; what cannot be found out is told at the end. */
void sweep_thing_remember(struct shell *shell, struct sweep_thing *thing);
/* As it was, whatever was stopped; what stays at the last point is told. */
void sweep_thing_put_back(struct shell *shell, const struct sweep_thing *thing);

#endif
