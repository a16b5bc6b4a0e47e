/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_THEME_H
#define STATION_OPERATOR_THEME_H

#include "station/operator/canvas.h"

/* How looks look: a table. Verdicts differ in brightness as well as in hue, so that they can be
 * told apart by those who do not see all colours. */

enum { THEME_PLAIN = -1 }; /* the terminal's own colour */

struct theme_style {
	gint8 foreground, background; /* 0..7: black red green yellow blue magenta cyan white */
	gboolean bold, reverse, underline;
};

struct theme {
	const char *name;
	const char *about; /* untranslated, for help */
	struct theme_style styles[LOOK_N];
};

/* "blue" (the default), "classic", "mono", in this order; null behind the last. */
const struct theme *theme_at(guint index);
/* Null when there is none of that name. */
const struct theme *theme_by_name(const char *name);
/* The one without a colour, for terminals that have none. */
const struct theme *theme_without_colour(void);

#endif
