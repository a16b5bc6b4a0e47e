/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/db_command.h"

#include "base/clock.h"
#include "station/store/schema.h"
#include "station/store/state.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

/* --- for people ------------------------------------------------------------------------------- */

static void print_run(const char *label, const char *run_id, gint64 us)
{
	g_autofree char *time = clock_utc_text(us);

	printf("%-12s %s  %s\n", label, run_id ? run_id : "none", run_id && time ? time : "");
}

static void print_state(const char *path, const struct store_state *state)
{
	g_autofree char *size = g_format_size_full(state->file_bytes, G_FORMAT_SIZE_IEC_UNITS);
	g_autofree char *room = g_format_size_full(state->free_bytes, G_FORMAT_SIZE_IEC_UNITS);

	printf("%-12s %s\n", "file", path);
	printf("%-12s %s, %s free on its disk\n", "size", size, room);
	printf("%-12s %d%s\n", "schema", state->schema,
	       state->schema < schema_version ? " (the next start of a lot brings it up to date)"
	                                      : "");
	printf("%-12s %u in %u lot%s\n", "runs", state->runs, state->lots,
	       state->lots == 1 ? "" : "s");
	print_run("first run", state->first_run, state->first_us);
	print_run("last run", state->last_run, state->last_us);
}

/* --- for programs ----------------------------------------------------------------------------- */

static void add_int(JsonBuilder *json, const char *name, gint64 value)
{
	json_builder_set_member_name(json, name);
	json_builder_add_int_value(json, value);
}

static void add_text(JsonBuilder *json, const char *name, const char *text)
{
	json_builder_set_member_name(json, name);
	if (text)
		json_builder_add_string_value(json, text);
	else
		json_builder_add_null_value(json);
}

static void add_run(JsonBuilder *json, const char *name, const char *run_id, gint64 us)
{
	g_autofree char *time = clock_utc_text(us);

	json_builder_set_member_name(json, name);
	json_builder_begin_object(json);
	add_text(json, "run_id", run_id);
	add_text(json, "start", run_id ? time : NULL);
	json_builder_end_object(json);
}

static void print_json(const char *path, const struct store_state *state)
{
	g_autoptr(JsonBuilder) json = json_builder_new();
	g_autoptr(JsonNode) root = NULL;
	g_autofree char *text = NULL;

	json_builder_begin_object(json);
	add_text(json, "file", path);
	add_int(json, "file_bytes", (gint64)state->file_bytes);
	add_int(json, "free_bytes", (gint64)state->free_bytes);
	add_int(json, "schema", state->schema);
	add_int(json, "schema_known", schema_version);
	add_int(json, "runs", state->runs);
	add_int(json, "lots", state->lots);
	add_run(json, "first_run", state->first_run, state->first_us);
	add_run(json, "last_run", state->last_run, state->last_us);
	json_builder_end_object(json);
	root = json_builder_get_root(json);
	text = json_to_string(root, TRUE);
	puts(text);
}

int db_status(const struct db_call *call)
{
	const char *path = call->config->store_path;
	GError *error = NULL;
	g_autoptr(store) store = store_open_to_read(path, &error);
	struct store_state state = {0};

	if (!store || !store_state_read(store, &state, &error)) {
		store_state_clear(&state);
		return front_fail(error);
	}
	if (call->json)
		print_json(path, &state);
	else
		print_state(path, &state);
	store_state_clear(&state);
	return EXIT_CODE_OK;
}
