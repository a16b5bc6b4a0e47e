/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/limit.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

/* The shipped limits: they load, are complete, and fit together as the physics says. */

static struct limit_set *load(const char *name, const char *edition)
{
	const char *root = g_getenv("STATION_SRC");
	g_autofree char *path = g_build_filename(root ? root : ".", "limits", name, NULL);
	g_autoptr(GError) error = NULL;
	struct limit_set *set = limit_set_load(path, edition, &error);
	g_assert_no_error(error);
	return set;
}

static const struct limit_row *find(const struct limit_set *set, const char *id)
{
	for (guint i = 0; i < limit_set_size(set); i++) {
		if (strcmp(limit_set_row(set, i)->id, id) == 0)
			return limit_set_row(set, i);
	}
	g_error("no row %s", id);
}

static double number(const char *text)
{
	double value = NAN;
	g_assert_true(number_parse_double(text, &value, NULL));
	return value;
}

/* Every shipped file of a type with the editions that are in it. */
static const struct {
	const char *file, *edition;
} types[] = {
	{"400gbase-dr4.csv", "802.3bs"}, {"400gbase-dr4.csv", "802.3df"},
	{"800gbase-dr8.csv", "802.3df"}, {"400gbase-fr4.csv", "802.3cu"},
	{"400gbase-fr4.csv", "MSA"},     {"400gbase-lr4-6.csv", "802.3cu"},
	{"400g-lr4-10.csv", "MSA"},      {"400gbase-sr4.csv", "802.3db"},
};

static gboolean can_fail(const struct limit_row *row)
{
	return row->gate == LIMIT_GATE || row->gate == LIMIT_CHECK;
}

/* Whether some row that can fail a unit bounds that measure on that side. */
static gboolean bounded(const struct limit_set *set, const char *measure, gboolean above)
{
	for (guint i = 0; i < limit_set_size(set); i++) {
		const struct limit_row *row = limit_set_row(set, i);
		const char *bound = above ? row->high : row->low;
		if (strcmp(row->measure, measure) == 0 && can_fail(row) && bound && *bound)
			return TRUE;
	}
	return FALSE;
}

static void test_rows(void)
{
	/* clang-format off */
	static const struct {
		const char *file;
		const char *measures[40];
	} rows[] = {
		{"400g.csv",
		 {"low_power", "temp_monitor_error", "vcc_monitor_error", "power_up_time",
		  "mgmt_init_time", "reset_pulse_time", "low_power_time", "power_down_time",
		  "path_init_time", "tx_rlm", "tx_tdecq_scope", "tx_monitor_error",
		  "rx_monitor_error", "rx_ber_overload"}},
		{"calibrate.csv",
		 {"cal_tx_oma_error", "cal_tx_er_error", "cal_tx_monitor_residual",
		  "cal_rx_monitor_residual", "cal_temp_residual", "cal_vcc_residual"}},
	};
	/* clang-format on */
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(limit_set) set = load(rows[i].file, "any");
		for (gsize m = 0; rows[i].measures[m]; m++) {
			if (!limit_set_has(set, rows[i].measures[m]))
				g_error("%s: no row for %s", rows[i].file, rows[i].measures[m]);
		}
	}
}

/* A transmitter of any type must be able to fail by each of these. */
static void test_types(void)
{
	static const char *const measures[] = {"module_power", "tx_off",        "rx_sensitivity",
	                                       "rx_stressed",  "rx_overload",   "tx_wavelength",
	                                       "tx_rin_oma",   "los_hysteresis"};

	for (gsize t = 0; t < G_N_ELEMENTS(types); t++) {
		g_autoptr(limit_set) set = load(types[t].file, types[t].edition);
		gboolean multimode = strstr(types[t].file, "sr4") != NULL;
		gboolean wdm = strstr(types[t].file, "fr4") || strstr(types[t].file, "lr4");

		g_assert_true(bounded(set, "tx_avg", TRUE));
		g_assert_true(bounded(set, "tx_avg", FALSE));
		g_assert_true(bounded(set, "tx_oma", TRUE));
		g_assert_true(bounded(set, "tx_oma", FALSE));
		g_assert_true(bounded(set, "tx_er", FALSE));
		g_assert_true(bounded(set, "tx_tdecq", TRUE));
		for (gsize m = 0; m < G_N_ELEMENTS(measures); m++)
			if (!limit_set_has(set, measures[m]))
				g_error("%s: no row for %s", types[t].file, measures[m]);
		g_assert_cmpint(limit_set_has(set, "tx_rms_width"), ==, multimode);
		g_assert_cmpint(limit_set_has(set, "tx_smsr"), ==, !multimode);
		g_assert_cmpint(limit_set_has(set, "tx_total_power"), ==, wdm);
		g_assert_cmpint(limit_set_has(set, "tx_lane_difference"), ==, wdm);
	}
}

/* What is known from memory only may not fail a unit without being flagged. */
static void test_marks(void)
{
	for (gsize t = 0; t < G_N_ELEMENTS(types); t++) {
		g_autoptr(limit_set) set = load(types[t].file, types[t].edition);
		for (guint i = 0; i < limit_set_size(set); i++) {
			const struct limit_row *row = limit_set_row(set, i);
			if (row->mark == 'M' && row->gate == LIMIT_GATE)
				g_error("%s: %s: from memory, but GATE", types[t].file, row->id);
			g_assert_cmpuint(strlen(row->source), >, 10);
		}
	}
}

/* P_avg - OMA in dB for an extinction ratio: (P3 + P0) / 2 over P3 - P0. */
static double average_over_oma_db(double er_db)
{
	double er = pow(10, er_db / 10);
	return 10 * log10((er + 1) / (2 * (er - 1)));
}

static void test_average_over_oma(void)
{
	static const struct {
		double er_db, offset_db;
	} offsets[] = {
		{2.5, 2.52}, {3.5, 1.16}, {4.5, 0.21}, {5, -0.17}, {200, -3.01},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(offsets); i++)
		g_assert_cmpfloat_with_epsilon(average_over_oma_db(offsets[i].er_db),
		                               offsets[i].offset_db, 0.006);
	/* At the least extinction ratio the average limit is met long before the OMA limit. */
	g_autoptr(limit_set) dr4 = load("400gbase-dr4.csv", "802.3bs");
	double er_min = number(find(dr4, "tx_er")->low);
	double avg_max = number(find(dr4, "tx_avg_max")->high);
	g_assert_cmpfloat_with_epsilon(avg_max - average_over_oma_db(er_min), 2.84, 0.006);
}

static void test_powers_fit(void)
{
	static const struct {
		const char *file, *edition, *floor;
		double total_below_db; /* total limit below that of four lanes; NAN: no total */
		gboolean oma_above;    /* greatest OMA above greatest average */
		gboolean infinite_er;  /* least average = least OMA at infinite extinction ratio */
	} rows[] = {
		{"400gbase-dr4.csv", "802.3bs", "tx_oma", NAN, TRUE, FALSE},
		{"800gbase-dr8.csv", "802.3df", "tx_oma", NAN, TRUE, FALSE},
		{"400gbase-fr4.csv", "802.3cu", "tx_oma_floor", 0.22, TRUE, TRUE},
		{"400gbase-fr4.csv", "MSA", "tx_oma_floor_msa", 0.22, TRUE, TRUE},
		{"400gbase-lr4-6.csv", "802.3cu", "tx_oma_floor", 0.02, FALSE, TRUE},
		{"400g-lr4-10.csv", "MSA", "tx_oma", 0.02, FALSE, TRUE},
		{"400gbase-sr4.csv", "802.3db", "tx_oma_floor", NAN, FALSE, FALSE},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(limit_set) set = load(rows[i].file, rows[i].edition);
		gboolean msa = g_str_has_suffix(rows[i].floor, "_msa");
		double avg_max = number(find(set, "tx_avg_max")->high);
		double avg_min = number(find(set, msa ? "tx_avg_min_msa" : "tx_avg_min")->low);
		double oma_max = number(find(set, "tx_oma")->high);
		double oma_min = number(find(set, rows[i].floor)->low);
		gboolean fits = fabs(avg_min - (oma_min - 3.0)) < 1e-9;

		g_assert_cmpint(oma_max > avg_max, ==, rows[i].oma_above);
		g_assert_cmpint(fits, ==, rows[i].infinite_er);
		/* no average below what the least OMA has at infinite extinction ratio */
		g_assert_cmpfloat(avg_min, >, oma_min - 3.02);
		if (isnan(rows[i].total_below_db))
			continue;
		double total = number(find(set, "tx_total_power")->high);
		g_assert_cmpfloat_with_epsilon(avg_max + 10 * log10(4) - total,
		                               rows[i].total_below_db, 0.006);
	}
}

struct slope {
	double tdecq, er;
};

static gboolean lookup(const char *measure, int lane, double *value, gpointer data)
{
	const struct slope *slope = data;
	gboolean is_er = strcmp(measure, "tx_er") == 0;
	*value = is_er ? slope->er : slope->tdecq;
	return is_er || strcmp(measure, "tx_tdecq") == 0 || strcmp(measure, "tx_tecq") == 0;
}

static double highest_low(const char *file, const char *edition, double tdecq, double er)
{
	g_autoptr(limit_set) set = load(file, edition);
	g_autoptr(GPtrArray) out = g_ptr_array_new_with_free_func((GDestroyNotify)judgement_free);
	struct slope slope = {tdecq, er};
	const struct limit_context context = {lookup, &slope};
	limit_judge(set, "tx_oma", 1, 1.0, "dBm", &context, out, NULL);
	double low = -INFINITY;
	for (guint i = 0; i < out->len; i++) {
		const struct judgement *judgement = out->pdata[i];
		g_assert_cmpint(judgement->verdict, !=, VERDICT_ERROR);
		low = fmax(low, judgement->low);
	}
	return low;
}

/* Floor and slope meet at a knee: where there is a split, at high extinction ratio. */
static void test_slopes_fit(void)
{
	static const struct {
		const char *file, *edition;
		double tdecq, er, low;
	} rows[] = {
		{"400gbase-dr4.csv", "802.3bs", 1.0, 6.0, -0.8},
		{"400gbase-dr4.csv", "802.3bs", 1.4, 5.0, -0.8},
		{"400gbase-dr4.csv", "802.3bs", 3.4, 5.0, 1.2},
		{"400gbase-dr4.csv", "802.3bs", 1.0, 4.9, -0.8},
		{"400gbase-dr4.csv", "802.3bs", 1.4, 4.9, -0.5},
		{"400gbase-dr4.csv", "802.3bs", 3.4, 3.5, 1.5},
		{"400gbase-dr4.csv", "802.3df", 1.3, 4.0, -0.8},
		{"400gbase-dr4.csv", "802.3df", 1.4, 4.0, -0.8},
		{"400gbase-dr4.csv", "802.3df", 3.4, 4.0, 1.2},
		{"800gbase-dr8.csv", "802.3df", 3.4, 3.5, 1.5},
		{"400gbase-fr4.csv", "802.3cu", 1.0, 4.0, -0.2},
		{"400gbase-fr4.csv", "802.3cu", 1.4, 4.0, -0.2},
		{"400gbase-fr4.csv", "802.3cu", 3.4, 6.0, 1.8},
		{"400gbase-fr4.csv", "MSA", 1.4, 4.5, -0.3},
		{"400gbase-fr4.csv", "MSA", 3.4, 4.5, 1.7},
		{"400gbase-fr4.csv", "MSA", 3.4, 4.4, 1.8},
		{"400gbase-lr4-6.csv", "802.3cu", 1.4, 4.0, 0.3},
		{"400gbase-lr4-6.csv", "802.3cu", 3.4, 4.0, 2.3},
		{"400g-lr4-10.csv", "MSA", 1.4, 4.0, 0.3},
		{"400g-lr4-10.csv", "MSA", 3.9, 4.0, 2.8},
		{"400gbase-sr4.csv", "802.3db", 1.8, 3.0, -2.6},
		{"400gbase-sr4.csv", "802.3db", 4.4, 3.0, 0.0},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpfloat_with_epsilon(highest_low(rows[i].file, rows[i].edition,
		                                           rows[i].tdecq, rows[i].er),
		                               rows[i].low, 1e-9);
}

/*
 * Stressed sensitivity is an offset plus SECQ, and SECQ the greatest TDECQ; the offset is the slope
 * of the transmitter less fibre and penalties, and meets the plain sensitivity at its SECQ.
 */
static void test_receivers_fit(void)
{
	static const struct {
		const char *file, *edition;
		double slope, link_db; /* of the transmitter's OMA; fibre and penalties */
		double secq_db;        /* up to which the plain sensitivity holds */
	} rows[] = {
		{"400gbase-dr4.csv", "802.3bs", -2.2, 3.0 + 0.1, 0.9},
		{"400gbase-fr4.csv", "MSA", -1.7, 4.0 + 0.3, 1.4},
		{"400g-lr4-10.csv", "MSA", -1.1, 6.3 + 0.5, 1.4},
		{"400gbase-sr4.csv", "802.3db", -4.4, 2.0, 1.8},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(limit_set) set = load(rows[i].file, rows[i].edition);
		double secq_db = number(find(set, "tx_tdecq")->high);
		double offset = number(find(set, "rx_stressed")->high) - secq_db;

		g_assert_cmpfloat_with_epsilon(offset, rows[i].slope - rows[i].link_db, 1e-9);
		g_assert_cmpfloat_with_epsilon(number(find(set, "rx_sensitivity")->high),
		                               offset + rows[i].secq_db, 1e-9);
		/* what the transmitter may send the receiver must bear */
		g_assert_cmpfloat(number(find(set, "rx_overload")->low), ==,
		                  number(find(set, "tx_oma")->high));
	}
}

/* A calibration must be tighter than what is allowed in use. */
static void test_stages_fit(void)
{
	static const struct {
		const char *calibration, *final;
	} rows[] = {
		{"cal_tx_monitor_residual", "tx_monitor_error"},
		{"cal_rx_monitor_residual", "rx_monitor_error"},
		{"cal_temp_residual", "temp_monitor_error"},
		{"cal_vcc_residual", "vcc_monitor_error"},
	};
	g_autoptr(limit_set) calibration = load("calibrate.csv", "any");
	g_autoptr(limit_set) final = load("400g.csv", "any");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const struct limit_row *tight = find(calibration, rows[i].calibration);
		const struct limit_row *wide = find(final, rows[i].final);
		g_assert_cmpstr(tight->unit, ==, wide->unit);
		g_assert_cmpfloat(number(tight->high), <=, number(wide->high) / 2);
		g_assert_cmpfloat(number(tight->low), >=, number(wide->low) / 2);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/limits/data/rows", test_rows);
	g_test_add_func("/limits/data/types", test_types);
	g_test_add_func("/limits/data/marks", test_marks);
	g_test_add_func("/limits/data/average-over-oma", test_average_over_oma);
	g_test_add_func("/limits/data/powers-fit", test_powers_fit);
	g_test_add_func("/limits/data/slopes-fit", test_slopes_fit);
	g_test_add_func("/limits/data/receivers-fit", test_receivers_fit);
	g_test_add_func("/limits/data/stages-fit", test_stages_fit);
	return g_test_run();
}
