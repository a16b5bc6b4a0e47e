/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX-FileCopyrightText: 2026 The station authors */
#include "station/front/db_command.h"

#include "base/clock.h"
#include "station/store/outbox.h"
#include "station/store/schema.h"
#include "station/store/state.h"

#include <stdio.h>

/* --- for people ------------------------------------------------------------------------------- */

static void print_run(const char *label, const char *run_id, gint64 us)
{
	g_autofree char *time = clock_utc_text(us);

	printf("%-12s %s  %s\n", label, run_id ? run_id : "none", run_id && time ? time : "");
}

static void print_sinks(const GPtrArray *sinks)
{
	for (guint i = 0; sinks && i < sinks->len; i++) {
		const struct outbox_state *sink = sinks->pdata[i];
		g_autofree char *oldest = clock_utc_text(sink->oldest_us);
		printf("%-12s %s: %u waiting%s%s, %u refused, %u taken%s%s\n", "sink", sink->sink,
		       sink->waiting, sink->oldest_us ? " since " : "",
		       sink->oldest_us ? oldest : "", sink->refused, sink->taken,
		       sink->words ? "; " : "", sink->words ? sink->words : "");
	}
}

static void print_chain(const struct store_state *state)
{
	g_autofree char *when = clock_utc_text(state->signed_us);

	if (!state->rows)
		return;
	printf("%-12s %" G_GINT64_FORMAT " rows, the last %s\n", "chain", state->rows, state->hash);
	if (state->signed_row)
		printf("%-12s to row %" G_GINT64_FORMAT "  %s\n", "signed", state->signed_row,
		       when);
	else
		printf("%-12s no row\n", "signed");
	printf("%-12s %s\n", "public key", state->public_key ? state->public_key : "none");
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
	print_chain(state);
	print_sinks(state->sinks);
}

/* --- for programs ----------------------------------------------------------------------------- */

void db_json_int(JsonBuilder *json, const char *name, gint64 value)
{
	json_builder_set_member_name(json, name);
	json_builder_add_int_value(json, value);
}

void db_json_text(JsonBuilder *json, const char *name, const char *text)
{
	json_builder_set_member_name(json, name);
	if (text)
		json_builder_add_string_value(json, text);
	else
		json_builder_add_null_value(json);
}

void db_json_print(JsonBuilder *json)
{
	g_autoptr(JsonNode) root = json_builder_get_root(json);
	g_autofree char *text = json_to_string(root, TRUE);

	puts(text);
}

static void add_run(JsonBuilder *json, const char *name, const char *run_id, gint64 us)
{
	g_autofree char *time = clock_utc_text(us);

	json_builder_set_member_name(json, name);
	json_builder_begin_object(json);
	db_json_text(json, "run_id", run_id);
	db_json_text(json, "start", run_id ? time : NULL);
	json_builder_end_object(json);
}

static void add_sinks(JsonBuilder *json, const GPtrArray *sinks)
{
	json_builder_set_member_name(json, "sinks");
	json_builder_begin_array(json);
	for (guint i = 0; sinks && i < sinks->len; i++) {
		const struct outbox_state *sink = sinks->pdata[i];
		g_autofree char *oldest = clock_utc_text(sink->oldest_us);
		json_builder_begin_object(json);
		db_json_text(json, "sink", sink->sink);
		db_json_int(json, "waiting", sink->waiting);
		db_json_int(json, "refused", sink->refused);
		db_json_int(json, "taken", sink->taken);
		db_json_text(json, "oldest", sink->oldest_us ? oldest : NULL);
		db_json_text(json, "words", sink->words);
		json_builder_end_object(json);
	}
	json_builder_end_array(json);
}

static void print_json(const char *path, const struct store_state *state)
{
	g_autoptr(JsonBuilder) json = json_builder_new();
	g_autofree char *when = clock_utc_text(state->signed_us);

	json_builder_begin_object(json);
	db_json_text(json, "file", path);
	db_json_int(json, "file_bytes", (gint64)state->file_bytes);
	db_json_int(json, "free_bytes", (gint64)state->free_bytes);
	db_json_int(json, "schema", state->schema);
	db_json_int(json, "schema_known", schema_version);
	db_json_int(json, "runs", state->runs);
	db_json_int(json, "lots", state->lots);
	add_run(json, "first_run", state->first_run, state->first_us);
	add_run(json, "last_run", state->last_run, state->last_us);
	db_json_int(json, "chain_rows", state->rows);
	db_json_text(json, "chain_hash", state->hash);
	db_json_int(json, "signed_row", state->signed_row);
	db_json_text(json, "signed", state->signed_row ? when : NULL);
	db_json_text(json, "public_key", state->public_key);
	add_sinks(json, state->sinks);
	json_builder_end_object(json);
	db_json_print(json);
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
