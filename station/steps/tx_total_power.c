/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/steps/steps.h"
#include "station/steps/tx_path.h"

#include <math.h>

/* What is asked of the lanes of one fibre together: their whole power, and how far they differ. */

static double join(double a, double b)
{
	return hypot(isnan(a) ? 0.0 : a, isnan(b) ? 0.0 : b);
}

static gboolean measure_total(struct step_context *ctx, GError **error)
{
	double power_dbm;

	if (!tx_path_total_dbm(ctx, &power_dbm, error))
		return FALSE;
	if (!isfinite(power_dbm)) {
		step_no_value_by_unit(ctx, "tx_total_power", 0, "dBm", "no light");
		return TRUE;
	}
	step_measure(ctx, "tx_total_power", 0, power_dbm, "dBm",
	             join(step_uncertainty(ctx, INSTRUMENT_POWER_METER),
	                  config_path_uncertainty_db(step_site(ctx), 0)));
	return TRUE;
}

/* A lane's OMA at this corner; null after it was said why there is no difference. */
static const struct record_measurement *find_oma(struct step_context *ctx, int lane)
{
	const struct run_record *record = step_record(ctx);
	const struct record_step *now = g_ptr_array_index(record->steps, record->steps->len - 1);
	const struct record_measurement *oma = run_record_find(record, "tx_oma", lane, now->corner);
	g_autofree char *reason = NULL;

	if (oma && isfinite(oma->value))
		return oma;
	reason = g_strdup_printf("lane %d has no tx_oma at this corner", lane);
	if (oma)
		step_no_value_by_unit(ctx, "tx_lane_difference", 0, "dB", reason);
	else
		step_no_value(ctx, "tx_lane_difference", 0, "dB", reason);
	return NULL;
}

static void report_difference(struct step_context *ctx)
{
	const struct record_measurement *most = NULL, *least = NULL;

	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++) {
		const struct record_measurement *oma = find_oma(ctx, (int)lane);

		if (!oma)
			return;
		if (!most || oma->value > most->value)
			most = oma;
		if (!least || oma->value < least->value)
			least = oma;
	}
	/* too much: what the scope adds to both is in there twice and leaves with the difference */
	step_measure(ctx, "tx_lane_difference", 0, most->value - least->value, "dB",
	             join(most->uncertainty, least->uncertainty));
}

static gboolean tx_total_power(struct step_context *ctx, GError **error)
{
	/* what goes through fibres of its own is not limited together */
	if (!step_type(ctx)->wdm)
		return TRUE;
	if (step_site(ctx)->total_meter_channel == 0) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "site %d has no total_channel: the power of all lanes together "
		                  "cannot be measured there",
		                  step_site(ctx)->site);
		return FALSE;
	}
	if (!measure_total(ctx, error))
		return FALSE;
	report_difference(ctx);
	return TRUE;
}

const struct step_def step_tx_total_power = {
	.name = "tx-total-power",
	.help = "lanes that share a fibre: their power together, and by how much their OMA differ",
	.scope = STEP_UNIT,
	.needs = 1u << INSTRUMENT_POWER_METER,
	.limit_s = 60,
	.run = tx_total_power,
};
