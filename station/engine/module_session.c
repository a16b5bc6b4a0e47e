/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/module_session.h"

#include "base/clock.h"
#include "base/error.h"
#include "instruments/supply.h"
#include "station/engine/loader.h"
#include "station/engine/pool.h"

#define FIXTURE_LIMIT_S 10.0
#define LOADER_LIMIT_S  60.0
#define TAKE_LIMIT_S    90.0
#define SAFE_LIMIT_S    30.0
#define SETTLE_S        0.1
/* As the step "power-up" has them. */
#define SUPPLY_V        3.3
#define CURRENT_LIMIT_A 4.5

struct module_session {
	const struct config_site *site;
	const struct quirk_table *quirks;
	struct pool *pool;
	const char *supply_name;   /* of the configuration */
	struct instrument *supply; /* null: not taken */
	struct fixture *fixture;
	struct module *module;
	char *serial; /* that the loader put in; null: none */
	gboolean powered;
};

static gboolean take_supply(struct module_session *session, const struct bounds *bounds,
                            GError **error)
{
	struct bounds take = bounds_within(bounds, TAKE_LIMIT_S);

	session->supply_name = session->site->uses[INSTRUMENT_SUPPLY];
	if (!session->supply_name) {
		station_error_set(error, STATION_ERROR_CONFIG, "site %d has no supply",
		                  session->site->site);
		return FALSE;
	}
	return pool_take(session->pool, &session->supply_name, 1, &session->supply, &take, error);
}

static gboolean open_fixture(struct module_session *session, const struct bounds *bounds,
                             GError **error)
{
	const struct config_site *site = session->site;
	struct bounds within = bounds_within(bounds, FIXTURE_LIMIT_S);

	if (exclusive_take_fixture(pool_exclusive(session->pool), site->site, site->fixture, error))
		session->fixture = fixture_open(site->fixture, &within, error);
	if (!session->fixture) {
		g_prefix_error(error, "fixture of site %d: ", site->site);
		return FALSE;
	}
	session->module = module_new(session->fixture);
	module_set_quirks(session->module, session->quirks, NULL);
	return TRUE;
}

static gboolean load(struct module_session *session, const char *serial,
                     const struct bounds *bounds, GError **error)
{
	struct bounds within = bounds_within(bounds, LOADER_LIMIT_S);

	if (!serial || !session->site->loader)
		return TRUE;
	if (!loader_run(session->site, "load", serial, &within, error))
		return FALSE;
	session->serial = g_strdup(serial);
	return TRUE;
}

static gboolean wake(struct module_session *session, const struct bounds *bounds, GError **error)
{
	guint channel = session->site->supply_channel;

	session->powered = TRUE;
	return supply_set(session->supply, channel, SUPPLY_V, CURRENT_LIMIT_A, bounds, error) &&
	       supply_set_output(session->supply, channel, TRUE, bounds, error) &&
	       clock_sleep_s(SETTLE_S, bounds, error) &&
	       module_power_up(session->module, bounds, error) &&
	       module_identify(session->module, bounds, error);
}

struct module_session *module_session_open(const struct config *config,
                                           const struct config_site *site, const char *serial,
                                           const struct bounds *bounds, GError **error)
{
	struct module_session *session = g_new0(struct module_session, 1);

	session->site = site;
	session->quirks = config->quirks;
	session->pool = pool_new(config);
	if (open_fixture(session, bounds, error) && take_supply(session, bounds, error) &&
	    load(session, serial, bounds, error) && wake(session, bounds, error))
		return session;
	module_session_close(session, NULL);
	return NULL;
}

static void note(GPtrArray *notes, GError **error)
{
	if (*error && notes)
		g_ptr_array_add(notes, g_strdup((*error)->message));
	g_clear_error(error);
}

static void make_safe(struct module_session *session, GPtrArray *notes)
{
	const struct bounds bounds = {deadline_in_s(SAFE_LIMIT_S), NULL};
	GError *error = NULL;

	if (session->module)
		module_safe(session->module, &bounds, &error);
	note(notes, &error);
	if (session->powered)
		supply_set_output(session->supply, session->site->supply_channel, FALSE, &bounds,
		                  &error);
	note(notes, &error);
	if (session->serial)
		loader_run(session->site, "unload", session->serial, &bounds, &error);
	note(notes, &error);
}

void module_session_close(struct module_session *session, GPtrArray *notes)
{
	if (!session)
		return;
	make_safe(session, notes);
	if (session->supply)
		pool_give(session->pool, &session->supply_name, 1, FALSE);
	module_free(session->module);
	fixture_close(session->fixture);
	pool_free(session->pool);
	g_free(session->serial);
	g_free(session);
}

struct module *module_session_module(struct module_session *session)
{
	return session->module;
}
