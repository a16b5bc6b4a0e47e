/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/steps/constants.h"
#include "station/steps/steps.h"
#include "station/steps/temperature_table.h"
#include "station/steps/readings.h"

#include <math.h>
#include <string.h>

/* Temperatures that a table wants at least. */
#define POINTS_MIN 2

/* Settings that may follow a table, what tx-calibrate called what it settled on, and which law they
 * follow between the corners. */
static const struct {
	const char *knob, *measured;
	enum temperature_table_law law;
} followers[] = {
	{"laser_bias", "tx_laser_bias", TEMPERATURE_TABLE_BIAS},
	{"mod_bias", "tx_mod_bias", TEMPERATURE_TABLE_PLAIN},
	{"mod_current", "tx_mod_current", TEMPERATURE_TABLE_PROPORTIONAL},
};

static const char *const law_names[] = {
	[TEMPERATURE_TABLE_PLAIN] = "monotone curve",
	[TEMPERATURE_TABLE_BIAS] = "threshold and efficiency of the laser",
	[TEMPERATURE_TABLE_PROPORTIONAL] = "efficiency of the laser",
};

/* What the module's own monitor reads at a corner, once its constants are these. */
static double monitor_degc(struct step_context *ctx, const char *corner, double slope,
                           double offset_degc)
{
	return slope * reading_at(ctx, "cal_temp_raw", 0, corner) + offset_degc;
}

static gboolean monitor_constants(struct step_context *ctx, double *slope, double *offset_degc,
                                  GError **error)
{
	*slope = 1;
	return (!knob_map_has(step_knobs(ctx), "temp_slope") ||
	        constants_read(ctx, "temp_slope", 0, slope, error)) &&
	       constants_read(ctx, "temp_offset", 0, offset_degc, error);
}

static gboolean points_of(struct step_context *ctx, guint row, int lane,
                          struct temperature_table_point *points, guint *n, GError **error)
{
	struct reading readings[READINGS_MAX];
	double slope, offset_degc;

	*n = readings_find(ctx, followers[row].measured, lane, readings);
	if (!monitor_constants(ctx, &slope, &offset_degc, error))
		return FALSE;
	for (guint i = 0; i < *n; i++)
		points[i] = (struct temperature_table_point){
			.degc = monitor_degc(ctx, readings[i].corner, slope, offset_degc),
			.value = readings[i].value,
			.threshold_a = reading_at(ctx, "tx_threshold", lane, readings[i].corner),
			.slope_w_per_a =
				reading_at(ctx, "tx_slope_efficiency", lane, readings[i].corner),
		};
	return TRUE;
}

static void draw(struct step_context *ctx, guint row, int lane,
                 const struct temperature_table_point *points, guint n,
                 const struct temperature_table *table)
{
	g_autofree char *id = g_strconcat(followers[row].measured, "_table", NULL);
	struct record_series *series = step_series(ctx, id, lane);
	const struct knob *knob = knob_map_find(step_knobs(ctx), followers[row].knob, NULL);

	readings_name(series, "module temperature", "degC", followers[row].knob, knob->unit);
	for (guint i = 0; i < n; i++) {
		g_array_append_val(series->x, points[i].degc);
		g_array_append_val(series->y, points[i].value);
	}
	readings_curve(series, table->degc, table->value, table->n);
}

static void judge(struct step_context *ctx, guint row, int lane,
                  const struct temperature_table *table)
{
	/* a laser needs more current the warmer it is; one that does not was not calibrated */
	if (followers[row].law != TEMPERATURE_TABLE_PLAIN)
		step_check(ctx, "tx_table_monotonic", lane, table->monotonic,
		           "%s does not rise or fall throughout over temperature",
		           followers[row].knob);
	if (!isnan(table->omitted_max)) {
		double most = step_number(ctx, "predicts");
		step_check(ctx, "tx_table_fits", lane, table->omitted_max <= most,
		           "%s between the corners: one is %.1f %% from what the others predict, "
		           "more than %.1f %%",
		           followers[row].knob, 100 * table->omitted_max, 100 * most);
	}
	if (table->n_held)
		step_remark(ctx, "lane %d: %s: %u entries beyond the corners hold the last value",
		            lane, followers[row].knob, table->n_held);
}

/* Where the steps before did not settle a lane there is nothing to make a table of. */
static gboolean has_points(struct step_context *ctx, guint row, int lane, guint n)
{
	if (n >= POINTS_MIN || step_so_far(ctx) == VERDICT_PASS)
		return TRUE;
	step_note(ctx, "lane %d: %s: no table: settled at %u temperatures", lane,
	          followers[row].knob, n);
	return FALSE;
}

static gboolean fill(struct step_context *ctx, guint row, int lane, const struct knob_table *grid,
                     gboolean *filled, GError **error)
{
	struct temperature_table_point points[READINGS_MAX];
	struct temperature_table table;
	guint n;

	if (!points_of(ctx, row, lane, points, &n, error))
		return FALSE;
	*filled = has_points(ctx, row, lane, n);
	if (!*filled)
		return TRUE;
	if (!temperature_table_fill(points, n, followers[row].law, grid->first_degc,
	                            grid->step_degc, grid->n, step_number(ctx, "reach"), &table,
	                            error)) {
		g_prefix_error(error, "lane %d: %s: ", lane, followers[row].knob);
		return FALSE;
	}
	draw(ctx, row, lane, points, n, &table);
	judge(ctx, row, lane, &table);
	g_autofree char *fit = g_strconcat(followers[row].measured, "_table", NULL);
	g_autofree char *how = g_strdup_printf("%s through %u corners", law_names[table.law], n);
	struct constant_source source = {how, fit, table.omitted_max * points[n / 2].value,
	                                 grid->table->unit};
	return constants_settle_table(ctx, grid, lane, table.value, &source, filled, error);
}

/* The mode is written last: a table half written never acts. */
static gboolean tx_tables(struct step_context *ctx, GError **error)
{
	const struct knob_map *map = step_knobs(ctx);
	const struct knob *mode = NULL;
	static const struct constant_source complete = {"tables complete", NULL, NAN, NULL};
	gboolean all = TRUE, filled, taken;

	if (!constants_unlock(ctx, error))
		return FALSE;
	for (guint row = 0; row < G_N_ELEMENTS(followers); row++) {
		const struct knob_table *grid = knob_map_table(map, followers[row].knob);

		if (!grid)
			continue;
		mode = grid->mode;
		for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
			if (!fill(ctx, row, (int)lane, grid, &filled, error))
				return FALSE;
			all = all && filled;
		}
	}
	if (!mode) {
		step_remark(ctx, "the product has no tables over temperature");
		return TRUE;
	}
	return !all || constants_settle(ctx, mode->name, 0, 1, &complete, &taken, error);
}

static const struct step_param params[] = {
	{"reach", "degC", "6 degC", "so far beyond the corners the tables are continued"},
	{"predicts", "1", "0.15",
         "an inner corner may be so far from what the others predict, as part of its value"},
	{0},
};

const struct step_def step_tx_tables = {
	.name = "tx-tables",
	.help = "tables over temperature of every setting that has one, from what was settled on "
		"at "
		"the corners",
	.scope = STEP_UNIT,
	.limit_s = 240,
	.params = params,
	.run = tx_tables,
};
