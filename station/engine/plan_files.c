/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/plan_files.h"

#include "base/error.h"

#include <string.h>

static void file_free(gpointer data)
{
	struct step_file *file = data;

	file->free(file);
}

GPtrArray *plan_files_new(void)
{
	return g_ptr_array_new_with_free_func(file_free);
}

/* Null with error set when it is nowhere. */
static char *find_file(const struct plan *plan, const struct step_source *source,
                       const char *config_path, const char *name, GError **error)
{
	char *path;
	g_autofree char *folder = g_path_get_dirname(plan->path);
	g_autofree char *beside = g_build_filename(folder, name, NULL);

	if (!g_path_is_absolute(name) && g_file_test(beside, G_FILE_TEST_IS_REGULAR))
		return g_steal_pointer(&beside);
	path = config_find_file(config_path ? config_path : plan->path, source->folder, name);
	if (!path)
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s is neither beside the plan or the configuration nor among "
		                  "the installed %s",
		                  name, source->folder);
	return path;
}

static struct step_file *read_file(const struct step_table *steps, const char *path, GError **error)
{
	struct step_file *file = steps->source->load(path, steps, error);

	if (!file ||
	    (!step_table_find(steps, file->def.name, NULL) && !plan_enters_corner(&file->def)))
		return file;
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "%s: there is a step \"%s\" already: the file needs another name", path,
	                  file->def.name);
	file_free(file);
	return NULL;
}

static const struct step_def *load_file(struct plan *plan, const struct step_table *steps,
                                        const char *path, GError **error)
{
	struct step_file *file;

	for (guint i = 0; i < plan->files->len; i++) {
		file = g_ptr_array_index(plan->files, i);
		if (strcmp(file->path, path) == 0)
			return &file->def;
	}
	file = read_file(steps, path, error);
	if (!file)
		return NULL;
	g_ptr_array_add(plan->files, file);
	return &file->def;
}

gboolean plan_names_file(const struct step_table *steps, const char *name)
{
	return steps->source && g_str_has_suffix(name, steps->source->suffix);
}

struct step_file *plan_read_step(const struct plan *plan, const struct step_table *steps,
                                 const char *config_path, const char *name, GError **error)
{
	g_autofree char *path = g_file_test(name, G_FILE_TEST_IS_REGULAR)
	                                ? g_strdup(name)
	                                : find_file(plan, steps->source, config_path, name, error);

	return path ? read_file(steps, path, error) : NULL;
}

const struct step_def *plan_find_step(struct plan *plan, const struct step_table *steps,
                                      const char *config_path, const char *name, GError **error)
{
	const struct step_def *def;
	const char *near = NULL;

	if (plan_names_file(steps, name)) {
		g_autofree char *path = find_file(plan, steps->source, config_path, name, error);
		return path ? load_file(plan, steps, path, error) : NULL;
	}
	def = step_table_find(steps, name, &near);
	if (!def)
		station_error_set(error, STATION_ERROR_CONFIG, "there is no step \"%s\"%s%s%s",
		                  name, near ? "; did you mean \"" : "", near ? near : "",
		                  near ? "\"?" : "");
	return def;
}
