/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/speed/signal_kernels.h"

#include "signal/eye.h"
#include "signal/kernels.h"
#include "signal/symbol_fit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BITS_BYTES (1u << 20)

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double speed_median_s(void (*run)(gpointer data), gpointer data, guint repeats)
{
	g_autofree double *time_s = g_new(double, repeats);

	run(data);
	for (guint i = 0; i < repeats; i++) {
		double start = now_s();

		run(data);
		time_s[i] = now_s() - start;
	}
	qsort(time_s, repeats, sizeof(*time_s), compare_doubles);
	return time_s[repeats / 2];
}

/* What all kernels are run on. */
struct stand {
	const struct kernels *kernels;
	const struct waveform *wave;
	const guint8 *levels;
	struct symbol_fit fit;
	struct sweep_input sweep;
	struct kernels_density density;
	guint32 *count;
	guint8 *bits, *more_bits, *symbols;
	double kept; /* results, so that nothing is left out */
};

static void run_range(gpointer data)
{
	struct stand *stand = data;

	stand->kept +=
		stand->kernels->range(stand->wave->power_w, waveform_length(stand->wave)).sum;
}

static void run_fit(gpointer data)
{
	struct stand *stand = data;
	struct symbol_fit fit;

	symbol_fit_init(&fit, stand->wave, stand->levels, 3.3, 0.5e-3, 0.8e-3);
	stand->kept += fit.noise_mean;
	symbol_fit_clear(&fit);
}

static void run_sweep(gpointer data)
{
	struct stand *stand = data;
	struct sweep_output out;

	stand->kernels->tdecq_sweep(&stand->sweep, &out);
	stand->kept += out.window[0].ser;
}

static void run_density(gpointer data)
{
	struct stand *stand = data;

	stand->kernels->density(&stand->density, stand->wave->power_w, stand->wave->n_symbols - 4,
	                        0, stand->count);
}

static void run_pack(gpointer data)
{
	struct stand *stand = data;

	stand->kept += stand->kernels->gray_pack(stand->symbols, 4 * BITS_BYTES, stand->bits);
}

static void run_unpack(gpointer data)
{
	struct stand *stand = data;

	stand->kernels->gray_unpack(stand->bits, 4 * BITS_BYTES, stand->symbols);
}

static void run_prbs(gpointer data)
{
	static const guint back[4] = {28 * 64, 31 * 64, 0, 0};
	struct stand *stand = data;

	stand->kernels->prbs_fill(stand->bits + 31 * 64, BITS_BYTES - 31 * 64, back, TRUE);
}

static void run_errors(gpointer data)
{
	struct stand *stand = data;
	struct kernels_errors errors = {0};

	stand->kernels->count_errors(stand->bits, stand->more_bits, BITS_BYTES, &errors);
	stand->kept += (double)errors.pairs;
}

/* bytes: what it reads at least. `whole`: goes through the environment, not through the table. */
static const struct {
	const char *name;
	void (*run)(gpointer data);
	gsize bytes;
	gboolean whole;
} rows[] = {
	{"range of the samples", run_range, 65535 * 16 * 4, FALSE},
	{"symbols to polynomials", run_fit, 65535 * 16 * 4, TRUE},
	{"TDECQ, one look at all symbols", run_sweep, 65535 * (5 * 4 + 1), FALSE},
	{"eye density, 1 M samples", run_density, 65535 * 16 * 4, FALSE},
	{"Gray symbols to bits", run_pack, 4 * BITS_BYTES, FALSE},
	{"bits to Gray symbols", run_unpack, BITS_BYTES, FALSE},
	{"PRBS31 made", run_prbs, BITS_BYTES, FALSE},
	{"bit errors counted", run_errors, 2 * BITS_BYTES, FALSE},
};

static const struct sweep_input usual_sweep = {
	.stride = 1,
	.n_taps = 5,
	.main_tap = 1,
	.tap = {-0.04f, 1.12f, -0.06f, -0.01f, -0.01f},
	.nodes = 3,
	.time_ui = {{-0.0655f, -0.05f, -0.0345f}, {0.0345f, 0.05f, 0.0655f}},
	.node_weight = {5.0f / 18.0f, 8.0f / 18.0f, 5.0f / 18.0f},
	.threshold = {-1.0f / 3.0f, 0.0f, 1.0f / 3.0f},
	.inverse_sigma = {{25.0f, 25.0f, 25.0f, 25.0f}, {25.0f, 25.0f, 25.0f, 25.0f}},
};

#define COLUMNS 32
#define PHASES  4
#define ROWS    96

static const float parts[PHASES] = {0.0f, 0.25f, 0.5f, 0.75f};

static void stand_init(struct stand *stand, const struct waveform *wave, const guint8 *levels,
                       gint32 *base)
{
	*stand = (struct stand){.wave = wave, .levels = levels, .sweep = usual_sweep};
	symbol_fit_init(&stand->fit, wave, levels, 3.3, 0.6e-3, 0.8e-3);
	for (guint d = 0; d < SWEEP_TERMS; d++)
		stand->sweep.term[d] = stand->fit.term[d];
	stand->sweep.level = stand->fit.level;
	stand->sweep.n = stand->fit.n;
	for (guint i = 0; i < PHASES * (16 + KERNELS_DENSITY_AHEAD); i++)
		base[i] = (gint32)(i % 16 * PHASES + i / (16 + KERNELS_DENSITY_AHEAD)) * (ROWS + 2);
	stand->density = (struct kernels_density){
		.width = 16,
		.phases = PHASES,
		.part = parts,
		.base = base,
		.offset = 1.0f + ROWS * 1.1f,
		.scale = ROWS * 1.0e3f,
		.last = ROWS + 1.0f,
	};
	stand->count = g_new0(guint32, (gsize)16 * PHASES * (ROWS + 2));
	stand->bits = g_malloc0(BITS_BYTES);
	stand->more_bits = g_malloc0(BITS_BYTES);
	stand->symbols = g_malloc0((gsize)4 * BITS_BYTES);
}

static void stand_clear(struct stand *stand)
{
	symbol_fit_clear(&stand->fit);
	g_free(stand->count);
	g_free(stand->bits);
	g_free(stand->more_bits);
	g_free(stand->symbols);
}

static double run_row(struct stand *stand, guint row, const struct kernels *kernels)
{
	stand->kernels = kernels;
	if (rows[row].whole)
		g_setenv("STATION_KERNELS", kernels->name, TRUE);
	return speed_median_s(rows[row].run, stand, kernels == kernels_for(1) ? 5 : 31);
}

/* One reading of so many bytes, by the fastest kernel. */
static double read_s(struct stand *stand, gsize bytes)
{
	stand->kernels = kernels_for(KERNELS_ALL);
	return speed_median_s(run_range, stand, 101) * (double)bytes /
	       (4.0 * (double)waveform_length(stand->wave));
}

void speed_print_kernels(const struct waveform *wave, const guint8 *levels)
{
	gint32 base[PHASES * (16 + KERNELS_DENSITY_AHEAD)];
	g_autofree char *before = g_strdup(g_getenv("STATION_KERNELS"));
	struct stand stand;

	stand_init(&stand, wave, levels, base);
	printf("%-32s %-7s %9s %9s %9s\n", "kernel (data in the caches)", "step", "ms", "x plain",
	       "readings");
	for (guint r = 0; r < G_N_ELEMENTS(rows); r++) {
		double reading_s = read_s(&stand, rows[r].bytes), plain_s = 0.0;

		for (guint step = 0; step < KERNELS_N; step++) {
			const struct kernels *kernels = kernels_for(1u << step);
			double time_s;

			if (step > 0 && kernels == kernels_for(1))
				continue;
			time_s = run_row(&stand, r, kernels);
			plain_s = step == 0 ? time_s : plain_s;
			printf("%-32s %-7s %9.4f %9.1f %9.1f\n", step == 0 ? rows[r].name : "",
			       kernels->name, 1e3 * time_s, plain_s / time_s, time_s / reading_s);
		}
	}
	if (before)
		g_setenv("STATION_KERNELS", before, TRUE);
	else
		g_unsetenv("STATION_KERNELS");
	stand_clear(&stand);
}
