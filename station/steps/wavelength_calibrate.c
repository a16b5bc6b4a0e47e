/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "station/steps/constants.h"
#include "station/steps/steps.h"
#include "station/steps/tx_spectrum.h"

#include <math.h>

#define KNOB       "tec_setpoint"
#define ROUNDS_MAX 8

/*
 * Cooled lasers are tuned together: one temperature for all lanes. It is set so that the lane that
 * is farthest above its nominal wavelength and the one farthest below are equally far away. Laser
 * wavelength follows its temperature nearly straight, so each round divides what is left by the
 * slope; the slope itself is taken from what the last change did.
 */
struct search {
	guint n;
	double degc[ROUNDS_MAX], off_m[ROUNDS_MAX];
};

/* Middle of the largest and the smallest departure of all lanes; NAN in *off_m when one is dark. */
static gboolean look(struct step_context *ctx, double *off_m, GError **error)
{
	double low = INFINITY, high = -INFINITY;

	*off_m = NAN;
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
		struct spectrum_result result;

		if (!tx_spectrum_take(ctx, (int)lane, &result, error))
			return FALSE;
		step_check(ctx, "tx_light", (int)lane, result.n_peaks > 0,
		           "no light around the lane's wavelength");
		if (!result.n_peaks)
			return TRUE;
		double away_m = result.centre_m - step_type(ctx)->wavelength_m[lane - 1];
		low = fmin(low, away_m);
		high = fmax(high, away_m);
	}
	*off_m = (low + high) / 2;
	return TRUE;
}

static double slope_of(const struct step_context *ctx, const struct search *search)
{
	double nominal = step_number(ctx, "slope");
	guint n = search->n;

	if (n < 2 || !(fabs(search->degc[n - 1] - search->degc[n - 2]) > 0.2))
		return nominal;
	double slope = (search->off_m[n - 1] - search->off_m[n - 2]) /
	               (search->degc[n - 1] - search->degc[n - 2]);
	/* a slope that no laser has is noise of small moves */
	return slope > nominal / 3 && slope < nominal * 3 ? slope : nominal;
}

static gboolean tune(struct step_context *ctx, double low_degc, double high_degc,
                     struct search *search, GError **error)
{
	guint rounds = step_count(ctx, "rounds");
	double degc;

	if (!constants_read(ctx, KNOB, 0, &degc, error))
		return FALSE;
	for (;;) {
		double off_m;

		if (!look(ctx, &off_m, error))
			return FALSE;
		if (isnan(off_m))
			return TRUE;
		search->degc[search->n] = degc;
		search->off_m[search->n++] = off_m;
		if (fabs(off_m) <= step_number(ctx, "tolerance") || search->n == rounds)
			return TRUE;
		degc = CLAMP(degc - off_m / slope_of(ctx, search), low_degc, high_degc);
		if (!constants_try(ctx, KNOB, 0, degc, error) ||
		    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error))
			return FALSE;
	}
}

static gboolean wavelength_calibrate(struct step_context *ctx, GError **error)
{
	const struct knob *knob;
	struct search search = {0};
	double low_degc, high_degc;
	gboolean taken;

	if (!knob_map_has(step_knobs(ctx), KNOB)) {
		step_remark(ctx, "the product's lasers are not cooled: no wavelength to set");
		return TRUE;
	}
	knob = knob_map_find(step_knobs(ctx), KNOB, error);
	if (!knob || !constants_unlock(ctx, error))
		return FALSE;
	knob_limits(knob, &low_degc, &high_degc);
	if (!tune(ctx, low_degc, high_degc, &search, error))
		return FALSE;
	if (!search.n)
		return TRUE;
	guint last = search.n - 1;
	struct constant_source source = {"middle of the lanes' departures from their wavelengths",
	                                 NULL, fabs(search.off_m[last]), "m"};
	step_measure(ctx, "cal_wavelength_error", 0, search.off_m[last], "m",
	             step_uncertainty(ctx, INSTRUMENT_WAVELENGTH_METER));
	return constants_settle(ctx, KNOB, 0, search.degc[last], &source, &taken, error);
}

static const struct step_param params[] = {
	TX_SPECTRUM_PARAMS,
	{"slope", "m", "100 pm", "how far a laser's wavelength goes with one degC, to begin with"},
	{"tolerance", "m", "100 pm", "done when the middle of the lanes is this near"},
	{"rounds", STEP_COUNT, "4", "looks at the spectrum at most", 2, ROUNDS_MAX},
	{"settle", "s", "2 s", "from a new temperature to the look"},
	{0},
};

const struct step_def step_wavelength_calibrate = {
	.name = "wavelength-calibrate",
	.help = "temperature of cooled lasers, so that the lanes are in the middle of their "
		"windows",
	.scope = STEP_UNIT,
	.needs = TX_SPECTRUM_NEEDS,
	.limit_s = 240,
	.params = params,
	.run = wavelength_calibrate,
};
