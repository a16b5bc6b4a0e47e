/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "fixtures/module.h"

#include "tests/unit/fixtures_module_bed.h"

#include <string.h>

/* How often the module is asked: no more than it has to be, and no less. */

/* What runs already is left alone; what differs in any register is started anew. */
static void test_pattern_runs(struct bench *bench, gconstpointer data)
{
	static const struct {
		guint byte;
		guint8 value;
	} rows[] = {{152, 0x07}, {152, 0x1F}, {153, 0x01}, {155, 0x08}, {156, 0x0C}};
	struct fake *fake = bench->fake;
	guint8 *diag = fake->pages[0x13];
	g_autoptr(GError) error = NULL;

	bring_up(bench, 1);
	g_assert_true(module_set_pattern(bench->module, CMIS_PATTERN_SSPRQ, &fake->bounds, &error));
	g_string_truncate(fake->log, 0);
	fake->transfers = 0;
	g_assert_true(module_set_pattern(bench->module, CMIS_PATTERN_SSPRQ, &fake->bounds, &error));
	g_assert_cmpstr(fake->log->str, ==, "");
	g_assert_cmpuint(fake->transfers, ==, 2); /* the selector and the registers */
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		diag[rows[i].byte - 128] = rows[i].value;
		g_assert_true(module_set_pattern(bench->module, CMIS_PATTERN_SSPRQ, &fake->bounds,
		                                 &error));
		assert_logged(bench, "13h:152=00 ");
		g_assert_cmpmem(diag + 152 - 128, 8, "\x0F\0\0\0\xCC\xCC\0\0", 8);
		g_string_truncate(fake->log, 0);
	}
	/* Off as after a reset: nothing to be disabled first. */
	memset(diag + 152 - 128, 0, 8);
	g_assert_true(module_set_pattern(bench->module, CMIS_PATTERN_SSPRQ, &fake->bounds, &error));
	g_assert_cmpstr(fake->log->str, ==,
	                "13h:156=CC 13h:157=CC 13h:158=00 13h:159=00 13h:152=0F ");
	g_assert_no_error(error);
}

static gboolean can_darken(struct bench *bench)
{
	return module_set_tx_disable(bench->module, 0, &bench->fake->bounds, NULL);
}

/* Advertisements are asked for once, and again from the module that is there after a power-up. */
static void test_advertisements(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	guint8 *features = &fake->pages[1][155 - 128];
	g_autoptr(GError) error = NULL;

	bring_up(bench, 1);
	*features = 0;
	g_assert_true(can_darken(bench));
	bring_up(bench, 1);
	g_assert_false(can_darken(bench));
	*features = 0x02;
	g_assert_false(can_darken(bench));
	g_assert_true(module_reset(bench->module, &fake->bounds, &error));
	g_assert_true(can_darken(bench));
	*features = 0;
	g_assert_true(module_identify(bench->module, &fake->bounds, &error));
	g_assert_false(can_darken(bench));
	*features = 0x02;
	g_assert_true(module_safe(bench->module, &fake->bounds, &error));
	fake_select(fake);
	g_assert_true(can_darken(bench));
	g_assert_no_error(error);
}

/* What is looked at again and again costs no more accesses than it has to. */
static void test_accesses(struct bench *bench, gconstpointer data)
{
	struct fake *fake = bench->fake;
	struct module_monitors monitors;
	struct module_flags flags;
	g_autoptr(GError) error = NULL;

	bring_up(bench, 1);
	fake->transfers = 0;
	fake->page_writes = 0;
	/* selector and states; temperature with supply, selector, three monitors; two of flags */
	g_assert_true(module_wait_activated(bench->module, &fake->bounds, &error));
	g_assert_cmpuint(fake->transfers, ==, 2);
	g_assert_true(module_read_monitors(bench->module, &monitors, &fake->bounds, &error));
	g_assert_cmpuint(fake->transfers, ==, 2 + 5);
	g_assert_true(module_read_flags(bench->module, &flags, &fake->bounds, &error));
	g_assert_cmpuint(fake->transfers, ==, 2 + 5 + 4);
	g_assert_cmpuint(fake->page_writes, ==, 0);
}

static void add(const char *name, void (*test)(struct bench *, gconstpointer))
{
	g_autofree char *path = g_strconcat("/fixtures/accesses/", name, NULL);

	g_test_add(path, struct bench, NULL, set_up, test, tear_down);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	add("pattern-runs", test_pattern_runs);
	add("advertisements", test_advertisements);
	add("status", test_accesses);
	return g_test_run();
}
