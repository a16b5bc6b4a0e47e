/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef STATION_ENGINE_MODULE_SESSION_H
#define STATION_ENGINE_MODULE_SESSION_H

#include "fixtures/module.h"
#include "station/engine/config.h"

/*
 * One module at a site, for what somebody does by hand: fixture and supply are taken from all other
 * processes, the module gets its supply and is identified in low power; no laser is on. Errors as
 * those of pool_take, fixture_open, module_power_up and module_identify.
 */
struct module_session;
typedef struct module_session module_session; /* for g_autoptr(module_session) only */

/*
 * The configuration is borrowed. `serial` may be null: else the site's loader puts that unit in,
 * and takes it out at the end; a site without one wants the module in its socket.
 */
struct module_session *module_session_open(const struct config *config,
                                           const struct config_site *site, const char *serial,
                                           const struct bounds *bounds, GError **error);
/*
 * Module in reset, supply off, fixture and supply given back, with bounds that no cancel ends; null
 * is allowed. What could not be done is a line in `notes` (owned char *).
 */
void module_session_close(struct module_session *session, GPtrArray *notes);

struct module *module_session_module(struct module_session *session); /* borrowed */

#endif
