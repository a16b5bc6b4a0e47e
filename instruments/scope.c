/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/scope.h"

#include "base/error.h"
#include "base/number.h"
#include "base/unit.h"
#include "instruments/call.h"
#include "instruments/driver.h"

#include <math.h>

static gboolean check(struct instrument *scope, gboolean has_hook, guint channel, GError **error)
{
	return call_supported(scope, has_hook, error) &&
	       call_index(scope, "channel", channel, scope->driver->scope->n_channels(scope),
	                  error);
}

guint scope_channels(const struct instrument *scope)
{
	g_return_val_if_fail(scope->driver->class == INSTRUMENT_SCOPE, 0);
	return scope->driver->scope->n_channels(scope);
}

static gboolean check_waveforms(const struct instrument *scope, GError **error)
{
	if (scope->model->scope->gives_waveforms)
		return TRUE;
	station_error_set(error, STATION_ERROR_UNSUPPORTED,
	                  "%s tells its own results only and gives no waveforms, which this needs",
	                  scope->model->model);
	return FALSE;
}

gboolean scope_require_waveforms(const struct instrument *scope, GError **error)
{
	const char *what = "what it gives";
	if (!call_begin(scope, INSTRUMENT_SCOPE, what, error))
		return FALSE;
	return call_end(scope, what, check_waveforms(scope, error), error);
}

/* The light must be near a wavelength for which the receiver is calibrated. */
static gboolean check_wavelength(struct instrument *scope, double wavelength_m, GError **error)
{
	const struct scope_facts *facts = scope->model->scope;
	for (gsize i = 0; i < facts->n_wavelengths; i++) {
		double distance_m = fabs(wavelength_m - facts->wavelengths_m[i]);
		if (distance_m <= facts->wavelength_tolerance_m)
			return TRUE;
	}
	g_autofree char *text = number_format_digits(wavelength_m * 1e9, 7);
	station_error_set(error, STATION_ERROR_RANGE,
	                  "%s is not calibrated for a wavelength of %s nm", scope->model->model,
	                  text);
	return FALSE;
}

static gboolean check_setup(struct instrument *scope, const struct scope_setup *setup,
                            GError **error)
{
	const struct scope_facts *facts = scope->model->scope;
	return call_range(scope, "symbol rate", setup->symbol_rate_bd, facts->symbol_rate_min_bd,
	                  facts->symbol_rate_max_bd, "Bd", error) &&
	       call_range(scope, "bandwidth", setup->filter_bandwidth_hz, facts->bandwidth_min_hz,
	                  facts->bandwidth_max_hz, "Hz", error) &&
	       call_range(scope, "pattern length", (double)setup->pattern_symbols, 1,
	                  (double)facts->pattern_max_symbols, "symbols", error) &&
	       (!facts->gives_waveforms ||
	        call_range(scope, "samples per symbol", setup->samples_per_symbol,
	                   facts->samples_min, facts->samples_max, "", error)) &&
	       call_range(scope, "external loss", setup->external_loss_db, 0,
	                  facts->external_loss_max_db, "dB", error) &&
	       check_wavelength(scope, setup->wavelength_m, error);
}

gboolean scope_configure(struct instrument *scope, guint channel, const struct scope_setup *setup,
                         const struct bounds *bounds, GError **error)
{
	const char *what = "configure";
	if (!call_begin(scope, INSTRUMENT_SCOPE, what, error))
		return FALSE;
	const struct scope_ops *ops = scope->driver->scope;
	gboolean ok = check(scope, ops->configure != NULL, channel, error) &&
	              check_setup(scope, setup, error) &&
	              ops->configure(scope, channel, setup, bounds, error);
	return call_end(scope, what, ok, error);
}

struct waveform *scope_acquire_waveform(struct instrument *scope, guint channel, guint passes,
                                        const struct bounds *bounds, GError **error)
{
	const char *what = "acquire waveform";
	if (!call_begin(scope, INSTRUMENT_SCOPE, what, error))
		return NULL;
	const struct scope_ops *ops = scope->driver->scope;
	struct waveform *taken = NULL;
	if (check_waveforms(scope, error) &&
	    check(scope, ops->acquire_waveform != NULL, channel, error) &&
	    call_range(scope, "number of passes", passes, 1, scope->model->scope->max_passes, "",
	               error))
		taken = ops->acquire_waveform(scope, channel, passes, bounds, error);
	call_end(scope, what, taken != NULL, error);
	return taken;
}

gboolean scope_measure_tdecq_db(struct instrument *scope, guint channel, double *tdecq_db,
                                const struct bounds *bounds, GError **error)
{
	const char *what = "measure TDECQ";
	if (!call_begin(scope, INSTRUMENT_SCOPE, what, error))
		return FALSE;
	const struct scope_ops *ops = scope->driver->scope;
	gboolean ok = check(scope, ops->measure_tdecq != NULL, channel, error) &&
	              ops->measure_tdecq(scope, channel, tdecq_db, bounds, error);
	return call_end(scope, what, ok, error);
}

gboolean scope_measure_oma_w(struct instrument *scope, guint channel, double *oma_w,
                             const struct bounds *bounds, GError **error)
{
	const char *what = "measure OMA";
	if (!call_begin(scope, INSTRUMENT_SCOPE, what, error))
		return FALSE;
	const struct scope_ops *ops = scope->driver->scope;
	gboolean ok = check(scope, ops->measure_oma != NULL, channel, error) &&
	              ops->measure_oma(scope, channel, oma_w, bounds, error);
	return call_end(scope, what, ok, error);
}

gboolean scope_measure_er_db(struct instrument *scope, guint channel, double *er_db,
                             const struct bounds *bounds, GError **error)
{
	const char *what = "measure extinction ratio";
	if (!call_begin(scope, INSTRUMENT_SCOPE, what, error))
		return FALSE;
	const struct scope_ops *ops = scope->driver->scope;
	gboolean ok = check(scope, ops->measure_er != NULL, channel, error) &&
	              ops->measure_er(scope, channel, er_db, bounds, error);
	return call_end(scope, what, ok, error);
}

gboolean scope_measure_power_w(struct instrument *scope, guint channel, double *power_w,
                               const struct bounds *bounds, GError **error)
{
	const char *what = "measure average power";
	if (!call_begin(scope, INSTRUMENT_SCOPE, what, error))
		return FALSE;
	const struct scope_ops *ops = scope->driver->scope;
	gboolean ok = check(scope, ops->measure_power != NULL, channel, error) &&
	              ops->measure_power(scope, channel, power_w, bounds, error);
	return call_end(scope, what, ok, error);
}

gboolean scope_measure_light_w(struct instrument *scope, guint channel, double wavelength_m,
                               double *power_w, const struct bounds *bounds, GError **error)
{
	const char *what = "measure light";
	if (!call_begin(scope, INSTRUMENT_SCOPE, what, error))
		return FALSE;
	const struct scope_ops *ops = scope->driver->scope;
	gboolean ok = check(scope, ops->measure_light != NULL, channel, error) &&
	              check_wavelength(scope, wavelength_m, error) &&
	              ops->measure_light(scope, channel, wavelength_m, power_w, bounds, error);
	return call_end(scope, what, ok, error);
}

gboolean scope_noise_w(const struct instrument *scope, double *noise_w, GError **error)
{
	const char *text = instrument_parameter(scope, "noise");
	g_autoptr(GError) reason = NULL;
	double value = 0;
	if (!text) {
		station_error_set(error, STATION_ERROR_CONFIG, "noise: the parameter is missing");
		return FALSE;
	}
	if (!unit_parse(text, "W", &value, &reason) || !(value > 0)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "noise: \"%s\" is no positive power such as 4 uW", text);
		return FALSE;
	}
	*noise_w = value;
	return TRUE;
}
