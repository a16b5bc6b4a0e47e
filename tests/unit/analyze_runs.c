/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/analyze/analyze.h"

#include "base/error.h"
#include "signal/control_chart.h"
#include "station/store/query.h"
#include "tests/unit/many_runs.h"
#include "tests/unit/store_place.h"

#include <string.h>

enum { RUNS = 240 };

/* 240 runs of some 200 units in three lots; some end in ERROR or ABORTED, some units come again. */
static void put_line(struct store_place *place)
{
	struct many_runs many = {g_rand_new_with_seed(3), 3, 1, 0};

	for (guint i = 0; i < RUNS; i++) {
		g_autofree char *serial = g_strdup_printf("SN%03u", i % 7 == 6 ? i - 4 : i);
		g_autoptr(run_record) r = many_runs_next(&many, serial);

		if (i % 11 == 5)
			r->verdict = i % 2 ? VERDICT_ERROR : VERDICT_ABORTED;
		store_place_put(place, r);
	}
	g_rand_free(many.random);
}

static struct population *select_runs(struct store_place *place, const struct selection *selection)
{
	GError *error = NULL;
	struct population *made = population_new(place->store, selection, &error);

	g_assert_no_error(error);
	return made;
}

static const struct analysis_table *table_of(const struct analysis *analysis, const char *name)
{
	for (guint i = 0; i < analysis->parts->len; i++) {
		const struct analysis_part *part =
			&g_array_index(analysis->parts, struct analysis_part, i);

		if (part->table && strcmp(part->table->name, name) == 0)
			return part->table;
	}
	g_assert_not_reached();
}

static guint charts_of(const struct analysis *analysis)
{
	guint n = 0;

	for (guint i = 0; i < analysis->parts->len; i++)
		n += g_array_index(analysis->parts, struct analysis_part, i).chart != NULL;
	return n;
}

static const struct analysis_cell *cell(const struct analysis_table *table, guint row,
                                        const char *key)
{
	const struct analysis_row *of = g_ptr_array_index(table->rows, row);

	for (guint i = 0; i < table->n_columns; i++)
		if (strcmp(table->columns[i].key, key) == 0)
			return &g_array_index(of->cells, struct analysis_cell, i);
	g_assert_not_reached();
}

static double number(const struct analysis_table *table, guint row, const char *key)
{
	return cell(table, row, key)->number;
}

/* --- yield ------------------------------------------------------------------------------------ */

static void assert_counts(const struct analysis_table *table, guint row,
                          const struct store_counts *c)
{
	g_assert_cmpfloat(number(table, row, "units"), ==, c->units);
	g_assert_cmpfloat(number(table, row, "runs"), ==, c->runs);
	g_assert_cmpfloat(number(table, row, "failed"), ==, c->failed);
	g_assert_cmpfloat(number(table, row, "errors"), ==, c->errors);
	g_assert_cmpfloat(number(table, row, "aborted"), ==, c->aborted);
	g_assert_cmpfloat(number(table, row, "first_tries"), ==, c->first_tries);
	g_assert_cmpfloat(number(table, row, "first_passed"), ==, c->first_passed);
	g_assert_cmpfloat_with_epsilon(number(table, row, "first_yield"),
	                               (double)c->first_passed / c->first_tries, 1e-12);
	g_assert_cmpfloat_with_epsilon(number(table, row, "final_yield"),
	                               (double)c->passed / (c->passed + c->failed), 1e-12);
	g_assert_cmpfloat(number(table, row, "first_low"), <=, number(table, row, "first_yield"));
	g_assert_cmpfloat(number(table, row, "first_high"), >=, number(table, row, "first_yield"));
}

/* What the operator's screen counts of a lot and of a shift is what is told here. */
static void test_yield_as_on_screen(void)
{
	struct store_place place;
	struct selection by_lot = {.lane = -1, .within_lots = TRUE}, shift = {.lane = -1};
	struct analyze_settings settings = analyze_settings_default();
	struct store_counts counts;
	GError *error = NULL;

	store_place_init(&place);
	put_line(&place);
	settings.by = ANALYZE_BY_LOT;
	g_autoptr(population) lots = select_runs(&place, &by_lot);
	g_autoptr(analysis) yield = analyze_yield(lots, &settings, &error);
	const struct analysis_table *table = table_of(yield, "yield");
	g_assert_cmpuint(table->rows->len, ==, 3);
	for (guint i = 0; i < 3; i++) {
		const char *lot = cell(table, i, "group")->text;

		g_assert_true(store_lot(place.store, lot, &counts, 0, NULL, &error));
		assert_counts(table, i, &counts);
		g_assert_cmpfloat(number(table, i, "second_yield"), >=,
		                  number(table, i, "first_yield"));
	}
	settings.by = ANALYZE_BY_ALL;
	shift.station = "S2";
	shift.since_us = MANY_RUNS_FIRST_US + G_GINT64_CONSTANT(60) * 300 * G_USEC_PER_SEC;
	g_autoptr(population) late = select_runs(&place, &shift);
	g_autoptr(analysis) now = analyze_yield(late, &settings, &error);
	g_assert_true(store_shift(place.store, "S2", shift.since_us, &counts, &error));
	g_assert_no_error(error);
	assert_counts(table_of(now, "yield"), 0, &counts);
	store_place_done(&place);
}

struct row {
	const char *serial;
	int site;
	enum verdict verdict;
	double value;
};

static void put_rows(struct store_place *place, const struct row *rows, guint n)
{
	for (guint i = 0; i < n; i++) {
		g_autoptr(run_record) r = run_record_new();

		record_text(&r->serial, rows[i].serial);
		record_text(&r->lot, "L");
		record_text(&r->station_id, "S");
		record_text(&r->first_failing_step, rows[i].verdict == VERDICT_FAIL ? "tx" : NULL);
		run_record_add_step(r);
		many_runs_judge(run_record_add_measurement(r, "oma", 0, 1, rows[i].value, "dBm"),
		                0.0, 5.0);
		r->site = rows[i].site;
		r->verdict = rows[i].verdict;
		r->start_us = r->end_us = (gint64)(i + 1) * G_USEC_PER_SEC;
		store_place_put(place, r);
	}
}

/* By hand: A passes at once, B at its second try, C at its third, D fails, E was never judged. */
static void test_yield_by_hand(void)
{
	static const struct row rows[] = {
		{"A", 1, VERDICT_PASS, 1}, {"B", 1, VERDICT_FAIL, -1}, {"C", 1, VERDICT_FAIL, 6},
		{"D", 1, VERDICT_FAIL, 7}, {"E", 1, VERDICT_ERROR, 1}, {"B", 2, VERDICT_ERROR, 1},
		{"B", 2, VERDICT_PASS, 1}, {"C", 2, VERDICT_FAIL, 6},  {"C", 2, VERDICT_PASS, 2},
	};
	struct store_place place;
	struct selection selection = {.lane = -1};
	struct analyze_settings settings = analyze_settings_default();
	GError *error = NULL;

	store_place_init(&place);
	put_rows(&place, rows, G_N_ELEMENTS(rows));
	g_autoptr(population) runs = select_runs(&place, &selection);
	g_autoptr(analysis) all = analyze_yield(runs, &settings, &error);
	const struct analysis_table *table = table_of(all, "yield");
	g_assert_cmpfloat(number(table, 0, "first_yield"), ==, 0.25);
	g_assert_cmpfloat(number(table, 0, "second_yield"), ==, 0.5);
	g_assert_cmpfloat(number(table, 0, "final_yield"), ==, 0.75);
	/* Clopper and Pearson for 1 of 4, from their tables */
	g_assert_cmpfloat_with_epsilon(number(table, 0, "first_low"), 0.0063, 5e-5);
	g_assert_cmpfloat_with_epsilon(number(table, 0, "first_high"), 0.8059, 5e-5);
	settings.by = ANALYZE_BY_SITE;
	g_autoptr(analysis) sites = analyze_yield(runs, &settings, &error);
	table = table_of(sites, "yield");
	g_assert_cmpstr(cell(table, 1, "group")->text, ==, "S/2");
	g_assert_cmpfloat(number(table, 0, "first_tries"), ==, 4);
	g_assert_cmpfloat(number(table, 0, "second_yield"), ==, 0.5);
	g_assert_cmpfloat(number(table, 1, "first_tries"), ==, 0);
	g_assert_true(isnan(number(table, 1, "first_yield")));
	g_assert_cmpfloat(number(table, 1, "final_yield"), ==, 1.0);
	g_autoptr(analysis) pareto = analyze_pareto(runs, &settings, &error);
	g_assert_no_error(error);
	table = table_of(pareto, "steps");
	g_assert_cmpuint(table->rows->len, ==, 1);
	g_assert_cmpfloat(number(table, 0, "count"), ==, 3); /* first tries only */
	table = table_of(pareto, "measurements");
	g_assert_cmpstr(cell(table, 0, "measurement")->text, ==, "oma");
	g_assert_cmpfloat(number(table, 0, "count"), ==, 3);
	table = table_of(pareto, "unjudged");
	g_assert_cmpstr(cell(table, 0, "verdict")->text, ==, "ERROR");
	g_assert_cmpfloat(number(table, 0, "count"), ==, 2);
	store_place_done(&place);
}

/* --- measurements ----------------------------------------------------------------------------- */

static void test_capability(void)
{
	static const struct row rows[] = {
		{"A", 1, VERDICT_PASS, 2}, {"B", 1, VERDICT_PASS, 3}, {"C", 1, VERDICT_PASS, 1},
		{"D", 1, VERDICT_PASS, 4}, {"D", 1, VERDICT_PASS, 9}, {"E", 1, VERDICT_ERROR, 9},
	};
	struct store_place place;
	struct selection selection = {.lane = -1};
	struct analyze_settings settings = analyze_settings_default();
	GError *error = NULL;

	store_place_init(&place);
	put_rows(&place, rows, G_N_ELEMENTS(rows));
	g_autoptr(population) runs = select_runs(&place, &selection);
	g_autoptr(analysis) found = analyze_capability(runs, &settings, &error);
	const struct analysis_table *table = table_of(found, "capability");
	g_assert_cmpuint(table->rows->len, ==, 1);
	g_assert_cmpfloat(number(table, 0, "n"), ==, 4); /* the second try and the ERROR do not */
	g_assert_cmpfloat(number(table, 0, "mean"), ==, 2.5);
	double sd = sqrt(5.0 / 3.0), within = (1.0 + 2.0 + 3.0) / 3.0 * sqrt(G_PI) / 2.0;
	g_assert_cmpfloat_with_epsilon(number(table, 0, "sd"), sd, 1e-12);
	g_assert_cmpfloat_with_epsilon(number(table, 0, "sd_within"), within, 1e-12);
	g_assert_cmpfloat_with_epsilon(number(table, 0, "cpk"), 2.5 / (3.0 * within), 1e-12);
	g_assert_cmpfloat_with_epsilon(number(table, 0, "ppk"), 2.5 / (3.0 * sd), 1e-12);
	g_assert_cmpfloat_with_epsilon(number(table, 0, "pp"), 5.0 / (6.0 * sd), 1e-12);
	g_assert_cmpuint(charts_of(found), ==, 1);
	selection.all_tries = TRUE;
	g_autoptr(analysis) all = analyze_capability(runs, &settings, &error);
	g_assert_cmpfloat(number(table_of(all, "capability"), 0, "n"), ==, 5);
	g_assert_no_error(error);
	store_place_done(&place);
}

/* What was put into the runs is found again. */
static void test_line(void)
{
	struct store_place place;
	struct selection selection = {.lane = 2, .corner = "25*"};
	struct analyze_settings settings = analyze_settings_default();
	GError *error = NULL;

	store_place_init(&place);
	put_line(&place);
	g_autoptr(population) runs = select_runs(&place, &selection);
	g_assert_cmpuint(runs->keys->len, ==, 3);
	settings.x = "tx_oma";
	settings.y = "tx_tdecq";
	g_autoptr(population) two = select_runs(&place, &selection);
	g_autoptr(analysis) pair = analyze_correlate(two, &settings, &error);
	g_assert_cmpuint(two->keys->len, ==, 2);
	const struct analysis_table *table = table_of(pair, "correlation");
	g_assert_cmpfloat(number(table, 0, "pearson_low"), <, -0.7);
	g_assert_cmpfloat(number(table, 0, "pearson_high"), >, -0.85);
	settings.by = ANALYZE_BY_SITE;
	g_autoptr(analysis) bias = analyze_bias(runs, &settings, &error);
	table = table_of(bias, "anova");
	g_assert_cmpuint(table->rows->len, ==, 3);
	g_assert_cmpfloat(number(table, 0, "groups"), ==, 4);
	g_assert_cmpuint(table_of(bias, "bias")->rows->len, ==, 12);
	settings.top = 1;
	g_autoptr(analysis) trend = analyze_trend(runs, &settings, &error);
	g_assert_cmpuint(table_of(trend, "trends")->rows->len, ==, 1);
	g_assert_cmpuint(charts_of(trend), ==, 3);
	settings.by = ANALYZE_BY_LOT;
	settings.top = 0;
	g_autoptr(analysis) overview = analyze_overview(runs, &settings, &error);
	g_assert_no_error(error);
	g_assert_cmpuint(table_of(overview, "capability")->rows->len, ==, 3);
	g_assert_cmpuint(table_of(overview, "trends")->rows->len, ==, 3);
	store_place_done(&place);
}

/* Three units, each twice at two sites; site 2 reads 1 more; repeats differ by 0.2. */
static void test_gauge(void)
{
	struct store_place place;
	struct row rows[16];
	struct selection selection = {.lane = -1, .all_tries = TRUE};
	struct analyze_settings settings = analyze_settings_default();
	static const char *const serials[] = {"A", "B", "C"};
	GError *error = NULL;
	guint n = 0;

	store_place_init(&place);
	for (guint unit = 0; unit < 3; unit++)
		for (int site = 1; site <= 2; site++)
			for (guint repeat = 0; repeat < 2; repeat++)
				rows[n++] = (struct row){serials[unit], site, VERDICT_PASS,
				                         unit + site + 0.2 * repeat};
	rows[n++] = (struct row){"D", 1, VERDICT_PASS, 3}; /* once: left out */
	rows[n++] = (struct row){"A", 3, VERDICT_PASS, 3}; /* nobody was there twice */
	for (guint repeat = 0; repeat < 2; repeat++)       /* one unit is no study */
		rows[n++] = (struct row){"E", 4, VERDICT_PASS, 3};
	put_rows(&place, rows, n);
	settings.by = ANALYZE_BY_SITE;
	g_autoptr(population) runs = select_runs(&place, &selection);
	g_autoptr(analysis) found = analyze_gauge(runs, &settings, &error);
	g_assert_no_error(error);
	const struct analysis_table *table = table_of(found, "rr");
	g_assert_cmpfloat(number(table, 0, "units"), ==, 3);
	g_assert_cmpfloat(number(table, 0, "places"), ==, 2);
	g_assert_cmpfloat(number(table, 0, "repeats"), ==, 2);
	/* no interaction: pooled; 6 pairs that differ by 0.2 give a sum of squares of 0.12 */
	g_assert_cmpfloat_with_epsilon(number(table, 0, "repeatability"), sqrt(0.12 / 8.0), 1e-9);
	g_assert_cmpfloat_with_epsilon(number(table, 0, "reproducibility"),
	                               sqrt((3.0 - 0.12 / 8.0) / 6.0), 1e-9);
	g_assert_cmpstr(cell(table, 0, "remark")->text, ==, "not to be used");
	settings.by = ANALYZE_BY_LOT; /* the repeats of one place alone */
	g_autoptr(analysis) one = analyze_gauge(runs, &settings, &error);
	g_assert_cmpfloat(number(table_of(one, "rr"), 0, "places"), ==, 1);
	store_place_done(&place);
}

/* --- what is not there ------------------------------------------------------------------------ */

static void assert_refused(struct store_place *place, const struct selection *selection,
                           const char *words)
{
	GError *error = NULL;

	g_assert_null(population_new(place->store, selection, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	if (!strstr(error->message, words))
		g_error("\"%s\" does not say \"%s\"", error->message, words);
	g_clear_error(&error);
}

static void test_refused(void)
{
	static const struct row rows[] = {{"A", 1, VERDICT_PASS, 2}, {"B", 1, VERDICT_PASS, 3}};
	struct store_place place;
	struct selection s = {.lane = -1};
	struct analyze_settings settings = analyze_settings_default();
	GError *error = NULL;

	store_place_init(&place);
	assert_refused(&place, &s, "the store has no run yet");
	put_rows(&place, rows, G_N_ELEMENTS(rows));
	assert_refused(&place, &(struct selection){.lane = -1, .measurement = "omo"},
	               "did you mean \"oma\"?");
	assert_refused(&place, &(struct selection){.lane = 3, .measurement = "oma"},
	               "of that lane and corner");
	assert_refused(&place, &(struct selection){.lane = -1, .lot = "K"},
	               "lot \"K\"; did you mean \"L\"?");
	assert_refused(&place, &(struct selection){.lane = -1, .serial = "ZZZZ"}, "serial number");
	assert_refused(&place, &(struct selection){.lane = -1, .site = 2}, "none of 2 runs");
	g_autoptr(population) runs = select_runs(&place, &s);
	settings.x = settings.y = "omaa";
	g_assert_null(analyze_correlate(runs, &settings, &error));
	g_assert_nonnull(strstr(error->message, "did you mean \"oma\"?"));
	g_clear_error(&error);
	settings.by = ANALYZE_BY_SITE;
	g_assert_null(analyze_bias(runs, &settings, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	g_assert_null(analyze_gauge(runs, &settings, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_DATA);
	g_clear_error(&error);
	store_place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/analyze/yield/as-on-screen", test_yield_as_on_screen);
	g_test_add_func("/analyze/yield/by-hand", test_yield_by_hand);
	g_test_add_func("/analyze/capability", test_capability);
	g_test_add_func("/analyze/line", test_line);
	g_test_add_func("/analyze/gauge", test_gauge);
	g_test_add_func("/analyze/refused", test_refused);
	return g_test_run();
}
