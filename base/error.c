/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"

#include <stdarg.h>

GQuark station_error_quark(void)
{
	return g_quark_from_static_string("station-error");
}

static const char *const error_names[] = {
	[STATION_ERROR_INTERNAL] = "internal",
	[STATION_ERROR_CONFIG] = "config",
	[STATION_ERROR_TIMEOUT] = "timeout",
	[STATION_ERROR_CANCELLED] = "cancelled",
	[STATION_ERROR_IO] = "io",
	[STATION_ERROR_PROTOCOL] = "protocol",
	[STATION_ERROR_INSTRUMENT] = "instrument",
	[STATION_ERROR_FIXTURE] = "fixture",
	[STATION_ERROR_MODULE] = "module",
	[STATION_ERROR_ABSENT] = "absent",
	[STATION_ERROR_RANGE] = "range",
	[STATION_ERROR_UNSUPPORTED] = "unsupported",
	[STATION_ERROR_DATA] = "data",
	[STATION_ERROR_STORAGE] = "storage",
	[STATION_ERROR_REFUSED] = "refused",
	[STATION_ERROR_AUTHORITY] = "authority",
};

const char *station_error_name(enum station_error code)
{
	if ((guint)code >= G_N_ELEMENTS(error_names))
		return "unknown";
	return error_names[code];
}

gboolean station_error_is_units_fault(const GError *error)
{
	return g_error_matches(error, STATION_ERROR, STATION_ERROR_MODULE);
}

void station_error_set(GError **error, enum station_error code, const char *format, ...)
{
	if (!error || *error)
		return;
	va_list args;
	va_start(args, format);
	g_autofree char *raw = g_strdup_vprintf(format, args);
	va_end(args);
	/* Texts quote what instruments sent; events and reports need UTF-8. */
	g_autofree char *text = g_utf8_make_valid(raw, -1);
	*error = g_error_new_literal(STATION_ERROR, (int)code, text);
}
