/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "signal/fec.h"
#include "station/steps/ber_gates.h"
#include "station/steps/rx_path.h"
#include "station/steps/rx_points.h"
#include "station/steps/steps.h"

#include <math.h>

/* 400GBASE-R spreads a frame over two interleaved codewords. */
#define FRAME_CODEWORDS 2
/* A power is what was asked for within this. */
#define SAME_POWER_DB 0.05

#define SERIES "rx_waterfall"

struct overload {
	gboolean tried;
	double oma_dbm[CONFIG_LANES_MAX]; /* that was given */
	struct ber_gate lanes[CONFIG_LANES_MAX];
	struct ber_gates gates;
};

static gboolean settle(struct step_context *ctx, GError **error)
{
	return clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error);
}

/* --- points ---------------------------------------------------------------------------------- */

static double even_dbm(struct step_context *ctx, guint i)
{
	double from_dbm = step_number(ctx, "from"), to_dbm = step_number(ctx, "to");

	return from_dbm + (to_dbm - from_dbm) * i / (step_count(ctx, "points") - 1);
}

static gboolean take_even(struct step_context *ctx, struct rx_points *lanes, GError **error)
{
	guint n = step_count(ctx, "points");

	for (guint i = 0; i < n; i++) {
		double oma_dbm = even_dbm(ctx, i);
		struct rx_count counts[CONFIG_LANES_MAX];

		if (!rx_path_set_all_oma(ctx, oma_dbm, error) || !settle(ctx, error) ||
		    !rx_points_count(ctx, step_number(ctx, "gate"), counts, error))
			return FALSE;
		for (guint l = 0; l < step_n_lanes(ctx); l++)
			rx_points_add(ctx, (int)l + 1, SERIES, &lanes[l], oma_dbm, &counts[l]);
		step_progress(ctx, (i + 1.0) / n, "bit error ratios");
	}
	return TRUE;
}

/* Lanes that are to be looked at further, each where it tells most; a lane that has had no lock yet
 * is looked for at all powers. FALSE: none. */
static gboolean place_lanes(struct step_context *ctx, const struct ber_placement *placement,
                            const struct rx_points *lanes, guint taken, double *oma_dbm,
                            gboolean *open)
{
	gboolean any = FALSE;

	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		if (lanes[l].n == 0 && taken < step_count(ctx, "points"))
			oma_dbm[l] = even_dbm(ctx, taken);
		else
			open[l] = open[l] && ber_placement_next(placement, lanes[l].points,
			                                        lanes[l].n, &oma_dbm[l]);
		any = any || open[l];
	}
	return any;
}

static void remark_placed(struct step_context *ctx, const struct rx_points *lanes, guint taken,
                          double used_s)
{
	g_autoptr(GString) points = g_string_new(NULL);

	for (guint l = 0; l < step_n_lanes(ctx); l++)
		g_string_append_printf(points, "%s%u", l ? ", " : "", lanes[l].n);
	step_measure(ctx, "rx_waterfall_gate", 0, used_s, "s", NAN);
	step_remark(ctx,
	            SERIES ": %u powers of %u, points of the lanes: %s; %.3f s counted of %.3f s; "
	                   "placed for a standard error of %g dB",
	            taken, step_count(ctx, "points"), points->str, used_s,
	            step_count(ctx, "points") * step_number(ctx, "gate"),
	            step_number(ctx, "fit_error"));
}

/* All lanes are counted at once; those that are known well enough stay where they are. */
static gboolean take_placed(struct step_context *ctx, struct rx_points *lanes, GError **error)
{
	guint most = step_count(ctx, "points"), taken = 0;
	double oma_dbm[CONFIG_LANES_MAX], used_s = 0.0;
	gboolean open[CONFIG_LANES_MAX];
	struct ber_placement placement;

	rx_points_placement(ctx, step_number(ctx, "from"), step_number(ctx, "to"), &placement);
	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		oma_dbm[l] = step_number(ctx, "from");
		open[l] = TRUE;
	}
	do {
		struct rx_count counts[CONFIG_LANES_MAX];

		/* at first the light is there already */
		if ((taken > 0 &&
		     (!rx_path_set_omas(ctx, oma_dbm, error) || !settle(ctx, error))) ||
		    !rx_points_count_parts(ctx, &placement, counts, &used_s, error))
			return FALSE;
		taken++;
		for (guint l = 0; l < step_n_lanes(ctx); l++)
			if (open[l])
				rx_points_add(ctx, (int)l + 1, SERIES, &lanes[l], oma_dbm[l],
				              &counts[l]);
		step_progress(ctx, (double)taken / most, "bit error ratios");
	} while (place_lanes(ctx, &placement, lanes, taken, oma_dbm, open) && taken < most);
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		rx_points_sort(&lanes[l]);
	remark_placed(ctx, lanes, taken, used_s);
	return TRUE;
}

static gboolean take_points(struct step_context *ctx, struct rx_points *lanes, GError **error)
{
	gboolean placed;

	return rx_points_are_placed(ctx, &placed, error) &&
	       (placed ? take_placed(ctx, lanes, error) : take_even(ctx, lanes, error));
}

/* --- overload -------------------------------------------------------------------------------- */

/* As much of the power asked for as the path can give and the receiver may get. */
static gboolean try_overload(struct step_context *ctx, struct overload *overload, GError **error)
{
	double wanted_dbm = step_number(ctx, "overload");

	overload->tried = wanted_dbm > step_number(ctx, "from");
	if (!overload->tried)
		return TRUE;
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		overload->oma_dbm[l] = fmin(wanted_dbm, rx_path_most_oma_dbm(ctx, (int)l + 1));
	return rx_path_set_omas(ctx, overload->oma_dbm, error) && settle(ctx, error) &&
	       ber_gates_count(ctx, &overload->gates, step_type(ctx)->ber_limit, 0.0,
	                       overload->lanes, error);
}

/* The overload itself lies somewhere above: the value is the power at which there was none. */
static void report_overload(struct step_context *ctx, const struct overload *overload, guint l)
{
	const struct ber_gate *gate = &overload->lanes[l];
	double wanted_dbm = step_number(ctx, "overload");
	int lane = (int)l + 1;

	if (!overload->tried)
		return;
	if (gate->end != BER_GATE_NO_LOCK)
		step_measure(ctx, "rx_ber_overload", lane,
		             (double)gate->errors / (double)gate->bits, "1", NAN);
	else
		step_no_value_by_unit(ctx, "rx_ber_overload", lane, "1",
		                      "the error detector lost the pattern");
	if (overload->oma_dbm[l] < wanted_dbm - SAME_POWER_DB)
		return; /* told once for all lanes */
	if (gate->decision == BER_PASS)
		step_measure(ctx, "rx_overload", lane, overload->oma_dbm[l], "dBm",
		             rx_path_uncertainty_db(ctx));
	else
		step_no_value_by_unit(ctx, "rx_overload", lane, "dBm",
		                      "too many errors at the highest power");
}

/* --- report ---------------------------------------------------------------------------------- */

/* What the errors left at the highest power would cost; the curve is smoother than its points. */
static void report_frame_loss(struct step_context *ctx, int lane, const struct ber_waterfall *fit)
{
	double ber = ber_waterfall_at(fit, step_number(ctx, "from"));
	double loss = fec_frame_loss(fec_codeword_loss(&fec_kp4, ber), FRAME_CODEWORDS);

	step_measure(ctx, "rx_frame_loss", lane, loss, "1", NAN);
}

static gboolean report_lane(struct step_context *ctx, int lane, const struct rx_points *taken,
                            GError **error)
{
	const struct rx_points_report report = {
		.value_id = "rx_sensitivity",
		.series_id = SERIES,
		.check_id = "rx_waterfall_fitted",
		.target_ber = step_type(ctx)->ber_limit,
		.repeatability_db = step_number(ctx, "repeatability"),
	};
	struct ber_waterfall fit;

	if (!rx_points_fit(ctx, lane, taken, &report, &fit, error))
		return FALSE;
	if (fit.sensitivity_dbm.status == SIGNAL_OK)
		report_frame_loss(ctx, lane, &fit);
	return TRUE;
}

static gboolean report(struct step_context *ctx, const struct rx_points *lanes,
                       const struct overload *overload, GError **error)
{
	guint locked = 0;

	for (guint l = 0; l < step_n_lanes(ctx); l++)
		locked += lanes[l].n > 0 ? 1 : 0;
	if (!locked) {
		/* all receivers do not die at once: it is the light or the error detector */
		station_error_set(error, STATION_ERROR_DATA,
		                  "no lane found its pattern at any power: reference transmitter "
		                  "or error detector");
		return FALSE;
	}
	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		step_check(ctx, "rx_lock", (int)l + 1, lanes[l].n > 0,
		           "the error detector never found the pattern, on other lanes it did");
		if (!lanes[l].n)
			continue;
		if (!report_lane(ctx, (int)l + 1, &lanes[l], error))
			return FALSE;
		report_overload(ctx, overload, l);
	}
	ber_gates_report(ctx, &overload->gates, "rx_overload_gate");
	return TRUE;
}

/* What holds for all lanes. */
static void note(struct step_context *ctx, const struct overload *overload)
{
	double wanted_dbm = step_number(ctx, "overload"), least_dbm = INFINITY;

	step_remark(ctx, "frame loss: %s", fec_assumption_text(FEC_INDEPENDENT_SYMBOLS));
	for (guint l = 0; overload->tried && l < step_n_lanes(ctx); l++)
		least_dbm = fmin(least_dbm, overload->oma_dbm[l]);
	if (least_dbm < wanted_dbm - SAME_POWER_DB)
		step_remark(ctx,
		            "overload looked for at %.2f dBm OMA, not at %.2f dBm: no more can be "
		            "given",
		            least_dbm, wanted_dbm);
}

static gboolean rx_waterfall(struct step_context *ctx, GError **error)
{
	struct rx_points lanes[CONFIG_LANES_MAX] = {0};
	gboolean aligned[CONFIG_LANES_MAX];
	struct overload overload = {0};

	if (!rx_path_light_on(ctx, error) ||
	    !rx_path_set_all_oma(ctx, step_number(ctx, "from"), error) || !settle(ctx, error) ||
	    !rx_points_align(ctx, aligned, error) || !take_points(ctx, lanes, error) ||
	    !try_overload(ctx, &overload, error) || !rx_path_light_off(ctx, error) ||
	    !report(ctx, lanes, &overload, error))
		return FALSE;
	note(ctx, &overload);
	return TRUE;
}

static const struct step_param params[] = {
	{"from", "dBm", "-4.5 dBm", "highest OMA; the inputs are aligned there"},
	{"to", "dBm", "-7.75 dBm", "lowest OMA"},
	{"points", STEP_COUNT, "8", "points of the waterfall; at most, where they are placed", 3,
         RX_POINTS_MAX},
	RX_POINTS_PLACEMENT_PARAMS,
	{"gate", "s", "100 ms",
         "time to count at each point, and at most where overload is looked for"},
	BER_GATE_PARAMS,
	{"settle", "s", "100 ms", "from a change of power to counting"},
	{"repeatability", "dB", "0.03 dB", "how well a set power repeats (standard deviation)"},
	{"overload", "dBm", "4.2 dBm",
         "OMA at which overload is looked for, as far as the path can give it and the receiver may "
         "get it; not above `from`: not looked for"},
	{0},
};

const struct step_def step_rx_waterfall = {
	.name = "rx-waterfall",
	.help = "bit error ratio against OMA on all lanes, fitted to the sensitivity at the type's "
		"bit error ratio; then errors at the highest power",
	.scope = STEP_UNIT,
	.needs = RX_PATH_NEEDS,
	.limit_s = 300,
	.params = params,
	.run = rx_waterfall,
};
