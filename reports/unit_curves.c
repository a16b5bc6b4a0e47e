/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/unit_page.h"

#include "base/unit.h"
#include "reports/chart.h"
#include "reports/corner.h"
#include "reports/page.h"
#include "reports/phase.h"
#include "reports/title.h"

#include <math.h>
#include <string.h>

enum { CHARTS_MAX = 24, CELLS_MAX = 12000 };

void unit_left_out(struct markup *markup, guint n, const char *what)
{
	if (n > 0)
		markup_elementf(markup, "p", "small",
		                "%u more %s are only in the run document, for size.", n, what);
}

/* Corner and lane are what tells pictures of one kind apart. */
void unit_caption(struct markup *markup, const struct run_record *record, const char *name,
                  int lane, const char *corner, guint step)
{
	g_autofree char *shown = corner_text(record, corner_of(record, corner, step));
	markup_open(markup, "figcaption");
	if (lane > 0)
		markup_elementf(markup, "b", NULL, "Lane %d ", lane);
	markup_textf(markup, "%s%s%s", name, *shown ? " at " : "", shown);
	markup_close(markup);
}

static const char *step_name(const struct run_record *record, guint step)
{
	if (step >= record->steps->len)
		return "";
	return ((const struct record_step *)record->steps->pdata[step])->name;
}

/* Whether a picture of id `of`, of step `at`, is of the id but of another step of the plan. */
static gboolean is_elsewhere(const struct run_record *record, const char *id, guint step,
                             const char *of, guint at)
{
	return strcmp(id, of) == 0 && !run_record_superseded(record, at) &&
	       strcmp(step_name(record, step), step_name(record, at)) != 0;
}

static gboolean is_of_several(const struct run_record *record, const char *id, guint step)
{
	for (guint i = 0; i < record->series->len; i++) {
		const struct record_series *series = record->series->pdata[i];
		if (is_elsewhere(record, id, step, series->id, series->step))
			return TRUE;
	}
	for (guint i = 0; i < record->maps->len; i++) {
		const struct record_map *map = record->maps->pdata[i];
		if (is_elsewhere(record, id, step, map->id, map->step))
			return TRUE;
	}
	for (guint i = 0; i < record->eyes->len; i++) {
		const struct record_eye *eye = record->eyes->pdata[i];
		if (is_elsewhere(record, id, step, eye->id, eye->step))
			return TRUE;
	}
	return FALSE;
}

char *unit_name(const struct run_record *record, const char *name, const char *id, guint step)
{
	if (!is_of_several(record, id, step))
		return g_strdup(name);
	return g_strdup_printf("%s (%s)", name, step_name(record, step));
}

/* --- which curves share a chart ------------------------------------------------------------- */

/* Fits of tables over temperature are drawn with the tables (unit_constants.c). */
static GHashTable *fits_of_tables(const struct run_record *record)
{
	GHashTable *fits = g_hash_table_new(NULL, NULL);
	for (guint i = 0; i < record->constants->len; i++) {
		const struct record_constant *constant = record->constants->pdata[i];
		if (constant->entry >= 0)
			g_hash_table_add(fits, (gpointer)run_record_fit(record, constant));
	}
	return fits;
}

/* The series of the phase that are drawn here, borrowed. */
static GPtrArray *collect_shown(const struct run_record *record, gboolean calibration)
{
	g_autoptr(GHashTable) fits = fits_of_tables(record);
	GPtrArray *shown = g_ptr_array_new();
	for (guint i = 0; i < record->series->len; i++) {
		struct record_series *series = record->series->pdata[i];
		if (!run_record_superseded(record, series->step) &&
		    phase_is_calibration(record, series->step) == calibration &&
		    !g_hash_table_contains(fits, series) && !unit_beside_tables(record, series))
			g_ptr_array_add(shown, series);
	}
	return shown;
}

static gboolean same_kind(const struct record_series *a, const struct record_series *b)
{
	return strcmp(a->id, b->id) == 0;
}

/* One kind may be swept over one thing and then over another: those are no curves of one chart. */
static gboolean share_chart(const struct record_series *a, const struct record_series *b)
{
	return same_kind(a, b) && strcmp(a->group, b->group) == 0 &&
	       strcmp(a->x_name, b->x_name) == 0 && (*a->group != '\0' || a->lane == b->lane);
}

/* Those of `shown` that are together with the one at `first`; empty when an earlier one is. */
static GPtrArray *collect(const GPtrArray *shown, guint first,
                          gboolean (*together)(const struct record_series *a,
                                               const struct record_series *b))
{
	GPtrArray *members = g_ptr_array_new();
	for (guint i = 0; i < shown->len; i++) {
		if (!together(shown->pdata[first], shown->pdata[i]))
			continue;
		if (i < first)
			break;
		g_ptr_array_add(members, shown->pdata[i]);
	}
	return members;
}

/* --- names in a legend ---------------------------------------------------------------------- */

struct differs { /* what tells the curves of a chart apart */
	gboolean lane, corner, label, step;
	gboolean one_step; /* all are of one step of the plan */
};

static struct differs find_differences(const struct run_record *record, const GPtrArray *members)
{
	struct differs differs = {0};
	const struct record_series *first = members->pdata[0];
	for (guint i = 1; i < members->len; i++) {
		const struct record_series *series = members->pdata[i];
		differs.lane = differs.lane || series->lane != first->lane;
		differs.corner = differs.corner ||
		                 strcmp(corner_of(record, series->corner, series->step),
		                        corner_of(record, first->corner, first->step)) != 0;
		differs.label = differs.label || strcmp(series->label, first->label) != 0;
		differs.step = differs.step || strcmp(step_name(record, series->step),
		                                      step_name(record, first->step)) != 0;
	}
	differs.one_step = !differs.step;
	differs.step = differs.step && !differs.lane && !differs.corner && !differs.label;
	return differs;
}

static char *name_of(const struct run_record *record, const struct record_series *series,
                     const struct differs *differs, guint number)
{
	g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
	if (differs->lane)
		g_ptr_array_add(parts, g_strdup_printf("lane %d", series->lane));
	if (differs->corner)
		g_ptr_array_add(parts, corner_text(record, corner_of(record, series->corner,
		                                                     series->step)));
	if (*series->label != '\0')
		g_ptr_array_add(parts, g_strdup(series->label));
	if (differs->step)
		g_ptr_array_add(parts, g_strdup(step_name(record, series->step)));
	if (parts->len == 0)
		g_ptr_array_add(parts, g_strdup_printf("curve %u", number));
	g_ptr_array_add(parts, NULL);
	return g_strjoinv(", ", (char **)parts->pdata);
}

/* --- charts --------------------------------------------------------------------------------- */

void unit_chart(struct markup *markup, const struct run_record *record, const GPtrArray *members,
                guint from)
{
	struct chart_curve curves[CHART_CURVES_MAX];
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct differs differs = find_differences(record, members);
	const struct record_series *first = members->pdata[from];
	guint n = MIN(members->len - from, CHART_CURVES_MAX);
	for (guint i = 0; i < n; i++) {
		char *name = name_of(record, members->pdata[from + i], &differs, from + i + 1);
		g_ptr_array_add(names, name);
		curves[i] = (struct chart_curve){members->pdata[from + i], name};
	}
	g_autofree char *title = g_strdup_printf("%s%s%s", title_of(first->id),
	                                         *first->group ? ", " : "", first->group);
	g_autofree char *what = differs.one_step ? unit_name(record, title, first->id, first->step)
	                                         : g_strdup(title);
	markup_open(markup, "figure");
	if (differs.corner)
		unit_caption(markup, record, what, differs.lane ? 0 : first->lane, "", G_MAXUINT);
	else
		unit_caption(markup, record, what, differs.lane ? 0 : first->lane, first->corner,
		             first->step);
	chart_curves(markup, curves, n);
	markup_close(markup);
}

static int compare_corners(gconstpointer a, gconstpointer b, gpointer data)
{
	const struct record_series *first = *(struct record_series *const *)a;
	const struct record_series *second = *(struct record_series *const *)b;
	return corner_compare(corner_of(data, first->corner, first->step),
	                      corner_of(data, second->corner, second->step));
}

void unit_sort_by_corner(const struct run_record *record, GPtrArray *curves)
{
	g_ptr_array_sort_with_data(curves, compare_corners, (gpointer)record);
}

/* Series of one id. */
static void write_kind(struct markup *markup, const struct run_record *record,
                       const GPtrArray *kind)
{
	guint charts = 0, left_out = 0;
	markup_open(markup, "div");
	markup_attr(markup, "class", "charts");
	for (guint i = 0; i < kind->len; i++) {
		g_autoptr(GPtrArray) members = collect(kind, i, share_chart);
		unit_sort_by_corner(record, members);
		for (guint from = 0; from < members->len; from += CHART_CURVES_MAX) {
			if (charts++ < CHARTS_MAX)
				unit_chart(markup, record, members, from);
			else
				left_out += MIN(members->len - from, CHART_CURVES_MAX);
		}
	}
	markup_close(markup);
	unit_left_out(markup, left_out, "curves");
}

static const char *id_of(const GPtrArray *kind)
{
	return ((const struct record_series *)kind->pdata[0])->id;
}

static void write_test(struct markup *markup, const struct run_record *record,
                       const GPtrArray *kind)
{
	page_section(markup, title_of(id_of(kind)));
	write_kind(markup, record, kind);
	if (g_str_has_suffix(id_of(kind), "waterfall"))
		markup_element(markup, "p", "small",
		               "Bars: confidence bounds. Open dot: no error seen, drawn at the "
		               "upper bound. Line: fit, with its confidence band where it stands "
		               "alone. Dotted: sensitivity. Red: error ratio that forward error "
		               "correction needs.");
	markup_close(markup);
}

static void write_calibration(struct markup *markup, const struct run_record *record,
                              const GPtrArray *kind)
{
	markup_open(markup, "details");
	markup_elementf(markup, "summary", NULL, "%s: %u curve%s", title_of(id_of(kind)), kind->len,
	                kind->len == 1 ? "" : "s");
	write_kind(markup, record, kind);
	markup_close(markup);
}

void unit_curves(struct markup *markup, const struct run_record *record, gboolean calibration)
{
	g_autoptr(GPtrArray) shown = collect_shown(record, calibration);
	if (calibration && shown->len > 0)
		page_section(markup, "Calibration curves");
	for (guint i = 0; i < shown->len; i++) {
		g_autoptr(GPtrArray) kind = collect(shown, i, same_kind);
		if (kind->len > 0 && calibration)
			write_calibration(markup, record, kind);
		else if (kind->len > 0)
			write_test(markup, record, kind);
	}
	if (calibration && shown->len > 0)
		markup_close(markup);
}

/* --- maps ----------------------------------------------------------------------------------- */

static char *place_text(const char *name, double value, const char *unit)
{
	g_autofree char *text = unit_format(value, unit, 4);
	return g_strdup_printf("%s %s", name, text);
}

/* What the marks on a map are. */
static void write_below_map(struct markup *markup, const struct record_map *map)
{
	g_autoptr(GString) text = g_string_new(NULL);
	if (isfinite(map->best_x) && isfinite(map->best_y)) {
		g_autofree char *x = place_text(map->x_name, map->best_x, map->x_unit);
		g_autofree char *y = place_text(map->y_name, map->best_y, map->y_unit);
		g_string_append_printf(text, "Ring: chosen, %s, %s. ", x, y);
	}
	if (isfinite(map->line_z)) {
		g_autofree char *limit = chart_map_value(map, map->line_z);
		g_string_append_printf(text, "Dashed: limit %s. ", limit);
	}
	g_string_append(text, map->note);
	markup_element(markup, "p", "small", text->str);
}

static gboolean any_map(const struct run_record *record)
{
	for (guint i = 0; i < record->maps->len; i++) {
		const struct record_map *map = record->maps->pdata[i];
		if (!run_record_superseded(record, map->step))
			return TRUE;
	}
	return FALSE;
}

void unit_maps(struct markup *markup, const struct run_record *record)
{
	guint64 cells = 0;
	guint left_out = 0;
	if (!any_map(record))
		return;
	page_section(markup, "Maps");
	markup_open(markup, "div");
	markup_attr(markup, "class", "charts");
	for (guint i = 0; i < record->maps->len; i++) {
		const struct record_map *map = record->maps->pdata[i];
		if (run_record_superseded(record, map->step))
			continue;
		cells += (guint64)map->x->len * map->y->len;
		if (cells > CELLS_MAX) {
			left_out++;
			continue;
		}
		g_autofree char *name = unit_name(record, title_of(map->id), map->id, map->step);
		markup_open(markup, "figure");
		unit_caption(markup, record, name, map->lane, map->corner, map->step);
		if (chart_map(markup, map))
			write_below_map(markup, map);
		else
			markup_element(markup, "p", "small",
			               "Not drawn; the values are in the run document.");
		markup_close(markup);
	}
	markup_close(markup);
	unit_left_out(markup, left_out, "maps");
	markup_close(markup);
}
