/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world_model.h"

#include "base/unit.h"
#include "bench/lightwave.h"
#include "bench/receiver.h"
#include "bench/truth.h"

#include <math.h>
#include <string.h>

#define ELEMENT_SIGMA_DB    0.03
#define INSTRUMENT_SIGMA_DB 0.03
#define FANOUT_DB           0.35
/* arms of a lane's coupler: 20 % to the meter, 40 % to the scope, 40 % to the fibre */
#define METER_ARM_DB   7.20
#define SCOPE_ARM_DB   4.20
#define SPLICES_DB     0.12
#define SWITCH_DB      0.80
#define ATTENUATOR_DB  1.60
#define SOURCE_OMA_DBM 4.5
#define SOURCE_ER_DB   6.0
#define MINIMUM_V      2.9
#define CONTACT_OHM    0.004

static double element_db(struct random_stream *s, double nominal_db)
{
	return nominal_db + random_bounded(s, ELEMENT_SIGMA_DB, 2.5);
}

static double instrument_gain(struct random_stream *s)
{
	return unit_ratio_from_db(random_bounded(s, INSTRUMENT_SIGMA_DB, 2.5));
}

void model_init_site(struct site *site, guint64 seed, guint number, double now_s)
{
	struct random_stream s;
	g_autofree char *name = g_strdup_printf("site %u", number);
	double fanout_db[WORLD_LANES];

	random_init(&s, seed, name);
	heat_init(&site->heat, now_s);
	site->scope_gain = instrument_gain(&s);
	for (guint i = 0; i < WORLD_LANES; i++) {
		fanout_db[i] = element_db(&s, FANOUT_DB);
		site->meter_loss_db[i] = fanout_db[i] + element_db(&s, METER_ARM_DB);
		site->scope_loss_db[i] =
			fanout_db[i] + element_db(&s, SCOPE_ARM_DB) + element_db(&s, SWITCH_DB);
		site->rx_loss_db[i] = element_db(&s, ATTENUATOR_DB) + element_db(&s, FANOUT_DB);
		site->source_oma_w[i] = unit_watt_from_dbm(SOURCE_OMA_DBM) * instrument_gain(&s);
		site->meter_gain[i] = instrument_gain(&s);
		site->monitor_gain[i] = instrument_gain(&s);
		site->attenuator_slope[i] = 1 + random_bounded(&s, 0.001, 2);
		site->attenuator_phase[i] = random_uniform(&s, 0, 2 * G_PI);
	}
	for (guint i = 0; i < WORLD_LANES; i++)
		site->fibre_path_db[i] = fanout_db[i] + element_db(&s, SCOPE_ARM_DB) +
		                         element_db(&s, SPLICES_DB) + element_db(&s, SWITCH_DB);
}

struct site *model_site_now(struct world *world, guint number)
{
	struct site *site = &world->sites[number];

	heat_advance(&site->heat, model_now_s(world));
	return site;
}

/* ---- power ---- */

gboolean model_drive_counts(const struct site *site)
{
	return site->powered && site->drive.high_power && site->drive.power_epoch == site->epoch;
}

double model_load_w(const struct site *site)
{
	double bias_a[WORLD_LANES] = {0};

	if (!site->powered)
		return 0;
	gboolean high = model_drive_counts(site);
	for (guint i = 0; high && i < WORLD_LANES; i++)
		if (site->drive.tx[i].on)
			bias_a[i] = site->drive.tx[i].knobs.laser_bias_a;
	return dut_power_w(&site->unit->dut, high, bias_a);
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

void world_set_drive(struct world *world, guint number, const struct world_drive *drive)
{
	g_return_if_fail(number < world->n_sites);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	if (site->unit) {
		site->drive = *drive;
		model_update_power(world, site);
	}
	g_mutex_unlock(&world->lock);
}

/* ---- light ---- */

double model_laser_degc(const struct site *site)
{
	/* In steps, so that what is computed for one temperature holds for a while. */
	return rint((site->heat.case_degc + OPTICS_SELF_HEATING_K) * 2) / 2;
}

double model_dirt_db(const struct site *site, guint lane)
{
	return site->unit && site->unit->dirty &&
	                       defect_on_lane(&site->unit->defects, WORLD_DEFECT_DIRTY_CONNECTOR,
	                                      lane)
	               ? TRUTH_DIRT_DB
	               : 0;
}

static double mean_transmission(struct world *world, struct site *site, guint lane)
{
	struct mean_cache *cache = &site->mean[lane];
	struct world_tx_knobs knobs = site->drive.tx[lane].knobs;
	double laser_degc = model_laser_degc(site);

	knobs.laser_bias_a = 0; /* of no influence here */
	if (cache->known && cache->laser_degc == laser_degc &&
	    memcmp(&cache->knobs, &knobs, sizeof knobs) == 0)
		return cache->mean;
	cache->mean = lightwave_mean_transmission(&site->unit->dut.lanes[lane], &knobs, laser_degc,
	                                          world->prbs13q, world->n_prbs13q);
	cache->knobs = knobs;
	cache->laser_degc = laser_degc;
	cache->known = TRUE;
	return cache->mean;
}

double model_tx_power_w(struct world *world, struct site *site, guint lane)
{
	if (!model_drive_counts(site) || !site->drive.tx[lane].on ||
	    site->drive.tx[lane].pattern == WORLD_PATTERN_NONE)
		return 0;
	double laser_w =
		optics_laser_w(&site->unit->dut.lanes[lane],
	                       site->drive.tx[lane].knobs.laser_bias_a, model_laser_degc(site));
	if (!(laser_w > 0))
		return 0;
	return laser_w * mean_transmission(world, site, lane) *
	       unit_ratio_from_db(-model_dirt_db(site, lane));
}

gboolean model_ppg_on(const struct site *site, guint lane)
{
	return site->ppg_global && site->ppg_on[lane];
}

double model_attenuation_db(const struct site *site, guint lane)
{
	double db = site->attenuator_db[lane];

	return db * site->attenuator_slope[lane] + 0.01 * sin(db + site->attenuator_phase[lane]);
}

static double source_average_w(const struct site *site, guint lane)
{
	double er = unit_ratio_from_db(SOURCE_ER_DB);

	return site->source_oma_w[lane] * (er + 1) / (2 * (er - 1));
}

static double rx_transmission(const struct site *site, guint lane)
{
	if (!model_ppg_on(site, lane) || !site->attenuator_open[lane])
		return 0;
	return unit_ratio_from_db(-model_attenuation_db(site, lane) - site->rx_loss_db[lane]);
}

static double connector_transmission(const struct site *site, guint lane)
{
	return unit_ratio_from_db(-site->rx_mate_db[lane] - model_dirt_db(site, lane));
}

double model_attenuator_output_w(const struct site *site, guint lane)
{
	return source_average_w(site, lane) * rx_transmission(site, lane) *
	       unit_ratio_from_db(FANOUT_DB);
}

double model_rx_oma_w(const struct site *site, guint lane)
{
	if (!site->unit)
		return 0;
	return site->source_oma_w[lane] * rx_transmission(site, lane) *
	       connector_transmission(site, lane);
}

double model_rx_power_w(const struct site *site, guint lane)
{
	if (!site->unit)
		return 0;
	return source_average_w(site, lane) * rx_transmission(site, lane) *
	       connector_transmission(site, lane);
}

/* ---- what the module senses ---- */

static void sense_lane(struct world *world, struct site *site, guint i, struct world_analog *analog)
{
	const struct dut_lane *lane = &site->unit->dut.lanes[i];
	struct random_stream *noise = &world->noise;
	double tx_w = model_tx_power_w(world, site, i);
	double inside_w = tx_w * unit_ratio_from_db(model_dirt_db(site, i));
	double rx_oma_w = model_rx_oma_w(site, i);

	analog->tx_light[i] = tx_w > 0;
	analog->tx_raw_w[i] = (inside_w - lane->tx_mon_offset_w) / lane->tx_mon_slope;
	analog->tx_raw_w[i] += random_normal(noise) * (1.5e-3 * inside_w + 0.15e-6);
	analog->rx_raw_w[i] = receiver_monitor_raw_w(lane, model_rx_power_w(site, i));
	analog->rx_raw_w[i] += random_normal(noise) * (1.5e-3 * fabs(analog->rx_raw_w[i]) + 0.1e-6);
	if (model_drive_counts(site) && site->drive.tx[i].on)
		analog->tx_bias_a[i] = site->drive.tx[i].knobs.laser_bias_a * lane->bias_sense;
	analog->rx_locked[i] = receiver_locks(lane, rx_oma_w);
	analog->rx_ber[i] = analog->rx_locked[i] ? receiver_ber(lane, rx_oma_w) : 0.5;
	analog->host_input[2 * i] = analog->host_input[2 * i + 1] = model_ppg_on(site, i);
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
		analog->temp_raw_degc = site->heat.case_degc - dut->temp_offset_k +
		                        0.03 * random_normal(&world->noise);
		analog->vcc_v = contact_volt(site);
		analog->vcc_raw_v =
			analog->vcc_v - dut->vcc_offset_v + 3e-4 * random_normal(&world->noise);
		for (guint i = 0; i < WORLD_LANES; i++)
			sense_lane(world, site, i, analog);
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
		state->rx_power_w[i] = model_rx_power_w(site, i);
		state->attenuator_open[i] = site->attenuator_open[i];
		state->attenuator_db[i] = site->attenuator_db[i];
		state->ppg_on[i] = model_ppg_on(site, i);
	}
	g_mutex_unlock(&world->lock);
}
