/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/analyze_call.h"
#include "base/number.h"
#include "station/operator/canvas.h"

#include <math.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { WIDTH_OF_PIPES = 120 };
enum { INDENT = 2, GAP = 2, BAR = 20, NOTE_WIDTH = 78 };

/* What is shown of a table: texts of its cells, and which columns. */
struct layout {
	const struct analysis_table *table;
	char **texts; /* by row, then column */
	guint *widths;
	gboolean *shown;
	guint dropped;
	int bar; /* the column that is drawn as well; -1: none */
};

static guint width_of(const char *text)
{
	return (guint)text_columns(text);
}

static const char *text_at(const struct layout *layout, guint row, guint column)
{
	return layout->texts[row * layout->table->n_columns + column];
}

static guint total(const struct layout *layout)
{
	guint sum = INDENT;

	for (guint i = 0; i < layout->table->n_columns; i++)
		sum += layout->shown[i] ? layout->widths[i] + GAP : 0;
	return sum + (layout->bar >= 0 ? BAR : 0);
}

static void fill(struct layout *layout)
{
	const struct analysis_table *table = layout->table;

	for (guint column = 0; column < table->n_columns; column++) {
		layout->widths[column] = 0;
		for (guint row = 0; row < table->rows->len; row++) {
			char *text = analysis_cell_text(table, row, column);

			layout->texts[row * table->n_columns + column] = text;
			layout->widths[column] = MAX(layout->widths[column], width_of(text));
		}
		/* a column in which nothing stands */
		layout->shown[column] = layout->widths[column] > 0;
		layout->widths[column] =
			MAX(layout->widths[column], width_of(table->columns[column].title));
		if (table->columns[column].bar)
			layout->bar = (int)column;
	}
}

static void make_room(struct layout *layout, guint width)
{
	int column;

	if (layout->bar >= 0 && total(layout) > width && total(layout) - BAR <= width)
		layout->bar = -1;
	while (width && total(layout) > width &&
	       (column = analysis_leaving(layout->table, layout->shown)) >= 0) {
		layout->shown[column] = FALSE;
		layout->dropped++;
	}
	if (width && total(layout) > width)
		layout->bar = -1;
}

static void append_cell(GString *out, const struct layout *layout, guint column, const char *text)
{
	gboolean right = layout->table->columns[column].kind != ANALYSIS_TEXT;
	guint space = layout->widths[column] - width_of(text);

	g_string_append_printf(out, "%*s%s%*s", right ? (int)space : 0, "", text,
	                       (right ? 0 : (int)space) + GAP, "");
}

static void append_bar(GString *out, double share, gboolean blocks)
{
	guint eighths = (guint)lround(CLAMP(share, 0.0, 1.0) * BAR * 8);

	for (guint i = 0; i < (blocks ? eighths / 8 : (eighths + 4) / 8); i++)
		g_string_append(out, blocks ? "\xE2\x96\x88" : "#");
	if (blocks && eighths % 8) /* left one eighth block U+258F up to seven eighths U+2589 */
		g_string_append_unichar(out, 0x2590 - eighths % 8);
}

static void end_line(GString *out)
{
	while (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
	g_string_append_c(out, '\n');
}

static void append_rows(GString *out, const struct layout *layout, gboolean blocks)
{
	const struct analysis_table *table = layout->table;

	for (guint row = 0; row < table->rows->len; row++) {
		const struct analysis_row *of = g_ptr_array_index(table->rows, row);

		g_string_append_printf(out, "%*s", INDENT, "");
		for (guint column = 0; column < table->n_columns; column++)
			if (layout->shown[column])
				append_cell(out, layout, column, text_at(layout, row, column));
		if (layout->bar >= 0) {
			double share =
				g_array_index(of->cells, struct analysis_cell, layout->bar).number;

			append_bar(out, isnan(share) ? 0.0 : share, blocks);
		}
		end_line(out);
	}
}

/* Words in lines that are not too long. */
static void append_note(GString *out, const char *note, guint width)
{
	g_auto(GStrv) words = g_strsplit(note, " ", -1);
	guint at = 0, most = width ? MIN(width, NOTE_WIDTH) : NOTE_WIDTH;

	for (guint i = 0; words[i]; i++) {
		guint n = width_of(words[i]);

		if (at && at + 1 + n > most) {
			g_string_append_c(out, '\n');
			at = 0;
		}
		g_string_append_printf(out, "%*s%s", at ? 1 : INDENT, "", words[i]);
		at += n + (at ? 1 : INDENT);
	}
	g_string_append_c(out, '\n');
}

static void append_table(GString *out, const struct analysis_table *table, guint width,
                         gboolean blocks)
{
	gsize n = (gsize)table->rows->len * table->n_columns;
	struct layout layout = {table,
	                        g_new0(char *, n + 1),
	                        g_new0(guint, table->n_columns),
	                        g_new0(gboolean, table->n_columns),
	                        0,
	                        -1};

	fill(&layout);
	make_room(&layout, width);
	g_string_append_printf(out, "%s\n", table->title);
	if (table->rows->len) {
		g_string_append_printf(out, "%*s", INDENT, "");
		for (guint i = 0; i < table->n_columns; i++)
			if (layout.shown[i])
				append_cell(out, &layout, i, table->columns[i].title);
		end_line(out);
		append_rows(out, &layout, blocks);
	} else {
		g_string_append_printf(out, "%*s(none)\n", INDENT, "");
	}
	append_note(out, table->note, width);
	if (layout.dropped)
		g_string_append_printf(out, "%*s%u column%s more with --wide or --json.\n", INDENT,
		                       "", layout.dropped, layout.dropped == 1 ? "" : "s");
	for (gsize i = 0; i < n; i++)
		g_free(layout.texts[i]);
	g_free(layout.texts);
	g_free(layout.widths);
	g_free(layout.shown);
}

char *analyze_text(const struct analysis *analysis, guint width, gboolean blocks)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < analysis->facts->len; i++) {
		const struct analysis_fact *fact =
			&g_array_index(analysis->facts, struct analysis_fact, i);

		g_string_append_printf(out, "%s%s %s", i ? ", " : "", fact->name, fact->value);
	}
	g_string_append_c(out, '\n');
	for (guint i = 0; i < analysis->parts->len; i++) {
		const struct analysis_part *part =
			&g_array_index(analysis->parts, struct analysis_part, i);

		g_string_append_c(out, '\n');
		if (part->table)
			append_table(out, part->table, width, blocks);
		else
			analyze_picture(out, part->chart, width, blocks);
	}
	return g_string_free(out, FALSE);
}

guint analyze_width(void)
{
	const char *columns = g_getenv("COLUMNS");
	struct winsize size;
	gint64 number;

	if (columns && number_parse_int(columns, 20, 10000, &number, NULL))
		return (guint)number;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return WIDTH_OF_PIPES;
}
