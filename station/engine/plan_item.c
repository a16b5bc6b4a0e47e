/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/plan.h"

#include "base/error.h"
#include "base/suggest.h"
#include "station/engine/plan_files.h"

#include <string.h>

/* The plan's own of that name, or else the first of that step; null when it has none. */
static const struct plan_item *find_like(const struct plan *plan, const char *name)
{
	g_autoptr(GArray) actions = plan ? plan_unroll(plan, 1) : NULL;
	const struct plan_item *found = NULL;

	for (guint i = 0; actions && i < actions->len; i++) {
		const struct plan_item *item = g_array_index(actions, struct plan_action, i).item;
		if (strcmp(item->name, name) == 0)
			return item;
		if (!found && strcmp(item->def->name, name) == 0)
			found = item;
	}
	return found;
}

static const struct step_def *find_def(const struct plan_item *like, const struct step_table *steps,
                                       const char *name, GError **error)
{
	const char *near = NULL;
	const struct step_def *def = like ? like->def : step_table_find(steps, name, &near);

	if (!def)
		station_error_set(error, STATION_ERROR_CONFIG, "there is no step \"%s\"%s%s%s",
		                  name, near ? "; did you mean \"" : "", near ? near : "",
		                  near ? "\"?" : "");
	return def;
}

/* Every text is for a parameter that the step has. */
static gboolean check_names(const struct step_def *def, const char *const *values, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();

	for (guint i = 0; i < step_param_count(def); i++)
		g_ptr_array_add(names, (gpointer)def->params[i].name);
	g_ptr_array_add(names, NULL);
	for (guint i = 0; values && values[i]; i++) {
		g_autofree char *name = g_strndup(values[i], strcspn(values[i], "="));
		const char *const *all = (const char *const *)names->pdata;
		const char *near = suggest_nearest(name, all);

		if (strchr(values[i], '=') && g_strv_contains(all, name))
			continue;
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "step %s has no parameter \"%s\"%s%s%s", def->name, name,
		                  near ? "; did you mean \"" : "", near ? near : "",
		                  near ? "\"?" : "");
		return FALSE;
	}
	return TRUE;
}

/* What is said of a parameter, last; null: nothing. */
static const char *said_of(const struct step_param *param, const char *const *values)
{
	gsize length = strlen(param->name);
	const char *found = NULL;

	for (guint i = 0; values && values[i]; i++)
		if (strncmp(values[i], param->name, length) == 0 && values[i][length] == '=')
			found = values[i] + length + 1;
	return found;
}

static gboolean take_values(struct plan_item *item, const struct plan_item *like,
                            const char *const *values, GError **error)
{
	for (guint i = 0; i < step_param_count(item->def); i++) {
		const struct step_param *param = &item->def->params[i];
		const char *said = said_of(param, values);
		struct step_value *value = &item->values[i];

		if (said || !like) {
			if (step_value_parse(param, said, value, error))
				continue;
			g_prefix_error(error, "step %s: ", item->def->name);
			return FALSE;
		}
		value->number = like->values[i].number;
		value->text = g_strdup(like->values[i].text);
	}
	return TRUE;
}

/* What it is, by its name; null with error set. */
static struct plan_item *item_of(const struct plan *plan, const struct step_table *steps,
                                 const char *name, const struct plan_item **like, GError **error)
{
	gboolean is_file = plan && plan_names_file(steps, name);
	struct plan_item item = {0};

	*like = is_file ? NULL : find_like(plan, name);
	if (is_file) {
		item.file = plan_read_step(plan, steps, plan->config_path, name, error);
		item.def = item.file ? &item.file->def : NULL;
	} else {
		item.def = find_def(*like, steps, name, error);
	}
	if (!item.def)
		return NULL;
	item.name = g_strdup(*like ? (*like)->name : item.def->name);
	return g_memdup2(&item, sizeof item);
}

struct plan_item *plan_item_make(const struct plan *plan, const struct step_table *steps,
                                 const char *name, const char *const *values, GError **error)
{
	const struct plan_item *like;
	struct plan_item *item = item_of(plan, steps, name, &like, error);

	if (item && check_names(item->def, values, error)) {
		item->values = g_new0(struct step_value, step_param_count(item->def) + 1);
		if (take_values(item, like, values, error))
			return item;
	}
	plan_item_free(item);
	return NULL;
}
