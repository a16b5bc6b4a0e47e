/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/thermal.h"

#include "instruments/call.h"
#include "instruments/driver.h"

#include <math.h>

/* ---- window and soak ---- */

void thermal_watch_init(struct thermal_watch *watch)
{
	*watch = (struct thermal_watch){.target_degc = NAN, .inside_since_s = NAN};
}

void thermal_watch_set_window(struct thermal_watch *watch, double window_degc, double soak_s)
{
	if (watch->window_degc != window_degc || watch->soak_s != soak_s)
		thermal_watch_restart(watch);
	watch->window_degc = window_degc;
	watch->soak_s = soak_s;
}

void thermal_watch_set_target(struct thermal_watch *watch, double target_degc)
{
	if (watch->target_degc != target_degc)
		thermal_watch_restart(watch);
	watch->target_degc = target_degc;
}

void thermal_watch_restart(struct thermal_watch *watch)
{
	watch->inside_since_s = NAN;
}

gboolean thermal_watch_look(struct thermal_watch *watch, double now_s, double degc)
{
	/* written so that NaN is outside */
	if (!(fabs(degc - watch->target_degc) <= watch->window_degc)) {
		thermal_watch_restart(watch);
		return FALSE;
	}
	if (isnan(watch->inside_since_s))
		watch->inside_since_s = now_s;
	return now_s - watch->inside_since_s >= watch->soak_s;
}

/* ---- the wrappers ---- */

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
	const char *what = "start";
	if (!call_begin(thermal, INSTRUMENT_THERMAL, what, error))
		return FALSE;
	const struct thermal_ops *ops = thermal->driver->thermal;
	gboolean ok = call_supported(thermal, ops->start != NULL, error) &&
	              ops->start(thermal, bounds, error);
	return call_end(thermal, what, ok, error);
}

gboolean thermal_stop(struct instrument *thermal, const struct bounds *bounds, GError **error)
{
	const char *what = "stop";
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
