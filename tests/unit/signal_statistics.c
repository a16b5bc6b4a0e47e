/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "signal/anova.h"
#include "signal/capability.h"
#include "signal/control_chart.h"
#include "signal/correlation.h"
#include "signal/gauge.h"
#include "signal/moments.h"

#include "base/error.h"

#include <math.h>

/* Statistics of many units, against published values; [M] marks data typed from memory, which the
 * published results confirm. */

static void assert_near(double value, double expected, double relative)
{
	g_assert_cmpfloat_with_epsilon(value, expected, fabs(expected) * relative);
}

/* --- moments ---------------------------------------------------------------------------------- */

/* NIST StRD, NumAcc3 and NumAcc4: 1001 values that alternate by 0.2 about a large mean; certified
 * standard deviation 0.1 [M]. */
static void test_moments_large_mean(void)
{
	static const double means[] = {1000000.2, 10000000.2};

	for (guint set = 0; set < G_N_ELEMENTS(means); set++) {
		struct moments m = {0};

		moments_add(&m, means[set]);
		for (guint i = 0; i < 1000; i++)
			moments_add(&m, means[set] + (i % 2 ? 0.1 : -0.1));
		assert_near(m.mean, means[set], 1e-15);
		assert_near(moments_sd(&m), 0.1, 1e-8);
		assert_near(m.least, means[set] - 0.1, 1e-15);
		assert_near(m.most, means[set] + 0.1, 1e-15);
	}
}

/* Against two passes over the same values. */
static void test_moments_higher(void)
{
	static const double x[] = {3.0, -1.0, 4.0, 1.0, 5.0, -9.0, 2.0, 6.0, 5.0, 3.5};
	double mean = 0.0, m2 = 0.0, m3 = 0.0, m4 = 0.0, n = G_N_ELEMENTS(x);
	struct moments m = {0};
	struct normality normality;

	for (guint i = 0; i < G_N_ELEMENTS(x); i++) {
		moments_add(&m, x[i]);
		mean += x[i] / n;
	}
	for (guint i = 0; i < G_N_ELEMENTS(x); i++) {
		m2 += pow(x[i] - mean, 2.0);
		m3 += pow(x[i] - mean, 3.0);
		m4 += pow(x[i] - mean, 4.0);
	}
	assert_near(m.m2, m2, 1e-13);
	assert_near(m.m3, m3, 1e-13);
	assert_near(m.m4, m4, 1e-13);
	normality = moments_normality(&m);
	assert_near(normality.skewness, m3 / n / pow(m2 / n, 1.5), 1e-13);
	assert_near(normality.kurtosis, m4 / n / (m2 * m2 / n / n), 1e-13);
	g_assert_false(normality.tested); /* ten are too few */
	g_assert_true(isnan(normality.p));
}

static void test_moments_few(void)
{
	struct moments m = {0};

	g_assert_true(isnan(moments_sd(&m)));
	for (guint i = 0; i < 30; i++)
		moments_add(&m, 7.0);
	g_assert_cmpfloat(moments_sd(&m), ==, 0.0);
	g_assert_false(moments_normality(&m).tested);
}

/* D'Agostino, Belanger, D'Agostino (1990): cholesterol of 62 people [M]. */
static void test_normality(void)
{
	struct normality n = normality_of(62, 1.02, 4.58);

	g_assert_cmpfloat_with_epsilon(n.z_skewness, 3.14, 0.01);
	g_assert_cmpfloat_with_epsilon(n.z_kurtosis, 2.21, 0.01);
	g_assert_cmpfloat_with_epsilon(n.k2, 14.75, 0.05);
	g_assert_cmpfloat_with_epsilon(n.p, exp(-n.k2 / 2.0), 1e-12);
	/* what a normal distribution has is far from being refused */
	g_assert_cmpfloat(normality_of(1000, 0.02, 2.97).p, >, 0.8);
}

/* --- capability ------------------------------------------------------------------------------- */

/* n values with that mean and standard deviation. */
static struct moments as_if(guint64 n, double mean, double sd)
{
	return (struct moments){.n = n, .mean = mean, .m2 = sd * sd * (double)(n - 1)};
}

/* Montgomery: limits 62 and 38, n = 20, s = 1.75: Cp 2.29, 95 % bounds 1.57 and 3.01; Cpk 1.33 of
 * 20 values: 0.88 and 1.78 [M]. */
static void test_capability_published(void)
{
	struct moments m = as_if(20, 50.0, 1.75);
	struct capability c = capability_of(&m, 1.75, 38.0, 62.0, 0.95);

	g_assert_cmpfloat_with_epsilon(c.pp.value, 2.29, 0.005);
	g_assert_cmpfloat_with_epsilon(c.pp.low, 1.57, 0.01);
	g_assert_cmpfloat_with_epsilon(c.pp.high, 3.01, 0.01);
	/* moving ranges tell less */
	g_assert_cmpfloat(c.cp.low, <, c.pp.low);
	m = as_if(20, 0.0, 1.0);
	c = capability_of(&m, 1.0, NAN, 3.0 * 1.33, 0.95);
	g_assert_cmpint(c.ppk.status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(c.ppk.value, 1.33, 1e-12);
	g_assert_cmpfloat_with_epsilon(c.ppk.low, 0.88, 0.005);
	g_assert_cmpfloat_with_epsilon(c.ppk.high, 1.78, 0.01);
	g_assert_cmpint(c.pp.status, ==, SIGNAL_BAD_SETTING);
	g_assert_true(isnan(c.pp.value));
}

static void test_capability_none(void)
{
	struct moments one = {.n = 1}, flat = as_if(5, 2.0, 0.0), outside = as_if(50, 5.0, 1.0);

	g_assert_cmpint(capability_of(&one, NAN, 0.0, 1.0, 0.95).cpk.status, ==, SIGNAL_TOO_FEW);
	g_assert_cmpint(capability_of(&flat, 0.0, 0.0, 1.0, 0.95).ppk.status, ==, SIGNAL_CONSTANT);
	g_assert_cmpint(capability_of(&outside, 1.0, NAN, NAN, 0.95).cpk.status, ==,
	                SIGNAL_BAD_SETTING);
	/* a mean beyond its limit is negative, and not nothing */
	g_assert_cmpfloat_with_epsilon(capability_of(&outside, 1.0, NAN, 2.0, 0.95).cpk.value, -1.0,
	                               1e-12);
	g_assert_cmpfloat_with_epsilon(capability_within(1.128), 1.0, 1e-3);
}

/* --- control charts --------------------------------------------------------------------------- */

/* The values that break a rule, as "3 7": from 1. */
static char *broken(const double *values, guint n, const struct control_settings *settings)
{
	g_autoptr(control_chart) chart = control_chart_new(values, n, settings, NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < chart->points->len; i++)
		if (g_array_index(chart->points, struct control_point, i).broken)
			g_string_append_printf(text, "%s%u", text->len ? " " : "", i + 1);
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* -1 and 1 thrice make centre 0 and sigma near 1.77 of the baseline; what follows is in sigmas. */
static void assert_rule(enum control_rule rule, const double *z, guint n, const char *expected)
{
	static const double baseline[] = {-1.0, 1.0, -1.0, 1.0, -1.0, 1.0};
	struct control_settings settings = control_settings_default();
	double values[40], sigma = capability_within(2.0);

	for (guint i = 0; i < 6; i++)
		values[i] = baseline[i];
	for (guint i = 0; i < n; i++)
		values[6 + i] = z[i] * sigma;
	settings.rules = 1u << rule;
	settings.baseline = 6;
	g_autofree char *found = broken(values, n + 6, &settings);
	g_assert_cmpstr(found, ==, expected);
}

static void test_rules(void)
{
	static const double beyond[] = {2.9, -3.1, 0.0, 3.1};
	static const double side[] = {0.0, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, -0.1};
	static const double trend[] = {0.5, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.5};
	static const double two[] = {2.1, -2.1, 0.0, -2.1, 0.0, 0.0, 2.1, 2.2};
	static const double four[] = {1.1, 1.1, 0.0, 1.1, 1.1, 1.1, 0.0};
	static const double outside[] = {0.0, 1.1, -1.1, 1.1, -1.1, 1.1, 1.1, -1.1, -1.1, 0.5};
	static const double inside[] = {2.0, 0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1, 0.2,
	                                0.1, 0.2, 0.1, 0.2, 0.1, 0.2, 0.1, 2.0};
	static const double alternating[] = {0.0, 0.5, 0.4, 0.5, 0.4, 0.5, 0.4, 0.5,
	                                     0.4, 0.5, 0.4, 0.5, 0.4, 0.5, 0.6};

	assert_rule(CONTROL_BEYOND, beyond, G_N_ELEMENTS(beyond), "8 10");
	assert_rule(CONTROL_ONE_SIDE, side, G_N_ELEMENTS(side), "16 17");
	assert_rule(CONTROL_TREND, trend, G_N_ELEMENTS(trend), "13");
	assert_rule(CONTROL_TWO_OF_THREE, two, G_N_ELEMENTS(two), "10 14");
	assert_rule(CONTROL_FOUR_OF_FIVE, four, G_N_ELEMENTS(four), "11 12");
	assert_rule(CONTROL_OUTSIDE, outside, G_N_ELEMENTS(outside), "15");
	/* the six of the baseline lie within one sigma too, and are ended by the first */
	assert_rule(CONTROL_INSIDE, inside, G_N_ELEMENTS(inside), "22");
	assert_rule(CONTROL_ALTERNATING, alternating, G_N_ELEMENTS(alternating),
	            "14 15 16 17 18 19 20");
}

/* Montgomery, "The exponentially weighted moving average control chart", example with weight 0.1
 * and limit 2.7, centre 10 and sigma 1 (the data are also in the manual of IMSL C#, "Ewma"): the
 * first weighted means are 9.945 and 9.7495, the limit at the end is 10.62, and the last two values
 * are beyond it. */
static void test_ewma(void)
{
	static const double x[] = {9.45,  7.99,  9.29,  11.66, 12.16, 10.18, 8.04,  11.46,
	                           9.20,  10.34, 9.03,  11.47, 10.51, 9.40,  10.08, 9.37,
	                           10.62, 10.31, 8.52,  10.84, 10.90, 9.33,  12.29, 11.50,
	                           10.60, 11.08, 10.38, 11.62, 11.31, 10.52};
	/* centre 10 and sigma 1, and no more of them in the weighted mean than 0.9^40 */
	enum { BEFORE = 42 };
	double values[BEFORE + G_N_ELEMENTS(x)];
	struct control_settings settings = {1u << CONTROL_EWMA, 9, 2, 0.1, 2.7};
	double half = 0.5 / capability_within(1.0);

	values[0] = 10.0 - half;
	values[1] = 10.0 + half;
	for (guint i = 2; i < BEFORE; i++)
		values[i] = 10.0;
	for (guint i = 0; i < G_N_ELEMENTS(x); i++)
		values[BEFORE + i] = x[i];
	g_autoptr(control_chart) chart =
		control_chart_new(values, G_N_ELEMENTS(values), &settings, NULL);
	assert_near(chart->centre, 10.0, 1e-15);
	assert_near(chart->sigma, 1.0, 1e-14);
	const struct control_point *point =
		&g_array_index(chart->points, struct control_point, BEFORE);
	g_assert_cmpfloat_with_epsilon(point[0].ewma, 9.945, 2e-3);
	g_assert_cmpfloat_with_epsilon(point[1].ewma, 9.7495, 2e-3);
	for (guint i = 0; i < 28; i++)
		g_assert_cmpuint(point[i].broken, ==, 0);
	g_assert_cmpuint(point[28].broken, ==, 1u << CONTROL_EWMA);
	g_assert_cmpfloat_with_epsilon(point[29].ewma_high, 10.62, 0.005);
}

static void test_chart_refused(void)
{
	static const double flat[] = {1.0, 1.0, 1.0}, bad[] = {1.0, NAN, 2.0};
	struct control_settings settings = control_settings_default();
	GError *error = NULL;

	g_assert_null(control_chart_new(flat, 1, &settings, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	g_assert_null(control_chart_new(bad, 3, &settings, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	g_autofree char *none = broken(flat, 3, &settings);
	g_assert_cmpstr(none, ==, "");
	for (guint rule = 0; rule < CONTROL_N_RULES; rule++)
		g_assert_nonnull(control_rule_name(rule));
}

/* --- analysis of variance --------------------------------------------------------------------- */

static struct moments moments_of(const double *values, guint n)
{
	struct moments m = {0};

	for (guint i = 0; i < n; i++)
		moments_add(&m, values[i]);
	return m;
}

/* NIST StRD, SiRstv: resistivity by five instruments [M]. */
static void test_anova_sirstv(void)
{
	static const double values[5][5] = {
		{196.3052, 196.1240, 196.1890, 196.2569, 196.3403},
		{196.3042, 196.3825, 196.1669, 196.3257, 196.0422},
		{196.1303, 196.2005, 196.2889, 196.0343, 196.1811},
		{196.2795, 196.1748, 196.1494, 196.1485, 195.9885},
		{196.2119, 196.1051, 196.1850, 196.0052, 196.2090},
	};
	struct moments groups[6] = {{0}};
	struct anova anova;

	for (guint i = 0; i < 5; i++)
		groups[i] = moments_of(values[i], 5);
	anova = anova_one_way(groups, 6); /* the sixth has no values */
	g_assert_cmpint(anova.status, ==, SIGNAL_OK);
	g_assert_cmpuint(anova.dof_between, ==, 4);
	g_assert_cmpuint(anova.dof_within, ==, 20);
	assert_near(anova.ss_between, 5.11462616e-02, 1e-9);
	assert_near(anova.ss_within, 2.16636560e-01, 1e-9);
	assert_near(anova.f, 1.18046237440255, 1e-9);
	g_assert_cmpfloat_with_epsilon(anova.p, 0.3494, 0.0005); /* of F(4, 20), by tables */
}

/* NIST StRD, SmLs07: nine groups of 21 about 1e12, certified F 21 [M]. */
static void test_anova_stiff(void)
{
	static const double tenths[] = {4, 3, 5, 3, 5, 3, 5, 3, 5};
	struct moments groups[9] = {{0}};

	for (guint i = 0; i < 9; i++) {
		moments_add(&groups[i], 1e12 + tenths[i] / 10.0);
		for (guint k = 0; k < 20; k++)
			moments_add(&groups[i], 1e12 + (tenths[i] + (k % 2 ? 1 : -1)) / 10.0);
	}
	assert_near(anova_one_way(groups, 9).f, 21.0, 3e-3);
}

static void test_difference(void)
{
	/* the textbook's case of equal n and variance: t of 2 (n - 1) degrees of freedom */
	static const double a[] = {1.0, 2.0, 3.0}, b[] = {2.0, 3.0, 4.0};
	struct moments groups[] = {moments_of(a, 3), moments_of(b, 3), {0}}, rest;
	struct mean_difference d = anova_difference(&groups[0], &groups[1], 0.95);

	g_assert_cmpfloat_with_epsilon(d.value, -1.0, 1e-14);
	g_assert_cmpfloat_with_epsilon(d.high - d.low, 2.0 * 2.776445 * sqrt(2.0 / 3.0), 1e-5);
	rest = anova_rest(groups, 3, 2);
	g_assert_cmpuint(rest.n, ==, 6);
	assert_near(rest.mean, 2.5, 1e-15);
	assert_near(rest.m2, 5.5, 1e-15);
	g_assert_cmpint(anova_difference(&groups[0], &groups[2], 0.95).status, ==, SIGNAL_TOO_FEW);
	g_assert_cmpint(anova_one_way(groups, 1).status, ==, SIGNAL_TOO_FEW);
	groups[0].m2 = groups[1].m2 = 0.0;
	g_assert_cmpint(anova_one_way(groups, 2).status, ==, SIGNAL_CONSTANT);
}

/* --- correlation ------------------------------------------------------------------------------ */

/* F. J. Anscombe, The American Statistician 27 (1973) 17: the first of four sets. */
static void test_pearson(void)
{
	static const double x[] = {10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5};
	static const double y[] = {8.04, 6.95, 7.58,  8.81, 8.33, 9.96,
	                           7.24, 4.26, 10.84, 4.82, 5.68};
	struct correlation c = correlation_of(x, y, 11, 0.95);

	g_assert_cmpint(c.status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(c.pearson, 0.81642, 5e-6);
	g_assert_cmpfloat_with_epsilon(c.slope, 0.50009, 5e-6);
	g_assert_cmpfloat_with_epsilon(c.offset, 3.00009, 5e-6);
	/* tanh(atanh r -+ 1.96 / sqrt 8) */
	g_assert_cmpfloat_with_epsilon(c.pearson_low, 0.42439, 1e-4);
	g_assert_cmpfloat_with_epsilon(c.pearson_high, 0.95069, 1e-4);
	g_assert_cmpfloat_with_epsilon(c.spearman, 0.81818, 5e-6);
}

/* The example of many textbooks: IQ and hours of television, rho = -29 / 165. Ties share ranks. */
static void test_spearman(void)
{
	static const double iq[] = {106, 100, 86, 101, 99, 103, 97, 113, 112, 110};
	static const double hours[] = {7, 27, 2, 50, 28, 29, 20, 12, 6, 17};
	static const double tied[] = {1, 2, 2, 3}, up[] = {1, 2, 3, 4}, flat[] = {1, 1, 1, 1};

	g_assert_cmpfloat_with_epsilon(correlation_of(iq, hours, 10, 0.95).spearman, -29.0 / 165.0,
	                               1e-12);
	g_assert_cmpfloat_with_epsilon(correlation_of(tied, up, 4, 0.95).spearman,
	                               4.5 / sqrt(4.5 * 5.0), 1e-12);
	g_assert_cmpfloat(correlation_of(up, up, 4, 0.95).pearson_low, ==, 1.0);
	g_assert_cmpint(correlation_of(up, flat, 4, 0.95).status, ==, SIGNAL_CONSTANT);
	g_assert_cmpint(correlation_of(up, flat, 3, 0.95).status, ==, SIGNAL_TOO_FEW);
}

/* --- gauge ------------------------------------------------------------------------------------ */

/* AIAG MSA, 4th edition: ten parts, three appraisers, three trials [M]; results of its table of
 * analysis of variance: appraisers 3.1673, parts 88.3619, interaction 0.3590, equipment 2.7589. */
static const double aiag[3][3][10] = {
	{{0.29, -0.56, 1.34, 0.47, -0.80, 0.02, 0.59, -0.31, 2.26, -1.36},
         {0.41, -0.68, 1.17, 0.50, -0.92, -0.11, 0.75, -0.20, 1.99, -1.25},
         {0.64, -0.58, 1.27, 0.64, -0.84, -0.21, 0.66, -0.17, 2.01, -1.31}},
	{{0.08, -0.47, 1.19, 0.01, -0.56, -0.20, 0.47, -0.63, 1.80, -1.68},
         {0.25, -1.22, 0.94, 1.03, -1.20, 0.22, 0.55, 0.08, 2.12, -1.62},
         {0.07, -0.68, 1.34, 0.20, -1.28, 0.06, 0.83, -0.34, 2.19, -1.50}},
	{{0.04, -1.38, 0.88, 0.14, -1.46, -0.29, 0.02, -0.46, 1.77, -1.49},
         {-0.11, -1.13, 1.09, 0.20, -1.07, -0.67, 0.01, -0.56, 1.45, -1.77},
         {-0.15, -0.96, 0.67, 0.11, -1.45, -0.49, 0.21, -0.49, 1.87, -2.16}},
};

static void test_gauge_aiag(void)
{
	double values[90];
	struct gauge g;

	for (guint part = 0; part < 10; part++)
		for (guint place = 0; place < 3; place++)
			for (guint repeat = 0; repeat < 3; repeat++)
				values[(part * 3 + place) * 3 + repeat] = aiag[place][repeat][part];
	g = gauge_of(values, 10, 3, 3);
	g_assert_cmpint(g.status, ==, SIGNAL_OK);
	g_assert_cmpfloat_with_epsilon(g.ss_place, 3.1673, 6e-5);
	g_assert_cmpfloat_with_epsilon(g.ss_part, 88.3619, 6e-5);
	g_assert_cmpfloat_with_epsilon(g.ss_interaction, 0.3590, 6e-5);
	g_assert_cmpfloat_with_epsilon(g.ss_repeat, 2.7589, 6e-5);
	g_assert_true(g.pooled);
	g_assert_cmpfloat_with_epsilon(g.repeatability, 0.199933, 1e-6);
	g_assert_cmpfloat_with_epsilon(g.reproducibility, 0.226838, 1e-6);
	g_assert_cmpfloat_with_epsilon(g.grr, 0.302373, 2e-6);
	g_assert_cmpfloat_with_epsilon(g.part, 1.042327, 1e-6);
	g_assert_cmpfloat_with_epsilon(g.percent_of_total, 27.86, 0.01);
	g_assert_cmpuint(g.ndc, ==, 4);
	g_assert_cmpfloat_with_epsilon(gauge_percent_of_tolerance(&g, -3.0, 3.0, 0.0),
	                               100.0 * g.grr, 1e-9);
	g_assert_cmpfloat_with_epsilon(gauge_percent_of_tolerance(&g, NAN, 3.0, 0.0), 100.0 * g.grr,
	                               1e-9);
	g_assert_true(isnan(gauge_percent_of_tolerance(&g, NAN, NAN, 0.0)));
}

static void test_gauge_edges(void)
{
	static const double one_place[] = {1.0, 1.2, 2.0, 2.2, 3.0, 3.2};
	static const double same[] = {1.0, 1.0, 2.0, 2.0}, flat[] = {1.0, 1.0, 1.0, 1.0};
	struct gauge g = gauge_of(one_place, 3, 1, 2);

	g_assert_cmpint(g.status, ==, SIGNAL_OK);
	assert_near(g.repeatability, sqrt(0.02), 1e-12);
	g_assert_cmpfloat(g.reproducibility, ==, 0.0);
	assert_near(g.part, sqrt((2.0 - 0.02) / 2.0), 1e-12);
	g_assert_true(isnan(g.interaction_p));
	g = gauge_of(same, 2, 1, 2);
	g_assert_cmpint(g.status, ==, SIGNAL_OK);
	g_assert_cmpfloat(g.percent_of_total, ==, 0.0);
	g_assert_cmpint(gauge_of(flat, 2, 1, 2).status, ==, SIGNAL_CONSTANT);
	g_assert_cmpint(gauge_of(flat, 1, 1, 4).status, ==, SIGNAL_TOO_FEW);
	g_assert_cmpint(gauge_of(flat, 4, 1, 1).status, ==, SIGNAL_TOO_FEW);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/moments/large-mean", test_moments_large_mean);
	g_test_add_func("/moments/higher", test_moments_higher);
	g_test_add_func("/moments/few", test_moments_few);
	g_test_add_func("/moments/normality", test_normality);
	g_test_add_func("/capability/published", test_capability_published);
	g_test_add_func("/capability/none", test_capability_none);
	g_test_add_func("/control/rules", test_rules);
	g_test_add_func("/control/ewma", test_ewma);
	g_test_add_func("/control/refused", test_chart_refused);
	g_test_add_func("/anova/sirstv", test_anova_sirstv);
	g_test_add_func("/anova/stiff", test_anova_stiff);
	g_test_add_func("/anova/difference", test_difference);
	g_test_add_func("/correlation/pearson", test_pearson);
	g_test_add_func("/correlation/spearman", test_spearman);
	g_test_add_func("/gauge/aiag", test_gauge_aiag);
	g_test_add_func("/gauge/edges", test_gauge_edges);
	return g_test_run();
}
