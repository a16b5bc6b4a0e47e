/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
/*
 * TDECQ once more, slowly, from the definition alone: a waveform with 200 samples per symbol, every
 * sample of both windows, no polynomials, no histogram, no gradients, a simplex that climbs until
 * it is tired. Nothing is shared with the code under test but where the eye's centre is.
 */
#include "signal/pam4_align.h"
#include "signal/pattern.h"
#include "signal/tdecq.h"

#include "tests/unit/signal_wave.h"

#include <glib.h>
#include <string.h>

#define FINE   200
#define WINDOW 8 /* samples in 0.04 UI */
#define TAPS   5
#define DIMS   (TAPS - 1 + 3)

struct slow {
	const struct waveform *wave;
	gsize n;
	gssize window[2]; /* first sample of each window, for symbol 0 */
	double average, oma;
	guint main_tap;
	guint dims;
	double *y[2];
	double noise[2]; /* found last, where the next search starts */
};

/* Autocorrelation of the receiver's noise at whole symbols, from tables. */
static const double rho[TAPS] = {1.0, 0.0205613961, 0.00134954135, -7.97904e-5, 1.7288e-6};

static double slow_sample(const struct slow *slow, gssize at)
{
	gssize length = (gssize)(slow->n * FINE);

	return (slow->wave->power_w[(at % length + length) % length] - slow->average) / slow->oma;
}

static void slow_equalise(const struct slow *slow, guint side, const double *taps)
{
	for (gsize i = 0; i < slow->n; i++) {
		for (guint j = 0; j < WINDOW; j++) {
			gssize at = (gssize)(i * FINE + j) + slow->window[side];
			double sum = 0.0;

			for (guint k = 0; k < TAPS; k++)
				sum += taps[k] *
				       slow_sample(slow, at + ((gssize)slow->main_tap - k) * FINE);
			slow->y[side][i * WINDOW + j] = sum;
		}
	}
}

/* Error ratio for a sigma at the decision, and its slope with ln sigma. */
static double slow_ser(const struct slow *slow, guint side, const double *shift, double sigma,
                       double *slope)
{
	double sum = 0.0;

	*slope = 0.0;
	for (gsize i = 0; i < slow->n * WINDOW; i++) {
		for (int k = 0; k < 3; k++) {
			double z = fabs(slow->y[side][i] - (k - 1) / 3.0 - shift[k]) / sigma;

			if (z > 7.0)
				continue;
			sum += 0.5 * erfc(z / sqrt(2.0));
			*slope += z * exp(-0.5 * z * z) / sqrt(2.0 * G_PI);
		}
	}
	*slope /= (double)(slow->n * WINDOW);
	return sum / (double)(slow->n * WINDOW);
}

static double slow_sigma(struct slow *slow, guint side, const double *shift)
{
	double sigma = fmax(slow->noise[side], 0.01), unused;
	double floor = slow_ser(slow, side, shift, 0.003, &unused);

	/* A closed eye is the worse the more errors it has. */
	if (floor >= 4.8e-4)
		return 0.003 * 4.8e-4 / floor;
	for (guint i = 0; i < 50; i++) {
		double slope, ser = slow_ser(slow, side, shift, sigma, &slope);
		double step = ser < 1e-9 ? 0.5 : -log(ser / 4.8e-4) * ser / fmax(slope, 1e-12);

		sigma *= exp(CLAMP(step, -0.5, 0.5));
		if (fabs(step) < 1e-8)
			break;
	}
	return slow->noise[side] = sigma;
}

/* TDECQ in dB for four taps and three shifts; worse outside the limits. */
static double slow_tdecq(struct slow *slow, const double *x)
{
	double taps[TAPS], shift[3] = {0.0}, ceq2 = 0.0, sigma = INFINITY, over = 0.0;
	guint n = 0;

	taps[slow->main_tap] = 1.0;
	for (guint k = 0; k < TAPS; k++) {
		if (k == slow->main_tap)
			continue;
		taps[k] = x[n];
		taps[slow->main_tap] -= x[n++];
	}
	for (guint k = 0; k < 3 && slow->dims > TAPS - 1; k++) {
		shift[k] = CLAMP(x[n], -0.01, 0.01);
		over += fabs(x[n++] - shift[k]);
	}
	for (guint i = 0; i < TAPS; i++) {
		for (guint j = 0; j < TAPS; j++)
			ceq2 += taps[i] * taps[j] * rho[i > j ? i - j : j - i];
	}
	for (guint side = 0; side < 2; side++) {
		slow_equalise(slow, side, taps);
		sigma = fmin(sigma, slow_sigma(slow, side, shift));
	}
	return 10.0 * log10(sqrt(ceq2) / (6.0 * 3.414 * sigma)) + over;
}

static void move_corner(const double *from, const double *middle, double factor, guint dims,
                        double *to)
{
	for (guint i = 0; i < dims; i++)
		to[i] = middle[i] + factor * (from[i] - middle[i]);
}

/* Nelder and Mead. */
static double simplex(struct slow *slow, double *best, double width, guint rounds)
{
	double corner[DIMS + 1][DIMS], value[DIMS + 1], middle[DIMS], try[2][DIMS], v[2];
	guint n = slow->dims, low = 0;

	for (guint i = 0; i <= n; i++) {
		memcpy(corner[i], best, n * sizeof(*best));
		if (i > 0)
			corner[i][i - 1] += i > TAPS - 1 ? 0.2 * width : width;
		value[i] = slow_tdecq(slow, corner[i]);
	}
	for (guint round = 0; round < rounds; round++) {
		guint high = 0, second = 0;

		low = 0;
		for (guint i = 1; i <= n; i++) {
			low = value[i] < value[low] ? i : low;
			high = value[i] > value[high] ? i : high;
		}
		second = low;
		memset(middle, 0, sizeof(middle));
		for (guint i = 0; i <= n; i++) {
			if (i == high)
				continue;
			second = value[i] > value[second] ? i : second;
			for (guint d = 0; d < n; d++)
				middle[d] += corner[i][d] / n;
		}
		move_corner(corner[high], middle, -1.0, n, try[0]);
		v[0] = slow_tdecq(slow, try[0]);
		if (v[0] < value[low] || v[0] >= value[second]) {
			double factor = v[0] < value[low] ? -2.0 : v[0] < value[high] ? -0.5 : 0.5;

			move_corner(corner[high], middle, factor, n, try[1]);
			v[1] = slow_tdecq(slow, try[1]);
		} else {
			v[1] = INFINITY;
		}
		guint better = v[1] < v[0] ? 1 : 0;

		if (v[better] < value[high]) {
			memcpy(corner[high], try[better], sizeof(corner[high]));
			value[high] = v[better];
			continue;
		}
		for (guint i = 0; i <= n; i++) {
			if (i == low)
				continue;
			move_corner(corner[i], corner[low], 0.5, n, corner[i]);
			value[i] = slow_tdecq(slow, corner[i]);
		}
	}
	for (guint i = 0; i <= n; i++)
		low = value[i] < value[low] ? i : low;
	memcpy(best, corner[low], n * sizeof(*best));
	return value[low];
}

/* The best of all main taps. The middle of the windows is half a sample before `centre`. */
static double slow_measure(const struct waveform *wave, gssize centre, double average, double oma,
                           gboolean thresholds, guint last_main)
{
	struct slow slow = {.wave = wave,
	                    .n = wave->n_symbols,
	                    .average = average,
	                    .oma = oma,
	                    .dims = thresholds ? DIMS : TAPS - 1,
	                    .noise = {0.03, 0.03}};
	double least = INFINITY;

	for (guint side = 0; side < 2; side++) {
		slow.window[side] = centre + (side == 0 ? -FINE * 7 / 100 : FINE * 3 / 100);
		slow.y[side] = g_new(double, slow.n *WINDOW);
	}
	for (slow.main_tap = 0; slow.main_tap <= last_main; slow.main_tap++) {
		double x[DIMS] = {0.0}, value;

		simplex(&slow, x, 0.1, thresholds ? 120 : 60);
		value = simplex(&slow, x, 0.01, thresholds ? 120 : 60);
		least = fmin(least, value);
	}
	g_free(slow.y[0]);
	g_free(slow.y[1]);
	return least;
}

static const struct {
	const char *what;
	double level[4];
	double pole_ui;
	gboolean thresholds;
} rows[] = {
	{"fast", {0.2, 0.2 + 0.8 / 3.0, 0.2 + 1.6 / 3.0, 1.0}, 0.0, FALSE},
	{"slow", {0.2, 0.2 + 0.8 / 3.0, 0.2 + 1.6 / 3.0, 1.0}, 0.35, FALSE},
	{"slow and compressed", {0.2, 0.48, 0.77, 1.0}, 0.25, FALSE},
	{"compressed, thresholds free", {0.2, 0.46, 0.76, 1.0}, 0.15, TRUE},
};

static void test_against_slow(gconstpointer data)
{
	guint row = GPOINTER_TO_UINT(data);
	g_autoptr(waveform) fine = NULL, coarse = NULL;
	struct pam4_alignment at_fine, at_coarse;
	g_autofree guint8 *symbols = NULL;
	struct tdecq_settings settings;
	struct tdecq_result result;
	struct maker maker = {.bessel_ui = 0.5, .pole_ui = rows[row].pole_ui, .spu = FINE};
	double slow, average = 0.0, start;
	gsize n = 0;

	maker.symbols = symbols = pattern_symbols(PATTERN_PRBS9Q, &n, NULL);
	maker.n_symbols = n;
	memcpy(maker.level_w, rows[row].level, sizeof(maker.level_w));
	fine = maker_run(&maker);
	for (gsize i = 0; i < waveform_length(fine); i++)
		average += fine->power_w[i] / (double)waveform_length(fine);
	maker.spu = 16;
	coarse = maker_run(&maker);
	g_assert_true(pam4_align(fine, symbols, n, &at_fine, NULL));
	g_assert_true(pam4_align(coarse, symbols, n, &at_coarse, NULL));
	tdecq_settings_default(&settings);
	settings.fit_centre = FALSE;
	settings.adjust_thresholds = rows[row].thresholds;
	settings.max_precursors = rows[row].thresholds ? 1 : 2;
	/* whole samples of the fine waveform; half a hundredth of a symbol matters little */
	start = rint(at_fine.start_samples);
	struct tdecq_input input = {.waveform = coarse,
	                            .levels = symbols,
	                            .average_w = average,
	                            .oma_w = 0.8,
	                            .start_samples = (start - 0.5) * 16.0 / FINE};

	g_assert_cmpfloat_with_epsilon(input.start_samples, at_coarse.start_samples, 0.1);
	g_assert_true(tdecq_measure(&input, &settings, &result, NULL));
	g_assert_cmpint(result.tdecq_db.status, ==, SIGNAL_OK);
	slow = slow_measure(fine, (gssize)start + FINE / 2, average, 0.8, rows[row].thresholds,
	                    settings.max_precursors);
	g_test_message("%s: %.4f dB in %.1f sweeps, slowly %.4f dB", rows[row].what,
	               result.tdecq_db.value, result.sweeps, slow);
	g_assert_cmpfloat_with_epsilon(result.tdecq_db.value, slow, 0.005);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strdup_printf("/signal/tdecq-slow/%u", i);

		g_test_add_data_func(path, GUINT_TO_POINTER(i), test_against_slow);
	}
	return g_test_run();
}
