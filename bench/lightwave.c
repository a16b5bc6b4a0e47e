/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "bench/lightwave.h"

#include <math.h>
#include <string.h>

#define TABLE_SIZE     1024
#define SETTLE_SYMBOLS 40 /* filters have forgotten their start long before */
#define OVERSAMPLING   16 /* inner samples a symbol, at least */
#define FIBRE_SAMPLES  8  /* a symbol: what dispersion can be worked out on */
#define MEAN_SAMPLES   8
#define NOISE_BLOCK    32768

/*
 * A filter waits for its own last sample, so a pattern is cut into streams that are filtered side
 * by side, each from a little before its piece.
 */
#define STREAMS 8
typedef float streams __attribute__((vector_size(STREAMS * sizeof(float)), aligned(16)));

/* Second-order low-pass 1 / (a s^2 + b s + 1) through the bilinear transform. */
struct section {
	float b0, a1, a2; /* numerator b0 (1 + 2 z^-1 + z^-2) */
	streams s1, s2;
};

static void section_init(struct section *f, double a, double b, double prewarp)
{
	/* s = prewarp * (1 - z^-1) / (1 + z^-1) */
	double aa = a * prewarp * prewarp, bb = b * prewarp;
	double norm = 1 / (aa + bb + 1);

	*f = (struct section){
		.b0 = (float)norm,
		.a1 = (float)(2 * (1 - aa) * norm),
		.a2 = (float)((aa - bb + 1) * norm),
	};
}

static inline void section_run(struct section *f, streams *x)
{
	streams bx = f->b0 * *x;
	streams y = bx + f->s1;

	f->s1 = 2 * bx - f->a1 * y + f->s2;
	f->s2 = bx - f->a2 * y;
	*x = y;
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
	float drive_step;            /* table entries per unit of drive */
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

	c->drive_step = TABLE_SIZE / 4.0F;
	for (int i = 0; i < TABLE_SIZE + 2; i++)
		c->table[i] = (float)optics_light_w(r->lane, &r->knobs, r->laser_degc,
		                                    i / c->drive_step - 2);
}

static inline void chain_light(const struct chain *c, streams *drive)
{
	streams at = (*drive + 2) * c->drive_step;

	for (int k = 0; k < STREAMS; k++) {
		int i = (int)at[k];
		(*drive)[k] = c->table[i] + (at[k] - (float)i) * (c->table[i + 1] - c->table[i]);
	}
}

/* What the driver is asked for in each symbol: levels through the FIR. */
static float *driver_symbols(const struct lightwave_request *r)
{
	double levels[4], fir = optics_fir_main(&r->knobs);
	float *out = g_new(float, r->n_symbols);
	gsize n = r->n_symbols;

	optics_driver_levels(r->lane, r->knobs.level_skew, levels);
	for (gsize i = 0; i < n; i++)
		out[i] = (float)(fir * levels[r->symbols[i]] +
		                 r->knobs.fir_pre * levels[r->symbols[(i + 1) % n]] +
		                 r->knobs.fir_post * levels[r->symbols[(i + n - 1) % n]]);
	return out;
}

/* How a pattern runs through a chain. */
struct run {
	const float *drive; /* of each symbol */
	gsize n_symbols;
	guint inner;  /* samples a symbol */
	guint keep;   /* every so many of them one comes out */
	gsize piece;  /* symbols of a stream */
	gsize stride; /* what comes out of a stream */
	gsize length; /* what comes out of all */
	gsize first;  /* inner sample that comes out first */
	float late;   /* this part of a symbol's last sample is the next one's already */
	float echo;
	guint echo_delay; /* inner samples */
};

/* What the driver is asked for in each stream's symbol, so many after its first. */
static void drive_at(const struct run *r, gsize symbol, streams *now)
{
	for (gsize k = 0; k < STREAMS; k++)
		(*now)[k] = r->drive[(symbol + k * r->piece) % r->n_symbols];
}

/* Sample i of each stream; those behind the end of the pattern are the next stream's. */
static void put(const struct run *r, gsize i, const streams *light, float *out)
{
	for (gsize k = 0, at = i; k < STREAMS; k++, at += r->stride)
		if (at < r->length)
			out[at] = (*light)[k];
}

static void run_chain(const struct run *r, struct chain *c, float *out)
{
	gsize total = r->n_symbols * r->inner;
	gsize settle = MIN(SETTLE_SYMBOLS, r->n_symbols) * r->inner;
	gsize at = (r->first + total - settle) % total, symbol = at / r->inner;
	guint phase = (guint)(at % r->inner), skip = 0, ring_size = 1;
	float direct = 1 / (1 + r->echo);
	gsize n_out = 0;
	streams now, next;

	while (ring_size <= r->echo_delay)
		ring_size *= 2;
	g_autofree streams *ring = g_new0(streams, ring_size);
	drive_at(r, symbol, &now);
	drive_at(r, symbol + 1, &next);
	for (gsize i = 0; i < r->piece * r->inner + settle; i++) {
		streams v = now;
		if (phase == r->inner - 1)
			v += r->late * (next - now);
		section_run(&c->driver, &v);
		v *= direct;
		ring[i & (ring_size - 1)] = v;
		v += r->echo * ring[(i - r->echo_delay) & (ring_size - 1)];
		chain_light(c, &v);
		if (c->observed) {
			section_run(&c->scope[0], &v);
			section_run(&c->scope[1], &v);
		}
		if (i >= settle && skip-- == 0) {
			put(r, n_out++, &v, out);
			skip = r->keep - 1;
		}
		if (++phase == r->inner) {
			phase = 0;
			now = next;
			drive_at(r, ++symbol + 1, &next);
		}
	}
}

/* least: so many inner samples a symbol at least. */
static void make(const struct lightwave_request *request, guint least, float *out)
{
	guint keep = (least + request->samples_per_symbol - 1) / request->samples_per_symbol;
	guint inner = keep * request->samples_per_symbol;
	gsize n = request->n_symbols, length = n * inner;
	double first = request->shift_symbols * inner;
	double rate_hz = inner * LIGHTWAVE_SYMBOL_RATE_BD;
	g_autofree struct chain *chain = g_new(struct chain, 1);
	g_autofree float *drive = driver_symbols(request);
	struct run run = {
		.drive = drive,
		.n_symbols = n,
		.inner = inner,
		.keep = request->fibre && request->samples_per_symbol < FIBRE_SAMPLES ? 1 : keep,
		.piece = (n + STREAMS - 1) / STREAMS,
		.first = (gsize)first,
		.late = (float)(first - floor(first)),
		.echo = (float)request->lane->echo,
		.echo_delay = (guint)lround(request->lane->echo_delay_s * rate_hz),
	};

	run.stride = run.piece * inner / run.keep;
	run.length = length / run.keep;
	chain_init(chain, request, rate_hz);
	g_autofree float *light = run.keep == keep ? NULL : g_new(float, run.length);
	float *made = light ? light : out;
	run_chain(&run, chain, made);
	if (!request->fibre)
		return;
	/* Dispersion before or behind the observer's filter is the same: both are linear. */
	struct fibre_light colour = optics_fibre_light(request->lane, request->laser_degc);
	fibre_disperse(request->fibre, &colour, made, run.length, rate_hz / run.keep);
	for (gsize i = 0; light && i < length; i += keep)
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
	double sum[4] = {0}; /* apart: an addition would wait for the one before */

	/* Of a dead laser too. Behind a modulator any laser that gives light will do. */
	clear.slope_w_per_a = 1;
	if (lane->kind != MODEL_VCSEL) {
		clear.threshold_a = clear.kink_a = 0;
		r.knobs.laser_bias_a = 0.05;
	}
	make(&r, MEAN_SAMPLES, light);
	for (gsize i = 0; i < n_symbols * MEAN_SAMPLES; i += 4)
		for (gsize k = 0; k < 4; k++)
			sum[k] += light[i + k];
	return (sum[0] + sum[1] + sum[2] + sum[3]) / (double)(n_symbols * MEAN_SAMPLES) /
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
