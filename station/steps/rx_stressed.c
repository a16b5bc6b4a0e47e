/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "instruments/optical_switch.h"
#include "instruments/scope.h"
#include "station/steps/rx_path.h"
#include "station/steps/rx_points.h"
#include "station/steps/rx_stress.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"

#include <math.h>

/* SECQ of the source that sensitivity is told for [M]. */
#define UNSTRESSED_SECQ_DB 0.9
/* A power is what was asked for within this. */
#define SAME_POWER_DB 0.05
#define SERIES        "rx_stressed_waterfall"

/* Interference and noise that the search begins with and never exceeds; noise beyond this would
 * close any eye. */
static const struct bert_stress most_stress = {.isi = 0.4, .noise = 0.05};

static gboolean set_stress(struct step_context *ctx, int lane, const struct bert_stress *stress,
                           const struct bounds *bounds, GError **error)
{
	return bert_set_stress(step_instrument(ctx, INSTRUMENT_BERT),
	                       step_path(ctx, lane)->ppg_channel, stress, bounds, error);
}

static gboolean remove_stress(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	static const struct bert_stress none = {0};
	gboolean ok = TRUE;

	/* every lane, also when one cannot; the first error is told */
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		ok = set_stress(ctx, (int)l + 1, &none, bounds, ok ? error : NULL) && ok;
	return ok;
}

/* --- calibration of the light ---------------------------------------------------------------- */

struct look {
	struct step_context *ctx;
	int lane;
	const guint8 *symbols;
	gsize n_symbols;
};

/* SECQ is TDECQ of the test's own light, with the type's receiver and no fibre. */
static gboolean measure_secq(const struct bert_stress *stress, double *secq_db, gpointer data,
                             GError **error)
{
	const struct look *look = data;
	struct step_context *ctx = look->ctx;
	struct instrument *scope = step_instrument(ctx, INSTRUMENT_SCOPE);
	guint channel = step_site(ctx)->scope_channel;
	g_autoptr(waveform) wave = NULL;
	struct pam4_settings settings;
	struct pam4_result result;

	if (!set_stress(ctx, look->lane, stress, step_bounds(ctx), error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error))
		return FALSE;
	wave = scope_acquire_waveform(scope, channel, 1, step_bounds(ctx), error);
	if (!wave)
		return FALSE;
	pam4_settings_default(&settings);
	tx_path_settings(step_type(ctx), TX_DIRECT, &settings.tdecq);
	settings.tdecq.stop = step_bounds(ctx)->cancellable;
	settings.with_tdecq = TRUE;
	settings.with_eye = FALSE;
	if (!pam4_measure(wave, look->symbols, look->n_symbols, &settings, &result, error)) {
		g_prefix_error(error, "lane %d: stressed light: ", look->lane);
		return FALSE;
	}
	/* no value of an eye that is closed, and of nothing else here */
	*secq_db = result.tdecq_db.status == SIGNAL_OK ? result.tdecq_db.value : INFINITY;
	return TRUE;
}

static gboolean aim_scope(struct step_context *ctx, int lane, GError **error)
{
	const struct optical_type *type = step_type(ctx);
	const struct config_site *site = step_site(ctx);
	const struct scope_setup setup = {
		.symbol_rate_bd = type->symbol_rate_bd,
		.pattern_symbols = (gsize)pattern_period(PATTERN_SSPRQ),
		.samples_per_symbol = step_count(ctx, "samples_per_symbol"),
		.filter_bandwidth_hz = tx_path_bandwidth_hz(type, TX_DIRECT),
		.wavelength_m = type->wavelength_m[lane - 1],
	};

	return optical_switch_route(step_instrument(ctx, INSTRUMENT_OPTICAL_SWITCH),
	                            site->switch_module, step_path(ctx, lane)->stress_channel,
	                            step_bounds(ctx), error) &&
	       scope_configure(step_instrument(ctx, INSTRUMENT_SCOPE), site->scope_channel, &setup,
	                       step_bounds(ctx), error);
}

/* Shutters stay closed meanwhile. A light that cannot be made is the station's. */
static gboolean calibrate_lane(struct step_context *ctx, struct look *look,
                               const struct bert_stress *guess, struct bert_stress *stress,
                               GError **error)
{
	const struct rx_stress_problem problem = {
		.target_db = step_type(ctx)->secq_db,
		.tolerance_db = step_number(ctx, "tolerance"),
		.most = most_stress,
		.guess = *guess,
		.measurements = step_count(ctx, "measurements"),
		.measure = measure_secq,
		.data = look,
	};
	struct rx_stress_result result;

	if (!aim_scope(ctx, look->lane, error) || !rx_stress_find(&problem, &result, error))
		return FALSE;
	if (!result.converged) {
		station_error_set(error, STATION_ERROR_INSTRUMENT,
		                  "lane %d: the stressed light was not found in %u measurements: "
		                  "%s",
		                  look->lane, result.measurements, result.why);
		return FALSE;
	}
	*stress = result.stress;
	step_measure(ctx, "rx_secq", look->lane, result.secq_db, "dB",
	             step_number(ctx, "secq_uncertainty"));
	step_remark(ctx, "lane %d: stressed light: post-cursor %.4f, noise %.4f of the swing",
	            look->lane, result.stress.isi, result.stress.noise);
	return TRUE;
}

static gboolean calibrate_light(struct step_context *ctx, struct bert_stress *stress,
                                GError **error)
{
	struct bert_stress guess = {0};
	gsize n;
	g_autofree guint8 *symbols = pattern_symbols(PATTERN_SSPRQ, &n, error);

	/* a generator that cannot have stress says so before anything is on */
	if (!symbols || !remove_stress(ctx, step_bounds(ctx), error) ||
	    !rx_path_pattern_on(ctx, BERT_PATTERN_SSPRQ, error))
		return FALSE;
	step_undo(ctx, 1u << INSTRUMENT_BERT, "stress off", remove_stress);
	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		struct look look = {ctx, (int)l + 1, symbols, n};

		step_progress(ctx, 0.5 * l / step_n_lanes(ctx), "stressed light");
		if (!calibrate_lane(ctx, &look, &guess, &stress[l], error))
			return FALSE;
		guess = stress[l]; /* the next transmitter is much like this one */
	}
	return TRUE;
}

/* --- the receivers --------------------------------------------------------------------------- */

/* The lane at its strongest, and the others as strong as the type wants them, as far as path and
 * receivers allow; where it does not say, as strong as the lane itself. */
static gboolean set_powers(struct step_context *ctx, int lane, double own_dbm, GError **error)
{
	double wanted_dbm = step_type(ctx)->aggressor_oma_dbm;
	double oma_dbm[CONFIG_LANES_MAX];

	for (guint other = 1; other <= step_n_lanes(ctx); other++) {
		double most_dbm = rx_path_most_oma_dbm(ctx, (int)other);

		oma_dbm[other - 1] = fmin(isnan(wanted_dbm) ? own_dbm : wanted_dbm, most_dbm);
	}
	oma_dbm[lane - 1] = own_dbm;
	return rx_path_set_omas(ctx, oma_dbm, error);
}

/* What the others are short of, once for all lanes; nothing for a type that does not say. */
static void note_others(struct step_context *ctx)
{
	double wanted_dbm = step_type(ctx)->aggressor_oma_dbm, least_dbm = INFINITY;

	for (guint l = 0; l < step_n_lanes(ctx); l++)
		least_dbm = fmin(least_dbm, rx_path_most_oma_dbm(ctx, (int)l + 1));
	if (least_dbm < wanted_dbm - SAME_POWER_DB)
		step_remark(ctx,
		            "lanes not under test are at %.2f dBm OMA, not at %.2f dBm: no more "
		            "can "
		            "be given",
		            least_dbm, wanted_dbm);
}

static gboolean take_even(struct step_context *ctx, int lane, double from_dbm,
                          struct rx_points *points, GError **error)
{
	double range_db = step_number(ctx, "to") - step_number(ctx, "from");
	guint n = step_count(ctx, "points");

	for (guint i = 0; i < n; i++) {
		struct rx_count counts[CONFIG_LANES_MAX];
		double oma_dbm = from_dbm + range_db * i / (n - 1);

		if (!rx_path_set_oma(ctx, lane, oma_dbm, error) ||
		    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
		    !rx_points_count(ctx, step_number(ctx, "gate"), counts, error))
			return FALSE;
		rx_points_add(ctx, lane, SERIES, points, oma_dbm, &counts[lane - 1]);
	}
	return TRUE;
}

static gboolean take_placed(struct step_context *ctx, int lane, double from_dbm,
                            struct rx_points *points, GError **error)
{
	double range_db = step_number(ctx, "to") - step_number(ctx, "from");
	guint most = step_count(ctx, "points"), taken = 0;
	double oma_dbm = from_dbm, used_s = 0.0;
	struct ber_placement placement;

	rx_points_placement(ctx, from_dbm, from_dbm + range_db, &placement);
	do {
		struct rx_count counts[CONFIG_LANES_MAX];

		if (!rx_path_set_oma(ctx, lane, oma_dbm, error) ||
		    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
		    !rx_points_count_parts(ctx, &placement, counts, &used_s, error))
			return FALSE;
		rx_points_add(ctx, lane, SERIES, points, oma_dbm, &counts[lane - 1]);
		taken++;
		/* a lane without lock is looked for at all powers */
		if (points->n == 0)
			oma_dbm = from_dbm + range_db * taken / (most - 1);
	} while (taken < most && (points->n == 0 || ber_placement_next(&placement, points->points,
	                                                               points->n, &oma_dbm)));
	rx_points_sort(points);
	step_remark(ctx, "lane %d: " SERIES ": %u powers of %u, %.3f s counted of %.3f s", lane,
	            taken, most, used_s, most * step_number(ctx, "gate"));
	return TRUE;
}

static gboolean take_points(struct step_context *ctx, int lane, double from_dbm,
                            struct rx_points *points, GError **error)
{
	gboolean placed;

	return rx_points_are_placed(ctx, &placed, error) &&
	       (placed ? take_placed(ctx, lane, from_dbm, points, error)
	               : take_even(ctx, lane, from_dbm, points, error));
}

static gboolean report_lane(struct step_context *ctx, int lane, const struct rx_points *points,
                            GError **error)
{
	const struct rx_points_report report = {
		.value_id = "rx_stressed",
		.series_id = SERIES,
		.check_id = "rx_stressed_fitted",
		.target_ber = step_type(ctx)->ber_limit,
		.repeatability_db = step_number(ctx, "repeatability"),
		/* an optical dB of SECQ is one of power */
		.extra_db =
			hypot(step_number(ctx, "secq_uncertainty"), step_number(ctx, "tolerance")),
	};
	struct ber_waterfall fit;

	step_check(ctx, "rx_stressed_lock", lane, points->n > 0,
	           "the error detector never found the pattern in stressed light");
	return points->n == 0 || rx_points_fit(ctx, lane, points, &report, &fit, error);
}

static gboolean test_lane(struct step_context *ctx, int lane, const struct bert_stress *stress,
                          GError **error)
{
	static const struct bert_stress none = {0};
	double from_dbm = step_number(ctx, "from") + step_type(ctx)->secq_db - UNSTRESSED_SECQ_DB;
	struct rx_points points = {0};
	gboolean aligned;

	if (!set_stress(ctx, lane, stress, step_bounds(ctx), error) ||
	    !set_powers(ctx, lane, from_dbm, error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error) ||
	    !rx_points_align_lane(ctx, lane, &aligned, error))
		return FALSE;
	if (aligned && !take_points(ctx, lane, from_dbm, &points, error))
		return FALSE;
	return set_stress(ctx, lane, &none, step_bounds(ctx), error) &&
	       report_lane(ctx, lane, &points, error);
}

/* Why there is nothing to be done; null when there is. */
static const char *why_not(struct step_context *ctx)
{
	if (isnan(step_type(ctx)->secq_db))
		return "the type does not say which SECQ";
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		if (!step_path(ctx, (int)l + 1)->stress_channel)
			return "the site has no stress_channel";
	return NULL;
}

static gboolean rx_stressed(struct step_context *ctx, GError **error)
{
	struct bert_stress stress[CONFIG_LANES_MAX] = {0};
	const char *reason = why_not(ctx);

	if (reason) {
		step_note(ctx, "stressed sensitivity not measured: %s", reason);
		return TRUE;
	}
	if (!scope_require_waveforms(step_instrument(ctx, INSTRUMENT_SCOPE), error) ||
	    !bert_require_stress(step_instrument(ctx, INSTRUMENT_BERT), error) ||
	    !calibrate_light(ctx, stress, error) || !rx_path_light_on(ctx, error))
		return FALSE;
	note_others(ctx);
	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		step_progress(ctx, 0.5 + 0.5 * l / step_n_lanes(ctx), "stressed receiver");
		if (!test_lane(ctx, (int)l + 1, &stress[l], error))
			return FALSE;
	}
	return rx_path_light_off(ctx, error);
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"tolerance", "dB", "0.1 dB", "how near SECQ has to come to the type's"},
	{"measurements", STEP_COUNT, "16", "of SECQ for a lane, at most", 3, 64},
	{"secq_uncertainty", "dB", "0.2 dB", "expanded uncertainty of SECQ as measured"},
	{"from", "dBm", "-4.5 dBm",
         "highest OMA for a source without stress (SECQ 0.9 dB): all powers are raised by what the "
         "type's SECQ has more"},
	{"to", "dBm", "-7.75 dBm", "lowest OMA, likewise"},
	{"points", STEP_COUNT, "6", "points of each waterfall; at most, where they are placed", 3,
         RX_POINTS_MAX},
	RX_POINTS_PLACEMENT_PARAMS,
	{"gate", "s", "100 ms", "time to count at each point"},
	{"least_gate", "s", "10 ms", "the same at least, where points are placed"},
	{"burst", "1", "10", "errors that come together at most"},
	{"settle", "s", "100 ms", "from a change of light to counting"},
	{"repeatability", "dB", "0.03 dB", "how well a set power repeats (standard deviation)"},
	{0},
};

const struct step_def step_rx_stressed = {
	.name = "rx-stressed",
	.help = "stressed receiver sensitivity of each lane, the others as strong as they may be; "
		"the "
		"light is brought to the type's SECQ first",
	.scope = STEP_UNIT,
	.needs = RX_PATH_NEEDS | (1u << INSTRUMENT_SCOPE) | (1u << INSTRUMENT_OPTICAL_SWITCH),
	.limit_s = 600,
	.params = params,
	.run = rx_stressed,
};
