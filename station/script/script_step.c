/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/script/script_step.h"

#include "base/error.h"
#include "station/script/declaration.h"
#include "station/script/script.h"

#include <glib/gstdio.h>

#include <string.h>

#define SUFFIX ".lua"

/* Of what a file says before anything is run: it is only a table. */
#define LOAD_LIMIT_S 1.0
#define LOAD_BYTES   (8u << 20)
#define SOURCE_BYTES (256 << 10)

struct script_step {
	struct step_file file; /* first */
	const struct step_table *steps;
	char *name; /* of the file, as messages call it */
	char *text;
	gsize length;
};

static void script_step_free(struct step_file *file)
{
	struct script_step *step = (struct script_step *)file;

	declaration_clear(&file->def);
	g_free((char *)file->def.name);
	g_free(file->path);
	g_free(file->sha256);
	g_free(step->name);
	g_free(step->text);
	g_free(step);
}

/* --- running ---------------------------------------------------------------------------------- */

/* Reasons stand in tables: who called whom comes in the same line. */
static void put_in_one_line(GError *error)
{
	g_auto(GStrv) lines = g_strsplit(error->message, "\n", -1);

	g_free(error->message);
	error->message = g_strjoinv(", ", lines);
}

/* Only who aborts the run aborts it: a script that says so itself is a wrong script. */
static void check_failure(const struct step_context *ctx, GError *error)
{
	put_in_one_line(error);
	if (g_error_matches(error, STATION_ERROR, STATION_ERROR_CANCELLED) &&
	    !g_cancellable_is_cancelled(step_bounds(ctx)->cancellable))
		error->code = STATION_ERROR_CONFIG;
}

static gboolean run_script(struct step_context *ctx, GError **error)
{
	const struct script_step *step = (const struct script_step *)(void *)step_def_of(ctx);
	const struct script_site site = {.ctx = ctx, .steps = step->steps};
	g_autoptr(script) script = script_new(&site);
	g_autoptr(sandbox) sandbox = sandbox_new(script_host(script), error);
	GError *failure = NULL, *late = NULL;

	if (!sandbox)
		return FALSE;
	if (!sandbox_run_entry(sandbox, step->name, step->text, step->length, "run",
	                       step_bounds(ctx), NULL, &failure))
		check_failure(ctx, failure);
	if (!script_end(script, failure != NULL, &late)) {
		g_prefix_error(&late, "%s: put back: ", step->name);
		if (failure)
			step_note(ctx, "%s", late->message);
		else
			failure = g_steal_pointer(&late);
		g_clear_error(&late);
	}
	if (failure)
		g_propagate_error(error, failure);
	return !failure;
}

/* --- reading ---------------------------------------------------------------------------------- */

static gboolean read_text(struct script_step *step, GError **error)
{
	g_autoptr(GError) local = NULL;
	GStatBuf facts;

	if (g_stat(step->file.path, &facts) == 0 && facts.st_size > SOURCE_BYTES)
		station_error_set(error, STATION_ERROR_CONFIG, "longer than %d bytes",
		                  SOURCE_BYTES);
	else if (g_file_get_contents(step->file.path, &step->text, &step->length, &local))
		return TRUE;
	else
		station_error_set(error, STATION_ERROR_CONFIG, "%s", local->message);
	return FALSE;
}

/* The step is called like its file. */
static gboolean read_name(struct script_step *step, GError **error)
{
	gsize length = strlen(step->name) - strlen(SUFFIX);
	g_autofree char *name = g_strndup(step->name, length);

	if (length && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length) {
		step->file.def.name = g_steal_pointer(&name);
		return TRUE;
	}
	station_error_set(error, STATION_ERROR_CONFIG,
	                  "lower-case letters, digits and - make the name of a step");
	return FALSE;
}

/* Runs the file, without a unit, for the table that it returns. */
static gboolean declare(struct script_step *step, GError **error)
{
	const struct script_site nowhere = {0};
	const struct bounds bounds = {deadline_in_s(LOAD_LIMIT_S), NULL};
	g_autoptr(script) script = script_new(&nowhere);
	struct sandbox_host host = *script_host(script);
	g_autoptr(sandbox) sandbox = NULL;
	g_autoptr(GArray) results = sandbox_values_new();

	host.bytes_max = LOAD_BYTES;
	sandbox = sandbox_new(&host, error);
	return sandbox &&
	       sandbox_run(sandbox, step->name, step->text, step->length, &bounds, results,
	                   error) &&
	       declaration_read(results->len ? &g_array_index(results, struct sandbox_value, 0)
	                                     : NULL,
	                        &step->file.def, error);
}

/* Whatever goes wrong while a plan is read is wrong in its files; the place is in front, once. */
static void explain(const struct script_step *step, GError **error)
{
	(*error)->code = STATION_ERROR_CONFIG;
	put_in_one_line(*error);
	if (!g_str_has_prefix((*error)->message, step->name))
		g_prefix_error(error, "%s: ", step->name);
}

static struct step_file *load(const char *path, const struct step_table *table, GError **error)
{
	struct script_step *step = g_new0(struct script_step, 1);
	GError *local = NULL;

	step->steps = table;
	step->name = g_path_get_basename(path);
	step->file.path = g_strdup(path);
	step->file.free = script_step_free;
	step->file.def.run = run_script;
	if (!read_text(step, &local) || !read_name(step, &local) || !declare(step, &local)) {
		explain(step, &local);
		g_propagate_error(error, local);
		script_step_free(&step->file);
		return NULL;
	}
	step->file.sha256 = g_compute_checksum_for_data(G_CHECKSUM_SHA256,
	                                                (const guchar *)step->text, step->length);
	return &step->file;
}

const struct step_source script_source = {SUFFIX, "scripts", load};
