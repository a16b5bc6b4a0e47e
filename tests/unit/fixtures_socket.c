/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/module.h"

#include "tests/unit/fixtures_fake.h"

#include <string.h>

/* The meanings of a socket's signals, in both forms, and modules in an OSFP socket. */

struct bench {
	struct fake *fake;
	struct module *module;
};

static void set_up(struct bench *bench, gconstpointer data)
{
	bench->fake = fake_new();
	fake_fill_osfp(bench->fake);
	bench->module = module_new(&bench->fake->base);
}

static void tear_down(struct bench *bench, gconstpointer data)
{
	module_free(bench->module);
	fake_free(bench->fake);
}

/* The same meanings, whatever stands behind them. */
static void test_meanings(void)
{
	for (guint osfp = 0; osfp < 2; osfp++) {
		struct fake *fake = fake_new();
		struct fixture *fix = &fake->base;
		const struct bounds *bounds = &fake->bounds;
		g_autoptr(GError) error = NULL;
		gboolean present = FALSE, asserted = TRUE;
		guint epoch;

		if (osfp)
			fake_fill_osfp(fake);
		g_assert_true(fixture_set_low_power(fix, FALSE, bounds, &error));
		g_assert_false(fake->lp_mode);
		g_assert_true(fixture_set_low_power(fix, TRUE, bounds, &error));
		g_assert_true(fake->lp_mode);
		g_assert_true(fixture_set_reset(fix, FALSE, bounds, &error));
		g_assert_true(fake->reset_l);
		g_assert_true(fixture_interrupt(fix, &asserted, bounds, &error));
		g_assert_false(asserted);
		fake->interrupt = TRUE;
		g_assert_true(fixture_interrupt(fix, &asserted, bounds, &error));
		g_assert_true(asserted);
		/* A module that interrupts is released all the same. */
		g_assert_true(fixture_set_reset(fix, FALSE, bounds, &error));
		epoch = fixture_epoch(fix);
		g_assert_true(fixture_set_reset(fix, TRUE, bounds, &error));
		g_assert_false(fake->reset_l);
		g_assert_cmpuint(fixture_epoch(fix), >, epoch);
		g_assert_true(fixture_module_present(fix, &present, bounds, &error));
		g_assert_true(present);
		g_assert_true(fixture_select(fix, TRUE, bounds, &error));
		g_assert_cmpint(fake->mod_sel_l, ==, osfp);
		fake->present = FALSE;
		g_assert_true(fixture_module_present(fix, &present, bounds, &error));
		g_assert_false(present);
		/* An empty socket's power line is in its high zone whatever is asked for. */
		g_assert_true(fixture_set_low_power(fix, FALSE, bounds, &error));
		g_assert_no_error(error);
		fake_free(fake);
	}
}

/* Both lines over their zones: presence, low power and interrupt by voltage. */
static void test_zones(struct bench *bench, gconstpointer data)
{
	static const struct {
		double volts;
		int present, asserted; /* -1: between two zones */
	} rows[] = {
		{0.02, TRUE, FALSE},  {0.999, TRUE, FALSE}, {1.0, TRUE, -1}, {1.05, TRUE, -1},
		{1.1, -1, -1},        {1.399, -1, -1},      {1.4, TRUE, -1}, {1.499, TRUE, -1},
		{1.5, TRUE, FALSE},   {2.25, TRUE, FALSE},  {2.251, -1, -1}, {2.75, -1, -1},
		{2.751, FALSE, TRUE}, {3.4, FALSE, TRUE},
	};
	struct fake *fake = bench->fake;

	fake->reset_l = TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		gboolean present = -1, asserted = -1;

		fake->line_v = rows[i].volts;
		g_test_message("%.3f V", rows[i].volts);
		fake->lines_measured = 0;
		g_assert_cmpint(fixture_module_present(&fake->base, &present, &fake->bounds,
		                                       &error),
		                ==, rows[i].present >= 0);
		g_assert_cmpint(present, ==, rows[i].present);
		g_assert_cmpuint(fake->lines_measured, ==, rows[i].present >= 0 ? 1 : 2);
		g_clear_error(&error);
		g_assert_cmpint(fixture_interrupt(&fake->base, &asserted, &fake->bounds, &error),
		                ==, rows[i].asserted >= 0);
		g_assert_cmpint(asserted, ==, rows[i].asserted);
		if (rows[i].asserted < 0)
			g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	}
}

/* What is wrong is said with the line, its voltage and the zones it lies between. */
static void test_faulty_lines(struct bench *bench, gconstpointer data)
{
	static const struct {
		double volts;
		const char *says;
	} rows[] = {
		{1.25, "line LPWn/PRSn has 1.250 V, which is neither \"low power\" (below 1.10 V) "
	               "nor \"high power\" (from 1.40 V)"},
		{2.5, "line LPWn/PRSn has 2.500 V, which is neither \"high power\" (up to 2.25 V) "
	              "nor \"no module\" (above 2.75 V)"},
	};
	struct fake *fake = bench->fake;
	g_autoptr(GError) error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		fake->line_v = rows[i].volts;
		g_assert_false(module_power_up(bench->module, &fake->bounds, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
		g_test_message("%s", error->message);
		g_assert_nonnull(strstr(error->message, rows[i].says));
		g_clear_error(&error);
	}
	/* Held at ground by something else: the module is not blamed for its silence. */
	fake->line_v = 0.1;
	g_assert_false(module_power_up(bench->module, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_nonnull(
		strstr(error->message, "line INT/RSTn says \"in reset\" after RSTn was set high"));
	g_clear_error(&error);
	g_assert_false(fixture_set_low_power(&fake->base, FALSE, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_clear_error(&error);
	fake->line_v = 3.3;
	g_assert_false(fixture_set_reset(&fake->base, TRUE, &fake->bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_FIXTURE);
	g_assert_nonnull(strstr(error->message, "\"interrupt\" after RSTn was set low"));
}

/* A module's whole way in an OSFP socket of four host lanes. */
static void test_osfp_module(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	const struct bounds *bounds = &fake->bounds;
	g_autoptr(GError) error = NULL;

	fake->present = FALSE;
	g_assert_false(module_power_up(bench->module, bounds, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_ABSENT);
	g_clear_error(&error);
	fake->present = TRUE;
	module_power_up(bench->module, bounds, &error);
	g_assert_no_error(error);
	g_assert_true(fake->reset_l && fake->lp_mode);
	g_assert_true(module_identify(bench->module, bounds, &error));
	g_assert_cmpstr(module_identity(bench->module)->identifier_name, ==, "OSFP");
	module_bring_up(bench->module, 1, NULL, bounds, &error);
	g_assert_no_error(error);
	g_assert_false(fake->lp_mode);
	g_assert_cmpuint(module_host_lanes(bench->module), ==, 0x0F);
	g_assert_cmpuint(module_media_lane_mask(bench->module), ==, 0x0F);
	g_assert_true(module_set_pattern(bench->module, CMIS_PATTERN_SSPRQ, bounds, &error));
	g_assert_cmpuint(fake->pages[0x13][152 - 128], ==, 0x0F);
	g_assert_true(module_deactivate(bench->module, bounds, &error));
	g_assert_true(fake->lp_mode);
	g_assert_true(module_reset(bench->module, bounds, &error));
	g_assert_true(module_safe(bench->module, bounds, &error));
	g_assert_no_error(error);
	g_assert_true(!fake->reset_l && fake->lp_mode);
}

static void test_unknown_form(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	gboolean value;

	g_free(fake->base.form);
	fake->base.form = g_strdup("CFP8");
	for (guint i = 0; i < 5; i++) {
		g_autoptr(GError) error = NULL;
		struct fixture *fix = &fake->base;
		const struct bounds *bounds = &fake->bounds;
		gboolean ok = i == 0   ? fixture_set_reset(fix, TRUE, bounds, &error)
		              : i == 1 ? fixture_set_low_power(fix, TRUE, bounds, &error)
		              : i == 2 ? fixture_select(fix, TRUE, bounds, &error)
		              : i == 3 ? fixture_module_present(fix, &value, bounds, &error)
		                       : fixture_interrupt(fix, &value, bounds, &error);

		g_assert_false(ok);
		g_assert_error(error, STATION_ERROR, STATION_ERROR_UNSUPPORTED);
		g_assert_nonnull(strstr(error->message, "CFP8"));
	}
}

static void add(const char *name, void (*test)(struct bench *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/fixtures/socket/", name, NULL);

	g_test_add(path, struct bench, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/fixtures/socket/meanings", test_meanings);
	add("zones", test_zones);
	add("faulty-lines", test_faulty_lines);
	add("osfp-module", test_osfp_module);
	add("unknown-form", test_unknown_form);
	return g_test_run();
}
