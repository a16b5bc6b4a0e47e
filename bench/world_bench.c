/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world_model.h"

#include "bench/eyetruth.h"
#include "bench/receiver.h"

#include <math.h>

#define INRUSH_A        1.2
#define INRUSH_TAU_S    3e-3
#define BITS_PER_SYMBOL 2 /* PAM4 */

/* ---- supply ---- */

void world_set_supply(struct world *world, guint number, double volt, double current_limit_a,
                      gboolean on)
{
	g_return_if_fail(number < world->n_sites);
	g_return_if_fail(volt >= 0 && current_limit_a >= 0);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	if (!on || current_limit_a > site->limit_a)
		site->tripped = FALSE;
	site->supply_v = volt;
	site->limit_a = current_limit_a;
	site->supply_on = on;
	model_update_power(world, site);
	g_mutex_unlock(&world->lock);
}

void world_supply_measure(struct world *world, guint number, double *volt, double *ampere,
                          gboolean *limiting)
{
	g_return_if_fail(number < world->n_sites);
	g_mutex_lock(&world->lock);
	const struct site *site = model_site_now(world, number);
	double true_v = site->supply_on ? site->supply_v : 0, true_a = 0;
	*limiting = FALSE;
	if (site->powered) {
		double since_s = model_now_s(world) - site->powered_at_s;
		true_a = model_load_w(site) / site->supply_v +
		         INRUSH_A * exp(-since_s / INRUSH_TAU_S);
	}
	if (site->supply_on && (site->tripped || true_a > site->limit_a)) {
		*limiting = TRUE;
		true_a = site->limit_a;
		if (site->tripped)
			true_v *= 0.25;
	}
	*volt = true_v + 2e-4 * random_normal(&world->noise);
	*ampere = true_a + 2e-4 * random_normal(&world->noise);
	g_mutex_unlock(&world->lock);
}

/* ---- light path ---- */

void world_set_attenuator(struct world *world, guint site, guint lane, double db, gboolean open)
{
	g_return_if_fail(site < world->n_sites && lane < WORLD_LANES);
	g_return_if_fail(db >= 0 && db <= 45);
	g_mutex_lock(&world->lock);
	world->sites[site].attenuator_db[lane] = db;
	world->sites[site].attenuator_open[lane] = open;
	g_mutex_unlock(&world->lock);
}

double world_attenuator_output_w(struct world *world, guint site, guint lane)
{
	g_return_val_if_fail(site < world->n_sites && lane < WORLD_LANES, NAN);
	g_mutex_lock(&world->lock);
	const struct site *s = &world->sites[site];
	double power_w = model_attenuator_output_w(s, lane) * s->path.monitor_gain[lane];
	power_w += random_normal(&world->noise) * (power_w * 5e-4 + 0.5e-9);
	g_mutex_unlock(&world->lock);
	return power_w;
}

void world_set_switch(struct world *world, guint site, int channel)
{
	g_return_if_fail(site < world->n_sites && channel >= -1 && channel < WORLD_SWITCH_CHANNELS);
	g_mutex_lock(&world->lock);
	world->sites[site].switch_channel = channel;
	g_mutex_unlock(&world->lock);
}

void world_share_switch(struct world *world)
{
	g_mutex_lock(&world->lock);
	world->switch_shared = TRUE;
	for (guint i = 1; i < world->n_sites; i++)
		world->sites[i].switch_channel = -1;
	g_mutex_unlock(&world->lock);
}

gboolean world_switch_is_shared(struct world *world)
{
	g_mutex_lock(&world->lock);
	gboolean shared = world->switch_shared;
	g_mutex_unlock(&world->lock);
	return shared;
}

void world_set_shared_switch(struct world *world, int channel)
{
	int end = (int)world->n_sites * WORLD_SWITCH_CHANNELS;

	g_return_if_fail(channel >= -1 && channel < end);
	g_mutex_lock(&world->lock);
	for (guint i = 0; i < world->n_sites; i++)
		world->sites[i].switch_channel = -1;
	if (channel >= 0) {
		world->routed_site = (guint)channel / WORLD_SWITCH_CHANNELS;
		world->sites[world->routed_site].switch_channel = channel % WORLD_SWITCH_CHANNELS;
	}
	g_mutex_unlock(&world->lock);
}

guint model_at_scope(struct world *world, guint site)
{
	g_mutex_lock(&world->lock);
	guint at_scope = world->switch_shared ? world->routed_site : site;
	g_mutex_unlock(&world->lock);
	return at_scope;
}

void world_set_fibre_length(struct world *world, double length_m)
{
	g_return_if_fail(length_m >= 0 && length_m <= 10e3);
	g_mutex_lock(&world->lock);
	world->fibre_m = length_m;
	for (guint i = 0; i < world->n_sites; i++)
		world->sites[i].path.fibre.length_m = length_m;
	g_mutex_unlock(&world->lock);
}

double world_fibre_length_m(struct world *world, guint site)
{
	g_return_val_if_fail(site < world->n_sites, NAN);
	g_mutex_lock(&world->lock);
	double length_m = world->sites[site].path.fibre.length_m;
	g_mutex_unlock(&world->lock);
	return length_m;
}

void world_set_ppg(struct world *world, guint site, guint lane, gboolean on)
{
	g_return_if_fail(site < world->n_sites && lane < WORLD_LANES);
	g_mutex_lock(&world->lock);
	world->sites[site].ppg_on[lane] = on;
	g_mutex_unlock(&world->lock);
}

void world_set_ppg_global(struct world *world, guint site, gboolean on)
{
	g_return_if_fail(site < world->n_sites);
	g_mutex_lock(&world->lock);
	world->sites[site].ppg_global = on;
	g_mutex_unlock(&world->lock);
}

void world_set_ppg_pattern(struct world *world, guint site, guint lane, enum world_pattern pattern)
{
	g_return_if_fail(site < world->n_sites && lane < WORLD_LANES);
	g_mutex_lock(&world->lock);
	world->sites[site].ppg_pattern[lane] = pattern;
	g_mutex_unlock(&world->lock);
}

void world_set_stress(struct world *world, guint number, guint lane, double isi, double noise)
{
	g_return_if_fail(number < world->n_sites && lane < WORLD_LANES);
	g_return_if_fail(isi >= 0 && isi <= 0.45 && noise >= 0);
	guint n_taps = world_site_model(world, number)->multimode ? EYE_TAPS_MMF : EYE_TAPS_SMF;
	struct site *site = &world->sites[number];
	g_mutex_lock(&world->lock);
	double quiet_db = isi == site->stress[lane].isi ? site->quiet_db[lane] : 0;
	g_mutex_unlock(&world->lock);
	if (!(isi > 0))
		quiet_db = SOURCE_SECQ_DB;
	else if (!(quiet_db > 0)) /* without the lock; the pattern never changes */
		quiet_db = source_quiet_secq_db(isi, world->ssprq, world->n_ssprq, n_taps);
	g_mutex_lock(&world->lock);
	site->stress[lane] = (struct source_stress){isi, noise};
	site->quiet_db[lane] = quiet_db;
	site->stress_db[lane] = source_noisy_secq_db(quiet_db, noise) - SOURCE_SECQ_DB;
	g_mutex_unlock(&world->lock);
}

void world_set_thermal(struct world *world, guint number, gboolean flow_on, gboolean head_down,
                       double setpoint_degc)
{
	g_return_if_fail(number < world->n_sites);
	g_return_if_fail(setpoint_degc >= -60 && setpoint_degc <= 225);
	g_mutex_lock(&world->lock);
	struct heat *heat = &model_site_now(world, number)->heat;
	heat->flow = flow_on;
	heat->head_down = head_down;
	heat->setpoint_degc = setpoint_degc;
	g_mutex_unlock(&world->lock);
}

void world_thermal_degc(struct world *world, guint number, double *air_degc, double *case_degc)
{
	g_return_if_fail(number < world->n_sites);
	g_mutex_lock(&world->lock);
	const struct heat *heat = &model_site_now(world, number)->heat;
	*air_degc = heat->air_degc + 0.02 * random_normal(&world->noise);
	*case_degc = heat->case_degc + 0.02 * random_normal(&world->noise);
	g_mutex_unlock(&world->lock);
}

/* ---- error detector ---- */

#define ANALYSER_NOISE_V 8e-3

/* What the analyser adds to the bits that the module has decided: Gray-coded PAM4 in noise. */
static double analyser_ber(double swing_v)
{
	double half_eye_v = swing_v / 6;
	return 0.75 * 0.5 * erfc(half_eye_v / ANALYSER_NOISE_V * M_SQRT1_2);
}

void world_count_errors(struct world *world, guint number, guint host_lane, double gate_s,
                        guint64 *bits, guint64 *errors, gboolean *locked)
{
	g_return_if_fail(number < world->n_sites && host_lane < WORLD_HOST_LANES);
	g_return_if_fail(gate_s > 0 && gate_s < 1e6);
	*bits = *errors = 0;
	model_before_look(world, number);
	g_mutex_lock(&world->lock);
	const struct site *site = model_site_now(world, number);
	const struct world_model *model = site->unit ? site->unit->model : site->model;
	int lane = world_model_media_lane(model, host_lane);
	double oma_w = lane >= 0 ? model_seen_oma_w(site, (guint)lane) : 0;
	double case_degc = site->heat.case_degc;
	gboolean own = lane >= 0 && site->drive.host_own[host_lane];
	*locked = lane >= 0 && model_drive_counts(site) && site->drive.host_swing_v[host_lane] > 0;
	if (own) /* the analyser looks for PRBS31Q */
		*locked = *locked && site->drive.host_pattern[host_lane] == WORLD_PATTERN_PRBS31Q;
	else
		*locked = *locked && oma_w > 0 &&
		          receiver_locks(&site->unit->dut.lanes[lane], case_degc, oma_w);
	if (*locked) {
		double ber = analyser_ber(site->drive.host_swing_v[host_lane]);
		if (!own)
			ber += receiver_ber(&site->unit->dut.lanes[lane], case_degc, oma_w);
		*bits = (guint64)(BITS_PER_SYMBOL * world_model_host_rate_bd(model) * gate_s);
		*errors = MIN(random_poisson(&world->noise, ber * (double)*bits), *bits);
	}
	g_mutex_unlock(&world->lock);
}
