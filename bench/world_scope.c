/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/world_model.h"

#include "base/unit.h"
#include "bench/eyetruth.h"
#include "bench/lightwave.h"
#include "bench/optics.h"
#include "bench/truth.h"

#include <math.h>

#define SCOPE_NOISE_W            4e-6
#define RATE_TOLERANCE           100e-6
#define MAX_SAMPLES_PER_SYMBOL   64
#define TDECQ_SAMPLES_PER_SYMBOL 16
/* From a reference transmitter to the scope; from memory of such taps. */
#define SOURCE_TAP_DB 4.0

double world_scope_noise_w(double bandwidth_hz)
{
	return SCOPE_NOISE_W * sqrt(bandwidth_hz / LIGHTWAVE_BANDWIDTH_HZ);
}

/* What is on the scope's input, taken at one moment. */
struct scope_view {
	struct lightwave_request wave;
	struct fibre fibre; /* of wave */
	double gain;        /* path and calibration error */
	/* Mean of what the demultiplexer lets through of other lanes. Their modulation, 28 dB and
	 * more below, is left out. */
	double others_w;
	struct source_stress stress; /* of a reference transmitter; else none */
	struct dut_lane source;      /* wave.lane where it is no unit's, or a starved one */
	struct random_stream noise;
};

/* Lane whose reference transmitter is on the scope; 4 and more: nothing is, -1: a module's side. */
static int source_at_scope(const struct site *site)
{
	return site->switch_channel < 2 * WORLD_LANES ? -1 : site->switch_channel - 2 * WORLD_LANES;
}

/* OMA of that at the scope. */
static double source_oma_w(const struct site *site)
{
	int lane = source_at_scope(site);

	if (lane < 0 || lane >= WORLD_LANES || !model_ppg_on(site, (guint)lane))
		return 0;
	return site->path.source_oma_w[lane] * unit_ratio_from_db(-SOURCE_TAP_DB);
}

/* Light of each lane at the scope's input, true; wants the lock. Returns the strongest's lane. */
static guint lanes_at_scope(struct world *world, struct site *site, struct tx_light *light)
{
	guint strongest = 0;

	model_tx_light(world, site, light);
	for (guint i = 0; i < WORLD_LANES; i++) {
		double loss_db = site->switch_channel < 0 || source_at_scope(site) >= 0
		                         ? INFINITY
		                         : path_scope_db(&site->path, (guint)site->switch_channel,
		                                         i, light->wavelength_m[i]);
		light->power_w[i] *= isfinite(loss_db) ? unit_ratio_from_db(-loss_db) : 0;
		if (light->power_w[i] > light->power_w[strongest])
			strongest = i;
	}
	return strongest;
}

static double sum_w(const struct tx_light *light)
{
	double sum = 0;

	for (guint i = 0; i < WORLD_LANES; i++)
		sum += light->power_w[i];
	return sum;
}

/* Wants the lock. */
static const guint8 *pattern_of(const struct world *world, enum world_pattern pattern,
                                gsize n_symbols)
{
	switch (pattern) {
	case WORLD_PATTERN_PRBS13Q:
		return n_symbols == world->n_prbs13q ? world->prbs13q : NULL;
	case WORLD_PATTERN_SSPRQ:
		return n_symbols == world->n_ssprq ? world->ssprq : NULL;
	case WORLD_PATTERN_NONE:
	case WORLD_PATTERN_PRBS31Q:
		break;
	}
	return NULL;
}

static void begin_noise(struct world *world, struct scope_view *view)
{
	g_autofree char *name =
		g_strdup_printf("scope %" G_GUINT64_FORMAT, random_u64(&world->noise));
	random_init(&view->noise, world->seed, name);
}

/* The same of a reference transmitter; wants the lock. */
static enum world_scope_status look_source(struct world *world, const struct site *site,
                                           gsize n_symbols, struct scope_view *view)
{
	double oma_w = source_oma_w(site);
	int lane = source_at_scope(site);

	if (!(oma_w > 0))
		return WORLD_SCOPE_NO_SIGNAL;
	view->stress = site->stress[lane];
	source_lane(oma_w, view->stress.isi, &view->source, &view->wave.knobs);
	view->wave.lane = &view->source;
	view->wave.laser_degc = DUT_REFERENCE_DEGC;
	view->wave.n_symbols = n_symbols;
	view->wave.symbols = pattern_of(world, site->ppg_pattern[lane], n_symbols);
	view->gain = site->path.scope_gain;
	begin_noise(world, view);
	return view->wave.symbols ? WORLD_SCOPE_OK : WORLD_SCOPE_NO_LOCK;
}

/* A laser that gets too little current is noisier as well. */
static void starve(const struct site *site, guint lane, struct scope_view *view)
{
	const struct dut_lane *sound = &site->unit->dut.lanes[lane];

	if (!(site->unit->bias_lost[lane] > 0))
		return;
	view->source = *sound;
	view->source.rin_db_hz +=
		optics_starved_noise_db(sound, site->asked.tx[lane].knobs.laser_bias_a,
	                                site->drive.tx[lane].knobs.laser_bias_a,
	                                view->wave.laser_degc);
	view->wave.lane = &view->source;
}

/* Wants the lock. */
static enum world_scope_status look(struct world *world, struct site *site, gsize n_symbols,
                                    struct scope_view *view)
{
	struct tx_light light;
	guint lane = lanes_at_scope(world, site, &light);

	if (source_at_scope(site) >= 0)
		return look_source(world, site, n_symbols, view);
	if (!(light.power_w[lane] > 0) || !light.modulated[lane])
		return WORLD_SCOPE_NO_SIGNAL;
	view->wave = (struct lightwave_request){
		.lane = &site->unit->dut.lanes[lane],
		.knobs = model_knobs(site, lane),
		.laser_degc = model_laser_degc(site),
		.n_symbols = n_symbols,
		.symbols = pattern_of(world, site->drive.tx[lane].pattern, n_symbols),
	};
	starve(site, lane, view);
	if (!view->wave.symbols)
		return WORLD_SCOPE_NO_LOCK;
	view->fibre = site->path.fibre;
	if (site->switch_channel >= WORLD_LANES)
		view->wave.fibre = &view->fibre;
	double emitted_w =
		model_tx_power_w(world, site, lane) * unit_ratio_from_db(model_dirt_db(site, lane));
	view->gain = site->path.scope_gain * light.power_w[lane] / emitted_w;
	view->others_w = site->path.scope_gain * (sum_w(&light) - light.power_w[lane]);
	begin_noise(world, view);
	return WORLD_SCOPE_OK;
}

/* Gaussian noise of the light that the generator made, at the scope. */
static double added_noise_w(const struct scope_view *view)
{
	return view->stress.noise * view->wave.knobs.mod_current_a * view->gain;
}

static enum world_scope_status look_now(struct world *world, guint number, gsize n_symbols,
                                        struct scope_view *view)
{
	number = model_at_scope(world, number);
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
	if (!out)
		return WORLD_SCOPE_OK;
	/* The lock is off while the samples are made; the unit's parameters never change. */
	view.wave.samples_per_symbol = request->samples_per_symbol;
	view.wave.bandwidth_hz = request->bandwidth_hz;
	view.wave.shift_symbols = random_uniform(&view.noise, 0, (double)request->n_symbols);
	lightwave_make(&view.wave, out);
	lightwave_observe(&view.wave, view.gain,
	                  hypot(world_scope_noise_w(request->bandwidth_hz), added_noise_w(&view)),
	                  request->passes, &view.noise, out);
	gsize length = request->n_symbols * request->samples_per_symbol;
	for (gsize i = 0; view.others_w > 0 && i < length; i++)
		out[i] += (float)view.others_w;
	return WORLD_SCOPE_OK;
}

double world_scope_average_w(struct world *world, guint number)
{
	g_return_val_if_fail(number < world->n_sites, NAN);
	number = model_at_scope(world, number);
	model_before_look(world, number);
	g_mutex_lock(&world->lock);
	struct site *site = model_site_now(world, number);
	struct tx_light light;
	lanes_at_scope(world, site, &light);
	double power_w =
		(sum_w(&light) + source_average_w(source_oma_w(site))) * site->path.scope_gain;
	power_w += random_normal(&world->noise) * (0.1e-6 + 5e-4 * power_w);
	g_mutex_unlock(&world->lock);
	return power_w;
}

static void report_eye(const struct eye_result *eye, struct scope_view *view,
                       struct world_scope_result *result)
{
	double gain = view->gain * (1 + 1e-3 * random_normal(&view->noise));
	/* Light of other lanes lifts all levels alike. */
	double ratio = unit_ratio_from_db(eye->er_db);
	double zero_w = eye->oma_w * gain / (ratio - 1);
	double er_db =
		unit_db_from_ratio((ratio * zero_w + view->others_w) / (zero_w + view->others_w));

	*result = (struct world_scope_result){
		.tdecq_db = source_noisy_secq_db(eye->tdecq_db, view->stress.noise) +
	                    0.03 * random_normal(&view->noise),
		.ceq_db = eye->ceq_db,
		.oma_w = eye->oma_w * gain,
		.er_db = er_db + 0.01 * random_normal(&view->noise),
		.avg_w = eye->avg_w * gain + view->others_w,
		.rlm = eye->rlm + 1e-3 * random_normal(&view->noise),
		.transition_s = eye->transition_s,
	};
	for (guint i = 0; i < G_N_ELEMENTS(result->levels_w); i++)
		result->levels_w[i] = eye->levels_w[i] * gain + view->others_w;
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
	gboolean multimode = world_site_model(world, model_at_scope(world, site))->multimode;
	double bandwidth_hz = multimode ? TRUTH_MULTIMODE_BANDWIDTH_HZ : LIGHTWAVE_BANDWIDTH_HZ;
	view.wave.samples_per_symbol = TDECQ_SAMPLES_PER_SYMBOL;
	view.wave.bandwidth_hz = bandwidth_hz;
	g_autofree float *light = g_new(float, n_symbols *TDECQ_SAMPLES_PER_SYMBOL);
	lightwave_make(&view.wave, light);
	struct eye_input input = {
		.power_w = light,
		.n_symbols = n_symbols,
		.samples_per_symbol = TDECQ_SAMPLES_PER_SYMBOL,
		.symbols = view.wave.symbols,
		.symbol_rate_bd = LIGHTWAVE_SYMBOL_RATE_BD,
		.rin_variance = lightwave_rin_variance(view.wave.lane, bandwidth_hz),
		.jitter_s = view.wave.lane->jitter_s,
		.n_taps = multimode ? EYE_TAPS_MMF : EYE_TAPS_SMF,
	};
	if (!eye_measure(&input, &eye))
		return WORLD_SCOPE_NO_LOCK;
	report_eye(&eye, &view, result);
	return WORLD_SCOPE_OK;
}
