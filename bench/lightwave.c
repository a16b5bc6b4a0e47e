/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/lightwave.h"

#include <math.h>
#include <string.h>

#define TABLE_SIZE     4096
#define SETTLE_SYMBOLS 40 /* filters have forgotten their start long before */
#define OVERSAMPLING   16 /* inner samples a symbol, at least */
#define MEAN_SAMPLES   8
#define NOISE_BLOCK    4096

/* Second-order low-pass 1 / (a s^2 + b s + 1) through the bilinear transform. */
struct section {
	double b0, a1, a2; /* numerator b0 (1 + 2 z^-1 + z^-2) */
	double s1, s2;
};

static void section_init(struct section *f, double a, double b, double prewarp)
{
	/* s = prewarp * (1 - z^-1) / (1 + z^-1) */
	double aa = a * prewarp * prewarp, bb = b * prewarp;
	double norm = 1 / (aa + bb + 1);

	*f = (struct section){
		.b0 = norm,
		.a1 = 2 * (1 - aa) * norm,
		.a2 = (aa - bb + 1) * norm,
	};
}

static inline double section_run(struct section *f, double x)
{
	double bx = f->b0 * x;
	double y = bx + f->s1;

	f->s1 = 2 * bx - f->a1 * y + f->s2;
	f->s2 = bx - f->a2 * y;
	return y;
}

/* What turns analogue frequency into the bilinear transform's, exact at f_hz. */
static double warp(double f_hz, double sample_rate_hz)
{
	double omega = 2 * G_PI * f_hz;

	return omega / tan(omega / (2 * sample_rate_hz));
}

struct chain {
	struct section driver;
	struct section scope[2];
	gboolean observed;
	double drive_step;           /* table entries per unit of drive */
	float table[TABLE_SIZE + 2]; /* light over drive -2..2 */
};

static void chain_init(struct chain *c, const struct lightwave_request *r, double sample_rate_hz)
{
	/* Bessel of second order: Q = 1/sqrt(3), -3 dB at 0.7862 of its natural frequency. */
	double bandwidth_hz = optics_bandwidth_hz(r->lane, &r->knobs, r->laser_degc);
	double natural = 2 * G_PI * bandwidth_hz / 0.7862;
	section_init(&c->driver, 1 / (natural * natural), sqrt(3) / natural,
	             warp(bandwidth_hz, sample_rate_hz));

	/* s^4+10s^3+45s^2+105s+105 = (s^2+5.79242s+9.14013)(s^2+4.20758s+11.48780) */
	c->observed = r->bandwidth_hz > 0;
	if (c->observed) {
		double scale = 2.1139176749042154 / (2 * G_PI * r->bandwidth_hz);
		double k = warp(r->bandwidth_hz, sample_rate_hz);
		section_init(&c->scope[0], scale * scale / 9.140130890277934,
		             5.792421205640741 * scale / 9.140130890277934, k);
		section_init(&c->scope[1], scale * scale / 11.487800473660527,
		             4.207578794359259 * scale / 11.487800473660527, k);
	}

	c->drive_step = TABLE_SIZE / 4.0;
	for (int i = 0; i < TABLE_SIZE + 2; i++)
		c->table[i] = (float)optics_light_w(r->lane, &r->knobs, r->laser_degc,
		                                    i / c->drive_step - 2);
}

static inline float chain_light(const struct chain *c, double drive)
{
	double at = (drive + 2) * c->drive_step;
	int i = (int)at;

	return c->table[i] + (float)(at - i) * (c->table[i + 1] - c->table[i]);
}

/* What the driver is asked for in each symbol: levels through the FIR. */
static double *driver_symbols(const struct lightwave_request *r)
{
	double levels[4], fir = optics_fir_main(&r->knobs);
	double *out = g_new(double, r->n_symbols);
	gsize n = r->n_symbols;

	optics_driver_levels(r->lane, r->knobs.level_skew, levels);
	for (gsize i = 0; i < n; i++)
		out[i] = fir * levels[r->symbols[i]] +
		         r->knobs.fir_pre * levels[r->symbols[(i + 1) % n]] +
		         r->knobs.fir_post * levels[r->symbols[(i + n - 1) % n]];
	return out;
}

/* keep: every so many inner samples one comes out. */
static void run_chain(const struct lightwave_request *r, guint inner, guint keep, struct chain *c,
                      const double *drive, float *out)
{
	gsize n = r->n_symbols;
	double sample_rate_hz = inner * LIGHTWAVE_SYMBOL_RATE_BD;
	guint echo_delay = (guint)lround(r->lane->echo_delay_s * sample_rate_hz);
	guint ring_size = 1;
	double echo = r->lane->echo, direct = 1 / (1 + echo);

	while (ring_size <= echo_delay)
		ring_size *= 2;
	g_autofree double *ring = g_new0(double, ring_size);
	/* The start falls inside a symbol: that sample is divided between two. */
	gsize first = (gsize)(r->shift_symbols * inner);
	double late = r->shift_symbols * inner - (double)first;
	gsize settle = MIN(SETTLE_SYMBOLS, n) * inner;
	gsize total = n * inner;
	gsize at = (first + total - settle) % total;
	gsize symbol = at / inner;
	guint phase = (guint)(at % inner), skip = 0;

	for (gsize i = 0; i < total + settle; i++) {
		double x = drive[symbol];
		if (phase == inner - 1 && late > 0)
			x += late * (drive[symbol + 1 < n ? symbol + 1 : 0] - x);
		double v = section_run(&c->driver, x) * direct;
		ring[i & (ring_size - 1)] = v;
		v += echo * ring[(i - echo_delay) & (ring_size - 1)];
		double light = chain_light(c, v);
		if (c->observed)
			light = section_run(&c->scope[1], section_run(&c->scope[0], light));
		if (i >= settle && skip-- == 0) {
			*out++ = (float)light;
			skip = keep - 1;
		}
		if (++phase == inner) {
			phase = 0;
			symbol = symbol + 1 < n ? symbol + 1 : 0;
		}
	}
}

/* least: so many inner samples a symbol at least. */
static void make(const struct lightwave_request *request, guint least, float *out)
{
	guint keep = (least + request->samples_per_symbol - 1) / request->samples_per_symbol;
	guint inner = keep * request->samples_per_symbol;
	g_autofree struct chain *chain = g_new(struct chain, 1);
	g_autofree double *drive = driver_symbols(request);

	chain_init(chain, request, inner * LIGHTWAVE_SYMBOL_RATE_BD);
	if (!request->fibre) {
		run_chain(request, inner, keep, chain, drive, out);
		return;
	}
	/* Dispersion before or behind the observer's filter is the same: both are linear. */
	gsize length = request->n_symbols * inner;
	g_autofree float *light = g_new(float, length);
	run_chain(request, inner, 1, chain, drive, light);
	struct fibre_light colour = optics_fibre_light(request->lane, request->laser_degc);
	fibre_disperse(request->fibre, &colour, light, length, inner * LIGHTWAVE_SYMBOL_RATE_BD);
	for (gsize i = 0; i < length; i += keep)
		*out++ = light[i];
}

void lightwave_make(const struct lightwave_request *request, float *out)
{
	make(request, OVERSAMPLING, out);
}

double lightwave_mean_transmission(const struct dut_lane *lane, const struct world_tx_knobs *knobs,
                                   double laser_degc, const guint8 *symbols, gsize n_symbols)
{
	struct dut_lane clear = *lane;
	struct lightwave_request r = {
		.lane = &clear,
		.knobs = *knobs,
		.laser_degc = laser_degc,
		.symbols = symbols,
		.n_symbols = n_symbols,
		.samples_per_symbol = MEAN_SAMPLES,
	};
	g_autofree float *light = g_new(float, n_symbols *MEAN_SAMPLES);
	double sum = 0;

	/* Of a dead laser too. Behind a modulator any laser that gives light will do. */
	clear.slope_w_per_a = 1;
	if (lane->kind != MODEL_VCSEL) {
		clear.threshold_a = clear.kink_a = 0;
		r.knobs.laser_bias_a = 0.05;
	}
	make(&r, MEAN_SAMPLES, light);
	for (gsize i = 0; i < n_symbols * MEAN_SAMPLES; i++)
		sum += light[i];
	return sum / (double)(n_symbols * MEAN_SAMPLES) /
	       optics_laser_w(&clear, r.knobs.laser_bias_a, laser_degc);
}

double lightwave_rin_variance(const struct dut_lane *lane, double bandwidth_hz)
{
	return pow(10, lane->rin_db_hz / 10) * bandwidth_hz * LIGHTWAVE_NOISE_BANDWIDTH;
}

void lightwave_observe(const struct lightwave_request *request, double gain,
                       double receiver_noise_w, guint passes, struct random_stream *stream,
                       float *inout)
{
	gsize length = request->n_symbols * request->samples_per_symbol;
	double sample_rate_hz = request->samples_per_symbol * LIGHTWAVE_SYMBOL_RATE_BD;
	float rin = (float)(lightwave_rin_variance(request->lane, request->bandwidth_hz) / passes);
	double jitter = request->lane->jitter_s * sample_rate_hz / 2;
	float slope = (float)(jitter * jitter / passes);
	float floor = (float)(receiver_noise_w * receiver_noise_w / passes);
	float g = (float)gain, first = inout[0] * g, before = inout[length - 1] * g;
	g_autofree float *noise = g_new(float, NOISE_BLOCK);

	for (gsize start = 0; start < length; start += NOISE_BLOCK) {
		gsize end = MIN(start + NOISE_BLOCK, length);
		random_fill_normal(stream, noise, end - start);
		for (gsize i = start; i < end; i++) {
			float here = inout[i] * g;
			float after = i + 1 < length ? inout[i + 1] * g : first;
			float step = after - before;
			float variance = rin * here * here + slope * step * step + floor;
			inout[i] = here + noise[i - start] * sqrtf(variance);
			before = here;
		}
	}
}
