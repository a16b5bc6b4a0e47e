/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/fault.h"

#include "base/error.h"

struct link *fault_open(const char *argument, struct link *below, GError **error)
{
	link_close(below);
	station_error_set(error, STATION_ERROR_UNSUPPORTED, "not supported yet");
	return NULL;
}
