/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_LOADER_H
#define STATION_ENGINE_LOADER_H

#include "base/deadline.h"
#include "station/engine/config.h"

/*
 * How units get into a site and out: the site's `loader` command, for a robot or the virtual bench.
 * The words {action} (load, unload, clean), {site} and {serial} in its arguments are replaced. The
 * command must exit 0; anything else is STATION_ERROR_FIXTURE with its standard error, or else its
 * output, in the text.
 */
gboolean loader_run(const struct config_site *site, const char *action, const char *serial,
                    const struct bounds *bounds, GError **error);

/*
 * The same for the site's `reference` command, which connects what path losses are calibrated with:
 * {action} is source or probe, {lane} a lane's number, or "off" for lane 0.
 */
gboolean loader_reference(const struct config_site *site, const char *action, int lane,
                          const struct bounds *bounds, GError **error);

#endif
