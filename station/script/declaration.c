/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/script/declaration.h"

#include "base/error.h"
#include "base/number.h"
#include "base/suggest.h"
#include "base/unit.h"

#include <math.h>
#include <string.h>

#define PARAMS_MAX 32
/* It holds its instruments for all of its time: whoever undoes something has to get them yet. */
#define LIMIT_MAX_S 1400.0
#define COUNT_MAX   1000000
#define NAME_CHARS  "abcdefghijklmnopqrstuvwxyz0123456789_"

static gboolean refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean refuse(GError **error, const char *format, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	station_error_set(error, STATION_ERROR_CONFIG, "%s", text);
	return FALSE;
}

/* Fields only, and none that has no meaning here. */
static gboolean check_fields(const struct sandbox_value *table, const char *const *names,
                             GError **error)
{
	for (guint i = 0; i < table->entries->len; i++) {
		const char *name = g_array_index(table->entries, struct sandbox_entry, i).name;
		const char *near = name ? suggest_nearest(name, names) : NULL;

		if (!name)
			return refuse(error, "a value without a name");
		if (!g_strv_contains(names, name))
			return refuse(error, "unknown field \"%s\"%s%s%s", name,
			              near ? "; did you mean \"" : "", near ? near : "",
			              near ? "\"?" : "");
	}
	return TRUE;
}

/* The field when it is of that kind; *found null when it is not there. */
static gboolean find(const struct sandbox_value *table, const char *name, enum sandbox_kind kind,
                     gboolean required, const struct sandbox_value **found, GError **error)
{
	*found = sandbox_table_get(table, name);
	if (*found && (*found)->kind != kind)
		return refuse(error, "%s has to be of kind %s, not %s", name,
		              sandbox_kind_name(kind), sandbox_kind_name((*found)->kind));
	if (*found || !required)
		return TRUE;
	return refuse(error, "\"%s\" is missing", name);
}

/* A line of words, owned. */
static gboolean read_words(const struct sandbox_value *table, const char *name, const char **words,
                           GError **error)
{
	const struct sandbox_value *field;

	if (!find(table, name, SANDBOX_TEXT, TRUE, &field, error))
		return FALSE;
	if (!field->text->len || strlen(field->text->str) != field->text->len ||
	    strchr(field->text->str, '\n') || !g_utf8_validate(field->text->str, -1, NULL))
		return refuse(error, "%s wants one line of words", name);
	*words = g_strdup(field->text->str);
	return TRUE;
}

static gboolean read_flag(const struct sandbox_value *table, const char *name, gboolean *flag,
                          GError **error)
{
	const struct sandbox_value *field;

	if (!find(table, name, SANDBOX_BOOLEAN, FALSE, &field, error))
		return FALSE;
	*flag = field && field->boolean;
	return TRUE;
}

/* --- parameters ------------------------------------------------------------------------------- */

/* A number is meant in the parameter's own unit. Owned; null for none. */
static char *default_text(const struct sandbox_value *value, const char *unit)
{
	g_autofree char *number = NULL;

	if (!value)
		return NULL;
	if (value->kind == SANDBOX_TEXT)
		return g_strdup(value->text->str);
	number = number_format(sandbox_to_number(value));
	if (!unit || strcmp(unit, "1") == 0 || strcmp(unit, STEP_COUNT) == 0)
		return g_steal_pointer(&number);
	return g_strdup_printf("%s %s", number, unit);
}

static gboolean read_bound(const struct sandbox_value *table, const char *name, guint absent,
                           guint *bound, GError **error)
{
	const struct sandbox_value *field = sandbox_table_get(table, name);
	double number = field ? sandbox_to_number(field) : absent;

	if (!(number >= 0 && number <= COUNT_MAX && number == floor(number)))
		return refuse(error, "%s is a whole number up to %d", name, COUNT_MAX);
	*bound = (guint)number;
	return TRUE;
}

static gboolean read_unit(const struct sandbox_value *table, struct step_param *param,
                          GError **error)
{
	const struct sandbox_value *unit;
	gboolean counts;

	if (!find(table, "unit", SANDBOX_TEXT, FALSE, &unit, error))
		return FALSE;
	param->unit = unit ? g_strdup(unit->text->str) : NULL;
	counts = unit && strcmp(param->unit, STEP_COUNT) == 0;
	if (unit && !counts && !unit_is_known(param->unit))
		return refuse(error,
		              "\"%s\" is no unit; \"1\" is a plain number, \"%s\" a whole "
		              "one",
		              param->unit, STEP_COUNT);
	if (!counts && (sandbox_table_get(table, "min") || sandbox_table_get(table, "max")))
		return refuse(error, "min and max are for unit \"%s\"", STEP_COUNT);
	return read_bound(table, "min", 0, &param->min, error) &&
	       read_bound(table, "max", COUNT_MAX, &param->max, error);
}

/* The name is the first that is read: messages tell it. */
static gboolean read_param(const struct sandbox_value *table, struct step_param *param,
                           GError **error)
{
	static const char *const names[] = {"name", "unit", "default", "help", "min", "max", NULL};
	const struct sandbox_value *given;
	struct step_value value = {0};
	gboolean good;

	if (!read_words(table, "name", &param->name, error))
		return FALSE;
	if (param->name[strspn(param->name, NAME_CHARS)] || !g_ascii_islower(param->name[0]))
		return refuse(error, "lower-case letters, digits and _ make a name");
	if (!check_fields(table, names, error) || !read_words(table, "help", &param->help, error) ||
	    !read_unit(table, param, error))
		return FALSE;
	given = sandbox_table_get(table, "default");
	if (given && given->kind != SANDBOX_TEXT && isnan(sandbox_to_number(given)))
		return refuse(error, "default is a text or a number");
	param->absent = default_text(given, param->unit);
	good = !param->absent || step_value_parse(param, NULL, &value, error);
	g_free(value.text);
	return good;
}

static gboolean is_twice(const struct step_param *params, guint n)
{
	for (guint i = 0; i < n; i++)
		if (strcmp(params[i].name, params[n].name) == 0)
			return TRUE;
	return FALSE;
}

static gboolean read_params(const struct sandbox_value *table, struct step_def *def, GError **error)
{
	const struct sandbox_value *list, *item;
	struct step_param *params;

	if (!find(table, "params", SANDBOX_TABLE, FALSE, &list, error))
		return FALSE;
	params = g_new0(struct step_param, PARAMS_MAX + 1);
	def->params = params;
	for (guint i = 0; list && i < list->entries->len; i++) {
		item = sandbox_table_item(list, i);
		if (!item || item->kind != SANDBOX_TABLE || i == PARAMS_MAX)
			return refuse(error, "params is a list of up to %d tables", PARAMS_MAX);
		if (!read_param(item, &params[i], error)) {
			g_prefix_error(error, "parameter %s: ",
			               params[i].name ? params[i].name : "without a name");
			return FALSE;
		}
		if (is_twice(params, i))
			return refuse(error, "parameter %s is there twice", params[i].name);
	}
	return TRUE;
}

/* --- the step --------------------------------------------------------------------------------- */

static gboolean read_scope(const struct sandbox_value *table, struct step_def *def, GError **error)
{
	const struct sandbox_value *scope;

	if (!find(table, "scope", SANDBOX_TEXT, TRUE, &scope, error))
		return FALSE;
	def->scope = strcmp(scope->text->str, "lane") == 0 ? STEP_LANE : STEP_UNIT;
	return def->scope == STEP_LANE || strcmp(scope->text->str, "unit") == 0 ||
	       refuse(error, "scope is \"lane\" or \"unit\", not \"%s\"", scope->text->str);
}

static gboolean read_needs(const struct sandbox_value *table, struct step_def *def, GError **error)
{
	const struct sandbox_value *list;

	if (!find(table, "needs", SANDBOX_TABLE, FALSE, &list, error))
		return FALSE;
	for (guint i = 0; list && i < list->entries->len; i++) {
		const struct sandbox_value *item = sandbox_table_item(list, i);
		enum instrument_class class_id;

		if (!item || item->kind != SANDBOX_TEXT)
			return refuse(error, "needs is a list of names of classes");
		if (!instrument_class_parse(item->text->str, &class_id, error)) {
			g_prefix_error(error, "needs: ");
			return FALSE;
		}
		def->needs |= 1u << class_id;
	}
	return TRUE;
}

static gboolean read_limit(const struct sandbox_value *table, struct step_def *def, GError **error)
{
	const struct sandbox_value *limit = sandbox_table_get(table, "limit_s");

	if (!limit)
		return refuse(error, "\"limit_s\" is missing: how long it may take");
	def->limit_s = sandbox_to_number(limit);
	return (def->limit_s > 0 && def->limit_s <= LIMIT_MAX_S) ||
	       refuse(error, "limit_s is above 0, %g at most", LIMIT_MAX_S);
}

gboolean declaration_read(const struct sandbox_value *table, struct step_def *def, GError **error)
{
	static const char *const names[] = {"help",    "scope",  "needs", "needs_fibre",
	                                    "limit_s", "params", "run",   NULL};
	const struct sandbox_value *run;

	if (!table || table->kind != SANDBOX_TABLE)
		return refuse(error, "it has to return a table that declares the step");
	return check_fields(table, names, error) &&
	       find(table, "run", SANDBOX_FUNCTION, TRUE, &run, error) &&
	       read_words(table, "help", &def->help, error) && read_scope(table, def, error) &&
	       read_needs(table, def, error) &&
	       read_flag(table, "needs_fibre", &def->needs_fibre, error) &&
	       read_limit(table, def, error) && read_params(table, def, error);
}

void declaration_clear(struct step_def *def)
{
	for (const struct step_param *param = def->params; param && param->name; param++) {
		g_free((char *)param->name);
		g_free((char *)param->unit);
		g_free((char *)param->absent);
		g_free((char *)param->help);
	}
	g_free((struct step_param *)def->params);
	g_free((char *)def->help);
	def->params = NULL;
	def->help = NULL;
}
