/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/wave_format.h"

#include "base/error.h"

#include <math.h>

/* --- what file and caller know together ---------------------------------------------- */

static double told_or_not(double value)
{
	return value > 0.0 ? value : NAN;
}

static void facts_as_numbers(const struct wave_facts *given, double *number)
{
	for (guint i = 0; i < WAVE_FACT_N; i++)
		number[i] = NAN;
	if (!given)
		return;
	number[WAVE_SYMBOL_RATE] = told_or_not(given->symbol_rate_bd);
	number[WAVE_SAMPLES_PER_SYMBOL] = told_or_not(given->samples_per_symbol);
	number[WAVE_SYMBOLS] = told_or_not((double)given->n_symbols);
	number[WAVE_SCOPE_NOISE] = given->scope_noise_w;
	number[WAVE_FILTER_BANDWIDTH] = given->filter_bandwidth_hz;
	number[WAVE_PASSES] = told_or_not(given->passes);
}

gboolean wave_facts_check(const struct wave_facts *given, GError **error)
{
	const double limited[] = {given->symbol_rate_bd, given->scope_noise_w,
	                          given->filter_bandwidth_hz, given->scale_w};

	if (given->n_symbols > WAVE_FILE_SAMPLES_MAX ||
	    given->samples_per_symbol > WAVE_FILE_SAMPLES_MAX) {
		station_error_set(error, STATION_ERROR_RANGE,
		                  "%" G_GSIZE_FORMAT " symbols of %u samples are not possible",
		                  given->n_symbols, given->samples_per_symbol);
		return FALSE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(limited); i++) {
		if (!isinf(limited[i]) && !(limited[i] < 0.0))
			continue;
		station_error_set(error, STATION_ERROR_RANGE,
		                  "a symbol rate of %g Bd, scope noise of %g W, filter bandwidth "
		                  "of %g Hz or scale of %g W is not possible",
		                  limited[0], limited[1], limited[2], limited[3]);
		return FALSE;
	}
	return TRUE;
}

static gboolean near(double a, double b)
{
	return fabs(a - b) <= 0.01 * fmax(fabs(a), fabs(b));
}

/* Whole numbers must be the same, others within 1 %. */
static gboolean agree(enum wave_fact fact, double a, double b)
{
	gboolean whole = fact == WAVE_SAMPLES_PER_SYMBOL || fact == WAVE_SYMBOLS ||
	                 fact == WAVE_PASSES || fact == WAVE_POINTS;

	return whole ? a == b : near(a, b);
}

static gboolean refuse_fact(const struct wave_content *content, enum wave_fact fact, double a,
                            const char *a_from, double b, const char *b_from, GError **error)
{
	g_autofree char *first = wave_fact_format(fact, a);
	g_autofree char *second = wave_fact_format(fact, b);

	station_error_set(error, STATION_ERROR_DATA, "%s: %s: %s %s, %s %s", content->name,
	                  wave_fact_name(fact), first, a_from, second, b_from);
	return FALSE;
}

static gboolean refuse_missing(const struct wave_content *content, enum wave_fact fact,
                               GError **error)
{
	station_error_set(error, STATION_ERROR_DATA,
	                  "%s: %s: neither the file nor the caller tells it", content->name,
	                  wave_fact_name(fact));
	return FALSE;
}

/* Into fact[]: what the file tells, else what the caller gives. */
static gboolean merge(const struct wave_content *content, const struct wave_facts *given,
                      double *fact, GError **error)
{
	double other[WAVE_FACT_N];

	facts_as_numbers(given, other);
	for (guint i = 0; i < WAVE_FACT_N; i++) {
		fact[i] = isnan(content->told[i]) ? other[i] : content->told[i];
		if (!isnan(content->told[i]) && !isnan(other[i]) &&
		    !agree(i, content->told[i], other[i]))
			return refuse_fact(content, i, content->told[i], "in the file", other[i],
			                   "from the caller", error);
	}
	return TRUE;
}

/* Watts for one unit of the file. */
static gboolean find_scale(const struct wave_content *content, const struct wave_facts *given,
                           double *scale, GError **error)
{
	double caller = given ? told_or_not(given->scale_w) : NAN;

	if (!isnan(content->unit_v) && isnan(caller)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%s: the samples are voltages: the caller has to tell how many W "
		                  "one unit is",
		                  content->name);
		return FALSE;
	}
	if (!isnan(content->unit_w) && !isnan(caller) && !near(content->unit_w, caller)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%s: unit: %g W in the file, %g W from the caller", content->name,
		                  content->unit_w, caller);
		return FALSE;
	}
	*scale = !isnan(content->unit_w) ? content->unit_w : isnan(caller) ? 1.0 : caller;
	return TRUE;
}

static gboolean check_scaled(const struct wave_content *content, double scale, GError **error)
{
	double largest = 0.0;

	for (gsize i = 0; i < content->n; i++)
		largest = fmax(largest, fabs((double)content->sample[i]));
	if (wave_sample_is_number(largest * scale))
		return TRUE;
	station_error_set(error, STATION_ERROR_DATA, "%s: samples up to %g of %g W are too large",
	                  content->name, largest, scale);
	return FALSE;
}

/* A noise told as a voltage or as a bare number, in W. */
static gboolean settle_noise(struct wave_content *content, const struct wave_facts *given,
                             double scale, GError **error)
{
	double units = content->noise_unit;

	if (!isnan(content->noise_v)) {
		if (isnan(content->unit_v)) {
			station_error_set(error, STATION_ERROR_DATA,
			                  "%s: scope_noise is a voltage, the samples are none",
			                  content->name);
			return FALSE;
		}
		units = content->noise_v / content->unit_v;
	}
	if (isinf(units * scale)) {
		station_error_set(error, STATION_ERROR_DATA, "%s: scope_noise is too large",
		                  content->name);
		return FALSE;
	}
	if (!isnan(units))
		content->told[WAVE_SCOPE_NOISE] = units * scale;
	if (given && given->noise_from_sweeps && isnan(content->told[WAVE_SCOPE_NOISE]) &&
	    isnan(given->scope_noise_w))
		content->told[WAVE_SCOPE_NOISE] = content->sweep_scatter * scale;
	return TRUE;
}

static gboolean check_counts(struct wave_content *content, GError **error)
{
	double *points = &content->told[WAVE_POINTS], *passes = &content->told[WAVE_PASSES];

	if (!isnan(*points) && !agree(WAVE_POINTS, *points, (double)content->n))
		return refuse_fact(content, WAVE_POINTS, *points, "told", (double)content->n,
		                   "there", error);
	if (content->sweeps == 1)
		return TRUE;
	if (!isnan(*passes) && !agree(WAVE_PASSES, *passes, content->sweeps))
		return refuse_fact(content, WAVE_PASSES, *passes, "told", content->sweeps,
		                   "rows there", error);
	*passes = content->sweeps;
	return TRUE;
}

/* --- where the samples are ----------------------------------------------------------- */

/* Times on an even grid: their interval. The last digit that is written may be off by one half. */
static gboolean is_even(const struct wave_content *content, double *interval_s)
{
	const double *t = content->time_s;
	double step, slack;

	if (content->n < 2)
		return FALSE;
	step = (t[content->n - 1] - t[0]) / (double)(content->n - 1);
	if (!(step > 0.0) || !isfinite(step))
		return FALSE;
	slack = MIN(MAX(0.05 * step, 0.51 * content->time_digit_s), step);
	for (gsize i = 0; i < content->n; i++) {
		if (!(fabs(t[i] - t[0] - (double)i * step) <= slack))
			return FALSE;
	}
	*interval_s = step;
	return TRUE;
}

/* Samples per symbol of a count that is whole but for the last digits of rate and interval. */
static double whole_ratio(double exact)
{
	double whole = round(exact);

	return whole >= 1.0 && whole <= WAVE_FILE_SAMPLES_MAX &&
	                       fabs(exact - whole) <= MIN(1e-3 * whole, 0.1)
	               ? whole
	               : NAN;
}

/* Samples per symbol from the pattern's symbols when the file is one pattern. */
static double ratio_from_symbols(const struct wave_content *content, const double *fact)
{
	double ratio = (double)content->n / fact[WAVE_SYMBOLS];

	return ratio == round(ratio) ? ratio : NAN;
}

/*
 * Fills in symbol rate and samples per symbol. *on_grid is false when the interval does not divide
 * the symbol.
 */
static gboolean settle_grid(const struct wave_content *content, double *fact, gboolean *on_grid,
                            GError **error)
{
	double *rate = &fact[WAVE_SYMBOL_RATE], *ratio = &fact[WAVE_SAMPLES_PER_SYMBOL];
	double interval = fact[WAVE_INTERVAL], found;

	*on_grid = TRUE;
	if (!isnan(interval) && !isnan(*rate)) {
		found = whole_ratio(1.0 / (*rate * interval));
		*on_grid = !isnan(found);
		if (*on_grid && !isnan(*ratio) && !agree(WAVE_SAMPLES_PER_SYMBOL, found, *ratio))
			return refuse_fact(content, WAVE_SAMPLES_PER_SYMBOL, found,
			                   "by interval and symbol rate", *ratio, "told", error);
		if (*on_grid)
			*ratio = found;
		return TRUE;
	}
	if (isnan(*ratio))
		*ratio = ratio_from_symbols(content, fact);
	if (isnan(*rate) && !isnan(interval))
		*rate = 1.0 / (interval * *ratio);
	if (isnan(*rate))
		return refuse_missing(content, WAVE_SYMBOL_RATE, error);
	return !isnan(*ratio) || refuse_missing(content, WAVE_SAMPLES_PER_SYMBOL, error);
}

static void set_facts(struct waveform *wave, const double *fact, double passes)
{
	wave->scope_noise_w = isnan(fact[WAVE_SCOPE_NOISE]) ? 0.0 : fact[WAVE_SCOPE_NOISE];
	wave->filter_bandwidth_hz =
		isnan(fact[WAVE_FILTER_BANDWIDTH]) ? 0.0 : fact[WAVE_FILTER_BANDWIDTH];
	wave->passes = (guint)MIN(passes, (double)G_MAXINT32);
}

/* Samples that are on the grid; those of several patterns are averaged. */
static struct waveform *wave_on_grid(const struct wave_content *content, const double *fact,
                                     double scale, GError **error)
{
	double ratio = fact[WAVE_SAMPLES_PER_SYMBOL], passes = fact[WAVE_PASSES];
	double symbols = fact[WAVE_SYMBOLS];
	double least = isnan(symbols) ? ratio : symbols * ratio; /* must go into n */
	g_autoptr(waveform) wave = NULL;
	gsize period, repeats;

	if (fmod((double)content->n, least) != 0.0) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%s: %" G_GSIZE_FORMAT " samples are not a whole number of "
		                  "%s with %.0f samples each",
		                  content->name, content->n,
		                  isnan(symbols) ? "symbols" : "patterns", least);
		return NULL;
	}
	period = isnan(symbols) ? content->n : (gsize)least;
	repeats = content->n / period;
	wave = waveform_new(period / (gsize)ratio, (guint)ratio, fact[WAVE_SYMBOL_RATE], error);
	if (!wave) {
		g_prefix_error(error, "%s: ", content->name);
		return NULL;
	}
	for (gsize i = 0; i < period; i++) {
		double sum = -0.0; /* 0.0 would lose the sign of zero */

		for (gsize k = 0; k < repeats; k++)
			sum += content->sample[k * period + i];
		wave->power_w[i] = (float)(sum / (double)repeats * scale);
	}
	set_facts(wave, fact, (isnan(passes) ? 1.0 : passes) * (double)repeats);
	return g_steal_pointer(&wave);
}

/* The pattern's symbols of a file that is one pattern but for the grid. */
static gboolean settle_symbols(const struct wave_content *content, double *fact, GError **error)
{
	double exact = (double)content->n * fact[WAVE_INTERVAL] * fact[WAVE_SYMBOL_RATE];

	if (isnan(fact[WAVE_SAMPLES_PER_SYMBOL]) && !isnan(exact)) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "%s: %.6g samples per symbol are no whole number: how many they "
		                  "shall become must be told (samples_per_symbol)",
		                  content->name, (double)content->n / exact);
		return FALSE;
	}
	if (isnan(fact[WAVE_SAMPLES_PER_SYMBOL]))
		return refuse_missing(content, WAVE_SAMPLES_PER_SYMBOL, error);
	if (!isnan(fact[WAVE_SYMBOLS]))
		return TRUE;
	if (isnan(exact))
		return refuse_missing(content, WAVE_SYMBOLS, error);
	fact[WAVE_SYMBOLS] = round(exact);
	if (fact[WAVE_SYMBOLS] >= 1.0 && fact[WAVE_SYMBOLS] <= WAVE_FILE_SAMPLES_MAX &&
	    fabs(exact - fact[WAVE_SYMBOLS]) < 0.01)
		return TRUE;
	station_error_set(error, STATION_ERROR_DATA,
	                  "%s: the samples last %.6g symbols, which is no whole number: how many "
	                  "the pattern has must be told",
	                  content->name, exact);
	return FALSE;
}

static struct waveform *wave_off_grid(const struct wave_content *content, double *fact,
                                      double scale, GError **error)
{
	g_autofree double *power_w = NULL, *time_s = NULL;
	struct wave_facts facts;
	struct waveform *wave;

	if (isnan(fact[WAVE_SYMBOL_RATE])) {
		refuse_missing(content, WAVE_SYMBOL_RATE, error);
		return NULL;
	}
	if (!settle_symbols(content, fact, error))
		return NULL;
	power_w = g_new(double, content->n);
	time_s = content->time_s ? NULL : g_new(double, content->n);
	for (gsize i = 0; i < content->n; i++) {
		power_w[i] = content->sample[i] * scale;
		if (time_s)
			time_s[i] = (double)i * fact[WAVE_INTERVAL];
	}
	wave_facts_unknown(&facts);
	facts.symbol_rate_bd = fact[WAVE_SYMBOL_RATE];
	facts.samples_per_symbol = (guint)fact[WAVE_SAMPLES_PER_SYMBOL];
	facts.n_symbols = (gsize)fact[WAVE_SYMBOLS];
	facts.scope_noise_w = fact[WAVE_SCOPE_NOISE];
	facts.filter_bandwidth_hz = fact[WAVE_FILTER_BANDWIDTH];
	facts.passes = isnan(fact[WAVE_PASSES]) ? 1 : (guint)fact[WAVE_PASSES];
	wave = waveform_from_pairs(time_s ? time_s : content->time_s, power_w, content->n, &facts,
	                           NULL, error);
	if (!wave)
		g_prefix_error(error, "%s: ", content->name);
	return wave;
}

static gboolean settle_interval(const struct wave_content *content, double *fact, GError **error)
{
	double *interval = &fact[WAVE_INTERVAL], found;

	if (!content->time_s)
		return TRUE;
	if (!is_even(content, &found)) {
		*interval = NAN;
		return TRUE;
	}
	if (!isnan(*interval) && !agree(WAVE_INTERVAL, *interval, found))
		return refuse_fact(content, WAVE_INTERVAL, *interval, "told", found,
		                   "between the times", error);
	*interval = found;
	return TRUE;
}

struct waveform *wave_content_settle(struct wave_content *content, const struct wave_facts *given,
                                     GError **error)
{
	double fact[WAVE_FACT_N], scale = 1.0;
	gboolean on_grid = FALSE;

	if (!find_scale(content, given, &scale, error) || !check_scaled(content, scale, error) ||
	    !settle_noise(content, given, scale, error) || !check_counts(content, error) ||
	    !merge(content, given, fact, error) || !settle_interval(content, fact, error))
		return NULL;
	if ((!content->time_s || !isnan(fact[WAVE_INTERVAL])) &&
	    !settle_grid(content, fact, &on_grid, error))
		return NULL;
	return on_grid ? wave_on_grid(content, fact, scale, error)
	               : wave_off_grid(content, fact, scale, error);
}
