/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/engine/quirk_script.h"

#include "base/error.h"
#include "base/suggest.h"
#include "limits/sandbox.h"
#include "station/engine/config.h"

#include <string.h>

static void script_free(gpointer data)
{
	struct quirk_script *script = data;

	g_free(script->path);
	g_free(script->sha256);
	g_free(script->text);
	g_free(script);
}

/* --- running ---------------------------------------------------------------------------------- */

/*
 * Calls the function that the script returns; without an argument runs the script alone. An error
 * that a script makes up is of no other kind than its mistakes; what is over for the caller is.
 */
static gboolean run(const struct quirk *quirk, const struct sandbox_value *argument,
                    const struct bounds *bounds, GArray *results, GError **error)
{
	const struct sandbox_host host = {0};
	const struct quirk_script *script = quirk->code;
	const struct bounds own = bounds_within(bounds, QUIRK_SCRIPT_LIMIT_S);
	g_autoptr(sandbox) sandbox = sandbox_new(&host, error);
	g_autoptr(GError) cause = NULL;

	if (!sandbox)
		return FALSE;
	if (argument ? sandbox_run_function(sandbox, quirk->script, script->text, script->length,
	                                    argument, &own, results, &cause)
	             : sandbox_run(sandbox, quirk->script, script->text, script->length, &own,
	                           results, &cause))
		return TRUE;
	if (!bounds_check(bounds, quirk->script, error))
		return FALSE;
	if (g_error_matches(cause, STATION_ERROR, STATION_ERROR_TIMEOUT))
		station_error_set(error, STATION_ERROR_CONFIG, "%s: not done within %g s",
		                  script->path, QUIRK_SCRIPT_LIMIT_S);
	else
		station_error_set(error, STATION_ERROR_CONFIG, "%s", cause->message);
	return FALSE;
}

static gboolean refuse(const struct quirk *quirk, GError **error, const char *what)
{
	station_error_set(error, STATION_ERROR_CONFIG, "%s: %s", quirk->script, what);
	return FALSE;
}

static gboolean take_field(const struct quirk *quirk, const struct sandbox_entry *entry,
                           char **reads, GError **error)
{
	const char *names[QUIRK_FIELDS + 1] = {NULL};
	const char *near;
	guint i = 0;

	if (!entry->name)
		return refuse(quirk, error, "returns a list, not a table of fields by name");
	for (guint n = 0; n < QUIRK_FIELDS; n++)
		names[n] = quirk_field_name((enum quirk_field)n);
	while (i < QUIRK_FIELDS && strcmp(names[i], entry->name) != 0)
		i++;
	if (i == QUIRK_FIELDS) {
		near = suggest_nearest(entry->name, names);
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: returns \"%s\", which a module does not say%s%s%s",
		                  quirk->script, entry->name, near ? "; did you mean \"" : "",
		                  near ? near : "", near ? "\"?" : "");
		return FALSE;
	}
	if (entry->value.kind != SANDBOX_TEXT ||
	    strlen(entry->value.text->str) != entry->value.text->len) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s: %s is no text", quirk->script,
		                  names[i]);
		return FALSE;
	}
	g_free(reads[i]);
	reads[i] = g_strdup(entry->value.text->str);
	return TRUE;
}

/* A table, or nothing. */
static gboolean take_results(const struct quirk *quirk, const GArray *results, char **reads,
                             GError **error)
{
	const struct sandbox_value *value = (const struct sandbox_value *)(gpointer)results->data;

	if (results->len == 0 || (results->len == 1 && value->kind == SANDBOX_NIL))
		return TRUE;
	if (results->len > 1 || value->kind != SANDBOX_TABLE)
		return refuse(quirk, error, "the function has to return a table, or nothing");
	for (guint i = 0; i < value->entries->len; i++)
		if (!take_field(quirk, &g_array_index(value->entries, struct sandbox_entry, i),
		                reads, error))
			return FALSE;
	return TRUE;
}

static gboolean read_identity(const struct quirk *quirk, const char *const *is, char **reads,
                              const struct bounds *bounds, GError **error)
{
	struct sandbox_value identity = sandbox_table();
	g_autoptr(GArray) results = sandbox_values_new();

	for (guint i = 0; i < QUIRK_FIELDS; i++)
		sandbox_table_set(&identity, quirk_field_name((enum quirk_field)i),
		                  sandbox_text(is[i]));
	gboolean done = run(quirk, &identity, bounds, results, error) &&
	                take_results(quirk, results, reads, error);
	sandbox_value_clear(&identity);
	return done;
}

/* --- loading ---------------------------------------------------------------------------------- */

static gboolean read_script(const struct quirk_table *table, struct quirk *quirk, GError **error)
{
	struct quirk_script *script = g_new0(struct quirk_script, 1);
	g_autoptr(GError) cause = NULL;

	quirk->code = script;
	quirk->free_code = script_free;
	script->path = config_find_file(table->path, "scripts", quirk->script);
	if (!script->path) {
		station_error_set(error, STATION_ERROR_CONFIG,
		                  "%s: there is no script %s beside it, nor in the installation's "
		                  "folder scripts",
		                  table->path, quirk->script);
		return FALSE;
	}
	if (!g_file_get_contents(script->path, &script->text, &script->length, &cause)) {
		station_error_set(error, STATION_ERROR_CONFIG, "%s", cause->message);
		return FALSE;
	}
	script->sha256 = g_compute_checksum_for_string(G_CHECKSUM_SHA256, script->text,
	                                               (gssize)script->length);
	return TRUE;
}

static gboolean check_script(const struct quirk *quirk, GError **error)
{
	const struct bounds bounds = {deadline_in_s(2 * QUIRK_SCRIPT_LIMIT_S), NULL};
	g_autoptr(GArray) results = sandbox_values_new();

	if (!run(quirk, NULL, &bounds, results, error))
		return FALSE;
	if (results->len == 1 &&
	    g_array_index(results, struct sandbox_value, 0).kind == SANDBOX_FUNCTION)
		return TRUE;
	return refuse(quirk, error, "has to return a function");
}

gboolean quirk_scripts_load(struct quirk_table *table, GError **error)
{
	for (guint i = 0; i < table->rows->len; i++) {
		struct quirk *quirk = g_ptr_array_index(table->rows, i);

		if (quirk->kind == QUIRK_IDENTITY &&
		    (!read_script(table, quirk, error) || !check_script(quirk, error)))
			return FALSE;
	}
	table->reader = read_identity;
	return TRUE;
}
