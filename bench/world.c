/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world.h"

#include "base/error.h"
#include "bench/stimulus.h"
#include "bench/truth.h"
#include "bench/world_model.h"

#include <math.h>
#include <string.h>

static void unit_free(gpointer data)
{
	struct world_unit *unit = data;

	if (unit->firmware_destroy)
		unit->firmware_destroy(unit->firmware);
	world_truth_clear(&unit->truth);
	g_free(unit->serial);
	g_free(unit->defects_text);
	g_free(unit->degraded);
	g_free(unit);
}

struct world *world_new(guint sites, guint64 seed, double time_scale)
{
	g_return_val_if_fail(sites >= 1 && sites <= WORLD_MAX_SITES, NULL);
	g_return_val_if_fail(time_scale > 0 && isfinite(time_scale), NULL);
	struct world *world = g_new0(struct world, 1);

	g_mutex_init(&world->lock);
	g_cond_init(&world->changed);
	world->seed = seed;
	world->n_sites = sites;
	world->sites = g_new0(struct site, sites);
	world->units = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, unit_free);
	world->scale = time_scale;
	world->real_us = g_get_monotonic_time();
	random_init(&world->noise, seed, "noise");
	world->unit_width = 1;
	world->fibre_m = NAN;
	world->prbs13q = stimulus_new(WORLD_PATTERN_PRBS13Q, &world->n_prbs13q);
	world->ssprq = stimulus_new(WORLD_PATTERN_SSPRQ, &world->n_ssprq);
	for (guint i = 0; i < sites; i++)
		model_init_site(world, i, world_model_at(0));
	return world;
}

void world_free(struct world *world)
{
	if (!world)
		return;
	g_hash_table_destroy(world->units);
	g_free(world->sites);
	g_free(world->prbs13q);
	g_free(world->ssprq);
	g_cond_clear(&world->changed);
	g_mutex_clear(&world->lock);
	g_free(world);
}

guint world_sites(const struct world *world)
{
	return world->n_sites;
}

void world_set_site_model(struct world *world, guint site, const struct world_model *model)
{
	g_return_if_fail(site < world->n_sites);
	g_mutex_lock(&world->lock);
	model_init_site(world, site, model);
	g_mutex_unlock(&world->lock);
}

const struct world_model *world_site_model(struct world *world, guint site)
{
	g_return_val_if_fail(site < world->n_sites, NULL);
	g_mutex_lock(&world->lock);
	const struct world_model *model = world->sites[site].model;
	g_mutex_unlock(&world->lock);
	return model;
}

void world_set_population(struct world *world, double width, double defect_rate)
{
	g_return_if_fail(width > 0 && defect_rate >= 0 && defect_rate <= 1);
	g_mutex_lock(&world->lock);
	world->unit_width = width;
	world->defect_rate = defect_rate;
	g_mutex_unlock(&world->lock);
}

guint64 world_seed(const struct world *world)
{
	return world->seed;
}

/* ---- time ---- */

double model_now_s(const struct world *world)
{
	return world->sim_s +
	       (double)(g_get_monotonic_time() - world->real_us) * 1e-6 * world->scale;
}

double world_now_s(struct world *world)
{
	g_mutex_lock(&world->lock);
	double now_s = model_now_s(world);
	g_mutex_unlock(&world->lock);
	return now_s;
}

double world_time_scale(struct world *world)
{
	g_mutex_lock(&world->lock);
	double scale = world->scale;
	g_mutex_unlock(&world->lock);
	return scale;
}

void world_set_time_scale(struct world *world, double scale)
{
	g_return_if_fail(scale > 0 && isfinite(scale));
	g_mutex_lock(&world->lock);
	world->sim_s = model_now_s(world);
	world->real_us = g_get_monotonic_time();
	world->scale = scale;
	g_cond_broadcast(&world->changed);
	g_mutex_unlock(&world->lock);
}

gboolean world_sleep_s(struct world *world, double seconds)
{
	g_mutex_lock(&world->lock);
	double end_s = model_now_s(world) + seconds;
	while (!world->stopped) {
		double left_us = (end_s - model_now_s(world)) / world->scale * 1e6;
		if (!(left_us > 0))
			break;
		/* Woken by a new scale too: what is left is then worked out again. */
		g_cond_wait_until(&world->changed, &world->lock,
		                  g_get_monotonic_time() + (gint64)fmin(ceil(left_us), 1e12));
	}
	gboolean slept = !world->stopped;
	g_mutex_unlock(&world->lock);
	return slept;
}

void world_stop(struct world *world)
{
	g_mutex_lock(&world->lock);
	world->stopped = TRUE;
	g_cond_broadcast(&world->changed);
	g_mutex_unlock(&world->lock);
}

gboolean world_stopped(struct world *world)
{
	g_mutex_lock(&world->lock);
	gboolean stopped = world->stopped;
	g_mutex_unlock(&world->lock);
	return stopped;
}

/* ---- units ---- */

static gboolean check_serial(const char *serial, GError **error)
{
	gsize length = serial ? strlen(serial) : 0;
	gboolean fine = length >= 1 && length <= WORLD_MAX_SERIAL;

	for (gsize i = 0; fine && i < length; i++)
		fine = serial[i] >= 0x20 && serial[i] <= 0x7E;
	if (!fine)
		station_error_set(error, STATION_ERROR_RANGE,
		                  "a serial number has 1 to %d printable characters",
		                  WORLD_MAX_SERIAL);
	return fine;
}

/* The unit, made if need be of `model`; null and error as world_declare_unit. Wants the lock. */
static struct world_unit *declare(struct world *world, const char *serial,
                                  const struct world_model *model, const char *defects,
                                  GError **error)
{
	struct defect_set set;

	if (!check_serial(serial, error) || !defect_set_parse(defects, serial, &set, error))
		return NULL;
	struct world_unit *unit = g_hash_table_lookup(world->units, serial);
	if (unit && defects && !defect_set_equal(&set, &unit->defects)) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "unit %s exists with other defects: \"%s\"", serial,
		                  unit->defects_text);
		return NULL;
	}
	if (unit)
		return unit;
	unit = g_new0(struct world_unit, 1);
	unit->serial = g_strdup(serial);
	unit->model = model;
	unit->defects = set;
	unit->defects_text = defect_set_text(&set);
	unit->dirty = set.has[WORLD_DEFECT_DIRTY_CONNECTOR];
	dut_init_wide(&unit->dut, model, world->seed, serial, &set, world->unit_width);
	unit->degraded = dut_degrade(&unit->dut, world->seed, serial, world->defect_rate);
	world_constants_of_model(&unit->constants, model);
	g_hash_table_insert(world->units, unit->serial, unit);
	return unit;
}

gboolean world_declare_unit(struct world *world, const char *serial, const char *defects,
                            GError **error)
{
	g_mutex_lock(&world->lock);
	struct world_unit *unit = declare(world, serial, world_model_at(0), defects, error);
	g_mutex_unlock(&world->lock);
	return unit != NULL;
}

gboolean world_declare_model(struct world *world, const char *serial,
                             const struct world_model *model, const char *defects, GError **error)
{
	g_mutex_lock(&world->lock);
	struct world_unit *unit = declare(world, serial, model, defects, error);
	gboolean same = unit && unit->model == model;
	g_mutex_unlock(&world->lock);
	if (unit && !same)
		station_error_set(error, STATION_ERROR_RANGE, "unit %s exists as another model: %s",
		                  serial, unit->model->name);
	return same;
}

static gboolean is_elsewhere(const struct world *world, const struct world_unit *unit, guint *where)
{
	for (guint i = 0; i < world->n_sites; i++) {
		if (world->sites[i].unit == unit) {
			*where = i;
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean insert(struct world *world, guint number, const char *serial, const char *defects,
                       GError **error)
{
	struct site *site = model_site_now(world, number);
	guint where;

	if (site->unit) {
		station_error_set(error, STATION_ERROR_REFUSED, "site %u holds unit %s", number + 1,
		                  site->unit->serial);
		return FALSE;
	}
	struct world_unit *unit = declare(world, serial, site->model, defects, error);
	if (!unit)
		return FALSE;
	if (!world_model_fits(unit->model, site->model)) {
		station_error_set(error, STATION_ERROR_REFUSED,
		                  "unit %s (%s) does not fit site %u, which is built for %s",
		                  serial, unit->model->part_number, number + 1,
		                  site->model->part_number);
		return FALSE;
	}
	if (is_elsewhere(world, unit, &where)) {
		station_error_set(error, STATION_ERROR_REFUSED, "unit %s is in site %u", serial,
		                  where + 1);
		return FALSE;
	}
	site->unit = site->last_unit = unit;
	memset(&site->asked, 0, sizeof site->asked);
	memset(&site->drive, 0, sizeof site->drive);
	memset(site->mean, 0, sizeof site->mean);
	for (guint i = 0; i < WORLD_LANES; i++) {
		site->tx_mate_db[i] = model_mate_db(world);
		site->rx_mate_db[i] = model_mate_db(world);
	}
	site->heat.case_degc = HEAT_AMBIENT_DEGC;
	model_update_power(world, site);
	return TRUE;
}

gboolean world_insert(struct world *world, guint site, const char *serial, const char *defects,
                      GError **error)
{
	g_return_val_if_fail(site < world->n_sites, FALSE);
	g_mutex_lock(&world->lock);
	gboolean done = insert(world, site, serial, defects, error);
	g_mutex_unlock(&world->lock);
	return done;
}

gboolean world_remove(struct world *world, guint number, GError **error)
{
	g_return_val_if_fail(number < world->n_sites, FALSE);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	gboolean there = site->unit != NULL;
	site->unit = NULL;
	site->tripped = FALSE;
	model_update_power(world, site);
	g_mutex_unlock(&world->lock);
	if (!there)
		station_error_set(error, STATION_ERROR_ABSENT, "site %u is empty", number + 1);
	return there;
}

gboolean world_clean(struct world *world, guint number, GError **error)
{
	g_return_val_if_fail(number < world->n_sites, FALSE);
	g_mutex_lock(&world->lock);
	struct world_unit *unit = world->sites[number].last_unit;
	if (unit)
		unit->dirty = FALSE;
	g_mutex_unlock(&world->lock);
	if (!unit)
		station_error_set(error, STATION_ERROR_ABSENT, "no unit has been in site %u",
		                  number + 1);
	return unit != NULL;
}

gboolean world_clean_serial(struct world *world, const char *serial, GError **error)
{
	g_mutex_lock(&world->lock);
	struct world_unit *unit = g_hash_table_lookup(world->units, serial);
	if (unit)
		unit->dirty = FALSE;
	g_mutex_unlock(&world->lock);
	if (!unit)
		station_error_set(error, STATION_ERROR_ABSENT, "no unit %s", serial);
	return unit != NULL;
}

struct world_unit *world_unit(struct world *world, guint site)
{
	g_return_val_if_fail(site < world->n_sites, NULL);
	g_mutex_lock(&world->lock);
	struct world_unit *unit = world->sites[site].unit;
	g_mutex_unlock(&world->lock);
	return unit;
}

struct world_unit *world_find_unit(struct world *world, const char *serial)
{
	g_mutex_lock(&world->lock);
	struct world_unit *unit = g_hash_table_lookup(world->units, serial);
	g_mutex_unlock(&world->lock);
	return unit;
}

const char *world_unit_serial(const struct world_unit *unit)
{
	return unit->serial;
}

const struct world_model *world_unit_model(const struct world_unit *unit)
{
	return unit->model;
}

gboolean world_unit_has(const struct world_unit *unit, enum world_defect defect)
{
	return (guint)defect < WORLD_DEFECTS && unit->defects.has[defect];
}

int world_unit_defect_lane(const struct world_unit *unit, enum world_defect defect)
{
	return world_unit_has(unit, defect) ? unit->defects.lane[defect] : -1;
}

const char *world_unit_defects(const struct world_unit *unit)
{
	return unit->defects_text;
}

void *world_unit_firmware(struct world *world, struct world_unit *unit)
{
	g_mutex_lock(&world->lock);
	void *data = unit->firmware;
	g_mutex_unlock(&world->lock);
	return data;
}

void world_unit_set_firmware(struct world *world, struct world_unit *unit, void *data,
                             GDestroyNotify destroy)
{
	g_mutex_lock(&world->lock);
	void *old = unit->firmware;
	GDestroyNotify old_destroy = unit->firmware_destroy;
	unit->firmware = data;
	unit->firmware_destroy = destroy;
	g_mutex_unlock(&world->lock);
	if (old_destroy && old != data)
		old_destroy(old);
}

void world_unit_set_constants(struct world *world, struct world_unit *unit,
                              const struct world_constants *constants)
{
	g_mutex_lock(&world->lock);
	unit->constants = *constants;
	unit->truth_known = FALSE;
	g_mutex_unlock(&world->lock);
}

void world_set_before_look(struct world *world, void (*before_look)(guint site, gpointer data),
                           gpointer data)
{
	world->before_look = before_look;
	world->before_look_data = data;
}

void model_before_look(struct world *world, guint site)
{
	if (world->before_look)
		world->before_look(site, world->before_look_data);
}
