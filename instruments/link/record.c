/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "instruments/link/record.h"

#include "base/error.h"

struct link *record_open(const char *path, struct link *below, GError **error)
{
	link_close(below);
	station_error_set(error, STATION_ERROR_UNSUPPORTED, "not supported yet");
	return NULL;
}

struct link *replay_open(const char *path, const char *resource,
                         const struct link_settings *settings, GError **error)
{
	station_error_set(error, STATION_ERROR_UNSUPPORTED, "not supported yet");
	return NULL;
}
