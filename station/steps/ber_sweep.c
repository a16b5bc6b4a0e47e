/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "base/unit.h"
#include "instruments/bert.h"
#include "signal/ber.h"
#include "station/steps/ber_gates.h"
#include "station/steps/rx_path.h"
#include "station/steps/rx_points.h"
#include "station/steps/sweep.h"
#include "station/steps/readings.h"

#include <math.h>
#include <string.h>

/*
 * Bit error ratio of all lanes over one or two of received power, pattern, host swing, supply and
 * temperature. The values of y are cases, each with a waterfall of its own.
 */

#define CONFIDENCE 0.95
#define FIT_POINTS 40
#define SERIES     "ber_sweep_waterfall"

struct tally {
	guint64 bits, errors; /* no bits: not measured, or no lock */
};

struct ber_sweep {
	struct sweep sweep;
	gboolean aligned[CONFIG_LANES_MAX];
	struct tally *tallies; /* by lane and point */
	struct ber_gates gates;
};

static struct tally *tally_at(const struct ber_sweep *bers, guint l, guint point)
{
	return &bers->tallies[l * sweep_points(&bers->sweep) + point];
}

static gboolean is_over_power(const struct ber_sweep *bers)
{
	return bers->sweep.axis[0].kind == SWEEP_POWER ||
	       bers->sweep.axis[0].kind == SWEEP_ATTENUATION;
}

/* --- light ------------------------------------------------------------------------------------ */

static double oma_dbm(struct step_context *ctx, const struct ber_sweep *bers, int lane, guint i)
{
	const struct sweep_axis *x = &bers->sweep.axis[0];

	if (x->kind == SWEEP_POWER)
		return x->value[i];
	if (x->kind == SWEEP_ATTENUATION)
		return rx_path_most_oma_dbm(ctx, lane) - x->value[i];
	return step_number(ctx, "oma");
}

static gboolean set_power(struct step_context *ctx, const struct ber_sweep *bers, guint i,
                          GError **error)
{
	double omas_dbm[CONFIG_LANES_MAX];

	for (guint l = 0; l < step_n_lanes(ctx); l++)
		omas_dbm[l] = oma_dbm(ctx, bers, (int)l + 1, i);
	return rx_path_set_omas(ctx, omas_dbm, error) &&
	       clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error);
}

/* Where the most light is: there inputs are aligned. */
static guint brightest(struct step_context *ctx, const struct ber_sweep *bers)
{
	guint best = 0;

	for (guint i = 1; is_over_power(bers) && i < bers->sweep.axis[0].n; i++)
		if (oma_dbm(ctx, bers, 1, i) > oma_dbm(ctx, bers, 1, best))
			best = i;
	return best;
}

/* Nothing may be sent or received above what a lane can be given, at whatever point. */
static gboolean check_powers(struct step_context *ctx, const struct ber_sweep *bers, GError **error)
{
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
		double most_dbm = rx_path_most_oma_dbm(ctx, (int)lane);
		double wanted_dbm = oma_dbm(ctx, bers, (int)lane, brightest(ctx, bers));

		if (wanted_dbm <= most_dbm)
			continue;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: %.2f dBm OMA is more than lane %u can be given, %.2f dBm",
		                  is_over_power(bers) ? "x" : "oma", wanted_dbm, lane, most_dbm);
		return FALSE;
	}
	return TRUE;
}

/* --- a point ---------------------------------------------------------------------------------- */

/* Inputs of lanes without a pattern stay out until the next case. */
static gboolean align(struct step_context *ctx, struct ber_sweep *bers, GError **error)
{
	GError *local = NULL;

	if (!set_power(ctx, bers, brightest(ctx, bers), error))
		return FALSE;
	if (rx_points_align(ctx, bers->aligned, &local))
		return TRUE;
	memset(bers->aligned, 0, sizeof bers->aligned);
	if (!g_error_matches(local, STATION_ERROR, STATION_ERROR_DATA)) {
		g_propagate_error(error, local);
		return FALSE;
	}
	step_note(ctx, "sweep of bit error ratios: %s", local->message);
	g_error_free(local);
	return TRUE;
}

/* Whether a lane needs no more gates: decided, and for a bad one there are errors in plenty. */
static gboolean add_gate(struct step_context *ctx, struct tally *tally, struct rx_count *count,
                         struct ber_gate *gate, gboolean *done, GError **error)
{
	if (!ber_gate_add(gate, count->bits, count->errors, count->lock, FALSE, error))
		return FALSE;
	if (gate->end == BER_GATE_NO_LOCK) {
		*tally = (struct tally){0};
		*done = TRUE;
		return TRUE;
	}
	*tally = (struct tally){gate->bits, gate->errors};
	*done = gate->end == BER_GATE_CERTAIN && gate->errors >= step_count(ctx, "errors");
	return TRUE;
}

static gboolean start_gates(struct step_context *ctx, struct ber_gate_settings *settings,
                            struct ber_gate *lanes, gboolean *early, GError **error)
{
	if (!ber_gates_settings(ctx, step_type(ctx)->ber_limit, settings, early, error))
		return FALSE;
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		if (!ber_gate_init(&lanes[l], settings, error))
			return FALSE;
	return TRUE;
}

/* Gates until every lane is told from the limit and has enough errors, or there were enough gates.
 */
static gboolean count_point(struct step_context *ctx, struct ber_sweep *bers, guint point,
                            GError **error)
{
	struct ber_gate lanes[CONFIG_LANES_MAX];
	gboolean done[CONFIG_LANES_MAX], early, all = FALSE;
	guint gates = 0;

	if (!start_gates(ctx, &bers->gates.settings, lanes, &early, error))
		return FALSE;
	for (guint l = 0; l < step_n_lanes(ctx); l++)
		done[l] = !bers->aligned[l];
	for (; gates < step_count(ctx, "gates") && !(early && all); gates++) {
		struct rx_count counts[CONFIG_LANES_MAX];

		if (!rx_points_count(ctx, step_number(ctx, "gate"), counts, error))
			return FALSE;
		all = TRUE;
		for (guint l = 0; l < step_n_lanes(ctx); l++) {
			if (!(early && done[l]) && bers->aligned[l] &&
			    !add_gate(ctx, tally_at(bers, l, point), &counts[l], &lanes[l],
			              &done[l], error))
				return FALSE;
			all = all && done[l];
		}
	}
	ber_gates_keep(ctx, &bers->gates, lanes, gates * step_number(ctx, "gate"),
	               step_count(ctx, "gates") * step_number(ctx, "gate"));
	return TRUE;
}

/* Patterns have no place of their own on an axis: they are numbered as in the plan. */
static double place_of(const struct sweep_axis *x, guint i)
{
	return x->kind == SWEEP_PATTERN ? i + 1 : x->value[i];
}

static void show_point(struct step_context *ctx, const struct ber_sweep *bers,
                       const struct sweep_point *point)
{
	const struct sweep_axis *x = &bers->sweep.axis[0], *y = &bers->sweep.axis[1];
	g_autofree char *label = sweep_value_text(y, point->at[1]);
	g_autofree char *series = g_strdup_printf(SERIES "%s%s", *label ? " " : "", label);
	const struct rx_points_place place = {series, x->name, x->unit, place_of(x, point->at[0])};

	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		const struct tally *tally = tally_at(bers, l, sweep_index(&bers->sweep, point));
		rx_points_show(ctx, (int)l + 1, &place, tally->bits, tally->errors);
	}
}

static gboolean measure(struct step_context *ctx, const struct sweep *sweep,
                        const struct sweep_point *point, guint changed, gpointer data,
                        GError **error)
{
	struct ber_sweep *bers = data;
	gboolean is_case = FALSE;

	for (guint a = 0; a < 2; a++) {
		const struct sweep_axis *axis = &sweep->axis[a];

		if (!(changed >> a & 1))
			continue;
		is_case = is_case || a == 1 || !is_over_power(bers);
		if (axis->kind == SWEEP_PATTERN &&
		    !rx_path_pattern_on(ctx, (enum bert_pattern)axis->value[point->at[a]], error))
			return FALSE;
	}
	if ((is_case && !align(ctx, bers, error)) || !set_power(ctx, bers, point->at[0], error) ||
	    !count_point(ctx, bers, sweep_index(sweep, point), error))
		return FALSE;
	show_point(ctx, bers, point);
	return TRUE;
}

/* --- report ----------------------------------------------------------------------------------- */

static char *name_of_x(const struct sweep_axis *x)
{
	g_autoptr(GString) name = g_string_new(x->name);

	for (guint i = 0; x->kind == SWEEP_PATTERN && i < x->n; i++) {
		g_autofree char *value = sweep_value_text(x, i);
		g_string_append_printf(name, "%s %u %s", i ? "," : "", i + 1, value);
	}
	return g_string_free(g_steal_pointer(&name), FALSE);
}

/* A line through the points of a case; the axis may be power or attenuation. */
static void record_fit(struct step_context *ctx, const struct ber_sweep *bers, guint l,
                       struct record_series *series, const struct ber_waterfall *fit)
{
	const struct sweep_axis *x = &bers->sweep.axis[0];
	double first = g_array_index(series->x, double, 0);
	double last = g_array_index(series->x, double, series->x->len - 1);
	double most_dbm = rx_path_most_oma_dbm(ctx, (int)l + 1);
	gboolean is_power = x->kind == SWEEP_POWER;

	series->marker_x =
		is_power ? fit->sensitivity_dbm.value : most_dbm - fit->sensitivity_dbm.value;
	series->x_fit = g_array_new(FALSE, FALSE, sizeof(double));
	series->y_fit = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; i <= FIT_POINTS; i++) {
		double at = first + (last - first) * i / FIT_POINTS;
		double ber = ber_waterfall_at(fit, is_power ? at : most_dbm - at);

		g_array_append_val(series->x_fit, at);
		g_array_append_val(series->y_fit, ber);
	}
}

static gboolean record_points(struct step_context *ctx, const struct ber_sweep *bers, guint l,
                              guint y, struct record_series *series, GError **error)
{
	const struct sweep_axis *x = &bers->sweep.axis[0];

	series->y_low = g_array_new(FALSE, FALSE, sizeof(double));
	series->y_high = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; i < x->n; i++) {
		const struct tally *tally = tally_at(bers, l, y * x->n + i);
		double at = place_of(x, i);
		struct ber_estimate ber;

		if (!tally->bits)
			continue;
		if (!ber_from_counts(tally->bits, tally->errors, CONFIDENCE, &ber, error))
			return FALSE;
		g_array_append_val(series->x, at);
		g_array_append_val(series->y, ber.ber);
		g_array_append_val(series->y_low, ber.lower);
		g_array_append_val(series->y_high, ber.upper);
	}
	return TRUE;
}

static gboolean fit_case(struct step_context *ctx, const struct ber_sweep *bers, guint l, guint y,
                         struct ber_waterfall *fit, GError **error)
{
	const struct sweep_axis *x = &bers->sweep.axis[0];
	struct ber_waterfall_settings settings;
	struct ber_point points[SWEEP_POINTS_MAX];
	guint n = 0;

	for (guint i = 0; i < x->n; i++) {
		const struct tally *tally = tally_at(bers, l, y * x->n + i);

		if (tally->bits)
			points[n++] = (struct ber_point){oma_dbm(ctx, bers, (int)l + 1, i),
			                                 tally->bits, tally->errors};
	}
	ber_waterfall_settings_default(&settings);
	settings.target_ber = step_type(ctx)->ber_limit;
	settings.power_sigma_db = step_number(ctx, "repeatability");
	return ber_waterfall_fit(points, n, &settings, fit, error);
}

static gboolean is_any(const struct ber_sweep *bers, guint l, guint y)
{
	guint n = bers->sweep.axis[0].n;

	for (guint i = 0; i < n; i++)
		if (tally_at(bers, l, y * n + i)->bits)
			return TRUE;
	return FALSE;
}

/* One case of a lane; the worst fit of all so far stays in *worst. */
static gboolean report_case(struct step_context *ctx, const struct ber_sweep *bers, guint l,
                            guint y, struct ber_waterfall *worst, GError **error)
{
	const struct sweep_axis *x = &bers->sweep.axis[0];
	struct record_series *series;
	g_autofree char *name = name_of_x(x);
	struct ber_waterfall fit;

	if (!is_any(bers, l, y))
		return TRUE;
	series = step_series(ctx, SERIES, (int)l + 1);
	readings_name(series, name, x->unit, "pre-FEC bit error ratio", "1");
	g_free(series->label);
	series->label = sweep_value_text(&bers->sweep.axis[1], y);
	series->line_y = step_type(ctx)->ber_limit;
	if (!record_points(ctx, bers, l, y, series, error))
		return FALSE;
	if (!is_over_power(bers))
		return TRUE;
	if (!fit_case(ctx, bers, l, y, &fit, error))
		return FALSE;
	if (fit.sensitivity_dbm.status != SIGNAL_OK)
		return TRUE;
	record_fit(ctx, bers, l, series, &fit);
	if (worst->sensitivity_dbm.status != SIGNAL_OK ||
	    fit.sensitivity_dbm.value > worst->sensitivity_dbm.value)
		*worst = fit;
	return TRUE;
}

static void report_map(struct step_context *ctx, const struct ber_sweep *bers, guint l)
{
	const struct sweep_axis *x = &bers->sweep.axis[0], *y = &bers->sweep.axis[1];
	struct record_map *map = step_map(ctx, "ber_sweep_map", (int)l + 1);

	record_text(&map->x_name, x->name);
	record_text(&map->x_unit, x->unit);
	record_text(&map->y_name, y->name);
	record_text(&map->y_unit, y->unit);
	record_text(&map->z_name, "pre-FEC bit error ratio");
	record_text(&map->z_unit, "1");
	map->log_z = TRUE;
	map->line_z = step_type(ctx)->ber_limit;
	g_array_append_vals(map->x, x->value, x->n);
	g_array_append_vals(map->y, y->value, y->n);
	for (guint i = 0; i < sweep_points(&bers->sweep); i++) {
		const struct tally *tally = tally_at(bers, l, i);
		double ber = tally->bits ? (double)tally->errors / (double)tally->bits : NAN;

		g_array_append_val(map->z, ber);
	}
}

/* Over power what matters is the sensitivity, else the bit error ratio itself: the worst of all. */
static gboolean report_worst(struct step_context *ctx, const struct ber_sweep *bers, guint l,
                             const struct ber_waterfall *worst, GError **error)
{
	const char *id = is_over_power(bers) ? "ber_sweep_sensitivity" : "ber_sweep_worst";
	const char *unit = is_over_power(bers) ? "dBm" : "1";
	struct ber_estimate most = {.ber = NAN};

	if (is_over_power(bers)) {
		if (worst->sensitivity_dbm.status == SIGNAL_OK)
			step_measure(ctx, id, (int)l + 1, worst->sensitivity_dbm.value, unit,
			             hypot(rx_path_uncertainty_db(ctx),
			                   2 * worst->standard_error_db));
		else
			step_no_value(ctx, id, (int)l + 1, unit, "no case has a waterfall");
		return TRUE;
	}
	for (guint i = 0; i < sweep_points(&bers->sweep); i++) {
		const struct tally *tally = tally_at(bers, l, i);
		struct ber_estimate ber;

		if (!tally->bits)
			continue;
		if (!ber_from_counts(tally->bits, tally->errors, CONFIDENCE, &ber, error))
			return FALSE;
		if (!(ber.ber <= most.ber))
			most = ber;
	}
	if (isnan(most.ber))
		step_no_value(ctx, id, (int)l + 1, unit, "the pattern was found at no point");
	else
		step_measure(ctx, id, (int)l + 1, most.ber, unit,
		             fmax(most.ber - most.lower, most.upper - most.ber));
	return TRUE;
}

static gboolean report(struct step_context *ctx, const struct ber_sweep *bers, GError **error)
{
	const struct sweep_axis *y = &bers->sweep.axis[1];

	for (guint l = 0; l < step_n_lanes(ctx); l++) {
		struct ber_waterfall worst = {.sensitivity_dbm =
		                                      signal_none(SIGNAL_NO_CROSSING, "none")};

		for (guint i = 0; i < y->n; i++)
			if (!report_case(ctx, bers, l, i, &worst, error))
				return FALSE;
		if (y->kind != SWEEP_NONE && y->kind != SWEEP_PATTERN)
			report_map(ctx, bers, l);
		if (!report_worst(ctx, bers, l, &worst, error))
			return FALSE;
	}
	ber_gates_report(ctx, &bers->gates, "ber_sweep_gate");
	return TRUE;
}

/* --- the step --------------------------------------------------------------------------------- */

static gboolean read_all(struct step_context *ctx, struct ber_sweep *bers, GError **error)
{
	const guint kinds = SWEEP_BIT(SWEEP_POWER) | SWEEP_BIT(SWEEP_ATTENUATION) |
	                    SWEEP_BIT(SWEEP_HOST_SWING) | SWEEP_BIT(SWEEP_PATTERN) |
	                    SWEEP_BIT(SWEEP_SUPPLY) | SWEEP_BIT(SWEEP_CASE);

	return sweep_read(ctx, kinds, &bers->sweep, error) && check_powers(ctx, bers, error);
}

static gboolean ber_sweep(struct step_context *ctx, GError **error)
{
	struct ber_sweep bers = {0};
	const struct sweep_work work = {measure, &bers};
	GError *ended = NULL;
	gboolean ok;

	if (!read_all(ctx, &bers, error))
		return FALSE;
	g_autofree struct tally *tallies = bers.tallies =
		g_new0(struct tally, step_n_lanes(ctx) * sweep_points(&bers.sweep));
	ok = rx_path_light_on(ctx, &ended) && sweep_run(ctx, &bers.sweep, &work, &ended);
	/* whatever ended it: the undo list would do it too, but later */
	ok = rx_path_light_off(ctx, ok ? &ended : NULL) && ok;
	/* what was counted until it ended is shown, however it ended */
	if (!report(ctx, &bers, ok ? error : NULL))
		ok = FALSE;
	if (ended)
		g_propagate_error(error, ended);
	return ok;
}

static const struct step_param params[] = {
	SWEEP_PARAMS,
	{"oma", "dBm", "-5 dBm", "at the receivers, where it is not swept"},
	{"gate", "s", "10 ms", "time to count at once"},
	BER_GATE_TEST_PARAMS,
	{"gates", STEP_COUNT, "10", "gates of a point at most", 1, 1000},
	{"errors", STEP_COUNT, "100", "no more gates from so many errors on", 0, 1000000},
	{"settle", "s", "100 ms", "from a change to the first gate"},
	{"repeatability", "dB", "0.03 dB", "how well a set power repeats (standard deviation)"},
	{0},
};

const struct step_def step_ber_sweep = {
	.name = "ber-sweep",
	.help = "bit error ratio of every lane over one or two of power, pattern, host swing, "
		"supply and temperature",
	.scope = STEP_UNIT,
	.needs = RX_PATH_NEEDS | SWEEP_NEEDS,
	.limit_s = SWEEP_LIMIT_S,
	.params = params,
	.run = ber_sweep,
};
