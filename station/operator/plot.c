/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/operator/plot.h"

#include "base/number.h"

#include <math.h>

enum { LABEL_COLUMNS = 7, PLOT_COLUMNS_MIN = 16, PLOT_ROWS_MIN = 6 };

/* --- dots: a finer grid than cells --------------------------------------------------------------
 */

struct dots {
	struct canvas *canvas;
	struct area area;
	int across, down;  /* dots in a cell */
	int columns, rows; /* dots in all */
	guint8 *set;
};

static struct dots dots_new(struct canvas *canvas, struct area area)
{
	struct dots dots = {.canvas = canvas, .area = area};

	dots.across = canvas->signs == SIGNS_BRAILLE ? 2 : 1;
	dots.down = canvas->signs == SIGNS_BRAILLE ? 4 : 2;
	dots.columns = area.width * dots.across;
	dots.rows = area.height * dots.down;
	dots.set = g_new0(guint8, (gsize)dots.columns * (gsize)dots.rows);
	return dots;
}

static void dots_set(struct dots *dots, int x, int y)
{
	if (x >= 0 && y >= 0 && x < dots->columns && y < dots->rows)
		dots->set[y * dots->columns + x] = 1;
}

/* U+2800 and a bit for each dot: 1 2 3 7 down the left column, 4 5 6 8 down the right one. */
static gunichar braille(const guint8 cell[4][2])
{
	static const guint8 bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	gunichar c = 0x2800;

	for (int y = 0; y < 4; y++)
		for (int x = 0; x < 2; x++)
			c |= cell[y][x] ? bits[y][x] : 0;
	return c;
}

static gunichar cell_sign(const struct dots *dots, int column, int row)
{
	static const gunichar halves[] = {' ', 0x2580, 0x2584, 0x2588};
	static const char ascii[] = " '.:";
	guint8 cell[4][2] = {{0}};

	for (int y = 0; y < dots->down; y++)
		for (int x = 0; x < dots->across; x++)
			cell[y][x] = dots->set[(row * dots->down + y) * dots->columns +
			                       column * dots->across + x];
	if (dots->canvas->signs == SIGNS_BRAILLE)
		return braille((const guint8(*)[2])cell);
	int which = cell[0][0] | cell[1][0] << 1;
	return dots->canvas->signs == SIGNS_BLOCKS ? halves[which] : (gunichar)ascii[which];
}

/* Draws the cells that have a dot, and ends the dots. */
static void dots_draw(struct dots *dots, enum look look)
{
	for (int row = 0; row < dots->area.height; row++)
		for (int column = 0; column < dots->area.width; column++) {
			struct area cell = {dots->area.x + column, dots->area.y + row, 1, 1};
			gunichar c = cell_sign(dots, column, row);
			if (c != ' ' && c != 0x2800)
				canvas_fill(dots->canvas, cell, c, look, FALSE);
		}
	g_clear_pointer(&dots->set, g_free);
}

/* --- densities ----------------------------------------------------------------------------------
 */

/* The mean of what lies below a place of a grid of across x down, or the nearest count when that is
 * finer than the counts. */
static double density_at(const guint32 *counts, int columns, int rows, int across, int down, int x,
                         int y)
{
	int x0 = x * columns / across, x1 = MAX(x0 + 1, (x + 1) * columns / across);
	int y0 = y * rows / down, y1 = MAX(y0 + 1, (y + 1) * rows / down);
	double sum = 0;

	for (int row = y0; row < MIN(y1, rows); row++)
		for (int column = x0; column < MIN(x1, columns); column++)
			sum += counts[row * columns + column];
	return sum / ((y1 - y0) * (x1 - x0));
}

void plot_density(struct canvas *canvas, struct area area, enum look look, const guint32 *counts,
                  int columns, int rows)
{
	/* how dense a place must be for this dot of a pattern of 2 x 4 */
	static const double ordered[4][2] = {{0.06, 0.56},
	                                     {0.81, 0.31},
	                                     {0.19, 0.69},
	                                     {0.94, 0.44}};
	struct dots dots = dots_new(canvas, area);
	double most = 0;

	for (int i = 0; i < columns * rows; i++)
		most = MAX(most, counts[i]);
	for (int y = 0; y < dots.rows && most > 0; y++)
		for (int x = 0; x < dots.columns; x++) {
			double density =
				density_at(counts, columns, rows, dots.columns, dots.rows, x, y);
			if (log1p(density) > ordered[y % 4][x % 2] * log1p(most))
				dots_set(&dots, x, y);
		}
	dots_draw(&dots, look);
}

void plot_shades(struct canvas *canvas, struct area area, enum look look, const guint32 *counts,
                 int columns, int rows)
{
	static const char shades[] = " .:-=+*#%@";
	const int darkest = (int)sizeof shades - 2;
	double most = 0;

	for (int y = 0; y < area.height; y++)
		for (int x = 0; x < area.width; x++)
			most = MAX(most, density_at(counts, columns, rows, area.width, area.height,
			                            x, y));
	for (int y = 0; y < area.height && most > 0; y++)
		for (int x = 0; x < area.width; x++) {
			struct area cell = {area.x + x, area.y + y, 1, 1};
			double density =
				density_at(counts, columns, rows, area.width, area.height, x, y);
			int shade = (int)ceil(sqrt(density / most) * darkest);
			canvas_fill(canvas, cell, (gunichar)shades[MIN(shade, darkest)], look,
			            FALSE);
		}
}

/* --- waterfalls ---------------------------------------------------------------------------------
 */

struct range {
	double low, high;
};

/* Where y is on its axis: in decades, or as it is; NAN nowhere. */
static double height(const struct plot *plot, double y)
{
	return plot->is_linear ? y : y > 0 ? log10(y) : NAN;
}

static gboolean drawable(const struct plot *plot, const struct plot_point *point)
{
	return isfinite(point->x) && isfinite(height(plot, point->y));
}

static void widen(struct range *range, double value)
{
	range->low = fmin(range->low, value);
	range->high = fmax(range->high, value);
}

static void spread(struct range *range)
{
	if (range->high <= range->low)
		*range = (struct range){range->low - 1, range->high + 1};
}

/* FALSE when there is nothing to draw. */
static gboolean find_ranges(const struct plot *plot, struct range *x, struct range *y)
{
	*x = *y = (struct range){INFINITY, -INFINITY};
	for (int i = 0; i < plot->n; i++)
		if (drawable(plot, &plot->points[i])) {
			widen(x, plot->points[i].x);
			widen(y, height(plot, plot->points[i].y));
		}
	if (!isfinite(x->low))
		return FALSE;
	if (isfinite(height(plot, plot->y_line)))
		widen(y, height(plot, plot->y_line));
	if (isfinite(plot->x_line))
		widen(x, plot->x_line);
	spread(x);
	if (plot->is_linear) {
		spread(y);
		return TRUE;
	}
	y->low = floor(y->low);
	y->high = ceil(y->high);
	if (y->high <= y->low)
		y->high = y->low + 1;
	return TRUE;
}

static int place(double value, const struct range *range, int n)
{
	return (int)lround((value - range->low) / (range->high - range->low) * (n - 1));
}

/* A cross for what was measured, a single dot where no error was seen. */
static void draw_points(struct dots *dots, const struct plot *plot, const struct range *x,
                        const struct range *y)
{
	for (int i = 0; i < plot->n; i++) {
		const struct plot_point *point = &plot->points[i];
		if (!drawable(plot, point))
			continue;
		int column = place(point->x, x, dots->columns);
		int row = dots->rows - 1 - place(height(plot, point->y), y, dots->rows);
		dots_set(dots, column, row);
		if (dots->across < 2 || point->none)
			continue;
		dots_set(dots, column - 1, row);
		dots_set(dots, column + 1, row);
		dots_set(dots, column, row - 1);
		dots_set(dots, column, row + 1);
	}
}

static void draw_lines(struct canvas *canvas, struct area field, const struct plot *plot,
                       const struct range *x, const struct range *y)
{
	gboolean ascii = canvas->signs == SIGNS_ASCII;

	if (isfinite(height(plot, plot->y_line))) {
		int row = field.height - 1 - place(height(plot, plot->y_line), y, field.height);
		struct area line = {field.x, field.y + row, field.width, 1};
		canvas_fill(canvas, line, ascii ? '-' : 0x2500, LOOK_DIM, FALSE);
	}
	if (isfinite(plot->x_line)) {
		int column = place(plot->x_line, x, field.width);
		struct area line = {field.x + column, field.y, 1, field.height};
		canvas_fill(canvas, line, ascii ? '|' : 0x2502, LOOK_DIM, FALSE);
	}
}

/* Of an end of the y axis. */
static char *end_label(const struct plot *plot, double end)
{
	return plot->is_linear ? number_format_digits(end, 3) : g_strdup_printf("1e%+d", (int)end);
}

static void draw_labels(struct canvas *canvas, struct area area, struct area field,
                        const struct plot *plot, const struct range *x, const struct range *y)
{
	struct area side = {area.x, field.y, LABEL_COLUMNS - 1, field.height};
	struct area below = {field.x, field.y + field.height, field.width, 1};
	g_autofree char *top = end_label(plot, y->high);
	g_autofree char *low = end_label(plot, y->low);
	g_autofree char *left = number_format_digits(x->low, 3);
	g_autofree char *right = number_format_digits(x->high, 3);

	canvas_text_right(canvas, side, 0, LOOK_DIM, top);
	canvas_text_right(canvas, side, side.height / 2, LOOK_DIM, plot->y_name);
	canvas_text_right(canvas, side, side.height - 1, LOOK_DIM, low);
	canvas_text(canvas, below, 0, 0, LOOK_DIM, left);
	if (text_columns(left) + text_columns(right) + text_columns(plot->x_name) + 2 <=
	    below.width)
		canvas_text_centre(canvas, below, 0, LOOK_DIM, plot->x_name);
	canvas_text_right(canvas, below, 0, LOOK_DIM, right);
}

void plot_waterfall(struct canvas *canvas, struct area area, enum look look,
                    const struct plot *plot)
{
	struct range x, y;
	struct area field = area;

	if (area.width < PLOT_COLUMNS_MIN || area.height < PLOT_ROWS_MIN ||
	    !find_ranges(plot, &x, &y))
		return;
	area_take_left(&field, LABEL_COLUMNS);
	area_take_bottom(&field, 1);
	draw_lines(canvas, field, plot, &x, &y);
	draw_labels(canvas, area, field, plot, &x, &y);
	struct dots dots = dots_new(canvas, field);
	draw_points(&dots, plot, &x, &y);
	dots_draw(&dots, look);
}
