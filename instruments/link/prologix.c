/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/prologix.h"

#include "base/error.h"

struct link *prologix_open(const struct resource *resource, const struct link_settings *settings,
                           const struct bounds *bounds, GError **error)
{
	station_error_set(error, STATION_ERROR_UNSUPPORTED, "not supported yet");
	return NULL;
}
