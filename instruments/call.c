/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/call.h"

#include "base/error.h"
#include "base/number.h"
#include "instruments/driver.h"

gboolean call_end(const struct instrument *instrument, const char *what, gboolean ok,
                  GError **error)
{
	if (!ok)
		g_prefix_error(error, "%s: %s: ", instrument->name, what);
	return ok;
}

gboolean call_begin(const struct instrument *instrument, enum instrument_class class,
                    const char *what, GError **error)
{
	if (instrument->driver->class == class)
		return TRUE;
	station_error_set(error, STATION_ERROR_INTERNAL, "is of class %s, not %s",
	                  instrument_class_name(instrument->driver->class),
	                  instrument_class_name(class));
	return call_end(instrument, what, FALSE, error);
}

gboolean call_supported(const struct instrument *instrument, gboolean has_hook, GError **error)
{
	if (has_hook)
		return TRUE;
	station_error_set(error, STATION_ERROR_UNSUPPORTED, "the driver %s cannot do it",
	                  instrument->driver->name);
	return FALSE;
}

gboolean call_index(const struct instrument *instrument, const char *kind, guint number,
                    guint count, GError **error)
{
	if (number >= 1 && number <= count)
		return TRUE;
	station_error_set(error, STATION_ERROR_RANGE, "no %s %u; %s has 1 to %u", kind, number,
	                  instrument->model->model, count);
	return FALSE;
}

gboolean call_range(const struct instrument *instrument, const char *quantity, double value,
                    double min, double max, const char *unit, GError **error)
{
	/* written so that NaN is refused */
	if (value >= min && value <= max)
		return TRUE;
	g_autofree char *value_text = number_format(value);
	g_autofree char *min_text = number_format(min);
	g_autofree char *max_text = number_format(max);
	station_error_set(error, STATION_ERROR_RANGE, "%s %s %s is outside %s to %s %s of %s",
	                  quantity, value_text, unit, min_text, max_text, unit,
	                  instrument->model->model);
	return FALSE;
}
