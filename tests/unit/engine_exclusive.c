/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/exclusive.h"

#include "base/error.h"

#include <glib/gstdio.h>
#include <string.h>

#define METER   "TCPIP::127.0.0.1::5025::SOCKET"
#define FIXTURE "controller:127.0.0.1:5999"

static const gint64 s = G_USEC_PER_SEC;

struct pair {
	char *folder;
	struct exclusive *mine, *other;
};

static void pair_start(struct pair *pair)
{
	pair->folder = g_dir_make_tmp("exclusive-XXXXXX", NULL);
	g_setenv("STATION_LOCKDIR", pair->folder, TRUE);
	pair->mine = exclusive_new("line1");
	pair->other = exclusive_new("line2");
}

static void pair_stop(struct pair *pair)
{
	exclusive_free(pair->mine);
	exclusive_free(pair->other);
	g_assert_cmpint(g_rmdir(pair->folder), ==, 0);
	g_free(pair->folder);
	g_unsetenv("STATION_LOCKDIR");
}

static void take(struct exclusive *exclusive, const char *name, const char *resource)
{
	GError *error = NULL;

	exclusive_take(exclusive, name, resource, &error);
	g_assert_no_error(error);
}

static void in_vain(gboolean taken, GError **error, enum station_error code, const char *begins)
{
	g_assert_false(taken);
	g_assert_error(*error, STATION_ERROR, (int)code);
	if (!g_str_has_prefix((*error)->message, begins))
		g_error("\"%s\" does not begin \"%s\"", (*error)->message, begins);
	g_clear_error(error);
}

static void test_instruments(void)
{
	struct pair pair;
	GError *error = NULL;

	pair_start(&pair);
	take(pair.mine, "meter1", METER);
	take(pair.mine, "meter1", METER); /* connected anew */
	take(pair.mine, "the same box", "trace:" METER);
	in_vain(exclusive_take(pair.other, "opm", METER, &error), &error, STATION_ERROR_REFUSED,
	        "opm: in use by station \"line1\" (user ");
	g_autofree char *own = exclusive_holder(pair.mine, METER);
	g_autofree char *others = exclusive_holder(pair.other, METER);
	g_assert_cmpstr(own, ==, "this process");
	g_assert_true(g_str_has_prefix(others, "in use by station \"line1\" (user "));
	g_assert_null(exclusive_holder(pair.other, "TCPIP::127.0.0.1::5027::SOCKET"));
	take(pair.other, "played back", "replay:file=/x:" METER);
	take(pair.other, "another", "TCPIP::127.0.0.1::5026::SOCKET");
	in_vain(exclusive_take(pair.other, "bad", "TCPIP", &error), &error, STATION_ERROR_CONFIG,
	        "bad: ");
	exclusive_free(pair.mine);
	pair.mine = NULL;
	take(pair.other, "opm", METER);
	pair_stop(&pair);
}

static void test_fixtures(void)
{
	struct pair pair;
	GError *error = NULL;

	pair_start(&pair);
	g_assert_true(exclusive_take_fixture(pair.mine, 1, FIXTURE, &error));
	in_vain(exclusive_take_fixture(pair.other, 2, "record:file=/x:" FIXTURE, &error), &error,
	        STATION_ERROR_REFUSED, "fixture of site 2: in use by station \"line1\"");
	g_assert_true(exclusive_take_fixture(pair.other, 2, "replay:file=/x:" FIXTURE, &error));
	g_assert_true(exclusive_take_fixture(pair.mine, 1, "controller:/dev/none", &error));
	in_vain(exclusive_take_fixture(pair.other, 2, "controller:/dev/none", &error), &error,
	        STATION_ERROR_REFUSED, "fixture of site 2: in use by station \"line1\"");
	/* whoever opens it says what is wrong */
	g_assert_true(exclusive_take_fixture(pair.mine, 1, "board:file=/none.yaml", &error));
	in_vain(exclusive_take_fixture(pair.other, 2, "board:file=/none.yaml", &error), &error,
	        STATION_ERROR_REFUSED, "fixture of site 2: in use by station \"line1\"");
	g_assert_true(exclusive_take_fixture(pair.mine, 1, "controller", &error));
	g_assert_true(exclusive_take_fixture(pair.mine, 1, "controller:host", &error));
	g_assert_no_error(error);
	pair_stop(&pair);
}

static void test_seen(void)
{
	struct pair pair;

	pair_start(&pair);
	g_assert_cmpint(exclusive_seen_on(pair.mine, METER, "A", 100 * s), ==, 100 * s);
	g_assert_cmpint(exclusive_seen_on(pair.mine, METER, "A", 200 * s), ==, 100 * s);
	/* another station on this computer knows it, whatever stands in front */
	g_assert_cmpint(exclusive_seen_on(pair.other, "trace:" METER, "A", 3700 * s), ==, 100 * s);
	/* seen an hour ago at the latest */
	g_assert_cmpint(exclusive_seen_on(pair.mine, METER, "A", 7301 * s), ==, 7301 * s);
	/* another one in its place; a clock set back */
	g_assert_cmpint(exclusive_seen_on(pair.mine, METER, "B", 7400 * s), ==, 7400 * s);
	g_assert_cmpint(exclusive_seen_on(pair.mine, METER, "B", 7300 * s), ==, 7300 * s);
	/* it did not answer */
	exclusive_seen_off(pair.mine, METER);
	g_assert_cmpint(exclusive_seen_on(pair.mine, METER, "B", 7500 * s), ==, 7500 * s);
	g_assert_cmpint(exclusive_seen_on(pair.mine, "replay:file=/x:" METER, "B", 7500 * s), ==,
	                0);
	exclusive_seen_off(pair.mine, METER);
	pair_stop(&pair);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/exclusive/instruments", test_instruments);
	g_test_add_func("/exclusive/fixtures", test_fixtures);
	g_test_add_func("/exclusive/seen", test_seen);
	return g_test_run();
}
