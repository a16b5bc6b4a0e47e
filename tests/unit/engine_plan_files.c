/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "station/engine/plan.h"

#include <glib/gstdio.h>
#include <string.h>

/* Steps in files of their own: where they are looked for, that each is read once, and that a plan
 * is checked against them. What is in a file is the source's: here its name is all. */

static gboolean idle(struct step_context *ctx, GError **error)
{
	return TRUE;
}

static const struct step_param file_params[] = {
	{"count", STEP_COUNT, "2", "how often", 1, 9},
	{0},
};
static const struct step_def plain = {.name = "plain",
                                      .help = "",
                                      .scope = STEP_UNIT,
                                      .limit_s = 1,
                                      .run = idle};
static const struct step_def *const steps[] = {&plain};

static void file_free(struct step_file *file)
{
	g_free((char *)file->def.name);
	g_free(file->path);
	g_free(file->sha256);
	g_free(file);
}

static struct step_file *load(const char *path, const struct step_table *table, GError **error)
{
	struct step_file *file = g_new0(struct step_file, 1);
	g_autofree char *name = g_path_get_basename(path);

	g_assert_cmpuint(table->n, ==, 1);
	name[strlen(name) - strlen(".step")] = '\0';
	file->def = plain;
	file->def.name = g_steal_pointer(&name);
	file->def.params = file_params;
	file->def.scope = strstr(path, "lane") ? STEP_LANE : STEP_UNIT;
	file->path = g_strdup(path);
	file->sha256 = g_strdup("0123");
	file->free = file_free;
	if (!strstr(path, "broken"))
		return file;
	file_free(file);
	station_error_set(error, STATION_ERROR_CONFIG, "broken.step:7: nonsense");
	return NULL;
}

static const struct step_source source = {".step", "scripts", load};
static const struct step_table table = {steps, 1, &source};
static const struct step_table bare = {steps, 1, NULL};

/* A folder with plans/, beside/ (of a configuration) and data/scripts/. */
struct room {
	char *folder, *plan, *config;
};

static void put(const struct room *room, const char *name, const char *text)
{
	g_autofree char *path = g_build_filename(room->folder, name, NULL);
	g_autofree char *folder = g_path_get_dirname(path);

	g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
	g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void room_open(struct room *room)
{
	g_autofree char *data = NULL;

	room->folder = g_dir_make_tmp("plan-files-XXXXXX", NULL);
	room->plan = g_build_filename(room->folder, "plans", "p.yaml", NULL);
	room->config = g_build_filename(room->folder, "beside", "station.yaml", NULL);
	data = g_build_filename(room->folder, "data", NULL);
	g_setenv("STATION_DATADIR", data, TRUE);
	put(room, "plans/near.step", "");
	put(room, "beside/both.step", "");
	put(room, "data/scripts/both.step", "");
	put(room, "data/scripts/far.step", "");
	put(room, "plans/by-lane.step", "");
	put(room, "plans/broken.step", "");
	put(room, "plans/plain.step", "");
	put(room, "plans/set-corner.step", "");
}

static void room_close(struct room *room)
{
	g_autofree char *command = g_strdup_printf("rm -rf '%s'", room->folder);

	g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
	g_free(room->folder);
	g_free(room->plan);
	g_free(room->config);
}

static struct plan *read_plan(const struct room *room, const struct step_table *with,
                              const char *config, const char *items, GError **error)
{
	g_autofree char *text =
		g_strconcat("plan: P\nrevision: \"1\"\ntype: T\nstage: final\ncorners:\n"
	                    "  - {name: nominal, case: 25 degC, supply: 3.3 V}\nsetup: []\nmain:\n",
	                    items, "cleanup: []\n", NULL);

	put(room, "plans/p.yaml", text);
	return plan_load_with(room->plan, with, NULL, config, error);
}

static void test_found(void)
{
	struct room room;
	GError *error = NULL;
	struct plan *plan;
	const struct step_file *file;
	const struct plan_item *item;

	room_open(&room);
	plan = read_plan(&room, &table, room.config,
	                 "  - {step: near.step, with: {count: 3}}\n  - {step: both.step}\n"
	                 "  - {step: far.step, name: other}\n  - {step: near.step}\n"
	                 "  - {step: by-lane.step, for: lanes}\n",
	                 &error);
	g_assert_no_error(error);
	g_assert_cmpuint(plan->files->len, ==, 4);
	file = g_ptr_array_index(plan->files, 1);
	g_assert_true(strstr(file->path, "/beside/both.step") != NULL);
	item = g_ptr_array_index(plan->main, 0);
	g_assert_cmpstr(item->name, ==, "near");
	g_assert_cmpfloat(item->values[0].number, ==, 3);
	item = g_ptr_array_index(plan->main, 2);
	g_assert_cmpstr(item->name, ==, "other");
	g_assert_cmpstr(item->def->name, ==, "far");
	g_assert_true(((struct plan_item *)g_ptr_array_index(plan->main, 3))->def ==
	              ((struct plan_item *)g_ptr_array_index(plan->main, 0))->def);
	plan_free(plan);
	/* without a configuration the installed one is meant */
	plan = read_plan(&room, &table, NULL, "  - {step: both.step}\n", &error);
	g_assert_no_error(error);
	file = g_ptr_array_index(plan->files, 0);
	g_assert_true(strstr(file->path, "/data/scripts/both.step") != NULL);
	plan_free(plan);
	room_close(&room);
}

static void test_refused(void)
{
	static const struct {
		const char *items, *message;
	} rows[] = {
		{"  - {step: nowhere.step}\n", "*p.yaml:9: nowhere.step is neither beside*"},
		{"  - {step: broken.step}\n", "*p.yaml:9: broken.step:7: nonsense"},
		{"  - {step: plain.step}\n", "*p.yaml:9: */plain.step: there is a step \"plain\"*"},
		{"  - {step: set-corner.step}\n", "*there is a step \"set-corner\"*"},
		{"  - {step: near.step, with: {count: 10}}\n", "*p.yaml:9: *"},
		{"  - {step: near.step, with: {cuont: 1}}\n", "*p.yaml:9: *cuont*"},
		{"  - {step: near.step, for: lanes}\n", "*step near.step is for the whole unit*"},
		{"  - {step: by-lane.step}\n", "*step by-lane.step is for one lane*"},
		{"  - {step: plian}\n", "*did you mean \"plain\"?"},
	};
	struct room room;
	GError *error = NULL;

	room_open(&room);
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_assert_null(read_plan(&room, &table, NULL, rows[i].items, &error));
		g_assert_error(error, STATION_ERROR, STATION_ERROR_CONFIG);
		if (!g_pattern_match_simple(rows[i].message, error->message))
			g_error("%s: %s", rows[i].items, error->message);
		g_clear_error(&error);
	}
	g_assert_null(read_plan(&room, &bare, NULL, "  - {step: near.step}\n", &error));
	g_assert_true(g_pattern_match_simple("*there is no step \"near.step\"*", error->message));
	g_clear_error(&error);
	room_close(&room);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
	g_test_add_func("/engine/plan-files/found", test_found);
	g_test_add_func("/engine/plan-files/refused", test_refused);
	return g_test_run();
}
