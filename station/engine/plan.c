/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/plan.h"

#include "base/error.h"
#include "base/suggest.h"
#include "base/unit.h"
#include "base/yaml.h"

#include <string.h>

#define RETRIES_MAX 10
#define DEPTH_MAX   4

/* What is needed while the items of a file are read. */
struct loader {
	const struct step_table *steps;
	gboolean in_lanes; /* an enclosing group loops over lanes */
	gboolean in_corners;
	int depth;
};

static guint param_count(const struct step_def *def)
{
	guint n = 0;

	while (def->params && def->params[n].name)
		n++;
	return n;
}

static void item_free(gpointer data)
{
	struct plan_item *item = data;

	for (guint i = 0; item->values && i < param_count(item->def); i++)
		g_free(item->values[i].text);
	g_free(item->values);
	g_free(item->name);
	g_clear_pointer(&item->items, g_ptr_array_unref);
	g_free(item);
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
	g_free(plan->sha256);
	g_free(plan->name);
	g_free(plan->revision);
	g_free(plan->type);
	g_free(plan->stage);
	g_clear_pointer(&plan->corners, g_array_unref);
	g_clear_pointer(&plan->setup, g_ptr_array_unref);
	g_clear_pointer(&plan->main, g_ptr_array_unref);
	g_clear_pointer(&plan->cleanup, g_ptr_array_unref);
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

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean may_be_negative(const char *unit)
{
	return strcmp(unit, "dB") == 0 || strcmp(unit, "dBm") == 0 || strcmp(unit, "degC") == 0;
}

static gboolean read_value(const struct yaml_node *with, const struct step_param *param,
                           struct step_value *value, GError **error)
{
	const char *text;

	if (!param->unit) {
		if (!yaml_string(with, param->name, &text, error))
			return FALSE;
		value->text = g_strdup(text);
		return TRUE;
	}
	if (strcmp(param->unit, STEP_COUNT) == 0) {
		gint64 count;
		if (!yaml_int(with, param->name, param->min, param->max, &count, error))
			return FALSE;
		value->number = (double)count;
		return TRUE;
	}
	if (!(strcmp(param->unit, "1") == 0
	              ? yaml_number(with, param->name, &value->number, error)
	              : yaml_quantity(with, param->name, param->unit, &value->number, error)))
		return FALSE;
	if (value->number < 0 && !may_be_negative(param->unit)) {
		yaml_error(yaml_find(with, param->name), error, "%s must not be below zero",
		           param->name);
		return FALSE;
	}
	return TRUE;
}

/* The default stands in the table of steps as it would in a plan. */
static gboolean read_default(const struct yaml_node *node, const struct step_def *def,
                             const struct step_param *param, struct step_value *value,
                             GError **error)
{
	g_autoptr(GError) local = NULL;

	if (!param->absent) {
		yaml_error(node, error, "step %s needs \"%s\": %s%s%s", def->name, param->name,
		           param->help, param->unit ? ", in " : "", param->unit ? param->unit : "");
		return FALSE;
	}
	if (!param->unit) {
		value->text = g_strdup(param->absent);
		return TRUE;
	}
	if (!unit_parse(param->absent, strcmp(param->unit, STEP_COUNT) == 0 ? "1" : param->unit,
	                &value->number, &local)) {
		station_error_set(error, STATION_ERROR_INTERNAL, "step %s: default of %s: %s",
		                  def->name, param->name, local->message);
		return FALSE;
	}
	return TRUE;
}

static gboolean read_values(const struct yaml_node *node, struct plan_item *item, GError **error)
{
	const struct step_def *def = item->def;
	const struct yaml_node *with;
	guint n = param_count(def);

	if (!yaml_map_or(node, "with", &with, error))
		return FALSE;
	item->values = g_new0(struct step_value, n + 1);
	for (guint i = 0; i < n; i++) {
		const struct step_param *param = &def->params[i];
		gboolean given = with && yaml_find(with, param->name);
		if (!(given ? read_value(with, param, &item->values[i], error)
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
	if (!text)
		return TRUE;
	if (strcmp(text, "lanes") != 0 && strcmp(text, "corners") != 0) {
		const char *near = suggest_nearest(text, loops);
		yaml_error(yaml_find(node, "for"), error, "\"for: %s\": lanes or corners%s%s%s",
		           text, near ? " (did you mean " : "", near ? near : "", near ? "?)" : "");
		return FALSE;
	}
	item->loop = text[0] == 'l' ? PLAN_LANES : PLAN_CORNERS;
	if ((item->loop == PLAN_LANES && loader->in_lanes) ||
	    (item->loop == PLAN_CORNERS && loader->in_corners)) {
		yaml_error(yaml_find(node, "for"), error, "already inside a loop over %s", text);
		return FALSE;
	}
	return TRUE;
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
	const char *kind, *name, *near = NULL;

	if (!yaml_string(node, "step", &kind, error))
		return FALSE;
	item->def = step_table_find(loader->steps, kind, &near);
	if (!item->def) {
		yaml_error(yaml_find(node, "step"), error, "there is no step \"%s\"%s%s%s", kind,
		           near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
		return FALSE;
	}
	if (!yaml_string_or(node, "name", &name, kind, error) ||
	    !read_loop(node, item, loader, error) || !read_policy(node, item, error) ||
	    !read_values(node, item, error) || !yaml_done(node, error))
		return FALSE;
	item->name = g_strdup(name);
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
	const struct yaml_node *steps;
	const char *name;

	if (++loader.depth > DEPTH_MAX) {
		yaml_error(node, error, "groups are nested more than %d deep", DEPTH_MAX);
		return FALSE;
	}
	item->items = g_ptr_array_new_with_free_func(item_free);
	if (!yaml_string(node, "group", &name, error) || !read_loop(node, item, outer, error) ||
	    !yaml_list(node, "steps", &steps, error))
		return FALSE;
	item->name = g_strdup(name);
	loader.in_lanes = loader.in_lanes || item->loop == PLAN_LANES;
	loader.in_corners = loader.in_corners || item->loop == PLAN_CORNERS;
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

static gboolean read_corners(struct plan *plan, const struct yaml_node *root, GError **error)
{
	const struct yaml_node *list;

	if (!yaml_list(root, "corners", &list, error))
		return FALSE;
	for (guint i = 0; i < yaml_size(list); i++) {
		const struct yaml_node *node = yaml_item(list, i);
		struct plan_corner corner = {0};
		const char *name;

		if (!yaml_string(node, "name", &name, error) ||
		    !yaml_quantity(node, "case", "degC", &corner.case_degc, error) ||
		    !yaml_quantity(node, "supply", "V", &corner.supply_v, error) ||
		    !yaml_done(node, error))
			return FALSE;
		corner.name = g_strdup(name);
		g_array_append_val(plan->corners, corner);
	}
	if (!plan->corners->len)
		yaml_error(list, error, "a plan needs at least one corner");
	return plan->corners->len > 0;
}

static gboolean read_section(const struct yaml_node *root, const char *key, GPtrArray *items,
                             const struct step_table *steps, GError **error)
{
	struct loader loader = {.steps = steps};
	const struct yaml_node *list;

	return yaml_list(root, key, &list, error) && read_items(list, items, &loader, error);
}

static gboolean read_plan(struct plan *plan, const struct yaml_node *root,
                          const struct step_table *steps, GError **error)
{
	const char *name, *revision, *type, *stage;

	if (!yaml_string(root, "plan", &name, error) ||
	    !yaml_string(root, "revision", &revision, error) ||
	    !yaml_string(root, "type", &type, error) ||
	    !yaml_string(root, "stage", &stage, error) || !read_corners(plan, root, error))
		return FALSE;
	plan->name = g_strdup(name);
	plan->revision = g_strdup(revision);
	plan->type = g_strdup(type);
	plan->stage = g_strdup(stage);
	return read_section(root, "setup", plan->setup, steps, error) &&
	       read_section(root, "main", plan->main, steps, error) &&
	       read_section(root, "cleanup", plan->cleanup, steps, error) && yaml_done(root, error);
}

struct plan *plan_load(const char *path, const struct step_table *steps, GError **error)
{
	g_autoptr(yaml_doc) doc = yaml_load_file(path, error);
	g_autoptr(plan) plan = NULL;

	if (!doc)
		return NULL;
	plan = g_new0(struct plan, 1);
	plan->path = g_strdup(path);
	plan->sha256 = g_strdup(yaml_sha256(doc));
	plan->corners = g_array_new(FALSE, TRUE, sizeof(struct plan_corner));
	g_array_set_clear_func(plan->corners, corner_clear);
	plan->setup = g_ptr_array_new_with_free_func(item_free);
	plan->main = g_ptr_array_new_with_free_func(item_free);
	plan->cleanup = g_ptr_array_new_with_free_func(item_free);
	if (!read_plan(plan, yaml_root(doc), steps, error))
		return NULL;
	return g_steal_pointer(&plan);
}

/* --- unrolling -------------------------------------------------------------------------------- */

struct unroll {
	const struct plan *plan;
	GArray *out;
	const char *group;
	guint n_lanes;
};

static void unroll_items(const struct unroll *u, const GPtrArray *items, int lane,
                         const struct plan_corner *corner);

static void unroll_once(const struct unroll *u, const struct plan_item *item, int lane,
                        const struct plan_corner *corner)
{
	struct plan_action action = {item, u->group, lane, corner};

	if (item->items)
		unroll_items(u, item->items, lane, corner);
	else
		g_array_append_val(u->out, action);
}

static void unroll_items(const struct unroll *u, const GPtrArray *items, int lane,
                         const struct plan_corner *corner)
{
	for (guint i = 0; i < items->len; i++) {
		const struct plan_item *item = g_ptr_array_index(items, i);

		if (item->loop == PLAN_ONCE)
			unroll_once(u, item, lane, corner);
		for (guint l = 1; item->loop == PLAN_LANES && l <= u->n_lanes; l++)
			unroll_once(u, item, (int)l, corner);
		for (guint c = 0; item->loop == PLAN_CORNERS && c < u->plan->corners->len; c++)
			unroll_once(u, item, lane,
			            &g_array_index(u->plan->corners, struct plan_corner, c));
	}
}

GArray *plan_unroll(const struct plan *plan, guint n_lanes)
{
	const struct plan_corner *first = &g_array_index(plan->corners, struct plan_corner, 0);
	struct unroll u = {plan, g_array_new(FALSE, TRUE, sizeof(struct plan_action)), "setup",
	                   n_lanes};

	unroll_items(&u, plan->setup, 0, first);
	u.group = "main";
	unroll_items(&u, plan->main, 0, first);
	u.group = "cleanup";
	unroll_items(&u, plan->cleanup, 0, first);
	return u.out;
}

static void show_values(const struct plan_item *item, GString *out)
{
	for (guint i = 0; i < param_count(item->def); i++) {
		const struct step_param *param = &item->def->params[i];
		gboolean plain = param->unit && strcmp(param->unit, STEP_COUNT) == 0;
		g_autofree char *text = param->unit ? unit_format(item->values[i].number,
		                                                  plain ? "1" : param->unit, 6)
		                                    : g_strdup(item->values[i].text);
		g_string_append_printf(out, "%s%s=%s", i ? ", " : "  ", param->name, text);
	}
}

char *plan_show(const struct plan *plan, guint n_lanes)
{
	g_autoptr(GArray) actions = plan_unroll(plan, n_lanes);
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%s, revision %s, type %s, stage %s: %u actions for %u lanes\n",
	                       plan->name, plan->revision, plan->type, plan->stage, actions->len,
	                       n_lanes);
	for (guint i = 0; i < actions->len; i++) {
		const struct plan_action *a = &g_array_index(actions, struct plan_action, i);
		g_autofree char *lane =
			a->lane ? g_strdup_printf("lane %d", a->lane) : g_strdup("unit");
		g_string_append_printf(out, "%3u  %-7s  %-10s %-6s  %-24s", i + 1, a->group,
		                       a->corner->name, lane, a->item->name);
		if (strcmp(a->item->name, a->item->def->name) != 0)
			g_string_append_printf(out, " (%s)", a->item->def->name);
		show_values(a->item, out);
		if (a->item->retries)
			g_string_append_printf(out, "  [retries %u%s]", a->item->retries,
			                       a->item->clean_before_retry ? ", clean before" : "");
		if (a->item->stop_on_fail)
			g_string_append(out, "  [stop on fail]");
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}
