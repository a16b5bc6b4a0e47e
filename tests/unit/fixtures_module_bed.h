/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_FIXTURES_MODULE_BED_H
#define TESTS_UNIT_FIXTURES_MODULE_BED_H

#include "fixtures/module.h"
#include "tests/unit/fixtures_fake.h"

#include <string.h>

/* A module in the fake fixture. */

struct bench {
	struct fake *fake;
	struct module *module;
};

G_GNUC_UNUSED static void set_up(struct bench *bench, gconstpointer data)
{
	bench->fake = fake_new();
	fake_fill(bench->fake);
	bench->module = module_new(&bench->fake->base);
}

G_GNUC_UNUSED static void tear_down(struct bench *bench, gconstpointer data)
{
	clock_set_scale(1000);
	module_free(bench->module);
	fake_free(bench->fake);
}

G_GNUC_UNUSED static void bring_up(struct bench *bench, guint application)
{
	g_autoptr(GError) error = NULL;
	const struct bounds *bounds = &bench->fake->bounds;

	module_power_up(bench->module, bounds, &error);
	g_assert_no_error(error);
	module_identify(bench->module, bounds, &error);
	g_assert_no_error(error);
	module_bring_up(bench->module, application, NULL, bounds, &error);
	g_assert_no_error(error);
}

G_GNUC_UNUSED static void assert_logged(struct bench *bench, const char *text)
{
	g_test_message("%s in %s", text, bench->fake->log->str);
	g_assert_nonnull(strstr(bench->fake->log->str, text));
}

#endif
