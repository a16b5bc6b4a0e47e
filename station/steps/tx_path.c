/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/steps/tx_path.h"

#include "base/error.h"
#include "base/unit.h"
#include "instruments/optical_switch.h"
#include "instruments/power_meter.h"
#include "instruments/scope.h"

#include <math.h>

gboolean tx_path_power_dbm(struct step_context *ctx, int lane, double *power_dbm, GError **error)
{
	struct instrument *meter = step_instrument(ctx, INSTRUMENT_POWER_METER);
	const struct config_lane *path = step_path(ctx, lane);
	const struct bounds *bounds = step_bounds(ctx);
	double power_w;

	if (!power_meter_set_wavelength(meter, path->meter_channel, step_number(ctx, "wavelength"),
	                                bounds, error) ||
	    !power_meter_read_w(meter, path->meter_channel, &power_w, bounds, error))
		return FALSE;
	if (!isfinite(power_w)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "lane %d: the power meter has no reading", lane);
		return FALSE;
	}
	/* a dark port reads its noise, which may be below zero */
	*power_dbm = unit_dbm_from_watt(MAX(power_w, 0.0)) + path->meter_loss_db;
	return TRUE;
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

double tx_path_power_uncertainty_db(struct step_context *ctx)
{
	return join(step_uncertainty(ctx, INSTRUMENT_POWER_METER),
	            step_site(ctx)->path_uncertainty_db);
}

double tx_path_scope_uncertainty_db(struct step_context *ctx)
{
	return join(step_uncertainty(ctx, INSTRUMENT_SCOPE), step_site(ctx)->path_uncertainty_db);
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

struct waveform *tx_path_capture(struct step_context *ctx, int lane, const struct tx_capture *how,
                                 GError **error)
{
	struct instrument *scope = step_instrument(ctx, INSTRUMENT_SCOPE);
	const struct config_site *site = step_site(ctx);
	const struct config_lane *path = step_path(ctx, lane);
	const struct bounds *bounds = step_bounds(ctx);
	gboolean fibre = how->route == TX_FIBRE;
	struct scope_setup setup = {
		.symbol_rate_bd = step_number(ctx, "symbol_rate"),
		.pattern_symbols = (gsize)pattern_period(how->pattern),
		.samples_per_symbol = step_count(ctx, "samples_per_symbol"),
		.filter_bandwidth_hz = step_number(ctx, "bandwidth"),
		.wavelength_m = step_number(ctx, "wavelength"),
		.external_loss_db = fibre ? path->fibre_loss_db : path->scope_loss_db,
	};
	enum cmis_pattern code;

	if (!cmis_pattern_of(how->pattern, &code, error) ||
	    !module_set_pattern(step_module(ctx), code, bounds, error) ||
	    !optical_switch_route(step_instrument(ctx, INSTRUMENT_OPTICAL_SWITCH),
	                          site->switch_module,
	                          fibre ? path->fibre_channel : path->switch_channel, bounds,
	                          error) ||
	    !scope_configure(scope, site->scope_channel, &setup, bounds, error))
		return NULL;
	return scope_acquire_waveform(scope, site->scope_channel, how->passes, bounds, error);
}

gboolean tx_path_measure(struct step_context *ctx, int lane, const struct tx_capture *how,
                         struct pam4_result *result, struct waveform **captured, GError **error)
{
	g_autoptr(waveform) wave = tx_path_capture(ctx, lane, how, error);
	g_autofree guint8 *symbols = NULL;
	struct pam4_settings settings;
	gsize n;

	if (!wave)
		return FALSE;
	symbols = pattern_symbols(how->pattern, &n, error);
	if (!symbols)
		return FALSE;
	pam4_settings_default(&settings);
	settings.with_tdecq = settings.with_eye = how->with_tdecq;
	if (!pam4_measure(wave, symbols, n, &settings, result, error)) {
		g_prefix_error(error, "lane %d: %s: ", lane, pattern_name(how->pattern));
		return FALSE;
	}
	if (captured)
		*captured = g_steal_pointer(&wave);
	return TRUE;
}
