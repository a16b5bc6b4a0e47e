/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/power_meter.h"

#include "base/error.h"
#include "instruments/call.h"
#include "instruments/driver.h"

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

gboolean power_meter_read_all_w(struct instrument *meter, double *power_w, gsize n_channels,
                                const struct bounds *bounds, GError **error)
{
	const char *what = "read power of all channels";
	if (!call_begin(meter, INSTRUMENT_POWER_METER, what, error))
		return FALSE;
	const struct power_meter_ops *ops = meter->driver->power_meter;
	if (n_channels != meter->model->n_channels) {
		station_error_set(error, STATION_ERROR_INTERNAL,
		                  "asked for %" G_GSIZE_FORMAT " channels of %u", n_channels,
		                  meter->model->n_channels);
		return call_end(meter, what, FALSE, error);
	}
	gboolean ok = call_supported(meter, ops->read_all != NULL, error) &&
	              ops->read_all(meter, power_w, bounds, error);
	return call_end(meter, what, ok, error);
}

gboolean power_meter_zero(struct instrument *meter, const struct bounds *bounds, GError **error)
{
	const char *what = "zero";
	if (!call_begin(meter, INSTRUMENT_POWER_METER, what, error))
		return FALSE;
	const struct power_meter_ops *ops = meter->driver->power_meter;
	gboolean ok =
		call_supported(meter, ops->zero != NULL, error) && ops->zero(meter, bounds, error);
	return call_end(meter, what, ok, error);
}
