/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "base/error.h"
#include "instruments/supply.h"
#include "station/script/script_struct.h"
#include "station/steps/constants.h"

#include <math.h>
#include <string.h>

#define END_LIMIT_S 10.0

/* --- the table -------------------------------------------------------------------------------- */

static const struct script_function *const parts[] = {
	script_step_functions, script_report_functions, script_module_functions,
	script_knob_functions, script_light_functions,  script_site_functions,
};

const struct script_function *script_function_at(guint i)
{
	for (guint part = 0; part < G_N_ELEMENTS(parts); part++)
		for (const struct script_function *row = parts[part]; row->function.name; row++)
			if (i-- == 0)
				return row;
	return NULL;
}

const struct script_function *script_function_find(const char *name)
{
	const struct script_function *row;

	for (guint i = 0; (row = script_function_at(i)); i++)
		if (strcmp(row->function.name, name) == 0)
			return row;
	return NULL;
}

/* --- the host --------------------------------------------------------------------------------- */

static const char *first_missing(guint missing)
{
	return instrument_class_name((enum instrument_class)__builtin_ctz(missing));
}

static gboolean may_call(const struct sandbox_function *function, gpointer data, GError **error)
{
	const struct script *script = data;
	const struct script_function *row = script_function_find(function->name);
	guint missing;

	if (!script->site.ctx) {
		station_error_set(error, STATION_ERROR_REFUSED, "%s: %s", function->name,
		                  script->site.why_not
		                          ? script->site.why_not
		                          : "only while the step runs, in its function");
		return FALSE;
	}
	if (script->site.allow &&
	    !script->site.allow(row, script->site.ctx, script->site.data, error))
		return FALSE;
	missing = row->needs & ~step_needs(script->site.ctx);
	if (!missing)
		return TRUE;
	station_error_set(error, STATION_ERROR_CONFIG, "%s: the step does not name %s in its needs",
	                  function->name, first_missing(missing));
	return FALSE;
}

static void print(const char *line, gsize length, gpointer data)
{
	struct script *script = data;

	if (script->site.print)
		script->site.print(line, length, script->site.data);
	else if (script->site.ctx && script_tell(script, length, NULL))
		step_note(script->site.ctx, "%.*s", (int)length, line);
}

static void kept_clear(gpointer data)
{
	g_free(((struct script_kept *)data)->knob);
}

struct script *script_new(const struct script_site *site)
{
	struct script *script = g_new0(struct script, 1);
	const struct script_function *row;

	script->site = *site;
	script->functions = g_array_new(FALSE, FALSE, sizeof(struct sandbox_function));
	for (guint i = 0; (row = script_function_at(i)); i++)
		g_array_append_val(script->functions, row->function);
	script->kept = g_array_new(FALSE, FALSE, sizeof(struct script_kept));
	g_array_set_clear_func(script->kept, kept_clear);
	script->host = (struct sandbox_host){
		.functions = (const struct sandbox_function *)(void *)script->functions->data,
		.n_functions = script->functions->len,
		.print = print,
		.data = script,
		.may_call = may_call,
	};
	return script;
}

void script_free(struct script *script)
{
	if (!script)
		return;
	g_array_unref(script->functions);
	g_array_unref(script->kept);
	g_free(script);
}

void script_set_context(struct script *script, struct step_context *ctx, const char *why_not)
{
	script->site.ctx = ctx;
	script->site.why_not = why_not;
	script->knobs_open = FALSE;
	script->told = 0;
}

const struct sandbox_host *script_host(const struct script *script)
{
	return &script->host;
}

gboolean script_tell(struct script *script, gsize bytes, GError **error)
{
	const gsize entry = 1024; /* with the event that tells it */

	if (script->told + bytes + entry <= SCRIPT_TOLD_MAX) {
		script->told += bytes + entry;
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_REFUSED,
	                  "the script has told more than a record takes of one step");
	return FALSE;
}

/* --- its end ---------------------------------------------------------------------------------- */

static gboolean put_supply_back(struct script *script, GError **error)
{
	const struct bounds bounds = {deadline_in_s(END_LIMIT_S), NULL};
	struct step_context *ctx = script->site.ctx;

	return supply_set(step_instrument(ctx, INSTRUMENT_SUPPLY), step_site(ctx)->supply_channel,
	                  step_supply_v(ctx), script->current_limit_a, &bounds, error);
}

static gboolean put_knobs_back(struct script *script, GError **error)
{
	gboolean ok = TRUE;

	for (guint i = 0; i < script->kept->len; i++) {
		const struct script_kept *kept =
			&g_array_index(script->kept, struct script_kept, i);
		ok = constants_put_back(script->site.ctx, kept->knob, kept->lane, kept->value,
		                        ok ? error : NULL) &&
		     ok;
	}
	return ok;
}

gboolean script_end(struct script *script, gboolean failed, GError **error)
{
	gboolean ok = !script->supply_moved || put_supply_back(script, error);

	if (failed)
		ok = put_knobs_back(script, ok ? error : NULL) && ok;
	script->supply_moved = FALSE;
	g_array_set_size(script->kept, 0);
	return ok;
}
