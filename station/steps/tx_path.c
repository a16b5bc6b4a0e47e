/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/tx_path.h"

#include "base/error.h"
#include "base/unit.h"
#include "instruments/optical_switch.h"
#include "instruments/power_meter.h"
#include "instruments/scope.h"

#include <math.h>

/* At the module, from a port of the meter behind a path of that loss. */
static gboolean read_dbm(struct step_context *ctx, guint channel, double wavelength_m,
                         double loss_db, double *power_dbm, GError **error)
{
	struct instrument *meter = step_instrument(ctx, INSTRUMENT_POWER_METER);
	const struct bounds *bounds = step_bounds(ctx);
	double power_w;

	if (!power_meter_set_wavelength(meter, channel, wavelength_m, bounds, error) ||
	    !power_meter_read_w(meter, channel, &power_w, bounds, error))
		return FALSE;
	if (!isfinite(power_w)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "the power meter has no reading of channel %u", channel);
		return FALSE;
	}
	/* a dark port reads its noise, which may be below zero */
	*power_dbm = unit_dbm_from_watt(MAX(power_w, 0.0)) + loss_db;
	return TRUE;
}

gboolean tx_path_power_at_dbm(struct step_context *ctx, int lane, double wavelength_m,
                              double *power_dbm, GError **error)
{
	const struct config_lane *path = step_path(ctx, lane);

	return read_dbm(ctx, path->meter_channel, wavelength_m, path->meter_loss_db, power_dbm,
	                error);
}

gboolean tx_path_power_dbm(struct step_context *ctx, int lane, double *power_dbm, GError **error)
{
	return tx_path_power_at_dbm(ctx, lane, step_type(ctx)->wavelength_m[lane - 1], power_dbm,
	                            error);
}

gboolean tx_path_total_dbm(struct step_context *ctx, double *power_dbm, GError **error)
{
	const struct config_site *site = step_site(ctx);
	const struct optical_type *type = step_type(ctx);
	double mean_m = 0.0;

	for (guint l = 0; l < type->n_lanes; l++)
		mean_m += type->wavelength_m[l] / type->n_lanes;
	return read_dbm(ctx, site->total_meter_channel, mean_m, site->total_loss_db, power_dbm,
	                error);
}

/* Absent uncertainties count as none: the record shows what was configured. */
static double join(double a, double b)
{
	return hypot(isnan(a) ? 0.0 : a, isnan(b) ? 0.0 : b);
}

double tx_path_expanded(double instrument, double standard)
{
	return isnan(instrument) && isnan(standard) ? NAN : join(instrument, 2.0 * standard);
}

double tx_path_leak_db(double isolation_db)
{
	return isnan(isolation_db) ? 0.0
	                           : 10.0 * log10(1.0 + 2.0 * unit_ratio_from_db(-isolation_db));
}

/* The losses, and what a demultiplexer lets through of the neighbours. */
static double light_path_uncertainty_db(struct step_context *ctx)
{
	const struct config_site *site = step_site(ctx);
	int lane = step_lane(ctx);
	double leak_db = 0.0;

	for (guint i = 0; i < site->n_lanes; i++)
		if (!lane || site->lanes[i].lane == lane)
			leak_db = fmax(leak_db, tx_path_leak_db(site->lanes[i].demux_isolation_db));
	return join(config_path_uncertainty_db(site, lane), leak_db);
}

double tx_path_power_uncertainty_db(struct step_context *ctx)
{
	return join(step_uncertainty(ctx, INSTRUMENT_POWER_METER), light_path_uncertainty_db(ctx));
}

double tx_path_scope_uncertainty_db(struct step_context *ctx)
{
	return join(step_uncertainty(ctx, INSTRUMENT_SCOPE), light_path_uncertainty_db(ctx));
}

static gboolean cmis_pattern_of(enum pattern_id pattern, enum cmis_pattern *code, GError **error)
{
	switch (pattern) {
	case PATTERN_SSPRQ:
		*code = CMIS_PATTERN_SSPRQ;
		return TRUE;
	case PATTERN_PRBS13Q:
		*code = CMIS_PATTERN_PRBS13Q;
		return TRUE;
	default:
		station_error_set(error, STATION_ERROR_UNSUPPORTED,
		                  "pattern %s is not one that is captured from a module",
		                  pattern_name(pattern));
		return FALSE;
	}
}

double tx_path_bandwidth_hz(const struct optical_type *type, enum tx_route route)
{
	return route == TX_DISPERSED ? type->tdecq_bandwidth_hz : type->bandwidth_hz;
}

void tx_path_settings(const struct optical_type *type, enum tx_route route,
                      struct tdecq_settings *settings)
{
	tdecq_settings_default(settings);
	settings->taps = type->taps;
	settings->max_precursors = type->max_precursors;
	settings->main_tap_min = type->main_tap_min;
	settings->target_ser = type->target_ser;
	settings->adjust_thresholds = type->threshold_limit > 0;
	settings->threshold_limit = type->threshold_limit;
	settings->fit_centre = type->windows_slide;
	settings->receiver_bandwidth_ui = tx_path_bandwidth_hz(type, route) / type->symbol_rate_bd;
	settings->noise_bandwidth_ui = type->bandwidth_hz / type->symbol_rate_bd;
}

/* Pattern, switch and scope for the lane and the route. */
static gboolean connect(struct step_context *ctx, int lane, const struct tx_capture *how,
                        GError **error)
{
	const struct config_site *site = step_site(ctx);
	const struct config_lane *path = step_path(ctx, lane);
	const struct bounds *bounds = step_bounds(ctx);
	const struct optical_type *type = step_type(ctx);
	gboolean fibre = how->route == TX_DISPERSED && type->tdecq_by_fibre;
	struct scope_setup setup = {
		.symbol_rate_bd = type->symbol_rate_bd,
		.pattern_symbols = (gsize)pattern_period(how->pattern),
		.samples_per_symbol = how->samples_per_symbol
	                                      ? how->samples_per_symbol
	                                      : step_count(ctx, "samples_per_symbol"),
		.filter_bandwidth_hz = tx_path_bandwidth_hz(type, how->route),
		.wavelength_m = type->wavelength_m[lane - 1],
		.external_loss_db = fibre ? path->fibre_loss_db : path->scope_loss_db,
	};
	enum cmis_pattern code;

	return cmis_pattern_of(how->pattern, &code, error) &&
	       module_set_pattern(step_module(ctx), code, bounds, error) &&
	       optical_switch_route(step_instrument(ctx, INSTRUMENT_OPTICAL_SWITCH),
	                            site->switch_module,
	                            fibre ? path->fibre_channel : path->switch_channel, bounds,
	                            error) &&
	       scope_configure(step_instrument(ctx, INSTRUMENT_SCOPE), site->scope_channel, &setup,
	                       bounds, error);
}

struct waveform *tx_path_capture(struct step_context *ctx, int lane, const struct tx_capture *how,
                                 GError **error)
{
	const struct optical_type *type = step_type(ctx);
	struct waveform *wave;

	if (!scope_require_waveforms(step_instrument(ctx, INSTRUMENT_SCOPE), error) ||
	    !connect(ctx, lane, how, error))
		return NULL;
	wave = scope_acquire_waveform(step_instrument(ctx, INSTRUMENT_SCOPE),
	                              step_site(ctx)->scope_channel, how->passes, step_bounds(ctx),
	                              error);
	/* its noise is known for the reference bandwidth; noise is white enough before the filter
	 */
	if (wave)
		wave->scope_noise_w *=
			sqrt(tx_path_bandwidth_hz(type, how->route) / type->bandwidth_hz);
	return wave;
}

gboolean tx_path_analyse(const struct optical_type *type, const struct waveform *wave,
                         const struct tx_capture *how, GCancellable *stop,
                         struct pam4_result *result, GError **error)
{
	gsize n;
	g_autofree guint8 *symbols = pattern_symbols(how->pattern, &n, error);
	struct pam4_settings settings;

	if (!symbols)
		return FALSE;
	pam4_settings_default(&settings);
	tx_path_settings(type, how->route, &settings.tdecq);
	settings.tdecq.stop = stop;
	settings.with_tdecq = settings.with_eye = how->with_tdecq;
	if (pam4_measure(wave, symbols, n, &settings, result, error))
		return TRUE;
	g_prefix_error(error, "%s: ", pattern_name(how->pattern));
	return FALSE;
}

gboolean tx_path_measure(struct step_context *ctx, int lane, const struct tx_capture *how,
                         struct pam4_result *result, struct waveform **captured, GError **error)
{
	g_autoptr(waveform) wave = tx_path_capture(ctx, lane, how, error);

	if (!wave)
		return FALSE;
	if (!tx_path_analyse(step_type(ctx), wave, how, step_bounds(ctx)->cancellable, result,
	                     error)) {
		g_prefix_error(error, "lane %d: ", lane);
		return FALSE;
	}
	if (captured)
		*captured = g_steal_pointer(&wave);
	return TRUE;
}
