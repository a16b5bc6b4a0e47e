/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world_model.h"

#include "base/unit.h"
#include "bench/eyetruth.h"
#include "bench/fibre.h"
#include "bench/lightwave.h"
#include "bench/receiver.h"

#include <math.h>

#define INRUSH_A                 1.2
#define INRUSH_TAU_S             3e-3
#define HOST_RATE_BIT_S          53.125e9 /* 26.5625 GBd PAM4 */
#define SCOPE_NOISE_W            4e-6
#define RATE_TOLERANCE           100e-6
#define MAX_SAMPLES_PER_SYMBOL   64
#define TDECQ_SAMPLES_PER_SYMBOL 16

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
	double power_w = model_attenuator_output_w(s, lane) * s->monitor_gain[lane];
	power_w += random_normal(&world->noise) * (power_w * 5e-4 + 0.5e-9);
	g_mutex_unlock(&world->lock);
	return power_w;
}

void world_set_switch(struct world *world, guint site, int channel)
{
	g_return_if_fail(site < world->n_sites && channel >= -1 && channel < 2 * WORLD_LANES);
	g_mutex_lock(&world->lock);
	world->sites[site].switch_channel = channel;
	g_mutex_unlock(&world->lock);
}

void world_set_fibre_length(struct world *world, double length_m)
{
	g_return_if_fail(length_m >= 0 && length_m <= 10e3);
	g_mutex_lock(&world->lock);
	world->fibre.length_m = length_m;
	g_mutex_unlock(&world->lock);
}

double world_fibre_length_m(struct world *world)
{
	g_mutex_lock(&world->lock);
	double length_m = world->fibre.length_m;
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

double world_meter_read_w(struct world *world, guint number, guint port, double averaging_s)
{
	g_return_val_if_fail(number < world->n_sites && port < WORLD_LANES, NAN);
	g_return_val_if_fail(averaging_s > 0, NAN);
	model_before_look(world, number);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	double loss_db = site->meter_loss_db[port] + site->tx_mate_db[port];
	double power_w = model_tx_power_w(world, site, port) * unit_ratio_from_db(-loss_db) *
	                 site->meter_gain[port];
	/* Detector noise of some 10 pW in 0.1 s; slow laser fluctuation that averages as well. */
	double noise_w = (10e-12 + 1e-4 * power_w) * sqrt(0.1 / averaging_s);
	power_w += noise_w * random_normal(&world->noise);
	g_mutex_unlock(&world->lock);
	return power_w;
}

/* ---- scope ---- */

double world_scope_noise_w(double bandwidth_hz)
{
	return SCOPE_NOISE_W * sqrt(bandwidth_hz / LIGHTWAVE_BANDWIDTH_HZ);
}

/* What is on the scope's input, taken at one moment. */
struct scope_view {
	struct lightwave_request wave;
	double gain; /* path and calibration error */
	struct random_stream noise;
};

/* Between connector and scope on the channel that the switch is at; wants the lock. */
static double scope_path_db(const struct world *world, const struct site *site)
{
	guint channel = (guint)site->switch_channel, lane = channel % WORLD_LANES;

	return site->tx_mate_db[lane] +
	       (channel < WORLD_LANES ? site->scope_loss_db[lane]
	                              : site->fibre_path_db[lane] + fibre_loss_db(&world->fibre));
}

guint world_spectrum(struct world *world, guint number, struct world_line *lines, guint max)
{
	g_return_val_if_fail(number < world->n_sites && max >= 1, 0);
	model_before_look(world, number);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	guint lane = (guint)MAX(site->switch_channel, 0) % WORLD_LANES, n = 0;
	if (site->switch_channel >= 0 && model_tx_power_w(world, site, lane) > 0)
		lines[n++] = (struct world_line){
			site->unit->dut.lanes[lane].light.wavelength_m,
			model_tx_power_w(world, site, lane) *
				unit_ratio_from_db(-scope_path_db(world, site)),
		};
	g_mutex_unlock(&world->lock);
	return n;
}

/* Wants the lock. */
static enum world_scope_status look(struct world *world, struct site *site, gsize n_symbols,
                                    struct scope_view *view)
{
	int lane = site->switch_channel % WORLD_LANES;

	if (lane < 0 || !(model_tx_power_w(world, site, (guint)lane) > 0))
		return WORLD_SCOPE_NO_SIGNAL;
	view->wave = (struct lightwave_request){
		.lane = &site->unit->dut.lanes[lane],
		.knobs = site->drive.tx[lane].knobs,
		.laser_degc = model_laser_degc(site),
		.n_symbols = n_symbols,
		.fibre = site->switch_channel < WORLD_LANES ? NULL : &world->fibre,
	};
	switch (site->drive.tx[lane].pattern) {
	case WORLD_PATTERN_PRBS13Q:
		view->wave.symbols = n_symbols == world->n_prbs13q ? world->prbs13q : NULL;
		break;
	case WORLD_PATTERN_SSPRQ:
		view->wave.symbols = n_symbols == world->n_ssprq ? world->ssprq : NULL;
		break;
	case WORLD_PATTERN_NONE:
	case WORLD_PATTERN_PRBS31Q:
		break;
	}
	if (!view->wave.symbols)
		return WORLD_SCOPE_NO_LOCK;
	view->gain = site->scope_gain * unit_ratio_from_db(-scope_path_db(world, site) -
	                                                   model_dirt_db(site, (guint)lane));
	g_autofree char *name =
		g_strdup_printf("scope %" G_GUINT64_FORMAT, random_u64(&world->noise));
	random_init(&view->noise, world->seed, name);
	return WORLD_SCOPE_OK;
}

static enum world_scope_status look_now(struct world *world, guint number, gsize n_symbols,
                                        struct scope_view *view)
{
	model_before_look(world, number);
	g_mutex_lock(&world->lock);
	enum world_scope_status status =
		look(world, model_site_now(world, number), n_symbols, view);
	g_mutex_unlock(&world->lock);
	return status;
}

enum world_scope_status world_scope_acquire(struct world *world, guint site,
                                            const struct world_scope_request *request, float *out)
{
	g_return_val_if_fail(site < world->n_sites, WORLD_SCOPE_NO_SIGNAL);
	g_return_val_if_fail(request->samples_per_symbol >= 1 &&
	                             request->samples_per_symbol <= MAX_SAMPLES_PER_SYMBOL &&
	                             request->passes >= 1 && request->bandwidth_hz >= 1e9 &&
	                             request->bandwidth_hz <= 100e9,
	                     WORLD_SCOPE_NO_SIGNAL);
	struct scope_view view = {0};
	enum world_scope_status status = look_now(world, site, request->n_symbols, &view);

	if (status != WORLD_SCOPE_OK)
		return status;
	if (fabs(request->symbol_rate_bd / LIGHTWAVE_SYMBOL_RATE_BD - 1) > RATE_TOLERANCE)
		return WORLD_SCOPE_NO_LOCK;
	/* The lock is off while the samples are made; the unit's parameters never change. */
	view.wave.samples_per_symbol = request->samples_per_symbol;
	view.wave.bandwidth_hz = request->bandwidth_hz;
	view.wave.shift_symbols = random_uniform(&view.noise, 0, (double)request->n_symbols);
	lightwave_make(&view.wave, out);
	lightwave_observe(&view.wave, view.gain, world_scope_noise_w(request->bandwidth_hz),
	                  request->passes, &view.noise, out);
	return WORLD_SCOPE_OK;
}

double world_scope_average_w(struct world *world, guint number)
{
	g_return_val_if_fail(number < world->n_sites, NAN);
	model_before_look(world, number);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	double power_w = 0;
	if (site->switch_channel >= 0)
		power_w = model_tx_power_w(world, site, (guint)site->switch_channel % WORLD_LANES) *
		          site->scope_gain * unit_ratio_from_db(-scope_path_db(world, site));
	power_w += random_normal(&world->noise) * (0.1e-6 + 5e-4 * power_w);
	g_mutex_unlock(&world->lock);
	return power_w;
}

static void report_eye(const struct eye_result *eye, struct scope_view *view,
                       struct world_scope_result *result)
{
	double gain = view->gain * (1 + 1e-3 * random_normal(&view->noise));

	*result = (struct world_scope_result){
		.tdecq_db = eye->tdecq_db + 0.03 * random_normal(&view->noise),
		.ceq_db = eye->ceq_db,
		.oma_w = eye->oma_w * gain,
		.er_db = eye->er_db + 0.01 * random_normal(&view->noise),
		.avg_w = eye->avg_w * gain,
		.rlm = eye->rlm + 1e-3 * random_normal(&view->noise),
		.transition_s = eye->transition_s,
	};
	for (guint i = 0; i < G_N_ELEMENTS(result->levels_w); i++)
		result->levels_w[i] = eye->levels_w[i] * gain;
}

enum world_scope_status world_scope_tdecq(struct world *world, guint site, gsize n_symbols,
                                          struct world_scope_result *result)
{
	g_return_val_if_fail(site < world->n_sites, WORLD_SCOPE_NO_SIGNAL);
	struct scope_view view = {0};
	struct eye_result eye;
	enum world_scope_status status = look_now(world, site, n_symbols, &view);

	if (status != WORLD_SCOPE_OK)
		return status;
	view.wave.samples_per_symbol = TDECQ_SAMPLES_PER_SYMBOL;
	view.wave.bandwidth_hz = LIGHTWAVE_BANDWIDTH_HZ;
	g_autofree float *light = g_new(float, n_symbols *TDECQ_SAMPLES_PER_SYMBOL);
	lightwave_make(&view.wave, light);
	struct eye_input input = {
		.power_w = light,
		.n_symbols = n_symbols,
		.samples_per_symbol = TDECQ_SAMPLES_PER_SYMBOL,
		.symbols = view.wave.symbols,
		.symbol_rate_bd = LIGHTWAVE_SYMBOL_RATE_BD,
		.rin_variance = lightwave_rin_variance(view.wave.lane, LIGHTWAVE_BANDWIDTH_HZ),
		.jitter_s = view.wave.lane->jitter_s,
	};
	if (!eye_measure(&input, &eye))
		return WORLD_SCOPE_NO_LOCK;
	report_eye(&eye, &view, result);
	return WORLD_SCOPE_OK;
}

/* ---- error detector ---- */

void world_count_errors(struct world *world, guint number, guint host_lane, double gate_s,
                        guint64 *bits, guint64 *errors, gboolean *locked)
{
	g_return_if_fail(number < world->n_sites && host_lane < WORLD_HOST_LANES);
	g_return_if_fail(gate_s > 0 && gate_s < 1e6);
	guint lane = host_lane / 2;

	*bits = *errors = 0;
	model_before_look(world, number);
	g_mutex_lock(&world->lock);
	const struct site *site = model_site_now(world, number);
	double oma_w = model_rx_oma_w(site, lane);
	*locked = model_drive_counts(site) && site->drive.host_output[host_lane] &&
	          receiver_locks(&site->unit->dut.lanes[lane], oma_w);
	if (*locked) {
		double ber = receiver_ber(&site->unit->dut.lanes[lane], oma_w);
		*bits = (guint64)(HOST_RATE_BIT_S * gate_s);
		*errors = MIN(random_poisson(&world->noise, ber * (double)*bits), *bits);
	}
	g_mutex_unlock(&world->lock);
}
