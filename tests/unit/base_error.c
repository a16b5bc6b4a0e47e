/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"

#include <string.h>

static void test_names(void)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	for (int code = STATION_ERROR_INTERNAL; code <= STATION_ERROR_AUTHORITY; code++) {
		const char *name = station_error_name((enum station_error)code);
		g_assert_nonnull(name);
		g_assert_cmpstr(name, !=, "unknown");
		g_assert_true(g_hash_table_add(seen, (gpointer)name));
		for (const char *p = name; *p; p++)
			g_assert_true(g_ascii_islower(*p));
	}
	g_assert_cmpstr(station_error_name(STATION_ERROR_TIMEOUT), ==, "timeout");
	g_assert_cmpstr(station_error_name((enum station_error)99), ==, "unknown");
}

static void test_first_cause_wins(void)
{
	g_autoptr(GError) error = NULL;
	station_error_set(&error, STATION_ERROR_TIMEOUT, "no answer in %d s", 2);
	station_error_set(&error, STATION_ERROR_IO, "closed");
	g_assert_error(error, STATION_ERROR, STATION_ERROR_TIMEOUT);
	g_prefix_error(&error, "psu1: ");
	g_assert_cmpstr(error->message, ==, "psu1: no answer in 2 s");
	station_error_set(NULL, STATION_ERROR_IO, "nobody wants to know");
}

static void test_text_is_utf8(void)
{
	g_autoptr(GError) error = NULL;
	station_error_set(&error, STATION_ERROR_PROTOCOL, "got %s", "\xff\xfe!");
	g_assert_true(g_utf8_validate(error->message, -1, NULL));
	g_assert_nonnull(strstr(error->message, "got "));
}

static void test_units_fault(void)
{
	g_assert_false(station_error_is_units_fault(NULL));
	for (int code = STATION_ERROR_INTERNAL; code <= STATION_ERROR_AUTHORITY; code++) {
		g_autoptr(GError) error = NULL;
		station_error_set(&error, (enum station_error)code, "x");
		g_assert_cmpint(station_error_is_units_fault(error), ==,
		                code == STATION_ERROR_MODULE);
	}
	g_autoptr(GError) foreign = g_error_new_literal(G_MARKUP_ERROR, STATION_ERROR_MODULE,
	                                                "same number, other domain");
	g_assert_false(station_error_is_units_fault(foreign));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/base/error/names", test_names);
	g_test_add_func("/base/error/first_cause_wins", test_first_cause_wins);
	g_test_add_func("/base/error/text_is_utf8", test_text_is_utf8);
	g_test_add_func("/base/error/units_fault", test_units_fault);
	return g_test_run();
}
