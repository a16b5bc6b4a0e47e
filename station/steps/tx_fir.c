/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "signal/fit_surface.h"
#include "station/steps/constants.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"

#include <math.h>

/*
 * The transmitter's FIR by measured TDECQ. Two taps and a quantity that is a bowl over them: a few
 * settings around the present one determine it, its floor is looked at once more, and the better of
 * floor and beginning stays.
 */
static const struct {
	double pre, post; /* in steps from the centre */
} design[] = {{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}, {1, 1}, {-1, -1}};

#define READINGS G_N_ELEMENTS(design)

struct search {
	guint n;
	double pre[READINGS], post[READINGS], tdecq_db[READINGS];
};

/* NAN when the eye is closed or the pattern is not found: such a setting is no place to stay. */
static gboolean look(struct step_context *ctx, double pre, double post, double *tdecq_db,
                     GError **error)
{
	int lane = step_lane(ctx);
	const struct tx_capture how = {
		.pattern = PATTERN_PRBS13Q,
		.passes = step_count(ctx, "passes"),
		.with_tdecq = TRUE,
	};
	struct pam4_result result;
	GError *local = NULL;

	*tdecq_db = NAN;
	if (!constants_try(ctx, "fir_pre", lane, pre, error) ||
	    !constants_try(ctx, "fir_post", lane, post, error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error))
		return FALSE;
	if (!tx_path_measure(ctx, lane, &how, &result, NULL, &local)) {
		if (!g_error_matches(local, STATION_ERROR, STATION_ERROR_DATA)) {
			g_propagate_error(error, local);
			return FALSE;
		}
		g_error_free(local);
		return TRUE;
	}
	if (result.tdecq_db.status == SIGNAL_OK)
		*tdecq_db = result.tdecq_db.value;
	return TRUE;
}

static gboolean take_readings(struct step_context *ctx, const double start[2],
                              struct search *search, GError **error)
{
	double step = step_number(ctx, "step"), most = step_number(ctx, "most");

	for (guint i = 0; i < READINGS; i++) {
		double pre = CLAMP(start[0] + design[i].pre * step, -most, most);
		double post = CLAMP(start[1] + design[i].post * step, -most, most), tdecq_db;

		if (!look(ctx, pre, post, &tdecq_db, error))
			return FALSE;
		if (isnan(tdecq_db))
			continue;
		search->pre[search->n] = pre;
		search->post[search->n] = post;
		search->tdecq_db[search->n++] = tdecq_db;
	}
	return TRUE;
}

/* The best of what was read; the bowl's floor may be better still. */
static guint best_reading(const struct search *search)
{
	guint best = 0;

	for (guint i = 1; i < search->n; i++)
		if (search->tdecq_db[i] < search->tdecq_db[best])
			best = i;
	return best;
}

static gboolean settle(struct step_context *ctx, const double taps[2], const char *how,
                       GError **error)
{
	struct constant_source source = {how, NULL, NAN, NULL};
	gboolean taken;

	return constants_settle(ctx, "fir_pre", step_lane(ctx), taps[0], &source, &taken, error) &&
	       constants_settle(ctx, "fir_post", step_lane(ctx), taps[1], &source, &taken, error);
}

static gboolean tx_fir_calibrate(struct step_context *ctx, GError **error)
{
	double most = step_number(ctx, "most");
	const double low[2] = {-most, -most}, high[2] = {most, most};
	struct search search = {0};
	struct fit_surface surface;
	int lane = step_lane(ctx);
	double start[2], taps[2], best_db, floor_db;
	const char *how = "the best of seven settings around the present one";

	if (!constants_unlock(ctx, error) ||
	    !constants_read(ctx, "fir_pre", lane, &start[0], error) ||
	    !constants_read(ctx, "fir_post", lane, &start[1], error) ||
	    !take_readings(ctx, start, &search, error))
		return FALSE;
	if (search.n == 0) {
		step_note(ctx, "lane %d: FIR left alone: no setting near it has a TDECQ", lane);
		return settle(ctx, start, "kept: nothing near it could be measured", error);
	}
	guint best = best_reading(&search);
	taps[0] = search.pre[best];
	taps[1] = search.post[best];
	best_db = search.tdecq_db[best];
	if (fit_surface(search.pre, search.post, search.tdecq_db, search.n, low, high, &surface,
	                NULL)) {
		if (!look(ctx, surface.least_at[0], surface.least_at[1], &floor_db, error))
			return FALSE;
		if (floor_db < best_db) {
			best_db = floor_db;
			taps[0] = surface.least_at[0];
			taps[1] = surface.least_at[1];
			how = "floor of the surface of second order through seven settings";
		}
	}
	step_measure(ctx, "tx_fir_tecq", lane, best_db, "dB", NAN);
	/* against the present taps, when there they were measured at all */
	if (search.pre[0] == CLAMP(start[0], low[0], high[0]) &&
	    search.post[0] == CLAMP(start[1], low[1], high[1]))
		step_measure(ctx, "tx_fir_gain", lane, search.tdecq_db[0] - best_db, "dB", NAN);
	return settle(ctx, taps, how, error);
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"step", "1", "0.04", "how far around the present taps is looked, as part of full scale"},
	{"most", "1", "0.08",
         "taps are looked for from minus to plus this: more of them takes too much of the swing"},
	{"passes", STEP_COUNT, "1", "sweeps averaged per look", 1, 256},
	{"settle", "s", "50 ms", "from a change to the look"},
	{0},
};

const struct step_def step_tx_fir_calibrate = {
	.name = "tx-fir-calibrate",
	.help = "taps of the transmitter's FIR to the least TECQ, by a surface through seven looks",
	.scope = STEP_LANE,
	.needs = TX_PATH_NEEDS,
	.limit_s = 120,
	.params = params,
	.run = tx_fir_calibrate,
};
