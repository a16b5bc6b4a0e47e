/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/rx_path.h"

#include "base/error.h"
#include "base/unit.h"
#include "instruments/attenuator.h"
#include "instruments/bert.h"

#include <math.h>

static gboolean close_shutters(struct step_context *ctx, const struct bounds *bounds,
                               GError **error)
{
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	const struct config_site *site = step_site(ctx);
	gboolean ok = TRUE;

	/* every lane, also when one cannot; the first error is told */
	for (guint i = 0; i < site->n_lanes; i++)
		ok = attenuator_open_shutter(attenuator, site->lanes[i].attenuator_channel, FALSE,
		                             bounds, ok ? error : NULL) &&
		     ok;
	return ok;
}

static gboolean stop_generators(struct step_context *ctx, const struct bounds *bounds,
                                GError **error)
{
	struct instrument *bert = step_instrument(ctx, INSTRUMENT_BERT);
	const struct config_site *site = step_site(ctx);
	gboolean ok = TRUE;

	for (guint i = 0; i < site->n_lanes; i++)
		ok = bert_set_output(bert, site->lanes[i].ppg_channel, FALSE, bounds,
		                     ok ? error : NULL) &&
		     ok;
	return ok;
}

gboolean rx_path_light_on(struct step_context *ctx, GError **error)
{
	struct instrument *bert = step_instrument(ctx, INSTRUMENT_BERT);
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	const struct config_site *site = step_site(ctx);
	const struct bounds *bounds = step_bounds(ctx);
	struct bert_setup setup = {step_number(ctx, "symbol_rate"), BERT_PATTERN_PRBS31Q};

	step_undo(ctx, "reference transmitters off", stop_generators);
	step_undo(ctx, "attenuators closed", close_shutters);
	if (!stop_generators(ctx, bounds, error) || !bert_configure(bert, &setup, bounds, error))
		return FALSE;
	for (guint i = 0; i < site->n_lanes; i++)
		if (!attenuator_set_wavelength(attenuator, site->lanes[i].attenuator_channel,
		                               step_number(ctx, "wavelength"), bounds, error) ||
		    !bert_set_output(bert, site->lanes[i].ppg_channel, TRUE, bounds, error))
			return FALSE;
	return bert_set_global_output(bert, TRUE, bounds, error);
}

gboolean rx_path_light_off(struct step_context *ctx, GError **error)
{
	return close_shutters(ctx, step_bounds(ctx), error) &&
	       stop_generators(ctx, step_bounds(ctx), error);
}

double rx_path_max_oma_dbm(const struct step_context *ctx, int lane)
{
	const struct config_lane *path = step_path(ctx, lane);

	return path->reference_oma_dbm - path->rx_loss_db;
}

/* Pave = OMA (ER + 1) / (2 (ER - 1)) for balanced levels. */
static double average_over_oma_db(const struct config_lane *path)
{
	double er = unit_ratio_from_db(path->reference_er_db);

	return unit_db_from_ratio((er + 1.0) / (2.0 * (er - 1.0)));
}

double rx_path_oma_from_average_dbm(const struct step_context *ctx, int lane, double average_dbm)
{
	return average_dbm - average_over_oma_db(step_path(ctx, lane));
}

gboolean rx_path_set_oma(struct step_context *ctx, int lane, double oma_dbm, GError **error)
{
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	guint channel = step_path(ctx, lane)->attenuator_channel;
	double attenuation_db = rx_path_max_oma_dbm(ctx, lane) - oma_dbm;

	if (attenuation_db < 0.0) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "lane %d: the reference path gives at most %.2f dBm OMA, not "
		                  "%.2f dBm",
		                  lane, rx_path_max_oma_dbm(ctx, lane), oma_dbm);
		return FALSE;
	}
	return attenuator_set_db(attenuator, channel, attenuation_db, step_bounds(ctx), error) &&
	       attenuator_open_shutter(attenuator, channel, TRUE, step_bounds(ctx), error);
}

gboolean rx_path_set_all_oma(struct step_context *ctx, double oma_dbm, GError **error)
{
	for (guint lane = 1; lane <= step_n_lanes(ctx); lane++)
		if (!rx_path_set_oma(ctx, (int)lane, oma_dbm, error))
			return FALSE;
	return TRUE;
}

double rx_path_uncertainty_db(const struct step_context *ctx)
{
	double attenuator_db = step_uncertainty(ctx, INSTRUMENT_ATTENUATOR);
	double path_db = step_site(ctx)->path_uncertainty_db;

	return hypot(isnan(attenuator_db) ? 0.0 : attenuator_db, isnan(path_db) ? 0.0 : path_db);
}
