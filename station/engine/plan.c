/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/plan.h"

#include "station/engine/plan_files.h"

#include "base/error.h"
#include "base/suggest.h"
#include "base/yaml.h"

#include <math.h>
#include <string.h>

#define RETRIES_MAX 10
#define DEPTH_MAX   4

/* What is needed while the items of a file are read. */
struct loader {
	struct plan *plan;
	const struct step_table *steps;
	const char *config_path;        /* may be null */
	const struct yaml_node *own;    /* values of the type; may be null */
	const struct yaml_node *corner; /* parameters of what enters a corner; may be null */
	gboolean in_lanes;              /* an enclosing group loops over lanes */
	gboolean ramping;               /* in while_ramping */
	const char *no_corners;         /* why there may be no loop over corners; null: there may */
	int depth;
};

guint step_param_count(const struct step_def *def)
{
	guint n = 0;

	while (def->params && def->params[n].name)
		n++;
	return n;
}

void plan_item_free(struct plan_item *item)
{
	if (!item)
		return;
	for (guint i = 0; item->values && i < step_param_count(item->def); i++)
		g_free(item->values[i].text);
	g_free(item->values);
	if (item->file)
		item->file->free(item->file);
	g_free(item->name);
	g_clear_pointer(&item->corners, g_ptr_array_unref);
	g_clear_pointer(&item->items, g_ptr_array_unref);
	g_clear_pointer(&item->ramping, g_ptr_array_unref);
	g_free(item);
}

static void item_free(gpointer data)
{
	plan_item_free(data);
}

static void corner_clear(gpointer data)
{
	g_free(((struct plan_corner *)data)->name);
}

void plan_free(struct plan *plan)
{
	if (!plan)
		return;
	g_free(plan->path);
	g_free(plan->config_path);
	g_free(plan->sha256);
	g_free(plan->name);
	g_free(plan->revision);
	g_free(plan->type);
	g_strfreev(plan->types);
	g_free(plan->stage);
	g_clear_pointer(&plan->begin, plan_item_free);
	g_clear_pointer(&plan->soak, plan_item_free);
	g_free(plan->nowhere.name);
	g_clear_pointer(&plan->corners, g_array_unref);
	g_clear_pointer(&plan->setup, g_ptr_array_unref);
	g_clear_pointer(&plan->main, g_ptr_array_unref);
	g_clear_pointer(&plan->cleanup, g_ptr_array_unref);
	g_clear_pointer(&plan->files, g_ptr_array_unref); /* the items are of them */
	g_free(plan);
}

const struct step_def *step_table_find(const struct step_table *table, const char *name,
                                       const char **nearest)
{
	g_autofree const char **names = g_new0(const char *, table->n + 1);

	for (guint i = 0; i < table->n; i++) {
		if (strcmp(table->steps[i]->name, name) == 0)
			return table->steps[i];
		names[i] = table->steps[i]->name;
	}
	if (nearest)
		*nearest = suggest_nearest(name, names);
	return NULL;
}

gboolean plan_enters_corner(const struct step_def *def)
{
	return strcmp(def->name, PLAN_SET_CORNER) == 0 ||
	       strcmp(def->name, PLAN_CORNER_BEGIN) == 0 ||
	       strcmp(def->name, PLAN_CORNER_SOAK) == 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* "$oma" stands for the value "oma" of the type that the plan is read for. */
static gboolean find_value(const struct yaml_node **map, const char **key,
                           const struct loader *loader, GError **error)
{
	const struct yaml_node *node = yaml_find(*map, *key);
	const char *text;

	if (yaml_kind(node) != YAML_SCALAR || !yaml_as_string(node, &text, NULL) || text[0] != '$')
		return TRUE;
	if (!loader->own || !yaml_find(loader->own, text + 1)) {
		yaml_error(node, error, "type %s has no value \"%s\" in this plan",
		           loader->plan->type, text + 1);
		return FALSE;
	}
	*map = loader->own;
	*key = text + 1;
	return TRUE;
}

static gboolean read_value(const struct yaml_node *with, const struct step_param *param,
                           struct step_value *value, const struct loader *loader, GError **error)
{
	const char *text, *key = param->name;
	g_autoptr(GError) local = NULL;

	if (!find_value(&with, &key, loader, error))
		return FALSE;
	if (!param->unit) {
		if (!yaml_string(with, key, &text, error))
			return FALSE;
		value->text = g_strdup(text);
		return TRUE;
	}
	if (strcmp(param->unit, STEP_COUNT) == 0) {
		gint64 count;
		if (!yaml_int(with, key, param->min, param->max, &count, error))
			return FALSE;
		value->number = (double)count;
		return TRUE;
	}
	if (!(strcmp(param->unit, "1") == 0
	              ? yaml_number(with, key, &value->number, error)
	              : yaml_quantity(with, key, param->unit, &value->number, error)))
		return FALSE;
	if (step_value_check(param, value->number, &local))
		return TRUE;
	yaml_error(yaml_find(with, key), error, "%s", local->message);
	return FALSE;
}

/* The default stands in the table of steps as it would in a plan. */
static gboolean read_default(const struct yaml_node *node, const struct step_def *def,
                             const struct step_param *param, struct step_value *value,
                             GError **error)
{
	g_autoptr(GError) local = NULL;

	if (step_value_parse(param, NULL, value, &local))
		return TRUE;
	if (param->absent)
		station_error_set(error, STATION_ERROR_INTERNAL, "step %s: default of %s",
		                  def->name, local->message);
	else
		yaml_error(node, error, "step %s %s", def->name, local->message);
	return FALSE;
}

/* A step's own "with" comes before what the plan says for every corner, this before the default. */
static gboolean read_values(const struct yaml_node *node, const struct yaml_node *with,
                            struct plan_item *item, const struct loader *loader, GError **error)
{
	const struct step_def *def = item->def;
	const struct yaml_node *corner = plan_enters_corner(def) ? loader->corner : NULL;
	guint n = step_param_count(def);

	item->values = g_new0(struct step_value, n + 1);
	for (guint i = 0; i < n; i++) {
		const struct step_param *param = &def->params[i];
		gboolean shared = corner && yaml_find(corner, param->name);
		gboolean own = with && yaml_find(with, param->name);
		if (!(own || shared ? read_value(own ? with : corner, param, &item->values[i],
		                                 loader, error)
		                    : read_default(node, def, param, &item->values[i], error)))
			return FALSE;
	}
	return !with || yaml_done(with, error);
}

static gboolean read_loop(const struct yaml_node *node, struct plan_item *item,
                          const struct loader *loader, GError **error)
{
	static const char *const loops[] = {"lanes", "corners", NULL};
	const char *text;

	if (!yaml_string_or(node, "for", &text, NULL, error))
		return FALSE;
	if (!text || strcmp(text, "corners") != 0) {
		const struct yaml_node *stray = yaml_find(node, "at");
		stray = stray ? stray : yaml_find(node, "while_ramping");
		if (stray)
			yaml_error(stray, error, "only with \"for: corners\"");
		if (stray || !text)
			return !stray;
	}
	if (strcmp(text, "lanes") != 0 && strcmp(text, "corners") != 0) {
		const char *near = suggest_nearest(text, loops);
		yaml_error(yaml_find(node, "for"), error, "\"for: %s\": lanes or corners%s%s%s",
		           text, near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
		return FALSE;
	}
	item->loop = text[0] == 'l' ? PLAN_LANES : PLAN_CORNERS;
	if (item->loop == PLAN_LANES && loader->in_lanes) {
		yaml_error(yaml_find(node, "for"), error, "already inside a loop over lanes");
		return FALSE;
	}
	if (item->loop == PLAN_LANES)
		return TRUE;
	if (loader->no_corners) {
		yaml_error(yaml_find(node, "for"), error, "%s", loader->no_corners);
		return FALSE;
	}
	item->corners = corners_chosen(loader->plan->corners, node, error);
	return item->corners != NULL;
}

static gboolean read_policy(const struct yaml_node *node, struct plan_item *item, GError **error)
{
	const char *on_fail, *before;
	gint64 retries;

	if (!yaml_string_or(node, "on_fail", &on_fail, "continue", error) ||
	    !yaml_int_or(node, "retries", 0, RETRIES_MAX, &retries, 0, error) ||
	    !yaml_string_or(node, "before_retry", &before, NULL, error))
		return FALSE;
	if (strcmp(on_fail, "continue") != 0 && strcmp(on_fail, "stop") != 0) {
		yaml_error(yaml_find(node, "on_fail"), error, "\"on_fail: %s\": continue or stop",
		           on_fail);
		return FALSE;
	}
	if (before && strcmp(before, "clean") != 0) {
		yaml_error(yaml_find(node, "before_retry"), error,
		           "\"before_retry: %s\": only clean", before);
		return FALSE;
	}
	if (before && !retries) {
		yaml_error(yaml_find(node, "before_retry"), error, "before_retry without retries");
		return FALSE;
	}
	item->stop_on_fail = strcmp(on_fail, "stop") == 0;
	item->retries = (guint)retries;
	item->clean_before_retry = before != NULL;
	return TRUE;
}

static gboolean read_step(const struct yaml_node *node, struct plan_item *item,
                          const struct loader *loader, GError **error)
{
	const char *kind, *name;
	const struct yaml_node *with;
	g_autoptr(GError) local = NULL;

	if (!yaml_string(node, "step", &kind, error))
		return FALSE;
	item->def = plan_find_step(loader->plan, loader->steps, loader->config_path, kind, &local);
	if (!item->def) {
		yaml_error(yaml_find(node, "step"), error, "%s", local->message);
		return FALSE;
	}
	if (!yaml_string_or(node, "name", &name, item->def->name, error) ||
	    !read_loop(node, item, loader, error) || !read_policy(node, item, error) ||
	    !yaml_map_or(node, "with", &with, error) ||
	    !read_values(node, with, item, loader, error) || !yaml_done(node, error))
		return FALSE;
	item->name = g_strdup(name);
	if (loader->ramping && plan_enters_corner(item->def)) {
		yaml_error(node, error, "step %s is not for while_ramping", kind);
		return FALSE;
	}
	if (item->def->scope == STEP_LANE && !loader->in_lanes && item->loop != PLAN_LANES) {
		yaml_error(node, error,
		           "step %s is for one lane: put \"for: lanes\" here or on its group",
		           kind);
		return FALSE;
	}
	if (item->def->scope == STEP_UNIT && (loader->in_lanes || item->loop == PLAN_LANES)) {
		yaml_error(node, error,
		           "step %s is for the whole unit and cannot be in a loop over lanes",
		           kind);
		return FALSE;
	}
	return TRUE;
}

static gboolean read_items(const struct yaml_node *list, GPtrArray *items,
                           const struct loader *loader, GError **error);

static gboolean read_group(const struct yaml_node *node, struct plan_item *item,
                           const struct loader *outer, GError **error)
{
	struct loader loader = *outer;
	const struct yaml_node *steps, *ramping;
	const char *name;

	if (++loader.depth > DEPTH_MAX) {
		yaml_error(node, error, "groups are nested more than %d deep", DEPTH_MAX);
		return FALSE;
	}
	item->items = g_ptr_array_new_with_free_func(item_free);
	if (!yaml_string(node, "group", &name, error) || !read_loop(node, item, outer, error) ||
	    !yaml_list(node, "steps", &steps, error) ||
	    !yaml_list_or(node, "while_ramping", &ramping, error))
		return FALSE;
	item->name = g_strdup(name);
	loader.in_lanes = loader.in_lanes || item->loop == PLAN_LANES;
	if (item->loop == PLAN_CORNERS)
		loader.no_corners = "already inside a loop over corners";
	if (ramping) {
		struct loader aside = loader;

		aside.ramping = TRUE;
		item->ramping = g_ptr_array_new_with_free_func(item_free);
		if (!read_items(ramping, item->ramping, &aside, error))
			return FALSE;
	}
	return read_items(steps, item->items, &loader, error) && yaml_done(node, error);
}

static gboolean read_items(const struct yaml_node *list, GPtrArray *items,
                           const struct loader *loader, GError **error)
{
	for (guint i = 0; i < yaml_size(list); i++) {
		const struct yaml_node *node = yaml_item(list, i);
		struct plan_item *item = g_new0(struct plan_item, 1);

		g_ptr_array_add(items, item);
		item->line = yaml_line(node);
		if (yaml_kind(node) != YAML_MAP) {
			yaml_error(node, error, "expected \"step: NAME\" or \"group: NAME\"");
			return FALSE;
		}
		if (!(yaml_find(node, "group") ? read_group(node, item, loader, error)
		                               : read_step(node, item, loader, error)))
			return FALSE;
	}
	return TRUE;
}

/* What the engine does by itself to enter a corner. Where that fails nothing can be measured. */
static gboolean read_entry(const struct yaml_node *root, const char *name, struct plan_item **item,
                           const struct loader *loader, GError **error)
{
	const struct step_def *def = step_table_find(loader->steps, name, NULL);

	if (!def)
		return TRUE;
	*item = g_new0(struct plan_item, 1);
	(*item)->name = g_strdup(name);
	(*item)->line = yaml_line(loader->corner ? loader->corner : root);
	(*item)->def = def;
	(*item)->stop_on_fail = TRUE;
	return read_values(root, NULL, *item, loader, error);
}

static gboolean read_section(const struct yaml_node *root, const char *key, GPtrArray *items,
                             const struct loader *loader, GError **error)
{
	const struct yaml_node *list;

	return yaml_list(root, key, &list, error) && read_items(list, items, loader, error);
}

/* One type, or several with values of their own. `wanted`: null for the first. */
static gboolean read_types(struct plan *plan, const struct yaml_node *root, const char *wanted,
                           struct loader *loader, GError **error)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	const struct yaml_node *node = yaml_find(root, "type");
	const char *one;

	if (node) {
		if (!yaml_string(root, "type", &one, error))
			return FALSE;
		g_ptr_array_add(names, (gpointer)one);
	} else {
		if (!yaml_map(root, "types", &node, error))
			return FALSE;
		for (guint i = 0; i < yaml_size(node); i++)
			g_ptr_array_add(names, (gpointer)yaml_key(node, i));
	}
	g_ptr_array_add(names, NULL);
	plan->types = g_strdupv((char **)names->pdata);
	plan->type = g_strdup(wanted ? wanted : plan->types[0]);
	if (!plan->type || !g_strv_contains((const char *const *)plan->types, plan->type)) {
		g_autofree char *all = g_strjoinv(", ", plan->types);
		yaml_error(node, error, "the plan is for type %s, not for %s", all,
		           plan->type ? plan->type : "any");
		return FALSE;
	}
	return node == yaml_find(root, "type") || yaml_map(node, plan->type, &loader->own, error);
}

static gboolean read_plan(struct plan *plan, const struct yaml_node *root, const char *wanted,
                          const struct step_table *steps, const char *config_path, GError **error)
{
	struct loader loader = {.plan = plan, .steps = steps, .config_path = config_path};
	const char *name, *revision, *stage;

	if (!yaml_string(root, "plan", &name, error) ||
	    !yaml_string(root, "revision", &revision, error) ||
	    !read_types(plan, root, wanted, &loader, error) ||
	    !yaml_string(root, "stage", &stage, error) ||
	    !corners_read(plan->corners, root, error) ||
	    !yaml_map_or(root, "corner", &loader.corner, error) ||
	    !read_entry(root, PLAN_CORNER_BEGIN, &plan->begin, &loader, error) ||
	    !read_entry(root, PLAN_CORNER_SOAK, &plan->soak, &loader, error) ||
	    (loader.corner && !yaml_done(loader.corner, error)))
		return FALSE;
	plan->name = g_strdup(name);
	plan->revision = g_strdup(revision);
	plan->stage = g_strdup(stage);
	if (!read_section(root, "setup", plan->setup, &loader, error) ||
	    !read_section(root, "main", plan->main, &loader, error))
		return FALSE;
	loader.no_corners = "cleanup is done wherever the unit happens to be, at no corner";
	return read_section(root, "cleanup", plan->cleanup, &loader, error) &&
	       (!loader.own || yaml_done(loader.own, error)) && yaml_done(root, error);
}

struct plan *plan_load_with(const char *path, const struct step_table *steps, const char *type,
                            const char *config_path, GError **error)
{
	g_autoptr(yaml_doc) doc = yaml_load_file(path, error);
	g_autoptr(plan) plan = NULL;

	if (!doc)
		return NULL;
	plan = g_new0(struct plan, 1);
	plan->path = g_strdup(path);
	plan->config_path = g_strdup(config_path);
	plan->sha256 = g_strdup(yaml_sha256(doc));
	plan->corners = g_array_new(FALSE, TRUE, sizeof(struct plan_corner));
	g_array_set_clear_func(plan->corners, corner_clear);
	plan->nowhere = (struct plan_corner){g_strdup(""), NAN, NAN};
	plan->setup = g_ptr_array_new_with_free_func(item_free);
	plan->main = g_ptr_array_new_with_free_func(item_free);
	plan->cleanup = g_ptr_array_new_with_free_func(item_free);
	plan->files = plan_files_new();
	if (!read_plan(plan, yaml_root(doc), type, steps, config_path, error))
		return NULL;
	return g_steal_pointer(&plan);
}

struct plan *plan_load_for(const char *path, const struct step_table *steps, const char *type,
                           GError **error)
{
	return plan_load_with(path, steps, type, NULL, error);
}

struct plan *plan_load(const char *path, const struct step_table *steps, GError **error)
{
	return plan_load_for(path, steps, NULL, error);
}
