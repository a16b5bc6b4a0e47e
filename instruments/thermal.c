/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/thermal.h"

#include "instruments/call.h"
#include "instruments/driver.h"

gboolean thermal_set_window(struct instrument *thermal, double window_degc, double soak_s,
                            const struct bounds *bounds, GError **error)
{
	const char *what = "set window";
	if (!call_begin(thermal, INSTRUMENT_THERMAL, what, error))
		return FALSE;
	const struct thermal_ops *ops = thermal->driver->thermal;
	const struct thermal_facts *facts = thermal->model->thermal;
	gboolean ok = call_supported(thermal, ops->set_window != NULL, error) &&
	              call_range(thermal, "window", window_degc, facts->window_min_degc,
	                         facts->window_max_degc, "degC", error) &&
	              call_range(thermal, "soak time", soak_s, 0, facts->soak_max_s, "s", error) &&
	              ops->set_window(thermal, window_degc, soak_s, bounds, error);
	return call_end(thermal, what, ok, error);
}

gboolean thermal_set_degc(struct instrument *thermal, double degc, const struct bounds *bounds,
                          GError **error)
{
	const char *what = "set temperature";
	if (!call_begin(thermal, INSTRUMENT_THERMAL, what, error))
		return FALSE;
	const struct thermal_ops *ops = thermal->driver->thermal;
	const struct thermal_facts *facts = thermal->model->thermal;
	gboolean ok = call_supported(thermal, ops->set_degc != NULL, error) &&
	              call_range(thermal, "temperature", degc, facts->degc_min, facts->degc_max,
	                         "degC", error) &&
	              ops->set_degc(thermal, degc, bounds, error);
	return call_end(thermal, what, ok, error);
}

gboolean thermal_start(struct instrument *thermal, const struct bounds *bounds, GError **error)
{
	const char *what = "start air flow";
	if (!call_begin(thermal, INSTRUMENT_THERMAL, what, error))
		return FALSE;
	const struct thermal_ops *ops = thermal->driver->thermal;
	gboolean ok = call_supported(thermal, ops->start != NULL, error) &&
	              ops->start(thermal, bounds, error);
	return call_end(thermal, what, ok, error);
}

gboolean thermal_stop(struct instrument *thermal, const struct bounds *bounds, GError **error)
{
	const char *what = "stop air flow";
	if (!call_begin(thermal, INSTRUMENT_THERMAL, what, error))
		return FALSE;
	const struct thermal_ops *ops = thermal->driver->thermal;
	gboolean ok = call_supported(thermal, ops->stop != NULL, error) &&
	              ops->stop(thermal, bounds, error);
	return call_end(thermal, what, ok, error);
}

gboolean thermal_read_degc(struct instrument *thermal, double *degc, const struct bounds *bounds,
                           GError **error)
{
	const char *what = "read temperature";
	if (!call_begin(thermal, INSTRUMENT_THERMAL, what, error))
		return FALSE;
	const struct thermal_ops *ops = thermal->driver->thermal;
	gboolean ok = call_supported(thermal, ops->read_degc != NULL, error) &&
	              ops->read_degc(thermal, degc, bounds, error);
	return call_end(thermal, what, ok, error);
}

gboolean thermal_at_temperature(struct instrument *thermal, gboolean *settled,
                                const struct bounds *bounds, GError **error)
{
	const char *what = "at temperature";
	if (!call_begin(thermal, INSTRUMENT_THERMAL, what, error))
		return FALSE;
	const struct thermal_ops *ops = thermal->driver->thermal;
	gboolean ok = call_supported(thermal, ops->at_temperature != NULL, error) &&
	              ops->at_temperature(thermal, settled, bounds, error);
	return call_end(thermal, what, ok, error);
}
