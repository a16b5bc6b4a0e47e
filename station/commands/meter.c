/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/power_meter.h"
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/steps/tx_path.h"

#include <math.h>

/* The power meter behind the module's transmitters. */

static const struct table_column columns[] = {
	{"lane", TRUE}, {"power", TRUE}, {"uncertainty", TRUE}, {"raw", TRUE}, {"reason"},
};

struct reading {
	struct table *table;
	double wavelength_m; /* NAN: the lane's own */
};

/* A port that is over its range has no value; that is no failure of the meter. */
static gboolean read_lane(struct step_context *ctx, gpointer data, GError **error)
{
	const struct reading *reading = data;
	int lane = step_lane(ctx);
	double own_m = step_type(ctx)->wavelength_m[lane - 1], dbm = NAN;
	double wavelength_m = isnan(reading->wavelength_m) ? own_m : reading->wavelength_m;
	const char *reason = "dark: the meter reads nothing";
	g_autoptr(GError) cause = NULL;

	if (!tx_path_power_at_dbm(ctx, lane, wavelength_m, &dbm, &cause)) {
		if (!g_error_matches(cause, STATION_ERROR, STATION_ERROR_DATA)) {
			g_propagate_error(error, g_steal_pointer(&cause));
			return FALSE;
		}
		dbm = NAN;
		reason = cause->message;
	}
	lanes_add_count(reading->table, (guint64)lane);
	lanes_add_number(reading->table, dbm, "dBm");
	lanes_add_number(reading->table, isfinite(dbm) ? tx_path_power_uncertainty_db(ctx) : NAN,
	                 "dB");
	lanes_add_number(reading->table, dbm - step_path(ctx, lane)->meter_loss_db, "dBm");
	table_add(reading->table, shell_value_text(isfinite(dbm) ? NULL : reason));
	return TRUE;
}

static gboolean read_lanes(struct shell *shell, double wavelength_m, const struct value *lane,
                           struct value *result, GError **error)
{
	static const struct hand_work work = {.needs = 1u << INSTRUMENT_POWER_METER,
	                                      .wants = HAND_PRODUCT};
	g_autoptr(table) table = table_new(columns, G_N_ELEMENTS(columns));
	struct reading reading = {table, wavelength_m};

	if (!shell_do_lanes(shell, lane, &work, read_lane, &reading, error))
		return FALSE;
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

static gboolean meter_read(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	return read_lanes(shell, NAN, &call->values[0], result, error);
}

const struct shell_command command_meter_read = {
	.noun = "meter",
	.verb = "read",
	.help = "average power at the module, path loss added, and raw at the meter",
	.examples = {"meter read", "meter read 2"},
	.arguments = {LANE_ARGUMENT},
	.run = meter_read,
};

static gboolean meter_wavelength(struct shell *shell, const struct call *call, struct value *result,
                                 GError **error)
{
	return read_lanes(shell, call->values[0].number, &call->values[1], result, error);
}

const struct shell_command command_meter_wavelength = {
	.noun = "meter",
	.verb = "wavelength",
	.help = "reads as \"meter read\", with the meter set for light of that wavelength instead "
		"of the "
		"lane's own",
	.examples = {"meter wavelength 1331 nm 2"},
	.arguments = {{"WAVELENGTH", ARGUMENT_NUMBER, .unit = "m", .min = 600e-9, .max = 1700e-9},
                      LANE_ARGUMENT},
	.run = meter_wavelength,
};

static gboolean zero(struct step_context *ctx, gpointer data, GError **error)
{
	return power_meter_zero(step_instrument(ctx, INSTRUMENT_POWER_METER), step_bounds(ctx),
	                        error);
}

static gboolean meter_zero(struct shell *shell, const struct call *call, struct value *result,
                           GError **error)
{
	static const struct hand_work work = {.needs = 1u << INSTRUMENT_POWER_METER,
	                                      .limit_s = 120};

	return shell_do(shell, &work, zero, NULL, error);
}

const struct shell_command command_meter_zero = {
	.noun = "meter",
	.verb = "zero",
	.help = "takes what all its ports read now as darkness; make it dark before",
	.examples = {"meter zero"},
	.right = COMMAND_SETS,
	.run = meter_zero,
};
