/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/service.h"

#include "base/error.h"
#include "instruments/link/stream.h"

static const double pause_first_s = 0.002;
static const double pause_last_s = 0.05;

gboolean service_only_late(const struct bounds *bounds, GError **error)
{
	if (!g_error_matches(*error, STATION_ERROR, STATION_ERROR_TIMEOUT) ||
	    !bounds_check(bounds, "service request", NULL))
		return FALSE;
	g_clear_error(error);
	return TRUE;
}

gboolean service_pause(struct service_pace *pace, const struct bounds *bounds, GError **error)
{
	pace->pause_s = CLAMP(pace->pause_s * 2, pause_first_s, pause_last_s);
	const struct bounds pause = bounds_within(bounds, pace->pause_s);
	GError *cause = NULL;
	stream_wait(-1, 0, &pause, "service request", &cause);
	if (service_only_late(bounds, &cause))
		return TRUE;
	g_propagate_error(error, cause);
	return FALSE;
}

gboolean service_await(struct link *link, service_news_fn news, guint8 *status,
                       const struct bounds *bounds, GError **error)
{
	struct service_pace pace = {0};
	guint8 byte = 0;
	for (;;) {
		if (!link->ops->status_byte(link, &byte, bounds, error))
			return FALSE;
		if (byte & LINK_STATUS_RQS)
			break;
		if (!news(link, &pace, bounds, error)) {
			g_prefix_error(error, "no service was requested: ");
			return FALSE;
		}
	}
	*status = byte;
	return TRUE;
}
