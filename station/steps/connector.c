/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/unit.h"
#include "station/steps/constants.h"
#include "station/steps/rx_path.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"

#include <math.h>

/*
 * Dirt between module and fibre makes the module's own monitors and the instruments disagree. The
 * monitors are not calibrated yet, but a production's monitors differ by a few tenths of a dB and
 * dirt by more than one. A unit calibrated through dirt would be wrong once it is cleaned.
 */

/* What the light loses between the module's inside and the meter, more than the path is known to.
 */
static gboolean measure_tx(struct step_context *ctx, int lane, double *gain_db, GError **error)
{
	double raw_w, raw_dbm, power_dbm;

	if (!constants_read(ctx, "tx_mon_raw", lane, &raw_w, error) ||
	    !tx_path_power_dbm(ctx, lane, &power_dbm, error))
		return FALSE;
	raw_dbm = unit_dbm_from_watt(raw_w);
	/* a lane without light says nothing of its connector */
	*gain_db = raw_dbm > TX_PATH_DARK_DBM && power_dbm > TX_PATH_DARK_DBM ? power_dbm - raw_dbm
	                                                                      : NAN;
	return TRUE;
}

static gboolean measure_rx(struct step_context *ctx, int lane, double *gain_db, GError **error)
{
	double raw_w;

	if (!constants_read(ctx, "rx_mon_raw", lane, &raw_w, error))
		return FALSE;
	*gain_db = raw_w > 0 ? unit_dbm_from_watt(raw_w) - step_number(ctx, "power") : NAN;
	return TRUE;
}

static void report(struct step_context *ctx, const char *id, int lane, double gain_db,
                   double uncertainty_db)
{
	double most_db = step_number(ctx, "loss");

	if (isnan(gain_db)) {
		step_no_value(ctx, id, lane, "dB", "too little light to tell");
		return;
	}
	step_measure(ctx, id, lane, gain_db, "dB", uncertainty_db);
	step_check(ctx, "connector_clean", lane, gain_db >= -most_db,
	           "%s: %.1f dB are lost between module and fibre, a clean connector loses less "
	           "than %.1f dB",
	           id, -gain_db, most_db);
}

static gboolean connector_check(struct step_context *ctx, GError **error)
{
	guint n = step_n_lanes(ctx);

	if (!constants_unlock(ctx, error) || !rx_path_light_on(ctx, error))
		return FALSE;
	if (!rx_path_set_all_power(ctx, step_number(ctx, "power"), TRUE, error) ||
	    !clock_sleep_s(step_number(ctx, "settle"), step_bounds(ctx), error))
		return FALSE;
	for (guint lane = 1; lane <= n; lane++) {
		double tx_db, rx_db;

		if (!measure_tx(ctx, (int)lane, &tx_db, error) ||
		    !measure_rx(ctx, (int)lane, &rx_db, error))
			return FALSE;
		report(ctx, "connector_tx", (int)lane, tx_db, tx_path_power_uncertainty_db(ctx));
		report(ctx, "connector_rx", (int)lane, rx_db, rx_path_uncertainty_db(ctx));
	}
	return rx_path_light_off(ctx, error);
}

static const struct step_param params[] = {
	TX_PATH_PARAMS,
	{"power", "dBm", "-12 dBm", "average power at the receivers"},
	{"loss", "dB", "1.0 dB", "a clean connector loses less than this"},
	{"settle", "s", "150 ms", "from a change to the reading"},
	{0},
};

const struct step_def step_connector_check = {
	.name = "connector-check",
	.help = "module's raw monitors against the instruments: dirt shows before it is calibrated "
		"in",
	.scope = STEP_UNIT,
	.needs = TX_POWER_NEEDS | RX_PATH_NEEDS,
	.limit_s = 120,
	.params = params,
	.run = connector_check,
};
