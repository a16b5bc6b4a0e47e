/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/power_meter.h"

#include "base/error.h"
#include "base/number.h"
#include "instruments/call.h"
#include "instruments/driver.h"

#include <math.h>

gboolean power_meter_set_wavelength(struct instrument *meter, guint channel, double wavelength_m,
                                    const struct bounds *bounds, GError **error)
{
	const char *what = "set wavelength";
	if (!call_begin(meter, INSTRUMENT_POWER_METER, what, error))
		return FALSE;
	const struct power_meter_ops *ops = meter->driver->power_meter;
	const struct power_meter_facts *facts = meter->model->power_meter;
	gboolean ok = call_supported(meter, ops->set_wavelength != NULL, error) &&
	              call_index(meter, "channel", channel, meter->model->n_channels, error) &&
	              call_range(meter, "wavelength", wavelength_m, facts->wavelength_min_m,
	                         facts->wavelength_max_m, "m", error) &&
	              ops->set_wavelength(meter, channel, wavelength_m, bounds, error);
	return call_end(meter, what, ok, error);
}

gboolean power_meter_set_averaging_s(struct instrument *meter, guint channel, double averaging_s,
                                     const struct bounds *bounds, GError **error)
{
	const char *what = "set averaging time";
	if (!call_begin(meter, INSTRUMENT_POWER_METER, what, error))
		return FALSE;
	const struct power_meter_ops *ops = meter->driver->power_meter;
	const struct power_meter_facts *facts = meter->model->power_meter;
	gboolean ok = call_supported(meter, ops->set_averaging != NULL, error) &&
	              call_index(meter, "channel", channel, meter->model->n_channels, error) &&
	              call_range(meter, "averaging time", averaging_s, facts->averaging_min_s,
	                         facts->averaging_max_s, "s", error) &&
	              ops->set_averaging(meter, channel, averaging_s, bounds, error);
	return call_end(meter, what, ok, error);
}

gboolean power_meter_read_w(struct instrument *meter, guint channel, double *power_w,
                            const struct bounds *bounds, GError **error)
{
	const char *what = "read power";
	if (!call_begin(meter, INSTRUMENT_POWER_METER, what, error))
		return FALSE;
	const struct power_meter_ops *ops = meter->driver->power_meter;
	gboolean ok = call_supported(meter, ops->read != NULL, error) &&
	              call_index(meter, "channel", channel, meter->model->n_channels, error) &&
	              ops->read(meter, channel, power_w, bounds, error);
	return call_end(meter, what, ok, error);
}

/* All channels with the hook there is. */
static gboolean read_channels(struct instrument *meter, double *power_w,
                              const struct bounds *bounds, GError **error)
{
	const struct power_meter_ops *ops = meter->driver->power_meter;
	if (ops->read_all)
		return ops->read_all(meter, power_w, bounds, error);
	GError *cause = NULL;
	if (!call_supported(meter, ops->read && meter->model->n_channels == 1, error))
		return FALSE;
	if (ops->read(meter, 1, power_w, bounds, &cause))
		return TRUE;
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_DATA)) {
		g_error_free(cause);
		*power_w = NAN;
		return TRUE;
	}
	g_propagate_error(error, cause);
	return FALSE;
}

gboolean power_meter_read_all_w(struct instrument *meter, double *power_w, gsize n_channels,
                                const struct bounds *bounds, GError **error)
{
	const char *what = "read power of all channels";
	if (!call_begin(meter, INSTRUMENT_POWER_METER, what, error))
		return FALSE;
	if (n_channels != meter->model->n_channels) {
		station_error_set(error, STATION_ERROR_INTERNAL,
		                  "asked for %" G_GSIZE_FORMAT " channels of %u", n_channels,
		                  meter->model->n_channels);
		return call_end(meter, what, FALSE, error);
	}
	return call_end(meter, what, read_channels(meter, power_w, bounds, error), error);
}

/* A channel without a value is not dark either. */
static gboolean check_dark(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	double limit_w = meter->model->power_meter->dark_max_w;
	if (limit_w <= 0)
		return TRUE;
	guint n = meter->model->n_channels;
	g_autofree double *power_w = g_new0(double, n);
	g_autoptr(GString) lit = g_string_new(NULL);
	if (!read_channels(meter, power_w, bounds, error))
		return FALSE;
	for (guint i = 0; i < n; i++) {
		if (!(fabs(power_w[i]) <= limit_w))
			g_string_append_printf(lit, " %u", i + 1);
	}
	if (lit->len == 0)
		return TRUE;
	g_autofree char *limit = number_format_digits(limit_w, 3);
	station_error_set(error, STATION_ERROR_INSTRUMENT, "more than %s W of light on channels%s",
	                  limit, lit->str);
	return FALSE;
}

gboolean power_meter_zero(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	const char *what = "zero";
	if (!call_begin(meter, INSTRUMENT_POWER_METER, what, error))
		return FALSE;
	const struct power_meter_ops *ops = meter->driver->power_meter;
	gboolean ok = call_supported(meter, ops->zero != NULL, error) &&
	              check_dark(meter, bounds, error) && ops->zero(meter, bounds, error);
	return call_end(meter, what, ok, error);
}
