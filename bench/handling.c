/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/handling.h"

#include "bench/world_model.h"

#include <math.h>

#define MOST_AGE_DB 20.0

static void swap(guint *lanes, guint a, guint b)
{
	guint of_a = lanes[a];

	lanes[a] = lanes[b];
	lanes[b] = of_a;
}

void world_swap_tx(struct world *world, guint site, guint a, guint b)
{
	g_return_if_fail(site < world->n_sites && a < WORLD_LANES && b < WORLD_LANES);
	g_mutex_lock(&world->lock);
	swap(world->sites[site].path.tx_lane, a, b);
	g_mutex_unlock(&world->lock);
}

void world_swap_rx(struct world *world, guint site, guint a, guint b)
{
	g_return_if_fail(site < world->n_sites && a < WORLD_LANES && b < WORLD_LANES);
	g_mutex_lock(&world->lock);
	swap(world->sites[site].path.rx_lane, a, b);
	g_mutex_unlock(&world->lock);
}

const char *world_demux_name(enum world_demux demux)
{
	static const char *const names[WORLD_DEMUXES] = {"own", "cwdm", "lwdm"};

	return (guint)demux < WORLD_DEMUXES ? names[demux] : NULL;
}

gboolean world_set_demux(struct world *world, guint number, enum world_demux demux)
{
	g_return_val_if_fail(number < world->n_sites && (guint)demux < WORLD_DEMUXES, FALSE);
	g_mutex_lock(&world->lock);
	struct path *path = &world->sites[number].path;
	gboolean done = path->wdm;
	if (done)
		path->grid = demux;
	g_mutex_unlock(&world->lock);
	return done;
}

void world_age_path(struct world *world, guint number, guint lane, gboolean receive, double db)
{
	g_return_if_fail(number < world->n_sites && lane < WORLD_LANES);
	g_return_if_fail(db >= 0 && db <= MOST_AGE_DB);
	g_mutex_lock(&world->lock);
	struct path *path = &world->sites[number].path;
	if (receive)
		path->rx_age_db[lane] = db;
	else
		path->tx_age_db[lane] = db;
	g_mutex_unlock(&world->lock);
}

gboolean world_set_bias_part(struct world *world, guint number, guint lane, double part)
{
	g_return_val_if_fail(number < world->n_sites && lane < WORLD_LANES, FALSE);
	g_return_val_if_fail(part >= 0 && part <= 1, FALSE);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	gboolean there = site->unit != NULL;
	if (there) {
		site->unit->bias_lost[lane] = 1 - part;
		model_update_drive(world, site);
	}
	g_mutex_unlock(&world->lock);
	return there;
}

void world_set_thermal_stuck(struct world *world, guint number, gboolean stuck)
{
	g_return_if_fail(number < world->n_sites);
	g_mutex_lock(&world->lock);
	model_site_now(world, number)->thermal_stuck = stuck;
	g_mutex_unlock(&world->lock);
}

void world_set_source(struct world *world, guint number, int lane, double power_w)
{
	g_return_if_fail(number < world->n_sites && lane < WORLD_LANES);
	g_return_if_fail(lane < 0 || (power_w > 0 && power_w <= 0.1));
	g_mutex_lock(&world->lock);
	struct site *site = &world->sites[number];
	site->source_lane = MAX(lane, -1);
	site->source_w = power_w;
	site->source_mate_db = model_mate_db(world);
	g_mutex_unlock(&world->lock);
}

void world_set_probe(struct world *world, guint number, int lane)
{
	g_return_if_fail(number < world->n_sites && lane < WORLD_LANES);
	g_mutex_lock(&world->lock);
	struct site *site = &world->sites[number];
	site->probe_lane = MAX(lane, -1);
	site->probe_mate_db = model_mate_db(world);
	g_mutex_unlock(&world->lock);
}
