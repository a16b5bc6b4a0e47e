/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "instruments/bert.h"
#include "signal/ber.h"
#include "signal/fec.h"
#include "station/steps/rx_path.h"
#include "station/steps/steps.h"

#include <math.h>

#define POINTS_MAX 24
#define FIT_POINTS 40
/* 400GBASE-R spreads a frame over two interleaved codewords. */
#define FRAME_CODEWORDS 2
#define INPUTS_MAX      (2 * CONFIG_LANES_MAX)

struct lane_points {
	struct ber_point points[POINTS_MAX];
	guint n;
};

/* The error detector inputs of every lane, in the order of the lanes. */
static guint gather_inputs(const struct step_context *ctx, guint *inputs)
{
	guint n = 0;

	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
		const struct config_lane *path = step_path(ctx, (int)lane);
		for (guint i = 0; i < path->n_ed_channels; i++)
			inputs[n++] = path->ed_channels[i];
	}
	return n;
}

/* A lane's counts are those of its host lanes together; no lock on one of them is no count. */
static void add_point(const struct step_context *ctx, int lane, double oma_dbm,
                      const struct bert_count *counts, struct lane_points *out)
{
	struct ber_point *point = &out->points[out->n];
	guint n = step_path(ctx, lane)->n_ed_channels;

	*point = (struct ber_point){.oma_dbm = oma_dbm};
	for (guint i = 0; i < n; i++) {
		if (!counts[i].lock)
			return;
		point->bits += counts[i].bits;
		point->errors += counts[i].errors;
	}
	out->n++;
}

static gboolean take_points(struct step_context *ctx, struct lane_points *lanes, GError **error)
{
	struct instrument *bert = step_instrument(ctx, INSTRUMENT_BERT);
	double from = step_number(ctx, "from"), to = step_number(ctx, "to");
	guint n = step_count(ctx, "points");
	guint inputs[INPUTS_MAX], n_inputs = gather_inputs(ctx, inputs);
	struct bert_count counts[INPUTS_MAX];

	if (!rx_path_set_all_oma(ctx, from, error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
	    !bert_align_inputs(bert, inputs, n_inputs, step_bounds(ctx), error))
		return FALSE;
	for (guint i = 0; i < n; i++) {
		double oma_dbm = from + (to - from) * i / (n - 1);
		guint first = 0;

		if (!rx_path_set_all_oma(ctx, oma_dbm, error) ||
		    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
		    !bert_count(bert, inputs, n_inputs, step_number(ctx, "gate"), counts,
		                step_bounds(ctx), error))
			return FALSE;
		for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
			add_point(ctx, (int)lane, oma_dbm, &counts[first], &lanes[lane - 1]);
			first += step_path(ctx, (int)lane)->n_ed_channels;
		}
		step_progress(ctx, (i + 1.0) / n, "bit error ratios");
	}
	return TRUE;
}

static void series_names(struct record_series *series)
{
	g_free(series->x_name);
	g_free(series->x_unit);
	g_free(series->y_name);
	g_free(series->y_unit);
	series->x_name = g_strdup("OMAouter at the receiver");
	series->x_unit = g_strdup("dBm");
	series->y_name = g_strdup("pre-FEC bit error ratio");
	series->y_unit = g_strdup("1");
}

/* The fit between the first and the last point, with its band where there is one. */
static void record_fit(struct record_series *series, const struct ber_waterfall *fit, double first,
                       double last)
{
	series->marker_x = fit->sensitivity_dbm.value;
	series->x_fit = g_array_new(FALSE, FALSE, sizeof(double));
	series->y_fit = g_array_new(FALSE, FALSE, sizeof(double));
	series->fit_low = g_array_new(FALSE, FALSE, sizeof(double));
	series->fit_high = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; i <= FIT_POINTS; i++) {
		double x = first + (last - first) * i / FIT_POINTS, y = ber_waterfall_at(fit, x);
		double low, high;

		ber_waterfall_band_at(fit, x, &low, &high);
		g_array_append_val(series->x_fit, x);
		g_array_append_val(series->y_fit, y);
		g_array_append_val(series->fit_low, low);
		g_array_append_val(series->fit_high, high);
	}
}

static gboolean record_waterfall(struct step_context *ctx, int lane,
                                 const struct lane_points *taken, const struct ber_waterfall *fit,
                                 double target, GError **error)
{
	struct record_series *series = step_series(ctx, "rx_waterfall", lane);
	double first = taken->points[0].oma_dbm, last = taken->points[taken->n - 1].oma_dbm;

	series_names(series);
	series->y_low = g_array_new(FALSE, FALSE, sizeof(double));
	series->y_high = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; i < taken->n; i++) {
		struct ber_estimate ber;

		if (!ber_from_counts(taken->points[i].bits, taken->points[i].errors, 0.95, &ber,
		                     error))
			return FALSE;
		g_array_append_val(series->x, taken->points[i].oma_dbm);
		g_array_append_val(series->y, ber.ber);
		g_array_append_val(series->y_low, ber.lower);
		g_array_append_val(series->y_high, ber.upper);
	}
	series->line_y = target;
	if (fit->sensitivity_dbm.status == SIGNAL_OK)
		record_fit(series, fit, first, last);
	return TRUE;
}

/* What the errors left at the highest power would cost; the curve is smoother than its points. */
static void report_frame_loss(struct step_context *ctx, int lane, const struct ber_waterfall *fit)
{
	double ber = ber_waterfall_at(fit, step_number(ctx, "from"));
	double loss = fec_frame_loss(fec_codeword_loss(&fec_kp4, ber), FRAME_CODEWORDS);

	step_measure(ctx, "rx_frame_loss", lane, loss, "1", NAN);
	step_note(ctx, "lane %d: frame loss: %s", lane,
	          fec_assumption_text(FEC_INDEPENDENT_SYMBOLS));
}

static gboolean report_lane(struct step_context *ctx, int lane, const struct lane_points *taken,
                            GError **error)
{
	struct ber_waterfall_settings settings;
	struct ber_waterfall fit;

	ber_waterfall_settings_default(&settings);
	settings.target_ber = step_number(ctx, "target_ber");
	settings.power_sigma_db = step_number(ctx, "repeatability");
	if (!ber_waterfall_fit(taken->points, taken->n, &settings, &fit, error) ||
	    !record_waterfall(ctx, lane, taken, &fit, settings.target_ber, error))
		return FALSE;
	if (fit.sensitivity_dbm.status == SIGNAL_OK) {
		step_measure(ctx, "rx_sensitivity", lane, fit.sensitivity_dbm.value, "dBm",
		             hypot(rx_path_uncertainty_db(ctx), 2 * fit.standard_error_db));
		report_frame_loss(ctx, lane, &fit);
	} else {
		step_no_value_by_unit(ctx, "rx_sensitivity", lane, "dBm",
		                      fit.sensitivity_dbm.reason);
	}
	step_check(ctx, "rx_waterfall_fitted", lane, fit.sensitivity_dbm.status == SIGNAL_OK,
	           "no sensitivity: %s",
	           fit.sensitivity_dbm.reason ? fit.sensitivity_dbm.reason : "");
	if (fit.doubt)
		step_note(ctx, "lane %d: waterfall: %s", lane, fit.doubt);
	return TRUE;
}

static gboolean rx_waterfall(struct step_context *ctx, GError **error)
{
	struct lane_points lanes[CONFIG_LANES_MAX] = {0};
	guint locked = 0;

	if (!rx_path_light_on(ctx, error) || !take_points(ctx, lanes, error) ||
	    !rx_path_light_off(ctx, error))
		return FALSE;
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		locked += lanes[l].n > 0;
	if (!locked) {
		/* four receivers do not die at once: it is the light or the error detector */
		station_error_set(error, STATION_ERROR_DATA,
		                  "no lane found its pattern at any power: reference transmitter "
		                  "or error detector");
		return FALSE;
	}
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
		const struct lane_points *taken = &lanes[lane - 1];

		step_check(ctx, "rx_lock", (int)lane, taken->n > 0,
		           "the error detector never found the pattern, on other lanes it did");
		if (taken->n && !report_lane(ctx, (int)lane, taken, error))
			return FALSE;
	}
	return TRUE;
}

static const struct step_param params[] = {
	RX_PATH_PARAMS,
	{"from", "dBm", "-4.5 dBm", "highest OMA; the inputs are aligned there"},
	{"to", "dBm", "-7.75 dBm", "lowest OMA"},
	{"points", STEP_COUNT, "8", "points of the waterfall", 3, 24},
	{"gate", "s", "100 ms", "time to count at each point"},
	{"settle", "s", "100 ms", "from a change of power to counting"},
	{"repeatability", "dB", "0.03 dB", "how well a set power repeats (standard deviation)"},
	{"target_ber", "1", "2.4e-4", "bit error ratio that defines the sensitivity"},
	{0},
};

const struct step_def step_rx_waterfall = {
	.name = "rx-waterfall",
	.help = "bit error ratio against OMA on all lanes, fitted to the sensitivity",
	.scope = STEP_UNIT,
	.needs = RX_PATH_NEEDS,
	.limit_s = 300,
	.params = params,
	.run = rx_waterfall,
};
