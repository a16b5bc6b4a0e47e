/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/commands/rows.h"
#include "station/commands/lanes.h"
#include "station/steps/tx_spectrum.h"

#include <math.h>

/* The wavelength meter or spectrum analyser behind the module's transmitters. */

/* As the step tx-spectrum has them where a plan says none. */
#define SPAN_M       30e-9
#define RESOLUTION_M 50e-12

static const struct table_column columns[] = {
	{"lane", TRUE}, {"wavelength", TRUE}, {"uncertainty", TRUE},
	{"smsr", TRUE}, {"width", TRUE},      {"power", TRUE},
	{"reason"},
};

static gboolean sweep(struct step_context *ctx, gpointer data, GError **error)
{
	struct table *table = data;
	int lane = step_lane(ctx);
	struct spectrum_result spectrum;
	double strongest_dbm = -INFINITY;
	gboolean dark;

	if (!tx_spectrum_take_over(ctx, lane, SPAN_M, RESOLUTION_M, &spectrum, error))
		return FALSE;
	dark = spectrum.n_peaks == 0;
	for (guint i = 0; i < spectrum.n_peaks; i++)
		strongest_dbm = fmax(strongest_dbm, spectrum.peaks[i].power_dbm);
	lanes_add_count(table, (guint64)lane);
	lanes_add_number(table, dark ? NAN : spectrum.centre_m, "m");
	lanes_add_number(table, dark ? NAN : step_uncertainty(ctx, INSTRUMENT_WAVELENGTH_METER),
	                 "m");
	lanes_add_number(table, dark ? NAN : spectrum.smsr_db, "dB");
	lanes_add_number(table, dark ? NAN : spectrum.rms_width_m, "m");
	lanes_add_number(table, strongest_dbm, "dBm");
	table_add(table, shell_value_text(dark ? "no light around the lane's wavelength" : NULL));
	return TRUE;
}

static gboolean wavelength_read(struct shell *shell, const struct call *call, struct value *result,
                                GError **error)
{
	static const struct hand_work work = {.needs = TX_SPECTRUM_NEEDS,
	                                      .wants = HAND_PRODUCT,
	                                      .limit_s = 120};
	g_autoptr(table) table = table_new(columns, G_N_ELEMENTS(columns));

	if (!shell_do_lanes(shell, &call->values[0], &work, sweep, table, error))
		return FALSE;
	*result = shell_value_take_table(g_steal_pointer(&table));
	return TRUE;
}

const struct shell_command command_wavelength_read = {
	.noun = "wavelength",
	.verb = "read",
	.help = "a lane's wavelength, side modes, rms width and strongest peak, at the analyser's "
		"input",
	.examples = {"wavelength read", "wavelength read 2"},
	.arguments = {LANE_ARGUMENT},
	.run = wavelength_read,
};
