/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/demux.h"

#include <math.h>

#define FLAT           0.325 /* of the spacing, to each side */
#define STOP           0.65
#define ELEMENT_DB     0.08
#define ISOLATION_LOW  28.0
#define ISOLATION_HIGH 32.0

void demux_init(struct demux *demux, const double *centre_m, guint n, struct random_stream *stream)
{
	g_return_if_fail(n >= 1 && n <= MODEL_LANES);
	*demux = (struct demux){.n = n, .spacing_m = n > 1 ? INFINITY : 20e-9};
	for (guint i = 0; i < n; i++) {
		demux->centre_m[i] = centre_m[i];
		if (i > 0)
			demux->spacing_m = fmin(demux->spacing_m, centre_m[i] - centre_m[i - 1]);
		demux->loss_db[i] = DEMUX_LOSS_DB + random_bounded(stream, ELEMENT_DB, 2.5);
		demux->ripple_phase[i] = random_uniform(stream, 0, 2 * G_PI);
		for (guint side = 0; side < 2; side++)
			demux->isolation_db[i][side] =
				random_uniform(stream, ISOLATION_LOW, ISOLATION_HIGH);
	}
}

/* Over the least loss within the flat top: a slow ripple, and the round shoulders. */
static double top_db(const struct demux *demux, guint output, double away)
{
	double edge = pow(away / FLAT, 6);
	double ripple =
		0.5 + 0.5 * cos(2 * G_PI * away / (0.8 * FLAT) + demux->ripple_phase[output]);

	return DEMUX_RIPPLE_DB * (0.5 * ripple + 0.5 * fmin(edge, 1));
}

double demux_output_db(const struct demux *demux, guint output, double wavelength_m)
{
	g_return_val_if_fail(output < demux->n, INFINITY);
	double away = (wavelength_m - demux->centre_m[output]) / demux->spacing_m;
	double floor_db = demux->isolation_db[output][away > 0];
	double far = fabs(away);
	double over_db = top_db(demux, output, copysign(fmin(far, FLAT), away));

	if (far > 1 + FLAT)
		floor_db = DEMUX_FAR_DB;
	if (far > FLAT)
		over_db += (floor_db - over_db) * fmin((far - FLAT) / (STOP - FLAT), 1);
	return demux->loss_db[output] + over_db;
}
