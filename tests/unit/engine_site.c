/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/engine.h"

#include "base/clock.h"
#include "base/error.h"
#include "tests/unit/fixtures_board.h"

#include <glib/gstdio.h>
#include <math.h>
#include <sqlite3.h>

/* --- made-up steps ------------------------------------------------------------------------------
 */

static gboolean measure(struct step_context *ctx, GError **error)
{
	step_measure(ctx, "x", 0, 1.0, "dBm", NAN);
	return TRUE;
}

static gboolean undo_nothing(struct step_context *ctx, const struct bounds *bounds, GError **error)
{
	return bounds_check(bounds, "undo", error);
}

static gboolean hang(struct step_context *ctx, GError **error)
{
	step_undo(ctx, 0, "light off", undo_nothing);
	step_measure(ctx, "x", 0, 1.0, "dBm", NAN);
	return clock_sleep_s(1e9, step_bounds(ctx), error);
}

static const struct step_def step_a = {.name = "measure",
                                       .help = "",
                                       .limit_s = 60,
                                       .run = measure};
static const struct step_def step_b = {.name = "hang", .help = "", .limit_s = 60, .run = hang};
static const struct step_def step_c = {.name = "supply",
                                       .help = "",
                                       .limit_s = 60,
                                       .run = measure,
                                       .needs = 1u << INSTRUMENT_SUPPLY};
static const struct step_def step_d = {.name = "fibre",
                                       .help = "",
                                       .limit_s = 60,
                                       .run = measure,
                                       .needs_fibre = TRUE};
static const struct step_def *const steps[] = {&step_a, &step_b, &step_c, &step_d};
static const struct step_table table = {steps, G_N_ELEMENTS(steps)};

/* --- a station with two sites -------------------------------------------------------------------
 */

struct hall {
	char *folder;
	const char *second; /* form factor of the second site */
	struct board *boards[2];
	struct config *config;
	struct store *store;
	struct engine *engine;
	struct event_queue *events;
};

static void put_file(struct hall *hall, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(hall->folder, name, NULL);

	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static const char type_text[] =
	"type: T\nlanes: 1\nmedium: parallel\nfibre: SMF\nconnector: LC\nmedia_type: 2\n"
	"reach: 500 m\nsymbol_rate: 53.125 GBd\nwavelengths: [1311 nm]\n"
	"receiver_bandwidth: 26.5625 GHz\n"
	"tdecq: {by: fibre, pattern: SSPRQ, taps: 5, max_precursors: 2, main_tap_min: 0.8,\n"
	"  target_ser: 4.8e-4}\n"
	"receiver: {ber_limit: 2.4e-4}\n"
	"applications: [{name: A, host_id: 17, media_id: 28, host_lanes: 2, media_lanes: 1}]\n";

/* A loader that has nothing to do: the fake boards always hold a module. */
static const char willing[] = "    loader: [sh, -c, \"exit 0\"]\n";

static char *site_text(int site, const char *form, guint port, const char *loader)
{
	return g_strdup_printf(
		"  - site: %d\n    form_factor: %s\n    medium: parallel\n"
		"    fibre: {kind: SMF}\n"
		"    fixture: controller:127.0.0.1:%u\n    uses: []\n"
		"    scope_channel: 1\n    supply_channel: 1\n    switch_module: 1\n%s"
		"    lanes:\n"
		"      - {lane: 1, meter_channel: 1, meter_loss: 1 dB, switch_channel: 1,"
		" scope_loss: 1 dB, attenuator_channel: 1, rx_loss: 1 dB,"
		" reference_oma: 1 dBm, reference_er: 6 dB, ppg_channel: 1,"
		" ed_channels: [1]}\n",
		site, form, port, loader);
}

static void put_files(struct hall *hall, const char *step, const char *type, const char *loader)
{
	g_autofree char *plan =
		g_strdup_printf("plan: P\nrevision: \"1\"\ntype: %s\nstage: final\n"
	                        "corners: [{name: nominal, case: 25 degC, supply: 3.3 V}]\n"
	                        "setup: []\nmain: [{step: %s}]\ncleanup: []\n",
	                        type, step);
	g_autofree char *one = site_text(1, "QSFP-DD", hall->boards[0]->port, loader);
	g_autofree char *two = site_text(2, hall->second, hall->boards[1]->port, loader);
	g_autofree char *knobs =
		g_build_filename(g_getenv("STATION_SRC"), "fixtures/modules/vb-qdd-dr4.yaml", NULL);
	g_autofree char *config = g_strdup_printf(
		"station: hall\ntime_scale: 1\ninsert_limit: 20 s\ninstruments: []\nsites:\n%s%s"
		"products:\n  - part_number: VB-QDD-DR4-500\n    type: T\n    form_factor: "
		"QSFP-DD\n"
		"    plan: plan.yaml\n    limits: [limits.csv]\n    edition: now\n"
		"    knobs: %s\n",
		one, two, knobs);

	put_file(hall, "plan.yaml", plan);
	g_autofree char *types = g_build_filename(hall->folder, "types", NULL);
	g_assert_cmpint(g_mkdir(types, 0755), ==, 0);
	put_file(hall, "types/t.yaml", type_text);
	put_file(hall, "station.yaml", config);
	put_file(hall, "limits.csv",
	         "id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark\n"
	         "x,x,*,,0,2,dBm,0.1,GATE,*,made up,C\n");
}

static gboolean hall_open(struct hall *hall, const char *step, const char *type, const char *loader,
                          GError **error)
{
	g_autofree char *path = NULL;

	*hall = (struct hall){.second = hall->second,
	                      .folder = g_dir_make_tmp("hall-XXXXXX", NULL)};
	for (guint i = 0; i < 2; i++)
		hall->boards[i] = board_new();
	put_files(hall, step, type, loader);
	path = g_build_filename(hall->folder, "station.yaml", NULL);
	hall->config = config_load(path, error);
	hall->store = hall->config ? store_open(hall->config->store_path, error) : NULL;
	hall->engine = hall->store ? engine_new(hall->config, &table, hall->store, error) : NULL;
	if (hall->engine)
		hall->events = engine_events(hall->engine, 1000);
	return hall->engine != NULL;
}

static void remove_tree(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *inner = g_build_filename(path, name, NULL);
		remove_tree(inner);
	}
	g_clear_pointer(&dir, g_dir_close);
	g_remove(path);
}

static void hall_close(struct hall *hall)
{
	event_queue_free(hall->events);
	engine_free(hall->engine);
	store_close(hall->store);
	config_free(hall->config);
	for (guint i = 0; i < 2; i++)
		board_free(hall->boards[i]);
	remove_tree(hall->folder);
	g_assert_false(g_file_test(hall->folder, G_FILE_TEST_EXISTS));
	g_free(hall->folder);
}

static void hall_start(struct hall *hall, const char *step, const char *loader)
{
	GError *error = NULL;

	hall_open(hall, step, "T", loader, &error);
	g_assert_no_error(error);
}

static void run_unit(struct hall *hall, int site, const char *serial)
{
	struct engine_unit unit = {serial, "VB-QDD-DR4-500", "LOT", NULL, "me", 1, 2};
	GError *error = NULL;

	engine_run_unit(hall->engine, site, &unit, &error);
	g_assert_no_error(error);
}

/* The next event of that kind; others go by. */
static struct event next(struct hall *hall, enum event_kind kind)
{
	struct event event;

	do
		g_assert_true(event_queue_pop(hall->events, 60, &event));
	while (event.kind != kind);
	return event;
}

/* A verdict that is shown is on disk, and is the same there. */
static void assert_stored(struct hall *hall, const struct event *end)
{
	GError *error = NULL;
	g_autoptr(run_record) record = store_load_run(hall->store, end->run_id, &error);

	g_assert_no_error(error);
	g_assert_cmpint(record->verdict, ==, end->verdict);
	g_assert_cmpstr(record->serial, ==, end->serial);
	g_assert_cmpstr(record->lot, ==, "LOT");
	g_assert_cmpstr(record->operator_name, ==, "me");
	g_assert_cmpint(record->site, ==, end->site);
}

/* --- runs ---------------------------------------------------------------------------------------
 */

static void test_units(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	guint by_site[3] = {0};

	hall_start(&hall, "measure", willing);
	for (int i = 0; i < 6; i++) {
		g_autofree char *serial = g_strdup_printf("SN%d", i);
		run_unit(&hall, 1 + i % 2, serial);
	}
	for (guint i = 0; i < 6; i++) {
		struct event end = next(&hall, EVENT_RUN_END);
		g_assert_cmpint(end.verdict, ==, VERDICT_PASS);
		by_site[end.site]++;
		assert_stored(&hall, &end);
	}
	g_assert_cmpuint(by_site[1], ==, 3);
	g_assert_cmpuint(by_site[2], ==, 3);
	hall_close(&hall);
}

static void test_abort(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;
	guint undone = 0, ended = 0, dropped = 0;

	hall_start(&hall, "hang", willing);
	run_unit(&hall, 1, "SN1");
	run_unit(&hall, 2, "SN2");
	for (guint i = 0; i < 2; i++)
		next(&hall, EVENT_STEP_START);
	run_unit(&hall, 1, "SN3");
	run_unit(&hall, 1, "SN4");
	run_unit(&hall, 2, "SN5");
	dropped = engine_abort(hall.engine);
	while (ended < 2) {
		g_assert_true(event_queue_pop(hall.events, 60, &event));
		undone += event.kind == EVENT_UNDO;
		if (event.kind != EVENT_RUN_END)
			continue;
		ended++;
		g_assert_cmpint(event.verdict, ==, VERDICT_ABORTED);
		assert_stored(&hall, &event);
	}
	g_assert_cmpuint(undone, ==, 2);
	g_assert_cmpuint(dropped, ==, 3);
	g_assert_cmpuint(engine_abort(hall.engine), ==, 0);
	hall_close(&hall);
}

/* However early the abort comes, every unit either ends or is told to be dropped. */
static void test_abort_early(void)
{
	for (guint i = 0; i < 20; i++) {
		struct hall hall = {.second = "QSFP-DD"};
		guint left = 2;

		hall_start(&hall, "hang", willing);
		run_unit(&hall, 1, "SN1");
		run_unit(&hall, 2, "SN2");
		if (i % 2)
			g_usleep(i * 50);
		for (left -= engine_abort(hall.engine); left; left--)
			g_assert_cmpint(next(&hall, EVENT_RUN_END).verdict, ==, VERDICT_ABORTED);
		hall_close(&hall);
	}
}

/* Ending the engine in mid-run is an abort. */
static void test_free(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	GError *error = NULL;

	hall_start(&hall, "hang", willing);
	run_unit(&hall, 2, "SN1");
	next(&hall, EVENT_STEP_START);
	event_queue_free(hall.events);
	engine_free(hall.engine);
	hall.events = NULL;
	hall.engine = NULL;
	g_autoptr(run_record) record = store_load_run(hall.store, "SN1", &error);
	g_assert_no_error(error);
	g_assert_cmpint(record->verdict, ==, VERDICT_ABORTED);
	g_assert_cmpuint(record->measurements->len, ==, 1);
	hall_close(&hall);
}

/* --- what stands in the way ----------------------------------------------------------------------
 */

static void test_not_stored(void)
{
	struct hall hall = {.second = "QSFP-DD"};
	struct event event;
	sqlite3 *db;

	hall_start(&hall, "measure", willing);
	g_assert_cmpint(sqlite3_open(hall.config->store_path, &db), ==, SQLITE_OK);
	g_assert_cmpint(sqlite3_exec(db, "DROP TABLE measurements", NULL, NULL, NULL), ==,
	                SQLITE_OK);
	sqlite3_close(db);
	run_unit(&hall, 1, "SN1");
	do {
		g_assert_true(event_queue_pop(hall.events, 60, &event));
		g_assert_cmpint(event.kind, !=, EVENT_RUN_END);
	} while (event.kind != EVENT_RUN_LOST);
	g_assert_cmpint(event.verdict, ==, VERDICT_NONE);
	g_assert_cmpstr(event.serial, ==, "SN1");
	g_assert_nonnull(strstr(event.text, "measurements"));
	hall_close(&hall);
}

static void test_fixture_broken(void)
{
	struct hall hall = {.second = "QSFP-DD"};

	hall_start(&hall, "measure", willing);
	board_will(hall.boards[0], BODY, 0, "ERR 9 hardware");
	run_unit(&hall, 1, "SN1");
	struct event end = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(end.verdict, ==, VERDICT_ERROR);
	assert_stored(&hall, &end);
	/* the next unit finds a new connection */
	run_unit(&hall, 1, "SN2");
	end = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(end.verdict, ==, VERDICT_PASS);
	g_assert_cmpuint(hall.boards[0]->connections, ==, 2);
	hall_close(&hall);
}

static void test_loader(void)
{
	static const struct {
		const char *loader;
		enum verdict verdict;
		const char *says;
	} cases[] = {
		{"    loader: [\"true\"]\n", VERDICT_PASS, ""},
		{"    loader: [sh, -c, \"echo jammed >&2; exit 1\"]\n", VERDICT_ERROR, "jammed"},
		{"    loader: [/nonexistent/robot, \"{action}\"]\n", VERDICT_ERROR,
	         "/nonexistent/robot"},
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct hall hall = {.second = "QSFP-DD"};

		hall_start(&hall, "measure", cases[i].loader);
		run_unit(&hall, 1, "SN1");
		struct event end = next(&hall, EVENT_RUN_END);
		g_assert_cmpint(end.verdict, ==, cases[i].verdict);
		g_assert_nonnull(strstr(end.text, cases[i].says));
		assert_stored(&hall, &end);
		hall_close(&hall);
	}
}

/* Nobody inserts the unit, and then somebody aborts. */
static void test_wait_aborted(void)
{
	struct hall hall = {.second = "QSFP-DD"};

	hall_start(&hall, "measure", willing);
	for (guint i = 0; i < 1000; i++)
		board_will(hall.boards[1], BODY, 0, "OK 1");
	run_unit(&hall, 2, "SN1");
	next(&hall, EVENT_UNIT_WAIT);
	g_assert_cmpuint(engine_abort(hall.engine), ==, 0);
	struct event end = next(&hall, EVENT_RUN_END);
	g_assert_cmpint(end.verdict, ==, VERDICT_ABORTED);
	assert_stored(&hall, &end);
	hall_close(&hall);
}

static void test_refused(void)
{
	static const struct {
		const char *step, *type, *says;
	} cases[] = {
		{"measure", "OTHER", "the plan is for type OTHER, not for T"},
		{"supply", "T", "site 1 has no supply"},
		{"fibre", "T", "site 1, lane 1 has no fibre_channel, which fibre in the plan"},
		{"absent", "T", "there is no step \"absent\""},
	};
	struct engine_unit unit = {"SN1", "OTHER", NULL, NULL, NULL, 0, 0};
	struct hall hall = {.second = "QSFP-DD"};
	GError *error = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_assert_false(hall_open(&hall, cases[i].step, cases[i].type, "", &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		g_assert_nonnull(strstr(error->message, cases[i].says));
		g_clear_error(&error);
		hall_close(&hall);
	}
	hall_start(&hall, "measure", willing);
	g_assert_false(engine_run_unit(hall.engine, 1, &unit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	unit.part_number = "VB-QDD-DR4-500";
	g_assert_false(engine_run_unit(hall.engine, 3, &unit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_clear_error(&error);
	hall_close(&hall);
}

/* A product needs one site that it fits; units are refused at the others. */
static void test_fit(void)
{
	struct engine_unit unit = {"SN1", "VB-QDD-DR4-500", NULL, NULL, NULL, 0, 0};
	struct hall hall = {.second = "OSFP"};
	GError *error = NULL;

	hall_start(&hall, "measure", willing);
	g_assert_false(engine_run_unit(hall.engine, 2, &unit, &error));
	g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
	g_assert_nonnull(strstr(error->message, "VB-QDD-DR4-500 cannot be run at site 2: its "
	                                        "socket is for OSFP, not for QSFP-DD"));
	g_clear_error(&error);
	run_unit(&hall, 1, "SN1");
	g_assert_cmpint(next(&hall, EVENT_RUN_END).verdict, ==, VERDICT_PASS);
	hall_close(&hall);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	if (!g_getenv("STATION_SRC"))
		g_error("STATION_SRC must name the source folder");
	g_test_add_func("/site/units", test_units);
	g_test_add_func("/site/abort", test_abort);
	g_test_add_func("/site/abort-early", test_abort_early);
	g_test_add_func("/site/free", test_free);
	g_test_add_func("/site/not-stored", test_not_stored);
	g_test_add_func("/site/fixture-broken", test_fixture_broken);
	g_test_add_func("/site/loader", test_loader);
	g_test_add_func("/site/wait-aborted", test_wait_aborted);
	g_test_add_func("/site/refused", test_refused);
	g_test_add_func("/site/fit", test_fit);
	return g_test_run();
}
