/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/waveform_output.h"

#include "base/error.h"
#include "tests/unit/front_call.h"
#include "tests/unit/signal_wave.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>

static const struct step_table no_steps = {NULL, 0};

/* --- whole calls ------------------------------------------------------------------------------ */

struct place {
	char *folder;
	char *fast, *slow, *upside_down, *unfiltered, *noise, *text; /* files */
};

/* PRBS13Q; with bessel_ui 0 not behind a reference receiver. */
static void make_wave(const char *path, double pole_ui, double bessel_ui, gboolean inverted)
{
	gsize n;
	g_autofree guint8 *symbols = pattern_symbols(PATTERN_PRBS13Q, &n, NULL);
	struct maker maker = {.symbols = symbols,
	                      .n_symbols = n,
	                      .spu = 16,
	                      .level_w = {0.2e-3, 0.2e-3 + 0.8e-3 / 3, 0.2e-3 + 1.6e-3 / 3, 1e-3},
	                      .pole_ui = pole_ui,
	                      .bessel_ui = bessel_ui,
	                      .rotate = 1234};
	g_autoptr(waveform) wave = NULL;
	GError *error = NULL;

	for (gsize i = 0; inverted && i < n; i++)
		symbols[i] = 3 - symbols[i];
	wave = maker_run(&maker);
	maker_add_noise(wave, 3e-6, 7);
	wave_file_write(path, wave, &error);
	g_assert_no_error(error);
}

/* Eight 3s, eight 0s, as they are; with a step of 0 there is nothing in it. */
static void make_square(const char *path, float step_w)
{
	g_autoptr(waveform) wave = waveform_new(16, 16, maker_baud, NULL);
	GError *error = NULL;

	for (gsize i = 0; i < waveform_length(wave); i++)
		wave->power_w[i] = i < waveform_length(wave) / 2 ? 1e-4f + step_w : 1e-4f;
	wave_file_write(path, wave, &error);
	g_assert_no_error(error);
}

static void make_noise(const char *path)
{
	g_autoptr(waveform) wave = waveform_new(8191, 16, maker_baud, NULL);
	GError *error = NULL;

	maker_add_noise(wave, 1e-3, 3);
	wave->filter_bandwidth_hz = 0.5 * maker_baud;
	wave_file_write(path, wave, &error);
	g_assert_no_error(error);
}

static char *in(const struct place *place, const char *name)
{
	return g_build_filename(place->folder, name, NULL);
}

static void place_init(struct place *place)
{
	place->folder = g_dir_make_tmp("waveform-XXXXXX", NULL);
	place->fast = in(place, "fast.npy");
	place->slow = in(place, "slow.npy");
	place->upside_down = in(place, "upside-down.npy");
	place->unfiltered = in(place, "unfiltered.npy");
	place->noise = in(place, "noise.npy");
	place->text = in(place, "text.csv");
	make_wave(place->fast, 0.15, 0.5, FALSE);
	make_wave(place->slow, 0.4, 0.5, FALSE);
	make_wave(place->upside_down, 0.15, 0.5, TRUE);
	make_wave(place->unfiltered, 0.15, 0.0, FALSE);
	make_noise(place->noise);
	g_assert_true(
		g_file_set_contents(place->text, "# symbol_rate: 53.125 GBd\nlight\n", -1, NULL));
}

static void place_done(struct place *place)
{
	char *const texts[] = {place->folder,     place->fast,  place->slow, place->upside_down,
	                       place->unfiltered, place->noise, place->text};
	g_autoptr(GDir) dir = g_dir_open(place->folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = in(place, name);
		g_unlink(path);
	}
	g_assert_cmpint(g_rmdir(place->folder), ==, 0);
	for (guint i = 0; i < G_N_ELEMENTS(texts); i++)
		g_free(texts[i]);
}

/* Exit code, and texts in what was printed on each stream (null: nothing was). */
static void expect(const char *const *words, int code, const char *out, const char *err)
{
	struct said said = call(&no_steps, words);
	gboolean good = said.code == code && (out ? strstr(said.out, out) != NULL : !*said.out) &&
	                (err ? strstr(said.err, err) != NULL : !*said.err);

	if (!good)
		g_error("%s %s %s: code %d, out \"%s\", err \"%s\"", words[1], words[2],
		        words[2] ? words[3] : "", said.code, said.out, said.err);
	said_clear(&said);
}

static void test_calls(const struct place *place)
{
	static const char w[] = "waveform", p[] = "--pattern", p13[] = "PRBS13Q";
	g_autofree char *absent = in(place, "absent.npy");

	expect(WORDS(w, "--help"), EXIT_CODE_OK, "\nexamples:\n  station waveform", NULL);
	expect(WORDS(w), EXIT_CODE_USAGE, NULL, "see: station waveform --help");
	expect(WORDS(w, place->fast, p, p13), EXIT_CODE_OK, "\n  TDECQ  ", NULL);
	expect(WORDS(w, place->fast, p, "auto"), EXIT_CODE_OK, "\n  PRBS13Q, 8191 symbols of 16 ",
	       NULL);
	expect(WORDS(w, place->fast, p, p13, "--as", "tecq"), EXIT_CODE_OK, "\n  TECQ  ", NULL);
	expect(WORDS(w, place->upside_down, p, p13), EXIT_CODE_OK, "\n  PRBS13Q inverted, ", NULL);
	/* no value is no failure, and what to do about it is told */
	expect(WORDS(w, place->unfiltered, p, p13), EXIT_CODE_OK, "not-filtered: give --filter",
	       NULL);
	expect(WORDS(w, place->unfiltered, p, p13, "--apply-filter"), EXIT_CODE_OK,
	       "reference receiver 26.5625 GHz", NULL);
	/* refused by the analysis; the file is not at fault */
	expect(WORDS(w, place->fast), EXIT_CODE_ERROR, NULL, "(wrong-length); give --pattern");
	expect(WORDS(w, place->noise, p, p13), EXIT_CODE_ERROR, NULL,
	       "(wrong-pattern); give --pattern");
	expect(WORDS(w, place->noise, p, "auto"), EXIT_CODE_ERROR, NULL,
	       "8191 symbols: not the pattern PRBS13Q (wrong-pattern)");
	expect(WORDS(w, place->fast, p, p13, "--apply-filter"), EXIT_CODE_ERROR, NULL,
	       "went through one already");
	/* no waveform */
	expect(WORDS(w, absent), EXIT_CODE_CONFIG, NULL, "absent.npy");
	expect(WORDS(w, place->text), EXIT_CODE_CONFIG, NULL, "text.csv:2");
	/* others are analysed all the same */
	expect(WORDS(w, absent, place->fast, p, p13), EXIT_CODE_CONFIG, "\n  TDECQ  ",
	       "absent.npy");
}

/* Every column of the short form begins in the same place in each line. */
static void test_brief(const struct place *place)
{
	struct said said = call(&no_steps, WORDS("waveform", place->fast, place->noise, place->slow,
	                                         "--brief", "--pattern", "prbs13q"));
	g_auto(GStrv) lines = g_strsplit(said.out, "\n", -1);
	gsize at;

	g_assert_cmpint(said.code, ==, EXIT_CODE_ERROR);
	g_assert_cmpuint(g_strv_length(lines), ==, 5);
	g_assert_nonnull(strstr(lines[0], "TDECQ"));
	at = (gsize)(strstr(lines[0], "Pavg") + 4 - lines[0]);
	g_assert_cmpuint(strstr(lines[1], "dBm") + 3 - lines[1], ==, at);
	g_assert_cmpuint(strstr(lines[3], "dBm") + 3 - lines[3], ==, at);
	g_assert_true(g_str_has_prefix(lines[2], place->noise));
	g_assert_true(g_str_has_suffix(lines[2], "-  wrong-pattern"));
	g_assert_true(g_str_has_prefix(lines[3], place->slow));
	said_clear(&said);
}

/* --- JSON ------------------------------------------------------------------------------------- */

static JsonParser *json_of(const char *const *words, int code)
{
	struct said said = call(&no_steps, words);
	JsonParser *parser = json_parser_new();
	GError *error = NULL;

	g_assert_cmpint(said.code, ==, code);
	json_parser_load_from_data(parser, said.out, -1, &error);
	g_assert_no_error(error);
	said_clear(&said);
	return parser;
}

static JsonObject *json_root(JsonParser *parser)
{
	return json_node_get_object(json_parser_get_root(parser));
}

static JsonObject *json_file(JsonParser *parser, guint i)
{
	JsonArray *files = json_object_get_array_member(json_root(parser), "files");

	return json_array_get_object_element(files, i);
}

static JsonObject *json_value(JsonObject *file, const char *key)
{
	return json_object_get_object_member(json_object_get_object_member(file, "values"), key);
}

static void test_json(const struct place *place)
{
	g_autoptr(JsonParser) parser =
		json_of(WORDS("waveform", place->fast, place->noise, "--json", "--pattern", "auto"),
	                EXIT_CODE_ERROR);
	JsonObject *root = json_root(parser), *first = json_file(parser, 0), *value, *error;

	g_assert_cmpstr(json_object_get_string_member(root, "schema"), ==, WAVEFORM_SCHEMA);
	g_assert_nonnull(
		strstr(json_object_get_string_member(json_object_get_object_member(root,
	                                                                           "settings"),
	                                             "from_memory"),
	               "main tap"));
	g_assert_cmpstr(json_object_get_string_member(first, "pattern"), ==, "PRBS13Q");
	value = json_value(first, "oma_outer_dbm");
	g_assert_cmpstr(json_object_get_string_member(value, "status"), ==, "ok");
	g_assert_cmpfloat_with_epsilon(json_object_get_double_member(value, "value"),
	                               10.0 * log10(0.8), 0.02);
	value = json_value(first, "tdecq_db");
	g_assert_cmpfloat(json_object_get_double_member(value, "value"), >, 0.3);
	g_assert_cmpfloat(json_object_get_double_member(value, "value"), <, 1.5);
	/* what does not exist is null with a status and a reason */
	value = json_value(first, "transition_time_s");
	g_assert_true(json_object_get_null_member(value, "value"));
	g_assert_cmpstr(json_object_get_string_member(value, "status"), ==, "no-feature");
	g_assert_cmpstr(json_object_get_string_member(value, "reason"), !=, "");
	error = json_object_get_object_member(json_file(parser, 1), "error");
	g_assert_cmpstr(json_object_get_string_member(error, "status"), ==, "wrong-pattern");
	g_assert_cmpstr(json_object_get_string_member(error, "kind"), ==, "data");
	g_assert_false(json_object_has_member(json_file(parser, 1), "values"));
}

/* OMA less TDECQ is OMA less TDECQ, whatever it is computed from. */
static void test_consistent(const struct place *place)
{
	g_autoptr(JsonParser) parser =
		json_of(WORDS("waveform", place->slow, "--json", "--pattern", "auto"),
	                EXIT_CODE_OK);
	JsonObject *file = json_file(parser, 0);
	double v[4];
	static const char *const keys[] = {"oma_outer_dbm", "tdecq_db", "oma_minus_tdecq_dbm",
	                                   "rlm"};

	for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
		v[i] = json_object_get_double_member(json_value(file, keys[i]), "value");
	g_assert_cmpfloat_with_epsilon(v[0] - v[1], v[2], 1e-9);
	g_assert_cmpfloat_with_epsilon(v[3], 1.0, 0.02);
}

/* --- two files, pages, conversion ------------------------------------------------------------- */

static void test_compare(const struct place *place)
{
	g_autoptr(JsonParser) parser = json_of(WORDS("waveform", place->fast, place->slow,
	                                             "--compare", "--json", "--pattern", "auto"),
	                                       EXIT_CODE_OK);
	JsonObject *rows = json_object_get_object_member(json_root(parser), "comparison"), *row;
	double fast = json_object_get_double_member(json_value(json_file(parser, 0), "tdecq_db"),
	                                            "value");
	double slow = json_object_get_double_member(json_value(json_file(parser, 1), "tdecq_db"),
	                                            "value");

	row = json_object_get_object_member(rows, "tdecq_db");
	g_assert_cmpfloat(slow - fast, >, 0.3);
	g_assert_cmpfloat_with_epsilon(json_object_get_double_member(row, "difference"),
	                               slow - fast, 1e-12);
	row = json_object_get_object_member(rows, "oma_outer_dbm");
	g_assert_cmpstr(json_object_get_string_member(row, "unit"), ==, "dB");
	row = json_object_get_object_member(rows, "transition_time_s");
	g_assert_cmpstr(json_object_get_string_member(row, "verdict"), ==, "no-value");
	expect(WORDS("waveform", place->fast, place->slow, "--compare", "--pattern", "auto"),
	       EXIT_CODE_OK, "B less A", NULL);
	/* one that was refused cannot be compared: what is there is told */
	expect(WORDS("waveform", place->fast, place->noise, "--compare", "--pattern", "auto"),
	       EXIT_CODE_ERROR, "\n  TDECQ  ", "wrong-pattern");
}

static void test_verdicts(void)
{
	static const struct {
		double first, second, u_first, u_second;
		enum waveform_verdict verdict;
	} rows[] = {
		{1.0, 1.09, 0.03, 0.04, WAVEFORM_WITHIN}, /* against 2 * 0.05 */
		{1.0, 1.11, 0.03, 0.04, WAVEFORM_BEYOND},
		{1.11, 1.0, 0.03, 0.04, WAVEFORM_BEYOND},
		{1.0, 1.0, 0.0, 0.0, WAVEFORM_WITHIN},
		{1.0, 2.0, NAN, 0.04, WAVEFORM_UNCERTAIN},
		{1.0, NAN, 0.03, 0.04, WAVEFORM_NO_VALUE},
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		struct waveform_row first = {.unit = "dBm", .unit_of_difference = "dB"};
		struct waveform_row second = first;
		struct waveform_difference difference;

		first.value = signal_ok(rows[i].first, rows[i].u_first);
		second.value = signal_ok(rows[i].second, rows[i].u_second);
		difference = waveform_differ(&first, &second);
		g_assert_cmpint(difference.verdict, ==, rows[i].verdict);
	}
}

static void test_page(const struct place *place)
{
	g_autofree char *path = in(place, "page.html");
	g_autofree char *one = NULL;
	g_autofree char *two = NULL;
	guint pictures = 0;

	expect(WORDS("waveform", place->fast, "--pattern", "auto", "--html", path), EXIT_CODE_OK,
	       "TDECQ", NULL);
	g_assert_true(g_file_get_contents(path, &one, NULL, NULL));
	for (const char *at = one; (at = strstr(at, "data:image/png")); at++)
		pictures++;
	g_assert_cmpuint(pictures, ==, 2);
	g_assert_nonnull(strstr(one, "class=\"tap main\""));
	g_assert_nonnull(strstr(one, "class=\"threshold\""));
	g_assert_nonnull(strstr(one, "class=\"window\""));
	g_assert_nonnull(strstr(one, "class=\"level\""));
	g_assert_nonnull(strstr(one, "From memory of the standard"));
	expect(WORDS("waveform", place->fast, place->slow, "--pattern", "auto", "--compare",
	             "--html", path),
	       EXIT_CODE_OK, "TDECQ", NULL);
	g_assert_true(g_file_get_contents(path, &two, NULL, NULL));
	g_assert_nonnull(strstr(two, "Comparison"));
	expect(WORDS("waveform", place->fast, "--pattern", "auto", "--html", "/nonexistent/x"),
	       EXIT_CODE_ERROR, "TDECQ", "/nonexistent/x");
}

/* Two levels have an OMA and a picture, but no TDECQ, equaliser or taps. */
static void test_square(const struct place *place)
{
	g_autofree char *square = in(place, "square.csv");
	g_autofree char *dark = in(place, "dark.csv");
	g_autofree char *path = in(place, "page.html");
	g_autofree char *page = NULL;

	make_square(square, 1e-3f);
	make_square(dark, 0.0f);
	expect(WORDS("waveform", square, "--pattern", "auto", "--html", path), EXIT_CODE_OK,
	       "no-feature: pattern does not have all four levels", NULL);
	g_assert_true(g_file_get_contents(path, &page, NULL, NULL));
	g_assert_nonnull(strstr(page, "data:image/png"));
	g_assert_nonnull(strstr(page, "not available"));
	g_assert_null(strstr(page, "class=\"tap main\""));
	expect(WORDS("waveform", dark, "--pattern", "auto"), EXIT_CODE_ERROR, NULL,
	       "(constant); is there light");
}

/* What is written is read as the same waveform, also what only options told. */
static void test_write(const struct place *place)
{
	g_autofree char *path = in(place, "copy.csv");
	g_autoptr(waveform) wave = NULL;
	GError *error = NULL;

	expect(WORDS("waveform", place->unfiltered, "--pattern", "auto", "--apply-filter=20GHz",
	             "--write", path),
	       EXIT_CODE_OK, "20 GHz", NULL);
	wave = wave_file_read(path, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat(wave->filter_bandwidth_hz, ==, 20e9);
	g_assert_cmpuint(wave->n_symbols, ==, 8191);
	expect(WORDS("waveform", place->fast, "--pattern", "auto", "--write", "/nonexistent/x.npy"),
	       EXIT_CODE_ERROR, NULL, "/nonexistent/x.npy");
	/* a conversion needs no measurement */
	expect(WORDS("waveform", place->noise, "--write", path), EXIT_CODE_ERROR, NULL,
	       "wrong-length");
	g_clear_pointer(&wave, waveform_free);
	wave = wave_file_read(path, NULL, &error);
	g_assert_no_error(error);
	g_assert_cmpfloat(wave->filter_bandwidth_hz, ==, 0.5 * maker_baud);
}

static void with_place(gconstpointer test)
{
	void (*const run)(const struct place *) = *(void (*const *)(const struct place *))test;
	struct place place = {0};

	place_init(&place);
	run(&place);
	place_done(&place);
}

static const struct {
	const char *path;
	void (*run)(const struct place *place);
} on_files[] = {
	{"/waveform/calls", test_calls},     {"/waveform/brief", test_brief},
	{"/waveform/json", test_json},       {"/waveform/consistent", test_consistent},
	{"/waveform/compare", test_compare}, {"/waveform/page", test_page},
	{"/waveform/write", test_write},     {"/waveform/square", test_square},
};

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/waveform/verdicts", test_verdicts);
	for (guint i = 0; i < G_N_ELEMENTS(on_files); i++)
		g_test_add_data_func(on_files[i].path, &on_files[i].run, with_place);
	return g_test_run();
}
