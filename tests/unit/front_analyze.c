/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/analyze_call.h"

#include <math.h>
#include <string.h>

static void test_times(void)
{
	static const struct {
		const char *text;
		gboolean until;
		gint64 s; /* 0: refused */
	} rows[] = {
		{"2026-01-31", FALSE, 1769817600},
		{"2026-01-31", TRUE, 1769817600 + 86400},
		{"2026-01-31T14:30", FALSE, 1769869800},
		{"2026-01-31T14:30", TRUE, 1769869800},
		{"2026-01-31T14:30:05", FALSE, 1769869805},
		{"2026-01-31T14:30Z", FALSE, 1769869800},
		{"2026-01-31T14:30+01:00", FALSE, 1769866200},
		{"2026-01-31T14:30:05-02:30", FALSE, 1769878805},
		{"2024-02-29", FALSE, 1709164800},
		{"2026-02-29", FALSE, 0},
		{"2026-13-01", FALSE, 0},
		{"2026-1-31", FALSE, 0},
		{"2026-01-31 14:30", FALSE, 0},
		{"2026-01-31T24:30", FALSE, 0},
		{"2026-01-31T14:30:61", FALSE, 0},
		{"2026-01-31T14:30+99:99", FALSE, 0},
		{"2026-01-31Z", FALSE, 0},
		{"20260131", FALSE, 0},
		{"yesterday", FALSE, 0},
		{"", FALSE, 0},
		{"2026-01-311", FALSE, 0},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 time_us = 0;
		gboolean good = analyze_parse_time(rows[i].text, rows[i].until, &time_us);

		if (good != (rows[i].s != 0) || time_us != rows[i].s * G_USEC_PER_SEC)
			g_error("\"%s\": %" G_GINT64_FORMAT, rows[i].text, time_us);
	}
}

/* Splits a line into words and parses it behind "analyze"; what is wrong, or null. */
static char *parse(struct analyze_call *call, char ***words, const char *line)
{
	char *wrong = NULL;

	*words = g_strsplit(line, " ", -1);
	if (analyze_call_parse(call, (int)g_strv_length(*words), *words, &wrong))
		return NULL;
	g_assert_nonnull(wrong);
	return wrong;
}

static void test_call(void)
{
	struct analyze_call call;
	g_auto(GStrv) words = NULL;
	g_autofree char *wrong = parse(&call, &words,
	                               "analyze correlate --lot L tx_oma --lane=3 tx_tdecq "
	                               "--since 2026-01-31 --confidence 99 --json");

	g_assert_cmpstr(wrong, ==, NULL);
	g_assert_cmpstr(call.kind->name, ==, "correlate");
	g_assert_cmpstr(call.operands[1], ==, "tx_tdecq");
	g_assert_cmpstr(call.selection.lot, ==, "L");
	g_assert_cmpint(call.selection.lane, ==, 3);
	g_assert_true(call.selection.within_lots);
	g_assert_false(call.selection.all_tries);
	g_assert_cmpfloat_with_epsilon(call.settings.confidence, 0.99, 1e-12);
	g_assert_true(call.json);
}

static void test_call_settled(void)
{
	struct analyze_call call;
	g_auto(GStrv) none = NULL, golden = NULL, site = NULL;

	g_assert_null(parse(&call, &none, "analyze"));
	g_assert_cmpstr(call.kind->name, ==, "overview");
	g_assert_cmpint(call.settings.by, ==, ANALYZE_BY_LOT);
	g_assert_cmpint(call.selection.lane, ==, -1);
	g_assert_null(parse(&call, &golden, "analyze golden G1 --baseline 30"));
	g_assert_true(call.selection.all_tries);
	g_assert_cmpuint(call.settings.baseline, ==, 30);
	g_assert_null(parse(&call, &site, "analyze bias --by station --rules western-electric"));
	g_assert_cmpint(call.settings.by, ==, ANALYZE_BY_STATION);
	g_assert_cmpuint(call.settings.one_side, ==, 8);
}

static void test_call_refused(void)
{
	static const char *const rows[][2] = {
		{"analyze yeild", "did you mean \"yield\"?"},
		{"analyze --lots L", "did you mean \"--lot\"?"},
		{"analyze --lot", "--lot without a value"},
		{"analyze --lot=", "--lot without a value"},
		{"analyze --json=1", "takes no value"},
		{"analyze yield more", "no further word"},
		{"analyze golden", "golden wants SERIAL"},
		{"analyze correlate a", "correlate wants A B"},
		{"analyze correlate a b c", "correlate wants A B"},
		{"analyze --site 0", "whole number from 1"},
		{"analyze --lane 1.5", "whole number from 0"},
		{"analyze --since today", "a date such as"},
		{"analyze --since 2026-02-01 --until 2026-01-30", "not before"},
		{"analyze --by hour", "all, lot, product"},
		{"analyze --tries some", "first or all"},
		{"analyze --rules few", "nelson"},
		{"analyze --confidence 100", "percent"},
		{"analyze --top 0", "whole number from 1"},
		{"analyze --baseline 1", "whole number from 2"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct analyze_call call;
		g_auto(GStrv) words = NULL;
		g_autofree char *wrong = parse(&call, &words, rows[i][0]);

		if (!wrong || !strstr(wrong, rows[i][1]))
			g_error("\"%s\": \"%s\"", rows[i][0], wrong);
	}
}

/* --- text ------------------------------------------------------------------------------------- */

static const struct analysis_column columns[] = {
	{"name", "Name", ANALYSIS_TEXT},      {"mean", "Mean", ANALYSIS_QUANTITY},
	{"sd", "sd", ANALYSIS_DIFFERENCE, 2}, {"share", "Share", ANALYSIS_SHARE, 1, TRUE},
	{"none", "Never", ANALYSIS_NUMBER},
};

static struct analysis *sample(void)
{
	struct analysis *analysis = analysis_new("what", "Title");
	struct analysis_table *table =
		analysis_table(analysis, "table", "A table", columns, G_N_ELEMENTS(columns));
	struct analysis_chart *chart =
		analysis_chart(analysis, ANALYSIS_HISTOGRAM, "bins", "A picture");

	analysis_fact(analysis, "lot", "%s", "L<1>");
	analysis_row(table, "dBm", "tx_oma", 1.234, 0.5, 0.25, NAN);
	analysis_row(table, "W", "power", 9.5, 0.25, 1.0, NAN);
	analysis_note(table, "A note.");
	analysis_axes(chart, "tx_oma", "dBm", "values", "");
	analysis_point(chart, 1.0, 2, FALSE);
	analysis_point(chart, 1.5, 4, FALSE);
	analysis_line(chart, 1.25, "mean", FALSE);
	analysis_line(chart, NAN, "not there", TRUE);
	return analysis;
}

static void test_text(void)
{
	g_autoptr(analysis) analysis = sample();
	g_autofree char *wide = analyze_text(analysis, 100, FALSE);
	g_autofree char *narrow = analyze_text(analysis, 30, TRUE);

	g_assert_cmpstr(wide, ==,
	                "lot L<1>\n\nA table\n"
	                "  Name         Mean        sd     Share\n"
	                "  tx_oma  1.234 dBm  0.500 dB   25.00 %  #####\n"
	                "  power       9.5 W    250 mW  100.00 %  ####################\n"
	                "  A note.\n\nA picture\n"
	                "      1.00 dBm |#################### 2\n"
	                "      1.25 dBm |---- mean\n"
	                "      1.50 dBm |######################################## 4\n");
	g_assert_nonnull(strstr(narrow, "\n  tx_oma  1.234 dBm\n"));
	g_assert_nonnull(strstr(narrow, "2 columns more with --wide"));
}

static void test_pictures(void)
{
	g_autoptr(analysis) analysis = analysis_new("x", "x");
	struct analysis_chart *run = analysis_chart(analysis, ANALYSIS_RUN, "run", "A run");
	struct analysis_chart *none = analysis_chart(analysis, ANALYSIS_RUN, "none", "Nothing");
	g_autoptr(GString) out = g_string_new(NULL);

	analysis_axes(run, "unit", "", "tx_oma", "dBm");
	analysis_axes(none, "unit", "", "tx_oma", "dBm");
	for (guint i = 0; i < 10; i++)
		analysis_point(run, i + 1, i == 7 ? 5.0 : i % 2, i == 7);
	analysis_line(run, 0.5, "centre", FALSE);
	analysis_line(run, 99.0, "far away", TRUE);
	analyze_picture(out, run, 60, FALSE);
	g_assert_nonnull(strstr(out->str, "5.00 dBm |                  !"));
	g_assert_nonnull(strstr(out->str, "0.50 dBm |--------"));
	g_assert_nonnull(strstr(out->str, "- centre\n"));
	g_assert_null(strstr(out->str, "far away"));
	g_assert_nonnull(strstr(out->str, "unit 1 to 10; ! breaks a rule\n"));
	g_string_truncate(out, 0);
	analyze_picture(out, none, 60, FALSE);
	g_assert_cmpstr(out->str, ==, "Nothing\n");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/analyze/times", test_times);
	g_test_add_func("/analyze/call", test_call);
	g_test_add_func("/analyze/call/settled", test_call_settled);
	g_test_add_func("/analyze/call/refused", test_call_refused);
	g_test_add_func("/analyze/text", test_text);
	g_test_add_func("/analyze/pictures", test_pictures);
	return g_test_run();
}
