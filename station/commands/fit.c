/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "signal/ber_waterfall.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/shell/shell_plot.h"
#include "station/shell/sweep.h"
#include "station/steps/rx_path.h"

#include <math.h>
#include <string.h>

/* What a sweep comes to. */

/* As the step "rx-waterfall" takes it: how well a set power repeats, standard deviation. */
#define REPEATABILITY_DB 0.03

static const struct table_column columns[] = {
	{"lane", TRUE}, {"sensitivity", TRUE}, {"uncertainty", TRUE},
	{"ber", TRUE},  {"points", TRUE},      {"reason"},
};

struct fitting {
	const struct table *sweep;
	struct table *table;
	GArray *points; /* struct ber_point, of the lane */
	double target_ber;
	struct ber_waterfall fit;
};

static const struct value *cell_of(const struct table *table, guint row, const char *name)
{
	for (guint c = 0; c < table_columns(table); c++)
		if (strcmp(table_column(table, c)->name, name) == 0)
			return table_cell(table, row, c);
	return NULL;
}

static double number_of(const struct value *cell)
{
	return cell && cell->kind == VALUE_NUMBER ? cell->number : NAN;
}

/* The OMA of a row: as it was told, or what was swept: a level, or what the path is attenuated by.
 */
static double oma_of(const struct step_context *ctx, const struct table *sweep, guint row)
{
	double oma_dbm = number_of(cell_of(sweep, row, "oma"));
	const struct value *x = table_cell(sweep, row, 0);

	if (isfinite(oma_dbm) || x->kind != VALUE_NUMBER)
		return oma_dbm;
	if (strcmp(x->unit, "dBm") == 0)
		return x->number;
	return strcmp(x->unit, "dB") == 0 ? rx_path_max_oma_dbm(ctx, step_lane(ctx)) - x->number
	                                  : NAN;
}

static void take_points(const struct step_context *ctx, struct fitting *fitting)
{
	g_array_set_size(fitting->points, 0);
	for (guint row = 0; row < table_rows(fitting->sweep); row++) {
		double bits = number_of(cell_of(fitting->sweep, row, "bits"));
		double errors = number_of(cell_of(fitting->sweep, row, "errors"));
		double oma_dbm = oma_of(ctx, fitting->sweep, row);
		double lane = number_of(cell_of(fitting->sweep, row, "lane"));

		if ((int)lane != step_lane(ctx) || !(bits > 0) || !(errors >= 0) ||
		    !isfinite(oma_dbm))
			continue;
		const struct ber_point point = {oma_dbm, (guint64)bits, (guint64)errors};
		g_array_append_val(fitting->points, point);
	}
}

static void add_row(const struct step_context *ctx, const struct fitting *fitting)
{
	const struct ber_waterfall *fit = &fitting->fit;
	gboolean ok = fit->sensitivity_dbm.status == SIGNAL_OK;

	lanes_add_count(fitting->table, (guint64)step_lane(ctx));
	lanes_add_number(fitting->table, ok ? fit->sensitivity_dbm.value : NAN, "dBm");
	lanes_add_number(fitting->table,
	                 ok ? hypot(rx_path_uncertainty_db(ctx), 2 * fit->standard_error_db) : NAN,
	                 "dB");
	lanes_add_number(fitting->table, fitting->target_ber, "1");
	lanes_add_count(fitting->table, fit->points_used);
	table_add(fitting->table, shell_value_text(ok ? fit->doubt : fit->sensitivity_dbm.reason));
}

static gboolean fit_lane(struct step_context *ctx, gpointer data, GError **error)
{
	struct fitting *fitting = data;
	struct ber_waterfall_settings settings;

	fitting->target_ber = step_type(ctx)->ber_limit;
	take_points(ctx, fitting);
	ber_waterfall_settings_default(&settings);
	settings.target_ber = fitting->target_ber;
	settings.power_sigma_db = REPEATABILITY_DB;
	if (!ber_waterfall_fit((const struct ber_point *)(gpointer)fitting->points->data,
	                       fitting->points->len, &settings, &fitting->fit, error))
		return FALSE;
	add_row(ctx, fitting);
	return TRUE;
}

/* The points of the last lane, the limit across and the sensitivity. */
static void draw(struct shell *shell, const struct fitting *fitting)
{
	g_autofree struct plot_point *points = g_new0(struct plot_point, fitting->points->len);
	g_autofree char *text = NULL;
	guint lines = 0;

	for (guint i = 0; i < fitting->points->len; i++) {
		const struct ber_point *point =
			&g_array_index(fitting->points, struct ber_point, i);
		double ratio = (double)MAX(point->errors, 1) / (double)point->bits;
		points[i] = (struct plot_point){point->oma_dbm, ratio, point->errors == 0};
	}
	const struct plot plot = {
		.points = points,
		.n = (int)fitting->points->len,
		.y_line = fitting->target_ber,
		.x_line = fitting->fit.sensitivity_dbm.status == SIGNAL_OK
	                          ? fitting->fit.sensitivity_dbm.value
	                          : NAN,
		.x_name = "OMA dBm",
		.y_name = "BER",
	};
	text = shell_plot_text(shell, &plot);
	shell_plot_redraw(shell, text, &lines);
}

static gboolean has_counts(const struct value *value)
{
	return value && value->kind == VALUE_TABLE && table_rows(value->table) > 0 &&
	       cell_of(value->table, 0, "bits") && cell_of(value->table, 0, "errors") &&
	       cell_of(value->table, 0, "lane");
}

static gboolean fit_waterfall(struct shell *shell, const struct call *call, struct value *result,
                              GError **error)
{
	static const struct hand_work work = {.wants = HAND_PRODUCT};
	const struct value *sweep = shell_lookup(SWEEP_VARIABLE, shell);
	g_autoptr(table) table = NULL;
	g_autoptr(GArray) points = NULL;

	if (!has_counts(sweep)) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "no sweep of error ratios is there: \"sweep attenuator 0..12 dB "
		                  "step 0.5 dB : bert ber\" makes one");
		return FALSE;
	}
	table = table_new(columns, G_N_ELEMENTS(columns));
	points = g_array_new(FALSE, FALSE, sizeof(struct ber_point));
	struct fitting fitting = {.sweep = sweep->table, .table = table, .points = points};
	if (!shell_do_lanes(shell, &call->values[0], &work, fit_lane, &fitting, error))
		return FALSE;
	if (call->values[0].kind && shell_can_plot(shell))
		draw(shell, &fitting);
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_fit_waterfall = {
	.noun = "fit",
	.verb = "waterfall",
	.help = "fits the last sweep of error ratios to the sensitivity at the type's limit; of "
		"one "
		"lane with a plot",
	.examples = {"fit waterfall", "fit waterfall 2"},
	.arguments = {LANE_ARGUMENT},
	.run = fit_waterfall,
};
