/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/tx_spectrum.h"

#include "instruments/optical_switch.h"
#include "station/steps/steps.h"

#include <math.h>

/*
 * The laser's spectrum: its wavelength, and what the fibre asks for besides: of a single mode how
 * far the others are below it, of a multimode laser how wide they are together.
 */

/*
 * Behind a demultiplexer the neighbours' light is not quite gone, and would be taken for side
 * modes: of them nothing may be within the span.
 */
static double free_span_m(const struct step_context *ctx, int lane, double span)
{
	const double *wavelength_m = step_type(ctx)->wavelength_m;

	for (guint i = 0; i < step_n_lanes(ctx); i++) {
		double away_m = fabs(wavelength_m[i] - wavelength_m[lane - 1]);
		if (away_m > 0)
			span = fmin(span, away_m);
	}
	return span;
}

gboolean tx_spectrum_take_over(struct step_context *ctx, int lane, double span_m,
                               double resolution_m, struct spectrum_result *result, GError **error)
{
	struct instrument *meter = step_instrument(ctx, INSTRUMENT_WAVELENGTH_METER);
	const struct spectrum_setup setup = {
		.centre_m = step_type(ctx)->wavelength_m[lane - 1],
		.span_m = free_span_m(ctx, lane, span_m),
		.resolution_m = resolution_m,
	};

	return optical_switch_route(step_instrument(ctx, INSTRUMENT_OPTICAL_SWITCH),
	                            step_site(ctx)->switch_module,
	                            step_path(ctx, lane)->switch_channel, step_bounds(ctx),
	                            error) &&
	       wavelength_meter_configure(meter, &setup, step_bounds(ctx), error) &&
	       wavelength_meter_measure(meter, result, step_bounds(ctx), error);
}

gboolean tx_spectrum_take(struct step_context *ctx, int lane, struct spectrum_result *result,
                          GError **error)
{
	return tx_spectrum_take_over(ctx, lane, step_number(ctx, "span"),
	                             step_number(ctx, "resolution"), result, error);
}

/* A lane whose light is not there, or not within the span. */
static void report_dark(struct step_context *ctx, const char *id, const char *unit)
{
	step_no_value_by_unit(ctx, id, step_lane(ctx), unit,
	                      "no light around the lane's wavelength");
}

static gboolean tx_spectrum(struct step_context *ctx, GError **error)
{
	gboolean multimode = step_type(ctx)->fibre == TYPE_MMF;
	int lane = step_lane(ctx);
	struct spectrum_result result;

	if (!wavelength_meter_require(step_instrument(ctx, INSTRUMENT_WAVELENGTH_METER),
	                              multimode ? SPECTRUM_WIDTH : SPECTRUM_SMSR, error))
		return FALSE;
	if (!tx_spectrum_take(ctx, lane, &result, error))
		return FALSE;
	if (result.n_peaks == 0) {
		report_dark(ctx, "tx_wavelength", "m");
		if (multimode)
			report_dark(ctx, "tx_rms_width", "m");
		else
			report_dark(ctx, "tx_smsr", "dB");
		return TRUE;
	}
	step_measure(ctx, "tx_wavelength", lane, result.centre_m, "m",
	             step_uncertainty(ctx, INSTRUMENT_WAVELENGTH_METER));
	if (multimode)
		step_measure(ctx, "tx_rms_width", lane, result.rms_width_m, "m",
		             step_number(ctx, "width_uncertainty"));
	else
		step_measure(ctx, "tx_smsr", lane, result.smsr_db, "dB",
		             step_number(ctx, "smsr_uncertainty"));
	return TRUE;
}

static gboolean may_go_ahead(const struct step_context *ctx)
{
	return TRUE;
}

static const struct step_param params[] = {
	TX_SPECTRUM_PARAMS,
	{"smsr_uncertainty", "dB", "1.0 dB", "expanded uncertainty (k = 2) of the SMSR"},
	{"width_uncertainty", "m", "10 pm", "expanded uncertainty (k = 2) of the RMS width"},
	{0},
};

const struct step_def step_tx_spectrum = {
	.name = "tx-spectrum",
	.help = "wavelength, and side-mode suppression (SMF) or RMS spectral width (MMF) of a lane",
	.scope = STEP_LANE,
	.needs = TX_SPECTRUM_NEEDS,
	.limit_s = 120,
	.may_go_ahead = may_go_ahead,
	.params = params,
	.run = tx_spectrum,
};
