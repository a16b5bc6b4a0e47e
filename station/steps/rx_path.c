/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/rx_path.h"

#include "base/error.h"
#include "base/unit.h"
#include "instruments/attenuator.h"

#include <math.h>

static gboolean close_shutters(struct step_context *ctx, const struct bounds *bounds,
                               GError **error)
{
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	const struct config_site *site = step_site(ctx);
	guint channels[CONFIG_LANES_MAX];

	for (guint i = 0; i < site->n_lanes; i++)
		channels[i] = site->lanes[i].attenuator_channel;
	return attenuator_close_several(attenuator, channels, site->n_lanes, bounds, error);
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

/*
 * What the analysers hear. A gearbox spreads a data path's bits over more host lanes than it has
 * media lanes, each then slower by as much.
 */
static gboolean host_rate_bd(struct step_context *ctx, double *rate_bd, GError **error)
{
	guint host_lanes = (guint)__builtin_popcount(module_host_lanes(step_module(ctx)));
	guint media_lanes = module_media_lanes(step_module(ctx));

	if (host_lanes == 0 || media_lanes == 0) {
		station_error_set(error, STATION_ERROR_MODULE, "no data path has been brought up");
		return FALSE;
	}
	*rate_bd = step_type(ctx)->symbol_rate_bd * media_lanes / host_lanes;
	return TRUE;
}

/* Nothing is on yet: whatever the attenuators were left at, the light begins at its weakest. */
static gboolean darken(struct step_context *ctx, GError **error)
{
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	const struct optical_type *type = step_type(ctx);
	const struct bounds *bounds = step_bounds(ctx);

	struct attenuator_setting settings[CONFIG_LANES_MAX];

	if (!close_shutters(ctx, bounds, error))
		return FALSE;
	for (guint l = 0; l < type->n_lanes; l++) {
		settings[l].channel = step_path(ctx, (int)l + 1)->attenuator_channel;
		settings[l].attenuation_db = attenuator_max_db(attenuator);
		if (!attenuator_set_wavelength(attenuator, settings[l].channel,
		                               type->wavelength_m[l], bounds, error))
			return FALSE;
	}
	return attenuator_set_several(attenuator, settings, type->n_lanes, bounds, error);
}

void rx_path_close_after(struct step_context *ctx)
{
	step_undo(ctx, 1u << INSTRUMENT_ATTENUATOR, "attenuators closed", close_shutters);
}

gboolean rx_path_pattern_on(struct step_context *ctx, enum bert_pattern pattern, GError **error)
{
	struct instrument *bert = step_instrument(ctx, INSTRUMENT_BERT);
	const struct optical_type *type = step_type(ctx);
	const struct bounds *bounds = step_bounds(ctx);
	struct bert_setup setup = {
		.output_symbol_rate_bd = type->symbol_rate_bd,
		.pattern = pattern,
	};

	if (!host_rate_bd(ctx, &setup.input_symbol_rate_bd, error))
		return FALSE;
	step_undo(ctx, 1u << INSTRUMENT_BERT, RX_PATH_UNDO_LIGHT, stop_generators);
	rx_path_close_after(ctx);
	if (!stop_generators(ctx, bounds, error) || !darken(ctx, error) ||
	    !bert_configure(bert, &setup, bounds, error))
		return FALSE;
	for (guint l = 0; l < type->n_lanes; l++)
		if (!bert_set_output(bert, step_path(ctx, (int)l + 1)->ppg_channel, TRUE, bounds,
		                     error))
			return FALSE;
	return bert_set_global_output(bert, TRUE, bounds, error);
}

gboolean rx_path_light_on(struct step_context *ctx, GError **error)
{
	return rx_path_pattern_on(ctx, BERT_PATTERN_PRBS31Q, error);
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

double rx_path_average_from_oma_dbm(const struct step_context *ctx, int lane, double oma_dbm)
{
	return oma_dbm + average_over_oma_db(step_path(ctx, lane));
}

/* --- what a receiver bears ------------------------------------------------------------------- */

double rx_path_ceiling_dbm(const struct optical_type *type, double margin_db)
{
	return isnan(type->rx_damage_dbm) ? RX_PATH_UNKNOWN_DBM : type->rx_damage_dbm - margin_db;
}

gboolean rx_path_may_reach(const struct optical_type *type, int lane, double average_dbm,
                           double uncertainty_db, double margin_db, GError **error)
{
	double most_dbm = average_dbm + (isnan(uncertainty_db) ? 0.0 : uncertainty_db);

	if (most_dbm <= rx_path_ceiling_dbm(type, margin_db))
		return TRUE;
	if (isnan(type->rx_damage_dbm))
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "lane %d: up to %.2f dBm average would reach the receiver; type "
		                  "%s does not say what it bears (receiver: damage), so no more "
		                  "than %.2f dBm is given",
		                  lane, most_dbm, type->name, RX_PATH_UNKNOWN_DBM);
	else
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "lane %d: up to %.2f dBm average would reach the receiver; %s "
		                  "may "
		                  "be damaged at %.2f dBm, and %.2f dB are kept from that",
		                  lane, most_dbm, type->name, type->rx_damage_dbm, margin_db);
	return FALSE;
}

/* Expanded; what is not known counts as none. */
static double uncertainty_db(const struct step_context *ctx, int lane)
{
	double attenuator_db = step_uncertainty(ctx, INSTRUMENT_ATTENUATOR);
	double path_db = config_path_uncertainty_db(step_site(ctx), lane);

	return hypot(isnan(attenuator_db) ? 0.0 : attenuator_db, isnan(path_db) ? 0.0 : path_db);
}

double rx_path_most_oma_dbm(const struct step_context *ctx, int lane)
{
	double average_dbm =
		rx_path_ceiling_dbm(step_type(ctx), RX_PATH_MARGIN_DB) - uncertainty_db(ctx, lane);

	return fmin(rx_path_max_oma_dbm(ctx, lane),
	            rx_path_oma_from_average_dbm(ctx, lane, average_dbm));
}

/* What to set for that OMA; refuses what the path cannot give or the receiver may not bear. */
static gboolean setting_for(const struct step_context *ctx, int lane, double oma_dbm,
                            struct attenuator_setting *setting, GError **error)
{
	setting->channel = step_path(ctx, lane)->attenuator_channel;
	setting->attenuation_db = rx_path_max_oma_dbm(ctx, lane) - oma_dbm;
	if (setting->attenuation_db < 0.0) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "lane %d: the reference path gives at most %.2f dBm OMA, not "
		                  "%.2f dBm",
		                  lane, rx_path_max_oma_dbm(ctx, lane), oma_dbm);
		return FALSE;
	}
	return rx_path_may_reach(step_type(ctx), lane,
	                         rx_path_average_from_oma_dbm(ctx, lane, oma_dbm),
	                         uncertainty_db(ctx, lane), RX_PATH_MARGIN_DB, error);
}

/* n lanes from the first on. No shutter opens before every attenuation is what it shall be. */
static gboolean set_lanes(struct step_context *ctx, int first, guint n, const double *oma_dbm,
                          GError **error)
{
	struct attenuator_setting settings[CONFIG_LANES_MAX];
	guint channels[CONFIG_LANES_MAX];
	struct instrument *attenuator;

	for (guint i = 0; i < n; i++) {
		if (!setting_for(ctx, first + (int)i, oma_dbm[i], &settings[i], error))
			return FALSE;
		channels[i] = settings[i].channel;
	}
	attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	return attenuator_set_several(attenuator, settings, n, step_bounds(ctx), error) &&
	       attenuator_open_several(attenuator, channels, n, step_bounds(ctx), error);
}

gboolean rx_path_set_oma(struct step_context *ctx, int lane, double oma_dbm, GError **error)
{
	return set_lanes(ctx, lane, 1, &oma_dbm, error);
}

gboolean rx_path_set_omas(struct step_context *ctx, const double oma_dbm[], GError **error)
{
	return set_lanes(ctx, 1, step_n_lanes(ctx), oma_dbm, error);
}

gboolean rx_path_set_attenuation(struct step_context *ctx, int lane, double attenuation_db,
                                 GError **error)
{
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	double wavelength_m = step_type(ctx)->wavelength_m[lane - 1];
	const struct bounds *bounds = step_bounds(ctx);
	struct attenuator_setting setting;

	return setting_for(ctx, lane, rx_path_max_oma_dbm(ctx, lane) - attenuation_db, &setting,
	                   error) &&
	       attenuator_set_wavelength(attenuator, setting.channel, wavelength_m, bounds,
	                                 error) &&
	       attenuator_set_db(attenuator, setting.channel, attenuation_db, bounds, error);
}

gboolean rx_path_open(struct step_context *ctx, int lane, gboolean open, GError **error)
{
	struct instrument *attenuator = step_instrument(ctx, INSTRUMENT_ATTENUATOR);
	guint channel = step_path(ctx, lane)->attenuator_channel;
	struct attenuator_setting setting;
	double db;

	if (open) {
		if (!attenuator_get_db(attenuator, channel, &db, step_bounds(ctx), error) ||
		    !setting_for(ctx, lane, rx_path_max_oma_dbm(ctx, lane) - fmax(db, 0.0),
		                 &setting, error))
			return FALSE;
		rx_path_close_after(ctx);
	}
	return attenuator_open_shutter(attenuator, channel, open, step_bounds(ctx), error);
}

gboolean rx_path_set_all_oma(struct step_context *ctx, double oma_dbm, GError **error)
{
	return rx_path_set_all_power(ctx, oma_dbm, FALSE, error);
}

gboolean rx_path_set_all_power(struct step_context *ctx, double power_dbm, gboolean is_average,
                               GError **error)
{
	double oma_dbm[CONFIG_LANES_MAX];

	for (guint l = 0; l < step_n_lanes(ctx); l++)
		oma_dbm[l] = is_average ? rx_path_oma_from_average_dbm(ctx, (int)l + 1, power_dbm)
		                        : power_dbm;
	return rx_path_set_omas(ctx, oma_dbm, error);
}

const char *rx_path_power_name(gboolean is_average)
{
	return is_average ? "average power at the receiver" : "OMA at the receiver";
}

double rx_path_uncertainty_db(const struct step_context *ctx)
{
	return uncertainty_db(ctx, step_lane(ctx));
}
