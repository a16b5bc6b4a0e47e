/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "limits/value.h"
#include "station/front/analyze_call.h"

#include <math.h>
#include <string.h>

enum { ROWS = 14, COLUMNS_LEAST = 20, COLUMNS_MOST = 100, LABEL = 12, BAR = 40 };

/* A picture of ROWS lines: signs by cell, and what stands beside a line. */
struct picture {
	guint columns;
	char cells[ROWS][COLUMNS_MOST];
	guint n[ROWS][COLUMNS_MOST]; /* points in a cell */
	const struct analysis_line *beside[ROWS];
	double x_least, x_most, y_least, y_most;
};

static void widen(double value, double *least, double *most)
{
	*least = fmin(*least, value);
	*most = fmax(*most, value);
}

static double at(const GArray *values, guint i)
{
	return g_array_index(values, double, i);
}

static gboolean find_range(const struct analysis_chart *chart, struct picture *p)
{
	p->x_least = p->y_least = INFINITY;
	p->x_most = p->y_most = -INFINITY;
	for (guint i = 0; i < chart->y->len; i++) {
		widen(at(chart->x, i), &p->x_least, &p->x_most);
		widen(at(chart->y, i), &p->y_least, &p->y_most);
	}
	if (chart->y->len == 0)
		return FALSE;
	/* what the statistics drew; limits of the unit may be far away */
	for (guint i = 0; i < chart->lines->len; i++) {
		const struct analysis_line *line =
			&g_array_index(chart->lines, struct analysis_line, i);

		if (!line->is_limit)
			widen(line->value, &p->y_least, &p->y_most);
	}
	if (!(p->y_most > p->y_least))
		p->y_most = p->y_least + 1.0;
	if (!(p->x_most > p->x_least))
		p->x_most = p->x_least + 1.0;
	return TRUE;
}

/* 0 is the upper line; -1: outside. */
static int row_of(const struct picture *p, double y)
{
	double part = (y - p->y_least) / (p->y_most - p->y_least);

	return part >= 0.0 && part <= 1.0 ? (int)lround((1.0 - part) * (ROWS - 1)) : -1;
}

static guint column_of(const struct picture *p, double x)
{
	double part = (x - p->x_least) / (p->x_most - p->x_least);

	return (guint)lround(part * (p->columns - 1));
}

static void draw_lines(const struct analysis_chart *chart, struct picture *p)
{
	for (guint i = 0; i < chart->lines->len; i++) {
		const struct analysis_line *line =
			&g_array_index(chart->lines, struct analysis_line, i);
		int row = row_of(p, line->value);

		if (row < 0)
			continue;
		memset(p->cells[row], line->is_limit ? '=' : '-', p->columns);
		p->beside[row] = line;
	}
}

static void draw_points(const struct analysis_chart *chart, struct picture *p)
{
	static const char weights[] = {'.', 'o', 'O', '@'};

	for (guint i = 0; i < chart->y->len; i++) {
		int row = row_of(p, at(chart->y, i));
		guint column = column_of(p, at(chart->x, i));
		guint n = ++p->n[row][column];
		gboolean flagged = g_array_index(chart->flagged, guint8, i) != 0;

		if (chart->kind == ANALYSIS_SCATTER)
			p->cells[row][column] = weights[n >= 8 ? 3 : n >= 4 ? 2 : n >= 2];
		else if (flagged || p->cells[row][column] != '!')
			p->cells[row][column] = flagged ? '!' : 'o';
	}
}

static void append_label(GString *out, double value, const char *unit)
{
	g_autofree char *text = value_text(value, unit, 0);

	g_string_append_printf(out, "  %*s |", LABEL, text);
}

static void append_cells(GString *out, const struct picture *p, guint row)
{
	g_string_append_len(out, p->cells[row], p->columns);
	while (out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	if (p->beside[row])
		g_string_append_printf(out, " %s", p->beside[row]->label);
	g_string_append_c(out, '\n');
}

static void append_range(GString *out, const struct analysis_chart *chart, const struct picture *p)
{
	g_autofree char *from = value_text(p->x_least, chart->x_unit, 0);
	g_autofree char *to = value_text(p->x_most, chart->x_unit, 0);

	if (chart->kind == ANALYSIS_RUN)
		g_string_append_printf(out, "  %*s  %s %.0f to %.0f; ! breaks a rule\n", LABEL, "",
		                       chart->x_name, p->x_least, p->x_most);
	else
		g_string_append_printf(out, "  %*s  %s: %s to %s\n", LABEL, "", chart->x_name, from,
		                       to);
}

static void append_grid(GString *out, const struct analysis_chart *chart, guint width)
{
	struct picture *p = g_new0(struct picture, 1);
	guint room = width ? width : COLUMNS_MOST;

	p->columns = CLAMP(room > LABEL + 24 ? room - LABEL - 24 : 0, COLUMNS_LEAST, COLUMNS_MOST);
	memset(p->cells, ' ', sizeof(p->cells));
	if (find_range(chart, p)) {
		draw_lines(chart, p);
		draw_points(chart, p);
		for (guint row = 0; row < ROWS; row++) {
			double part = 1.0 - row / (ROWS - 1.0);
			double value = p->y_least + part * (p->y_most - p->y_least);

			if (p->beside[row])
				append_label(out, p->beside[row]->value, chart->y_unit);
			else if (row == 0 || row == ROWS - 1)
				append_label(out, value, chart->y_unit);
			else
				g_string_append_printf(out, "  %*s |", LABEL, "");
			append_cells(out, p, row);
		}
		append_range(out, chart, p);
	}
	g_free(p);
}

/* A limit between two bins, as a line of its own. */
static void append_limits(GString *out, const struct analysis_chart *chart, double above,
                          double below)
{
	for (guint i = 0; i < chart->lines->len; i++) {
		const struct analysis_line *line =
			&g_array_index(chart->lines, struct analysis_line, i);

		if (!(line->value >= above && line->value < below))
			continue;
		append_label(out, line->value, chart->x_unit);
		g_string_append_printf(out, "%s %s\n", line->is_limit ? "====" : "----",
		                       line->label);
	}
}

static void append_bars(GString *out, const struct analysis_chart *chart, gboolean blocks)
{
	double most = 1.0, before = -INFINITY;

	for (guint i = 0; i < chart->y->len; i++)
		most = fmax(most, at(chart->y, i));
	for (guint i = 0; i < chart->y->len; i++) {
		guint n = (guint)ceil(at(chart->y, i) / most * BAR);

		append_limits(out, chart, before, at(chart->x, i));
		before = at(chart->x, i);
		append_label(out, before, chart->x_unit);
		for (guint k = 0; k < n; k++)
			g_string_append(out, blocks ? "\xE2\x96\x88" : "#");
		g_string_append_printf(out, " %.0f\n", at(chart->y, i));
	}
	append_limits(out, chart, before, INFINITY);
}

void analyze_picture(GString *out, const struct analysis_chart *chart, guint width, gboolean blocks)
{
	g_string_append_printf(out, "%s\n", chart->title);
	if (chart->kind == ANALYSIS_HISTOGRAM)
		append_bars(out, chart, blocks);
	else
		append_grid(out, chart, width);
}
