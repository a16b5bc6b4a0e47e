/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_ENGINE_HALL_H
#define TESTS_UNIT_ENGINE_HALL_H

#include "station/engine/engine.h"

#include "base/clock.h"
#include "base/error.h"
#include "tests/unit/fixtures_board.h"

#include <glib/gstdio.h>
#include <math.h>

/* A station of two sites with made-up fixtures and steps, for what the engine does around a run. */

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

static gboolean ask(struct step_context *ctx, GError **error)
{
	static const char *const answers[] = {"done", "cannot", NULL};
	const struct step_question question = {"turn the fibre", answers, NULL};
	g_autofree char *answer = step_ask(ctx, &question, error);

	if (!answer)
		return FALSE;
	step_measure(ctx, "x", 0, strcmp(answer, "done") == 0 ? 1.0 : 3.0, "dBm", NAN);
	return TRUE;
}

/* An eye, a point and a condition, as steps show them. */
static gboolean look(struct step_context *ctx, GError **error)
{
	static const guint32 counts[] = {1, 2, 3, 4, 5, 6};
	const struct step_point point = {"x_waterfall", 2, "OMA", "dBm", -5, 0, 0, 1e-6, 2.4e-4};
	struct record_eye *eye = step_eye(ctx, "x_eye", 2);

	eye->columns = 3;
	eye->rows = 2;
	g_array_append_vals(eye->counts, counts, G_N_ELEMENTS(counts));
	record_text(&eye->note, "TDECQ 1.6 dB");
	step_show_eye(ctx, eye);
	step_show_point(ctx, &point);
	step_show_condition(ctx, NAN, "head 25.0 degC");
	return measure(ctx, error);
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
static const struct step_def step_e = {.name = "ask", .help = "", .limit_s = 60, .run = ask};
static const struct step_def step_f = {.name = "look", .help = "", .limit_s = 60, .run = look};
static const struct step_def *const steps[] = {&step_a, &step_b, &step_c,
                                               &step_d, &step_e, &step_f};
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
G_GNUC_UNUSED static const char willing[] = "    loader: [sh, -c, \"exit 0\"]\n";

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

G_GNUC_UNUSED static void run_unit(struct hall *hall, int site, const char *serial)
{
	struct engine_unit unit = {serial, "VB-QDD-DR4-500", "LOT", NULL, "me", 1, 2};
	GError *error = NULL;

	engine_run_unit(hall->engine, site, &unit, &error);
	g_assert_no_error(error);
}

/* The next event of that kind; others go by. */
G_GNUC_UNUSED static struct event next(struct hall *hall, enum event_kind kind)
{
	struct event event;

	do
		g_assert_true(event_queue_pop(hall->events, 60, &event));
	while (event.kind != kind);
	return event;
}

/* A verdict that is shown is on disk, and is the same there. */
G_GNUC_UNUSED static void assert_stored(struct hall *hall, const struct event *end)
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

#endif
