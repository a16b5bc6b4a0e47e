/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/operator_policy.h"

#include "base/error.h"

#include <string.h>

static struct operator_policy *load(const char *text, GError **error)
{
	g_autoptr(yaml_doc) doc = yaml_load_text(text, -1, "station.yaml", error);

	return doc ? operator_policy_load(yaml_root(doc), "/etc/station/station.yaml", error)
	           : NULL;
}

static void test_defaults(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(operator_policy) policy =
		operator_policy_load(NULL, "/etc/station/station.yaml", &error);

	g_assert_no_error(error);
	g_assert_null(policy->users_path);
	g_assert_cmpstr(policy->lots_path, ==, "/etc/station/lots");
	g_assert_cmpuint(policy->n_shifts, ==, 3);
	g_assert_cmpuint(policy->shifts[0], ==, 6 * 60);
	g_assert_cmpuint(policy->shifts[2], ==, 22 * 60);
	g_assert_null(policy->serial_pattern);
	g_assert_true(operator_policy_serial_fits(policy, "anything"));
	g_assert_cmpstr(policy->prefix, ==, "");
	g_assert_cmpstr(policy->suffix, ==, "");
	g_assert_cmpfloat(policy->scan_gap_s, ==, 0.03);
	g_assert_cmpuint(policy->retests, ==, 1);
	g_assert_cmpfloat(policy->lock_after_s, ==, 0);
	g_assert_cmpint(policy->theme, ==, OPERATOR_THEME_BLUE);
	g_assert_null(policy->language);
	g_assert_null(policy->label_path);
	g_assert_null(policy->label_command);
	g_assert_null(policy->labels_path);
}

static void test_all(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(operator_policy) policy =
		load("users: users.yaml\nlots: /srv/lots\nshifts: [22:30, \"06:05\"]\n"
	             "serial: \"DR4[0-9]{5}\"\nprefix: \"#\"\nsuffix: \"$\"\nscan_gap: 20 ms\n"
	             "retests: 0\nlock_after: 10 min\ntheme: mono\nlanguage: zh_CN\n"
	             "label_command: [lp, -d, zebra]\nlabels: printed\n",
	             &error);

	g_assert_no_error(error);
	g_assert_cmpstr(policy->users_path, ==, "/etc/station/users.yaml");
	g_assert_cmpstr(policy->lots_path, ==, "/srv/lots");
	g_assert_cmpuint(policy->n_shifts, ==, 2);
	g_assert_cmpuint(policy->shifts[0], ==, 6 * 60 + 5);
	g_assert_cmpuint(policy->shifts[1], ==, 22 * 60 + 30);
	g_assert_cmpstr(policy->serial_pattern, ==, "DR4[0-9]{5}");
	g_assert_cmpstr(policy->prefix, ==, "#");
	g_assert_cmpstr(policy->suffix, ==, "$");
	g_assert_cmpfloat_with_epsilon(policy->scan_gap_s, 0.02, 1e-12);
	g_assert_cmpuint(policy->retests, ==, 0);
	g_assert_cmpfloat(policy->lock_after_s, ==, 600);
	g_assert_cmpstr(operator_theme_name(policy->theme), ==, "mono");
	g_assert_cmpstr(policy->language, ==, "zh_CN");
	g_assert_cmpstr(policy->label_command[2], ==, "zebra");
	g_assert_null(policy->label_command[3]);
	g_assert_cmpstr(policy->labels_path, ==, "/etc/station/printed");
}

static void test_refused(void)
{
	static const struct {
		const char *text, *says;
	} rows[] = {
		{"users: u\nthem: blue",
	         "station.yaml:2: key \"them\" is not known; did you mean \"theme\"?"},
		{"users: \"\"", "station.yaml:1: users wants a name"},
		{"users: [a]", "station.yaml:1: users"},
		{"retests: 1\nlots: \"\"", "station.yaml:2: lots wants a name"},
		{"shifts: []", "shifts: 1 to 24"},
		{"shifts:\n- 06:00\n- 24:00", "station.yaml:3: shifts: \"24:00\" is not a time"},
		{"shifts: [6:00]", "\"6:00\" is not a time such as 06:00"},
		{"shifts: [06:60]", "\"06:60\" is not"},
		{"shifts: [0600]", "\"0600\" is not"},
		{"shifts: [\"06:00:00\"]", "\"06:00:00\" is not"},
		{"shifts: [\"06:0\"]", "\"06:0\" is not"},
		{"shifts: [06:00, 06:00]", "06:00 is there twice"},
		{"shifts: 06:00", "shifts"},
		{"retests: 1\nserial: \"A(\"",
	         "station.yaml:2: serial: \"A(\" is no regular expression"},
		{"serial: \"A)(?:B\"", "is no regular expression"},
		{"prefix: \"123456789012345678901234567890123\"", "prefix: 32 bytes at most"},
		{"suffix: \"123456789012345678901234567890123\"", "suffix: 32 bytes at most"},
		{"scan_gap: 30", "scan_gap"},
		{"scan_gap: 0 ms", "scan_gap is 1 ms to 1 s"},
		{"scan_gap: 2 s", "scan_gap is 1 ms to 1 s"},
		{"retests: -1", "retests"},
		{"retests: 1.5", "retests"},
		{"lock_after: 5 s", "lock_after is 10 s to a day"},
		{"lock_after: -5 s", "lock_after is 10 s to a day"},
		{"lock_after: 2 V", "lock_after"},
		{"theme: clasic", "none of blue, classic, mono; did you mean \"classic\"?"},
		{"retests: 1\nlanguage: zh", "station.yaml:2: \"language: zh\" is none of en,"},
		{"label_command: [\"\"]", "label_command wants the name of a program"},
		{"label_command: lp", "label_command"},
		{"label: absent.zpl\nlabels: l", "label \"absent.zpl\" is neither beside this"},
		{"label: /dev/fd", "label \"/dev/fd\" is neither"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		g_assert_null(load(rows[i].text, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!strstr(error->message, rows[i].says) ||
		    !g_str_has_prefix(error->message, "station.yaml:"))
			g_error("case %u: \"%s\" does not say \"%s\"", i, error->message,
			        rows[i].says);
	}
}

/* A template is no use without a place for what it makes. */
static void test_label_goes_nowhere(void)
{
	g_autofree char *text = g_strdup_printf("label: %s/INSTALL.md\n", g_getenv("STATION_SRC"));
	g_autofree char *both = g_strconcat(text, "labels: l\n", NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(operator_policy) policy = load(text, &error);

	g_assert_null(policy);
	g_assert_nonnull(strstr(error->message, "station.yaml:1: label wants label_command or"));
	g_clear_error(&error);
	policy = load(both, &error);
	g_assert_no_error(error);
	g_assert_true(g_str_has_suffix(policy->label_path, "/INSTALL.md"));
}

/* The whole serial number, whichever alternative comes first. */
static void test_serial(void)
{
	static const struct {
		const char *pattern, *serial;
		gboolean fits;
	} rows[] = {
		{"A|AB", "AB", TRUE},           {"A|AB", "ABC", FALSE},
		{"A|AB", "CAB", FALSE},         {"[0-9]+", "123", TRUE},
		{"[0-9]+", "123\\n", FALSE},    {"[0-9]+", "123\n", FALSE},
		{"[0-9]+$", "123\n", FALSE},    {".*", "1\n2", FALSE},
		{"[0-9]+", "", FALSE},          {"(?i)dr4-[0-9]+", "DR4-1", TRUE},
		{"\\\\p{L}+", "\u00e9", TRUE},  {".+", "\xff", FALSE},
		{"(a+)+b", "aaaaaaaaa", FALSE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("serial: \"%s\"\n", rows[i].pattern);
		g_autoptr(GError) error = NULL;
		g_autoptr(operator_policy) policy = load(text, &error);

		g_assert_no_error(error);
		if (operator_policy_serial_fits(policy, rows[i].serial) != rows[i].fits)
			g_error("case %u: %s, \"%s\"", i, rows[i].pattern, rows[i].serial);
	}
}

static gint64 at(const char *utc)
{
	g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(utc, NULL);

	g_assert_nonnull(time);
	return g_date_time_to_unix(time) * G_USEC_PER_SEC;
}

/* Central Europe: over midnight, and where the clock goes on or back. */
static void test_shift_start(void)
{
	static const struct {
		const char *shifts, *now, *start;
	} rows[] = {
		{"[06:00, 14:00, 22:00]", "2026-01-15T05:00:00Z", "2026-01-15T05:00:00Z"},
		{"[06:00, 14:00, 22:00]", "2026-01-15T04:59:59Z", "2026-01-14T21:00:00Z"},
		{"[06:00, 14:00, 22:00]", "2026-01-14T23:30:00Z", "2026-01-14T21:00:00Z"},
		{"[06:00, 14:00, 22:00]", "2026-01-15T12:59:59Z", "2026-01-15T05:00:00Z"},
		{"[06:00, 14:00, 22:00]", "2026-01-01T01:00:00Z", "2025-12-31T21:00:00Z"},
		/* summer time: begins 29 March 01:00 UTC, ends 25 October 01:00 UTC */
		{"[06:00, 14:00, 22:00]", "2026-07-15T04:00:00Z", "2026-07-15T04:00:00Z"},
		{"[06:00, 14:00, 22:00]", "2026-03-29T03:59:59Z", "2026-03-28T21:00:00Z"},
		{"[06:00, 14:00, 22:00]", "2026-03-29T04:00:00Z", "2026-03-29T04:00:00Z"},
		{"[06:00, 14:00, 22:00]", "2026-10-25T04:59:59Z", "2026-10-24T20:00:00Z"},
		{"[06:00, 14:00, 22:00]", "2026-10-25T05:00:00Z", "2026-10-25T05:00:00Z"},
		/* a start that the clock skips, one that it shows twice */
		{"[02:30]", "2026-03-29T00:59:59Z", "2026-03-28T01:30:00Z"},
		{"[02:30]", "2026-03-29T01:30:00Z", "2026-03-29T01:00:00Z"},
		{"[02:30]", "2026-10-25T01:29:59Z", "2026-10-24T00:30:00Z"},
		{"[02:30]", "2026-10-25T01:30:00Z", "2026-10-25T01:30:00Z"},
		/* one shift a day; one that begins at midnight */
		{"[12:00]", "2026-01-15T10:00:00Z", "2026-01-14T11:00:00Z"},
		{"[00:00]", "2026-01-14T23:00:00Z", "2026-01-14T23:00:00Z"},
		{"[23:59]", "2026-01-14T22:58:59Z", "2026-01-13T22:59:00Z"},
	};
	g_autoptr(GTimeZone) zone = g_time_zone_new_identifier("CET-1CEST,M3.5.0,M10.5.0/3");

	g_assert_nonnull(zone);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf("shifts: %s\n", rows[i].shifts);
		g_autoptr(GError) error = NULL;
		g_autoptr(operator_policy) policy = load(text, &error);

		g_assert_no_error(error);
		if (operator_policy_shift_start_in(policy, zone, at(rows[i].now)) !=
		    at(rows[i].start))
			g_error("case %u", i);
	}
}

/* The tests run with TZ=UTC. A fraction of a second belongs to its second. */
static void test_shift_start_local(void)
{
	g_autoptr(operator_policy) policy = load("shifts: [06:00, 18:00]\n", NULL);

	g_assert_cmpint(operator_policy_shift_start(policy, at("2026-07-15T18:00:00Z") + 1), ==,
	                at("2026-07-15T18:00:00Z"));
	g_assert_cmpint(operator_policy_shift_start(policy, at("2026-07-15T18:00:00Z") - 1), ==,
	                at("2026-07-15T06:00:00Z"));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/operator-policy/defaults", test_defaults);
	g_test_add_func("/operator-policy/all", test_all);
	g_test_add_func("/operator-policy/refused", test_refused);
	g_test_add_func("/operator-policy/label-goes-nowhere", test_label_goes_nowhere);
	g_test_add_func("/operator-policy/serial", test_serial);
	g_test_add_func("/operator-policy/shift-start", test_shift_start);
	g_test_add_func("/operator-policy/shift-start-local", test_shift_start_local);
	return g_test_run();
}
