/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world_model.h"

#include "base/unit.h"
#include "bench/optics.h"

#include <math.h>
#include <stdlib.h>

#define LINES_PER_LANE 8

static double meter_power_w(struct world *world, struct site *site, guint port)
{
	struct tx_light light;
	double sum_w = 0;

	if (port >= WORLD_LANES && site->probe_lane >= 0)
		return model_probe_power_w(site);
	model_tx_light(world, site, &light);
	for (guint i = 0; i < WORLD_LANES; i++) {
		double loss_db = path_meter_db(&site->path, port, i, light.wavelength_m[i]);
		if (isfinite(loss_db))
			sum_w += light.power_w[i] * unit_ratio_from_db(-loss_db);
	}
	return sum_w;
}

double world_meter_read_w(struct world *world, guint number, guint port, double averaging_s)
{
	g_return_val_if_fail(number < world->n_sites && port < WORLD_METER_PORTS, NAN);
	g_return_val_if_fail(averaging_s > 0, NAN);
	model_before_look(world, number);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	double power_w = meter_power_w(world, site, port) * site->path.meter_gain[port];
	/* Detector noise of some 10 pW in 0.1 s; slow laser fluctuation that averages as well. */
	double noise_w = (10e-12 + 1e-4 * power_w) * sqrt(0.1 / averaging_s);
	power_w += noise_w * random_normal(&world->noise);
	g_mutex_unlock(&world->lock);
	return power_w;
}

/* What each lane has at a port; before the module's connector the sources' light. */
static double lane_at_port_w(const struct site *site, const struct tx_light *light, guint port,
                             guint lane)
{
	if (port >= WORLD_LANES && site->probe_lane >= 0)
		return site->path.wdm || site->probe_lane == (int)lane
		               ? model_attenuator_output_w(site, lane)
		               : 0;
	double loss_db = path_meter_db(&site->path, port, lane, light->wavelength_m[lane]);
	return isfinite(loss_db) ? light->power_w[lane] * unit_ratio_from_db(-loss_db) : 0;
}

double world_meter_wavelength_m(struct world *world, guint number, guint port)
{
	g_return_val_if_fail(number < world->n_sites && port < WORLD_METER_PORTS, NAN);
	model_before_look(world, number);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	const double *nominal_m = site->model->wavelength_m;
	gboolean probed = port >= WORLD_LANES && site->probe_lane >= 0;
	double sum_w = 0, moment = 0, mean_m = 0;
	struct tx_light light;
	model_tx_light(world, site, &light);
	for (guint i = 0; i < WORLD_LANES; i++) {
		double power_w = lane_at_port_w(site, &light, port, i);
		sum_w += power_w;
		moment += power_w * (probed ? nominal_m[i] : light.wavelength_m[i]);
		mean_m += nominal_m[i] / WORLD_LANES;
	}
	g_mutex_unlock(&world->lock);
	if (sum_w > 0)
		return moment / sum_w;
	return port < WORLD_LANES ? nominal_m[port] : mean_m;
}

static int by_power(const void *a, const void *b)
{
	double first_w = ((const struct world_line *)a)->power_w;
	double second_w = ((const struct world_line *)b)->power_w;

	return (first_w < second_w) - (first_w > second_w);
}

/* The lines of what is in a lane's fibre, with their powers there. */
static guint lane_lines(const struct site *site, const struct tx_light *light, guint lane,
                        struct world_line *lines)
{
	if (!(light->power_w[lane] > 0))
		return 0;
	if (!light->modulated[lane]) {
		lines[0] = (struct world_line){light->wavelength_m[lane], light->power_w[lane]};
		return 1;
	}
	guint n = optics_lines(&site->unit->dut.lanes[lane], model_laser_degc(site), lines,
	                       LINES_PER_LANE);
	for (guint i = 0; i < n; i++)
		lines[i].power_w *= light->power_w[lane];
	return n;
}

guint world_spectrum(struct world *world, guint number, struct world_line *lines, guint max)
{
	g_return_val_if_fail(number < world->n_sites && max >= 1, 0);
	struct world_line all[WORLD_LANES * LINES_PER_LANE];
	struct tx_light light;
	guint n = 0;

	number = model_at_scope(world, number);
	model_before_look(world, number);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	model_tx_light(world, site, &light);
	/* of the reference transmitters nobody asked for lines */
	gboolean lit = site->switch_channel >= 0 && site->switch_channel < 2 * WORLD_LANES;
	for (guint lane = 0; lit && lane < WORLD_LANES; lane++) {
		struct world_line own[LINES_PER_LANE];
		guint found = lane_lines(site, &light, lane, own);
		for (guint i = 0; i < found; i++) {
			double loss_db = path_scope_db(&site->path, (guint)site->switch_channel,
			                               lane, own[i].wavelength_m);
			if (!isfinite(loss_db))
				continue;
			own[i].power_w *= unit_ratio_from_db(-loss_db);
			all[n++] = own[i];
		}
	}
	g_mutex_unlock(&world->lock);
	qsort(all, n, sizeof *all, by_power);
	n = MIN(n, max);
	for (guint i = 0; i < n; i++)
		lines[i] = all[i];
	return n;
}
