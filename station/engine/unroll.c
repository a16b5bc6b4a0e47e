/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/unit.h"
#include "station/engine/plan.h"

#include <math.h>
#include <string.h>

struct unroll {
	const struct plan *plan;
	GArray *out;
	const char *group;
	guint n_lanes;
	const struct plan_corner *at; /* entered last; null before the first */
};

static const struct plan_corner *first_corner(const struct plan *plan)
{
	return &g_array_index(plan->corners, struct plan_corner, 0);
}

/* The loop that an action is in: lane 0 and a null corner outside of any. */
struct place {
	int lane;
	const struct plan_corner *corner;
};

static void unroll_items(struct unroll *u, const GPtrArray *items, guint first, guint end,
                         struct place place);

static void add_action(struct unroll *u, const struct plan_item *item, struct place place)
{
	const struct plan_corner *first = first_corner(u->plan);
	gboolean enters = plan_enters_corner(item->def);
	gboolean waits = strcmp(item->def->name, PLAN_CORNER_SOAK) == 0;
	struct plan_action action = {item, u->group, place.lane, place.corner,
	                             item == u->plan->begin ? u->at : NULL};

	if (!action.corner)
		action.corner = u->at && !(enters && !waits) ? u->at : first;
	if (enters)
		u->at = action.corner;
	g_array_append_val(u->out, action);
}

static void unroll_once(struct unroll *u, const struct plan_item *item, struct place place)
{
	if (item->items)
		unroll_items(u, item->items, 0, item->items->len, place);
	else
		add_action(u, item, place);
}

/* The share of while_ramping that is done in the i-th of n ramps. */
static void unroll_ramping(struct unroll *u, const struct plan_item *item, guint i, guint n,
                           int lane)
{
	const struct place nowhere = {lane, &u->plan->nowhere};
	guint len = item->ramping ? item->ramping->len : 0;

	/* rounded up, so that what is there is done in the first ramps */
	if (len)
		unroll_items(u, item->ramping, (i * len + n - 1) / n, ((i + 1) * len + n - 1) / n,
		             nowhere);
}

static gboolean is_ramp(const struct plan_corner *from, const struct plan_corner *to)
{
	return !from || from->case_degc != to->case_degc;
}

static guint count_ramps(const struct plan_corner *from, const GPtrArray *order)
{
	guint n = 0;

	for (guint i = 0; i < order->len; i++) {
		n += is_ramp(from, order->pdata[i]);
		from = order->pdata[i];
	}
	return n;
}

static void unroll_corners(struct unroll *u, const struct plan_item *item, int lane)
{
	const struct plan_corner *start = u->at ? u->at : first_corner(u->plan);
	g_autoptr(GPtrArray) order =
		corners_order(item->corners, u->at ? u->at->case_degc : CORNERS_AMBIENT_DEGC,
	                      start->supply_v);
	guint ramp = 0, ramps = count_ramps(u->at, order);

	if (!ramps)
		unroll_ramping(u, item, 0, 1, lane);
	for (guint i = 0; i < order->len; i++) {
		const struct plan_corner *to = order->pdata[i], *from = u->at;
		const struct place entry = {0, to}, here = {lane, to};
		gboolean differs = is_ramp(from, to) || from->supply_v != to->supply_v;

		if (differs && u->plan->begin)
			add_action(u, u->plan->begin, entry);
		if (is_ramp(from, to))
			unroll_ramping(u, item, ramp++, ramps, lane);
		if (differs && u->plan->soak)
			add_action(u, u->plan->soak, entry);
		u->at = to;
		unroll_once(u, item, here);
	}
}

static void unroll_items(struct unroll *u, const GPtrArray *items, guint first, guint end,
                         struct place place)
{
	for (guint i = first; i < end; i++) {
		const struct plan_item *item = g_ptr_array_index(items, i);

		if (item->loop == PLAN_ONCE)
			unroll_once(u, item, place);
		for (guint l = 1; item->loop == PLAN_LANES && l <= u->n_lanes; l++)
			unroll_once(u, item, (struct place){(int)l, place.corner});
		if (item->loop == PLAN_CORNERS)
			unroll_corners(u, item, place.lane);
	}
}

static void unroll_section(struct unroll *u, const char *name, const GPtrArray *items,
                           const struct plan_corner *corner)
{
	u->group = name;
	unroll_items(u, items, 0, items->len, (struct place){0, corner});
}

GArray *plan_unroll(const struct plan *plan, guint n_lanes)
{
	struct unroll u = {plan, g_array_new(FALSE, TRUE, sizeof(struct plan_action)), NULL,
	                   n_lanes, NULL};

	unroll_section(&u, "setup", plan->setup, NULL);
	unroll_section(&u, "main", plan->main, NULL);
	/* a run that stops early cleans up wherever it has got to */
	unroll_section(&u, "cleanup", plan->cleanup, &plan->nowhere);
	return u.out;
}

/* --- as text ---------------------------------------------------------------------------------- */

static void show_values(const struct plan_item *item, GString *out)
{
	for (guint i = 0; i < step_param_count(item->def); i++) {
		const struct step_param *param = &item->def->params[i];
		gboolean plain = param->unit && strcmp(param->unit, STEP_COUNT) == 0;
		g_autofree char *text = param->unit ? unit_format(item->values[i].number,
		                                                  plain ? "1" : param->unit, 6)
		                                    : g_strdup(item->values[i].text);
		g_string_append_printf(out, "%s%s=%s", i ? ", " : "  ", param->name, text);
	}
}

/* From ambient to the first corner entered counts as a ramp when that is at another temperature. */
static void show_corners(const GArray *actions, GString *out)
{
	double at_degc = CORNERS_AMBIENT_DEGC, way_degc = 0;
	const struct plan_corner *last = NULL;
	g_autoptr(GString) names = g_string_new(NULL);
	guint ramps = 0;

	for (guint i = 0; i < actions->len; i++) {
		const struct plan_action *a = &g_array_index(actions, struct plan_action, i);

		if (!plan_enters_corner(a->item->def) || a->corner == last)
			continue;
		last = a->corner;
		ramps += last->case_degc != at_degc;
		way_degc += fabs(last->case_degc - at_degc);
		at_degc = last->case_degc;
		g_string_append_printf(names, "%s%s", names->len ? ", " : "", last->name);
	}
	if (last)
		g_string_append_printf(out, "corners: %s; %u ramp%s over %g degC in total\n",
		                       names->str, ramps, ramps == 1 ? "" : "s", way_degc);
}

static void show_action(const struct plan_action *a, guint number, GString *out)
{
	g_autofree char *lane = a->lane ? g_strdup_printf("lane %d", a->lane) : g_strdup("unit");

	g_string_append_printf(out, "%3u  %-7s  %-12s %-6s  %-24s", number, a->group,
	                       *a->corner->name ? a->corner->name : "-", lane, a->item->name);
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

guint plan_needs(const struct plan *plan)
{
	g_autoptr(GArray) actions = plan_unroll(plan, 1);
	guint needs = 0;

	for (guint i = 0; i < actions->len; i++)
		needs |= g_array_index(actions, struct plan_action, i).item->def->needs;
	return needs;
}

char *plan_show(const struct plan *plan, guint n_lanes)
{
	g_autoptr(GArray) actions = plan_unroll(plan, n_lanes);
	GString *out = g_string_new(NULL);

	g_string_append_printf(out, "%s, revision %s, type %s, stage %s: %u actions for %u lanes\n",
	                       plan->name, plan->revision, plan->type, plan->stage, actions->len,
	                       n_lanes);
	show_corners(actions, out);
	for (guint i = 0; i < actions->len; i++)
		show_action(&g_array_index(actions, struct plan_action, i), i + 1, out);
	return g_string_free(out, FALSE);
}
