/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "reports/chart.h"

#include "base/number.h"
#include "limits/value.h"
#include "reports/svg.h"

#include <math.h>
#include <string.h>

static const double map_width = 460, map_height = 300;
static const double plot_left = 62, plot_right = 374, plot_top = 14, plot_bottom = 258;
static const double scale_left = 390, scale_right = 404;
static const double label_room = 46; /* between the numbers of contours */
enum { TICKS_MAX = 20, CELLS_MAX = 3600, SHADES = 24, LEVELS = 6 };

/* From low to high, even in lightness, so that colour-blind people and black and white prints keep
 * the order: "viridis" of matplotlib, CC0. */
static const guint32 colours[] = {0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C,
                                  0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725};

/* The map in order: ascending places, values by their scale. */
struct plot {
	struct markup *markup;
	const struct record_map *map;
	GArray *x, *y, *z;         /* double; z row by row, NAN where there is none */
	GArray *x_edges, *y_edges; /* of the cells, one more than places */
	double z_min, z_max;       /* of the scale */
	GArray *labels;            /* double, x and y of the numbers written so far */
};

static double at(const GArray *values, guint i)
{
	return g_array_index(values, double, i);
}

static double z_at(const struct plot *plot, guint column, guint row)
{
	return at(plot->z, row * plot->x->len + column);
}

/* --- order and scale ------------------------------------------------------------------------ */

static int compare_places(gconstpointer a, gconstpointer b, gpointer data)
{
	const GArray *places = data;
	double x = at(places, *(const guint *)a), y = at(places, *(const guint *)b);
	return (x > y) - (x < y);
}

/* Indices of places by their size. */
static GArray *order_of(const GArray *places)
{
	GArray *order = g_array_new(FALSE, FALSE, sizeof(guint));
	for (guint i = 0; i < places->len; i++)
		g_array_append_val(order, i);
	g_array_sort_with_data(order, compare_places, (gpointer)places);
	return order;
}

static GArray *in_order(const GArray *places, const GArray *order)
{
	GArray *sorted = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint i = 0; i < order->len; i++) {
		double place = at(places, g_array_index(order, guint, i));
		g_array_append_val(sorted, place);
	}
	return sorted;
}

/* Half way between neighbours; at the ends as far outside. */
static GArray *edges_of(const GArray *places)
{
	GArray *edges = g_array_new(FALSE, FALSE, sizeof(double));
	guint last = places->len - 1;
	double first_half = last > 0 ? (at(places, 1) - at(places, 0)) / 2 : 0.5;
	double last_half = last > 0 ? (at(places, last) - at(places, last - 1)) / 2 : 0.5;
	double edge = at(places, 0) - first_half;
	g_array_append_val(edges, edge);
	for (guint i = 0; i < last; i++) {
		edge = at(places, i) / 2 + at(places, i + 1) / 2;
		g_array_append_val(edges, edge);
	}
	edge = at(places, last) + last_half;
	g_array_append_val(edges, edge);
	return edges;
}

/* The least ratio seen stands for those that were too small to see. */
static double least_positive(const GArray *z)
{
	double least = NAN;
	for (guint i = 0; i < z->len; i++) {
		if (at(z, i) > 0)
			least = isnan(least) ? at(z, i) : MIN(least, at(z, i));
	}
	return least;
}

static double scaled(const struct record_map *map, double z, double least)
{
	if (!isfinite(z))
		return NAN;
	if (!map->log_z)
		return z;
	return z < 0 ? NAN : log10(z > 0 ? z : least);
}

static void fill_values(struct plot *plot, const GArray *columns, const GArray *rows)
{
	const struct record_map *map = plot->map;
	double least = least_positive(map->z);
	plot->z_min = plot->z_max = NAN;
	for (guint r = 0; r < rows->len; r++) {
		for (guint c = 0; c < columns->len; c++) {
			guint row = g_array_index(rows, guint, r);
			guint column = g_array_index(columns, guint, c);
			double z = scaled(map, at(map->z, row * map->x->len + column), least);
			g_array_append_val(plot->z, z);
			plot->z_min = fmin(plot->z_min, z);
			plot->z_max = fmax(plot->z_max, z);
		}
	}
	if (plot->z_max - plot->z_min > 0)
		return;
	plot->z_min -= 0.5;
	plot->z_max += 0.5;
}

static gboolean all_finite(const GArray *values)
{
	for (guint i = 0; i < values->len; i++) {
		if (!isfinite(at(values, i)))
			return FALSE;
	}
	return TRUE;
}

static gboolean can_draw(const struct record_map *map)
{
	guint64 cells = (guint64)map->x->len * map->y->len;
	return cells > 0 && cells <= CELLS_MAX && cells == map->z->len && all_finite(map->x) &&
	       all_finite(map->y);
}

/* --- places --------------------------------------------------------------------------------- */

static double part_of(const GArray *edges, double value)
{
	double from = at(edges, 0), to = at(edges, edges->len - 1);
	double part = to > from ? (value - from) / (to - from) : 0.5;
	return isfinite(part) ? CLAMP(part, 0, 1) : 0;
}

static double place_x(const struct plot *plot, double x)
{
	return plot_left + part_of(plot->x_edges, x) * (plot_right - plot_left);
}

static double place_y(const struct plot *plot, double y)
{
	return plot_bottom - part_of(plot->y_edges, y) * (plot_bottom - plot_top);
}

static double place_z(const struct plot *plot, double z)
{
	double part = (z - plot->z_min) / (plot->z_max - plot->z_min);
	return plot_bottom - part * (plot_bottom - plot_top);
}

static char *colour_at(double part)
{
	double level = round(CLAMP(part, 0, 1) * (SHADES - 1)) / (SHADES - 1) *
	               (G_N_ELEMENTS(colours) - 1);
	gsize lower = MIN((gsize)level, G_N_ELEMENTS(colours) - 2);
	double share = level - (double)lower;
	guint32 mixed = 0;
	for (int shift = 0; shift <= 16; shift += 8) {
		double from = (colours[lower] >> shift) & 0xFF;
		double to = (colours[lower + 1] >> shift) & 0xFF;
		mixed |= (guint32)lround(from + (to - from) * share) << shift;
	}
	return g_strdup_printf("#%06x", mixed);
}

static void draw_filled(struct markup *markup, double part, double x, double y, double width,
                        double height)
{
	g_autofree char *colour = colour_at(part);
	markup_open(markup, "rect");
	markup_attr(markup, "fill", colour);
	markup_attr_number(markup, "x", x);
	markup_attr_number(markup, "y", y);
	/* a hair wider, or the page shows through between cells */
	markup_attr_number(markup, "width", MAX(width, 0) + 0.3);
	markup_attr_number(markup, "height", MAX(height, 0) + 0.3);
	markup_close(markup);
}

static void draw_cells(const struct plot *plot)
{
	double span = plot->z_max - plot->z_min;
	for (guint r = 0; r < plot->y->len; r++) {
		double bottom = place_y(plot, at(plot->y_edges, r));
		double top = place_y(plot, at(plot->y_edges, r + 1));
		for (guint c = 0; c < plot->x->len; c++) {
			double left = place_x(plot, at(plot->x_edges, c));
			double right = place_x(plot, at(plot->x_edges, c + 1));
			double z = z_at(plot, c, r);
			if (isfinite(z)) {
				draw_filled(plot->markup, (z - plot->z_min) / span, left, top,
				            right - left, bottom - top);
				continue;
			}
			svg_rectangle(plot->markup, "hole", left, top, right - left, bottom - top);
			svg_line(plot->markup, "hole", left, bottom, right, top);
		}
	}
}

/* --- contours ------------------------------------------------------------------------------- */

/* One contour in pieces, and where its number may stand. */
struct contour {
	const struct plot *plot;
	double level;
	GString *path;
	double label_x, label_y; /* NAN: nowhere yet */
};

static gboolean is_clear(const struct plot *plot, double x, double y)
{
	if (x < plot_left + 24 || x > plot_right - 24 || y < plot_top + 12 || y > plot_bottom - 12)
		return FALSE;
	for (guint i = 0; i + 1 < plot->labels->len; i += 2) {
		if (fabs(at(plot->labels, i) - x) < label_room &&
		    fabs(at(plot->labels, i + 1) - y) < label_room / 3)
			return FALSE;
	}
	return TRUE;
}

static void add_piece(struct contour *contour, const double from[2], const double to[2])
{
	double x = (from[0] + to[0]) / 2, y = (from[1] + to[1]) / 2;
	const double xy[] = {from[0], from[1], to[0], to[1]};
	for (int i = 0; i < 2; i++) {
		g_autofree char *x_text = markup_number(xy[2 * i], 1);
		g_autofree char *y_text = markup_number(xy[2 * i + 1], 1);
		g_string_append_printf(contour->path, "%s%s,%s", i ? "L" : "M", x_text, y_text);
	}
	if (isnan(contour->label_x) && is_clear(contour->plot, x, y)) {
		contour->label_x = x;
		contour->label_y = y;
	}
}

/* Where the level lies on an edge of a square; corners are counted round it. */
static gboolean crossing(const double corners[4][3], guint edge, double level, double xy[2])
{
	const double *a = corners[edge], *b = corners[(edge + 1) % 4];
	if ((a[2] < level) == (b[2] < level))
		return FALSE;
	double part = (level - a[2]) / (b[2] - a[2]);
	xy[0] = a[0] + (b[0] - a[0]) * part;
	xy[1] = a[1] + (b[1] - a[1]) * part;
	return TRUE;
}

/* Marching squares; where a level crosses all four edges the mean says which corners it cuts off.
 */
static void trace_square(struct contour *contour, const double corners[4][3])
{
	double found[4][2];
	guint n = 0;
	double mean = (corners[0][2] + corners[1][2] + corners[2][2] + corners[3][2]) / 4;
	if (!isfinite(mean))
		return;
	for (guint edge = 0; edge < 4; edge++) {
		if (crossing(corners, edge, contour->level, found[n]))
			n++;
	}
	if (n == 2)
		add_piece(contour, found[0], found[1]);
	if (n != 4)
		return;
	gboolean cuts_first = (mean < contour->level) != (corners[0][2] < contour->level);
	add_piece(contour, found[0], found[cuts_first ? 3 : 1]);
	add_piece(contour, found[2], found[cuts_first ? 1 : 3]);
}

static void trace(struct contour *contour)
{
	static const guint steps[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
	const struct plot *plot = contour->plot;
	for (guint r = 0; r + 1 < plot->y->len; r++) {
		for (guint c = 0; c + 1 < plot->x->len; c++) {
			double corners[4][3];
			for (guint i = 0; i < 4; i++) {
				guint column = c + steps[i][0], row = r + steps[i][1];
				corners[i][0] = place_x(plot, at(plot->x, column));
				corners[i][1] = place_y(plot, at(plot->y, row));
				corners[i][2] = z_at(plot, column, row);
			}
			trace_square(contour, corners);
		}
	}
}

static void draw_path(struct markup *markup, const char *class_name, const char *path)
{
	markup_open(markup, "path");
	markup_attr(markup, "class", class_name);
	markup_attr(markup, "d", path);
	markup_close(markup);
}

/* The number of a value by the scale of the map. */
static char *level_text(const struct plot *plot, double level)
{
	if (!plot->map->log_z)
		return number_format_digits(level, 4);
	return chart_ratio_text(pow(10, level) * (1 + 1e-12));
}

static void draw_contour(struct plot *plot, double level, const char *class_name)
{
	g_autoptr(GString) path = g_string_new(NULL);
	struct contour contour = {plot, level, path, NAN, NAN};
	trace(&contour);
	if (path->len == 0)
		return;
	draw_path(plot->markup, "halo", path->str);
	draw_path(plot->markup, class_name, path->str);
	if (isnan(contour.label_x))
		return;
	g_autofree char *text = level_text(plot, level);
	g_autofree char *label_class = g_strconcat(class_name, "-text middle", NULL);
	svg_label(plot->markup, label_class, contour.label_x, contour.label_y + 4, text);
	g_array_append_val(plot->labels, contour.label_x);
	g_array_append_val(plot->labels, contour.label_y);
}

static double level_step(const struct plot *plot)
{
	double span = plot->z_max - plot->z_min;
	double step = svg_tick_step(span, LEVELS);
	return plot->map->log_z && span > 2 ? fmax(1, round(step)) : step;
}

/* The limit first, so that its number finds room. */
static void draw_contours(struct plot *plot)
{
	double limit = plot->map->line_z;
	double step = level_step(plot);
	limit = isfinite(limit) ? scaled(plot->map, limit, NAN) : NAN;
	if (isfinite(limit))
		draw_contour(plot, limit, "limit");
	for (int i = 0; i < TICKS_MAX; i++) {
		double level = (ceil(plot->z_min / step) + i) * step;
		if (level > plot->z_min && level < plot->z_max && !(fabs(level - limit) < step / 4))
			draw_contour(plot, level, "contour");
	}
}

/* --- axes and scale ------------------------------------------------------------------------- */

/* Ticks outside the frame: a grid over colours says nothing. */
static void draw_axes(const struct plot *plot)
{
	const struct record_map *map = plot->map;
	double x_from = at(plot->x_edges, 0), x_to = at(plot->x_edges, plot->x->len);
	double y_from = at(plot->y_edges, 0), y_to = at(plot->y_edges, plot->y->len);
	double x_step = svg_tick_step(x_to - x_from, 6), y_step = svg_tick_step(y_to - y_from, 6);
	for (int i = 0; i < TICKS_MAX; i++) {
		double value = (ceil(x_from / x_step) + i) * x_step;
		g_autofree char *text = number_format_digits(value, 4);
		if (!(value <= x_to))
			break;
		double x = place_x(plot, value);
		svg_line(plot->markup, "frame", x, plot_bottom, x, plot_bottom + 4);
		svg_label(plot->markup, "tick middle", x, plot_bottom + 16, text);
	}
	for (int i = 0; i < TICKS_MAX; i++) {
		double value = (ceil(y_from / y_step) + i) * y_step;
		g_autofree char *text = number_format_digits(value, 4);
		if (!(value <= y_to))
			break;
		double y = place_y(plot, value);
		svg_line(plot->markup, "frame", plot_left - 4, y, plot_left, y);
		svg_label(plot->markup, "tick end", plot_left - 7, y + 4, text);
	}
	svg_rectangle(plot->markup, "frame", plot_left, plot_top, plot_right - plot_left,
	              plot_bottom - plot_top);
	g_autofree char *x_title = chart_axis_title(map->x_name, map->x_unit);
	g_autofree char *y_title = chart_axis_title(map->y_name, map->y_unit);
	svg_label(plot->markup, "axis middle", (plot_left + plot_right) / 2, plot_bottom + 34,
	          x_title);
	svg_label_turned(plot->markup, "axis middle", 14, (plot_top + plot_bottom) / 2, y_title);
}

static void draw_scale(const struct plot *plot)
{
	double height = (plot_bottom - plot_top) / SHADES, step = level_step(plot);
	double limit = scaled(plot->map, plot->map->line_z, NAN);
	g_autofree char *title = chart_axis_title(plot->map->z_name, plot->map->z_unit);
	for (guint i = 0; i < SHADES; i++)
		draw_filled(plot->markup, i / (SHADES - 1.0), scale_left,
		            plot_bottom - (i + 1) * height, scale_right - scale_left, height);
	svg_rectangle(plot->markup, "frame", scale_left, plot_top, scale_right - scale_left,
	              plot_bottom - plot_top);
	for (int i = 0; i < TICKS_MAX; i++) {
		double level = (ceil(plot->z_min / step) + i) * step;
		g_autofree char *text = level_text(plot, level);
		if (!(level <= plot->z_max))
			break;
		svg_line(plot->markup, "frame", scale_right, place_z(plot, level), scale_right + 3,
		         place_z(plot, level));
		svg_label(plot->markup, "tick", scale_right + 6, place_z(plot, level) + 4, text);
	}
	if (limit > plot->z_min && limit < plot->z_max)
		svg_line(plot->markup, "limit", scale_left - 4, place_z(plot, limit),
		         scale_right + 3, place_z(plot, limit));
	svg_label_turned(plot->markup, "axis middle", map_width - 5, (plot_top + plot_bottom) / 2,
	                 title);
}

static void draw_best(const struct plot *plot)
{
	const struct record_map *map = plot->map;
	if (!isfinite(map->best_x) || !isfinite(map->best_y))
		return;
	double x = place_x(plot, map->best_x), y = place_y(plot, map->best_y);
	svg_circle(plot->markup, "best halo", x, y, 6);
	svg_circle(plot->markup, "best", x, y, 6);
	svg_circle(plot->markup, "best point", x, y, 1.8);
}

static void draw(struct plot *plot)
{
	g_autofree char *title = g_strdup_printf("%s, lane %d", plot->map->id, plot->map->lane);
	svg_open(plot->markup, "chart map", map_width, map_height, title);
	draw_cells(plot);
	draw_contours(plot);
	draw_axes(plot);
	draw_scale(plot);
	draw_best(plot);
	markup_close(plot->markup);
}

gboolean chart_map(struct markup *markup, const struct record_map *map)
{
	if (!can_draw(map))
		return FALSE;
	g_autoptr(GArray) columns = order_of(map->x);
	g_autoptr(GArray) rows = order_of(map->y);
	g_autoptr(GArray) x = in_order(map->x, columns);
	g_autoptr(GArray) y = in_order(map->y, rows);
	g_autoptr(GArray) z = g_array_new(FALSE, FALSE, sizeof(double));
	g_autoptr(GArray) x_edges = edges_of(x);
	g_autoptr(GArray) y_edges = edges_of(y);
	g_autoptr(GArray) labels = g_array_new(FALSE, FALSE, sizeof(double));
	struct plot plot = {markup, map, x, y, z, x_edges, y_edges, NAN, NAN, labels};
	fill_values(&plot, columns, rows);
	if (isnan(plot.z_min))
		return FALSE;
	draw(&plot);
	return TRUE;
}

char *chart_map_value(const struct record_map *map, double z)
{
	if (map->log_z && z > 0)
		return chart_ratio_text(z);
	return value_text(z, map->z_unit, 0);
}
