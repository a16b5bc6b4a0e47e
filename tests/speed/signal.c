/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * How fast the measurement science is, on this machine, in one run. The unit is one pass: reading
 * all samples of a waveform once, from memory, with the fastest kernel. Waveforms are taken in
 * turn, more of them than the caches hold, as they come from an oscilloscope.
 */
#include "signal/eye.h"
#include "signal/kernels.h"
#include "signal/lanes.h"
#include "signal/pam4.h"
#include "signal/pattern_check.h"
#include "signal/prbs.h"
#include "tests/speed/signal_kernels.h"
#include "tests/unit/signal_wave.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define WAVES_MAX 64
#define LANES_N   4
#define PIECE     (1u << 16) /* symbols of a stream at a time */
#define PIECES    256

/* The waveforms, of which another one is next each time. */
struct hall {
	struct waveform *wave[WAVES_MAX];
	guint n, next;
	guint8 *symbols;
	gsize n_symbols;
	struct pam4_settings settings;
	struct tdecq_input input; /* of any of them: they are the same light, other noise */
	struct pam4_result result;
	double kept;
};

static struct waveform *next_wave(struct hall *hall)
{
	hall->next = (hall->next + 1) % hall->n;
	return hall->wave[hall->next];
}

static void read_once(gpointer data)
{
	struct waveform *wave = next_wave(data);
	struct hall *hall = data;

	hall->kept += kernels_for(KERNELS_ALL)->range(wave->power_w, waveform_length(wave)).sum;
}

static void read_plainly(gpointer data)
{
	struct waveform *wave = next_wave(data);
	struct hall *hall = data;

	hall->kept += kernels_for(1)->range(wave->power_w, waveform_length(wave)).sum;
}

static void tdecq_once(gpointer data)
{
	struct hall *hall = data;

	hall->input.waveform = next_wave(hall);
	if (!tdecq_measure(&hall->input, &hall->settings.tdecq, &hall->result.tdecq, NULL))
		g_error("TDECQ refused");
}

static void align_once(gpointer data)
{
	struct hall *hall = data;

	if (!pam4_align(next_wave(hall), hall->symbols, hall->n_symbols, &hall->result.alignment,
	                NULL))
		g_error("alignment refused");
}

static void measure_once(gpointer data)
{
	struct hall *hall = data;

	if (!pam4_measure(next_wave(hall), hall->symbols, hall->n_symbols, &hall->settings,
	                  &hall->result, NULL))
		g_error("measurement refused");
}

static void measure_lanes(gpointer data)
{
	struct hall *hall = data;
	struct lane lane[LANES_N];

	memset(lane, 0, sizeof(lane));
	for (guint i = 0; i < LANES_N; i++) {
		lane[i].wave = next_wave(hall);
		lane[i].symbols = hall->symbols;
		lane[i].n_symbols = hall->n_symbols;
	}
	lanes_measure(lane, LANES_N, &hall->settings);
	for (guint i = 0; i < LANES_N; i++)
		hall->kept += lane[i].result.tdecq_db.value;
}

static void count_eye(gpointer data)
{
	struct hall *hall = data;
	struct waveform *wave = next_wave(hall);
	g_autoptr(eye_density) eye = eye_density_new(wave, 3.3, 128, 96, 1.3e-3, 0.0, NULL);

	hall->kept += eye->peak;
}

static struct waveform *make_wave(const guint8 *symbols, gsize n_symbols)
{
	struct maker maker = {
		.symbols = symbols,
		.n_symbols = n_symbols,
		.spu = 16,
		.level_w = {0.2e-3, 0.47e-3, 0.73e-3, 1.0e-3},
		.pole_ui = 0.3,
		.bessel_ui = 0.5,
		.shift_ui = 0.31,
		.rotate = 777,
	};
	struct waveform *wave = maker_run(&maker);

	maker_add_noise(wave, 8e-6, 3);
	wave->scope_noise_w = 4e-6;
	return wave;
}

/* As many waveforms as twice the largest cache holds. */
static void fill_hall(struct hall *hall)
{
	long cache = sysconf(_SC_LEVEL3_CACHE_SIZE);
	gsize bytes = sizeof(float) * waveform_length(hall->wave[0]);

	hall->n = (guint)CLAMP(2 * cache / (long)bytes + 1, 8, WAVES_MAX);
	for (guint i = 1; i < hall->n; i++) {
		struct waveform *first = hall->wave[0];

		hall->wave[i] = g_memdup2(first, sizeof(*first));
		hall->wave[i]->power_w = g_memdup2(first->power_w, bytes);
	}
	hall->input = (struct tdecq_input){
		.levels = hall->symbols,
		.start_samples = hall->result.alignment.start_samples,
		.average_w = hall->result.average_power_w.value,
		.oma_w = hall->result.oma_outer_w.value,
	};
}

/* Symbols are made before the clock runs; what is timed is from symbols to counted errors. */
static double check_prbs31q_s(guint64 *bits)
{
	g_autofree guint8 *symbols = g_malloc((gsize)PIECE * PIECES);
	g_autoptr(pattern_check) check = pattern_check_new(PATTERN_PRBS31Q, PATTERN_GRAY);
	struct pattern_check_result result;
	struct prbs prbs;
	gint64 start;

	prbs_start(&prbs, PRBS31, prbs_seed(PRBS31, 0));
	prbs_symbols(&prbs, symbols, (gsize)PIECE * PIECES);
	symbols[PIECE * 5 + 77] ^= 1;
	start = g_get_monotonic_time();
	for (guint i = 0; i < PIECES; i++)
		pattern_check_symbols(check, symbols + (gsize)i * PIECE, PIECE);
	if (!pattern_check_finish(check, &result, NULL) || result.symbol_errors != 1)
		g_error("PRBS31Q was not counted as it was made");
	*bits = result.bits;
	return 1e-6 * (double)(g_get_monotonic_time() - start);
}

static double prbs31q_gbit_s(void)
{
	double best = 0.0;

	for (guint i = 0; i < 5; i++) {
		guint64 bits;
		double time_s = check_prbs31q_s(&bits);

		best = MAX(best, 1e-9 * (double)bits / time_s);
	}
	return best;
}

static void print_row(const char *what, double time_s, double pass_s)
{
	printf("%-54s %9.3f ms %9.1f passes\n", what, 1e3 * time_s, time_s / pass_s);
}

/*
 * What a whole measurement adds to the most memory this process ever had, in waveforms. To be asked
 * before anything else takes and gives back memory.
 */
static double memory_in_waveforms(struct hall *hall)
{
	struct rusage before, after;

	getrusage(RUSAGE_SELF, &before);
	measure_once(hall);
	getrusage(RUSAGE_SELF, &after);
	return 1024.0 * (double)(after.ru_maxrss - before.ru_maxrss) /
	       (sizeof(float) * (double)waveform_length(hall->wave[0]));
}

int main(void)
{
	struct hall hall = {0};
	double pass_s, plain_s, tdecq_s, eye_s, prbs, lane_s, lanes_s, memory;

	hall.symbols = pattern_symbols(PATTERN_SSPRQ, &hall.n_symbols, NULL);
	hall.wave[0] = make_wave(hall.symbols, hall.n_symbols);
	hall.n = 1;
	pam4_settings_default(&hall.settings);
	memory = memory_in_waveforms(&hall);
	fill_hall(&hall);
	printf("SSPRQ, 65535 symbols x 16 samples, 5 taps, noise; kernels: %s\n\n",
	       kernels_best()->name);
	speed_print_kernels(hall.wave[0], hall.symbols);
	pass_s = speed_median_s(read_once, &hall, 201);
	plain_s = speed_median_s(read_plainly, &hall, 21);
	printf("\nfrom memory\n");
	print_row("one pass: all samples read once", pass_s, pass_s);
	print_row("the same in plain C", plain_s, pass_s);
	tdecq_s = speed_median_s(tdecq_once, &hall, 61);
	print_row("TDECQ of an aligned lane, taps and phase optimised", tdecq_s, pass_s);
	printf("%-54s %9.1f\n", "  looks at all symbols", hall.result.tdecq.sweeps);
	printf("%-54s %9.4f dB\n", "  TDECQ", hall.result.tdecq.tdecq_db.value);
	print_row("alignment", speed_median_s(align_once, &hall, 31), pass_s);
	lane_s = speed_median_s(measure_once, &hall, 31);
	print_row("all quantities of a lane, from its samples", lane_s, pass_s);
	lanes_s = speed_median_s(measure_lanes, &hall, 11);
	print_row("four lanes, all processors", lanes_s, pass_s);
	printf("%-54s %9.2f\n", "  times faster than one after the other", 4.0 * lane_s / lanes_s);
	eye_s = speed_median_s(count_eye, &hall, 61);
	print_row("eye density of 1 M samples", eye_s, pass_s);
	prbs = prbs31q_gbit_s();
	printf("%-54s %9.1f Gbit/s\n", "PRBS31Q checking", prbs);
	printf("%-54s %9.2f waveforms\n\n", "memory of a whole measurement, besides the waveform",
	       memory);
	printf("tdecq_ms=%.2f tdecq_passes=%.1f eye_passes=%.2f prbs31q_gbit_s=%.1f\n",
	       1e3 * tdecq_s, tdecq_s / pass_s, eye_s / pass_s, prbs);
	for (guint i = 0; i < hall.n; i++)
		waveform_free(hall.wave[i]);
	g_free(hall.symbols);
	return 0;
}
