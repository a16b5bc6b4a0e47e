/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world_model.h"

#include "base/unit.h"
#include "bench/lightwave.h"
#include "bench/receiver.h"
#include "bench/truth.h"

#include <math.h>
#include <string.h>

#define MINIMUM_V   2.9
#define CONTACT_OHM 0.004
#define MEAN_SPAN_K 4.0

void model_init_site(struct world *world, guint number, const struct world_model *model)
{
	struct site *site = &world->sites[number];

	memset(site, 0, sizeof *site);
	site->model = model;
	site->source_lane = site->probe_lane = -1;
	heat_init(&site->heat, model_now_s(world));
	path_init(&site->path, world->seed, number, model);
	if (!isnan(world->fibre_m))
		site->path.fibre.length_m = world->fibre_m;
}

void model_fibre(const struct world *world, const struct world_model *model, struct fibre *fibre)
{
	path_fibre(fibre, model);
	if (!isnan(world->fibre_m))
		fibre->length_m = world->fibre_m;
}

double model_mate_db(struct world *world)
{
	return random_uniform(&world->noise, 0.02, 0.10);
}

struct site *model_site_now(struct world *world, guint number)
{
	struct site *site = &world->sites[number];
	struct heat before = site->heat;

	heat_advance(&site->heat, model_now_s(world));
	if (site->thermal_stuck) {
		site->heat.case_degc = before.case_degc;
		site->heat.air_degc = before.air_degc;
	}
	return site;
}

/* ---- power ---- */

gboolean model_drive_counts(const struct site *site)
{
	return site->powered && site->drive.high_power && site->drive.power_epoch == site->epoch;
}

double model_load_w(const struct site *site)
{
	struct dut_state state = {
		.high_power = model_drive_counts(site),
		.case_degc = site->heat.case_degc,
		.tec_degc = site->drive.tec_degc,
		.volt = site->supply_v,
	};

	if (!site->powered)
		return 0;
	for (guint i = 0; state.high_power && i < site->unit->model->n_lanes; i++)
		if (site->drive.tx[i].on)
			state.bias_a[i] = site->drive.tx[i].knobs.laser_bias_a;
	return dut_power_w(&site->unit->dut, &state);
}

void model_update_power(struct world *world, struct site *site)
{
	gboolean fed =
		site->unit && site->supply_on && site->supply_v >= MINIMUM_V && !site->tripped;

	if (fed && !site->powered) {
		site->epoch++;
		site->powered_at_s = model_now_s(world);
	}
	site->powered = fed;
	if (fed && model_load_w(site) / site->supply_v > site->limit_a) {
		/* More current makes no more voltage: it falls until the unit stops. */
		site->tripped = TRUE;
		site->powered = FALSE;
	}
	site->heat.load_w = model_load_w(site);
}

static double contact_volt(const struct site *site)
{
	if (!site->powered)
		return 0;
	return site->supply_v - CONTACT_OHM * model_load_w(site) / site->supply_v;
}

void world_power(struct world *world, guint number, struct world_power *power)
{
	g_return_if_fail(number < world->n_sites);
	g_mutex_lock(&world->lock);
	const struct site *site = &world->sites[number];
	*power = (struct world_power){
		.present = site->unit != NULL,
		.on = site->powered,
		.volt = contact_volt(site),
		.epoch = site->epoch,
	};
	g_mutex_unlock(&world->lock);
}

void model_update_drive(struct world *world, struct site *site)
{
	site->drive = site->asked;
	for (guint i = 0; site->unit && i < WORLD_LANES; i++)
		site->drive.tx[i].knobs.laser_bias_a *= 1 - site->unit->bias_lost[i];
	model_update_power(world, site);
}

void world_set_drive(struct world *world, guint number, const struct world_drive *drive)
{
	g_return_if_fail(number < world->n_sites);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	if (site->unit) {
		site->asked = *drive;
		model_update_drive(world, site);
	}
	g_mutex_unlock(&world->lock);
}

/* ---- light ---- */

double model_laser_degc(const struct site *site)
{
	double degc = site->heat.case_degc;

	if (site->unit)
		degc = dut_laser_degc(&site->unit->dut, degc, site->drive.tec_degc);
	/* In steps, so that what is computed for one temperature holds for a while. */
	return rint(degc * 2) / 2;
}

double model_wavelength_m(const struct site *site, guint lane)
{
	return optics_wavelength_m(&site->unit->dut.lanes[lane], model_laser_degc(site));
}

struct world_tx_knobs model_knobs(const struct site *site, guint lane)
{
	return optics_supplied(&site->drive.tx[lane].knobs, site->supply_v);
}

/* One ferrule, or one fibre of it. */
double model_dirt_db(const struct site *site, guint lane)
{
	const struct world_unit *unit = site->unit;

	if (!unit || !unit->dirty || !unit->defects.has[WORLD_DEFECT_DIRTY_CONNECTOR])
		return 0;
	return unit->model->wdm ||
	                       defect_on_lane(&unit->defects, WORLD_DEFECT_DIRTY_CONNECTOR, lane)
	               ? TRUTH_DIRT_DB
	               : 0;
}

static double transmission_at(const struct world *world, const struct site *site, guint lane,
                              const struct world_tx_knobs *knobs, double laser_degc)
{
	return lightwave_mean_transmission(&site->unit->dut.lanes[lane], knobs, laser_degc,
	                                   world->prbs13q, world->n_prbs13q);
}

/* Between two temperatures that are known; NaN outside, or where one of them has none. */
static double mean_between(const struct mean_cache *cache, double laser_degc)
{
	double part = (laser_degc - cache->degc[0]) / (cache->degc[1] - cache->degc[0]);

	if (cache->n < 2 || part < 0 || part > 1)
		return NAN;
	return cache->mean[0] + part * (cache->mean[1] - cache->mean[0]);
}

/* One temperature is left: that which is nearer, or the new one when both are far away. */
static void move_cache(struct mean_cache *cache, double laser_degc)
{
	if (cache->n == 2 &&
	    fabs(laser_degc - cache->degc[1]) < fabs(laser_degc - cache->degc[0])) {
		cache->degc[0] = cache->degc[1];
		cache->mean[0] = cache->mean[1];
	}
	cache->n = cache->n > 0 && isfinite(cache->mean[0]) &&
	           fabs(laser_degc - cache->degc[0]) <= MEAN_SPAN_K;
}

/*
 * While the temperature ramps it is worked out every few degrees, and is straight in between to
 * within 1e-4.
 */
static double mean_transmission(struct world *world, struct site *site, guint lane)
{
	struct mean_cache *cache = &site->mean[lane];
	struct world_tx_knobs knobs = model_knobs(site, lane);
	double laser_degc = model_laser_degc(site);

	if (site->unit->model->transmitter != MODEL_VCSEL)
		knobs.laser_bias_a = 0; /* of no influence here */
	if (memcmp(&cache->knobs, &knobs, sizeof knobs) != 0)
		cache->n = 0;
	if (cache->n > 0 && cache->degc[0] == laser_degc)
		return cache->mean[0];
	double between = mean_between(cache, laser_degc);
	if (isfinite(between))
		return between;
	move_cache(cache, laser_degc);
	guint i = cache->n;
	cache->knobs = knobs;
	cache->degc[i] = laser_degc;
	if (i == 1)
		cache->degc[1] =
			cache->degc[0] + copysign(MEAN_SPAN_K, laser_degc - cache->degc[0]);
	cache->mean[i] = transmission_at(world, site, lane, &knobs, cache->degc[i]);
	cache->n = i + 1;
	between = i == 0 ? cache->mean[0] : mean_between(cache, laser_degc);
	if (isfinite(between) || i == 0)
		return between;
	cache->n = 0; /* where the light goes out nothing is straight */
	return transmission_at(world, site, lane, &knobs, laser_degc);
}

double model_tx_power_w(struct world *world, struct site *site, guint lane)
{
	if (!model_drive_counts(site) || lane >= site->unit->model->n_lanes ||
	    !site->drive.tx[lane].on || site->drive.tx[lane].pattern == WORLD_PATTERN_NONE)
		return 0;
	double laser_w =
		optics_laser_w(&site->unit->dut.lanes[lane],
	                       site->drive.tx[lane].knobs.laser_bias_a, model_laser_degc(site));
	if (!(laser_w > 0))
		return 0;
	double mean = mean_transmission(world, site, lane);
	return mean > 0 ? laser_w * mean * unit_ratio_from_db(-model_dirt_db(site, lane)) : 0;
}

gboolean model_ppg_on(const struct site *site, guint lane)
{
	return site->ppg_global && site->ppg_on[lane];
}

double model_attenuation_db(const struct site *site, guint lane)
{
	double db = site->attenuator_db[lane];

	return db * site->path.attenuator_slope[lane] +
	       0.01 * sin(db + site->path.attenuator_phase[lane]);
}

gboolean model_host_input(const struct site *site, guint host_lane)
{
	int lane = site->unit ? world_model_media_lane(site->unit->model, host_lane) : -1;

	return lane >= 0 && model_ppg_on(site, (guint)lane);
}

/* Light that leaves an attenuator, as a part of what its reference transmitter gives. */
static double attenuator_transmission(const struct site *site, guint output)
{
	if (!model_ppg_on(site, output) || !site->attenuator_open[output])
		return 0;
	return unit_ratio_from_db(-model_attenuation_db(site, output) -
	                          site->path.attenuator_db[output]);
}

double model_attenuator_output_w(const struct site *site, guint lane)
{
	return source_average_w(site->path.source_oma_w[lane]) *
	       attenuator_transmission(site, lane);
}

/* OMA at the end of the fibre that goes into a receive lane. */
static double fibre_end_oma_w(const struct site *site, guint lane)
{
	double sum_w = 0;

	for (guint i = 0; i < WORLD_LANES; i++) {
		double loss_db =
			path_receive_db(&site->path, i, lane, site->model->wavelength_m[i]);
		if (isfinite(loss_db))
			sum_w += site->path.source_oma_w[i] * attenuator_transmission(site, i) *
			         unit_ratio_from_db(-loss_db);
	}
	return sum_w;
}

double model_rx_oma_w(const struct site *site, guint lane)
{
	gboolean wdm = site->path.wdm;

	if (!site->unit || lane >= site->unit->model->n_lanes ||
	    (wdm ? site->probe_lane >= 0 : site->probe_lane == (int)lane))
		return 0;
	return fibre_end_oma_w(site, lane) *
	       unit_ratio_from_db(-site->rx_mate_db[wdm ? 0 : lane] - model_dirt_db(site, lane));
}

double model_seen_oma_w(const struct site *site, guint lane)
{
	return model_rx_oma_w(site, lane) * unit_ratio_from_db(-site->stress_db[lane]);
}

double model_rx_power_w(const struct site *site, guint lane)
{
	return source_average_w(model_rx_oma_w(site, lane));
}

double model_probe_power_w(const struct site *site)
{
	double sum_w = 0;

	for (guint i = 0; site->probe_lane >= 0 && i < WORLD_LANES; i++)
		if (site->path.wdm || site->probe_lane == (int)i)
			sum_w += fibre_end_oma_w(site, i);
	return source_average_w(sum_w) * unit_ratio_from_db(-site->probe_mate_db);
}

void model_tx_light(struct world *world, struct site *site, struct tx_light *light)
{
	gboolean all = site->path.wdm && site->source_lane >= 0;

	for (guint i = 0; i < WORLD_LANES; i++) {
		light->wavelength_m[i] = site->model->wavelength_m[i];
		light->power_w[i] = 0;
		light->modulated[i] = FALSE;
		if (site->source_lane == (int)i) {
			light->power_w[i] = site->source_w * site->path.lamp_gain *
			                    unit_ratio_from_db(-site->source_mate_db);
		} else if (!all && model_tx_power_w(world, site, i) > 0) {
			double mate_db = site->tx_mate_db[site->path.wdm ? 0 : i];
			light->power_w[i] =
				model_tx_power_w(world, site, i) * unit_ratio_from_db(-mate_db);
			light->wavelength_m[i] = model_wavelength_m(site, i);
			light->modulated[i] = TRUE;
		}
	}
}

/* ---- what the module senses ---- */

/* A generator that nobody has told sends PRBS31Q. */
static enum world_pattern sent_pattern(const struct site *site, guint lane)
{
	enum world_pattern pattern = site->ppg_pattern[lane];
	return pattern == WORLD_PATTERN_NONE ? WORLD_PATTERN_PRBS31Q : pattern;
}

static void sense_lane(struct world *world, struct site *site, guint i, struct world_analog *analog)
{
	const struct dut_lane *lane = &site->unit->dut.lanes[i];
	struct random_stream *noise = &world->noise;
	double case_degc = site->heat.case_degc;
	double tx_w = model_tx_power_w(world, site, i);
	double inside_w = tx_w * unit_ratio_from_db(model_dirt_db(site, i));
	double rx_oma_w = model_rx_oma_w(site, i);
	double seen_w = model_seen_oma_w(site, i);
	double rx_w = site->unit->model->rx_in_oma ? rx_oma_w : model_rx_power_w(site, i);

	analog->tx_light[i] = tx_w > 0;
	analog->tx_raw_w[i] = optics_monitor_raw_w(lane, case_degc, inside_w);
	analog->tx_raw_w[i] += random_normal(noise) * (1.5e-3 * inside_w + 0.15e-6);
	analog->rx_raw_w[i] = receiver_monitor_raw_w(lane, case_degc, rx_w);
	analog->rx_raw_w[i] += random_normal(noise) * (1.5e-3 * fabs(analog->rx_raw_w[i]) + 0.1e-6);
	if (model_drive_counts(site) && site->drive.tx[i].on)
		analog->tx_bias_a[i] = site->drive.tx[i].knobs.laser_bias_a * lane->bias_sense;
	analog->rx_locked[i] = receiver_locks(lane, case_degc, seen_w);
	analog->rx_ber[i] = analog->rx_locked[i] ? receiver_ber(lane, case_degc, seen_w) : 0.5;
	if (seen_w > 0)
		analog->rx_pattern[i] = sent_pattern(site, i);
}

static void sense_host(const struct site *site, guint host_lane, struct world_analog *analog)
{
	int lane = world_model_media_lane(site->unit->model, host_lane);
	analog->host_input[host_lane] = model_host_input(site, host_lane);
	if (lane >= 0 && analog->host_input[host_lane])
		analog->host_pattern[host_lane] = sent_pattern(site, (guint)lane);
}

void world_analog(struct world *world, guint number, struct world_analog *analog)
{
	g_return_if_fail(number < world->n_sites);
	memset(analog, 0, sizeof *analog);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	if (site->powered) {
		const struct dut *dut = &site->unit->dut;
		analog->temp_degc = site->heat.case_degc;
		analog->temp_raw_degc = dut_temp_raw_degc(dut, site->heat.case_degc) +
		                        0.03 * random_normal(&world->noise);
		analog->vcc_v = contact_volt(site);
		analog->vcc_raw_v =
			dut_vcc_raw_v(dut, analog->vcc_v) + 3e-4 * random_normal(&world->noise);
		for (guint i = 0; i < site->unit->model->n_lanes; i++)
			sense_lane(world, site, i, analog);
		for (guint i = 0; i < WORLD_HOST_LANES; i++)
			sense_host(site, i, analog);
	}
	g_mutex_unlock(&world->lock);
}

void world_site_state(struct world *world, guint number, struct world_site_state *state)
{
	g_return_if_fail(number < world->n_sites);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	*state = (struct world_site_state){
		.serial = site->unit ? site->unit->serial : NULL,
		.supply_on = site->supply_on,
		.supply_v = site->supply_v,
		.powered = site->powered,
		.switch_channel = site->switch_channel,
		.case_degc = site->heat.case_degc,
		.internal_degc = model_laser_degc(site),
		.thermal_flow = site->heat.flow && site->heat.head_down,
	};
	for (guint i = 0; i < WORLD_LANES; i++) {
		state->tx_power_w[i] = model_tx_power_w(world, site, i);
		state->bias_part[i] = site->unit ? 1 - site->unit->bias_lost[i] : 1;
		state->rx_power_w[i] = model_rx_power_w(site, i);
		state->attenuator_open[i] = site->attenuator_open[i];
		state->attenuator_db[i] = site->attenuator_db[i];
		state->ppg_on[i] = model_ppg_on(site, i);
	}
	g_mutex_unlock(&world->lock);
}
