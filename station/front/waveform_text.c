/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/waveform_output.h"

#include "base/unit.h"

#include <string.h>

#define COLUMNS_MAX 8

/* Lines of cells, laid out in columns once all are known. */
struct grid {
	guint columns;
	guint numbers;    /* bit c: column c stands to the right */
	GPtrArray *cells; /* char *, line by line */
};

static void grid_init(struct grid *grid, guint columns, guint numbers)
{
	*grid = (struct grid){columns, numbers, g_ptr_array_new_with_free_func(g_free)};
}

static void grid_add(struct grid *grid, const char *text)
{
	g_ptr_array_add(grid->cells, g_strdup(text));
}

static void pad(GString *out, glong n)
{
	for (glong i = 0; i < n; i++)
		g_string_append_c(out, ' ');
}

static void append_cell(GString *out, const char *text, glong width, gboolean right)
{
	glong space = width - g_utf8_strlen(text, -1);

	if (right)
		pad(out, space);
	g_string_append(out, text);
	if (!right)
		pad(out, space);
}

static void trim_end(GString *out)
{
	while (out->len > 0 && out->str[out->len - 1] == ' ')
		g_string_truncate(out, out->len - 1);
}

/* Appends all lines, each behind `indent` blanks, and frees the cells. */
static void grid_end(struct grid *grid, GString *out, glong indent)
{
	glong width[COLUMNS_MAX] = {0};

	for (guint i = 0; i < grid->cells->len; i++)
		width[i % grid->columns] =
			MAX(width[i % grid->columns], g_utf8_strlen(grid->cells->pdata[i], -1));
	for (guint i = 0; i < grid->cells->len; i++) {
		guint column = i % grid->columns;

		pad(out, column == 0 ? indent : width[column - 1] > 0 ? 2 : 0);
		append_cell(out, grid->cells->pdata[i], width[column], grid->numbers >> column & 1);
		if (column + 1 == grid->columns) {
			trim_end(out);
			g_string_append_c(out, '\n');
		}
	}
	g_ptr_array_unref(grid->cells);
}

/* Decimals of a number as text; numbers stand in line by their points. */
#define DECIMALS 4

/* A number and its unit in two cells. */
static void add_split(struct grid *grid, const char *text)
{
	const char *blank = strrchr(text, ' ');
	GString *number = g_string_new_len(text, blank ? blank - text : (gssize)strlen(text));
	const char *point = strchr(number->str, '.');
	gsize behind = point ? strlen(point) : 0;

	if (!strchr(number->str, 'e') && behind <= DECIMALS + 1)
		pad(number, DECIMALS + 1 - (glong)behind);
	g_ptr_array_add(grid->cells, g_string_free(number, FALSE));
	grid_add(grid, blank ? blank + 1 : "");
}

static void add_row(struct grid *grid, const struct waveform_row *row)
{
	g_autofree char *value = waveform_value_text(row);
	g_autofree char *uncertainty = waveform_uncertainty_text(row);
	g_autofree char *told = NULL;

	grid_add(grid, row->title);
	if (row->value.status == SIGNAL_OK) {
		add_split(grid, value);
		told = g_strconcat(*uncertainty ? "\xC2\xB1 " : "", uncertainty, NULL);
	} else {
		grid_add(grid, "no value");
		grid_add(grid, "");
		told = g_strdup_printf("%s: %s", signal_status_name(row->value.status),
		                       row->value.reason);
	}
	grid_add(grid, told);
}

/* "5 taps, main tap 2: -0.031 [1.213] ..."; the main tap in brackets. */
static void append_taps(GString *out, const struct tdecq_result *tdecq)
{
	if (tdecq->n_taps == 0)
		return;
	g_string_append_printf(out, "  Equaliser, main tap %u of %u:", tdecq->main_tap + 1,
	                       tdecq->n_taps);
	for (guint i = 0; i < tdecq->n_taps; i++) {
		gboolean main_tap = i == tdecq->main_tap;

		g_string_append_printf(out, "  %s%.4f%s", main_tap ? "[" : "", tdecq->taps[i],
		                       main_tap ? "]" : "");
	}
	g_string_append_c(out, '\n');
}

/* What would give a value where there is none, each piece of advice once. */
static void append_advice(GString *out, const struct waveform_row *rows, guint n)
{
	gboolean told[SIGNAL_STATUS_N] = {FALSE};

	for (guint i = 0; i < n; i++) {
		enum signal_status status = rows[i].value.status;
		const char *advice = waveform_advice(status);

		if (!advice || told[status])
			continue;
		told[status] = TRUE;
		g_string_append_printf(out, "  %s: %s\n", signal_status_name(status), advice);
	}
}

char *waveform_text(const struct waveform_call *call, const struct waveform_analysis *analysis)
{
	GString *out = g_string_new(NULL);
	struct waveform_row rows[WAVEFORM_ROWS_MAX];
	guint n = waveform_rows(call, analysis, rows);
	g_autofree char *facts = waveform_facts_text(analysis);
	struct grid grid;

	g_string_append_printf(out, "%s\n  %s\n", analysis->path, facts);
	grid_init(&grid, 4, 1u << 1);
	for (guint i = 0; i < n; i++)
		add_row(&grid, &rows[i]);
	grid_end(&grid, out, 2);
	append_taps(out, &analysis->result.tdecq);
	append_advice(out, rows, n);
	return g_string_free(out, FALSE);
}

/* --- one line for each file ----------------------------------------------------------------- */

static void add_brief(struct grid *grid, const struct waveform_call *call,
                      const struct waveform_analysis *analysis)
{
	enum signal_status refused = waveform_refusal(analysis);
	struct waveform_row rows[WAVEFORM_ROWS_MAX];
	guint n = waveform_rows(call, analysis, rows);

	grid_add(grid, analysis->path);
	for (guint i = 0; i < n; i++) {
		const struct signal_value *value = &rows[i].value;
		g_autofree char *text = NULL;

		if (!rows[i].short_title)
			continue;
		if (analysis->error)
			text = g_strdup("-");
		else if (value->status != SIGNAL_OK)
			text = g_strdup(signal_status_name(value->status));
		else
			text = waveform_value_text(&rows[i]);
		grid_add(grid, text);
	}
	grid_add(grid, !analysis->error       ? ""
	               : refused != SIGNAL_OK ? signal_status_name(refused)
	                                      : "error");
}

char *waveform_text_brief(const struct waveform_call *call, const GPtrArray *analyses)
{
	GString *out = g_string_new(NULL);
	struct waveform_row rows[WAVEFORM_ROWS_MAX];
	guint n = waveform_rows(call, g_ptr_array_index(analyses, 0), rows);
	struct grid grid;

	grid_init(&grid, 2, 0);
	grid_add(&grid, "File");
	for (guint i = 0; i < n; i++) {
		if (!rows[i].short_title)
			continue;
		grid_add(&grid, rows[i].short_title);
		grid.numbers |= 1u << (grid.columns++ - 1);
	}
	grid_add(&grid, "");
	for (guint i = 0; i < analyses->len; i++)
		add_brief(&grid, call, g_ptr_array_index(analyses, i));
	grid_end(&grid, out, 0);
	return g_string_free(out, FALSE);
}

/* --- two side by side ------------------------------------------------------------------------- */

static void add_compared(struct grid *grid, const struct waveform_row *first,
                         const struct waveform_row *second)
{
	static const char *const words[] = {
		[WAVEFORM_NO_VALUE] = "",
		[WAVEFORM_UNCERTAIN] = "uncertainty unknown",
		[WAVEFORM_WITHIN] = "within the uncertainty",
		[WAVEFORM_BEYOND] = "BEYOND the uncertainty",
	};
	struct waveform_difference difference = waveform_differ(first, second);
	g_autofree char *a = waveform_value_text(first);
	g_autofree char *b = waveform_value_text(second);
	g_autofree char *between = waveform_difference_text(first, &difference);
	g_autofree char *limit = unit_format(difference.uncertainty, first->unit_of_difference, 2);
	gboolean known = difference.verdict >= WAVEFORM_WITHIN;
	g_autofree char *told = g_strconcat(words[difference.verdict], known ? " of " : "",
	                                    known ? limit : "", NULL);

	grid_add(grid, first->title);
	grid_add(grid, a);
	grid_add(grid, b);
	grid_add(grid, between);
	grid_add(grid, told);
}

char *waveform_text_compare(const struct waveform_call *call, const GPtrArray *analyses)
{
	GString *out = g_string_new(NULL);
	struct waveform_row rows[2][WAVEFORM_ROWS_MAX];
	static const char *const names[] = {"A", "B"};
	struct grid grid;
	guint n = 0;

	for (guint i = 0; i < 2; i++) {
		const struct waveform_analysis *analysis = g_ptr_array_index(analyses, i);
		g_autofree char *facts = waveform_facts_text(analysis);

		n = waveform_rows(call, analysis, rows[i]);
		g_string_append_printf(out, "%s: %s\n   %s\n", names[i], analysis->path, facts);
	}
	grid_init(&grid, 5, 1u << 1 | 1u << 2 | 1u << 3);
	grid_add(&grid, "");
	grid_add(&grid, names[0]);
	grid_add(&grid, names[1]);
	grid_add(&grid, "B less A");
	grid_add(&grid, "");
	for (guint i = 0; i < n; i++)
		add_compared(&grid, &rows[0][i], &rows[1][i]);
	grid_end(&grid, out, 2);
	return g_string_free(out, FALSE);
}
