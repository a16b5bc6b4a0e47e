/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/pam4_doubt.h"

#include "base/error.h"
#include "signal/pattern.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A coding or pattern that is told has to fit so well, by correlation or by signs. */
static const double coding_correlation = 0.6;
static const double sure_agreement = 0.85;
static const double least_slip = 0.3;
/* of the outer levels' distance: levels nearer to each other are looked into */
static const double least_step = 0.1;
/* Pieces of the waveform that are followed along the pattern, and how far from one to the next. */
#define PIECES     16
#define PIECE_STEP 12
/* Of samples looked at for clipping. */
#define LOOKS 8192

const struct pam4_coding pam4_codings[PAM4_CODINGS] = {
	{"the two bits of each symbol exchanged", {0, 3, 2, 1}},
	{"binary instead of Gray coding", {0, 1, 3, 2}},
	{"binary instead of Gray coding and the bits exchanged", {0, 2, 3, 1}},
	{"the second bit of each symbol inverted", {1, 0, 3, 2}},
};

enum signal_status pam4_doubt_finite(const struct waveform *wave, GError **error)
{
	gsize length = waveform_length(wave), count = 0, first = 0;

	for (gsize i = 0; i < length; i++) {
		if (!isfinite(wave->power_w[i]) && count++ == 0)
			first = i;
	}
	if (count > 0)
		station_error_set(error, STATION_ERROR_DATA,
		                  "%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT
		                  " samples are no numbers, the first one is sample "
		                  "%" G_GSIZE_FORMAT " (symbol %" G_GSIZE_FORMAT ")",
		                  count, length, first, first / wave->samples_per_symbol);
	else
		station_error_set(error, STATION_ERROR_DATA, "samples are too large to be powers");
	return SIGNAL_NOT_FINITE;
}

static double finite_mean(const struct waveform *wave)
{
	gsize length = waveform_length(wave);
	double sum = 0.0;

	for (gsize i = 0; i < length; i++)
		sum += isfinite(wave->power_w[i]) ? wave->power_w[i] : 0.0;
	return sum / (double)length;
}

/* The first symbols of the waveform, or fewer, in a pattern. */
static struct pam4_place best_place(const struct waveform *wave, gsize symbol, double mean_w,
                                    const guint8 *symbols, gsize n)
{
	struct pam4_place place[2 * PAM4_PLACES], best = {0};
	struct pam4_signs signs;
	guint places;

	pam4_signs_of_wave(wave,
	                   symbol * wave->samples_per_symbol +
	                           pam4_open_phase(wave, symbol, PAM4_STRETCH),
	                   mean_w, &signs);
	places = pam4_best_places(&signs, symbols, n, place);
	for (guint i = 0; i < places; i++) {
		if (place[i].agreement > best.agreement)
			best = place[i];
	}
	return best;
}

enum signal_status pam4_doubt_length(const struct waveform *wave, const guint8 *symbols,
                                     gsize n_symbols, GError **error)
{
	g_autofree char *where = NULL;

	if (wave->samples_per_symbol >= 1 && wave->n_symbols >= 64 && n_symbols >= 64) {
		struct pam4_place place =
			best_place(wave, 0, finite_mean(wave), symbols, n_symbols);

		if (place.agreement >= sure_agreement)
			where = g_strdup_printf(", from symbol %" G_GSIZE_FORMAT " of it on%s",
			                        place.at, place.inverted ? ", inverted" : "");
	}
	station_error_set(error, STATION_ERROR_DATA,
	                  "waveform holds %" G_GSIZE_FORMAT " symbols, its pattern %" G_GSIZE_FORMAT
	                  ": this looks like %.2f of the pattern%s",
	                  wave->n_symbols, n_symbols, (double)wave->n_symbols / (double)n_symbols,
	                  where ? where : "");
	return SIGNAL_WRONG_LENGTH;
}

static int compare_floats(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* Of sorted values. */
struct spread {
	guint distinct;   /* how many differ, without the extremes */
	gsize most;       /* how often the most frequent of those occurs */
	double least_gap; /* between neighbours */
};

static struct spread spread_of(const float *value, gsize n, float low, float high)
{
	struct spread spread = {.least_gap = INFINITY};

	for (gsize i = 0; i < n;) {
		gsize from = i;

		while (i < n && value[i] == value[from])
			i++;
		if (from > 0)
			spread.least_gap =
				fmin(spread.least_gap, (double)value[from] - value[from - 1]);
		if (value[from] == low || value[from] == high)
			continue;
		spread.most = MAX(spread.most, i - from);
		spread.distinct++;
	}
	return spread;
}

/* How far the samples just before the extreme are from it, mean; 0 when nothing reaches it. */
static double mean_step(const struct waveform *wave, float extreme)
{
	gsize length = waveform_length(wave), count = 0;
	double sum = 0.0;

	for (gsize i = 1; i < length; i++) {
		if (wave->power_w[i] == extreme && wave->power_w[i - 1] != extreme) {
			sum += fabs((double)wave->power_w[i - 1] - extreme);
			count++;
		}
	}
	return count > 0 ? sum / (double)count : 0.0;
}

enum signal_status pam4_doubt_clipped(const struct waveform *wave, float low, float high,
                                      GError **error)
{
	gsize length = waveform_length(wave), looks = MIN(length, LOOKS);
	/* odd: all phases of a symbol are looked at */
	gsize step = MAX(length / looks - 1, 0) | 1;
	gsize at_low = 0, at_high = 0, least = MAX(looks / 200, 8);
	g_autofree float *value = NULL;
	struct spread spread;
	double reach;

	for (gsize i = 0; i < looks; i++) {
		at_low += wave->power_w[i * step] == low;
		at_high += wave->power_w[i * step] == high;
	}
	if (at_low < least && at_high < least)
		return SIGNAL_OK;
	value = g_new(float, looks);
	for (gsize i = 0; i < looks; i++)
		value[i] = wave->power_w[i * step];
	qsort(value, looks, sizeof(*value), compare_floats);
	spread = spread_of(value, looks, low, high);
	if (spread.distinct < 64)
		return SIGNAL_OK;
	/* A signal that settles does so in small steps, the last one that of its digits. */
	reach = fmax(1e-4 * ((double)high - low), 1.5 * spread.least_gap);
	for (guint side = 0; side < 2; side++) {
		gsize count = side == 0 ? at_high : at_low;
		float extreme = side == 0 ? high : low;

		if (count < least || count < 3 * spread.most || mean_step(wave, extreme) < reach)
			continue;
		station_error_set(error, STATION_ERROR_DATA,
		                  "waveform is clipped at the %s: %.1f %% of its samples are "
		                  "exactly %.4g W",
		                  side == 0 ? "top" : "bottom",
		                  100.0 * (double)count / (double)looks, (double)extreme);
		return SIGNAL_CLIPPED;
	}
	return SIGNAL_OK;
}

enum signal_status pam4_doubt_rate(const struct waveform *wave, double slip_symbols, GError **error)
{
	station_error_set(error, STATION_ERROR_DATA,
	                  "waveform slips by %.2f symbols against its pattern: the symbol rate is "
	                  "%+.1f ppm off",
	                  slip_symbols, 1e6 * slip_symbols / (double)wave->n_symbols);
	return SIGNAL_WRONG_RATE;
}

/* A piece of the waveform: its signs, and where in the waveform they begin. */
struct piece {
	struct pam4_signs signs;
	double at; /* symbols */
};

static double agreement_at(const struct piece *piece, const guint8 *symbols, gsize n, double at,
                           gboolean inverted)
{
	gsize from = (gsize)(fmod(fmod(at, (double)n) + (double)n, (double)n)) % n;
	guint equal = 0;

	for (guint i = 0; i < piece->signs.n; i++) {
		gboolean high = piece->signs.bit[i / 64] >> (i % 64) & 1;

		equal += high == ((symbols[(from + i) % n] >= 2) != inverted);
	}
	return (double)equal / piece->signs.n;
}

/* Follows a place of the first piece through the others; returns the least agreement. */
static double follow(const struct piece *piece, const guint8 *symbols, gsize n,
                     struct pam4_place from, double *slip)
{
	double lag = (double)from.at, least = from.agreement, first = lag - piece[0].at;
	double sx = 0.0, sy = 0.0, sxx = 0.0, sxy = 0.0;

	for (guint k = 0; k < PIECES; k++) {
		double expected = lag + floor(piece[k].at) - floor(piece[k > 0 ? k - 1 : 0].at);
		double best = -1.0, y;

		for (int step = -PIECE_STEP; step <= PIECE_STEP; step++) {
			double agreement =
				agreement_at(&piece[k], symbols, n, expected + step, from.inverted);

			if (agreement > best) {
				best = agreement;
				lag = expected + step;
			}
		}
		least = fmin(least, best);
		y = lag - piece[k].at - first;
		sx += piece[k].at;
		sy += y;
		sxx += piece[k].at * piece[k].at;
		sxy += piece[k].at * y;
	}
	*slip = (PIECES * sxy - sx * sy) / (PIECES * sxx - sx * sx) * (double)n;
	return least;
}

/* TRUE when every piece is in the pattern, each a little further than the one before. */
static gboolean find_slip(const struct waveform *wave, const guint8 *symbols, double mean_w,
                          double *slip)
{
	g_autofree struct piece *piece = g_new0(struct piece, PIECES);
	struct pam4_place place[2 * PAM4_PLACES];
	gsize n = wave->n_symbols;
	double best = 0.0;
	guint places;

	if (n < 4 * PAM4_STRETCH)
		return FALSE;
	for (guint k = 0; k < PIECES; k++) {
		gsize symbol = (n - PAM4_STRETCH) * k / (PIECES - 1);
		guint phase = pam4_open_phase(wave, symbol, PAM4_STRETCH);

		piece[k].at = (double)symbol + (double)phase / wave->samples_per_symbol;
		pam4_signs_of_wave(wave, symbol * wave->samples_per_symbol + phase, mean_w,
		                   &piece[k].signs);
	}
	places = pam4_best_places(&piece[0].signs, symbols, n, place);
	for (guint i = 0; i < places; i++) {
		double found, agreement = follow(piece, symbols, n, place[i], &found);

		if (agreement > best) {
			best = agreement;
			*slip = found;
		}
	}
	return best >= sure_agreement && fabs(*slip) >= least_slip;
}

/* Some other pattern that the first symbols carry; null when none fits. */
static const char *known_pattern(const struct waveform *wave, const guint8 *expected, double mean_w,
                                 double *agreement)
{
	const char *name = NULL;

	*agreement = sure_agreement;
	for (guint id = 0; id < PATTERN_N; id++) {
		g_autofree guint8 *symbols = NULL;
		struct pam4_place place;
		gsize n;

		if (pattern_period((enum pattern_id)id) > 1 << 17)
			continue;
		symbols = pattern_symbols((enum pattern_id)id, &n, NULL);
		if (n == wave->n_symbols && memcmp(symbols, expected, n) == 0)
			continue;
		place = best_place(wave, 0, mean_w, symbols, n);
		if (place.agreement > *agreement) {
			*agreement = place.agreement;
			name = pattern_name((enum pattern_id)id);
		}
	}
	return name;
}

static const struct pam4_coding *find_coding(const struct pam4_fold *fold, const guint8 *symbols,
                                             double *correlation)
{
	g_autofree guint8 *other = g_new(guint8, fold->n);
	const struct pam4_coding *best = NULL;

	for (guint c = 0; c < PAM4_CODINGS; c++) {
		struct pam4_match match;

		for (gsize i = 0; i < fold->n; i++)
			other[i] = pam4_codings[c].symbol[symbols[i]];
		match = pam4_search(fold, other);
		if (match.correlation > *correlation) {
			*correlation = match.correlation;
			best = &pam4_codings[c];
		}
	}
	return best;
}

enum signal_status pam4_doubt_pattern(const struct waveform *wave, const struct pam4_fold *fold,
                                      const guint8 *symbols, double mean_w, double correlation,
                                      GError **error)
{
	double slip = 0.0, agreement, coded = fmax(correlation, coding_correlation);
	const struct pam4_coding *coding;
	const char *name;

	if (find_slip(wave, symbols, mean_w, &slip))
		return pam4_doubt_rate(wave, slip, error);
	coding = find_coding(fold, symbols, &coded);
	if (coding) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "waveform carries its pattern with %s: correlation %.3f instead "
		                  "of %.3f",
		                  coding->name, coded, correlation);
		return SIGNAL_GRAY_SWAPPED;
	}
	name = wave->n_symbols >= 64 ? known_pattern(wave, symbols, mean_w, &agreement) : NULL;
	if (name)
		station_error_set(error, STATION_ERROR_DATA,
		                  "waveform does not carry its pattern (best correlation %.3f); it "
		                  "looks like %s (%.0f %% of the signs)",
		                  correlation, name, 100.0 * agreement);
	else
		station_error_set(error, STATION_ERROR_DATA,
		                  "waveform does not carry its pattern: best correlation %.3f",
		                  correlation);
	return SIGNAL_WRONG_PATTERN;
}

enum signal_status pam4_doubt_order(const struct waveform *wave, const guint8 *symbols,
                                    double average_w, double correlation, const double mean_w[4],
                                    GError **error)
{
	double span = 0.0, least = INFINITY, below = NAN, coded = correlation + 0.02;
	const struct pam4_coding *coding;
	struct pam4_fold fold;

	for (guint level = 0; level < 4; level++) {
		if (isnan(mean_w[level]))
			continue;
		if (!isnan(below)) {
			least = fmin(least, mean_w[level] - below);
			span += mean_w[level] - below;
		}
		below = mean_w[level];
	}
	if (least > least_step * span)
		return SIGNAL_OK;
	pam4_fold_init(&fold, wave, average_w);
	coding = find_coding(&fold, symbols, &coded);
	pam4_fold_clear(&fold);
	if (!coding && least > 0.0)
		return SIGNAL_OK;
	station_error_set(error, STATION_ERROR_DATA,
	                  "levels are not in order: %.4g %.4g %.4g %.4g W; that is %s", mean_w[0],
	                  mean_w[1], mean_w[2], mean_w[3],
	                  coding ? coding->name : "no coding of two bits that is known here");
	return SIGNAL_GRAY_SWAPPED;
}
