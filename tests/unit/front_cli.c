/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/front.h"

#include "base/error.h"
#include "reports/format.h"
#include "tests/unit/front_call.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static gboolean do_nothing(struct step_context *ctx, GError **error)
{
	return TRUE;
}

static const struct step_def step_nothing = {.name = "nothing",
                                             .help = "",
                                             .limit_s = 1,
                                             .run = do_nothing};
static const struct step_def *const steps[] = {&step_nothing};
static const struct step_table table = {steps, 1};

/* Checks the exit code and that the text is in what was printed; where it belongs by its kind. */
static void expect(const char *const *words, int code, const char *text)
{
	struct said said = call(&table, words);
	gboolean good = code == EXIT_CODE_OK;

	if (said.code != code || !strstr(good ? said.out : said.err, text) || (good && *said.err))
		g_error("%s %s: code %d, out \"%s\", err \"%s\"", words[0] ? words[0] : "",
		        words[0] && words[1] ? words[1] : "", said.code, said.out, said.err);
	said_clear(&said);
}

/* --- a configuration ----------------------------------------------------------------------------
 */

struct place {
	char *folder, *config, *lot, *plan;
};

static char *in(const struct place *place, const char *name)
{
	return g_build_filename(place->folder, name, NULL);
}

static void put(const struct place *place, const char *name, const char *text)
{
	g_autofree char *path = in(place, name);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void place_init(struct place *place, const char *due)
{
	g_autofree char *config =
		g_strdup_printf("station: S\ninstruments:\n  - {name: psu, class: supply, driver: "
	                        "keysight-supply,"
	                        " resource: \"TCPIP::127.0.0.1::1::SOCKET\", calibration_due: %s}\n"
	                        "sites:\n  - {site: 2, form_factor: QSFP-DD, medium: parallel, "
	                        "fibre: {kind: SMF}, fixture: \"controller:127.0.0.1:1\", uses: "
	                        "[psu], scope_channel: 1,"
	                        " supply_channel: 1, switch_module: 1, lanes: [{lane: 1, "
	                        "meter_channel: 1, meter_loss: 1 dB, switch_channel: 1, "
	                        "scope_loss: 1 dB, attenuator_channel: 1, rx_loss: 1 dB, "
	                        "reference_oma: 1 dBm, reference_er: 6 dB, ppg_channel: 1, "
	                        "ed_channels: [1]}]}\n"
	                        "products:\n  - {part_number: P-1, type: T, form_factor: QSFP-DD, "
	                        "plan: p.yaml,"
	                        " limits: [l.csv], edition: now, knobs: k.yaml}\n",
	                        due);

	place->folder = g_dir_make_tmp("cli-XXXXXX", NULL);
	place->config = in(place, "station.yaml");
	place->lot = in(place, "LOT-7.csv");
	place->plan = in(place, "p.yaml");
	put(place, "station.yaml", config);
	put(place, "LOT-7.csv", "serial,part_number\nSN1,P-1\nSN2,P-1\n");
	put(place, "l.csv", "");
	put(place, "k.yaml", "");
	g_autofree char *types = in(place, "types");
	g_assert_cmpint(g_mkdir(types, 0755), ==, 0);
	put(place, "types/t.yaml",
	    "type: T\nlanes: 1\nmedium: parallel\nfibre: SMF\nconnector: LC\nmedia_type: 2\n"
	    "reach: 500 m\nsymbol_rate: 53.125 GBd\nwavelengths: [1311 nm]\n"
	    "receiver_bandwidth: 26.5625 GHz\n"
	    "tdecq: {by: fibre, pattern: SSPRQ, taps: 5, max_precursors: 2, main_tap_min: 0.8,\n"
	    "  target_ser: 4.8e-4}\n"
	    "receiver: {ber_limit: 2.4e-4}\n"
	    "applications: [{name: A, host_id: 17, media_id: 28, host_lanes: 2, media_lanes: "
	    "1}]\n");
	put(place, "p.yaml",
	    "plan: My plan\nrevision: \"2\"\ntype: T\nstage: final\n"
	    "corners: [{name: n, case: 25 degC, supply: 3.3 V}]\n"
	    "setup: []\nmain: [{step: nothing, name: Rest}]\ncleanup: []\n");
}

static void remove_all(const char *folder)
{
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	const char *name;

	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			remove_all(path);
		else
			g_unlink(path);
	}
	g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static void place_done(struct place *place)
{
	remove_all(place->folder);
	g_free(place->folder);
	g_free(place->config);
	g_free(place->lot);
	g_free(place->plan);
}

/* --- calls that need nothing
 * ---------------------------------------------------------------------- */

static void test_help(void)
{
	static const char *const commands[] = {"terminal", "--lot",  "analyze", "check",
	                                       "plan",     "report", "users"};
	struct said said;

	expect(WORDS("--help"), EXIT_CODE_OK, "usage: station");
	expect(WORDS("-h"), EXIT_CODE_OK, "usage: station");
	expect(WORDS("--version"), EXIT_CODE_OK, "station " STATION_VERSION "\n");
	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		expect(WORDS(commands[i], "--help"), EXIT_CODE_OK, "\nexamples:\n  station ");
		expect(WORDS("--config", "/nonexistent", commands[i], "-h"), EXIT_CODE_OK,
		       "usage: ");
	}
	said = call(&table, WORDS(NULL));
	g_assert_cmpint(said.code, ==, EXIT_CODE_USAGE);
	said_clear(&said);
}

static void test_wrong_calls(void)
{
	expect(WORDS("chekc"), EXIT_CODE_USAGE, "did you mean \"check\"?");
	expect(WORDS("--config"), EXIT_CODE_USAGE, "--config");
	expect(WORDS("--lott", "x"), EXIT_CODE_USAGE, "did you mean \"--lot\"?");
	expect(WORDS("--lot"), EXIT_CODE_USAGE, "--lot");
	expect(WORDS("--lot", "x", "--bogus"), EXIT_CODE_USAGE, "--bogus");
	expect(WORDS("--lot", "x", "--site", "zwei"), EXIT_CODE_USAGE, "--site");
	expect(WORDS("--lot", "x", "--site", "0"), EXIT_CODE_USAGE, "--site");
	expect(WORDS("--lot", "x", "--site", "65"), EXIT_CODE_USAGE, "--site");
	expect(WORDS("--lot", "x", "--stop-after", "-1"), EXIT_CODE_USAGE, "--stop-after");
	expect(WORDS("--lot", "x", "--stop-after"), EXIT_CODE_USAGE, "--stop-after");
	expect(WORDS("check", "all"), EXIT_CODE_USAGE, "all");
	expect(WORDS("plan"), EXIT_CODE_USAGE, "plan wants");
	expect(WORDS("plan", "look", "x"), EXIT_CODE_USAGE, "plan wants");
	expect(WORDS("plan", "check", "x", "y"), EXIT_CODE_USAGE, "plan wants");
	expect(WORDS("users"), EXIT_CODE_USAGE, "users wants");
	expect(WORDS("users", "list", "4711"), EXIT_CODE_USAGE, "takes no more words");
	expect(WORDS("users", "remove"), EXIT_CODE_USAGE, "wants a badge");
	expect(WORDS("users", "add", "4711", "--role", "boss"), EXIT_CODE_USAGE, "engineer");
	expect(WORDS("report"), EXIT_CODE_USAGE, "report wants");
	expect(WORDS("report", "a", "b"), EXIT_CODE_USAGE, "report wants");
	expect(WORDS("report", "a", "--format"), EXIT_CODE_USAGE, "report wants");
}

/* No file is there: the message names it or tells where one is looked for. */
static void test_no_config(void)
{
	static const char *const commands[] = {"check", "report", "--lot=x.csv", "analyze"};

	for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
		const char *what = i == 1 ? "SN1" : NULL;

		expect(WORDS(commands[i], what), EXIT_CODE_CONFIG, "STATION_CONFIG");
		expect(WORDS("--config=/nonexistent/s.yaml", commands[i], what), EXIT_CODE_CONFIG,
		       "/nonexistent/s.yaml");
	}
	g_setenv("STATION_CONFIG", "/nonexistent/env.yaml", TRUE);
	expect(WORDS("check"), EXIT_CODE_CONFIG, "/nonexistent/env.yaml");
	g_unsetenv("STATION_CONFIG");
}

/* --- with a configuration
 * ------------------------------------------------------------------------- */

static void test_plan(void)
{
	struct place place;

	place_init(&place, "2099-12-31");
	expect(WORDS("plan", "check", place.plan), EXIT_CODE_OK,
	       "p.yaml: good: My plan, revision 2");
	expect(WORDS("plan", "show", place.plan), EXIT_CODE_OK, "Rest");
	expect(WORDS("plan", "check", "/nonexistent/p.yaml"), EXIT_CODE_CONFIG,
	       "/nonexistent/p.yaml");
	put(&place, "p.yaml", "plan: x\nrevison: \"2\"\n");
	expect(WORDS("plan", "check", place.plan), EXIT_CODE_CONFIG, "p.yaml");
	place_done(&place);
}

static void test_lot(void)
{
	struct place place;
	g_autofree char *joined = NULL;

	place_init(&place, "2099-12-31");
	joined = g_strconcat("--lot=", place.lot, NULL);
	expect(WORDS("--config", place.config, "--lot", place.lot, "--dry-run"), EXIT_CODE_OK,
	       "lot LOT-7: 2 of 2 units to run\n  SN1 ");
	expect(WORDS("--config", place.config, joined, "--dry-run", "--no-input", "--json"),
	       EXIT_CODE_OK, "SN2");
	expect(WORDS("--config", place.config, "--lot", "/nonexistent.csv"), EXIT_CODE_CONFIG,
	       "/nonexistent.csv");
	expect(WORDS("--config", place.config, "--lot", place.lot, "--site", "1"), EXIT_CODE_USAGE,
	       "no site 1");
	/* limits and knob map are empty files */
	expect(WORDS("--config", place.config, "--lot", place.lot), EXIT_CODE_CONFIG, "station: ");
	put(&place, "LOT-7.csv", "serial,part_number\nSN1,P-2\n");
	expect(WORDS("--config", place.config, "--lot", place.lot), EXIT_CODE_CONFIG,
	       "LOT-7.csv:2: ");
	put(&place, "station.yaml", "station: S\nsites: 7\n");
	expect(WORDS("--config", place.config, "--lot", place.lot), EXIT_CODE_CONFIG,
	       "station.yaml:");
	place_done(&place);
}

static void test_expired(void)
{
	struct place place;

	place_init(&place, "2020-01-31");
	expect(WORDS("--config", place.config, "--lot", place.lot), EXIT_CODE_EXPIRED,
	       "psu: calibration was due 2020-01-31");
	expect(WORDS("--config", place.config, "--lot", place.lot, "--dry-run"), EXIT_CODE_OK,
	       "SN1");
	place_done(&place);
}

static void test_bad_store(void)
{
	struct place place;

	place_init(&place, "2099-12-31");
	put(&place, "station.db", "no database at all, but long enough to be looked at\n");
	expect(WORDS("--config", place.config, "--lot", place.lot), EXIT_CODE_STORAGE,
	       "station.db");
	expect(WORDS("--config", place.config, "check"), EXIT_CODE_STORAGE, "station.db");
	expect(WORDS("--config", place.config, "report", "SN1"), EXIT_CODE_STORAGE, "station.db");
	place_done(&place);
}

static void store_run(const struct place *place, const char *serial, enum verdict verdict)
{
	g_autofree char *path = in(place, "station.db");
	g_autoptr(store) store = store_open(path, NULL);
	g_autoptr(run_record) run = run_record_new();
	GError *error = NULL;

	run->verdict = verdict;
	run->end_us = run->start_us + 1;
	g_free(run->serial);
	g_free(run->lot);
	g_free(run->product);
	run->serial = g_strdup(serial);
	run->lot = g_strdup("LOT-7");
	run->product = g_strdup("P-1");
	record_text(&run->part_number, "P-1");
	store_save_run(store, run, &error);
	g_assert_no_error(error);
}

/* A folder gets a file for each run; every format is in the help. */
static void test_report_folder(const struct place *place)
{
	g_autofree char *folder = in(place, "each");
	g_autoptr(GDir) dir = NULL;
	guint n = 0;

	g_assert_cmpint(g_mkdir(folder, 0700), ==, 0);
	store_run(place, "SN2/3", VERDICT_PASS);
	expect(WORDS("--config", place->config, "report", "LOT-7", "--format", "stdf", "-o",
	             folder),
	       EXIT_CODE_OK, "");
	dir = g_dir_open(folder, 0, NULL);
	for (const char *name; (name = g_dir_read_name(dir)); n++) {
		g_autofree char *path = g_build_filename(folder, name, NULL);
		g_autofree char *bytes = NULL;
		gsize length;

		g_assert_true(g_str_has_prefix(name, "SN1-") || g_str_has_prefix(name, "SN2_3-"));
		g_assert_true(g_str_has_suffix(name, ".stdf"));
		g_assert_true(g_file_get_contents(path, &bytes, &length, NULL));
		g_assert_cmpmem(bytes, 6, "\x02\x00\x00\x0A\x02\x04", 6);
		g_assert_cmpint(g_unlink(path), ==, 0);
	}
	g_assert_cmpuint(n, ==, 2);
	g_assert_cmpint(g_rmdir(folder), ==, 0);
	for (guint i = 0; report_formats[i].name; i++)
		expect(WORDS("report", "--help"), EXIT_CODE_OK, report_formats[i].name);
}

static void test_report(void)
{
	static const struct {
		const char *what, *format, *says;
	} good[] = {
		{"SN1", "html", "<html"},         {"SN1", "json", "\"station-run-2\""},
		{"SN1", "csv", "run_id,"},        {"LOT-7", "html", "<html"},
		{"LOT-7", "json", "LOT-7"},       {"LOT-7", "csv", "SN1"},
		{"SN1", "constants-csv", "knob"}, {"SN1", "junit", "<testsuites"},
		{"LOT-7", "junit", "LOT-7"},
	};
	struct place place;
	g_autofree char *file = NULL;
	g_autofree char *text = NULL;

	place_init(&place, "2099-12-31");
	file = in(&place, "out.json");
	store_run(&place, "SN1", VERDICT_FAIL);
	for (guint i = 0; i < G_N_ELEMENTS(good); i++)
		expect(WORDS("--config", place.config, "report", good[i].what, "--format",
		             good[i].format),
		       EXIT_CODE_OK, good[i].says);
	expect(WORDS("--config", place.config, "report", "SN1"), EXIT_CODE_OK, "<html");
	expect(WORDS("--config", place.config, "report", "SN1", "--format", "json", "-o", file),
	       EXIT_CODE_OK, "");
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	g_assert_nonnull(strstr(text, "station-run-2"));
	expect(WORDS("--config", place.config, "report", "SN1", "--format", "junti"),
	       EXIT_CODE_USAGE, "did you mean \"junit\"?");
	expect(WORDS("--config", place.config, "report", "LOT-7", "--format", "constants-csv"),
	       EXIT_CODE_USAGE, "constants-csv");
	expect(WORDS("--config", place.config, "report", "SN9"), EXIT_CODE_STORAGE, "SN9");
	expect(WORDS("--config", place.config, "report", "SN1", "-o", "/nonexistent/x"),
	       EXIT_CODE_ERROR, "/nonexistent/x");
	test_report_folder(&place);
	place_done(&place);
}

/* What this lot has judged already is not run again; what was an ERROR is. */
static void test_resume(void)
{
	struct place place;

	place_init(&place, "2099-12-31");
	store_run(&place, "SN1", VERDICT_PASS);
	store_run(&place, "SN2", VERDICT_ERROR);
	expect(WORDS("--config", place.config, "--lot", place.lot, "--resume", "--dry-run"),
	       EXIT_CODE_OK,
	       "lot LOT-7: 1 of 2 units to run\n  SN1              P-1                  T          "
	       "    "
	       "p.yaml  (done, skipped)\n  SN2              P-1                  T              "
	       "p.yaml\n");
	expect(WORDS("--config", place.config, "--lot", place.lot, "--dry-run"), EXIT_CODE_REFUSED,
	       "lot LOT-7 was begun before, and 1 of its 2 units is judged: --resume goes on");
	expect(WORDS("--config", place.config, "--lot", place.lot, "--again", "--dry-run"),
	       EXIT_CODE_OK, "2 of 2");
	expect(WORDS("--config", place.config, "--lot", place.lot, "--again", "--resume"),
	       EXIT_CODE_USAGE, "--resume");
	place_done(&place);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_unsetenv("STATION_CONFIG");
	g_test_add_func("/cli/help", test_help);
	g_test_add_func("/cli/wrong-calls", test_wrong_calls);
	g_test_add_func("/cli/no-config", test_no_config);
	g_test_add_func("/cli/plan", test_plan);
	g_test_add_func("/cli/lot", test_lot);
	g_test_add_func("/cli/expired", test_expired);
	g_test_add_func("/cli/bad-store", test_bad_store);
	g_test_add_func("/cli/report", test_report);
	g_test_add_func("/cli/resume", test_resume);
	return g_test_run();
}
