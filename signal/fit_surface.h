/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef SIGNAL_FIT_SURFACE_H
#define SIGNAL_FIT_SURFACE_H

#include "signal/fit.h"

#include <glib.h>

/*
 * A second-order response surface of two settings, z = c0 + c1 u + c2 v + c3 u^2 + c4 uv + c5 v^2
 * with u and v centred and scaled, and where it is least. A bowl found from six readings or a few
 * more tells the best setting with fewer of them than trying does. (G. E. P. Box and K. B. Wilson,
 * J. Roy. Stat. Soc. B 13 (1951) 1.)
 */
struct fit_surface {
	double centre[2], scale[2];
	double coefficient[6];
	gboolean bowl;       /* both curvatures rise */
	double least_at[2];  /* inside the box; on its edge where the bowl's floor is outside */
	double least;        /* z there */
	gboolean at_edge;    /* least_at is on the edge of the box */
	double residual_rms; /* with n - 6; 0 for six readings */
	double residual_max;
	guint n;
	struct fit_verdict verdict; /* NO_FEATURE: not a bowl. EXTRAPOLATED: at_edge */
};

/*
 * x, y: n readings' settings; at least six that determine the six terms. low, high: the box that
 * the least is looked for in, low below high. Errors: STATION_ERROR_DATA too few readings, not
 * finite, settings that do not determine the surface.
 */
gboolean fit_surface(const double *x, const double *y, const double *z, guint n,
                     const double low[2], const double high[2], struct fit_surface *fit,
                     GError **error);

double fit_surface_at(const struct fit_surface *fit, double x, double y);

#endif
