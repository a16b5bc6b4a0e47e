/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "tests/unit/many_runs.h"
#include "tests/unit/store_place.h"

#include <json-glib/json-glib.h>
#include <string.h>

/* "station analyze" over a small store, as a program; its page in a real browser. */

enum { RUNS = 100 };

struct line {
	struct store_place place;
	char *config, *page;
};

static void line_init(struct line *line)
{
	struct many_runs many = {g_rand_new_with_seed(3), 4, 2, 0};
	GError *error = NULL;

	store_place_init(&line->place);
	line->config = g_build_filename(line->place.folder, "station.yaml", NULL);
	line->page = g_build_filename(line->place.folder, "page.html", NULL);
	g_file_set_contents(line->config,
	                    "station: S1\ninstruments: []\nsites: []\nproducts: []\n"
	                    "store: station.db\n",
	                    -1, &error);
	g_assert_no_error(error);
	for (guint i = 0; i < RUNS; i++) {
		g_autofree char *serial = g_strdup_printf("SN%03u", i % 10 == 9 ? 7 : i);
		g_autoptr(run_record) r = many_runs_next(&many, serial);

		/* a text that a page must not take for its own */
		record_text(&r->part_number, "<b>\"&PN");
		store_place_put(&line->place, r);
	}
	g_rand_free(many.random);
}

static void line_done(struct line *line)
{
	store_place_done(&line->place);
	g_free(line->config);
	g_free(line->page);
}

/* Runs it with the words of a line; what it wrote, and on standard error. */
static char *analyze(const struct line *line, const char *words, int code, char **err)
{
	g_autofree char *all =
		g_strdup_printf("station --config %s analyze %s", line->config, words);
	g_auto(GStrv) argv = NULL;
	char *out = NULL;
	GError *error = NULL;
	int status;

	g_assert_true(g_shell_parse_argv(all, NULL, &argv, &error));
	g_spawn_sync(NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, err, &status, &error);
	g_assert_no_error(error);
	g_assert_true(WIFEXITED(status));
	g_assert_cmpint(WEXITSTATUS(status), ==, code);
	return out;
}

static void assert_says(const char *text, const char *words)
{
	if (!strstr(text, words))
		g_error("no \"%s\" in:\n%s", words, text);
}

static void test_tables(gconstpointer data)
{
	const struct line *line = data;

	g_autofree char *yield = analyze(line, "yield --by lot", 0, NULL);
	assert_says(yield, "\nYield by lot\n");
	assert_says(yield, "\n  LOT-000 ");
	g_autofree char *trend = analyze(line, "trend --measurement tx_er --lane 1", 0, NULL);
	assert_says(trend, "! breaks a rule");
	g_autofree char *golden = analyze(line, "golden SN007 --measurement 'tx_o*'", 0, NULL);
	assert_says(golden, "serial SN007");
	g_autofree char *help = analyze(line, "--help", 0, NULL);
	assert_says(help, "\nexamples:\n");
}

static void test_refused(gconstpointer data)
{
	static const char *const calls[][2] = {
		{"capability --measurement tx_omaa", "did you mean \"tx_oma\"?"},
		{"--lot LOT-0000", "did you mean \"LOT-000\"?"},
		{"yield --since 2099-01-01", "none of "},
		{"rr", "no gauge study"},
	};
	const struct line *line = data;

	for (guint i = 0; i < G_N_ELEMENTS(calls); i++) {
		g_autofree char *err = NULL;
		g_autofree char *out = analyze(line, calls[i][0], 4, &err);

		g_assert_cmpstr(out, ==, "");
		assert_says(err, calls[i][1]);
	}
	g_autofree char *err = NULL;
	g_autofree char *out = analyze(line, "yield --since 31.1.2026", 2, &err);
	assert_says(err, "a date such as");
}

static void test_json(gconstpointer data)
{
	const struct line *line = data;
	g_autoptr(JsonParser) parser = json_parser_new();
	GError *error = NULL;

	g_autofree char *out = analyze(line, "capability --json --lane 2", 0, NULL);
	json_parser_load_from_data(parser, out, -1, &error);
	g_assert_no_error(error);
	JsonObject *root = json_node_get_object(json_parser_get_root(parser));
	g_assert_cmpstr(json_object_get_string_member(root, "schema"), ==, "station-analysis-1");
	JsonObject *table =
		json_array_get_object_element(json_object_get_array_member(root, "tables"), 0);
	JsonArray *rows = json_object_get_array_member(table, "rows");
	g_assert_cmpuint(json_array_get_length(rows), ==, 8);
	for (guint i = 0; i < 8; i++) {
		JsonObject *row = json_array_get_object_element(rows, i);

		g_assert_cmpint(json_object_get_int_member(row, "lane"), ==, 2);
		g_assert_cmpint(json_object_get_int_member(row, "n"), ==, 90);
		g_assert_cmpfloat(json_object_get_double_member(row, "ppk"), >, 0.9);
	}
}

/* What the browser made of the page: its tree as text. */
static char *browse(const struct line *line)
{
	g_autofree char *profile =
		g_strdup_printf("--user-data-dir=%s/browser", line->place.folder);
	g_autofree char *address = g_strconcat("file://", line->page, NULL);
	g_autofree char *cleaning = g_strdup_printf("rm -rf %s/browser", line->place.folder);
	const char *argv[] = {"chromium",       "--headless",
	                      "--no-sandbox",   "--disable-gpu",
	                      "--no-first-run", "--disable-background-networking",
	                      profile,          "--dump-dom",
	                      address,          NULL};
	char *out = NULL;
	GError *error = NULL;

	g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL,
	             NULL, NULL, &out, NULL, NULL, &error);
	g_assert_no_error(error);
	g_assert_true(g_spawn_command_line_sync(cleaning, NULL, NULL, NULL, NULL));
	return out;
}

static guint count(const char *text, const char *what)
{
	guint n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

static void test_page(gconstpointer data)
{
	static const char *const titles[] = {"Yield",
	                                     "Yield by product",
	                                     "First failing step",
	                                     "First failing measurement",
	                                     "Capability",
	                                     "Trends",
	                                     "Where rules were broken"};
	const struct line *line = data;
	g_autofree char *browser = g_find_program_in_path("chromium");

	g_autofree char *words = g_strdup_printf("--by product --html %s", line->page);
	g_autofree char *out = analyze(line, words, 0, NULL);
	g_autofree char *page = NULL;
	g_assert_true(g_file_get_contents(line->page, &page, NULL, NULL));
	g_assert_cmpuint(strlen(page), <, 1500000);
	g_assert_null(strstr(page, "http"));
	g_assert_null(strstr(page, "<script"));
	if (!browser) {
		g_test_skip("no chromium here");
		return;
	}
	g_autofree char *seen = browse(line);
	for (guint i = 0; i < G_N_ELEMENTS(titles); i++) {
		g_autofree char *heading = g_strdup_printf("<h2>%s</h2>", titles[i]);
		assert_says(seen, heading);
	}
	assert_says(seen, "&lt;b&gt;\"&amp;PN</td>");
	g_assert_cmpuint(count(seen, "<svg class=\"chart\""), ==, 4);
	g_assert_cmpuint(count(seen, "role=\"img\" aria-label="), ==, 4);
	g_assert_cmpuint(count(seen, "<circle class=\"point\"") +
	                         count(seen, "<polygon class=\"breach\""),
	                 ==, 4 * 90);
	assert_says(seen, ">upper control</text>");
}

int main(int argc, char **argv)
{
	struct line line;
	int failed;

	g_test_init(&argc, &argv, NULL);
	line_init(&line);
	g_test_add_data_func("/analyze/tables", &line, test_tables);
	g_test_add_data_func("/analyze/refused", &line, test_refused);
	g_test_add_data_func("/analyze/json", &line, test_json);
	g_test_add_data_func("/analyze/page", &line, test_page);
	failed = g_test_run();
	line_done(&line);
	return failed;
}
