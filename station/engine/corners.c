/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/corners.h"

#include "base/suggest.h"
#include "base/unit.h"

#include <math.h>
#include <string.h>

/* Nominal supply of QSFP-DD and OSFP modules. */
#define NOMINAL_V 3.3

#define CORNERS_MAX 64

/* Two readings of the same figure. */
#define SAME 1e-9

static const struct plan_corner *corner_at(const GArray *corners, guint i)
{
	return &g_array_index(corners, struct plan_corner, i);
}

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean add_corner(GArray *corners, const struct yaml_node *node, const char *name,
                           double case_degc, double supply_v, GError **error)
{
	struct plan_corner corner = {NULL, case_degc, supply_v};

	for (guint i = 0; i < corners->len; i++) {
		if (strcmp(corner_at(corners, i)->name, name) != 0)
			continue;
		yaml_error(node, error, "two corners would be named \"%s\"", name);
		return FALSE;
	}
	if (!*name || corners->len == CORNERS_MAX) {
		yaml_error(node, error, *name ? "more than %d corners" : "a corner needs a name",
		           CORNERS_MAX);
		return FALSE;
	}
	corner.name = g_strdup(name);
	g_array_append_val(corners, corner);
	return TRUE;
}

static gboolean read_named(GArray *corners, const struct yaml_node *list, GError **error)
{
	for (guint i = 0; i < yaml_size(list); i++) {
		const struct yaml_node *node = yaml_item(list, i);
		double case_degc, supply_v;
		const char *name;

		if (!yaml_string(node, "name", &name, error) ||
		    !yaml_quantity(node, "case", "degC", &case_degc, error) ||
		    !yaml_quantity(node, "supply", "V", &supply_v, error) ||
		    !yaml_done(node, error) ||
		    !add_corner(corners, node, name, case_degc, supply_v, error))
			return FALSE;
	}
	if (!corners->len)
		yaml_error(list, error, "a plan needs at least one corner");
	return corners->len > 0;
}

static GArray *read_quantities(const struct yaml_node *list, const char *unit, GError **error)
{
	g_autoptr(GArray) values = g_array_new(FALSE, FALSE, sizeof(double));

	for (guint i = 0; i < yaml_size(list); i++) {
		double value;
		if (!yaml_as_quantity(yaml_item(list, i), unit, &value, error))
			return NULL;
		g_array_append_val(values, value);
	}
	if (!values->len) {
		yaml_error(list, error, "an empty list: no corner");
		return NULL;
	}
	return g_steal_pointer(&values);
}

/* Setup is done at what is nearest to nominal, wherever that stands in the lists. */
static void nominal_first(GArray *corners)
{
	guint best = 0;

	for (guint i = 1; i < corners->len; i++) {
		const struct plan_corner *a = corner_at(corners, i), *b = corner_at(corners, best);
		double a_k = fabs(a->case_degc - CORNERS_AMBIENT_DEGC);
		double b_k = fabs(b->case_degc - CORNERS_AMBIENT_DEGC);

		if (a_k < b_k ||
		    (a_k == b_k && fabs(a->supply_v - NOMINAL_V) < fabs(b->supply_v - NOMINAL_V)))
			best = i;
	}
	struct plan_corner first = *corner_at(corners, best);
	memmove(corners->data + sizeof first, corners->data, best * sizeof first);
	g_array_index(corners, struct plan_corner, 0) = first;
}

static gboolean read_product(GArray *corners, const struct yaml_node *map, GError **error)
{
	const struct yaml_node *cases, *supplies;

	if (!yaml_list(map, "case", &cases, error) || !yaml_list(map, "supply", &supplies, error) ||
	    !yaml_done(map, error))
		return FALSE;
	g_autoptr(GArray) degc = read_quantities(cases, "degC", error);
	g_autoptr(GArray) volt = degc ? read_quantities(supplies, "V", error) : NULL;
	if (!volt)
		return FALSE;
	for (guint c = 0; c < degc->len; c++) {
		for (guint s = 0; s < volt->len; s++) {
			double case_degc = g_array_index(degc, double, c);
			double supply_v = g_array_index(volt, double, s);
			g_autofree char *name = g_strdup_printf("%gC %.3fV", case_degc, supply_v);

			if (!add_corner(corners, map, name, case_degc, supply_v, error))
				return FALSE;
		}
	}
	nominal_first(corners);
	return TRUE;
}

gboolean corners_read(GArray *corners, const struct yaml_node *root, GError **error)
{
	const struct yaml_node *node = yaml_find(root, "corners");

	if (node && yaml_kind(node) == YAML_MAP)
		return read_product(corners, node, error);
	return yaml_list(root, "corners", &node, error) && read_named(corners, node, error);
}

/* --- which of them ---------------------------------------------------------------------------- */

static gboolean choose_names(const GArray *corners, const struct yaml_node *list, gboolean *chosen,
                             GError **error)
{
	g_autofree const char **names = g_new0(const char *, corners->len + 1);

	memset(chosen, 0, corners->len * sizeof *chosen);
	for (guint c = 0; c < corners->len; c++)
		names[c] = corner_at(corners, c)->name;
	for (guint i = 0; i < yaml_size(list); i++) {
		const char *name;
		guint c = 0;

		if (!yaml_as_string(yaml_item(list, i), &name, error))
			return FALSE;
		while (c < corners->len && strcmp(names[c], name) != 0)
			c++;
		if (c == corners->len) {
			const char *near = suggest_nearest(name, names);
			yaml_error(yaml_item(list, i), error, "there is no corner \"%s\"%s%s%s",
			           name, near ? "; did you mean \"" : "", near ? near : "",
			           near ? "\"?" : "");
			return FALSE;
		}
		chosen[c] = TRUE;
	}
	return TRUE;
}

static double coordinate(const struct plan_corner *corner, const char *key)
{
	return strcmp(key, "case") == 0 ? corner->case_degc : corner->supply_v;
}

static gboolean refuse_value(const GArray *corners, const struct yaml_node *node, const char *key,
                             const char *unit, double value, GError **error)
{
	double near = coordinate(corner_at(corners, 0), key);

	for (guint c = 1; c < corners->len; c++)
		if (fabs(coordinate(corner_at(corners, c), key) - value) < fabs(near - value))
			near = coordinate(corner_at(corners, c), key);
	g_autofree char *value_text = unit_format(value, unit, 6);
	g_autofree char *near_text = unit_format(near, unit, 6);
	yaml_error(node, error, "no corner has %s %s; the nearest has %s", key, value_text,
	           near_text);
	return FALSE;
}

/* Takes away the corners that have none of the values listed under the key. */
static gboolean choose_values(const GArray *corners, const struct yaml_node *at, const char *key,
                              const char *unit, gboolean *chosen, GError **error)
{
	g_autofree gboolean *found = g_new0(gboolean, corners->len);
	const struct yaml_node *list;

	if (!yaml_list_or(at, key, &list, error))
		return FALSE;
	if (!list)
		return TRUE;
	g_autoptr(GArray) values = read_quantities(list, unit, error);
	if (!values)
		return FALSE;
	for (guint i = 0; i < values->len; i++) {
		double value = g_array_index(values, double, i);
		gboolean any = FALSE;

		for (guint c = 0; c < corners->len; c++) {
			if (fabs(coordinate(corner_at(corners, c), key) - value) > SAME)
				continue;
			found[c] = TRUE;
			any = TRUE;
		}
		if (!any)
			return refuse_value(corners, yaml_item(list, i), key, unit, value, error);
	}
	for (guint c = 0; c < corners->len; c++)
		chosen[c] = chosen[c] && found[c];
	return TRUE;
}

GPtrArray *corners_chosen(const GArray *corners, const struct yaml_node *loop, GError **error)
{
	const struct yaml_node *at = yaml_find(loop, "at");
	g_autofree gboolean *chosen = g_new(gboolean, corners->len);
	g_autoptr(GPtrArray) result = g_ptr_array_new();

	for (guint c = 0; c < corners->len; c++)
		chosen[c] = TRUE;
	if (at && yaml_kind(at) == YAML_MAP) {
		if (!choose_values(corners, at, "case", "degC", chosen, error) ||
		    !choose_values(corners, at, "supply", "V", chosen, error) ||
		    !yaml_done(at, error))
			return NULL;
	} else if (at) {
		if (!yaml_list(loop, "at", &at, error) || !choose_names(corners, at, chosen, error))
			return NULL;
	}
	for (guint c = 0; c < corners->len; c++)
		if (chosen[c])
			g_ptr_array_add(result, (gpointer)corner_at(corners, c));
	if (!result->len) {
		yaml_error(at, error, "no corner is at all of that");
		return NULL;
	}
	return g_steal_pointer(&result);
}

/* --- their order ------------------------------------------------------------------------------ */

/* The shortest way through points on a line: from where one is to one end, then to the other. */
struct sweep {
	const char *key;
	double from;
	gboolean low_first;
};

static int compare_on_way(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct sweep *sweep = data;
	double x = coordinate(*(const struct plan_corner *const *)a, sweep->key);
	double y = coordinate(*(const struct plan_corner *const *)b, sweep->key);
	gboolean x_later = sweep->low_first ? x > sweep->from : x < sweep->from;
	gboolean y_later = sweep->low_first ? y > sweep->from : y < sweep->from;
	double x_away = fabs(x - sweep->from), y_away = fabs(y - sweep->from);

	if (x_later != y_later)
		return x_later - y_later;
	return (x_away > y_away) - (x_away < y_away);
}

static void range_of(gpointer *corners, guint n, const char *key, double *low, double *high)
{
	*low = INFINITY;
	*high = -INFINITY;
	for (guint i = 0; i < n; i++) {
		*low = MIN(*low, coordinate(corners[i], key));
		*high = MAX(*high, coordinate(corners[i], key));
	}
}

static void go_through(gpointer *corners, guint n, struct sweep *sweep)
{
	g_qsort_with_data(corners, (int)n, sizeof *corners, compare_on_way, sweep);
}

/* The corners at one temperature. To end at one end of the voltages is to go to the other first;
 * to end between the two is never shorter. */
struct stop {
	guint first, n;
	double low_v, high_v;
	double cost_v[2]; /* all the way to here, ending at the low or at the high end */
	int via[2];       /* the end of the stop before */
};

static GArray *stops_of(GPtrArray *corners)
{
	GArray *stops = g_array_new(FALSE, TRUE, sizeof(struct stop));

	for (guint i = 0; i < corners->len;) {
		double degc = coordinate(corners->pdata[i], "case");
		struct stop stop = {.first = i};

		while (i < corners->len && coordinate(corners->pdata[i], "case") == degc)
			i++;
		stop.n = i - stop.first;
		range_of(corners->pdata + stop.first, stop.n, "supply", &stop.low_v, &stop.high_v);
		g_array_append_val(stops, stop);
	}
	return stops;
}

/* The least change of voltage to the ends of each stop; from[2] is where the stop is reached from
 * and what it cost to be there. */
static void count_cost(struct stop *stop, const double from_v[2], const double cost_v[2])
{
	for (int end = 0; end < 2; end++) {
		double other = end ? stop->low_v : stop->high_v;
		double a = cost_v[0] + fabs(from_v[0] - other);
		double b = cost_v[1] + fabs(from_v[1] - other);

		/* of equals always the same one, whatever the last bits of the sums are */
		stop->via[end] = b < a - SAME;
		stop->cost_v[end] = (stop->via[end] ? b : a) + stop->high_v - stop->low_v;
	}
}

static void order_supplies(GPtrArray *corners, double supply_v)
{
	g_autoptr(GArray) stops = stops_of(corners);
	struct stop *stop = (struct stop *)stops->data;
	g_autofree int *end = g_new0(int, stops->len);
	guint last = stops->len - 1;

	for (guint i = 0; i < stops->len; i++) {
		const double start_v[2] = {supply_v, supply_v}, start_cost[2] = {0, 0};
		const double ends_v[2] = {i ? stop[i - 1].low_v : 0, i ? stop[i - 1].high_v : 0};

		count_cost(&stop[i], i ? ends_v : start_v, i ? stop[i - 1].cost_v : start_cost);
	}
	/* to begin downwards is to end at the high end */
	end[last] = stop[last].cost_v[1] < stop[last].cost_v[0] + SAME;
	for (guint i = last; i > 0; i--)
		end[i - 1] = stop[i].via[end[i]];
	for (guint i = 0; i < stops->len; i++) {
		struct sweep sweep = {"supply", supply_v, end[i] == 1};
		gpointer *here = corners->pdata + stop[i].first;

		go_through(here, stop[i].n, &sweep);
		supply_v = coordinate(here[stop[i].n - 1], "supply");
	}
}

GPtrArray *corners_order(const GPtrArray *corners, double case_degc, double supply_v)
{
	GPtrArray *order = g_ptr_array_sized_new(corners->len);
	struct sweep sweep = {"case", case_degc, FALSE};
	double low, high;

	for (guint i = 0; i < corners->len; i++)
		g_ptr_array_add(order, corners->pdata[i]);
	range_of(order->pdata, order->len, "case", &low, &high);
	sweep.low_first = case_degc - low <= high - case_degc + SAME;
	go_through(order->pdata, order->len, &sweep);
	order_supplies(order, supply_v);
	return order;
}
