/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_OPERATOR_PLOT_H
#define STATION_OPERATOR_PLOT_H

#include "station/operator/canvas.h"

/*
 * Pictures of measurements in characters: braille dots (eight in a cell), half blocks (two) or
 * ASCII (two), as the canvas can show them.
 */

/*
 * A density as of an eye: counts row by row from the top, columns x rows (both at least 1). The
 * logarithm of the density decides how many dots of a place are set.
 */
void plot_density(struct canvas *canvas, struct area area, enum look look, const guint32 *counts,
                  int columns, int rows);
/*
 * The same by a letter a cell, from thin to dense " .:-=+*#%@": coarser than dots, but read where
 * only text goes, such as a pipe. The root of the density decides.
 */
void plot_shades(struct canvas *canvas, struct area area, enum look look, const guint32 *counts,
                 int columns, int rows);

/* One bit error ratio, or whatever else was measured. */
struct plot_point {
	double x;      /* for example the attenuation in dB */
	double y;      /* the ratio; 0 and NAN are not drawn, but at the lower edge when `none` */
	gboolean none; /* no error was seen: y is the least ratio that could have been told */
};

/* Points over a logarithmic y axis, or over a linear one. */
struct plot {
	const struct plot_point *points;
	int n;
	double y_line;      /* the limit: a line across; NAN: none */
	double x_line;      /* what was found, such as the sensitivity; NAN: none */
	const char *x_name; /* with its unit: "OMA dBm" */
	const char *y_name; /* "BER" */
	gboolean is_linear; /* y of any sign; NAN is not drawn */
};

/* Axes with their ends labelled, points, lines. Needs 16 x 6 cells; in less it draws nothing. The
 * range is that of the points and the line, of ratios widened to whole decades. */
void plot_waterfall(struct canvas *canvas, struct area area, enum look look,
                    const struct plot *plot);

#endif
