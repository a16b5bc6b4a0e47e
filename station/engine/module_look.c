/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/clock.h"
#include "base/error.h"
#include "instruments/supply.h"
#include "station/engine/module_compare.h"
#include "station/engine/pool.h"

#define SUPPLY_V     3.3
#define SUPPLY_A     4.5
#define SETTLE_S     0.1
#define LOOK_LIMIT_S 60.0
#define UNDO_LIMIT_S 10.0

struct look {
	const struct config *config;
	const struct config_site *site;
	struct pool *pool;
	struct fixture *fixture;
	struct module *module;
	struct instrument *supply;
	struct bounds bounds;
};

static gboolean energise(struct look *look, GError **error)
{
	guint channel = look->site->supply_channel;

	return supply_set(look->supply, channel, SUPPLY_V, SUPPLY_A, &look->bounds, error) &&
	       supply_set_output(look->supply, channel, TRUE, &look->bounds, error) &&
	       clock_sleep_s(SETTLE_S, &look->bounds, error) &&
	       module_power_up(look->module, &look->bounds, error) &&
	       module_identify(look->module, &look->bounds, error);
}

static gboolean read_all(struct look *look, struct module_image *image, char **part_number,
                         GError **error)
{
	g_autoptr(knob_map) map = NULL;
	GError *cause = NULL;

	*part_number = g_strdup(module_identity(look->module)->part_number);
	if (!module_read_image(look->module, image, &look->bounds, error))
		return FALSE;
	map = module_compare_map(look->config, *part_number, &cause);
	if (cause) {
		g_propagate_error(error, cause);
		return FALSE;
	}
	return !map || (knobs_unlock(look->module, map, &look->bounds, error) &&
	                knobs_image(look->module, map, image, &look->bounds, error));
}

/* Module, then supply; what the look itself said counts more than what this says. */
static gboolean make_safe(struct look *look, GError **error)
{
	const struct bounds bounds = {deadline_in_s(UNDO_LIMIT_S), NULL};
	gboolean safe = module_safe(look->module, &bounds, error);

	return supply_set_output(look->supply, look->site->supply_channel, FALSE, &bounds,
	                         safe ? error : NULL) &&
	       safe;
}

static gboolean look_with_supply(struct look *look, struct module_image *image, char **part_number,
                                 GError **error)
{
	const char *name = look->site->uses[INSTRUMENT_SUPPLY];
	gboolean ok, safe;

	if (!name) {
		station_error_set(error, STATION_ERROR_CONFIG, "site %d has no supply",
		                  look->site->site);
		return FALSE;
	}
	if (!pool_take(look->pool, &name, 1, &look->supply, &look->bounds, error))
		return FALSE;
	ok = energise(look, error) && read_all(look, image, part_number, error);
	safe = make_safe(look, ok ? error : NULL);
	pool_give(look->pool, &name, 1, !ok);
	return ok && safe;
}

static gboolean look_in_fixture(struct look *look, struct module_image *image, char **part_number,
                                GError **error)
{
	gboolean ok;

	if (!exclusive_take_fixture(pool_exclusive(look->pool), look->site->site,
	                            look->site->fixture, error))
		return FALSE;
	look->fixture = fixture_open(look->site->fixture, &look->bounds, error);
	if (!look->fixture)
		return FALSE;
	look->module = module_new(look->fixture);
	ok = look_with_supply(look, image, part_number, error);
	module_free(look->module);
	fixture_close(look->fixture);
	return ok;
}

gboolean module_look(const struct config *config, int site, struct module_image *image,
                     char **part_number, GError **error)
{
	struct look look = {.config = config, .site = config_site(config, site)};
	gboolean ok;

	clock_set_scale(config->time_scale);
	look.bounds.deadline = deadline_in_s(LOOK_LIMIT_S);
	look.pool = pool_new(config);
	ok = look_in_fixture(&look, image, part_number, error);
	pool_free(look.pool);
	if (!ok)
		g_prefix_error(error, "site %d: ", site);
	return ok;
}
