/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/shell/sweep_thing.h"

#include "base/error.h"
#include "base/unit.h"
#include "station/shell/command.h"
#include "station/shell/site.h"
#include "station/shell/tell.h"

#include <math.h>
#include <string.h>

#define DIGITS 12

struct sweep_former {
	const char *noun;   /* of the command that sets it */
	const char *look;   /* the verb that tells how it is */
	const char *column; /* of its table */
	double step;        /* to which that is rounded, a reading of what was set; 0: to none */
	const char *shut;   /* what is said of a lane of which nothing is told; null: nothing */
};

static const struct sweep_former formers[] = {
	{"attenuator", "show", "attenuation", 0, NULL},
	{"knob", "read", "value", 0, NULL},
	{"light", "show", "oma", 0, "attenuator close"},
	{"supply", "show", "voltage", 5e-3, NULL},
};

void sweep_thing_clear(struct sweep_thing *thing)
{
	g_free(thing->name);
	g_free(thing->before);
	g_free(thing->after);
	g_free(thing->holder);
	g_free(thing->look);
	shell_value_clear(&thing->found);
	*thing = (struct sweep_thing){0};
}

/* --- what it is ------------------------------------------------------------------------------- */

static gboolean is_noun(const struct shell *shell, const char *word)
{
	const struct shell_command *const *row = shell_world(shell)->commands;

	while (*row && strcmp((*row)->noun, word) != 0)
		row++;
	return *row != NULL;
}

static gboolean is_knob(struct shell *shell, const char *name)
{
	const struct shell_site *site = shell_site(shell);
	const struct knob_map *knobs = site->hand ? hand_knobs(site->hand) : NULL;

	return knobs && knob_map_has(knobs, name) && command_find(shell, "knob", "write");
}

/* `what` stands between noun and value, and between noun and what tells it: a knob's name. */
static void take_command(const struct shell *shell, struct sweep_thing *thing, const char *noun,
                         const char *verb, const char *what, const char *after)
{
	thing->before = g_strdup_printf("%s %s%s", noun, verb, what);
	thing->after = g_strdup(after);
	for (guint i = 0; i < G_N_ELEMENTS(formers); i++)
		if (strcmp(formers[i].noun, noun) == 0 &&
		    command_find(shell, noun, formers[i].look)) {
			thing->former = &formers[i];
			thing->look =
				g_strdup_printf("%s %s%s%s", noun, formers[i].look, what, after);
		}
}

static gboolean take_words(struct shell *shell, const char *text, char **words,
                           struct sweep_thing *thing, GError **error)
{
	const char *first = words[0];
	g_autofree char *rest = words[1] ? g_strjoinv(" ", words + 1) : g_strdup("");
	g_autofree char *after = *rest ? g_strconcat(" ", rest, NULL) : g_strdup("");
	g_autofree char *knob = g_strconcat(" ", first, NULL);
	gsize length = token_name_length(first);

	thing->name = g_strdup(first);
	if (words[1] &&
	    (command_find(shell, first, words[1]) || command_find(shell, first, NULL))) {
		thing->before = g_strdup(text);
		thing->after = g_strdup("");
	} else if (command_find(shell, first, "set")) {
		take_command(shell, thing, first, "set", "", after);
	} else if (is_knob(shell, first)) {
		take_command(shell, thing, "knob", "write", knob, after);
	} else if (is_noun(shell, first)) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "\"%s\" has no \"set\": name the command that takes the value, "
		                  "such as 'attenuator set $x'",
		                  first);
		return FALSE;
	} else if (words[1] || !length || first[length]) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "\"%s\" is neither a command, a knob nor the name of a "
		                  "variable",
		                  text);
		return FALSE;
	}
	return TRUE;
}

gboolean sweep_thing_read(struct shell *shell, const char *text, struct sweep_thing *thing,
                          GError **error)
{
	g_autoptr(GArray) tokens = token_split(text, error);
	g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

	*thing = (struct sweep_thing){0};
	if (!tokens)
		return FALSE;
	if (tokens->len == 1 && *text == '\'') {
		thing->name = g_strdup("x");
		thing->holder = token_text(text, &g_array_index(tokens, struct token, 0), NULL,
		                           NULL, error);
		return thing->holder != NULL;
	}
	for (guint i = 0; i < tokens->len; i++) {
		char *word = token_text(text, &g_array_index(tokens, struct token, i),
		                        shell_lookup_text, shell, error);
		if (!word)
			return FALSE;
		g_ptr_array_add(words, word);
	}
	g_ptr_array_add(words, NULL);
	return take_words(shell, text, (char **)words->pdata, thing, error);
}

/* --- setting ---------------------------------------------------------------------------------- */

static gboolean run_quietly(struct shell *shell, const char *line, GCancellable *stop,
                            GError **error)
{
	g_auto(shell_value) result = {0};

	return shell_run_for(shell, line, stop, &result, error);
}

gboolean sweep_thing_set(struct shell *shell, const struct sweep_thing *thing,
                         const struct value *point, GError **error)
{
	g_autofree char *text = shell_value_show(point);
	g_autofree char *line = NULL;

	shell_set(shell, "x", point);
	if (!thing->before && !thing->holder) {
		shell_set(shell, thing->name, point);
		return TRUE;
	}
	line = thing->holder ? g_strdup(thing->holder)
	                     : g_strdup_printf("%s %s%s", thing->before, text, thing->after);
	return run_quietly(shell, line, shell_stop(shell), error);
}

/* --- as it was -------------------------------------------------------------------------------- */

void sweep_thing_remember(struct shell *shell, struct sweep_thing *thing)
{
	if (!thing->look ||
	    !shell_run_for(shell, thing->look, shell_stop(shell), &thing->found, NULL))
		thing->found = (struct value){0};
}

/* Null when the table has no such column. */
static const struct value *cell_of(const struct table *table, guint row, const char *name)
{
	for (guint c = 0; c < table_columns(table); c++)
		if (strcmp(table_column(table, c)->name, name) == 0)
			return table_cell(table, row, c);
	return NULL;
}

/* Null when nothing is to be said. */
static char *line_for(const struct sweep_thing *thing, const struct value *value,
                      const struct value *lane)
{
	g_autofree char *where = lane && lane->kind == VALUE_NUMBER
	                                 ? g_strdup_printf(" %.0f", lane->number)
	                                 : g_strdup(thing->after);
	double step = thing->former->step, number;
	g_autofree char *text = NULL;

	if (!value || value->kind != VALUE_NUMBER)
		return thing->former->shut ? g_strconcat(thing->former->shut, where, NULL) : NULL;
	number = step > 0 ? round(value->number / step) * step : value->number;
	text = unit_format(number, value->unit, DIGITS);
	return g_strdup_printf("%s %s%s", thing->before, text, where);
}

static void put_back(struct shell *shell, const struct sweep_thing *thing,
                     const struct value *value, const struct value *lane)
{
	g_autofree char *line = line_for(thing, value, lane);
	g_autoptr(GError) why = NULL;

	if (line && !run_quietly(shell, line, NULL, &why))
		shell_tell_line(shell, "not put back: %s: %s", line, why->message);
}

void sweep_thing_put_back(struct shell *shell, const struct sweep_thing *thing)
{
	const struct table *found = thing->found.kind == VALUE_TABLE ? thing->found.table : NULL;

	if (!thing->before && !thing->holder)
		return;
	if (thing->found.kind == VALUE_NUMBER)
		put_back(shell, thing, &thing->found, NULL);
	else if (!found)
		shell_tell_line(shell, "%s stays at the last point: how it was is not known",
		                thing->holder ? thing->holder : thing->before);
	for (guint row = 0; found && row < table_rows(found); row++)
		put_back(shell, thing, cell_of(found, row, thing->former->column),
		         cell_of(found, row, "lane"));
}
