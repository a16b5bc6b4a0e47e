/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/sweep.h"

#include "base/error.h"
#include "station/shell/expression.h"
#include "station/shell/shell_plot.h"
#include "station/shell/sweep_thing.h"
#include "station/shell/table.h"

#include <math.h>
#include <string.h>

enum { COLUMNS_MAX = 32 };

struct sweep {
	struct shell *shell;
	struct sweep_thing thing;
	struct value range;
	char *command;
	char *file;          /* that the table goes to; null: none */
	struct table *table; /* null: nothing came yet */
	guint done;
	guint lines; /* of the plot that is drawn */
};

static void sweep_clear(struct sweep *sweep)
{
	sweep_thing_clear(&sweep->thing);
	g_free(sweep->command);
	g_free(sweep->file);
	table_unref(sweep->table);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* A range at that word with a colon behind it; *end is behind the colon. */
static gboolean read_range(struct sweep *sweep, const char *text, const struct token *token,
                           gsize *end, GError **why)
{
	struct expression expression = {text, token->begin, shell_lookup, sweep->shell};
	/* what looks like a range is told what is wrong with it */
	gboolean dots = g_strstr_len(text + token->begin, (gssize)(token->end - token->begin),
	                             "..") != NULL;

	if (!expression_read(&expression, &sweep->range, dots && !*why ? why : NULL))
		return FALSE;
	*end = expression.at + 1;
	if (sweep->range.kind == VALUE_RANGE && text[expression.at] == ':')
		return TRUE;
	shell_value_clear(&sweep->range);
	return FALSE;
}

/* "COMMAND > FILE" */
static gboolean read_command(struct sweep *sweep, const char *text, GError **error)
{
	g_autoptr(GArray) tokens = token_split(text, error);

	if (!tokens)
		return FALSE;
	const struct token *all = (const struct token *)(gpointer)tokens->data;
	guint n = tokens->len;
	if (n >= 2 && all[n - 2].end == all[n - 2].begin + 1 && text[all[n - 2].begin] == '>') {
		sweep->file = token_text(text, &all[n - 1], shell_lookup_text, sweep->shell, error);
		if (!sweep->file)
			return FALSE;
		n -= 2;
	}
	if (n == 0) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "behind \":\" stands the command that is run at each point");
		return FALSE;
	}
	/* a single word between quotes is what stands in them */
	gboolean quoted = n == 1 && strchr("'\"", text[all[0].begin]);
	sweep->command = g_strndup(text + all[0].begin + quoted,
	                           all[n - 1].end - all[0].begin - 2 * (gsize)quoted);
	return TRUE;
}

static gboolean read_sweep(struct sweep *sweep, const char *text, GError **error)
{
	g_autoptr(GArray) tokens = token_split(text, error);
	g_autoptr(GError) why = NULL;
	gsize end = 0, at = 0;

	if (!tokens)
		return FALSE;
	for (guint i = 1; i < tokens->len && !end; i++) {
		const struct token *token = &g_array_index(tokens, struct token, i);
		at = token->begin;
		if (!read_range(sweep, text, token, &end, &why))
			end = 0;
	}
	if (!end && why) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	if (!end) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "it is: sweep THING FIRST..LAST step STEP : COMMAND");
		return FALSE;
	}
	g_autofree char *thing = g_strchomp(g_strndup(text, at));
	return sweep_thing_read(sweep->shell, thing, &sweep->thing, error) &&
	       read_command(sweep, text + end, error);
}

/* --- the table -------------------------------------------------------------------------------- */

/* The point's column gets another name where the command has one of that name. */
static const char *point_name(const struct sweep *sweep, const struct table *rows)
{
	for (guint c = 0; rows && c < table_columns(rows); c++)
		if (strcmp(table_column(rows, c)->name, sweep->thing.name) == 0)
			return "x";
	return g_intern_string(sweep->thing.name);
}

static void begin_table(struct sweep *sweep, const struct table *rows, gboolean is_number)
{
	struct table_column columns[COLUMNS_MAX] = {{point_name(sweep, rows), TRUE},
	                                            {"value", is_number}};
	guint n = 2;

	if (rows)
		for (n = 1; n <= table_columns(rows) && n < COLUMNS_MAX; n++)
			columns[n] = *table_column(rows, n - 1);
	sweep->table = table_new(columns, n);
}

static gboolean add_result(struct sweep *sweep, const struct value *point,
                           const struct value *result, GError **error)
{
	const struct table *rows = result->kind == VALUE_TABLE ? result->table : NULL;
	guint n;

	if (result->kind == VALUE_NONE)
		return TRUE;
	if (!sweep->table)
		begin_table(sweep, rows, result->kind == VALUE_NUMBER);
	n = table_columns(sweep->table) - 1;
	if (rows ? table_columns(rows) < n : n != 1) {
		station_error_set(error, STATION_ERROR_DATA,
		                  "\"%s\" gave another table than before", sweep->command);
		return FALSE;
	}
	for (guint row = 0; row < (rows ? table_rows(rows) : 1); row++) {
		table_add(sweep->table, *point);
		for (guint c = 0; c < n; c++)
			table_add(sweep->table,
			          shell_value_copy(rows ? table_cell(rows, row, c) : result));
	}
	return TRUE;
}

/* --- the plot --------------------------------------------------------------------------------- */

static gint column_of(const struct table *table, const char *name)
{
	for (guint c = 1; c < table_columns(table); c++)
		if (strcmp(table_column(table, c)->name, name) == 0)
			return (gint)c;
	return -1;
}

/* An error ratio, or the first number that does not only tell which; -1: none. */
static gint plotted_column(const struct table *table)
{
	static const char *const which[] = {"lane", "channel", "n", "attempt", NULL};
	gint ber = column_of(table, "ber");

	for (guint c = 1; ber < 0 && c < table_columns(table); c++)
		if (table_cell(table, 0, c)->kind == VALUE_NUMBER &&
		    !g_strv_contains(which, table_column(table, c)->name))
			return (gint)c;
	return ber;
}

static double number_at(const struct table *table, guint row, gint column)
{
	const struct value *cell = column < 0 ? NULL : table_cell(table, row, (guint)column);

	return cell && cell->kind == VALUE_NUMBER ? cell->number : NAN;
}

static char *axis_name(const struct table *table, guint column)
{
	const char *name = table_column(table, column)->name;
	const struct value *cell = table_cell(table, 0, column);

	return cell->kind == VALUE_NUMBER && strcmp(cell->unit, "1") != 0
	               ? g_strdup_printf("%s %s", name, cell->unit)
	               : g_strdup(name);
}

static char *plot_text(const struct sweep *sweep, gint y)
{
	const struct table *table = sweep->table;
	g_autofree struct plot_point *points = NULL;

	gboolean is_ber = strcmp(table_column(table, (guint)y)->name, "ber") == 0;
	g_autofree char *x_name = axis_name(table, 0);
	gint bound = column_of(table, "high");
	points = g_new0(struct plot_point, table_rows(table));
	for (guint row = 0; row < table_rows(table); row++) {
		double value = number_at(table, row, y);
		gboolean none = is_ber && value == 0;
		points[row] =
			(struct plot_point){number_at(table, row, 0),
		                            none ? number_at(table, row, bound) : value, none};
	}
	const struct plot plot = {points, (int)table_rows(table), NAN,    NAN,
	                          x_name, is_ber ? "BER" : "",    !is_ber};
	return shell_plot_text(sweep->shell, &plot);
}

/* What is drawn, at which point, and how far it is. */
static void show(struct sweep *sweep, const struct value *point)
{
	const struct table *table = sweep->table;
	gint y = table && table_rows(table) ? plotted_column(table) : -1;
	g_autofree char *at = shell_value_show(point);
	g_autofree char *plot = NULL;
	g_autofree char *name = NULL;
	g_autofree char *text = NULL;

	if (!shell_can_plot(sweep->shell))
		return;
	plot = y < 0 ? g_strdup("") : plot_text(sweep, y);
	name = y < 0 ? g_strdup(sweep->command) : axis_name(table, (guint)y);
	text = g_strdup_printf("%s%s at %s %s, %u of %u\n", plot, name, sweep->thing.name, at,
	                       sweep->done, sweep->range.range.n);
	shell_plot_redraw(sweep->shell, text, &sweep->lines);
}

/* --- running ---------------------------------------------------------------------------------- */

static gboolean run_point(struct sweep *sweep, const struct value *point, GError **error)
{
	g_auto(shell_value) result = {0};

	if (!sweep_thing_set(sweep->shell, &sweep->thing, point, error) ||
	    !shell_run_for(sweep->shell, sweep->command, shell_stop(sweep->shell), &result,
	                   error) ||
	    !add_result(sweep, point, &result, error))
		return FALSE;
	sweep->done++;
	show(sweep, point);
	return TRUE;
}

static gboolean run_points(struct sweep *sweep, GError **error)
{
	const struct value *range = &sweep->range;

	for (guint i = 0; i < range->range.n && !shell_has_quit(sweep->shell); i++) {
		struct value point =
			shell_value_number(shell_value_range_at(range, i), range->unit);
		g_autofree char *text = NULL;
		if (run_point(sweep, &point, error))
			continue;
		text = shell_value_show(&point);
		g_prefix_error(error, "at %s, after %u of %u points: ", text, sweep->done,
		               range->range.n);
		return FALSE;
	}
	return TRUE;
}

gboolean sweep_save(const struct table *table, const char *path, GError **error)
{
	g_autofree char *text = table_csv(table);
	g_autoptr(GError) why = NULL;

	if (g_file_set_contents(path, text, -1, &why))
		return TRUE;
	station_error_set(error, STATION_ERROR_STORAGE, "%s", why->message);
	return FALSE;
}

/* What there is is kept before anything is said about an end. */
static gboolean keep(struct sweep *sweep, GError **error)
{
	struct value table = {.kind = VALUE_TABLE, .table = sweep->table};

	if (!sweep->table)
		return TRUE;
	shell_set(sweep->shell, SWEEP_VARIABLE, &table);
	shell_set(sweep->shell, "_", &table);
	return !sweep->file || sweep_save(sweep->table, sweep->file, error);
}

gboolean shell_sweep_run(struct shell *shell, const char *text, struct value *result,
                         GError **error)
{
	struct sweep sweep = {.shell = shell};
	gboolean ok = read_sweep(&sweep, text, error);

	if (ok) {
		sweep_thing_remember(shell, &sweep.thing);
		ok = run_points(&sweep, error);
		sweep_thing_put_back(shell, &sweep.thing);
		ok = keep(&sweep, ok ? error : NULL) && ok;
	}
	if (ok && sweep.table)
		*result = shell_value_take_table(g_steal_pointer(&sweep.table));
	sweep_clear(&sweep);
	return ok;
}
