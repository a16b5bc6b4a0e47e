/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#ifndef TESTS_UNIT_STEPS_SWEEP_BED_H
#define TESTS_UNIT_STEPS_SWEEP_BED_H

#include "station/steps/sweep.h"

#include "tests/unit/engine_stand.h"
#include "tests/unit/fixtures_fake.h"

#include <math.h>
#include <string.h>

/* A step that sweeps what its parameters say over the module of fixtures_fake.h, without lanes. */

#define ALL_KINDS 0xFFu

static inline struct knob_map *load_map(void)
{
	const char *root = g_getenv("STATION_SRC");
	g_autofree char *path =
		g_build_filename(root ? root : ".", "fixtures/modules/vb-qdd-dr4.yaml", NULL);
	g_autoptr(GError) error = NULL;
	struct knob_map *map = knob_map_load(path, &error);

	g_assert_no_error(error);
	return map;
}

static const struct step_param params[] = {SWEEP_PARAMS, {"settle", "s", "1 ms", ""}, {0}};
static const struct step_def def = {.name = "a-sweep", .params = params, .limit_s = 60};

enum mishap { NONE, STATION_FAULT, UNIT_FAULT, ABORT, WRITES_FAIL };

struct bed {
	struct stand *stand;
	struct fake *fake;
	struct plan_item item;
	struct step_value values[G_N_ELEMENTS(params)];
	struct step_context ctx;
	struct sweep sweep;
	GString *seen; /* fir_pre of lane 1 and 4, mode */
	guint points;
	enum mishap mishap;
};

static inline void set_value(struct bed *bed, const char *name, const char *text)
{
	for (guint i = 0; params[i].name; i++)
		if (strcmp(params[i].name, name) == 0)
			bed->values[i].text = (char *)text;
}

static inline guint8 *page_b0(struct bed *bed, guint byte)
{
	return &bed->fake->pages[0xB0][byte - 128];
}

static inline void set_up(struct bed *bed, gconstpointer data)
{
	g_autoptr(GError) error = NULL;
	struct run *run;

	*bed = (struct bed){.stand = stand_new(LIMITS_X, "setup: []\nmain: []\ncleanup: []\n"),
	                    .fake = fake_new(),
	                    .seen = g_string_new(NULL)};
	fake_fill(bed->fake);
	for (guint i = 0; params[i].name; i++) {
		bed->values[i].text = (char *)"";
		bed->values[i].number = params[i].max ? 3 : 0;
	}
	run = &bed->stand->run;
	run->module = module_new(&bed->fake->base);
	bed->stand->files.knobs = load_map();
	bed->item = (struct plan_item){.name = (char *)"a", .def = &def, .values = bed->values};
	bed->ctx = (struct step_context){.run = run, .item = &bed->item};
	bed->ctx.corner = &g_array_index(bed->stand->files.plan->corners, struct plan_corner, 0);
	bed->ctx.bounds = (struct bounds){deadline_in_s(30), run->cancellable};
	run_record_add_step(run->record);
	g_assert_true(module_power_up(run->module, &bed->fake->bounds, &error));
	g_assert_true(module_identify(run->module, &bed->fake->bounds, &error));
	for (guint lane = 0; lane < 4; lane++)
		*page_b0(bed, 152 + lane) = (guint8)(lane + 1);
	set_value(bed, "x", "fir_pre");
	set_value(bed, "x_values", "-0.125, 0, 0.125");
}

static inline void tear_down(struct bed *bed, gconstpointer data)
{
	run_undo(&bed->stand->run);
	knob_map_free(bed->stand->files.knobs);
	module_free(bed->stand->run.module);
	fake_free(bed->fake);
	g_string_free(bed->seen, TRUE);
	stand_free(bed->stand);
}

static inline gboolean measure(struct step_context *ctx, const struct sweep *sweep,
                               const struct sweep_point *point, guint changed, gpointer data,
                               GError **error)
{
	struct bed *bed = data;

	g_assert_cmpuint(changed, ==, bed->points == 0 ? 3 : 1);
	g_string_append_printf(bed->seen, "%d,%d,%d ", (gint8)*page_b0(bed, 152),
	                       (gint8)*page_b0(bed, 155), *page_b0(bed, 248));
	if (++bed->points < 2 || bed->mishap == NONE)
		return TRUE;
	switch (bed->mishap) {
	case ABORT:
		g_cancellable_cancel(bed->stand->run.cancellable);
		return clock_sleep_s(1, step_bounds(ctx), error);
	case WRITES_FAIL:
		bed->fake->ignores_writes = TRUE;
		break;
	case UNIT_FAULT:
		break;
	default:
		station_error_set(error, STATION_ERROR_IO, "the cable is out");
		return FALSE;
	}
	station_error_set(error, STATION_ERROR_MODULE, "it is dark");
	return FALSE;
}

static inline gboolean run_sweep(struct bed *bed, GError **error)
{
	const struct sweep_work work = {measure, bed};

	return sweep_read(&bed->ctx, ALL_KINDS, &bed->sweep, error) &&
	       sweep_run(&bed->ctx, &bed->sweep, &work, error);
}

static inline gboolean is_back(struct bed *bed)
{
	const GPtrArray *constants = bed->stand->run.record->constants;

	for (guint i = 0; i < constants->len; i++) {
		const struct record_constant *entry = g_ptr_array_index(constants, i);

		g_assert_cmpstr(entry->source, ==, SWEEP_SOURCE);
		if (entry->stored != entry->before)
			return FALSE;
	}
	for (guint lane = 0; lane < 4; lane++)
		if (*page_b0(bed, 152 + lane) != lane + 1)
			return FALSE;
	return constants->len >= 4;
}

#endif
