/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/capability.h"
#include "station/analyze/parts.h"

#include <math.h>

enum { BINS_LEAST = 8, BINS_MOST = 40 };

/* One key, as its values come. */
struct able {
	struct moments moments;
	double before, moved;  /* the value before, and the sum of distances from one to the next */
	double low, high;      /* of the latest value that had a bound */
	guint failed, missing; /* values beyond a limit; runs without a value */
	gboolean low_moves, high_moves; /* a bound that is not the same for all is a formula's */
};

struct tally {
	struct able *keys; /* by place in the population's keys */
};

static void set_bound(double bound, double *latest, gboolean *moves)
{
	if (isnan(bound))
		return;
	*moves = *moves || (!isnan(*latest) && bound != *latest);
	*latest = bound;
}

static void take_sample(const struct store_try *run, guint key, const struct store_sample *sample,
                        gpointer data)
{
	struct able *able = &((struct tally *)data)->keys[key];

	able->failed += sample->verdict == VERDICT_FAIL;
	if (!isfinite(sample->value)) {
		able->missing++;
		return;
	}
	if (able->moments.n)
		able->moved += fabs(sample->value - able->before);
	able->before = sample->value;
	moments_add(&able->moments, sample->value);
	set_bound(sample->low, &able->low, &able->low_moves);
	set_bound(sample->high, &able->high, &able->high_moves);
}

static const struct analysis_column columns[] = {
	{"measurement", "Measurement", ANALYSIS_TEXT},
	{"lane", "Lane", ANALYSIS_COUNT},
	{"corner", "Corner", ANALYSIS_TEXT},
	{"n", "n", ANALYSIS_COUNT, 2},
	{"failed", "Failed", ANALYSIS_COUNT, 5},
	{"missing", "No value", ANALYSIS_COUNT, 10},
	{"mean", "Mean", ANALYSIS_QUANTITY, 1},
	{"sd", "sd", ANALYSIS_DIFFERENCE, 1},
	{"sd_within", "sd within", ANALYSIS_DIFFERENCE, 9},
	{"least", "Least", ANALYSIS_QUANTITY, 8},
	{"most", "Most", ANALYSIS_QUANTITY, 8},
	{"low", "Low limit", ANALYSIS_QUANTITY, 3},
	{"high", "High limit", ANALYSIS_QUANTITY, 3},
	{"cp", "Cp", ANALYSIS_NUMBER, 6},
	{"cp_low", "from", ANALYSIS_NUMBER, 10},
	{"cp_high", "to", ANALYSIS_NUMBER, 10},
	{"cpk", "Cpk", ANALYSIS_NUMBER},
	{"cpk_low", "from", ANALYSIS_NUMBER, 2},
	{"cpk_high", "to", ANALYSIS_NUMBER, 2},
	{"pp", "Pp", ANALYSIS_NUMBER, 10},
	{"ppk", "Ppk", ANALYSIS_NUMBER},
	{"ppk_low", "from", ANALYSIS_NUMBER, 4},
	{"ppk_high", "to", ANALYSIS_NUMBER, 4},
	{"skewness", "Skewness", ANALYSIS_NUMBER, 10},
	{"kurtosis", "Kurtosis", ANALYSIS_NUMBER, 11},
	{"normal_p", "Normal p", ANALYSIS_NUMBER, 10},
	{"remark", "Remark", ANALYSIS_TEXT, 7},
};

static const char *shape_of(const struct normality *normality)
{
	/* what a share of 1 in 1000 normal distributions has is called not normal */
	if (!normality->tested)
		return "too few to tell the shape";
	if (normality->p >= 1e-3)
		return "";
	if (fabs(normality->skewness) > 0.5)
		return normality->skewness > 0 ? "skewed to high values" : "skewed to low values";
	return normality->kurtosis > 3.5   ? "heavy tails"
	       : normality->kurtosis < 2.5 ? "flat or of two humps"
	                                   : "not quite normal";
}

static char *remark_of(const struct able *able, const struct normality *normality)
{
	const char *shape = shape_of(normality);
	gboolean moves = able->low_moves || able->high_moves;

	if (able->moments.n > 1 && !(able->moments.m2 > 0.0))
		return g_strdup("all values alike");
	return g_strconcat(shape, *shape && moves ? "; " : "",
	                   moves ? "limits differ, the latest is taken" : "", NULL);
}

/* The standard deviation within; that of all values where there is no order to tell it by. */
static double within_of(const struct able *able)
{
	guint64 n = able->moments.n;

	return n > 1 ? capability_within(able->moved / (double)(n - 1)) : NAN;
}

struct ranked {
	guint key;
	double ppk; /* INFINITY: none */
};

static gint by_ppk(gconstpointer a, gconstpointer b)
{
	const struct ranked *x = a, *y = b;

	if (x->ppk != y->ppk)
		return x->ppk < y->ppk ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

static void add_row(struct analysis_table *table, const struct store_key *key,
                    const struct able *able, double confidence)
{
	struct capability c =
		capability_of(&able->moments, within_of(able), able->low, able->high, confidence);
	struct normality normality = moments_normality(&able->moments);
	g_autofree char *remark = remark_of(able, &normality);
	gboolean any = able->moments.n > 0;

	analysis_row(table, key->unit, key->id, key->lane ? (double)key->lane : NAN, key->corner,
	             (double)able->moments.n, (double)able->failed, (double)able->missing,
	             any ? able->moments.mean : NAN, c.sd, c.sd_within,
	             any ? able->moments.least : NAN, any ? able->moments.most : NAN, able->low,
	             able->high, c.cp.value, c.cp.low, c.cp.high, c.cpk.value, c.cpk.low,
	             c.cpk.high, c.pp.value, c.ppk.value, c.ppk.low, c.ppk.high, normality.skewness,
	             normality.kurtosis, normality.p, remark);
}

static GArray *rank(const struct population *population, const struct able *keys, double confidence)
{
	GArray *order = g_array_new(FALSE, FALSE, sizeof(struct ranked));

	for (guint i = 0; i < population->keys->len; i++) {
		struct capability c = capability_of(&keys[i].moments, within_of(&keys[i]),
		                                    keys[i].low, keys[i].high, confidence);
		struct ranked ranked = {i, c.ppk.status == SIGNAL_OK ? c.ppk.value : INFINITY};

		/* a key of runs that were not selected */
		if (keys[i].moments.n || keys[i].missing)
			g_array_append_val(order, ranked);
	}
	g_array_sort(order, by_ppk);
	return order;
}

/* --- histogram -------------------------------------------------------------------------------- */

struct bins {
	guint key, n;
	double least, width;
	double count[BINS_MOST];
};

static void take_bin(const struct store_try *run, guint key, const struct store_sample *sample,
                     gpointer data)
{
	struct bins *bins = data;
	double place = (sample->value - bins->least) / bins->width;

	if (key == bins->key && isfinite(sample->value))
		bins->count[(guint)CLAMP(place, 0.0, bins->n - 1.0)]++;
}

static gboolean add_histogram(struct analysis *analysis, struct population *population, guint place,
                              const struct able *able, GError **error)
{
	const struct store_key *key = g_ptr_array_index(population->keys, place);
	g_autofree char *name = population_key_name(key);
	struct bins bins = {.key = place, .least = able->moments.least};
	struct analysis_chart *chart;

	if (!(able->moments.m2 > 0.0))
		return TRUE;
	bins.n = (guint)CLAMP(sqrt((double)able->moments.n), BINS_LEAST, BINS_MOST);
	bins.width = (able->moments.most - bins.least) / bins.n;
	if (!population_each(population, POPULATION_ALL, take_bin, &bins, error))
		return FALSE;
	chart = analysis_chart(analysis, ANALYSIS_HISTOGRAM, "histogram", name);
	analysis_axes(chart, key->id, key->unit, "values", "");
	for (guint i = 0; i < bins.n; i++)
		analysis_point(chart, bins.least + i * bins.width, bins.count[i], FALSE);
	analysis_line(chart, able->low, "low limit", TRUE);
	analysis_line(chart, able->high, "high limit", TRUE);
	analysis_line(chart, able->moments.mean, "mean", FALSE);
	return TRUE;
}

/* --- all -------------------------------------------------------------------------------------- */

static void tell(struct analysis *analysis, const struct population *population,
                 const struct able *keys, const GArray *order,
                 const struct analyze_settings *settings)
{
	guint n = settings->top ? MIN(settings->top, order->len) : order->len;
	struct analysis_table *table = analysis_table(analysis, "capability", "Capability", columns,
	                                              G_N_ELEMENTS(columns));

	for (guint i = 0; i < n; i++) {
		guint key = g_array_index(order, struct ranked, i).key;

		add_row(table, g_ptr_array_index(population->keys, key), &keys[key],
		        settings->confidence);
	}
	analysis_note(table,
	              "The worst first, %u of %u. Cp and Cpk by the scatter from one unit to the "
	              "next, Pp and Ppk by that of all; bounds hold with %g %%. They suppose a "
	              "normal "
	              "distribution: the remark says where it is none.",
	              n, order->len, 100.0 * settings->confidence);
}

struct analysis *analyze_capability_ranked(struct population *population,
                                           const struct analyze_settings *settings, GArray *worst,
                                           GError **error)
{
	g_autofree struct able *keys = g_new0(struct able, population->keys->len);
	g_autoptr(analysis) analysis = analysis_new("capability", "Capability");
	g_autoptr(GArray) order = NULL;
	struct tally tally = {keys};

	for (guint i = 0; i < population->keys->len; i++)
		keys[i].low = keys[i].high = NAN;
	analyze_facts(analysis, population);
	if (!population_each(population, POPULATION_ALL, take_sample, &tally, error))
		return NULL;
	order = rank(population, keys, settings->confidence);
	tell(analysis, population, keys, order, settings);
	for (guint i = 0; worst && i < order->len; i++)
		g_array_append_val(worst, g_array_index(order, struct ranked, i).key);
	for (guint i = 0; i < order->len && order->len <= ANALYZE_PICTURES; i++) {
		guint key = g_array_index(order, struct ranked, i).key;

		if (!add_histogram(analysis, population, key, &keys[key], error))
			return NULL;
	}
	return g_steal_pointer(&analysis);
}

struct analysis *analyze_capability(struct population *population,
                                    const struct analyze_settings *settings, GError **error)
{
	return analyze_capability_ranked(population, settings, NULL, error);
}
