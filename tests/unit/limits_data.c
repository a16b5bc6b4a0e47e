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

static void test_rows(void)
{
	/* clang-format off */
	static const struct {
		const char *file, *edition;
		const char *measures[40];
	} rows[] = {
		{"400gbase-dr4.csv", "802.3bs",
		 {"low_power", "module_power", "temp_monitor_error", "vcc_monitor_error",
		  "power_up_time", "path_init_time", "tx_avg", "tx_oma", "tx_er", "tx_tdecq",
		  "tx_tdecq_ceq", "tx_rlm", "tx_transition_time", "tx_off", "tx_tdecq_scope",
		  "tx_monitor_error", "rx_monitor_error", "rx_sensitivity", "rx_ber_overload",
		  "los_assert", "los_deassert", "los_hysteresis"}},
		{"400gbase-dr4.csv", "802.3df",
		 {"tx_oma", "tx_tecq", "tx_tdecq", "tx_overshoot", "tx_undershoot"}},
		{"400gbase-dr4-calibrate.csv", "802.3bs",
		 {"cal_tx_oma_error", "cal_tx_er_error", "cal_tx_monitor_residual",
		  "cal_rx_monitor_residual", "cal_temp_residual", "cal_vcc_residual"}},
	};
	/* clang-format on */
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(limit_set) set = load(rows[i].file, rows[i].edition);
		for (gsize m = 0; rows[i].measures[m]; m++) {
			if (!limit_set_has(set, rows[i].measures[m]))
				g_error("%s: no row for %s", rows[i].file, rows[i].measures[m]);
		}
	}
}

/* What is known from memory only may not fail a unit without being flagged. */
static void test_marks(void)
{
	static const char *const editions[] = {"802.3bs", "802.3df"};
	for (gsize e = 0; e < G_N_ELEMENTS(editions); e++) {
		g_autoptr(limit_set) set = load("400gbase-dr4.csv", editions[e]);
		for (guint i = 0; i < limit_set_size(set); i++) {
			const struct limit_row *row = limit_set_row(set, i);
			if (row->mark == 'M' && row->gate == LIMIT_GATE)
				g_error("%s: from memory, but GATE", row->id);
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

static void test_powers_fit(void)
{
	static const struct {
		double er_db, offset_db;
	} offsets[] = {
		{2.5, 2.52}, {3.5, 1.16}, {4.5, 0.21}, {5, -0.17}, {200, -3.01},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(offsets); i++)
		g_assert_cmpfloat_with_epsilon(average_over_oma_db(offsets[i].er_db),
		                               offsets[i].offset_db, 0.006);
	g_autoptr(limit_set) set = load("400gbase-dr4.csv", "802.3bs");
	double avg_max = number(find(set, "tx_avg_max")->high);
	double avg_min = number(find(set, "tx_avg_min")->low);
	double oma_max = number(find(set, "tx_oma")->high);
	double oma_min = number(find(set, "tx_oma")->low);
	double er_min = number(find(set, "tx_er")->low);
	/* At the least extinction ratio the average limit is met long before the OMA limit. */
	g_assert_cmpfloat_with_epsilon(avg_max - average_over_oma_db(er_min), 2.84, 0.006);
	g_assert_cmpfloat(oma_max, >, avg_max);
	/* DR4 is not of the types whose average minimum is OMA minimum - 3 dB. */
	g_assert_cmpfloat(fabs(avg_min - (oma_min - 3.0)), >, 0.5);
	g_assert_cmpfloat(avg_min, >, oma_min - 3.01);
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

static double highest_low(const char *edition, double tdecq, double er)
{
	g_autoptr(limit_set) set = load("400gbase-dr4.csv", edition);
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

/* Floor and slope meet at TDECQ 1.4 dB, in the old form at high extinction ratio and the new. */
static void test_slopes_fit(void)
{
	static const struct {
		const char *edition;
		double tdecq, er, low;
	} rows[] = {
		{"802.3bs", 1.0, 6.0, -0.8}, {"802.3bs", 1.4, 5.0, -0.8},
		{"802.3bs", 3.4, 5.0, 1.2},  {"802.3bs", 1.0, 4.9, -0.8},
		{"802.3bs", 1.4, 4.9, -0.5}, {"802.3bs", 3.4, 3.5, 1.5},
		{"802.3df", 1.4, 4.0, -0.8}, {"802.3df", 1.3, 4.0, -0.8},
		{"802.3df", 3.4, 4.0, 1.2},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		g_assert_cmpfloat_with_epsilon(highest_low(rows[i].edition, rows[i].tdecq,
		                                           rows[i].er),
		                               rows[i].low, 1e-9);
	/* Receiver: the line through the stressed point (-1.9 dBm at 3.4 dB) meets the row at 0.9
	 * dB. */
	g_autoptr(limit_set) set = load("400gbase-dr4.csv", "802.3bs");
	double offset = -1.9 - number(find(set, "tx_tdecq")->high);
	g_assert_cmpfloat_with_epsilon(number(find(set, "rx_sensitivity")->high), offset + 0.9,
	                               1e-9);
	/* Transmitter floor less 3.0 dB of fibre and 0.1 dB of reflections is what a receiver gets.
	 */
	g_assert_cmpfloat_with_epsilon(offset, -2.2 - 3.0 - 0.1, 1e-9);
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
	g_autoptr(limit_set) calibration = load("400gbase-dr4-calibrate.csv", "802.3bs");
	g_autoptr(limit_set) final = load("400gbase-dr4.csv", "802.3bs");
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
	g_test_add_func("/limits/data/marks", test_marks);
	g_test_add_func("/limits/data/powers-fit", test_powers_fit);
	g_test_add_func("/limits/data/slopes-fit", test_slopes_fit);
	g_test_add_func("/limits/data/stages-fit", test_stages_fit);
	return g_test_run();
}
