/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_SPEED_ENGINE_LOT_H
#define TESTS_SPEED_ENGINE_LOT_H

#include "station/engine/engine.h"

#include "base/error.h"
#include "fixtures/fixture.h"

#include <glib/gstdio.h>
#include <math.h>

/*
 * A station of one site whose steps each report one value at once, and whose fixture answers at
 * once: what a lot then takes is the engine's and the store's. Whoever includes this is linked with
 * --wrap=fixture_open; everything else is the station's own.
 */

/* --- the fixture --------------------------------------------------------------------------------
 */

struct quick_fixture {
	struct fixture base;
	gboolean present;
};

/* Asked once before a unit is taken out and once before the next is put in: at once it is so. */
static gboolean quick_pin_get(struct fixture *fixture, const char *pin, gboolean *level,
                              const struct bounds *bounds, GError **error)
{
	struct quick_fixture *quick = (struct quick_fixture *)fixture;

	if (strcmp(pin, "ModPrsL") == 0) {
		quick->present = !quick->present;
		*level = !quick->present;
	}
	return TRUE;
}

static gboolean quick_pin_set(struct fixture *fixture, const char *pin, gboolean level,
                              const struct bounds *bounds, GError **error)
{
	return TRUE;
}

static gboolean quick_safe(struct fixture *fixture, const struct bounds *bounds, GError **error)
{
	return TRUE;
}

static void quick_close(struct fixture *fixture)
{
	g_mutex_clear(&fixture->lock);
	g_free(fixture);
}

static const struct fixture_ops quick_ops = {
	.kind = "quick",
	.pin_get = quick_pin_get,
	.pin_set = quick_pin_set,
	.safe = quick_safe,
	.close = quick_close,
};

struct fixture *__wrap_fixture_open(const char *resource, const struct bounds *bounds,
                                    GError **error);
struct fixture *__wrap_fixture_open(const char *resource, const struct bounds *bounds,
                                    GError **error)
{
	struct quick_fixture *quick = g_new0(struct quick_fixture, 1);

	quick->base.ops = &quick_ops;
	quick->base.resource = (char *)"quick";
	quick->base.serial_number = (char *)"1";
	quick->base.form = (char *)"QSFP-DD";
	g_mutex_init(&quick->base.lock);
	return &quick->base;
}

/* --- the steps ----------------------------------------------------------------------------------
 */

static gboolean quick_measure(struct step_context *ctx, GError **error)
{
	step_measure(ctx, step_text(ctx, "id"), 0, 1.0, "dBm", 0.05);
	return TRUE;
}

/* Judged, but not recorded. */
static gboolean quick_judge(struct step_context *ctx, GError **error)
{
	return step_would_judge(ctx, step_text(ctx, "id"), 0, 1.0, "dBm", 0.05).verdict ==
	               VERDICT_PASS ||
	       (station_error_set(error, STATION_ERROR_INTERNAL, "judged wrong"), FALSE);
}

static const struct step_param quick_params[] = {{.name = "id", .help = ""}, {NULL}};
static const struct step_def quick_step_measure = {.name = "measure",
                                                   .help = "",
                                                   .limit_s = 60,
                                                   .params = quick_params,
                                                   .run = quick_measure};
static const struct step_def quick_step_judge = {.name = "judge",
                                                 .help = "",
                                                 .limit_s = 60,
                                                 .params = quick_params,
                                                 .run = quick_judge};
static const struct step_def *const quick_steps[] = {&quick_step_measure, &quick_step_judge};
static const struct step_table quick_table = {quick_steps, G_N_ELEMENTS(quick_steps)};

/* --- the station --------------------------------------------------------------------------------
 */

struct quick_lot {
	char *folder;
	struct config *config;
	struct store *store;
	struct engine *engine;
	struct event_queue *events;
	guint n_steps;
};

static gboolean quick_put(const char *folder, const char *name, const char *text, GError **error)
{
	g_autofree char *path = g_build_filename(folder, name, NULL);
	g_autofree char *place = g_path_get_dirname(path);

	g_mkdir_with_parents(place, 0755);
	return g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, error);
}

/* The first step records its value, so that the unit can pass; the others when `records`. */
static gboolean quick_put_plan(const char *folder, guint n_steps, gboolean records, GError **error)
{
	g_autoptr(GString) plan =
		g_string_new("plan: P\nrevision: \"1\"\ntype: T\nstage: final\n"
	                     "corners: [{name: nominal, case: 25 degC, supply: 3.3 V}]\n"
	                     "setup: []\ncleanup: []\nmain:\n");
	g_autoptr(GString) limits = g_string_new(
		"id,measure,lane,condition,low,high,unit,guard_band,gate,edition,source,mark\n");

	for (guint i = 1; i <= n_steps; i++) {
		guint of = records ? i : 1;

		g_string_append_printf(plan, "  - {step: %s, name: s%u, with: {id: x%u}}\n",
		                       records || i == 1 ? "measure" : "judge", i, of);
		if (of == i)
			g_string_append_printf(limits, "x%u,x%u,*,,0,2,dBm,0.1,GATE,*,made up,C\n",
			                       i, i);
	}
	return quick_put(folder, "plan.yaml", plan->str, error) &&
	       quick_put(folder, "limits.csv", limits->str, error);
}

static const char quick_type[] =
	"type: T\nlanes: 1\nmedium: parallel\nfibre: SMF\nconnector: LC\nmedia_type: 2\n"
	"reach: 500 m\nsymbol_rate: 53.125 GBd\nwavelengths: [1311 nm]\n"
	"receiver_bandwidth: 26.5625 GHz\n"
	"tdecq: {by: fibre, pattern: SSPRQ, taps: 5, max_precursors: 2, main_tap_min: 0.8,\n"
	"  target_ser: 4.8e-4}\n"
	"receiver: {ber_limit: 2.4e-4}\n"
	"applications: [{name: A, host_id: 17, media_id: 28, host_lanes: 2, media_lanes: 1}]\n";

static gboolean quick_put_station(const char *folder, GError **error)
{
	g_autofree char *knobs =
		g_build_filename(g_getenv("STATION_SRC"), "fixtures/modules/vb-qdd-dr4.yaml", NULL);
	g_autofree char *text = g_strdup_printf(
		"station: quick\ntime_scale: 1\ninsert_limit: 20 s\ninstruments: []\nsites:\n"
		"  - site: 1\n    form_factor: QSFP-DD\n    medium: parallel\n"
		"    fibre: {kind: SMF}\n    fixture: controller:127.0.0.1:1\n    uses: []\n"
		"    lanes: [{lane: 1, meter_channel: 1, meter_loss: 1 dB, switch_channel: 1,"
		" scope_loss: 1 dB, attenuator_channel: 1, rx_loss: 1 dB, reference_oma: 1 dBm,"
		" reference_er: 6 dB, ppg_channel: 1, ed_channels: [1]}]\n"
		"    scope_channel: 1\n    supply_channel: 1\n    switch_module: 1\n"
		"products:\n  - part_number: VB-QDD-DR4-500\n    type: T\n    form_factor: "
		"QSFP-DD\n"
		"    plan: plan.yaml\n    limits: [limits.csv]\n    edition: now\n    knobs: %s\n",
		knobs);

	return quick_put(folder, "station.yaml", text, error) &&
	       quick_put(folder, "types/t.yaml", quick_type, error);
}

/* A station in a folder of its own, ready for units. */
static gboolean quick_lot_open(struct quick_lot *lot, const char *folder, guint n_steps,
                               gboolean records, GError **error)
{
	g_autofree char *path = g_build_filename(folder, "station.yaml", NULL);

	*lot = (struct quick_lot){.folder = g_strdup(folder), .n_steps = n_steps};
	/* the fixture has no address that others could not have */
	g_setenv("STATION_LOCKDIR", folder, TRUE);
	if (!quick_put_plan(folder, n_steps, records, error) || !quick_put_station(folder, error))
		return FALSE;
	lot->config = config_load(path, error);
	lot->store = lot->config ? store_open(lot->config->store_path, error) : NULL;
	lot->engine = lot->store ? engine_new(lot->config, &quick_table, lot->store, error) : NULL;
	if (!lot->engine)
		return FALSE;
	engine_prepare(lot->engine);
	lot->events = engine_events(lot->engine, 4096);
	return TRUE;
}

static void quick_lot_close(struct quick_lot *lot)
{
	event_queue_free(lot->events);
	engine_free(lot->engine);
	store_close(lot->store);
	config_free(lot->config);
	g_free(lot->folder);
}

/* One unit after the other, as a lot hands them out; the number that passed. */
static guint quick_lot_run(struct quick_lot *lot, const char *name, guint n_units, GError **error)
{
	guint passed = 0;

	for (guint i = 0; i < n_units; i++) {
		g_autofree char *serial = g_strdup_printf("%s-%u", name, i + 1);
		const struct engine_unit unit = {serial, "VB-QDD-DR4-500", name, NULL, "",
		                                 i + 1,  n_units};
		struct event event = {0};

		if (!engine_run_unit(lot->engine, 1, &unit, error))
			return passed;
		do
			if (!event_queue_pop(lot->events, 60, &event)) {
				station_error_set(error, STATION_ERROR_TIMEOUT, "%s does not end",
				                  serial);
				return passed;
			}
		while (event.kind != EVENT_RUN_END && event.kind != EVENT_RUN_LOST);
		if (event.verdict != VERDICT_PASS) {
			station_error_set(error, STATION_ERROR_INTERNAL, "%s: %s", serial,
			                  event.text);
			return passed;
		}
		passed++;
	}
	return passed;
}

/* With everything in it. */
static void quick_remove(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *inner = g_build_filename(path, name, NULL);
		quick_remove(inner);
	}
	g_clear_pointer(&dir, g_dir_close);
	g_remove(path);
}

#endif
